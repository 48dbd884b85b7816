//! The events of a trace, put in order: exchanges, and in each the calls of its handlers with what
//! happened meanwhile.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::observe::{BodyEnd, Change, Event, Outcome, Reason, Step};

/// One exchange.
pub(super) struct Exchange {
    pub(super) id: u64,
    pub(super) parent: Option<u64>,
    pub(super) method: String,
    pub(super) url: String,
    pub(super) reason: Reason,
    pub(super) unix_millis: i64,
    /// How long after the first open of the trace this one's open began: times are counted from the
    /// latter.
    pub(super) offset: Duration,
    pub(super) begin: Duration,
    pub(super) nodes: Vec<Node>,
    pub(super) end: Option<(Duration, Outcome)>,
    pub(super) body: Option<Body>,
    pub(super) wire: Wire,
}

/// A step, and what happened within it.
pub(super) struct Node {
    pub(super) at: Duration,
    pub(super) what: What,
    pub(super) within: Vec<Self>,
}

pub(super) enum What {
    /// A handler was asked; no outcome where it never answered.
    Call { handler: String, hook: &'static str, outcome: Option<Outcome>, changes: Vec<Change>, end: Duration },
    /// Anything else.
    Step(Step),
    /// Another exchange, which stands in this one.
    Exchange(u64),
}

pub(super) struct Body {
    pub(super) at: Duration,
    pub(super) wire_bytes: u64,
    pub(super) bytes: u64,
    pub(super) end: BodyEnd,
    pub(super) start: Vec<u8>,
}

/// What of an exchange can be measured on the wire: the last attempt, where there were several.
#[derive(Default)]
pub(super) struct Wire {
    pub(super) resolving: Option<Duration>,
    pub(super) resolved: Option<Duration>,
    pub(super) connecting: Option<Duration>,
    pub(super) connected: Option<Duration>,
    pub(super) address: Option<std::net::SocketAddr>,
    pub(super) tls: Option<Duration>,
    pub(super) reused: Option<Duration>,
    pub(super) sent: Option<Duration>,
    pub(super) first_byte: Option<Duration>,
    pub(super) request: Option<Sent>,
    pub(super) response: Option<Head>,
}

#[cfg_attr(not(feature = "har"), allow(dead_code, reason = "a HAR file alone tells sizes"))]
pub(super) struct Sent {
    pub(super) line: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) head_bytes: usize,
    pub(super) data_bytes: Option<u64>,
}

#[cfg_attr(not(feature = "har"), allow(dead_code, reason = "a HAR file alone tells sizes"))]
pub(super) struct Head {
    pub(super) status: u16,
    pub(super) reason: String,
    pub(super) version: &'static str,
    pub(super) headers: Vec<(String, String)>,
    pub(super) head_bytes: usize,
}

impl Node {
    /// The handler, if it was asked and did nothing at all.
    pub(super) fn idle(&self) -> Option<&str> {
        match &self.what {
            What::Call { handler, outcome: Some(Outcome::Passes), changes, .. }
                if changes.is_empty() && self.within.is_empty() =>
            {
                Some(handler)
            }
            _ => None,
        }
    }
}

/// The nodes, and together those handlers that stand beside each other and did nothing.
pub(super) fn runs(nodes: &[Node]) -> impl Iterator<Item = &[Node]> {
    nodes.chunk_by(|one, other| one.idle().is_some() && other.idle().is_some())
}

/// "HttpGzipProcessor, HttpBasicAuthHandler pass on"
pub(super) fn idle_line(run: &[Node]) -> Option<String> {
    let mut names: Vec<&str> = run.iter().map(Node::idle).collect::<Option<_>>()?;
    names.dedup();
    let verb = if names.len() == 1 { "passes on" } else { "pass on" };
    Some(format!("{} {verb}", names.join(", ")))
}

