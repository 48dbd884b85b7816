//! [`Line`]: a connection, and what was read of it ahead.

use std::io;
use std::time::Duration;

/// Bytes to one peer and from it, whatever carries them: a socket, TLS, TLS through a tunnel
/// through TLS.
///
/// Each wait ends within the limit that was set last, and within the deadlines of the thread; what
/// took too long is an error of the kind `TimedOut` or `WouldBlock`, and breaks nothing.
pub(crate) trait Stream: Send {
    /// Sets how long each wait may last from now on.
    fn set_limits(&mut self, limits: WaitLimits);

    /// Reads what there is, at least a byte; 0 at the end.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize>;

    /// Writes all of it.
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Whether the peer has neither closed it nor said something unasked. Does not wait.
    fn is_quiet(&mut self) -> bool;
}

/// How long one wait may last, for bytes to come and for bytes to be taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct WaitLimits {
    pub(crate) read: Option<Duration>,
    pub(crate) write: Option<Duration>,
}

/// How much is read at once where the reader wants less: 64 KiB. Small heads and bodies come whole,
/// and what is copied out of it is still in the processor's cache.
const AHEAD: usize = 64 * 1024;

/// A reader that wants so much is given it without a copy.
const DIRECT: usize = 32 * 1024;

/// A connection, and what was read of it ahead: `input[start..end]`.
pub(crate) struct Line {
    stream: Box<dyn Stream>,
    input: Vec<u8>,
    start: usize,
    end: usize,
}

impl Line {
    pub(crate) fn new(stream: Box<dyn Stream>) -> Self {
        Self { stream, input: Vec::new(), start: 0, end: 0 }
    }

    pub(crate) fn set_limits(&mut self, limits: WaitLimits) {
        self.stream.set_limits(limits);
    }

    pub(crate) fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)
    }

    /// What was read and not yet taken.
    pub(crate) fn ahead(&self) -> &[u8] {
        &self.input[self.start..self.end]
    }

    /// Takes so many of the bytes ahead.
    pub(crate) fn take(&mut self, amount: usize) {
        self.start = self.start.saturating_add(amount).min(self.end);
    }

    /// Reads more behind what is ahead; 0 at the end. Whoever calls it bounds how much that may
    /// become.
    pub(crate) fn fill(&mut self) -> io::Result<usize> {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
        }
        if self.end == self.input.len() {
            self.make_room();
        }
        let amount = self.stream.read(&mut self.input[self.end..])?;
        self.end = self.end.saturating_add(amount).min(self.input.len());
        Ok(amount)
    }

    /// Half of the buffer, at least, is free afterwards.
    fn make_room(&mut self) {
        if self.start > 0 {
            self.input.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        if self.end > self.input.len() / 2 || self.input.is_empty() {
            self.input.resize((self.input.len() * 2).max(AHEAD), 0);
        }
    }

    /// Reads what there is, at least a byte; 0 at the end.
    pub(crate) fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.ahead().is_empty() {
            if out.len() >= DIRECT {
                return self.stream.read(out);
            }
            self.fill()?;
        }
        let amount = out.len().min(self.ahead().len());
        out[..amount].copy_from_slice(&self.ahead()[..amount]);
        self.take(amount);
        Ok(amount)
    }

    /// Whether another exchange may begin on it: nothing came that was not asked for, and it is
    /// open.
    pub(crate) fn is_quiet(&mut self) -> bool {
        self.ahead().is_empty() && self.stream.is_quiet()
    }

    /// What carries the bytes, to have something put around it. What is ahead is gone.
    pub(crate) fn into_stream(self) -> Box<dyn Stream> {
        self.stream
    }
}
