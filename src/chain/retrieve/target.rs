//! [`Download`]: the file that a body is written into, until it is what it is to be.

use std::env;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use url::Url;

use super::content_range::ContentRange;
use super::names::{failed, with_affixes};
use super::own_file::{self, OwnFile};
use super::part::{Part, remove_info};
use crate::fresh_file::{self, Access};
use crate::message::error::{ErrorKind, Result};

/// A file that is being written. Dropped before it is finished, it is removed, unless it is a part
/// to go on with.
pub(super) struct Download {
    file: OwnFile,
    /// Where the bytes are.
    path: PathBuf,
    /// What it is renamed to when it is whole.
    target: Option<PathBuf>,
    /// What says of a part what it is a part of.
    info: Option<PathBuf>,
    written: u64,
    /// How much of that was there before, and stays whatever comes.
    start: u64,
    /// Where the bytes of this answer end, where the server says it.
    end: Option<u64>,
    /// How long the file is to be, where the server says it.
    whole: Option<u64>,
    removed_on_failure: bool,
}

/// Where a file has come to rest, and whether it goes when nobody needs it.
pub(super) struct Landed {
    pub(super) path: PathBuf,
    pub(super) temporary: bool,
}

impl Download {
    /// A new file in the system's folder for temporary ones.
    pub(super) fn temporary(extension: &str) -> Result<Self> {
        let folder = env::temp_dir();
        let named = |random: &str| folder.join(format!("clientcookie-{random}{extension}"));
        let (file, path) = fresh_file::create(Access::Private, named).map_err(|error| failed(&folder, &error))?;
        Ok(Self::new(OwnFile::unlocked(file), path, None))
    }

    /// A new file in the folder of the target, since only within a file system is a rename one
    /// step.
    pub(super) fn beside(target: &Path) -> Result<Self> {
        let named = |random: &str| with_affixes(target, ".", &format!(".{random}.part"));
        let (file, path) = fresh_file::create(Access::Usual, named).map_err(|error| failed(target, &error))?;
        Ok(Self::new(OwnFile::unlocked(file), path, Some(target.to_owned())))
    }

    /// A part of the target, of which so many bytes are there already. It is kept for the next time
    /// when it does not become whole.
    pub(super) fn part(part: Part, target: &Path, start: u64) -> Self {
        let Part { file, path, info } = part;
        let mut download = Self::new(file, path, Some(target.to_owned()));
        (download.info, download.removed_on_failure) = (Some(info), false);
        (download.written, download.start) = (start, start);
        download
    }

    fn new(file: OwnFile, path: PathBuf, target: Option<PathBuf>) -> Self {
        let (written, start, end, whole) = (0, 0, None, None);
        Self { file, path, target, info: None, written, start, end, whole, removed_on_failure: true }
    }

    /// The first bytes are those of another file.
    pub(super) fn copy_from(&mut self, file: &mut File, length: u64) -> Result<()> {
        let copied = io::copy(&mut file.take(length), &mut &*self.file);
        self.written += copied.map_err(|error| failed(&self.path, &error))?;
        match self.written == length {
            true => Ok(()),
            false => Err(failed(&self.path, &io::Error::other("what is to be gone on with became shorter meanwhile"))),
        }
    }

    /// This part of the whole is coming.
    pub(super) fn expect(&mut self, part: ContentRange) {
        (self.end, self.whole) = (Some(part.end), Some(part.whole));
    }

    /// So many bytes are coming, and that is all.
    pub(super) fn expect_all(&mut self, length: Option<u64>) {
        if self.whole.is_none() {
            (self.end, self.whole) = (length, length);
        }
    }

    /// How long it is to be, where the server says it.
    pub(super) fn whole(&self) -> Option<u64> {
        self.whole
    }

    /// How many bytes are in it.
    pub(super) fn written(&self) -> u64 {
        self.written
    }

