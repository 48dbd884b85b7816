//! A store in the cookie folder of Internet Explorer, which is changed in place.

mod disk;
mod jar;
mod ledger;
mod location;
mod lock;

pub use jar::MsieDbCookieJar;

use std::fmt;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use self::disk::{Disk, only_user};
use self::ledger::Ledger;
use self::location::{location, usable};
use self::lock::{With, lock, time_of};
use super::{Capacity, CookieStore, PutOutcome, Scope, StoreError, Stored};
use crate::cookie::file::msie::{logged_in, text::can_hold, time::filetime};
use crate::cookie::file::save;
use crate::cookie::{Cookie, FileError};

/// The cookie folder of Internet Explorer 5 to 9, or of Wine: read and written, the `index.dat` and
/// the text files that it names.
///
/// [`MsieDbCookieJar`] is the jar over one. This is for another user, or for a jar with a policy or
/// a clock of your own:
///
/// ```
/// use std::sync::Arc;
/// use clientcookie::clock::FixedClock;
/// use clientcookie::cookie::{Cookie, CookieJar, DefaultCookiePolicy, MsieStore};
///
/// # let folder = std::env::temp_dir().join(format!("clientcookie-doc-msiestore-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// let store = MsieStore::create(&folder)?.username("joe");
/// let clock = Arc::new(FixedClock::new(1_767_225_600));
/// let jar = CookieJar::with_parts(store, DefaultCookiePolicy::new(), clock);
/// jar.set_from_str("lang=de; Max-Age=60", &url::Url::parse("http://example.com/")?)?;
///
/// let text = std::fs::read_to_string(folder.join("joe@example[1].txt"))?;
/// assert!(text.starts_with("lang\nde\nexample.com/\n17408\n"));
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # What is promised
///
/// - A change that a method has returned from is on the disk, and outlives the death of the process
///   and a failure of the machine's power.
/// - A change is seen whole or not at all, by every reader: text files are written under new names,
///   and one rename puts an index in place that names them. A program that dies in the middle may
///   leave a text file that nothing names.
/// - Programs of this crate share a folder: they lock `index.dat.lock`, which stays beside the
///   index, and wait for one another for up to [`BUSY_TIMEOUT`](Self::BUSY_TIMEOUT). Reading waits
///   only while a change is being made.
/// - It behaves as [`MemoryStore`](super::MemoryStore) does: one table of tests holds for both.
/// - A folder that is not as the format says is refused, and left as it is. What a text file says
///   beyond cookies that can be read is kept as a `.bak` beside it when the file is replaced.
///
/// A request reads the index, 32 KiB for some hundred cookies, and a change writes it anew: this is
/// for folders that other programs use, and not for great jars.
///
/// # Other programs
///
/// Internet Explorer and Wine lock with what belongs to their own world, and have the index in
/// their memory while they run: **what they write at the same time is lost, or their cookies are**.
/// So close them. On Windows, where the system itself has the index of whoever is logged in open,
/// it cannot be replaced, and a change fails. Folders that were copied, those of other users, and
/// those of Wine when nothing runs in it can be written.
///
/// The hash by which a cookie is found differs between Windows and Wine, and the first bytes of the
/// index tell which it is. A new one is of Windows' kind. For Wine, begin with the folder that it
/// has made.
///
/// # What the format has no room for
///
/// A text file holds name, value, domain, path, `Secure`, `HttpOnly`, when the cookie expires,
/// between the years 1601 and 30828, and when it was made. All that is said of a cookie here comes
/// back from this store; to other stores over the folder, in this program or in another, and to
/// this one when another program has changed the cookie:
///
/// - **session cookies** are in memory only, and gone when the store is; so is a cookie that would
///   be read as another one, as with a control character in it, and one whose user, host and path
///   have more than 2083 bytes together;
/// - **version, port, comment, RFC 2109, `SameSite`** and other attributes are lost, as is whether
///   the path or the domain was named: a domain with a dot was;
/// - **who put a cookie in** is lost: one of yours may be evicted like those of servers.
///
/// Other programs know no cookie for one host alone, and send all to the hosts below; of a path
/// they know the lower case, and for them a cookie is a name in a text file. When they replace a
/// text file, its cookies come back as those of one host and of that path, until a server sets the
/// name again there: its cookie then takes the place of theirs.
///
/// # The files
///
/// New ones are readable by their owner only (0600). They are named as Internet Explorer 5 did,
/// `joe@example[1].txt`. Nothing is written through a symbolic link, and no text file is read
/// through one. The index has room for 125,952 blocks of 128 bytes, 16 MiB: some 60,000 text files.
/// Of a text file 1 MiB is read.
pub struct MsieStore {
    index: PathBuf,
    user: String,
    patience: Duration,
    state: Mutex<State>,
}

struct State {
    disk: Disk,
    ledger: Ledger,
}

impl MsieStore {
    /// How long a store waits for others that have locked the folder, unless
    /// [`busy_timeout`](Self::busy_timeout) says otherwise. 30 seconds, as that in a database: a
    /// change takes some milliseconds.
    pub const BUSY_TIMEOUT: Duration = Duration::from_secs(30);

    /// A store in a folder that is there. Its index is made with the first cookie if there is none.
    ///
    /// # Errors
    /// - [`FileError::Io`]: there is no such folder, or its index cannot be read.
    /// - [`FileError::Symlink`], [`FileError::NotAFile`]: the index is not a file.
    /// - [`FileError::Format`]: the index is of another kind, or not whole, and would not be
    ///   written; or it is that of a cache or a history.
    pub fn create(folder: impl AsRef<Path>) -> Result<Self, FileError> {
        let folder = folder.as_ref();
        let whole = fs::canonicalize(folder).map_err(|error| FileError::io(Some(folder), "opened", error))?;
        let index = whole.join("index.dat");
        save::check(&index, false)?;
        let only = only_user(&index)?;
        let user = logged_in().filter(|_| cfg!(windows)).or(only).or_else(logged_in);
        let store = Self::new(index, &user.unwrap_or_default(), Self::BUSY_TIMEOUT);
        Ok(store)
    }

