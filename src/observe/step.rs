//! [`Step`]: the things that happen.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use crate::cookie::CookieFate;

/// What happened, in the order in which it does. URLs are without passwords, and headers without
/// what is secret in them, unless the observer [shows secrets](super::Observer::shows_secrets).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Step {
    /// An exchange begins.
    Begin {
        /// The request's method.
        method: String,
        /// Its URL.
        url: String,
        /// Why it is made.
        reason: Reason,
        /// The headers that it has before any handler has seen it: names and values.
        headers: Vec<(String, String)>,
        /// Milliseconds since 1970-01-01 00:00:00 UTC, by the wall clock.
        unix_millis: i64,
    },
    /// A handler is asked; what happens until the [`Called`](Step::Called) of the same handler and
    /// hook is its doing.
    Calling {
        /// The handler's name.
        handler: String,
        /// The hook, by the name of its method.
        hook: &'static str,
    },
    /// A handler has answered.
    Called {
        /// The handler's name.
        handler: String,
        /// The hook, by the name of its method.
        hook: &'static str,
        /// What it answered.
        outcome: Outcome,
        /// What it changed of the request or of the response.
        changes: Vec<Change>,
    },
    /// A name is looked up.
    Resolving {
        /// The host.
        host: String,
    },
    /// It has these addresses.
    Resolved {
        /// In the order in which they are tried.
        addresses: Vec<SocketAddr>,
    },
    /// An address is tried.
    Connecting {
        /// The peer's.
        address: SocketAddr,
    },
    /// A connection was made.
    Connected {
        /// The peer's address; `None` of one that is not TCP.
        address: Option<SocketAddr>,
    },
    /// A connection that was kept is used again.
    Reused,
    /// TLS was agreed on.
    Tls {
        /// Whom with.
        host: String,
        /// "TLSv1.3".
        version: String,
        /// The cipher suite, by its name in the registry of IANA.
        cipher: String,
        /// The names that the server's certificate is for; none where a session is gone on with, or
        /// nobody verifies.
        names: Vec<String>,
        /// Until when it is: "2027-01-31 23:59:59Z".
        until: Option<String>,
    },
    /// A proxy was asked for a tunnel.
    Tunnel {
        /// Where it is to lead.
        target: String,
        /// What the proxy answered.
        status: u16,
    },
    /// The request was sent, its data included.
    Sent {
        /// The request line: `GET /path HTTP/1.1`.
        line: String,
        /// The header lines, in their order.
        headers: Vec<(String, String)>,
        /// Bytes of the head.
        head_bytes: usize,
        /// Bytes of data, where their number is known.
        data_bytes: Option<u64>,
    },
    /// The first byte of an answer has come.
    FirstByte,
    /// The head of the answer has come.
    Head {
        /// The status.
        status: u16,
        /// The words behind it.
        reason: String,
        /// "HTTP/1.1".
        version: &'static str,
        /// The header lines, in their order.
        headers: Vec<(String, String)>,
        /// Bytes of the head.
        head_bytes: usize,
    },
    /// What became of a cookie.
    Cookie {
        /// Its name; `***` of one that has none.
        name: String,
        /// Its domain; empty where the header could not be read.
        domain: String,
        /// Its path.
        path: String,
        /// Its value, for those who are shown secrets.
        value: Option<String>,
        /// What became of it.
        fate: CookieFate,
    },
    /// A redirect, or a page's refresh, was decided about.
    Redirect {
        /// Where it leads.
        to: String,
        /// Why it is not followed; `None` if it is.
        refused: Option<String>,
    },
    /// The same request is to be sent once more.
    Retry {
        /// Why.
        why: String,
        /// How long is waited before.
        wait: Duration,
    },
    /// A password was asked for.
    Challenge {
        /// The scheme that is answered with, else the first that was offered.
        scheme: String,
        /// The realm.
        realm: String,
        /// Whether the proxy asks, and not the server.
        by_proxy: bool,
        /// Whether it is answered.
        answered: bool,
    },
    /// A handler's own words ([`Parent::note`](crate::Parent::note)).
    Note {
        /// Them.
        text: String,
    },
    /// The exchange is over; a body may be still to be read.
    End {
        /// How: [`Outcome::Answers`], [`Outcome::Next`] or [`Outcome::Fails`].
        outcome: Outcome,
    },
    /// The body was read, or left.
    Body {
        /// Bytes that came over the wire, without what chunks and TLS add.
        wire_bytes: u64,
        /// Bytes that its reader got, decoded.
        bytes: u64,
        /// How it ended.
        end: BodyEnd,
        /// Its beginning, as much as an observer [asked for](super::Observer::body_limit).
        start: Vec<u8>,
    },
}

/// Why an exchange is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// The program opened a URL.
    Asked,
    /// A redirect or a refresh leads here.
    Redirected,
    /// The same request once more.
    Repeated,
    /// The same request, with an answer to a challenge.
    Credentials,
    /// A handler needs it for a purpose of its own: robots.txt.
    Errand,
    /// A handler opened it, or put it in the place of another.
    Handler,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Asked => "asked for",
            Self::Redirected => "redirected",
            Self::Repeated => "once more",
            Self::Credentials => "with credentials",
            Self::Errand => "an errand",
            Self::Handler => "by a handler",
        })
    }
}

/// What a hook answered, or an exchange came to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// It passes on.
    Passes,
    /// It gives an answer with this status.
    Answers {
        /// The status.
        status: u16,
    },
    /// It names the next request.
    Next {
        /// Its method.
        method: String,
        /// Its URL.
        url: String,
    },
    /// It fails, with this sentence.
    Fails {
        /// The error's words.
        error: String,
    },
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Passes => f.write_str("passes on"),
            Self::Answers { status } => write!(f, "answers {status}"),
            Self::Next { method, url } => write!(f, "next: {method} {url}"),
            Self::Fails { error } => write!(f, "fails: {error}"),
        }
    }
}

/// What a hook changed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// A header line that was not there.
    Added {
        /// Its name.
        name: String,
        /// Its value.
        value: String,
    },
    /// A header line that is there no more.
    Removed {
        /// Its name.
        name: String,
        /// Its value.
        value: String,
    },
    /// Something other than a header line: the `url`, the `method`, the `proxy`, the `status`.
    Replaced {
        /// What.
        what: &'static str,
        /// As it was; empty if there was none.
        before: String,
        /// As it is; empty if there is none.
        after: String,
    },
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Added { name, value } => write!(f, "+ {name}: {value}"),
            Self::Removed { name, value } => write!(f, "- {name}: {value}"),
            Self::Replaced { what, before, after } if before.is_empty() => write!(f, "{what}: {after}"),
            Self::Replaced { what, before, after } if after.is_empty() => write!(f, "no {what} (was {before})"),
            Self::Replaced { what, before, after } => write!(f, "{what}: {after} (was {before})"),
        }
    }
}

/// How the reading of a body ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum BodyEnd {
    /// All of it was read.
    Whole,
    /// Its reader had enough.
    Left,
    /// It failed, with this sentence.
    Failed(String),
}

impl fmt::Display for BodyEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => f.write_str("whole"),
            Self::Left => f.write_str("not read to its end"),
            Self::Failed(error) => write!(f, "cut: {error}"),
        }
    }
}
