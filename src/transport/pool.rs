//! [`Pool`]: connections that are kept for the next request.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::clock;
use crate::message::urls::Userinfo;
use crate::transport::line::Line;
use crate::transport::{Limits, ProxyRoute, WireRequest};

use url::Url;

/// Whose connection it is: one is never used for another place, nor a tunnel by another user than
/// the one it was opened for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    tls: bool,
    host: String,
    port: u16,
    through: Through,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Through {
    Nothing,
    /// The proxy reads the heads: the place is the proxy's own.
    Proxy,
    /// What was said to open it (see [`lasting_credentials`]).
    Tunnel {
        proxy: Url,
        credentials: Vec<Vec<u8>>,
    },
    Socks {
        proxy: Url,
        user: Option<Userinfo>,
    },
}

impl Place {
    /// Where the head of this request is read.
    pub(crate) fn of(request: &WireRequest<'_>) -> Self {
        let at = |url: &Url, through| Self {
            tls: url.scheme() == "https",
            host: url.host_str().unwrap_or_default().to_owned(),
            port: url.port_or_known_default().unwrap_or_default(),
            through,
        };
        let Some((proxy, way)) = request.proxy.zip(request.route()) else {
            return at(request.url, Through::Nothing);
        };
        let url = proxy.url();
        match way {
            ProxyRoute::WholeUrl => at(url, Through::Proxy),
            ProxyRoute::Tunnel => {
                at(request.url, Through::Tunnel { proxy: url.clone(), credentials: lasting_credentials(request) })
            }
            ProxyRoute::Socks => {
                at(request.url, Through::Socks { proxy: url.clone(), user: proxy.userinfo().cloned() })
            }
        }
    }
}

/// Who is said to ask for a tunnel. What a Digest counts and makes up anew for each request (RFC
/// 7616 section 3.4) is left out: a tunnel serves all requests of one user.
fn lasting_credentials(request: &WireRequest<'_>) -> Vec<Vec<u8>> {
    let changes = |part: &&[u8]| {
        let part = part.trim_ascii_start();
        [b"nc=".as_slice(), b"cnonce=", b"response="].iter().any(|name| part.starts_with(name))
    };
    let said = request.connect_headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("Proxy-Authorization"));
    let parts = said.flat_map(|(_, value)| value.as_bytes().split(|&byte| byte == b','));
    parts.filter(|part| !changes(part)).map(<[u8]>::to_vec).collect()
}

/// Connections that wait for the next request, the one that waits for the longest time first.
pub(crate) struct Pool {
    waiting: Mutex<Vec<Waiting>>,
    most: usize,
    most_for_one: usize,
    age: Duration,
}

struct Waiting {
    place: Place,
    line: Line,
    since: Instant,
}

