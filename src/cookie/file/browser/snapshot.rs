//! The files of a database that somebody else is using, as they are at one moment.
//!
//! SQLite itself could open the file read only. But in a folder with a `-wal` that leaves traces: it writes to the
//! `-shm`, creates it where it is missing, and leaves an empty `-wal` behind; and a browser that keeps its store locked
//! lets nobody in. Reading bytes does none of that, and waits for nobody.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::fold::fold;
use crate::clock::{Clock, SystemClock};
use crate::cookie::file::{FileError, check_size, read_bytes};

/// How often the files are read until two readings agree. A browser writes for some milliseconds at a time.
const READINGS: usize = 20;

/// The pause before the next reading. With the readings: half a second, and the time of reading, at most.
const PAUSE: Duration = Duration::from_millis(25);

/// A database, and what has been written but is not in it yet: by the next reader, SQLite brings it in.
#[derive(PartialEq)]
pub(super) struct Snapshot {
    pub(super) database: Vec<u8>,
    /// The write-ahead log: newer pages.
    pub(super) wal: Vec<u8>,
    /// The rollback journal: older pages, of a change that is under way or was cut short.
    pub(super) journal: Vec<u8>,
}

/// The bytes of the database of this name, with all that was committed to it. Nothing in its folder is changed.
pub(super) fn image(path: &Path, limit: usize) -> Result<Vec<u8>, FileError> {
    let files = Snapshot::take(path, limit)?;
    if files.is_whole() { Ok(files.database) } else { fold(path, &files) }
}

impl Snapshot {
    /// The files as they were between two readings that agree: what a crash at that moment would have left, and SQLite
    /// is made for that. All together may have `limit` bytes.
    pub(super) fn take(path: &Path, limit: usize) -> Result<Self, FileError> {
        let failed = |error| FileError::io(Some(path), "read", error);
        // The other files lie where the database is, not where a link to it is.
        let database = fs::canonicalize(path).map_err(failed)?;
        if !fs::metadata(&database).map_err(failed)?.is_file() {
            // Opening a pipe would wait for its other end.
            return Err(failed(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file")));
        }
        let mut last = Self::read(path, &database, limit)?;
        for _ in 1..READINGS {
            let next = Self::read(path, &database, limit)?;
            if next == last {
                return Ok(next);
            }
            last = next;
            SystemClock.sleep(PAUSE);
        }
        let reason = format!("it is being written to: {READINGS} readings in a row differ");
        Err(failed(io::Error::new(io::ErrorKind::WouldBlock, reason)))
    }

    fn read(path: &Path, database: &Path, limit: usize) -> Result<Self, FileError> {
        let mut left = limit;
        let mut read = |file: &Path, may_be_missing: bool| {
            let bytes = match File::open(file) {
                Err(error) if may_be_missing && error.kind() == io::ErrorKind::NotFound => Vec::new(),
                // One more than is left, so that the limit is named whole below.
                file => {
                    let file = file.map_err(|error| FileError::io(Some(path), "read", error))?;
                    read_bytes(file, Some(path), left).or_else(|error| {
                        check_size(usize::MAX, Some(path), limit)?;
                        Err(error)
                    })?
                }
            };
            left -= bytes.len();
            Ok(bytes)
        };
        let journal = read(&beside(database, "-journal"), true)?;
        let wal = read(&beside(database, "-wal"), true)?;
        Ok(Self { database: read(database, false)?, wal, journal })
    }

    /// Whether the database is all there is.
    pub(super) fn is_whole(&self) -> bool {
        self.wal.is_empty() && self.journal.is_empty()
    }
}

/// A file that SQLite keeps with a database.
pub(super) fn beside(database: &Path, end: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}
