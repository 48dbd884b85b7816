//! From a file, or any reader, into the jar.

use std::io::Read;
use std::mem;
use std::path::Path;
use std::sync::Arc;

use super::{Choice, FileCookieJar, TARGET};
use crate::cookie::file::{CookieFormat, FileError, LoadReport, Loaded, file_bytes, read_bytes};
use crate::cookie::jar::admit;
use crate::cookie::{Cookie, CookieJar, Rejected};

/// Loading.
impl<F: CookieFormat> FileCookieJar<F> {
    /// Adds the cookies of the file to those in the jar; one with the same domain, path and name is
    /// replaced.
    ///
    /// # Errors
    /// There is no file name, or the file cannot be read, or it is not of the format. The jar is as
    /// it was.
    pub fn load(&self) -> Result<LoadReport, FileError> {
        self.load_file(self.remembered()?)
    }

    /// The same with the file of this name, which is not remembered.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn load_file(&self, path: impl AsRef<Path>) -> Result<LoadReport, FileError> {
        self.noting_losses(path.as_ref(), |path| self.store(self.read_file(path)?, Some(path), false))
    }

    /// The same with what a reader gives.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn load_from(&self, reader: impl Read) -> Result<LoadReport, FileError> {
        let bytes = read_bytes(reader, 0, None, self.file_limit)?;
        let loaded = self.format.read(&bytes).map_err(|error| FileError::format(None, error))?;
        self.store(loaded, None, false)
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
        self.noting_losses(path.as_ref(), |path| self.store(self.read_file(path)?, Some(path), true))
    }

    /// The same as [`load_file`](Self::load_file) with the bytes of the file alone, and no other
    /// file beside it.
    pub(super) fn load_as_text(&self, path: &Path) -> Result<LoadReport, FileError> {
        let loaded = self.format.read(&file_bytes(path, self.file_limit)?);
        self.store(loaded.map_err(|error| FileError::format(Some(path), error))?, Some(path), false)
    }

    fn noting_losses(
        &self,
        path: &Path,
        load: impl Fn(&Path) -> Result<LoadReport, FileError>,
    ) -> Result<LoadReport, FileError> {
        let outcome = load(path);
        self.losses.note(path, &outcome);
        outcome
    }

    fn read_file(&self, path: &Path) -> Result<Loaded, FileError> {
        match self.delayed {
            Some(_) => self.format.read_file_later(path, self.file_limit),
            None => self.format.read_file(path, self.file_limit),
        }
    }

    /// Puts what was read into the jar, in one step; `instead` takes out what was there.
    fn store(&self, mut loaded: Loaded, path: Option<&Path>, instead: bool) -> Result<LoadReport, FileError> {
        let later = mem::take(&mut loaded.later);
        let (wanted, mut report) = select(loaded, &self.jar, self.choice);
        self.jar.keep_all(wanted, instead).map_err(|error| FileError::store(path, error))?;
        if let Some(delayed) = &self.delayed {
            report.later = later.len();
            delayed.add(later, self.choice);
        }
        Ok(report)
    }
}

/// The cookies that are wanted and could be sent, and what became of all others.
pub(super) fn select(loaded: Loaded, jar: &CookieJar, choice: Choice) -> (Vec<Arc<Cookie>>, LoadReport) {
    let Loaded { cookies, skipped, skipped_lines, odd, kind, .. } = loaded;
    let mut report = LoadReport { skipped, skipped_lines, odd, kind, ..LoadReport::default() };
    let (now, policy) = (jar.now(), jar.policy());
    let mut wanted = Vec::with_capacity(cookies.len());
    for mut cookie in cookies {
        if !choice.wants(&cookie, now) {
            report.passed_over += 1;
            continue;
        }
        match admit(&mut cookie, &*policy) {
            Ok(()) => wanted.push(Arc::new(cookie)),
            Err(refusal) => {
                let name = cookie.name().into_owned();
                report.refused.push(Rejected { name, cookie: Some(cookie), refusal });
            }
        }
    }
    report.stored = wanted.len();
    for problem in report.problems() {
        log::warn!(target: TARGET, "cookie file: {problem}");
    }
    (wanted, report)
}
