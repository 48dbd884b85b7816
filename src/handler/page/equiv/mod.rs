//! [`HttpEquivProcessor`]: what a page says of itself in its head becomes headers.

mod head;
mod page;
mod text;

use std::io::{self, Cursor, Read};
use std::time::Duration;

use encoding_rs::X_USER_DEFINED;
use http::HeaderValue;

use crate::clock::deadline;
use crate::handler::{Handler, Hook, Parent};
use crate::message::body::Body;
use crate::message::body::decode;
use crate::message::body::parts::Failing;
use crate::message::error::{self, Phase, Result};
use crate::message::request::{Purpose, Request};
use crate::message::response::Response;
use crate::message::text::charset;
use crate::message::text::markup::Markup;
use crate::readable;
use crate::redact;
use head::HeadScanner;
use page::{Header, Page};

pub(crate) const HEAD_SCAN_LIMIT: usize = 64 * 1024;

/// How long the end of a head is waited for: 10 seconds. A person would not wait longer for a page
/// to begin.
const SCAN_TIME: Duration = Duration::from_secs(10);

/// No setting is larger: 1 MiB.
const MOST_SCANNED: usize = 1 << 20;

/// Bytes are read up to the next multiple of this: 4 KiB, a page of memory and the head of most
/// pages of the web.
const CHUNK: usize = 4096;

/// The names that a page may set by default. They are those of WHATWG HTML section 4.2.5.3 that
/// tell how a page is to be read or where it leads, and none that a server has to be trusted with.
const SAFE_NAMES: [&str; 4] = ["Refresh", "Content-Type", "Content-Language", "Default-Style"];

/// Adds what a page says in `<meta http-equiv>` to the response's headers (the original's
/// `HTTPEquivProcessor`).
///
/// ```
/// use clientcookie::transport::ScriptedTransport;
/// use clientcookie::{HttpEquivProcessor, HttpHandler, build_opener};
///
/// let page = "<head><meta http-equiv=Content-Language content=de></head>Guten Tag";
/// let transport = ScriptedTransport::new()
///     .reply(format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{page}"));
/// let opener = build_opener((HttpEquivProcessor::new(), HttpHandler::with_transport(transport)));
/// let mut response = opener.open("http://example.com/")?;
/// assert_eq!(response.headers().get_str("Content-Language").as_deref(), Some("de"));
/// assert_eq!(response.text()?, page);
/// # Ok::<(), clientcookie::Error>(())
/// ```
///
/// The headers are added behind those of the server, of which the first of a name counts. The page
/// stays as it is, and unread: what was read in search of the head's end, at most 4096 bytes past
/// it and no more than [`HttpEquivProcessor::SCAN_LIMIT`](crate::HttpEquivProcessor::SCAN_LIMIT) in
/// all, is read again by whoever reads the response. So is an error that came in the middle of it,
/// in its place.
///
/// - A page is what has the `Content-Type` `text/html`, or none and a name that ends in `.htm` or
///   `.html`; with [`xhtml`](Self::xhtml), XHTML too. What is packed (`Content-Encoding`) is not
///   looked at, nor are redirects.
/// - The names are `Refresh`, `Content-Type`, `Content-Language` and `Default-Style`. Others are
///   left out: the original lets every page set cookies, in that it adds a `Set-Cookie`.
///   [`all_names`](Self::all_names) goes back to that.
/// - Blanks around a value are taken off, and the ends of lines in it become blanks; one with
///   another control character in it is left out. Characters are the bytes that the page has for
///   them.
/// - A `<meta charset>` is the `Content-Type` for which it is short.
/// - The URL of a `Refresh` is what a browser would open: it is written out in full where a `<base
///   href>` stands before it, or where it has more than ASCII in it, whose characters are those of
///   the page's charset.
/// - The head is found as a browser without scripts finds it: comments, scripts and titles hide
///   what is in them, `noscript` does not, and text or an element that belongs into the body ends
///   it. A tag or comment of more than two thousand words ends the search.
#[doc(alias = "HTTPEquivProcessor")]
#[derive(Debug, Clone)]
pub struct HttpEquivProcessor {
    scan_limit: usize,
    scan_time: Duration,
    all_names: bool,
    xhtml: bool,
}

impl Default for HttpEquivProcessor {
    fn default() -> Self {
        Self::new()
    }
}

impl HttpEquivProcessor {
    /// How many bytes of a page are read in search of the end of its head: 64 KiB.
    ///
    /// Pages that say something in a `<meta http-equiv>` mostly say it in their first kilobyte, but
    /// some have scripts and styles of tens of kilobytes before it, so mechanize's 4096 bytes miss
    /// what a browser finds. Nothing is read beyond the end of the head, so this is what it takes
    /// for a page that has none: 64 KiB kept in memory, and a few milliseconds.
    pub const SCAN_LIMIT: usize = HEAD_SCAN_LIMIT;

    /// A processor that adds the safe names, of HTML.
    pub fn new() -> Self {
        Self { scan_limit: HEAD_SCAN_LIMIT, scan_time: SCAN_TIME, all_names: false, xhtml: false }
    }

    /// Sets how many bytes of a page are read in search of the end of its head:
    /// [`HttpEquivProcessor::SCAN_LIMIT`](crate::HttpEquivProcessor::SCAN_LIMIT) unless set, and no
    /// more than 1 MiB.
    #[must_use]
    pub fn scan_limit(self, bytes: usize) -> Self {
        Self { scan_limit: bytes.min(MOST_SCANNED), ..self }
    }

