//! [`HttpGzipProcessor`]: asks for compressed bodies, and decodes them.

use std::io::{self, Read};

use http::{Method, StatusCode};

use crate::body::Body;
use crate::decode::{DECODED_RATIO_LIMIT, Decoder, UnpackLimits};
use crate::error::{Error, ErrorKind, Result};
use crate::handler::{Handler, Hook, Parent};
use crate::headers::Headers;
use crate::redact;
use crate::request::Request;
use crate::response::Response;

/// What is asked for: all that can be decoded.
const ACCEPT_ENCODING: &str = if cfg!(feature = "brotli") { "gzip, deflate, br" } else { "gzip, deflate" };

/// Asks for compressed bodies and decodes them while they are read (mechanize's `HTTPGzipProcessor`): `gzip`,
/// `deflate`, and with the feature `brotli` also `br` (RFC 9110 section 8.4.1).
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
/// It decodes only what it asked for. A request that has an `Accept-Encoding` of its own, or an opener whose
/// [`addheaders`](crate::OpenerDirector::addheaders) have one, gets the bytes as they come: that is how to have them raw.
/// So does a request with a `Range`, whose parts could not be decoded.
///
/// - Of a body that is decoded the headers `Content-Encoding` and `Content-Length` are removed: they speak of other
///   bytes. A 206 is never decoded; a coding that nobody asked for leaves the response as it is; and a body that is
///   encoded more than once is an error when it is read, since nobody does that but to make small things large.
/// - Data that ends too soon is an [`ErrorKind::IncompleteRead`](crate::ErrorKind::IncompleteRead) behind the bytes
///   that came, and a checksum that does not fit an [`ErrorKind::BadResponse`](crate::ErrorKind::BadResponse). What
///   stands behind the end of the data is passed over, as browsers do.
/// - A body that unpacks to more than [`DECODED_RATIO_LIMIT`] times its size is an `ErrorKind::BadResponse`, and beyond
///   [`total_limit`](Self::total_limit) it is an [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge). Decoding holds the
///   coding's window (deflate: 32 KiB, brotli: up to 16 MiB) and reads at most 64 KiB ahead.
/// - Nothing is decoded before it is read; the body of a redirect that is followed never is.
///
/// Its order is 200: whoever looks at bodies, http-equiv (300) first, sees them decoded.
#[doc(alias = "HTTPGzipProcessor")]
#[derive(Debug, Clone)]
pub struct HttpGzipProcessor {
    limits: UnpackLimits,
}

impl Default for HttpGzipProcessor {
    fn default() -> HttpGzipProcessor {
        HttpGzipProcessor::new()
    }
}

impl HttpGzipProcessor {
    /// The processor, without a limit to a body in all: as any other, it is read as a stream.
    pub fn new() -> HttpGzipProcessor {
        HttpGzipProcessor { limits: UnpackLimits { total: u64::MAX, ratio: DECODED_RATIO_LIMIT } }
    }

    /// Sets how many bytes a body may unpack to.
    pub fn total_limit(self, bytes: u64) -> HttpGzipProcessor {
        HttpGzipProcessor { limits: UnpackLimits { total: bytes, ..self.limits } }
    }

    /// Sets how many times its size on the wire a body may unpack to, once it has more than 1 MiB.
    pub fn ratio_limit(self, times: u64) -> HttpGzipProcessor {
        HttpGzipProcessor { limits: UnpackLimits { ratio: times, ..self.limits } }
    }

    fn decode(&self, coding: &str, mut response: Response) -> Response {
        let wire_length = response.wire_length();
        match Decoder::new(coding, response.take_body(), self.limits) {
            Ok(decoder) => {
                response.set_body(Body::decoded(decoder, wire_length));
                response.headers_mut().remove("Content-Encoding");
                response.headers_mut().remove("Content-Length");
            }
            Err(body) => {
                let (url, coding) = (redact::url(response.url()), redact::escaped(coding));
                log::debug!(target: "clientcookie", "{url}: the body is not decoded: its coding is {coding:?}");
                response.set_body(body);
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

    fn http_response(&self, parent: &dyn Parent, request: &Request, mut response: Response) -> Result<Response> {
        // What the opener adds to every request may be the very same words.
        let is_said = parent.addheaders().contains("Accept-Encoding") || request.has_header("Range");
        if is_said || !asked(request) || !is_whole(request, &response) {
            return Ok(response);
        }
        Ok(match codings(response.headers()).as_slice() {
            [] => response,
            [coding] => self.decode(coding, response),
            many => {
                response.set_body(Body::from_reader(EncodedOften(many.len())));
                response
            }
        })
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

/// The codings that were applied, in lower case; `identity` is none.
fn codings(headers: &Headers) -> Vec<String> {
    let lines = headers.get_all("Content-Encoding").map(|value| redact::text(value.as_bytes()).to_ascii_lowercase());
    let lines: Vec<String> = lines.collect();
    let names = lines.iter().flat_map(|line| line.split(',')).map(str::trim);
    names.filter(|name| !name.is_empty() && *name != "identity").map(str::to_owned).collect()
}

/// A body that is not read: what is wrong with it is said to whoever wants to.
struct EncodedOften(usize);

impl Read for EncodedOften {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        let reason = format!("its body is encoded {} times over, and no more than once is decoded", self.0);
        Err(Error::from(ErrorKind::BadResponse { reason }).into())
    }
}
