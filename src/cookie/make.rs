//! From the headers of a response to cookies that it may set.

use std::str;

use super::destination::Destination;
use super::header::SetCookie;
use super::journal::Journal;
use super::limits::{MAX_LIFETIME, MAX_SET_COOKIES_PER_RESPONSE};
use super::{Cookie, Refusal, ResponseView, host, rule};

/// The cookies that a response from `from` may set, in order, the already expired ones included: those delete.
pub(super) fn from_headers(headers: &[&[u8]], from: &Destination<'_>, now: i64, journal: &mut Journal) -> Vec<Cookie> {
    let mut cookies = Vec::with_capacity(headers.len());
    for header in headers {
        match SetCookie::parse(header).and_then(|said| cookie(&said, from, now)) {
            Ok(cookie) => match rule::set_ok(&cookie, from) {
                Ok(()) => cookies.push(cookie),
                Err(why) => journal.refused(&cookie, "not stored", why),
            },
            Err(why) => journal.refused_in(name_in(header), &from.host, "not stored", why),
        }
    }
    cookies
}

/// The `Set-Cookie` headers of a response, as many as are worth reading.
pub(super) fn headers<'a>(response: &'a dyn ResponseView, journal: &mut Journal) -> Vec<&'a [u8]> {
    let mut headers = Vec::new();
    response.header_values("Set-Cookie", &mut |header| {
        if headers.len() < MAX_SET_COOKIES_PER_RESPONSE {
            headers.push(header);
        } else {
            journal.refused_in(name_in(header), "the response", "not stored", Refusal::TooManyInResponse);
        }
    });
    headers
}

/// Brings an expiry too far ahead forward.
pub(super) fn limit_lifetime(cookie: &mut Cookie, now: i64) {
    cookie.expires = cookie.expires.map(|expires| expires.min(now.saturating_add(MAX_LIFETIME)));
}

/// RFC 6265, section 5.3: the cookie that a header means, with what it leaves unsaid filled in.
fn cookie(said: &SetCookie<'_>, from: &Destination<'_>, now: i64) -> Result<Cookie, Refusal> {
    // Section 5.2.4: "If the attribute-value is empty or if the first character of the attribute-value is not %x2F
    // ("/"): Let cookie-path be the default-path."
    let path_specified = said.path.starts_with(b"/");
    let path = if path_specified { said.path } else { rule::default_path(from.path).as_bytes() };
    let mut cookie = Cookie {
        name: said.name.into(),
        value: said.value.map(Box::from),
        domain: domain(said, from)?,
        path: path.into(),
        path_specified,
        secure: said.secure,
        http_only: said.http_only,
        // Section 5.3, step 3: Max-Age, if there is one, decides; then Expires; then the session.
        expires: said.max_age.map(|seconds| now.saturating_add(seconds)).or(said.expires),
    };
    limit_lifetime(&mut cookie, now);
    Ok(cookie)
}

/// The host, or the `Domain` that the header names, with one leading dot.
fn domain(said: &SetCookie<'_>, from: &Destination<'_>) -> Result<Box<str>, Refusal> {
    // 6265bis, section 5.7: an empty domain-attribute leaves the cookie host-only.
    if said.domain.is_empty() {
        return Ok(from.host.as_ref().into());
    }
    // RFC 6265, section 5.2.3: "If the first character of the attribute-value string is %x2E ("."): Let
    // cookie-domain be the attribute-value without the leading %x2E (".") character."
    let named = said.domain.strip_prefix(b".").unwrap_or(said.domain);
    let named = str::from_utf8(named).map_err(|_| Refusal::MalformedDomain)?;
    let named = host::canonical(named).ok_or(Refusal::MalformedDomain)?;
    // Not in an RFC: an address, or `localhost`, may name itself, and gains no host by it.
    if named == from.host && (from.host_is_ip || !rule::has_inner_dot(&named)) {
        return Ok(named.into());
    }
    Ok(format!(".{named}").into())
}

/// The name of a cookie that could not be read, for the log, and surely nothing of its value.
fn name_in(header: &[u8]) -> &[u8] {
    match header.iter().position(|byte| b"=;".contains(byte)) {
        Some(end) => &header[..end],
        None => b"?",
    }
}
