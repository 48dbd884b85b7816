//! Between ureq and its connections: our heads go out and come in here.
//!
//! ureq writes and parses heads itself, and in doing so loses order, spelling and the reason phrase, and refuses
//! what servers really send. [`WireTransport`] wraps each connection: the head that ureq writes is replaced by the
//! handlers' own, and of the head that arrives ureq is shown only how the body is framed. Bodies pass untouched,
//! through the connection's own buffers.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

use http::Method;
use ureq::unversioned::transport::time::Duration as UreqDuration;
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, LazyBuffers, NextTimeout, Transport};
use url::Url;

use crate::clock::deadline;
use crate::error::{Error, Phase};
use crate::transport::head::{self, Framing, ResponseHead};
use crate::transport::ureq::tunnel::Connect;
use crate::transport::ureq::watch::Watch;
use crate::transport::wire_log::WireLog;
use crate::transport::{Limits, Proxy, Way, WireRequest};

thread_local! {
    /// The exchange this thread is in. ureq runs everything up to the head of the response on the thread that calls
    /// it, and gives no other way to hand something to a connection.
    static CURRENT: RefCell<Option<Exchange>> = const { RefCell::new(None) };
}

/// One request and the head of its response: what the caller of ureq and the connection below it tell each other.
pub(super) struct Exchange {
    request: Vec<u8>,
    to_head: bool,
    /// The tunnel that is to be opened, if a connection is to be made.
    tunnel: Option<Connect>,
    /// The connection that is being made is the one to the proxy, through which a tunnel is to lead.
    pub(super) dialling: bool,
    /// The SOCKS proxy it goes through.
    #[cfg(feature = "socks")]
    socks: Option<Url>,
    /// The proxy, while it is with the proxy that we speak: what fails then is its failure, and not the server's.
    pub(super) proxy: Option<Url>,
    head_timeout: Option<Duration>,
    pub(super) wire: WireLog,
    /// How far it came.
    pub(super) stage: Stage,
    /// Whether a connection was made for it, and not taken from the pool.
    pub(super) connected: bool,
    /// Whether a byte of an answer arrived.
    pub(super) received: bool,
    pub(super) response: Option<ResponseHead>,
    /// What came of the body of an answer that did not wait for the request.
    pub(super) early_body: Option<Vec<u8>>,
    pub(super) watch: Arc<Watch>,
    limits: Limits,
}

/// How far an exchange came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Connecting,
    Sending,
    Waiting,
}

impl Exchange {
    pub(super) fn new(request: &WireRequest<'_>, limits: Limits) -> Result<Exchange, Error> {
        let through = |way| request.proxy.filter(|_| request.way() == Some(way)).map(Proxy::url);
        let tunnel = through(Way::Tunnel).map(|proxy| Connect::new(request, proxy, limits)).transpose()?;
        Ok(Exchange {
            request: head::render(request),
            to_head: request.method == Method::HEAD,
            tunnel,
            dialling: false,
            #[cfg(feature = "socks")]
            socks: through(Way::Socks).cloned(),
            proxy: through(Way::WholeUrl).cloned(),
            head_timeout: super::workable(request.timeouts.head),
            wire: WireLog::new(request),
            stage: Stage::Connecting,
            connected: false,
            received: false,
            response: None,
            early_body: None,
            watch: Arc::new(Watch::new(limits.trailers)),
            limits,
        })
    }

    /// The tunnel to open, once. Then ureq runs its connectors again for the connection to the proxy.
    pub(super) fn begin_tunnel(&mut self) -> Option<Connect> {
        let tunnel = self.tunnel.take()?;
        self.dialling = true;
        self.proxy = Some(tunnel.proxy.clone());
        Some(tunnel)
    }

    /// The SOCKS proxy to connect through.
    #[cfg(feature = "socks")]
    pub(super) fn begin_socks(&mut self) -> Option<Url> {
        let proxy = self.socks.clone()?;
        self.connected = true;
        self.proxy = Some(proxy.clone());
        Some(proxy)
    }

    /// Runs ureq within this exchange, and gives the exchange back. One may run inside another: a resolver of the
    /// user's may open a URL.
    pub(super) fn run<T>(self, call: impl FnOnce() -> T) -> (Option<Exchange>, T) {
        /// Puts the outer exchange back, also when `call` panics.
        struct Restore(Option<Exchange>);
        impl Drop for Restore {
            fn drop(&mut self) {
                CURRENT.set(self.0.take());
            }
        }
        let _restore = Restore(CURRENT.replace(Some(self)));
        let outcome = call();
        (CURRENT.take(), outcome)
    }
}

/// The other side hung up.
pub(super) fn is_close(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    matches!(error.kind(), UnexpectedEof | ConnectionReset | ConnectionAborted | BrokenPipe)
}

/// Whether this thread is still making a connection.
pub(super) fn is_connecting() -> bool {
    current(|exchange| exchange.stage == Stage::Connecting).unwrap_or(false)
}

