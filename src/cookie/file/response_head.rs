//! Heads of responses: the `Set-Cookie` lines that `curl -D` writes and `curl -b` reads.

use std::mem;

use url::Url;

use super::lines::{decoded, lines};
use super::{CookieFormat, FileKind, FormatError, LINE_LIMIT, Loaded, Reason};
use crate::clock::{Clock, SystemClock};
use crate::cookie::date::str2time;
use crate::cookie::make::CookieFactory;
use crate::cookie::{Cookie, DefaultCookiePolicy, Limits, Transaction, bytes};

/// Heads of responses, one or several, as `curl -D` and the network pages of browsers give them:
/// read only.
///
/// ```
/// use clientcookie::cookie::{CookieFormat, ResponseHeadFormat};
/// use url::Url;
///
/// let head = b"HTTP/1.1 200 OK\r\n\
///     Set-Cookie: sid=31d4; Path=/; Domain=example.com\r\nSet-Cookie: lang=de\r\n\r\n";
/// let format = ResponseHeadFormat::new().url(&Url::parse("https://www.example.com/shop/cart")?);
/// let loaded = format.read(head)?;
/// assert_eq!(loaded.cookies[0].to_string(), "<Cookie sid=31d4 for .example.com/>");
/// assert_eq!(loaded.cookies[1].to_string(), "<Cookie lang=de for www.example.com/shop>");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Of all lines only those are read that set a cookie, in the manner of
/// [`DefaultCookiePolicy`](crate::cookie::DefaultCookiePolicy), and `Date`. What a server says is
/// its own affair here, as with every file: that a host may set a cookie for a domain is not
/// checked. A file without a status line and without any `Set-Cookie` is an error.
///
/// A head does not say whose it is. [`url`](Self::url) does; without it a cookie with a `Domain` is
/// for that domain and below, and one without is skipped ([`Reason::NoDomain`]). (curl sends those
/// to every host.)
///
/// `Max-Age` counts from the head's `Date`, if it has one, and else from now.
#[derive(Debug, Clone)]
pub struct ResponseHeadFormat {
    url: Option<Url>,
    line_limit: usize,
}

impl ResponseHeadFormat {
    /// The format, with lines of [`LINE_LIMIT`] bytes at most.
    pub fn new() -> Self {
        Self { url: None, line_limit: LINE_LIMIT }
    }

    /// Sets whose heads they are: the URL that was asked for.
    #[must_use]
    pub fn url(mut self, url: &Url) -> Self {
        self.url = Some(url.clone());
        self
    }

    /// Sets how many bytes a line may have.
    #[must_use]
    pub fn line_limit(mut self, bytes: usize) -> Self {
        self.line_limit = bytes;
        self
    }

    /// Reads the cookies of one head.
    fn read_head(&self, head: Head<'_>, loaded: &mut Loaded) {
        let now = head.date.unwrap_or_else(|| SystemClock.now());
        for (number, set_cookie) in head.set_cookies {
            if set_cookie.len() > self.line_limit {
                loaded.skip(number, Reason::TooLong);
                continue;
            }
            match self.cookie(set_cookie, now) {
                Ok(cookie) => loaded.cookies.push(cookie),
                Err(reason) => loaded.skip(number, reason),
            }
        }
    }

    fn cookie(&self, set_cookie: &[u8], now: i64) -> Result<Cookie, Reason> {
        let url = match &self.url {
            Some(url) => url.clone(),
            None => own_url(set_cookie)?,
        };
        let transaction = Transaction::new(&url, now).map_err(Reason::Refused)?;
        CookieFactory::new(&transaction, &DefaultCookiePolicy::new(), &Limits::DEFAULT)
            .make_one(set_cookie)
            .map_err(Reason::Refused)
    }
}

impl Default for ResponseHeadFormat {
    fn default() -> Self {
        Self::new()
    }
}

impl CookieFormat for ResponseHeadFormat {
    fn read(&self, bytes: &[u8]) -> Result<Loaded, FormatError> {
        let text = decoded(bytes)?;
        let (mut loaded, mut head, mut is_head) = (Loaded::default(), Head::default(), false);
        for (number, line) in lines(&text) {
            let line = bare(line);
            if line.starts_with(b"HTTP/") {
                is_head = true;
                self.read_head(mem::take(&mut head), &mut loaded);
            } else if let Some(set_cookie) = set_cookie(line) {
                is_head = true;
                head.set_cookies.push((number, set_cookie));
            } else if let Some(date) = header(line, b"Date") {
                head.date = str2time(&String::from_utf8_lossy(date));
            }
        }
        self.read_head(head, &mut loaded);
        match (is_head, FileKind::of(&text)) {
            (true, _) => Ok(loaded),
            (false, Some(kind)) => Err(kind.instead_of("the head of a response")),
            (false, None) => Err(FormatError::new("not the head of a response").at_line(1)),
        }
    }
}

/// What one head says about cookies.
#[derive(Default)]
struct Head<'a> {
    date: Option<i64>,
    set_cookies: Vec<(usize, &'a [u8])>,
}

/// A line without the `<` that `curl -v` puts before it.
pub(super) fn bare(line: &[u8]) -> &[u8] {
    line.strip_prefix(b"< ").unwrap_or(line).trim_ascii()
}

/// What a line sets, if it is a `Set-Cookie`.
pub(super) fn set_cookie(line: &[u8]) -> Option<&[u8]> {
    header(line, b"Set-Cookie")
}

fn header<'a>(line: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let (begin, value) = line.split_at_checked(name.len())?;
    value.strip_prefix(b":").filter(|_| begin.eq_ignore_ascii_case(name)).map(<[u8]>::trim_ascii)
}

/// The URL of the host that is the cookie's `Domain`.
fn own_url(set_cookie: &[u8]) -> Result<Url, Reason> {
    let attributes = bytes::split(set_cookie, b';').skip(1);
    let domain = attributes.filter_map(|attribute| {
        let (name, value) = attribute.split_at(attribute.iter().position(|&byte| byte == b'=')?);
        name.trim_ascii().eq_ignore_ascii_case(b"Domain").then(|| value[1..].trim_ascii())
    });
    let domain = domain.last().map(|domain| domain.strip_prefix(b".").unwrap_or(domain));
    let domain = domain.filter(|domain| !domain.is_empty()).ok_or(Reason::NoDomain)?;
    let domain = str::from_utf8(domain).map_err(|_| Reason::BadDomain)?;
    let domain = super::raw::canonical(domain.as_bytes())?;
    Url::parse(&format!("https://{domain}/")).map_err(|_| Reason::BadDomain)
}
