//! From a file, or any reader, into the jar.

use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use super::{FileCookieJar, TARGET};
use crate::cookie::Rejected;
use crate::cookie::file::{CookieFormat, FileError, LoadReport, Loaded, read_bytes};

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
        let path = path.as_ref();
        self.store(self.format.read_file(path, self.file_limit)?, Some(path), false)
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
        let path = path.as_ref();
        self.store(self.format.read_file(path, self.file_limit)?, Some(path), true)
    }

    /// Puts what was read into the jar, in one step; `instead` takes out what was there.
    fn store(&self, loaded: Loaded, path: Option<&Path>, instead: bool) -> Result<LoadReport, FileError> {
        let Loaded { cookies, skipped, skipped_lines } = loaded;
        let mut report = LoadReport { skipped, skipped_lines, ..LoadReport::default() };
        let (now, policy) = (self.jar.now(), self.jar.policy());
        let mut wanted = Vec::with_capacity(cookies.len());
        for cookie in cookies {
            if !self.wants(&cookie, now) {
                report.passed_over += 1;
            } else if let Err(refusal) = policy.storable(&cookie) {
                let name = cookie.name().into_owned();
                report.refused.push(Rejected { name, cookie: Some(cookie), refusal });
            } else {
                wanted.push(Arc::new(cookie));
            }
        }
        report.stored = wanted.len();
        self.jar.keep_all(wanted, instead).map_err(|error| FileError::store(path, error))?;
        for skipped in &report.skipped {
            log::debug!(target: TARGET, "cookie file, {skipped}");
        }
        Ok(report)
    }
}
