//! [`FileHandler`]: answers `file:` URLs from this machine's own disk.

use std::fs::{self, File};
use std::io::{self, BufRead};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use http::StatusCode;
use url::{Host, Url};

use crate::handler::{Handler, Hook, Kind, Parent};
use crate::message::body::Body;
use crate::message::body::parts::Exactly;
use crate::message::error::{Error, ErrorKind, Result};
use crate::message::headers::Headers;
use crate::message::request::Request;
use crate::message::response::Response;
use crate::message::text::media_type;
use crate::redact;

/// Answers `file:` URLs (urllib2's `FileHandler`): status 200, with `Content-Type` (by the file's
/// name), `Content-Length` and `Last-Modified`.
///
/// ```
/// # let folder = std::env::temp_dir().join(format!("clientcookie-doc-filehandler-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// let path = folder.join("page.html");
/// std::fs::write(&path, "<p>Hello")?;
///
/// let mut response = clientcookie::urlopen(url::Url::from_file_path(&path).unwrap())?;
/// assert_eq!(response.headers().get_str("Content-Type").as_deref(), Some("text/html"));
/// assert_eq!(response.text()?, "<p>Hello");
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// The host is empty, `localhost` or a loopback address; any other is an error before anything is
/// looked up or opened. A file that does not tell its length, as those of `/proc`, is read to its
/// end and has no `Content-Length`. A folder is not listed, and a pipe or a device not read: both
/// are errors, and so is a path with a NUL or an escaped slash in it, which no file name holds. No
/// redirect or refresh leads to a `file:` URL.
#[derive(Debug, Default, Clone, Copy)]
#[non_exhaustive]
pub struct FileHandler;

impl FileHandler {
    /// The handler.
    pub fn new() -> Self {
        Self
    }
}

impl Handler for FileHandler {
    fn kind(&self) -> Option<Kind> {
        Some(Kind::File)
    }

    fn schemes(&self) -> &[&str] {
        &["file"]
    }

    fn hooks(&self) -> &[Hook] {
        &[Hook::Open]
    }

    fn open(&self, _: &dyn Parent, request: &mut Request) -> Result<Option<Response>> {
        let url = request.url();
        let path = local_path(url)?;
        let (file, metadata) = open_regular(&path).map_err(|error| Error::from(ErrorKind::Io(error)))?;
        let mut headers = Headers::new();
        headers.append("Content-Type", media_type::guess(&path))?;
        let mut body = match tells_its_length(&metadata) {
            true => Body::from_reader(Exactly { reader: file, got: 0, expected: metadata.len(), missing: cut_off }),
            false => Body::from_reader(file),
        };
        // Nothing at all is a length, whoever says it.
        let mut is_empty = || body.fill_buf().map(<[u8]>::is_empty).map_err(|error| Error::from(ErrorKind::Io(error)));
        if tells_its_length(&metadata) || is_empty()? {
            headers.append("Content-Length", metadata.len().to_string())?;
        }
        if let Some(date) = modified(&metadata) {
            headers.append("Last-Modified", date)?;
        }
        Ok(Some(Response::of(url.clone(), StatusCode::OK, headers, body)))
    }
}

/// The path that a `file:` URL means on this machine.
///
/// # Errors
/// [`ErrorKind::InvalidUrl`] when it means none.
pub(crate) fn local_path(url: &Url) -> Result<PathBuf> {
    let refuse = |reason: &str| Error::from(ErrorKind::InvalidUrl { url: redact::url(url), reason: reason.to_owned() });
    let is_local = match url.host() {
        None => true,
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost") || name.is_empty(),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
    };
    if !is_local || url.port().is_some() {
        return Err(refuse("its host is not this machine"));
    }
    let escapes = |of: &str| url.path().to_ascii_lowercase().contains(of);
    if escapes("%00") || escapes("%2f") || (cfg!(windows) && escapes("%5c")) {
        return Err(refuse("its path holds an escape that no file name has"));
    }
    let mut url = url.clone();
    // What is left of a host that is this machine; it does not fail, since a file URL has a place
    // for one.
    let _ = url.set_host(Some("localhost"));
    url.to_file_path().map_err(|()| refuse("its path is none on this machine"))
}

/// The open file, if it is one: opening a pipe would wait for whoever writes into it.
fn open_regular(path: &Path) -> io::Result<(File, fs::Metadata)> {
    let check = |metadata: fs::Metadata| match metadata.file_type() {
        kind if kind.is_file() => Ok(metadata),
        kind if kind.is_dir() => {
            Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder, which is not listed"))
        }
        _ => Err(io::Error::new(io::ErrorKind::InvalidInput, "it is a pipe or a device, and not a file")),
    };
    check(fs::metadata(path)?)?;
    let file = File::open(path)?;
    let metadata = check(file.metadata()?)?;
    Ok((file, metadata))
}

/// Whether the file has as many bytes as it is said to have. Those that the system writes while
/// they are read (`/proc`, `/sys`) say nothing, or the size of a page, and take no room on a disk.
fn tells_its_length(metadata: &fs::Metadata) -> bool {
    #[cfg(unix)]
    let takes_room = std::os::unix::fs::MetadataExt::blocks(metadata) > 0;
    #[cfg(not(unix))]
    let takes_room = true;
    metadata.len() > 0 && takes_room
}

/// In the form of RFC 9110 section 5.6.7.
fn modified(metadata: &fs::Metadata) -> Option<String> {
    let since = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    let at = time::OffsetDateTime::from_unix_timestamp(i64::try_from(since.as_secs()).ok()?).ok()?;
    let (weekday, month) = (at.weekday().to_string(), at.month().to_string());
    let (day, year) = (at.day(), at.year());
    let (hour, minute, second) = at.to_hms();
    Some(format!("{}, {day:02} {} {year:04} {hour:02}:{minute:02}:{second:02} GMT", weekday.get(..3)?, month.get(..3)?))
}

/// What is written to the file meanwhile is not read, and what is cut off is missed.
fn cut_off(got: u64, expected: u64) -> io::Error {
    Error::from(ErrorKind::IncompleteRead { got, expected: Some(expected) }).into()
}
