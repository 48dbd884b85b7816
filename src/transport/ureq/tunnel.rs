//! Tunnels: a proxy is asked with CONNECT for a connection to the server (RFC 9110 section 9.3.6), and TLS is spoken
//! through it.
//!
//! The CONNECT is ours and not ureq's, which takes no status but 200 and forgets what a refusal said. A refusal is an
//! [`HttpErrorCause::TunnelRefused`], an error and never an answer: what a proxy says in the server's place, cookies
//! and redirects among it, must not be taken for the server's.

use std::time::{Duration, Instant};

use http::Uri;
use ureq::Timeout;
use ureq::unversioned::transport::time::Duration as UreqDuration;
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, Either, NextTimeout, Transport};
use url::Url;

use crate::clock;
use crate::error::{Error, ErrorKind, HttpError, HttpErrorCause};
use crate::response::Response;
use crate::transport::head::{self, Framing, ResponseHead};
use crate::transport::ureq::{errors, wire};
use crate::transport::{Limits, WireRequest, received};
use crate::urls;

/// How much of a refusal's body is kept: an error page, and no download.
const REFUSAL_BODY: usize = 64 * 1024;

/// How long a refusal's body may keep the caller waiting.
const REFUSAL_TIME: Duration = Duration::from_secs(1);

/// What is to be asked, and of whom.
#[derive(Debug, Clone)]
pub(super) struct Connect {
    pub(super) proxy: Url,
    uri: Uri,
    head: Vec<u8>,
    limits: Limits,
}

impl Connect {
    pub(super) fn new(request: &WireRequest<'_>, proxy: &Url, limits: Limits) -> Result<Connect, Error> {
        let uri = super::uri(proxy)?;
        let target = urls::authority(request.url);
        let mut head = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n").into_bytes();
        head::render_lines(&mut head, &request.connect_headers);
        Ok(Connect { proxy: proxy.clone(), uri, head, limits })
    }
}

/// Opens a tunnel, where the exchange needs one.
#[derive(Debug)]
pub(super) struct TunnelConnector;

impl<In: Transport> Connector<In> for TunnelConnector {
    type Out = Either<In, Tunnel>;

    fn connect(&self, details: &ConnectionDetails<'_>, chained: Option<In>) -> Result<Option<Self::Out>, ureq::Error> {
        if let Some(chained) = chained {
            return Ok(Some(Either::A(chained)));
        }
        let Some(connect) = wire::current(wire::Exchange::begin_tunnel)? else {
            return Ok(None);
        };
        let due = (!details.timeout.after.is_not_happening()).then(|| clock::monotonic() + *details.timeout.after);
        let inner = dial(&connect, details)?;
        wire::current(|exchange| exchange.dialling = false)?;
        let mut tunnel = Tunnel { inner, due };
        tunnel.open(&connect, details.timeout)?;
        // From here on it is the server who answers.
        wire::current(|exchange| exchange.proxy = None)?;
        Ok(Some(Either::B(tunnel)))
    }
}

/// The connection to the proxy: ureq runs the whole chain of connectors for it, TLS included if the proxy speaks it.
fn dial(connect: &Connect, details: &ConnectionDetails<'_>) -> Result<Box<dyn Transport>, ureq::Error> {
    let to_proxy = ConnectionDetails {
        uri: &connect.uri,
        addrs: details.resolver.resolve(&connect.uri, details.config, details.timeout)?,
        config: details.config,
        request_level: details.request_level,
        resolver: details.resolver,
        now: details.now,
        timeout: details.timeout,
        current_time: details.current_time.clone(),
        run_connector: details.run_connector.clone(),
        register_shutdown: details.register_shutdown.clone(),
    };
    (details.run_connector)(&to_proxy).map_err(|error| match error {
        ureq::Error::Io(error) => wire::other(errors::connecting(error, &connect.proxy).into()),
        error => error,
    })
}

/// A connection through a proxy.
///
/// While it is being made it keeps the connect limit, for the proxy's answer and TLS behind it: ureq gives each read the
/// whole limit anew, and a proxy that drips its answer would never be done.
#[derive(Debug)]
pub(super) struct Tunnel {
    inner: Box<dyn Transport>,
    /// When the tunnel, and TLS through it, must stand.
    due: Option<Instant>,
}

