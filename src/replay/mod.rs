//! Record and replay: a program is tested without its network.
//!
//! Record once, with the servers there:
//!
//! ```no_run
//! use clientcookie::replay::{RecordMode, RecordingTransport};
//! use clientcookie::transport::UreqTransport;
//! use clientcookie::{HttpHandler, HttpsHandler, build_opener};
//! use std::sync::Arc;
//!
//! let network = UreqTransport::new();
//! let recording = RecordingTransport::open(network, "tests/shop.har", RecordMode::Once)?;
//! let recording = Arc::new(recording);
//! let https = HttpsHandler::with_transport(Arc::clone(&recording));
//! let opener = build_opener((https, HttpHandler::with_transport(Arc::clone(&recording))));
//! opener.open("https://shop.example/")?.text()?;
//! recording.save()?;
//! # Ok::<(), clientcookie::Error>(())
//! ```
//!
//! From the second run on, [`RecordMode::Once`] answers from the file, and a [`ReplayTransport`]
//! always does. What is recorded is a HAR file, and those that browsers export replay as well:
//!
//! ```
//! use clientcookie::replay::ReplayTransport;
//! use clientcookie::{HttpHandler, build_opener};
//!
//! let recorded = br#"{"log": {"entries": [{
//!     "request": {"method": "GET", "url": "http://shop.example/", "headers": []},
//!     "response": {"status": 200, "headers": [], "content": {"text": "welcome"}}
//! }]}}"#;
//! let replay = ReplayTransport::read(recorded)?;
//! let opener = build_opener(HttpHandler::with_transport(replay));
//! assert_eq!(opener.open("http://shop.example/")?.text()?, "welcome");
//!
//! let error = opener.open("http://shop.example/?page=2").unwrap_err().to_string();
//! assert!(error.ends_with("the nearest is GET http://shop.example/ (its query is another)"));
//! # Ok::<(), clientcookie::Error>(())
//! ```
//!
//! Everything above the transport works as it does with a network: redirects, cookies, passwords.
//! Secrets are not in the file, as they are not in the logs: of cookies the names are, and the
//! value `***`, which a program sends back as it would have sent the right one. Bodies are as they
//! are.
//!
//! Cookies last as long from the replay on as they did from the recording on, so that a recording
//! does not age. Of data that is a form with files, the boundary does not count. A body that was
//! cut off when it was recorded is cut off again.

mod expiry;
mod matching;
mod record;
mod tape;

use std::path::Path;

use crate::message::error::{Error, ErrorKind, Result};
use crate::message::response::Response;
use crate::transport::{Transport, WireRequest};

pub use matching::NotRecorded;
pub use record::{RecordMode, RecordingTransport};

use tape::Tape;

/// Answers from a recording, and from nothing else (vcrpy's mode `none`).
///
/// A request is looked up by its method and URL, and, if that is asked for, by headers and data. If
/// the same was recorded several times, the first time it gets the first answer, the second time
/// the second; after the last one it is an error, unless answers [repeat](Self::repeats). What is
/// not there is an [`ErrorKind::Other`] of the type [`NotRecorded`], which names what comes
/// nearest.
pub struct ReplayTransport(Tape);

impl ReplayTransport {
    /// The largest recording that is read: 256 MiB.
    pub const SIZE_LIMIT: u64 = 256 << 20;

    /// Answers from this HAR file.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when it cannot be read; [`ErrorKind::Other`] when it is no HAR, or larger
    /// than [`SIZE_LIMIT`](Self::SIZE_LIMIT).
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Tape::open(path.as_ref()).map(Self)
    }

    /// Answers from these bytes of a HAR file.
    ///
    /// # Errors
    /// [`ErrorKind::Other`] when they are none.
    pub fn read(har: &[u8]) -> Result<Self> {
        Tape::read(har).map(Self)
    }

    /// Compares these headers as well; what of them is secret does not count.
    #[must_use]
    pub fn match_headers<S: Into<String>>(self, names: impl IntoIterator<Item = S>) -> Self {
        Self(self.0.match_headers(names.into_iter().map(Into::into).collect()))
    }

    /// Whether the data is compared as well. Off. The boundary of a form is not.
    #[must_use]
    pub fn match_data(self, match_data: bool) -> Self {
        Self(self.0.match_data(match_data))
    }

    /// Whether the last of several answers to the same request is given again. Off.
    #[must_use]
    pub fn repeats(self, repeats: bool) -> Self {
        Self(self.0.repeats(repeats))
    }

    /// The recorded requests that were not asked for yet: `GET http://example.com/`.
    pub fn unused(&self) -> Vec<String> {
        self.0.unused()
    }
}

impl Transport for ReplayTransport {
    fn send(&self, mut request: WireRequest<'_>) -> Result<Response> {
        let asked = self.0.asked(&mut request)?;
        match self.0.answer(&asked) {
            Ok(reply) => crate::transport::answer(reply, &request),
            Err(missing) => Err(Error::other(missing)),
        }
    }
}

fn no_har(path: Option<&Path>, reason: &str) -> Error {
    let name = path.map_or("the recording".to_owned(), |path| path.display().to_string());
    Error::other(format!("{name} cannot be replayed: {reason}"))
}

fn io(error: std::io::Error) -> Error {
    ErrorKind::Io(error).into()
}

crate::redact::opaque_debug! { ReplayTransport RecordingTransport }
