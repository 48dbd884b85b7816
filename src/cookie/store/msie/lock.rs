//! The lock between processes: a file beside the index, which is never replaced as the index is.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::clock::{Clock, SystemClock, monotonic};
use crate::cookie::FileError;
use crate::cookie::file::msie::time;
use crate::fresh_file::{self, Access};

/// Between two looks at a lock.
const PAUSE: Duration = Duration::from_millis(2);

/// Who else may have the lock.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum With {
    Readers,
    Nobody,
}

/// Takes the lock of an index, which is given back when the file is dropped.
pub(super) fn lock(index: &Path, with: With, patience: Duration) -> Result<File, FileError> {
    let mut path = index.as_os_str().to_owned();
    path.push(".lock");
    let path = PathBuf::from(path);
    let failed = |error| FileError::io(Some(&path), "opened", error);
    let file = open(&path).map_err(failed)?;
    let begun = monotonic();
    loop {
        let answer = match with {
            With::Readers => file.try_lock_shared(),
            With::Nobody => file.try_lock(),
        };
        match answer {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if begun.elapsed() < patience => SystemClock.sleep(PAUSE),
            Err(TryLockError::WouldBlock) => {
                let what = format!("another program has locked it, and did not let go in {patience:?}");
                return Err(failed(io::Error::new(io::ErrorKind::TimedOut, what)));
            }
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
    }
}

/// What time it is by the clock of the file system, as a FILETIME: that at which something was
/// written into the locked file.
pub(super) fn time_of(mut locked: &File) -> io::Result<u64> {
    locked.write_all(b"\n")?;
    time::modified(&locked.metadata()?)
}

/// The file, which is made if it is not there. It stays: who removed it would let two in at once.
fn open(path: &Path) -> io::Result<File> {
    match path.symlink_metadata() {
        Ok(found) if found.is_file() => OpenOptions::new().write(true).open(path),
        Ok(_) => Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            match fresh_file::create(Access::Private, |_| path.to_owned()) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => OpenOptions::new().write(true).open(path),
                made => made.map(|(file, _)| file),
            }
        }
        Err(error) => Err(error),
    }
}
