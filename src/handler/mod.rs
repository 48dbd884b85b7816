//! [`Handler`]: one link of the chain.
//!
//! A handler answers requests, adjusts them, or adjusts what was answered. Those that only adjust,
//! ClientCookie called processors; here they are the same trait under the name
//! [`Processor`](crate::Processor).
//!
//! Opening a URL goes through the chain three times, each time in the handlers'
//! [`order`](Handler::order):
//!
//! 1. the request hooks, for every handler: [`any_request`](Handler::any_request), then the one of
//!    the scheme;
//! 2. the open hooks, until one answers: [`default_open`](Handler::default_open) of all, then
//!    [`open`](Handler::open) of those who named the scheme, then
//!    [`unknown_open`](Handler::unknown_open);
//! 3. the response hooks, for every handler: [`any_response`](Handler::any_response), then the one
//!    of the scheme.
//!
//! Where the second fails, [`open_error`](Handler::open_error) may know another way to an answer.
//! In the third, [`HttpErrorProcessor`] sees an answer that is not 2xx and sends it through the
//! error hooks, where [`HttpRedirectHandler`] may name the next request and
//! [`HttpDefaultErrorHandler`] makes it an error.
//!
//! A hook that wants another request to be opened in this one's place (a redirect, an answer to a
//! challenge, a repetition) answers with it ([`Answer::Next`], [`Response::then`]): the opener goes
//! round, and no open stands within another. [`Parent::open`] is for what is truly another request.

mod auth;
mod body;
mod client_cert;
mod cookie;
mod data;
mod debug;
mod errors;
mod file;
#[cfg(feature = "ftp")]
mod ftp;
mod hook;
mod http;
mod page;
mod proxy;
mod redirect;
mod referer;
mod retry;
mod robots;
mod unknown;

use crate::message::Timeouts;
use crate::message::error::{Error, HttpErrorCause, Result};
use crate::message::headers::Headers;
use crate::message::request::Request;
use crate::message::response::Response;
use crate::observe::{self, Step};

pub use self::http::{HttpHandler, HttpsHandler};
pub use auth::{
    HttpBasicAuthHandler, HttpDigestAuthHandler, HttpPasswordMgr, HttpPasswordMgrWithDefaultRealm,
    HttpPasswordMgrWithPriorAuth, HttpProxyPasswordMgr, MAX_CHALLENGES, NetrcError, NetrcPasswordMgr, NetrcSkipped,
    PasswordMgr, ProxyBasicAuthHandler, ProxyDigestAuthHandler,
};
pub use body::gzip::HttpGzipProcessor;
pub use body::seekable::SeekableProcessor;
pub use client_cert::HttpsClientCertMgr;
pub use cookie::HttpCookieProcessor;
pub use data::DataHandler;
pub use debug::redirect::HttpRedirectDebugProcessor;
pub use debug::response::HttpResponseDebugProcessor;
pub use errors::{HttpDefaultErrorHandler, HttpErrorProcessor};
pub use file::FileHandler;
pub(crate) use file::local_path;
#[cfg(feature = "ftp")]
pub use ftp::{CacheFtpHandler, FTP_LINE_LIMIT, FTP_REPLY_LIMIT, FtpHandler};
pub use hook::{Hook, HookPhase};
pub use page::equiv::HttpEquivProcessor;
pub use page::refresh::HttpRefreshProcessor;
pub use proxy::{NoProxy, ProxyHandler};
pub use redirect::{HttpRedirectHandler, MAX_REDIRECTIONS, MAX_REPEATS, Redirect};
pub use referer::HttpRefererProcessor;
pub use retry::HttpRetryProcessor;
pub use robots::{HttpRobotRulesProcessor, RequestRate, RobotRefusal, RobotRules};
pub use unknown::UnknownHandler;
pub(crate) use unknown::unknown_scheme;

