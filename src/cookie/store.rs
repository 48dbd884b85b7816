//! Where the cookies of a jar lie: on one shelf a domain, found by name.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};
use std::ops::Bound;

use super::destination::{Destination, with_parents};
use super::journal::Journal;
use super::limits::{MAX_COOKIE_HEADER, MAX_COOKIES_IN_HEADER, MAX_COOKIES_PER_DOMAIN};
use super::{Cookie, Refusal, header, rule};

/// All cookies, indexed so that a request costs what the cookies of its host and of that host's parents cost.
#[derive(Default)]
pub(super) struct Store {
    /// Keyed by the domain without its dot. A shelf is never empty, never above its limit, and oldest first.
    shelves: HashMap<Box<str>, Vec<Entry>>,
    /// The keys of `shelves`, each spelled backwards: the domains below `example.com` are a range that starts at
    /// `moc.elpmaxe.`. Only insecure responses ask for it, to leave the secure cookies of those domains alone.
    backwards: BTreeSet<Box<str>>,
    next_creation: u64,
}

struct Entry {
    cookie: Cookie,
    /// Counts up; kept when the cookie is overwritten (RFC 6265, section 5.3, step 11.3).
    creation: u64,
}

impl Store {
    /// The cookies for a request, in the order of the header, within the limits of one.
    pub(super) fn select(&self, to: &Destination<'_>, now: i64, journal: &mut Journal) -> Vec<&Cookie> {
        let mut chosen: Vec<&Entry> = Vec::new();
        for entry in to.names().filter_map(|name| self.shelves.get(name)).flatten() {
            match rule::return_ok(&entry.cookie, to, now) {
                Ok(()) => chosen.push(entry),
                Err(why) => journal.refused(&entry.cookie, "not sent", why),
            }
        }
        // RFC 6265, section 5.4, step 2: "Cookies with longer paths are listed before cookies with shorter paths.
        // Among cookies that have equal-length path fields, cookies with earlier creation-times are listed before
        // cookies with later creation-times."
        chosen.sort_unstable_by_key(|entry| (Reverse(entry.cookie.path.len()), entry.creation));
        keep_what_fits(&mut chosen, journal);
        chosen.into_iter().map(|entry| &entry.cookie).collect()
    }

    /// Whether what is here allows this cookie, set by a response that came over a `secure` connection or not.
    pub(super) fn set_ok(&self, cookie: &Cookie, secure: bool, now: i64) -> Result<(), Refusal> {
        if secure {
            return Ok(());
        }
        if self.in_line_with(cookie.owner()).any(|entry| rule::shadows_secure(cookie, &entry.cookie, now)) {
            return Err(Refusal::ShadowsSecure);
        }
        let no_room = |shelf: &Vec<Entry>| {
            shelf.len() >= MAX_COOKIES_PER_DOMAIN
                && shelf.iter().all(|old| old.cookie.secure && !old.cookie.is_expired(now))
        };
        if self.shelves.get(cookie.owner()).is_some_and(no_room) {
            return Err(Refusal::DomainFull);
        }
        Ok(())
    }

    /// Puts a cookie in the place of the one with its domain, path and name. An expired one only takes that away.
    pub(super) fn put(&mut self, cookie: Cookie, now: i64) {
        if cookie.is_expired(now) {
            self.remove(&cookie.domain, &cookie.path, &cookie.name);
            return;
        }
        let creation = self.next_creation;
        self.next_creation += 1;
        if let Some(shelf) = self.shelves.get_mut(cookie.owner()) {
            match shelf.iter_mut().find(|old| old.cookie.has_same_key(&cookie)) {
                Some(old) => old.cookie = cookie,
                None => {
                    make_room(shelf, now);
                    shelf.push(Entry { cookie, creation });
                }
            }
            return;
        }
        let owner = Box::from(cookie.owner());
        self.backwards.insert(backwards(&owner));
        self.shelves.insert(owner, vec![Entry { cookie, creation }]);
    }

