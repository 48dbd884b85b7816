//! Stores that a browser is using, or has left in the midst of something: all is seen, and nothing
//! touched.

use std::process::Command;
use std::sync::mpsc;
use std::time::SystemTime;

use super::*;

/// Names, sizes and times of all that is in a folder.
fn state(folder: &Folder) -> Vec<(String, u64, SystemTime)> {
    let state = |name: String| {
        let metadata = fs::symlink_metadata(folder.file(&name)).unwrap();
        (name, metadata.len(), metadata.modified().unwrap())
    };
    folder.names().into_iter().map(state).collect()
}

/// Copies what lies in a folder, as a crash would leave it.
fn crash(from: &Folder, name: &str) -> Folder {
    let to = Folder::new(name);
    for name in from.names() {
        fs::copy(from.file(&name), to.file(&name)).unwrap();
    }
    to
}

#[test]
fn rows_that_are_only_in_the_log_count() {
    let folder = Folder::new("stores-wal");
    let path = folder.file("cookies.sqlite");
    let browser = store(&path, "WAL", 3);
    let before = state(&folder);
    assert_eq!(folder.names(), ["cookies.sqlite", "cookies.sqlite-shm", "cookies.sqlite-wal"]);
    assert_eq!(count(&path), 3);
    browser.execute_batch("BEGIN").unwrap();
    insert(&browser, 3);
    assert_eq!(count(&path), 3, "what is not committed does not count");
    assert_eq!(state(&folder), before, "nothing is touched");
    browser.execute_batch("COMMIT").unwrap();
    assert_eq!(count(&path), 4, "what is committed does");
    let closed = crash(&folder, "stores-wal-closed");
    drop(browser);
    assert_eq!((folder.names(), count(&path)), (vec!["cookies.sqlite".to_owned()], 4), "the log is folded in");

    // What a crash leaves, with the index of the log and without.
    let path = closed.file("cookies.sqlite");
    for _ in 0..2 {
        let before = state(&closed);
        assert_eq!((count(&path), state(&closed)), (4, before));
        let _ = fs::remove_file(closed.file("cookies.sqlite-shm"));
    }
}

#[test]
fn a_store_that_is_locked_is_read() {
    for journal in ["WAL", "DELETE", "TRUNCATE", "PERSIST"] {
        let folder = Folder::new(&format!("stores-locked-{journal}"));
        let path = folder.file("cookies.sqlite");
        let browser = store(&path, journal, 3);
        browser.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE").unwrap();
        insert(&browser, 3);
        let before = state(&folder);
        assert_eq!((count(&path), state(&folder)), (3, before), "{journal}");
        browser.execute_batch("COMMIT").unwrap();
        let before = state(&folder);
        assert_eq!((count(&path), state(&folder)), (4, before), "{journal}: the lock is still held");
    }
}

#[test]
fn a_change_that_is_under_way_is_not_seen() {
    let folder = Folder::new("stores-journal");
    let path = folder.file("cookies.sqlite");
    let browser = store(&path, "DELETE", 3);
    // So little memory that changes go to the file before they are committed.
    browser.execute_batch("PRAGMA cache_size = 1; BEGIN; UPDATE moz_cookies SET host = 'changed.test'").unwrap();
    (3..3000).for_each(|number| insert(&browser, number));
    let raw = fs::read(&path).unwrap();
    assert!(raw.len() > 20_000 && folder.names().len() == 2, "the change has reached the file");
    let before = state(&folder);
    let loaded = read(&path).unwrap();
    assert!(loaded.cookies.len() == 3 && loaded.cookies.iter().all(|cookie| cookie.domain() == "a.test"));
    assert_eq!(state(&folder), before, "nothing is touched");
    let cut_short = crash(&folder, "stores-journal-crash");
    browser.execute_batch("COMMIT").unwrap();
    assert_eq!(count(&path), 3000);
    assert_eq!(count(&cut_short.file("cookies.sqlite")), 3, "nor one that was cut short");
}

#[test]
fn a_journal_that_names_another_file_is_not_followed() {
    let folder = Folder::new("stores-super-journal");
    let (path, other) = (folder.file("cookies.sqlite"), folder.file("precious"));
    drop(store(&path, "DELETE", 3));
    fs::write(&other, "not to be deleted").unwrap();
    // As SQLite writes it at the end of a journal: page, name, length, sum of the bytes, magic.
    let name = other.to_str().unwrap().as_bytes();
    let magic = [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];
    let sum = name.iter().map(|&byte| i32::from(byte as i8)).sum::<i32>();
    let mut journal = [&magic[..], &[0; 20]].concat();
    journal.resize(512, 0);
    journal[20..28].copy_from_slice(&[0, 0, 2, 0, 0, 0, 16, 0]);
    journal.extend([&[0, 4, 0, 1][..], name, &(name.len() as u32).to_be_bytes(), &sum.to_be_bytes(), &magic].concat());
    fs::write(folder.file("cookies.sqlite-journal"), journal).unwrap();
    let error = read(&path).unwrap_err();
    assert!(error.to_string().ends_with("it is in the midst of a change to several databases"), "{error}");
    assert!(other.exists());
}

