//! Files that call themselves stores: an error or what can be read, in good time, and never a
//! panic.

use super::*;

/// A database made by these statements.
fn database(statements: &str) -> Vec<u8> {
    let mut maker = Connection::open_in_memory().unwrap();
    maker.execute_batch(statements).unwrap();
    maker.serialize(c"main").unwrap().to_vec()
}

fn firefox(bytes: &[u8]) -> Result<Loaded, FormatError> {
    FirefoxFormat::new().read(bytes)
}

#[test]
fn what_is_no_store_is_told_so() {
    let fake_table = MOZ_COOKIES.replace("value TEXT", "value TEXT AS (name || name)");
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) \
                   SELECT i AS name, i AS value, 'a.test' AS host, '/' AS path, 0 AS expiry FROM n";
    let no_table = "there is no table moz_cookies in the database";
    for (sentence, bytes, reason) in [
        ("an empty file", vec![], "not an SQLite database"),
        ("a text", b"# Netscape HTTP Cookie File\n".repeat(20), "not an SQLite database"),
        ("a first line only", b"SQLite format 3\0".to_vec(), "not an SQLite database"),
        ("zeros after it", [&b"SQLite format 3\0"[..], &[0; 5000]].concat(), "not an SQLite database"),
        ("half a page", fixture("firefox.sqlite")[..4608].to_vec(), "the database is cut short"),
        ("another program's database", database("CREATE TABLE t (a)"), no_table),
        ("a view for a table", database(&format!("CREATE VIEW moz_cookies AS {endless}")), no_table),
        (
            "a virtual table",
            database("CREATE VIRTUAL TABLE moz_cookies USING fts5(name, value, host, path, expiry)"),
            no_table,
        ),
        (
            "a column too few",
            database("CREATE TABLE moz_cookies (name, value, host, path)"),
            "the table moz_cookies has no column expiry",
        ),
        ("a column that is computed", database(&fake_table), "the table moz_cookies has no column value"),
    ] {
        let error = firefox(&bytes).unwrap_err();
        assert_eq!(error.reason(), reason, "{sentence}");
        assert!(ChromiumFormat::new().read(&bytes).is_err(), "{sentence}");
    }
    let no_version = database("CREATE TABLE meta (key, value); CREATE TABLE cookies (name)");
    let error = ChromiumFormat::new().read(&no_version).unwrap_err();
    assert_eq!(error.reason(), "the table meta does not tell the version");
}

#[test]
fn a_table_that_only_says_it_is_one_is_none() {
    // Whoever makes the file can write what he likes where the database keeps the statements that
    // made it.
    for lie in [
        "CREATE VIRTUAL TABLE moz_cookies USING fts5(name, value, host, path, expiry)",
        "CREATE VIEW moz_cookies AS SELECT 1",
    ] {
        let mut maker = Connection::open_in_memory().unwrap();
        maker.execute_batch(MOZ_COOKIES).unwrap();
        maker.execute_batch("PRAGMA writable_schema = ON").unwrap();
        maker.execute("UPDATE sqlite_schema SET sql = ?1", [lie]).unwrap();
        let error = firefox(&maker.serialize(c"main").unwrap()).unwrap_err();
        assert!(
            error.reason() == "there is no table moz_cookies in the database"
                || error.reason() == "the database is corrupt",
            "{error}"
        );
    }
}

#[test]
fn values_of_any_kind_and_size_are_read_or_skipped() {
    let store = database(&format!(
        "{MOZ_COOKIES}; CREATE TRIGGER t AFTER INSERT ON moz_cookies BEGIN DELETE FROM moz_cookies; END;
         DROP TRIGGER t;
         INSERT INTO moz_cookies VALUES ('huge', zeroblob(3000000), 'a.test', '/', 0);
         INSERT INTO moz_cookies VALUES ('number', 7, 'a.test', '/', 9223372036854775807);
         INSERT INTO moz_cookies VALUES (x'ff00', 'v', 'a.test', '/', 0);
         INSERT INTO moz_cookies VALUES ('fraction', 'v', 'a.test', '/', 1.5);
         INSERT INTO moz_cookies VALUES ('least', 'v', 'a.test', '/', -9223372036854775808);
         INSERT INTO moz_cookies VALUES (NULL, NULL, NULL, NULL, NULL);"
    ));
    let loaded = firefox(&store).unwrap();
    let names: Vec<_> = loaded.cookies.iter().map(|cookie| (cookie.name().into_owned(), cookie.expires())).collect();
    assert_eq!(names, [("number".to_owned(), Some(i64::MAX / 1000)), ("least".to_owned(), Some(i64::MIN))]);
    let reasons: Vec<_> = loaded.skipped.iter().map(|skipped| (skipped.line, skipped.reason)).collect();
    let expected = [(1, Reason::TooLong), (3, Reason::ControlCharacter), (4, Reason::BadExpiry), (6, Reason::NoName)];
    assert_eq!(reasons, expected);
}

