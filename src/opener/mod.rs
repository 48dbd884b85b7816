//! [`OpenerDirector`]: the chain of handlers, and how a URL goes through it.

mod build;
mod draw;
mod retrieve;

use std::sync::Arc;

use http::StatusCode;

use crate::clock::{self, deadline};
use crate::error::{Error, ErrorKind, HttpError, HttpErrorCause, Phase, Result};
use crate::handler::{Answer, Handler, Hook, Parent};
use crate::headers::Headers;
use crate::request::{IntoRequest, Request};
use crate::response::Response;
use crate::transport::Timeouts;

pub use build::{IntoHandlers, build_opener};
pub use retrieve::{RETRIEVE_BLOCK, Retrieve};

/// The value of the `User-Agent` that goes with every request unless it has one: `clientcookie/` and the version.
pub const USER_AGENT: &str = concat!("clientcookie/", env!("CARGO_PKG_VERSION"));

/// A chain of [`Handler`]s that opens URLs (urllib2's `OpenerDirector`).
///
/// [`build_opener`] makes one with the default handlers; [`OpenerDirector::new`] makes one with none. It is used
/// through `&self` by any number of threads; displaying it draws the chain.
///
/// ```
/// use clientcookie::{HttpRedirectHandler, build_opener};
///
/// let mut opener = build_opener(HttpRedirectHandler::new().max_redirections(3));
/// opener.addheaders.insert("User-Agent", "Mozilla/5.0 (compatible; MyProgram/0.1)")?;
/// opener.addheaders.insert("From", "me@example.com")?;
/// println!("{opener}");
/// # Ok::<(), clientcookie::Error>(())
/// ```
pub struct OpenerDirector {
    /// Sorted by order; equal orders keep the order in which they were added.
    links: Vec<Link>,
    /// The headers that go with every request that has none of their name: at first a `User-Agent` of
    /// [`USER_AGENT`]. Added by [`HttpHandler`](crate::HttpHandler).
    pub addheaders: Headers,
    timeouts: Timeouts,
}

/// A handler, and what it said of itself when it was added.
struct Link {
    handler: Arc<dyn Handler>,
    order: i32,
    hooks: HookSet,
}

/// A set of [`Hook`]s, one bit each.
#[derive(Clone, Copy)]
struct HookSet(u32);

impl HookSet {
    /// Those that a handler names, and, since https is done as http is, those of https behind those of http; but a
    /// handler that answers http alone leaves https to another.
    fn of(handler: &dyn Handler) -> HookSet {
        let mut set = HookSet(handler.hooks().iter().fold(0, |bits, &hook| bits | 1 << hook as u32));
        if handler.schemes() != ["http"] {
            for (http, https) in [(Hook::HttpRequest, Hook::HttpsRequest), (Hook::HttpResponse, Hook::HttpsResponse)] {
                if set.has(http) {
                    set.0 |= 1 << https as u32;
                }
            }
        }
        set
    }

    fn has(self, hook: Hook) -> bool {
        self.0 & (1 << hook as u32) != 0
    }
}

impl Default for OpenerDirector {
    fn default() -> OpenerDirector {
        OpenerDirector::new()
    }
}

impl OpenerDirector {
    /// An opener without handlers, which opens nothing until some are added.
    pub fn new() -> OpenerDirector {
        let mut addheaders = Headers::new();
        // The name and value are constants that hold no control character.
        let _ = addheaders.append("User-Agent", USER_AGENT);
        OpenerDirector { links: Vec::new(), addheaders, timeouts: Timeouts::default() }
    }

    /// Adds a handler in its place: after those of a smaller or the same order.
    pub fn add_handler(&mut self, handler: impl Handler + 'static) {
        self.add_shared(Arc::new(handler));
    }

    fn add_shared(&mut self, handler: Arc<dyn Handler>) {
        let order = handler.order();
        let hooks = HookSet::of(&*handler);
        let place = self.links.partition_point(|link| link.order <= order);
        self.links.insert(place, Link { handler, order, hooks });
    }

