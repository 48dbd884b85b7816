//! Any bytes as a browser's cookie store, which is an SQLite database, or as the session of
//! Firefox: as they stand where they begin as one, else as the rows of one that is made of them.
//! Bytes that are changed at random are hardly ever a database.

use clientcookie::cookie::{ChromiumFormat, CookieFormat, FirefoxFormat, Loaded, LwpFormat, WriteFormat};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

const FIREFOX: [&str; 14] = [
    "name",
    "value",
    "host",
    "path",
    "expiry",
    "creationTime",
    "isSecure",
    "isHttpOnly",
    "sameSite",
    "rawSameSite",
    "originAttributes",
    "appId",
    "inBrowserElement",
    "isPartitionedAttributeSet",
];
const CHROMIUM: [&str; 14] = [
    "host_key",
    "name",
    "value",
    "path",
    "expires_utc",
    "creation_utc",
    "encrypted_value",
    "is_secure",
    "is_httponly",
    "has_expires",
    "is_persistent",
    "samesite",
    "top_frame_site_key",
    "secure",
];

pub fn run(bytes: &[u8]) {
    if bytes.starts_with(b"SQLite format 3") || bytes.starts_with(b"mozLz4") {
        return read(bytes);
    }
    let Some((&[version, columns], rows)) = bytes.split_first_chunk() else {
        return;
    };
    read(&firefox(version, columns, rows).expect("a database"));
    read(&chromium(version, columns, rows).expect("a database"));
}

fn read(store: &[u8]) {
    let firefox = FirefoxFormat::new();
    let chromium = ChromiumFormat::new();
    let few = [firefox.read(store), chromium.read(store)];
    let all = [firefox.all_containers(true).read(store), chromium.all_partitions(true).read(store)];
    for (few, all) in few.iter().zip(&all) {
        assert_eq!(few.is_ok(), all.is_ok());
        if let (Ok(few), Ok(all)) = (few, all) {
            assert!(few.cookies.len() <= all.cookies.len(), "what is kept apart is left out");
            write(all);
        }
    }
}

/// What is read can be written in the format that loses nothing.
fn write(loaded: &Loaded) {
    let written = LwpFormat::new().write(&loaded.cookies).expect("cookies");
    assert!(LwpFormat::new().read(&written.bytes).is_ok());
}

fn firefox(version: u8, columns: u8, rows: &[u8]) -> rusqlite::Result<Vec<u8>> {
    let mut database = Connection::open_in_memory()?;
    database.pragma_update(None, "user_version", version % 20)?;
    fill(&database, "moz_cookies", &FIREFOX, columns, rows)?;
    Ok(database.serialize("main")?.to_vec())
}

fn chromium(version: u8, columns: u8, rows: &[u8]) -> rusqlite::Result<Vec<u8>> {
    let mut database = Connection::open_in_memory()?;
    database.execute_batch("CREATE TABLE meta (key, value)")?;
    database.execute("INSERT INTO meta VALUES ('version', ?)", [version % 30])?;
    fill(&database, "cookies", &CHROMIUM, columns, rows)?;
    Ok(database.serialize("main")?.to_vec())
}

/// A table without so many of its last columns. A row of it is a line of values, with tabs between.
fn fill(database: &Connection, table: &str, names: &[&str], fewer: u8, rows: &[u8]) -> rusqlite::Result<()> {
    let names = &names[..names.len() - usize::from(fewer) % 9];
    database.execute_batch(&format!("CREATE TABLE {table} ({})", names.join(", ")))?;
    let marks = vec!["?"; names.len()].join(", ");
    for row in rows.split(|&byte| byte == b'\n').take(8) {
        let mut values: Vec<Value> = row.split(|&byte| byte == b'\t').map(value).take(names.len()).collect();
        values.resize(names.len(), Value::Null);
        database.execute(&format!("INSERT INTO {table} VALUES ({marks})"), params_from_iter(values))?;
    }
    Ok(())
}

/// A number if it looks like one; bytes behind an `x`, nothing for nothing, else text.
fn value(text: &[u8]) -> Value {
    let Ok(text) = std::str::from_utf8(text) else {
        return Value::Blob(text.to_vec());
    };
    match (text.parse(), text.parse(), text.strip_prefix('x')) {
        (Ok(integer), ..) => Value::Integer(integer),
        (_, Ok(real), _) => Value::Real(real),
        (_, _, Some(rest)) => Value::Blob(rest.as_bytes().to_vec()),
        _ if text.is_empty() => Value::Null,
        _ => Value::Text(text.to_owned()),
    }
}
