//! [`UreqTransport`]: the transport that talks to the world. This folder is the only room that says `ureq`.
//!
//! ureq gives connections, TLS, tunnels, the pool and the framing of bodies. Heads are ours ([`super::head`]): a
//! request's goes out exactly as the handlers made it, and a response's is seen exactly as the server sent it. The
//! [`wire`] module stands between ureq and its connections for that; ureq itself sees the least head that makes it
//! send and read the right body.

mod body;
mod errors;
mod race;
#[cfg(feature = "socks")]
mod socks;
mod tcp;
#[cfg(feature = "tls")]
mod tls;
mod tunnel;
mod watch;
mod wire;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use http::{HeaderValue, Method, Uri};
use ureq::config::AutoHeaderValue;
use ureq::unversioned::resolver::ResolvedSocketAddrs;
#[cfg(feature = "tls")]
use ureq::unversioned::transport::RustlsConnector;
use ureq::unversioned::transport::{Connector, NextTimeout, Transport as Connected};
use ureq::{Agent, ProxyProtocol, SendBody};
use url::Url;

use crate::clock::deadline;
use crate::data::Data;
use crate::error::{Error, ErrorKind, Phase, Result};
use crate::redact;
use crate::response::Response;
use crate::transport::{CachingResolver, Limits, Proxy, Resolver, Timeouts, TlsSettings, Transport, Way, WireRequest};
use crate::transport::{head, is_idempotent, received};
use crate::urls;

use wire::{Exchange, WireConnector};

/// Sends requests with HTTP/1.1 over TCP and TLS, and keeps connections open for the next request.
///
/// It is cheap to make; connections belong to it, so one transport is one pool. Two transports with different TLS
/// settings never share a connection, and a connection through a proxy is never used without it, nor a tunnel by
/// another user than the one it was opened for. The TLS settings hold for proxies that are reached by https as well.
///
/// - Connections are kept within [`Limits`]: 10 in all, 3 to one host, for 15 seconds.
/// - A request that found its kept connection closed by the server, before a byte of an answer, is sent once more on
///   a new one, if its method is idempotent (RFC 9110 section 9.2.2) and its data can be replayed.
/// - Names are looked up by a [`CachingResolver`] unless another [`Resolver`] is set.
///
/// ```no_run
/// use std::time::Duration;
/// use clientcookie::transport::UreqTransport;
/// use clientcookie::{HttpHandler, HttpsHandler, build_opener};
/// use std::sync::Arc;
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
    resolver: Arc<dyn Resolver>,
    limits: Limits,
    /// Made at the first request: from then on the settings stand.
    agent: OnceLock<Agent>,
}

impl Default for UreqTransport {
    fn default() -> UreqTransport {
        UreqTransport::new()
    }
}

impl UreqTransport {
    /// Mozilla's roots, the system's resolver behind a cache, no connection yet.
    pub fn new() -> UreqTransport {
        UreqTransport {
            tls: TlsSettings::new(),
            resolver: Arc::new(CachingResolver::default()),
            limits: Limits::default(),
            agent: OnceLock::new(),
        }
    }

    /// Sets whom to trust, and who we are.
    pub fn tls(self, tls: TlsSettings) -> UreqTransport {
        UreqTransport { tls, agent: OnceLock::new(), ..self }
    }

    /// Sets who looks up names.
    pub fn resolver(self, resolver: impl Resolver + 'static) -> UreqTransport {
        UreqTransport { resolver: Arc::new(resolver), agent: OnceLock::new(), ..self }
    }

    /// Sets how much of an answer is taken in, and how many connections are kept.
    pub fn limits(self, limits: Limits) -> UreqTransport {
        let limits = Limits { head: limits.head.min(LARGEST_HEAD), ..limits };
        UreqTransport { limits, agent: OnceLock::new(), ..self }
    }

    /// A transport with the settings of this one, but for the client certificate and its key, in PEM; and with
    /// connections of its own. What is wrong with the pair is found out here.
    pub(crate) fn with_client_pem(&self, certificates: Vec<u8>, key: Vec<u8>) -> Result<UreqTransport> {
        let transport = UreqTransport {
            tls: self.tls.clone().client_pem(certificates, key),
            resolver: Arc::clone(&self.resolver),
            limits: self.limits,
            agent: OnceLock::new(),
        };
        transport.agent()?;
        Ok(transport)
    }

