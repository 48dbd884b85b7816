//! The folder: its index, and the text files that it names.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::ledger::{Ledger, Location};
use super::location::{file_stem, owner_of, spelled, user_of};
use crate::cookie::file::msie::{Kind, Record, UrlCache, folder, is_ours, text, text::Known, time};
use crate::cookie::file::{FILE_LIMIT, check_size, file_bytes, save};
use crate::cookie::{Cookie, FileError, FormatError};
use crate::fresh_file::{self, Access};

/// Bytes of a text file that are read or written. 1 MiB: fifty cookies of 4 KiB take a fifth of it.
const TEXT_LIMIT: usize = 1024 * 1024;

/// What is known of the folder.
pub(super) struct Disk {
    index: PathBuf,
    user: String,
    /// The index as it was read or written last.
    cache: UrlCache,
    texts: BTreeMap<Location, Text>,
}

/// A text file.
struct Text {
    /// The record that names it, by which a change of it is noticed.
    record: Vec<u8>,
    /// None if there is no such file.
    path: Option<PathBuf>,
    /// Whether it says something that was passed over, and that the next file will not say.
    is_odd: bool,
}

impl Disk {
    /// A folder that is there, of which nothing is known.
    pub(super) fn of(index: &Path, user: &str) -> Self {
        let cache = UrlCache::new(Kind::Windows);
        Self { index: index.to_owned(), user: user.to_owned(), cache, texts: BTreeMap::new() }
    }

    /// The bytes of the index, if they are not those that are known. One that is not there is one
    /// without records.
    pub(super) fn news(&self) -> Result<Option<Vec<u8>>, FileError> {
        let bytes = match file_bytes(&self.index, FILE_LIMIT) {
            Err(error) if error.is_not_found() => UrlCache::new(Kind::Windows).bytes().to_vec(),
            bytes => bytes?,
        };
        Ok((bytes != self.cache.bytes()).then_some(bytes))
    }

    /// Reads what has changed since the index was read last; called with the lock in hand.
    pub(super) fn load(&mut self, bytes: Vec<u8>, ledger: &mut Ledger) -> Result<(), FileError> {
        let cache = read(&self.index, bytes)?;
        let is_mine = |location: &[u8]| user_of(location).is_some_and(|user| is_same_name(&user, &self.user));
        let entries = cache.entries().filter(|entry| is_mine(entry.location));
        let entries: BTreeMap<&[u8], _> = entries.map(|entry| (entry.location, entry)).collect();
        let is_known = |location: &Location, text: &Text| {
            entries.get(&**location).is_some_and(|entry| entry.record == text.record)
        };
        let changed = self.texts.iter().filter(|(location, text)| !is_known(location, text));
        let changed: Vec<Location> = changed.map(|(location, _)| location.clone()).collect();
        for location in changed {
            self.texts.remove(&location);
            if !entries.contains_key(&*location) {
                ledger.read_again(&owner_of(&location).unwrap_or_default(), &location, Vec::new());
            }
        }
        let files = folder::list(self.folder()).map_err(|error| FileError::io(Some(self.folder()), "read", error))?;
        for (location, entry) in entries {
            // A host that is none is nobody's: its record is left as it is.
            if self.texts.contains_key(location) {
                continue;
            }
            let Some(owner) = owner_of(location) else { continue };
            let location = Location::from(location);
            let path = files.get(&spelled(entry.file).to_lowercase()).cloned();
            let read = path.as_deref().map_or_else(Default::default, |path| read_text(path, &owner));
            let (mut cookies, is_odd) = read;
            if !is_ours(entry.record) {
                cookies.iter_mut().for_each(|(_, known)| known.says_hosts = false);
            }
            ledger.read_again(&owner, &location, cookies);
            self.texts.insert(location, Text { record: entry.record.to_vec(), path, is_odd });
        }
        self.cache = cache;
        Ok(())
    }

    /// Writes the text files whose cookies have changed, under new names, and an index that names
    /// them; then takes the old ones away. Whatever keeps it from its end, the old index is there
    /// with the files that it names, or the new one is.
    pub(super) fn save(&mut self, ledger: &Ledger) -> Result<(), FileError> {
        let changed = ledger.changed();
        if changed.is_empty() {
            return Ok(());
        }
        let mut cache = self.cache.clone();
        let mut fresh = BTreeMap::new();
        let done = self.write(&changed, ledger, &mut cache, &mut fresh);
        if let Err(error) = done {
            // The error that brought us here is the one to tell.
            fresh.values().for_each(|path| _ = fs::remove_file(path));
            return Err(error);
        }
        let mut gone: HashMap<&[u8], &Location> = changed.iter().map(|location| (&**location, location)).collect();
        let mut old = Vec::new();
        for entry in cache.entries() {
            gone.remove(entry.location);
            if let Some((location, path)) = fresh.remove_entry(entry.location) {
                let text = Text { record: entry.record.to_vec(), path: Some(path), is_odd: false };
                old.extend(self.texts.insert(location, text));
            }
        }
        old.extend(gone.into_values().filter_map(|location| self.texts.remove(location)));
        // One that cannot be taken away is named by nothing any more.
        old.into_iter().filter_map(|text| text.path).for_each(|path| _ = fs::remove_file(path));
        self.cache = cache;
        Ok(())
    }

