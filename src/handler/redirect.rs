//! [`HttpRedirectHandler`]: follows redirects, and decides what goes along.

use http::{Method, StatusCode};
use url::Url;

use crate::handler::{Answer, Handler, Hook, Kind, Parent};
use crate::message::error::{HttpError, HttpErrorCause, Result};
use crate::message::redirection::Redirection;
use crate::message::request::Request;
use crate::message::response::Response;
use crate::message::urls;
use crate::observe::{self, Step};
use crate::readable;
use crate::redact;

/// How many redirects are followed in all: 10, as urllib2's `max_redirections`.
pub const MAX_REDIRECTIONS: usize = 10;

/// How often a redirect leads to one and the same URL: 4, as urllib2's `max_repeats`.
pub const MAX_REPEATS: usize = 4;

/// What [`HttpRedirectHandler::redirect_request`] is given to decide with.
type Decide = dyn Fn(&Redirect<'_>) -> Result<Request, HttpErrorCause> + Send + Sync;

/// Follows 301, 302, 303, 307 and 308 (urllib2's `HTTPRedirectHandler`).
///
/// - GET and HEAD are followed as they are. After 303 every other method is followed with GET (RFC
///   9110 section 15.4.4), after 301 and 302 POST is, without its data and the headers that
///   describe it; what becomes of other methods after those is not agreed on, and is an error.
///   After 307 and 308 other methods are an error, unless [`replay_data`](Self::replay_data) is on
///   and method and data can be sent again to the same origin.
/// - The target is `Location`, or `URI` if there is none; only http, https and ftp are followed.
/// - The new request is unverifiable and keeps the first
///   [`origin_req_host`](Request::origin_req_host).
/// - When the origin (scheme, host or port) changes, `Authorization`, `Cookie`, `Host` and their
///   kin stay behind, and so does every header whose value is marked sensitive
///   ([`http::HeaderValue::set_sensitive`]). Cookies are computed anew for each hop by the jar, and
///   so is the proxy, unless the caller chose one.
/// - After [`MAX_REDIRECTIONS`] redirects in all, or [`MAX_REPEATS`] to one URL, the answer is an
///   error.
/// - A `Refresh`, where [`HttpRefreshProcessor`](crate::HttpRefreshProcessor) asks for it, is a 302
///   by all these rules and counts as one.
///
/// What is not followed is an [`HttpError`] that still holds the response.
///
/// ```
/// use clientcookie::transport::ScriptedTransport;
/// use clientcookie::{HttpHandler, build_opener};
///
/// let transport = ScriptedTransport::new()
///     .reply("HTTP/1.1 301 Moved\r\nLocation: /new\r\n\r\n")
///     .reply("HTTP/1.1 200 OK\r\n\r\n");
/// let response =
///     build_opener(HttpHandler::with_transport(transport)).open("http://example.com/old")?;
/// assert_eq!(response.url().as_str(), "http://example.com/new");
/// assert_eq!(response.redirections()[0].url().as_str(), "http://example.com/old");
/// # Ok::<(), clientcookie::Error>(())
/// ```
#[doc(alias = "HTTPRedirectHandler")]
pub struct HttpRedirectHandler {
    max_redirections: usize,
    max_repeats: usize,
    replay_data: bool,
    decide: Option<Box<Decide>>,
}

impl Default for HttpRedirectHandler {
    fn default() -> Self {
        Self::new()
    }
}

impl HttpRedirectHandler {
    /// The handler as urllib.request has it.
    pub fn new() -> Self {
        Self { max_redirections: MAX_REDIRECTIONS, max_repeats: MAX_REPEATS, replay_data: false, decide: None }
    }

    /// Sets how many redirects are followed in all: 0 for none. The opener's own bound holds beside
    /// it ([`OpenerDirector::max_exchanges`](crate::OpenerDirector::max_exchanges)).
    #[must_use]
    pub fn max_redirections(self, max_redirections: usize) -> Self {
        Self { max_redirections, ..self }
    }

    /// Sets how often a redirect may lead to one URL.
    #[must_use]
    pub fn max_repeats(self, max_repeats: usize) -> Self {
        Self { max_repeats, ..self }
    }

    /// Whether 307 and 308 send a request's method and data again, where that is possible and stays
    /// within the origin. Off, as in urllib2.
    #[must_use]
    pub fn replay_data(self, replay_data: bool) -> Self {
        Self { replay_data, ..self }
    }

    /// Decides about each redirect: the request to follow it with, or why it is not followed
    /// (urllib2: a subclass that overrides `redirect_request`). [`Redirect::next`] follows it
    /// as the handler would by itself, [`Redirect::stop`] and [`Redirect::error`] do not. The
    /// limits and the schemes hold all the same.
    ///
    /// ```
    /// use clientcookie::HttpRedirectHandler;
    ///
    /// let stay = HttpRedirectHandler::new().redirect_request(|redirect| {
    ///     if redirect.is_same_origin() { redirect.next() } else { redirect.stop() }
    /// });
    /// ```
    #[must_use]
    pub fn redirect_request(
        self,
        decide: impl Fn(&Redirect<'_>) -> Result<Request, HttpErrorCause> + Send + Sync + 'static,
    ) -> Self {
        Self { decide: Some(Box::new(decide)), ..self }
    }

    /// The request that follows this answer, or why it is not followed; `None` if it is no
    /// redirect.
    fn next(
        &self,
        parent: &dyn Parent,
        request: &Request,
        response: &Response,
    ) -> Option<Result<Request, HttpErrorCause>> {
        let followed = matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308);
        let location = followed.then(|| location(response)).flatten()?;
        Some(self.follow(parent, request, response, &location, response.status()))
    }

    fn follow(
        &self,
        parent: &dyn Parent,
        request: &Request,
        response: &Response,
        location: &str,
        like: StatusCode,
    ) -> Result<Request, HttpErrorCause> {
        let url = urls::join(request.url(), location)
            .map_err(|error| HttpErrorCause::RefusedRedirect { reason: error.to_string() })?;
        let redirect = Redirect { request, response, url, like, replay_data: self.replay_data };
        let next = self.decide(parent, &redirect);
        let refused = next.as_ref().err().map(|cause| readable::escaped(&cause.to_string()));
        observe::tell(|_| Step::Redirect { to: redact::url(&redirect.url), refused: refused.clone() });
        next
    }

    fn decide(&self, parent: &dyn Parent, redirect: &Redirect<'_>) -> Result<Request, HttpErrorCause> {
        check_scheme(parent, &redirect.url)?;
        let mut next = match &self.decide {
            Some(decide) => decide(redirect)?,
            None => redirect.next()?,
        };
        check_scheme(parent, next.url())?;
        self.check_limits(redirect.request, next.url())?;
        // One of the caller's making (`redirect_request`) has a history too.
        next.descend_from(redirect.request, redirect.response.status());
        Ok(next)
    }

    fn check_limits(&self, request: &Request, next: &Url) -> Result<(), HttpErrorCause> {
        let before = request.redirections();
        if before.len() >= self.max_redirections {
            return Err(HttpErrorCause::TooManyRedirects { limit: self.max_redirections });
        }
        // What redirected, the first request apart, had been the target of a redirect; so has this
        // request.
        let targets = before.iter().map(Redirection::url).chain([request.url()]).skip(1);
        if targets.filter(|url| *url == next).count() >= self.max_repeats {
            return Err(HttpErrorCause::RedirectLoop { limit: self.max_repeats });
        }
        Ok(())
    }
}

impl Handler for HttpRedirectHandler {
    fn kind(&self) -> Option<Kind> {
        Some(Kind::Redirect)
    }

    fn hooks(&self) -> &[Hook] {
        &[Hook::HttpError, Hook::Refresh]
    }

    fn http_error(&self, parent: &dyn Parent, request: &Request, response: Response) -> Result<Answer> {
        match self.next(parent, request, &response) {
            None => Ok(Answer::Continue(response)),
            Some(Err(cause)) => Err(HttpError::new(response, cause).into()),
            Some(Ok(next)) => Ok(Answer::Next(next, response)),
        }
    }

    fn refresh(
        &self,
        parent: &dyn Parent,
        request: &Request,
        response: &Response,
        url: &str,
    ) -> Option<Result<Request, HttpErrorCause>> {
        Some(self.follow(parent, request, response, url, StatusCode::FOUND))
    }
}

/// A redirect that is to be followed or not; see [`HttpRedirectHandler::redirect_request`].
#[derive(Debug)]
pub struct Redirect<'a> {
    request: &'a Request,
    response: &'a Response,
    url: Url,
    /// The status whose rules hold.
    like: StatusCode,
    replay_data: bool,
}

