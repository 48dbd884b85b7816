//! `cookies.sqlite`: the store of Firefox, and of what goes by its layout.

use std::path::Path;

use super::database::{Database, Row};
use super::origin::Origin;
use super::{fold::image, row, session};
use crate::cookie::Cookie;
use crate::cookie::file::{CookieFormat, FileError, FormatError, Loaded, Reason};

const TABLE: &str = "moz_cookies";
const NEEDED: &[&str] = &["name", "value", "host", "path", "expiry"];
const WANTED: &[&str] = &[
    "creationTime",
    "isSecure",
    "isHttpOnly",
    "sameSite",
    "rawSameSite",
    "originAttributes",
    "appId",
    "inBrowserElement",
    "isPartitionedAttributeSet",
];

/// The layout since which a cookie without `SameSite` is told from one with `SameSite=None`; and
/// since which there is no `rawSameSite` (netwerk/cookie/CookiePersistentStorage.cpp, the step from
/// 14 to 15).
const KNOWS_UNSET: i64 = 15;

/// The layout since which expiries are in milliseconds, before in seconds: Firefox 142 (the same,
/// from 15 to 16).
const IN_MILLISECONDS: i64 = 16;

/// In milliseconds, the year 1973; in seconds, 5138. Nothing that expires so early is still in a
/// store.
const FEW_MILLISECONDS: i64 = 100_000_000_000;

/// In milliseconds, the year 2001; in seconds, 33658.
const MANY_SECONDS: i64 = 1_000_000_000_000;

/// The `cookies.sqlite` of Firefox, of browsers made from it, and of GNOME Web (libsoup).
///
/// All layouts are read, from the first to 17, that of Firefox ESR 153; a column that a layout does
/// not have yet is taken for empty. Layouts up to 15 have expiries in seconds, later ones in
/// milliseconds.
///
/// Those are read that Firefox sends when a site is visited. A partitioned cookie is among them if
/// its partition is its own site. Cookies of containers and private windows are passed over, and
/// those that a site has where it is embedded in pages of another: in a jar one would replace the
/// other, and be sent where the browser would not send it. [`Loaded::skipped`] tells which and why.
/// [`all_containers`](Self::all_containers) reads them too.
///
/// A store has no session cookies. Firefox notes them some seconds later in a file of their own,
/// and they are read from there, after those of the store: from
/// `sessionstore-backups/recovery.jsonlz4` in the folder of the store, else from `recovery.baklz4`
/// there, else from `sessionstore.jsonlz4`, which a closed Firefox has. A jar loads them with
/// [`ignore_discard`](crate::cookie::FileCookieJar::ignore_discard);
/// [`session_cookies`](Self::session_cookies) leaves them out. A file that cannot be read, or has
/// more than 64 MiB when it is unpacked, is among those skipped ([`Reason::BadFile`]). Such a file
/// can also be loaded by itself, like a store.
///
/// ```no_run
/// use clientcookie::cookie::{Browser, FirefoxCookieJar, find_browser_stores};
///
/// let stores = find_browser_stores();
/// if let Some(store) = stores.iter().find(|store| store.browser == Browser::Firefox) {
///     let jar = FirefoxCookieJar::new(&store.path);
///     println!("{} cookies of {}", jar.load()?.stored, store.profile);
/// }
/// # Ok::<(), clientcookie::cookie::FileError>(())
/// ```
///
/// # While the browser runs
///
/// The newest cookies are in a file beside the store, its write-ahead log (`cookies.sqlite-wal`),
/// and are read too. The files are only ever read: nothing is locked, created or changed in the
/// folder of the browser. If there is a log, it is brought in by SQLite in a copy, readable by its
/// owner only (a file of mode 0600 in a folder of mode 0700 among the temporary files), which is
/// removed before a cookie is looked at. [`read`](CookieFormat::read) has only the bytes of
/// the store, and sees no log.
#[derive(Debug, Clone, Default)]
pub struct FirefoxFormat {
    all_containers: bool,
    without_session: bool,
}

