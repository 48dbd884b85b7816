//! The part of a store that a partitioned cookie lies in: which site's pages it belongs to, and
//! whether that is the cookie's own.

use std::net::{Ipv4Addr, Ipv6Addr};

use url::Url;

use crate::cookie::file::{Reason, raw};
use crate::cookie::{PublicSuffixes, host};

/// A partition, called by the site of the page at the top.
pub(in crate::cookie::file) struct Partition {
    /// None if the store does not tell.
    scheme: Option<String>,
    /// The registrable domain; of an address, or a host that is a public suffix itself, the host.
    domain: String,
    /// Whether there is a page of another site between the one at the top and the cookie's.
    has_cross_site_ancestor: bool,
}

impl Partition {
    /// From Chromium's `top_frame_site_key`, as `https://shop.test`. Layouts before 23 do not tell
    /// the ancestor.
    pub(in crate::cookie::file) fn of_chromium(key: &[u8], has_cross_site_ancestor: bool) -> Result<Self, Reason> {
        let key = str::from_utf8(key).map_err(|_| Reason::BadPartition)?;
        let url = Url::parse(key).map_err(|_| Reason::BadPartition)?;
        let domain = url.host_str().ok_or(Reason::BadPartition)?.to_owned();
        Ok(Self { scheme: Some(url.scheme().to_owned()), domain, has_cross_site_ancestor })
    }

    /// From Firefox's `partitionKey`: `(https,shop.test)`, then perhaps a port, then perhaps `f`
    /// for an ancestor of another site; or the domain alone (caps/OriginAttributes.cpp,
    /// `ParsePartitionKey`).
    #[cfg(feature = "sqlite")]
    pub(super) fn of_firefox(key: &str) -> Result<Self, Reason> {
        let Some(fields) = key.strip_prefix('(') else {
            return Self::new(None, key, false);
        };
        let mut fields = fields.strip_suffix(')').ok_or(Reason::BadPartition)?.split(',');
        let (Some(scheme), Some(domain)) = (fields.next(), fields.next()) else {
            return Err(Reason::BadPartition);
        };
        let mut has_cross_site_ancestor = false;
        for field in fields {
            match field {
                "f" => has_cross_site_ancestor = true,
                // Cookies are shared by all ports of a host.
                port if port.parse::<u16>().is_ok() => {}
                _ => return Err(Reason::BadPartition),
            }
        }
        Self::new(Some(scheme.to_ascii_lowercase()), domain, has_cross_site_ancestor)
    }

    #[cfg(feature = "sqlite")]
    fn new(scheme: Option<String>, domain: &str, has_cross_site_ancestor: bool) -> Result<Self, Reason> {
        let domain = raw::canonical(domain.as_bytes()).map_err(|_| Reason::BadPartition)?;
        Ok(Self { scheme, domain, has_cross_site_ancestor })
    }

    /// Whether the browser sends such a cookie when the cookie's own site is visited.
    pub(in crate::cookie::file) fn is_own_of(&self, host: &[u8], secure: bool) -> Result<(), Reason> {
        let host = raw::canonical(host)?;
        // Sites are schemeful, and a `Secure` cookie never goes to the site that is spelled
        // `http:`.
        let is_other_scheme = secure && self.scheme.as_deref() == Some("http") && !is_loopback(&host);
        if is_other_scheme || !is_site_of(&self.domain, &host) {
            return Err(Reason::Partitioned);
        }
        if self.has_cross_site_ancestor { Err(Reason::CrossSiteAncestor) } else { Ok(()) }
    }
}

/// Whether a host belongs to the site of this name: it is the host itself, or a registrable domain
/// above it.
fn is_site_of(site: &str, host: &str) -> bool {
    let is_below = || host.strip_suffix(site).is_some_and(|rest| rest.ends_with('.'));
    let is_longer_than_a_suffix = || site.contains('.') && PublicSuffixes::BuiltIn.leave_to(host, site.as_bytes());
    host == site || (!host::is_ip(host) && is_below() && is_longer_than_a_suffix())
}

/// Whether browsers trust the host without https (W3C, Secure Contexts, section 3.1).
fn is_loopback(host: &str) -> bool {
    let is_v6 =
        || host.strip_prefix('[')?.strip_suffix(']')?.parse().ok().map(|address: Ipv6Addr| address.is_loopback());
    let is_v4 = || host.parse().ok().map(|address: Ipv4Addr| address.is_loopback());
    host == "localhost" || host.ends_with(".localhost") || is_v4().or_else(is_v6).unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_belongs_to_one_site() {
        for (site, host, expected) in [
            ("shop.test", "shop.test", true),
            ("shop.test", "www.shop.test", true),
            ("shop.test", "a.b.shop.test", true),
            ("shop.test", "myshop.test", false),
            ("shop.test", "news.test", false),
            ("www.shop.test", "shop.test", false),
            ("192.168.1.2", "192.168.1.2", true),
            ("1.2", "192.168.1.2", false),
            ("[::1]", "[::1]", true),
            ("localhost", "localhost", true),
            ("localhost", "a.localhost", false),
            ("test", "shop.test", false),
        ] {
            assert_eq!(is_site_of(site, host), expected, "{site} {host}");
        }
    }

    #[cfg(feature = "psl")]
    #[test]
    fn nobody_has_a_site_above_a_public_suffix() {
        for (site, host, expected) in [
            ("github.io", "github.io", true),
            ("github.io", "me.github.io", false),
            ("me.github.io", "www.me.github.io", true),
            ("co.uk", "shop.co.uk", false),
            ("shop.co.uk", "www.shop.co.uk", true),
            ("amazonaws.com", "x.s3.amazonaws.com", false),
            ("amazonaws.com", "s3.amazonaws.com", false),
            ("amazonaws.com", "www.amazonaws.com", true),
            ("www.ck", "a.www.ck", true),
            ("city.kawasaki.jp", "www.city.kawasaki.jp", true),
            ("a.kawasaki.jp", "b.a.kawasaki.jp", false),
        ] {
            assert_eq!(is_site_of(site, host), expected, "{site} {host}");
        }
    }

    #[test]
    fn hosts_that_are_this_machine() {
        for (host, expected) in [
            ("localhost", true),
            ("a.localhost", true),
            ("127.0.0.1", true),
            ("127.8.8.8", true),
            ("[::1]", true),
            ("mylocalhost", false),
            ("128.0.0.1", false),
            ("[::2]", false),
        ] {
            assert_eq!(is_loopback(host), expected, "{host}");
        }
    }
}
