//! [`Error`]: one type for everything that can go wrong, and [`HttpError`], which still is a response.

mod http;
pub(crate) mod late;

use std::error::Error as StdError;
use std::{fmt, io};

use url::Url;

use crate::message::retrieved::Retrieved;
use crate::message::urls;
use crate::readable;
use crate::redact;

pub use crate::clock::deadline::Phase;
pub use http::{HttpError, HttpErrorCause};

/// `Result` with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, in one sentence (the original's `URLError`).
///
/// It is small (one pointer), names the URL where there is one, and never shows a password, an
/// `Authorization` or a `Cookie`. [`Error::kind`] tells a program what happened; `Debug` prints the
/// same sentence as `Display`, so that `fn main() -> Result<(), clientcookie::Error>` speaks to the
/// person who runs the program.
///
/// ```
/// use clientcookie::{ErrorKind, Request};
///
/// let error = Request::new("http://user:secret@exa mple.com/").unwrap_err();
/// assert!(matches!(error.kind(), ErrorKind::InvalidUrl { .. }));
/// assert!(!error.to_string().contains("secret"));
/// ```
#[doc(alias = "URLError")]
#[doc(alias = "UrlError")]
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    /// Where it happened, without secrets.
    url: Option<String>,
    /// Whom it happened with, if that was a proxy: its host and port.
    proxy: Option<String>,
}

