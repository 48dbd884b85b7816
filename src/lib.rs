//! A blocking HTTP client that behaves like a browser's session, built as a chain of handlers that
//! can be read, changed and taught: the rebirth of Python's ClientCookie, whose handlers and
//! processors became `urllib2` and whose jar became `cookielib`.
//!
//! # Opening a URL
//!
//! ```no_run
//! let mut response = clientcookie::urlopen("https://example.com/")?;
//! println!("{}", response.url());          // after redirects
//! println!("{}", response.headers());      // one header a line
//! std::io::copy(&mut response, &mut std::io::stdout())?;
//! # Ok::<(), clientcookie::Error>(())
//! ```
//!
//! Redirects are followed, cookies kept and sent back, the environment's proxies asked
//! ([`ProxyHandler`]), and an answer that is not a success is an [`Error`] that still holds the
//! response ([`HttpError`]).
//!
//! # Changing how
//!
//! An [`OpenerDirector`] is a chain of [`Handler`]s. [`build_opener`] makes one from the default
//! handlers and your own; displaying it draws the chain. [`install_opener`] makes it the one that
//! [`urlopen`] uses.
//!
//! ```
//! use clientcookie::{
//!     CookieJar, HttpCookieProcessor, HttpRedirectHandler, build_opener, install_opener,
//! };
//!
//! let jar = CookieJar::new();
//! let opener = build_opener((
//!     HttpCookieProcessor::new(&jar),
//!     HttpRedirectHandler::new().max_redirections(3),
//! ));
//! println!("{opener}");
//! install_opener(opener);
//! for cookie in &jar {
//!     println!("{cookie}");
//! }
//! ```
//!
//! # The manual
//!
//! [`manual`] teaches the rest: a [tour](manual::tour), [porting](manual::porting) from Python, how
//! [handlers](manual::handlers) and [cookies](manual::cookies) work, what is
//! [different](manual::differences) from the original, and [debugging](manual::debugging) with the
//! questions that are asked often.
//!
//! # The rooms
//!
//! - [`handler`](mod@handler): the trait, its hooks, and the handlers that answer. [`Processor`] is
//!   its other name, for those that only adjust.
//! - [`cookie`]: the jar, which works with any HTTP client.
//! - [`transport`]: what carries one request to a server; [`transport::ScriptedTransport`] does
//!   without a network.
//! - [`Request`], [`Response`], [`Headers`], [`Data`] and [`Error`]: what passes through the chain.
//!
//! # What it tells
//!
//! Everything is logged with the `log` crate, at debug level and without secrets, under these
//! targets: `clientcookie::wire` (both heads of every exchange), `clientcookie::cookies` (each
//! cookie that was stored, replaced, deleted, refused, sent or not, and why),
//! `clientcookie::robots` (what became of each robots.txt, and what it disallowed),
//! `clientcookie::http_redirects` (why a refresh was not followed) and `clientcookie` (which proxy
//! a request takes, what a page may not say of itself, which body is not decoded). Two processors
//! log at info level: [`HttpRedirectDebugProcessor`] under `clientcookie::http_redirects` and
//! [`HttpResponseDebugProcessor`] under `clientcookie::http_responses`.

//! # Features
//!
//! - `tls` (default): https, through rustls. Without it an https URL is an error that says so.
//! - `psl` (default): the public suffix list, so that no site sets a cookie for all of `co.uk`.
//! - `trace` (default): [`trace::Trace`], which writes down all that an opener does, as text and as
//!   a page for a browser.
//! - `brotli`: [`HttpGzipProcessor`] asks for brotli as well, and decodes it.
//! - `ftp`: `ftp:` URLs. It adds no crate.
//! - `har`: the same as a HAR file; and record and replay (`replay`).
//! - `json`: `cookie::JsonFormat`, for cookies in JSON; `Data::json` and `Response::json`.
//! - `native-certs`: `transport::TlsSettings::native_certs` trusts the system's certificates too.
//! - `redis`: `RedisCookieJar`, a jar on a server that machines share.
//! - `socks`: proxies that speak SOCKS 4, 4a, 5 and 5h. It adds no crate.
//! - `sqlite`: the cookie stores of browsers, and `SqliteCookieJar`, a jar that lives in a
//!   database.

#![cfg_attr(docsrs, feature(doc_cfg))]
// Here and not in Cargo.toml: in a program or a test every `pub` is unreachable.
#![warn(unreachable_pub)]

mod chain;
pub mod clock;
pub mod cookie;
mod fresh_file;
pub mod handler;
#[cfg(feature = "har")]
mod har;
pub mod manual;
mod message;
pub mod observe;
mod readable;
mod redact;
#[cfg(feature = "har")]
pub mod replay;
#[cfg(feature = "trace")]
pub mod trace;
pub mod transport;

pub use chain::{IntoHandlers, OpenerDirector, Retrieve, build_opener, install_opener, urlopen, urlretrieve};
#[cfg(feature = "redis")]
pub use cookie::RedisCookieJar;
#[cfg(feature = "sqlite")]
pub use cookie::{ChromiumCookieJar, FirefoxCookieJar, SqliteCookieJar};
pub use cookie::{
    Cookie, CookieJar, CookiePolicy, DefaultCookiePolicy, FileCookieJar, LwpCookieJar, MozillaCookieJar, MsieCookieJar,
    MsieDbCookieJar, lwp_cookie_str, str2time,
};
pub use handler::Handler as Processor;
pub use handler::{
    Answer, DataHandler, FileHandler, Handler, Hook, HookPhase, HttpBasicAuthHandler, HttpDefaultErrorHandler,
    HttpDigestAuthHandler, HttpErrorProcessor, HttpHandler, HttpPasswordMgr, HttpPasswordMgrWithDefaultRealm,
    HttpPasswordMgrWithPriorAuth, HttpProxyPasswordMgr, HttpRedirectHandler, HttpsClientCertMgr, HttpsHandler, Kind,
    NetrcError, NetrcPasswordMgr, NetrcSkipped, NoProxy, Parent, PasswordMgr, ProxyBasicAuthHandler,
    ProxyDigestAuthHandler, ProxyHandler, Redirect, UnknownHandler,
};
#[cfg(feature = "ftp")]
pub use handler::{CacheFtpHandler, FtpHandler};
pub use handler::{
    HttpCookieProcessor, HttpEquivProcessor, HttpGzipProcessor, HttpRedirectDebugProcessor, HttpRefererProcessor,
    HttpRefreshProcessor, HttpResponseDebugProcessor, HttpRetryProcessor, HttpRobotRulesProcessor, RequestRate,
    RobotRefusal, RobotRules, SeekableProcessor,
};
pub use message::Timeouts;

pub use message::body::Body;
pub use message::data::{Data, IntoData, Multipart};
pub use message::error::{Error, ErrorKind, HttpError, HttpErrorCause, Phase, Result};
pub use message::headers::{Headers, IntoHeaderValue};
pub use message::redirection::Redirection;
pub use message::request::{Challenger, IntoRequest, Purpose, Request, RequestBuilder};
pub use message::response::{IntoStatus, Response};
pub use message::retrieved::Retrieved;
pub use message::urls::Userinfo;
pub use transport::Transport;

/// The types of the interface that are others': methods, statuses and header values; URLs.
pub use {http, url};

/// The README's examples are tests too.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
