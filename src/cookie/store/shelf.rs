//! The cookies of one owner.

use std::collections::hash_map::RandomState;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::BuildHasher;

use super::entry::{Entry, hash};
use super::queue::{Queue, rank};
use super::tally::Tally;
use super::{Capacity, Scope};
use crate::cookie::cookie::Key;

/// How many cookies are looked through for one of them. A server may set fewer; who puts in more by
/// hand, or lifts the limits, gets an index.
const FEW: usize = 256;

/// The cookies of one owner, oldest first. The place of a cookie is the number of its creation.
pub(super) enum Shelf {
    Few(Vec<Entry>),
    Many(Box<Many>),
}

impl Default for Shelf {
    fn default() -> Self {
        Self::Few(Vec::new())
    }
}

impl Shelf {
    pub(super) fn iter(&self) -> impl Iterator<Item = &Entry> {
        let (few, many) = match self {
            Self::Few(few) => (few.as_slice(), None),
            Self::Many(many) => (&[][..], Some(many.entries.values())),
        };
        few.iter().chain(many.into_iter().flatten())
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Few(few) => few.len(),
            Self::Many(many) => many.entries.len(),
        }
    }

    /// How many servers have set: those count for the limits.
    pub(super) fn set_by_servers(&self) -> usize {
        match self {
            Self::Few(few) => few.iter().filter(|entry| !entry.by_user).count(),
            Self::Many(many) => many.queue.len(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(super) fn find(&self, key: Key<'_>) -> Option<&Entry> {
        self.find_hashed(hash(key), key)
    }

    /// The cookie that this one is to replace.
    pub(super) fn find_older(&self, new: &Entry) -> Option<&Entry> {
        self.find_hashed(new.hash, new.cookie.key())
    }

    fn find_hashed(&self, hash: u32, key: Key<'_>) -> Option<&Entry> {
        match self {
            Self::Few(few) => few.iter().find(|entry| entry.hash == hash && entry.cookie.key() == key),
            Self::Many(many) => many.find(key),
        }
    }

    /// Adds a cookie that is younger than all others.
    pub(super) fn push(&mut self, entry: Entry) {
        match self {
            Self::Few(few) if few.len() < FEW => {
                // Most owners have a handful, and there are many owners: a vector would begin with
                // four and double.
                if few.len() == few.capacity() {
                    few.reserve_exact(2 + few.len() / 2);
                }
                few.push(entry);
            }
            Self::Few(few) => {
                let mut many = Box::new(Many::default());
                std::mem::take(few).into_iter().chain([entry]).for_each(|entry| many.insert(entry));
                *self = Self::Many(many);
            }
            Self::Many(many) => many.insert(entry),
        }
    }

    /// Puts a cookie in the place of the one with its key.
    pub(super) fn replace(&mut self, entry: Entry) {
        match self {
            Self::Few(few) => {
                if let Ok(index) = few.binary_search_by_key(&entry.created, |entry| entry.created) {
                    few[index] = entry;
                }
            }
            Self::Many(many) => {
                many.remove(entry.created);
                many.insert(entry);
            }
        }
    }

    pub(super) fn remove(&mut self, place: u64) -> Option<Entry> {
        match self {
            Self::Few(few) => {
                let index = few.binary_search_by_key(&place, |entry| entry.created).ok()?;
                Some(few.remove(index))
            }
            Self::Many(many) => many.remove(place),
        }
    }

    /// Takes out what is in a scope.
    pub(super) fn take_out(&mut self, scope: &Scope<'_>, tally: &mut Tally) {
        match self {
            Self::Few(few) => few.retain(|entry| {
                let stays = !scope.contains(&entry.cookie);
                if !stays {
                    tally.remove(entry);
                }
                stays
            }),
            Self::Many(many) => {
                let gone = many.entries.values().filter(|entry| scope.contains(&entry.cookie));
                let gone: Vec<u64> = gone.map(|entry| entry.created).collect();
                gone.into_iter().filter_map(|place| many.remove(place)).for_each(|entry| tally.remove(&entry));
            }
        }
    }

    /// The place of the cookie to evict next, if there is one that may be.
    pub(super) fn victim(&self, room: &Capacity<'_>) -> Option<u64> {
        match self {
            Self::Few(few) => {
                let ranks = few.iter().filter_map(|entry| Some((rank(entry, room)?, entry.created)));
                ranks.min().map(|(_, place)| place)
            }
            Self::Many(many) => many.queue.next(room).map(|cookie| cookie.0),
        }
    }
}

/// Cookies that nobody can look through for each one that comes.
#[derive(Default)]
pub(super) struct Many {
    entries: BTreeMap<u64, Entry>,
    /// The places of the cookies by a hash that nobody outside can foretell.
    places: BTreeSet<(u64, u64)>,
    hasher: RandomState,
    queue: Queue,
}

impl Many {
    fn find(&self, key: Key<'_>) -> Option<&Entry> {
        let hash = self.hasher.hash_one(key);
        let places = self.places.range((hash, 0)..=(hash, u64::MAX));
        let mut entries = places.filter_map(|(_, place)| self.entries.get(place));
        entries.find(|entry| entry.cookie.key() == key)
    }

    fn insert(&mut self, entry: Entry) {
        self.places.insert((self.hasher.hash_one(entry.cookie.key()), entry.created));
        self.queue.add(&entry);
        self.entries.insert(entry.created, entry);
    }

    fn remove(&mut self, place: u64) -> Option<Entry> {
        let entry = self.entries.remove(&place)?;
        self.places.remove(&(self.hasher.hash_one(entry.cookie.key()), place));
        self.queue.remove(&entry);
        Some(entry)
    }
}