pub(super) fn current<T>(work: impl FnOnce(&mut Exchange) -> T) -> Result<T, ureq::Error> {
    CURRENT.with_borrow_mut(|current| current.as_mut().map(work)).ok_or(ureq::Error::ConnectionFailed)
}

/// Wraps each new connection.
#[derive(Debug)]
pub(super) struct WireConnector;

impl<In: Transport> Connector<In> for WireConnector {
    type Out = Box<dyn Transport>;

    fn connect(&self, _: &ConnectionDetails<'_>, chained: Option<In>) -> Result<Option<Self::Out>, ureq::Error> {
        let dialling = current(|exchange| {
            exchange.connected = true;
            exchange.dialling
        })?;
        if dialling {
            // It carries a CONNECT and then TLS with the server, and must be left alone.
            return Ok(chained.map(|inner| Box::new(inner) as Box<dyn Transport>));
        }
        Ok(chained.map(|inner| Box::new(WireTransport::new(inner)) as Box<dyn Transport>))
    }
}

/// A connection whose heads are ours.
#[derive(Debug)]
struct WireTransport<T> {
    inner: T,
    /// What ureq writes its head to, and reads the framing from.
    heads: LazyBuffers,
    phase: WirePhase,
    /// How much of the input was searched for the end of a head.
    searched: usize,
    /// How many bytes of informational heads (1xx) came before the head.
    informational: usize,
    watch: Arc<Watch>,
    /// An exchange has passed since the connection was last asked whether it is open.
    used: bool,
}

/// What passes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WirePhase {
    RequestHead,
    RequestBody,
    ResponseHead,
    ResponseBody,
}

/// How much of the body of an early answer is kept: an error page, and no download.
const EARLY_BODY: usize = 64 * 1024;

/// How long it may keep the caller waiting.
const EARLY_BODY_TIME: Duration = Duration::from_secs(1);

/// The most that ureq writes as a head: its request line, a host of at most 253 characters, and the body's length.
const UREQ_HEAD: usize = 2048;

impl<T: Transport> WireTransport<T> {
    fn new(inner: T) -> WireTransport<T> {
        WireTransport {
            inner,
            heads: LazyBuffers::new(256, UREQ_HEAD),
            phase: WirePhase::RequestHead,
            searched: 0,
            informational: 0,
            watch: Arc::default(),
            used: false,
        }
    }

    /// Sends the handlers' head in place of ureq's.
    fn send_head(&mut self, timeout: NextTimeout) -> Result<(), ureq::Error> {
        let (head, watch) = current(|exchange| {
            exchange.stage = Stage::Sending;
            exchange.wire.sent(&exchange.request);
            (std::mem::take(&mut exchange.request), Arc::clone(&exchange.watch))
        })?;
        self.phase = WirePhase::RequestBody;
        self.used = true;
        self.watch = watch;
        let mut rest = head.as_slice();
        while !rest.is_empty() {
            let output = self.inner.buffers().output();
            let amount = rest.len().min(output.len());
            output[..amount].copy_from_slice(&rest[..amount]);
            self.inner.transmit_output(amount, until_deadline(timeout)?)?;
            rest = &rest[amount..];
        }
        Ok(())
    }

    /// Waits for the head of the response, and shows ureq its framing.
    fn await_head(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        let limit = current(|exchange| exchange.head_timeout)?;
        let head = deadline::within(limit, Phase::Head, || self.read_head(timeout))?;
        self.show_framing(&head)?;
        current(|exchange| exchange.response = Some(head))?;
        Ok(true)
    }

    fn read_head(&mut self, timeout: NextTimeout) -> Result<ResponseHead, ureq::Error> {
        loop {
            if let Some(head) = self.take_head()? {
                return Ok(head);
            }
            let timeout = until_deadline(timeout)?;
            if !self.inner.await_input(timeout)? {
                return Err(match self.inner.buffers().input().len() {
                    0 => std::io::Error::from(std::io::ErrorKind::UnexpectedEof).into(),
                    got => other(head::bad(format!("the connection was closed within the head, after {got} bytes"))),
                });
            }
            current(|exchange| exchange.received = true)?;
        }
    }

    /// A server that has read enough of a request's data answers and closes: the data cannot be sent any more, but the
    /// answer may be here. It is left in the exchange, whose caller takes it in place of the error.
    fn look_for_early_answer(&mut self, timeout: NextTimeout) {
        self.begin_response();
        if self.await_head(timeout).is_err() {
            return;
        }
        let framing = current(|exchange| exchange.response.as_ref().map(|head| head.framing)).ok().flatten();
        let wanted = match framing {
            Some(Framing::Length(length)) => usize::try_from(length).unwrap_or(usize::MAX).min(EARLY_BODY),
            Some(Framing::UntilClose) => EARLY_BODY,
            _ => 0,
        };
        deadline::within(Some(EARLY_BODY_TIME), Phase::Read, || {
            while self.inner.buffers().input().len() < wanted
                && until_deadline(timeout).and_then(|timeout| self.inner.await_input(timeout)).unwrap_or(false)
            {
            }
        });
        let body = self.inner.buffers().input().to_vec();
        // Without an exchange there is nobody to tell.
        let _ = current(|exchange| exchange.early_body = Some(body));
    }

