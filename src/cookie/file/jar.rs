//! A jar with a file.

use std::fmt;
use std::fs::File;
use std::io::{Read, Write};
use std::ops::Deref;
use std::path::{Path, PathBuf};

use super::{
    CookieFormat, FILE_LIMIT, FileError, FormatError, LoadReport, Loaded, LwpFormat, MozillaFormat, SaveReport,
    WriteFormat, lwp, save,
};
use crate::cookie::{Cookie, CookieJar, Rejected};

const TARGET: &str = "clientcookie::cookies";

/// A jar with a file of libwww-perl's format, which loses nothing.
pub type LwpCookieJar = FileCookieJar<LwpFormat>;

/// A jar with a `cookies.txt`, which many programs read and write.
pub type MozillaCookieJar = FileCookieJar<MozillaFormat>;

/// A [`CookieJar`] that is loaded from a file and saved to one, in the format `F`.
///
/// It is used like the jar it holds. Nothing is loaded or saved by itself, and a jar without a file name never touches
/// the disk.
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
///         for skipped in report?.skipped {
///             eprintln!("cookies.txt: {skipped}");
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
/// [`ignore_expires`](Self::ignore_expires) or [`ignore_discard`](Self::ignore_discard) says so. They are saved in the
/// order of domain, path and name. What is loaded counts as put in by the user: it is not judged as a server's cookie
/// is, and never evicted; but a cookie that could not be sent without damage is refused
/// ([`LoadReport::refused`]).
///
/// # How a file is saved
///
/// A new file is written beside the old one, readable by its owner only (0600), brought to the disk, and renamed. So
/// whoever looks sees the old file or the new one, and after any failure the old one is still there. A symbolic link,
/// a folder or a pipe is not replaced.
#[derive(Clone)]
pub struct FileCookieJar<F> {
    jar: CookieJar,
    format: F,
    filename: Option<PathBuf>,
    ignore_discard: bool,
    ignore_expires: bool,
    follow_symlinks: bool,
    file_limit: usize,
}

impl<F: Default> FileCookieJar<F> {
    /// An empty jar that remembers the name of its file. The file need not be there; it is not looked at.
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
        let (ignore_discard, ignore_expires, follow_symlinks) = (false, false, false);
        let (jar, filename, file_limit) = (CookieJar::new(), None, FILE_LIMIT);
        Self { jar, format, filename, ignore_discard, ignore_expires, follow_symlinks, file_limit }
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
        self.ignore_discard = on;
        self
    }

    /// Sets whether cookies that have expired are saved and loaded too. Off.
    #[must_use]
    pub fn ignore_expires(mut self, on: bool) -> Self {
        self.ignore_expires = on;
        self
    }

    /// Sets whether a symbolic link may be saved to: the file it leads to is replaced then, and the link stays. Off,
    /// since in a folder where others can write, they choose where a link leads.
    #[must_use]
    pub fn follow_symlinks(mut self, on: bool) -> Self {
        self.follow_symlinks = on;
        self
    }

    /// Sets how many bytes a file may have, [`FILE_LIMIT`] unless set. A larger one is neither loaded nor saved.
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
        (self.ignore_discard || !cookie.discard()) && (self.ignore_expires || !cookie.is_expired(now))
    }
}

/// Loading.
impl<F: CookieFormat> FileCookieJar<F> {
    /// Adds the cookies of the file to those in the jar; one with the same domain, path and name is replaced.
    ///
    /// # Errors
    /// There is no file name, or the file cannot be read, or it is not of the format. The jar is as it was.
    pub fn load(&self) -> Result<LoadReport, FileError> {
        self.load_file(self.remembered()?)
    }

    /// The same with the file of this name, which is not remembered.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn load_file(&self, path: impl AsRef<Path>) -> Result<LoadReport, FileError> {
        Ok(self.store(self.read_file(path.as_ref())?))
    }

    /// The same with what a reader gives.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn load_from(&self, reader: impl Read) -> Result<LoadReport, FileError> {
        Ok(self.store(self.read(reader, None)?))
    }

    /// Puts the cookies of the file in the place of those in the jar.
    ///
    /// # Errors
    /// As [`load`](Self::load): the jar is as it was.
    pub fn revert(&self) -> Result<LoadReport, FileError> {
        self.revert_file(self.remembered()?)
    }

    /// The same with the file of this name, which is not remembered.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn revert_file(&self, path: impl AsRef<Path>) -> Result<LoadReport, FileError> {
        let loaded = self.read_file(path.as_ref())?;
        self.jar.clear();
        Ok(self.store(loaded))
    }

    fn read_file(&self, path: &Path) -> Result<Loaded, FileError> {
        let file = File::open(path).map_err(|error| FileError::io(Some(path), "read", error))?;
        self.read(file, Some(path))
    }

    fn read(&self, reader: impl Read, path: Option<&Path>) -> Result<Loaded, FileError> {
        let mut bytes = Vec::new();
        let most = u64::try_from(self.file_limit).unwrap_or(u64::MAX).saturating_add(1);
        reader.take(most).read_to_end(&mut bytes).map_err(|error| FileError::io(path, "read", error))?;
        self.check_size(bytes.len(), path)?;
        self.format.read(&bytes).map_err(|error| FileError::format(path, error))
    }

    fn check_size(&self, size: usize, path: Option<&Path>) -> Result<(), FileError> {
        if size <= self.file_limit {
            return Ok(());
        }
        let reason = format!("the file would have more than {} bytes, which is its limit", self.file_limit);
        Err(FileError::format(path, FormatError::new(reason)))
    }

    fn store(&self, loaded: Loaded) -> LoadReport {
        let Loaded { cookies, skipped, skipped_lines } = loaded;
        let mut report = LoadReport { skipped, skipped_lines, ..LoadReport::default() };
        let now = self.jar.now();
        for cookie in cookies {
            if !self.wants(&cookie, now) {
                report.passed_over += 1;
                continue;
            }
            match self.jar.keep(cookie.clone()) {
                Ok(()) => report.stored += 1,
                Err(refusal) => {
                    let name = cookie.name().into_owned();
                    report.refused.push(Rejected { name, cookie: Some(cookie), refusal });
                }
            }
        }
        for skipped in &report.skipped {
            log::debug!(target: TARGET, "cookie file, {skipped}");
        }
        report
    }
}

