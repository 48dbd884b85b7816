//! [`Resolver`]: from a host's name to its addresses.

use std::collections::HashMap;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use url::Host;

use crate::clock;
use crate::message::error::late;

/// How long [`CachingResolver`] believes an answer: 60 seconds. The system's resolver does not say
/// how long it may.
pub const CACHE_AGE: Duration = Duration::from_secs(60);

/// How many hosts [`CachingResolver`] keeps: 1,000.
pub const CACHE_SIZE: usize = 1_000;

/// Looks up the addresses of a host. An IP address as the host of a URL never gets here.
///
/// It runs on the thread that opens the URL, so how long it takes is its own affair: whoever writes
/// one that waits bounds it. The [`SystemResolver`] keeps
/// [`Timeouts::connect`](crate::message::Timeouts::connect).
///
/// ```
/// use clientcookie::transport::{Resolver, UreqTransport};
/// use std::{io, net::SocketAddr};
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

/// Asks the system (`getaddrinfo`), within
/// [`Timeouts::connect`](crate::message::Timeouts::connect).
///
/// The system cannot be interrupted, and its own limits (`resolv.conf`) may be minutes. So it is
/// asked on a thread of its own, and a lookup that does not return in time is left to that thread.
/// Once [`MAX_LEFT`](SystemResolver::MAX_LEFT) are left so, further ones are refused until one of
/// them returns.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemResolver;

impl SystemResolver {
    /// How many lookups of this program may be left to their threads: 32.
    pub const MAX_LEFT: usize = 32;
}

impl Resolver for SystemResolver {
    fn resolve(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        let host = host.to_owned();
        let lookup = move || Ok((host.as_str(), port).to_socket_addrs()?.collect());
        match late::for_wait()? {
            Some(limit) => within(limit, &LEFT, lookup),
            None => lookup(),
        }
    }
}

/// How many lookups were left to their threads, and have not returned yet.
static LEFT: AtomicUsize = AtomicUsize::new(0);

/// What becomes of a lookup on a thread.
enum Lookup {
    Runs,
    Returned(io::Result<Vec<SocketAddr>>),
    Left,
}

fn within(
    limit: Duration,
    left: &'static AtomicUsize,
    lookup: impl FnOnce() -> io::Result<Vec<SocketAddr>> + Send + 'static,
) -> io::Result<Vec<SocketAddr>> {
    if left.load(Ordering::Relaxed) >= SystemResolver::MAX_LEFT {
        return Err(io::Error::other("too many lookups have not returned yet"));
    }
    let shared = Arc::new((Mutex::new(Lookup::Runs), Condvar::new()));
    let theirs = Arc::clone(&shared);
    thread::Builder::new().name("clientcookie-lookup".to_owned()).spawn(move || {
        let outcome = lookup();
        let mut state = theirs.0.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(std::mem::replace(&mut *state, Lookup::Returned(outcome)), Lookup::Left) {
            left.fetch_sub(1, Ordering::Relaxed);
        }
        theirs.1.notify_one();
    })?;
    let state = shared.0.lock().unwrap_or_else(PoisonError::into_inner);
    let waited = shared.1.wait_timeout_while(state, limit, |state| matches!(state, Lookup::Runs));
    let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
    match std::mem::replace(&mut *state, Lookup::Left) {
        Lookup::Returned(outcome) => outcome,
        _ => {
            left.fetch_add(1, Ordering::Relaxed);
            Err(io::ErrorKind::TimedOut.into())
        }
    }
}

type HostAndPort = (String, u16);

/// Keeps what another resolver answered, for [`CACHE_AGE`] and [`CACHE_SIZE`] hosts: without it a
/// name would be looked up for every request, even on a connection that is open already.
#[derive(Debug)]
pub struct CachingResolver<R = SystemResolver> {
    inner: R,
    age: Duration,
    entries: Mutex<HashMap<HostAndPort, (Instant, Vec<SocketAddr>)>>,
}

impl Default for CachingResolver {
    fn default() -> Self {
        Self::new(SystemResolver)
    }
}

impl<R: Resolver> CachingResolver<R> {
    /// A cache before another resolver.
    pub fn new(inner: R) -> Self {
        Self { inner, age: CACHE_AGE, entries: Mutex::default() }
    }

    /// Believes an answer for so long.
    #[must_use]
    pub fn age(self, age: Duration) -> Self {
        Self { age, ..self }
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
        // The lock is not held during the lookup; two threads may ask at once, and the later answer
        // stays.
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
#[derive(Debug, Default)]
pub struct FixedResolver<R = CachingResolver> {
    hosts: HashMap<HostAndPort, Vec<SocketAddr>>,
    rest: R,
}

impl FixedResolver {
    /// Knows nothing yet, and asks the system for the rest.
    pub fn new() -> Self {
        Self::default()
    }
}

impl<R: Resolver> FixedResolver<R> {
    /// Gives a host and port these addresses.
    #[must_use]
    pub fn host<A: Into<SocketAddr>>(mut self, host: &str, port: u16, addresses: impl IntoIterator<Item = A>) -> Self {
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
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn a_lookup_that_does_not_return_is_left_and_so_many_are() {
        static LEFT: AtomicUsize = AtomicUsize::new(0);
        let (long, short) = (Duration::from_secs(60), Duration::from_millis(1));
        let address = SocketAddr::from(([127, 0, 0, 1], 1));
        assert_eq!(within(long, &LEFT, move || Ok(vec![address])).unwrap(), [address]);
        let mut ends = Vec::new();
        for number in 0..SystemResolver::MAX_LEFT {
            let (go, wait) = channel::<()>();
            let (returned, returns) = channel();
            let left = within(short, &LEFT, move || {
                // Until the test lets go of the other end.
                let _ = wait.recv();
                drop(returned);
                Ok(Vec::new())
            });
            assert_eq!(left.unwrap_err().kind(), io::ErrorKind::TimedOut);
            assert_eq!(LEFT.load(Ordering::Relaxed), number + 1);
            ends.push((go, returns));
        }
        let refused = within(long, &LEFT, move || Ok(vec![address])).unwrap_err().to_string();
        assert_eq!(refused, "too many lookups have not returned yet");
        for (go, returns) in ends {
            drop(go);
            let _: Result<(), _> = returns.recv();
        }
        while LEFT.load(Ordering::Relaxed) > 0 {
            thread::yield_now();
        }
        assert_eq!(within(long, &LEFT, move || Ok(vec![address])).unwrap(), [address], "there is room again");
    }

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
