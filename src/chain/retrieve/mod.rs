//! [`OpenerDirector::retrieve`]: from a URL into a file.

mod content_range;
mod names;
mod own_file;
mod part;
mod resume;
mod target;

use std::fmt;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use http::{Method, StatusCode};

use crate::chain::OpenerDirector;
use crate::handler;
use crate::message::error::{Error, ErrorKind, Result};
use crate::message::request::{IntoRequest, Request};
use crate::message::response::Response;
use crate::message::retrieved::Retrieved;

use content_range::ContentRange;
use resume::Resumption;
use target::Download;

pub(crate) const RETRIEVE_BLOCK: usize = 256 * 1024;

/// What is told of each block: its number, the size of a block, and the size of the whole in bytes,
/// where it is known.
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
/// let to = Retrieve::to(&path).reporthook(|_, _, _| blocks += 1);
/// opener.retrieve("http://example.com/page.txt", to)?;
/// assert_eq!(blocks, 2);      // one before the first byte
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), clientcookie::Error>(())
/// ```
#[derive(Default)]
pub struct Retrieve<'a> {
    path: Option<PathBuf>,
    reporthook: Option<Box<ReportHook<'a>>>,
    resume: bool,
    resume_others: bool,
}

impl fmt::Debug for Retrieve<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, resume, resume_others, .. } = self;
        let mut shown = f.debug_struct("Retrieve");
        shown.field("path", path).field("resume", resume).field("resume_others", resume_others).finish_non_exhaustive()
    }
}

impl<'a> Retrieve<'a> {
    /// How many bytes are read, written and reported at once: 256 KiB, past which larger steps gain
    /// nothing. urllib's 8 KiB costs four times the calls.
    pub const BLOCK: usize = RETRIEVE_BLOCK;

    /// To a file of this name. What is there is replaced once the whole body has arrived, and not
    /// touched before; the new file may be read by whoever may read the files that this program
    /// makes.
    pub fn to(path: impl Into<PathBuf>) -> Self {
        Retrieve { path: Some(path.into()), ..Retrieve::default() }
    }

    /// To a new file in the system's folder for temporary ones, which is removed with the
    /// [`Retrieved`]. Its name is random, but for an extension like that of the URL; only its
    /// owner may read it (0600).
    pub fn to_temporary() -> Self {
        Retrieve::default()
    }

    /// Calls this before the first block, and after each one: with the number of blocks so far, the
    /// size of a block ([`Retrieve::BLOCK`](crate::Retrieve::BLOCK), which the last one may not
    /// have), and the size of the whole in bytes, where the server says it.
    #[must_use]
    pub fn reporthook(self, hook: impl FnMut(u64, usize, Option<u64>) + 'a) -> Self {
        Retrieve { reporthook: Some(Box::new(hook)), ..self }
    }

    /// Whether a download that was cut short is kept and gone on with: off unless set, and only for
    /// a GET to a path.
    ///
    /// What has arrived stays beside the file as `NAME.part`, and with it `NAME.part.info`, which
    /// says what it is a part of: the URL that was asked for, the one that answered, the
    /// server's `ETag` or, where there is none, its `Last-Modified`, and the length of the
    /// whole. The next call asks for the rest (`Range`, with `If-Range`: RFC 9110 sections 14.2
    /// and 13.1.5), and takes it if the server proves that it is one: the `Content-Range` fits,
    /// the length of the whole is the same, and so is the tag. With a tag, another address may have
    /// answered, such as that of a redirect which is signed anew each time. A server that has
    /// another version by then, or knows no ranges, sends the whole, and the part is forgotten.
    ///
    /// # Files of other people and programs
    /// The two files are used only if they are this user's own: written by a download, of one name,
    /// not a link, and not to be written to by anybody else (so the finished file is not
    /// either). Others are not touched: that is an error, before anything is asked. It is an
    /// error as well if another download to the same file is under way; that is told by a lock
    /// on the part ([`File::try_lock`](std::fs::File::try_lock)).
    ///
    /// Somebody else who may write to the folder can put something in the place of the part or of
    /// the file at any time, and as soon as this has returned as well. Nothing is ever written
    /// through such a thing, and while this runs it is an error. Windows tells less of a file:
    /// links and locks are seen there, owners are not.
    #[must_use]
    pub fn resume(self, resume: bool) -> Self {
        Retrieve { resume, ..self }
    }

    /// Whether the file itself is gone on with, where no part of ours is and another program left
    /// it unfinished (`wget -c`, `curl -C -`): off unless set. It says [`resume`](Self::resume)
    /// as well.
    ///
    /// Nothing is known of such a file but how long and how old it is. So the rest is taken where
    /// its `Last-Modified` is not newer than the file, or, where the server says none, if the
    /// whole is longer than what is there; in any other case the whole is fetched. A program
    /// that had something else of this name, or had its times set, is not found out. What is
    /// there is copied into a part: it stays until the whole has arrived, and from then on the part
    /// is one of ours, with its `If-Range`. The file must be this user's own, as a part must.
    #[must_use]
    pub fn resume_others(self, resume_others: bool) -> Self {
        Retrieve { resume_others, resume: self.resume || resume_others, ..self }
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
    /// Opens a URL and puts its body into a file: [`urlretrieve`](crate::urlretrieve) with this
    /// opener (mechanize's `OpenerDirector.retrieve`).
    ///
    /// # Errors
    /// As [`open`](Self::open), and [`ErrorKind::ContentTooShort`] when fewer bytes come than the
    /// server announced; [`ErrorKind::BadResponse`] when more come, or a part (206) of what was
    /// asked for as a whole; [`ErrorKind::Io`] when the file cannot be written, or another
    /// download to it is under way. A file that was there before is there still.
    pub fn retrieve<'a>(&self, request: impl IntoRequest, how: impl Into<Retrieve<'a>>) -> Result<Retrieved> {
        let (request, mut how) = (request.into_request()?, how.into());
        let url = request.url().clone();
        let asks_for_part = request.has_header("Range") || self.addheaders.contains("Range");
        let accept = if asks_for_part { Ok } else { refuse_part };
        let outcome = match how.path.take() {
            None if request.scheme() == "file" => self.retrieve_in_place(request),
            None => self.retrieve_temporary(request, how, accept),
            Some(path) if how.resume && !asks_for_part && resume::is_possible(&request) => {
                self.retrieve_resumed(request, &path, how)
            }
            Some(path) => self.retrieve_to(request, &path, how, accept),
        };
        outcome.map_err(|error| error.at(&url))
    }