/// Saving.
impl<F: WriteFormat> FileCookieJar<F> {
    /// Saves the cookies to the file, in the place of what it held.
    ///
    /// A cookie that the format cannot hold is not saved; [`SaveReport::left_out`] has it, and the log.
    ///
    /// # Errors
    /// There is no file name, or the file cannot be written, or it would be larger than its limit, or it is a link, a
    /// folder or a pipe. What was there is there still.
    pub fn save(&self) -> Result<SaveReport, FileError> {
        self.save_file(self.remembered()?)
    }

    /// The same with the file of this name, which is not remembered.
    ///
    /// # Errors
    /// As [`save`](Self::save).
    pub fn save_file(&self, path: impl AsRef<Path>) -> Result<SaveReport, FileError> {
        let path = path.as_ref();
        let (bytes, report) = self.written(Some(path))?;
        save::replace(path, &bytes, self.follow_symlinks)?;
        Ok(report)
    }

    /// Writes the same bytes to a writer.
    ///
    /// # Errors
    /// As [`save`](Self::save), but what the writer has taken before it failed is written.
    pub fn save_to(&self, mut writer: impl Write) -> Result<SaveReport, FileError> {
        let (bytes, report) = self.written(None)?;
        let written = writer.write_all(&bytes).and_then(|()| writer.flush());
        written.map_err(|error| FileError::io(None, "written", error))?;
        Ok(report)
    }

    fn written(&self, path: Option<&Path>) -> Result<(Vec<u8>, SaveReport), FileError> {
        let now = self.jar.now();
        let all = sorted(&self.jar);
        let cookies: Vec<Cookie> = all.iter().filter(|cookie| self.wants(cookie, now)).cloned().collect();
        let written = self.format.write(&cookies).map_err(|error| FileError::format(path, error))?;
        self.check_size(written.bytes.len(), path)?;
        for left_out in &written.left_out {
            let (name, reason) = (left_out.cookie.name_bytes().escape_ascii(), left_out.reason);
            log::warn!(target: TARGET, "cookie {name} not saved: {reason}");
        }
        let (saved, passed_over) = (cookies.len() - written.left_out.len(), all.len() - cookies.len());
        Ok((written.bytes, SaveReport { saved, passed_over, left_out: written.left_out }))
    }
}

impl LwpCookieJar {
    /// All cookies, expired and session cookies among them, as lines of an LWP file without its first line.
    ///
    /// ```
    /// use clientcookie::cookie::{Cookie, LwpCookieJar};
    ///
    /// let jar = LwpCookieJar::without_filename();
    /// jar.set_cookie(Cookie::new("sid", "31d4", "example.com"));
    /// let expected = "Set-Cookie3: sid=31d4; path=\"/\"; domain=\"example.com\"; discard; version=0\n";
    /// assert_eq!(jar.as_lwp_str(), expected);
    /// ```
    pub fn as_lwp_str(&self) -> String {
        let lines = sorted(&self.jar).into_iter().map(|cookie| lwp::plain_line(&cookie));
        // Bytes that are not UTF-8 are escaped, so nothing is lost.
        lines.map(|line| String::from_utf8_lossy(&line).into_owned() + "\n").collect()
    }
}

/// By domain, path and name, so that two saves of the same cookies are the same file.
fn sorted(jar: &CookieJar) -> Vec<Cookie> {
    let mut cookies: Vec<Cookie> = jar.iter().collect();
    cookies.sort_by(|one, other| key(one).cmp(&key(other)));
    cookies
}

fn key(cookie: &Cookie) -> [&[u8]; 3] {
    [cookie.domain().as_bytes(), cookie.path_bytes(), cookie.name_bytes()]
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
