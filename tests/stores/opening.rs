//! Opening a database: what is made, what is refused, and that what is refused stays as it is.

use std::fs;
use std::path::Path;

use clientcookie::cookie::*;
use rusqlite::Connection;

use super::Folder;

fn refusal(path: &Path) -> String {
    let error = SqliteCookieJar::create(path).unwrap_err();
    assert_eq!(error.path().and_then(Path::file_name), path.file_name(), "{error}");
    error.to_string()
}

/// Names and contents of all that lies in a folder.
fn content(folder: &Folder) -> Vec<(String, Vec<u8>)> {
    folder.names().into_iter().map(|name| (name.clone(), fs::read(folder.file(&name)).unwrap())).collect()
}

#[test]
fn a_database_is_made_once_and_closed_whole() {
    let folder = Folder::new("made");
    let path = folder.file("cookies.db");
    let jar = SqliteCookieJar::create(&path).unwrap();
    jar.set_cookie(Cookie::new("a", "1", "a.test"));
    assert_eq!(folder.names(), ["cookies.db", "cookies.db-shm", "cookies.db-wal"]);
    assert_eq!(jar.path(), fs::canonicalize(&path).unwrap());
    drop(jar);
    assert_eq!(folder.names(), ["cookies.db"], "the log is in the file now");
    assert_eq!(SqliteCookieJar::create(&path).unwrap().len(), 1);
    assert!(fs::read(&path).unwrap()[68..72] == *b"CkJr", "it can be told from others");
}

#[test]
fn an_empty_file_becomes_a_database() {
    let folder = Folder::new("empty");
    let path = folder.file("cookies.db");
    fs::write(&path, "").unwrap();
    SqliteCookieJar::create(&path).unwrap().set_cookie(Cookie::new("a", "1", "a.test"));
    assert_eq!(SqliteCookieJar::create(&path).unwrap().len(), 1);
}

#[test]
fn a_name_is_only_a_name() {
    let folder = Folder::new("names");
    for name in ["file:x?mode=memory", ":memory:", "a b%20c?immutable=1#x", "\u{e4}'\"", "x.db;y"] {
        let path = folder.file(name);
        SqliteCookieJar::create(&path).unwrap().set_cookie(Cookie::new("a", "1", "a.test"));
        assert_eq!(SqliteCookieJar::create(&path).unwrap().len(), 1, "{name}");
        assert_eq!(folder.names(), [name]);
        fs::remove_file(path).unwrap();
    }
}

#[test]
fn other_databases_are_refused_and_left_as_they_are() {
    const ONLY_A_LOG: &str = "a log, and nothing in the file";
    let other = "this is a database of another program, and is left as it is";
    let table = "CREATE TABLE cookies (id INTEGER); INSERT INTO cookies VALUES (1);";
    for (sentence, sql, expected) in [
        ("a table", table.to_owned(), other),
        ("Firefox's", format!("PRAGMA user_version = 16; {table}"), other),
        ("with a log", format!("{table} PRAGMA journal_mode = WAL; DELETE FROM cookies"), other),
        ("an id of its own", "PRAGMA application_id = 7; PRAGMA user_version = 1".to_owned(), other),
        ("a version, and no table", "PRAGMA user_version = 1; PRAGMA page_size = 512; VACUUM".to_owned(), other),
        (ONLY_A_LOG, format!("PRAGMA journal_mode = WAL; {table}"), other),
        (
            "a newer version of ours",
            format!("PRAGMA application_id = {}; PRAGMA user_version = 2; {table}", 0x436b_4a72),
            "this is a cookie database of version 2, made by another version of this crate, which knows 1",
        ),
    ] {
        let folder = Folder::new("foreign");
        let path = folder.file("other.db");
        let connection = Connection::open(&path).unwrap();
        connection.execute_batch(&sql).unwrap();
        // Only a log tells that this one is not empty, and who reads one makes, or takes a note in,
        // an index of it.
        let counts = |(name, _): &(String, Vec<u8>)| !(sentence == ONLY_A_LOG && name.ends_with("-shm"));
        let content = |folder: &Folder| content(folder).into_iter().filter(counts).collect::<Vec<_>>();
        // Beside the program that has it open, and then what it leaves behind when it is killed.
        let before = content(&folder);
        assert_eq!(refusal(&path), format!("{}: {expected}", path.display()), "{sentence}");
        assert!(content(&folder) == before, "{sentence}");
        let left = Folder::new("foreign-left");
        let path = left.file("other.db");
        for (name, bytes) in before.iter().filter(|(name, _)| !name.ends_with("-shm")) {
            fs::write(left.file(name), bytes).unwrap();
        }
        let before = content(&left);
        assert_eq!(refusal(&path), format!("{}: {expected}", path.display()), "{sentence}, alone");
        assert!(content(&left) == before, "{sentence}, alone");
        drop(connection);
    }
}

