//! A cookie as the browsers' files hold it: bytes that nobody has looked at yet.

use std::borrow::Cow;
use std::net::Ipv6Addr;
use std::str;

use super::{Oddity, Reason};
use crate::cookie::{Cookie, host};

/// What most formats say about a cookie.
#[derive(Default)]
pub(super) struct Raw<'a> {
    pub(super) name: &'a [u8],
    pub(super) value: &'a [u8],
    pub(super) host: &'a [u8],
    /// Whether hosts below get the cookie too.
    pub(super) below: bool,
    pub(super) path: &'a [u8],
    pub(super) path_specified: bool,
    pub(super) secure: bool,
    pub(super) http_only: bool,
    /// Seconds since 1970-01-01 00:00:00 UTC.
    pub(super) expires: Option<i64>,
}

impl Raw<'_> {
    /// The cookie, or why there is none.
    pub(super) fn cookie(&self) -> Result<Cookie, Reason> {
        if [self.name, self.value, self.path].iter().any(|text| text.iter().any(u8::is_ascii_control)) {
            return Err(Reason::ControlCharacter);
        }
        let domain = domain(self.host, self.below)?;
        // A cookie with an empty name is one without a value, as `Set-Cookie: seen` sets it.
        let (name, value) = match (self.name, self.value) {
            (b"", b"") => return Err(Reason::NoName),
            (b"", value) => (value, None),
            (name, value) => (name, Some(value)),
        };
        let (path, _) = slashed(self.path);
        let mut cookie = Cookie::assemble(name, value, path, &domain);
        (cookie.domain_specified, cookie.domain_initial_dot) = (cookie.is_dotted(), cookie.is_dotted());
        cookie.path_specified = self.path_specified;
        (cookie.secure, cookie.http_only) = (self.secure, self.http_only);
        cookie.expires = self.expires;
        cookie.discard = self.expires.is_none();
        Ok(cookie)
    }

    /// The same of a file that has a version for each. A cookie of version 1 came with `Version=1`,
    /// and hardly ever in a `Set-Cookie2`: it is one of RFC 2109, which is sent as Netscape's
    /// are (RFC 2965 as it came is off by default).
    pub(super) fn cookie_of_version(&self, version: u32) -> Result<Cookie, Reason> {
        Ok(self.cookie()?.with_rfc2109(version == 1).with_version(if version == 1 { 0 } else { version }))
    }
}

/// The host in the spelling of URLs, with a dot before it if hosts below it get the cookie too. An
/// address has none below it.
fn domain(host: &[u8], below: bool) -> Result<String, Reason> {
    let host = canonical(host)?;
    Ok(if below && !host::is_ip(&host) { format!(".{host}") } else { host })
}

/// A host of a file, in the spelling of URLs and without a leading dot.
pub(in crate::cookie) fn canonical(host: &[u8]) -> Result<String, Reason> {
    let text = str::from_utf8(host).map_err(|_| Reason::BadDomain)?;
    let text = text.strip_prefix('.').unwrap_or(text);
    if text.is_empty() {
        return Err(Reason::NoDomain);
    }
    let host = address(text).or_else(|| host::canonical(text));
    host.filter(|host| !host.is_empty() && !host.starts_with('.')).map(Into::into).ok_or(Reason::BadDomain)
}

/// An IPv6 address in the brackets that it has in URLs. curl and wget leave them out of their
/// files, and Python writes `.local` behind them (RFC 2965 section 1, for hosts without a dot).
pub(super) fn address(text: &str) -> Option<Cow<'static, str>> {
    let text = text.strip_suffix(".local").unwrap_or(text);
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let address: Ipv6Addr = bare.parse().ok()?;
    host::canonical(&format!("[{address}]")).map(|host| Cow::Owned(host.into_owned()))
}

/// A path that matches something. One without a slash at its begin would not: RFC 6265 section
/// 5.2.4, takes the default path for it, and a file does not say of which page; curl takes `/`.
pub(super) fn slashed(path: &[u8]) -> (&[u8], Option<Oddity>) {
    match path {
        [b'/', ..] => (path, None),
        [] => (b"/", None),
        _ => (b"/", Some(Oddity::RelativePath)),
    }
}
