//! Redirects: where they may lead, what goes along, and when it is enough. Tests named `r1`, `r2`,
//! ... keep one class of mistakes each out that HTTP clients have made. Those about credentials go
//! to https too.

#[cfg(feature = "tls")]
mod credentials;
mod deciding;
mod drained;
mod golden;
mod limits;
#[cfg(feature = "tls")]
mod proxies;
mod targets;
mod world;

use clientcookie::transport::ScriptedTransport;
use clientcookie::{Error, HttpError, HttpHandler, HttpsHandler, OpenerDirector, build_opener};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone";

/// A redirect with a small body.
fn redirect(status: u16, location: &str) -> String {
    format!("HTTP/1.1 {status} Redirect\r\nLocation: {location}\r\nContent-Length: 5\r\n\r\nmoved")
}

/// An opener whose http and https are both answered by this script.
fn opener(script: &ScriptedTransport) -> OpenerDirector {
    build_opener((HttpHandler::with_transport(script.clone()), HttpsHandler::with_transport(script.clone())))
}

fn script<B: AsRef<[u8]>>(replies: impl IntoIterator<Item = B>) -> ScriptedTransport {
    replies.into_iter().fold(ScriptedTransport::new(), |script, reply| script.reply(reply))
}

/// The URLs that were requested, in order.
fn visited(script: &ScriptedTransport) -> Vec<String> {
    script.requests().iter().map(|request| request.url.to_string()).collect()
}

/// The redirect that was not followed.
fn http_error(error: Error) -> HttpError {
    error.into_http_error().unwrap_or_else(|error| panic!("not an answer: {error}"))
}
