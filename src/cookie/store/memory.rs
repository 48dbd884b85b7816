//! The store of a jar that nobody gave another: in memory, one shelf an owner.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::shelf::Shelf;
use super::tally::Tally;
use super::{CookieStore, Put, Room, Scope, StoreError, Stored, owner};
use crate::cookie::Cookie;

/// Cookies in memory, indexed so that a request costs what the cookies of its host and of that host's parents cost,
/// whatever else is there. It never fails.
#[derive(Default)]
pub struct MemoryStore(RwLock<Shelves>);

#[derive(Default)]
struct Shelves {
    /// Keyed by owner. A shelf is never empty.
    by_owner: HashMap<Box<str>, Shelf>,
    tally: Tally,
    next_created: u64,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    // A thread that panicked with the lock in hand left every cookie whole, so the poison is no reason to stop.

    fn read(&self) -> RwLockReadGuard<'_, Shelves> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Shelves> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CookieStore for MemoryStore {
    fn candidates(&self, owners: &[&str]) -> Result<Vec<Stored>, StoreError> {
        let shelves = self.read();
        let found = owners.iter().filter_map(|owner| shelves.by_owner.get(*owner));
        Ok(found.flat_map(Shelf::iter).map(|entry| entry.to_stored()).collect())
    }

    fn secure_rivals(&self, cookie: &Cookie) -> Result<Vec<Arc<Cookie>>, StoreError> {
        Ok(self.read().secure_rivals(cookie))
    }

    fn get(&self, domain: &str, path: &[u8], name: &[u8]) -> Result<Option<Arc<Cookie>>, StoreError> {
        let shelves = self.read();
        let shelf = shelves.by_owner.get(owner(domain));
        let entry = shelf.and_then(|shelf| shelf.get(shelf.find(domain, path, name)?));
        Ok(entry.map(|entry| entry.cookie.clone()))
    }

    fn put(&self, cookie: Arc<Cookie>, room: Option<&Room<'_>>) -> Result<Put, StoreError> {
        Ok(self.write().put(cookie, room))
    }

    fn put_all(&self, cookies: Vec<Arc<Cookie>>, instead: bool) -> Result<(), StoreError> {
        let mut shelves = self.write();
        if instead {
            shelves.remove_all(Scope::All);
        }
        for cookie in cookies {
            shelves.put(cookie, None);
        }
        Ok(())
    }

    fn remove(&self, domain: &str, path: &[u8], name: &[u8]) -> Result<Option<Arc<Cookie>>, StoreError> {
        Ok(self.write().remove(domain, path, name))
    }

    fn remove_all(&self, scope: Scope<'_>) -> Result<usize, StoreError> {
        Ok(self.write().remove_all(scope))
    }

    fn snapshot(&self) -> Result<Vec<Stored>, StoreError> {
        let shelves = self.read();
        let mut all: Vec<Stored> = shelves.by_owner.values().flat_map(Shelf::iter).map(|e| e.to_stored()).collect();
        drop(shelves);
        all.sort_unstable_by_key(|stored| stored.created);
        Ok(all)
    }

    fn len(&self) -> Result<usize, StoreError> {
        Ok(self.read().tally.count)
    }
}

impl Shelves {
    fn put(&mut self, cookie: Arc<Cookie>, room: Option<&Room<'_>>) -> Put {
        if room.and_then(|room| room.judged).is_some_and(|judged| !same(judged, &self.secure_rivals(&cookie))) {
            return Put::Changed;
        }
        if room.is_some_and(|room| cookie.is_expired(room.now)) {
            self.remove(cookie.domain(), cookie.path_bytes(), cookie.name_bytes());
            return Put::Stored;
        }
        let place = self.by_owner.get(cookie.owner()).and_then(|shelf| shelf.find_same(&cookie));
        if let Some(place) = place {
            self.replace(place, cookie, room.is_none());
        } else {
            if room.is_some_and(|room| !self.make_room(cookie.owner(), room)) {
                return Put::Full;
            }
            self.push(cookie, room.is_none());
        }
        Put::Stored
    }

