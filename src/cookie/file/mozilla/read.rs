//! A line, as a cookie.

use std::borrow::Cow;
use std::net::Ipv6Addr;
use std::str;

use crate::cookie::file::{Reason, lines::has_control};
use crate::cookie::{Cookie, host};

/// What curl writes before the domain of a cookie that is kept from scripts; to others the line is a comment.
pub(super) const HTTP_ONLY: &[u8] = b"#HttpOnly_";

/// The cookie of a line; none of a comment or an empty line.
pub(super) fn line(line: &[u8]) -> Result<Option<Cookie>, Reason> {
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
    let [domain, below, path, secure, expires, name, value] = columns(text)?;
    let domain = self::domain(domain.trim_ascii(), truth(below)?)?;
    let (name, value) = match (name, value) {
        (b"", b"") => return Err(Reason::NoName),
        (b"", value) => (value, None),
        (name, value) => (name, Some(value)),
    };
    let path = if path.is_empty() { b"/" } else { path };
    let mut cookie = Cookie::assemble(name, value, path, &domain);
    cookie.domain_specified = cookie.is_dotted();
    cookie.domain_initial_dot = cookie.is_dotted();
    (cookie.secure, cookie.http_only) = (truth(secure)?, http_only);
    cookie.expires = self::expires(expires.trim_ascii())?;
    cookie.discard = cookie.expires.is_none();
    Ok(Some(cookie))
}

/// Seven columns, of which the last may be missing and may hold what stands between the others.
fn columns(text: &[u8]) -> Result<[&[u8]; 7], Reason> {
    let mut columns = [&b""[..]; 7];
    let mut count = 0;
    if text.contains(&b'\t') {
        for (column, part) in columns.iter_mut().zip(text.splitn(7, |&byte| byte == b'\t')) {
            *column = part;
            count += 1;
        }
    } else {
        // Copied from a screen, where TABs look like blanks.
        let mut rest = text.trim_ascii();
        while count < 7 && !rest.is_empty() {
            let end = rest.iter().position(|&byte| byte == b' ').filter(|_| count < 6).unwrap_or(rest.len());
            let (column, after) = rest.split_at(end);
            columns[count] = column;
            rest = after.trim_ascii_start();
            count += 1;
        }
    }
    if count < 6 { Err(Reason::TooFewFields) } else { Ok(columns) }
}

fn truth(text: &[u8]) -> Result<bool, Reason> {
    match text.trim_ascii() {
        text if text.eq_ignore_ascii_case(b"TRUE") => Ok(true),
        text if text.eq_ignore_ascii_case(b"FALSE") => Ok(false),
        _ => Err(Reason::NotTrueOrFalse),
    }
}

/// The domain, with a dot if hosts below it get the cookie too. An address has none below it.
pub(in crate::cookie::file) fn domain(text: &[u8], below: bool) -> Result<Cow<'_, str>, Reason> {
    let domain = str::from_utf8(text).map_err(|_| Reason::BadDomain)?;
    let text = domain.strip_prefix('.').unwrap_or(domain);
    if text.is_empty() {
        return Err(Reason::NoDomain);
    }
    let host = if text.contains(':') { without_port(text) } else { host::canonical(text) };
    let host = host.filter(|host| !host.starts_with('.') && !host.is_empty()).ok_or(Reason::BadDomain)?;
    if !below || host::is_ip(&host) {
        return Ok(host);
    }
    match host {
        Cow::Borrowed(host) if host.len() + 1 == domain.len() => Ok(Cow::Borrowed(domain)),
        host => Ok(Cow::Owned(format!(".{host}"))),
    }
}

/// libcurl writes IPv6 addresses without brackets, and wget a port behind a host.
fn without_port(text: &str) -> Option<Cow<'_, str>> {
    if text.parse::<Ipv6Addr>().is_ok() {
        return host::canonical(&format!("[{text}]")).map(|host| Cow::Owned(host.into_owned()));
    }
    match text.rsplit_once(':') {
        Some((host, port)) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => {
            host::canonical(host)
        }
        _ => host::canonical(text),
    }
}

/// Seconds; `0` and nothing are a session cookie's. A fraction is cut off, and a number beyond all others is the end
/// of time.
fn expires(text: &[u8]) -> Result<Option<i64>, Reason> {
    let (negative, digits) = match text.split_first() {
        Some((b'-', digits)) => (true, digits),
        _ => (false, text),
    };
    let mut parts = digits.splitn(2, |&byte| byte == b'.');
    let (whole, fraction) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let is_number = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
    if text.is_empty() {
        return Ok(None);
    }
    if whole.is_empty() || !is_number(whole) || !is_number(fraction) {
        return Err(Reason::BadExpiry);
    }
    let add = |sum: i64, digit: &u8| sum.saturating_mul(10).saturating_add(i64::from(digit - b'0'));
    let number = whole.iter().fold(0, add);
    Ok(Some(if negative { -number } else { number }).filter(|&number| number != 0))
}
