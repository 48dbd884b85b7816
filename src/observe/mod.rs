//! What an opener tells of itself while it works: which handler was asked, what it changed, why a
//! cookie stayed at home, what went over the wire and when.
//!
//! An [`Observer`] hears one [`Event`] after the other. Nothing is made for it while there is none,
//! and secrets are masked as they are in the logs, unless it asks for them.
//!
//! ```
//! use clientcookie::observe::{Event, Observer, Step};
//! use clientcookie::transport::ScriptedTransport;
//! use clientcookie::{HttpHandler, build_opener};
//! use std::sync::{Arc, Mutex};
//!
//! /// Writes down which handler did what.
//! #[derive(Default)]
//! struct Diary(Mutex<Vec<String>>);
//!
//! impl Observer for Diary {
//!     fn event(&self, event: &Event) {
//!         if let Step::Called { handler, hook, outcome, .. } = &event.step {
//!             self.0.lock().unwrap().push(format!("{handler}.{hook}: {outcome}"));
//!         }
//!     }
//! }
//!
//! let transport = ScriptedTransport::new().reply("HTTP/1.1 204 No Content\r\n\r\n");
//! let mut opener = build_opener(HttpHandler::with_transport(transport));
//! let diary = Arc::new(Diary::default());
//! opener.observe(Arc::clone(&diary));
//! opener.open("http://example.com/")?;
//! let lines = diary.0.lock().unwrap();
//! assert!(lines.contains(&"HttpHandler.open: answers 204".to_owned()));
//! # Ok::<(), clientcookie::Error>(())
//! ```
//!
//! The writers of the feature `trace` are observers: a tree of text, a page for a browser, and a
//! HAR file.

mod account;
mod current;
pub(crate) mod shown;
mod step;
mod watch;

use std::sync::Arc;
use std::time::Duration;

pub use crate::cookie::CookieFate;
pub(crate) use account::{Account, Accounts};
pub(crate) use current::{current, is_heard, tell, within};
pub use step::{BodyEnd, Change, Outcome, Reason, Step};
pub(crate) use watch::Watch;

/// Hears what an opener does ([`OpenerDirector::observe`](crate::OpenerDirector::observe)).
///
/// It is called on the thread where the thing happens, which waits for it, and with no lock held.
/// Several threads may call it at once, and the events of several opens come in among each other;
/// [`Event::exchange`] tells them apart.
pub trait Observer: Send + Sync {
    /// Hears of one event.
    fn event(&self, event: &Event);

    /// Whether secrets are shown to it: passwords, cookies' values, headers that were marked
    /// sensitive. Off.
    fn shows_secrets(&self) -> bool {
        false
    }

    /// How many bytes of the beginning of each body are kept for it ([`Step::Body`]). None.
    fn body_limit(&self) -> usize {
        0
    }
}

/// A shared one hears as well.
impl<O: Observer + ?Sized> Observer for Arc<O> {
    fn event(&self, event: &Event) {
        (**self).event(event);
    }

    fn shows_secrets(&self) -> bool {
        (**self).shows_secrets()
    }

    fn body_limit(&self) -> usize {
        (**self).body_limit()
    }
}

/// One thing that happened.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Event {
    /// The exchange that it is part of: one request and its answer, each with a number of its own
    /// within the opener.
    pub exchange: u64,
    /// The exchange that this one follows upon or stands in: a redirect's is the one that
    /// redirected, that of robots.txt is the one it was asked for.
    pub parent: Option<u64>,
    /// How long after the beginning of the open.
    pub at: Duration,
    /// What it was.
    pub step: Step,
}
