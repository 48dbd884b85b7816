//! The files of a database that somebody else is using, as they are at one moment.
//!
//! SQLite itself could open the file read only. But in a folder with a `-wal` that leaves traces:
//! it writes to the `-shm`, creates it where it is missing, and leaves an empty `-wal` behind; and
//! a browser that keeps its store locked lets nobody in. Reading bytes does none of that, and waits
//! for nobody.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::clock::{Clock, SystemClock};
use crate::cookie::file::{FileError, check_size};

/// How often the files are read until two readings agree. A browser writes for some milliseconds at
/// a time.
const READINGS: usize = 20;

/// The pause before the next reading. With the readings: half a second, and the time of reading, at
/// most.
const PAUSE: Duration = Duration::from_millis(25);

/// A database, and what has been written but is not in it yet: by the next reader, SQLite brings it
/// in.
#[derive(PartialEq)]
pub(super) struct Snapshot {
    pub(super) database: Vec<u8>,
    /// The write-ahead log: newer pages.
    pub(super) wal: Vec<u8>,
    /// The rollback journal: older pages, of a change that is under way or was cut short.
    pub(super) journal: Vec<u8>,
}

impl Snapshot {
    /// The files as they were between two readings that agree: what a crash at that moment would
    /// have left, and SQLite is made for that. All together may have `limit` bytes.
    pub(super) fn take(path: &Path, limit: usize) -> Result<Self, FileError> {
        let failed = |error| FileError::io(Some(path), "read", error);
        // The other files lie where the database is, not where a link to it is.
        let database = fs::canonicalize(path).map_err(failed)?;
        if !fs::metadata(&database).map_err(failed)?.is_file() {
            // Opening a pipe would wait for its other end.
            return Err(failed(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file")));
        }
        agreed(&SystemClock, || Self::read(path, &database, limit))?.ok_or_else(|| {
            let reason = format!("it is being written to: {READINGS} readings in a row differ");
            failed(io::Error::new(io::ErrorKind::WouldBlock, reason))
        })
    }

    /// One reading. `path` is named in errors.
    fn read(path: &Path, database: &Path, limit: usize) -> Result<Self, FileError> {
        let mut size = 0;
        let mut read = |file: io::Result<File>| {
            let mut bytes = Vec::new();
            let most = u64::try_from(limit - size).unwrap_or(u64::MAX).saturating_add(1);
            let read = file.and_then(|file| file.take(most).read_to_end(&mut bytes));
            size += read.map_err(|error| FileError::io(Some(path), "read", error))?;
            check_size(size, Some(path), limit)?;
            Ok(bytes)
        };
        let mut read_if_any = |end| match File::open(beside(database, end)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            file => read(file),
        };
        let (journal, wal) = (read_if_any("-journal")?, read_if_any("-wal")?);
        Ok(Self { database: read(File::open(database))?, wal, journal })
    }

    /// Whether the database is all there is.
    pub(super) fn is_whole(&self) -> bool {
        self.wal.is_empty() && self.journal.is_empty()
    }
}

/// What two readings in a row agree upon.
fn agreed<T: PartialEq, E>(clock: &dyn Clock, mut reading: impl FnMut() -> Result<T, E>) -> Result<Option<T>, E> {
    let mut last = reading()?;
    for _ in 1..READINGS {
        let next = reading()?;
        if next == last {
            return Ok(Some(next));
        }
        last = next;
        clock.sleep(PAUSE);
    }
    Ok(None)
}

/// A file that SQLite keeps with a database.
pub(super) fn beside(database: &Path, end: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::FixedClock;

    #[test]
    fn two_readings_in_a_row_have_to_agree() {
        let (clock, endless) = (FixedClock::new(0), 0..);
        let taken = |readings: &mut dyn Iterator<Item = i32>| agreed(&clock, || readings.next().ok_or("read again"));
        assert_eq!(taken(&mut [7, 7].into_iter()), Ok(Some(7)));
        assert_eq!(taken(&mut [1, 2, 1, 3, 3].into_iter()), Ok(Some(3)));
        assert_eq!(taken(&mut endless.into_iter()), Ok(None));
        assert_eq!(taken(&mut [1].into_iter()), Err("read again"));
    }
}
