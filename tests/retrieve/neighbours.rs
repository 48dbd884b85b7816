//! Others who may write to the folder, and other downloads to the same file.

use std::fs;
#[cfg(unix)]
use std::os::unix::fs::{PermissionsExt, chown, symlink};
#[cfg(unix)]
use std::path::Path;

use clientcookie::{ErrorKind, Retrieve, build_opener};

#[cfg(unix)]
use super::Folder;
use super::body;
use super::resume::{CUT, LENGTH, Resuming, cut, rest};
use crate::support::Reply;
#[cfg(unix)]
use crate::support::Server;

/// A user that nobody is.
#[cfg(unix)]
const NOBODY: u32 = 65_534;

#[cfg(unix)]
fn elsewhere(path: &Path) -> std::path::PathBuf {
    path.with_file_name("elsewhere")
}

#[cfg(unix)]
#[test]
fn a_part_that_is_not_the_callers_own_is_refused_before_anything_is_asked() {
    type Spoil = fn(&Path);
    let rows: [(&str, Spoil); 6] = [
        ("it is a symbolic link, which is not followed", |path| {
            fs::rename(path, elsewhere(path)).unwrap();
            symlink(elsewhere(path), path).unwrap();
        }),
        ("it has another name as well (a hard link)", |path| fs::hard_link(path, elsewhere(path)).unwrap()),
        ("others may write to it", |path| set_mode(path, 0o660)),
        ("others may write to it", |path| set_mode(path, 0o602)),
        ("it is no regular file", |path| {
            fs::remove_file(path).unwrap();
            let made = std::process::Command::new("mkfifo").arg(path).status().unwrap();
            assert!(made.success());
        }),
        ("irectory", |path| {
            fs::remove_file(path).unwrap();
            fs::create_dir(path).unwrap();
        }),
    ];
    for name in ["page.bin.part", "page.bin.part.info"] {
        for (words, spoil) in rows {
            // A folder can be opened to be read, and is none of a file then.
            let words = if name.ends_with("info") && words == "irectory" { "it is no regular file" } else { words };
            is_refused(name, words, spoil);
        }
        let probe = Folder::new("probe");
        fs::write(probe.file(), "").unwrap();
        match chown(probe.file(), Some(NOBODY), None) {
            Ok(()) => is_refused(name, "it belongs to another user", |path| chown(path, Some(NOBODY), None).unwrap()),
            Err(_) => println!("skipped: only root can give files away"),
        }
    }
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
}

#[cfg(unix)]
fn is_refused(name: &str, words: &str, spoil: fn(&Path)) {
    let resuming = Resuming::new("own", "ETag: \"a\"\r\n", |_| rest(CUT).header("ETag", "\"a\""));
    let path = resuming.folder.0.join(name);
    spoil(&path);
    let before = (resuming.folder.names(), fs::read(elsewhere(&path)).ok());
    let error = resuming.retrieve("/").unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Io(_)), "{error}");
    assert!(error.to_string().contains(words) && error.to_string().contains(name), "{words}: {error}");
    assert_eq!((resuming.folder.names(), fs::read(elsewhere(&path)).ok()), before, "{words}");
    assert_eq!(resuming.server.requests().len(), 1, "{words}: the first one only");
}

/// What the neighbour does: puts something in the place of every part that is there.
#[cfg(unix)]
#[derive(Clone, Copy, Debug)]
enum Swap {
    Link,
    File,
    /// A link in the place of the target.
    TargetLink,
}

#[cfg(unix)]
impl Swap {
    fn happen(self, folder: &Path) {
        if let Self::TargetLink = self {
            let _ = symlink(folder.join("victim"), folder.join("page.bin"));
            return;
        }
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            // The second time it is the neighbour's own.
            if path.extension().is_none_or(|end| end != "part") || folder.join("moved").exists() {
                continue;
            }
            fs::rename(&path, folder.join("moved")).unwrap();
            match self {
                Self::Link => symlink(folder.join("victim"), path).unwrap(),
                _ => fs::write(path, "evil").unwrap(),
            }
        }
    }
}

