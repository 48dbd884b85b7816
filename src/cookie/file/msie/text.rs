//! A text file with the cookies of one user, host and path: nine lines each.

use std::str;

use crate::cookie::Cookie;
use crate::cookie::file::lines::lines;
use crate::cookie::file::raw::Raw;
use crate::cookie::file::{FormatError, LINE_LIMIT, Loaded, Reason};

const LINES: usize = 9;

/// The last line of a cookie.
const END: &[u8] = b"*";

/// Bits of the flags, as `wininet.h` names them: `INTERNET_COOKIE_IS_SECURE` and
/// `INTERNET_COOKIE_HTTPONLY`.
const SECURE: u64 = 1;
const HTTP_ONLY: u64 = 0x2000;

/// From 1601-01-01, where a FILETIME begins, to 1970-01-01.
const SECONDS_BEFORE_1970: i64 = 11_644_473_600;
const FILETIMES_A_SECOND: u64 = 10_000_000;

/// The cookies of the file.
pub(super) fn read(bytes: &[u8]) -> Result<Loaded, FormatError> {
    let mut loaded = Loaded::default();
    let mut record: Vec<&[u8]> = Vec::with_capacity(LINES);
    let (mut start, mut lost) = (1, false);
    for (number, line) in lines(bytes) {
        let is_end = line.trim_ascii() == END;
        if lost {
            // Somewhere behind the damage the next cookie begins.
            (start, lost) = (number + 1, !is_end);
            continue;
        }
        record.push(line);
        // A name, a value or a host may look like the end; behind them all is numbers.
        let early = is_end && record.len() > 3;
        if record.len() < LINES && !early {
            continue;
        }
        match cookie(&record) {
            Ok(cookie) => loaded.cookies.push(cookie),
            Err(reason) => loaded.skip(start, reason),
        }
        (start, lost) = (number + 1, !is_end);
        record.clear();
    }
    if record.iter().any(|line| !line.is_empty()) {
        loaded.skip(start, Reason::CutOff);
    }
    match loaded.skipped.first() {
        Some(first) if loaded.cookies.is_empty() => {
            let reason = format!("not a cookie file of Internet Explorer: {}", first.reason);
            Err(FormatError::new(reason).at_line(first.line))
        }
        _ => Ok(loaded),
    }
}

fn cookie(record: &[&[u8]]) -> Result<Cookie, Reason> {
    if record.iter().any(|line| line.len() > LINE_LIMIT) {
        return Err(Reason::TooLong);
    }
    let &[name, value, place, flags, low, high, _, _, end] = record else {
        return Err(Reason::CutOff);
    };
    if end.trim_ascii() != END {
        return Err(Reason::CutOff);
    }
    let slash = place.iter().position(|&byte| byte == b'/').ok_or(Reason::NoPath)?;
    let (host, path) = place.split_at(slash);
    let flags: u64 = number(flags).ok_or(Reason::BadFlags)?;
    let halves = number(low).zip(number(high)).filter(|(low, high)| low.max(high) <= &u64::from(u32::MAX));
    let (low, high) = halves.ok_or(Reason::BadExpiry)?;
    let raw = Raw {
        name,
        value,
        host,
        below: host.starts_with(b"."),
        path: path.trim_ascii_end(),
        secure: flags & SECURE != 0,
        http_only: flags & HTTP_ONLY != 0,
        expires: Some(unix_time(high << 32 | low)),
        ..Raw::default()
    };
    raw.cookie()
}

fn number(text: &[u8]) -> Option<u64> {
    str::from_utf8(text.trim_ascii()).ok()?.parse().ok()
}

/// Seconds since 1970-01-01 00:00:00 UTC; negative before.
fn unix_time(filetime: u64) -> i64 {
    i64::try_from(filetime / FILETIMES_A_SECOND).unwrap_or(i64::MAX) - SECONDS_BEFORE_1970
}
