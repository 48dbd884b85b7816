//! A jar with a file.

mod backup;
mod delayed;
mod load;
mod msie;
mod registry;
mod save;

use std::fmt;
use std::ops::Deref;
use std::path::{Path, PathBuf};

#[cfg(feature = "sqlite")]
use super::{ChromiumFormat, FirefoxFormat};
use super::{FILE_LIMIT, FileError, LwpFormat, MozillaFormat, MsieFormat};
use crate::cookie::{Cookie, CookieJar};
use backup::Losses;
use delayed::DelayedStore;

const TARGET: &str = "clientcookie::cookies";

/// A jar with a file of libwww-perl's format, which loses nothing.
pub type LwpCookieJar = FileCookieJar<LwpFormat>;

/// A jar with a `cookies.txt`, which many programs read and write.
pub type MozillaCookieJar = FileCookieJar<MozillaFormat>;

/// A jar with the cookies of Internet Explorer, which are loaded and never saved.
#[doc(alias = "MSIECookieJar")]
pub type MsieCookieJar = FileCookieJar<MsieFormat>;
/// A jar that is loaded from the store of Firefox or GNOME Web. It has no `save`: the store is the
/// browser's.
#[cfg(feature = "sqlite")]
#[doc(alias = "Firefox3CookieJar")]
pub type FirefoxCookieJar = FileCookieJar<FirefoxFormat>;

/// A jar that is loaded from the store of Chromium or a browser made from it. It has no `save`: the
/// store is the browser's.
#[cfg(feature = "sqlite")]
pub type ChromiumCookieJar = FileCookieJar<ChromiumFormat>;

/// A [`CookieJar`] that is loaded from a file and saved to one, in the format `F`.
///
/// It is used like the jar it holds. Nothing is loaded or saved by itself, and a jar without a file
/// name never touches the disk.
///
/// ```
/// use clientcookie::cookie::{Cookie, FileError, MozillaCookieJar};
/// use clientcookie::{HttpCookieProcessor, build_opener};
///
/// # let folder = std::env::temp_dir().join(format!("clientcookie-doc-jar-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// let jar = MozillaCookieJar::new(folder.join("cookies.txt"));
/// match jar.load() {
///     Err(error) if error.is_not_found() => {}             // the first time
///     report => {
///         for problem in report?.problems() {
///             eprintln!("cookies.txt: {problem}");         // what was skipped, refused, or odd
///         }
///     }
/// }
/// let opener = build_opener(HttpCookieProcessor::new(&jar));
/// // ... URLs are opened ...
/// # let _ = opener;
/// let report = jar.save()?;
/// assert!(report.left_out.is_empty());
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # What is saved and loaded
///
/// Cookies that have expired, and session cookies, are neither saved nor loaded, unless
/// [`ignore_expires`](Self::ignore_expires) or [`ignore_discard`](Self::ignore_discard) says so.
/// They are saved in the order in which they came into the jar, so that one that loads them sends
/// the same header; a jar with
/// [`DefaultCookiePolicy::classic`](crate::cookie::DefaultCookiePolicy::classic) has the original's
/// order, by domain, path and name. What is loaded counts as put in by the user: it is not judged
/// as a server's cookie is, and never evicted; but a cookie that could not be sent without damage
/// is refused ([`LoadReport::refused`](super::LoadReport::refused)).
///
/// Nothing is lost without a word: what a load skips or refuses is in its report, for
/// [`problems`](super::LoadReport::problems) to tell, and in the log at warn
/// (`clientcookie::cookies`); and a save that replaces such a file keeps it
/// ([`keep_backup`](Self::keep_backup)).
///
/// # How a file is saved
///
/// A new file is written beside the old one, readable by its owner only (0600), brought to the
/// disk, and renamed. So whoever looks sees the old file or the new one, and after any failure the
/// old one is still there. A symbolic link, a folder or a pipe is not replaced.
///
/// The new file carries over nothing of the old one: it belongs to who saves, and its mode is 0600
/// whatever that of the old one was, without its access lists and extended attributes; hard links
/// to the old one keep the old cookies.
///
/// A program that is killed while it saves leaves a file `.cookies.txt.0123456789abcdef.tmp`
/// behind. A save takes those of the same file name away that are an hour older than the file it
/// wrote; at any time they may be removed by hand.
#[derive(Clone)]
pub struct FileCookieJar<F> {
    jar: CookieJar,
    format: F,
    filename: Option<PathBuf>,
    choice: Choice,
    follow_symlinks: bool,
    file_limit: usize,
    /// None: where a load has lost something.
    keep_backup: Option<bool>,
    losses: Losses,
    /// The store of the jar, if it has files that are read later.
    delayed: Option<DelayedStore>,
}

