//! A store of one's own: all cookies in one list, the oldest first. It stands for the server of a
//! fleet.

use std::sync::{Arc, Mutex, MutexGuard};

use clientcookie::cookie::{Capacity, Cookie, CookieStore, PutOutcome, Scope, StoreError, Stored};

#[derive(Default)]
pub struct List(Mutex<Vec<Stored>>);

impl CookieStore for List {
    fn candidates(&self, owners: &[&str]) -> Result<Vec<Stored>, StoreError> {
        let all = self.lock()?;
        Ok(all.iter().filter(|stored| owners.contains(&owner(&stored.cookie))).cloned().collect())
    }

    fn secure_rivals(&self, cookie: &Cookie) -> Result<Vec<Arc<Cookie>>, StoreError> {
        Ok(rivals(&self.lock()?, cookie))
    }

    fn get(&self, domain: &str, path: &[u8], name: &[u8]) -> Result<Option<Arc<Cookie>>, StoreError> {
        let all = self.lock()?;
        Ok(find(&all, domain, path, name).map(|index| all[index].cookie.clone()))
    }

    // One lock from the first look to the last change: nobody comes in between. In a database this
    // is a transaction.
    fn put(&self, cookie: Arc<Cookie>, room: Option<&Capacity<'_>>) -> Result<PutOutcome, StoreError> {
        let mut all = self.lock()?;
        Ok(put(&mut all, cookie, room))
    }

    fn put_all(&self, cookies: Vec<Arc<Cookie>>, instead: bool) -> Result<(), StoreError> {
        let mut all = self.lock()?;
        if instead {
            all.clear();
        }
        for cookie in cookies {
            put(&mut all, cookie, None);
        }
        Ok(())
    }

    fn remove(&self, domain: &str, path: &[u8], name: &[u8]) -> Result<Option<Arc<Cookie>>, StoreError> {
        let mut all = self.lock()?;
        Ok(find(&all, domain, path, name).map(|index| all.remove(index).cookie))
    }

    fn remove_all(&self, scope: Scope<'_>) -> Result<usize, StoreError> {
        let mut all = self.lock()?;
        let before = all.len();
        all.retain(|stored| !scope.contains(&stored.cookie));
        Ok(before - all.len())
    }

    fn snapshot(&self) -> Result<Vec<Stored>, StoreError> {
        Ok(self.lock()?.clone())
    }

    fn len(&self) -> Result<usize, StoreError> {
        Ok(self.lock()?.len())
    }
}

impl List {
    /// Where a server would be asked, and may be away.
    fn lock(&self) -> Result<MutexGuard<'_, Vec<Stored>>, StoreError> {
        self.0.lock().map_err(|_| StoreError::new("another thread broke off in the middle of a change"))
    }
}

fn owner(cookie: &Cookie) -> &str {
    cookie.domain().strip_prefix('.').unwrap_or(cookie.domain())
}

fn find(all: &[Stored], domain: &str, path: &[u8], name: &[u8]) -> Option<usize> {
    let key = |cookie: &Cookie| cookie.domain() == domain && cookie.path_bytes() == path && cookie.name_bytes() == name;
    all.iter().position(|stored| key(&stored.cookie))
}

fn put(all: &mut Vec<Stored>, cookie: Arc<Cookie>, room: Option<&Capacity<'_>>) -> PutOutcome {
    let judged = room.and_then(|room| room.judged);
    if judged.is_some_and(|judged| judged != rivals(all, &cookie)) {
        return PutOutcome::Changed;
    }
    let place = find(all, cookie.domain(), cookie.path_bytes(), cookie.name_bytes());
    if room.is_some_and(|room| cookie.is_expired(room.now)) {
        place.map(|index| all.remove(index));
    } else if let Some(index) = place {
        all[index].cookie = cookie;
        all[index].by_user |= room.is_none();
    } else if room.is_some_and(|room| !make_room(all, owner(&cookie), room)) {
        return PutOutcome::Full;
    } else {
        let created = all.last().map_or(0, |newest| newest.created + 1);
        all.push(Stored { cookie, created, by_user: room.is_none() });
    }
    PutOutcome::Stored
}

fn rivals(all: &[Stored], cookie: &Cookie) -> Vec<Arc<Cookie>> {
    let is_below = |one: &str, other: &str| one.strip_suffix(other).is_some_and(|labels| labels.ends_with('.'));
    let is_rival = |other: &&Arc<Cookie>| {
        let (mine, others) = (owner(cookie), owner(other));
        let in_line = mine == others || is_below(mine, others) || is_below(others, mine);
        other.secure() && other.name_bytes() == cookie.name_bytes() && in_line
    };
    all.iter().map(|stored| &stored.cookie).filter(is_rival).cloned().collect()
}

/// Evicts what must go: what has expired, else the oldest that is not secure, else, where it may,
/// the oldest.
fn make_room(all: &mut Vec<Stored>, newcomer: &str, room: &Capacity<'_>) -> bool {
    for (limit, whose) in [(room.per_domain, Some(newcomer)), (room.total, None)] {
        let counts = |stored: &Stored| !stored.by_user && whose.is_none_or(|whose| owner(&stored.cookie) == whose);
        while limit.is_some_and(|limit| all.iter().filter(|stored| counts(stored)).count() >= limit) {
            let rank = |stored: &Stored| match (stored.cookie.is_expired(room.now), stored.cookie.secure()) {
                (true, _) => Some(0),
                (false, false) => Some(1),
                (false, true) => room.evict_secure.then_some(2),
            };
            let ranks = all.iter().enumerate().filter(|(_, stored)| counts(stored));
            let Some((_, victim)) = ranks.filter_map(|(index, stored)| Some((rank(stored)?, index))).min() else {
                return false;
            };
            all.remove(victim);
        }
    }
    true
}
