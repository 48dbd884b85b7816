//! What a header says about one cookie, before anyone asks whether it may.

use std::borrow::Cow;
use std::collections::HashSet;
use std::str;

use crate::cookie::date::cookie_date;
use crate::cookie::extension_av::{self, Attributes};
use crate::cookie::limits::exceeds;
use crate::cookie::{Limits, Reading, Refusal, rule, str2time};

/// The bytes of a header, or what is left of them when quoting is undone.
pub(in crate::cookie) type Text<'a> = Cow<'a, [u8]>;

/// The attributes that a protocol knows, those first that most servers send.
const KNOWN: [(&[u8], Known); 11] = [
    (b"path", Known::Path),
    (b"secure", Known::Secure),
    (b"httponly", Known::HttpOnly),
    (b"expires", Known::Expires),
    (b"max-age", Known::MaxAge),
    (b"domain", Known::Domain),
    (b"version", Known::Version),
    (b"comment", Known::Comment),
    (b"discard", Known::Discard),
    (b"port", Known::Port),
    (b"commenturl", Known::CommentUrl),
];

#[derive(Clone, Copy)]
enum Known {
    Path,
    Secure,
    HttpOnly,
    Expires,
    MaxAge,
    Domain,
    Version,
    Comment,
    Discard,
    Port,
    CommentUrl,
}

fn known(attribute: &[u8]) -> Option<Known> {
    KNOWN.iter().find(|(name, _)| name.eq_ignore_ascii_case(attribute)).map(|&(_, known)| known)
}

/// How attributes are read.
#[derive(Clone, Copy)]
pub(in crate::cookie) struct ParseOptions<'a> {
    pub(in crate::cookie) reading: Reading,
    pub(in crate::cookie) limits: &'a Limits,
}

/// One cookie of a header. It borrows from the header what it can.
#[derive(Debug, Default, PartialEq)]
pub(in crate::cookie) struct ParsedCookie<'a> {
    pub(in crate::cookie) name: Text<'a>,
    pub(in crate::cookie) value: Option<Text<'a>>,
    pub(in crate::cookie) version: Option<u32>,
    pub(in crate::cookie) domain: Option<Text<'a>>,
    pub(in crate::cookie) path: Option<Text<'a>>,
    /// Some(None): `Port` without a value.
    pub(in crate::cookie) port: Option<Option<Text<'a>>>,
    /// Seconds from now.
    pub(in crate::cookie) max_age: Option<i64>,
    /// Seconds since 1970.
    pub(in crate::cookie) expires: Option<i64>,
    pub(in crate::cookie) secure: bool,
    pub(in crate::cookie) http_only: bool,
    pub(in crate::cookie) discard: bool,
    pub(in crate::cookie) comment: Option<Text<'a>>,
    pub(in crate::cookie) comment_url: Option<Text<'a>>,
    /// The attributes that no protocol knows, packed, and how many.
    pub(in crate::cookie) rest: Vec<u8>,
    pub(super) rest_count: usize,
    /// Which attributes, at their last mention, had no value that could be read.
    pub(super) bad: Bad,
}

#[derive(Debug, Default, PartialEq)]
pub(super) struct Bad {
    domain: bool,
    path: bool,
    max_age: bool,
    version: bool,
}

impl<'a> ParsedCookie<'a> {
    /// Takes one attribute over; a later one of the same name replaces it.
    pub(super) fn read(&mut self, attribute: &[u8], value: Option<Text<'a>>, options: &ParseOptions<'_>) {
        let classic = options.reading == Reading::Classic;
        if value.as_ref().is_some_and(|value| exceeds(value.len(), options.limits.attribute_value)) {
            // 6265bis section 5.6: "If the attribute-value is longer than 1024 octets, ignore the
            // cookie-av string".
            return;
        }
        let Some(known) = known(attribute) else {
            return self.read_unknown(attribute, value.as_deref(), options.limits);
        };
        match known {
            // These are set by being there. `Secure=` is still secure.
            Known::Secure => self.secure = true,
            Known::HttpOnly => self.http_only = true,
            // The original took an empty value for a no.
            Known::Discard => self.discard = value.is_none_or(|value| !value.is_empty()),
            Known::Domain => {
                self.bad.domain = value.is_none();
                self.domain = value.or(Some(Text::default()));
            }
            Known::Path => {
                self.bad.path = value.is_none();
                self.path = value.or(Some(Text::default()));
            }
            // RFC 6265 section 5.2.2: what is no number leaves the attribute, and an earlier one,
            // as if unsaid.
            Known::MaxAge => {
                if let Some(value) = &value {
                    let seconds = seconds(value, classic);
                    self.bad.max_age = seconds.is_none();
                    self.max_age = seconds.or(self.max_age);
                }
            }
            // Section 5.6.1: "If the attempt to convert the attribute-value to a cookie-date fails,
            // ignore the cookie-av."
            Known::Expires => {
                let date = |value| if classic { http_date(value) } else { cookie_date(value) };
                self.expires = value.as_deref().and_then(date).or(self.expires);
            }
            Known::Version => {
                let version = value.as_deref().and_then(version);
                self.bad.version = version.is_none();
                self.version = version.or(self.version);
            }
            Known::Port => self.port = Some(value),
            Known::Comment => self.comment = value,
            Known::CommentUrl => self.comment_url = value,
        }
    }

