//! Any bytes as a Refresh header, and what follows.

use std::sync::Arc;
use std::time::Duration;

use clientcookie::clock::FixedClock;
use clientcookie::transport::ScriptedTransport;
use clientcookie::{HttpHandler, HttpRefreshProcessor, build_opener};

pub fn run(refresh: &[u8]) {
    let reply = [b"HTTP/1.1 200 OK\r\nRefresh: ", refresh, b"\r\n\r\n"].concat();
    let http = HttpHandler::with_transport(ScriptedTransport::new().reply(&reply).reply(&reply));
    let clock = Arc::new(FixedClock::new(0));
    let processor = HttpRefreshProcessor::new().max_time(Duration::from_secs(60)).clock(clock);
    let outcome = build_opener((processor, http)).open("http://example.com/");
    let _ = outcome.map_err(|error| error.to_string());
}
