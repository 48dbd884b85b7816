//! [`HttpGzipProcessor`]: asks for compressed bodies, and decodes them.

use http::{HeaderValue, Method, StatusCode};

use crate::handler::{Handler, Hook, Parent};
use crate::message::body::decode::{self, DECODED_RATIO_LIMIT, UnpackLimits};
use crate::message::error::Result;
use crate::message::request::Request;
use crate::message::response::Response;
use crate::redact;

/// What is asked for: all that can be decoded.
const ACCEPT_ENCODING: &str = if cfg!(feature = "brotli") { "gzip, deflate, br" } else { "gzip, deflate" };

/// Asks for compressed bodies and decodes them while they are read (mechanize's
/// `HTTPGzipProcessor`): `gzip`, `deflate`, and with the feature `brotli` also `br` (RFC 9110
/// section 8.4.1).
///
/// ```
/// use std::io::Write;
/// # use clientcookie::transport::ScriptedTransport;
/// # use clientcookie::HttpHandler;
/// use clientcookie::{HttpGzipProcessor, build_opener};
/// # let mut body = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
/// # body.write_all(b"a page, a page, a page")?;
/// # let mut reply = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n".to_vec();
/// # reply.extend(body.finish()?);
/// # let transport = ScriptedTransport::new().reply(reply);
/// # let http = HttpHandler::with_transport(transport.clone());
///
/// let opener = build_opener((HttpGzipProcessor::new(), http));
/// let mut response = opener.open("http://example.com/")?;
/// assert_eq!(response.text()?, "a page, a page, a page");
/// assert!(!response.headers().contains("Content-Encoding"));
/// # assert!(transport.requests()[0].headers.get_str("Accept-Encoding").unwrap().starts_with("gzip, deflate"));
/// # Ok::<(), clientcookie::Error>(())
/// ```
///
/// It decodes only what it asked for. A request that has an `Accept-Encoding` of its own, or an
/// opener whose [`addheaders`](crate::OpenerDirector::addheaders) have one, gets the bytes as they
/// come: that is how to have them raw. So does a request with a `Range`, whose parts could not be
/// decoded.
///
/// - Of a body that is decoded the headers `Content-Encoding` and `Content-Length` are removed:
///   they speak of other bytes. A 206 is never decoded.
/// - Words in `Content-Encoding` that change nothing (`identity`, `none`, `aws-chunked`, charsets,
///   and what nobody knows) do not count. Of several codings each is undone, up to
///   [`HttpGzipProcessor::CODINGS_LIMIT`](crate::HttpGzipProcessor::CODINGS_LIMIT); beyond that the
///   body is an error when it is read. One that cannot be undone (`zstd`) is left to the caller,
///   with all before it, and `Content-Encoding` says so.
/// - Data that ends too soon is an [`ErrorKind::IncompleteRead`](crate::ErrorKind::IncompleteRead)
///   behind the bytes that came, and a checksum that does not fit an
///   [`ErrorKind::BadResponse`](crate::ErrorKind::BadResponse). What stands behind the end of the
///   data is passed over, as browsers do.
/// - A body that unpacks to more than
///   [`HttpGzipProcessor::RATIO_LIMIT`](crate::HttpGzipProcessor::RATIO_LIMIT) times its size on
///   the wire, at any of its codings, is an `ErrorKind::BadResponse`, and beyond
///   [`total_limit`](Self::total_limit) it is an
///   [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge). Decoding holds the coding's window
///   (deflate: 32 KiB, brotli: up to 16 MiB) and reads at most 64 KiB ahead.
/// - Nothing is decoded before it is read; the body of a redirect that is followed never is.
///
/// Its order is 200: whoever looks at bodies, http-equiv (300) first, sees them decoded.
#[doc(alias = "HTTPGzipProcessor")]
#[derive(Debug, Clone)]
pub struct HttpGzipProcessor {
    limits: UnpackLimits,
}

impl Default for HttpGzipProcessor {
    fn default() -> Self {
        Self::new()
    }
}

