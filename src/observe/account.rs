//! [`Account`]: to whom one exchange is told, and what is counted of it meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use super::{Event, Observer, Step};
use crate::clock;
use crate::redact::Level;

/// The observers of an opener, and the number of the last exchange.
#[derive(Clone, Default)]
pub(crate) struct Accounts {
    observers: Arc<[Arc<dyn Observer>]>,
    last: Arc<AtomicU64>,
}

impl Accounts {
    pub(crate) fn add(&mut self, observer: Arc<dyn Observer>) {
        self.observers = self.observers.iter().cloned().chain([observer]).collect();
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.observers.is_empty()
    }

    /// An account of one more exchange; `before` is the one it follows upon or stands in, if that
    /// is told to the same observers.
    pub(crate) fn begin(&self, before: Option<&Account>) -> Arc<Account> {
        let before = before.filter(|before| Arc::ptr_eq(&before.observers, &self.observers));
        Arc::new(Account {
            observers: Arc::clone(&self.observers),
            exchange: self.last.fetch_add(1, Ordering::Relaxed) + 1,
            parent: before.map(|before| before.exchange),
            since: before.map_or_else(clock::monotonic, |before| before.since),
            wire_bytes: AtomicU64::new(0),
            has_ended: AtomicBool::new(false),
        })
    }
}

/// One exchange, as it is told.
pub(crate) struct Account {
    observers: Arc<[Arc<dyn Observer>]>,
    exchange: u64,
    parent: Option<u64>,
    since: Instant,
    /// Bytes of the body that came so far.
    wire_bytes: AtomicU64,
    /// The last of them has come.
    has_ended: AtomicBool,
}

impl Account {
    /// Tells everybody; the step is made once for those from whom secrets are hidden, and once for
    /// the others.
    pub(crate) fn tell(&self, step: impl Fn(Level) -> Step) {
        let at = clock::monotonic().saturating_duration_since(self.since);
        for (level, shows) in [(Level::All, false), (Level::None, true)] {
            let mut hearers = self.observers.iter().filter(|one| one.shows_secrets() == shows).peekable();
            if hearers.peek().is_some() {
                let event = Event { exchange: self.exchange, parent: self.parent, at, step: step(level) };
                hearers.for_each(|observer| observer.event(&event));
            }
        }
    }

    /// Bytes of a body have come over the wire, which may be the last ones.
    pub(crate) fn count(&self, bytes: usize, last: bool) {
        self.wire_bytes.fetch_add(bytes as u64, Ordering::Relaxed);
        if last {
            self.end();
        }
    }

    pub(crate) fn wire_bytes(&self) -> u64 {
        self.wire_bytes.load(Ordering::Relaxed)
    }

    /// All of a body has come.
    pub(crate) fn end(&self) {
        self.has_ended.store(true, Ordering::Relaxed);
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.has_ended.load(Ordering::Relaxed)
    }

    /// How much of each body somebody wants to see.
    pub(crate) fn body_limit(&self) -> usize {
        self.observers.iter().map(|observer| observer.body_limit()).max().unwrap_or_default()
    }
}