/// What an error hook answers. It is given a response, or, as [`Handler::open_error`], the error.
///
/// ```
/// use clientcookie::{Answer, Handler, Parent, Request, Response, Result};
///
/// /// What is gone is asked for in an archive.
/// struct Archive;
///
/// impl Handler for Archive {
///     fn http_error(
///         &self,
///         _: &dyn Parent,
///         request: &Request,
///         response: Response,
///     ) -> Result<Answer> {
///         if response.status() != 410 || request.host() == "archive.example" {
///             return Ok(Answer::Continue(response));
///         }
///         let archived = format!("http://archive.example{}", request.url().path());
///         Ok(Answer::Next(Request::new(&archived)?, response))
///     }
/// }
/// ```
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "made once an exchange, and a box would be the user's to write")]
pub enum Answer<Given = Response> {
    /// This response is the answer instead.
    Break(Response),
    /// Hands on what was given, untouched, to the next handler.
    Continue(Given),
    /// This request is opened in the place of this one, through the whole chain; beside it, what
    /// was given, which is the outcome where there were too many exchanges already. What the
    /// request inherits is for the methods of [`Request`] to say: [`again`](Request::again),
    /// [`with_credentials`](Request::with_credentials),
    /// [`redirected_to`](Request::redirected_to).
    Next(Request, Given),
}

/// One link of the chain (urllib2's `BaseHandler`, ClientCookie's `BaseProcessor`). Every hook has
/// a default that passes on, so a handler fills in only what it is about.
///
/// ```
/// use clientcookie::transport::ScriptedTransport;
/// use clientcookie::{Handler, HttpHandler, Parent, Request, Result, build_opener};
///
/// /// Asks for German pages.
/// struct German;
///
/// impl Handler for German {
///     fn http_request(&self, _parent: &dyn Parent, request: &mut Request) -> Result<()> {
///         request.add_unredirected_header("Accept-Language", "de")
///     }
/// }
///
/// let transport = ScriptedTransport::new().reply("HTTP/1.1 200 OK\r\n\r\n");
/// let opener = build_opener((German, HttpHandler::with_transport(transport.clone())));
/// opener.open("http://example.com/")?;
/// assert_eq!(transport.requests()[0].headers.get_str("Accept-Language").as_deref(), Some("de"));
/// # Ok::<(), clientcookie::Error>(())
/// ```
///
/// A handler may call back into its parent, may be shared by several openers (as `Arc<H>`), and is
/// used by many threads at once: what it remembers, it keeps behind a lock that it does not hold
/// while it calls out.
#[doc(alias = "BaseHandler")]
#[doc(alias = "BaseProcessor")]
#[expect(unused_variables, reason = "the defaults pass on; the names are for the reader")]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no handler",
    label = "`clientcookie::Handler` is not implemented for it",
    note = "every hook has a default, so that an empty `impl` of `Handler` is a beginning"
)]
pub trait Handler: Send + Sync {
    /// Its place in the chain: smaller numbers come first, equal ones in the order in which they
    /// were added.
    ///
    /// The original's numbers: proxies 100, http-equiv 300, digest authentication 490, everything
    /// else 500, robots 800, response debugging 900, errors and refresh 1000.
    #[doc(alias = "handler_order")]
    fn order(&self) -> i32 {
        500
    }

    /// The default handler it stands for: [`build_opener`](crate::build_opener) leaves out the
    /// default of that kind. In Python this is what a subclass says.
    fn kind(&self) -> Option<Kind> {
        None
    }

    /// The schemes that its [`open`](Handler::open) answers, in lower case.
    fn schemes(&self) -> &[&str] {
        &[]
    }

    /// The hooks it fills in, for the picture that an opener draws of itself. Nothing else depends
    /// on it: a hook that is filled in is called, named here or not. The macro
    /// [`handler!`](crate::handler!) writes it.
    fn hooks(&self) -> &[Hook] {
        Hook::ALL
    }

    /// What it is called in pictures: the name of its type, unless it says otherwise.
    fn name(&self) -> &str {
        let path = std::any::type_name::<Self>();
        let path = path.split('<').next().unwrap_or(path);
        path.rsplit("::").next().unwrap_or(path)
    }

    /// Adjusts any request, before the hook of its scheme.
    ///
    /// # Errors
    /// An error ends the opening of the URL; so with every hook.
    fn any_request(&self, parent: &dyn Parent, request: &mut Request) -> Result<()> {
        Ok(())
    }

