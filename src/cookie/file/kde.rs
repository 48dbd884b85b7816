//! The cookie file of KDE: a cookie a line, in columns that are filled up with blanks.

use std::str;

use super::lines::{decoded, lines};
use super::raw::Raw;
use super::{CookieFormat, FileKind, FormatError, LINE_LIMIT, Loaded, Reason};
use crate::cookie::Cookie;

const FIRST_LINE: &[u8] = b"# KDE Cookie File v2";

/// Bits of the column "Sec".
const SECURE: u32 = 1;
const HTTP_ONLY: u32 = 2;
const PATH_SPECIFIED: u32 = 4;
const NO_NAME: u32 = 8;

/// The cookie file of Konqueror and other programs of KDE 3 to 5 (`kcookiejar/cookies`): read only.
///
/// ```
/// use clientcookie::cookie::{CookieFormat, KdeFormat};
///
/// let file = br#"# KDE Cookie File v2
/// ##
/// ## Host              Domain               Path         Exp.date   Prot Name                 Sec  Value
/// [.example.com]
/// www.example.com      ".example.com"       "/shop"      1893456000    0 lang                 5    de
/// "#;
/// let loaded = KdeFormat::new().read(file)?;
/// assert_eq!(loaded.cookies[0].to_string(), "<Cookie lang=de for .example.com/shop>");
/// assert!(loaded.cookies[0].secure());
/// # Ok::<(), clientcookie::cookie::FormatError>(())
/// ```
///
/// # The file
///
/// As `saveCookies` of kio's `kcookiejar.cpp` writes it: the first line; lines with `#` or `[`,
/// which are for people; and for each cookie its host, with the ports of RFC 2965 behind it; the
/// domain in quotes, empty if none was named; the path in quotes; when it expires, in seconds since
/// 1970-01-01 00:00:00 UTC; the version of its protocol; its name; flags (1 `Secure`, 2 `HttpOnly`,
/// 4 the path was named, 8 it has no name, and the column repeats the value); and the value, to the
/// end of the line.
///
/// A cookie with a domain is for the hosts below it too, with a dot before the domain or without,
/// as KDE sends it. The files of KDE 2, whose first line has no `v2`, are refused.
#[derive(Debug, Clone)]
pub struct KdeFormat {
    line_limit: usize,
}

impl KdeFormat {
    /// The format, with lines of [`LINE_LIMIT`] bytes at most.
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

impl Default for KdeFormat {
    fn default() -> Self {
        Self::new()
    }
}

impl CookieFormat for KdeFormat {
    fn read(&self, bytes: &[u8]) -> Result<Loaded, FormatError> {
        const WHAT: &str = "a KDE cookie file of version 2";
        let (text, mut loaded) = (decoded(bytes)?, Loaded::default());
        for (number, line) in lines(&text) {
            if number == 1 && line.trim_ascii_end() != FIRST_LINE {
                let kind = FileKind::of(&text).filter(|kind| *kind != FileKind::Kde);
                let error = kind.map_or_else(|| FormatError::new(format!("not {WHAT}")), |kind| kind.instead_of(WHAT));
                return Err(error.at_line(1));
            }
            if line.is_empty() || line.starts_with(b"#") || line.starts_with(b"[") {
                continue;
            }
            let read = if line.len() > self.line_limit { Err(Reason::TooLong) } else { cookie(line) };
            match read {
                Ok(cookie) => loaded.cookies.push(cookie),
                Err(reason) => loaded.skip(number, reason),
            }
        }
        Ok(loaded)
    }
}

fn cookie(mut line: &[u8]) -> Result<Cookie, Reason> {
    let [host, domain, path, expires, version, name, flags] = [(); 7].map(|()| column(&mut line));
    let [host, domain, path, expires, version, name, flags] =
        [host?, domain?, path?, expires?, version?, name?, flags?];
    let (host, ports) = match host.iter().rposition(|&byte| byte == b':').filter(|_| !host.ends_with(b"]")) {
        Some(colon) => (&host[..colon], Some(&host[colon + 1..])),
        None => (host, None),
    };
    let expires = number::<i64>(expires).ok_or(Reason::BadExpiry)?;
    let version = number::<u32>(version).filter(|version| *version < 100).ok_or(Reason::BadVersion)?;
    let flags = number::<u32>(flags).ok_or(Reason::BadFlags)?;
    let raw = Raw {
        name: if flags & NO_NAME == 0 { name } else { b"" },
        value: line,
        host: if domain.is_empty() { host } else { domain },
        below: !domain.is_empty(),
        path,
        path_specified: flags & PATH_SPECIFIED != 0,
        secure: flags & SECURE != 0,
        http_only: flags & HTTP_ONLY != 0,
        expires: Some(expires).filter(|expires| *expires != 0),
    };
    let cookie = raw.cookie_of_version(version)?;
    // Ports mean something in RFC 2965 alone.
    match ports.filter(|_| version != 0) {
        Some(ports) => Ok(cookie.with_port(str::from_utf8(ports).map_err(|_| Reason::BadPort)?)),
        None => Ok(cookie),
    }
}

/// The next column: up to a blank or the end, or in quotes.
fn column<'a>(line: &mut &'a [u8]) -> Result<&'a [u8], Reason> {
    let (column, rest) = if let Some(quoted) = line.strip_prefix(b"\"") {
        let end = quoted.iter().position(|&byte| byte == b'"').ok_or(Reason::TooFewFields)?;
        (&quoted[..end], &quoted[end + 1..])
    } else {
        line.split_at(line.iter().position(|&byte| byte == b' ' || byte == b'\t').unwrap_or(line.len()))
    };
    if line.is_empty() {
        return Err(Reason::TooFewFields);
    }
    *line = rest.trim_ascii_start();
    Ok(column)
}

fn number<N: str::FromStr>(text: &[u8]) -> Option<N> {
    str::from_utf8(text).ok()?.parse().ok()
}
