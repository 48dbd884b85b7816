//! The folder with the text files. A file is looked up by its name among those that are there, so
//! that no name leads elsewhere, be it `../passwords`, `CON` or a link.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::index::Entry;
use super::text;
use crate::cookie::file::report::Later;
use crate::cookie::file::{FileError, Loaded, Reason, file_bytes};

pub(super) struct Reader {
    /// By their names in lower case, as Windows compares them.
    files: BTreeMap<String, PathBuf>,
    seen: HashSet<String>,
    limit: usize,
    /// Bytes that may still be read.
    left: usize,
    later: bool,
}

impl Reader {
    /// A reader of files of no more than `limit` bytes, now or `later`.
    pub(super) fn new(folder: &Path, limit: usize, later: bool) -> Result<Self, FileError> {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let files = list(folder).map_err(|error| FileError::io(Some(folder), "read", error))?;
        Ok(Self { files, seen: HashSet::new(), limit, left: limit, later })
    }

    /// All text files of the folder.
    pub(super) fn everything(mut self) -> Result<Loaded, FileError> {
        let mut loaded = Loaded::default();
        let is_text = |name: &&String| name.ends_with(".txt") || name.ends_with(".cookie");
        let files: Vec<_> = self.files.iter().filter(|(name, _)| is_text(name)).map(|(_, path)| path.clone()).collect();
        for path in files {
            if let Err(reason) = self.read(&path, &mut loaded) {
                let mut part = Loaded::default();
                part.skip(1, reason);
                loaded.absorb(name_of(&path), part);
            }
        }
        Ok(loaded)
    }

    /// The file of an entry, which is read once however many entries name it.
    pub(super) fn add(&mut self, entry: &Entry, loaded: &mut Loaded) {
        let name = entry.file.to_lowercase();
        let Some(path) = self.files.get(&name).cloned() else {
            return loaded.skip_record(entry.number, Reason::NoFile);
        };
        if self.later {
            let (owner, limit) = (entry.host.clone(), self.limit);
            let file = path.clone();
            loaded.later.push(Later { owner, path, read: Arc::new(move || read_text(&file, limit)) });
        } else if self.seen.insert(name)
            && let Err(reason) = self.read(&path, loaded)
        {
            loaded.skip_record(entry.number, reason);
        }
    }

    fn read(&mut self, path: &Path, loaded: &mut Loaded) -> Result<(), Reason> {
        let bytes = file_bytes(path, self.left).map_err(|_| Reason::BadFile)?;
        self.left -= bytes.len();
        let part = text::read(&bytes).map_err(|_| Reason::BadFile)?;
        loaded.absorb(name_of(path), part);
        Ok(())
    }
}

/// What lies in a folder and is a file, by its name in lower case: no link, which might lead
/// anywhere, and no pipe, which might never end.
pub(in crate::cookie) fn list(folder: &Path) -> io::Result<BTreeMap<String, PathBuf>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            files.insert(entry.file_name().to_string_lossy().to_lowercase(), entry.path());
        }
    }
    Ok(files)
}

fn read_text(path: &Path, limit: usize) -> Result<Loaded, FileError> {
    let bytes = file_bytes(path, limit)?;
    text::read(&bytes).map_err(|error| FileError::format(Some(path), error))
}

fn name_of(path: &Path) -> &Path {
    path.file_name().map_or(path, Path::new)
}
