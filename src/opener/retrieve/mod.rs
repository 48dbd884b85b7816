//! [`OpenerDirector::retrieve`]: from a URL into a file.

mod resume;
mod target;

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use http::{Method, StatusCode};

use crate::error::{Error, ErrorKind, Result};
use crate::handler;
use crate::opener::OpenerDirector;
use crate::request::{IntoRequest, Request};
use crate::response::Response;
use crate::retrieved::Retrieved;

use resume::Resumption;
use target::Download;

/// How many bytes are read, written and reported at once: 256 KiB, past which larger steps gain nothing. urllib's
/// 8 KiB costs four times the calls.
pub const RETRIEVE_BLOCK: usize = 256 * 1024;

/// What is told of each block: its number, the size of a block, and the size of the whole in bytes, where it is known.
type ReportHook<'a> = dyn FnMut(u64, usize, Option<u64>) + 'a;

/// Where [`urlretrieve`](crate::urlretrieve) puts a body, and how.
///
/// A path can be given for it as it is, and `()` for a temporary file:
///
/// ```
/// # use clientcookie::transport::ScriptedTransport;
/// # use clientcookie::{HttpHandler, build_opener};
/// use clientcookie::Retrieve;
///
/// # let hello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
/// # let transport = ScriptedTransport::new().reply(hello).reply(hello).reply(hello);
/// # let opener = build_opener(HttpHandler::with_transport(transport));
/// # let folder = std::env::temp_dir().join(format!("clientcookie-doc-retrieve-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// # let path = folder.join("page.txt");
/// let temporary = opener.retrieve("http://example.com/page.txt", ())?;
/// assert_eq!(std::fs::read_to_string(temporary.path())?, "hello");
///
/// let page = opener.retrieve("http://example.com/page.txt", &path)?;
/// assert_eq!(page.path(), path);
///
/// let mut blocks = 0;
/// opener.retrieve("http://example.com/page.txt", Retrieve::to(&path).reporthook(|_, _, _| blocks += 1))?;
/// assert_eq!(blocks, 2);      // one before the first byte
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), clientcookie::Error>(())
/// ```
#[derive(Default)]
pub struct Retrieve<'a> {
    path: Option<PathBuf>,
    reporthook: Option<Box<ReportHook<'a>>>,
    resume: bool,
}

impl<'a> Retrieve<'a> {
    /// To a file of this name. What is there is replaced once the whole body has arrived, and not touched before; the
    /// new file may be read by whoever may read the files that this program makes.
    pub fn to(path: impl Into<PathBuf>) -> Retrieve<'a> {
        Retrieve { path: Some(path.into()), ..Retrieve::default() }
    }

    /// To a new file in the system's folder for temporary ones, which is removed with the [`Retrieved`]. Its name is
    /// random, but for an extension like that of the URL; only its owner may read it (0600).
    pub fn to_temporary() -> Retrieve<'a> {
        Retrieve::default()
    }

    /// Calls this before the first block, and after each one: with the number of blocks so far, the size of a block
    /// ([`RETRIEVE_BLOCK`], which the last one may not have), and the size of the whole in bytes, where the server
    /// says it.
    pub fn reporthook(self, hook: impl FnMut(u64, usize, Option<u64>) + 'a) -> Retrieve<'a> {
        Retrieve { reporthook: Some(Box::new(hook)), ..self }
    }

    /// Whether a download that was cut short is kept and gone on with: off unless set, and only for a GET to a path.
    ///
    /// What has arrived stays beside the file as `NAME.part`, and with it `NAME.part.info`, which says what it is a
    /// part of: the URLs that were asked for and that answered, and the server's `ETag` or, where there is none, its `Last-Modified`. The next call asks for
    /// the rest (`Range`, with `If-Range`: RFC 9110 sections 14.2 and 13.1.5). A server that has another version by
    /// then, or knows no ranges, sends the whole, and the part is forgotten. A `NAME.part` of somebody else is not
    /// touched: that is an error. Two programs must not go on with the same file at the same time.
    pub fn resume(self, resume: bool) -> Retrieve<'a> {
        Retrieve { resume, ..self }
    }

    fn report(&mut self, block: u64, total: Option<u64>) {
        if let Some(hook) = &mut self.reporthook {
            hook(block, RETRIEVE_BLOCK, total);
        }
    }
}

impl From<()> for Retrieve<'_> {
    fn from((): ()) -> Self {
        Retrieve::to_temporary()
    }
}

impl From<&str> for Retrieve<'_> {
    fn from(path: &str) -> Self {
        Retrieve::to(path)
    }
}

impl From<&Path> for Retrieve<'_> {
    fn from(path: &Path) -> Self {
        Retrieve::to(path)
    }
}

impl From<&PathBuf> for Retrieve<'_> {
    fn from(path: &PathBuf) -> Self {
        Retrieve::to(path)
    }
}

impl From<PathBuf> for Retrieve<'_> {
    fn from(path: PathBuf) -> Self {
        Retrieve::to(path)
    }
}

