//! What is in each store, told by this crate and by a reader written in Python.

use super::*;

#[test]
fn stores_hold_what_another_reader_finds_in_them() {
    let folder = Folder::new("stores-golden");
    let expected = fs::read_to_string(format!("{FIXTURES}/expected.txt")).unwrap();
    let mut read = String::new();
    for name in expected.lines().filter_map(|line| line.strip_prefix("== ")) {
        read += &format!("== {name}\n{}", shown(&load(&folder, name)));
    }
    assert!(read == expected, "expected.txt is not what was read:\n{read}");
}

/// Reads a fixture as a file; a `.gz` with its log beside it.
fn load(folder: &Folder, name: &str) -> Loaded {
    let path = folder.file(name);
    let end = match name.rsplit('-').next() {
        Some("running") => "sqlite.gz",
        Some("recovery") => "jsonlz4",
        _ => "sqlite",
    };
    let file = format!("{name}.{end}");
    fs::write(&path, fixture(&file)).unwrap();
    if name.ends_with("-running") {
        let empty = FirefoxFormat::new().read_file(&path, FILE_LIMIT).unwrap();
        assert_eq!(empty.cookies, [], "all of it is in the log");
        fs::write(folder.file(&format!("{name}-wal")), fixture(&format!("{name}.sqlite-wal.gz"))).unwrap();
    }
    let (by_file, by_bytes) = match name.starts_with("chromium") {
        true => (ChromiumFormat::new().read_file(&path, FILE_LIMIT), ChromiumFormat::new().read(&fixture(&file))),
        false => (FirefoxFormat::new().read_file(&path, FILE_LIMIT), FirefoxFormat::new().read(&fixture(&file))),
    };
    let (by_file, by_bytes) = (by_file.unwrap(), by_bytes.unwrap());
    if !name.ends_with("-running") {
        assert_eq!((&by_file.cookies, &by_file.skipped), (&by_bytes.cookies, &by_bytes.skipped), "{name}");
    }
    by_file
}

fn shown(loaded: &Loaded) -> String {
    assert_eq!(loaded.skipped_lines, loaded.skipped.len());
    let cookies = loaded.cookies.iter().map(line);
    let skipped = loaded.skipped.iter().map(|skipped| format!("row {}: {:?}\n", skipped.line, skipped.reason));
    cookies.chain(skipped).collect()
}

fn line(cookie: &Cookie) -> String {
    assert_eq!(cookie.discard(), cookie.expires().is_none());
    assert_eq!(cookie.domain_specified(), cookie.domain().starts_with('.'));
    let escape = |bytes: &[u8]| -> String {
        let escaped = |&byte: &u8| match byte {
            b'!'..=b'~' if byte != b'%' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        };
        bytes.iter().map(escaped).collect()
    };
    let equals = if cookie.has_value() { "=" } else { "" };
    let mut words = vec![
        cookie.domain().to_owned(),
        escape(cookie.path_bytes()),
        format!("{}{equals}{}", escape(cookie.name_bytes()), escape(cookie.value())),
        cookie.expires().map_or("session".to_owned(), |expires| expires.to_string()),
    ];
    words.extend(cookie.secure().then(|| "Secure".to_owned()));
    words.extend(cookie.nonstandard_attributes().map(|(name, value)| match value {
        Some(value) => format!("{name}={value}"),
        None => name.into_owned(),
    }));
    words.join(" ") + "\n"
}

#[test]
fn what_is_kept_apart_is_read_on_request() {
    let firefox = FirefoxFormat::new().all_containers(true).read(&fixture("firefox.sqlite")).unwrap();
    let parted = firefox.cookies.iter().find(|cookie| cookie.name() == "parted").unwrap();
    assert_eq!((firefox.cookies.len(), firefox.skipped), (14, vec![]));
    assert_eq!(parted.attribute("originAttributes").as_deref(), Some("^partitionKey=%28http%2Cshop.test%29"));
    assert_eq!(parted.attribute("Partitioned").as_deref(), Some(""));

    let old = FirefoxFormat::new().all_containers(true).read(&fixture("firefox-5.sqlite")).unwrap();
    assert!(old.cookies.iter().any(|cookie| cookie.name() == "of-an-app"));

    let chromium = ChromiumFormat::new().all_partitions(true).read(&fixture("chromium.sqlite")).unwrap();
    let parted = chromium.cookies.iter().find(|cookie| cookie.name() == "parted").unwrap();
    assert_eq!((chromium.cookies.len(), chromium.skipped), (15, vec![]));
    assert_eq!(parted.attribute("top_frame_site_key").as_deref(), Some("http://shop.test"));
    assert_eq!((parted.attribute("Partitioned").as_deref(), parted.value()), (Some(""), &b"1"[..]));
}

#[test]
fn a_jar_is_loaded_from_a_store_as_from_any_file() {
    let path = format!("{FIXTURES}/firefox.sqlite");
    let jar = FirefoxCookieJar::new(&path).with_jar(&memory());
    let report = jar.load().unwrap();
    assert_eq!((report.stored, report.passed_over, report.skipped_lines), (13, 0, 1));
    assert_eq!(report.skipped[0].to_string(), "record 1: it belongs to a site embedded in another");
    assert_eq!(header(&jar, "http://m.shop.test/"), "below=b");
    assert_eq!(
        header(&jar, "http://www.shop.test/set/x").split("; ").take(3).collect::<Vec<_>>(),
        ["host=h", "below=b", "hidden=x"]
    );

    let path = format!("{FIXTURES}/chromium.sqlite");
    let jar = ChromiumCookieJar::new(&path).with_jar(&memory());
    let report = jar.load().unwrap();
    assert_eq!((report.stored, report.passed_over), (13, 1), "the session cookie is not asked for");
    assert_eq!(jar.ignore_discard(true).load().unwrap().stored, 14);
    let error = FirefoxCookieJar::new(&path).load().unwrap_err();
    assert_eq!(error.to_string(), format!("{path}: there is no table moz_cookies in the database"));
}
