//! [`HttpRefreshProcessor`]: follows pages that ask for another one.

pub(super) mod header;

use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;

use crate::clock::{Clock, SystemClock};
use crate::handler::{Handler, Hook, Parent};
use crate::message::error::{HttpError, HttpErrorCause, Result};
use crate::message::request::{Purpose, Request};
use crate::message::response::Response;
use crate::message::urls;
use crate::redact;

/// Follows a page's `Refresh` as if it were a 302 (the original's `HTTPRefreshProcessor`).
///
/// ```
/// use clientcookie::transport::ScriptedTransport;
/// use clientcookie::{HttpHandler, HttpRefreshProcessor, build_opener};
///
/// let transport = ScriptedTransport::new()
///     .reply("HTTP/1.1 200 OK\r\nRefresh: 0; url=/welcome\r\n\r\nOne moment, please.")
///     .reply("HTTP/1.1 200 OK\r\n\r\nWelcome!");
/// let opener =
///     build_opener((HttpRefreshProcessor::new(), HttpHandler::with_transport(transport)));
/// let mut response = opener.open("http://example.com/")?;
/// assert_eq!(response.url().as_str(), "http://example.com/welcome");
/// assert_eq!(response.text()?, "Welcome!");
/// # Ok::<(), clientcookie::Error>(())
/// ```
///
/// Pages mostly say it in a `<meta http-equiv=refresh>`:
/// [`HttpEquivProcessor`](crate::HttpEquivProcessor) beside this one makes that a header.
///
/// - A refresh is followed if it is to wait no longer than [`max_time`](Self::max_time), which is
///   no time at all unless set: pages that reload themselves every five minutes are not a way to
///   somewhere else. Others are returned as they are, at once.
/// - Before it is followed, the time is waited for, unless [`honor_time`](Self::honor_time) is off.
///   That is no part of any of the request's [`Timeouts`](crate::Timeouts); since refreshes count
///   as redirects, all waiting together ends after as many times `max_time` as the redirect handler
///   follows redirects.
/// - It is followed by [`HttpRedirectHandler`](crate::HttpRedirectHandler), under every rule for a
///   302: which headers go along, that a POST becomes a GET, which schemes are followed, how many
///   in all and to one URL. Past those numbers it is the same error. What else is not followed
///   (another scheme, another method, no such handler in the chain) is the page itself, and a line
///   in the log under `clientcookie::http_redirects`.
/// - Only a success (2xx) is refreshed. The original asks for a 200.
/// - The first `Refresh` header that is understood counts. Its URL is relative to the page's own,
///   or to the `<base>` of the page that says it. Without a URL, it is the same page again.
/// - [`Response::redirections`] has the page that refreshed, with its own status.
///
/// The value is read as browsers read it: `5; url=x`, `5, URL = 'x'` and `5 x` are the same. A
/// negative time, one with an exponent, and what is no number are not followed.
#[doc(alias = "HTTPRefreshProcessor")]
#[derive(Debug, Clone)]
pub struct HttpRefreshProcessor {
    max_time: Duration,
    honor_time: bool,
    clock: Arc<dyn Clock>,
}

impl Default for HttpRefreshProcessor {
    fn default() -> Self {
        Self::new()
    }
}

impl HttpRefreshProcessor {
    /// A processor that follows refreshes that do not wait.
    pub fn new() -> Self {
        Self { max_time: Duration::ZERO, honor_time: true, clock: Arc::new(SystemClock) }
    }

