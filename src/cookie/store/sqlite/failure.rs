//! What SQLite says, as a sentence that names the file.

use std::error::Error;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::ErrorCode;

use crate::cookie::StoreError;

/// Why the database did not do what it was asked to. It tells nothing of what is in it.
#[derive(Debug)]
pub(super) struct Failure {
    /// The file, unless whoever tells of this names it already.
    path: Option<PathBuf>,
    /// How long others were waited for.
    patience: Duration,
    source: rusqlite::Error,
}

impl Failure {
    pub(super) fn nameless(patience: Duration, source: rusqlite::Error) -> StoreError {
        StoreError::new(Self { path: None, patience, source })
    }

    pub(super) fn of(path: &Path, patience: Duration, source: rusqlite::Error) -> StoreError {
        StoreError::new(Self { path: Some(path.to_owned()), patience, source })
    }
}

/// Whether another connection has what this one wants.
pub(super) fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(path) = &self.path {
            // A name may hold anything, and this may be printed on a terminal.
            write!(f, "{}: ", path.to_string_lossy().escape_debug())?;
        }
        let said = &self.source;
        match said.sqlite_error_code() {
            _ if is_busy(said) => {
                write!(f, "another connection has locked the database, and did not let go in {:?}", self.patience)
            }
            Some(ErrorCode::NotADatabase) => f.write_str("this is not an SQLite database"),
            Some(ErrorCode::DatabaseCorrupt) => write!(f, "the database is damaged: {said}"),
            _ => write!(f, "the database says: {said}"),
        }
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.source)
    }
}
