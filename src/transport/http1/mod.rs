//! HTTP/1.1 (RFC 9112): one exchange over one connection, from top to bottom.
//!
//! ```text
//! exchange   send ──────────────────────► receive ────────────► body
//!            head, [wait for 100], data   heads until one is    by length, in chunks,
//!                                         no 1xx                or until the end
//! ```
//!
//! The head goes out exactly as the handlers made it, and comes in exactly as the server sent it
//! ([`head`]). A server may answer before it has read the data; then that is the answer, and the
//! connection serves no other. Where the connection goes when the body has ended, only the [`Home`]
//! knows.

mod body;
mod chunks;
pub(crate) mod head;
mod shown;

use std::io::{self, Read};
use std::time::Duration;

use http::{Method, StatusCode};

use crate::clock::deadline;
use crate::message::data::Data;
use crate::message::error::late;
use crate::message::error::{Error, ErrorKind, Phase, Result};
use crate::message::response::Response;
use crate::message::urls;
use crate::observe::{self, Step};
use crate::transport::line::{Line, Stream, WaitLimits};
use crate::transport::pool::Home;
use crate::transport::tls_error;
use crate::transport::wire_log::WireLog;
use crate::transport::{Limits, WireRequest};

use head::{Asked, Framing, ResponseHead};

/// How long a server is waited for that was asked whether it wants the data (`Expect:
/// 100-continue`): 1 second, as curl. RFC 9110 section 10.1.1 has the data sent after a while,
/// because old servers do not answer that.
const CONTINUE_TIME: Duration = Duration::from_secs(1);

/// How much data is read at once, and the most that goes out in one piece with the head: 256 KiB
/// and 16 KiB.
const BLOCK: usize = 256 * 1024;
const WITH_HEAD: u64 = 16 * 1024;

/// How much is kept of a body whose connection is given up: an error page, and no download.
const KEPT_BODY: u64 = 64 * 1024;

/// How long it may keep the caller waiting.
const KEPT_BODY_TIME: Duration = Duration::from_secs(1);

/// A request that got no answer.
pub(crate) struct Failure {
    pub(crate) error: Error,
    /// The connection was closed before a byte of an answer. One that was kept was closed before
    /// the request, most likely.
    pub(crate) unanswered: bool,
}

/// Sends a request over this connection and reads the head of its answer. The connection goes home
/// at the end of the body.
pub(crate) fn exchange(
    line: Line,
    request: &mut WireRequest<'_>,
    limits: &Limits,
    home: Option<Home>,
) -> Result<Response, Failure> {
    let mut exchange = Exchange::new(line, request, limits);
    let sent = match exchange.send(request) {
        Ok(sent) => sent,
        Err(error) => return Err(exchange.failure(error, Phase::Write)),
    };
    observe::tell(|level| shown::sent(request, level));
    let head = match sent {
        Sent::Answered(head) => return exchange.early_answer(request, head),
        Sent::Whole => deadline::within(request.timeouts.head, Phase::Head, || exchange.head()),
    };
    match head {
        Ok(head) => {
            let home = home.filter(|_| head.keep_alive && !closes(request));
            Ok(response(request, head, |framing| body::body(exchange.line, framing, limits.chunk_overhead, home)))
        }
        Err(error) => Err(exchange.failure(error, Phase::Head)),
    }
}

/// Reads an answer to which nobody has to send a request.
pub(crate) fn receive(line: Line, request: &WireRequest<'_>, limits: &Limits) -> Result<Response> {
    let mut exchange = Exchange::new(line, request, limits);
    observe::tell(|level| shown::sent(request, level));
    match exchange.head() {
        Ok(head) => {
            Ok(response(request, head, |framing| body::body(exchange.line, framing, limits.chunk_overhead, None)))
        }
        Err(error) => Err(exchange.failure(error, Phase::Head).error),
    }
}

/// What a proxy says to a CONNECT.
pub(crate) enum Tunnel {
    /// It leads to the server.
    Opened(Box<dyn Stream>),
    /// The proxy's words, as far as they came in time.
    Refused(ResponseHead, crate::message::body::Body),
}

/// Asks with this head for a tunnel. Errors are those of an exchange; whoever calls this knows that
/// they are the proxy's.
pub(crate) fn connect(line: Line, request: &WireRequest<'_>, head: &[u8], limits: &Limits) -> Result<Tunnel> {
    let mut exchange = Exchange { asked: Asked::Connect, ..Exchange::new(line, request, limits) };
    exchange.log.sent(head);
    let answer = match exchange.line.write_all(head) {
        Ok(()) => exchange.head(),
        Err(error) => Err(error),
    };
    let head = match answer {
        Ok(head) => head,
        Err(error) => return Err(exchange.failure(error, Phase::Connect).error),
    };
    observe::tell(|_| Step::Tunnel { target: urls::authority(request.url), status: head.status.as_u16() });
    if !head.status.is_success() {
        let body = kept_body(exchange.line, head.framing, limits);
        return Ok(Tunnel::Refused(head, body));
    }
    // TLS is begun by the client, so whoever has spoken already is not the server.
    match exchange.line.ahead().len() {
        0 => Ok(Tunnel::Opened(exchange.line.into_stream())),
        amount => Err(head::bad(format!("{amount} bytes behind it"))),
    }
}

