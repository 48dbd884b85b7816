//! Telling what kind of cookie file bytes are, from how they begin.

use std::fmt;
use std::io::Read;
use std::path::Path;

use super::lines::{decoded, lines};
use super::{FileError, FormatError, mozilla, open_regular};
use crate::cookie::date::str2time;

/// Bytes of a file that are looked at.
const HEAD: usize = 64 * 1024;

/// What a file of cookies seems to be, from how it begins. A program that is given a file by its
/// user finds the format with it, and a format that is given another's file names it in its error.
///
/// ```
/// use clientcookie::cookie::{FileKind, JsonKind};
///
/// assert_eq!(FileKind::of(b"#LWP-Cookies-2.0\n"), Some(FileKind::Lwp));
/// let exported =
///     br#"[{"domain": ".example.com", "hostOnly": false, "name": "sid", "value": "31d4"}]"#;
/// assert_eq!(FileKind::of(exported), Some(FileKind::Json(JsonKind::CookieEditor)));
/// assert_eq!(FileKind::of(b"hello"), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileKind {
    /// A `cookies.txt`: [`MozillaFormat`](super::MozillaFormat).
    Mozilla,
    /// libwww-perl's file: [`LwpFormat`](super::LwpFormat).
    Lwp,
    /// JSON: `JsonFormat`, feature `json`.
    Json(JsonKind),
    /// Heads of responses, or `Set-Cookie` lines of them:
    /// [`ResponseHeadFormat`](super::ResponseHeadFormat).
    ResponseHead,
    /// The file of w3m: [`W3mFormat`](super::W3mFormat).
    W3m,
    /// The file of ELinks: [`ElinksFormat`](super::ElinksFormat).
    Elinks,
    /// The file of KDE: [`KdeFormat`](super::KdeFormat).
    Kde,
    /// Opera's `cookies4.dat`: [`OperaFormat`](super::OperaFormat).
    Opera,
    /// Safari's `Cookies.binarycookies`: [`SafariFormat`](super::SafariFormat).
    Safari,
    /// Internet Explorer's `index.dat`, or one of its text files:
    /// [`MsieFormat`](super::MsieFormat).
    Msie,
    /// Internet Explorer's `WebCache`, which no format here reads.
    WebCache,
    /// A database of SQLite, as Firefox and Chromium keep them: `FirefoxFormat` and
    /// `ChromiumFormat`, feature `sqlite`.
    Sqlite,
    /// Firefox's compressed session, `recovery.jsonlz4`.
    FirefoxSession,
    /// A table that was copied from a browser's developer tools: first the name and the value, then
    /// the domain.
    DeveloperTools,
    /// The text of a `Cookie` header:
    /// [`set_from_cookie_header`](crate::cookie::CookieJar::set_from_cookie_header).
    CookieHeader,
    /// A page, or other markup.
    Markup,
    /// A compressed file.
    Compressed,
}

/// Whose JSON it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum JsonKind {
    /// The list that the cookie editors of browsers export and import: EditThisCookie,
    /// Cookie-Editor. As `chrome.cookies` has them, with `expirationDate` and `hostOnly`.
    CookieEditor,
    /// Playwright's `storage_state`: an object with `cookies` and `origins`.
    #[default]
    StorageState,
    /// The list of Puppeteer's and Playwright's `cookies`, and of the DevTools protocol, with
    /// `expires`.
    Puppeteer,
    /// The list of Selenium's `get_cookies`, as WebDriver has them, with `expiry`.
    Selenium,
    /// The lines, or the list, that the crate `cookie_store` saves, for reqwest and ureq.
    CookieStore,
    /// Another list of objects with the names that all of them share; or JSON of another kind.
    Other,
}