#[test]
fn one_moment_is_read_even_while_much_is_written() {
    for journal in ["WAL", "DELETE"] {
        let folder = Folder::new(&format!("stores-busy-{journal}"));
        let path = folder.file("cookies.sqlite");
        let browser = store(&path, journal, 100);
        browser.execute_batch("PRAGMA synchronous = OFF; PRAGMA wal_autocheckpoint = 3").unwrap();
        // Every row changes at once, and with it every page.
        let change = "UPDATE moz_cookies SET value = printf('%01000d', ?1)";
        browser.execute(change, [0]).unwrap();
        let ((go, wanted), (begun, is_writing)) = (mpsc::channel::<()>(), mpsc::channel());
        std::thread::scope(|scope| {
            scope.spawn(move || {
                let mut number = 0;
                for () in wanted {
                    begun.send(()).unwrap();
                    for _ in 0..5 {
                        number += 1;
                        browser.execute(change, [number]).unwrap();
                    }
                }
            });
            for _ in 0..4 {
                go.send(()).unwrap();
                is_writing.recv().unwrap();
                let loaded = read(&path).unwrap();
                let first = loaded.cookies[0].value().to_vec();
                assert_eq!(loaded.cookies.len(), 100, "{journal}");
                assert!(loaded.cookies.iter().all(|cookie| cookie.value() == first), "{journal}: two moments in one");
            }
            drop(go);
        });
    }
}

#[test]
fn the_limit_is_for_all_files_together() {
    let folder = Folder::new("stores-limit");
    let path = folder.file("cookies.sqlite");
    let _browser = store(&path, "WAL", 3);
    let size: u64 =
        ["", "-wal"].map(|end| fs::metadata(folder.file(&format!("cookies.sqlite{end}"))).unwrap().len()).iter().sum();
    let size = usize::try_from(size).unwrap();
    let jar = FirefoxCookieJar::new(&path).ignore_discard(true).with_jar(&memory());
    assert_eq!(jar.clone().file_limit(size).load().unwrap().stored, 3);
    let error = jar.file_limit(size - 1).load().unwrap_err();
    assert!(error.to_string().contains(&format!("more than {} bytes, which is its limit", size - 1)), "{error}");
}

#[test]
fn what_is_no_file_is_an_error() {
    let folder = Folder::new("stores-no-file");
    let missing = folder.file("missing.sqlite");
    assert!(read(&missing).unwrap_err().is_not_found());
    let error = read(&folder.0).unwrap_err().to_string();
    assert!(error.ends_with("cannot be read: it is not a regular file"), "{error}");
    let pipe = folder.file("pipe");
    if Command::new("mkfifo").arg(&pipe).status().is_ok_and(|status| status.success()) {
        assert!(read(&pipe).unwrap_err().to_string().ends_with("it is not a regular file"));
    } else {
        println!("skipped: there is no mkfifo");
    }
}

#[cfg(unix)]
#[test]
fn a_link_leads_to_the_log_as_well() {
    let (folder, links) = (Folder::new("stores-link"), Folder::new("stores-link-from"));
    let browser = store(&folder.file("cookies.sqlite"), "WAL", 3);
    std::os::unix::fs::symlink(folder.file("cookies.sqlite"), links.file("Cookies")).unwrap();
    assert_eq!(count(&links.file("Cookies")), 3);
    drop(browser);
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_to_is_read() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new("stores-read-only");
    let browser = store(&folder.file("cookies.sqlite"), "WAL", 3);
    let crashed = crash(&folder, "stores-read-only-crash");
    drop(browser);
    fs::remove_file(crashed.file("cookies.sqlite-shm")).unwrap();
    fs::set_permissions(&crashed.0, fs::Permissions::from_mode(0o500)).unwrap();
    let is_root = fs::write(crashed.file("x"), "").is_ok();
    if is_root {
        println!("skipped: root may write anywhere");
        fs::remove_file(crashed.file("x")).unwrap();
    }
    assert_eq!(count(&crashed.file("cookies.sqlite")), 3);
    fs::set_permissions(&crashed.0, fs::Permissions::from_mode(0o700)).unwrap();
}

/// This test is run again, as a program whose temporary files go to a folder of its own.
#[test]
fn no_copy_is_left_behind() {
    const STORES: &str = "CLIENTCOOKIE_TEST_STORES";
    if let Some(stores) = env::var_os(STORES) {
        let stores = PathBuf::from(stores);
        assert_eq!(count(&stores.join("cookies.sqlite")), 3);
        assert!(read(&stores.join("corrupt.sqlite")).is_err());
        assert!(read(&stores.join("none.sqlite")).is_err());
        return;
    }
    let (folder, temporary) = (Folder::new("stores-copies"), Folder::new("stores-copies-temporary"));
    let browser = store(&folder.file("cookies.sqlite"), "WAL", 3);
    let mut corrupt = fs::read(folder.file("cookies.sqlite")).unwrap();
    corrupt[100..].fill(0xff);
    fs::write(folder.file("corrupt.sqlite"), corrupt).unwrap();
    for name in ["corrupt.sqlite", "none.sqlite"] {
        fs::write(folder.file(&format!("{name}-journal")), "x").unwrap();
    }
    fs::write(folder.file("none.sqlite"), "not a database, but as long as the header of one is, and longer than that")
        .unwrap();
    let mut again = Command::new(env::current_exe().unwrap());
    let again = again.args(["--exact", "files::stores::running::no_copy_is_left_behind", "--nocapture"]);
    let again = again.env(STORES, &folder.0).env("TMPDIR", &temporary.0).output().unwrap();
    assert!(again.status.success(), "{}", String::from_utf8_lossy(&again.stderr));
    assert!(String::from_utf8_lossy(&again.stdout).contains("1 passed"));
    assert_eq!(temporary.names(), Vec::<String>::new());
    drop(browser);
}
