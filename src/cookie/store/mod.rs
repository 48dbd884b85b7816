//! The seam under the jar: where cookies lie.

mod memory;
mod queue;
mod shelf;
mod tally;

pub use memory::MemoryStore;

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use super::Cookie;

/// Where the cookies of a [`CookieJar`](super::CookieJar) lie: in memory by default, or in a database.
///
/// A store knows no rules. It files each cookie under its *owner*, which is the domain without its leading dot, and
/// within it by domain, path and name; a second cookie with the same three replaces the first. It is shared by
/// threads, so it locks for itself, and never while it hands cookies out: the jar's policy runs after a call returned.
/// A jar over a store of your own is made with [`CookieJar::with_store`](super::CookieJar::with_store).
///
/// A store that fails says so. The jar logs it, remembers it for
/// [`take_store_error`](super::CookieJar::take_store_error), and goes on as if there were no cookie.
pub trait CookieStore: Send + Sync {
    /// All cookies whose owner is one of these names, in any order. The names are a host and its parents, as
    /// `www.example.com`, `example.com`, `com`: look them up one by one, so that a request costs what its own cookies
    /// cost. Expired cookies are among them.
    fn candidates(&self, owners: &[&str]) -> Result<Vec<Stored>, StoreError>;

    /// The `Secure` cookies with the name of this one whose owner is its owner, a parent of that, or a name below it.
    fn secure_rivals(&self, cookie: &Cookie) -> Result<Vec<Arc<Cookie>>, StoreError>;

    /// The cookie with this domain (as [`Cookie::domain`] spells it), path and name.
    fn get(&self, domain: &str, path: &[u8], name: &[u8]) -> Result<Option<Arc<Cookie>>, StoreError>;

    /// Stores a cookie in the place of the one with its domain, path and name, whose creation it inherits. `room` is
    /// `None` for cookies that the user puts in: those are stored in any case, and never evicted. What the user put in
    /// is so for good: it stays [`by_user`](Stored::by_user) when a server replaces it.
    ///
    /// With `room` there is more to do, and all of it in one step, so that nobody comes in between. If the rivals in
    /// [`Room::judged`] are no longer those of the cookie, nothing is done and the answer is [`Put::Changed`]. A cookie
    /// that has expired at [`Room::now`] only takes the one with its key out.
    fn put(&self, cookie: Arc<Cookie>, room: Option<&Room<'_>>) -> Result<Put, StoreError>;

    /// Stores cookies that the user puts in, as [`put`](Self::put) without room does; `instead` takes all others out.
    /// What the default does in many steps, a store does better in one, so that nobody sees half of it, and a failure
    /// leaves everything as it was.
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
}

/// A cookie in a store.
#[derive(Debug, Clone)]
pub struct Stored {
    /// The cookie.
    pub cookie: Arc<Cookie>,
    /// Counts up from cookie to cookie; kept when one is replaced (RFC 6265, section 5.3, step 11.3).
    pub created: u64,
    /// Whether the user put it in, if only once, so that it is never evicted.
    pub by_user: bool,
}

/// How much room there is for a cookie that a server sets, and what may be evicted for it.
#[derive(Debug, Clone, Copy)]
pub struct Room<'a> {
    /// [`Limits::per_domain`](super::Limits::per_domain): cookies with one owner.
    pub per_domain: Option<usize>,
    /// [`Limits::total`](super::Limits::total).
    pub total: Option<usize>,
    /// The time; what has expired is evicted first.
    pub now: i64,
    /// Whether `Secure` cookies may be evicted, after all others.
    pub evict_secure: bool,
    /// The [`secure_rivals`](CookieStore::secure_rivals) that the policy has let this cookie pass; `None` if it guards
    /// none. Another thread may have put a `Secure` cookie in since, which an insecure response must not replace.
    pub judged: Option<&'a [Arc<Cookie>]>,
}

impl Room<'_> {
    /// Room without end.
    pub const UNLIMITED: Self =
        Self { per_domain: None, total: None, now: i64::MIN, evict_secure: false, judged: None };
}

/// What became of a cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// It is stored, or being expired has taken the one with its key out.
    Stored,
    /// It is not: there is no room, and nothing that may be evicted.
    Full,
    /// It is not: its rivals are others than those in [`Room::judged`], and the policy must be asked again.
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
