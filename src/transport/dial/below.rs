//! [`Below`]: a connection of ours as one of ureq's.

use std::sync::{Arc, Mutex, PoisonError};

use ureq::unversioned::transport::time::Duration as UreqDuration;
use ureq::unversioned::transport::{Buffers, LazyBuffers, NextTimeout, Transport};

use crate::transport::dial::carried::BUFFER;
use crate::transport::dial::hello::Hello;
use crate::transport::line::{Stream, WaitLimits};

/// A connection of ours, for ureq to put TLS around.
pub(super) struct Below {
    /// Never locked: `get_mut` alone is used. It makes what ureq wants to be `Sync` so.
    stream: Mutex<Box<dyn Stream>>,
    buffers: LazyBuffers,
    /// Who wants to know what the server says first.
    hello: Option<Arc<Mutex<Hello>>>,
}

impl Below {
    pub(super) fn new(stream: Box<dyn Stream>, hello: Option<Arc<Mutex<Hello>>>) -> Self {
        Self { stream: Mutex::new(stream), buffers: LazyBuffers::new(BUFFER, BUFFER), hello }
    }
}

/// The connection below with the limits of this wait; it keeps the deadlines of the thread by
/// itself.
fn limited(stream: &mut Mutex<Box<dyn Stream>>, timeout: NextTimeout) -> &mut dyn Stream {
    let limit = |limit: Option<UreqDuration>| limit.filter(|limit| !limit.is_not_happening()).map(|limit| *limit);
    let stream = stream.get_mut().unwrap_or_else(PoisonError::into_inner);
    stream.set_limits(WaitLimits { read: limit(timeout.per_read), write: limit(timeout.per_write) });
    &mut **stream
}

impl Transport for Below {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        let output = self.buffers.output().get(..amount).unwrap_or_default();
        limited(&mut self.stream, timeout).write_all(output).map_err(ureq::Error::Io)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        let input = self.buffers.input_append_buf();
        let amount = limited(&mut self.stream, timeout).read(input).map_err(ureq::Error::Io)?;
        if let Some(hello) = &self.hello {
            hello.lock().unwrap_or_else(PoisonError::into_inner).saw(input.get(..amount).unwrap_or_default());
        }
        self.buffers.input_appended(amount);
        Ok(amount > 0)
    }

    /// Bytes that were fetched with the last record and not yet decrypted would answer the next
    /// request.
    fn is_open(&mut self) -> bool {
        let stream = self.stream.get_mut().unwrap_or_else(PoisonError::into_inner);
        self.buffers.input().is_empty() && stream.is_quiet()
    }
}

impl std::fmt::Debug for Below {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Below")
    }
}
