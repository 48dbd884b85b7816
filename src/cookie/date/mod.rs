//! Dates in headers: as RFC 6265 reads those of cookies, and as liberally as the original reads
//! any.

mod cookie_date;
mod http_date;

pub(super) use cookie_date::cookie_date;
pub use http_date::str2time;

use time::{Date, Month, Time};

/// A day, and the seconds since its midnight, as seconds since 1970-01-01 00:00:00 UTC; None if
/// there is no such day between the years 1601 and 9999.
fn unix_time(year: u32, month: u32, day: u32, [hour, minute, second]: [u32; 3]) -> Option<i64> {
    // RFC 6265 section 5.1.1, step 5: "the year-value is less than 1601".
    if !(1601..=9999).contains(&year) {
        return None;
    }
    let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
    let date = Date::from_calendar_date(i32::try_from(year).ok()?, month, u8::try_from(day).ok()?).ok()?;
    let midnight = date.with_time(Time::MIDNIGHT).assume_utc().unix_timestamp();
    Some(midnight + i64::from(hour * 3600 + minute * 60 + second))
}

/// RFC 6265 section 5.1.1, steps 3 and 4: "If the year-value is greater than or equal to 70 and
/// less than or equal to 99, increment the year-value by 1900. If the year-value is greater than or
/// equal to 0 and less than or equal to 69, increment the year-value by 2000."
fn four_digits(year: u32) -> u32 {
    match year {
        70..=99 => year + 1900,
        0..=69 => year + 2000,
        _ => year,
    }
}

/// 1 to 12, by the first three letters.
fn month(word: &[u8]) -> Option<u32> {
    Some(match &word.first_chunk()?.map(|byte: u8| byte.to_ascii_lowercase()) {
        b"jan" => 1,
        b"feb" => 2,
        b"mar" => 3,
        b"apr" => 4,
        b"may" => 5,
        b"jun" => 6,
        b"jul" => 7,
        b"aug" => 8,
        b"sep" => 9,
        b"oct" => 10,
        b"nov" => 11,
        b"dec" => 12,
        _ => return None,
    })
}