fn response(
    request: &WireRequest<'_>,
    head: ResponseHead,
    body: impl FnOnce(Framing) -> crate::message::body::Body,
) -> Response {
    let mut response = Response::of(request.url.clone(), head.status, head.headers, body(head.framing));
    response.set_reason(head.reason);
    response
}

/// As much of a body as comes at once, of a connection that serves no further.
fn kept_body(line: Line, framing: Framing, limits: &Limits) -> crate::message::body::Body {
    let expected = if let Framing::Length(length) = framing { Some(length) } else { None };
    let body = body::body(line, framing, limits.chunk_overhead, None);
    deadline::within(Some(KEPT_BODY_TIME), Phase::Read, || body::collect(body, KEPT_BODY, expected))
}

/// One request and its answer, on the way.
struct Exchange<'a> {
    line: Line,
    log: WireLog,
    limits: &'a Limits,
    asked: Asked,
    /// Whether a byte of an answer has come.
    received: bool,
}

/// How far sending came.
enum Sent {
    Whole,
    /// The server has answered before it had the data, and gets no more of it.
    Answered(ResponseHead),
}

impl<'a> Exchange<'a> {
    fn new(mut line: Line, request: &WireRequest<'_>, limits: &'a Limits) -> Self {
        line.set_limits(WaitLimits { read: request.timeouts.read, write: request.timeouts.write });
        let asked = if request.method == Method::HEAD { Asked::Head } else { Asked::Anything };
        Exchange { line, log: WireLog::new(request), limits, asked, received: false }
    }

    /// The head and the data.
    fn send(&mut self, request: &mut WireRequest<'_>) -> io::Result<Sent> {
        let expects = expects_continue(request);
        let mut bytes = head::render(request);
        self.log.sent(&bytes);
        let Some(data) = request.data.as_deref_mut().filter(|data| !data.is_empty()) else {
            return self.line.write_all(&bytes).map(|()| Sent::Whole);
        };
        if expects {
            self.line.write_all(&bytes)?;
            bytes.clear();
            if let Some(head) = self.wait_for_continue()? {
                return Ok(Sent::Answered(head));
            }
        }
        match self.send_data(data, bytes) {
            Err(error) if is_close(&error) => {
                // A server that has read enough of the data answers and closes: the answer may be
                // here.
                let head = deadline::within(request.timeouts.head, Phase::Head, || self.head());
                head.map(Sent::Answered).map_err(|_| error)
            }
            sent => sent.map(|()| Sent::Whole),
        }
    }

    /// Gives the server a moment to say that it does not want the data.
    fn wait_for_continue(&mut self) -> io::Result<Option<ResponseHead>> {
        let mut heads = Heads::default();
        let answer = deadline::within(Some(CONTINUE_TIME), Phase::Head, || {
            loop {
                match self.next_head(&mut heads)? {
                    head if head.status == StatusCode::CONTINUE => return Ok(None),
                    head if head.status.is_informational() => {}
                    head => return Ok(Some(head)),
                }
            }
        });
        match answer {
            Err(error) if has_waited(&error) && deadline::passed().is_none() => Ok(None),
            answer => answer,
        }
    }

    /// The data, behind these bytes of the head. An error of the data is told from one of the
    /// connection by what it carries.
    fn send_data(&mut self, data: &mut Data, mut block: Vec<u8>) -> io::Result<()> {
        let reader = data.open().map_err(|source| Error::from(ErrorKind::RequestData { source }))?;
        let mut reader = Uninterrupted(reader);
        match data.len() {
            Some(length) if length <= WITH_HEAD => {
                reader.read_to_end(&mut block)?;
                self.line.write_all(&block)
            }
            Some(_) => {
                self.line.write_all(&block)?;
                block.resize(BLOCK, 0);
                loop {
                    match reader.read(&mut block)? {
                        0 => return Ok(()),
                        amount => self.line.write_all(&block[..amount])?,
                    }
                }
            }
            None => {
                self.line.write_all(&block)?;
                self.send_chunks(&mut reader)
            }
        }
    }

    /// RFC 9112 section 7.1: a chunk for each piece that the reader gives.
    fn send_chunks(&mut self, reader: &mut impl Read) -> io::Result<()> {
        // The size of a block in hexadecimal digits, and its line end, have room before it.
        const SIZE: usize = 10;
        let mut block = vec![0; SIZE + BLOCK + 2];
        loop {
            let amount = reader.read(&mut block[SIZE..SIZE + BLOCK])?;
            let size = format!("{amount:x}\r\n");
            let start = SIZE.saturating_sub(size.len());
            block[start..SIZE].copy_from_slice(size.as_bytes());
            block[SIZE + amount..SIZE + amount + 2].copy_from_slice(b"\r\n");
            self.line.write_all(&block[start..SIZE + amount + 2])?;
            if amount == 0 {
                return Ok(());
            }
        }
    }

