//! Keeping what a save would lose: a file that could not be loaded whole is not gone when it is
//! saved over.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::{env, fs};

use super::{FileCookieJar, TARGET};
use crate::cookie::file::save::copy_beside;
use crate::cookie::file::{FileError, LoadReport};

/// The files from which a load has lost something, for all clones of a jar.
#[derive(Clone, Default)]
pub(super) struct Losses(Arc<Mutex<HashSet<PathBuf>>>);

impl Losses {
    /// Notes what a load of a file, or its failure, has lost. That there is no file loses nothing.
    pub(super) fn note(&self, path: &Path, outcome: &Result<LoadReport, FileError>) {
        let lossy = match outcome {
            Ok(report) => report.is_lossy(),
            Err(error) => !error.is_not_found(),
        };
        if lossy {
            self.files().insert(absolute(path))
        } else {
            self.files().remove(&absolute(path))
        };
    }

    fn has(&self, path: &Path) -> bool {
        self.files().contains(&absolute(path))
    }

    fn forget(&self, path: &Path) {
        self.files().remove(&absolute(path));
    }

    fn files(&self) -> MutexGuard<'_, HashSet<PathBuf>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<F> FileCookieJar<F> {
    /// Sets whether a save keeps the file that it replaces, as `cookies.txt.bak` beside it. Unless
    /// this is called, it does where this jar, or a clone of it, has loaded the file and lost
    /// something: lines that were skipped, cookies that were
    /// refused ([`LoadReport::is_lossy`]), or all of it because the load failed.
    ///
    /// The file is kept whole, and no line of it is carried into the new one: what could not be
    /// read has no place among what can, and may be of another encoding. An older backup is not
    /// replaced: the next is `cookies.txt.bak2`, up to a hundred of them.
    /// [`SaveReport::backup`](crate::cookie::SaveReport::backup) and the log tell its name.
    ///
    /// ```
    /// use clientcookie::cookie::MozillaCookieJar;
    ///
    /// # let folder = std::env::temp_dir().join(format!("clientcookie-doc-backup-{}", std::process::id()));
    /// # std::fs::create_dir_all(&folder)?;
    /// let file = folder.join("cookies.txt");
    /// std::fs::write(&file, "# Netscape HTTP Cookie File\nnonsense\n")?;
    /// let jar = MozillaCookieJar::new(&file);
    /// assert!(jar.load()?.is_lossy());
    /// assert_eq!(jar.save()?.backup, Some(folder.join("cookies.txt.bak")));
    /// assert!(std::fs::read_to_string(folder.join("cookies.txt.bak"))?.ends_with("nonsense\n"));
    /// assert_eq!(jar.save()?.backup, None);               // this one replaced what was saved here
    /// # std::fs::remove_dir_all(&folder)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn keep_backup(mut self, on: bool) -> Self {
        self.keep_backup = Some(on);
        self
    }

    /// Keeps the file at a path that is about to be replaced, if it is to be kept and there.
    pub(super) fn back_up(&self, path: &Path) -> Result<Option<PathBuf>, FileError> {
        if !self.keep_backup.unwrap_or_else(|| self.losses.has(path)) {
            return Ok(None);
        }
        match copy_beside(path) {
            Ok(backup) => {
                log::warn!(target: TARGET, "{} is kept as {}", path.display(), backup.display());
                Ok(Some(backup))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(FileError::io(Some(path), "kept as a backup", error)),
        }
    }

    /// The file is what was saved now.
    pub(super) fn forget_losses(&self, path: &Path) {
        self.losses.forget(path);
    }
}

/// One spelling for a file, whatever the program's folder is when it is named.
fn absolute(path: &Path) -> PathBuf {
    let whole = || fs::canonicalize(path).ok();
    whole().or_else(|| Some(env::current_dir().ok()?.join(path))).unwrap_or_else(|| path.to_owned())
}
