//! What this crate asks of a URL beyond parsing it: the rules that keep a request going to the host
//! it names.

use std::fmt::Write as _;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::HeaderValue;
use percent_encoding::percent_decode_str;
use url::{Host, ParseError, Position, Url};

use crate::message::error::{Error, ErrorKind, Result};
use crate::redact;

pub(crate) const URL_LIMIT: usize = 64 * 1024;

pub(crate) const DATA_URL_LIMIT: usize = 128 * 1024 * 1024;

/// The longest name of a host, without the dot that may end it (RFC 1035 section 2.3.4: 255 octets
/// as the DNS counts).
const HOST_LIMIT: usize = 253;

/// The longest part of it, between two dots (the same).
const LABEL_LIMIT: usize = 63;

/// Who the user is: a name and a password, as a URL's userinfo or a password manager says. That of
/// a URL is kept aside and never part of a request line.
#[derive(Clone, PartialEq, Eq)]
pub struct Userinfo {
    user: String,
    password: String,
}

impl Userinfo {
    /// A user and a password, as they are: nothing in them is an escape.
    pub fn new(user: impl Into<String>, password: impl Into<String>) -> Self {
        Self { user: user.into(), password: password.into() }
    }

    /// The user's name, its escapes decoded (RFC 3986 section 3.2.1). Bytes that are not UTF-8
    /// become U+FFFD.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// The password; empty if there is none. Bytes that are not UTF-8 become U+FFFD.
    pub fn password(&self) -> &str {
        &self.password
    }

    /// RFC 7617 section 2: the credentials of a Basic `Authorization`.
    pub(crate) fn basic(&self) -> HeaderValue {
        let credentials = BASE64_STANDARD.encode(format!("{}:{}", self.user, self.password));
        let mut value =
            HeaderValue::try_from(format!("Basic {credentials}")).unwrap_or_else(|_| HeaderValue::from_static("Basic"));
        value.set_sensitive(true);
        value
    }
}

/// Shows the user, never the password.
impl std::fmt::Debug for Userinfo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.user, redact::HIDDEN)
    }
}

/// A URL from text, its userinfo apart.
///
/// Control characters are refused before anything else looks at the text (the WHATWG parser would
/// drop tabs and line ends in silence, and an `http` that means something else is how headers get
/// injected); spaces around it are trimmed, the rest is escaped by the WHATWG's rules.
pub(crate) fn parse(text: &str) -> Result<(Url, Option<Userinfo>)> {
    let text = clean(text)?;
    split_userinfo(Url::parse(text).map_err(|error| invalid(text, &unparsed(text, error)))?)
}

/// A URL from a redirect: relative to `base`, under the rules of [`parse`]. A userinfo in it is
/// dropped, so that none can come from a server.
pub(crate) fn join(base: &Url, text: &str) -> Result<Url> {
    let text = clean(text)?;
    let joined = base.join(text).map_err(|error| invalid(text, &unparsed(text, error)))?;
    let (mut url, _) = split_userinfo(joined)?;
    if url.fragment().is_none() {
        // RFC 9110 section 10.2.2: the fragment of the request is inherited.
        url.set_fragment(base.fragment());
    }
    Ok(url)
}

