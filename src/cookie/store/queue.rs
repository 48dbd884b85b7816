//! Which cookie is evicted next.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Capacity;
use super::entry::Entry;
use crate::cookie::Cookie;

/// The cookies that servers have set, so that the one to evict is found without looking through
/// all. What the user put in is not among them.
#[derive(Default)]
pub(super) struct Queue {
    /// When each expires, and the number of its creation.
    ends: BTreeSet<(i64, u64)>,
    plain: BTreeMap<u64, Arc<Cookie>>,
    secure: BTreeMap<u64, Arc<Cookie>>,
}

impl Queue {
    pub(super) fn len(&self) -> usize {
        self.plain.len() + self.secure.len()
    }

    pub(super) fn add(&mut self, entry: &Entry) {
        if entry.by_user {
            return;
        }
        self.ends.extend(entry.cookie.expires().map(|end| (end, entry.created)));
        let line = if entry.cookie.secure() { &mut self.secure } else { &mut self.plain };
        line.insert(entry.created, entry.cookie.clone());
    }

    pub(super) fn remove(&mut self, entry: &Entry) {
        if let Some(end) = entry.cookie.expires() {
            self.ends.remove(&(end, entry.created));
        }
        let line = if entry.cookie.secure() { &mut self.secure } else { &mut self.plain };
        line.remove(&entry.created);
    }

    /// The cookie to evict next: the one with the least [`rank`].
    pub(super) fn next(&self, room: &Capacity<'_>) -> Option<(u64, &Arc<Cookie>)> {
        let expired = self.ends.first().filter(|(end, _)| *end <= room.now);
        let expired =
            expired.and_then(|(_, created)| Some((created, self.plain.get(created).or(self.secure.get(created))?)));
        let secure = || self.secure.first_key_value().filter(|_| room.evict_secure);
        let next = expired.or_else(|| self.plain.first_key_value()).or_else(secure);
        next.map(|(created, cookie)| (*created, cookie))
    }
}

/// Whether a cookie may be evicted, and how soon: what has expired, by its end, else the oldest
/// that is not secure, else the oldest.
pub(super) fn rank(entry: &Entry, room: &Capacity<'_>) -> Option<(u8, i64)> {
    match (entry.cookie.expires().filter(|end| *end <= room.now), entry.cookie.secure()) {
        _ if entry.by_user => None,
        (Some(end), _) => Some((0, end)),
        (None, false) => Some((1, 0)),
        (None, true) => room.evict_secure.then_some((2, 0)),
    }
}
