//! [`Response`]: what a server, a file or a handler of one's own answered.

use std::fmt;
use std::io::{self, BufRead, Read, Seek, SeekFrom, Write};

use encoding_rs::Encoding;
use http::{Extensions, StatusCode};
use url::Url;

use crate::message::body::{Body, Patience};
use crate::message::error::{Error, ErrorKind, Result};
use crate::message::headers::{Headers, IntoHeaderValue};
use crate::message::redirection::Redirection;
use crate::message::request::Request;
use crate::message::text::charset;
use crate::message::text::markup::{Markup, media_type};
use crate::observe::Watch;
use crate::redact;

pub(crate) const TEXT_LIMIT: u64 = 64 << 20;

/// An answer: where it came from, its status and headers, and a body that is read as a stream
/// (urllib2's `addinfourl`).
///
/// The body is not fetched before it is read. It is `Read + BufRead`, so `.lines()`,
/// [`std::io::copy`] and all of `std::io` work; a body that ends before its announced length is an
/// error, never a short success. Dropping a response that was not read to its end closes its
/// connection at once. With a [`SeekableProcessor`](crate::SeekableProcessor) it is `Seek`, too.
///
/// ```
/// use std::io::BufRead;
/// # use clientcookie::transport::ScriptedTransport;
/// # use clientcookie::{HttpHandler, build_opener};
/// # let transport = ScriptedTransport::new().reply("HTTP/1.1 200 Fine\r\nContent-Length: 8\r\n\r\none\ntwo\n");
/// # let opener = build_opener(HttpHandler::with_transport(transport));
///
/// let response = opener.open("http://example.com/list")?;
/// assert_eq!(response.url().as_str(), "http://example.com/list");
/// assert_eq!((response.status().as_u16(), response.reason()), (200, "Fine"));
/// let lines: Vec<String> = response.lines().collect::<Result<_, _>>()?;
/// assert_eq!(lines, ["one", "two"]);
/// # Ok::<(), clientcookie::Error>(())
/// ```
#[doc(alias = "addinfourl")]
pub struct Response(Box<Parts>);

/// Behind a pointer, because a response is handed from hook to hook.
struct Parts {
    url: Url,
    status: StatusCode,
    reason: String,
    headers: Headers,
    body: Body,
    redirections: Vec<Redirection>,
    extensions: Extensions,
    next: Option<Box<Request>>,
}

/// What [`Response::new`] takes for a status: a `StatusCode`, or its number.
pub trait IntoStatus {
    /// The status.
    ///
    /// # Errors
    /// [`ErrorKind::Other`] if the number is none.
    fn into_status(self) -> Result<StatusCode>;
}

impl IntoStatus for StatusCode {
    fn into_status(self) -> Result<StatusCode> {
        Ok(self)
    }
}

impl IntoStatus for u16 {
    fn into_status(self) -> Result<StatusCode> {
        StatusCode::from_u16(self).map_err(|_| Error::other(format!("{self} is no status")))
    }
}

impl Response {
    /// How many bytes of a body [`Response::text`] reads at the most: 64 MiB. A larger body is read
    /// as a stream.
    pub const TEXT_LIMIT: u64 = TEXT_LIMIT;

    /// A response of one's own, for handlers that answer.
    ///
    /// ```
    /// use clientcookie::Response;
    ///
    /// let url = url::Url::parse("foo:bar").unwrap();
    /// let mut response =
    ///     Response::new(url, 200, "hello")?.with_header("Content-Type", "text/plain")?;
    /// assert_eq!(response.text()?, "hello");
    /// # Ok::<(), clientcookie::Error>(())
    /// ```
    /// # Errors
    /// [`ErrorKind::Other`] if the status is a number that none has: one below 100 or above 999.
    #[doc(alias = "make_response")]
    pub fn new(url: Url, status: impl IntoStatus, body: impl Into<Body>) -> Result<Self> {
        Ok(Self::of(url, status.into_status()?, Headers::new(), body))
    }

    /// The same with one header more.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidHeader`] if it is none.
    pub fn with_header(mut self, name: &str, value: impl IntoHeaderValue) -> Result<Self> {
        self.0.headers.append(name, value)?;
        Ok(self)
    }

    /// The same with these headers instead of its own.
    #[must_use]
    pub fn with_headers(mut self, headers: Headers) -> Self {
        self.0.headers = headers;
        self
    }

    /// The same with this reason phrase.
    #[must_use]
    pub(crate) fn with_reason(mut self, reason: impl Into<String>) -> Self {
        self.0.reason = reason.into();
        self
    }

    pub(crate) fn of(url: Url, status: StatusCode, headers: Headers, body: impl Into<Body>) -> Self {
        let reason = status.canonical_reason().unwrap_or_default().to_owned();
        let (body, redirections, extensions) = (body.into(), Vec::new(), Extensions::new());
        Self(Box::new(Parts { url, status, reason, headers, body, redirections, extensions, next: None }))
    }

