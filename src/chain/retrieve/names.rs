//! Files beside files, and what is said of those that cannot be written.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use crate::message::error::{Error, ErrorKind};

/// The path with something before its file name and something behind it.
pub(super) fn with_affixes(path: &Path, before: &str, behind: &str) -> PathBuf {
    let mut name = OsString::from(before);
    name.push(path.file_name().unwrap_or_default());
    name.push(behind);
    path.with_file_name(name)
}

/// An error of the disk, which says of which file.
pub(super) fn failed(path: &Path, error: &io::Error) -> Error {
    let name = path.to_string_lossy();
    ErrorKind::Io(io::Error::new(error.kind(), format!("the file {name:?} cannot be written: {error}"))).into()
}