    /// Sets the time limits of requests that have none of their own: a `Duration` for all, or [`Timeouts`].
    pub fn timeouts(self, timeouts: impl Into<Timeouts>) -> OpenerDirector {
        OpenerDirector { timeouts: timeouts.into(), ..self }
    }

    /// The handlers, in their order.
    pub fn handlers(&self) -> impl Iterator<Item = &dyn Handler> {
        self.links.iter().map(|link| &*link.handler)
    }

    /// Opens a URL: text, a `Url`, a [`Request`], its builder or an `http::Request`.
    ///
    /// # Errors
    /// [`ErrorKind::Http`] with the response inside when the answer is not a success; else whatever kept an answer
    /// from coming.
    pub fn open(&self, request: impl IntoRequest) -> Result<Response> {
        self.open_request(request.into_request()?)
    }

    fn open_request(&self, mut request: Request) -> Result<Response> {
        request.begin();
        let total = request.timeouts().unwrap_or(self.timeouts).total;
        let outcome = deadline::until(total.and_then(clock::monotonic_in), Phase::Total, || self.run(&mut request));
        outcome.map_err(|error| error.at(request.url()))
    }

    /// The three phases, top to bottom.
    fn run(&self, request: &mut Request) -> Result<Response> {
        self.prepare(request)?;
        let mut response = match self.answer(request) {
            Ok(response) => response,
            Err(error) if is_challenge_to(request, &error) => return self.ask_for_credentials(request, error),
            Err(error) => return self.open_error(request, error),
        };
        if !request.redirections().is_empty() {
            response.set_redirections(request.redirections().to_vec());
        }
        self.adjust(request, response)
    }

