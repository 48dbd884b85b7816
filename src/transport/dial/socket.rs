//! [`Socket`]: a connection whose every wait ends in time.

use std::io;
use std::net::TcpStream;
use std::time::Duration;

use crate::clock;
use crate::message::error::Result;
use crate::message::error::late;
use crate::transport::Connection;
use crate::transport::line::{Stream, WaitLimits};

/// The bottom of every connection, where it is waited: within the limits that hold, and within the
/// thread's deadlines.
pub(super) struct Socket {
    connection: Box<dyn Connection>,
    limits: WaitLimits,
    /// What was set last, to spare the system calls that set it again. `None` before the first.
    set: (Option<Option<Duration>>, Option<Option<Duration>>),
}

impl Socket {
    pub(super) fn new(connection: Box<dyn Connection>) -> Self {
        Self { connection, limits: WaitLimits::default(), set: (None, None) }
    }

    fn before_read(&mut self) -> io::Result<Option<Duration>> {
        let limit = next_limit(self.limits.read)?;
        if self.set.0 != Some(limit) {
            self.connection.set_read_timeout(limit)?;
            self.set.0 = Some(limit);
        }
        Ok(limit)
    }

    fn before_write(&mut self) -> io::Result<()> {
        let limit = next_limit(self.limits.write)?;
        if self.set.1 != Some(limit) {
            self.connection.set_write_timeout(limit)?;
            self.set.1 = Some(limit);
        }
        Ok(())
    }
}

/// How long the next wait may last. The system takes a limit of zero for none, so the shortest one
/// is a millisecond; and no clock can add more than it holds, so a century is the longest.
fn next_limit(limit: Option<Duration>) -> Result<Option<Duration>> {
    let shortest = [limit, late::for_wait()?].into_iter().flatten().min();
    Ok(shortest.map(|limit| limit.clamp(Duration::from_millis(1), CENTURY)))
}

const CENTURY: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

impl Stream for Socket {
    fn set_limits(&mut self, limits: WaitLimits) {
        self.limits = limits;
    }

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let limit = self.before_read()?;
        let mut due = None;
        loop {
            match self.connection.read(buffer) {
                // A signal is no end of the waiting; with a limit, signals lengthen it to its
                // double at the most.
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                    let now = clock::monotonic();
                    let due = *due.get_or_insert_with(|| limit.and_then(|limit| now.checked_add(limit)));
                    if due.is_some_and(|due| due <= now) {
                        return Err(io::ErrorKind::TimedOut.into());
                    }
                }
                outcome => return outcome,
            }
        }
    }

    fn write_all(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            self.before_write()?;
            match self.connection.write(bytes) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(amount) => bytes = bytes.get(amount..).unwrap_or_default(),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.connection.flush()
    }

    fn is_quiet(&mut self) -> bool {
        self.connection.is_quiet()
    }
}

impl Connection for TcpStream {
    fn set_read_timeout(&mut self, limit: Option<Duration>) -> io::Result<()> {
        Self::set_read_timeout(self, limit)
    }

    fn set_write_timeout(&mut self, limit: Option<Duration>) -> io::Result<()> {
        Self::set_write_timeout(self, limit)
    }

    #[cfg(unix)]
    fn is_quiet(&mut self) -> bool {
        has_nothing(self)
    }

    #[cfg(not(unix))]
    fn is_quiet(&mut self) -> bool {
        if self.set_nonblocking(true).is_err() {
            return false;
        }
        let has_nothing = matches!(self.peek(&mut [0]), Err(error) if error.kind() == io::ErrorKind::WouldBlock);
        has_nothing && self.set_nonblocking(false).is_ok()
    }
}

/// Whether a socket is open and has nothing to be read; one system call.
#[cfg(unix)]
pub(super) fn has_nothing(socket: &impl std::os::fd::AsFd) -> bool {
    use rustix::io::Errno;
    use rustix::net::{RecvFlags, recv};
    matches!(recv(socket, &mut [0_u8; 1][..], RecvFlags::PEEK | RecvFlags::DONTWAIT), Err(Errno::WOULDBLOCK))
}