    /// `domain` as [`Cookie::domain`] spells it.
    pub(super) fn get(&self, domain: &str, path: &[u8], name: &[u8]) -> Option<&Cookie> {
        let shelf = self.shelves.get(owner(domain))?;
        shelf.iter().map(|entry| &entry.cookie).find(|cookie| cookie.has_key(domain, path, name))
    }

    pub(super) fn remove(&mut self, domain: &str, path: &[u8], name: &[u8]) -> Option<Cookie> {
        let shelf = self.shelves.get_mut(owner(domain))?;
        let place = shelf.iter().position(|entry| entry.cookie.has_key(domain, path, name))?;
        let removed = shelf.remove(place).cookie;
        if shelf.is_empty() {
            self.shelves.remove(owner(domain));
            self.backwards.remove(&backwards(owner(domain)));
        }
        Some(removed)
    }

    /// Keeps the cookies that `keep` says yes to.
    pub(super) fn retain(&mut self, keep: impl Fn(&Cookie) -> bool) {
        let all_backwards = &mut self.backwards;
        self.shelves.retain(|owner, shelf| {
            shelf.retain(|entry| keep(&entry.cookie));
            if shelf.is_empty() {
                all_backwards.remove(&backwards(owner));
            }
            !shelf.is_empty()
        });
    }

    /// Copies of all cookies, oldest first.
    pub(super) fn snapshot(&self) -> Vec<Cookie> {
        let mut entries: Vec<&Entry> = self.shelves.values().flatten().collect();
        entries.sort_unstable_by_key(|entry| entry.creation);
        entries.into_iter().map(|entry| entry.cookie.clone()).collect()
    }

    pub(super) fn len(&self) -> usize {
        self.shelves.values().map(Vec::len).sum()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.shelves.is_empty()
    }

    /// The cookies of a domain, of those above it, and of those below it.
    fn in_line_with(&self, domain: &str) -> impl Iterator<Item = &Entry> {
        let above = with_parents(domain).filter_map(|name| self.shelves.get(name));
        let start = backwards(&format!(".{domain}"));
        let range = self.backwards.range::<str, _>((Bound::Included(&*start), Bound::Unbounded));
        let names = range.map(Box::as_ref).take_while(|name: &&str| name.starts_with(&*start)).map(backwards);
        let below: Vec<_> = names.filter_map(|name| self.shelves.get(&name)).collect();
        above.chain(below).flatten()
    }
}

/// Leaves behind what one header cannot hold.
fn keep_what_fits(chosen: &mut Vec<&Entry>, journal: &mut Journal) {
    let (mut count, mut bytes) = (0, 0);
    chosen.retain(|entry| {
        let with_this = bytes + header::length(&entry.cookie) + if count == 0 { 0 } else { "; ".len() };
        let fits = count < MAX_COOKIES_IN_HEADER && with_this <= MAX_COOKIE_HEADER;
        if fits {
            (count, bytes) = (count + 1, with_this);
        } else {
            journal.refused(&entry.cookie, "not sent", Refusal::HeaderFull);
        }
        fits
    });
}

/// Evicts from a full shelf what has expired, else the oldest that is not secure, else the oldest.
fn make_room(shelf: &mut Vec<Entry>, now: i64) {
    if shelf.len() < MAX_COOKIES_PER_DOMAIN {
        return;
    }
    shelf.retain(|entry| !entry.cookie.is_expired(now));
    if shelf.len() >= MAX_COOKIES_PER_DOMAIN {
        let victim = shelf.iter().position(|entry| !entry.cookie.secure).unwrap_or(0);
        shelf.remove(victim);
    }
}

fn owner(domain: &str) -> &str {
    domain.strip_prefix('.').unwrap_or(domain)
}

fn backwards(name: &str) -> Box<str> {
    name.chars().rev().collect::<String>().into()
}
