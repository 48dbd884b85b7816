//! A cookie, as a line.

use std::io::Write;

use super::read;
use crate::cookie::{Cookie, bytes, host};

/// Appends the line, or says why it cannot be written, and appends nothing: it is read back, and
/// must be this cookie and no other.
pub(super) fn line(cookie: &Cookie, python_sessions: bool, out: &mut Vec<u8>) -> Result<(), &'static str> {
    if bytes::any(cookie.texts(), |byte| byte.is_ascii_control()) {
        return Err("there is a control character in it");
    }
    let start = out.len();
    write(cookie, python_sessions, out);
    let checked = check(cookie, &out[start..]);
    if checked.is_err() {
        out.truncate(start);
    }
    checked
}

fn write(cookie: &Cookie, python_sessions: bool, out: &mut Vec<u8>) {
    if cookie.http_only {
        out.extend_from_slice(read::HTTP_ONLY);
    }
    let domain = domain(cookie);
    out.extend_from_slice(without_brackets(domain.as_bytes()));
    out.extend_from_slice(truth(domain.starts_with('.')));
    out.extend_from_slice(cookie.path_bytes());
    out.extend_from_slice(truth(cookie.secure));
    match expires(cookie) {
        // A vector takes all that is written.
        Some(expires) => drop(write!(out, "{expires}")),
        None if python_sessions => {}
        None => out.push(b'0'),
    }
    // As in Python and in browsers, a cookie without a value is one without a name.
    let (name, value) = match cookie.as_pair() {
        (name, Some(value)) => (name, value),
        (value, None) => (&b""[..], value),
    };
    out.push(b'\t');
    out.extend_from_slice(name);
    out.push(b'\t');
    out.extend_from_slice(value);
}

/// What a reader makes of the line must be all of the cookie that the format has room for.
fn check(cookie: &Cookie, line: &[u8]) -> Result<(), &'static str> {
    let back = match read::line(line, false) {
        Ok(Some(back)) => back,
        Ok(None) => return Err("it would be read as a comment"),
        Err(_) => return Err("it could not be read again"),
    };
    let (name, value) = cookie.as_pair();
    let texts = (back.name, back.value, back.path) == (name, value, cookie.path_bytes());
    let flags = (back.secure, back.http_only, back.expires) == (cookie.secure, cookie.http_only, expires(cookie));
    if texts && flags && back.domain == domain(cookie) { Ok(()) } else { Err("it would be read as another cookie") }
}

/// A `0` would bring an expired cookie back to life for a session.
fn expires(cookie: &Cookie) -> Option<i64> {
    cookie.expires.map(|expires| expires.max(1))
}

/// The domain; an address without the dot that the original puts before one that a server names,
/// since no host is below.
fn domain(cookie: &Cookie) -> &str {
    if host::is_ip(cookie.owner()) { cookie.owner() } else { cookie.domain() }
}

/// An IPv6 address as curl and wget write it, who send nothing for one in brackets.
fn without_brackets(domain: &[u8]) -> &[u8] {
    domain.strip_prefix(b"[").and_then(|domain| domain.strip_suffix(b"]")).unwrap_or(domain)
}

/// A flag between two TABs.
fn truth(yes: bool) -> &'static [u8] {
    if yes { b"\tTRUE\t" } else { b"\tFALSE\t" }
}
