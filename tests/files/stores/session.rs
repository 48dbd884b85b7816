//! The session of Firefox, in the profile and by itself.

use super::*;

/// `mozLz40`, the size, and a block of LZ4 that is literals only.
fn packed(json: &str) -> Vec<u8> {
    let (size, mut rest) = (u32::try_from(json.len()).unwrap(), json.len());
    let mut bytes = [b"mozLz40\0", &size.to_le_bytes()[..]].concat();
    if rest < 15 {
        bytes.push(u8::try_from(rest << 4).unwrap());
    } else {
        rest -= 15;
        bytes.push(0xf0);
        bytes.extend(std::iter::repeat_n(255, rest / 255));
        bytes.push(u8::try_from(rest % 255).unwrap());
    }
    bytes.extend_from_slice(json.as_bytes());
    bytes
}

fn session(cookies: &str) -> Vec<u8> {
    packed(&format!(r#"{{"version":["sessionrestore",1],"windows":[{{"tabs":[]}}],"cookies":[{cookies}]}}"#))
}

/// What is in the session, as a jar prints it, and what was skipped.
fn read_session(cookies: &str) -> (Vec<String>, Vec<Reason>) {
    let loaded = FirefoxFormat::new().read(&session(cookies)).unwrap();
    let reasons = loaded.skipped.iter().map(|skipped| skipped.reason).collect();
    (loaded.cookies.iter().map(shown).collect(), reasons)
}

#[test]
fn a_cookie_is_what_the_session_says() {
    use Reason::*;
    let long = format!(r#"{{"host":"a.test","name":"n","value":"{}"}}"#, "x".repeat(17_000));
    let longer = format!(r#"{{"host":"a.test","name":"n","value":"{}"}}"#, "x".repeat(200_000));
    let deep = format!(r#"{{"host":"a.test","deep":{}{}}}"#, "[".repeat(10_000), "]".repeat(10_000));
    let a_test = "session";
    for (sentence, cookie, expected) in [
        (
            "of Firefox 122",
            r#"{"host":".f.example","name":"sid","value":"31d4","path":"/","originAttributes":{"firstPartyDomain":"",
                "geckoViewSessionContextId":"","inIsolatedMozBrowser":false,"partitionKey":"","privateBrowsingId":0,
                "userContextId":0},"schemeMap":1}"#,
            Ok("<Cookie sid=31d4 for .f.example/> session domain_specified".to_owned()),
        ),
        ("the least", r#"{"host":"a.test","value":"v"}"#, Ok(format!("<Cookie v for a.test/> {a_test}"))),
        (
            "flags",
            r#"{"host":"a.test","name":"n","value":"v","path":"/p","secure":true,"httponly":true}"#,
            Ok("<Cookie n=v for a.test/p> session secure http_only".to_owned()),
        ),
        (
            "its own partition",
            r#"{"host":"a.test","name":"n","value":"v","secure":true,"originAttributes":{"partitionKey":"(https,a.test)"}}"#,
            Ok("<Cookie n=v for a.test/> session secure".to_owned()),
        ),
        (
            "IPv6",
            r#"{"host":"[::1]","name":"n","value":"v","originAttributes":{"partitionKey":"(http,[::1],8080)"}}"#,
            Ok("<Cookie n=v for [::1]/> session".to_owned()),
        ),
        (
            "embedded",
            r#"{"host":"a.test","name":"n","value":"v","originAttributes":{"partitionKey":"(https,b.test)"}}"#,
            Err(Partitioned),
        ),
        (
            "below another",
            r#"{"host":"a.test","name":"n","value":"v","originAttributes":{"partitionKey":"(https,a.test,f)"}}"#,
            Err(CrossSiteAncestor),
        ),
        (
            "a container",
            r#"{"host":"a.test","name":"n","value":"v","originAttributes":{"userContextId":3}}"#,
            Err(OtherContainer),
        ),
        (
            "a private window",
            r#"{"host":"a.test","name":"n","value":"v","originAttributes":{"privateBrowsingId":1}}"#,
            Err(PrivateWindow),
        ),
        ("a number", "7", Err(Malformed)),
        ("a host that is a number", r#"{"host":7,"name":"n","value":"v"}"#, Err(Malformed)),
        ("a value that is a list", r#"{"host":"a.test","name":"n","value":[]}"#, Err(Malformed)),
        ("half a character", r#"{"host":"a.test","name":"n","value":"\ud800"}"#, Err(Malformed)),
        ("deeper than deep", &deep, Err(Malformed)),
        ("no host", r#"{"name":"n","value":"v"}"#, Err(NoDomain)),
        ("no host that can be", r#"{"host":"a b","name":"n","value":"v"}"#, Err(BadDomain)),
        ("nothing", r#"{"host":"a.test"}"#, Err(NoName)),
        ("a line end", r#"{"host":"a.test","name":"n","value":"a\nb"}"#, Err(ControlCharacter)),
        ("too long", &long, Err(TooLong)),
        ("much too long", &longer, Err(TooLong)),
    ] {
        let expected = match expected {
            Ok(cookie) => (vec![cookie], vec![]),
            Err(reason) => (vec![], vec![reason]),
        };
        assert_eq!(read_session(cookie), expected, "{sentence}");
    }
    let two = r#"7,{"host":"a.test","name":"n","value":"v"}"#;
    assert_eq!(
        read_session(two),
        (vec![format!("<Cookie n=v for a.test/> {a_test}")], vec![Malformed]),
        "one bad of two"
    );
    assert_eq!(FirefoxFormat::new().read(&packed("{}")).unwrap().cookies, [], "a session without cookies");
}

#[test]
fn same_site_is_what_was_said() {
    for (said, expected) in [("", None), (r#","sameSite":256"#, None), (r#","sameSite":0"#, Some("None"))] {
        let session = session(&format!(r#"{{"host":"a.test","name":"n","value":"v"{said}}}"#));
        let loaded = FirefoxFormat::new().read(&session).unwrap();
        assert_eq!(loaded.cookies[0].attribute("SameSite").as_deref(), expected, "{said}");
    }
    let parted = r#"{"host":"a.test","name":"n","value":"v","isPartitioned":true,
        "originAttributes":{"userContextId":2,"partitionKey":"(http,[::1])"}}"#;
    let loaded = FirefoxFormat::new().all_containers(true).read(&session(parted)).unwrap();
    let cookie = &loaded.cookies[0];
    let origin = cookie.attribute("originAttributes").unwrap().into_owned();
    assert!(origin.starts_with('^') && origin.contains("userContextId=2"), "{origin}");
    assert!(origin.contains("partitionKey=%28http%2C%5B%2B%2B1%5D%29"), "{origin}");
    assert_eq!(cookie.attribute("Partitioned").as_deref(), Some(""));
}

/// A profile with a store of one cookie that lasts, and these files.
fn profile(name: &str, files: &[(&str, Vec<u8>)]) -> Folder {
    let folder = Folder::new(&format!("stores-session-{name}"));
    store(&folder.file("cookies.sqlite"), "DELETE", 1).close().unwrap();
    fs::create_dir(folder.file("sessionstore-backups")).unwrap();
    for (file, bytes) in files {
        fs::write(folder.file(file), bytes).unwrap();
    }
    folder
}

#[test]
fn the_newest_session_of_a_profile_is_read_with_the_store() {
    let sid = |value: &str| session(&format!(r#"{{"host":".f.example","name":"sid","value":"{value}","path":"/"}}"#));
    let recovery = || ("sessionstore-backups/recovery.jsonlz4", sid("31d4"));
    let (before, closed) =
        (("sessionstore-backups/recovery.baklz4", sid("before")), ("sessionstore.jsonlz4", sid("closed")));
    let bad = ("sessionstore-backups/recovery.jsonlz4", b"mozLz40\0\xff\xff\xff\xff".to_vec());
    let other = ("sessionstore-backups/upgrade.jsonlz4-20260101", sid("other"));
    for (sentence, files, expected) in [
        ("no session", vec![], ("", 0)),
        ("a running Firefox", vec![recovery(), before.clone(), other.clone()], ("sid=31d4", 0)),
        ("as it was before", vec![before.clone(), closed.clone()], ("sid=before", 0)),
        ("a closed one", vec![closed], ("sid=closed", 0)),
        ("a file that cannot be read", vec![bad.clone(), before], ("sid=before", 1)),
        ("and no other", vec![bad], ("", 1)),
        ("a file that is none of these", vec![other], ("", 0)),
    ] {
        let folder = profile("newest", &files);
        let jar = FirefoxCookieJar::new(folder.file("cookies.sqlite")).with_jar(&memory()).ignore_discard(true);
        let report = jar.load().unwrap();
        assert_eq!((&*header(&jar, "https://f.example/"), report.skipped.len()), expected, "{sentence}");
        assert_eq!(header(&jar, "https://a.test/"), "n0=v", "{sentence}: the store");
        for skipped in report.skipped {
            let told = skipped.to_string();
            assert!(told.contains("recovery.jsonlz4") && told.ends_with("the file cannot be read"), "{told}");
        }
    }
}

#[test]
fn a_session_is_a_choice() {
    let cookie = session(r#"{"host":"a.test","name":"sid","value":"31d4"}"#);
    let folder = profile("choice", &[("sessionstore-backups/recovery.jsonlz4", cookie)]);
    let path = folder.file("cookies.sqlite");
    let count = |format: FirefoxFormat| format.read_file(&path, FILE_LIMIT).unwrap().cookies.len();
    assert_eq!(count(FirefoxFormat::new()), 2);
    assert_eq!(count(FirefoxFormat::new().session_cookies(false)), 1);
    // Like all session cookies, a jar takes them when it is told to.
    let jar = FirefoxCookieJar::new(&path).with_jar(&memory());
    assert_eq!(jar.load().unwrap().passed_over, 2);
    // A file beyond the limit is not read.
    let most = usize::try_from(fs::metadata(&path).unwrap().len()).unwrap();
    fs::write(folder.file("sessionstore-backups/recovery.jsonlz4"), vec![0; most + 1]).unwrap();
    let loaded = FirefoxFormat::new().read_file(&path, most).unwrap();
    assert_eq!((loaded.cookies.len(), loaded.skipped[0].reason), (1, Reason::BadFile));
}

#[test]
fn a_session_that_lies_about_itself_costs_little() {
    // A megabyte of cookies that are none: each is passed over as it comes, and a thousand are
    // named.
    let nothing = session(&format!("{}0", "0,".repeat(500_000)));
    let loaded = FirefoxFormat::new().read(&nothing).unwrap();
    assert_eq!((loaded.skipped_lines, loaded.skipped.len()), (500_001, 1000));
    let deep = packed(&format!("{{\"windows\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000)));
    assert_eq!(FirefoxFormat::new().read(&deep).unwrap().cookies, []);
    let whole = fixture("firefox-recovery.jsonlz4");
    for end in 0..whole.len() {
        assert!(FirefoxFormat::new().read(&whole[..end]).is_err(), "{end} bytes");
    }
}
