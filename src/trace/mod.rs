//! [`Trace`]: everything that an opener told, kept, and written down so that it can be read: as
//! text, as a page for a browser, or, with the feature `har`, as a HAR file.
//!
//! ```
//! use clientcookie::trace::Trace;
//! use clientcookie::transport::ScriptedTransport;
//! use clientcookie::{HttpHandler, build_opener};
//!
//! let transport = ScriptedTransport::new()
//!     .reply("HTTP/1.1 200 OK\r\nSet-Cookie: sid=31d4; Domain=other.example\r\n\r\n");
//! let mut opener = build_opener(HttpHandler::with_transport(transport));
//! let trace = Trace::new();
//! opener.observe(trace.clone());
//! opener.open("http://example.com/")?.text()?;
//! println!("{trace}");
//! # let text = trace.to_string();
//! # assert!(text.contains("cookie sid for .other.example/ not stored: the host does not belong"));
//! # Ok::<(), clientcookie::Error>(())
//! ```
//!
//! The tree reads from top to bottom: each exchange with its number, each handler that was asked,
//! what it changed, and, below it, what happened meanwhile.

#[cfg(feature = "har")]
mod har;
mod model;
mod page;
mod text;

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::observe::{Event, Observer};

use model::Exchange;

/// Keeps what an opener tells ([`OpenerDirector::observe`](crate::OpenerDirector::observe)), to be
/// looked at at any time. Clones share what is kept.
///
/// Displayed, it is a tree of text; see the [module](self).
#[derive(Clone, Default)]
pub struct Trace {
    kept: Arc<Kept>,
    shows_secrets: bool,
    body_limit: usize,
}

#[derive(Default)]
struct Kept {
    events: Mutex<Vec<Event>>,
    missed: AtomicU64,
}

impl Trace {
    /// How many events are kept: 100,000, some 2,000 exchanges. Those after them are counted
    /// ([`missed`](Self::missed)).
    pub const EVENT_LIMIT: usize = 100_000;

    /// A trace that keeps nothing yet, hides secrets, and shows the first 4,096 bytes of a body.
    pub fn new() -> Self {
        Self { body_limit: 4096, ..Self::default() }
    }

    /// Whether passwords and the values of cookies are shown. Off: then a trace may be sent to
    /// somebody, as far as its bodies may.
    #[must_use]
    pub fn secrets(self, shows_secrets: bool) -> Self {
        Self { shows_secrets, ..self }
    }

    /// Sets how many bytes of each body are kept.
    #[must_use]
    pub fn bodies(self, body_limit: usize) -> Self {
        Self { body_limit, ..self }
    }

    /// What was told so far.
    pub fn events(&self) -> Vec<Event> {
        self.lock().clone()
    }

    /// How many events there were beyond [`EVENT_LIMIT`](Self::EVENT_LIMIT).
    pub fn missed(&self) -> u64 {
        self.kept.missed.load(Ordering::Relaxed)
    }

    /// Forgets what was told so far.
    pub fn clear(&self) {
        self.lock().clear();
        self.kept.missed.store(0, Ordering::Relaxed);
    }

    /// The tree with colours, for a terminal that shows them (ANSI).
    pub fn coloured(&self) -> impl fmt::Display {
        text::Tree { exchanges: self.exchanges(), missed: self.missed(), has_colours: true }
    }

    /// A page for a browser that stands by itself: a lane for each exchange, with its handlers,
    /// what they changed, its times, and what was decided about each cookie.
    pub fn html(&self) -> String {
        page::write(&self.exchanges(), self.missed())
    }

    /// The exchanges as a HAR 1.2 file (JSON), which browsers' tools and many other programs read;
    /// what they have no field for stands in `_clientcookie`.
    #[cfg(feature = "har")]
    pub fn har(&self) -> String {
        har::write(&self.exchanges())
    }

    fn exchanges(&self) -> Vec<Exchange> {
        model::exchanges(&self.lock())
    }

    /// What the lock guards is sound also after a panic of another observer.
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Event>> {
        self.kept.events.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for Trace {
    fn event(&self, event: &Event) {
        let mut events = self.lock();
        match events.len() < Self::EVENT_LIMIT {
            true => events.push(event.clone()),
            false => drop(self.kept.missed.fetch_add(1, Ordering::Relaxed)),
        }
    }

    fn shows_secrets(&self) -> bool {
        self.shows_secrets
    }

    fn body_limit(&self) -> usize {
        self.body_limit
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tree = text::Tree { exchanges: self.exchanges(), missed: self.missed(), has_colours: false };
        fmt::Display::fmt(&tree, f)
    }
}

impl fmt::Debug for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trace").field("events", &self.lock().len()).finish_non_exhaustive()
    }
}