    /// # Errors
    /// [`ErrorKind::BadResponse`] when there are more of them than were announced, and what the
    /// disk says.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<()> {
        let written = self.written + bytes.len() as u64;
        if self.end.is_some_and(|end| written > end) {
            let reason = "the body is longer than the server announced".to_owned();
            return Err(ErrorKind::BadResponse { reason }.into());
        }
        (&*self.file).write_all(bytes).map_err(|error| failed(self.target.as_ref().unwrap_or(&self.path), &error))?;
        self.written = written;
        Ok(())
    }

    /// It is whole: takes the target's place.
    ///
    /// # Errors
    /// When somebody else who may write to the folder has put something in the place of this file
    /// or of the target. The target is looked at before and after: nothing but this file was
    /// there when this returns `Ok`.
    pub(super) fn finish(mut self) -> Result<Landed> {
        let Some(target) = self.target.take() else {
            self.must_be_at(&self.path)?;
            return Ok(self.leave(true));
        };
        check(&target)?;
        self.must_be_at(&self.path)?;
        // Left behind, it would be of no use, and of no harm.
        let _ = self.info.take().as_deref().map(remove_info);
        fs::rename(&self.path, &target).map_err(|error| failed(&target, &error))?;
        self.must_be_at(&target)?;
        self.path = target;
        Ok(self.leave(false))
    }

    /// It will not become whole: stays as it is.
    pub(super) fn give_up(self) -> Landed {
        let temporary = self.removed_on_failure;
        self.leave(temporary)
    }

    /// What came cannot be trusted: goes back to what was there before, so that no later download
    /// believes it.
    pub(super) fn take_back(mut self) {
        if self.removed_on_failure {
            return;
        }
        match self.file.set_len(self.start) {
            Ok(()) => self.written = self.start,
            // Then nothing of it may stay.
            Err(_) => self.written = 0,
        }
    }

    fn must_be_at(&self, path: &Path) -> Result<()> {
        match own_file::is_at(&self.file, path) {
            Ok(true) => Ok(()),
            Ok(false) => Err(failed(path, &own_file::replaced())),
            Err(error) => Err(failed(path, &error)),
        }
    }

    fn leave(mut self, temporary: bool) -> Landed {
        self.removed_on_failure = false;
        self.info = None;
        Landed { path: std::mem::take(&mut self.path), temporary }
    }
}

impl Drop for Download {
    fn drop(&mut self) {
        // A part of nothing is of no use.
        let is_empty = self.info.is_some() && self.written == 0;
        let is_there = || own_file::is_at(&self.file, &self.path).unwrap_or(false);
        if (self.removed_on_failure || is_empty) && is_there() {
            // The error that brought us here is the one to tell.
            let _ = self.info.as_deref().map(remove_info);
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Whether a file may be put there: in the place of a file, or of nothing. Not of a link, which
/// somebody else may have laid, and not of a folder, a pipe or a device.
pub(super) fn check(path: &Path) -> Result<()> {
    let refuse = |reason: &str| Err(failed(path, &io::Error::new(io::ErrorKind::InvalidInput, reason)));
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_file() => Ok(()),
        Ok(metadata) if metadata.is_symlink() => refuse("it is a symbolic link, which is not followed"),
        Ok(metadata) if metadata.is_dir() => refuse("it is a folder"),
        Ok(_) => refuse("it is a pipe or a device, which is not replaced"),
        Err(error) if error.kind() == io::ErrorKind::NotFound && path.file_name().is_some() => Ok(()),
        Err(error) => Err(failed(path, &error)),
    }
}

/// The extension of the URL's last segment with its dot, if it is one that no system takes for
/// anything else: the name of a temporary file tells nothing more of where it came from.
pub(super) fn extension(url: &Url) -> String {
    let name = url.path().rsplit('/').next().unwrap_or_default();
    match name.rsplit_once('.') {
        Some((stem, extension))
            if !stem.is_empty()
                && (1..=8).contains(&extension.len())
                && extension.bytes().all(|byte| byte.is_ascii_alphanumeric()) =>
        {
            format!(".{extension}")
        }
        _ => String::new(),
    }
}
