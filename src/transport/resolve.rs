//! [`Resolver`]: from a host's name to its addresses.

use std::collections::HashMap;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use url::Host;

use crate::clock;

/// How long [`CachingResolver`] believes an answer: 60 seconds. The system's resolver does not say how long it may.
pub const CACHE_AGE: Duration = Duration::from_secs(60);

/// How many hosts [`CachingResolver`] keeps: 1,000.
pub const CACHE_SIZE: usize = 1_000;

/// Looks up the addresses of a host. An IP address as the host of a URL never gets here.
///
/// It runs on the thread that opens the URL and is not bounded by [`Timeouts`](crate::transport::Timeouts): the
/// system's resolver has limits of its own (`resolv.conf`), and one that must not wait can be put in its place.
///
/// ```
/// use std::{io, net::SocketAddr};
/// use clientcookie::transport::{Resolver, UreqTransport};
///
/// /// Everything lives on this machine.
/// struct Loopback;
///
/// impl Resolver for Loopback {
///     fn resolve(&self, _host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
///         Ok(vec![SocketAddr::from(([127, 0, 0, 1], port))])
///     }
/// }
///
/// let transport = UreqTransport::new().resolver(Loopback);
/// ```
pub trait Resolver: Send + Sync {
    /// The addresses of the host, in the order in which they are to be tried.
    ///
    /// # Errors
    /// When there are none.
    fn resolve(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>>;
}

impl<R: Resolver + ?Sized> Resolver for Arc<R> {
    fn resolve(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        (**self).resolve(host, port)
    }
}

/// Asks the system (`getaddrinfo`).
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemResolver;

impl Resolver for SystemResolver {
    fn resolve(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        Ok((host, port).to_socket_addrs()?.collect())
    }
}

type HostAndPort = (String, u16);

/// Keeps what another resolver answered, for [`CACHE_AGE`] and [`CACHE_SIZE`] hosts: without it a name would be
/// looked up for every request, even on a connection that is open already.
pub struct CachingResolver<R = SystemResolver> {
    inner: R,
    age: Duration,
    entries: Mutex<HashMap<HostAndPort, (Instant, Vec<SocketAddr>)>>,
}

impl Default for CachingResolver {
    fn default() -> CachingResolver {
        CachingResolver::new(SystemResolver)
    }
}

impl<R: Resolver> CachingResolver<R> {
    /// A cache before another resolver.
    pub fn new(inner: R) -> CachingResolver<R> {
        CachingResolver { inner, age: CACHE_AGE, entries: Mutex::default() }
    }

    /// Believes an answer for so long.
    pub fn age(self, age: Duration) -> CachingResolver<R> {
        CachingResolver { age, ..self }
    }
}

impl<R: Resolver> Resolver for CachingResolver<R> {
    fn resolve(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        let key = (host.to_owned(), port);
        let now = clock::monotonic();
        let entries = || self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((since, addresses)) = entries().get(&key)
            && now.duration_since(*since) < self.age
        {
            return Ok(addresses.clone());
        }
        // The lock is not held during the lookup; two threads may ask at once, and the later answer stays.
        let addresses = self.inner.resolve(host, port)?;
        let mut entries = entries();
        if entries.len() >= CACHE_SIZE {
            entries.clear();
        }
        entries.insert(key, (now, addresses.clone()));
        Ok(addresses)
    }
}

/// Knows some hosts by heart and asks another resolver for the rest (curl's `--resolve`).
///
/// ```
/// use clientcookie::transport::{FixedResolver, Resolver};
///
/// let resolver = FixedResolver::new().host("shop.test", 80, [([127, 0, 0, 1], 8080)]);
/// assert_eq!(resolver.resolve("shop.test", 80)?[0].port(), 8080);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Default)]
pub struct FixedResolver<R = CachingResolver> {
    hosts: HashMap<HostAndPort, Vec<SocketAddr>>,
    rest: R,
}

impl FixedResolver {
    /// Knows nothing yet, and asks the system for the rest.
    pub fn new() -> FixedResolver {
        FixedResolver::default()
    }
}

impl<R: Resolver> FixedResolver<R> {
    /// Gives a host and port these addresses.
    pub fn host<A: Into<SocketAddr>>(
        mut self,
        host: &str,
        port: u16,
        addresses: impl IntoIterator<Item = A>,
    ) -> FixedResolver<R> {
        let addresses = addresses.into_iter().map(Into::into).collect();
        // As URLs spell it: lower case, and international names in ASCII.
        let host = Host::parse(host).map_or_else(|_| host.to_ascii_lowercase(), |host| host.to_string());
        self.hosts.insert((host, port), addresses);
        self
    }
}

impl<R: Resolver> Resolver for FixedResolver<R> {
    fn resolve(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        match self.hosts.get(&(host.to_ascii_lowercase(), port)) {
            Some(addresses) => Ok(addresses.clone()),
            None => self.rest.resolve(host, port),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[derive(Default)]
    struct Counting(AtomicUsize);

    impl Resolver for Counting {
        fn resolve(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
            self.0.fetch_add(1, Ordering::Relaxed);
            match host {
                "missing" => Err(io::ErrorKind::NotFound.into()),
                _ => Ok(vec![SocketAddr::from(([127, 0, 0, 1], port))]),
            }
        }
    }

    #[test]
    fn a_name_is_looked_up_once_and_a_failure_is_not_kept() {
        let resolver = CachingResolver::new(Counting::default());
        for (host, port, lookups) in [("a", 1, 1), ("a", 1, 1), ("a", 2, 2), ("missing", 1, 3), ("missing", 1, 4)] {
            let _ = resolver.resolve(host, port);
            assert_eq!(resolver.inner.0.load(Ordering::Relaxed), lookups, "after {host}:{port}");
        }
        let forgetful = CachingResolver::new(Counting::default()).age(Duration::ZERO);
        let _ = (forgetful.resolve("a", 1), forgetful.resolve("a", 1));
        assert_eq!(forgetful.inner.0.load(Ordering::Relaxed), 2);
    }
}