    fn agent(&self) -> Result<&Agent> {
        if let Some(agent) = self.agent.get() {
            return Ok(agent);
        }
        // Two threads may both get here; one agent stays, the other is dropped before it made a connection.
        let agent = self.new_agent()?;
        Ok(self.agent.get_or_init(|| agent))
    }

    fn new_agent(&self) -> Result<Agent> {
        let timeouts = Timeouts::default();
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .save_redirect_history(false)
            .proxy(None)
            .user_agent(AutoHeaderValue::None)
            .accept(AutoHeaderValue::None)
            .accept_encoding(AutoHeaderValue::None)
            .allow_non_standard_methods(true)
            // A head lies in the connection's own buffer until it is whole.
            .input_buffer_size(self.limits.head.saturating_add(1).max(INPUT_BUFFER))
            .max_idle_connections(self.limits.idle_connections)
            .max_idle_connections_per_host(self.limits.idle_connections_per_host)
            .max_idle_age(self.limits.idle_age.min(CENTURY))
            .timeout_connect(timeouts.connect)
            .timeout_per_write(timeouts.write)
            .timeout_per_read(timeouts.read);
        #[cfg(feature = "tls")]
        let config = config.tls_config(tls::config(&self.tls)?);
        Ok(Agent::with_parts(config.build(), connector(), Lookup(Arc::clone(&self.resolver))))
    }
}

impl std::fmt::Debug for UreqTransport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UreqTransport").field("tls", &self.tls).finish_non_exhaustive()
    }
}

impl Transport for UreqTransport {
    fn send(&self, mut request: WireRequest<'_>) -> Result<Response> {
        #[cfg(not(feature = "tls"))]
        if request.url.scheme() == "https" || request.proxy.is_some_and(|proxy| proxy.url().scheme() == "https") {
            let reason = "this program was built without https (feature \"tls\")".to_owned();
            return Err(ErrorKind::Tls { reason }.into());
        }
        let agent = self.agent()?;
        let due = request.deadline;
        deadline::until(due, Phase::Total, || match attempt(agent, &mut request, self.limits, Reuse::Allowed) {
            Err(Failure { stale: true, .. }) if may_repeat(&request) => {
                log::debug!(target: "clientcookie::wire", "the kept connection was closed; once more on a new one");
                attempt(agent, &mut request, self.limits, Reuse::Never)
            }
            outcome => outcome,
        })
        .map_err(|failure| failure.error)
    }
}

/// What a connection's buffer can hold: ureq refuses more than 100 MB.
const LARGEST_HEAD: usize = 64 * 1024 * 1024;

/// How much is read from a connection at once: 128 KiB, as ureq.
const INPUT_BUFFER: usize = 128 * 1024;

/// Whether a connection of the pool may be used.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reuse {
    Allowed,
    Never,
}

/// A request that got no answer.
struct Failure {
    error: Error,
    /// The connection came from the pool and was closed before a byte of an answer.
    stale: bool,
}

fn attempt(agent: &Agent, request: &mut WireRequest<'_>, limits: Limits, reuse: Reuse) -> Result<Response, Failure> {
    let fail = |error: Error| Failure { error, stale: false };
    deadline::for_wait().map_err(fail)?;
    let exchange = Exchange::new(request, limits).map_err(fail)?;
    let call = ureq_request(request).map_err(fail)?;
    let url = request.url;
    let connected_to = connects_to(request);
    let (exchange, outcome) = exchange.run(|| run(agent, call, request, reuse));
    // It comes back from every run; were it ever lost, so is what the server said.
    let exchange = exchange.ok_or_else(|| fail(ErrorKind::Disconnected.into()))?;
    match outcome {
        Ok(answer) => {
            let head = exchange.response.ok_or_else(|| fail(head::bad("it has no head")))?;
            let body = body::read(answer.into_body().into_reader(), head.framing, exchange.watch);
            let mut response = Response::new(url.clone(), head.status, head.headers, body);
            response.set_reason(head.reason);
            Ok(response)
        }
        Err(error) => match (&exchange.early_body, &exchange.response) {
            (Some(_), Some(_)) => early_answer(exchange, url).map_err(fail),
            _ => Err(errors::failure(error, &exchange, connected_to)),
        },
    }
}

