//! The times of Windows: FILETIME, and the date and time of FAT.

use std::io;
use std::time::UNIX_EPOCH;

use ::time::OffsetDateTime;

/// From 1601-01-01, where a FILETIME begins, to 1970-01-01.
const SECONDS_BEFORE_1970: i64 = 11_644_473_600;
const FILETIMES_A_SECOND: u64 = 10_000_000;

/// The last time that Windows converts to a date, in the year 30828: its functions take a FILETIME
/// whose highest bit is set for an error.
pub(in crate::cookie) const LAST_FILETIME: u64 = i64::MAX as u64;

/// Seconds since 1970-01-01 00:00:00 UTC; negative before.
pub(in crate::cookie) fn unix_time(filetime: u64) -> i64 {
    i64::try_from(filetime / FILETIMES_A_SECOND).unwrap_or(i64::MAX) - SECONDS_BEFORE_1970
}

/// The FILETIME of a second, or the first or the last one if it lies outside.
pub(in crate::cookie) fn filetime(unix: i64) -> u64 {
    let seconds = u64::try_from(unix.saturating_add(SECONDS_BEFORE_1970)).unwrap_or(0);
    seconds.saturating_mul(FILETIMES_A_SECOND).min(LAST_FILETIME)
}

/// When a file was last written, by the clock of its file system, as a FILETIME.
pub(in crate::cookie) fn modified(file: &std::fs::Metadata) -> io::Result<u64> {
    let since = file.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
    let second = filetime(i64::try_from(since.as_secs()).unwrap_or(i64::MAX));
    Ok(second.saturating_add(u64::from(since.subsec_nanos() / 100)).min(LAST_FILETIME))
}

/// The date and time of FAT, in UTC and steps of two seconds: the date is the lower half. Nothing,
/// which is 0, before 1980, where it begins; its last year is 2107.
pub(super) fn fat_time(filetime: u64) -> u32 {
    const LAST: u32 = 0xbf7d_ff9f;
    let Ok(moment) = OffsetDateTime::from_unix_timestamp(unix_time(filetime)) else {
        return LAST;
    };
    let Ok(year) = u32::try_from(moment.year() - 1980) else {
        return 0;
    };
    if year > 127 {
        return LAST;
    }
    let date = year << 9 | u32::from(u8::from(moment.month())) << 5 | u32::from(moment.day());
    let time = u32::from(moment.hour()) << 11 | u32::from(moment.minute()) << 5 | (u32::from(moment.second()) / 2);
    time << 16 | date
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_converted_and_kept_within_their_bounds() {
        for (sentence, unix, expected) in [
            ("the first", -11_644_473_600, 0),
            ("before the first", i64::MIN, 0),
            ("1970", 0, 116_444_736_000_000_000),
            ("a later one", 2_145_916_800, 32_108_254 << 32 | 3_138_338_816),
            ("after the last", i64::MAX, LAST_FILETIME),
        ] {
            assert_eq!(filetime(unix), expected, "{sentence}");
        }
        assert_eq!((unix_time(0), unix_time(filetime(2_145_916_800))), (-11_644_473_600, 2_145_916_800));
    }

    #[test]
    fn fat_has_a_date_from_1980_to_2107() {
        for (sentence, unix, expected) in [
            ("before it begins", 315_532_799, 0),
            ("its first day", 315_532_800, 0x0000_0021),
            ("2026-01-02 03:04:05", 1_767_323_045, (3 << 11 | 4 << 5 | 2) << 16 | (46 << 9 | 1 << 5 | 2)),
            ("its last second but one", 4_354_819_198, 0xbf7d_ff9f),
            ("after it", 4_354_819_200, 0xbf7d_ff9f),
        ] {
            assert_eq!(fat_time(filetime(unix)), expected, "{sentence}");
        }
        assert_eq!((fat_time(0), fat_time(u64::MAX)), (0, 0xbf7d_ff9f));
    }
}