/// The kinds of [`Error`], each with what it knows.
#[derive(Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The URL cannot be requested: it does not parse, holds a control character, or names an
    /// impossible host. Found before any connection is made.
    InvalidUrl {
        /// The URL as it was given, without its userinfo.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The method is not a token (RFC 9110 section 9.1).
    InvalidMethod {
        /// The method as it was given.
        method: String,
    },
    /// A header cannot be sent: its name is no token, its value holds a control character, or it
    /// would contradict the message's own framing.
    InvalidHeader {
        /// The header's name.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// No handler answers for this scheme (urllib2's "unknown url type").
    UnknownScheme {
        /// The scheme.
        scheme: String,
    },
    /// The server answered, but not with success; the response is inside.
    Http(HttpError),
    /// What one `open` leads to takes too many exchanges, and there is no answer yet that could be
    /// held: see [`OpenerDirector::max_exchanges`](crate::OpenerDirector::max_exchanges).
    TooManyExchanges {
        /// How many there may be.
        limit: usize,
    },
    /// Handlers open URLs within one another ([`Parent::open`](crate::Parent::open)) too deep.
    NestedTooDeep {
        /// How deep they may: [`OpenerDirector::MAX_DEPTH`](crate::OpenerDirector::MAX_DEPTH).
        limit: usize,
    },
    /// The host's name has no address.
    Resolve {
        /// The host.
        host: String,
        /// The resolver's error.
        source: io::Error,
    },
    /// No connection: refused, unreachable, reset.
    Connect {
        /// The host.
        host: String,
        /// The system's error.
        source: io::Error,
    },
    /// TLS failed: a certificate that does not hold, or no common protocol.
    Tls {
        /// What TLS said.
        reason: String,
    },
    /// The proxy cannot be used, failed, or could not be understood. One that refused a tunnel in
    /// words of HTTP is an [`ErrorKind::Http`]; see [`HttpErrorCause::TunnelRefused`].
    Proxy {
        /// What happened.
        reason: String,
    },
    /// A time limit of [`Timeouts`](crate::Timeouts) was reached.
    Timeout {
        /// The phase that took too long.
        during: Phase,
    },
    /// The server closed the connection without one byte of an answer.
    Disconnected,
    /// The answer is not HTTP (or FTP), or its framing cannot be trusted.
    BadResponse {
        /// What is wrong with it.
        reason: String,
    },
    /// An FTP server refused (RFC 959 section 4.2.1): 530 is a login, 550 a file that is not there
    /// or not to be read.
    Ftp {
        /// The code of its reply.
        code: u16,
        /// Its own words; may hold anything but line ends.
        message: String,
    },
    /// The head, its informational predecessors or the trailers go on for too long.
    HeaderFlood {
        /// What was exceeded, as a sentence: "too many header lines (limit 256)".
        limit: String,
    },
    /// The connection ended before the body did (httplib's `IncompleteRead`). What arrived was
    /// handed out before.
    IncompleteRead {
        /// How many bytes of the body arrived.
        got: u64,
        /// How many the server had announced, if it had.
        expected: Option<u64>,
    },
    /// A file is shorter than the server had announced (urllib's `ContentTooShortError`).
    #[doc(alias = "ContentTooShortError")]
    ContentTooShort {
        /// What [`urlretrieve`](crate::urlretrieve) would have given. Its file goes when this does,
        /// unless it is [kept](Retrieved::keep).
        retrieved: Box<Retrieved>,
        /// How many bytes are in the file.
        got: u64,
        /// How many the server had announced, if it had.
        expected: Option<u64>,
    },
    /// More than a limit allows; see [`Response::text`](crate::Response::text).
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// The data of the request could not be read, or is not as long as was said.
    RequestData {
        /// The reader's error.
        source: io::Error,
    },
    /// Any other failure of input or output.
    Io(io::Error),
    /// A handler's own error; see [`Error::other`].
    Other(Box<dyn StdError + Send + Sync>),
}

impl Error {
    /// An error of one's own, for handlers and transports that are not from this crate.
    pub fn other(error: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        ErrorKind::Other(error.into()).into()
    }

    /// What happened.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// What happened, by value: the way to the response of an [`ErrorKind::Http`].
    pub fn into_kind(self) -> ErrorKind {
        self.0.kind
    }

    /// The URL that was being opened, without secrets.
    pub fn url(&self) -> Option<&str> {
        self.0.url.as_deref()
    }

    /// The proxy whose failure it was, as `host:port`: it was not reached, did not hold its part of
    /// TLS, took too long. `None` where it was the page's own host, or nobody's.
    ///
    /// ```
    /// use clientcookie::{ErrorKind, ProxyHandler, build_opener};
    ///
    /// // Nobody listens on port 1.
    /// let opener = build_opener(ProxyHandler::with_proxies([("http", "127.0.0.1:1")]));
    /// let error = opener.open("http://example.com/").unwrap_err();
    /// assert!(matches!(error.kind(), ErrorKind::Connect { .. }));
    /// assert_eq!(error.proxy(), Some("127.0.0.1:1"));
    /// let expected = "no connection to the proxy 127.0.0.1:1, asked for http://example.com/: ";
    /// assert!(error.to_string().starts_with(expected));
    /// ```
    pub fn proxy(&self) -> Option<&str> {
        self.0.proxy.as_deref()
    }

    /// The response, when the server answered with an error.
    ///
    /// ```
    /// # use clientcookie::transport::ScriptedTransport;
    /// # use clientcookie::{HttpHandler, build_opener};
    /// # let transport = ScriptedTransport::new().reply("HTTP/1.1 404 No Such Page\r\nContent-Length: 5\r\n\r\nsorry");
    /// # let opener = build_opener(HttpHandler::with_transport(transport));
    /// let error = opener.open("http://example.com/missing").unwrap_err();
    /// let mut response = error.into_http_error().map_err(|error| error)?.into_response();
    /// assert_eq!(response.status(), 404);
    /// assert_eq!(response.reason(), "No Such Page");
    /// assert_eq!(response.text()?, "sorry");
    /// # Ok::<(), clientcookie::Error>(())
    /// ```
    ///
    /// # Errors
    /// The error itself, when it is of another kind.
    pub fn into_http_error(self) -> Result<HttpError> {
        match self.0.kind {
            ErrorKind::Http(error) => Ok(error),
            kind => Err(Self(Box::new(Inner { kind, ..*self.0 }))),
        }
    }

    /// The [`HttpError`] inside, if it is one.
    pub fn as_http_error(&self) -> Option<&HttpError> {
        match &self.0.kind {
            ErrorKind::Http(error) => Some(error),
            _ => None,
        }
    }

    /// The same, to be changed.
    pub(crate) fn http_error_mut(&mut self) -> Option<&mut HttpError> {
        match &mut self.0.kind {
            ErrorKind::Http(error) => Some(error),
            _ => None,
        }
    }

    /// Says where it happened, unless that is known already.
    pub(crate) fn at(mut self, url: &Url) -> Self {
        if self.0.url.is_none() {
            self.0.url = Some(redact::url(url));
        }
        self
    }

    /// Says that it happened with this proxy, and not with the server.
    pub(crate) fn of_proxy(mut self, proxy: &Url) -> Self {
        self.0.proxy = Some(urls::authority(proxy));
        self
    }
}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        Self(Box::new(Inner { kind, url: None, proxy: None }))
    }
}

