//! Tunnels: a proxy is asked with CONNECT for a connection to the server (RFC 9110 section 9.3.6).
//!
//! A refusal is an [`HttpErrorCause::TunnelRefused`], an error and never an answer: what a proxy
//! says in the server's place, cookies and redirects among it, must not be taken for the server's.

use url::Url;

use crate::message::error::{Error, ErrorKind, HttpError, HttpErrorCause, Result};
use crate::message::response::Response;
use crate::message::urls;
use crate::transport::http1::head::render_lines;
use crate::transport::http1::{Tunnel, connect};
use crate::transport::line::{Line, Stream};
use crate::transport::{Limits, WireRequest};

/// A tunnel over this connection to a proxy.
pub(super) fn open(
    stream: Box<dyn Stream>,
    request: &WireRequest<'_>,
    proxy: &Url,
    limits: &Limits,
) -> Result<Box<dyn Stream>> {
    let target = urls::authority(request.url);
    let mut head = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n").into_bytes();
    render_lines(&mut head, &request.connect_headers);
    match connect(Line::new(stream), request, &head, limits) {
        Ok(Tunnel::Opened(stream)) => Ok(stream),
        Ok(Tunnel::Refused(head, body)) => {
            let mut headers = head.headers;
            // Not even a caller who asks a jar to read the error gets a cookie that poses as the
            // server's.
            headers.remove("Set-Cookie");
            headers.remove("Set-Cookie2");
            let mut response = Response::of(proxy.clone(), head.status, headers, body);
            response.set_reason(head.reason);
            Err(ErrorKind::Http(HttpError::new(response, HttpErrorCause::TunnelRefused)).into())
        }
        Err(error) => Err(misunderstood(error).of_proxy(proxy)),
    }
}

/// What is no answer; limits of time are left as they are.
fn misunderstood(error: Error) -> Error {
    match error.into_kind() {
        kind @ ErrorKind::Timeout { .. } => kind.into(),
        ErrorKind::Disconnected => failed("it closed the connection without an answer to CONNECT".to_owned()),
        kind => failed(format!("its answer to CONNECT: {kind}")),
    }
}

fn failed(reason: String) -> Error {
    ErrorKind::Proxy { reason }.into()
}