/// Which cookies are saved and loaded.
#[derive(Clone, Copy, Default)]
struct Choice {
    ignore_discard: bool,
    ignore_expires: bool,
}

impl Choice {
    fn wants(self, cookie: &Cookie, now: i64) -> bool {
        (self.ignore_discard || !cookie.discard()) && (self.ignore_expires || !cookie.is_expired(now))
    }
}

impl<F: Default> FileCookieJar<F> {
    /// An empty jar that remembers the name of its file. The file need not be there; it is not
    /// looked at.
    pub fn new(filename: impl Into<PathBuf>) -> Self {
        Self::with_format(F::default()).filename(filename.into())
    }

    /// An empty jar without a file name.
    pub fn without_filename() -> Self {
        Self::with_format(F::default())
    }
}

impl<F: Default> Default for FileCookieJar<F> {
    fn default() -> Self {
        Self::without_filename()
    }
}

impl<F> FileCookieJar<F> {
    /// An empty jar in a format that is set up as you like, without a file name.
    pub fn with_format(format: F) -> Self {
        let (jar, filename, delayed) = (CookieJar::new(), None, None);
        let (choice, follow_symlinks, file_limit) = (Choice::default(), false, FILE_LIMIT);
        let (keep_backup, losses) = (None, Losses::default());
        Self { jar, format, filename, choice, follow_symlinks, file_limit, keep_backup, losses, delayed }
    }

    /// Sets the name of the file; `None` for none.
    #[must_use]
    pub fn filename(mut self, filename: impl Into<Option<PathBuf>>) -> Self {
        self.filename = filename.into();
        self
    }

    /// Puts another jar in the place of the one inside, with its cookies, policy, store and clock.
    #[must_use]
    pub fn with_jar(mut self, jar: &CookieJar) -> Self {
        self.jar = jar.clone();
        if self.delayed.is_some() {
            self.delay();
        }
        self
    }

    /// Sets whether session cookies are saved and loaded too. Off.
    ///
    /// A clone is the same jar, so this can be set for one save:
    ///
    /// ```
    /// # use clientcookie::cookie::LwpCookieJar;
    /// # let jar = LwpCookieJar::without_filename();
    /// jar.clone().ignore_discard(true).save_to(&mut std::io::stderr())?;
    /// # Ok::<(), clientcookie::cookie::FileError>(())
    /// ```
    #[must_use]
    pub fn ignore_discard(mut self, on: bool) -> Self {
        self.choice.ignore_discard = on;
        self
    }

    /// Sets whether cookies that have expired are saved and loaded too. Off.
    #[must_use]
    pub fn ignore_expires(mut self, on: bool) -> Self {
        self.choice.ignore_expires = on;
        self
    }

    /// Sets whether a symbolic link may be saved to: the file it leads to is replaced then, and the
    /// link stays. Off, since in a folder where others can write, they choose where a link
    /// leads.
    #[must_use]
    pub fn follow_symlinks(mut self, on: bool) -> Self {
        self.follow_symlinks = on;
        self
    }

    /// Sets how many bytes a file may have, [`FILE_LIMIT`] unless set. A larger one is neither
    /// loaded nor saved.
    #[must_use]
    pub fn file_limit(mut self, bytes: usize) -> Self {
        self.file_limit = bytes;
        self
    }

    /// The jar inside. `&` of this jar does as well where a `&CookieJar` is asked for.
    pub fn jar(&self) -> &CookieJar {
        &self.jar
    }

    /// The format.
    pub fn format(&self) -> &F {
        &self.format
    }

    /// The name of the file.
    pub fn path(&self) -> Option<&Path> {
        self.filename.as_deref()
    }

    fn remembered(&self) -> Result<&Path, FileError> {
        self.path().ok_or(FileError::NoFilename)
    }

    /// Whether a cookie is saved and loaded.
    fn wants(&self, cookie: &Cookie, now: i64) -> bool {
        self.choice.wants(cookie, now)
    }
}

impl<F> Deref for FileCookieJar<F> {
    type Target = CookieJar;

    fn deref(&self) -> &CookieJar {
        &self.jar
    }
}

impl<F> fmt::Debug for FileCookieJar<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileCookieJar")
            .field("jar", &self.jar)
            .field("filename", &self.filename)
            .finish_non_exhaustive()
    }
}