    /// Phase 1: every handler may adjust the request.
    fn prepare(&self, request: &mut Request) -> Result<()> {
        for link in &self.links {
            let (hooks, handler) = (link.hooks, &link.handler);
            if hooks.has(Hook::AnyRequest) {
                handler.any_request(self, request)?;
            }
            match request.scheme() {
                "http" if hooks.has(Hook::HttpRequest) => handler.http_request(self, request)?,
                "https" if hooks.has(Hook::HttpsRequest) => handler.https_request(self, request)?,
                "http" | "https" => {}
                _ if hooks.has(Hook::OtherRequest) => handler.other_request(self, request)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// Phase 2: the first handler that answers.
    fn answer(&self, request: &mut Request) -> Result<Response> {
        for link in self.links.iter().filter(|link| link.hooks.has(Hook::DefaultOpen)) {
            if let Some(response) = link.handler.default_open(self, request)? {
                return Ok(response);
            }
        }
        for link in self.links.iter().filter(|link| link.hooks.has(Hook::Open)) {
            if link.handler.schemes().contains(&request.scheme())
                && let Some(response) = link.handler.open(self, request)?
            {
                return Ok(response);
            }
        }
        for link in self.links.iter().filter(|link| link.hooks.has(Hook::UnknownOpen)) {
            if let Some(response) = link.handler.unknown_open(self, request)? {
                return Ok(response);
            }
        }
        Err(ErrorKind::UnknownScheme { scheme: request.scheme().to_owned() }.into())
    }

    /// A proxy that wants to know who asks before it opens a tunnel (407 to CONNECT) is answered by an error hook, if
    /// one can. What a proxy says in the server's place concerns nobody else: no response hook sees it, the error hooks
    /// see no more of its head than the challenge, and it never is the answer.
    fn ask_for_credentials(&self, request: &Request, error: Error) -> Result<Response> {
        let mut response = error.into_http_error()?.into_response();
        response.set_redirections(request.redirections().to_vec());
        let head = response.headers().clone();
        response.headers_mut().retain(|name, _| CHALLENGE.iter().any(|one| name.eq_ignore_ascii_case(one)));
        for link in self.links.iter().filter(|link| link.hooks.has(Hook::HttpError)) {
            response = match link.handler.http_error(self, request, response)? {
                Answer::Break(answer) => return Ok(answer),
                Answer::Continue(response) => response,
            };
        }
        *response.headers_mut() = head;
        Err(ErrorKind::Http(HttpError::new(response, HttpErrorCause::TunnelRefused)).into())
    }

    /// Where phase 2 failed: the first handler that knows another way.
    fn open_error(&self, request: &Request, error: Error) -> Result<Response> {
        let mut error = error;
        for link in self.links.iter().filter(|link| link.hooks.has(Hook::OpenError)) {
            error = match link.handler.open_error(self, request, error)? {
                Answer::Break(answer) => return Ok(answer),
                Answer::Continue(error) => error,
            };
        }
        Err(error)
    }

    /// Phase 3: every handler may adjust or replace the response.
    fn adjust(&self, request: &Request, mut response: Response) -> Result<Response> {
        for link in &self.links {
            let (hooks, handler) = (link.hooks, &link.handler);
            if hooks.has(Hook::AnyResponse) {
                response = handler.any_response(self, request, response)?;
            }
            response = match request.scheme() {
                "http" if hooks.has(Hook::HttpResponse) => handler.http_response(self, request, response)?,
                "https" if hooks.has(Hook::HttpsResponse) => handler.https_response(self, request, response)?,
                "http" | "https" => response,
                _ if hooks.has(Hook::OtherResponse) => handler.other_response(self, request, response)?,
                _ => response,
            };
        }
        Ok(response)
    }

    /// Sends an answer that is not a success through the error hooks: all `http_error`s, then all
    /// `http_error_default`s, until one takes it over. If none does, the response itself is the answer.
    ///
    /// # Errors
    /// Whatever a hook gives; [`HttpDefaultErrorHandler`](crate::HttpDefaultErrorHandler) gives
    /// [`ErrorKind::Http`].
    pub fn error(&self, request: &Request, response: Response) -> Result<Response> {
        let mut response = response;
        for link in self.links.iter().filter(|link| link.hooks.has(Hook::HttpError)) {
            response = match link.handler.http_error(self, request, response)? {
                Answer::Break(answer) => return Ok(answer),
                Answer::Continue(response) => response,
            };
        }
        for link in self.links.iter().filter(|link| link.hooks.has(Hook::HttpErrorDefault)) {
            response = match link.handler.http_error_default(self, request, response)? {
                Answer::Break(answer) => return Ok(answer),
                Answer::Continue(response) => response,
            };
        }
        Ok(response)
    }
}

/// What of a proxy's refusal is shown to the error hooks: the challenge (RFC 9110 section 11.7.1), and what its body is.
const CHALLENGE: [&str; 3] = ["Proxy-Authenticate", "Content-Type", "Content-Length"];

/// Whether the proxy of this request, and not one of another request that a handler opened, wants credentials.
fn is_challenge_to(request: &Request, error: &Error) -> bool {
    error.as_http_error().is_some_and(|refusal| {
        *refusal.cause() == HttpErrorCause::TunnelRefused
            && refusal.status() == StatusCode::PROXY_AUTHENTICATION_REQUIRED
            && request.proxy().is_some_and(|proxy| proxy.url() == refusal.url())
    })
}

impl Parent for OpenerDirector {
    fn open(&self, request: Request) -> Result<Response> {
        self.open_request(request)
    }

    fn error(&self, request: &Request, response: Response) -> Result<Response> {
        OpenerDirector::error(self, request, response)
    }

    fn refresh(&self, request: &Request, response: &Response, url: &str) -> Option<Result<Request, HttpErrorCause>> {
        let mut deciding = self.links.iter().filter(|link| link.hooks.has(Hook::Refresh));
        deciding.find_map(|link| link.handler.refresh(self, request, response, url))
    }

    fn answers(&self, scheme: &str) -> bool {
        self.links.iter().any(|link| link.hooks.has(Hook::Open) && link.handler.schemes().contains(&scheme))
    }

    fn addheaders(&self) -> &Headers {
        &self.addheaders
    }

    fn timeouts(&self) -> Timeouts {
        self.timeouts
    }
}
