//! The `Cookies.binarycookies` of Safari: pages of records, each with a table of where its parts
//! lie.

use super::bytes::{at, place_be, place_le, string, u32_le};
use super::raw::Raw;
use super::{CookieFormat, FormatError, Loaded, Reason};
use crate::cookie::Cookie;

/// The `Cookies.binarycookies` of Safari, and of all programs of macOS and iOS that leave cookies
/// to the system: read only.
///
/// ```
/// use clientcookie::cookie::{FileCookieJar, FileError, SafariFormat};
///
/// let jar = FileCookieJar::<SafariFormat>::without_filename();
/// jar.load_from(&b"cook\0\0\0\0"[..])?;                // a file without pages
/// assert!(jar.is_empty());
/// # Ok::<(), FileError>(())
/// ```
///
/// # The file
///
/// Apple has not documented it; this is what programs that read it agree on. `cook`, the number of
/// pages and their sizes, big-endian; the pages; a checksum and a property list, which say nothing
/// about cookies and are not read. A page, little-endian: 0x00000100 (this one big-endian), the
/// number of cookies and the offset of each. A cookie: its size; a version; flags, of which 1 is
/// `Secure` and 4 `HttpOnly`; whether there is a port; the offsets of domain, name, path, value,
/// comment and comment URL, each a string that ends with a NUL; when it expires and when it was
/// made, in seconds since 2001-01-01 00:00:00 UTC as 64-bit floats; the port.
///
/// A domain with a leading dot is for the hosts below it too, one without for that host alone. An
/// expiry of 0 is a session cookie's.
///
/// A file whose pages go beyond its end, or are none, is an error. A cookie whose parts lie outside
/// it is skipped, and so are those of a page that together claim more bytes than the page has: so
/// what is read is never more than six times the file.
#[derive(Debug, Clone, Default)]
pub struct SafariFormat(());

impl SafariFormat {
    /// The format.
    pub fn new() -> Self {
        Self::default()
    }
}

impl CookieFormat for SafariFormat {
    fn read(&self, bytes: &[u8]) -> Result<Loaded, FormatError> {
        if !bytes.starts_with(b"cook") {
            return Err(FormatError::new("not a binarycookies file: it does not begin with \"cook\""));
        }
        let cut_off = || FormatError::new("the file ends before its last page");
        let pages = place_be(bytes, 4).ok_or_else(cut_off)?;
        let sizes = pages.checked_mul(4).and_then(|length| bytes.get(8..)?.get(..length)).ok_or_else(cut_off)?;
        let mut rest = &bytes[8 + sizes.len()..];
        let (mut loaded, mut number) = (Loaded::default(), 0);
        for index in 0..pages {
            let size = place_be(sizes, index * 4).ok_or_else(cut_off)?;
            let (page, behind) = rest.split_at_checked(size).ok_or_else(cut_off)?;
            rest = behind;
            read_page(page, &mut number, &mut loaded)
                .ok_or_else(|| FormatError::new(format!("page {} of the file is none", index + 1)))?;
        }
        Ok(loaded)
    }
}

/// The cookies of a page; `number` counts them through the file.
fn read_page(page: &[u8], number: &mut usize, loaded: &mut Loaded) -> Option<()> {
    if !page.starts_with(b"\0\0\x01\0") {
        return None;
    }
    let length = place_le(page, 4)?.checked_mul(4)?;
    let offsets = page.get(8..)?.get(..length)?;
    let mut left = page.len();
    for at in (0..length).step_by(4) {
        *number += 1;
        match record(page, place_le(offsets, at)?, &mut left).and_then(read_cookie) {
            Ok(cookie) => loaded.cookies.push(cookie),
            Err(reason) => loaded.skip_record(*number, reason),
        }
    }
    Some(())
}

/// The bytes of a cookie, as long as those of all together are no more than the page.
fn record<'a>(page: &'a [u8], offset: usize, left: &mut usize) -> Result<&'a [u8], Reason> {
    let size = place_le(page, offset).ok_or(Reason::CutOff)?;
    let record = page.get(offset..).and_then(|rest| rest.get(..size)).ok_or(Reason::CutOff)?;
    *left = left.checked_sub(size).ok_or(Reason::Overlap)?;
    Ok(record)
}

fn read_cookie(record: &[u8]) -> Result<Cookie, Reason> {
    let number = |offset| u32_le(record, offset).ok_or(Reason::CutOff);
    let part = |offset| place_le(record, offset).and_then(|offset| string(record, offset)).ok_or(Reason::CutOff);
    // An offset of 0 is that of nothing.
    let comment = |offset| match number(offset)? {
        0 => Ok(None),
        _ => part(offset).map(|text| Some(String::from_utf8_lossy(text))),
    };
    let flags = number(8)?;
    let raw = Raw {
        host: part(16)?,
        below: part(16)?.starts_with(b"."),
        name: part(20)?,
        path: part(24)?,
        path_specified: true,
        value: part(28)?,
        secure: flags & 1 != 0,
        http_only: flags & 4 != 0,
        expires: expires(at(record, 40).map(f64::from_le_bytes).ok_or(Reason::CutOff)?),
    };
    let mut cookie = raw.cookie()?;
    let (comment, url) = (comment(32)?, comment(36)?);
    if comment.is_some() || url.is_some() {
        cookie = cookie.with_comment(comment.as_deref()).with_comment_url(url.as_deref());
    }
    if number(12)? != 0 {
        let port = at(record, 56).map(u16::from_le_bytes).ok_or(Reason::CutOff)?;
        cookie = cookie.with_port(port.to_string().as_str());
    }
    Ok(cookie)
}

/// From seconds since 2001 to seconds since 1970. Apple's zero, like what is no number, is no time.
fn expires(seconds: f64) -> Option<i64> {
    const BETWEEN: i64 = 978_307_200;
    // A float beyond all integers becomes the last of them.
    #[allow(clippy::cast_possible_truncation)]
    let whole = Some(seconds).filter(|seconds| *seconds != 0.0 && !seconds.is_nan())? as i64;
    Some(whole.saturating_add(BETWEEN))
}
