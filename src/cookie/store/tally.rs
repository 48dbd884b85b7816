//! What a store in memory knows without looking through its shelves.

use std::collections::BTreeMap;

use super::entry::Entry;
use super::queue::Queue;
use crate::cookie::Cookie;
use crate::cookie::host::backwards;
use crate::cookie::transaction::with_parents;

/// How many cookies there are, and which owners have secure ones.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) count: usize,
    /// Those that count for the limits.
    pub(super) set_by_servers: usize,
    next_created: u64,
    /// None until an insecure response sets a cookie for the first time, since hardly any does.
    secure: Option<Secure>,
    /// Of all cookies; none until a jar is full for the first time, since few have a total.
    queue: Option<Box<Queue>>,
}

/// How many secure cookies of a name an owner has. The owner is spelled backwards: those below
/// `example.com` are a range that starts at `moc.elpmaxe.`. The name comes first, so that no site
/// makes another cookie's way long.
#[derive(Default)]
pub(super) struct Secure(BTreeMap<(Box<[u8]>, Box<str>), usize>);

impl Tally {
    /// Counts a cookie that replaces none, and gives it its number.
    pub(super) fn register(&mut self, mut entry: Entry) -> Entry {
        entry.created = self.next_created;
        self.next_created += 1;
        self.add(&entry);
        entry
    }

    pub(super) fn add(&mut self, entry: &Entry) {
        self.count += 1;
        self.set_by_servers += usize::from(!entry.by_user);
        if let Some(queue) = &mut self.queue {
            queue.add(entry);
        }
        if let Some(secure) = &mut self.secure {
            secure.add(&entry.cookie);
        }
    }

    pub(super) fn remove(&mut self, entry: &Entry) {
        self.count -= 1;
        self.set_by_servers -= usize::from(!entry.by_user);
        if let Some(queue) = &mut self.queue {
            queue.remove(entry);
        }
        if let Some(secure) = &mut self.secure {
            secure.remove(&entry.cookie);
        }
    }

    /// Who is evicted next, of all there are.
    pub(super) fn queue<'a, I: Iterator<Item = &'a Entry>>(&mut self, all: impl FnOnce() -> I) -> &Queue {
        self.queue.get_or_insert_with(|| {
            let mut queue = Box::new(Queue::default());
            all().for_each(|entry| queue.add(entry));
            queue
        })
    }

    /// Who has secure cookies, of all there are.
    pub(super) fn secure<'a, I: Iterator<Item = &'a Entry>>(&mut self, all: impl FnOnce() -> I) -> &Secure {
        self.secure.get_or_insert_with(|| {
            let mut secure = Secure::default();
            all().for_each(|entry| secure.add(&entry.cookie));
            secure
        })
    }
}

impl Secure {
    fn add(&mut self, cookie: &Cookie) {
        if cookie.secure() {
            *self.0.entry(key(cookie)).or_default() += 1;
        }
    }

    fn remove(&mut self, cookie: &Cookie) {
        if !cookie.secure() {
            return;
        }
        let key = key(cookie);
        if let Some(count) = self.0.get_mut(&key) {
            *count -= 1;
            if *count == 0 {
                self.0.remove(&key);
            }
        }
    }

    /// The owners above, at and below this cookie's that have a secure cookie of its name.
    pub(super) fn rival_owners(&self, cookie: &Cookie) -> Vec<Box<str>> {
        // Few jars have none, but those that fill fastest do: those of plain http.
        if self.0.is_empty() {
            return Vec::new();
        }
        let name: Box<[u8]> = cookie.name_bytes().into();
        let has_any = |owner: &&str| self.0.contains_key(&(name.clone(), backwards(owner)));
        let mut owners: Vec<Box<str>> = with_parents(cookie.owner()).filter(has_any).map(Box::from).collect();
        let start = (name.clone(), backwards(&format!(".{}", cookie.owner())));
        let behind = self.0.range(&start..).map(|(key, _)| key);
        let below = behind.take_while(|(other, owner)| *other == name && owner.starts_with(&*start.1));
        owners.extend(below.map(|(_, owner)| backwards(owner)));
        owners
    }
}

fn key(cookie: &Cookie) -> (Box<[u8]>, Box<str>) {
    (cookie.name_bytes().into(), backwards(cookie.owner()))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::cookie::{Capacity, Cookie, CookieStore, MemoryStore, Scope, StoreError};

    #[test]
    fn rivals_are_those_of_the_name_and_of_the_line() -> Result<(), StoreError> {
        let store = MemoryStore::new();
        let secure = |name: &str, domain: &str| Arc::new(Cookie::new(name, "1", domain).with_secure(true));
        for (name, domain) in [
            ("s", "a.test"),
            ("s", ".a.test"),
            ("s", "x.a.test"),
            ("s", "y.x.a.test"),
            ("s", "test"),
            ("s", "xa.test"),
            ("t", "x.a.test"),
            ("s2", "a.test"),
        ] {
            store.put(secure(name, domain), None)?;
        }
        store.put(Arc::new(Cookie::new("s", "1", "plain.a.test")), None)?;
        let rivals = |domain: &str| -> Result<Vec<String>, StoreError> {
            let rivals = store.secure_rivals(&Cookie::new("s", "2", domain))?;
            Ok(rivals.iter().map(|cookie| cookie.domain().to_owned()).collect())
        };
        assert_eq!(rivals("a.test")?, ["a.test", ".a.test", "test", "x.a.test", "y.x.a.test"]);
        assert_eq!(rivals("z.a.test")?, ["a.test", ".a.test", "test"]);
        assert_eq!(rivals("b.test")?, ["test"]);

        store.put(Arc::new(Cookie::new("s", "1", "x.a.test")), Some(&Capacity::UNLIMITED))?;
        store.remove("a.test", b"/", b"s")?;
        store.remove_all(Scope::Domain("test"))?;
        assert_eq!(rivals("a.test")?, [".a.test", "y.x.a.test"], "replaced, removed and cleared ones are gone");
        store.remove_all(Scope::All)?;
        assert!(rivals("a.test")?.is_empty() && store.is_empty()?);
        Ok(())
    }
}
