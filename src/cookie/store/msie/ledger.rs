//! The cookies in memory: those of the text files, and those that no text file can hold. A change
//! is tried here first, and undone if the disk does not take it.

use std::collections::{BTreeSet, HashMap};
use std::mem;
use std::sync::Arc;

use crate::cookie::Cookie;
use crate::cookie::cookie::Key;
use crate::cookie::file::msie::text::Known;
use crate::cookie::host::backwards;
use crate::cookie::store::{Capacity, PutOutcome, Scope, Stored};
use crate::cookie::transaction::with_parents;

/// A location of the index, `Cookie:joe@example.com/path`, and so a text file.
pub(super) type Location = Arc<[u8]>;

/// A cookie, and where it lies.
#[derive(Clone)]
pub(super) struct Held {
    pub(super) stored: Stored,
    /// None: in memory only.
    pub(super) home: Option<Location>,
    /// Whether another program wrote it, which knows neither for which hosts a cookie is nor how
    /// its path was spelled: for it, the location and the name are the cookie.
    pub(super) is_vague: bool,
}

/// What one owner has, oldest first.
type Shelf = Vec<Held>;

#[derive(Default)]
pub(super) struct Ledger {
    shelves: HashMap<Box<str>, Shelf>,
    /// The shelves that were changed since the last [`accept`](Self::accept), as they were.
    before: HashMap<Box<str>, Shelf>,
    /// Text files that say something about a cookie of which another one says it as well.
    outdated: BTreeSet<Location>,
    /// The highest number of a creation.
    newest: u64,
}

