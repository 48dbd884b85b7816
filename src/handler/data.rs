//! [`DataHandler`]: answers `data:` URLs, which hold their own content.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use http::StatusCode;
use percent_encoding::percent_decode_str;
use url::{Position, Url};

use crate::handler::{Handler, Hook, Kind, Parent};
use crate::message::error::{ErrorKind, Result};
use crate::message::headers::{self, Headers};
use crate::message::request::Request;
use crate::message::response::Response;
use crate::redact;

/// What a `data:` URL holds whose media type is missing (RFC 2397 section 2) or is none (WHATWG
/// Fetch section 6).
const DEFAULT_TYPE: &str = "text/plain;charset=US-ASCII";

/// Padding may be missing and bits may be left over, as browsers take it (the WHATWG's
/// forgiving-base64 decode).
const FORGIVING: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Answers `data:` URLs (RFC 2397, `urllib.request.DataHandler`): the media type becomes the
/// `Content-Type`, what follows the comma the body.
///
/// ```
/// let mut response = clientcookie::urlopen("data:text/plain;base64,SGVsbG8=")?;
/// assert_eq!(response.headers().get_str("Content-Type").as_deref(), Some("text/plain"));
/// assert_eq!(response.text()?, "Hello");
/// # Ok::<(), clientcookie::Error>(())
/// ```
///
/// It is read as browsers read it (WHATWG Fetch section 6): a media type that is none counts as
/// `text/plain`, and of its parameters those that are none are left out. A control character in it,
/// escaped, and content that is not the base64 it is said to be are [`ErrorKind::InvalidUrl`]. Such
/// a URL may be longer than others: [`Request::DATA_URL_LIMIT`](crate::Request::DATA_URL_LIMIT).
#[derive(Debug, Default, Clone, Copy)]
#[non_exhaustive]
pub struct DataHandler;

impl DataHandler {
    /// The handler.
    pub fn new() -> Self {
        Self
    }
}

impl Handler for DataHandler {
    fn kind(&self) -> Option<Kind> {
        Some(Kind::Data)
    }

    fn schemes(&self) -> &[&str] {
        &["data"]
    }

    fn hooks(&self) -> &[Hook] {
        &[Hook::Open]
    }

    fn open(&self, _: &dyn Parent, request: &mut Request) -> Result<Option<Response>> {
        let url = request.url();
        let (media_type, content) = parts(url)?;
        let mut headers = Headers::new();
        headers.append("Content-Type", media_type)?;
        headers.append("Content-Length", content.len().to_string())?;
        Ok(Some(Response::of(url.clone(), StatusCode::OK, headers, content)))
    }
}

/// The media type and the content.
fn parts(url: &Url) -> Result<(String, Vec<u8>)> {
    let refuse = |reason: &str| ErrorKind::InvalidUrl { url: redact::url(url), reason: reason.to_owned() };
    let text = &url[Position::BeforePath..Position::AfterQuery];
    let (media_type, content) = text.split_once(',').ok_or_else(|| refuse("it has no comma"))?;
    let media_type = media_type.trim_matches(' ');
    let (media_type, is_base64) = match without_base64(media_type) {
        Some(media_type) => (media_type, true),
        None => (media_type, false),
    };
    // It becomes a header as it is: what it would say once its escapes were undone may not end one.
    if !percent_decode_str(media_type).all(|byte| (b' '..=b'~').contains(&byte)) {
        return Err(refuse("its media type holds a control character").into());
    }
    let media_type = match media_type {
        parameters if parameters.starts_with(';') => normal_form(&format!("text/plain{parameters}")),
        media_type => normal_form(media_type),
    };
    let media_type = media_type.unwrap_or_else(|| DEFAULT_TYPE.to_owned());
    let mut content: Vec<u8> = percent_decode_str(content).collect();
    if is_base64 {
        content.retain(|byte| !byte.is_ascii_whitespace());
        content = FORGIVING.decode(&content).map_err(|_| refuse("its content is not base64"))?;
    }
    Ok((media_type, content))
}

/// The media type without a `;base64` at its end, if it has one; spaces may stand before it.
fn without_base64(media_type: &str) -> Option<&str> {
    let at = media_type.len().checked_sub("base64".len())?;
    let (before, end) = media_type.split_at_checked(at)?;
    let before = before.trim_end_matches(' ').strip_suffix(';')?;
    end.eq_ignore_ascii_case("base64").then_some(before)
}

/// The media type as it is written again once it was read; `None` if it is none (WHATWG MIME
/// Sniffing sections 4.4 and 4.5). Of two parameters of one name the first counts.
fn normal_form(media_type: &str) -> Option<String> {
    let (essence, mut rest) = media_type.split_once(';').unwrap_or((media_type, ""));
    let (kind, subtype) = essence.trim_matches(' ').split_once('/')?;
    if !is_token(kind) || !is_token(subtype) {
        return None;
    }
    let mut form = format!("{kind}/{subtype}").to_ascii_lowercase();
    let mut names: Vec<String> = Vec::new();
    while !rest.is_empty() {
        let end = rest.find([';', '=']).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let (value, after) = after.strip_prefix('=').map_or((None, after), parameter_value);
        rest = after.get(1..).unwrap_or_default();
        let name = name.trim_start_matches(' ').to_ascii_lowercase();
        if let Some(value) = value.filter(|_| is_token(&name) && !names.contains(&name)) {
            form.push_str(&format!(";{name}={value}"));
            names.push(name);
        }
    }
    Some(form)
}

/// The value that begins here, in quotes if it needs them, and what follows: nothing, or a
/// semicolon and more.
fn parameter_value(text: &str) -> (Option<String>, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let (value, rest) = text.split_at(text.find(';').unwrap_or(text.len()));
        let value = value.trim_end_matches(' ');
        return ((!value.is_empty()).then(|| written(value)), rest);
    };
    let (mut value, mut characters) = (String::new(), quoted.chars());
    while let Some(character) = characters.next() {
        match character {
            '"' => break,
            // A last backslash stands for itself.
            '\\' => value.push(characters.next().unwrap_or('\\')),
            _ => value.push(character),
        }
    }
    let rest = characters.as_str();
    (Some(written(&value)), rest.find(';').map_or("", |at| &rest[at..]))
}

/// A value as it stands behind `=`.
fn written(value: &str) -> String {
    match is_token(value) {
        true => value.to_owned(),
        false => format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"")),
    }
}

/// RFC 9110 section 5.6.2.
fn is_token(text: &str) -> bool {
    headers::is_token(text.as_bytes())
}
