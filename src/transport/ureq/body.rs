//! The body of a response as ureq reads it, with the ends that ureq lets pass checked.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use ureq::BodyReader;

use crate::body::Body;
use crate::error::{Error, ErrorKind};
use crate::transport::head::{self, Framing};
use crate::transport::ureq::errors;

/// How many bytes may arrive without one of them being part of the body, as trailers (RFC 9112 section 7.1.2) that
/// do not end: 64 KiB, as for a head.
pub const TRAILER_LIMIT: u64 = 64 * 1024;

/// What the connection saw while the body was being read; shared with its reader, which may be on another thread.
#[derive(Debug, Default)]
pub(super) struct Watch {
    /// Bytes that arrived since the reader last asked.
    raw: AtomicU64,
    /// The connection failed, and was not closed in order.
    broken: AtomicBool,
}

impl Watch {
    /// Refuses to wait for more once the reader has waited for too much. `held` bytes are there already, of which
    /// nothing can be made without more: an end of line that does not come.
    pub(super) fn check(&self, held: usize) -> Result<(), ureq::Error> {
        match self.raw.load(Ordering::Relaxed).max(held as u64) > TRAILER_LIMIT {
            true => {
                Err(ureq::Error::Other(Box::new(head::flood(format!("more than {TRAILER_LIMIT} bytes of trailers")))))
            }
            false => Ok(()),
        }
    }

    pub(super) fn arrived(&self, amount: usize, broken: bool) {
        self.raw.fetch_add(amount as u64, Ordering::Relaxed);
        if broken {
            self.broken.store(true, Ordering::Relaxed);
        }
    }
}

/// The body behind a head with this framing.
pub(super) fn read(inner: BodyReader<'static>, framing: Framing, watch: Arc<Watch>) -> Body {
    match framing {
        Framing::None | Framing::Length(0) => Body::empty(),
        _ => Body::from_reader(WireBody { inner: Some(inner), framing, got: 0, cut: false, watch }),
    }
}

struct WireBody {
    /// `None` once the body has ended.
    inner: Option<BodyReader<'static>>,
    framing: Framing,
    got: u64,
    /// It ended too soon, and says so to whoever asks again: a caller who passed over the error must not take what
    /// there is for the whole.
    cut: bool,
    watch: Arc<Watch>,
}

impl Read for WireBody {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let Some(inner) = &mut self.inner else {
            return if self.cut { Err(self.incomplete()) } else { Ok(0) };
        };
        self.watch.raw.store(0, Ordering::Relaxed);
        let read = inner.read(buffer);
        match read {
            Ok(0) => self.end(),
            Ok(amount) => {
                self.got += amount as u64;
                if self.framing == Framing::Length(self.got) {
                    // ureq gives a connection back when a read finds the end, so it is made to find it now: a caller
                    // who knows the length does not ask again.
                    let _ = inner.read(&mut [0]);
                    self.inner = None;
                }
                Ok(amount)
            }
            Err(error) => Err(self.fail(error)),
        }
    }
}

impl WireBody {
    /// The end, if it is one: a body that lasts until the connection closes ends in order or not at all.
    fn end(&mut self) -> io::Result<usize> {
        self.inner = None;
        match self.watch.broken.load(Ordering::Relaxed) {
            true => Err(self.incomplete()),
            false => Ok(0),
        }
    }

    fn fail(&mut self, error: io::Error) -> io::Error {
        match errors::body(error) {
            Some(error) => error.into(),
            None => self.incomplete(),
        }
    }

    fn incomplete(&mut self) -> io::Error {
        (self.inner, self.cut) = (None, true);
        let expected = match self.framing {
            Framing::Length(length) => Some(length),
            _ => None,
        };
        Error::from(ErrorKind::IncompleteRead { got: self.got, expected }).into()
    }
}
