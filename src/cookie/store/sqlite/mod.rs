//! A store in a database: several threads and processes share one file.

mod failure;
mod jar;
mod open;
mod put;
mod row;
mod rows;
mod statements;

pub use jar::SqliteCookieJar;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior, params};

use self::failure::Failure;
use self::open::Opened;
use self::rows::{Rows, collect};
use super::{Capacity, CookieStore, PutOutcome, Scope, StoreError, Stored};
use crate::cookie::{Cookie, FileError};

const TARGET: &str = "clientcookie::cookies";

/// How long a connection waits for others that write, unless [`SqliteStore::busy_timeout`] says
/// otherwise. 30 seconds.
///
/// A change takes some milliseconds of the database, so this is the patience for thousands of
/// others before it; who needs longer has stopped, and holds on to the lock.
pub const BUSY_TIMEOUT: Duration = Duration::from_secs(30);

/// Cookies in an SQLite database, which threads and processes share. Feature `sqlite`.
///
/// [`SqliteCookieJar`] is the jar over one. This is for a jar with a policy or a clock of your own:
///
/// ```
/// use std::sync::Arc;
/// use std::time::Duration;
/// use clientcookie::clock::SystemClock;
/// use clientcookie::cookie::{CookieJar, DefaultCookiePolicy, SqliteStore};
///
/// # let folder = std::env::temp_dir().join(format!("clientcookie-doc-store-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// # let file = folder.join("cookies.db");
/// let store = SqliteStore::create(&file)?.busy_timeout(Duration::from_secs(5));
/// let policy = DefaultCookiePolicy::new().blocked_domains([".ads.example"]);
/// let jar = CookieJar::with_parts(store, policy, Arc::new(SystemClock));
/// # drop(jar);
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # What is promised
///
/// - A change that a method has returned from is on the disk, and outlives the death of the process
///   and a failure of the machine's power. That takes one `fsync`, some tenths of a millisecond to
///   some milliseconds; [`synchronous`](Self::synchronous) does without.
/// - A change is seen whole or not at all, and at once by every connection to the file, in
///   whichever process.
/// - Nothing is lost between processes: a change that has others before it waits for them, for up
///   to [`BUSY_TIMEOUT`], and fails then. Reading waits for nobody (write-ahead log).
/// - A request costs what the cookies of its host cost, whatever else is in the database.
/// - The cookies come back as they went in, byte for byte, the session's among them.
/// - It behaves as [`MemoryStore`](super::MemoryStore) does: one table of tests holds for both.
///
/// Two things cost what is in it: to count the cookies, and to put one in where there is a
/// [`Limits::total`](crate::cookie::Limits::total).
///
/// # The file
///
/// A new one is readable by its owner only (0600), and so are the two that SQLite keeps beside it,
/// `-wal` and `-shm`, while the database is in use; copy all three or none. A symbolic link in the
/// place of the file is refused, as by [`FileCookieJar`](crate::cookie::FileCookieJar), since in a
/// folder where others can write, they choose where it leads; who wants to follow it gives what
/// [`std::fs::canonicalize`] says. The file must be on a disk of this machine: on network file
/// systems SQLite's locks fail.
///
/// A database of another program is refused and left as it is, byte for byte, and so is one of a
/// version of this crate that knows more. A row that holds no cookie, which this crate does not
/// write, is passed over and logged. Do not open the file before a `fork` and use it after.
pub struct SqliteStore {
    path: PathBuf,
    patience: Duration,
    writer: Mutex<Connection>,
    reader: Mutex<Connection>,
}

impl SqliteStore {
    /// Opens the database of this name, or makes it if there is no such file, or an empty one.
    ///
    /// # Errors
    /// - [`FileError::Io`]: there is no such folder, or the file cannot be made or written.
    /// - [`FileError::Symlink`], [`FileError::NotAFile`]: it is not a file.
    /// - [`FileError::Format`]: it is a database of another program, or of a newer version.
    /// - [`FileError::Store`]: SQLite cannot read it, or another program holds the lock for longer
    ///   than [`BUSY_TIMEOUT`].
    pub fn create(path: impl AsRef<Path>) -> Result<Self, FileError> {
        let Opened { path, writer, reader } = open::open(path.as_ref(), BUSY_TIMEOUT)?;
        Ok(Self { path, patience: BUSY_TIMEOUT, writer: Mutex::new(writer), reader: Mutex::new(reader) })
    }

    /// Sets how long a change waits for other connections that write, [`BUSY_TIMEOUT`] unless set;
    /// then it fails. To the millisecond.
    #[must_use]
    pub fn busy_timeout(mut self, patience: Duration) -> Self {
        self.patience = patience;
        for connection in [&self.writer, &self.reader] {
            // SQLite refuses this only to a connection that is closed.
            let _ = open::wait_for_others(&lock(connection), patience);
        }
        self
    }

    /// Sets whether a change is on the disk before its method returns. On. Off, it still is in the
    /// file for everybody, and outlives the death of the process; but when the machine loses
    /// its power, the last changes may be lost, though never half of one. It is many times as
    /// fast.
    #[must_use]
    pub fn synchronous(self, on: bool) -> Self {
        // SQLite refuses this only inside a transaction.
        let _ = open::sync_at_once(&lock(&self.writer), on);
        self
    }