    fn begin_response(&mut self) {
        self.phase = WirePhase::ResponseHead;
        self.searched = 0;
        self.informational = 0;
    }

    /// A whole head from the input, if it is there; informational ones are passed over.
    fn take_head(&mut self) -> Result<Option<ResponseHead>, ureq::Error> {
        let (to_head, limits) = current(|exchange| (exchange.to_head, exchange.limits))?;
        loop {
            let input = self.inner.buffers().input();
            let end = head::find_end(input, self.searched);
            if self.informational + end.unwrap_or(input.len()) > limits.head {
                return Err(other(head::flood(format!("more than {} bytes", limits.head))));
            }
            let Some(end) = end else {
                self.searched = input.len();
                head::check_start(input).map_err(other)?;
                return Ok(None);
            };
            current(|exchange| exchange.wire.received(&input[..end]))?;
            let parsed = head::parse(&input[..end], to_head, &limits).map_err(other)?;
            self.inner.buffers().input_consume(end);
            self.searched = 0;
            if !parsed.status.is_informational() {
                return Ok(Some(parsed));
            }
            if parsed.status == http::StatusCode::SWITCHING_PROTOCOLS {
                return Err(other(head::bad("it switches to another protocol, which nobody asked for")));
            }
            self.informational += end;
        }
    }

    /// The least head that makes ureq read this body: always a 200, which promises nothing more.
    fn show_framing(&mut self, head: &ResponseHead) -> Result<(), ureq::Error> {
        let framing = match head.framing {
            Framing::None => "content-length: 0\r\n".to_owned(),
            Framing::Length(length) => format!("content-length: {length}\r\n"),
            Framing::Chunked => "transfer-encoding: chunked\r\n".to_owned(),
            Framing::UntilClose => String::new(),
        };
        let connection = if head.keep_alive { "" } else { "connection: close\r\n" };
        let shown = format!("HTTP/1.1 200 OK\r\n{framing}{connection}\r\n");
        let input = self.heads.input_append_buf().get_mut(..shown.len()).ok_or(ureq::Error::BodyStalled)?;
        input.copy_from_slice(shown.as_bytes());
        self.heads.input_appended(shown.len());
        self.phase = WirePhase::ResponseBody;
        Ok(())
    }
}

/// The same limit, or less if what this thread does is to be over sooner.
fn until_deadline(mut timeout: NextTimeout) -> Result<NextTimeout, ureq::Error> {
    if let Some(left) = deadline::for_wait().map_err(other)? {
        timeout.after = UreqDuration::Exact(left.min(*timeout.after));
    }
    Ok(timeout)
}

pub(super) fn other(error: Error) -> ureq::Error {
    ureq::Error::Other(Box::new(error))
}

impl<T: Transport> Transport for WireTransport<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        match self.phase {
            WirePhase::RequestHead | WirePhase::ResponseHead => &mut self.heads,
            WirePhase::ResponseBody if !self.heads.input().is_empty() => &mut self.heads,
            WirePhase::RequestBody | WirePhase::ResponseBody => self.inner.buffers(),
        }
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        match self.phase {
            // ureq's head is dropped; it is complete, because its buffer is larger than any it writes.
            WirePhase::RequestHead => self.send_head(timeout),
            _ => {
                let sent = until_deadline(timeout).and_then(|timeout| self.inner.transmit_output(amount, timeout));
                if matches!(&sent, Err(ureq::Error::Io(error)) if is_close(error)) {
                    self.look_for_early_answer(timeout);
                }
                sent
            }
        }
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        match self.phase {
            WirePhase::ResponseBody => {
                let before = self.inner.buffers().input().len();
                self.watch.check(before)?;
                // Our own deadline breaks nothing either.
                let timeout = until_deadline(timeout)?;
                let outcome = self.inner.await_input(timeout);
                let after = self.inner.buffers().input().len();
                // A read that took too long may be tried again; nothing is broken by it.
                let broken = matches!(&outcome, Err(error) if !matches!(error, ureq::Error::Timeout(_)));
                self.watch.arrived(after.saturating_sub(before), broken);
                outcome
            }
            WirePhase::ResponseHead => self.await_head(timeout),
            WirePhase::RequestHead | WirePhase::RequestBody => {
                current(|exchange| exchange.stage = Stage::Waiting)?;
                self.begin_response();
                self.await_head(timeout)
            }
        }
    }

    /// Asked twice between two requests: when the connection goes to the pool and when it leaves it. Only the second
    /// answer counts, and asking costs three system calls, so the first one is given without looking.
    fn is_open(&mut self) -> bool {
        self.phase = WirePhase::RequestHead;
        std::mem::take(&mut self.used) || self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}
