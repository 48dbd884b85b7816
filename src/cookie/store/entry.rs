//! A cookie in memory, and what is known of it without looking at it.

use std::hash::BuildHasher;
use std::sync::Arc;

use foldhash::fast::FixedState;

use super::Stored;
use crate::cookie::Cookie;
use crate::cookie::cookie::Key;

pub(super) struct Entry {
    pub(super) cookie: Arc<Cookie>,
    pub(super) created: u64,
    /// Of the key, so that most others are told apart without looking at their texts.
    pub(super) hash: u32,
    pub(super) by_user: bool,
}

impl Entry {
    /// What is put in: as yet no cookie is older.
    pub(super) fn new(cookie: Arc<Cookie>, by_user: bool) -> Self {
        let hash = hash(cookie.key());
        Self { cookie, created: 0, hash, by_user }
    }

    pub(super) fn to_stored(&self) -> Stored {
        Stored { cookie: self.cookie.clone(), created: self.created, by_user: self.by_user }
    }
}

/// Who makes collisions gains a comparison. The owner is the same for a whole shelf.
pub(super) fn hash([domain, path, name]: Key<'_>) -> u32 {
    let hash = FixedState::default().hash_one((domain.starts_with(b"."), path, name));
    (hash & u64::from(u32::MAX)) as u32
}
