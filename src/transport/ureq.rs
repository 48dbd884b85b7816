//! [`UreqTransport`]: the transport that talks to the world: a pool, a way to make connections, and the exchange over
//! them.

use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

use http::StatusCode;

use crate::clock::deadline;
use crate::message::error::late;
use crate::message::error::{Error, ErrorKind, Phase, Result};
use crate::message::response::Response;
use crate::observe::{self, Step};
use crate::transport::dial::{Dialler, TcpDial};
use crate::transport::http1::{self, Failure};
use crate::transport::pool::{Home, Place, Pool};
use crate::transport::{
    Dial, Limits, ProxyRoute, Resolver, TlsSettings, Transport, WireRequest, give_back, is_idempotent,
};

/// Sends requests with HTTP/1.1 over TCP and TLS, and keeps connections open for the next request.
///
/// It is cheap to make; connections belong to it, so one transport is one pool. Two transports with
/// different TLS settings never share a connection, and a connection through a proxy is never used
/// without it, nor a tunnel by another user than the one it was opened for. The TLS settings hold
/// for proxies that are reached by https as well, but for a certificate of ours, which servers
/// alone are shown.
///
/// - Connections are kept within [`Limits`]: 20 in all, 10 to one host, for 15 seconds.
/// - A request that found its kept connection closed by the server, before a byte of an answer, is
///   sent once more on a new one, if its method is idempotent (RFC 9110 section 9.2.2) and its data
///   can be replayed.
/// - Names are looked up by a [`CachingResolver`](crate::transport::CachingResolver) unless another
///   [`Resolver`] is set.
///
/// ```no_run
/// use clientcookie::transport::UreqTransport;
/// use clientcookie::{HttpHandler, HttpsHandler, build_opener};
/// use std::sync::Arc;
/// use std::time::Duration;
///
/// let transport = Arc::new(UreqTransport::new());
/// let opener = build_opener((
///     HttpHandler::with_transport(Arc::clone(&transport)),
///     HttpsHandler::with_transport(transport),
/// ));
/// # Ok::<(), clientcookie::Error>(())
/// ```
pub struct UreqTransport {
    tls: TlsSettings,
    tcp: Arc<TcpDial>,
    dial: Option<Arc<dyn Dial>>,
    limits: Limits,
    /// Made at the first request: from then on the settings stand.
    ready: OnceLock<Ready>,
}

/// What a transport works with.
struct Ready {
    dialler: Dialler,
    pool: Arc<Pool>,
}

impl Default for UreqTransport {
    fn default() -> Self {
        Self::new()
    }
}

impl UreqTransport {
    /// Mozilla's roots, the system's resolver behind a cache, no connection yet.
    pub fn new() -> Self {
        Self {
            tls: TlsSettings::new(),
            tcp: Arc::default(),
            dial: None,
            limits: Limits::default(),
            ready: OnceLock::new(),
        }
    }

    /// Sets whom to trust, and who we are.
    #[must_use]
    pub fn tls(self, tls: TlsSettings) -> Self {
        Self { tls, ready: OnceLock::new(), ..self }
    }

    /// Sets who looks up names.
    #[must_use]
    pub fn resolver(self, resolver: impl Resolver + 'static) -> Self {
        Self { tcp: Arc::new(self.tcp.with_resolver(Arc::new(resolver))), ready: OnceLock::new(), ..self }
    }

    /// Connects from this address of this machine, and to addresses of its kind only (curl's
    /// `--interface`). Through SOCKS, and on systems other than Unix, it is an error of the
    /// request.
    ///
    /// ```no_run
    /// use clientcookie::transport::UreqTransport;
    ///
    /// let transport = UreqTransport::new().local_address([192, 0, 2, 7]);
    /// ```
    #[must_use]
    pub fn local_address(self, address: impl Into<IpAddr>) -> Self {
        Self { tcp: Arc::new(self.tcp.with_local(address.into())), ready: OnceLock::new(), ..self }
    }

    /// Sets who makes the connections, in the place of TCP: neither resolver nor local address are
    /// asked then.
    #[must_use]
    pub fn dial(self, dial: impl Dial + 'static) -> Self {
        Self { dial: Some(Arc::new(dial)), ready: OnceLock::new(), ..self }
    }