/// A tree in which each page has the next one as its child, seventy times over, down to one leaf.
fn bomb(levels: usize) -> Vec<u8> {
    const PAGE: usize = 512;
    let mut pages = database(&format!(
        "PRAGMA page_size = {PAGE}; {MOZ_COOKIES}; INSERT INTO moz_cookies VALUES ('n', 'v', 'a.test', '/', 0)"
    ));
    assert_eq!(pages.len(), 2 * PAGE);
    let leaf = pages.split_off(PAGE);
    for level in 0..levels {
        let child = (level as u32 + 3).to_be_bytes();
        let mut page = vec![0; PAGE];
        let cells = 70;
        let start = PAGE - cells * 5;
        page[..12].copy_from_slice(&[
            5,
            0,
            0,
            0,
            70,
            (start >> 8) as u8,
            start as u8,
            0,
            child[0],
            child[1],
            child[2],
            child[3],
        ]);
        for cell in 0..cells {
            let at = start + cell * 5;
            page[12 + cell * 2..14 + cell * 2].copy_from_slice(&(at as u16).to_be_bytes());
            page[at..at + 4].copy_from_slice(&child);
            page[at + 4] = 1;
        }
        pages.extend(page);
    }
    pages.extend(leaf);
    let count = (pages.len() / PAGE) as u32;
    pages[28..32].copy_from_slice(&count.to_be_bytes());
    pages
}

#[test]
fn pages_that_are_read_again_and_again_come_to_an_end() {
    assert_eq!(firefox(&bomb(0)).unwrap().cookies.len(), 1);
    assert_eq!(firefox(&bomb(1)).unwrap().cookies.len(), 71, "as SQLite reads it");
    for levels in [3, 10, 15] {
        let error = firefox(&bomb(levels)).unwrap_err();
        assert_eq!(error.reason(), "the database is corrupt: it holds more than fits into it", "{levels}");
    }
}

#[test]
fn a_store_of_many_rows_is_within_its_limits() {
    let store = database(&format!(
        "{MOZ_COOKIES}; WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000)
         INSERT INTO moz_cookies SELECT 'n' || i, 'v', 'a.test', '/', 0 FROM n"
    ));
    assert_eq!(firefox(&store).unwrap().cookies.len(), 50_000);
    let utf16 = database(&format!(
        "PRAGMA encoding = 'UTF-16'; {MOZ_COOKIES}; INSERT INTO moz_cookies VALUES ('n', '{}', 'a.test', '/', 0)",
        "ああ".repeat(2000)
    ));
    assert_eq!(firefox(&utf16).unwrap().cookies[0].value().len(), 12_000, "text that grows in UTF-8");
}

#[test]
fn cut_files_are_errors() {
    for name in ["firefox.sqlite", "firefox-5.sqlite", "chromium.sqlite", "gnome-web.sqlite"] {
        let whole = fixture(name);
        for end in (0..whole.len()).step_by(512) {
            let (one, other) = (firefox(&whole[..end]), ChromiumFormat::new().read(&whole[..end]));
            assert!(one.is_err() && other.is_err(), "{name}, {end} bytes");
        }
    }
    let folder = Folder::new("stores-cut");
    let (path, log) = (folder.file("cookies.sqlite"), fixture("firefox-running.sqlite-wal.gz"));
    let whole = fixture("firefox-running.sqlite.gz");
    fs::write(&path, &whole).unwrap();
    let mut last = 0;
    for end in (0..=log.len()).step_by(4096).chain([log.len()]) {
        fs::write(folder.file("cookies.sqlite-wal"), &log[..end]).unwrap();
        let cookies = count_all(&path);
        assert!(cookies >= last, "a log of {end} bytes");
        last = cookies;
    }
    assert_eq!(last, 14);
    for end in (0..whole.len()).step_by(4096) {
        fs::write(&path, &whole[..end]).unwrap();
        let _ = read(&path);
    }
}

fn count_all(path: &Path) -> usize {
    FirefoxFormat::new().all_containers(true).read_file(path, FILE_LIMIT).unwrap().cookies.len()
}

#[test]
fn damaged_files_never_panic() {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).unwrap()
    };
    let mut damage = |bytes: &mut [u8]| {
        for _ in 0..1 + random(8) {
            let at = random(bytes.len());
            bytes[at] = [0, 1, 0x7f, 0x80, 0xff, random(256) as u8][random(6)];
        }
    };
    for name in ["firefox.sqlite", "chromium.sqlite", "chromium-9.sqlite"] {
        let whole = fixture(name);
        for _ in 0..200 {
            let mut damaged = whole.clone();
            damage(&mut damaged);
            let _ = firefox(&damaged);
            let _ = ChromiumFormat::new().read(&damaged);
        }
    }
    let folder = Folder::new("stores-damaged");
    let (path, log) = (folder.file("cookies.sqlite"), folder.file("cookies.sqlite-wal"));
    let journal = folder.file("cookies.sqlite-journal");
    for round in 0..40 {
        let mut files = ["firefox-running.sqlite.gz", "firefox-running.sqlite-wal.gz"].map(fixture);
        damage(&mut files[round % 2]);
        fs::write(&path, &files[0]).unwrap();
        fs::write(&log, &files[1]).unwrap();
        let _ = read(&path);
    }
    fs::remove_file(&log).unwrap();
    let browser = store(&folder.file("other"), "DELETE", 300);
    browser.execute_batch("PRAGMA cache_size = 1; BEGIN; UPDATE moz_cookies SET host = 'changed.test'").unwrap();
    let files = ["other", "other-journal"].map(|name| fs::read(folder.file(name)).unwrap());
    for round in 0..40 {
        let mut files = files.clone();
        damage(&mut files[round % 2]);
        fs::write(&path, &files[0]).unwrap();
        fs::write(&journal, &files[1]).unwrap();
        let _ = read(&path);
    }
}