    /// This response as a step on the way to another request: what a response hook, or an open
    /// hook, gives to send the opener on. No further hook sees the response; the request goes
    /// through the whole chain.
    ///
    /// ```
    /// use clientcookie::transport::ScriptedTransport;
    /// use clientcookie::{Handler, HttpHandler, Parent, Request, Response, Result, build_opener};
    ///
    /// /// Asks again as long as the job is not done.
    /// struct Patient;
    ///
    /// impl Handler for Patient {
    ///     fn http_response(
    ///         &self,
    ///         _: &dyn Parent,
    ///         request: &Request,
    ///         response: Response,
    ///     ) -> Result<Response> {
    ///         match request.again() {
    ///             Some(again) if response.status() == 202 => Ok(response.then(again)),
    ///             _ => Ok(response),
    ///         }
    ///     }
    /// }
    ///
    /// let (wait, done) = ("HTTP/1.1 202 Accepted\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\ndone");
    /// let transport = ScriptedTransport::new().reply(wait).reply(wait).reply(done);
    /// let opener = build_opener((Patient, HttpHandler::with_transport(transport)));
    /// assert_eq!(opener.open("http://example.com/job")?.text()?, "done");
    /// # Ok::<(), clientcookie::Error>(())
    /// ```
    #[must_use]
    pub fn then(mut self, next: Request) -> Self {
        self.0.next = Some(Box::new(next));
        self
    }

    /// The request that this response is to be followed by, if it is a step on the way:
    /// [`Parent::error`] gives such a response to a hook, which hands it on.
    ///
    /// [`Parent::error`]: crate::Parent::error
    pub fn next_request(&self) -> Option<&Request> {
        self.0.next.as_deref()
    }

    pub(crate) fn take_next(&mut self) -> Option<Box<Request>> {
        self.0.next.take()
    }

    /// What handlers and transports attached to it for one another, by type (as the `http` crate's
    /// responses have it).
    pub fn extensions(&self) -> &Extensions {
        &self.0.extensions
    }

    /// The same, to change.
    pub fn extensions_mut(&mut self) -> &mut Extensions {
        &mut self.0.extensions
    }

    /// The URL that was answered, after redirects.
    #[doc(alias = "geturl")]
    pub fn url(&self) -> &Url {
        &self.0.url
    }

    /// The status code.
    #[doc(alias = "code")]
    #[doc(alias = "getcode")]
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The server's own words beside the status code; may be empty, and may hold anything a server
    /// wrote but line ends. Bytes outside UTF-8 are read as Latin-1.
    #[doc(alias = "msg")]
    pub fn reason(&self) -> &str {
        &self.0.reason
    }

    /// Sets the words beside the status code.
    pub fn set_reason(&mut self, reason: impl Into<String>) {
        self.0.reason = reason.into();
    }

    /// The headers, in order and as the server spelled them.
    #[doc(alias = "info")]
    pub fn headers(&self) -> &Headers {
        &self.0.headers
    }

    /// The headers, to change: what a processor adds here is what later ones and the caller see.
    pub fn headers_mut(&mut self) -> &mut Headers {
        &mut self.0.headers
    }

    /// The redirects that led here, the first one first.
    pub fn redirections(&self) -> &[Redirection] {
        &self.0.redirections
    }

    pub(crate) fn set_redirections(&mut self, redirections: Vec<Redirection>) {
        self.0.redirections = redirections;
    }

    /// Takes the body out, to be wrapped and set again by [`Response::set_body`].
    pub fn take_body(&mut self) -> Body {
        self.0.body.take_out()
    }

    /// Replaces the body, and leaves the headers as they are: for one that wraps the body that was
    /// taken.
    pub fn set_body(&mut self, body: impl Into<Body>) {
        self.0.body = self.0.body.wrapped_by(body.into());
    }

    /// Replaces the body by these bytes, and keeps the headers honest: `Content-Length` is theirs,
    /// and nothing says any more how the old body was encoded.
    ///
    /// ```
    /// use clientcookie::{Headers, Response};
    ///
    /// let url = url::Url::parse("http://example.com/").unwrap();
    /// let mut response = Response::new(url, 200, "a <b>page")?;
    /// let mended = response.text()? + "</b>";
    /// response.replace_body(mended);
    /// assert_eq!(response.headers().get_str("Content-Length").as_deref(), Some("13"));
    /// assert_eq!(response.text()?, "a <b>page</b>");
    /// # Ok::<(), clientcookie::Error>(())
    /// ```
    #[doc(alias = "set_data")]
    pub fn replace_body(&mut self, bytes: impl Into<Vec<u8>>) {
        let bytes = bytes.into();
        self.0.headers.remove("Content-Encoding");
        self.0.headers.remove("Transfer-Encoding");
        // The name and value are good, so this does not fail.
        let _ = self.0.headers.insert("Content-Length", bytes.len() as u64);
        self.0.body = Body::from(bytes);
    }

