//! A store over that of another jar, with files that are read when a request first needs their
//! cookies.

use std::collections::{BTreeMap, HashSet};
use std::mem;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

use super::Choice;
use super::load::select;
use crate::cookie::file::{FileError, Later};
use crate::cookie::host::backwards;
use crate::cookie::transaction::with_parents;
use crate::cookie::{Capacity, Cookie, CookieJar, CookieStore, PutOutcome, Scope, StoreError, Stored, journal};

/// A handle: a clone is the same store.
///
/// No lock is held while a file is read. Two threads that need it may both read it; the first to
/// have done so stores its cookies, and the other throws away what it has read.
#[derive(Clone)]
pub(super) struct DelayedStore(Arc<Shared>);

struct Shared {
    under: CookieJar,
    /// By owner, spelled backwards, and by file: those below `example.com` are a range that starts
    /// at `moc.elpmaxe.`.
    pending: Mutex<BTreeMap<Key, Source>>,
    /// What is being read, and by whom.
    reading: Mutex<HashSet<(Key, ThreadId)>>,
    failure: Mutex<Option<StoreError>>,
}

type Key = (Box<str>, PathBuf);
type Source = Arc<dyn Fn(&CookieJar) -> Result<Vec<Arc<Cookie>>, FileError> + Send + Sync>;

impl DelayedStore {
    pub(super) fn over(jar: &CookieJar) -> Self {
        let (pending, reading, failure) = (Mutex::default(), Mutex::default(), Mutex::default());
        Self(Arc::new(Shared { under: jar.clone(), pending, reading, failure }))
    }

    /// The jar without what is still to be read.
    pub(super) fn under(&self) -> &CookieJar {
        &self.0.under
    }

    /// Remembers files, and which of their cookies are wanted.
    pub(super) fn add(&self, files: Vec<Later>, choice: Choice) {
        let mut pending = self.pending();
        for Later { owner, path, read } in files {
            let source: Source = Arc::new(move |jar| Ok(select(read()?, jar, choice).0));
            pending.insert((backwards(&owner), path), source);
        }
    }

    /// Reads what is still to be read.
    pub(super) fn read_all(&self) {
        let found = self.pending().clone();
        found.into_iter().for_each(|(key, source)| self.read(&key, &source));
    }

    fn read_owners<'a>(&self, owners: impl IntoIterator<Item = &'a str>) {
        for owner in owners {
            let owner = backwards(owner);
            for (key, source) in self.found(&owner, |key| key == &*owner) {
                self.read(&key, &source);
            }
        }
    }

    fn read_below(&self, owner: &str) {
        let start = backwards(&format!(".{owner}"));
        for (key, source) in self.found(&start, |key| key.starts_with(&*start)) {
            self.read(&key, &source);
        }
    }

    fn found(&self, start: &str, is_meant: impl Fn(&str) -> bool) -> Vec<(Key, Source)> {
        let pending = self.pending();
        let behind = pending.range((Box::from(start), PathBuf::new())..);
        behind
            .take_while(|((owner, _), _)| is_meant(owner))
            .map(|(key, source)| (key.clone(), source.clone()))
            .collect()
    }

    fn read(&self, key: &Key, source: &Source) {
        // Another thread may have been quicker, or all may have been cleared meanwhile.
        let is_pending = |pending: &BTreeMap<Key, Source>| pending.get(key).is_some_and(|now| Arc::ptr_eq(now, source));
        let Some(_turn) = Turn::begin(&self.0.reading, key).filter(|_| is_pending(&self.pending())) else {
            return;
        };
        let read = source(&self.0.under);
        let mut pending = self.pending();
        if !is_pending(&pending) {
            return;
        }
        pending.remove(key);
        let kept = read.map_err(StoreError::new).and_then(|cookies| self.keep(cookies, &key.0));
        drop(pending);
        if let Err(error) = kept {
            journal::store_failed(&error);
            *self.0.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        }
    }

    /// Stores what was read. What a file says of others than its owner must not replace what came
    /// since.
    fn keep(&self, mut cookies: Vec<Arc<Cookie>>, owner: &str) -> Result<(), StoreError> {
        let store = self.store();
        cookies.retain(|cookie| {
            let is_there = || store.get(cookie.domain(), cookie.path_bytes(), cookie.name_bytes());
            *backwards(cookie.owner()) == *owner || !is_there().is_ok_and(|found| found.is_some())
        });
        store.put_all(cookies, false)
    }

    fn store(&self) -> &dyn CookieStore {
        self.0.under.store()
    }

    fn pending(&self) -> MutexGuard<'_, BTreeMap<Key, Source>> {
        self.0.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets what is still to be read.
    fn clear(&self) {
        let forgotten = mem::take(&mut *self.pending());
        drop(forgotten);
    }
}