/// The answer of a server that did not wait for the whole request (RFC 9110 section 10.1.1 has it in mind).
fn early_answer(exchange: Exchange, url: &Url) -> Result<Response> {
    let (Some(head), Some(bytes)) = (exchange.response, exchange.early_body) else {
        return Err(ErrorKind::Disconnected.into());
    };
    let body = received::body(bytes, head.framing, false);
    let mut response = Response::new(url.clone(), head.status, head.headers, body);
    response.set_reason(head.reason);
    Ok(response)
}

fn may_repeat(request: &WireRequest<'_>) -> bool {
    let replayable = request.data.as_ref().is_none_or(|data| data.can_replay());
    replayable && is_idempotent(request.method)
}

/// The request that ureq sees: where to connect, and how much body to send. The head that is sent is another.
fn ureq_request(request: &mut WireRequest<'_>) -> Result<http::Request<SendBody<'static>>> {
    let mut call = http::Request::new(SendBody::none());
    *call.uri_mut() = uri(connects_to(request))?;
    if closes(request) {
        call.headers_mut().insert(http::header::CONNECTION, HeaderValue::from_static("close"));
    }
    if let Some(data) = request.data.as_deref_mut().filter(|data| !data.is_empty()) {
        *call.method_mut() = Method::POST;
        if let Some(length) = data.len() {
            call.headers_mut().insert(http::header::CONTENT_LENGTH, length.into());
        }
        *call.body_mut() = SendBody::from_owned_reader(open(data)?);
    }
    Ok(call)
}

/// Whose connection the head goes over: that of the proxy, if it is the proxy who reads it.
fn connects_to<'a>(request: &WireRequest<'a>) -> &'a Url {
    match request.proxy {
        Some(proxy) if request.way() == Some(Way::WholeUrl) => proxy.url(),
        _ => request.url,
    }
}

fn uri(url: &Url) -> Result<Uri> {
    let uri = format!("{}://{}/", url.scheme(), urls::host_and_port(url));
    Uri::try_from(uri).map_err(|error| unfit(url, &error.to_string()))
}

fn closes(request: &WireRequest<'_>) -> bool {
    let mut headers = request.headers.iter();
    headers
        .any(|(name, value)| name.eq_ignore_ascii_case("Connection") && value.as_bytes().eq_ignore_ascii_case(b"close"))
}

/// The data's bytes. An error of theirs is told from one of the connection by what it carries.
fn open(data: &mut Data) -> Result<impl io::Read + 'static> {
    struct Marked(Box<dyn io::Read + Send>);
    impl io::Read for Marked {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            loop {
                match self.0.read(buffer) {
                    // Not a failure, and nobody above tries again.
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(source) => return Err(io::Error::other(Error::from(ErrorKind::RequestData { source }))),
                    Ok(amount) => return Ok(amount),
                }
            }
        }
    }
    let reader = data.open().map_err(|source| ErrorKind::RequestData { source })?;
    Ok(Marked(reader))
}

fn run(
    agent: &Agent,
    call: http::Request<SendBody<'static>>,
    request: &WireRequest<'_>,
    reuse: Reuse,
) -> std::result::Result<http::Response<ureq::Body>, ureq::Error> {
    let below = request.proxy.filter(|_| request.way() != Some(Way::WholeUrl));
    let left = deadline::left();
    if request.timeouts == Timeouts::default() && left.is_none() && below.is_none() && reuse == Reuse::Allowed {
        return agent.run(call);
    }
    let mut config = agent
        .configure_request(call)
        .timeout_connect(workable(request.timeouts.connect.into_iter().chain(left).min()))
        .timeout_per_write(workable(request.timeouts.write))
        .timeout_per_read(workable(request.timeouts.read));
    if let Some(proxy) = below {
        config = config.proxy(Some(ureq_proxy(proxy, &request.connect_headers)?));
    }
    if reuse == Reuse::Never {
        config = config.max_idle_age(Duration::ZERO);
    }
    agent.run(config.build())
}

/// No clock can add more than it holds, so this is the longest limit.
const CENTURY: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// The system takes a limit of zero for none, so the shortest one is a millisecond.
fn workable(limit: Option<Duration>) -> Option<Duration> {
    limit.map(|limit| limit.clamp(Duration::from_millis(1), CENTURY))
}

