//! RFC 6265, section 5.1.1, to the letter: what is a date in the `Expires` of a cookie.

use super::{four_digits, month, unix_time};

/// The time of a cookie-date in seconds since 1970-01-01 00:00:00 UTC; None if it is none. A zone is never one of its
/// tokens: all of them are UTC.
pub(in crate::cookie) fn cookie_date(text: &[u8]) -> Option<i64> {
    let (mut time, mut day, mut named_month, mut year) = (None, None, None, None);
    // "Using the grammar below, divide the cookie-date into date-tokens. [...] Process each date-token sequentially in
    // the order the date-tokens appear in the cookie-date": the first production that has found nothing yet takes it.
    for token in text.split(|&byte| is_delimiter(byte)).filter(|token| !token.is_empty()) {
        if time.is_none() && hms_time(token).is_some() {
            time = hms_time(token);
        } else if day.is_none() && number(token, 1..=2).is_some() {
            day = number(token, 1..=2);
        } else if named_month.is_none() && month(token).is_some() {
            named_month = month(token);
        } else if year.is_none() {
            year = number(token, 2..=4);
        }
    }
    // Step 5: "Abort these steps and fail to parse the cookie-date if at least one of the found-day-of-month,
    // found-month, found-year, or found-time flags is not set", or if a value is out of its range.
    let [hour, minute, second] = time?;
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    // Step 6: "If no such date exists, abort these steps and fail to parse the cookie-date."
    unix_time(four_digits(year?), named_month?, day?, [hour, minute, second])
}

/// `delimiter = %x09 / %x20-2F / %x3B-40 / %x5B-60 / %x7B-7E`
fn is_delimiter(byte: u8) -> bool {
    matches!(byte, 0x09 | 0x20..=0x2f | 0x3b..=0x40 | 0x5b..=0x60 | 0x7b..=0x7e)
}

/// `time = time-field ":" time-field ":" time-field [ non-digit *OCTET ]`, and `time-field = 1*2DIGIT`.
fn hms_time(token: &[u8]) -> Option<[u32; 3]> {
    let mut fields = token.splitn(3, |&byte| byte == b':');
    let mut whole =
        || fields.next().filter(|field| field.iter().all(u8::is_ascii_digit)).and_then(|f| number(f, 1..=2));
    let (hour, minute) = (whole()?, whole()?);
    Some([hour, minute, number(fields.next()?, 1..=2)?])
}

/// So many digits, and then anything that does not begin with one: `day-of-month = 1*2DIGIT [ non-digit *OCTET ]`.
fn number(token: &[u8], digits: std::ops::RangeInclusive<usize>) -> Option<u32> {
    let count = token.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let value = || token[..count].iter().fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'));
    digits.contains(&count).then(value)
}
