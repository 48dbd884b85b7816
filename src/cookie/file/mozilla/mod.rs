//! The `cookies.txt` of Netscape and Mozilla: a cookie a line, in seven columns.

mod read;
mod write;

#[cfg(feature = "sqlite")]
pub(super) use read::domain;

use super::lines::lines;
use super::{CookieFormat, FormatError, LINE_LIMIT, LeftOut, Loaded, WriteFormat, Written};
use crate::cookie::Cookie;

/// What Python insists on, and Netscape wrote; the rest is for people.
const FIRST_LINES: &[u8] = b"# Netscape HTTP Cookie File\n# Written by a program. Edit it while none is using it.\n\n";

/// The `cookies.txt` of Netscape and Mozilla, which curl, wget, Python, perl, and browsers' extensions read and write.
///
/// ```text
/// # Netscape HTTP Cookie File
/// .example.com  TRUE  /  FALSE  1893456000  lang  de
/// #HttpOnly_www.example.com  FALSE  /  TRUE  0  sid  31d4
/// ```
///
/// The columns, with a TAB between them: the domain; whether hosts below it get the cookie too; the path; whether it is
/// `Secure`; when it expires, in seconds since 1970-01-01 00:00:00 UTC; the name; the value.
///
/// # Reading
///
/// Programs differ, and all of this is read: no first line, or an odd one; a byte order mark; lines that end in
/// `\r\n`; a last line without end; blanks in place of the TABs; a value that is missing, or has TABs in it; an expiry
/// with a fraction; a session cookie's expiry as `0` or empty; a port behind the domain; `#HttpOnly_` before it. Where
/// the dot before the domain and the second column disagree, the column is right. A cookie with an empty name is one
/// without a value, as `Set-Cookie: seen` sets it. A line with a control character, too few columns, or a domain that is
/// no host is skipped, and [`Loaded::skipped`] says so.
///
/// Python files the cookies of `localhost` under `localhost.local` (RFC 2965, section 1). They are loaded like that, and
/// sent to `localhost` if [`DefaultCookiePolicy::local_domains`](crate::cookie::DefaultCookiePolicy::local_domains) is
/// on, as it is in [`DefaultCookiePolicy::classic`](crate::cookie::DefaultCookiePolicy::classic).
///
/// # Writing
///
/// The format has no room for what RFC 2965 adds, and cookies come back without it: version, port, comments, whether
/// path, port and domain were named, `Discard`, and attributes other than `HttpOnly`. An expiry before 1970-01-01
/// 00:00:01 becomes that, since `0` stands for a session. A cookie with a control character (a TAB is one), without
/// name and value, or with a domain that is no host cannot be written, nor one whose name is empty and whose value is
/// not: [`Written::left_out`] has those.
///
/// What other programs make of the file: wget, lynx and older Pythons take a line with `#HttpOnly_` for a comment; curl
/// reads a cookie without value as one with an empty value; Python fails on bytes that are not UTF-8. For session
/// cookies no one form suits everybody: see [`python_sessions`](Self::python_sessions).
///
/// ```
/// use clientcookie::cookie::{Cookie, CookieFormat, MozillaFormat, WriteFormat};
///
/// let cookie = Cookie::new("lang", "de", ".example.com").with_expires(1_893_456_000).with_path_specified(false);
/// let written = MozillaFormat::new().write(&[cookie.clone()])?;
/// assert!(written.bytes.ends_with(b"\n.example.com\tTRUE\t/\tFALSE\t1893456000\tlang\tde\n"));
/// assert_eq!(MozillaFormat::new().read(&written.bytes)?.cookies, [cookie]);
/// # Ok::<(), clientcookie::cookie::FormatError>(())
/// ```
#[derive(Debug, Clone)]
pub struct MozillaFormat {
    line_limit: usize,
    python_sessions: bool,
}

impl MozillaFormat {
    /// The format as curl and wget write it, with lines of [`LINE_LIMIT`] bytes at most.
    pub fn new() -> Self {
        Self { line_limit: LINE_LIMIT, python_sessions: false }
    }

    /// Sets how many bytes a line may have.
    #[must_use]
    pub fn line_limit(mut self, bytes: usize) -> Self {
        self.line_limit = bytes;
        self
    }

    /// Sets whether a session cookie is written with an empty expiry, as Python does, in place of `0`. Off: curl, wget
    /// and aria2 load `0` only, while Python takes `0` for expired and loads the empty one only. Here both are read.
    #[must_use]
    pub fn python_sessions(mut self, on: bool) -> Self {
        self.python_sessions = on;
        self
    }
}

impl Default for MozillaFormat {
    fn default() -> Self {
        Self::new()
    }
}

impl CookieFormat for MozillaFormat {
    fn read(&self, bytes: &[u8]) -> Result<Loaded, FormatError> {
        let mut loaded = Loaded::default();
        for line in lines(bytes, self.line_limit) {
            let (number, line) = line?;
            match read::line(line) {
                Ok(Some(cookie)) => loaded.cookies.push(cookie),
                Ok(None) => {}
                Err(reason) => loaded.skip(number, reason),
            }
        }
        // There is no first line to go by. A file of nothing but nonsense is a file of another kind.
        match loaded.skipped.first() {
            Some(first) if loaded.cookies.is_empty() => {
                let reason = format!("not a cookies.txt file: {}", first.reason);
                Err(FormatError::new(reason).at_line(first.line))
            }
            _ => Ok(loaded),
        }
    }
}

impl WriteFormat for MozillaFormat {
    fn write(&self, cookies: &[Cookie]) -> Result<Written, FormatError> {
        let mut written = Written::new(FIRST_LINES.to_vec());
        for cookie in cookies {
            match write::line(cookie, self.python_sessions) {
                Ok(line) if line.len() <= self.line_limit => {
                    written.bytes.extend_from_slice(&line);
                    written.bytes.push(b'\n');
                }
                Ok(_) => {
                    written.left_out.push(LeftOut { cookie: cookie.clone(), reason: "its line would be too long" });
                }
                Err(reason) => written.left_out.push(LeftOut { cookie: cookie.clone(), reason }),
            }
        }
        Ok(written)
    }
}