    fn read_unknown(&mut self, attribute: &[u8], value: Option<&[u8]>, limits: &Limits) {
        // Not in an RFC: the name of an attribute that nobody knows is kept as its value is, and no
        // smaller.
        let is_long = exceeds(attribute.len(), limits.attribute_value);
        if !is_long && !exceeds(self.rest_count + 1, limits.nonstandard_attributes) {
            extension_av::push(&mut self.rest, (attribute, value));
            self.rest_count += 1;
        }
    }

    /// Leaves of each other attribute the last.
    pub(super) fn finish(&mut self, options: &ParseOptions<'_>) -> Result<(), Refusal> {
        // RFC 6265 ignores what it cannot read; the original dropped the cookie.
        if options.reading == Reading::Classic && self.bad != Bad::default() {
            return Err(Refusal::BadAttribute);
        }
        if self.rest_count > 1 {
            let mut seen = HashSet::new();
            let mut rest: Vec<_> = Attributes(&self.rest).collect();
            rest.reverse();
            rest.retain(|(name, _)| seen.insert(name.to_ascii_lowercase()));
            self.rest = extension_av::pack(rest.into_iter().rev());
        }
        Ok(())
    }
}

/// RFC 6265 section 5.2.2: digits, perhaps after a `-`; the original knew `+` too. More than an i64
/// holds is the most that it holds.
fn seconds(value: &[u8], classic: bool) -> Option<i64> {
    let (negative, digits) = match value {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] if classic => (false, digits),
        digits => (false, digits),
    };
    let add = |sum: i64, digit: &u8| {
        digit.is_ascii_digit().then(|| sum.saturating_mul(10).saturating_add(i64::from(digit - b'0')))
    };
    let size = digits.iter().try_fold(0, add).filter(|_| !digits.is_empty())?;
    Some(if negative { -size } else { size })
}

/// A date as the original reads it. A few servers put it into quotes.
fn http_date(value: &[u8]) -> Option<i64> {
    str2time(str::from_utf8(value).ok()?.trim_matches('"'))
}

/// RFC 2109 section 4.2.2: `"Version" "=" 1*DIGIT`, which may be quoted.
fn version(value: &[u8]) -> Option<u32> {
    let digits = rule::trim(value);
    let digits = digits.strip_prefix(b"\"").unwrap_or(digits);
    let digits = digits.strip_suffix(b"\"").unwrap_or(digits);
    str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn max_age_is_digits_only_and_never_overflows() {
        for (text, today, classic) in [
            ("0", Some(0), Some(0)),
            ("-1", Some(-1), Some(-1)),
            ("3600", Some(3600), Some(3600)),
            ("9223372036854775808", Some(i64::MAX), Some(i64::MAX)),
            ("-99999999999999999999999", Some(-i64::MAX), Some(-i64::MAX)),
            ("", None, None),
            ("-", None, None),
            ("+5", None, Some(5)),
            ("1e3", None, None),
            ("1_0", None, None),
            ("１", None, None),
        ] {
            assert_eq!(seconds(text.as_bytes(), false), today, "{text}");
            assert_eq!(seconds(text.as_bytes(), true), classic, "{text}");
        }
    }

    #[test]
    fn versions_may_be_quoted() {
        for (text, expected) in [
            ("1", Some(1)),
            ("\"1\"", Some(1)),
            ("\"1", Some(1)),
            ("", None),
            ("x", None),
            ("+1", Some(1)),
            ("-1", None),
        ] {
            assert_eq!(version(text.as_bytes()), expected, "{text}");
        }
    }
}