    /// Sets how long the end of a page's head is waited for in all: 10 seconds unless set. What
    /// comes later is not looked at, and the page is there to be read all the same: a server
    /// that drips its head cannot keep `open` from returning.
    #[must_use]
    pub fn scan_time(self, limit: Duration) -> Self {
        Self { scan_time: limit, ..self }
    }

    /// Whether a page may set every header, as in the original: cookies, challenges, and what says
    /// how its message was sent. For pages that one has written oneself.
    #[must_use]
    pub fn all_names(self, all_names: bool) -> Self {
        Self { all_names, ..self }
    }

    /// Whether to look at XHTML too: `application/xhtml+xml`, `application/xml`, `text/xml` and
    /// names in `.xhtml`. It is read as HTML in which `/>` closes an element.
    #[doc(alias = "i_want_broken_xhtml_support")]
    #[must_use]
    pub fn xhtml(self, xhtml: bool) -> Self {
        Self { xhtml, ..self }
    }

    fn scans(&self, response: &Response) -> Option<Markup> {
        let lines = response.headers().get_all("Content-Encoding").map(HeaderValue::as_bytes);
        if !decode::codings(lines).is_empty() || response.status().is_redirection() {
            return None;
        }
        Markup::of(response.headers(), response.url()).filter(|&markup| self.xhtml || markup == Markup::Html)
    }

    /// Adds a header, if the page may.
    fn add(&self, response: &mut Response, header: &Header, is_utf16: bool) {
        let outcome = self.judge(header, is_utf16).and_then(|value| {
            response.headers_mut().append(&header.name, value).map_err(|_| "that is no name for a header")
        });
        if let Err(reason) = outcome {
            let (url, name) = (redact::url(response.url()), readable::escaped(&header.name));
            log::debug!(target: "clientcookie", "{url}: the page's http-equiv {name:?} is left out: {reason}");
        }
    }

    fn judge(&self, header: &Header, is_utf16: bool) -> Result<HeaderValue, &'static str> {
        if !self.all_names && !SAFE_NAMES.iter().any(|name| name.eq_ignore_ascii_case(&header.name)) {
            return Err("only what is safe may be set");
        }
        let is_content_type = header.name.eq_ignore_ascii_case("Content-Type");
        if !is_utf16 && is_content_type && names_another(&header.value) {
            return Err("a page in which this can be read is in another charset");
        }
        // In HTML, the end of a line is a blank like any other.
        let is_line_end = |byte: u8| matches!(byte, b'\n' | b'\r' | 0x0c);
        let value = header.value.iter().map(|&byte| if is_line_end(byte) { b' ' } else { byte });
        let value: Vec<u8> = value.collect();
        HeaderValue::from_bytes(value.trim_ascii()).map_err(|_| "there is a control character in its content")
    }
}

impl Handler for HttpEquivProcessor {
    /// Before those who look at the headers.
    fn order(&self) -> i32 {
        300
    }

    fn hooks(&self) -> &[Hook] {
        &[Hook::HttpResponse]
    }

    fn http_response(&self, _: &dyn Parent, request: &Request, mut response: Response) -> Result<Response> {
        // What is fetched on an errand, robots.txt, is no page.
        let Some(markup) = self.scans(&response).filter(|_| request.purpose() == Purpose::User) else {
            return Ok(response);
        };
        let mut scanner = HeadScanner::new(response.known_charset(), markup == Markup::Xhtml);
        let mut body = response.take_body();
        let (read, outcome) = deadline::within(Some(self.scan_time), Phase::Read, || {
            let (read, outcome) = read_head(&mut body, &mut scanner, self.scan_limit);
            // That time is up for the search is no news for whoever reads the page.
            let is_over = deadline::passed().is_some();
            (read, outcome.or_else(|error| if is_over && error::may_pass(&error) { Ok(()) } else { Err(error) }))
        });
        let (is_utf16, xhtml) = (scanner.is_utf16(), markup == Markup::Xhtml);
        let page = Page { url: response.url(), read: &read, named: response.known_charset(), xhtml };
        for header in page.headers(scanner) {
            self.add(&mut response, &header, is_utf16);
        }
        response.set_body(put_back(body, read, outcome));
        Ok(response)
    }
}

/// Reads until the head has ended, or the page, or a limit is reached; gives all that was read, and
/// how it ended.
fn read_head(body: &mut Body, scanner: &mut HeadScanner, limit: usize) -> (Vec<u8>, io::Result<()>) {
    let mut read = Vec::new();
    while !scanner.is_done() && read.len() < limit && deadline::passed().is_none() {
        let begin = read.len();
        read.resize((begin - begin % CHUNK + CHUNK).min(limit), 0);
        let outcome = body.read(&mut read[begin..]);
        read.truncate(begin + *outcome.as_ref().unwrap_or(&0));
        match outcome {
            Ok(0) => break,
            Ok(_) => scanner.feed(&read[begin..]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (read, Err(error)),
        }
    }
    (read, Ok(()))
}

/// The body as it was before so much was read of it; an error comes again where it came.
fn put_back(mut body: Body, read: Vec<u8>, outcome: io::Result<()>) -> Body {
    match outcome {
        Ok(()) => {
            body.prepend(&read);
            body
        }
        Err(error) => {
            let mut once = Some(error);
            Body::from_reader(Cursor::new(read).chain(Failing(move || once.take())).chain(body))
        }
    }
}

/// WHATWG HTML section 13.2.3.2: such a page has it wrong, or nobody could have read that it has
/// it.
fn names_another(content_type: &[u8]) -> bool {
    let named = charset::in_content(content_type);
    named.is_some_and(|named| charset::is_utf16(named) || named == X_USER_DEFINED)
}
