//! Both heads as observers are shown them.

use url::Position;

use super::head::{self, ResponseHead};
use crate::message::data::Data;
use crate::message::urls;
use crate::observe::{Step, shown};
use crate::readable;
use crate::redact::Level;
use crate::transport::{ProxyRoute, WireRequest};

/// The request, which was sent.
pub(super) fn sent(request: &WireRequest<'_>, level: Level) -> Step {
    let url = request.url;
    let path = &url[Position::BeforePath..Position::AfterQuery];
    let line = match request.route() {
        Some(ProxyRoute::WholeUrl) => {
            format!("{} {}://{}{path} HTTP/1.1", request.method, url.scheme(), urls::host_and_port(url))
        }
        _ => format!("{} {path} HTTP/1.1", request.method),
    };
    Step::Sent {
        line,
        headers: shown::headers(request.headers.iter().copied(), level),
        head_bytes: head::render(request).len(),
        data_bytes: request.data.as_deref().map_or(Some(0), Data::len),
    }
}

/// The head of an answer, which reads so.
pub(super) fn received(head: &ResponseHead, bytes: &[u8], level: Level) -> Step {
    let is_old = bytes.trim_ascii_start().starts_with(b"HTTP/1.0");
    Step::Head {
        status: head.status.as_u16(),
        reason: readable::escaped(&head.reason),
        version: if is_old { "HTTP/1.0" } else { "HTTP/1.1" },
        headers: shown::headers(head.headers.iter(), level),
        head_bytes: bytes.len(),
    }
}
