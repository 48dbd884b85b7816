//! The cookies of one owner.

use std::sync::Arc;

use super::tally::Tally;
use super::{Room, Scope, Stored};
use crate::cookie::Cookie;

/// The cookies of one owner, oldest first.
#[derive(Default)]
pub(super) struct Shelf(Vec<Entry>);

pub(super) struct Entry {
    pub(super) cookie: Arc<Cookie>,
    pub(super) created: u64,
    /// Of the key, so that most others are told apart without looking at their texts.
    hash: u32,
    pub(super) by_user: bool,
}

impl Entry {
    pub(super) fn to_stored(&self) -> Stored {
        Stored { cookie: self.cookie.clone(), created: self.created, by_user: self.by_user }
    }

    /// Another cookie with the same key takes this one's place, and what the user put in stays the user's.
    pub(super) fn replace(&mut self, cookie: Arc<Cookie>, by_user: bool) {
        self.cookie = cookie;
        self.by_user |= by_user;
    }

    /// Whether it may be evicted, and how soon.
    fn rank(&self, room: &Room<'_>) -> Option<(u8, u64)> {
        let tier = match (self.cookie.is_expired(room.now), self.cookie.secure()) {
            _ if self.by_user => return None,
            (true, _) => 0,
            (false, false) => 1,
            (false, true) if room.evict_secure => 2,
            (false, true) => return None,
        };
        Some((tier, self.created))
    }
}

impl Shelf {
    pub(super) fn iter(&self) -> std::slice::Iter<'_, Entry> {
        self.0.iter()
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// How many servers have set: those count for the limits.
    pub(super) fn set_by_servers(&self) -> usize {
        self.0.iter().filter(|entry| !entry.by_user).count()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn find(&self, domain: &str, path: &[u8], name: &[u8]) -> Option<usize> {
        let hash = hash(domain, path, name);
        self.0.iter().position(|entry| entry.hash == hash && entry.cookie.has_key(domain, path, name))
    }

    pub(super) fn get(&self, place: usize) -> Option<&Entry> {
        self.0.get(place)
    }

    pub(super) fn get_mut(&mut self, place: usize) -> Option<&mut Entry> {
        self.0.get_mut(place)
    }

    pub(super) fn push(&mut self, cookie: Arc<Cookie>, created: u64, by_user: bool) {
        let hash = hash(cookie.domain(), cookie.path_bytes(), cookie.name_bytes());
        self.0.push(Entry { cookie, created, hash, by_user });
    }

    pub(super) fn remove(&mut self, place: usize) -> Option<Entry> {
        (place < self.0.len()).then(|| self.0.remove(place))
    }

    /// Takes out what is in a scope.
    pub(super) fn take_out(&mut self, scope: &Scope<'_>, tally: &mut Tally) {
        self.0.retain(|entry| {
            let stays = !scope.contains(&entry.cookie);
            if !stays {
                tally.remove(entry);
            }
            stays
        });
    }

    /// The place of the cookie to evict next, and its rank: what has expired, else the oldest that is not secure, else
    /// the oldest.
    pub(super) fn victim(&self, room: &Room<'_>) -> Option<(usize, (u8, u64))> {
        let ranks = self.0.iter().enumerate().filter_map(|(place, entry)| Some((place, entry.rank(room)?)));
        ranks.min_by_key(|(_, rank)| *rank)
    }
}

/// FNV-1a: short keys, and who makes collisions gains a comparison.
fn hash(domain: &str, path: &[u8], name: &[u8]) -> u32 {
    let dotted = [u8::from(domain.starts_with('.'))];
    let bytes = dotted.iter().chain(path).chain(b"\0").chain(name);
    bytes.fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}