impl OpenerDirector {
    /// Opens a URL and puts its body into a file: [`urlretrieve`](crate::urlretrieve) with this opener (mechanize's
    /// `OpenerDirector.retrieve`).
    ///
    /// # Errors
    /// As [`open`](Self::open), and [`ErrorKind::ContentTooShort`] when fewer bytes come than the server announced;
    /// [`ErrorKind::Io`] when the file cannot be written. A file that was there before is there still.
    pub fn retrieve<'a>(&self, request: impl IntoRequest, how: impl Into<Retrieve<'a>>) -> Result<Retrieved> {
        let (request, mut how) = (request.into_request()?, how.into());
        let url = request.url().clone();
        let outcome = match how.path.take() {
            None if request.scheme() == "file" => self.retrieve_in_place(request),
            None => self.retrieve_temporary(request, how),
            Some(path) if how.resume && resume::is_possible(&request) => self.retrieve_resumed(request, &path, how),
            Some(path) => self.retrieve_to(request, &path, how),
        };
        outcome.map_err(|error| error.at(&url))
    }

    /// A file of this machine is where it is, as in urllib.
    fn retrieve_in_place(&self, request: Request) -> Result<Retrieved> {
        let path = handler::local_path(request.url())?;
        let response = self.open(request)?;
        Ok(retrieved(&response, path, false))
    }

    fn retrieve_temporary(&self, request: Request, how: Retrieve<'_>) -> Result<Retrieved> {
        let (extension, method) = (target::extension(request.url()), request.method());
        let response = self.open(request)?;
        Download::temporary(&extension)?.fill(response, &method, how)
    }

    fn retrieve_to(&self, request: Request, path: &Path, how: Retrieve<'_>) -> Result<Retrieved> {
        target::check(path)?;
        let method = request.method();
        let response = self.open(request)?;
        Download::beside(path)?.fill(response, &method, how)
    }

    fn retrieve_resumed(&self, request: Request, path: &Path, how: Retrieve<'_>) -> Result<Retrieved> {
        target::check(path)?;
        let mut resumption = Resumption::of(&request, path);
        let response = resumption.open(request, |request| self.open(request))?;
        resumption.into_download(&response)?.fill(response, &Method::GET, how)
    }
}

impl Download {
    /// Writes the body into the file, and makes the file what it is to be.
    fn fill(mut self, response: Response, method: &Method, mut how: Retrieve<'_>) -> Result<Retrieved> {
        let expected = self.end().or_else(|| announced(&response, method));
        let start = self.written();
        match self.copy(response, expected, &mut how) {
            (response, Ok(())) if expected.is_none_or(|expected| self.written() >= expected) => {
                let path = self.finish()?;
                Ok(retrieved(&response, path.path, path.temporary))
            }
            (response, Ok(())) => Err(self.too_short(&response, expected)),
            (response, Err(error)) => match error.kind() {
                ErrorKind::IncompleteRead { expected, .. } => {
                    let expected = self.end().or(expected.map(|expected| expected.saturating_add(start)));
                    Err(self.too_short(&response, expected))
                }
                _ => Err(error),
            },
        }
    }

    fn copy(
        &mut self,
        mut response: Response,
        expected: Option<u64>,
        how: &mut Retrieve<'_>,
    ) -> (Response, Result<()>) {
        let outcome = (|| {
            let mut block = vec![0; RETRIEVE_BLOCK];
            let mut number = self.written() / RETRIEVE_BLOCK as u64;
            how.report(number, expected);
            loop {
                let (filled, outcome) = fill(&mut response, &mut block);
                // What came before a failure is kept: it may be gone on with.
                self.write(&block[..filled])?;
                if filled > 0 {
                    number += 1;
                    how.report(number, expected);
                }
                outcome?;
                if filled < block.len() {
                    return Ok(());
                }
            }
        })();
        (response, outcome)
    }

    /// The error that holds what there is, as urllib's `ContentTooShortError` does.
    fn too_short(self, response: &Response, expected: Option<u64>) -> Error {
        let got = self.written();
        match self.give_up() {
            Ok(part) => {
                let retrieved = retrieved(response, part.path, part.temporary);
                ErrorKind::ContentTooShort { retrieved: Box::new(retrieved), got, expected }.into()
            }
            Err(error) => error,
        }
    }
}

/// Reads until the block is full, the body ends or fails; how much there is, and whether it failed.
fn fill(response: &mut Response, block: &mut [u8]) -> (usize, io::Result<()>) {
    let mut filled = 0;
    while filled < block.len() {
        match response.read(&mut block[filled..]) {
            Ok(0) => break,
            Ok(amount) => filled += amount,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (filled, Err(error)),
        }
    }
    (filled, Ok(()))
}

/// How many bytes the body will have, if the server says so; an answer without a body says it of another.
fn announced(response: &Response, method: &Method) -> Option<u64> {
    let has_none = [StatusCode::NO_CONTENT, StatusCode::NOT_MODIFIED].contains(&response.status());
    if has_none || *method == Method::HEAD {
        return None;
    }
    response.headers().get_str("Content-Length")?.trim().parse().ok()
}

fn retrieved(response: &Response, path: PathBuf, temporary: bool) -> Retrieved {
    Retrieved::new(path, temporary, response.url().clone(), response.status(), response.headers().clone())
}
