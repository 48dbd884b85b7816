//! The seam under the jar: where cookies lie.

mod entry;
mod memory;
mod msie;
mod queue;
#[cfg(feature = "redis")]
mod redis;
mod shelf;
#[cfg(feature = "sqlite")]
mod sqlite;
mod tally;

#[cfg(feature = "redis")]
pub use self::redis::{RedisCookieJar, RedisSettings, RedisStore};
pub use memory::MemoryStore;
pub use msie::{MsieDbCookieJar, MsieStore};
#[cfg(feature = "sqlite")]
pub use sqlite::{BUSY_TIMEOUT, SqliteCookieJar, SqliteStore};

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use super::Cookie;

/// Where the cookies of a [`CookieJar`](super::CookieJar) lie: in memory by default, or in a
/// database, or in a store of your own.
///
/// A store knows no rules. It files each cookie under its *owner*, which is the domain without its
/// leading dot, and within it by domain, path and name; a second cookie with the same three
/// replaces the first. It is shared by threads, so it locks for itself, and never while it hands
/// cookies out: the jar's policy runs after a call returned. A jar over a store of your own is made
/// with [`CookieJar::with_store`](super::CookieJar::with_store).
///
/// A store that fails says so. The jar logs it, remembers it for
/// [`take_store_error`](super::CookieJar::take_store_error), and goes on as if there were no
/// cookie.
///
/// # Writing another store
///
/// There is one in memory, [`MemoryStore`], one in the cookie folder of Internet Explorer,
/// [`MsieStore`], and with the feature `sqlite` one in a database that processes share,
/// `SqliteStore`. A fleet of machines that share a jar needs one more: over a server of theirs.
/// This is what it has to promise, and how the one in the database does it.
///
/// - **It gives back what it was given**: [`Cookie`] has a getter for all that a cookie holds and a
///   setter for each. Names, values and paths are bytes, any bytes. The database has a column for
///   each, and a test that stores cookies at random and compares.
/// - **A request costs what its own cookies cost.** [`candidates`](Self::candidates) runs before
///   every request, with two or three names: have an index of owners, and ask for all names at
///   once. For [`secure_rivals`](Self::secure_rivals), which runs before cookies of plain http are
///   stored, the names *below* an owner are needed as well. The database spells owners backwards,
///   `com.example.www`, so that these stand together behind `com.example.`, and a test reads
///   SQLite's query plans.
/// - **[`put`](Self::put) is one step.** To look whether the rivals are still those that the policy
///   was shown, to look how many cookies there are, to evict and to store: if another process comes
///   between two of these, an insecure response replaces a secure cookie, or a limit does not hold.
///   In a database this is one transaction that begins with the right to write (`BEGIN IMMEDIATE`),
///   in a server one script or one request. Rivals are compared by value, in an order that is
///   always the same.
/// - **[`put_all`](Self::put_all) is one step** too: override the default, so that a file is loaded
///   or reverted to whole.
/// - **A creation is handed on.** A cookie that replaces another has the other's
///   [`created`](Stored::created), and is [`by_user`](Stored::by_user) if either was. A new one has
///   a number above all others.
/// - **Nothing waits for ever.** Give up after some time, which is a setting, with an error that
///   says what was waited for: the jar goes on without cookies, and a request is sent.
/// - **No lock is held when a method returns**, nor while something is logged: the logger is code
///   of the user's.
/// - **An error is a sentence that says where**: the file or the server, and never a value.
///
/// `tests/stores/conformance.rs` in this crate's sources is a table of all this, and needs nothing
/// but the public names: copy it, and run it over your store. The following one, which is complete,
/// passes it:
///
/// ```
#[doc = include_str!("../../../tests/stores/list.rs")]
///
/// let jar = clientcookie::CookieJar::with_store(List::default());
/// jar.set_from_str("sid=31d4; Secure", &url::Url::parse("https://example.com/")?)?;
/// assert_eq!(jar.to_string(), "<CookieJar[<Cookie sid=31d4 for example.com/>]>");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait CookieStore: Send + Sync {
    /// All cookies whose owner is one of these names, in any order. The names are a host and its
    /// parents, as `www.example.com`, `example.com`, `com`: look them up one by one, so that a
    /// request costs what its own cookies cost. Expired cookies are among them.
    fn candidates(&self, owners: &[&str]) -> Result<Vec<Stored>, StoreError>;

    /// The `Secure` cookies with the name of this one whose owner is its owner, a parent of that,
    /// or a name below it.
    fn secure_rivals(&self, cookie: &Cookie) -> Result<Vec<Arc<Cookie>>, StoreError>;

    /// The cookie with this domain (as [`Cookie::domain`] spells it), path and name.
    fn get(&self, domain: &str, path: &[u8], name: &[u8]) -> Result<Option<Arc<Cookie>>, StoreError>;

    /// Stores a cookie in the place of the one with its domain, path and name, whose creation it
    /// inherits. `room` is `None` for cookies that the user puts in: those are stored in any
    /// case, and never evicted. What the user put in is so for good: it stays
    /// [`by_user`](Stored::by_user) when a server replaces it.
    ///
    /// With `room` there is more to do, and all of it in one step, so that nobody comes in between.
    /// If the rivals in [`Capacity::judged`] are no longer those of the cookie, nothing is done
    /// and the answer is [`PutOutcome::Changed`]. A cookie that has expired at
    /// [`Capacity::now`] only takes the one with its key out.
    fn put(&self, cookie: Arc<Cookie>, room: Option<&Capacity<'_>>) -> Result<PutOutcome, StoreError>;

    /// Stores cookies that the user puts in, as [`put`](Self::put) without room does; `instead`
    /// takes all others out. What the default does in many steps, a store does better in one,
    /// so that nobody sees half of it, and a failure leaves everything as it was.
    fn put_all(&self, cookies: Vec<Arc<Cookie>>, instead: bool) -> Result<(), StoreError> {
        if instead {
            self.remove_all(Scope::All)?;
        }
        cookies.into_iter().try_for_each(|cookie| self.put(cookie, None).map(|_| ()))
    }

    /// Takes one cookie out.
    fn remove(&self, domain: &str, path: &[u8], name: &[u8]) -> Result<Option<Arc<Cookie>>, StoreError>;

    /// Takes many out, and says how many.
    fn remove_all(&self, scope: Scope<'_>) -> Result<usize, StoreError>;

    /// All cookies, oldest first.
    fn snapshot(&self) -> Result<Vec<Stored>, StoreError>;

    /// How many cookies there are, expired ones included.
    fn len(&self) -> Result<usize, StoreError>;

    /// Whether there is none.
    fn is_empty(&self) -> Result<bool, StoreError> {
        Ok(self.len()? == 0)
    }

    /// A failure that did not keep the store from answering, since this was last asked: one of many
    /// files that could not be read. [`take_store_error`](super::CookieJar::take_store_error)
    /// asks for it.
    fn take_failure(&self) -> Option<StoreError> {
        None
    }
}

/// A cookie in a store.
#[derive(Debug, Clone)]
pub struct Stored {
    /// The cookie.
    pub cookie: Arc<Cookie>,
    /// Counts up from cookie to cookie; kept when one is replaced (RFC 6265 section 5.3, step
    /// 11.3).
    pub created: u64,
    /// Whether the user put it in, if only once, so that it is never evicted.
    pub by_user: bool,
}

/// How much room there is for a cookie that a server sets, and what may be evicted for it.
#[derive(Debug, Clone, Copy)]
pub struct Capacity<'a> {
    /// [`Limits::per_domain`](super::Limits::per_domain): cookies with one owner.
    pub per_domain: Option<usize>,
    /// [`Limits::total`](super::Limits::total).
    pub total: Option<usize>,
    /// The time; what has expired is evicted first, in the order in which it has.
    pub now: i64,
    /// Whether `Secure` cookies may be evicted, after all others.
    pub evict_secure: bool,
    /// The [`secure_rivals`](CookieStore::secure_rivals) that the policy has let this cookie pass;
    /// `None` if it guards none. Another thread may have put a `Secure` cookie in since, which
    /// an insecure response must not replace.
    pub judged: Option<&'a [Arc<Cookie>]>,
}

