//! Servers that break the rules, one a row. Whatever they do, the client says what happened, in
//! time, and its next request is answered as if nothing had been.

mod answers;
mod uploads;

use crate::support::Server;
use crate::transport::outcome::outcome;
use clientcookie::{OpenerDirector, Request, Timeouts, build_opener};
use std::time::{Duration, Instant};

/// How long a request waits in the rows where it has to wait in vain.
const SHORT: Duration = Duration::from_millis(200);

/// Far more than any row takes, and less than the server's own patience.
const SOON: Duration = Duration::from_secs(5);

/// Opens what the server breaks on, and then what it does not. `kept`: over a connection that has
/// served before.
fn check(sentence: &str, server: &Server, kept: bool, broken: Request, expected: &str) {
    let opener = build_opener(());
    if kept {
        next_is_answered(sentence, server, &opener, "/before");
    }
    let start = Instant::now();
    let came = outcome(&opener, broken);
    assert_eq!(came, expected, "{sentence} (kept: {kept})");
    assert!(start.elapsed() < SOON, "{sentence} (kept: {kept}): it took {:?}", start.elapsed());
    for path in ["/next", "/and-next"] {
        next_is_answered(sentence, server, &opener, path);
    }
}

fn next_is_answered(sentence: &str, server: &Server, opener: &OpenerDirector, path: &str) {
    assert_eq!(outcome(opener, server.url(path).as_str()), path, "{sentence}: another request");
}

/// A limit for what is waited for in vain, and none that could get in its way on a busy machine.
fn limited(head: Option<Duration>, read: Option<Duration>) -> Timeouts {
    Timeouts { head, read, ..Timeouts::default() }
}
