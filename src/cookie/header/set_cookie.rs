//! Reading the `Set-Cookie` header.
//!
//! The manner is that of `http.cookiejar.parse_ns_headers`, with the attributes of RFC 6265: split at every `;`, split
//! at the first `=`, strip blanks. Nothing is quoted and nothing is escaped, so one pass over the bytes does it.

use std::str;

use crate::cookie::limits::MAX_ATTRIBUTE_VALUE;
use crate::cookie::{Refusal, rule, str2time};

/// What one header says, before anyone asks whether it may. It borrows from the header.
#[derive(Debug, Default, PartialEq)]
pub(in crate::cookie) struct SetCookie<'a> {
    pub(in crate::cookie) name: &'a [u8],
    pub(in crate::cookie) value: Option<&'a [u8]>,
    pub(in crate::cookie) domain: &'a [u8],
    pub(in crate::cookie) path: &'a [u8],
    /// Seconds from now.
    pub(in crate::cookie) max_age: Option<i64>,
    /// Seconds since 1970.
    pub(in crate::cookie) expires: Option<i64>,
    pub(in crate::cookie) secure: bool,
    pub(in crate::cookie) http_only: bool,
}

impl<'a> SetCookie<'a> {
    pub(in crate::cookie) fn parse(header: &'a [u8]) -> Result<Self, Refusal> {
        // 6265bis, section 5.6: "If the set-cookie-string contains a %x00-08 / %x0A-1F / %x7F character (CTL
        // characters excluding HTAB): Abort this algorithm and ignore the set-cookie-string entirely."
        if header.iter().any(|&byte| byte != b'\t' && byte.is_ascii_control()) {
            return Err(Refusal::ControlCharacter);
        }
        let mut parameters = header.split(|&byte| byte == b';').map(split_parameter);
        let (name, value) = parameters.next().unwrap_or_default();
        if name.is_empty() {
            return Err(Refusal::NoName);
        }
        let mut cookie = Self { name, value, ..Self::default() };
        for (attribute, value) in parameters {
            cookie.read(attribute, value.unwrap_or_default());
        }
        Ok(cookie)
    }

    /// Takes one attribute over; a later one of the same name replaces it, an unknown one is ignored.
    fn read(&mut self, attribute: &[u8], value: &'a [u8]) {
        let is = |name: &str| attribute.eq_ignore_ascii_case(name.as_bytes());
        // These two are set by being there. `Secure=` is still secure.
        if is("Secure") {
            self.secure = true;
        } else if is("HttpOnly") {
            self.http_only = true;
        } else if value.len() > MAX_ATTRIBUTE_VALUE {
            // Ignored, and the cookie stays.
        } else if is("Domain") {
            self.domain = value;
        } else if is("Path") {
            self.path = value;
        } else if is("Max-Age") {
            // RFC 6265, section 5.2.2: what is no number leaves the attribute, and an earlier one, as if unsaid.
            self.max_age = seconds(value).or(self.max_age);
        } else if is("Expires") {
            self.expires = date(value).or(self.expires);
        }
    }
}

/// `name=value`, or a name alone.
fn split_parameter(parameter: &[u8]) -> (&[u8], Option<&[u8]>) {
    match parameter.iter().position(|&byte| byte == b'=') {
        Some(equals) => (rule::trim(&parameter[..equals]), Some(rule::trim(&parameter[equals + 1..]))),
        None => (rule::trim(parameter), None),
    }
}

/// RFC 6265, section 5.2.2: digits, perhaps after a `-`. More than an i64 holds is the most that it holds.
fn seconds(value: &[u8]) -> Option<i64> {
    let (negative, digits) = match value.strip_prefix(b"-") {
        Some(digits) => (true, digits),
        None => (false, value),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let add = |sum: i64, digit: &u8| sum.saturating_mul(10).saturating_add(i64::from(digit - b'0'));
    let size = digits.iter().fold(0, add);
    Some(if negative { -size } else { size })
}

/// A date, which a few servers put into quotes.
fn date(value: &[u8]) -> Option<i64> {
    str2time(str::from_utf8(value).ok()?.trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn max_age_is_digits_only_and_never_overflows() {
        for (text, expected) in [
            ("0", Some(0)),
            ("-1", Some(-1)),
            ("3600", Some(3600)),
            ("9223372036854775808", Some(i64::MAX)),
            ("-99999999999999999999999", Some(-i64::MAX)),
            ("", None),
            ("-", None),
            ("+5", None),
            ("1e3", None),
            ("1_0", None),
            ("１", None),
        ] {
            assert_eq!(seconds(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn a_repeated_attribute_is_the_last_one() {
        let cookie = SetCookie::parse(b"a=b; Path=/x; PATH = /y ;Secure=;secure");
        assert!(matches!(cookie, Ok(SetCookie { path: b"/y", secure: true, .. })), "{cookie:?}");
    }
}