    /// The answer of a server that did not wait for the whole request.
    fn early_answer(self, request: &WireRequest<'_>, head: ResponseHead) -> Result<Response, Failure> {
        Ok(response(request, head, |framing| kept_body(self.line, framing, self.limits)))
    }

    /// Waits for the head of the answer; informational ones are passed over.
    fn head(&mut self) -> io::Result<ResponseHead> {
        let mut heads = Heads::default();
        loop {
            let head = self.next_head(&mut heads)?;
            if !head.status.is_informational() {
                return Ok(head);
            }
        }
    }

    /// Waits for the next head, whatever its status.
    fn next_head(&mut self, heads: &mut Heads) -> io::Result<ResponseHead> {
        loop {
            let ahead = self.line.ahead();
            let end = head::find_end(ahead, heads.searched);
            if heads.informational + end.unwrap_or(ahead.len()) > self.limits.head {
                return Err(head::flood(format!(
                    "the head of the answer is too long (limit {} bytes)",
                    self.limits.head
                ))
                .into());
            }
            if let Some(end) = end {
                self.log.received(&ahead[..end]);
                let parsed = head::parse(&ahead[..end], self.asked, self.limits)?;
                if self.asked != Asked::Connect {
                    observe::tell(|level| shown::received(&parsed, &ahead[..end], level));
                }
                self.received = true;
                self.line.take(end);
                heads.searched = 0;
                heads.informational += end;
                return match parsed.status {
                    StatusCode::SWITCHING_PROTOCOLS => {
                        Err(head::bad("it switches to another protocol, which nobody asked for").into())
                    }
                    _ => Ok(parsed),
                };
            }
            heads.searched = ahead.len();
            head::check_start(ahead)?;
            match (self.line.fill()?, self.line.ahead().len()) {
                (0, 0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                (0, got) => {
                    let reason = format!("the connection was closed within the head, after {got} bytes");
                    return Err(head::bad(reason).into());
                }
                _ => {
                    if !self.received && self.asked != Asked::Connect {
                        observe::tell(|_| Step::FirstByte);
                    }
                    self.received = true;
                }
            }
        }
    }

    /// What went wrong, in the words of whoever opened the URL.
    fn failure(&self, error: io::Error, during: Phase) -> Failure {
        let closed = is_close(&error);
        let error = match error {
            error if is_timeout(&error) => late::timeout(during).into(),
            error => match error.downcast::<Error>() {
                Ok(own) => own,
                Err(_) if closed && self.received => head::bad("the connection broke within the head"),
                Err(_) if closed => ErrorKind::Disconnected.into(),
                Err(error) => tls_or_io(error).into(),
            },
        };
        Failure { error, unanswered: closed && !self.received }
    }
}

/// How far the heads of one answer were read.
#[derive(Default)]
struct Heads {
    /// How many of the bytes ahead were searched for the end of a head.
    searched: usize,
    /// How many bytes of informational heads (1xx) came before.
    informational: usize,
}

/// Data of the caller's: an interruption is no failure of it, and nobody above tries again.
struct Uninterrupted(Box<dyn Read + Send>);

impl Read for Uninterrupted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.0.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(source) => return Err(io::Error::other(Error::from(ErrorKind::RequestData { source }))),
                Ok(amount) => return Ok(amount),
            }
        }
    }
}

fn says(request: &WireRequest<'_>, name: &str, value: &[u8]) -> bool {
    let mut lines = request.headers.iter();
    lines.any(|(one, said)| one.eq_ignore_ascii_case(name) && said.as_bytes().eq_ignore_ascii_case(value))
}

fn closes(request: &WireRequest<'_>) -> bool {
    says(request, "Connection", b"close")
}

/// Whether the server is to say first that it wants the data (RFC 9110 section 10.1.1).
pub(crate) fn expects_continue(request: &WireRequest<'_>) -> bool {
    request.data.as_ref().is_some_and(|data| !data.is_empty()) && says(request, "Expect", b"100-continue")
}

/// The other side hung up.
fn is_close(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    matches!(error.kind(), UnexpectedEof | ConnectionReset | ConnectionAborted | BrokenPipe) && !is_own(error)
}

/// A wait was too long, by the system's word or by ours.
fn has_waited(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock)
}

/// A wait of the connection's was too long, and what it was waited for is yet to be said.
fn is_timeout(error: &io::Error) -> bool {
    has_waited(error) && !is_own(error)
}

/// Whether it is an error of ours in a thin disguise.
fn is_own(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<Error>())
}

/// What TLS complains of while a connection is used; else what the system says.
fn tls_or_io(error: io::Error) -> ErrorKind {
    match tls_error::reason(&error) {
        Some(reason) => ErrorKind::Tls { reason },
        None => ErrorKind::Io(error),
    }
}