    /// The file, by its full name.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads with one statement.
    fn read<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        work(&lock(&self.reader)).map_err(|error| self.failed(error))
    }

    /// Reads with several, which all see the same moment.
    fn read_at_once<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        self.read(|connection| {
            let _moment = connection.unchecked_transaction()?;
            work(connection)
        })
    }

    /// Changes in one step, or not at all.
    fn write<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        let in_one_step = |connection: &mut Connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let done = work(&transaction)?;
            transaction.commit()?;
            Ok(done)
        };
        in_one_step(&mut lock(&self.writer)).map_err(|error| self.failed(error))
    }

    fn failed(&self, error: rusqlite::Error) -> StoreError {
        Failure::of(&self.path, self.patience, error)
    }

    /// The cookies; called without a lock, since a logger is code of the user's.
    fn cookies_of(&self, rows: Rows) -> Vec<Stored> {
        if rows.unreadable > 0 {
            let path = self.path.to_string_lossy();
            log::debug!(target: TARGET, "{}: {} row(s) that hold no cookie", path.escape_debug(), rows.unreadable);
        }
        rows.cookies
    }
}

// A thread that panicked with the lock in hand rolled back what it had begun, so the poison is no
// reason to stop.
fn lock(connection: &Mutex<Connection>) -> MutexGuard<'_, Connection> {
    connection.lock().unwrap_or_else(PoisonError::into_inner)
}

impl CookieStore for SqliteStore {
    fn candidates(&self, owners: &[&str]) -> Result<Vec<Stored>, StoreError> {
        let rows = if owners.len() <= statements::OWNERS_AT_ONCE {
            self.read(|connection| rows::of_owners(connection, owners))
        } else {
            self.read_at_once(|connection| rows::of_owners(connection, owners))
        };
        Ok(self.cookies_of(rows?))
    }

    fn secure_rivals(&self, cookie: &Cookie) -> Result<Vec<Arc<Cookie>>, StoreError> {
        let rows = self.read_at_once(|connection| rows::secure_rivals(connection, cookie))?;
        Ok(self.cookies_of(rows).into_iter().map(|stored| stored.cookie).collect())
    }

    fn get(&self, domain: &str, path: &[u8], name: &[u8]) -> Result<Option<Arc<Cookie>>, StoreError> {
        let key = params![row::owner_backwards(domain), domain, path, name];
        let rows = self.read(|connection| collect(connection, statements::ONE, key))?;
        Ok(self.cookies_of(rows).pop().map(|stored| stored.cookie))
    }

    fn put(&self, cookie: Arc<Cookie>, room: Option<&Capacity<'_>>) -> Result<PutOutcome, StoreError> {
        self.write(|connection| put::put(connection, &cookie, room))
    }

    fn put_all(&self, cookies: Vec<Arc<Cookie>>, instead: bool) -> Result<(), StoreError> {
        self.write(|connection| {
            if instead {
                connection.execute(statements::REMOVE_ALL, [])?;
            }
            cookies.iter().try_for_each(|cookie| put::store(connection, cookie, true))
        })
    }

    fn remove(&self, domain: &str, path: &[u8], name: &[u8]) -> Result<Option<Arc<Cookie>>, StoreError> {
        let key = params![row::owner_backwards(domain), domain, path, name];
        let rows = self.write(|connection| collect(connection, statements::REMOVE, key))?;
        Ok(self.cookies_of(rows).pop().map(|stored| stored.cookie))
    }

    fn remove_all(&self, scope: Scope<'_>) -> Result<usize, StoreError> {
        self.write(|connection| match scope {
            Scope::All => connection.execute(statements::REMOVE_ALL, []),
            Scope::Domain(domain) => {
                connection.execute(statements::REMOVE_DOMAIN, (row::owner_backwards(domain), domain))
            }
            Scope::Path(domain, path) => {
                connection.execute(statements::REMOVE_PATH, (row::owner_backwards(domain), domain, path))
            }
            Scope::Session => connection.execute(statements::REMOVE_SESSION, []),
            Scope::Expired(now) => connection.execute(statements::REMOVE_EXPIRED, [now]),
        })
    }

    fn snapshot(&self) -> Result<Vec<Stored>, StoreError> {
        let rows = self.read(|connection| collect(connection, statements::ALL, []))?;
        Ok(self.cookies_of(rows))
    }

    fn len(&self) -> Result<usize, StoreError> {
        let count: i64 = self.read(|connection| connection.query_row(statements::COUNT, [], |row| row.get(0)))?;
        Ok(usize::try_from(count).unwrap_or_default())
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore").field("path", &self.path).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_brought_to_the_disk_unless_told_otherwise() {
        let folder = std::env::temp_dir().join(format!("clientcookie-synchronous-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let pragma = |connection: &Mutex<Connection>, name| {
            lock(connection).pragma_query_value(None, name, |row| row.get::<_, rusqlite::types::Value>(0)).unwrap()
        };
        let store = SqliteStore::create(folder.join("cookies.db")).unwrap();
        assert_eq!(pragma(&store.writer, "synchronous"), 2.into(), "full");
        assert_eq!(pragma(&store.writer, "journal_mode"), "wal".to_owned().into());
        assert_eq!(pragma(&store.reader, "query_only"), 1.into());
        let store = store.synchronous(false);
        assert_eq!(pragma(&store.writer, "synchronous"), 1.into(), "normal");
        let store = store.synchronous(true);
        assert_eq!(pragma(&store.writer, "synchronous"), 2.into());
        drop(store);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
