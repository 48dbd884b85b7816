//! A database whose last changes lie beside it, made whole: SQLite does that, in a private copy
//! that is gone at once.

use std::collections::hash_map::RandomState;
use std::fs::{self, DirBuilder, File};
use std::hash::{BuildHasher, Hasher};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::database::{self, sentence};
use super::snapshot::{Snapshot, beside};
use crate::cookie::file::{FileError, FormatError};
use crate::fresh_file::{self, Access};

/// Names that are tried for the folder. One is enough unless somebody guesses 64 random bits.
const ATTEMPTS: usize = 16;

/// With these eight bytes a journal begins, and ends if it names another file
/// (<https://www.sqlite.org/fileformat2.html>, section 3).
const JOURNAL_MAGIC: &[u8] = &[0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];

/// The bytes of the database of this name, with all that was committed to it. Nothing in its folder
/// is changed.
pub(super) fn image(path: &Path, limit: usize) -> Result<Vec<u8>, FileError> {
    let files = Snapshot::take(path, limit)?;
    if files.is_whole() { Ok(files.database) } else { fold(path, &files) }
}

/// The database with all that was committed, and nothing that was not. `path` is named in errors.
fn fold(path: &Path, files: &Snapshot) -> Result<Vec<u8>, FileError> {
    if files.journal.len() > JOURNAL_MAGIC.len() && files.journal.ends_with(JOURNAL_MAGIC) {
        // SQLite would look for the file that is named there, and might delete it.
        let reason = "it is in the midst of a change to several databases";
        return Err(FileError::format(Some(path), FormatError::new(reason)));
    }
    let failed = |error: io::Error| {
        let reason = format!("a private copy of it failed: {error}");
        FileError::io(Some(path), "read", io::Error::new(error.kind(), reason))
    };
    let folder = Folder::new().map_err(failed)?;
    let copy = folder.0.join("database");
    for (end, bytes) in [("", &files.database), ("-wal", &files.wal), ("-journal", &files.journal)] {
        folder.put(&beside(&copy, end), bytes).map_err(failed)?;
    }
    // Every page of it was in one of the files.
    let most = files.database.len() + files.wal.len() + files.journal.len();
    recover(&copy, most).map_err(|error| FileError::format(Some(path), FormatError::new(sentence(&error))))?;
    let mut whole = Vec::new();
    let most = u64::try_from(most).unwrap_or(u64::MAX);
    File::open(&copy).and_then(|file| file.take(most).read_to_end(&mut whole)).map_err(failed)?;
    Ok(whole)
}

/// Lets SQLite bring the changes in, as it does when it opens a database after a crash.
fn recover(copy: &Path, size: usize) -> rusqlite::Result<()> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(copy, flags)?;
    database::distrust(&mut connection, size)?;
    // No `-shm`, and no waiting for the disk: nobody else uses the copy, and it will be gone.
    let _: String = connection.query_row("PRAGMA locking_mode = EXCLUSIVE", [], |row| row.get(0))?;
    connection.execute_batch("PRAGMA synchronous = OFF")?;
    let _: i64 = connection.query_row("PRAGMA schema_version", [], |row| row.get(0))?;
    let _: String = connection.query_row("PRAGMA journal_mode = DELETE", [], |row| row.get(0))?;
    connection.close().map_err(|(_, error)| error)
}

/// A folder for its owner only, which is removed with all that is in it.
struct Folder(PathBuf);

impl Folder {
    fn new() -> io::Result<Self> {
        let mut builder = DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        let mut last = io::Error::from(io::ErrorKind::AlreadyExists);
        for _ in 0..ATTEMPTS {
            let name = format!("clientcookie-{:016x}", RandomState::new().build_hasher().finish());
            let path = std::env::temp_dir().join(name);
            // Fails if there is anything of that name, a link to elsewhere among it.
            match builder.create(&path) {
                Ok(()) => return Ok(Self(path)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => last = error,
                Err(error) => return Err(error),
            }
        }
        Err(last)
    }

    /// A new file, for its owner only as well.
    fn put(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let (mut file, _) = fresh_file::create(Access::Private, |_| self.0.join(path))?;
        file.write_all(bytes)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // The error that brought us here, if any, is the one to tell.
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_copy_is_its_owners_and_goes_away() {
        let folder = Folder::new().unwrap();
        let path = folder.0.clone();
        folder.put(Path::new("database"), b"secret").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(&path.join("database"))), (0o700, 0o600));
        assert!(folder.put(Path::new("database"), b"other").is_err(), "what is there is not written over");
        drop(folder);
        assert!(!path.exists());
    }
}
