//! The format of libwww-perl: a `Set-Cookie3` line for each cookie.

mod escape;
mod read;
mod write;

pub(super) use write::line as write_line;
pub(in crate::cookie) use write::plain_words;

use super::lines::{decoded, has_control, lines};
use super::{CookieFormat, FileKind, FormatError, LINE_LIMIT, Loaded, Reason, WriteFormat, Written};
use crate::cookie::{Cookie, header};

/// The first line; perl writes `1.0` behind it, Python `2.0`.
const MAGIC: &[u8] = b"#LWP-Cookies-";

/// Python's, since what is written has its additions.
const FIRST_LINE: &[u8] = b"#LWP-Cookies-2.0\n";

const PLAIN: &[u8] = b"Set-Cookie3:";
const ESCAPED: &[u8] = b"Set-Cookie3-Escaped:";

/// The format of libwww-perl, as perl's `HTTP::Cookies` and Python's `LWPCookieJar` write it. It
/// loses nothing: not the attributes of RFC 2965, not those that no protocol knows, and no byte.
///
/// ```text
/// #LWP-Cookies-2.0
/// Set-Cookie3: sid=31d4; path="/"; domain=".example.com"; path_spec; domain_dot; discard; version=0
/// ```
///
/// A value is quoted where it is more than a word, with `\` before `"` and `\`. That leaves cookies
/// that perl and Python would misread: with a blank in the name, a control character, bytes that
/// are not UTF-8, a date beyond the year 9999. Those are written as `Set-Cookie3-Escaped`, in which
/// every byte but letters and digits of any alphabet and `-_./:` is `%` and two hexadecimal digits,
/// an empty text is `%`, an expiry is in seconds since 1970-01-01 00:00:00 UTC, and attributes that
/// no protocol knows have a `+` before them. Other programs skip such a line, so none of them takes
/// it for something else.
///
/// Both forms are read, perl's `1.0` and Python's `2.0`; a date that is none makes a session
/// cookie, as in Python.
///
/// ```
/// use clientcookie::cookie::{Cookie, CookieFormat, LwpFormat, WriteFormat};
///
/// let cookies =
///     [Cookie::new("sid", "a b", "example.com"), Cookie::new("odd name", b"\xff", "example.com")];
/// let written = LwpFormat::new().write(&cookies)?;
/// let text = String::from_utf8_lossy(&written.bytes);
/// assert!(text.contains("\nSet-Cookie3: sid=\"a b\"; path=\"/\"; "));
/// assert!(text.contains("\nSet-Cookie3-Escaped: odd%20name=\"%FF\"; path=\"/\"; "));
/// assert_eq!(LwpFormat::new().read(&written.bytes)?.cookies, cookies);
/// # Ok::<(), clientcookie::cookie::FormatError>(())
/// ```
#[derive(Debug, Clone)]
pub struct LwpFormat {
    line_limit: usize,
}

impl LwpFormat {
    /// The format with lines of [`LINE_LIMIT`] bytes at most.
    pub fn new() -> Self {
        Self { line_limit: LINE_LIMIT }
    }

    /// Sets how many bytes a line may have.
    #[must_use]
    pub fn line_limit(mut self, bytes: usize) -> Self {
        self.line_limit = bytes;
        self
    }
}

impl Default for LwpFormat {
    fn default() -> Self {
        Self::new()
    }
}

impl CookieFormat for LwpFormat {
    fn read(&self, bytes: &[u8]) -> Result<Loaded, FormatError> {
        let (text, mut loaded, mut perl) = (decoded(bytes)?, Loaded::default(), false);
        for (number, line) in lines(&text) {
            if number == 1 {
                let version = line.strip_prefix(MAGIC).ok_or_else(|| not_lwp(&text))?;
                perl = version.starts_with(b"1.");
            }
            let whole = line.len();
            let (line, escaped) = match (line.strip_prefix(PLAIN), line.strip_prefix(ESCAPED)) {
                (Some(line), _) => (line, false),
                (None, Some(line)) => (line, true),
                // A comment, or a line of a later version.
                (None, None) => continue,
            };
            if whole > self.line_limit {
                loaded.skip(number, Reason::TooLong);
                continue;
            }
            if has_control(line) {
                loaded.skip(number, Reason::ControlCharacter);
                continue;
            }
            for pairs in header::split_lists(line) {
                let cookie = if escaped { read::escaped(pairs) } else { read::plain(pairs, perl) };
                match cookie {
                    Ok((cookie, oddity)) => {
                        loaded.cookies.push(cookie);
                        oddity.into_iter().for_each(|oddity| loaded.remark(number, oddity));
                    }
                    Err(reason) => loaded.skip(number, reason),
                }
            }
        }
        Ok(loaded)
    }
}

impl WriteFormat for LwpFormat {
    fn write<'a>(&self, cookies: impl IntoIterator<Item = &'a Cookie>) -> Result<Written, FormatError> {
        let mut written = Written::new(FIRST_LINE.to_vec());
        for cookie in cookies {
            let start = written.bytes.len();
            write_line(cookie, &mut written.bytes);
            if written.bytes.len() - start > self.line_limit {
                written.bytes.truncate(start);
                written.leave_out(cookie, "its line would be too long");
            } else {
                written.bytes.push(b'\n');
            }
        }
        Ok(written)
    }
}

fn not_lwp(text: &[u8]) -> FormatError {
    const WHAT: &str = "an LWP cookie file";
    let kind = FileKind::of(text).filter(|kind| *kind != FileKind::Lwp);
    kind.map_or_else(|| FormatError::new(format!("not {WHAT}")), |kind| kind.instead_of(WHAT)).at_line(1)
}
