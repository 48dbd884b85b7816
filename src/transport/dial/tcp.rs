//! [`TcpDial`]: connections over TCP, to the address of the host that answers first.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use crate::clock::{self, deadline};
use crate::message::error::late;
use crate::message::error::{Error, ErrorKind, Phase, Result};
use crate::observe::{self, Step};
use crate::transport::dial::race::Winners;
use crate::transport::{CachingResolver, Connection, Dial, Resolver};

/// Looks a host up, and connects to it from an address of this machine, where one is said.
pub(crate) struct TcpDial {
    resolver: Arc<dyn Resolver>,
    local: Option<IpAddr>,
    winners: Winners,
}

impl Default for TcpDial {
    fn default() -> Self {
        Self { resolver: Arc::new(CachingResolver::default()), local: None, winners: Winners::default() }
    }
}

impl TcpDial {
    /// The same with another resolver, and nothing remembered.
    pub(crate) fn with_resolver(&self, resolver: Arc<dyn Resolver>) -> Self {
        Self { resolver, local: self.local, winners: Winners::default() }
    }

    /// The same from another address, and nothing remembered.
    pub(crate) fn with_local(&self, local: IpAddr) -> Self {
        Self { resolver: Arc::clone(&self.resolver), local: Some(local), winners: Winners::default() }
    }

    #[cfg(feature = "socks")]
    pub(super) fn is_bound(&self) -> bool {
        self.local.is_some()
    }

    #[cfg(feature = "socks")]
    pub(super) fn resolver(&self) -> Arc<dyn Resolver> {
        Arc::clone(&self.resolver)
    }
}

/// The most addresses of one host that are tried.
const MOST_ADDRESSES: usize = 16;

/// The addresses of a host, which may be one itself.
pub(super) fn addresses(resolver: &dyn Resolver, host: &str, port: u16) -> Result<Vec<SocketAddr>> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let failed = |source: io::Error| match source.downcast::<Error>() {
        Ok(own) => own,
        Err(source) if source.kind() == io::ErrorKind::TimedOut && deadline::passed().is_some() => {
            late::timeout(Phase::Connect).into()
        }
        Err(source) => ErrorKind::Resolve { host: host.to_owned(), source }.into(),
    };
    observe::tell(|_| Step::Resolving { host: host.to_owned() });
    let mut addresses = resolver.resolve(host, port).map_err(failed)?;
    addresses.truncate(MOST_ADDRESSES);
    observe::tell(|_| Step::Resolved { addresses: addresses.clone() });
    match addresses.is_empty() {
        true => Err(failed(io::ErrorKind::NotFound.into())),
        false => Ok(addresses),
    }
}

impl Dial for TcpDial {
    fn dial(&self, host: &str, port: u16, limit: Option<Duration>) -> Result<Box<dyn Connection>> {
        let due = limit.and_then(clock::monotonic_in);
        let mut addresses = addresses(&*self.resolver, host, port)?;
        if let Some(local) = self.local {
            addresses.retain(|address| address.is_ipv4() == local.is_ipv4());
            if addresses.is_empty() {
                let reason = format!("it has no address of the kind of {local}, from which it was to be reached");
                return Err(io::Error::new(io::ErrorKind::AddrNotAvailable, reason).into());
            }
        }
        let stream = self.winners.connect(host, &addresses, self.local, due)?;
        stream.set_nodelay(true)?;
        observe::tell(|_| Step::Connected { address: stream.peer_addr().ok() });
        Ok(Box::new(stream))
    }
}
