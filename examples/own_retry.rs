//! A retry handler of one's own, with all that the crate's own one can do: made of public items
//! alone.
//!
//! ```sh
//! cargo run --example own_retry
//! ```
#![allow(clippy::print_stdout, reason = "an example is a program that prints")]

use std::sync::Arc;
use std::time::Duration;

use clientcookie::clock::{Clock, FixedClock};
use clientcookie::transport::ScriptedTransport;
use clientcookie::{
    Answer, Error, ErrorKind, Handler, Hook, HttpHandler, Parent, Phase, Request, Response, Result, build_opener,
    str2time,
};

const MAX_RETRIES: u32 = 3;
const MAX_WAIT: Duration = Duration::from_secs(60);
const FIRST_WAIT: Duration = Duration::from_millis(500);

/// Opens a URL again when there was no connection, or when the server says 429 or 503.
struct OwnRetry {
    clock: Arc<dyn Clock>,
}

/// How long was waited so far: it travels with the request, from one repetition to the next.
#[derive(Clone, Copy, Default)]
struct Waited(Duration);

impl OwnRetry {
    /// The request again, once it has been waited for, unless it is one too many.
    fn again(&self, request: &Request, asked: Option<Duration>) -> Option<Request> {
        let idempotent = ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"].contains(&request.method().as_str());
        if request.attempts() >= MAX_RETRIES || !idempotent {
            return None;
        }
        let wait = asked.unwrap_or(FIRST_WAIT * 2_u32.pow(request.attempts()));
        let Waited(waited) = request.extensions().get().copied().unwrap_or_default();
        let waited = waited.checked_add(wait).filter(|waited| *waited <= MAX_WAIT)?;
        // None where its data is a reader, which is read once.
        let mut again = request.again()?;
        again.extensions_mut().insert(Waited(waited));
        println!("  waits for {wait:?}");
        self.clock.sleep(wait);
        Some(again)
    }

    /// How long the server asks to wait, in seconds or until a date.
    fn retry_after(&self, response: &Response) -> Option<Duration> {
        let value = response.headers().get_str("Retry-After")?.trim().to_owned();
        let seconds = value.parse().ok();
        let away = || u64::try_from(str2time(&value)?.saturating_sub(self.clock.now())).ok();
        seconds.or_else(away).map(Duration::from_secs)
    }
}

impl Handler for OwnRetry {
    fn hooks(&self) -> &[Hook] {
        &[Hook::OpenError, Hook::HttpError]
    }

    fn open_error(&self, _: &dyn Parent, request: &Request, error: Error) -> Result<Answer<Error>> {
        let may_pass = matches!(
            error.kind(),
            ErrorKind::Connect { .. }
                | ErrorKind::Resolve { .. }
                | ErrorKind::Timeout { during: Phase::Connect }
                | ErrorKind::Disconnected
        );
        // An error with a URL is that of another request, which a handler opened on its own
        // account.
        let is_its_own = error.url().is_none();
        match (may_pass && is_its_own).then(|| self.again(request, None)).flatten() {
            Some(again) => Ok(Answer::Next(again, error)),
            None => Ok(Answer::Continue(error)),
        }
    }

    fn http_error(&self, _: &dyn Parent, request: &Request, response: Response) -> Result<Answer> {
        if !matches!(response.status().as_u16(), 429 | 503) {
            return Ok(Answer::Continue(response));
        }
        match self.again(request, self.retry_after(&response)) {
            Some(again) => Ok(Answer::Next(again, response)),
            None => Ok(Answer::Continue(response)),
        }
    }
}

fn main() -> Result<()> {
    // A site that is busy twice, moved, and busy once more; and a clock that keeps nobody waiting.
    let site = ScriptedTransport::new()
        .reply("HTTP/1.1 503 Busy\r\nRetry-After: 2\r\nSet-Cookie: place=7\r\nContent-Length: 0\r\n\r\n")
        .reply("HTTP/1.1 429 Slow Down\r\nContent-Length: 0\r\n\r\n")
        .reply("HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n")
        .reply("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")
        .reply("HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nhere you are");
    let clock = Arc::new(FixedClock::new(0));
    let opener = build_opener((OwnRetry { clock }, HttpHandler::with_transport(site.clone())));

    println!("a page of a busy server");
    println!("  {}", opener.open("http://example.com/page")?.text()?);
    for request in site.requests() {
        let cookie = request.headers.get_str("Cookie").unwrap_or_default().into_owned();
        println!("  {} {} {cookie}", request.method, request.url.path());
    }
    Ok(())
}