    /// Sets how long a refresh may be to wait, and still is followed. There is no "however long it
    /// takes" (the original's `None`): a server would choose how long the program sleeps.
    ///
    /// ```
    /// use clientcookie::clock::{Clock, FixedClock};
    /// use clientcookie::transport::ScriptedTransport;
    /// use clientcookie::{HttpHandler, HttpRefreshProcessor, build_opener};
    /// use std::sync::Arc;
    /// use std::time::Duration;
    ///
    /// let transport = ScriptedTransport::new()
    ///     .reply("HTTP/1.1 200 OK\r\nRefresh: 3; url=/result\r\n\r\nStill at it.")
    ///     .reply("HTTP/1.1 200 OK\r\nRefresh: 330\r\n\r\nThe result.");
    /// let clock = Arc::new(FixedClock::new(0));
    /// let patient = HttpRefreshProcessor::new().max_time(Duration::from_secs(5));
    /// let patient = patient.clock(clock.clone());
    /// let opener = build_opener((patient, HttpHandler::with_transport(transport)));
    /// assert_eq!(opener.open("http://example.com/job")?.text()?, "The result.");
    /// assert_eq!(clock.now(), 3);
    /// # Ok::<(), clientcookie::Error>(())
    /// ```
    #[must_use]
    pub fn max_time(self, max_time: Duration) -> Self {
        Self { max_time, ..self }
    }

    /// Whether the time a page asks for is waited for, or the next one opened at once. On, as in
    /// the original.
    #[must_use]
    pub fn honor_time(self, honor_time: bool) -> Self {
        Self { honor_time, ..self }
    }

    /// Sets the clock that is slept by; a [`FixedClock`](crate::clock::FixedClock) does not wait.
    #[must_use]
    pub fn clock(self, clock: Arc<dyn Clock>) -> Self {
        Self { clock, ..self }
    }

    /// How long to wait and what to open then, or why not; `None` where nobody follows redirects.
    fn next(
        &self,
        parent: &dyn Parent,
        request: &Request,
        response: &Response,
        value: &[u8],
    ) -> Option<Result<(Duration, Request), HttpErrorCause>> {
        let refused = |reason: String| Some(Err(HttpErrorCause::RefusedRedirect { reason }));
        let Some(refresh) = header::parse(value) else {
            return refused("its header is not understood".to_owned());
        };
        if refresh.wait > self.max_time {
            return refused(format!("it is to wait {:?}, and the limit is {:?}", refresh.wait, self.max_time));
        }
        let next = parent.refresh(request, response, &urls::escaped(refresh.url))?;
        Some(next.map(|next| (refresh.wait, next)))
    }
}

impl Handler for HttpRefreshProcessor {
    /// After every other processor has seen the page.
    fn order(&self) -> i32 {
        1000
    }

    fn hooks(&self) -> &[Hook] {
        &[Hook::HttpResponse]
    }

    fn http_response(&self, parent: &dyn Parent, request: &Request, response: Response) -> Result<Response> {
        // What a handler opened in its place was refreshed then; this request's headers are not for
        // its page.
        let is_its_own = response.redirections().len() == request.redirections().len();
        // Nobody looks at robots.txt, to be shown another page after a while.
        if !is_its_own || request.purpose() == Purpose::Errand || !response.status().is_success() {
            return Ok(response);
        }
        let is_understood = |value: &&HeaderValue| header::parse(value.as_bytes()).is_some();
        let understood = response.headers().get_all("Refresh").find(is_understood);
        let Some(value) = understood.or_else(|| response.headers().get("Refresh")) else {
            return Ok(response);
        };
        match self.next(parent, request, &response, value.as_bytes()) {
            Some(Ok((wait, next))) => {
                if self.honor_time && !wait.is_zero() {
                    self.clock.sleep(wait);
                }
                Ok(response.then(next))
            }
            Some(Err(cause @ (HttpErrorCause::TooManyRedirects { .. } | HttpErrorCause::RedirectLoop { .. }))) => {
                Err(HttpError::new(response, cause).into())
            }
            Some(Err(cause)) => {
                log_refusal(&response, reason(&cause));
                Ok(response)
            }
            None => {
                log_refusal(&response, "no handler follows redirects");
                Ok(response)
            }
        }
    }
}

fn reason(cause: &HttpErrorCause) -> &str {
    match cause {
        HttpErrorCause::RefusedRedirect { reason } | HttpErrorCause::CannotReplay { reason } => reason,
        _ => "a request like this one is not redirected",
    }
}

fn log_refusal(response: &Response, reason: &str) {
    let url = redact::url(response.url());
    log::debug!(target: "clientcookie::http_redirects", "{url}: the refresh is not followed: {reason}");
}
