//! Connections over TCP, to the address of the host that answers first.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Weak};
use std::time::Duration;

use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, Either, LazyBuffers, NextTimeout, ShutdownHandle, Transport,
};

use crate::clock;
use crate::transport::ureq::race::Winners;

/// Connects where no other connector did.
#[derive(Debug, Default)]
pub(super) struct TcpConnector(Winners);

impl<In: Transport> Connector<In> for TcpConnector {
    type Out = Either<In, Tcp>;

    fn connect(&self, details: &ConnectionDetails<'_>, chained: Option<In>) -> Result<Option<Self::Out>, ureq::Error> {
        if let Some(chained) = chained {
            return Ok(Some(Either::A(chained)));
        }
        let limit = details.timeout.not_zero().map(|limit| *limit);
        let due = limit.and_then(clock::monotonic_in);
        let host = details.uri.authority().map_or("", |authority| authority.as_str());
        let stream = self.0.connect(host, &details.addrs, due).map_err(|error| limited(error, details.timeout))?;
        stream.set_nodelay(true)?;
        let buffers = LazyBuffers::new(details.config.input_buffer_size(), details.config.output_buffer_size());
        let tcp = Tcp { stream: Arc::new(Socket(stream)), buffers, read: None, write: None };
        (details.register_shutdown)(Arc::downgrade(&tcp.stream) as Weak<dyn ShutdownHandle>)?;
        Ok(Some(Either::B(tcp)))
    }
}

/// A connection. The time limits that were set last are remembered, to spare the system calls that set them again.
#[derive(Debug)]
pub(super) struct Tcp {
    stream: Arc<Socket>,
    buffers: LazyBuffers,
    read: Option<Duration>,
    write: Option<Duration>,
}

#[derive(Debug)]
struct Socket(TcpStream);

impl ShutdownHandle for Socket {
    fn shutdown(&self) {
        // An error means that it is closed already.
        let _ = self.0.shutdown(Shutdown::Both);
    }
}

impl Transport for Tcp {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        let timeout = in_time(timeout.for_write())?;
        let limit = timeout.not_zero().map(|limit| *limit);
        if limit != self.write {
            self.stream.0.set_write_timeout(limit)?;
            self.write = limit;
        }
        let output = self.buffers.output().get(..amount).unwrap_or_default();
        (&self.stream.0).write_all(output).map_err(|error| limited(error, timeout))
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        let timeout = in_time(timeout.for_read())?;
        let limit = timeout.not_zero().map(|limit| *limit);
        if limit != self.read {
            self.stream.0.set_read_timeout(limit)?;
            self.read = limit;
        }
        let due = limit.and_then(clock::monotonic_in);
        let input = self.buffers.input_append_buf();
        let amount = loop {
            match (&self.stream.0).read(input) {
                // With a limit, a signal is no end of the waiting.
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                    if due.is_some_and(|due| due <= clock::monotonic()) {
                        return Err(ureq::Error::Timeout(timeout.reason));
                    }
                }
                outcome => break outcome.map_err(|error| limited(error, timeout))?,
            }
        };
        self.buffers.input_appended(amount);
        Ok(amount > 0)
    }

    /// Whether the server has neither closed it nor said something unasked.
    fn is_open(&mut self) -> bool {
        let stream = &self.stream.0;
        if stream.set_nonblocking(true).is_err() {
            return false;
        }
        let is_silent = matches!(stream.peek(&mut [0]), Err(error) if error.kind() == io::ErrorKind::WouldBlock);
        is_silent && stream.set_nonblocking(false).is_ok()
    }
}

fn in_time(timeout: NextTimeout) -> Result<NextTimeout, ureq::Error> {
    match timeout.after.is_zero() {
        true => Err(ureq::Error::Timeout(timeout.reason)),
        false => Ok(timeout),
    }
}

/// A limit that was reached is told in the system's words or in another's.
fn limited(error: io::Error, timeout: NextTimeout) -> ureq::Error {
    match error.kind() {
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => ureq::Error::Timeout(timeout.reason),
        _ => ureq::Error::Io(error),
    }
}