#[cfg(unix)]
#[test]
fn what_is_swapped_meanwhile_is_neither_written_to_nor_taken_for_the_file() {
    for swap in [Swap::Link, Swap::File, Swap::TargetLink] {
        for (says, while_asked, resume) in [
            ("while the server thinks, and sends the rest", true, true),
            ("while the rest comes", false, true),
            ("while the whole comes", false, false),
        ] {
            let folder = Folder::new("swap-folder");
            let path = folder.0.clone();
            let resuming = Resuming::new("swap", "ETag: \"a\"\r\n", move |request| {
                if while_asked {
                    swap.happen(&path);
                }
                match request.header("Range") {
                    Some(_) => rest(CUT).header("ETag", "\"a\""),
                    None => Reply::ok(body(LENGTH)).header("ETag", "\"a\""),
                }
            });
            if resume {
                for name in ["page.bin.part", "page.bin.part.info"] {
                    fs::rename(resuming.folder.0.join(name), folder.0.join(name)).unwrap();
                }
            }
            fs::write(folder.0.join("victim"), "the victim's own").unwrap();
            let how = Retrieve::to(folder.file()).resume(resume).reporthook(|blocks, _, _| {
                if !while_asked && blocks > 0 {
                    swap.happen(&folder.0);
                }
            });
            let error = resuming.opener.retrieve(resuming.server.url("/"), how).unwrap_err().to_string();
            let expected = match swap {
                Swap::TargetLink => "it is a symbolic link, which is not followed",
                _ => "somebody put something else in its place meanwhile",
            };
            assert!(error.contains(expected), "{swap:?} {says}: {error}");
            assert_eq!(fs::read(folder.0.join("victim")).unwrap(), b"the victim's own", "{swap:?} {says}");
            assert_eq!(folder.file().exists(), matches!(swap, Swap::TargetLink), "{swap:?} {says}");
        }
    }
}

#[test]
fn the_second_download_to_a_file_is_told() {
    for resumed in [true, false] {
        let whole = || Reply::ok(body(LENGTH)).header("ETag", "\"a\"");
        let resuming = Resuming::new("second", "ETag: \"a\"\r\n", move |request| match request.header("Range") {
            Some(_) => rest(CUT).header("ETag", "\"a\""),
            None => whole(),
        });
        if !resumed {
            fs::remove_file(resuming.folder.0.join("page.bin.part")).unwrap();
            fs::remove_file(resuming.folder.0.join("page.bin.part.info")).unwrap();
        }
        let mut told = Vec::new();
        let how = Retrieve::to(resuming.folder.file()).resume(true).reporthook(|_, _, _| {
            told.push(resuming.retrieve("/").unwrap_err().to_string());
        });
        resuming.opener.retrieve(resuming.server.url("/"), how).unwrap();
        assert!(told.len() > 1);
        for error in told {
            assert!(error.contains("another download to it is under way"), "{error}");
        }
        assert_eq!(resuming.server.requests().len(), 2, "the second one asks for nothing");
        assert!(resuming.is_whole(), "and the first one goes on");
    }
}

#[cfg(unix)]
#[test]
fn a_part_is_written_to_by_its_owner_alone() {
    let resuming = Resuming::new("mode", "ETag: \"a\"\r\n", |_| rest(CUT).header("ETag", "\"a\""));
    let mode = |name: &str| fs::metadata(resuming.folder.0.join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("page.bin.part") & 0o022, 0);
    assert_eq!(mode("page.bin.part.info"), 0o600, "there are addresses in it");
}

#[cfg(unix)]
#[test]
fn two_that_begin_at_once_do_not_share_a_part() {
    // The second one begins and ends while the first one waits for its answer.
    let folder = Folder::new("at-once");
    let (target, first) = (folder.file(), std::sync::Mutex::new(true));
    let server = Server::start(move |request| {
        if std::mem::take(&mut *first.lock().unwrap()) {
            let url = format!("http://{}/", request.header("Host").unwrap());
            build_opener(()).retrieve(url, Retrieve::to(&target).resume(true)).unwrap();
        }
        Reply::ok(body(LENGTH)).header("ETag", "\"a\"")
    });
    let how = Retrieve::to(folder.file()).resume(true);
    build_opener(()).retrieve(server.url("/"), how).unwrap();
    assert_eq!(folder.names(), ["page.bin"]);
    assert!(fs::read(folder.file()).unwrap() == body(LENGTH));
}

/// Four programs that begin, finish and give up downloads to one file, all at once.
#[test]
fn no_download_takes_away_what_another_has_begun() {
    let resuming = Resuming::new("crowd", "ETag: \"a\"\r\n", |request| match request.header("Range") {
        Some(_) => rest(CUT).header("ETag", "\"a\""),
        None => cut("ETag: \"a\"\r\n"),
    });
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..20 {
                    let Err(error) = resuming.retrieve("/") else { continue };
                    let is_told = error.to_string().contains("another download to it is under way");
                    let is_restless = error.to_string().contains("other programs make and remove it all the time");
                    let is_cut = matches!(error.kind(), ErrorKind::ContentTooShort { .. });
                    assert!(is_told || is_restless || is_cut, "{error}");
                }
            });
        }
    });
    while resuming.retrieve("/").is_err() {}
    assert_eq!(fs::read(resuming.folder.file()).unwrap(), body(LENGTH));
    assert_eq!(resuming.folder.names(), ["page.bin"]);
}
