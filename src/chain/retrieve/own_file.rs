//! Files that this user alone writes to, whoever else may write to their folder.
//!
//! What is said of a file here is said of the open one: a name can be another file's a moment
//! later.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::ops::Deref;
use std::path::Path;

/// What is to be done with a file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum For {
    Reading,
    /// Reading and writing.
    Writing,
}

/// Opens a file that is there: no link is followed, no pipe waited for.
///
/// # Errors
/// When it is not [this user's own](check), or the system does not open it.
pub(super) fn open(path: &Path, purpose: For) -> io::Result<Option<File>> {
    let mut options = OpenOptions::new();
    options.read(true).write(purpose == For::Writing);
    without_following(&mut options);
    match options.open(path) {
        Ok(file) => check(&file).map(|()| Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        // The systems say it in several ways, and in none that is understood.
        Err(_) if fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink()) => Err(no_link()),
        Err(error) => Err(error),
    }
}

/// Whether it is a regular file of one name, which this user owns and nobody else may write to.
/// Windows tells only whether it is a regular file.
pub(super) fn check(file: &File) -> io::Result<()> {
    let metadata = file.metadata()?;
    if metadata.is_symlink() {
        return Err(no_link());
    }
    if !metadata.is_file() {
        return Err(refused("it is no regular file"));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        if metadata.uid() != rustix::process::geteuid().as_raw() {
            return Err(refused("it belongs to another user"));
        }
        if metadata.mode() & 0o022 != 0 {
            return Err(refused("others may write to it"));
        }
        if metadata.nlink() > 1 {
            return Err(refused("it has another name as well (a hard link)"));
        }
    }
    Ok(())
}

/// A file that is written to: locked, if it is one that others look for.
pub(super) struct OwnFile(File);

impl OwnFile {
    /// One that nobody looks for.
    pub(super) fn unlocked(file: File) -> Self {
        Self(file)
    }
}

impl Deref for OwnFile {
    type Target = File;

    fn deref(&self) -> &File {
        &self.0
    }
}

impl Drop for OwnFile {
    fn drop(&mut self) {
        // Closing it would not do at once where another thread starts a program: that holds it
        // until it runs.
        let _ = self.0.unlock();
    }
}

/// Keeps other programs that ask off this file, until it is dropped. A file system without locks
/// keeps nobody off.
///
/// # Errors
/// When another program, or another download of this one, has the lock.
pub(super) fn lock(file: File) -> io::Result<OwnFile> {
    match file.try_lock() {
        Ok(()) => Ok(OwnFile(file)),
        Err(TryLockError::WouldBlock) => {
            let reason = "another download to it is under way";
            Err(io::Error::new(io::ErrorKind::ResourceBusy, reason))
        }
        Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => Ok(OwnFile(file)),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Whether this name is that of this file, and not that of a link or of another file that somebody
/// put in its place.
pub(super) fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    let (own, there) = match (file.metadata(), fs::symlink_metadata(path)) {
        (Ok(own), Ok(there)) => (own, there),
        (Ok(_), Err(error)) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        (Err(error), _) | (_, Err(error)) => return Err(error),
    };
    Ok(there.is_file() && is_same(&own, &there))
}

/// The error where a file is not in its place any more.
pub(super) fn replaced() -> io::Error {
    refused("somebody put something else in its place meanwhile")
}

#[cfg(unix)]
fn is_same(one: &fs::Metadata, other: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// There is no stable way to a file's number there; two files of one length made in the same 100 ns
/// are rare.
#[cfg(not(unix))]
fn is_same(one: &fs::Metadata, other: &fs::Metadata) -> bool {
    one.len() == other.len() && one.created().ok() == other.created().ok()
}

#[cfg(unix)]
fn without_following(options: &mut OpenOptions) {
    use rustix::fs::OFlags;
    use std::os::unix::fs::OpenOptionsExt;
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
    // The standard library takes what the system's header says, which is an `int` everywhere.
    options.custom_flags(flags.bits() as i32);
}

#[cfg(windows)]
fn without_following(options: &mut OpenOptions) {
    /// `FILE_FLAG_OPEN_REPARSE_POINT`: the link itself, which is then refused as no regular file.
    const OPEN_REPARSE_POINT: u32 = 0x0020_0000;
    std::os::windows::fs::OpenOptionsExt::custom_flags(options, OPEN_REPARSE_POINT);
}

#[cfg(not(any(unix, windows)))]
fn without_following(_: &mut OpenOptions) {}

fn no_link() -> io::Error {
    refused("it is a symbolic link, which is not followed")
}

fn refused(reason: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, reason)
}
