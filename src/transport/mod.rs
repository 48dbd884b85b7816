//! The transport: what carries one request to a server and brings one answer back.
//!
//! [`Transport`] is the seam below the handlers. The one that talks to the world is
//! [`UreqTransport`]; tests and examples use the [`ScriptedTransport`], which answers from a list.

mod dial;
mod give_back;
mod http1;
mod limits;
mod line;
mod pool;
mod resolve;
mod scripted;
mod tls;
mod tls_error;
mod ureq;
mod wire_log;

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use http::{HeaderValue, Method};
use url::Url;

use crate::message::data::Data;
use crate::message::error::Result;
use crate::message::response::Response;
use crate::redact;

pub use self::ureq::UreqTransport;
pub(crate) use crate::message::ProxyRoute;
pub use crate::message::{Proxy, Timeouts};
#[cfg(unix)]
pub use dial::UnixSocket;
pub use dial::{Connection, Dial};
pub(crate) use give_back::give_back;
pub use limits::Limits;
pub use resolve::{CACHE_AGE, CACHE_SIZE, CachingResolver, FixedResolver, Resolver, SystemResolver};
#[cfg(feature = "har")]
pub(crate) use scripted::answer;
pub use scripted::{ScriptedRequest, ScriptedTransport};
pub use tls::TlsSettings;

/// Carries one request to a server and brings one answer back (in the manner of Go's
/// `RoundTripper`).
///
/// The contract. A transport
/// - sends the headers it is given, all of them, in their order and spelling, and no others;
/// - returns once the whole head of the answer has arrived; the body is read by whoever wants it;
/// - takes any status as a success: an answer is `Ok`, only the lack of one is `Err`;
/// - does not follow redirects, know cookies, decode bodies, or look at the environment;
/// - keeps every limit in `request.timeouts`, and the deadline, while the body is read too; and
///   bounds what it reads on its own account;
/// - may send a request a second time only if nothing of an answer had arrived and the request
///   allows it.
///
/// One transport serves many threads at once.
pub trait Transport: Send + Sync {
    /// Sends the request and waits for the head of the answer.
    ///
    /// # Errors
    /// When there is no answer, or one that cannot be trusted.
    fn send(&self, request: WireRequest<'_>) -> Result<Response>;
}

/// A shared transport is a transport: its connections then serve all who share it.
impl<T: Transport + ?Sized> Transport for Arc<T> {
    fn send(&self, request: WireRequest<'_>) -> Result<Response> {
        (**self).send(request)
    }
}

/// RFC 9110 section 9.2.2: only what is idempotent may be repeated without being asked.
pub(crate) fn is_idempotent(method: &Method) -> bool {
    matches!(method.as_str(), "GET" | "HEAD" | "PUT" | "DELETE" | "OPTIONS" | "TRACE")
}

/// A request as it goes on the wire: all decisions made, every header in its place.
#[non_exhaustive]
pub struct WireRequest<'a> {
    /// The method.
    pub method: &'a Method,
    /// The URL, without userinfo. Its fragment is not sent.
    pub url: &'a Url,
    /// The header lines: name as spelled, and value. `Host` and the framing (`Content-Length` or
    /// `Transfer-Encoding`) are among them.
    pub headers: Vec<(&'a str, &'a HeaderValue)>,
    /// The data to send after the head.
    pub data: Option<&'a mut Data>,
    /// The time limits. The total among them is that of all which an open leads to; for this
    /// request it has become the deadline.
    pub timeouts: Timeouts,
    /// When the whole exchange must be over, the reading of its body included.
    pub deadline: Option<Instant>,
    /// The proxy to go through.
    pub proxy: Option<&'a Proxy>,
    /// The header lines for the proxy alone, where the request goes through a tunnel: those of its
    /// CONNECT, which has a `Host` besides.
    pub connect_headers: Vec<(&'a str, &'a HeaderValue)>,
    /// 0, or how much of both heads is printed on stderr: 1 hides passwords, 2 hides nothing.
    pub debuglevel: u8,
}

impl WireRequest<'_> {
    /// How it goes through its proxy, if it has one.
    pub(crate) fn route(&self) -> Option<ProxyRoute> {
        self.proxy.map(|proxy| proxy.route(self.url))
    }
}

/// Shows no secret: a transport may log what it is given.
impl fmt::Debug for WireRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |&(name, value)| (name, redact::header(name, value, redact::Level::All));
        f.debug_struct("WireRequest")
            .field("method", self.method)
            .field("url", &redact::url(self.url))
            .field("headers", &self.headers.iter().map(shown).collect::<Vec<_>>())
            .field("data", &self.data)
            .field("timeouts", &self.timeouts)
            .field("deadline", &self.deadline)
            .field("proxy", &self.proxy)
            .field("connect_headers", &self.connect_headers.iter().map(shown).collect::<Vec<_>>())
            .field("debuglevel", &self.debuglevel)
            .finish()
    }
}