/// The text of a URL from a header: its bytes outside ASCII are escaped one by one, so that the
/// server gets back the bytes it wrote.
pub(crate) fn escaped(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for &byte in bytes {
        if byte.is_ascii() {
            text.push(char::from(byte));
        } else {
            // Writing to a String does not fail.
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

/// A parsed URL under the rules of [`parse`].
pub(crate) fn split_userinfo(url: Url) -> Result<(Url, Option<Userinfo>)> {
    check_length(url.as_str())?;
    if is_http(&url) || url.scheme() == "ftp" {
        check_host(&url)?;
    }
    let userinfo = has_userinfo(&url)
        .then(|| Userinfo { user: decoded(url.username()), password: decoded(url.password().unwrap_or_default()) });
    Ok((without_userinfo(url), userinfo))
}

fn has_userinfo(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

pub(crate) fn without_userinfo(mut url: Url) -> Url {
    if has_userinfo(&url) {
        // Neither fails where the parser found a userinfo: such a URL has a host.
        let _ = url.set_username("");
        let _ = url.set_password(None);
    }
    url
}

/// The same scheme, host and effective port (RFC 6454 section 5).
pub(crate) fn same_origin(a: &Url, b: &Url) -> bool {
    a.scheme() == b.scheme() && a.host_str() == b.host_str() && a.port_or_known_default() == b.port_or_known_default()
}

pub(crate) fn is_http(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}

/// What stands in a `Host` header: the port only where it is not the scheme's own (RFC 9110 section
/// 7.2), which the URL has left out already.
pub(crate) fn host_and_port(url: &Url) -> &str {
    &url[Position::BeforeHost..Position::AfterPort]
}

/// The target of a CONNECT, which always names the port (RFC 9112 section 3.2.3).
pub(crate) fn authority(url: &Url) -> String {
    format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or_default())
}

pub(crate) fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

fn check_length(text: &str) -> Result<()> {
    if text.len() <= URL_LIMIT {
        return Ok(());
    }
    let (scheme, _) = text.split_once(':').unwrap_or_default();
    let limit = if scheme.trim_start_matches(' ').eq_ignore_ascii_case("data") { DATA_URL_LIMIT } else { URL_LIMIT };
    match text.len() <= limit {
        true => Ok(()),
        false => Err(invalid(text.get(..100).unwrap_or_default(), &format!("it is longer than {limit} bytes"))),
    }
}

/// The text without the spaces around it, if it holds no control character.
pub(crate) fn clean(text: &str) -> Result<&str> {
    check_length(text)?;
    if text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(text);
    }
    let is_control = |character: char| character.is_control() || matches!(character, '\u{2028}' | '\u{2029}');
    if text.contains(is_control) {
        return Err(invalid(text, "it holds a control character"));
    }
    Ok(text.trim_matches(' '))
}

/// The WHATWG parser lets `;`, `"`, `{` and the like stand in a host. No name in the DNS holds
/// them, and programs disagree on where such a host ends, so they are refused.
fn check_host(url: &Url) -> Result<()> {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    match url.host() {
        Some(Host::Domain(name)) if !name.bytes().all(is_name) => {
            Err(invalid(url.as_str(), "its host holds a character that no host name has"))
        }
        Some(Host::Domain(name)) if name.strip_suffix('.').unwrap_or(name).len() > HOST_LIMIT => {
            Err(invalid(url.as_str(), &format!("its host is longer than {HOST_LIMIT} characters")))
        }
        Some(Host::Domain(name)) if name.split('.').any(|label| label.len() > LABEL_LIMIT) => {
            Err(invalid(url.as_str(), &format!("a part of its host is longer than {LABEL_LIMIT} characters")))
        }
        Some(_) => Ok(()),
        None => Err(invalid(url.as_str(), "it has no host")),
    }
}

/// Why a text is no URL, with a word on what to write where that is known.
fn unparsed(text: &str, error: ParseError) -> String {
    let start = text.find("//").map_or(0, |at| at + 2);
    let authority = text[start..].split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let place = authority.rsplit('@').next().unwrap_or_default();
    let is_zone = place.starts_with('[') && place.split(']').next().is_some_and(|address| address.contains('%'));
    if is_zone {
        // RFC 6874, which the WHATWG does not follow and RFC 9844 gave up.
        return "its address names a zone (%...), which is not supported: write the address without it, or a name"
            .to_owned();
    }
    if (place.contains("::") || place.matches(':').count() >= 7)
        && !place.starts_with('[')
        && place.chars().all(|one| one.is_ascii_hexdigit() || ":.%".contains(one))
    {
        return "an IPv6 address stands in brackets: [::1], or [::1]:3128 with a port".to_owned();
    }
    if error == ParseError::RelativeUrlWithoutBase && !text.is_empty() && !text.starts_with(['/', '?', '#', '.']) {
        return format!("it has no scheme: write http://{}", redact::unparsed_url(text));
    }
    error.to_string()
}

fn invalid(text: &str, reason: &str) -> Error {
    ErrorKind::InvalidUrl { url: redact::unparsed_url(text), reason: reason.to_owned() }.into()
}