/// A thread's reading of a file. The policy, the clock and the logger that it asks may look into
/// the jar for just the cookies that are being read; then they see none of them, and do not begin
/// to read again.
struct Turn<'a> {
    reading: &'a Mutex<HashSet<(Key, ThreadId)>>,
    it: (Key, ThreadId),
}

impl<'a> Turn<'a> {
    fn begin(reading: &'a Mutex<HashSet<(Key, ThreadId)>>, key: &Key) -> Option<Self> {
        let it = (key.clone(), thread::current().id());
        let is_first = reading.lock().unwrap_or_else(PoisonError::into_inner).insert(it.clone());
        is_first.then(|| Self { reading, it })
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.reading.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.it);
    }
}

impl CookieStore for DelayedStore {
    fn candidates(&self, owners: &[&str]) -> Result<Vec<Stored>, StoreError> {
        self.read_owners(owners.iter().copied());
        self.store().candidates(owners)
    }

    fn secure_rivals(&self, cookie: &Cookie) -> Result<Vec<Arc<Cookie>>, StoreError> {
        self.read_owners(with_parents(cookie.owner()));
        self.read_below(cookie.owner());
        self.store().secure_rivals(cookie)
    }

    fn get(&self, domain: &str, path: &[u8], name: &[u8]) -> Result<Option<Arc<Cookie>>, StoreError> {
        self.read_owners([owner(domain)]);
        self.store().get(domain, path, name)
    }

    fn put(&self, cookie: Arc<Cookie>, room: Option<&Capacity<'_>>) -> Result<PutOutcome, StoreError> {
        // What the file holds is older, and must not come back over this one.
        self.read_owners([cookie.owner()]);
        self.store().put(cookie, room)
    }

    fn put_all(&self, cookies: Vec<Arc<Cookie>>, instead: bool) -> Result<(), StoreError> {
        if instead {
            self.store().put_all(cookies, true)?;
            self.clear();
            return Ok(());
        }
        self.read_owners(cookies.iter().map(|cookie| cookie.owner()));
        self.store().put_all(cookies, false)
    }

    fn remove(&self, domain: &str, path: &[u8], name: &[u8]) -> Result<Option<Arc<Cookie>>, StoreError> {
        self.read_owners([owner(domain)]);
        self.store().remove(domain, path, name)
    }

    fn remove_all(&self, scope: Scope<'_>) -> Result<usize, StoreError> {
        match scope {
            Scope::All => self.clear(),
            Scope::Domain(domain) | Scope::Path(domain, _) => self.read_owners([owner(domain)]),
            // As in the original, those go by what is in the jar.
            Scope::Session | Scope::Expired(_) => {}
        }
        self.store().remove_all(scope)
    }

    fn snapshot(&self) -> Result<Vec<Stored>, StoreError> {
        self.store().snapshot()
    }

    fn len(&self) -> Result<usize, StoreError> {
        self.store().len()
    }

    fn take_failure(&self) -> Option<StoreError> {
        let failure = self.0.failure.lock().unwrap_or_else(PoisonError::into_inner).take();
        failure.or_else(|| self.store().take_failure())
    }
}

fn owner(domain: &str) -> &str {
    domain.strip_prefix('.').unwrap_or(domain)
}