#[test]
fn what_is_no_database_is_refused_and_left_as_it_is() {
    let folder = Folder::new("nonsense");
    let text = "# Netscape HTTP Cookie File\na.test\tFALSE\t/\tFALSE\t0\ta\t1\n".repeat(40);
    let path = folder.file("cookies.db");
    fs::write(&path, &text).unwrap();
    let error = refusal(&path);
    assert!(error.ends_with("cookies.db: the cookie store failed: this is not an SQLite database"), "{error}");
    assert_eq!(content(&folder), [("cookies.db".to_owned(), text.into_bytes())]);

    let error = refusal(&folder.file("missing/cookies.db"));
    assert!(error.contains("cookies.db: cannot be opened: "), "{error}");
    for name in ["..", "/", ""] {
        assert!(matches!(SqliteCookieJar::create(name), Err(FileError::NotAFile { .. })), "{name:?}");
    }
    fs::create_dir(folder.file("folder")).unwrap();
    let error = SqliteCookieJar::create(folder.file("folder")).unwrap_err();
    assert!(matches!(error, FileError::NotAFile { .. }), "{error}");
}

/// Every byte of a small database is damaged in turn, three ways, and is read or refused.
#[test]
fn a_damaged_database_never_panics() {
    let folder = Folder::new("damage");
    let path = folder.file("cookies.db");
    let jar = SqliteCookieJar::create(&path).unwrap();
    for number in 0..30 {
        let cookie = Cookie::new(format!("n{number}"), "value", format!("h{}.test", number % 4)).with_secure(true);
        jar.set_cookie(cookie.with_attribute("SameSite", "Lax").with_comment("comment"));
    }
    drop(jar);
    let good = fs::read(&path).unwrap();
    let mut refused = 0;
    for at in (0..good.len()).step_by(if cfg!(debug_assertions) { 61 } else { 7 }) {
        for change in [0x01, 0x80, 0xff] {
            let mut bad = good.clone();
            bad[at] ^= change;
            fs::write(&path, &bad).unwrap();
            match SqliteStore::create(&path) {
                Ok(store) => {
                    let store = store.busy_timeout(std::time::Duration::ZERO);
                    let cookie = || std::sync::Arc::new(Cookie::new("new", "1", "h1.test").with_secure(true));
                    let room = Capacity { per_domain: Some(3), total: Some(9), ..Capacity::UNLIMITED };
                    let _ = (store.snapshot(), store.len(), store.candidates(&["h1.test", "test"]));
                    let _ = (store.secure_rivals(&cookie()), store.put(cookie(), Some(&room)));
                    let _ = (store.remove("h2.test", b"/", b"n2"), store.remove_all(Scope::Domain("h3.test")));
                    let _ = (store.put_all(vec![cookie()], true), store.remove_all(Scope::All));
                }
                Err(error) => {
                    refused += 1;
                    assert!(error.to_string().contains("cookies.db: "), "{error}");
                }
            }
            for left in ["cookies.db-wal", "cookies.db-shm", "cookies.db-journal"] {
                let _ = fs::remove_file(folder.file(left));
            }
        }
    }
    assert!(refused > 10, "the damage was noticed {refused} times");
}

#[cfg(unix)]
mod on_unix {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_new_database_is_its_owners_alone() {
        let folder = Folder::new("mode");
        let path = folder.file("cookies.db");
        let jar = SqliteCookieJar::create(&path).unwrap();
        jar.set_cookie(Cookie::new("a", "1", "a.test"));
        for name in folder.names() {
            assert_eq!(mode(&folder.file(&name)), 0o600, "{name}");
        }
        drop(jar);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let jar = SqliteCookieJar::create(&path).unwrap();
        jar.clear();
        for name in folder.names() {
            assert_eq!(mode(&folder.file(&name)), 0o640, "who shared it had a reason: {name}");
        }
    }

    #[test]
    fn a_symbolic_link_in_the_place_of_the_file_is_refused() {
        let folder = Folder::new("link");
        let (target, link) = (folder.file("target"), folder.file("link"));
        symlink(&target, &link).unwrap();
        assert_eq!(folder.names(), ["link"]);
        let said = "is a symbolic link, which is not followed unless asked for";
        assert_eq!(refusal(&link), format!("{}: {said}", link.display()), "it leads nowhere");
        assert_eq!(folder.names(), ["link"], "and nothing was made there");
        drop(SqliteCookieJar::create(&target).unwrap());
        assert_eq!(refusal(&link), format!("{}: {said}", link.display()));
        // The folder may be behind one, and what is asked for by its real name is.
        symlink(folder.file("."), folder.file("folder")).unwrap();
        assert!(SqliteCookieJar::create(folder.file("folder/target")).is_ok());
        assert!(SqliteCookieJar::create(fs::canonicalize(&link).unwrap()).is_ok());
    }

    #[test]
    fn a_name_need_not_be_unicode() {
        use std::os::unix::ffi::OsStrExt;
        let folder = Folder::new("bytes");
        let path = folder.file("x").with_file_name(std::ffi::OsStr::from_bytes(b"c\xff.db"));
        SqliteCookieJar::create(&path).unwrap().set_cookie(Cookie::new("a", "1", "a.test"));
        assert_eq!(SqliteCookieJar::create(&path).unwrap().len(), 1);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn what_must_not_be_written_is_refused() {
        let folder = Folder::new("readonly");
        let path = folder.file("cookies.db");
        drop(SqliteCookieJar::create(&path).unwrap());
        fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
        if fs::File::options().write(true).open(&path).is_ok() {
            return println!("skipped: this user may write everything");
        }
        let error = refusal(&path);
        assert!(error.ends_with("cookies.db: cannot be written: permission denied"), "{error}");
    }
}
