//! [`HttpRetryProcessor`]: opens a URL again when the server was not to be reached, or asks for some patience.

use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;

use crate::clock::{Clock, SystemClock, deadline};
use crate::cookie::str2time;
use crate::handler::{Answer, Handler, Hook, Parent};
use crate::message::error::{Error, ErrorKind, Phase, Result};
use crate::message::request::Request;
use crate::message::response::Response;
use crate::observe::{self, Step};
use crate::redact;
use crate::transport::is_idempotent;

pub(crate) const MAX_RETRIES: u32 = 3;

pub(crate) const MAX_RETRY_WAIT: Duration = Duration::from_secs(60);

/// How long was waited for the repetitions so far; it travels with the request.
#[derive(Clone, Copy, Default)]
struct Waited(Duration);

/// The wait before the first repetition, where the server names none; it doubles with each.
const FIRST_WAIT: Duration = Duration::from_millis(500);

/// Where the doubling ends.
const LONGEST_WAIT: Duration = Duration::from_secs(16);

/// What a server says when it has not done what was asked, and may do it the next time: it did not
/// get the request in time (408), was not willing to believe that it was no replay (425, RFC 8470),
/// was asked too often (429), or is busy (503).
const TRANSIENT: [StatusCode; 4] = [
    StatusCode::REQUEST_TIMEOUT,
    StatusCode::TOO_EARLY,
    StatusCode::TOO_MANY_REQUESTS,
    StatusCode::SERVICE_UNAVAILABLE,
];

/// Opens a URL again when there was no connection, or when the server says 408 (too slow), 425 (too
/// early), 429 (too many requests) or 503 (busy).
///
/// ```
/// use clientcookie::clock::{Clock, FixedClock};
/// use clientcookie::transport::ScriptedTransport;
/// use clientcookie::{HttpHandler, HttpRetryProcessor, build_opener};
/// use std::sync::Arc;
///
/// let transport = ScriptedTransport::new()
///     .reply("HTTP/1.1 503 Busy\r\nRetry-After: 5\r\nContent-Length: 0\r\n\r\n")
///     .reply("HTTP/1.1 200 OK\r\n\r\nhere you are");
/// // A clock for tests, which does not keep anybody waiting.
/// let clock = Arc::new(FixedClock::new(0));
/// let retry = HttpRetryProcessor::new().clock(clock.clone());
/// let opener = build_opener((retry, HttpHandler::with_transport(transport)));
/// assert_eq!(opener.open("http://example.com/")?.text()?, "here you are");
/// assert_eq!(clock.now(), 5);
/// # Ok::<(), clientcookie::Error>(())
/// ```
///
/// It is in an opener only if you put it there.
///
/// - Repeated is what may be repeated without asking (RFC 9110 section 9.2.2): GET, HEAD, OPTIONS,
///   TRACE, PUT and DELETE, if the data, where there is some, can be sent again. A POST is not.
/// - "No connection" is one that was refused, reset or closed before a byte of an answer, a name
///   without an address, and a time limit reached while connecting. What another attempt will not
///   change (TLS, a URL, an answer that cannot be trusted), or would make worse (a server that
///   takes long to answer), is an error at once.
/// - It waits as long as `Retry-After` says, in seconds (of which a fraction is rounded up) or
///   until a date (RFC 9110 section 10.2.3); where there is none, or none that can be understood,
///   half a second, then twice as long each time, and 16 seconds at the most.
/// - After [`max_retries`](Self::max_retries) repetitions, or if the next one would be past
///   [`max_wait`](Self::max_wait), nothing is waited for: the last answer or error is the outcome.
///   The waiting is no part of any of the request's [`Timeouts`](crate::Timeouts).
/// - Every repetition goes through the whole chain, so it has the cookies that the answer before it
///   set.
/// - The numbers are for all that one `open` leads to: what is redirected to is counted on.
#[derive(Debug, Clone)]
pub struct HttpRetryProcessor {
    max_retries: u32,
    max_wait: Duration,
    clock: Arc<dyn Clock>,
}

impl Default for HttpRetryProcessor {
    fn default() -> Self {
        Self::new()
    }
}

impl HttpRetryProcessor {
    /// How often a request is repeated: 3 times, with those that it is redirected to.
    pub const MAX_RETRIES: u32 = MAX_RETRIES;

    /// How long is waited in all for the repetitions of one request: a minute.
    pub const MAX_WAIT: Duration = MAX_RETRY_WAIT;

