//! New files under names that nobody can guess or has laid there before.

use std::collections::hash_map::RandomState;
use std::fs::{File, OpenOptions};
use std::hash::{BuildHasher, Hasher};
use std::io;
use std::path::PathBuf;

/// Names that are tried. One is enough unless somebody guesses 64 random bits.
const ATTEMPTS: usize = 16;

/// Who may read a new file.
#[derive(Clone, Copy)]
pub(crate) enum Access {
    /// Its owner (0600), from its first moment.
    Private,
    /// Whoever may read the files that this program makes (the umask).
    Usual,
    /// The same, but nobody else may write to it, whatever the umask says.
    UsualToRead,
}

/// A new file, open for reading and writing, and its path, which is made from 16 random hexadecimal
/// digits. Neither a file nor a link that somebody has laid there is opened (`O_EXCL`).
///
/// # Errors
/// Whatever keeps the system from making it.
pub(crate) fn create(access: Access, path: impl Fn(&str) -> PathBuf) -> io::Result<(File, PathBuf)> {
    let mut last = io::Error::from(io::ErrorKind::AlreadyExists);
    for _ in 0..ATTEMPTS {
        let path = path(&format!("{:016x}", RandomState::new().build_hasher().finish()));
        match options(access).open(&path) {
            Ok(file) => return Ok((file, path)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => last = error,
            Err(error) => return Err(error),
        }
    }
    Err(last)
}

fn options(access: Access) -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(
        &mut options,
        match access {
            Access::Private => 0o600,
            Access::Usual => 0o666,
            Access::UsualToRead => 0o644,
        },
    );
    #[cfg(not(unix))]
    let _ = access;
    options
}
