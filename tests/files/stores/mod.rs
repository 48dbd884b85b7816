//! The cookie stores of browsers. Fixtures are in `fixtures/files/browsers`; its README tells how
//! they were made.

mod golden;
mod hostile;
mod live;
mod partitions;
mod running;
mod session;

use std::io::Read;
use std::path::Path;

use rusqlite::Connection;

use super::*;

const FIXTURES: &str = "fixtures/files/browsers";

fn fixture(name: &str) -> Vec<u8> {
    let bytes = fs::read(Path::new(FIXTURES).join(name)).unwrap();
    if !name.ends_with(".gz") {
        return bytes;
    }
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(&*bytes).read_to_end(&mut unpacked).unwrap();
    unpacked
}

/// A store in the layout of Firefox, with so many cookies `n0`, `n1`... of `a.test`.
fn store(path: &Path, journal: &str, cookies: i64) -> Connection {
    let store = Connection::open(path).unwrap();
    store.execute_batch(&format!("PRAGMA journal_mode = {journal}; PRAGMA wal_autocheckpoint = 0")).unwrap();
    store.execute_batch(MOZ_COOKIES).unwrap();
    (0..cookies).for_each(|number| insert(&store, number));
    store
}

const MOZ_COOKIES: &str = "CREATE TABLE moz_cookies (name TEXT, value TEXT, host TEXT, path TEXT, expiry INTEGER)";

fn insert(store: &Connection, number: i64) {
    let cookie = "INSERT INTO moz_cookies VALUES ('n' || ?1, 'v', 'a.test', '/', 0)";
    store.execute(cookie, [number]).unwrap();
}

fn read(path: &Path) -> Result<Loaded, FileError> {
    FirefoxFormat::new().read_file(path, FILE_LIMIT)
}

fn count(path: &Path) -> usize {
    let loaded = read(path).unwrap();
    assert_eq!(loaded.skipped, []);
    loaded.cookies.len()
}