    /// Writes the new files, and notes them in `fresh`.
    fn write(
        &self,
        changed: &BTreeSet<Location>,
        ledger: &Ledger,
        cache: &mut UrlCache,
        fresh: &mut BTreeMap<Location, PathBuf>,
    ) -> Result<(), FileError> {
        let failed = |path: &Path, error| FileError::io(Some(path), "written", error);
        let there = folder::list(self.folder()).map_err(|error| failed(self.folder(), error))?;
        let mut names: HashSet<String> = there.into_keys().collect();
        names.extend(cache.entries().map(|entry| spelled(entry.file).to_lowercase()));
        for location in changed {
            if let Some(Text { path: Some(path), is_odd: true, .. }) = self.texts.get(location) {
                save::copy_beside(path).map_err(|error| FileError::io(Some(path), "kept as a backup", error))?;
            }
            let owner = owner_of(location).unwrap_or_default();
            let lines = ledger.lines(&owner, location);
            if lines.is_empty() {
                cache.remove(location);
                continue;
            }
            let path = self.free_path(&file_stem(&self.user, &owner), &mut names);
            let mut bytes = Vec::new();
            for held in &lines {
                let known = Known { made: held.stored.created, says_hosts: !held.is_vague };
                text::write(&held.stored.cookie, &known, &mut bytes);
            }
            check_size(bytes.len(), Some(&path), TEXT_LIMIT)?;
            fresh.insert(location.clone(), path.clone());
            let modified = write_new(&path, &bytes).map_err(|error| failed(&path, error))?;
            let record = Record {
                location,
                file: path.file_name().unwrap_or_default().as_encoded_bytes(),
                size: bytes.len() as u64,
                modified,
                expires: lines.iter().filter_map(|held| held.stored.cookie.expires()).max().unwrap_or_default(),
            };
            cache.put(&record).map_err(|error| FileError::format(Some(&self.index), error))?;
        }
        // This brings the names of the new files to the disk as well.
        save::replace(&self.index, cache.bytes(), false)
    }

    /// The first name that nothing has: `joe@example[1].txt`. It is taken then.
    fn free_path(&self, stem: &str, taken: &mut HashSet<String>) -> PathBuf {
        let mut number = 0_u64;
        loop {
            number += 1;
            let name = format!("{stem}[{number}].txt");
            let path = self.folder().join(&name);
            if taken.insert(name) && path.symlink_metadata().is_err() {
                return path;
            }
        }
    }

    fn folder(&self) -> &Path {
        self.index.parent().unwrap_or(Path::new("."))
    }
}

/// The user whose cookies an index has, if they are all of one.
pub(super) fn only_user(index: &Path) -> Result<Option<String>, FileError> {
    let bytes = match file_bytes(index, FILE_LIMIT) {
        Err(error) if error.is_not_found() => return Ok(None),
        bytes => bytes?,
    };
    let users: HashSet<String> = read(index, bytes)?.entries().filter_map(|entry| user_of(entry.location)).collect();
    Ok(if users.len() == 1 { users.into_iter().next() } else { None })
}

/// An index that is whole, and that of cookies.
fn read(index: &Path, bytes: Vec<u8>) -> Result<UrlCache, FileError> {
    let cache = UrlCache::read(bytes).map_err(|error| FileError::format(Some(index), error))?;
    let is_other = {
        let mut users = cache.entries().map(|entry| user_of(entry.location)).peekable();
        users.peek().is_some() && users.all(|user| user.is_none())
    };
    if is_other {
        let error = FormatError::new("the index.dat is that of a cache or a history, and names no cookies");
        return Err(FileError::format(Some(index), error));
    }
    Ok(cache)
}

/// The cookies of a text file that are of its owner's, and whether there is anything else in it.
fn read_text(path: &Path, owner: &str) -> (Vec<(Cookie, Known)>, bool) {
    let read = file_bytes(path, TEXT_LIMIT).ok().and_then(|bytes| text::read_all(&bytes).ok());
    let Some((loaded, known)) = read else {
        return (Vec::new(), true);
    };
    let skipped = loaded.skipped_lines > 0;
    let (own, others): (Vec<_>, Vec<_>) =
        loaded.cookies.into_iter().zip(known).partition(|(cookie, _)| cookie.owner() == owner);
    (own, skipped || !others.is_empty())
}

fn is_same_name(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

/// Writes a file that is not there yet, readable by its owner only; and says when, as a FILETIME.
fn write_new(path: &Path, bytes: &[u8]) -> io::Result<u64> {
    let (mut file, _) = fresh_file::create(Access::Private, |_| path.to_owned())?;
    file.write_all(bytes)?;
    file.sync_all()?;
    time::modified(&file.metadata()?)
}
