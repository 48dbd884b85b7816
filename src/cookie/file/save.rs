//! Replacing a file: whole or not at all, and readable by its owner only.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::FileError;
use crate::fresh_file::{self, Access};

/// By how much the temporary file of a killed program is older than the file that is saved when it
/// is taken away; a younger one may be that of a program that saves right now. One hour: no save
/// takes that long.
const STALE: Duration = Duration::from_secs(60 * 60);

/// Backups of one file that are kept beside it. Who makes a hundred does not look at them.
const BACKUPS: usize = 100;

/// Puts these bytes in the place of the file. A reader sees the old file or the new one, and a
/// failure leaves the old.
pub(in crate::cookie) fn replace(path: &Path, bytes: &[u8], follow_symlinks: bool) -> Result<(), FileError> {
    let failed = |error| FileError::io(Some(path), "written", error);
    let target = target(path, follow_symlinks)?;
    let mut temporary = Temporary::beside(&target).map_err(failed)?;
    temporary.fill(bytes).map_err(failed)?;
    temporary.become_file(&target).map_err(failed)?;
    // The new file is in place, and what could not be tidied up now is for the next save.
    let _ = remove_stale(&target);
    Ok(())
}

/// A copy that only its owner can read, under the first name that is free.
pub(in crate::cookie) fn copy_beside(path: &Path) -> io::Result<PathBuf> {
    let mut original = File::open(path)?;
    for number in 1..=BACKUPS {
        let mut backup = path.as_os_str().to_owned();
        backup.push(if number == 1 { ".bak".to_owned() } else { format!(".bak{number}") });
        let backup = PathBuf::from(backup);
        if backup.symlink_metadata().is_ok() {
            continue;
        }
        let (mut copy, backup) = fresh_file::create(Access::Private, |_| backup.clone())?;
        if let Err(error) = io::copy(&mut original, &mut copy).and_then(|_| copy.sync_all()) {
            // The error that brought us here is the one to tell.
            let _ = fs::remove_file(&backup);
            return Err(error);
        }
        return Ok(backup);
    }
    Err(io::Error::other(format!("there are {BACKUPS} of it already")))
}

/// Whether this name can be saved to: a regular file, or none yet, in a folder that is there.
pub(in crate::cookie) fn check(path: &Path, follow_symlinks: bool) -> Result<(), FileError> {
    let target = target(path, follow_symlinks)?;
    let folder = fs::metadata(folder(&target)).map_err(|error| FileError::io(Some(path), "written", error))?;
    match folder.is_dir() {
        true => Ok(()),
        false => Err(FileError::io(Some(path), "written", io::ErrorKind::NotADirectory.into())),
    }
}

/// An empty file, readable by its owner only, unless there is one of this name already.
///
/// It is made under another name and linked: a file opened by its own name would have to be closed,
/// and with that this process would lose all locks that a database in another thread has on it by
/// now.
#[cfg(feature = "sqlite")]
pub(in crate::cookie) fn create_private(path: &Path) -> io::Result<()> {
    create_by_linking(path, |from, to| fs::hard_link(from, to))
}

#[cfg(feature = "sqlite")]
fn create_by_linking(path: &Path, link: impl Fn(&Path, &Path) -> io::Result<()>) -> io::Result<()> {
    let temporary = Temporary::beside(path)?;
    let there = |error: &io::Error| error.kind() == io::ErrorKind::AlreadyExists;
    match link(&temporary.path, path) {
        // There is one, or the file system has no links. Few have permissions then.
        Err(_) => fresh_file::create(Access::Private, |_| path.to_owned())
            .map(drop)
            .or_else(|error| if there(&error) { Ok(()) } else { Err(error) }),
        Ok(()) => Ok(()),
    }
}

/// The regular file, or the free name, that is to be replaced.
fn target(path: &Path, follow_symlinks: bool) -> Result<PathBuf, FileError> {
    let failed = |error| FileError::io(Some(path), "written", error);
    let mut target = path.to_owned();
    let mut found = fs::symlink_metadata(path);
    if found.as_ref().is_ok_and(fs::Metadata::is_symlink) {
        if !follow_symlinks {
            return Err(FileError::Symlink { path: path.to_owned() });
        }
        // A link to nothing is an error: whoever laid it chose where a file would appear.
        target = fs::canonicalize(path).map_err(failed)?;
        found = fs::symlink_metadata(&target);
    }
    match found {
        Ok(metadata) if metadata.is_file() => Ok(target),
        Ok(_) => Err(FileError::NotAFile { path: path.to_owned() }),
        Err(error) if error.kind() == io::ErrorKind::NotFound && path.file_name().is_some() => Ok(target),
        Err(error) => Err(failed(error)),
    }
}

/// A file that is removed unless it becomes another.
struct Temporary {
    path: PathBuf,
    file: File,
    done: bool,
}

impl Temporary {
    /// A new file in the folder of the target, since only within a file system is a rename one
    /// step.
    fn beside(target: &Path) -> io::Result<Self> {
        let (file, path) = fresh_file::create(Access::Private, |random| {
            let mut name = begin(target);
            name.push(random);
            name.push(END);
            target.with_file_name(name)
        })?;
        Ok(Self { path, file, done: false })
    }

