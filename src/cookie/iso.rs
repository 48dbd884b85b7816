//! Dates, as they are written into files.

use time::{Date, Month, OffsetDateTime, Time};

/// Reads a date of ISO 8601, as LWP's cookie files have it: seconds since 1970-01-01 00:00:00 UTC.
///
/// `None` means that it is no date that exists. The zone is UTC unless it says otherwise, the clock
/// may be absent, and fractions of a second are cut off. `24:00` is the midnight at the end of the
/// day.
///
/// ```
/// use clientcookie::cookie::iso2time;
///
/// let expected = Some(760_832_612);
/// assert_eq!(iso2time("1994-02-09 22:23:32Z"), expected);
/// assert_eq!(iso2time("1994-02-09T14:23:32.75-08:00"), expected);
/// assert_eq!(iso2time("19940209T222332Z"), expected);
/// assert_eq!(iso2time("1994-02-09"), Some(760_752_000));
/// assert_eq!(iso2time("1994-02-30"), None);
/// ```
pub fn iso2time(text: &str) -> Option<i64> {
    let mut scan = Scan(text.trim_ascii().as_bytes());
    let year = scan.digits(4, 4)?;
    scan.skip_one(b"-/");
    let month = scan.digits(1, 2)?;
    scan.skip_one(b"-/");
    let day = scan.digits(1, 2)?;
    let blank = scan.skip_blanks();
    let (mut clock, mut seconds) = ([0, 0], 0);
    if scan.skip_one(b"-:Tt") || (blank && scan.0.first().is_some_and(u8::is_ascii_digit)) {
        clock[0] = scan.digits(1, 2)?;
        scan.skip_one(b":");
        clock[1] = scan.digits(2, 2)?;
        if scan.skip_one(b":") || scan.0.first().is_some_and(u8::is_ascii_digit) {
            seconds = scan.digits(2, 2)?;
            if scan.skip_one(b".") {
                while scan.skip_one(b"0123456789") {}
            }
        }
    }
    scan.skip_blanks();
    let offset = scan.zone()?;
    let number = |value: u32| u8::try_from(value).ok();
    let date = Date::from_calendar_date(i32::try_from(year).ok()?, Month::try_from(number(month)?).ok()?, number(day)?)
        .ok()?;
    // A leap second has no number of its own in Unix time.
    let seconds = if seconds > 61 { return None } else { seconds.min(59) };
    // `24:00` is the midnight at the end of the day.
    let (hour, days) = if (clock, seconds) == ([24, 0], 0) { (0, 1) } else { (clock[0], 0) };
    let time = Time::from_hms(number(hour)?, number(clock[1])?, number(seconds)?).ok()?;
    Some(date.with_time(time).assume_utc().unix_timestamp() + days * 24 * 60 * 60 - offset)
}

/// What is left to read.
struct Scan<'a>(&'a [u8]);

impl Scan<'_> {
    fn digits(&mut self, least: usize, most: usize) -> Option<u32> {
        let count = self.0.iter().take(most).take_while(|byte| byte.is_ascii_digit()).count();
        if count < least {
            return None;
        }
        let (digits, rest) = self.0.split_at(count);
        self.0 = rest;
        Some(digits.iter().fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0')))
    }

    fn skip_one(&mut self, of: &[u8]) -> bool {
        match self.0.split_first() {
            Some((first, rest)) if of.contains(first) => {
                self.0 = rest;
                true
            }
            _ => false,
        }
    }

    fn skip_blanks(&mut self) -> bool {
        let before = self.0.len();
        self.0 = self.0.trim_ascii_start();
        self.0.len() < before
    }

    /// Seconds east of Greenwich, to the end of the text.
    fn zone(&mut self) -> Option<i64> {
        if self.0.is_empty() || self.0.eq_ignore_ascii_case(b"z") {
            return Some(0);
        }
        let west = self.0.first() == Some(&b'-');
        self.skip_one(b"+-");
        let hours = i64::from(self.digits(1, 2)?);
        self.skip_one(b":");
        let minutes = if self.0.is_empty() { 0 } else { i64::from(self.digits(2, 2)?) };
        let offset = hours * 3600 + minutes * 60;
        self.0.is_empty().then_some(if west { -offset } else { offset })
    }
}

/// Writes seconds since 1970-01-01 00:00:00 UTC as `1994-02-09 22:23:32Z`. Python's `time2isoz`.
///
/// A time that the calendar does not have is brought to its nearest end: the years go from -9999 to
/// 9999.
#[doc(alias = "time2isoz")]
pub fn time2iso(time: i64) -> String {
    let mut text = Vec::new();
    write_iso(time, &mut text);
    // It is ASCII.
    String::from_utf8_lossy(&text).into_owned()
}

/// The first second of the year 10000, which no date of four digits reaches.
pub(super) const YEAR_10000: i64 = 253_402_300_800;

/// The same into a buffer: files have one of these a cookie.
pub(super) fn write_iso(time: i64, out: &mut Vec<u8>) {
    let date = calendar(time);
    let (month, day, (hour, minute, second)) = (u8::from(date.month()), date.day(), date.to_hms());
    let year = date.year();
    if let Ok(year) = u16::try_from(year) {
        let (century, year) = (year / 100, year % 100);
        let [century, year] = [century, year].map(|two| u8::try_from(two).unwrap_or_default());
        out.extend(two_digits(century));
        out.extend(two_digits(year));
    } else {
        out.extend_from_slice(format!("{year:04}").as_bytes());
    }
    for (before, number) in [(b'-', month), (b'-', day), (b' ', hour), (b':', minute), (b':', second)] {
        out.push(before);
        out.extend(two_digits(number));
    }
    out.push(b'Z');
}

fn two_digits(number: u8) -> [u8; 2] {
    [b'0' + number / 10 % 10, b'0' + number % 10]
}

/// Writes seconds since 1970-01-01 00:00:00 UTC as Netscape's `Expires` has it.
///
/// ```
/// assert_eq!(clientcookie::cookie::time2netscape(760_832_612), "Wed, 09-Feb-1994 22:23:32 GMT");
/// ```
pub fn time2netscape(time: i64) -> String {
    let date = calendar(time);
    let (weekday, month) = (date.weekday().to_string(), date.month().to_string());
    let (hour, minute, second) = date.to_hms();
    let (weekday, month) = (&weekday[..3], &month[..3]);
    format!("{weekday}, {:02}-{month}-{:04} {hour:02}:{minute:02}:{second:02} GMT", date.day(), date.year())
}

fn calendar(time: i64) -> OffsetDateTime {
    let end = if time < 0 { time::PrimitiveDateTime::MIN } else { time::PrimitiveDateTime::MAX };
    OffsetDateTime::from_unix_timestamp(time).unwrap_or(end.assume_utc())
}
