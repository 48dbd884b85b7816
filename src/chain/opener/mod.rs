//! [`OpenerDirector`]: the chain of handlers, and how a URL goes through it.

mod opening;
mod outcome;
mod record;
mod told;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use crate::handler::{Handler, Parent};
use crate::message::Timeouts;
use crate::message::error::{HttpErrorCause, Result};
use crate::message::headers::Headers;
use crate::message::request::{IntoRequest, Request};
use crate::message::response::Response;
use crate::observe::{Accounts, Observer};

use opening::Opening;

pub(crate) const USER_AGENT: &str = concat!("clientcookie/", env!("CARGO_PKG_VERSION"));

/// A chain of [`Handler`]s that opens URLs (urllib2's `OpenerDirector`).
///
/// [`build_opener`](crate::build_opener) makes one with the default handlers;
/// [`OpenerDirector::new`] makes one with none. It is used through `&self` by any number of
/// threads; displaying it draws the chain.
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
    pub(super) links: Vec<Link>,
    /// The headers that go with every request that has none of their name: at first a `User-Agent`
    /// of [`OpenerDirector::USER_AGENT`](crate::OpenerDirector::USER_AGENT). Added by
    /// [`HttpHandler`](crate::HttpHandler).
    pub addheaders: Headers,
    pub(super) timeouts: Timeouts,
    pub(super) max_exchanges: usize,
    accounts: Accounts,
}

/// A handler, and what it said of itself when it was added.
pub(super) struct Link {
    pub(super) handler: Arc<dyn Handler>,
    pub(super) order: i32,
    /// It answers http and not https, which it leaves to another: what it does for the one it does
    /// not do for the other.
    pub(super) is_for_http_alone: bool,
}

impl Default for OpenerDirector {
    fn default() -> Self {
        Self::new()
    }
}

impl OpenerDirector {
    /// How deep handlers may open URLs within one another ([`Parent::open`]): 8. A robots.txt is
    /// one deep.
    pub const MAX_DEPTH: usize = opening::MAX_DEPTH;

    /// How many exchanges one `open` may lead to: 60, which is more than the limits of redirects,
    /// repetitions and challenges let a good server need.
    pub const MAX_EXCHANGES: usize = opening::MAX_EXCHANGES;

    /// The value of the `User-Agent` that goes with every request unless it has one:
    /// `clientcookie/` and the version.
    pub const USER_AGENT: &str = USER_AGENT;

    /// An opener without handlers, which opens nothing until some are added.
    pub fn new() -> Self {
        let mut addheaders = Headers::new();
        // The name and value are constants that hold no control character.
        let _ = addheaders.append("User-Agent", USER_AGENT);
        Self {
            links: Vec::new(),
            addheaders,
            timeouts: Timeouts::default(),
            max_exchanges: Self::MAX_EXCHANGES,
            accounts: Accounts::default(),
        }
    }

    /// Adds a handler in its place: after those of a smaller or the same order.
    pub fn add_handler(&mut self, handler: impl Handler + 'static) {
        self.add_shared(Arc::new(handler));
    }

    pub(super) fn add_shared(&mut self, handler: Arc<dyn Handler>) {
        let order = handler.order();
        let is_for_http_alone = handler.schemes() == ["http"];
        let place = self.links.partition_point(|link| link.order <= order);
        self.links.insert(place, Link { handler, order, is_for_http_alone });
    }

    /// Lets an observer hear all that this opener does from now on: see
    /// [`observe`](crate::observe). There may be several.
    pub fn observe(&mut self, observer: impl Observer + 'static) {
        self.accounts.add(Arc::new(observer));
    }

    /// Sets the time limits of requests that have none of their own: a `Duration` for all, or
    /// [`Timeouts`].
    #[must_use]
    pub fn timeouts(self, timeouts: impl Into<Timeouts>) -> Self {
        Self { timeouts: timeouts.into(), ..self }
    }

    /// Sets how many exchanges one [`open`](Self::open) may lead to:
    /// [`OpenerDirector::MAX_EXCHANGES`](crate::OpenerDirector::MAX_EXCHANGES) unless set. Each
    /// request that goes through the chain is one: the first, each redirect, repetition, answer to
    /// a challenge and refresh, and what handlers open on the way (robots.txt). It holds beside the
    /// limits of those handlers, whichever is reached first.
    ///
    /// ```
    /// use clientcookie::{HttpErrorCause, HttpHandler, build_opener, transport::ScriptedTransport};
    ///
    /// let moved = "HTTP/1.1 302 Found\r\nLocation: /next\r\n\r\n";
    /// let transport = ScriptedTransport::new().reply(moved).reply(moved);
    /// let opener = build_opener(HttpHandler::with_transport(transport)).max_exchanges(2);
    /// let error = opener.open("http://example.com/").unwrap_err();
    /// assert_eq!(
    ///     error.as_http_error().unwrap().cause(),
    ///     &HttpErrorCause::TooManyExchanges { limit: 2 }
    /// );
    /// ```
    #[must_use]
    pub fn max_exchanges(self, max_exchanges: usize) -> Self {
        Self { max_exchanges, ..self }
    }

    /// The handlers, in their order.
    pub fn handlers(&self) -> impl Iterator<Item = &dyn Handler> {
        self.links.iter().map(|link| &*link.handler)
    }

    /// Opens a URL: text, a `Url`, a [`Request`], its builder or an `http::Request`.
    ///
    /// # Errors
    /// [`ErrorKind::Http`](crate::ErrorKind::Http) with the response inside when the answer is not
    /// a success; else whatever kept an answer from coming.
    pub fn open(&self, request: impl IntoRequest) -> Result<Response> {
        let request = request.into_request()?;
        Opening::new(self, &AtomicUsize::new(0)).open(request)
    }

    /// Sends an answer that is not a success through the error hooks: all `http_error`s, then all
    /// `http_error_default`s, until one takes it over. If none does, the response itself is the
    /// answer. If one answers with the next request, that is opened.
    ///
    /// # Errors
    /// Whatever a hook gives; [`HttpDefaultErrorHandler`](crate::HttpDefaultErrorHandler) gives
    /// [`ErrorKind::Http`](crate::ErrorKind::Http).
    pub fn error(&self, request: &Request, response: Response) -> Result<Response> {
        Opening::new(self, &AtomicUsize::new(0)).error_and_on(request, response)
    }
}

/// The handlers' names. `Display` draws the chain.
impl fmt::Debug for OpenerDirector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.handlers().map(Handler::name)).finish()
    }
}

/// An opener outside of an open; handlers are given one within.
impl Parent for OpenerDirector {
    fn open(&self, request: Request) -> Result<Response> {
        Self::open(self, request)
    }

    fn error(&self, request: &Request, response: Response) -> Result<Response> {
        Self::error(self, request, response)
    }

    fn refresh(&self, request: &Request, response: &Response, url: &str) -> Option<Result<Request, HttpErrorCause>> {
        Opening::new(self, &AtomicUsize::new(0)).refresh(request, response, url)
    }

    fn answers(&self, scheme: &str) -> bool {
        self.links.iter().any(|link| link.handler.schemes().contains(&scheme))
    }

    fn addheaders(&self) -> &Headers {
        &self.addheaders
    }

    fn default_timeouts(&self) -> Timeouts {
        self.timeouts
    }
}
