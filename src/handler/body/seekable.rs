//! [`SeekableProcessor`]: responses that can be read again.

use crate::handler::{Handler, Hook, Parent};
use crate::message::body::{SEEKABLE_MEMORY_LIMIT, SEEKABLE_TOTAL_LIMIT};
use crate::message::error::Result;
use crate::message::request::Request;
use crate::message::response::Response;

/// Makes every response seekable: of any scheme, and errors too (the original's
/// `SeekableProcessor`).
///
/// It is often useful while debugging: read a response, go back, and the rest of the program
/// continues as if nobody had. It also lets several readers share one body
/// ([`Response::share_body`]).
///
/// ```
/// use std::io::{BufRead, Seek, SeekFrom};
/// # use clientcookie::transport::ScriptedTransport;
/// # use clientcookie::HttpHandler;
/// use clientcookie::{SeekableProcessor, build_opener};
/// # let transport = ScriptedTransport::new().reply("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\none\ntwo\n");
/// # let http = HttpHandler::with_transport(transport);
///
/// let opener = build_opener((SeekableProcessor::new(), http));
/// let mut response = opener.open("http://example.com/list")?;
/// println!("{}", response.text()?);
/// response.rewind()?;
/// // The rest of the code continues as if you had never read the response.
/// let mut line = String::new();
/// response.read_line(&mut line)?;
/// assert_eq!(line, "one\n");
/// response.seek(SeekFrom::End(-4))?;
/// assert_eq!(response.text()?, "two\n");
/// # Ok::<(), clientcookie::Error>(())
/// ```
///
/// - Nothing is fetched that nobody asks for: seeking from the start or the current place fetches
///   nothing, and reading fetches up to there. Only [`SeekFrom::End`](std::io::SeekFrom::End) needs
///   the whole body.
/// - What was fetched is kept:
///   [`SeekableProcessor::MEMORY_LIMIT`](crate::SeekableProcessor::MEMORY_LIMIT) bytes in memory,
///   the rest in a temporary file that nobody else can read and that is gone with the response (on
///   Unix it has no name).
/// - More than [`SeekableProcessor::TOTAL_LIMIT`](crate::SeekableProcessor::TOTAL_LIMIT) bytes are
///   an [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge).
/// - A body that is cut short stays so: what came can be read as often as you like, and reading
///   past it is the same error every time, never an end. A read that took too long may be tried
///   again.
///
/// Its order is 950: bodies are decoded (200), looked at (300), replaced (500) and logged (900)
/// before, and become errors or redirects (1000) after. A processor of one's own that wants to seek
/// before that calls [`Response::make_seekable`] itself.
#[derive(Debug, Clone)]
pub struct SeekableProcessor {
    memory_limit: usize,
    total_limit: u64,
}

impl Default for SeekableProcessor {
    fn default() -> Self {
        Self::new()
    }
}

impl SeekableProcessor {
    /// How many bytes of a body that can be sought are held in memory before the rest goes to a
    /// temporary file: 1 MiB, more than most pages have.
    pub const MEMORY_LIMIT: usize = SEEKABLE_MEMORY_LIMIT;

    /// How many bytes a body that can be sought may have in all: 1 GiB. A server that does not stop
    /// would fill the disk.
    pub const TOTAL_LIMIT: u64 = SEEKABLE_TOTAL_LIMIT;

    /// The processor with its limits.
    pub fn new() -> Self {
        Self { memory_limit: SEEKABLE_MEMORY_LIMIT, total_limit: SEEKABLE_TOTAL_LIMIT }
    }

    /// Sets how many bytes of a body are held in memory; the rest goes to a temporary file.
    #[must_use]
    pub fn memory_limit(self, bytes: usize) -> Self {
        Self { memory_limit: bytes, ..self }
    }

    /// Sets how many bytes a body may have in all.
    #[must_use]
    pub fn total_limit(self, bytes: u64) -> Self {
        Self { total_limit: bytes, ..self }
    }
}

impl Handler for SeekableProcessor {
    /// After all who may replace the body, before it becomes an error.
    fn order(&self) -> i32 {
        950
    }

    fn hooks(&self) -> &[Hook] {
        &[Hook::AnyResponse]
    }

    fn any_response(&self, _: &dyn Parent, _: &Request, mut response: Response) -> Result<Response> {
        let body = response.take_body().into_kept(self.memory_limit, self.total_limit);
        response.set_body(body);
        Ok(response)
    }
}