impl Ledger {
    pub(super) fn of_owner(&self, owner: &str) -> &[Held] {
        self.shelves.get(owner).map_or(&[], Vec::as_slice)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Held> {
        self.shelves.values().flatten()
    }

    pub(super) fn len(&self) -> usize {
        self.shelves.values().map(Vec::len).sum()
    }

    pub(super) fn find(&self, key: Key<'_>) -> Option<&Held> {
        self.of_owner(owner(key)).iter().find(|held| held.stored.cookie.key() == key)
    }

    /// The secure cookies of this one's name at, above and below its owner, always in the same
    /// order.
    pub(super) fn secure_rivals(&self, cookie: &Cookie) -> Vec<Arc<Cookie>> {
        let (mine, name) = (cookie.owner(), cookie.name_bytes());
        let is_below = |other: &str| other.strip_suffix(mine).is_some_and(|labels| labels.ends_with('.'));
        let mut below: Vec<&str> = self.shelves.keys().map(|other| &**other).filter(|other| is_below(other)).collect();
        below.sort_by_key(|owner| backwards(owner));
        let near = with_parents(mine).chain(below).flat_map(|owner| self.of_owner(owner));
        let rivals = near.map(|held| &held.stored.cookie).filter(|other| other.secure() && other.name_bytes() == name);
        rivals.cloned().collect()
    }

    /// All of [`CookieStore::put`](crate::cookie::CookieStore::put). A new cookie is made `now`, a
    /// FILETIME, or just after the last one. It has a location, and a text file can hold it, or
    /// not.
    pub(super) fn put(
        &mut self,
        cookie: Arc<Cookie>,
        (location, can_hold): (Option<Location>, bool),
        room: Option<&Capacity<'_>>,
        now: u64,
    ) -> PutOutcome {
        let judged = room.and_then(|room| room.judged);
        if judged.is_some_and(|judged| judged != self.secure_rivals(&cookie)) {
            return PutOutcome::Changed;
        }
        let is_it = |held: &Held| {
            let is_meant = held.is_vague && held.home == location;
            let old = &held.stored.cookie;
            old.key() == cookie.key() || is_meant && old.name_bytes() == cookie.name_bytes()
        };
        let place = self.of_owner(cookie.owner()).iter().position(is_it);
        if room.is_some_and(|room| cookie.is_expired(room.now)) {
            if place.is_some() {
                self.shelf(cookie.owner()).retain(|held| !is_it(held));
            }
            return PutOutcome::Stored;
        }
        let (by_user, home) = (room.is_none(), location.clone().filter(|_| can_hold));
        if let Some(place) = place {
            let shelf = self.shelf(cookie.owner());
            let mut number = 0..;
            shelf.retain(|held| number.next() == Some(place) || !is_it(held));
            let held = &mut shelf[place];
            held.stored.by_user |= by_user;
            (held.stored.cookie, held.home, held.is_vague) = (cookie.clone(), home, false);
            return PutOutcome::Stored;
        }
        if room.is_some_and(|room| !self.make_room(cookie.owner(), room)) {
            return PutOutcome::Full;
        }
        self.newest = self.newest.saturating_add(1).max(now);
        let stored = Stored { cookie: cookie.clone(), created: self.newest, by_user };
        self.shelf(cookie.owner()).push(Held { stored, home, is_vague: false });
        PutOutcome::Stored
    }

    pub(super) fn remove(&mut self, key: Key<'_>) -> Option<Arc<Cookie>> {
        let place = self.of_owner(owner(key)).iter().position(|held| held.stored.cookie.key() == key)?;
        Some(self.shelf(owner(key)).remove(place).stored.cookie)
    }

    pub(super) fn remove_all(&mut self, scope: Scope<'_>) -> usize {
        let before = self.len();
        let has_some = |shelf: &Shelf| shelf.iter().any(|held| scope.contains(&held.stored.cookie));
        let owners: Vec<_> =
            self.shelves.iter().filter(|(_, shelf)| has_some(shelf)).map(|(one, _)| one.clone()).collect();
        for owner in owners {
            self.shelf(&owner).retain(|held| !scope.contains(&held.stored.cookie));
        }
        before - self.len()
    }

    /// Evicts what must go before one more cookie may come; false if there is nothing that may.
    fn make_room(&mut self, newcomer: &str, room: &Capacity<'_>) -> bool {
        // An owner who has nothing left keeps even a limit of nothing.
        while room.per_domain.is_some_and(|limit| is_full(self.of_owner(newcomer), limit))
            && !self.of_owner(newcomer).is_empty()
        {
            if !self.evict(victim(self.of_owner(newcomer).iter(), room)) {
                return false;
            }
        }
        while room.total.is_some_and(|limit| is_full(self.all(), limit)) {
            if !self.evict(victim(self.all(), room)) {
                return false;
            }
        }
        room.per_domain != Some(0)
    }

    fn evict(&mut self, victim: Option<Arc<Cookie>>) -> bool {
        victim.and_then(|victim| self.remove(victim.key())).is_some()
    }

    /// A shelf that is about to be changed.
    fn shelf(&mut self, owner: &str) -> &mut Shelf {
        let shelf = self.shelves.entry(owner.into()).or_default();
        if !self.before.contains_key(owner) {
            self.before.insert(owner.into(), shelf.clone());
        }
        shelf
    }
}

/// What the disk has to do with it.
impl Ledger {
    /// The text files whose cookies are not those of before.
    pub(super) fn changed(&self) -> BTreeSet<Location> {
        let mut changed = if self.before.is_empty() { BTreeSet::new() } else { self.outdated.clone() };
        for (owner, before) in &self.before {
            let now = self.of_owner(owner);
            let homes: BTreeSet<&Location> = before.iter().chain(now).filter_map(|held| held.home.as_ref()).collect();
            let lines =
                |shelf, home| -> Vec<_> { at_home(shelf, home).map(|held| Arc::as_ptr(&held.stored.cookie)).collect() };
            changed.extend(homes.into_iter().filter(|home| lines(before, home) != lines(now, home)).cloned());
        }
        changed
    }

    /// What is to stand in a text file, of the owner whose it is.
    pub(super) fn lines(&self, owner: &str, home: &Location) -> Vec<&Held> {
        at_home(self.of_owner(owner), home).collect()
    }

