//! The store of a jar that nobody gave another: in memory, one shelf an owner.

use std::collections::HashMap;
use std::fmt;
use std::hint::black_box;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use foldhash::fast::RandomState;
use smallvec::SmallVec;

use super::entry::Entry;
use super::shelf::Shelf;
use super::tally::Tally;
use super::{Capacity, CookieStore, PutOutcome, Scope, StoreError, Stored, owner};
use crate::cookie::Cookie;
use crate::cookie::cookie::Key;

/// Cookies in memory, indexed so that a request costs what the cookies of its host and of that
/// host's parents cost, whatever else is there. It never fails.
#[derive(Default)]
pub struct MemoryStore(RwLock<Shelves>);

#[derive(Default)]
struct Shelves {
    /// Keyed by owner. A shelf is never empty.
    by_owner: HashMap<Box<[u8]>, Shelf, RandomState>,
    tally: Tally,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    // A thread that panicked with the lock in hand left every cookie whole, so the poison is no
    // reason to stop.

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
        let near: SmallVec<[&Shelf; 8]> =
            owners.iter().filter_map(|owner| shelves.by_owner.get(owner.as_bytes())).collect();
        // Each cookie lies somewhere else in memory. Those that are looked at first come from there
        // together; an atomic count, as that of a clone, waits for its own.
        let texts = near.iter().flat_map(|shelf| shelf.iter()).map(|entry| entry.cookie.texts().first());
        black_box(texts.fold(0, |sum, byte| sum ^ byte.unwrap_or(&0)));
        let mut found = Vec::with_capacity(near.iter().map(|shelf| shelf.len()).sum());
        near.iter().for_each(|shelf| found.extend(shelf.iter().map(Entry::to_stored)));
        Ok(found)
    }

    fn secure_rivals(&self, cookie: &Cookie) -> Result<Vec<Arc<Cookie>>, StoreError> {
        Ok(self.write().secure_rivals(cookie))
    }

    fn get(&self, domain: &str, path: &[u8], name: &[u8]) -> Result<Option<Arc<Cookie>>, StoreError> {
        let shelves = self.read();
        let shelf = shelves.by_owner.get(owner(domain).as_bytes());
        let entry = shelf.and_then(|shelf| shelf.find([domain.as_bytes(), path, name]));
        Ok(entry.map(|entry| entry.cookie.clone()))
    }

    fn put(&self, cookie: Arc<Cookie>, room: Option<&Capacity<'_>>) -> Result<PutOutcome, StoreError> {
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
        Ok(self.write().remove([domain.as_bytes(), path, name]))
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
    fn put(&mut self, cookie: Arc<Cookie>, room: Option<&Capacity<'_>>) -> PutOutcome {
        if room.and_then(|room| room.judged).is_some_and(|judged| !same(judged, &self.secure_rivals(&cookie))) {
            return PutOutcome::Changed;
        }
        if room.is_some_and(|room| cookie.is_expired(room.now)) {
            self.remove(cookie.key());
            return PutOutcome::Stored;
        }
        let mut new = Entry::new(cookie, room.is_none());
        if let Some(shelf) = self.by_owner.get_mut(new.cookie.owner_bytes()) {
            if let Some(old) = shelf.find_older(&new) {
                // What the user put in stays the user's.
                (new.created, new.by_user) = (old.created, old.by_user || new.by_user);
                self.tally.remove(old);
                self.tally.add(&new);
                shelf.replace(new);
                return PutOutcome::Stored;
            }
            let fits = |limit: Option<usize>| limit.is_none_or(|limit| shelf.len() < limit);
            if room.is_none_or(|room| room.total.is_none() && fits(room.per_domain)) {
                shelf.push(self.tally.register(new));
                return PutOutcome::Stored;
            }
        }
        if room.is_some_and(|room| !self.make_room(new.cookie.owner_bytes(), room)) {
            return PutOutcome::Full;
        }
        let new = self.tally.register(new);
        self.by_owner.entry(new.cookie.owner_bytes().into()).or_default().push(new);
        PutOutcome::Stored
    }

    fn remove(&mut self, key: Key<'_>) -> Option<Arc<Cookie>> {
        let owner = key[0].strip_prefix(b".").unwrap_or(key[0]);
        let place = self.by_owner.get(owner)?.find(key)?.created;
        self.take(owner, place)
    }

    /// Takes out the cookie at a place of a shelf, and the shelf if it was the last.
    fn take(&mut self, owner: &[u8], place: u64) -> Option<Arc<Cookie>> {
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
        let Self { by_owner, tally } = self;
        if let Scope::Domain(domain) | Scope::Path(domain, _) = scope {
            let owner = owner(domain).as_bytes();
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
    fn make_room(&mut self, owner: &[u8], room: &Capacity<'_>) -> bool {
        let full = |shelf: &Shelf| {
            room.per_domain.is_some_and(|limit| shelf.len() >= limit && shelf.set_by_servers() >= limit)
        };
        while let Some(shelf) = self.by_owner.get(owner).filter(|shelf| full(shelf)) {
            let Some(place) = shelf.victim(room) else {
                return false;
            };
            self.take(owner, place);
        }
        while room.total.is_some_and(|limit| self.tally.set_by_servers >= limit) {
            let Self { by_owner, tally } = self;
            let queue = tally.queue(|| by_owner.values().flat_map(Shelf::iter));
            let Some((place, cookie)) = queue.next(room).map(|(place, cookie)| (place, cookie.clone())) else {
                return false;
            };
            self.take(cookie.owner_bytes(), place);
        }
        room.per_domain != Some(0)
    }

    fn secure_rivals(&mut self, cookie: &Cookie) -> Vec<Arc<Cookie>> {
        let Self { by_owner, tally } = self;
        let owners = tally.secure(|| by_owner.values().flat_map(Shelf::iter)).rival_owners(cookie);
        let shelves = owners.iter().filter_map(|owner| by_owner.get(owner.as_bytes()));
        let all = shelves.flat_map(Shelf::iter).map(|entry| &entry.cookie);
        all.filter(|other| other.secure() && other.name_bytes() == cookie.name_bytes()).cloned().collect()
    }
}

/// Whether nothing came, went or was replaced in between: a cookie in the store never changes.
fn same(judged: &[Arc<Cookie>], found: &[Arc<Cookie>]) -> bool {
    judged.len() == found.len() && judged.iter().zip(found).all(|(one, other)| Arc::ptr_eq(one, other))
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").field("cookies", &self.read().tally.count).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A store that looks through all its cookies for each one, and so cannot be wrong about which.
    #[derive(Default)]
    struct Plain {
        cookies: Vec<Stored>,
        created: u64,
    }

    impl Plain {
        fn put(&mut self, cookie: Arc<Cookie>, room: Option<&Capacity<'_>>) -> PutOutcome {
            let same = self.cookies.iter().position(|old| old.cookie.key() == cookie.key());
            if room.is_some_and(|room| cookie.is_expired(room.now)) {
                same.map(|place| self.cookies.remove(place));
                return PutOutcome::Stored;
            }
            if let Some(place) = same {
                self.cookies[place].cookie = cookie;
                self.cookies[place].by_user |= room.is_none();
                return PutOutcome::Stored;
            }
            if let Some(room) = room {
                let (owner, all) = (cookie.owner().to_owned(), |_: &Stored| true);
                let near = |stored: &Stored| stored.cookie.owner() == owner;
                if !self.make_room(room, room.per_domain, near) || !self.make_room(room, room.total, all) {
                    return PutOutcome::Full;
                }
            }
            let (created, by_user) = (self.created, room.is_none());
            self.created += 1;
            self.cookies.push(Stored { cookie, created, by_user });
            PutOutcome::Stored
        }

        fn make_room(&mut self, room: &Capacity<'_>, limit: Option<usize>, of: impl Fn(&Stored) -> bool) -> bool {
            while limit.is_some_and(|limit| self.cookies.iter().filter(|one| !one.by_user && of(one)).count() >= limit)
            {
                let rank = |(place, one): (usize, &Stored)| {
                    let end = one.cookie.expires().filter(|end| *end <= room.now);
                    let tier = if end.is_some() { 0 } else { 1 + usize::from(one.cookie.secure()) };
                    let may = of(one) && !one.by_user && (tier < 2 || room.evict_secure);
                    may.then_some((tier, end, one.created, place))
                };
                match self.cookies.iter().enumerate().filter_map(rank).min() {
                    Some((.., place)) => self.cookies.remove(place),
                    None => return false,
                };
            }
            true
        }
    }

    #[test]
    fn what_is_indexed_is_what_is_found_by_looking() -> Result<(), StoreError> {
        let mut seed = 1_u64;
        let mut below = move |end: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(seed >> 33).unwrap_or(0) % end
        };
        for (per_domain, total, names, by_hand) in [
            (None, None, 600, 2),
            (Some(300), None, 600, 2),
            (Some(20), Some(30), 600, 2),
            (None, Some(500), 900, 9),
            (Some(0), Some(0), 9, 2),
        ] {
            let (store, mut plain) = (MemoryStore::new(), Plain::default());
            for step in 0..4000 {
                let now = step / 8;
                let domain = [".a.test", "a.test", "a.test", "b.test"][below(4)];
                let name = format!("n{}", below(names));
                let end = (below(2) == 0).then(|| now + i64::try_from(below(900)).unwrap_or(0) - 20);
                let cookie = Cookie::new(name.as_str(), "v", domain).with_expires(end).with_secure(below(3) == 0);
                let cookie = Arc::new(cookie);
                let room = Capacity { per_domain, total, now, evict_secure: below(2) == 0, judged: None };
                let room = (below(by_hand) > 0).then_some(&room);
                match below(400) {
                    0 => {
                        let scope = [Scope::Domain(domain), Scope::Expired(now), Scope::Session][below(3)];
                        let before = plain.cookies.len();
                        plain.cookies.retain(|one| !scope.contains(&one.cookie));
                        assert_eq!(store.remove_all(scope)?, before - plain.cookies.len());
                    }
                    1..40 => {
                        let place = plain.cookies.iter().position(|one| one.cookie.key() == cookie.key());
                        let found = store.remove(domain, b"/", name.as_bytes())?;
                        assert_eq!(found, place.map(|place| plain.cookies.remove(place).cookie));
                    }
                    _ => assert_eq!(store.put(cookie.clone(), room)?, plain.put(cookie.clone(), room)),
                }
                let found = plain.cookies.iter().find(|one| one.cookie.key() == cookie.key());
                assert_eq!(store.get(domain, b"/", name.as_bytes())?, found.map(|one| one.cookie.clone()));
                assert_eq!(store.len()?, plain.cookies.len());
                if step % 50 == 0 {
                    let shown = |all: &[Stored]| -> Vec<_> {
                        all.iter().map(|one| (one.cookie.clone(), one.by_user)).collect()
                    };
                    assert_eq!(shown(&store.snapshot()?), shown(&plain.cookies), "{per_domain:?} {total:?} {step}");
                }
            }
        }
        Ok(())
    }
}
