//! The transport over real sockets: which connection a request takes, what goes over it, and for
//! how long.

pub mod debug;
mod dial;
mod expect;
mod heads;
mod keep_alive;
mod limits;
pub mod outcome;
mod proxy;
#[cfg(feature = "tls")]
mod refused;
mod resolve;
#[cfg(feature = "socks")]
mod socks;
mod stale;
mod timeouts;
#[cfg(feature = "tls")]
pub mod tls_proxy;
mod total;
mod trickles;
#[cfg(feature = "tls")]
pub mod tunnel;
