//! [`Limits`]: how much of a server's answer is taken in on its word, and how many connections are kept.

use std::time::Duration;

/// How much of a server's answer is taken in before it is read, and how many connections are kept
/// for later.
///
/// A body has no limit here: it is read as a stream, by whoever wants it. What passes a limit is an
/// [`ErrorKind::HeaderFlood`](crate::ErrorKind::HeaderFlood).
///
/// ```
/// use clientcookie::transport::{Limits, UreqTransport};
///
/// let strict = Limits { head: 8 * 1024, ..Limits::default() };
/// let transport = UreqTransport::new().limits(strict);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a response's head, its informational predecessors (1xx) included: 64 KiB, CPython's
    /// limit for one line. No more than 64 MiB.
    pub head: usize,
    /// Header lines of a response: 256. CPython refuses more than 100, Chromium bounds the bytes
    /// alone.
    pub header_lines: usize,
    /// Bytes that may arrive in chunks without one of them being part of the body, as extensions
    /// and trailers (RFC 9112 sections 7.1.1 and 7.1.2) that do not end: 64 KiB, as for a head.
    pub chunk_overhead: u64,
    /// Whether an answer that has both `Transfer-Encoding: chunked` and a `Content-Length` is read
    /// by its chunks, and its connection closed behind it (RFC 9112 section 6.3). Off: it is an
    /// [`ErrorKind::BadResponse`](crate::ErrorKind::BadResponse), since programs that disagree
    /// about where it ends can be played against each other.
    pub chunked_despite_length: bool,
    /// Connections kept open for later requests, in all: 20.
    pub idle_connections: usize,
    /// Those kept open to one host: 10, as urllib3. More threads than that at once make connections
    /// anew.
    pub idle_connections_per_host: usize,
    /// How long a connection is kept: 15 seconds, as ureq. Many servers close theirs soon after.
    pub idle_age: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head: 64 * 1024,
            header_lines: 256,
            chunk_overhead: 64 * 1024,
            chunked_despite_length: false,
            idle_connections: 20,
            idle_connections_per_host: 10,
            idle_age: Duration::from_secs(15),
        }
    }
}