    /// Adjusts a request for http.
    fn http_request(&self, parent: &dyn Parent, request: &mut Request) -> Result<()> {
        Ok(())
    }

    /// Adjusts a request for https; as for http, unless filled in.
    fn https_request(&self, parent: &dyn Parent, request: &mut Request) -> Result<()> {
        self.http_request(parent, request)
    }

    /// Adjusts a request for a scheme other than http and https (urllib2's `ftp_request`,
    /// `file_request`, ...).
    fn other_request(&self, parent: &dyn Parent, request: &mut Request) -> Result<()> {
        Ok(())
    }

    /// Answers a request of whatever scheme, before those that name it; `None` lets the next
    /// handler try.
    fn default_open(&self, parent: &dyn Parent, request: &mut Request) -> Result<Option<Response>> {
        Ok(None)
    }

    /// Answers a request of one of its [`schemes`](Handler::schemes) (urllib2's `http_open`,
    /// `ftp_open`, ...); `None` lets the next handler try.
    #[doc(alias = "http_open")]
    #[doc(alias = "https_open")]
    #[doc(alias = "file_open")]
    #[doc(alias = "data_open")]
    #[doc(alias = "ftp_open")]
    fn open(&self, parent: &dyn Parent, request: &mut Request) -> Result<Option<Response>> {
        Ok(None)
    }

    /// Answers a request that nobody else did; `None` lets the next handler try.
    fn unknown_open(&self, parent: &dyn Parent, request: &mut Request) -> Result<Option<Response>> {
        Ok(None)
    }

    /// Looks for another way to an answer when an open hook failed (no connection, say), or hands
    /// the error on. A response of this hook is what opening gives, and goes through no
    /// response hooks.
    ///
    /// ```
    /// use clientcookie::{Answer, Error, ErrorKind, Handler, Parent, Request, Result};
    ///
    /// /// Asks the mirror when there is no connection to the site itself.
    /// struct Mirror;
    ///
    /// impl Handler for Mirror {
    ///     fn open_error(
    ///         &self,
    ///         _: &dyn Parent,
    ///         request: &Request,
    ///         error: Error,
    ///     ) -> Result<Answer<Error>> {
    ///         match error.kind() {
    ///             ErrorKind::Connect { .. } if request.host() == "www.example" => {
    ///                 Ok(Answer::Next(Request::new("http://mirror.example/")?, error))
    ///             }
    ///             _ => Ok(Answer::Continue(error)),
    ///         }
    ///     }
    /// }
    /// ```
    fn open_error(&self, parent: &dyn Parent, request: &Request, error: Error) -> Result<Answer<Error>> {
        Ok(Answer::Continue(error))
    }

    /// Adjusts or replaces any response, before the hook of its scheme.
    fn any_response(&self, parent: &dyn Parent, request: &Request, response: Response) -> Result<Response> {
        Ok(response)
    }

    /// Adjusts or replaces a response to an http request.
    fn http_response(&self, parent: &dyn Parent, request: &Request, response: Response) -> Result<Response> {
        Ok(response)
    }

    /// Adjusts or replaces a response to an https request; as for http, unless filled in.
    fn https_response(&self, parent: &dyn Parent, request: &Request, response: Response) -> Result<Response> {
        self.http_response(parent, request, response)
    }

    /// Adjusts or replaces a response to a request of a scheme other than http and https.
    fn other_response(&self, parent: &dyn Parent, request: &Request, response: Response) -> Result<Response> {
        Ok(response)
    }

    /// Takes over an answer that is not a success, or hands it on (urllib2's `http_error_301`,
    /// `http_error_401`, ...: look at the status to tell them apart).
    ///
    /// A proxy that wants credentials before it opens a tunnel for https comes here too: a 407
    /// whose URL is the proxy's, and of whose headers the challenge alone is left. What is
    /// handed on then ends as an error.
    #[doc(alias = "http_error_301")]
    #[doc(alias = "http_error_302")]
    #[doc(alias = "http_error_303")]
    #[doc(alias = "http_error_307")]
    #[doc(alias = "http_error_308")]
    #[doc(alias = "http_error_401")]
    #[doc(alias = "http_error_407")]
    fn http_error(&self, parent: &dyn Parent, request: &Request, response: Response) -> Result<Answer> {
        Ok(Answer::Continue(response))
    }