impl Wire {
    fn saw(&mut self, at: Duration, step: &Step) {
        match step {
            Step::Resolving { .. } => *self = Self { resolving: Some(at), ..Self::default() },
            Step::Resolved { .. } => self.resolved = Some(at),
            Step::Connecting { .. } => self.connecting = self.connecting.or(Some(at)),
            Step::Connected { address } => (self.connected, self.address) = (Some(at), *address),
            Step::Tls { .. } => self.tls = Some(at),
            Step::Reused => *self = Self { reused: Some(at), ..Self::default() },
            Step::Sent { line, headers, head_bytes, data_bytes } => {
                self.sent = Some(at);
                self.request = Some(Sent {
                    line: line.clone(),
                    headers: headers.clone(),
                    head_bytes: *head_bytes,
                    data_bytes: *data_bytes,
                });
            }
            Step::FirstByte => self.first_byte = Some(at),
            Step::Head { status, reason, version, headers, head_bytes } => {
                self.response = Some(Head {
                    status: *status,
                    reason: reason.clone(),
                    version,
                    headers: headers.clone(),
                    head_bytes: *head_bytes,
                });
            }
            _ => {}
        }
    }
}

/// An exchange that is being put together.
struct Growing {
    exchange: Exchange,
    /// The calls that have not ended yet, the outermost first.
    open: Vec<Node>,
}

impl Growing {
    /// Puts a node where it belongs: into the call that is going on.
    fn put(&mut self, node: Node) {
        match self.open.last_mut() {
            Some(call) => call.within.push(node),
            None => self.exchange.nodes.push(node),
        }
    }

    fn saw(&mut self, at: Duration, step: &Step) {
        self.exchange.wire.saw(at, step);
        match step {
            Step::Begin { .. } => {}
            Step::Calling { handler, hook } => self.open.push(Node {
                at,
                what: What::Call { handler: handler.clone(), hook, outcome: None, changes: Vec::new(), end: at },
                within: Vec::new(),
            }),
            Step::Called { outcome, changes, .. } => {
                if let Some(mut node) = self.open.pop() {
                    if let What::Call { outcome: said, changes: made, end, .. } = &mut node.what {
                        (*said, *made, *end) = (Some(outcome.clone()), changes.clone(), at);
                    }
                    self.put(node);
                }
            }
            Step::End { outcome } => {
                self.close();
                self.exchange.end = Some((at, outcome.clone()));
            }
            Step::Body { wire_bytes, bytes, end, start } => {
                let (wire_bytes, bytes) = (*wire_bytes, *bytes);
                self.exchange.body = Some(Body { at, wire_bytes, bytes, end: end.clone(), start: start.clone() });
            }
            step => self.put(Node { at, what: What::Step(step.clone()), within: Vec::new() }),
        }
    }

    /// Calls that never ended end here: the trace was looked at meanwhile, or a handler panicked.
    fn close(&mut self) {
        while let Some(node) = self.open.pop() {
            self.put(node);
        }
    }
}

/// The exchanges, in the order in which they began.
pub(super) fn exchanges(events: &[Event]) -> Vec<Exchange> {
    let mut growing: BTreeMap<u64, Growing> = BTreeMap::new();
    for event in events {
        if let Step::Begin { method, url, reason, unix_millis, .. } = &event.step {
            // One that begins while a handler of its parent is asked stands in that.
            if let Some(parent) = event.parent.and_then(|parent| growing.get_mut(&parent))
                && !parent.open.is_empty()
            {
                parent.put(Node { at: event.at, what: What::Exchange(event.exchange), within: Vec::new() });
            }
            let parent = event.parent.and_then(|parent| growing.get(&parent));
            let offset = match (parent, growing.values().next()) {
                (Some(parent), _) => parent.exchange.offset,
                (None, Some(first)) => {
                    let millis = unix_millis.saturating_sub(first.exchange.unix_millis);
                    Duration::from_millis(u64::try_from(millis).unwrap_or_default())
                }
                (None, None) => Duration::ZERO,
            };
            let exchange = Exchange {
                offset,
                id: event.exchange,
                parent: event.parent,
                method: method.clone(),
                url: url.clone(),
                reason: *reason,
                unix_millis: *unix_millis,
                begin: event.at,
                nodes: Vec::new(),
                end: None,
                body: None,
                wire: Wire::default(),
            };
            growing.insert(event.exchange, Growing { exchange, open: Vec::new() });
        }
        if let Some(one) = growing.get_mut(&event.exchange) {
            one.saw(event.at, &event.step);
        }
    }
    let closed = growing.into_values().map(|mut one| {
        one.close();
        one.exchange
    });
    closed.collect()
}
