//! The body of a response as ureq reads it, with the ends that ureq lets pass checked.

use std::io::{self, Read};
use std::sync::Arc;

use ureq::BodyReader;

use crate::body::Body;
use crate::error::{Error, ErrorKind};
use crate::transport::head::Framing;
use crate::transport::ureq::errors;
use crate::transport::ureq::watch::Watch;

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
        self.watch.reset();
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
        match self.watch.is_broken() {
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