    /// A file of this machine is where it is, as in urllib.
    fn retrieve_in_place(&self, request: Request) -> Result<Retrieved> {
        let path = handler::local_path(request.url())?;
        let response = self.open(request)?;
        Ok(retrieved(&response, path, false))
    }

    fn retrieve_temporary(&self, request: Request, how: Retrieve<'_>, accept: Accept) -> Result<Retrieved> {
        let (extension, method) = (target::extension(request.url()), request.method());
        let response = self.open(request).and_then(accept)?;
        Download::temporary(&extension)?.fill(response, &method, how)
    }

    fn retrieve_to(&self, request: Request, path: &Path, how: Retrieve<'_>, accept: Accept) -> Result<Retrieved> {
        target::check(path)?;
        let method = request.method();
        let response = self.open(request).and_then(accept)?;
        Download::beside(path)?.fill(response, &method, how)
    }

    fn retrieve_resumed(&self, request: Request, path: &Path, how: Retrieve<'_>) -> Result<Retrieved> {
        target::check(path)?;
        let mut resumption = Resumption::of(&request, path, how.resume_others)?;
        let response = resumption.open(request, |request| self.open(request))?;
        resumption.into_download(&response)?.fill(response, &Method::GET, how)
    }
}

/// What is thought of an answer before its body is.
type Accept = fn(Response) -> Result<Response>;

/// A part of something that was asked for as a whole is no file.
fn refuse_part(response: Response) -> Result<Response> {
    match response.status() {
        StatusCode::PARTIAL_CONTENT => {
            let reason = "it is a part (206) of what was asked for as a whole".to_owned();
            Err(ErrorKind::BadResponse { reason }.into())
        }
        _ => Ok(response),
    }
}

impl Download {
    /// Writes the body into the file, and makes the file what it is to be.
    fn fill(mut self, response: Response, method: &Method, mut how: Retrieve<'_>) -> Result<Retrieved> {
        self.expect_all(announced(&response, method));
        let start = self.written();
        match self.copy(response, &mut how) {
            (response, Ok(())) if self.whole().is_none_or(|whole| self.written() >= whole) => {
                let path = self.finish()?;
                Ok(retrieved(&response, path.path, path.temporary))
            }
            (response, Ok(())) => Err(self.too_short(&response, None)),
            (response, Err(error)) => match error.kind() {
                ErrorKind::IncompleteRead { expected, .. } => {
                    let expected = expected.map(|expected| expected.saturating_add(start));
                    Err(self.too_short(&response, expected))
                }
                // The connection or the disk failed: what came before is good.
                ErrorKind::Timeout { .. } | ErrorKind::Disconnected | ErrorKind::Io(_) => Err(error),
                _ => {
                    self.take_back();
                    Err(error)
                }
            },
        }
    }

    fn copy(&mut self, mut response: Response, how: &mut Retrieve<'_>) -> (Response, Result<()>) {
        let whole = self.whole();
        let outcome = (|| {
            let mut block = vec![0; RETRIEVE_BLOCK];
            let mut number = self.written() / RETRIEVE_BLOCK as u64;
            how.report(number, whole);
            loop {
                // The first one may be there in part: so many blocks as are reported are there.
                let missing = RETRIEVE_BLOCK - (self.written() % RETRIEVE_BLOCK as u64) as usize;
                let (filled, outcome) = fill(&mut response, &mut block[..missing]);
                // What came before a failure is kept: it may be gone on with.
                self.write(&block[..filled])?;
                if filled > 0 {
                    number += 1;
                    how.report(number, whole);
                }
                outcome?;
                if filled < missing {
                    return Ok(());
                }
            }
        })();
        (response, outcome)
    }

    /// The error that holds what there is, as urllib's `ContentTooShortError` does.
    fn too_short(self, response: &Response, expected: Option<u64>) -> Error {
        let (got, expected) = (self.written(), self.whole().or(expected));
        let part = self.give_up();
        let retrieved = Box::new(retrieved(response, part.path, part.temporary));
        ErrorKind::ContentTooShort { retrieved, got, expected }.into()
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

/// How many bytes the body will have, if the server says so; an answer without a body says it of
/// another.
fn announced(response: &Response, method: &Method) -> Option<u64> {
    let has_none = [StatusCode::NO_CONTENT, StatusCode::NOT_MODIFIED].contains(&response.status());
    if has_none || *method == Method::HEAD {
        return None;
    }
    if let Some(range) = ContentRange::of(response) {
        return Some(range.end - range.first);
    }
    response.headers().get_str("Content-Length")?.trim().parse().ok()
}

fn retrieved(response: &Response, path: PathBuf, temporary: bool) -> Retrieved {
    Retrieved::new(path, temporary, response.url().clone(), response.status(), response.headers().clone())
}
