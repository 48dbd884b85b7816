//! What is known of each origin, for as long as it holds, and the promise that no two threads ask
//! for it at once.

use std::collections::{HashMap, HashSet};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// A bounded map from origins to what is known of them. No lock is held while something is fetched:
/// the threads that need the same wait for it, all others go on.
#[derive(Debug)]
pub(super) struct Cache<T> {
    state: Mutex<State<T>>,
    /// Something was fetched.
    fetched: Condvar,
}

#[derive(Debug)]
struct State<T> {
    entries: HashMap<String, Entry<T>>,
    /// The origins that are being asked.
    fetching: HashSet<String>,
    /// Counts the uses of entries, to find the one that was not used for longest.
    uses: u64,
}

#[derive(Debug)]
struct Entry<T> {
    value: T,
    since: i64,
    until: i64,
    used: u64,
}

/// What is to be kept, and for how many seconds.
pub(super) struct Fetched<T> {
    pub(super) value: T,
    pub(super) age: i64,
}

impl<T: Clone> Cache<T> {
    pub(super) fn new() -> Self {
        let state = State { entries: HashMap::new(), fetching: HashSet::new(), uses: 0 };
        Self { state: Mutex::new(state), fetched: Condvar::new() }
    }

    /// What is known at this time.
    pub(super) fn get(&self, origin: &str, now: i64) -> Option<T> {
        self.lock().get(origin, now)
    }

    /// What is known at this time, fetched if it must be; no more than `size` origins are kept.
    pub(super) fn get_or_fetch(&self, origin: &str, now: i64, size: usize, fetch: impl FnOnce() -> Fetched<T>) -> T {
        let turn = match self.take_turn(origin, now) {
            Ok(value) => return value,
            Err(turn) => turn,
        };
        let Fetched { value, age } = fetch();
        self.lock().insert(origin, value.clone(), now, age, size);
        drop(turn);
        value
    }

    fn take_turn<'a>(&'a self, origin: &'a str, now: i64) -> Result<T, Turn<'a, T>> {
        let mut state = self.lock();
        loop {
            if let Some(value) = state.get(origin, now) {
                return Ok(value);
            }
            if state.fetching.insert(origin.to_owned()) {
                return Err(Turn { cache: self, origin });
            }
            state = self.fetched.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Of the one thread that fetches; it ends also when a handler panics meanwhile.
struct Turn<'a, T: Clone> {
    cache: &'a Cache<T>,
    origin: &'a str,
}

impl<T: Clone> Drop for Turn<'_, T> {
    fn drop(&mut self) {
        self.cache.lock().fetching.remove(self.origin);
        self.cache.fetched.notify_all();
    }
}

impl<T: Clone> State<T> {
    fn get(&mut self, origin: &str, now: i64) -> Option<T> {
        let entry = self.entries.get_mut(origin)?;
        // A clock that was set back says nothing about ages.
        if !(entry.since..entry.until).contains(&now) {
            return None;
        }
        self.uses += 1;
        entry.used = self.uses;
        Some(entry.value.clone())
    }

    fn insert(&mut self, origin: &str, value: T, now: i64, age: i64, size: usize) {
        self.entries.remove(origin);
        while self.entries.len() >= size.max(1) {
            let oldest = self.entries.iter().min_by_key(|(_, entry)| entry.used).map(|(origin, _)| origin.clone());
            match oldest {
                Some(oldest) => drop(self.entries.remove(&oldest)),
                None => break,
            }
        }
        self.uses += 1;
        let entry = Entry { value, since: now, until: now.saturating_add(age), used: self.uses };
        self.entries.insert(origin.to_owned(), entry);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    use super::*;

    fn ask(cache: &Cache<usize>, origin: &str, now: i64, next: usize) -> usize {
        cache.get_or_fetch(origin, now, 2, || Fetched { value: next, age: 10 })
    }

    #[test]
    fn an_answer_holds_for_its_age() {
        let cache = Cache::new();
        for (now, next, expected, sentence) in [
            (100, 1, 1, "fetched"),
            (109, 2, 1, "kept"),
            (110, 3, 3, "too old"),
            (99, 4, 4, "from a time that has not come"),
        ] {
            assert_eq!(ask(&cache, "a", now, next), expected, "{sentence}");
        }
        assert_eq!((cache.get("a", 99), cache.get("b", 99)), (Some(4), None));
    }

    #[test]
    fn what_was_not_used_for_longest_makes_room() {
        let cache = Cache::new();
        for origin in ["a", "b", "a", "c"] {
            ask(&cache, origin, 0, 1);
        }
        assert_eq!(["a", "b", "c"].map(|origin| cache.get(origin, 0).is_some()), [true, false, true]);
    }

    #[test]
    fn many_threads_fetch_once_and_a_panic_leaves_the_turn_to_the_next() {
        let (cache, fetches) = (Cache::new(), AtomicUsize::new(0));
        let fetch = || {
            // All the others come to wait, or to fetch too.
            (0..100).for_each(|_| thread::yield_now());
            if fetches.fetch_add(1, Ordering::SeqCst) == 0 {
                std::panic::resume_unwind(Box::new("a handler panics"));
            }
            Fetched { value: 7, age: 10 }
        };
        let answers: Vec<_> = thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| cache.get_or_fetch("a", 0, 9, fetch))).collect();
            threads.into_iter().map(|thread| thread.join().ok()).collect()
        });
        assert_eq!(answers.iter().filter(|answer| **answer == Some(7)).count(), 7);
        assert_eq!(fetches.into_inner(), 2);
        assert!(cache.lock().fetching.is_empty());
    }
}