/// The proxy as ureq is told of it. It connects through those of SOCKS by itself. For tunnels it only has to tell apart
/// the connections that it keeps: those of different proxies, and those that were opened for different users.
fn ureq_proxy(proxy: &Proxy, connect: &[(&str, &HeaderValue)]) -> std::result::Result<ureq::Proxy, ureq::Error> {
    let protocol = match proxy.url().scheme() {
        "http" => ProxyProtocol::Http,
        "https" => ProxyProtocol::Https,
        "socks4" => ProxyProtocol::Socks4,
        "socks4a" => ProxyProtocol::Socks4A,
        "socks5" => ProxyProtocol::Socks5,
        _ => ProxyProtocol::Socks5h,
    };
    let is_tunnel = matches!(protocol, ProxyProtocol::Http | ProxyProtocol::Https);
    let builder = ureq::Proxy::builder(protocol).host(proxy.url().host_str().unwrap_or_default()).port(proxy.port());
    match (proxy.userinfo(), credentials(connect)) {
        (_, Some(credentials)) if is_tunnel => builder.username(&credentials),
        (Some(userinfo), _) if !is_tunnel => builder.username(userinfo.user()).password(userinfo.password()),
        _ => builder,
    }
    .build()
}

/// Who is said to ask for a tunnel. What a Digest counts and makes up anew for each request (RFC 7616 section 3.4) is
/// left out: a tunnel serves all requests of one user.
fn credentials(connect: &[(&str, &HeaderValue)]) -> Option<String> {
    let values = connect.iter().filter(|(name, _)| name.eq_ignore_ascii_case("Proxy-Authorization"));
    let values: Vec<_> = values.map(|(_, value)| redact::text(value.as_bytes()).into_owned()).collect();
    let changes = |part: &str| ["nc=", "cnonce=", "response="].iter().any(|name| part.trim_start().starts_with(name));
    let lasting = |value: &String| value.split(',').filter(|part| !changes(part)).collect::<Vec<_>>().join(",");
    (!values.is_empty()).then(|| values.iter().map(lasting).collect::<Vec<_>>().join("\n"))
}

/// How a connection is made: through SOCKS, a tunnel or straight, then TLS, then our heads.
fn connector() -> impl Connector<(), Out = Box<dyn Connected>> {
    let chain = ();
    #[cfg(feature = "socks")]
    let chain = chain.chain(socks::Socks::default());
    let chain = chain.chain(tunnel::TunnelConnector).chain(tcp::TcpConnector::default());
    #[cfg(feature = "tls")]
    let chain = chain.chain(tls::BelowTlsConnector).chain(RustlsConnector::default());
    chain.chain(WireConnector)
}

fn unfit(url: &Url, reason: &str) -> Error {
    ErrorKind::InvalidUrl { url: url.to_string(), reason: reason.to_owned() }.into()
}

/// Our resolver as ureq asks for one.
struct Lookup(Arc<dyn Resolver>);

impl ureq::unversioned::resolver::Resolver for Lookup {
    fn resolve(
        &self,
        uri: &Uri,
        _: &ureq::config::Config,
        _: NextTimeout,
    ) -> std::result::Result<ResolvedSocketAddrs, ureq::Error> {
        let host = uri.host().unwrap_or_default();
        let port = uri.port_u16().unwrap_or(if uri.scheme_str() == Some("https") { 443 } else { 80 });
        let mut addresses = self.empty();
        if let Ok(address) = host.trim_matches(['[', ']']).parse::<IpAddr>() {
            addresses.push(SocketAddr::new(address, port));
            return Ok(addresses);
        }
        let failed = |source| {
            let error = Error::from(ErrorKind::Resolve { host: host.to_owned(), source });
            ureq::Error::Other(Box::new(error))
        };
        // ureq's list holds 16.
        for address in self.0.resolve(host, port).map_err(failed)?.into_iter().take(16) {
            addresses.push(address);
        }
        if addresses.is_empty() {
            return Err(failed(io::ErrorKind::NotFound.into()));
        }
        Ok(addresses)
    }
}

impl std::fmt::Debug for Lookup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Lookup")
    }
}
