//! Opening the database, and making it if there is none.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use url::Url;

use super::failure::{Failure, is_busy};
use super::statements::{self, APPLICATION_ID, SCHEMA, VERSION};
use crate::clock::{Clock, SystemClock, monotonic};
use crate::cookie::file::create_private;
use crate::cookie::{FileError, FormatError};

/// More than there are statements, each of which is prepared once.
const STATEMENTS: usize = 32;

/// Between two looks at a lock that SQLite does not wait for.
const PAUSE: Duration = Duration::from_millis(5);

/// A database that is ours.
pub(super) struct Opened {
    /// The file, by a name that stays right when the working directory changes.
    pub(super) path: PathBuf,
    pub(super) writer: Connection,
    /// Reads while the writer waits for the disk.
    pub(super) reader: Connection,
}

/// What a database says that it is.
enum Found {
    /// Nothing yet: it has no table.
    Blank,
    Ours,
    Other(FormatError),
}

/// Opens the database, or makes it if there is no such file, or an empty one.
pub(super) fn open(path: &Path, patience: Duration) -> Result<Opened, FileError> {
    let path = &regular_file(path)?;
    // Only looks, since to open a database may be to change it: what a program left behind when it
    // was killed is brought in order. What cannot be read so, because somebody writes at the
    // moment, is looked at again below.
    if let Ok(Found::Other(error)) = look(path) {
        return Err(FileError::format(Some(path), error));
    }
    let failed = |error| FileError::store(Some(path), Failure::nameless(patience, error));
    let mut writer = connect(path, patience).map_err(failed)?;
    if writer.is_readonly("main").map_err(failed)? {
        return Err(FileError::io(Some(path), "written", io::ErrorKind::PermissionDenied.into()));
    }
    if let Found::Other(error) = settle(&mut writer).map_err(failed)? {
        return Err(FileError::format(Some(path), error));
    }
    if !keep_log(&writer, patience).map_err(failed)? {
        let reason = "this lies where SQLite can keep no write-ahead log, which takes memory that processes share";
        return Err(FileError::format(Some(path), FormatError::new(reason)));
    }
    let reader = connect(path, patience).map_err(failed)?;
    ready(&writer, &reader).map_err(failed)?;
    Ok(Opened { path: path.clone(), writer, reader })
}

/// The name without symbolic links, of a file that is there, if only since now.
fn regular_file(path: &Path) -> Result<PathBuf, FileError> {
    let failed = |error| FileError::io(Some(path), "opened", error);
    let name = path.file_name().ok_or_else(|| FileError::NotAFile { path: path.to_owned() })?;
    let folder = path.parent().filter(|folder| *folder != OsStr::new("")).unwrap_or(Path::new("."));
    let target = fs::canonicalize(folder).map_err(failed)?.join(name);
    match fs::symlink_metadata(&target) {
        Ok(metadata) if metadata.is_symlink() => Err(FileError::Symlink { path: path.to_owned() }),
        Ok(metadata) if metadata.is_file() => Ok(target),
        Ok(_) => Err(FileError::NotAFile { path: path.to_owned() }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            create_private(&target).map_err(failed)?;
            Ok(target)
        }
        Err(error) => Err(failed(error)),
    }
}

/// Reads what the file says that it is, and takes no lock, looks at no journal, and makes no file.
/// The header of ours is true at any time: it is written before there is a write-ahead log.
fn look(path: &Path) -> rusqlite::Result<Found> {
    let mut url = Url::from_file_path(path).map_err(|()| rusqlite::Error::InvalidPath(path.to_owned()))?;
    url.set_query(Some("immutable=1"));
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    at_once(&Connection::open_with_flags(url.as_str(), flags)?)
}

/// All of [`identify`] in one moment, since another process may be making the database.
fn at_once(connection: &Connection) -> rusqlite::Result<Found> {
    identify(&*connection.unchecked_transaction()?)
}

fn identify(connection: &Connection) -> rusqlite::Result<Found> {
    let number = |pragma| connection.pragma_query_value(None, pragma, |row| row.get::<_, i32>(0));
    let (id, version) = (number("application_id")?, number("user_version")?);
    if id == APPLICATION_ID && version == VERSION {
        return Ok(Found::Ours);
    }
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    Ok(match (id, version, tables) {
        (0, 0, 0) => Found::Blank,
        (APPLICATION_ID, _, _) => Found::Other(FormatError::new(format!(
            "this is a cookie database of version {version}, made by another version of this crate, which knows {VERSION}"
        ))),
        _ => Found::Other(FormatError::new("this is a database of another program, and is left as it is")),
    })
}

fn connect(path: &Path, patience: Duration) -> rusqlite::Result<Connection> {
    // Each connection is used by one thread at a time. That no link has been laid here meanwhile
    // SQLite sees to.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let connection = Connection::open_with_flags(path, flags)?;
    wait_for_others(&connection, patience)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Closing the last connection folds the log into the file: not before it is known to be ours.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    // What somebody may have written into the schema runs no code that could do harm.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    Ok(connection)
}

/// Makes a connection wait for so long where another one writes.
pub(super) fn wait_for_others(connection: &Connection, patience: Duration) -> rusqlite::Result<()> {
    // SQLite counts milliseconds in an i32.
    connection.busy_timeout(patience.min(Duration::from_millis(i32::MAX.unsigned_abs().into())))
}

/// With a write-ahead log, `full` is a sync for each change, and `normal` one for each time that
/// the log is folded in.
pub(super) fn sync_at_once(writer: &Connection, on: bool) -> rusqlite::Result<()> {
    writer.pragma_update(None, "synchronous", if on { "full" } else { "normal" })
}

/// Makes the table if there is none. Of several processes that come at once, one does.
fn settle(writer: &mut Connection) -> rusqlite::Result<Found> {
    match at_once(writer)? {
        Found::Blank => {}
        found => return Ok(found),
    }
    let transaction = writer.transaction_with_behavior(TransactionBehavior::Exclusive)?;
    let found = identify(&transaction)?;
    if let Found::Blank = found {
        transaction.execute_batch(SCHEMA)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", VERSION)?;
    }
    transaction.commit()?;
    Ok(found)
}

/// Switches the write-ahead log on, if it is not: with it readers and a writer do not wait for each
/// other.
fn keep_log(writer: &Connection, patience: Duration) -> rusqlite::Result<bool> {
    let begun = monotonic();
    loop {
        let answer = writer.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get::<_, String>(0));
        match answer {
            // To switch takes the whole file, and SQLite does not wait for that by itself.
            Err(error) if is_busy(&error) && begun.elapsed() < patience => SystemClock.sleep(PAUSE),
            answer => return Ok(answer?.eq_ignore_ascii_case("wal")),
        }
    }
}

fn ready(writer: &Connection, reader: &Connection) -> rusqlite::Result<()> {
    for connection in [writer, reader] {
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    }
    sync_at_once(writer, true)?;
    reader.pragma_update(None, "query_only", true)?;
    // A database without our table is found out now.
    reader.prepare_cached(statements::OF_OWNERS)?;
    writer.prepare_cached(statements::PUT)?;
    Ok(())
}