impl Capacity<'_> {
    /// Room without end.
    pub const UNLIMITED: Self =
        Self { per_domain: None, total: None, now: i64::MIN, evict_secure: false, judged: None };
}

/// What became of a cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PutOutcome {
    /// It is stored, or being expired has taken the one with its key out.
    Stored,
    /// It is not: there is no room, and nothing that may be evicted.
    Full,
    /// It is not: its rivals are others than those in [`Capacity::judged`], and the policy must be
    /// asked again.
    Changed,
}

/// Which cookies are removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope<'a> {
    /// All.
    All,
    /// Those of a domain, as [`Cookie::domain`] spells it.
    Domain(&'a str),
    /// Those of a domain and path.
    Path(&'a str, &'a [u8]),
    /// Session cookies: [`Cookie::discard`].
    Session,
    /// Those that have expired at this time.
    Expired(i64),
}

impl Scope<'_> {
    /// Whether this cookie is among them.
    pub fn contains(&self, cookie: &Cookie) -> bool {
        match *self {
            Self::All => true,
            Self::Domain(domain) => cookie.domain() == domain,
            Self::Path(domain, path) => cookie.domain() == domain && cookie.path_bytes() == path,
            Self::Session => cookie.discard(),
            Self::Expired(now) => cookie.is_expired(now),
        }
    }
}

/// The name under which a domain is filed: the domain without its leading dot.
fn owner(domain: &str) -> &str {
    domain.strip_prefix('.').unwrap_or(domain)
}

/// What went wrong in a store.
#[derive(Debug, Clone)]
pub struct StoreError(Arc<dyn Error + Send + Sync>);

impl StoreError {
    /// Wraps the store's own error.
    pub fn new(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(Arc::from(error.into()))
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }
}
