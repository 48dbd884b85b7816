//! Cookie files: cookies that outlive the program, and are shared with other programs.
//!
//! A [`FileCookieJar`] is a jar with a file. [`LwpCookieJar`] has one of libwww-perl's format,
//! which loses nothing; [`MozillaCookieJar`] has a `cookies.txt`, which curl, wget and many more
//! read and write.
//!
//! ```
//! use clientcookie::cookie::{Cookie, LwpCookieJar};
//!
//! # let folder = std::env::temp_dir().join(format!("clientcookie-doc-file-{}", std::process::id()));
//! # std::fs::create_dir_all(&folder)?;
//! let file = folder.join("cookies.lwp");
//! let jar = LwpCookieJar::new(&file).ignore_discard(true);    // session cookies are saved as well
//! jar.set_cookie(Cookie::new("sid", "31d4", "www.example.com"));
//! jar.save()?;
//!
//! let again = LwpCookieJar::new(&file).ignore_discard(true);
//! assert_eq!(again.load()?.stored, 1);
//! assert_eq!(again.get("www.example.com", "/", "sid").unwrap().value(), b"31d4");
//! # std::fs::remove_dir_all(&folder)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Formats
//!
//! | jar | format | whose files | saves | what it does not hold |
//! |---|---|---|---|---|
//! | [`LwpCookieJar`] | [`LwpFormat`] | libwww-perl, Python's `LWPCookieJar` | yes | nothing is lost |
//! | [`MozillaCookieJar`] | [`MozillaFormat`] | Netscape, curl, wget and many more: `cookies.txt` | yes | what RFC 2965 adds; attributes but `HttpOnly` |
//! | [`MsieCookieJar`] | [`MsieFormat`] | Internet Explorer 4 to 11 (not its `WebCache` database), Wine: `index.dat`, text files | no, but [`MsieDbCookieJar`](super::MsieDbCookieJar) | whether the domain was named; session cookies |
//! | | [`SafariFormat`] | Safari and other programs of macOS and iOS: `Cookies.binarycookies` | no | `SameSite` |
//! | | [`KdeFormat`] | Konqueror and other programs of KDE 3 to 5: `kcookiejar/cookies` | no | session cookies; `SameSite` |
//! | | [`OperaFormat`] | Opera 4 to 12: `cookies4.dat` | no | `HttpOnly`; `SameSite` |
//! | | `JsonFormat`, feature `json` | Playwright, Puppeteer, Selenium, cookie editors; `cookie_store` | all but the last | what RFC 2965 adds; attributes but `HttpOnly` and `SameSite` |
//! | | [`ResponseHeadFormat`] | `curl -D`: heads of responses | no | whose they are |
//! | | [`W3mFormat`], [`ElinksFormat`] | w3m and ELinks | no | `SameSite` |
//! | `FirefoxCookieJar` | `FirefoxFormat`, feature `sqlite` | Firefox, GNOME Web: `cookies.sqlite` | no | |
//! | `ChromiumCookieJar` | `ChromiumFormat`, feature `sqlite` | Chromium, Chrome, Edge, Brave, Vivaldi, Opera: `Cookies` | no | |
//!
//! What kind of file it is that a user names, [`FileKind`] tells; and a format that is given
//! another's says so in its error. Where browsers keep theirs, [`find_browser_stores`] tells. A
//! format without a jar of its own is given to [`FileCookieJar`], and what was loaded is saved
//! through another format:
//!
//! ```no_run
//! use clientcookie::cookie::{FileCookieJar, MozillaCookieJar, SafariFormat};
//!
//! let safari = FileCookieJar::<SafariFormat>::new("Cookies.binarycookies");
//! safari.load()?;
//! MozillaCookieJar::new("cookies.txt").with_jar(&safari).save()?;
//! # Ok::<(), clientcookie::cookie::FileError>(())
//! ```
//!
//! A format knows no jar and no file: [`CookieFormat`] is bytes in, cookies out, and
//! [`WriteFormat`] is cookies in, bytes out. Implement the first for a format of your own and
//! [`FileCookieJar`] loads it; implement the second and it saves it.

mod browser;
mod bytes;
mod columns;
mod error;
mod jar;
#[cfg(feature = "json")]
mod json;
mod kde;
mod kind;
mod lines;
mod lwp;
mod mozilla;
pub(in crate::cookie) mod msie;
mod opera;
mod raw;
mod report;
mod response_head;
mod safari;
pub(in crate::cookie) mod save;

pub use browser::{Browser, BrowserStore, System, find_browser_stores, find_browser_stores_on};
#[cfg(feature = "sqlite")]
pub use browser::{ChromiumFormat, FirefoxFormat};
pub use columns::{ElinksFormat, W3mFormat};
pub use error::{FileError, FormatError};
#[cfg(feature = "sqlite")]
pub use jar::{ChromiumCookieJar, FirefoxCookieJar};
pub use jar::{FileCookieJar, LwpCookieJar, MozillaCookieJar, MsieCookieJar};
#[cfg(feature = "json")]
pub use json::JsonFormat;
pub use kde::KdeFormat;
pub use kind::{FileKind, JsonKind};
pub use lwp::LwpFormat;
pub(in crate::cookie) use lwp::plain_words as lwp_words;
pub use mozilla::MozillaFormat;
pub use msie::MsieFormat;
pub use opera::OperaFormat;
pub(in crate::cookie) use raw::canonical;
pub(in crate::cookie) use report::Later;
pub use report::{LeftOut, LoadReport, Loaded, Odd, Oddity, Reason, SaveReport, Skipped, Unit, Written};
pub use response_head::ResponseHeadFormat;
pub use safari::SafariFormat;

