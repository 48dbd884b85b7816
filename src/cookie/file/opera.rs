//! The `cookies4.dat` of Opera: a tree of domains, paths and cookies, as records with a tag and a
//! length.

use super::bytes::u32_be;
use super::raw::Raw;
use super::{CookieFormat, FormatError, Loaded, Reason};
use crate::cookie::Cookie;

/// A tag with this bit is a flag, which has neither length nor content.
const FLAG: u32 = 1 << 31;

const DOMAIN: u32 = 0x01;
const DOMAIN_NAME: u32 = 0x1e;
const DOMAIN_END: u32 = 0x04 | FLAG;
const PATH: u32 = 0x02;
const PATH_NAME: u32 = 0x1d;
const PATH_END: u32 = 0x05 | FLAG;
const COOKIE: u32 = 0x03;
const NAME: u32 = 0x10;
const VALUE: u32 = 0x11;
const EXPIRES: u32 = 0x12;
const COMMENT: u32 = 0x14;
const COMMENT_URL: u32 = 0x15;
const PORT: u32 = 0x18;
const SECURE: u32 = 0x19 | FLAG;
const VERSION: u32 = 0x1a;
const ONLY_THIS_SERVER: u32 = 0x1b | FLAG;

/// Bytes of domains and paths that cookies may take: so many times the file, and as many more. In
/// the file a domain or a path stands once for all its cookies, so a small file could ask for more
/// memory than there is.
const TIMES: usize = 16;
const MORE: usize = 1024 * 1024;

/// The `cookies4.dat` of Opera 4 to 12, the versions before it had Chromium's engine: read only.
///
/// ```
/// use clientcookie::cookie::{CookieFormat, OperaFormat};
///
/// let mut file = b"\0\0\x10\0\0\0\x20\0\0\x01\0\x02".to_vec();   // the header
/// file.extend(b"\x01\0\x06\x1e\0\x03com");                       // the domain com
/// file.extend(b"\x01\0\x0a\x1e\0\x07example");                   // and example below it
/// file.extend(b"\x03\0\x0d\x10\0\x04lang\x11\0\x02de\x99");      // a cookie, Secure
/// file.extend(b"\x85\x84\x84");                                  // the ends of all three
/// let loaded = OperaFormat::new().read(&file)?;
/// assert_eq!(loaded.cookies[0].to_string(), "<Cookie lang=de for .example.com/>");
/// # Ok::<(), clientcookie::cookie::FormatError>(())
/// ```
///
/// # The file
///
/// As Opera's document "Opera File Formats" has it. A header of big-endian numbers: the version of
/// the file, that of its content, and how long tags and lengths are. Then records: for a part of a
/// domain, from the last one down, so that `com` comes before `example`; for a part of a path below
/// it; for a cookie with its fields; and flags that end a path or a domain. What has another tag is
/// passed over.
///
/// A cookie that has the flag "only sent to the server that sent it" is for that host alone; any
/// other is for the hosts below it too, unless its domain is an address or has one part only.
/// Without an expiry it is a session cookie.
///
/// A file that ends within a record is an error, and so is one that would grow to more than 16
/// times its size and 1 MiB, since each cookie takes a copy of its domain and path.
#[derive(Debug, Clone, Default)]
pub struct OperaFormat(());

impl OperaFormat {
    /// The format.
    pub fn new() -> Self {
        Self::default()
    }
}

impl CookieFormat for OperaFormat {
    fn read(&self, bytes: &[u8]) -> Result<Loaded, FormatError> {
        let mut records = Records::behind_header(bytes)?;
        let mut place = Place::default();
        let mut left = bytes.len().saturating_mul(TIMES).saturating_add(MORE);
        let (mut loaded, mut number) = (Loaded::default(), 0);
        while let Some((tag, content)) = records.next()? {
            match tag {
                DOMAIN => place.enter_domain(records.within(content).field(DOMAIN_NAME)?),
                DOMAIN_END => place.leave_domain(),
                PATH => place.enter_path(records.within(content).field(PATH_NAME)?),
                PATH_END => place.leave_path(),
                COOKIE => {
                    number += 1;
                    left = left.checked_sub(place.size()).ok_or_else(|| {
                        FormatError::new(format!("its cookies would take more than {TIMES} times the file and 1 MiB"))
                    })?;
                    match cookie(records.within(content), &place) {
                        Ok(cookie) => loaded.cookies.push(cookie),
                        Err(reason) => loaded.skip_record(number, reason),
                    }
                }
                _ => {}
            }
        }
        Ok(loaded)
    }
}

