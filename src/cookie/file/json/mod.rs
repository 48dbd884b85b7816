//! Lists of cookies in JSON, as browsers' extensions, automation tools and other crates exchange
//! them.

mod elements;
mod read;
mod write;

use super::lines::decoded;
use super::{CookieFormat, FileKind, FormatError, JsonKind, LINE_LIMIT, Loaded, Reason, WriteFormat, Written};
use crate::cookie::Cookie;

/// Bytes of the JSON of one cookie; a longer one is skipped. A byte takes six where JSON escapes
/// it, and a cookie has names for what it holds.
const COOKIE_LIMIT: usize = 7 * LINE_LIMIT;

/// Cookies in JSON (feature `json`): whatever list of them is read, and the one that is asked for
/// is written.
///
/// | [`JsonKind`] | whose | read | written |
/// |---|---|---|---|
/// | [`StorageState`](JsonKind::StorageState) | Playwright's `storage_state` | yes | yes, unless told otherwise |
/// | [`CookieEditor`](JsonKind::CookieEditor) | EditThisCookie, Cookie-Editor and other extensions, `chrome.cookies` | yes | yes |
/// | [`Puppeteer`](JsonKind::Puppeteer) | Puppeteer's and Playwright's `cookies`, the DevTools protocol | yes | yes |
/// | [`Selenium`](JsonKind::Selenium) | Selenium's `get_cookies`, WebDriver | yes | yes |
/// | [`CookieStore`](JsonKind::CookieStore) | the crate `cookie_store`, as reqwest and ureq save it: lines, or a list | yes | no |
/// | [`Other`](JsonKind::Other) | others that share the names: tough-cookie, J2TEAM, Cookie Quick Manager | yes | no |
///
/// ```
/// use clientcookie::cookie::{FileCookieJar, FileKind, JsonFormat, JsonKind, MozillaCookieJar};
///
/// let exported = br#"[{"domain": ".example.com", "expirationDate": 4102444800.5,
///     "hostOnly": false, "httpOnly": true, "name": "sid", "path": "/", "sameSite": "lax",
///     "secure": true, "session": false, "storeId": "0", "value": "31d4"}]"#;
/// let jar = FileCookieJar::<JsonFormat>::without_filename();
/// let report = jar.load_from(&exported[..])?;
/// assert_eq!((report.stored, report.kind), (1, Some(FileKind::Json(JsonKind::CookieEditor))));
/// let cookie = jar.get(".example.com", "/", "sid").unwrap();
/// assert_eq!(cookie.expires(), Some(4_102_444_800));
/// assert_eq!(cookie.attribute("SameSite").as_deref(), Some("Lax"));
///
/// // For Selenium's add_cookie:
/// let mut list = Vec::new();
/// let selenium = JsonFormat::new().kind(JsonKind::Selenium);
/// FileCookieJar::with_format(selenium).with_jar(&jar).save_to(&mut list)?;
/// assert!(String::from_utf8_lossy(&list).contains(r#""expiry":4102444800"#));
/// # Ok::<(), clientcookie::cookie::FileError>(())
/// ```
///
/// # Reading
///
/// Which kind it is need not be said; [`LoadReport::kind`](super::LoadReport::kind) tells. Names
/// are compared without regard to case and to what separates words. A cookie is for the hosts below
/// its domain if `hostOnly` is false, or in its absence if the domain begins with a dot; where the
/// two disagree `hostOnly` is followed, and [`Loaded::odd`] tells.
///
/// `expires`, `expiry` and `expirationDate` are seconds since 1970-01-01 00:00:00 UTC, fractions
/// cut off; a number beyond the year 9999 is milliseconds. `-1`, `0`, `null`, and `"session": true`
/// make a session cookie. Dates in words are read as [`iso2time`](crate::cookie::iso2time) and
/// [`str2time`](crate::cookie::str2time) read them. `sameSite` becomes the attribute `SameSite`;
/// `no_restriction` is `None`, and `unspecified` none at all.
///
/// A cookie with a `partitionKey` is read if the partition is its own site, as browsers send it
/// when the site is visited, with the attribute `Partitioned`; others are skipped
/// ([`Reason::Partitioned`], [`Reason::CrossSiteAncestor`]).
///
/// What is no cookie is skipped, and [`Loaded::skipped`] tells its number in the list. JSON that is
/// no such list at all, or that is cut off, is an error.
///
/// # Writing
///
/// JSON is UTF-8: a cookie with other bytes is left out, and so is one with a control character or
/// without a name. What RFC 2965 adds is lost, and attributes but `HttpOnly` and `SameSite`;
/// `SameSite=None` is written for `Secure` cookies only, since browsers refuse it elsewhere.
#[derive(Debug, Clone, Default)]
pub struct JsonFormat {
    kind: JsonKind,
}

impl JsonFormat {
    /// The format that reads any list, and writes Playwright's `storage_state`.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets which list is written. [`JsonKind::CookieStore`] and [`JsonKind::Other`] are not, which
    /// is an error then.
    #[must_use]
    pub fn kind(mut self, kind: JsonKind) -> Self {
        self.kind = kind;
        self
    }
}

impl CookieFormat for JsonFormat {
    fn read(&self, bytes: &[u8]) -> Result<Loaded, FormatError> {
        const WHAT: &str = "a list of cookies in JSON";
        let text = decoded(bytes)?;
        let kind = match FileKind::of(&text) {
            Some(FileKind::Json(kind)) => kind,
            Some(kind) => return Err(kind.instead_of(WHAT)),
            None => return Err(FormatError::new(format!("not {WHAT}")).at_line(1)),
        };
        let (mut loaded, mut number) = (Loaded::default(), 0);
        let is_list = elements::each(&text, &mut |element| {
            number += 1;
            let read = if element.len() > COOKIE_LIMIT { Err(Reason::TooLong) } else { read::cookie(element) };
            match read {
                Ok((cookie, oddity)) => {
                    loaded.cookies.push(cookie);
                    oddity.into_iter().for_each(|oddity| loaded.remark_record(number, oddity));
                }
                Err(reason) => loaded.skip_record(number, reason),
            }
        })?;
        let is_other = loaded.cookies.is_empty() && loaded.skipped.iter().any(|one| one.reason == Reason::Malformed);
        if !is_list || is_other {
            return Err(FileKind::Json(JsonKind::Other).instead_of(WHAT));
        }
        loaded.kind = Some(FileKind::Json(kind));
        Ok(loaded)
    }
}

impl WriteFormat for JsonFormat {
    fn write<'a>(&self, cookies: impl IntoIterator<Item = &'a Cookie>) -> Result<Written, FormatError> {
        let (before, behind): (&[u8], &[u8]) = match self.kind {
            JsonKind::StorageState => (b"{\"cookies\":[", b"],\"origins\":[]}\n"),
            JsonKind::CookieEditor | JsonKind::Puppeteer | JsonKind::Selenium => (b"[", b"]\n"),
            kind => return Err(FormatError::new(format!("JSON as {kind} is read, and not written"))),
        };
        let mut written = Written::new(before.to_vec());
        for cookie in cookies {
            match write::Texts::of(cookie) {
                Ok(texts) => {
                    let separator: &[u8] = if written.bytes.len() == before.len() { b"\n" } else { b",\n" };
                    written.bytes.extend_from_slice(separator);
                    texts.write(cookie, self.kind, &mut written.bytes);
                }
                Err(reason) => written.leave_out(cookie, reason),
            }
        }
        if written.bytes.len() > before.len() {
            written.bytes.push(b'\n');
        }
        written.bytes.extend_from_slice(behind);
        Ok(written)
    }
}