    fn new(index: PathBuf, user: &str, patience: Duration) -> Self {
        let user = usable(user);
        let state = State { disk: Disk::of(&index, &user), ledger: Ledger::default() };
        Self { index, user, patience, state: Mutex::new(state) }
    }

    /// Sets the user whose cookies these are; case does not matter. Those of others stay as they
    /// are.
    ///
    /// Without it, it is on Windows who is logged in (`USERNAME`); elsewhere the one user whose
    /// cookies the index has when it is opened, if there is one, else who is logged in (`USER`), as
    /// for Wine; and else `user`. What cannot stand in a record, as `/` and `@`, becomes `_`.
    #[must_use]
    pub fn username(self, name: impl AsRef<str>) -> Self {
        Self::new(self.index, name.as_ref(), self.patience)
    }

    /// Sets how long to wait for others that have locked the folder,
    /// [`BUSY_TIMEOUT`](Self::BUSY_TIMEOUT) unless set; then it fails.
    #[must_use]
    pub fn busy_timeout(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// The `index.dat`, by its full name.
    pub fn path(&self) -> &Path {
        &self.index
    }

    /// Looks at what is there now.
    fn read<T>(&self, look: impl FnOnce(&Ledger) -> T) -> Result<T, StoreError> {
        let mut state = self.state();
        let State { disk, ledger } = &mut *state;
        if disk.news().map_err(StoreError::new)?.is_some() {
            let _lock = lock(&self.index, With::Readers, self.patience).map_err(StoreError::new)?;
            load(disk, ledger).map_err(StoreError::new)?;
        }
        Ok(look(ledger))
    }

    /// Changes in one step, or not at all.
    fn change<T>(&self, work: impl FnOnce(&mut Ledger, &File) -> T) -> Result<T, StoreError> {
        let mut state = self.state();
        let State { disk, ledger } = &mut *state;
        let locked = lock(&self.index, With::Nobody, self.patience).map_err(StoreError::new)?;
        load(disk, ledger).map_err(StoreError::new)?;
        let answer = work(ledger, &locked);
        match disk.save(ledger) {
            Ok(()) => ledger.accept(),
            Err(error) => {
                ledger.undo();
                return Err(StoreError::new(error));
            }
        }
        Ok(answer)
    }

    // A thread that panicked with the lock in hand left what it had begun, which is looked at again
    // with the index.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put_one(&self, ledger: &mut Ledger, cookie: Arc<Cookie>, room: Option<&Capacity<'_>>, now: u64) -> PutOutcome {
        let place = (location(&self.user, &cookie), can_hold(&cookie));
        ledger.put(cookie, place, room, now)
    }
}

fn load(disk: &mut Disk, ledger: &mut Ledger) -> Result<(), FileError> {
    match disk.news()? {
        Some(bytes) => disk.load(bytes, ledger),
        None => Ok(()),
    }
}

impl CookieStore for MsieStore {
    fn candidates(&self, owners: &[&str]) -> Result<Vec<Stored>, StoreError> {
        self.read(|ledger| {
            let found = owners.iter().flat_map(|owner| ledger.of_owner(owner));
            found.map(|held| held.stored.clone()).collect()
        })
    }

    fn secure_rivals(&self, cookie: &Cookie) -> Result<Vec<Arc<Cookie>>, StoreError> {
        self.read(|ledger| ledger.secure_rivals(cookie))
    }

    fn get(&self, domain: &str, path: &[u8], name: &[u8]) -> Result<Option<Arc<Cookie>>, StoreError> {
        let key = [domain.as_bytes(), path, name];
        self.read(|ledger| ledger.find(key).map(|held| held.stored.cookie.clone()))
    }

    fn put(&self, cookie: Arc<Cookie>, room: Option<&Capacity<'_>>) -> Result<PutOutcome, StoreError> {
        self.change(|ledger, locked| {
            let now = room.map_or_else(|| time_of(locked).unwrap_or(0), |room| filetime(room.now));
            self.put_one(ledger, cookie, room, now)
        })
    }

    fn put_all(&self, cookies: Vec<Arc<Cookie>>, instead: bool) -> Result<(), StoreError> {
        self.change(|ledger, locked| {
            let now = time_of(locked).unwrap_or(0);
            if instead {
                ledger.remove_all(Scope::All);
            }
            for cookie in cookies {
                self.put_one(ledger, cookie, None, now);
            }
        })
    }

    fn remove(&self, domain: &str, path: &[u8], name: &[u8]) -> Result<Option<Arc<Cookie>>, StoreError> {
        self.change(|ledger, _| ledger.remove([domain.as_bytes(), path, name]))
    }

    fn remove_all(&self, scope: Scope<'_>) -> Result<usize, StoreError> {
        self.change(|ledger, _| ledger.remove_all(scope))
    }

    fn snapshot(&self) -> Result<Vec<Stored>, StoreError> {
        self.read(|ledger| {
            let mut all: Vec<Stored> = ledger.all().map(|held| held.stored.clone()).collect();
            all.sort_by_key(|stored| stored.created);
            all
        })
    }

    fn len(&self) -> Result<usize, StoreError> {
        self.read(Ledger::len)
    }
}

impl fmt::Debug for MsieStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MsieStore").field("path", &self.index).field("username", &self.user).finish_non_exhaustive()
    }
}