impl FirefoxFormat {
    /// The format, reading the cookies that a visit would send.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets whether cookies of containers, private windows and embedded sites are read too. Off.
    ///
    /// What sets a cookie apart is its attribute `originAttributes`, in the browser's words, as
    /// `^userContextId=2`. A jar does not look at it: choose among [`Loaded::cookies`] before
    /// you fill one.
    #[must_use]
    pub fn all_containers(mut self, on: bool) -> Self {
        self.all_containers = on;
        self
    }

    /// Sets whether the session cookies are read that lie beside the store. On.
    #[must_use]
    pub fn session_cookies(mut self, on: bool) -> Self {
        self.without_session = !on;
        self
    }

    fn cookie(&self, row: &Row<'_>, version: i64) -> Result<(i64, Cookie), Reason> {
        let (host, secure) = (row.bytes("host"), row.flag("isSecure"));
        let origin = Origin::parse(row.bytes("originAttributes"));
        if !self.all_containers {
            origin.is_for_visits(host, secure)?;
            not_of_an_app(row)?;
        }
        let mut cookie = row::assemble(row.bytes("name"), row.bytes("value"), host, row.bytes("path"))?;
        (cookie.secure, cookie.http_only) = (secure, row.flag("isHttpOnly"));
        cookie = cookie.with_expires(expires(row, version)?);
        cookie = row::with_same_site(cookie, same_site(row, version));
        cookie = origin.mark(cookie, row.flag("isPartitionedAttributeSet"));
        Ok((row.integer("creationTime").unwrap_or_default(), cookie))
    }
}

impl CookieFormat for FirefoxFormat {
    fn read(&self, bytes: &[u8]) -> Result<Loaded, FormatError> {
        if bytes.starts_with(session::MAGIC) {
            return session::read(bytes, self.all_containers);
        }
        let database = Database::open(bytes)?;
        let version = database.user_version()?;
        row::cookies(&database, TABLE, NEEDED, WANTED, |row| self.cookie(row, version))
    }

    fn read_file(&self, path: &Path, limit: usize) -> Result<Loaded, FileError> {
        let bytes = image(path, limit)?;
        let mut loaded = self.read(&bytes).map_err(|error| FileError::format(Some(path), error))?;
        if !self.without_session && !bytes.starts_with(session::MAGIC) {
            session::add_beside(path, limit, self.all_containers, &mut loaded);
        }
        Ok(loaded)
    }
}

/// Before there were containers, there were apps.
fn not_of_an_app(row: &Row<'_>) -> Result<(), Reason> {
    if row.flag("appId") || row.flag("inBrowserElement") { Err(Reason::OtherApp) } else { Ok(()) }
}

/// Seconds since 1970. The layout decides, unless it makes no sense of a number: other programs
/// write stores as well.
fn expires(row: &Row<'_>, version: i64) -> Result<Option<i64>, Reason> {
    let number = match row.integer("expiry") {
        None if row.is_null("expiry") => return Ok(None),
        None => return Err(Reason::BadExpiry),
        Some(0) => return Ok(None),
        Some(number) => number,
    };
    let milliseconds = if version >= IN_MILLISECONDS { FEW_MILLISECONDS } else { MANY_SECONDS };
    Ok(Some(if number >= milliseconds { number.div_euclid(1000) } else { number }))
}

/// What the server said: `rawSameSite` where there is one, since `sameSite` was what Firefox made
/// of it. There, 0 is said of a cookie without the attribute too.
fn same_site(row: &Row<'_>, version: i64) -> Option<i64> {
    if version >= KNOWS_UNSET {
        return row.integer("sameSite");
    }
    row.integer("rawSameSite").or_else(|| row.integer("sameSite")).filter(|&number| number != 0)
}
