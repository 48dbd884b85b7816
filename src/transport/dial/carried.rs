//! [`Carried`]: a connection of ureq's as one of ours.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use http::Uri;
use ureq::config::Config;
use ureq::unversioned::resolver::{ArrayVec, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::time::{Duration as UreqDuration, Instant as UreqInstant};
use ureq::unversioned::transport::{ConnectionDetails, NextTimeout, Transport};

use crate::clock;
use crate::message::error::Error;
use crate::message::error::late;
use crate::transport::line::{Stream, WaitLimits};

/// How much passes between ureq and us at once: more than two of the largest records of TLS, so
/// that whatever one read makes plain is seen at once.
pub(super) const BUFFER: usize = 64 * 1024;

/// What ureq wants to know before it connects.
pub(super) fn details<'a>(
    uri: &'a Uri,
    config: &'a Config,
    resolver: &'a dyn Resolver,
) -> Result<ConnectionDetails<'a>, Error> {
    let now: Arc<dyn Fn() -> UreqInstant + Send + Sync> = Arc::new(|| UreqInstant::Exact(clock::monotonic()));
    Ok(ConnectionDetails {
        uri,
        addrs: no_addresses(),
        config,
        request_level: false,
        resolver,
        now: now(),
        timeout: timeout(WaitLimits::default(), late::for_wait()?),
        current_time: now,
        // Connections are chained by us.
        run_connector: Arc::new(|_: &ConnectionDetails<'_>| Err(ureq::Error::ConnectionFailed)),
        register_shutdown: Arc::new(|_| Ok(())),
    })
}

pub(super) fn no_addresses() -> ResolvedSocketAddrs {
    ArrayVec::from_fn(|_| ([0, 0, 0, 0], 0).into())
}

/// These limits, and what is left of the thread's deadline, as ureq takes them.
fn timeout(limits: WaitLimits, left: Option<Duration>) -> NextTimeout {
    let exact = |limit: Option<Duration>| limit.map(UreqDuration::Exact);
    NextTimeout {
        after: exact(left).unwrap_or(UreqDuration::NotHappening),
        per_read: exact(limits.read),
        per_write: exact(limits.write),
        ..NextTimeout::default()
    }
}

/// What ureq calls an error, as the system would.
pub(super) fn io_error(error: ureq::Error) -> io::Error {
    match error {
        ureq::Error::Io(error) => match error.downcast::<ureq::Error>() {
            Ok(inner) => io_error(inner),
            Err(error) => error,
        },
        ureq::Error::Timeout(_) => io::ErrorKind::TimedOut.into(),
        #[cfg(feature = "tls")]
        ureq::Error::Rustls(error) => io::Error::new(io::ErrorKind::InvalidData, error),
        ureq::Error::Tls(reason) => io::Error::new(io::ErrorKind::InvalidData, reason),
        error => io::Error::other(error.to_string()),
    }
}

/// A connection of ureq's.
pub(super) struct Carried<T> {
    transport: T,
    limits: WaitLimits,
    /// Whose socket is waited for: ours keeps the deadlines of the thread by itself.
    bottom: Bottom,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Bottom {
    #[cfg(feature = "tls")]
    Ours,
    #[cfg(feature = "socks")]
    Ureqs,
}

impl<T: Transport> Carried<T> {
    pub(super) fn new(transport: T, bottom: Bottom) -> Self {
        Self { transport, limits: WaitLimits::default(), bottom }
    }

    fn timeout(&self) -> Result<NextTimeout, Error> {
        let left = match self.bottom {
            #[cfg(feature = "tls")]
            Bottom::Ours => None,
            #[cfg(feature = "socks")]
            Bottom::Ureqs => late::for_wait()?,
        };
        Ok(timeout(self.limits, left))
    }
}

impl<T: Transport> Stream for Carried<T> {
    fn set_limits(&mut self, limits: WaitLimits) {
        self.limits = limits;
    }

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.transport.buffers().input().is_empty()
            && !self.transport.await_input(self.timeout()?).map_err(io_error)?
        {
            return Ok(0);
        }
        let buffers = self.transport.buffers();
        let amount = buffers.input().len().min(buffer.len());
        buffer[..amount].copy_from_slice(&buffers.input()[..amount]);
        buffers.input_consume(amount);
        Ok(amount)
    }

    fn write_all(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let timeout = self.timeout()?;
            let output = self.transport.buffers().output();
            let amount = output.len().min(bytes.len());
            output[..amount].copy_from_slice(&bytes[..amount]);
            self.transport.transmit_output(amount, timeout).map_err(io_error)?;
            bytes = &bytes[amount..];
        }
        Ok(())
    }

    fn is_quiet(&mut self) -> bool {
        self.transport.buffers().input().is_empty() && self.transport.is_open()
    }
}
