//! What an opener tells while it works, and how that is written down.

mod errands;
#[cfg(feature = "har")]
pub mod har;
mod lesson;
mod page;
mod steps;
mod text;
mod told;

use std::sync::{Arc, Mutex};

use clientcookie::observe::{Event, Observer};
use clientcookie::trace::Trace;
use clientcookie::transport::ScriptedTransport;
use clientcookie::{HttpHandler, HttpsHandler, IntoHandlers, OpenerDirector, ProxyHandler, build_opener};

/// An opener with these replies, in their order, for http and https alike.
fn opener(replies: &[&str], handlers: impl IntoHandlers) -> OpenerDirector {
    let transport = replies.iter().fold(ScriptedTransport::new(), |transport, reply| transport.reply(reply));
    let https = HttpsHandler::with_transport(transport.clone());
    build_opener((handlers, HttpHandler::with_transport(transport), https, ProxyHandler::without_proxies()))
}

/// A trace of what this opener does.
fn traced(opener: &mut OpenerDirector) -> Trace {
    let trace = Trace::new();
    opener.observe(trace.clone());
    trace
}

/// The text without the times, which are another each time.
fn without_times(text: &str) -> String {
    let untimed = text.lines().map(|line| {
        let (time, rest) = line.split_at_checked(10).unwrap_or(("", line));
        match time.trim_end().ends_with("ms") || time.trim_end().ends_with(" s") {
            true => format!("{:10}{rest}\n", ""),
            false => format!("{line}\n"),
        }
    });
    untimed.collect()
}

/// Hears everything, and secrets if it is to.
#[derive(Clone, Default)]
struct Ear {
    heard: Arc<Mutex<Vec<Event>>>,
    shows_secrets: bool,
    body_limit: usize,
}

impl Ear {
    fn events(&self) -> Vec<Event> {
        self.heard.lock().unwrap().clone()
    }
}

impl Observer for Ear {
    fn event(&self, event: &Event) {
        self.heard.lock().unwrap().push(event.clone());
    }

    fn shows_secrets(&self) -> bool {
        self.shows_secrets
    }

    fn body_limit(&self) -> usize {
        self.body_limit
    }
}
