//! RFC 6265 section 5.1.1, to the letter: what is a date in the `Expires` of a cookie.

use std::ops::RangeInclusive;

use super::{four_digits, month, unix_time};

/// The time of a cookie-date in seconds since 1970-01-01 00:00:00 UTC; None if it is none. A zone
/// is never one of its tokens: all of them are UTC.
pub(in crate::cookie) fn cookie_date(text: &[u8]) -> Option<i64> {
    fixdate(text).or_else(|| by_tokens(text))
}

/// `Wed, 21 Oct 2099 07:28:00 GMT`, as servers should write it and nearly all do (RFC 9110 section
/// 5.6.7); read by its tokens it is the same.
fn fixdate(text: &[u8]) -> Option<i64> {
    let (weekday, rest) = text.split_first_chunk::<3>()?;
    let [b',', b' ', d @ .., b' ', b'G', b'M', b'T'] = rest else {
        return None;
    };
    let &[d1, d2, b' ', m1, m2, m3, b' ', y1, y2, y3, y4, b' ', h1, h2, b':', n1, n2, b':', s1, s2] = d else {
        return None;
    };
    let digits = [d1, d2, y1, y2, y3, y4, h1, h2, n1, n2, s1, s2];
    if !digits.iter().all(u8::is_ascii_digit) || !WEEKDAYS.contains(weekday) {
        return None;
    }
    let number = |digits: &[u8]| digits.iter().fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'));
    let time @ [hour, minute, second] = [number(&[h1, h2]), number(&[n1, n2]), number(&[s1, s2])];
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    unix_time(four_digits(number(&[y1, y2, y3, y4])), month(&[m1, m2, m3])?, number(&[d1, d2]), time)
}

const WEEKDAYS: [[u8; 3]; 7] = [*b"Mon", *b"Tue", *b"Wed", *b"Thu", *b"Fri", *b"Sat", *b"Sun"];

fn by_tokens(text: &[u8]) -> Option<i64> {
    let (mut time, mut day, mut named_month, mut year) = (None, None, None, None);
    // "Using the grammar below, divide the cookie-date into date-tokens. [...] Process each
    // date-token sequentially in the order the date-tokens appear in the cookie-date": the first
    // production that has found nothing yet takes it.
    for token in text.split(|&byte| is_delimiter(byte)).filter(|token| !token.is_empty()) {
        if time.is_none()
            && let Some(found) = hms_time(token)
        {
            time = Some(found);
        } else if day.is_none()
            && let Some((found, _)) = number(token, 1..=2)
        {
            day = Some(found);
        } else if named_month.is_none()
            && let Some(found) = month(token)
        {
            named_month = Some(found);
        } else if year.is_none() {
            year = number(token, 2..=4).map(|(found, _)| found);
        }
    }
    // Step 5: "Abort these steps and fail to parse the cookie-date if at least one of the
    // found-day-of-month, found-month, found-year, or found-time flags is not set", or if a value
    // is out of its range.
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

/// `time = time-field ":" time-field ":" time-field [ non-digit *OCTET ]`, and `time-field =
/// 1*2DIGIT`.
fn hms_time(token: &[u8]) -> Option<[u32; 3]> {
    let (hour, rest) = number(token, 1..=2)?;
    let (minute, rest) = number(rest.strip_prefix(b":")?, 1..=2)?;
    let (second, _) = number(rest.strip_prefix(b":")?, 1..=2)?;
    Some([hour, minute, second])
}

/// So many digits and what is behind them, which does not begin with one: `day-of-month = 1*2DIGIT
/// [ non-digit *OCTET ]`.
fn number(token: &[u8], digits: RangeInclusive<usize>) -> Option<(u32, &[u8])> {
    let count = token.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (number, behind) = token.split_at(count);
    let value = || number.iter().fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'));
    digits.contains(&count).then(|| (value(), behind))
}

#[cfg(test)]
mod tests {
    use super::{by_tokens, fixdate};

    #[test]
    fn the_short_way_reads_what_the_long_one_reads() {
        for (text, is_short) in [
            ("Wed, 21 Oct 2099 07:28:00 GMT", true),
            ("Thu, 01 Jan 1970 00:00:00 GMT", true),
            ("Mon, 31 dec 9999 23:59:59 GMT", true),
            ("Sun, 06 Nov 0094 08:49:37 GMT", true),
            ("Mar, 21 Oct 2099 07:28:00 GMT", false),
            ("Wed, 21 Oct 2099 24:00:00 GMT", false),
            ("Wed, 30 Feb 2099 07:28:00 GMT", false),
            ("Wed, 21-Oct-2099 07:28:00 GMT", false),
            ("Wed, 21 Oct 2099 07:28:00 UTC", false),
            ("Wed, 21 Oct 2099 07:28:00 GMT ", false),
            ("Wed, 21 Oct 1600 07:28:00 GMT", false),
            ("Wed, 2! Oct 2099 07:28:00 GMT", false),
        ] {
            let short = fixdate(text.as_bytes());
            assert_eq!(short.is_some(), is_short, "{text}");
            assert!(short.is_none() || short == by_tokens(text.as_bytes()), "{text}");
        }
    }
}