/// Reading a body gives `io::Error`s that carry an [`Error`]; this unwraps them again.
impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        error.downcast::<Self>().unwrap_or_else(|error| ErrorKind::Io(error).into())
    }
}

impl From<HttpError> for Error {
    fn from(error: HttpError) -> Self {
        let url = error.url().clone();
        Self::from(ErrorKind::Http(error)).at(&url)
    }
}

impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        let kind = match error.kind() {
            ErrorKind::Timeout { .. } => io::ErrorKind::TimedOut,
            ErrorKind::IncompleteRead { .. } | ErrorKind::ContentTooShort { .. } | ErrorKind::Disconnected => {
                io::ErrorKind::UnexpectedEof
            }
            ErrorKind::BadResponse { .. } | ErrorKind::HeaderFlood { .. } => io::ErrorKind::InvalidData,
            ErrorKind::Connect { source, .. } | ErrorKind::RequestData { source } | ErrorKind::Io(source) => {
                source.kind()
            }
            _ => io::ErrorKind::Other,
        };
        Self::new(kind, error)
    }
}

/// The same error once more: a body that failed says so to whoever asks again, since a reader that
/// passed over the error must not take what there is for the whole.
pub(crate) fn again(error: &io::Error) -> io::Error {
    if let Some(code) = error.raw_os_error() {
        return io::Error::from_raw_os_error(code);
    }
    let Some(own) = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) else {
        return io::Error::new(error.kind(), error.to_string());
    };
    let kind = match own.kind() {
        ErrorKind::Timeout { during } => ErrorKind::Timeout { during: *during },
        ErrorKind::Tls { reason } => ErrorKind::Tls { reason: reason.clone() },
        ErrorKind::BadResponse { reason } => ErrorKind::BadResponse { reason: reason.clone() },
        ErrorKind::HeaderFlood { limit } => ErrorKind::HeaderFlood { limit: limit.clone() },
        ErrorKind::IncompleteRead { got, expected } => ErrorKind::IncompleteRead { got: *got, expected: *expected },
        ErrorKind::TooLarge { limit } => ErrorKind::TooLarge { limit: *limit },
        other => ErrorKind::Io(io::Error::new(error.kind(), other.to_string())),
    };
    Error(Box::new(Inner { kind, url: own.0.url.clone(), proxy: own.0.proxy.clone() })).into()
}

/// Whether a read that failed in this way may be tried again, and then goes on where it was.
pub(crate) fn may_pass(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { kind, url, proxy } = &*self.0;
        match (proxy, url) {
            (Some(proxy), url) => fmt_of_proxy(kind, proxy, url.as_deref(), f),
            (None, Some(url)) => write!(f, "{url}: {kind}"),
            (None, None) => kind.fmt(f),
        }
    }
}

