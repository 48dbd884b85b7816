//! What can go wrong with a cookie file. No error tells the value of a cookie.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::cookie::StoreError;

/// Why bytes cannot be read as a cookie file, or cookies not be written as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormatError {
    line: Option<usize>,
    reason: String,
}

impl FormatError {
    /// An error with a reason, which is a sentence without its full stop.
    pub fn new(reason: impl Into<String>) -> Self {
        Self { line: None, reason: reason.into() }
    }

    /// The same, at a line; the first is 1.
    #[must_use]
    pub fn at_line(mut self, line: usize) -> Self {
        self.line = Some(line);
        self
    }

    /// The line, if it is about one.
    pub fn line(&self) -> Option<usize> {
        self.line
    }

    /// The reason.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.reason),
            None => f.write_str(&self.reason),
        }
    }
}

impl Error for FormatError {}

/// Why a cookie file could not be loaded or saved. It prints as a sentence that names the file.
///
/// ```
/// use clientcookie::cookie::MozillaCookieJar;
///
/// let jar = MozillaCookieJar::new(std::path::Path::new("/no/such/cookies.txt"));
/// let error = jar.load().unwrap_err();
/// assert!(error.is_not_found());
/// assert!(error.to_string().starts_with("/no/such/cookies.txt: cannot be read: "));
/// ```
#[derive(Debug)]
#[non_exhaustive]
#[doc(alias = "LoadError")]
pub enum FileError {
    /// No name was given, neither now nor when the jar was made. The disk was not touched.
    NoFilename,
    /// The operating system refused.
    Io {
        /// The file, unless it was a reader or a writer.
        path: Option<PathBuf>,
        /// What was tried: "read", "written", "kept as a backup" or "run"; of a database, "opened"
        /// or "written".
        doing: &'static str,
        /// What it said.
        source: io::Error,
    },
    /// The content is not what the format says, or beyond a limit.
    Format {
        /// The file, unless it was a reader or a writer.
        path: Option<PathBuf>,
        /// What is wrong, and in which line.
        source: FormatError,
    },
    /// The store under the jar failed. It is as it was.
    Store {
        /// The file, unless it was a reader or a writer.
        path: Option<PathBuf>,
        /// What the store said.
        source: StoreError,
    },
    /// The name to save to, or of a database, is a symbolic link, which might have been laid there
    /// by somebody else; see [`follow_symlinks`](super::FileCookieJar::follow_symlinks).
    Symlink {
        /// The link.
        path: PathBuf,
    },
    /// The name to load from or to save to, or of a database, is that of a folder, a pipe or a
    /// device.
    NotAFile {
        /// What it is the name of.
        path: PathBuf,
    },
    /// This system has no such thing. The disk was not touched.
    Unsupported {
        /// What was asked for.
        what: &'static str,
    },
}

impl FileError {
    /// The file, if there is one.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::NoFilename | Self::Unsupported { .. } => None,
            Self::Io { path, .. } | Self::Format { path, .. } | Self::Store { path, .. } => path.as_deref(),
            Self::Symlink { path } | Self::NotAFile { path } => Some(path),
        }
    }

    /// The line, if it is about one; the first is 1.
    pub fn line(&self) -> Option<usize> {
        match self {
            Self::Format { source, .. } => source.line(),
            _ => None,
        }
    }

    /// Whether there is no such file, as before the first save.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Io { source, .. } if source.kind() == io::ErrorKind::NotFound)
    }

    pub(in crate::cookie) fn io(path: Option<&Path>, doing: &'static str, source: io::Error) -> Self {
        Self::Io { path: path.map(Path::to_owned), doing, source }
    }

    pub(in crate::cookie) fn format(path: Option<&Path>, source: FormatError) -> Self {
        Self::Format { path: path.map(Path::to_owned), source }
    }

    pub(in crate::cookie) fn store(path: Option<&Path>, source: StoreError) -> Self {
        Self::Store { path: path.map(Path::to_owned), source }
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(path) = self.path() {
            // A name may hold anything, and this may be printed on a terminal.
            write!(f, "{}: ", path.to_string_lossy().escape_debug())?;
        }
        match self {
            Self::NoFilename => f.write_str("the cookie jar has no file name, and none was given"),
            Self::Io { doing, source, .. } => write!(f, "cannot be {doing}: {source}"),
            Self::Format { source, .. } => source.fmt(f),
            Self::Store { source, .. } => write!(f, "the cookie store failed: {source}"),
            Self::Symlink { .. } => f.write_str("is a symbolic link, which is not followed unless asked for"),
            Self::NotAFile { .. } => f.write_str("is not a regular file, and is neither loaded nor replaced"),
            Self::Unsupported { what } => write!(f, "{what} is not to be had on this system"),
        }
    }
}

impl Error for FileError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            Self::Format { source, .. } => Some(source),
            Self::Store { source, .. } => Some(source),
            _ => None,
        }
    }
}
