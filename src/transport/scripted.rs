//! [`ScriptedTransport`]: a transport without a network, for tests and examples.

use std::collections::VecDeque;
use std::io::{self, Cursor, Read};
use std::sync::{Arc, Mutex, PoisonError};

use http::{HeaderValue, Method};
use url::Url;

use crate::message::error::{ErrorKind, Result};
use crate::message::headers::Headers;
use crate::message::response::Response;
use crate::transport::http1::receive;
use crate::transport::line::{Line, Stream, WaitLimits};
use crate::transport::{Limits, Proxy, Transport, WireRequest};

/// Answers requests from a list of replies, and keeps the requests. A cheap handle: clones share
/// both.
///
/// A reply is the bytes of a response as a server would write them; its head is read by the same
/// code that reads a real one, and its body is what follows.
///
/// ```
/// use clientcookie::transport::ScriptedTransport;
/// use clientcookie::{HttpHandler, build_opener};
///
/// let transport = ScriptedTransport::new()
///     .reply("HTTP/1.1 302 Over There\r\nLocation: /new\r\nSet-Cookie: seen=yes\r\n\r\n")
///     .reply("HTTP/1.1 200 OK\r\n\r\nhello");
/// let opener = build_opener(HttpHandler::with_transport(transport.clone()));
///
/// let mut response = opener.open("http://example.com/old")?;
/// assert_eq!(response.text()?, "hello");
/// let requests = transport.requests();
/// assert_eq!(requests[1].url.path(), "/new");
/// assert_eq!(requests[1].headers.get_str("Cookie").as_deref(), Some("seen=yes"));
/// # Ok::<(), clientcookie::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct ScriptedTransport {
    shared: Arc<Mutex<Script>>,
}

#[derive(Default)]
struct Script {
    replies: VecDeque<Vec<u8>>,
    requests: Vec<ScriptedRequest>,
}

/// A request that a [`ScriptedTransport`] was sent.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ScriptedRequest {
    /// The method.
    pub method: Method,
    /// The URL.
    pub url: Url,
    /// The headers as they would have gone on the wire.
    pub headers: Headers,
    /// The data, all of it; empty if there was none.
    pub data: Vec<u8>,
    /// The proxy it would have gone through.
    pub proxy: Option<Proxy>,
    /// What a CONNECT to that proxy would have said.
    pub connect_headers: Headers,
}

impl ScriptedTransport {
    /// Answers nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a reply: each request takes the first one that is left.
    #[must_use]
    pub fn reply(self, bytes: impl AsRef<[u8]>) -> Self {
        self.script(|script| script.replies.push_back(bytes.as_ref().to_vec()));
        self
    }

    /// The requests so far, the first one first.
    pub fn requests(&self) -> Vec<ScriptedRequest> {
        self.script(|script| script.requests.clone())
    }

    fn script<T>(&self, work: impl FnOnce(&mut Script) -> T) -> T {
        work(&mut self.shared.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Transport for ScriptedTransport {
    fn send(&self, mut request: WireRequest<'_>) -> Result<Response> {
        let headers = collect(&request.headers)?;
        let connect_headers = collect(&request.connect_headers)?;
        let mut data = Vec::new();
        if let Some(source) = request.data.as_deref_mut() {
            // Read before the lock is taken: it is the user's code.
            let read = source.open().and_then(|mut reader| reader.read_to_end(&mut data));
            read.map_err(|source| ErrorKind::RequestData { source })?;
        }
        let sent = ScriptedRequest {
            method: request.method.clone(),
            url: request.url.clone(),
            headers,
            data,
            proxy: request.proxy.cloned(),
            connect_headers,
        };
        let reply = self.script(|script| {
            script.requests.push(sent);
            script.replies.pop_front()
        });
        answer(reply.ok_or(ErrorKind::Disconnected)?, &request)
    }
}

/// What a server would have been understood to say with these bytes.
pub(crate) fn answer(reply: Vec<u8>, request: &WireRequest<'_>) -> Result<Response> {
    receive(Line::new(Box::new(Said(Cursor::new(reply)))), request, &Limits::default())
}

fn collect(lines: &[(&str, &HeaderValue)]) -> Result<Headers> {
    let mut headers = Headers::new();
    for (name, value) in lines {
        headers.append(name, *value)?;
    }
    Ok(headers)
}

/// A reply, as a connection that is closed behind it.
struct Said(Cursor<Vec<u8>>);

impl Stream for Said {
    fn set_limits(&mut self, _: WaitLimits) {}

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }

    fn write_all(&mut self, _: &[u8]) -> io::Result<()> {
        Ok(())
    }

    fn is_quiet(&mut self) -> bool {
        false
    }
}

crate::redact::opaque_debug! { ScriptedTransport }
