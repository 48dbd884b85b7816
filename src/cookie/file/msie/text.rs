//! A text file with the cookies of one user, host and path: nine lines each.

use std::io::Write;
use std::str;

use super::time::{LAST_FILETIME, filetime, unix_time};

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
/// `INTERNET_COOKIE_HOST_ONLY`, of later headers than the programs that write these files: they
/// hand it on.
const HOST_ONLY: u64 = 0x4000;
/// `INTERNET_COOKIE_IE6`, which Internet Explorer has set since its version 6.
const IE6: u64 = 0x400;

/// The cookies of the file.
pub(super) fn read(bytes: &[u8]) -> Result<Loaded, FormatError> {
    read_all(bytes).map(|(loaded, _)| loaded)
}

/// What a file says of a cookie beyond what a cookie holds.
pub(in crate::cookie) struct Known {
    /// When it was made, as a FILETIME.
    pub(in crate::cookie) made: u64,
    /// Whether it says for which hosts the cookie is: others do not.
    pub(in crate::cookie) says_hosts: bool,
}

/// The cookies of the file, and what else it says of each.
pub(in crate::cookie) fn read_all(bytes: &[u8]) -> Result<(Loaded, Vec<Known>), FormatError> {
    let (mut loaded, mut known) = (Loaded::default(), Vec::new());
    let mut record: Vec<&[u8]> = Vec::with_capacity(LINES);
    let (mut start, mut lost) = (1, false);
    for (line_number, line) in lines(bytes) {
        let is_end = line.trim_ascii() == END;
        if lost {
            // Somewhere behind the damage the next cookie begins.
            (start, lost) = (line_number + 1, !is_end);
            continue;
        }
        record.push(line);
        // A name, a value or a host may look like the end; behind them all is numbers.
        let early = is_end && record.len() > 3;
        if record.len() < LINES && !early {
            continue;
        }
        match cookie(&record) {
            Ok(cookie) => {
                let made = both_halves(record[6], record[7]).unwrap_or(0).min(LAST_FILETIME);
                let is_host_only = number(record[3]).unwrap_or(0) & HOST_ONLY != 0;
                known.push(Known { made, says_hosts: cookie.is_dotted() || is_host_only });
                loaded.cookies.push(cookie);
            }
            Err(reason) => loaded.skip(start, reason),
        }
        (start, lost) = (line_number + 1, !is_end);
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
        _ => Ok((loaded, known)),
    }
}

/// Writes nine lines: a cookie that expires, and what else is known of it.
///
/// A domain that a server named has a dot before it, as [`read`] understands it. Other programs do
/// not look at the third line.
pub(in crate::cookie) fn write(cookie: &Cookie, known: &Known, file: &mut Vec<u8>) {
    // A cookie without a value is one with an empty name.
    let (name, value) = match cookie.value_if_any() {
        Some(value) => (cookie.name_bytes(), value),
        None => (&b""[..], cookie.name_bytes()),
    };
    for texts in [[name, b""], [value, b""], [cookie.domain().as_bytes(), cookie.path_bytes()]] {
        texts.iter().for_each(|text| file.extend_from_slice(text));
        file.push(b'\n');
    }
    let is_host_only = known.says_hosts && !cookie.is_dotted();
    let set = [(true, IE6), (cookie.secure(), SECURE), (cookie.http_only(), HTTP_ONLY), (is_host_only, HOST_ONLY)];
    let flags: u64 = set.iter().filter(|(on, _)| *on).map(|(_, bit)| bit).sum();
    let expires = filetime(cookie.expires().unwrap_or_default());
    let (low, high) = (|time| time & u64::from(u32::MAX), |time| time >> 32);
    for number in [flags, low(expires), high(expires), low(known.made), high(known.made)] {
        // A vector takes whatever is written.
        let _ = writeln!(file, "{number}");
    }
    file.extend_from_slice(END);
    file.push(b'\n');
}

/// Whether a cookie comes back as it was written, but for what the format has no room for: whoever
/// could read another one from its lines, or a second, must not find it in the file.
pub(in crate::cookie) fn can_hold(cookie: &Cookie) -> bool {
    if cookie.discard() || cookie.expires().is_none() {
        return false;
    }
    let mut file = Vec::new();
    write(cookie, &Known { made: 0, says_hosts: true }, &mut file);
    let Ok(Loaded { cookies, skipped_lines: 0, .. }) = read(&file) else {
        return false;
    };
    let facts = |cookie: &Cookie| (cookie.secure(), cookie.http_only());
    let is_it = |read: &Cookie| {
        read.key() == cookie.key() && read.value_if_any() == cookie.value_if_any() && facts(read) == facts(cookie)
    };
    matches!(&cookies[..], [one] if is_it(one))
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
    let expires = both_halves(low, high).ok_or(Reason::BadExpiry)?;
    let raw = Raw {
        name,
        value,
        host,
        below: host.starts_with(b"."),
        path: path.trim_ascii_end(),
        secure: flags & SECURE != 0,
        http_only: flags & HTTP_ONLY != 0,
        expires: Some(unix_time(expires)),
        ..Raw::default()
    };
    raw.cookie()
}

fn number(text: &[u8]) -> Option<u64> {
    str::from_utf8(text.trim_ascii()).ok()?.parse().ok()
}

/// A FILETIME of its halves, which have 32 bits each.
fn both_halves(low: &[u8], high: &[u8]) -> Option<u64> {
    let (low, high) = number(low).zip(number(high))?;
    (low.max(high) <= u64::from(u32::MAX)).then_some(high << 32 | low)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_be_read_as_another_cookie_is_not_written() {
        let cookie = |path: &str| Cookie::new("n", "v", ".example.com").with_path(path).with_expires(1);
        for (sentence, cookie, expected) in [
            ("a cookie", cookie("/"), true),
            ("without a value", cookie("/").without_value(), true),
            ("without a name", Cookie::new("", "v", "example.com").with_expires(1), false),
            ("a session cookie", cookie("/").with_expires(None), false),
            ("one that ends with the session", cookie("/").with_discard(true), false),
            ("one that would be read as two", cookie("/").with_value("v\n*"), false),
            ("one whose path would come back shorter", cookie("/ "), false),
            ("one whose path has no slash", Cookie::new("n", "v", "a.test").with_path("x").with_expires(1), false),
            ("one without a host", Cookie::new("n", "v", "").with_expires(1), false),
            ("one with a line that is too long", cookie("/").with_value("v".repeat(LINE_LIMIT + 1)), false),
        ] {
            assert_eq!(can_hold(&cookie), expected, "{sentence}");
        }
    }
}
