//! [`UnixSocket`]: every connection leads to one socket of this machine.

use std::io;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::Duration;

use crate::message::error::Result;
use crate::observe::{self, Step};
use crate::transport::dial::socket::has_nothing;
use crate::transport::{Connection, Dial};

/// Connects to a Unix socket, whatever host the URL names (curl's `--unix-socket`). The host is
/// still what the server reads in `Host`, and whose cookies and certificates are meant.
///
/// ```no_run
/// use clientcookie::transport::{UnixSocket, UreqTransport};
/// use clientcookie::{HttpHandler, build_opener};
///
/// let docker = UreqTransport::new().dial(UnixSocket::new("/var/run/docker.sock"));
/// let opener = build_opener(HttpHandler::with_transport(docker));
/// println!("{}", opener.open("http://localhost/version")?.text()?);
/// # Ok::<(), clientcookie::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct UnixSocket(PathBuf);

impl UnixSocket {
    /// The socket at this path.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }
}

impl Dial for UnixSocket {
    /// The system connects at once or not at all, so the limit is of no use.
    fn dial(&self, _: &str, _: u16, _: Option<Duration>) -> Result<Box<dyn Connection>> {
        let connected = UnixStream::connect(&self.0);
        let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", self.0.display()));
        let connected = connected.map_err(named)?;
        observe::tell(|_| Step::Connected { address: None });
        Ok(Box::new(connected))
    }
}

impl Connection for UnixStream {
    fn set_read_timeout(&mut self, limit: Option<Duration>) -> io::Result<()> {
        Self::set_read_timeout(self, limit)
    }

    fn set_write_timeout(&mut self, limit: Option<Duration>) -> io::Result<()> {
        Self::set_write_timeout(self, limit)
    }

    fn is_quiet(&mut self) -> bool {
        has_nothing(self)
    }
}