    fn replace(&mut self, place: usize, cookie: Arc<Cookie>, by_user: bool) {
        let Some(entry) = self.by_owner.get_mut(cookie.owner()).and_then(|shelf| shelf.get_mut(place)) else {
            return;
        };
        self.tally.remove(entry);
        entry.replace(cookie, by_user);
        self.tally.add(&entry.cookie, entry.by_user);
    }

    fn push(&mut self, cookie: Arc<Cookie>, by_user: bool) {
        let created = self.next_created;
        self.next_created += 1;
        self.tally.add(&cookie, by_user);
        match self.by_owner.get_mut(cookie.owner()) {
            Some(shelf) => shelf.push(cookie, created, by_user),
            None => {
                let mut shelf = Shelf::default();
                let owner = Box::from(cookie.owner());
                shelf.push(cookie, created, by_user);
                self.by_owner.insert(owner, shelf);
            }
        }
    }

    fn remove(&mut self, domain: &str, path: &[u8], name: &[u8]) -> Option<Arc<Cookie>> {
        let shelf = self.by_owner.get(owner(domain))?;
        let place = shelf.find(domain, path, name)?;
        self.take(owner(domain), place)
    }

    /// Takes out the cookie at a place of a shelf, and the shelf if it was the last.
    fn take(&mut self, owner: &str, place: usize) -> Option<Arc<Cookie>> {
        let shelf = self.by_owner.get_mut(owner)?;
        let removed = shelf.remove(place)?;
        self.tally.remove(&removed);
        if shelf.is_empty() {
            self.by_owner.remove(owner);
        }
        Some(removed.cookie)
    }

    fn remove_all(&mut self, scope: Scope<'_>) -> usize {
        let before = self.tally.count;
        let Self { by_owner, tally, .. } = self;
        if let Scope::Domain(domain) | Scope::Path(domain, _) = scope {
            let owner = owner(domain);
            if let Some(shelf) = by_owner.get_mut(owner) {
                shelf.take_out(&scope, tally);
                if shelf.is_empty() {
                    by_owner.remove(owner);
                }
            }
        } else {
            by_owner.retain(|_, shelf| {
                shelf.take_out(&scope, tally);
                !shelf.is_empty()
            });
        }
        before - tally.count
    }

    /// Evicts what must go before one more cookie may come; false if there is nothing that may.
    fn make_room(&mut self, owner: &str, room: &Room<'_>) -> bool {
        let full = |shelf: &Shelf| {
            room.per_domain.is_some_and(|limit| shelf.len() >= limit && shelf.set_by_servers() >= limit)
        };
        while let Some(shelf) = self.by_owner.get(owner).filter(|shelf| full(shelf)) {
            let Some((place, _)) = shelf.victim(room) else {
                return false;
            };
            self.take(owner, place);
        }
        // A jar at its total is looked through for the oldest: that costs what is in it, once for each cookie too many.
        while room.total.is_some_and(|limit| self.tally.set_by_servers >= limit) {
            let victims = self.by_owner.iter().filter_map(|(owner, shelf)| {
                let (place, rank) = shelf.victim(room)?;
                Some((rank, place, owner))
            });
            let Some((place, owner)) = victims.min().map(|(_, place, owner)| (place, owner.clone())) else {
                return false;
            };
            self.take(&owner, place);
        }
        room.per_domain != Some(0)
    }

    fn secure_rivals(&self, cookie: &Cookie) -> Vec<Arc<Cookie>> {
        let owners = self.tally.rival_owners(cookie);
        let shelves = owners.iter().filter_map(|owner| self.by_owner.get(owner));
        let all = shelves.flat_map(Shelf::iter).map(|entry| &entry.cookie);
        all.filter(|other| other.secure() && other.name_bytes() == cookie.name_bytes()).cloned().collect()
    }
}

/// Whether nothing came, went or was replaced in between: a cookie in the store never changes.
fn same(judged: &[Arc<Cookie>], found: &[Arc<Cookie>]) -> bool {
    judged.len() == found.len() && judged.iter().zip(found).all(|(one, other)| Arc::ptr_eq(one, other))
}

impl Shelf {
    fn find_same(&self, cookie: &Cookie) -> Option<usize> {
        self.find(cookie.domain(), cookie.path_bytes(), cookie.name_bytes())
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").field("cookies", &self.read().tally.count).finish_non_exhaustive()
    }
}
