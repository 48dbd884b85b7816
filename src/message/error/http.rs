//! [`HttpError`]: an error that still is a response.

use std::error::Error as StdError;
use std::fmt;
use std::ops::{Deref, DerefMut};

use crate::message::response::Response;
use crate::readable;

/// An answer that is not a success (urllib2's `HTTPError`): an error that still **is** a response.
/// Its status, headers and body are read through `Deref`, or taken whole by
/// [`HttpError::into_response`].
///
/// ```
/// # use clientcookie::transport::ScriptedTransport;
/// # use clientcookie::{HttpHandler, build_opener};
/// # let transport = ScriptedTransport::new().reply("HTTP/1.1 410 Gone\r\nX-Since: 2002\r\n\r\n");
/// # let opener = build_opener(HttpHandler::with_transport(transport));
/// let error = opener.open("http://example.com/").unwrap_err();
/// let answer = error.as_http_error().unwrap();
/// assert_eq!(answer.headers().get_str("X-Since").as_deref(), Some("2002"));
/// assert_eq!(error.to_string(), "http://example.com/: HTTP error 410: Gone");
/// ```
#[doc(alias = "HTTPError")]
pub struct HttpError {
    response: Response,
    cause: HttpErrorCause,
}

/// Why an answer became an error; displayed, it is a clause for a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum HttpErrorCause {
    /// Its status is not 2xx, and no handler took it over.
    Status,
    /// It leads to another request, and there were too many exchanges in all: redirects,
    /// repetitions, answers to challenges, and what handlers opened on the way. See
    /// [`OpenerDirector::max_exchanges`](crate::OpenerDirector::max_exchanges).
    TooManyExchanges {
        /// How many there may be.
        limit: usize,
    },
    /// It redirects, and there were too many redirects in all.
    TooManyRedirects {
        /// How many are followed.
        limit: usize,
    },
    /// It redirects to a URL that was visited too often already.
    RedirectLoop {
        /// How often one URL is visited.
        limit: usize,
    },
    /// It redirects to a URL that must not be followed to; only http, https and ftp may be.
    RefusedRedirect {
        /// What is wrong with the target.
        reason: String,
    },
    /// It asks for a password with Basic, in a realm that has asked with Digest before: whoever
    /// sits in between may want to read it (RFC 7616 section 5.10).
    AuthDowngrade,
    /// robots.txt disallows it, and nothing was sent: the response is a made one, with the status
    /// 403. See [`HttpRobotRulesProcessor`](crate::HttpRobotRulesProcessor).
    #[doc(alias = "RobotExclusionError")]
    RobotExclusion {
        /// The URL of the robots.txt.
        robots: String,
        /// The product token it was asked for; empty if the request named none.
        agent: String,
        /// The line that disallows the URL, counted from 1; `None` where there is no such line.
        line: Option<u32>,
        /// Why: the rule as it is compared, or why there are no rules.
        reason: String,
    },
    /// It asks for the request's data to be sent again (307, 308, or 401 and 407 where there is a
    /// password to answer with), which was not allowed or is not possible.
    CannotReplay {
        /// Why not.
        reason: String,
    },
    /// The proxy refused to open a tunnel to the server (CONNECT). The response is the proxy's, and
    /// its URL is that of the proxy: the server was not reached.
    TunnelRefused,
}

impl HttpError {
    /// An answer as an error.
    pub fn new(response: Response, cause: HttpErrorCause) -> Self {
        Self { response, cause }
    }

    /// Why it is an error.
    pub fn cause(&self) -> &HttpErrorCause {
        &self.cause
    }

    /// The answer itself, body and all.
    pub fn into_response(self) -> Response {
        self.response
    }
}

impl Deref for HttpError {
    type Target = Response;

    fn deref(&self) -> &Response {
        &self.response
    }
}

impl DerefMut for HttpError {
    fn deref_mut(&mut self) -> &mut Response {
        &mut self.response
    }
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HTTP error {}", self.response.status().as_u16())?;
        if !self.response.reason().is_empty() {
            write!(f, ": {}", readable::escaped(self.response.reason()))?;
        }
        match &self.cause {
            HttpErrorCause::Status => Ok(()),
            HttpErrorCause::TunnelRefused => write!(f, " (said the proxy {}, which opened no tunnel)", self.url()),
            cause => write!(f, " ({cause})"),
        }
    }
}

impl fmt::Display for HttpErrorCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status => f.write_str("its status is not 2xx"),
            Self::TooManyExchanges { limit } => write!(f, "more than {limit} exchanges, the last one answered this"),
            Self::TooManyRedirects { limit } => write!(f, "more than {limit} redirects, the last one to here"),
            Self::RedirectLoop { limit } => write!(f, "a redirect loop: one URL was visited {limit} times"),
            Self::RefusedRedirect { reason } => write!(f, "the redirect is not followed: {reason}"),
            Self::AuthDowngrade => f.write_str("the password is not said: Basic is asked for where Digest was before"),
            Self::RobotExclusion { robots, agent, line: Some(line), reason } => {
                write!(f, "line {line} of {robots}, asked for \"{agent}\": {reason}")
            }
            Self::RobotExclusion { robots, reason, .. } => write!(f, "{robots}: {reason}"),
            Self::CannotReplay { reason } => write!(f, "the data is not sent again: {reason}"),
            Self::TunnelRefused => f.write_str("the proxy opened no tunnel"),
        }
    }
}

impl fmt::Debug for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl StdError for HttpError {}