impl FileKind {
    /// What these bytes seem to be, if they are anything that is known.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let head = &bytes[..bytes.len().min(HEAD)];
        Self::of_binary(head).or_else(|| Self::of_text(&decoded(head).ok()?))
    }

    /// What this file seems to be. An empty file is nothing.
    ///
    /// # Errors
    /// It is no regular file, or cannot be read.
    pub fn of_file(path: impl AsRef<Path>) -> Result<Option<Self>, FileError> {
        let path = path.as_ref();
        let (file, mut head) = (open_regular(path)?, Vec::new());
        let read = file.take(HEAD as u64).read_to_end(&mut head);
        read.map_err(|error| FileError::io(Some(path), "read", error))?;
        Ok(Self::of(&head))
    }

    fn of_binary(head: &[u8]) -> Option<Self> {
        const BEGINNINGS: [(&[u8], FileKind); 9] = [
            (b"SQLite format 3\0", FileKind::Sqlite),
            (b"cook\0", FileKind::Safari),
            (b"mozLz40\0", FileKind::FirefoxSession),
            (b"Client UrlCache", FileKind::Msie),
            (b"WINE URLCache", FileKind::Msie),
            (b"\0\0\x10\0\0\0\x20\0\0\x01\0\x02", FileKind::Opera),
            (b"\x1f\x8b", FileKind::Compressed),
            (b"PK\x03\x04", FileKind::Compressed),
            (b"(\xb5/\xfd", FileKind::Compressed),
        ];
        let found = BEGINNINGS.iter().find(|(beginning, _)| head.starts_with(beginning)).map(|(_, kind)| *kind);
        // Of Microsoft's database engine, the signature stands behind a checksum.
        found.or_else(|| (head.get(4..8) == Some(b"\xef\xcd\xab\x89")).then_some(Self::WebCache))
    }

    fn of_text(text: &[u8]) -> Option<Self> {
        const BEGINNINGS: [(&[u8], FileKind); 2] =
            [(b"#LWP-Cookies-", FileKind::Lwp), (b"# KDE Cookie File", FileKind::Kde)];
        let text = text.trim_ascii_start();
        if mozilla::has_first_line(text) {
            return Some(Self::Mozilla);
        }
        if let Some((_, kind)) = BEGINNINGS.iter().find(|(beginning, _)| text.starts_with(beginning)) {
            return Some(*kind);
        }
        if let Some(kind) = JsonKind::of(text) {
            return Some(Self::Json(kind));
        }
        let first = lines(text).map(|(_, line)| line).find(|line| !line.trim_ascii().is_empty() && line[0] != b'#')?;
        if is_msie(text) { Some(Self::Msie) } else { Self::of_line(first) }
    }

    /// What a line belongs to, by its columns.
    fn of_line(line: &[u8]) -> Option<Self> {
        if is_head(line) {
            return Some(Self::ResponseHead);
        }
        let columns: Vec<&[u8]> = line.splitn(12, |&byte| byte == b'\t').map(<[u8]>::trim_ascii).collect();
        let is_truth = |text: &[u8]| text.eq_ignore_ascii_case(b"TRUE") || text.eq_ignore_ascii_case(b"FALSE");
        let is_number = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
        match columns.as_slice() {
            [_, below, _, secure, _, ..] if is_truth(below) && is_truth(secure) => Some(Self::Mozilla),
            // The path may be empty.
            [url, _, _, expires, _, _, flags, version, ..]
                if has(url, b"://") && [expires, flags, version].into_iter().all(|text| is_number(text)) =>
            {
                Some(Self::W3m)
            }
            [_, _, _, path, _, expires, b"0" | b"1", ..] if path.starts_with(b"/") && is_number(expires) => {
                Some(Self::Elinks)
            }
            [name, value, domain, ..]
                if [(name, "name"), (value, "value"), (domain, "domain")]
                    .iter()
                    .all(|(column, title)| column.eq_ignore_ascii_case(title.as_bytes())) =>
            {
                Some(Self::DeveloperTools)
            }
            [_, _, domain, path, expires, ..] if has(domain, b".") && path.starts_with(b"/") && is_date(expires) => {
                Some(Self::DeveloperTools)
            }
            [line, ..] if line.starts_with(b"<") => Some(Self::Markup),
            [pairs] if is_cookie_header(pairs) => Some(Self::CookieHeader),
            _ => None,
        }
    }

    /// The error of a format that was given this kind of file.
    pub(super) fn instead_of(self, wanted: &str) -> FormatError {
        FormatError::new(format!("not {wanted}: this is {self}")).at_line(1)
    }
}

