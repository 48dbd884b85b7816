//! Servers for the integration tests, on a free port of the loopback interface.
//!
//! [`Server::start`] speaks HTTP/1.1 as far as a test needs it: it reads whole
//! requests, records them byte for byte and sends what the handler replies.
//! [`Server::raw`] hands the connection over instead, for servers that break the
//! rules. [`Server::start_tls`] is the first kind behind a certificate from
//! `fixtures/tls`.
//!
//! Nothing here sleeps, and nothing waits for longer than [`PATIENCE`]: a server
//! that is dropped wakes its threads and joins them. A panic in a handler comes
//! out again when its server is dropped, so handlers may assert.

mod connection;
mod ledger;
mod linear;
mod recorded;
mod reply;
mod selftest;
mod server;
mod tls;
mod wire;

use std::time::Duration;

pub use connection::Connection;
pub use linear::{assert_linear, can_measure_work};
pub use recorded::Recorded;
pub use reply::Reply;
pub use server::Server;
#[cfg(feature = "tls")]
pub use tls::config as tls_config;
pub use tls::fixture;

/// How long a server waits for anything: for the next bytes of a request, for
/// its reply to be taken, for a connection to be closed.
pub const PATIENCE: Duration = Duration::from_secs(10);
