//! The connection to a proxy, while a tunnel through it is being made.

use std::time::{Duration, Instant};

use ureq::Timeout;
use ureq::unversioned::transport::time::Duration as UreqDuration;
use ureq::unversioned::transport::{Buffers, NextTimeout, Transport};

use crate::clock;
use crate::transport::ureq::wire;

/// Keeps the connect limit while a proxy answers CONNECT: ureq gives each read the whole of it anew, and a proxy that
/// drips its answer would never be done.
#[derive(Debug)]
pub(super) struct ToProxy<T> {
    inner: T,
    /// When the tunnel, and TLS through it, must stand.
    due: Option<Instant>,
}

impl<T: Transport> ToProxy<T> {
    pub(super) fn new(inner: T, limit: NextTimeout) -> ToProxy<T> {
        let due = (!limit.after.is_not_happening()).then(|| clock::monotonic() + *limit.after);
        ToProxy { inner, due }
    }
}

impl<T: Transport> Transport for ToProxy<T> {
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

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}