    /// The same, after all [`http_error`](Handler::http_error) hooks handed the answer on.
    fn http_error_default(&self, parent: &dyn Parent, request: &Request, response: Response) -> Result<Answer> {
        Ok(Answer::Continue(response))
    }

    /// The request that follows a page which asks for another URL (urllib2's `http_error_refresh`),
    /// or why none does; `None` lets the next handler decide. `url` is as the page wrote it;
    /// nothing is opened here.
    #[doc(alias = "http_error_refresh")]
    fn refresh(
        &self,
        parent: &dyn Parent,
        request: &Request,
        response: &Response,
        url: &str,
    ) -> Option<Result<Request, HttpErrorCause>> {
        None
    }
}

/// What a handler may ask of the opener it is part of (urllib2's `self.parent`): the one arrow that
/// points up.
pub trait Parent: Send + Sync {
    /// Opens another request through the whole chain, now and within this one: for what is truly
    /// another request, like robots.txt. What is to be opened in the place of this one is
    /// answered with ([`Answer::Next`], [`Response::then`]). It counts among the exchanges of
    /// this open, and what an errand opens is an errand ([`Request::purpose`]).
    ///
    /// # Errors
    /// Whatever opening gives; [`ErrorKind::NestedTooDeep`](crate::ErrorKind::NestedTooDeep) past
    /// [`OpenerDirector::MAX_DEPTH`](crate::OpenerDirector::MAX_DEPTH) such opens within one
    /// another.
    fn open(&self, request: Request) -> Result<Response>;

    /// Sends an answer that is not a success through the error hooks
    /// ([`OpenerDirector::error`](crate::OpenerDirector::error)), for a response hook to give.
    /// Where one of them answers with the next request, the response comes back as a step on
    /// the way to it ([`Response::next_request`]).
    ///
    /// # Errors
    /// Whatever the error hooks give.
    fn error(&self, request: &Request, response: Response) -> Result<Response>;

    /// Asks the handlers, in their order, for the request that follows a page which asks for
    /// another URL, until one decides: that is the redirect handler, by the rules it has for
    /// redirects. `None` if no handler does.
    ///
    /// # Errors
    /// Why it is not followed.
    fn refresh(&self, request: &Request, response: &Response, url: &str) -> Option<Result<Request, HttpErrorCause>>;

    /// Whether a handler answers for this scheme.
    fn answers(&self, scheme: &str) -> bool;

    /// The headers that go with every request that has none of the name.
    fn addheaders(&self) -> &Headers;

    /// Tells the opener's [observers](crate::observe) something of the handler's own. It says
    /// no secret, since nobody looks what is in it.
    fn note(&self, text: &str) {
        observe::tell(|_| Step::Note { text: text.to_owned() });
    }

    /// The time limits of requests that have none of their own: those that
    /// [`OpenerDirector::timeouts`](crate::OpenerDirector::timeouts) has set.
    fn default_timeouts(&self) -> Timeouts;
}

/// The default handlers that one of one's own can stand for; see [`Handler::kind`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// [`UnknownHandler`].
    Unknown,
    /// [`HttpHandler`].
    Http,
    /// [`HttpsHandler`].
    Https,
    /// `FtpHandler` or `CacheFtpHandler`, which the feature `ftp` brings.
    Ftp,
    /// [`FileHandler`].
    File,
    /// [`DataHandler`].
    Data,
    /// [`HttpDefaultErrorHandler`].
    DefaultError,
    /// [`HttpRedirectHandler`].
    Redirect,
    /// [`HttpErrorProcessor`].
    ErrorProcessor,
    /// [`HttpCookieProcessor`].
    Cookie,
    /// [`ProxyHandler`].
    Proxy,
    /// [`HttpBasicAuthHandler`].
    BasicAuth,
    /// [`HttpDigestAuthHandler`].
    DigestAuth,
    /// [`ProxyDigestAuthHandler`].
    ProxyDigestAuth,
}
