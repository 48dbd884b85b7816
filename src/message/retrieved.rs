//! [`Retrieved`]: what a response left on the disk.

use std::fmt;
use std::fs;
use std::io;
use std::mem;
use std::path::{Path, PathBuf};

use http::StatusCode;
use url::Url;

use crate::message::headers::Headers;
use crate::redact;

/// A response whose body is in a file: the answer of [`urlretrieve`](crate::urlretrieve).
///
/// A file that was given a path stays. A temporary one is removed when this is dropped or
/// [closed](Retrieved::close), unless it is [kept](Retrieved::keep).
pub struct Retrieved {
    path: PathBuf,
    /// Whether the file goes with this.
    temporary: bool,
    url: Url,
    status: StatusCode,
    headers: Headers,
}

impl Retrieved {
    pub(crate) fn new(path: PathBuf, temporary: bool, url: Url, status: StatusCode, headers: Headers) -> Self {
        Self { path, temporary, url, status, headers }
    }

    /// Where the body is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the file is removed when this is dropped.
    pub fn is_temporary(&self) -> bool {
        self.temporary
    }

    /// The URL that was answered, after redirects.
    #[doc(alias = "geturl")]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The status code.
    #[doc(alias = "code")]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers of the answer.
    #[doc(alias = "info")]
    pub fn headers(&self) -> &Headers {
        &self.headers
    }

    /// Removes the file, if it is temporary (urllib's `urlcleanup`). Dropping does the same, and
    /// tells no error.
    ///
    /// # Errors
    /// When it cannot be removed.
    #[doc(alias = "urlcleanup")]
    pub fn close(mut self) -> io::Result<()> {
        match mem::replace(&mut self.temporary, false) {
            true => fs::remove_file(&self.path),
            false => Ok(()),
        }
    }

    /// Lets the file stay, and gives its path.
    pub fn keep(mut self) -> PathBuf {
        self.temporary = false;
        mem::take(&mut self.path)
    }
}

impl Drop for Retrieved {
    fn drop(&mut self) {
        if self.temporary {
            // Somebody else may have removed it, and nobody is left to be told.
            let _ = fs::remove_file(&self.path);
        }
    }
}

impl fmt::Debug for Retrieved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Retrieved")
            .field("path", &self.path)
            .field("temporary", &self.temporary)
            .field("url", &redact::url(&self.url))
            .field("status", &self.status.as_u16())
            .finish_non_exhaustive()
    }
}
