//! [`ContentRange`]: which bytes of the whole a part is (RFC 9110 section 14.4).

use http::StatusCode;

use crate::message::response::Response;

/// The bytes of one part, of a whole whose length is known: one of unknown length could never be
/// told to be whole.
pub(super) struct ContentRange {
    /// The place of its first byte.
    pub(super) first: u64,
    /// The place behind its last byte.
    pub(super) end: u64,
    /// How long the whole is.
    pub(super) whole: u64,
}

impl ContentRange {
    /// What a 206 says, if it says it of a single part, and of one that can be.
    pub(super) fn of(response: &Response) -> Option<Self> {
        if response.status() != StatusCode::PARTIAL_CONTENT {
            return None;
        }
        let header = |name| response.headers().get_str(name).map(|value| value.trim().to_owned());
        let range = header("Content-Range")?;
        let (unit, range) = range.split_once(' ')?;
        let (places, whole) = range.trim().split_once('/')?;
        let (first, last) = places.split_once('-')?;
        let (first, last, whole) = (number(first)?, number(last)?, number(whole)?);
        let end = last.checked_add(1)?;
        let is_long = header("Content-Length").is_none_or(|length| number(&length) == Some(end.saturating_sub(first)));
        let fits = unit.eq_ignore_ascii_case("bytes") && first <= last && end <= whole && is_long;
        fits.then_some(Self { first, end, whole })
    }
}

/// Digits alone: Rust would take a sign as well.
fn number(digits: &str) -> Option<u64> {
    digits.parse().ok().filter(|_| digits.bytes().all(|digit| digit.is_ascii_digit()))
}
