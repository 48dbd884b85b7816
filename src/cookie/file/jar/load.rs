//! From a file, or any reader, into the jar.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use super::{FileCookieJar, TARGET};
use crate::cookie::Rejected;
use crate::cookie::file::{CookieFormat, FileError, LoadReport, Loaded};

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

    fn store(&self, loaded: Loaded) -> LoadReport {
        let Loaded { cookies, skipped, skipped_lines } = loaded;
        let mut report = LoadReport { skipped, skipped_lines, ..LoadReport::default() };
        let now = self.jar.now();
        for cookie in cookies {
            if !self.wants(&cookie, now) {
                report.passed_over += 1;
                continue;
            }
            let cookie = Arc::new(cookie);
            match self.jar.keep(Arc::clone(&cookie)) {
                Ok(()) => report.stored += 1,
                Err(refusal) => {
                    let name = cookie.name().into_owned();
                    let cookie = Some(Arc::unwrap_or_clone(cookie));
                    report.refused.push(Rejected { name, cookie, refusal });
                }
            }
        }
        for skipped in &report.skipped {
            log::debug!(target: TARGET, "cookie file, {skipped}");
        }
        report
    }
}
