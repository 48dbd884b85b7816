//! Lists of domains that a user blocks or allows.

use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use crate::cookie::host;

/// A list of domains that can be exchanged while jars use it. None: there is no list.
#[derive(Debug, Default)]
pub(super) struct DomainList {
    list: RwLock<Option<Arc<[String]>>>,
    /// Whether there is a list, so that those who have none do not wait for a lock with each
    /// cookie.
    is_set: AtomicBool,
}

impl DomainList {
    pub(super) fn get(&self) -> Option<Arc<[String]>> {
        if !self.is_set.load(Ordering::Acquire) {
            return None;
        }
        self.list.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn set(&self, domains: Option<Arc<[String]>>) {
        let mut list = self.list.write().unwrap_or_else(PoisonError::into_inner);
        self.is_set.store(domains.is_some(), Ordering::Release);
        *list = domains;
    }

    /// Whether one of the list matches; None if there is no list.
    pub(super) fn matches(&self, domain: &[u8]) -> Option<bool> {
        Some(self.get()?.iter().any(|listed| user_domain_match(domain, listed)))
    }
}

impl Clone for DomainList {
    fn clone(&self) -> Self {
        let list = Self::default();
        list.set(self.get());
        list
    }
}

/// In the spelling of hosts: `.Bücher.de` is `.xn--bcher-kva.de`.
pub(super) fn spelled<D: Into<String>>(domains: impl IntoIterator<Item = D>) -> Arc<[String]> {
    domains.into_iter().map(|domain| host::spell_domain(&domain.into()).into_owned()).collect()
}

/// The original's rule for users' lists: an entry without a leading dot matches itself; one with a
/// dot matches what ends in it, so `.acme.com` matches `www.acme.com` and not `acme.com`. IP
/// addresses match themselves only.
fn user_domain_match(domain: &[u8], listed: &str) -> bool {
    if domain == listed.as_bytes() {
        return true;
    }
    let undotted = domain.strip_prefix(b".").unwrap_or(domain);
    let is_address = || str::from_utf8(undotted).is_ok_and(|domain| domain.parse::<Ipv4Addr>().is_ok());
    listed.starts_with('.') && domain.ends_with(listed.as_bytes()) && !is_address()
}

#[cfg(test)]
mod tests {
    use super::user_domain_match;

    #[test]
    fn an_entry_with_a_dot_matches_what_is_below() {
        for (domain, listed, expected) in [
            ("acme.com", "acme.com", true),
            ("www.acme.com", "acme.com", false),
            (".acme.com", "acme.com", false),
            ("www.acme.com", ".acme.com", true),
            ("www.munitions.acme.com", ".acme.com", true),
            (".acme.com", ".acme.com", true),
            ("acme.com", ".acme.com", false),
            ("badacme.com", ".acme.com", false),
            ("192.168.1.2", "192.168.1.2", true),
            ("193.168.1.2", ".168.1.2", false),
            ("192.168.1.2", ".168.1.2", false),
        ] {
            assert_eq!(user_domain_match(domain.as_bytes(), listed), expected, "{domain} {listed}");
        }
    }
}