impl Tunnel {
    fn open(&mut self, connect: &Connect, timeout: NextTimeout) -> Result<(), ureq::Error> {
        wire::current(|exchange| exchange.wire.sent(&connect.head))?;
        let mut rest = connect.head.as_slice();
        while !rest.is_empty() {
            let output = self.inner.buffers().output();
            let amount = rest.len().min(output.len());
            output[..amount].copy_from_slice(&rest[..amount]);
            self.transmit_output(amount, timeout)?;
            rest = &rest[amount..];
        }
        let head = self.answer(&connect.limits, timeout)?;
        if !head.status.is_success() {
            return Err(self.refused(head, &connect.proxy, timeout));
        }
        // TLS is begun by the client, so whoever has spoken already is not the server.
        match self.inner.buffers().input().len() {
            0 => Ok(()),
            amount => Err(failed(format!("it sent {amount} bytes behind its answer to CONNECT"))),
        }
    }

    /// The head of the answer; informational ones are passed over.
    fn answer(&mut self, limits: &Limits, timeout: NextTimeout) -> Result<ResponseHead, ureq::Error> {
        let (mut searched, mut informational) = (0, 0);
        loop {
            let input = self.inner.buffers().input();
            let end = head::find_end(input, searched);
            if informational + end.unwrap_or(input.len()) > limits.head {
                return Err(failed(format!("its answer to CONNECT has a head of more than {} bytes", limits.head)));
            }
            let Some(end) = end else {
                searched = input.len();
                head::check_start(input).map_err(misunderstood)?;
                if !self.await_input(timeout).map_err(broken)? {
                    return Err(failed("it closed the connection without an answer to CONNECT"));
                }
                continue;
            };
            wire::current(|exchange| exchange.wire.received(&input[..end]))?;
            let parsed = head::parse_to_connect(&input[..end], limits).map_err(misunderstood)?;
            self.inner.buffers().input_consume(end);
            if !parsed.status.is_informational() {
                return Ok(parsed);
            }
            (searched, informational) = (0, informational + end);
        }
    }

    /// The refusal as an error that holds what the proxy said, as far as that came in time.
    fn refused(&mut self, head: ResponseHead, proxy: &Url, timeout: NextTimeout) -> ureq::Error {
        let patience = clock::monotonic() + REFUSAL_TIME;
        self.due = Some(self.due.map_or(patience, |due| due.min(patience)));
        let mut closed = false;
        while !closed && !self.has_body(head.framing) {
            match self.await_input(timeout) {
                Ok(more) => closed = !more,
                // What came must do.
                Err(_) => break,
            }
        }
        let input = self.inner.buffers().input();
        let too_long = input.len() > REFUSAL_BODY;
        let body = received::body(input[..input.len().min(REFUSAL_BODY)].to_vec(), head.framing, closed && !too_long);
        let mut headers = head.headers;
        // Not even a caller who asks a jar to read the error gets a cookie that poses as the server's.
        headers.remove("Set-Cookie");
        headers.remove("Set-Cookie2");
        let mut response = Response::new(proxy.clone(), head.status, headers, body);
        response.set_reason(head.reason);
        wire::other(ErrorKind::Http(HttpError::new(response, HttpErrorCause::TunnelRefused)).into())
    }

    /// Whether all of the body is here, or all that is kept.
    fn has_body(&mut self, framing: Framing) -> bool {
        let input = self.inner.buffers().input();
        match framing {
            Framing::None => true,
            _ if input.len() > REFUSAL_BODY => true,
            Framing::Length(length) => input.len() as u64 >= length,
            Framing::Chunked => input.ends_with(b"0\r\n\r\n"),
            Framing::UntilClose => false,
        }
    }
}

impl Transport for Tunnel {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        self.inner.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, mut timeout: NextTimeout) -> Result<bool, ureq::Error> {
        if let Some(due) = self.due.filter(|_| wire::is_connecting()) {
            let left = due.saturating_duration_since(clock::monotonic());
            if left.is_zero() {
                return Err(ureq::Error::Timeout(Timeout::Connect));
            }
            timeout.after = UreqDuration::Exact(left.max(Duration::from_millis(1)).min(*timeout.after));
        }
        self.inner.await_input(timeout)
    }

    fn is_open(&mut self) -> bool {
        self.inner.is_open()
    }

    /// TLS with the proxy is none with the server.
    fn is_tls(&self) -> bool {
        false
    }
}

fn failed(reason: impl Into<String>) -> ureq::Error {
    wire::other(ErrorKind::Proxy { reason: reason.into() }.into())
}

fn misunderstood(error: Error) -> ureq::Error {
    failed(format!("its answer to CONNECT: {error}"))
}

/// A connection that broke within the answer; limits of time are left as they are.
fn broken(error: ureq::Error) -> ureq::Error {
    match error {
        ureq::Error::Io(error) => failed(format!("the connection broke within its answer to CONNECT: {error}")),
        error => error,
    }
}