/// What happened with a proxy: it stands first, lest it be taken for a failure of the page's own
/// host.
fn fmt_of_proxy(kind: &ErrorKind, proxy: &str, url: Option<&str>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let (what, cause): (String, Option<&dyn fmt::Display>) = match kind {
        ErrorKind::Resolve { source, .. } => (format!("the proxy {proxy} has no address"), Some(source)),
        ErrorKind::Connect { source, .. } => (format!("no connection to the proxy {proxy}"), Some(source)),
        ErrorKind::Tls { reason } => (format!("TLS with the proxy {proxy} failed"), Some(reason)),
        ErrorKind::Proxy { reason } => (format!("the proxy {proxy} failed"), Some(reason)),
        ErrorKind::Timeout { during: Phase::Connect } => {
            (format!("timed out while connecting to the proxy {proxy}"), None)
        }
        ErrorKind::Timeout { during } => (format!("timed out while {during}, through the proxy {proxy}"), None),
        ErrorKind::Disconnected => (format!("the proxy {proxy} closed the connection without an answer"), None),
        other => (format!("no answer through the proxy {proxy}"), Some(other)),
    };
    f.write_str(&what)?;
    url.map_or(Ok(()), |url| write!(f, ", asked for {url}"))?;
    cause.map_or(Ok(()), |cause| write!(f, ": {cause}"))
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The cause is part of the sentence, so `source` is given for [`ErrorKind::Other`] alone: never
/// both.
impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.0.kind {
            ErrorKind::Other(error) => error.source(),
            _ => None,
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidUrl { url, reason } => write!(f, "{url:?} is not a URL that can be opened: {reason}"),
            Self::InvalidMethod { method } => write!(f, "\"{method}\" is not a request method"),
            Self::InvalidHeader { name, reason } => write!(f, "the header {name:?} cannot be sent: {reason}"),
            Self::UnknownScheme { scheme } => write!(f, "no handler answers for the scheme {scheme:?}"),
            Self::Http(error) => error.fmt(f),
            Self::TooManyExchanges { limit } => write!(f, "it takes more than {limit} exchanges to open"),
            Self::NestedTooDeep { limit } => {
                write!(f, "handlers open URLs within one another more than {limit} deep")
            }
            Self::Resolve { host, source } => write!(f, "the host {host} has no address: {source}"),
            Self::Connect { host, source } => write!(f, "no connection to {host}: {source}"),
            Self::Tls { reason } => write!(f, "TLS failed: {reason}"),
            Self::Proxy { reason } => write!(f, "the proxy failed: {reason}"),
            Self::Timeout { during } => write!(f, "timed out while {during}"),
            Self::Disconnected => f.write_str("the server closed the connection without an answer"),
            Self::BadResponse { reason } => write!(f, "the answer cannot be trusted: {reason}"),
            Self::Ftp { code, message } => {
                let what = match code {
                    332 | 530 => "refused the login",
                    421 => "ended the conversation",
                    550 => "has no such file, or does not give it",
                    _ => "refused",
                };
                write!(f, "the FTP server {what}: {code} {}", readable::escaped(message))
            }
            Self::HeaderFlood { limit } => write!(f, "{limit}"),
            Self::IncompleteRead { got, expected: Some(expected) } => {
                write!(f, "the body was cut short: {got} of {expected} bytes arrived")
            }
            Self::IncompleteRead { got, expected: None } => {
                write!(f, "the body was cut short after {got} bytes")
            }
            Self::ContentTooShort { got, expected: Some(expected), .. } => {
                write!(f, "the file is too short: {got} of {expected} bytes arrived")
            }
            Self::ContentTooShort { got, expected: None, .. } => {
                write!(f, "the file is too short: it was cut off after {got} bytes")
            }
            Self::TooLarge { limit } => write!(f, "the body is larger than the limit of {limit} bytes"),
            Self::RequestData { source } => write!(f, "the request's data could not be sent: {source}"),
            Self::Io(error) => error.fmt(f),
            Self::Other(error) => error.fmt(f),
        }
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "connecting",
            Self::Write => "sending the request",
            Self::Head => "waiting for the head of the answer",
            Self::Read => "reading the body",
            Self::Total => "opening and reading, in all",
        })
    }
}
