//! Dates, as servers write them into `Expires` and elsewhere, and as the original reads them.

use super::{four_digits, month, unix_time};

/// Reads a date of HTTP, in any of the spellings that servers use: seconds since 1970-01-01
/// 00:00:00 UTC.
///
/// `None` means that it is no date that exists. Python's `http2time`. Beyond that, the parsing is
/// as liberal as that of RFC 6265 section 5.1.1: the parts may come in any order that keeps the day
/// before the year, and what is no part of a date is passed over. (The `Expires` of a cookie is
/// read by that section itself, unless the jar reads as the original did: there a zone does not
/// count, and the time must be there.)
///
/// - The month is a name of which three letters count, or a number after the day.
/// - A year of two digits is 1970 to 2069. A year after 9999 is none, and so is one before 1601.
/// - The time may be absent, and then is midnight; its seconds may be absent or have a fraction.
///   `24:00` is the midnight at the end of the day.
/// - The zone is UTC unless it is an offset such as `-0800`, or one of the names of RFC 822 such as
///   `PST`.
///
/// ```
/// use clientcookie::cookie::str2time;
///
/// let expected = Some(760_832_612);
/// assert_eq!(str2time("Wed, 09 Feb 1994 22:23:32 GMT"), expected); // RFC 9110
/// assert_eq!(str2time("Wednesday, 09-Feb-94 22:23:32 GMT"), expected); // RFC 850
/// assert_eq!(str2time("Wed Feb  9 22:23:32 1994"), expected); // C's asctime
/// assert_eq!(str2time("9-Feb-1994 14:23:32 -0800"), expected);
/// assert_eq!(str2time("30 Feb 1994 22:23:32 GMT"), None);
/// ```
#[doc(alias = "http2time")]
pub fn str2time(text: &str) -> Option<i64> {
    let mut parts = Parts::default();
    for token in tokens(text.as_bytes()) {
        parts.read(&token)?;
    }
    parts.seconds()
}

/// A run of letters, digits and colons, and what stands before it.
struct Token<'a> {
    text: &'a [u8],
    /// `+` or `-`, directly before the token.
    sign: Option<u8>,
    /// Whether a word or a number ends directly before the sign, as in `09-Feb-94`.
    glued: bool,
}

fn tokens(text: &[u8]) -> impl Iterator<Item = Token<'_>> {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b':' || !byte.is_ascii();
    let mut end = 0;
    std::iter::from_fn(move || {
        let start = end + text[end..].iter().position(is_part)?;
        end = text[start..].iter().position(|byte| !is_part(byte)).map_or(text.len(), |length| start + length);
        let (before, sign) = match text[..start].split_last() {
            Some((sign @ (b'+' | b'-'), before)) => (before, Some(*sign)),
            _ => (&text[..start], None),
        };
        Some(Token { text: &text[start..end], sign, glued: before.last().is_some_and(is_part) })
    })
}

/// The parts of a date found so far. The first of each kind counts.
#[derive(Default)]
struct Parts {
    day: Option<u32>,
    month: Option<u32>,
    year: Option<u32>,
    clock: Option<[u32; 3]>,
    /// Seconds east of Greenwich.
    zone: Option<i64>,
    /// Whether the token before was the clock, which nothing but a zone is glued to.
    after_clock: bool,
}

impl Parts {
    /// None if the token makes a date impossible.
    fn read(&mut self, token: &Token<'_>) -> Option<()> {
        let after_clock = std::mem::take(&mut self.after_clock);
        if !token.text.first()?.is_ascii_digit() {
            return self.read_word(token.text);
        }
        match token.sign {
            Some(sign) if self.clock.is_some() && (!token.glued || after_clock) => self.read_offset(sign, token.text),
            _ if token.text.contains(&b':') => self.read_clock(token.text),
            _ => self.read_number(token.text),
        }
    }

    fn read_word(&mut self, word: &[u8]) -> Option<()> {
        if word.eq_ignore_ascii_case(b"am") || word.eq_ignore_ascii_case(b"pm") {
            return None; // A clock of twelve hours: no server means it, and half of them would be wrong.
        }
        self.month = self.month.or_else(|| month(word));
        self.zone = self.zone.or_else(|| named_zone(word));
        Some(())
    }

    /// `22:23`, `22:23:32`, or `1994:22:23:32` as in the log files of web servers.
    fn read_clock(&mut self, text: &[u8]) -> Option<()> {
        let mut fields = text.split(|&byte| byte == b':');
        if text.iter().filter(|&&byte| byte == b':').count() == 3 && self.year.is_none() {
            self.read_number(fields.next()?)?;
        }
        let mut field = |default: Option<u32>| match fields.next() {
            Some(digits) => number(digits, 2),
            None => default,
        };
        let clock = [field(None)?, field(None)?, field(Some(0))?];
        self.clock = self.clock.or(Some(clock));
        self.after_clock = true;
        Some(())
    }

    /// `-0800`, `+01:00`, `+1`.
    fn read_offset(&mut self, sign: u8, text: &[u8]) -> Option<()> {
        let end_of_hours = match text.iter().position(|&byte| byte == b':') {
            Some(colon) => colon,
            None => text.len() - if text.len() > 2 { 2 } else { 0 },
        };
        let (hours, minutes) = text.split_at(end_of_hours);
        let minutes = minutes.strip_prefix(b":").unwrap_or(minutes);
        let minutes = if minutes.is_empty() { 0 } else { number(minutes, 2)? };
        let offset = i64::from(number(hours, 2)? * 3600 + minutes * 60);
        self.zone = self.zone.or(Some(if sign == b'-' { -offset } else { offset }));
        Some(())
    }

    fn read_number(&mut self, text: &[u8]) -> Option<()> {
        if self.day.is_none() {
            self.day = Some(number(text, 2)?);
        } else if self.month.is_none() {
            self.month = Some(number(text, 2)?);
        } else if self.year.is_none() {
            self.year = Some(number(text, usize::MAX)?);
        }
        Some(())
    }

    fn seconds(self) -> Option<i64> {
        let clock = match self.clock.unwrap_or_default() {
            // Midnight at the end of the day.
            clock @ ([..=23, ..=59, ..=59] | [24, 0, 0]) => clock,
            // A leap second has no number of its own in Unix time.
            [hour @ ..=23, minute @ ..=59, 60 | 61] => [hour, minute, 59],
            _ => return None,
        };
        let local = unix_time(four_digits(self.year?), self.month?, self.day?, clock)?;
        Some(local - self.zone.unwrap_or(0))
    }
}

/// The leading digits, at most `longest` of them. What follows them, as in `9th`, does not count.
fn number(text: &[u8], longest: usize) -> Option<u32> {
    let end = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    if end == 0 || end > longest {
        return None;
    }
    Some(text[..end].iter().fold(0, |sum: u32, digit| sum.saturating_mul(10).saturating_add(u32::from(digit - b'0'))))
}

/// RFC 822 section 5.1, without its military letters, but for Z.
fn named_zone(word: &[u8]) -> Option<i64> {
    const HOURS: [(&str, i64); 12] = [
        ("GMT", 0),
        ("UTC", 0),
        ("UT", 0),
        ("Z", 0),
        ("EST", -5),
        ("EDT", -4),
        ("CST", -6),
        ("CDT", -5),
        ("MST", -7),
        ("MDT", -6),
        ("PST", -8),
        ("PDT", -7),
    ];
    let (_, hours) = HOURS.iter().find(|(name, _)| word.eq_ignore_ascii_case(name.as_bytes()))?;
    Some(hours * 3600)
}
