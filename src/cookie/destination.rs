//! Where a request goes: the few facts about its URL that the rules ask for, taken out once.

use std::borrow::Cow;
use std::iter;

use url::Url;

use super::host;

/// RFC 1035, section 2.3.4: "names 255 octets or less". A longer host cannot be dialled, and walking up the
/// labels of one that a hostile redirect made would take quadratic time.
const LONGEST_HOST: usize = 255;

/// The host, path and security of a request.
pub(super) struct Destination<'a> {
    pub(super) host: Cow<'a, str>,
    pub(super) host_is_ip: bool,
    pub(super) path: &'a str,
    /// https or wss: the connection itself keeps the cookie secret.
    pub(super) secure: bool,
}

impl<'a> Destination<'a> {
    /// None where the URL has no host that could own a cookie.
    pub(super) fn of(url: &'a Url) -> Option<Self> {
        let host = url.host_str().filter(|host| !host.is_empty() && host.len() <= LONGEST_HOST)?;
        Some(Self {
            // The url crate has lower-cased it already, but only for the schemes that it knows.
            host: host::lower_case(host),
            host_is_ip: host::is_ip(host),
            path: url.path(),
            secure: matches!(url.scheme(), "https" | "wss"),
        })
    }

    /// The names under which cookies for this host may be filed: its own, then its parents', up to the last label.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let levels = if self.host_is_ip { 1 } else { usize::MAX };
        with_parents(&self.host).take(levels)
    }
}

/// `www.example.com`, `example.com`, `com`.
pub(super) fn with_parents(name: &str) -> impl Iterator<Item = &str> {
    iter::successors(Some(name), |name| name.split_once('.').map(|(_, parent)| parent)).filter(|name| !name.is_empty())
}
