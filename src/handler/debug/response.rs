//! [`HttpResponseDebugProcessor`]: logs responses, bodies and all.

use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::time::Duration;

use encoding_rs::Encoding;

use crate::clock::deadline;
use crate::handler::{Handler, Hook, Parent};
use crate::message::body::Body;
use crate::message::body::parts::Failing;
use crate::message::error::{self, Phase, Result};
use crate::message::request::Request;
use crate::message::response::Response;
use crate::message::text::charset;
use crate::readable;
use crate::redact::{self, Level};

const TARGET: &str = "clientcookie::http_responses";

pub(crate) const LOGGED_BODY_LIMIT: usize = 64 * 1024;

/// How long a body may keep the caller waiting for what is only logged.
const PATIENCE: Duration = Duration::from_secs(2);

/// Logs every response, those that redirect and those that are errors included, at info level under
/// the target "clientcookie::http_responses" (the original's `HTTPResponseDebugProcessor`): its
/// status and headers, cookies and passwords hidden, and its body.
///
/// ```
/// # use clientcookie::transport::ScriptedTransport;
/// # use clientcookie::HttpHandler;
/// use clientcookie::{HttpResponseDebugProcessor, build_opener};
/// # let transport = ScriptedTransport::new().reply("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\na page");
/// # let http = HttpHandler::with_transport(transport);
///
/// // With `env_logger::init()` and RUST_LOG=clientcookie=info:
/// // [INFO  clientcookie::http_responses] http://example.com/: 200 OK
/// // [INFO  clientcookie::http_responses] Content-Length: 6
/// // [INFO  clientcookie::http_responses]
/// // [INFO  clientcookie::http_responses] a page
/// let opener = build_opener((HttpResponseDebugProcessor::new(), http));
/// let mut response = opener.open("http://example.com/")?;
/// assert_eq!(response.text()?, "a page"); // it can still be read
/// # Ok::<(), clientcookie::Error>(())
/// ```
///
/// Of a body up to
/// [`HttpResponseDebugProcessor::BODY_LIMIT`](crate::HttpResponseDebugProcessor::BODY_LIMIT) bytes
/// are fetched, for no longer than two seconds, and put back: whoever reads it reads all of it, as
/// a stream. A body that is no text is not shown, only counted. When nobody listens to the target,
/// the body is not touched.
///
/// What stands in a body is shown as it is, secrets too; control characters are escaped.
///
/// Its order is 900, as the original's: it shows what other processors made of a response, and all
/// of those that [`HttpErrorProcessor`](crate::HttpErrorProcessor) (1000) goes on with.
#[doc(alias = "HTTPResponseDebugProcessor")]
#[derive(Debug, Clone)]
pub struct HttpResponseDebugProcessor {
    body_limit: usize,
}

impl Default for HttpResponseDebugProcessor {
    fn default() -> Self {
        Self::new()
    }
}

impl HttpResponseDebugProcessor {
    /// How many bytes of a body [`HttpResponseDebugProcessor`] logs: 64 KiB, which is most pages,
    /// and not a download.
    pub const BODY_LIMIT: usize = LOGGED_BODY_LIMIT;

    /// The processor.
    pub fn new() -> Self {
        Self { body_limit: LOGGED_BODY_LIMIT }
    }

    /// Sets how many bytes of a body are logged; 0 for its head alone.
    #[must_use]
    pub fn body_limit(self, bytes: usize) -> Self {
        Self { body_limit: bytes }
    }
}

impl Handler for HttpResponseDebugProcessor {
    /// After those that adjust, before it becomes an error or a redirect.
    fn order(&self) -> i32 {
        900
    }

    fn hooks(&self) -> &[Hook] {
        &[Hook::HttpResponse]
    }

    fn http_response(&self, _: &dyn Parent, _: &Request, mut response: Response) -> Result<Response> {
        if log::log_enabled!(target: TARGET, log::Level::Info) {
            log_head(&response);
            if self.body_limit > 0 {
                let (body, start) = Start::of(response.take_body(), self.body_limit);
                let charset = response.charset_of(&start.bytes);
                start.log(charset, self.body_limit);
                response.set_body(body);
            }
        }
        Ok(response)
    }
}

fn log_head(response: &Response) {
    let (status, reason) = (response.status().as_u16(), readable::escaped(response.reason()));
    log::info!(target: TARGET, "{}: {status} {reason}", redact::url(response.url()));
    for (name, value) in response.headers().iter() {
        let value = redact::header(name, value, Level::All);
        log::info!(target: TARGET, "{name}: {}", readable::escaped(&value));
    }
}

/// The first bytes of a body, at most one more than are shown, and what keeps the next from coming.
struct Start {
    bytes: Vec<u8>,
    error: Option<io::Error>,
}

impl Start {
    /// Reads the start of a body, and puts it back.
    fn of(mut body: Body, limit: usize) -> (Body, Self) {
        let position = body.stream_position();
        let mut bytes = Vec::new();
        let error = deadline::within(Some(PATIENCE), Phase::Read, || {
            let wanted = (limit as u64).saturating_add(1);
            (&mut body).take(wanted).read_to_end(&mut bytes).err()
        });
        match (&error, position) {
            (_, Ok(position)) => {
                // It is kept, so this fetches nothing and cannot fail.
                let _ = body.seek(SeekFrom::Start(position));
            }
            (Some(error), Err(_)) if !error::may_pass(error) => {
                // Whoever reads it meets the same error at the same place.
                let failure = error::again(error);
                let failing = Failing(move || Some(error::again(&failure)));
                body = Body::from_reader(Cursor::new(bytes.clone()).chain(failing));
            }
            _ => body.prepend(&bytes),
        }
        (body, Self { bytes, error })
    }

    fn log(mut self, charset: Option<&'static Encoding>, limit: usize) {
        let is_longer = self.bytes.len() > limit;
        self.bytes.truncate(limit);
        let amount = self.bytes.len();
        log::info!(target: TARGET, "");
        match text_of(self.bytes, charset, is_longer || self.error.is_some()) {
            Some(text) => text.lines().for_each(|line| log::info!(target: TARGET, "{}", readable::escaped(line))),
            None => log::info!(target: TARGET, "(bytes that are no text)"),
        }
        match self.error {
            Some(error) if error::may_pass(&error) => {
                log::info!(target: TARGET, "({amount} bytes so far; the rest is slow)");
            }
            Some(error) => log::info!(target: TARGET, "({amount} bytes, and then: {error})"),
            None if is_longer => log::info!(target: TARGET, "(the first {amount} bytes of more)"),
            None => log::info!(target: TARGET, "({amount} bytes)"),
        }
    }
}

/// The bytes as text, unless they are none.
fn text_of(mut bytes: Vec<u8>, charset: Option<&'static Encoding>, is_cut: bool) -> Option<String> {
    if is_cut
        && let Err(error) = std::str::from_utf8(&bytes)
        && error.error_len().is_none()
    {
        // The last character is not all there.
        bytes.truncate(error.valid_up_to());
    }
    let text = charset::decode(bytes, charset);
    (!text.chars().any(is_binary)).then_some(text)
}

/// The characters that text does not have: those that browsers tell by that a file is none (WHATWG
/// MIME Sniffing, "binary data byte").
fn is_binary(character: char) -> bool {
    matches!(character, '\0'..='\x08' | '\x0b' | '\x0e'..='\x1a' | '\x1c'..='\x1f')
}