fn cookie(mut fields: Records<'_>, place: &Place<'_>) -> Result<Cookie, Reason> {
    let (host, path) = (place.host(), place.path());
    let below = place.domains.len() > 1;
    let mut raw = Raw { host: &host, below, path: &path, path_specified: true, ..Raw::default() };
    let (mut version, mut comment, mut url, mut port) = (0, None, None, None);
    while let Some((tag, content)) = fields.next().map_err(|_| Reason::CutOff)? {
        match tag {
            NAME => raw.name = content,
            VALUE => raw.value = content,
            EXPIRES => {
                raw.expires = number(content).ok_or(Reason::BadExpiry).map(|time| Some(time).filter(|t| *t != 0))?
            }
            COMMENT => comment = Some(String::from_utf8_lossy(content)),
            COMMENT_URL => url = Some(String::from_utf8_lossy(content)),
            PORT => port = Some(str::from_utf8(content).map_err(|_| Reason::BadPort)?),
            SECURE => raw.secure = true,
            VERSION => version = number(content).and_then(|one| u32::try_from(one).ok()).ok_or(Reason::BadVersion)?,
            ONLY_THIS_SERVER => raw.below = false,
            _ => {}
        }
    }
    let mut cookie = raw.cookie_of_version(version)?;
    if comment.is_some() || url.is_some() {
        cookie = cookie.with_comment(comment.as_deref()).with_comment_url(url.as_deref());
    }
    Ok(match port.filter(|port| !port.is_empty()) {
        Some(port) => cookie.with_port(port),
        None => cookie,
    })
}

/// A big-endian number whose leading zeros may be missing.
fn number(content: &[u8]) -> Option<i64> {
    let mut number = 0_u64;
    for &byte in content {
        number = number.checked_mul(256)? | u64::from(byte);
    }
    i64::try_from(number).ok()
}

/// Where in the tree a cookie stands.
#[derive(Default)]
struct Place<'a> {
    domains: Vec<&'a [u8]>,
    paths: Vec<&'a [u8]>,
    /// Bytes of all of them, and of what stands between.
    bytes: usize,
}

impl<'a> Place<'a> {
    fn enter_domain(&mut self, name: &'a [u8]) {
        // Each domain has its own paths, also if the file forgot to end those of the one above it.
        while !self.paths.is_empty() {
            self.leave_path();
        }
        self.bytes += name.len() + 1;
        self.domains.push(name);
    }

    fn leave_domain(&mut self) {
        self.bytes -= self.domains.pop().map_or(0, |name| name.len() + 1);
    }

    fn enter_path(&mut self, name: &'a [u8]) {
        self.bytes += name.len() + 1;
        self.paths.push(name);
    }

    /// The path that is not named, `/`, has an end as well: that is the one too many.
    fn leave_path(&mut self) {
        self.bytes -= self.paths.pop().map_or(0, |name| name.len() + 1);
    }

    fn size(&self) -> usize {
        self.bytes
    }

    fn host(&self) -> Vec<u8> {
        let parts: Vec<&[u8]> = self.domains.iter().rev().copied().collect();
        parts.join(&b'.')
    }

    fn path(&self) -> Vec<u8> {
        [b"/", &self.paths.join(&b'/')[..]].concat()
    }
}

/// Records, one after the other.
struct Records<'a> {
    rest: &'a [u8],
    /// Bytes of a tag and of a length.
    tag: usize,
    length: usize,
}

impl<'a> Records<'a> {
    fn behind_header(bytes: &'a [u8]) -> Result<Self, FormatError> {
        let wrong = || FormatError::new("not a cookies4.dat file of Opera");
        let number = |offset| u32_be(bytes, offset).ok_or_else(wrong);
        let (file, content, lengths) = (number(0)?, number(4)?, number(8)?);
        // The upper bits are the version, the lower twelve what a later version added and others
        // pass over.
        if (file >> 12, content >> 12) != (1, 2) {
            return Err(wrong());
        }
        let [_, tag, _, length] = lengths.to_be_bytes().map(usize::from);
        if lengths & 0xff00_ff00 != 0 || !(1..=4).contains(&tag) || !(1..=4).contains(&length) {
            return Err(FormatError::new("its tags and lengths are to have other than one to four bytes"));
        }
        Ok(Self { rest: bytes.get(12..).unwrap_or_default(), tag, length })
    }

    /// The records in the content of one.
    fn within(&self, content: &'a [u8]) -> Self {
        Self { rest: content, ..*self }
    }

    /// The content of the last record with this tag; empty if there is none.
    fn field(mut self, wanted: u32) -> Result<&'a [u8], FormatError> {
        let mut found = &b""[..];
        while let Some((tag, content)) = self.next()? {
            if tag == wanted {
                found = content;
            }
        }
        Ok(found)
    }

    /// The next tag, its highest bit in the place of [`FLAG`], and its content.
    fn next(&mut self) -> Result<Option<(u32, &'a [u8])>, FormatError> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let size = self.tag;
        let tag = self.integer(size)?;
        let flag = 1 << (8 * size - 1);
        if tag & flag != 0 {
            return Ok(Some((tag ^ flag | FLAG, b"")));
        }
        let length = usize::try_from(self.integer(self.length)?).unwrap_or(usize::MAX);
        Ok(Some((tag, self.take(length)?)))
    }

    fn integer(&mut self, size: usize) -> Result<u32, FormatError> {
        Ok(self.take(size)?.iter().fold(0, |number, &byte| number << 8 | u32::from(byte)))
    }

    fn take(&mut self, size: usize) -> Result<&'a [u8], FormatError> {
        let parts = self.rest.split_at_checked(size);
        let (part, rest) = parts.ok_or_else(|| FormatError::new("the file ends within a record"))?;
        self.rest = rest;
        Ok(part)
    }
}
