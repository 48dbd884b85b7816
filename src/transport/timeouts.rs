//! [`Timeouts`]: how long each phase of a request may take.

use std::time::Duration;

/// How long each phase of a request may take.
///
/// All are finite unless said otherwise. `None` is no limit. A `Duration` stands for all four, as urllib2's
/// `timeout` does:
///
/// ```
/// use std::time::Duration;
/// use clientcookie::transport::Timeouts;
///
/// let slow = Timeouts::from(Duration::from_secs(5));
/// assert_eq!((slow.connect, slow.read), (slow.write, slow.head));
/// assert_eq!(Timeouts { read: None, ..Timeouts::default() }.connect, Some(Duration::from_secs(30)));
/// ```
///
/// Looking up a name is bounded by the system's resolver, not by these; see
/// [`Resolver`](crate::transport::Resolver).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// Connecting, over all addresses of the host, TLS and a proxy's tunnel included. 30 seconds.
    pub connect: Option<Duration>,
    /// Each write of the request: how long the server may take nothing. 60 seconds.
    pub write: Option<Duration>,
    /// From the request being sent to the end of the head of the answer, in however many pieces it comes. 300 seconds;
    /// a server that sends nothing at all is given up after [`read`](Self::read).
    pub head: Option<Duration>,
    /// Each read, of the head and of the body: how long the server may send nothing. 60 seconds. A body that keeps dripping is not bounded by
    /// it; a caller who needs that counts while reading.
    pub read: Option<Duration>,
}

impl Timeouts {
    /// No limits at all.
    pub const NONE: Timeouts = Timeouts { connect: None, write: None, head: None, read: None };
}

impl Default for Timeouts {
    fn default() -> Timeouts {
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        Timeouts { connect: seconds(30), write: seconds(60), head: seconds(300), read: seconds(60) }
    }
}

/// The same limit for every phase.
impl From<Duration> for Timeouts {
    fn from(limit: Duration) -> Timeouts {
        Timeouts::from(Some(limit))
    }
}

/// The same limit for every phase, or none.
impl From<Option<Duration>> for Timeouts {
    fn from(limit: Option<Duration>) -> Timeouts {
        Timeouts { connect: limit, write: limit, head: limit, read: limit }
    }
}
