//! One connection, from the server's side.

use super::Recorded;
use super::ledger::Ledger;
use super::wire::Wire;
use std::io::{self, Read, Write};
use std::sync::Arc;
use std::time::Duration;

/// More than any test sends; a client that runs wild is cut off here.
const HEAD_LIMIT: usize = 1 << 20;
const BODY_LIMIT: u64 = 64 << 20;

/// What a raw handler is given: the stream, and help with reading from it.
///
/// Reads fail after [`PATIENCE`](super::PATIENCE) without a byte, and give the
/// end of the stream when the server is dropped.
pub struct Connection {
    number: usize,
    wire: Wire,
    /// Bytes that were read but do not belong to the last request.
    ahead: Vec<u8>,
    ledger: Arc<Ledger>,
    reset: bool,
}

impl Connection {
    pub(super) fn new(number: usize, wire: Wire, ledger: Arc<Ledger>) -> Self {
        Self { number, wire, ahead: Vec::new(), ledger, reset: false }
    }

    /// The number of this connection, counted from 0.
    pub fn number(&self) -> usize {
        self.number
    }

    /// Reads and records the next request, or gives `None` if the client closed
    /// the connection instead of sending one.
    pub fn read_request(&mut self) -> io::Result<Option<Recorded>> {
        let Some(head) = self.read_head()? else {
            return Ok(None);
        };
        let mut request = Recorded {
            connection: self.number,
            head: head.iter().copied().map(char::from).collect(),
            body: Vec::new(),
        };
        request.body = self.read_body(&request)?;
        self.ledger.record(&request);
        Ok(Some(request))
    }

    /// Reads and forgets until the client goes away or the server is dropped.
    pub fn wait_for_client_to_go(&mut self) -> io::Result<()> {
        io::copy(self, &mut io::sink()).map(drop)
    }

    /// Lets the connection end with a reset once the handler returns. The client
    /// must have sent at least one byte for that; if it has not, this waits.
    pub fn end_with_reset(&mut self) {
        self.reset = true;
    }

    /// Writes bytes that go out as they are, below TLS if that is spoken.
    #[cfg(feature = "tls")]
    pub fn write_below_tls(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.wire.socket().write_all(bytes)
    }

    /// Waits, and says whether to go on: not if the server is being dropped.
    pub fn pause(&self, pace: Duration) -> bool {
        self.ledger.pause(pace)
    }

    pub(super) fn finish(mut self) {
        // Either fails only because the client was faster.
        let _ = if self.reset { self.wire.prepare_reset() } else { self.wire.close_gently() };
    }

    fn read_head(&mut self) -> io::Result<Option<Vec<u8>>> {
        const END: &[u8] = b"\r\n\r\n";
        loop {
            if let Some(start) = self.ahead.windows(END.len()).position(|part| part == END) {
                return Ok(Some(self.ahead.drain(..start + END.len()).collect()));
            }
            if !self.read_ahead(HEAD_LIMIT)? {
                return match self.ahead.len() {
                    0 => Ok(None),
                    _ => Err(io::ErrorKind::UnexpectedEof.into()),
                };
            }
        }
    }

    fn read_body(&mut self, request: &Recorded) -> io::Result<Vec<u8>> {
        if is(request.header("Expect"), "100-continue") {
            self.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
        if is(request.header("Transfer-Encoding"), "chunked") {
            return self.read_chunks();
        }
        match request.header("Content-Length") {
            Some(length) => self.read_counted(length.parse().map_err(|_| malformed())?),
            None => Ok(Vec::new()),
        }
    }

    fn read_chunks(&mut self) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let line = self.read_line()?;
            let size = line.split(';').next().unwrap_or_default().trim();
            let size = u64::from_str_radix(size, 16).map_err(|_| malformed())?;
            if size == 0 {
                break;
            }
            body.extend(self.read_counted(size)?);
            if body.len() as u64 > BODY_LIMIT || !self.read_line()?.is_empty() {
                return Err(malformed());
            }
        }
        while !self.read_line()?.is_empty() {}
        Ok(body)
    }

    fn read_counted(&mut self, length: u64) -> io::Result<Vec<u8>> {
        if length > BODY_LIMIT {
            return Err(malformed());
        }
        let mut bytes = Vec::new();
        self.take(length).read_to_end(&mut bytes)?;
        if (bytes.len() as u64) < length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(bytes)
    }

    /// One line of the chunked framing, without its ending.
    fn read_line(&mut self) -> io::Result<String> {
        loop {
            if let Some(end) = self.ahead.windows(2).position(|part| part == b"\r\n") {
                let line: Vec<u8> = self.ahead.drain(..end + 2).take(end).collect();
                return String::from_utf8(line).map_err(|_| malformed());
            }
            if !self.read_ahead(HEAD_LIMIT)? {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }

    /// Reads what has arrived, and says whether anything had.
    fn read_ahead(&mut self, limit: usize) -> io::Result<bool> {
        if self.ahead.len() > limit {
            return Err(malformed());
        }
        let mut buffer = [0; 16 << 10];
        let read = self.wire.read(&mut buffer)?;
        self.ahead.extend_from_slice(&buffer[..read]);
        Ok(read > 0)
    }
}

impl Read for Connection {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.ahead.is_empty() {
            return self.wire.read(buffer);
        }
        let count = buffer.len().min(self.ahead.len());
        buffer[..count].copy_from_slice(&self.ahead[..count]);
        self.ahead.drain(..count);
        Ok(count)
    }
}

/// Writes are flushed at once: a test that waits for a byte must get it.
impl Write for Connection {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.wire.write(bytes)?;
        self.wire.flush()?;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.wire.flush()
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.ledger.leave(self.number);
    }
}

fn is(value: Option<String>, expected: &str) -> bool {
    value.is_some_and(|value| value.eq_ignore_ascii_case(expected))
}

fn malformed() -> io::Error {
    io::ErrorKind::InvalidData.into()
}
