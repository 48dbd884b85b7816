//! A line, as a cookie.

use std::borrow::Cow;
use std::str;

use crate::cookie::file::lines::has_control;
use crate::cookie::file::raw::{address, slashed};
use crate::cookie::file::{Oddity, Reason};
use crate::cookie::{Cookie, bytes, host};

/// What curl writes before the domain of a cookie that is kept from scripts; to others the line is
/// a comment.
pub(super) const HTTP_ONLY: &[u8] = b"#HttpOnly_";

/// What a line says, before it becomes a cookie.
pub(super) struct Line<'a> {
    pub(super) domain: Cow<'a, str>,
    pub(super) path: &'a [u8],
    pub(super) secure: bool,
    pub(super) http_only: bool,
    pub(super) expires: Option<i64>,
    pub(super) name: &'a [u8],
    pub(super) value: Option<&'a [u8]>,
    pub(super) oddity: Option<Oddity>,
}

impl Line<'_> {
    pub(super) fn cookie(&self) -> Cookie {
        let mut cookie = Cookie::assemble(self.name, self.value, self.path, &self.domain);
        cookie.domain_specified = cookie.is_dotted();
        cookie.domain_initial_dot = cookie.is_dotted();
        (cookie.secure, cookie.http_only) = (self.secure, self.http_only);
        cookie.expires = self.expires;
        cookie.discard = cookie.expires.is_none();
        cookie
    }
}

/// What a line says; none of a comment or an empty line. `wget` tells that the file is wget's: see
/// [`domain`].
pub(super) fn line(line: &[u8], wget: bool) -> Result<Option<Line<'_>>, Reason> {
    let begin = line.trim_ascii_start();
    let (text, http_only) = match begin.strip_prefix(HTTP_ONLY) {
        Some(text) => (text, true),
        None => (line, false),
    };
    if !http_only && (begin.is_empty() || begin.starts_with(b"#") || begin.starts_with(b"$")) {
        return Ok(None);
    }
    if has_control(text) {
        return Err(Reason::ControlCharacter);
    }
    let read = |columns| understood(columns, http_only, wget);
    columns(text).and_then(read).map(Some).or_else(|reason| {
        // Copied from a screen, where TABs look like blanks; or columns are set apart by several,
        // which curl reads.
        let mut line = columns_between_blanks(text).and_then(read).map_err(|_| reason)?;
        line.oddity.get_or_insert(Oddity::Blanks);
        Ok(Some(line))
    })
}

type Columns<'a> = [&'a [u8]; 7];

/// Seven columns with a TAB between them, of which the last may be missing. TABs behind it are no
/// part of it.
fn columns(text: &[u8]) -> Result<Columns<'_>, Reason> {
    let mut columns = [&b""[..]; 7];
    let mut parts = bytes::split(text, b'\t');
    let mut count = 0;
    for (column, part) in columns.iter_mut().zip(&mut parts) {
        *column = part;
        count += 1;
    }
    match count {
        ..6 => Err(Reason::TooFewFields),
        _ if parts.any(|part| !part.is_empty()) => Err(Reason::TooManyFields),
        _ => Ok(columns),
    }
}

/// The same with any number of blanks and TABs between them; the last may have blanks in it. Too
/// few leave it without a name, so that it is no cookie.
fn columns_between_blanks(text: &[u8]) -> Result<Columns<'_>, Reason> {
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let mut columns = [&b""[..]; 7];
    let mut rest = text.trim_ascii();
    for (index, column) in columns.iter_mut().enumerate().filter(|_| !rest.is_empty()) {
        let end = rest.iter().position(is_blank).filter(|_| index < 6).unwrap_or(rest.len());
        (*column, rest) = rest.split_at(end);
        rest = rest.trim_ascii_start();
    }
    if columns[6].contains(&b'\t') { Err(Reason::TooManyFields) } else { Ok(columns) }
}

