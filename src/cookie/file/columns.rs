//! The files of the text browsers w3m and ELinks: a cookie a line, in columns of their own with a
//! TAB between them.

use std::str::{self, FromStr};

use super::lines::{decoded, lines};
use super::raw::Raw;
use super::{CookieFormat, FileKind, FormatError, LINE_LIMIT, Loaded, Reason};
use crate::cookie::Cookie;

/// The cookie file of w3m (`~/.w3m/cookie`): read only.
///
/// ```
/// use clientcookie::cookie::{CookieFormat, W3mFormat};
///
/// let file = b"http://www.example.com/\tlang\tde\t1893456000\t.example.com\t/shop\t13\t0\t\t\t\n";
/// let loaded = W3mFormat::new().read(file)?;
/// assert_eq!(loaded.cookies[0].to_string(), "<Cookie lang=de for .example.com/shop>");
/// # Ok::<(), clientcookie::cookie::FormatError>(())
/// ```
///
/// The columns: the URL that set it; name; value; when it expires, in seconds since 1970-01-01
/// 00:00:00 UTC; domain; path, which may be empty; flags (1 in use, 2 `Secure`, 4 the domain was
/// named, 8 the path was named, 16 `Discard`); version; and comment, ports and comment URL, which
/// are mostly empty.
#[derive(Debug, Clone, Default)]
pub struct W3mFormat(());

/// The cookie file of ELinks (`~/.elinks/cookies`): read only.
///
/// ```
/// use clientcookie::cookie::{CookieFormat, ElinksFormat};
///
/// let file = b"lang\tde\twww.example.com\t/shop\texample.com\t1893456000\t0\t1\n";
/// let loaded = ElinksFormat::new().read(file)?;
/// assert_eq!(loaded.cookies[0].to_string(), "<Cookie lang=de for .example.com/shop>");
/// # Ok::<(), clientcookie::cookie::FormatError>(())
/// ```
///
/// The columns: name; value; the host that set it; path; domain; when it expires, in seconds since
/// 1970-01-01 00:00:00 UTC; whether it is `Secure`; and in newer versions whether it is `HttpOnly`.
/// The domain has no dot: a cookie whose domain is the host that set it is taken for that host's
/// alone, since the file does not tell.
#[derive(Debug, Clone, Default)]
pub struct ElinksFormat(());

impl W3mFormat {
    /// The format.
    pub fn new() -> Self {
        Self::default()
    }
}

impl ElinksFormat {
    /// The format.
    pub fn new() -> Self {
        Self::default()
    }
}

impl CookieFormat for W3mFormat {
    fn read(&self, bytes: &[u8]) -> Result<Loaded, FormatError> {
        read(bytes, "a cookie file of w3m", FileKind::W3m, w3m)
    }
}

impl CookieFormat for ElinksFormat {
    fn read(&self, bytes: &[u8]) -> Result<Loaded, FormatError> {
        read(bytes, "a cookie file of ELinks", FileKind::Elinks, elinks)
    }
}

/// Columns that a line may have: more than any has that is written.
const COLUMNS: usize = 12;

type Read = fn(&[&[u8]]) -> Result<Cookie, Reason>;

fn read(bytes: &[u8], what: &str, kind: FileKind, cookie: Read) -> Result<Loaded, FormatError> {
    let (text, mut loaded) = (decoded(bytes)?, Loaded::default());
    for (number, line) in lines(&text).filter(|(_, line)| !line.trim_ascii().is_empty()) {
        let columns: Vec<&[u8]> = line.splitn(COLUMNS, |&byte| byte == b'\t').collect();
        let read = if line.len() > LINE_LIMIT { Err(Reason::TooLong) } else { cookie(&columns) };
        match read {
            Ok(cookie) => loaded.cookies.push(cookie),
            Err(reason) => loaded.skip(number, reason),
        }
    }
    // There is no first line to go by.
    match (loaded.cookies.first(), loaded.skipped.first(), FileKind::of(&text).filter(|found| *found != kind)) {
        (None, Some(_), Some(kind)) => Err(kind.instead_of(what)),
        (None, Some(first), None) => Err(FormatError::new(format!("not {what}: {}", first.reason)).at_line(first.line)),
        _ => Ok(loaded),
    }
}

/// Bits of w3m's column of flags.
const SECURE: u32 = 2;
const DOMAIN_NAMED: u32 = 4;
const PATH_NAMED: u32 = 8;
const DISCARD: u32 = 16;

fn w3m(columns: &[&[u8]]) -> Result<Cookie, Reason> {
    let &[_, name, value, expires, domain, path, flags, version, ..] = columns else {
        return Err(Reason::TooFewFields);
    };
    let flags: u32 = number(flags).ok_or(Reason::BadFlags)?;
    let expires: i64 = number(expires).ok_or(Reason::BadExpiry)?;
    let version = number(version).filter(|version| *version < 100).ok_or(Reason::BadVersion)?;
    let raw = Raw {
        name,
        value,
        host: domain,
        below: flags & DOMAIN_NAMED != 0,
        path,
        path_specified: flags & PATH_NAMED != 0,
        secure: flags & SECURE != 0,
        http_only: false,
        expires: Some(expires).filter(|expires| *expires > 0 && flags & DISCARD == 0),
    };
    let cookie = raw.cookie_of_version(version)?;
    let text =
        |index: usize| columns.get(index).and_then(|text| str::from_utf8(text).ok()).filter(|text| !text.is_empty());
    let cookie = cookie.with_comment(text(8)).with_comment_url(text(10));
    Ok(if version == 0 { cookie } else { cookie.with_port(text(9)) })
}

fn elinks(columns: &[&[u8]]) -> Result<Cookie, Reason> {
    let &[name, value, server, path, domain, expires, secure, ref rest @ ..] = columns else {
        return Err(Reason::TooFewFields);
    };
    let truth = |text: &[u8]| number::<u32>(text).map(|number| number != 0).ok_or(Reason::BadFlags);
    let expires: i64 = number(expires).ok_or(Reason::BadExpiry)?;
    let named = domain.strip_prefix(b".").unwrap_or(domain);
    let raw = Raw {
        name,
        value,
        host: if domain.is_empty() { server } else { domain },
        below: !domain.is_empty() && !named.eq_ignore_ascii_case(server),
        path,
        path_specified: true,
        secure: truth(secure)?,
        http_only: rest.first().is_some_and(|text| truth(text).unwrap_or(false)),
        expires: Some(expires).filter(|expires| *expires != 0),
    };
    raw.cookie()
}

fn number<N: FromStr>(text: &[u8]) -> Option<N> {
    str::from_utf8(text).ok()?.trim().parse().ok()
}