#[cfg(feature = "sqlite")]
pub(super) use save::create_private;

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use super::Cookie;

/// Bytes in a line of a cookie file; a longer one is skipped when it is read, and not written. 16
/// KiB.
///
/// Not in an RFC: a cookie of 4096 bytes with a path and a domain of 1024 each, the most that
/// 6265bis asks a client to take, fits with every byte of its value escaped. libcurl stops at 5000
/// bytes.
pub const LINE_LIMIT: usize = 16 * 1024;

/// Bytes in a cookie file; a larger one is an error, before it is parsed or written. 16 MiB:
/// 100,000 cookies of 160 bytes.
pub const FILE_LIMIT: usize = 16 * 1024 * 1024;

/// A format of cookie files that can be read.
///
/// ```
/// use clientcookie::cookie::{Cookie, CookieFormat, FileCookieJar, FormatError, Loaded};
///
/// /// `name=value` a line, all for one host.
/// struct Plain(&'static str);
///
/// impl CookieFormat for Plain {
///     fn read(&self, bytes: &[u8]) -> Result<Loaded, FormatError> {
///         let text = String::from_utf8_lossy(bytes);
///         let pairs = text.lines().filter_map(|line| line.split_once('='));
///         Ok(Loaded::new(pairs.map(|(name, value)| Cookie::new(name, value, self.0)).collect()))
///     }
/// }
///
/// let jar = FileCookieJar::with_format(Plain("www.example.com")).ignore_discard(true);
/// jar.load_from(&b"a=1\nb=2\n"[..])?;
/// assert_eq!(jar.len(), 2);
/// # Ok::<(), clientcookie::cookie::FileError>(())
/// ```
///
/// A format that cannot be written has no `save`:
///
/// ```compile_fail
/// # use clientcookie::cookie::{Cookie, CookieFormat, FileCookieJar, FormatError, Loaded};
/// # struct Plain;
/// # impl CookieFormat for Plain {
/// #     fn read(&self, _: &[u8]) -> Result<Loaded, FormatError> { Ok(Loaded::default()) }
/// # }
/// FileCookieJar::with_format(Plain).save();
/// ```
pub trait CookieFormat {
    /// The cookies in these bytes, and the lines that hold none that can be read.
    ///
    /// # Errors
    /// The bytes are not of this format at all, or beyond a limit.
    fn read(&self, bytes: &[u8]) -> Result<Loaded, FormatError>;

    /// The cookies of the file with this name, which may have `limit` bytes. The default gives the
    /// file's bytes to [`read`](Self::read); it is for formats that need more than that: a
    /// database with its journal, an index with the files it names.
    ///
    /// # Errors
    /// The file cannot be read, or is larger, or [`read`](Self::read) fails.
    fn read_file(&self, path: &Path, limit: usize) -> Result<Loaded, FileError> {
        self.read(&file_bytes(path, limit)?).map_err(|error| FileError::format(Some(path), error))
    }

    /// The same for a jar that may read a part of the cookies later: see
    /// [`MsieCookieJar::delayload`](FileCookieJar::delayload). By default all are read now.
    ///
    /// # Errors
    /// As [`read_file`](Self::read_file).
    fn read_file_later(&self, path: &Path, limit: usize) -> Result<Loaded, FileError> {
        self.read_file(path, limit)
    }
}

/// The bytes of a file, unless they are too many.
pub(in crate::cookie) fn file_bytes(path: &Path, limit: usize) -> Result<Vec<u8>, FileError> {
    let file = open_regular(path)?;
    let size = file.metadata().map_err(|error| FileError::io(Some(path), "read", error))?.len();
    read_bytes(file, usize::try_from(size).unwrap_or(usize::MAX), Some(path), limit)
}

/// A file to read, or a link to one. A pipe would be waited for, and a device may have no end.
fn open_regular(path: &Path) -> Result<File, FileError> {
    let failed = |error| FileError::io(Some(path), "read", error);
    if !fs::metadata(path).map_err(failed)?.is_file() {
        return Err(FileError::NotAFile { path: path.to_owned() });
    }
    File::open(path).map_err(failed)
}

/// All that a reader gives, unless it is too much. `size` is how much it may be, which a file may
/// lie about.
fn read_bytes(reader: impl Read, size: usize, path: Option<&Path>, limit: usize) -> Result<Vec<u8>, FileError> {
    let mut bytes = Vec::with_capacity(size.min(limit).min(FILE_LIMIT).saturating_add(1));
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    reader.take(most).read_to_end(&mut bytes).map_err(|error| FileError::io(path, "read", error))?;
    check_size(bytes.len(), path, limit)?;
    Ok(bytes)
}

pub(in crate::cookie) fn check_size(size: usize, path: Option<&Path>, limit: usize) -> Result<(), FileError> {
    if size <= limit {
        return Ok(());
    }
    let reason = format!("the file would have more than {limit} bytes, which is its limit");
    Err(FileError::format(path, FormatError::new(reason)))
}

/// A format of cookie files that can be written as well.
pub trait WriteFormat: CookieFormat {
    /// A file with these cookies in this order, and the cookies that the format cannot hold: one
    /// that would be read as another, or as two, is left out.
    ///
    /// # Errors
    /// Nothing can be written. The formats here always can.
    fn write<'a>(&self, cookies: impl IntoIterator<Item = &'a Cookie>) -> Result<Written, FormatError>;
}