    fn fill(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        // Before the rename: else a crash could leave the new name with no content.
        self.file.sync_all()
    }

    fn become_file(mut self, target: &Path) -> io::Result<()> {
        fs::rename(&self.path, target)?;
        self.done = true;
        // The new file is in place. That its name is on the disk as well is a wish that some file
        // systems refuse.
        if cfg!(unix) {
            let _ = File::open(folder(target)).and_then(|folder| folder.sync_all());
        }
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.done {
            // The error that brought us here is the one to tell.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// The names of temporary files are `.cookies.txt.`, 16 hexadecimal digits, and this.
const END: &str = ".tmp";

fn begin(target: &Path) -> OsString {
    let mut begin = OsString::from(".");
    begin.push(target.file_name().unwrap_or_default());
    begin.push(".");
    begin
}

fn folder(target: &Path) -> &Path {
    target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Takes away the temporary files of this target that programs left behind which were killed while
/// they saved: there are secrets in them. Age is told by the times of the files, so that no clock
/// but the file system's has a say.
fn remove_stale(target: &Path) -> io::Result<()> {
    let (begin, saved) = (begin(target), fs::symlink_metadata(target)?.modified()?);
    for entry in fs::read_dir(folder(target))? {
        let entry = entry?;
        if !is_temporary(&entry.file_name(), &begin) {
            continue;
        }
        // Of the name itself: neither a link nor what it leads to is touched. One that is gone was
        // a saver's at work.
        let Ok(metadata) = entry.metadata() else {
            continue;
        };
        let age = saved.duration_since(metadata.modified()?).unwrap_or_default();
        if metadata.is_file() && age > STALE {
            let _ = fs::remove_file(entry.path());
        }
    }
    Ok(())
}

fn is_temporary(name: &OsStr, begin: &OsStr) -> bool {
    let random = name.as_encoded_bytes().strip_prefix(begin.as_encoded_bytes());
    let random = random.and_then(|rest| rest.strip_suffix(END.as_bytes())).unwrap_or_default();
    random.len() == 16 && random.iter().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cookies are secrets: whatever keeps a save from its end, they do not stay behind in a file
    /// that nobody knows of.
    #[test]
    fn a_save_that_fails_leaves_nothing_behind() {
        let folder = std::env::temp_dir().join(format!("clientcookie-save-{}", std::process::id()));
        let taken = folder.join("cookies.txt");
        fs::create_dir_all(taken.join("a folder is not replaced")).unwrap();
        let names = || fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>();

        let mut temporary = Temporary::beside(&taken).unwrap();
        temporary.fill(b"secret").unwrap();
        assert_eq!(names().len(), 2, "it is there while it is filled");
        assert!(temporary.become_file(&taken).is_err());
        assert_eq!(names(), ["cookies.txt"], "the rename failed");

        drop(Temporary::beside(&taken).unwrap());
        assert_eq!(names(), ["cookies.txt"], "it was given up");

        let target = folder.join("saved");
        let mut temporary = Temporary::beside(&target).unwrap();
        temporary.fill(b"secret").unwrap();
        temporary.become_file(&target).unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"secret", "and stays when it has become the file");
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn the_temporary_file_of_another_is_taken_away_when_it_is_more_than_an_hour_older() {
        let folder = std::env::temp_dir().join(format!("clientcookie-stale-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let target = folder.join("cookies.txt");
        let saved = std::time::UNIX_EPOCH + Duration::from_secs(1_767_225_600);
        let make = |name: &str, age: Duration| {
            let file = File::create(folder.join(name)).unwrap();
            file.set_modified(saved - age).unwrap();
        };
        make("cookies.txt", Duration::ZERO);
        for (age, stays) in
            [(STALE - Duration::from_secs(1), true), (STALE, true), (STALE + Duration::from_secs(1), false)]
        {
            let name = ".cookies.txt.0123456789abcdef.tmp";
            make(name, age);
            remove_stale(&target).unwrap();
            assert_eq!(folder.join(name).exists(), stays, "{age:?}");
        }
        fs::remove_dir_all(&folder).unwrap();
    }

    /// A file system without links cannot be had everywhere, so here it is the link that fails.
    #[cfg(feature = "sqlite")]
    #[test]
    fn a_private_file_is_made_with_a_link_or_without() {
        let folder = std::env::temp_dir().join(format!("clientcookie-private-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("cookies.sqlite");
        let no_links = |_: &Path, _: &Path| Err(io::Error::from(io::ErrorKind::Unsupported));
        let names = || fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>();
        for linked in [true, false] {
            let create = || if linked { create_private(&path) } else { create_by_linking(&path, no_links) };
            create().unwrap();
            assert_eq!(names(), ["cookies.sqlite"], "links: {linked}");
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600, "links: {linked}");
            }
            fs::write(&path, "cookies").unwrap();
            create().unwrap();
            assert_eq!(fs::read(&path).unwrap(), b"cookies", "one that is there stays as it is; links: {linked}");
            fs::remove_file(&path).unwrap();
        }
        let gone = |_: &Path, _: &Path| fs::remove_dir_all(&folder).and(Err(io::ErrorKind::Unsupported.into()));
        assert!(create_by_linking(&path, gone).is_err(), "the folder went meanwhile");
    }
}