    /// The disk has taken what was changed.
    pub(super) fn accept(&mut self) {
        if !self.before.is_empty() {
            self.outdated.clear();
        }
        for owner in mem::take(&mut self.before).into_keys() {
            if self.of_owner(&owner).is_empty() {
                self.shelves.remove(&owner);
            }
        }
    }

    /// It has not.
    pub(super) fn undo(&mut self) {
        self.shelves.extend(mem::take(&mut self.before));
        self.shelves.retain(|_, shelf| !shelf.is_empty());
    }

    /// Puts what a text file says now in the place of what it said. What has not changed keeps what
    /// only the memory knows of it.
    pub(super) fn read_again(&mut self, owner: &str, home: &Location, cookies: Vec<(Cookie, Known)>) {
        let shelf = self.shelves.entry(owner.into()).or_default();
        let mut old: Vec<Held> = Vec::new();
        shelf.retain(|held| {
            let is_here = held.home.as_ref() == Some(home);
            old.extend(is_here.then(|| held.clone()));
            !is_here
        });
        for (cookie, Known { made: created, says_hosts }) in cookies {
            let was = old.iter().find(|held| held.stored.cookie.key() == cookie.key());
            let is_same = |held: &&Held| held.stored.created == created && shows_the_same(&held.stored.cookie, &cookie);
            let by_user = was.is_some_and(|held| held.stored.by_user);
            let known = was.filter(is_same).map(|held| held.stored.cookie.clone());
            let stored = Stored { cookie: known.unwrap_or_else(|| cookie.into()), created, by_user };
            // Of two with one key this is the newer one, and of two in one file the last.
            if let Some(other) = shelf.iter().position(|held| held.stored.cookie.key() == stored.cookie.key()) {
                self.outdated.extend(shelf.remove(other).home);
            }
            let place = shelf.partition_point(|held| held.stored.created <= created);
            shelf.insert(place, Held { stored, home: Some(home.clone()), is_vague: !says_hosts });
            self.newest = self.newest.max(created);
        }
        if shelf.is_empty() {
            self.shelves.remove(owner);
        }
    }
}

/// Whether two cookies of one key are the same as far as a text file tells.
fn shows_the_same(one: &Cookie, other: &Cookie) -> bool {
    let facts = |cookie: &Cookie| (cookie.secure(), cookie.http_only(), cookie.expires());
    one.value_if_any() == other.value_if_any() && facts(one) == facts(other)
}

fn at_home<'a>(shelf: &'a [Held], home: &Location) -> impl Iterator<Item = &'a Held> {
    shelf.iter().filter(move |held| held.home.as_ref() == Some(home))
}

/// The owner of a key. Domains are text.
fn owner(key: Key<'_>) -> &str {
    let domain = std::str::from_utf8(key[0]).unwrap_or_default();
    domain.strip_prefix('.').unwrap_or(domain)
}

/// Whether servers have set as many cookies as they may.
fn is_full<'a>(near: impl IntoIterator<Item = &'a Held>, limit: usize) -> bool {
    near.into_iter().filter(|held| !held.stored.by_user).take(limit).count() == limit
}

/// The cookie that is evicted next: what has expired, by its end, else the oldest that is not
/// secure, else the oldest.
fn victim<'a>(near: impl Iterator<Item = &'a Held>, room: &Capacity<'_>) -> Option<Arc<Cookie>> {
    let rank = |stored: &Stored| match (stored.cookie.expires().filter(|end| *end <= room.now), stored.cookie.secure())
    {
        _ if stored.by_user => None,
        (Some(end), _) => Some((0, end, stored.created)),
        (None, false) => Some((1, 0, stored.created)),
        (None, true) => room.evict_secure.then_some((2, 0, stored.created)),
    };
    let ranked = near.filter_map(|held| Some((rank(&held.stored)?, &held.stored.cookie)));
    ranked.min_by_key(|(rank, _)| *rank).map(|(_, cookie)| cookie.clone())
}
