//! [`HttpRetryProcessor`]: opens a URL again when the server was not to be reached, or asks for some patience.

use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;

use crate::clock::{Clock, SystemClock, deadline};
use crate::cookie::str2time;
use crate::error::{Error, ErrorKind, Phase, Result};
use crate::handler::{Answer, Handler, Hook, Parent};
use crate::redact;
use crate::request::{Request, Retries};
use crate::response::Response;
use crate::transport::{give_back, is_idempotent};

/// How often a request is repeated: 3 times.
pub const MAX_RETRIES: u32 = 3;

/// How long is waited in all for the repetitions of one request: a minute.
pub const MAX_RETRY_WAIT: Duration = Duration::from_secs(60);

/// Each repetition is opened within the one before, and redirects are too: this is what the stack of a thread has room
/// for.
const MOST_RETRIES: u32 = 10;

/// The same for a request and all that it is redirected to.
const MOST_IN_ALL: u32 = 50;

/// The wait before the first repetition, where the server names none; it doubles with each.
const FIRST_WAIT: Duration = Duration::from_millis(500);

/// Where the doubling ends.
const LONGEST_WAIT: Duration = Duration::from_secs(16);

/// Opens a URL again when there was no connection, or when the server says 429 (too many requests) or 503 (busy).
///
/// ```
/// use std::sync::Arc;
/// use clientcookie::clock::{Clock, FixedClock};
/// use clientcookie::transport::ScriptedTransport;
/// use clientcookie::{HttpHandler, HttpRetryProcessor, build_opener};
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
/// - Repeated is what may be repeated without asking (RFC 9110 section 9.2.2): GET, HEAD, OPTIONS, TRACE, PUT and DELETE,
///   if the data, where there is some, can be sent again. A POST is not.
/// - "No connection" is one that was refused, reset or closed before a byte of an answer, a name without an address, and
///   a time limit reached while connecting. What another attempt will not change (TLS, a URL, an answer that cannot be
///   trusted), or would make worse (a server that takes long to answer), is an error at once.
/// - It waits as long as `Retry-After` says, in seconds or until a date (RFC 9110 section 10.2.3); where there is none, or
///   none that can be understood, half a second, then twice as long each time, and 16 seconds at the most.
/// - After [`max_retries`](Self::max_retries) repetitions, or if the next one would be past
///   [`max_wait`](Self::max_wait), nothing is waited for: the last answer or error is the outcome. The waiting is no part of
///   any of the request's [`Timeouts`](crate::Timeouts).
/// - Every repetition goes through the whole chain, so it has the cookies that the answer before it set. Where a redirect
///   leads to is a request of its own, which has these numbers to itself; but no more than fifty repetitions
///   are in it all.
#[derive(Debug, Clone)]
pub struct HttpRetryProcessor {
    max_retries: u32,
    max_wait: Duration,
    clock: Arc<dyn Clock>,
}

impl Default for HttpRetryProcessor {
    fn default() -> HttpRetryProcessor {
        HttpRetryProcessor::new()
    }
}

impl HttpRetryProcessor {
    /// A processor with the limits [`MAX_RETRIES`] and [`MAX_RETRY_WAIT`].
    pub fn new() -> HttpRetryProcessor {
        HttpRetryProcessor { max_retries: MAX_RETRIES, max_wait: MAX_RETRY_WAIT, clock: Arc::new(SystemClock) }
    }

    /// Sets how often a request is repeated: 0 for not at all, and no more than 10, since each repetition is opened within
    /// the one before.
    pub fn max_retries(self, max_retries: u32) -> HttpRetryProcessor {
        HttpRetryProcessor { max_retries: max_retries.min(MOST_RETRIES), ..self }
    }

    /// Sets how long is waited in all for the repetitions of one request.
    pub fn max_wait(self, max_wait: Duration) -> HttpRetryProcessor {
        HttpRetryProcessor { max_wait, ..self }
    }

    /// Sets the clock that is slept by, and that says how far away a date is; a
    /// [`FixedClock`](crate::clock::FixedClock) does not wait.
    pub fn clock(self, clock: Arc<dyn Clock>) -> HttpRetryProcessor {
        HttpRetryProcessor { clock, ..self }
    }

    /// The request again, and how long to wait for it, unless it is one too many.
    fn again(&self, request: &Request, asked: Option<Duration>) -> Option<(Request, Duration)> {
        let Retries { count, waited, in_all } = request.retries();
        if count >= self.max_retries || in_all >= MOST_IN_ALL || !is_idempotent(&request.method()) {
            return None;
        }
        let wait = asked.unwrap_or_else(|| backoff(count));
        let waited = waited.checked_add(wait).filter(|waited| *waited <= self.max_wait)?;
        if deadline::left().is_some_and(|left| left < wait) {
            return None;
        }
        let mut again = request.as_opened()?;
        again.forget_proofs(&["Authorization", "Proxy-Authorization"]);
        *again.challenges_answered() = [0, 0];
        again.set_retries(Retries { count: count + 1, waited, in_all: in_all + 1 });
        Some((again, wait))
    }

    fn wait(&self, request: &Request, wait: Duration, why: &str) {
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

    fn open_error(&self, parent: &dyn Parent, request: &Request, error: Error) -> Result<Answer<Error>> {
        // An error with a URL is that of another request, which a handler opened on its own account.
        let is_its_own = error.url().is_none();
        let Some((again, wait)) = (is_its_own && may_pass(&error)).then(|| self.again(request, None)).flatten() else {
            return Ok(Answer::Continue(error));
        };
        self.wait(request, wait, &error.to_string());
        parent.open(again).map(Answer::Break)
    }

    fn http_error(&self, parent: &dyn Parent, request: &Request, response: Response) -> Result<Answer> {
        if !matches!(response.status(), StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
            return Ok(Answer::Continue(response));
        }
        let Some((again, wait)) = self.again(request, retry_after(&response, &*self.clock)) else {
            return Ok(Answer::Continue(response));
        };
        let why = format!("it says {}", response.status().as_u16());
        give_back(response);
        self.wait(request, wait, &why);
        parent.open(again).map(Answer::Break)
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
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // More than fits is more than anybody waits.
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let away = str2time(value)?.saturating_sub(clock.now());
    Some(Duration::from_secs(u64::try_from(away).unwrap_or(0)))
}
