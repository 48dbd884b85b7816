//! [`Timeouts`]: how long each phase of a request may take.

use std::time::Duration;

/// How long each phase of a request may take.
///
/// Those of the phases are finite unless said otherwise, and all of it has none. `None` is no
/// limit. A `Duration` stands for each of the four phases, as urllib2's `timeout` does:
///
/// ```
/// use clientcookie::transport::Timeouts;
/// use std::time::Duration;
///
/// let slow = Timeouts::from(Duration::from_secs(5));
/// assert_eq!((slow.connect, slow.read), (slow.write, slow.head));
/// assert_eq!(
///     Timeouts { read: None, ..Timeouts::default() }.connect,
///     Some(Duration::from_secs(30))
/// );
///
/// let impatient = Timeouts { total: Some(Duration::from_secs(20)), ..slow };
/// assert_eq!(slow.total, None);
/// ```
///
/// What the library reads on its own account has a total of its own besides, after which it goes on
/// without the rest:
///
/// | what is read | how long | how much |
/// |---|---|---|
/// | a `robots.txt` | [60 seconds](crate::HttpRobotRulesProcessor::read_time) | 500 KiB, [`RobotRules::SIZE_LIMIT`](crate::RobotRules::SIZE_LIMIT) |
/// | the body of a redirect, a challenge or a busy server, so that its connection can be used again | 1 second | 64 KiB |
/// | what a proxy says when it refuses a tunnel | 1 second | 64 KiB |
/// | the answer of a server that has not waited for the data | 1 second | 64 KiB |
/// | the head of a page, for [`HttpEquivProcessor`](crate::HttpEquivProcessor) | [10 seconds](crate::HttpEquivProcessor::scan_time) | [64 KiB](crate::HttpEquivProcessor::scan_limit) |
/// | the start of a body that is logged, for [`HttpResponseDebugProcessor`](crate::HttpResponseDebugProcessor) | 2 seconds | [64 KiB](crate::HttpResponseDebugProcessor::body_limit) |
///
/// A [`Resolver`](crate::transport::Resolver) of one's own is not bounded by these: it runs on the
/// thread that opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// Connecting: looking up the name, over all addresses of the host, TLS and a proxy's tunnel
    /// included. 30 seconds.
    pub connect: Option<Duration>,
    /// Each write of the request: how long the server may take nothing. 60 seconds.
    pub write: Option<Duration>,
    /// From the request being sent to the end of the head of the answer, in however many pieces it
    /// comes. 300 seconds; a server that sends nothing at all is given up after
    /// [`read`](Self::read).
    pub head: Option<Duration>,
    /// Each read: how long the reader of the body may wait for its next byte, whatever else comes
    /// meanwhile (sizes of chunks, trailers, parts of a TLS record, packed data that unpacks to
    /// nothing); and how long a server may send nothing while it sends a head. 60 seconds. A
    /// body that comes byte by byte is not bounded by it, but by [`total`](Self::total).
    pub read: Option<Duration>,
    /// All that one open leads to: its redirects, challenges and repetitions, the waiting between
    /// them, and the reading of the body (curl's `--max-time`). None.
    pub total: Option<Duration>,
}

impl Timeouts {
    /// No limits at all.
    pub const NONE: Self = Self { connect: None, write: None, head: None, read: None, total: None };
}

impl Default for Timeouts {
    fn default() -> Self {
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        Self { connect: seconds(30), write: seconds(60), head: seconds(300), read: seconds(60), total: None }
    }
}

/// The same limit for every phase, and none for all of them together.
impl From<Duration> for Timeouts {
    fn from(limit: Duration) -> Self {
        Self::from(Some(limit))
    }
}

/// The same limit for every phase, or none.
impl From<Option<Duration>> for Timeouts {
    fn from(limit: Option<Duration>) -> Self {
        Self { connect: limit, write: limit, head: limit, read: limit, total: None }
    }
}
