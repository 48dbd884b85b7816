//! `Cookies`: the store of Chromium, and of the browsers made from it.

use std::path::Path;

use super::database::{Database, Row};
use super::decrypt::Decryptor;
use super::partition::Partition;
use super::{fold::image, row};
use crate::cookie::Cookie;
use crate::cookie::file::{CookieFormat, FileError, FormatError, Loaded, Reason};

const TABLE: &str = "cookies";
const NEEDED: &[&str] = &["host_key", "name", "value", "path", "expires_utc"];
// Some columns have had two names.
const WANTED: &[&str] = &[
    "creation_utc",
    "encrypted_value",
    "is_secure",
    "secure",
    "is_httponly",
    "httponly",
    "has_expires",
    "is_persistent",
    "persistent",
    "samesite",
    "top_frame_site_key",
    "has_cross_site_ancestor",
];

/// From 1601-01-01, where Chromium's clock begins, to 1970-01-01, in seconds.
const FROM_1601: i64 = 11_644_473_600;

/// The layout since which a hash of the host stands before an encrypted value
/// (net/extras/sqlite/sqlite_persistent_cookie_store.cc, "Version 24").
const HASHES_HOST: i64 = 24;

/// The store of Chromium, Chrome, Edge, Brave, Vivaldi, Opera, Arc and others made from it: the
/// file `Cookies`, or `Network/Cookies`, of a profile.
///
/// # Values that are encrypted
///
/// Chromium encrypts the values. On Linux, where it has no keyring or is told not to use one
/// (`--password-store=basic`), the key is the same for everybody, and the values are read (they
/// begin with `v10`); so are those that it encrypted with an empty password, since the keyring did
/// not answer (`v10` or `v11`). Otherwise the key is in the system's keyring (on Linux `v11`), in
/// the keychain of macOS, or in the keeping of Windows, and is not looked for: such a cookie is
/// skipped, with [`Reason::InKeyring`] or [`Reason::Undecodable`]. A value is never guessed: since
/// layout 24 there is a hash that tells whether the key was right; before, what is decrypted has to
/// be UTF-8 without control characters.
///
/// # Cookies that are kept apart
///
/// A partitioned cookie belongs to the pages of one site. If that is the cookie's own, the browser
/// sends it when the site is visited, and it is read (the `cf_clearance` of many sites is such a
/// cookie). It is passed over if the site has it where it is embedded in pages of another
/// ([`Reason::Partitioned`]), or in pages of its own with one of another between
/// ([`Reason::CrossSiteAncestor`]), unless [`all_partitions`](Self::all_partitions) is set. Session
/// cookies are in the store; a jar loads them with
/// [`ignore_discard`](crate::cookie::FileCookieJar::ignore_discard).
///
/// ```no_run
/// use clientcookie::cookie::{ChromiumCookieJar, Reason};
///
/// let jar =
///     ChromiumCookieJar::new("/home/me/.config/chromium/Default/Cookies").ignore_discard(true);
/// let report = jar.load()?;
/// println!("{} cookies, {} cannot be read", report.stored, report.skipped_lines);
/// # Ok::<(), clientcookie::cookie::FileError>(())
/// ```
///
/// A running browser is not disturbed, as with [`FirefoxFormat`](super::FirefoxFormat); it writes
/// new cookies to its store half a minute late.
#[derive(Debug, Clone, Default)]
pub struct ChromiumFormat {
    all_partitions: bool,
}

impl ChromiumFormat {
    /// The format, reading the cookies that a visit would send.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets whether the cookies of all partitions are read. Off.
    ///
    /// A partitioned cookie has the attributes `Partitioned` and `top_frame_site_key`, the site
    /// that it was set on, as `https://shop.test`. A jar does not look at them: choose among
    /// [`Loaded::cookies`] before you fill one.
    #[must_use]
    pub fn all_partitions(mut self, on: bool) -> Self {
        self.all_partitions = on;
        self
    }

    fn cookie(&self, row: &Row<'_>, decryptor: &Decryptor) -> Result<(i64, Cookie), Reason> {
        let (host, top) = (row.bytes("host_key"), row.bytes("top_frame_site_key"));
        let secure = row.flag("is_secure") || row.flag("secure");
        if !top.is_empty() && !self.all_partitions {
            Partition::of_chromium(top, row.flag("has_cross_site_ancestor"))?.is_own_of(host, secure)?;
        }
        let encrypted = row.bytes("encrypted_value");
        let decrypted = if encrypted.is_empty() { None } else { Some(decryptor.value(encrypted, host)?) };
        let value = decrypted.as_deref().unwrap_or_else(|| row.bytes("value"));
        let mut cookie = row::assemble(row.bytes("name"), value, host, row.bytes("path"))?;
        (cookie.secure, cookie.http_only) = (secure, row.flag("is_httponly") || row.flag("httponly"));
        cookie = row::with_same_site(cookie.with_expires(expires(row)?), row.integer("samesite"));
        if !top.is_empty() {
            cookie = cookie.with_attribute("Partitioned", None);
            cookie = cookie.with_attribute("top_frame_site_key", &*String::from_utf8_lossy(top));
        }
        Ok((row.integer("creation_utc").unwrap_or_default(), cookie))
    }
}

impl CookieFormat for ChromiumFormat {
    fn read(&self, bytes: &[u8]) -> Result<Loaded, FormatError> {
        let database = Database::open(bytes)?;
        let decryptor = Decryptor::new(version(&database)? >= HASHES_HOST);
        row::cookies(&database, TABLE, NEEDED, WANTED, |row| self.cookie(row, &decryptor))
    }

    fn read_file(&self, path: &Path, limit: usize) -> Result<Loaded, FileError> {
        self.read(&image(path, limit)?).map_err(|error| FileError::format(Some(path), error))
    }
}

/// The layout, which Chromium notes in a table of its own, as text.
fn version(database: &Database) -> Result<i64, FormatError> {
    let mut version = None;
    database.read("meta", &["key", "value"], &[], |row| {
        if row.bytes("key") == b"version" {
            let text = String::from_utf8_lossy(row.bytes("value"));
            version = text.parse().ok().or_else(|| row.integer("value"));
        }
    })?;
    version.ok_or_else(|| FormatError::new("the table meta does not tell the version"))
}

/// Seconds since 1970, from microseconds since 1601.
fn expires(row: &Row<'_>) -> Result<Option<i64>, Reason> {
    let is_no = |column| row.integer(column) == Some(0);
    let number = row.integer("expires_utc").ok_or(Reason::BadExpiry)?;
    if number == 0 || is_no("has_expires") || is_no("is_persistent") || is_no("persistent") {
        return Ok(None);
    }
    Ok(Some(number.div_euclid(1_000_000) - FROM_1601))
}