    /// Keeps what is read from here on, so that this response can be sought
    /// ([`Body::into_seekable`]); a [`SeekableProcessor`](crate::SeekableProcessor) does it to
    /// all.
    #[doc(alias = "response_seek_wrapper")]
    #[doc(alias = "seek_wrapped_response")]
    pub fn make_seekable(&mut self) {
        self.0.body = self.take_body().into_seekable();
    }

    /// Another reader of the same body, at its start, with a position of its own (the original's
    /// `copy.copy(response)`); `None` if the response cannot be sought. See [`Body::share`].
    pub fn share_body(&self) -> Option<Body> {
        self.0.body.share()
    }

    /// Copies the rest of the body into a writer, and says how many bytes it was: [`std::io::copy`]
    /// in larger pieces, 256 KiB, which go from the connection to the writer with one copy.
    ///
    /// ```
    /// # use clientcookie::transport::ScriptedTransport;
    /// # use clientcookie::{HttpHandler, build_opener};
    /// # let transport = ScriptedTransport::new().reply("HTTP/1.1 200 OK\r\n\r\npicture");
    /// # let opener = build_opener(HttpHandler::with_transport(transport));
    /// let mut file = Vec::new();
    /// assert_eq!(opener.open("http://example.com/")?.copy_to(&mut file)?, 7);
    /// assert_eq!(file, b"picture");
    /// # Ok::<(), clientcookie::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of reading, and [`ErrorKind::Io`] when the writer fails.
    pub fn copy_to(&mut self, writer: &mut (impl Write + ?Sized)) -> Result<u64> {
        const BLOCK: usize = 256 * 1024;
        let mut block = vec![0; BLOCK];
        let mut copied = 0;
        loop {
            match self.read(&mut block) {
                Ok(0) => return Ok(copied),
                Ok(amount) => {
                    writer.write_all(&block[..amount])?;
                    copied += amount as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// The rest of the body as text.
    ///
    /// The charset is found as browsers find it: that of a byte order mark, else of `Content-Type`
    /// ([`charset`](Self::charset)), else, if it is HTML, of a `<meta>` in the first 1024 bytes;
    /// and where none is named that anybody knows, it is UTF-8 if the bytes are that, else
    /// windows-1252. Bytes that are none of the charset's characters become U+FFFD. The same is
    /// what [`Read::read_to_string`] gives on a response.
    ///
    /// ```
    /// # use clientcookie::transport::ScriptedTransport;
    /// # use clientcookie::{HttpHandler, build_opener};
    /// # let transport = ScriptedTransport::new()
    /// #     .reply(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=ISO-8859-1\r\n\r\ncaf\xe9".as_slice());
    /// # let opener = build_opener(HttpHandler::with_transport(transport));
    /// let text = opener.open("http://example.com/")?.text()?;
    /// assert_eq!(text, "café");
    /// # Ok::<(), clientcookie::Error>(())
    /// ```
    ///
    /// Reading changes the response, so that nothing of it can be borrowed meanwhile (E0502 in one
    /// line with [`url`](Self::url)). Read first:
    ///
    /// ```
    /// # use clientcookie::transport::ScriptedTransport;
    /// # use clientcookie::{HttpHandler, build_opener};
    /// # let transport = ScriptedTransport::new().reply("HTTP/1.1 200 OK\r\n\r\na page");
    /// # let mut response = build_opener(HttpHandler::with_transport(transport)).open("http://example.com/")?;
    /// let page = response.text()?;
    /// println!("{} {page}", response.url());
    /// # Ok::<(), clientcookie::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::TooLarge`] beyond [`Response::TEXT_LIMIT`](crate::Response::TEXT_LIMIT) bytes,
    /// [`ErrorKind::IncompleteRead`] when the body was cut short, and whatever else reading gives.
    pub fn text(&mut self) -> Result<String> {
        let mut bytes = Vec::new();
        self.by_ref().take(TEXT_LIMIT + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > TEXT_LIMIT {
            return Err(Error::from(ErrorKind::TooLarge { limit: TEXT_LIMIT }).at(&self.0.url));
        }
        let charset = self.charset_of(&bytes);
        Ok(charset::decode(bytes, charset))
    }

    /// The rest of the body as a value of JSON (feature `json`): whatever `serde` can read,
    /// `serde_json::Value` among it. Its charset is found as by [`Response::text`]: JSON is
    /// UTF-8 by its law (RFC 8259), and not by every server.
    ///
    /// ```
    /// # use clientcookie::transport::ScriptedTransport;
    /// # use clientcookie::{HttpHandler, build_opener};
    /// # let transport = ScriptedTransport::new().reply("HTTP/1.1 200 OK\r\n\r\n{\"sea\": 71, \"land\": 29}");
    /// # let opener = build_opener(HttpHandler::with_transport(transport));
    /// use std::collections::BTreeMap;
    ///
    /// let shares: BTreeMap<String, u8> = opener.open("http://example.com/earth.json")?.json()?;
    /// assert_eq!(shares["sea"], 71);
    /// # Ok::<(), clientcookie::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`Response::text`], and [`ErrorKind::Io`] (`InvalidData`) when it is not JSON, or
    /// not of this shape.
    #[cfg(feature = "json")]
    pub fn json<T: serde_core::de::DeserializeOwned>(&mut self) -> Result<T> {
        let text = self.text()?;
        serde_json::from_str(&text).map_err(|error| Error::from(io::Error::from(error)).at(&self.0.url))
    }

    /// The charset that `Content-Type` names, in lower case (RFC 9110 section 8.3.2): the first
    /// that anybody knows, else the first. With
    /// [`HttpEquivProcessor`](crate::HttpEquivProcessor) in the chain, what the page itself names
    /// comes last. A missing media type, and a comma or a blank in the place of the semicolon,
    /// are passed over.
    #[doc(alias = "get_content_charset")]
    pub fn charset(&self) -> Option<String> {
        let known = self.charset_labels().find(|label| charset::known(label).is_some());
        known.or_else(|| self.charset_labels().next())
    }

    /// The first charset that `Content-Type` names and anybody knows.
    pub(crate) fn known_charset(&self) -> Option<&'static Encoding> {
        self.charset_labels().find_map(charset::known)
    }

    /// The first charset that anybody knows of those that `Content-Type` names and a page itself,
    /// whose beginning these bytes are.
    pub(crate) fn charset_of(&self, bytes: &[u8]) -> Option<&'static Encoding> {
        self.known_charset().or_else(|| charset::prescan(bytes).filter(|_| self.is_html(bytes)))
    }

    fn charset_labels(&self) -> impl Iterator<Item = String> {
        self.0.headers.get_all("Content-Type").flat_map(|value| charset::labels(value.as_bytes()))
    }

    /// Whether these first bytes of the body are HTML: as its headers say, or where they say
    /// nothing, as a tag does.
    fn is_html(&self, bytes: &[u8]) -> bool {
        let looks_like_it = || media_type(&self.0.headers).is_none() && bytes.trim_ascii_start().starts_with(b"<");
        Markup::of(&self.0.headers, &self.0.url) == Some(Markup::Html) || looks_like_it()
    }

    /// Has the reading of the body watched.
    pub(crate) fn set_watch(&mut self, watch: Watch) {
        self.0.body.set_watch(watch);
    }

    /// Sets how long the readers of the body may be kept waiting, whatever wraps it later.
    pub(crate) fn set_patience(&mut self, patience: Patience) {
        self.0.body.set_patience(patience);
    }

    /// Reads and forgets a body that is known to be small, so that its connection can serve the
    /// next request.
    pub(crate) fn drain(mut self, limit: u64) {
        // A body that fails or is longer costs its connection, nothing else.
        let _ = self.0.body.drain(limit);
    }

    /// How long the body was said to be, in bytes on the wire.
    pub(crate) fn wire_length(&self) -> Option<u64> {
        let said = || self.0.headers.get_str("Content-Length")?.parse().ok();
        self.0.body.wire_length().or_else(said)
    }
}

/// An error of the body that says which URL it was; a body does not know.
fn at(url: &Url, error: io::Error) -> io::Error {
    match error.downcast::<Error>() {
        Ok(error) => error.at(url).into(),
        Err(error) => error,
    }
}

impl Read for Response {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.body.read(buffer).map_err(|error| at(&self.0.url, error))
    }

    /// [`Response::text`], appended: the charset of the response is respected.
    fn read_to_string(&mut self, buffer: &mut String) -> io::Result<usize> {
        let text = self.text()?;
        buffer.push_str(&text);
        Ok(text.len())
    }
}

impl BufRead for Response {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.0.body.fill_buf().map_err(|error| at(&self.0.url, error))
    }

    fn consume(&mut self, amount: usize) {
        self.0.body.consume(amount);
    }
}

/// Moves to any place of a response whose opener has a
/// [`SeekableProcessor`](crate::SeekableProcessor).
impl Seek for Response {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.body.seek(to).map_err(|error| at(&self.0.url, error))
    }

    fn stream_position(&mut self) -> io::Result<u64> {
        self.0.body.stream_position()
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("url", &redact::url(&self.0.url))
            .field("status", &self.0.status.as_u16())
            .field("reason", &self.0.reason)
            .field("headers", &self.0.headers)
            .finish_non_exhaustive()
    }
}