impl HttpGzipProcessor {
    /// How many codings that were applied one over the other are undone: 5, as curl does. Nobody
    /// means more than two.
    pub const CODINGS_LIMIT: usize = decode::CODINGS_LIMIT;

    /// How many times its size on the wire a body may unpack to: 1000, as soon as it has more than
    /// 1 MiB. Text stays far below 100; deflate itself ends at 1032, which only a bomb or a file of
    /// zeros comes near.
    pub const RATIO_LIMIT: u64 = DECODED_RATIO_LIMIT;

    /// The processor, without a limit to a body in all: as any other, it is read as a stream.
    pub fn new() -> Self {
        Self { limits: UnpackLimits { total: u64::MAX, ratio: DECODED_RATIO_LIMIT } }
    }

    /// Sets how many bytes a body may unpack to.
    #[must_use]
    pub fn total_limit(self, bytes: u64) -> Self {
        Self { limits: UnpackLimits { total: bytes, ..self.limits } }
    }

    /// Sets how many times its size on the wire a body may unpack to, once it has more than 1 MiB.
    #[must_use]
    pub fn ratio_limit(self, times: u64) -> Self {
        Self { limits: UnpackLimits { ratio: times, ..self.limits } }
    }

    fn decode(&self, codings: &[String], mut response: Response) -> Response {
        let wire_length = response.wire_length();
        let (body, left) = decode::unpack(response.take_body(), codings, self.limits, wire_length);
        response.set_body(body);
        let left = codings.get(..left).unwrap_or_default();
        if left.len() < codings.len() {
            response.headers_mut().remove("Content-Encoding");
            response.headers_mut().remove("Content-Length");
        }
        if !left.is_empty() {
            let (url, left) = (redact::url(response.url()), left.join(", "));
            log::debug!(target: "clientcookie", "{url}: the body is left in its coding: {left}");
            if !response.headers().contains("Content-Encoding") {
                // Names of codings are good values, so this does not fail.
                let _ = response.headers_mut().insert("Content-Encoding", left);
            }
        }
        response
    }
}

impl Handler for HttpGzipProcessor {
    /// Before whoever looks at a body.
    fn order(&self) -> i32 {
        200
    }

    fn hooks(&self) -> &[Hook] {
        &[Hook::HttpRequest, Hook::HttpResponse]
    }

    fn http_request(&self, parent: &dyn Parent, request: &mut Request) -> Result<()> {
        let is_said = request.has_header("Accept-Encoding") || parent.addheaders().contains("Accept-Encoding");
        if is_said || request.has_header("Range") {
            return Ok(());
        }
        request.add_unredirected_header("Accept-Encoding", ACCEPT_ENCODING)
    }

    fn http_response(&self, parent: &dyn Parent, request: &Request, response: Response) -> Result<Response> {
        // What the opener adds to every request may be the very same words.
        let is_said = parent.addheaders().contains("Accept-Encoding") || request.has_header("Range");
        if is_said || !asked(request) || !is_whole(request, &response) {
            return Ok(response);
        }
        let lines = response.headers().get_all("Content-Encoding").map(HeaderValue::as_bytes);
        let codings = decode::codings(lines);
        Ok(if codings.is_empty() { response } else { self.decode(&codings, response) })
    }
}

/// Whether the request says what this processor makes it say, and not because the caller does.
fn asked(request: &Request) -> bool {
    let mut callers = [request.headers(), request.own_unredirected_headers()].into_iter();
    let said = request.unredirected_headers().get_all("Accept-Encoding");
    said.eq([ACCEPT_ENCODING]) && !callers.any(|headers| headers.contains("Accept-Encoding"))
}

/// Whether there is a body, and all of it.
fn is_whole(request: &Request, response: &Response) -> bool {
    let no = [StatusCode::NO_CONTENT, StatusCode::NOT_MODIFIED, StatusCode::PARTIAL_CONTENT];
    request.method() != Method::HEAD && !no.contains(&response.status())
}