impl Redirect<'_> {
    /// The request that was redirected.
    pub fn previous(&self) -> &Request {
        self.request
    }

    /// The answer that redirects; one that is a success does so by a `Refresh`.
    pub fn response(&self) -> &Response {
        self.response
    }

    /// Where it redirects to.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Whether it stays within the origin: the same scheme, host and port.
    pub fn is_same_origin(&self) -> bool {
        urls::same_origin(self.request.url(), &self.url)
    }

    /// Follows it as the handler does by itself: the next request.
    ///
    /// # Errors
    /// Why it does not.
    pub fn next(&self) -> Result<Request, HttpErrorCause> {
        let method = self.request.method();
        match self.like {
            _ if matches!(method, Method::GET | Method::HEAD) => {}
            StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT => self.check_replay(&method)?,
            StatusCode::SEE_OTHER => {}
            StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND if method == Method::POST => {}
            status => {
                let status = status.as_u16();
                return Err(HttpErrorCause::RefusedRedirect {
                    reason: format!(
                        "what becomes of {method} after {status} is not agreed on; \
                         HttpRedirectHandler::redirect_request can follow it"
                    ),
                });
            }
        }
        self.request.redirected_to(self.url.clone(), self.like).ok_or_else(data_was_read)
    }

    /// Does not follow it: the answer that redirects is an error with its status, as any that is no
    /// success.
    ///
    /// # Errors
    /// [`HttpErrorCause::Status`], which is what is meant.
    pub fn stop(&self) -> Result<Request, HttpErrorCause> {
        Err(HttpErrorCause::Status)
    }

    /// Does not follow it, for this reason.
    ///
    /// # Errors
    /// [`HttpErrorCause::RefusedRedirect`], which is what is meant.
    pub fn error(&self, reason: impl Into<String>) -> Result<Request, HttpErrorCause> {
        Err(HttpErrorCause::RefusedRedirect { reason: reason.into() })
    }

    /// Whether the method, and the data if there is some, may be sent again.
    fn check_replay(&self, method: &Method) -> Result<(), HttpErrorCause> {
        let reason = match (self.replay_data, self.is_same_origin()) {
            (true, true) => return Ok(()),
            (false, _) => "HttpRedirectHandler::replay_data is off",
            (true, false) => "it would go to another origin",
        };
        Err(match self.request.data() {
            Some(data) if !data.can_replay() => data_was_read(),
            Some(_) => HttpErrorCause::CannotReplay { reason: reason.to_owned() },
            None => HttpErrorCause::RefusedRedirect { reason: format!("{method} is not sent again: {reason}") },
        })
    }
}

fn data_was_read() -> HttpErrorCause {
    HttpErrorCause::CannotReplay { reason: "the data was read already".to_owned() }
}

/// The first `Location`, else the first `URI` (RFC 2616 section 19.6.2's forerunner).
fn location(response: &Response) -> Option<String> {
    let value = response.headers().get("Location").or_else(|| response.headers().get("URI"))?;
    Some(urls::escaped(value.as_bytes()))
}

fn check_scheme(parent: &dyn Parent, url: &Url) -> Result<(), HttpErrorCause> {
    let scheme = url.scheme();
    let reason = match scheme {
        "http" | "https" => return Ok(()),
        "ftp" if parent.answers(scheme) => return Ok(()),
        "ftp" => format!("no handler answers for the scheme {scheme:?}"),
        _ => format!("its scheme is {scheme:?}, and only http, https and ftp are followed"),
    };
    Err(HttpErrorCause::RefusedRedirect { reason })
}

crate::redact::opaque_debug! { HttpRedirectHandler }