fn understood(
    [domain, below, path, secure, expires, name, value]: Columns<'_>,
    http_only: bool,
    wget: bool,
) -> Result<Line<'_>, Reason> {
    let (domain, below) = (domain.trim_ascii(), truth(below)?);
    let (name, value) = match (name, value) {
        (b"", b"") => return Err(Reason::NoName),
        (b"", value) => (value, None),
        (name, value) => (name, Some(value)),
    };
    // curl takes the quotes away that some put around a path.
    let bare = path.strip_prefix(b"\"").and_then(|path| path.strip_suffix(b"\"")).unwrap_or(path);
    let (path, mut oddity) = slashed(bare);
    let dotted = domain.starts_with(b".");
    let domain = self::domain(domain, below, wget)?;
    if dotted != below && !host::is_ip(&domain) {
        oddity.get_or_insert(Oddity::DotAgainstFlag);
    }
    let (secure, expires) = (truth(secure)?, self::expires(expires.trim_ascii())?);
    Ok(Line { domain, path, secure, http_only, expires, name, value, oddity })
}

fn truth(text: &[u8]) -> Result<bool, Reason> {
    match text {
        b"TRUE" => Ok(true),
        b"FALSE" => Ok(false),
        // Not as it is written, but understood by others too.
        _ => match text.trim_ascii().to_ascii_lowercase().as_slice() {
            b"true" => Ok(true),
            b"false" => Ok(false),
            _ => Err(Reason::NotTrueOrFalse),
        },
    }
}

/// The domain, with a dot if hosts below it get the cookie too. An address has none below it.
pub(super) fn domain(text: &[u8], below: bool, wget: bool) -> Result<Cow<'_, str>, Reason> {
    let domain = str::from_utf8(text).map_err(|_| Reason::BadDomain)?;
    let text = domain.strip_prefix('.').unwrap_or(domain);
    if text.is_empty() {
        return Err(Reason::NoDomain);
    }
    let host = if text.contains(':') { with_colons(text, wget) } else { host::canonical(text) };
    let host = host.filter(|host| !host.starts_with('.') && !host.is_empty()).ok_or(Reason::BadDomain)?;
    if !below || host::is_ip(&host) {
        return Ok(host);
    }
    match host {
        Cow::Borrowed(host) if host.len() + 1 == domain.len() => Ok(Cow::Borrowed(domain)),
        host => Ok(Cow::Owned(format!(".{host}"))),
    }
}

/// An IPv6 address, or a host with a port behind it, as wget writes one that is not the scheme's
/// own.
///
/// libcurl and wget write addresses without brackets, and so `::1:8080` is an address to one and a
/// port of `::1` to the other. In a file of wget's, four digits behind an address are a port.
fn with_colons(text: &str, wget: bool) -> Option<Cow<'_, str>> {
    let is_port = |port: &str| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    let (host, port) = text.rsplit_once(':').filter(|(_, port)| is_port(port)).unwrap_or((text, ""));
    match (address(host), address(text)) {
        (Some(host), None) => Some(host),
        (Some(host), Some(_)) if wget && port.len() == 4 => Some(host),
        (_, Some(host)) => Some(host),
        (None, None) => host::canonical(host),
    }
}

/// Seconds; `0` and nothing are a session cookie's. A fraction is cut off, and a number beyond all
/// others is the end of time.
fn expires(text: &[u8]) -> Result<Option<i64>, Reason> {
    let (negative, digits) = match text.split_first() {
        Some((b'-', digits)) => (true, digits),
        _ => (false, text),
    };
    if text.is_empty() {
        return Ok(None);
    }
    let whole = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (whole, fraction) = digits.split_at(whole);
    let is_fraction =
        fraction.split_first().is_none_or(|(dot, digits)| *dot == b'.' && digits.iter().all(u8::is_ascii_digit));
    if whole.is_empty() || !is_fraction {
        return Err(Reason::BadExpiry);
    }
    let add = |sum: i64, digit: &u8| sum.saturating_mul(10).saturating_add(i64::from(digit - b'0'));
    let number = whole.iter().fold(0, add);
    Ok(Some(if negative { -number } else { number }).filter(|&number| number != 0))
}
