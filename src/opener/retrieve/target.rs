//! [`Download`]: the file that a body is written into, until it is what it is to be.

use std::env;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use url::Url;

use crate::error::{ErrorKind, Result};
use crate::fresh_file::{self, Access};

/// A file that is being written. Dropped before it is finished, it is removed, unless it is a part to go on with.
pub(super) struct Download {
    file: File,
    /// Where the bytes are.
    path: PathBuf,
    /// What it is renamed to when it is whole.
    target: Option<PathBuf>,
    /// What says of a part what it is a part of.
    info: Option<PathBuf>,
    written: u64,
    /// How long it is to be, where that is known before its body says so.
    end: Option<u64>,
    removed_on_failure: bool,
}

/// Where a file has come to rest, and whether it goes when nobody needs it.
pub(super) struct Landed {
    pub(super) path: PathBuf,
    pub(super) temporary: bool,
}

impl Download {
    /// A new file in the system's folder for temporary ones.
    pub(super) fn temporary(extension: &str) -> Result<Download> {
        let folder = env::temp_dir();
        let named = |random: &str| folder.join(format!("clientcookie-{random}{extension}"));
        let (file, path) = fresh_file::create(Access::Private, named).map_err(|error| failed(&folder, &error))?;
        Ok(Download { file, path, target: None, info: None, written: 0, end: None, removed_on_failure: true })
    }

    /// A new file in the folder of the target, since only within a file system is a rename one step.
    pub(super) fn beside(target: &Path) -> Result<Download> {
        let named = |random: &str| with_affixes(target, ".", &format!(".{random}.part"));
        let (file, path) = fresh_file::create(Access::Usual, named).map_err(|error| failed(target, &error))?;
        let target = Some(target.to_owned());
        Ok(Download { file, path, target, info: None, written: 0, end: None, removed_on_failure: true })
    }

    /// A part of the target: a new one, or one that is there already, of which `written` bytes are kept and which is to
    /// have `end`. It is kept for the next time when it does not become whole.
    pub(super) fn part(
        file: File,
        written: u64,
        end: Option<u64>,
        path: PathBuf,
        target: &Path,
        info: PathBuf,
    ) -> Download {
        let (target, info) = (Some(target.to_owned()), Some(info));
        Download { file, path, target, info, written, end, removed_on_failure: false }
    }

    /// How long it is to be, where that is known before its body says so.
    pub(super) fn end(&self) -> Option<u64> {
        self.end
    }

    /// How many bytes are in it.
    pub(super) fn written(&self) -> u64 {
        self.written
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.file.write_all(bytes).map_err(|error| failed(self.target.as_ref().unwrap_or(&self.path), &error))?;
        self.written += bytes.len() as u64;
        Ok(())
    }

    /// It is whole: takes the target's place.
    pub(super) fn finish(mut self) -> Result<Landed> {
        let Some(target) = self.target.take() else {
            return Ok(self.leave(true));
        };
        check(&target)?;
        fs::rename(&self.path, &target).map_err(|error| failed(&target, &error))?;
        if let Some(info) = &self.info {
            // What it was about is gone, so it would be of no use, and of no harm.
            let _ = fs::remove_file(info);
        }
        self.path = target;
        Ok(self.leave(false))
    }

    /// It will not become whole: stays as it is.
    pub(super) fn give_up(self) -> Result<Landed> {
        let temporary = self.removed_on_failure;
        Ok(self.leave(temporary))
    }

    fn leave(mut self, temporary: bool) -> Landed {
        self.removed_on_failure = false;
        Landed { path: std::mem::take(&mut self.path), temporary }
    }
}

impl Drop for Download {
    fn drop(&mut self) {
        if self.removed_on_failure {
            // The error that brought us here is the one to tell.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Whether a file may be put there: in the place of a file, or of nothing. Not of a link, which somebody else may have
/// laid, and not of a folder, a pipe or a device.
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

/// The extension of the URL's last segment with its dot, if it is one that no system takes for anything else: the name
/// of a temporary file tells nothing more of where it came from.
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

/// The path with something before its file name and something behind it.
pub(super) fn with_affixes(path: &Path, before: &str, behind: &str) -> PathBuf {
    let mut name = OsString::from(before);
    name.push(path.file_name().unwrap_or_default());
    name.push(behind);
    path.with_file_name(name)
}

/// An error of the disk, which says of which file.
pub(super) fn failed(path: &Path, error: &io::Error) -> crate::error::Error {
    let name = path.to_string_lossy();
    ErrorKind::Io(io::Error::new(error.kind(), format!("the file {name:?} cannot be written: {error}"))).into()
}