    /// A processor with the limits
    /// [`HttpRetryProcessor::MAX_RETRIES`](crate::HttpRetryProcessor::MAX_RETRIES) and
    /// [`HttpRetryProcessor::MAX_WAIT`](crate::HttpRetryProcessor::MAX_WAIT).
    pub fn new() -> Self {
        Self { max_retries: MAX_RETRIES, max_wait: MAX_RETRY_WAIT, clock: Arc::new(SystemClock) }
    }

    /// Sets how often a request is repeated, with those that it is redirected to: 0 for not at all.
    /// The opener's own bound holds beside it
    /// ([`OpenerDirector::max_exchanges`](crate::OpenerDirector::max_exchanges)).
    #[must_use]
    pub fn max_retries(self, max_retries: u32) -> Self {
        Self { max_retries, ..self }
    }

    /// Sets how long is waited in all for the repetitions of one request.
    #[must_use]
    pub fn max_wait(self, max_wait: Duration) -> Self {
        Self { max_wait, ..self }
    }

    /// Sets the clock that is slept by, and that says how far away a date is; a
    /// [`FixedClock`](crate::clock::FixedClock) does not wait.
    #[must_use]
    pub fn clock(self, clock: Arc<dyn Clock>) -> Self {
        Self { clock, ..self }
    }

    /// The request again, and how long to wait for it, unless it is one too many.
    fn again(&self, request: &Request, asked: Option<Duration>) -> Option<(Request, Duration)> {
        if request.attempts() >= self.max_retries || !is_idempotent(&request.method()) {
            return None;
        }
        let wait = asked.unwrap_or_else(|| backoff(request.attempts()));
        let Waited(waited) = request.extensions().get().copied().unwrap_or_default();
        let waited = waited.checked_add(wait).filter(|waited| *waited <= self.max_wait)?;
        if deadline::left().is_some_and(|left| left < wait) {
            return None;
        }
        let mut again = request.again()?;
        again.extensions_mut().insert(Waited(waited));
        Some((again, wait))
    }

    fn wait(&self, request: &Request, wait: Duration, why: &str) {
        observe::tell(|_| Step::Retry { why: why.to_owned(), wait });
        log::debug!(target: "clientcookie", "{}: {why}; once more in {wait:?}", redact::url(request.url()));
        if !wait.is_zero() {
            self.clock.sleep(wait);
        }
    }
}

impl Handler for HttpRetryProcessor {
    fn hooks(&self) -> &[Hook] {
        &[Hook::OpenError, Hook::HttpError]
    }

    fn open_error(&self, _: &dyn Parent, request: &Request, error: Error) -> Result<Answer<Error>> {
        // An error with a URL is that of another request, which a handler opened on its own
        // account.
        let is_its_own = error.url().is_none();
        let Some((again, wait)) = (is_its_own && may_pass(&error)).then(|| self.again(request, None)).flatten() else {
            return Ok(Answer::Continue(error));
        };
        self.wait(request, wait, &error.to_string());
        Ok(Answer::Next(again, error))
    }

    fn http_error(&self, _: &dyn Parent, request: &Request, response: Response) -> Result<Answer> {
        if !TRANSIENT.contains(&response.status()) {
            return Ok(Answer::Continue(response));
        }
        let Some((again, wait)) = self.again(request, retry_after(&response, &*self.clock)) else {
            return Ok(Answer::Continue(response));
        };
        self.wait(request, wait, &format!("it says {}", response.status().as_u16()));
        Ok(Answer::Next(again, response))
    }
}

/// Whether the next attempt may fare better, and no answer was begun.
fn may_pass(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Connect { .. }
            | ErrorKind::Resolve { .. }
            | ErrorKind::Timeout { during: Phase::Connect }
            | ErrorKind::Disconnected
    )
}

fn backoff(retries: u32) -> Duration {
    FIRST_WAIT.saturating_mul(1_u32.checked_shl(retries).unwrap_or(u32::MAX)).min(LONGEST_WAIT)
}

/// How long the server asks to wait: `delay-seconds` or a date.
fn retry_after(response: &Response, clock: &dyn Clock) -> Option<Duration> {
    let value = response.headers().get_str("Retry-After")?;
    let value = value.trim();
    let (whole, fraction) = value.split_once('.').unwrap_or((value, "0"));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_number(whole) && is_number(fraction) {
        // More than fits is more than anybody waits. A fraction, which the RFC does not know, is
        // rounded up: nobody who writes it wants to be asked sooner.
        let more = u64::from(fraction.bytes().any(|byte| byte != b'0'));
        return Some(Duration::from_secs(whole.parse().unwrap_or(u64::MAX).saturating_add(more)));
    }
    let away = str2time(value)?.saturating_sub(clock.now());
    Some(Duration::from_secs(u64::try_from(away).unwrap_or(0)))
}