/// It reads as what stands behind "this is".
impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mozilla => "a cookies.txt; load it with MozillaFormat",
            Self::Lwp => "an LWP cookie file; load it with LwpFormat",
            Self::Json(JsonKind::Other) => "JSON, but not a list of cookies that is known",
            Self::Json(kind) => return write!(f, "JSON as {kind}; load it with JsonFormat (feature json)"),
            Self::ResponseHead => "the head of a response; load it with ResponseHeadFormat",
            Self::W3m => "a cookie file of w3m; load it with W3mFormat",
            Self::Elinks => "a cookie file of ELinks; load it with ElinksFormat",
            Self::Kde => "a cookie file of KDE; load it with KdeFormat",
            Self::Opera => "a cookies4.dat of Opera; load it with OperaFormat",
            Self::Safari => "a binarycookies file of Safari; load it with SafariFormat",
            Self::Msie => "a cookie file of Internet Explorer; load it with MsieFormat",
            Self::WebCache => "a WebCache database of Internet Explorer, which cannot be loaded",
            Self::Sqlite => {
                "an SQLite database, as browsers keep; load it with FirefoxFormat or ChromiumFormat (feature sqlite)"
            }
            Self::FirefoxSession => "a compressed session of Firefox",
            Self::DeveloperTools => {
                "a table copied from a browser's developer tools, with the name and the value before the domain; \
                 export the cookies as cookies.txt or JSON instead"
            }
            Self::CookieHeader => "the text of a Cookie header, which names no host; use set_from_cookie_header",
            Self::Markup => "a page of HTML or XML",
            Self::Compressed => "a compressed file; unpack it first",
        })
    }
}

impl JsonKind {
    /// Whose JSON this text is, by the names in its beginning; none if it is no JSON. An address in
    /// brackets begins a line of a `cookies.txt`, and is none.
    fn of(text: &[u8]) -> Option<Self> {
        let text = text.trim_ascii_start();
        let inside = text.strip_prefix(b"[").map(<[u8]>::trim_ascii_start);
        match (inside, text) {
            (Some([b'{' | b']' | b'[' | b'"', ..] | []), _) | (None, [b'{', ..]) => {}
            _ => return None,
        }
        let names = |name: &str| has(text, format!("\"{name}\"").as_bytes());
        Some(if names("raw_cookie") {
            Self::CookieStore
        } else if names("expirationDate") || names("hostOnly") || names("storeId") {
            Self::CookieEditor
        } else if inside.is_none() && names("cookies") {
            Self::StorageState
        } else if names("expires") {
            Self::Puppeteer
        } else if names("name") && names("value") && names("domain") {
            Self::Selenium
        } else {
            Self::Other
        })
    }
}

/// It reads as what stands behind "JSON as".
impl fmt::Display for JsonKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CookieEditor => "cookie editors export it",
            Self::StorageState => "Playwright saves its storage_state",
            Self::Puppeteer => "Puppeteer and Playwright list cookies",
            Self::Selenium => "Selenium lists cookies",
            Self::CookieStore => "cookie_store saves it",
            Self::Other => "others write it",
        })
    }
}

fn has(text: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(text, part).is_some()
}

/// A status line, or a header that sets a cookie.
fn is_head(line: &[u8]) -> bool {
    let line = super::response_head::bare(line);
    line.starts_with(b"HTTP/") || super::response_head::set_cookie(line).is_some()
}

/// Nine lines a cookie, of which the last is a star.
fn is_msie(text: &[u8]) -> bool {
    lines(text).nth(8).is_some_and(|(_, line)| line == b"*")
}

/// What developer tools show for an expiry.
fn is_date(text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(text);
    text.eq_ignore_ascii_case("session") || text.contains('T') && text.ends_with('Z') || str2time(&text).is_some()
}

/// `a=1; b=2`, perhaps with the header's name.
fn is_cookie_header(text: &[u8]) -> bool {
    let pairs = text.get(..7).filter(|name| name.eq_ignore_ascii_case(b"Cookie:")).map_or(text, |_| &text[7..]);
    let is_pair = |pair: &[u8]| {
        let name = pair.trim_ascii().split(|&byte| byte == b'=').next().unwrap_or_default();
        name.len() < pair.trim_ascii().len() && !name.is_empty() && !name.contains(&b' ')
    };
    pairs.split(|&byte| byte == b';').filter(|pair| !pair.trim_ascii().is_empty()).all(is_pair) && has(pairs, b"=")
}
