//! Cookies of a recording last as long from now on as they did when it was made: else a session
//! that was recorded with cookies of an hour would work for an hour.

use std::borrow::Cow;

use crate::cookie::{str2time, time2netscape};

/// These header lines as a server would say them now which said them then. What had expired then,
/// a cookie that is deleted, stays so.
pub(super) fn as_of<'a>(
    now: i64,
    started: Option<i64>,
    headers: &'a [(String, String)],
) -> Cow<'a, [(String, String)]> {
    let is_set = |name: &str| name.eq_ignore_ascii_case("Set-Cookie");
    let Some(started) = started.filter(|started| *started < now && headers.iter().any(|(name, _)| is_set(name))) else {
        return Cow::Borrowed(headers);
    };
    let later = |(name, value): &(String, String)| match is_set(name) {
        true => (name.clone(), renewed(value, started, now - started)),
        false => (name.clone(), value.clone()),
    };
    Cow::Owned(headers.iter().map(later).collect())
}

fn renewed(line: &str, started: i64, by: i64) -> String {
    let renew = |(index, piece): (usize, &str)| {
        let expires =
            piece.split_once('=').filter(|(name, _)| index > 0 && name.trim().eq_ignore_ascii_case("expires"));
        let time = expires.and_then(|(_, value)| str2time(value)).filter(|time| *time > started);
        time.map(|time| format!(" Expires={}", time2netscape(time.saturating_add(by))))
    };
    let pieces = line.split(';').enumerate().map(|piece| renew(piece).map_or(Cow::Borrowed(piece.1), Cow::Owned));
    pieces.collect::<Vec<_>>().join(";")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_had_time_left_has_as_much_again() {
        const STARTED: i64 = 760_832_612; // Wed, 09 Feb 1994 22:23:32 GMT
        for (says, line, by, expected) in [
            (
                "an hour",
                "a=1; Expires=Wed, 09 Feb 1994 23:23:32 GMT",
                86_400,
                "a=1; Expires=Thu, 10-Feb-1994 23:23:32 GMT",
            ),
            (
                "among others, in any spelling",
                "a=1;expires=Wed, 09-Feb-1994 23:23:32 GMT; Path=/",
                86_400,
                "a=1; Expires=Thu, 10-Feb-1994 23:23:32 GMT; Path=/",
            ),
            ("a cookie that is deleted", "a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT", 86_400, ""),
            ("no date", "a=1; Expires=never; Max-Age=5", 86_400, ""),
            ("a cookie of that name", "expires=Wed, 09 Feb 1994 23:23:32 GMT; Path=/", 86_400, ""),
            ("a session's", "a=1; Path=/; HttpOnly", 86_400, ""),
            (
                "the last date",
                "a=1; Expires=Fri, 31 Dec 9999 23:59:59 GMT",
                86_400,
                "a=1; Expires=Fri, 31-Dec-9999 23:59:59 GMT",
            ),
        ] {
            let expected = if expected.is_empty() { line } else { expected };
            assert_eq!(renewed(line, STARTED, by), expected, "{says}");
        }
    }
}