    /// Sets how much of an answer is taken in, and how many connections are kept.
    #[must_use]
    pub fn limits(self, limits: Limits) -> Self {
        let limits = Limits { head: limits.head.min(LARGEST_HEAD), ..limits };
        Self { limits, ready: OnceLock::new(), ..self }
    }

    /// A transport with the settings of this one, but for the client certificate and its key, in
    /// PEM; and with connections of its own. What is wrong with the pair is found out here.
    pub(crate) fn with_client_pem(&self, certificates: Vec<u8>, key: Vec<u8>) -> Result<Self> {
        let transport = Self {
            tls: self.tls.clone().client_pem(certificates, key),
            tcp: Arc::clone(&self.tcp),
            dial: self.dial.clone(),
            limits: self.limits,
            ready: OnceLock::new(),
        };
        transport.ready()?;
        Ok(transport)
    }

    fn ready(&self) -> Result<&Ready> {
        if let Some(ready) = self.ready.get() {
            return Ok(ready);
        }
        // Two threads may both get here; one stays, the other is dropped before it made a
        // connection.
        let dialler = Dialler::new(&self.tcp, self.dial.clone(), &self.tls, self.limits)?;
        let ready = Ready { dialler, pool: Arc::new(Pool::new(&self.limits)) };
        Ok(self.ready.get_or_init(|| ready))
    }

    /// Sends it over a connection that is kept, or over a new one: once, and once more where the
    /// one that was kept was closed meanwhile.
    fn exchange(&self, request: &mut WireRequest<'_>) -> Result<Response> {
        let Ready { dialler, pool } = self.ready()?;
        let home = |place| Some(Home { pool: Arc::clone(pool), place });
        let place = Place::of(request);
        let failed = |failure: Failure, request: &WireRequest<'_>| blamed(failure.error, request);
        if let Some(line) = pool.take(&place) {
            observe::tell(|_| Step::Reused);
            match http1::exchange(line, request, &self.limits, home(place)) {
                Err(Failure { unanswered: true, .. }) if may_repeat(request) => {
                    log::debug!(target: "clientcookie::wire", "the kept connection was closed; once more on a new one");
                }
                outcome => return outcome.map_err(|failure| failed(failure, request)),
            }
        }
        let line = dialler.connect(request)?;
        let home = home(Place::of(request));
        http1::exchange(line, request, &self.limits, home).map_err(|failure| failed(failure, request))
    }
}

impl std::fmt::Debug for UreqTransport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UreqTransport").field("tls", &self.tls).finish_non_exhaustive()
    }
}

impl Transport for UreqTransport {
    fn send(&self, mut request: WireRequest<'_>) -> Result<Response> {
        deadline::until(request.deadline, Phase::Total, || {
            late::for_wait()?;
            let expects = http1::expects_continue(&request);
            let response = self.exchange(&mut request)?;
            if !expects || response.status() != StatusCode::EXPECTATION_FAILED {
                return Ok(response);
            }
            // RFC 9110 section 15.5.18: somebody on the way does not know the expectation, and has
            // read no data.
            give_back(response);
            request.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("Expect"));
            self.exchange(&mut request)
        })
    }
}

/// The largest limit on a head that may be set.
const LARGEST_HEAD: usize = 64 * 1024 * 1024;

/// Says so if it was the proxy that failed, where it is the proxy who reads the head. Our own data
/// are not the proxy's.
fn blamed(error: Error, request: &WireRequest<'_>) -> Error {
    let Some(proxy) = request.proxy.filter(|_| request.route() == Some(ProxyRoute::WholeUrl)) else {
        return error;
    };
    match error.kind() {
        ErrorKind::RequestData { .. } | ErrorKind::Http(_) => error,
        _ => error.of_proxy(proxy.url()),
    }
}

fn may_repeat(request: &WireRequest<'_>) -> bool {
    let replayable = request.data.as_ref().is_none_or(|data| data.can_replay());
    replayable && is_idempotent(request.method)
}