impl Pool {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            waiting: Mutex::default(),
            most: limits.idle_connections,
            most_for_one: limits.idle_connections_per_host,
            age: limits.idle_age,
        }
    }

    /// A connection to this place that is open still, the one that was used last: it is the
    /// likeliest to be.
    pub(crate) fn take(&self, place: &Place) -> Option<Line> {
        loop {
            let mut waiting = self.lock();
            let index = waiting.iter().rposition(|one| one.place == *place)?;
            let mut found = waiting.remove(index);
            drop(waiting);
            // Asking the system, and closing what is of no use, is done without the lock.
            if !self.is_too_old(&found, clock::monotonic()) && found.line.is_quiet() {
                return Some(found.line);
            }
        }
    }

    fn put(&self, place: Place, line: Line) {
        let now = clock::monotonic();
        let mut closed = Vec::new();
        let mut waiting = self.lock();
        waiting.push(Waiting { place, line, since: now });
        closed.extend(waiting.extract_if(.., |one| self.is_too_old(one, now)));
        if let Some(Waiting { place, .. }) = waiting.last() {
            let those = waiting.iter().filter(|one| one.place == *place).count();
            if those > self.most_for_one
                && let Some(oldest) = waiting.iter().position(|one| one.place == *place)
            {
                closed.push(waiting.remove(oldest));
            }
        }
        if waiting.len() > self.most {
            closed.push(waiting.remove(0));
        }
        drop(waiting);
        drop(closed);
    }

    fn is_too_old(&self, one: &Waiting, now: Instant) -> bool {
        now.saturating_duration_since(one.since) >= self.age
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where a connection goes when its exchange is over.
pub(crate) struct Home {
    pub(crate) pool: Arc<Pool>,
    pub(crate) place: Place,
}

impl Home {
    /// Takes it in, unless something came behind the body: that would answer the next request.
    pub(crate) fn keep(self, line: Line) {
        if line.ahead().is_empty() {
            self.pool.put(self.place, line);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;
    use crate::transport::line::{Stream, WaitLimits};

    /// A connection that is open still, or not.
    struct Silent(bool);

    impl Stream for Silent {
        fn set_limits(&mut self, _: WaitLimits) {}
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Ok(0)
        }
        fn write_all(&mut self, _: &[u8]) -> io::Result<()> {
            Ok(())
        }
        fn is_quiet(&mut self) -> bool {
            self.0
        }
    }

    fn place(host: &str) -> Place {
        Place { tls: false, host: host.to_owned(), port: 80, through: Through::Nothing }
    }

    /// How many of these hosts' connections are there, after they were given in this order.
    fn kept(limits: Limits, given: &[(&str, bool)], asked: &[&str]) -> String {
        let pool = Arc::new(Pool::new(&limits));
        for (host, is_open) in given {
            let home = Home { pool: Arc::clone(&pool), place: place(host) };
            home.keep(Line::new(Box::new(Silent(*is_open))));
        }
        let found = asked.iter().map(|host| std::iter::from_fn(|| pool.take(&place(host))).count().to_string());
        found.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn so_many_are_kept_and_the_oldest_goes_first() {
        let few = Limits { idle_connections: 3, idle_connections_per_host: 2, ..Limits::default() };
        let aged = Limits { idle_age: Duration::ZERO, ..few };
        let none = Limits { idle_connections: 0, ..few };
        for (sentence, limits, given, asked, expected) in [
            ("what is given is taken", few, &[("a", true), ("b", true)][..], &["b", "a", "c"][..], "1 1 0"),
            ("two to one host", few, &[("a", true), ("a", true), ("a", true)], &["a"], "2"),
            (
                "three in all",
                few,
                &[("a", true), ("b", true), ("c", true), ("d", true)],
                &["a", "b", "c", "d"],
                "0 1 1 1",
            ),
            (
                "one that was closed meanwhile is no use",
                few,
                &[("a", false), ("a", true), ("b", false)],
                &["a", "b"],
                "1 0",
            ),
            ("none for so long", aged, &[("a", true)], &["a"], "0"),
            ("none at all", none, &[("a", true)], &["a"], "0"),
        ] {
            assert_eq!(kept(limits, given, asked), expected, "{sentence}");
        }
    }

    #[test]
    fn a_place_is_the_same_only_through_the_same() {
        let pool = Arc::new(Pool::new(&Limits::default()));
        let proxy = Url::parse("http://proxy.test/").unwrap();
        let tunnel = |credentials: &str| Place {
            through: Through::Tunnel { proxy: proxy.clone(), credentials: vec![credentials.as_bytes().to_vec()] },
            ..place("a")
        };
        for other in
            [tunnel("you"), Place { tls: true, ..tunnel("me") }, Place { port: 81, ..tunnel("me") }, place("a")]
        {
            let home = Home { pool: Arc::clone(&pool), place: tunnel("me") };
            home.keep(Line::new(Box::new(Silent(true))));
            assert!(pool.take(&other).is_none(), "{other:?}");
            assert!(pool.take(&tunnel("me")).is_some(), "{other:?}");
        }
    }
}
