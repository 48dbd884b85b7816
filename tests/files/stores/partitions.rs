//! Partitioned cookies: those that a visit would send are loaded, and of the others the true reason
//! is told.

use super::*;

const CHROMIUM: &str = "CREATE TABLE meta (key, value); INSERT INTO meta VALUES ('version', '{version}');
    CREATE TABLE cookies (host_key TEXT, top_frame_site_key TEXT, name TEXT, value TEXT, path TEXT, expires_utc INTEGER,
        is_secure INTEGER{ancestor})";

/// What Chromium's format makes of one cookie.
fn chromium(host: &str, top: &str, ancestor: Option<i64>, secure: bool) -> Result<(), Reason> {
    let mut maker = Connection::open_in_memory().unwrap();
    let (version, column) = if ancestor.is_some() { ("24", ", has_cross_site_ancestor INTEGER") } else { ("18", "") };
    maker.execute_batch(&CHROMIUM.replace("{version}", version).replace("{ancestor}", column)).unwrap();
    maker
        .execute(
            "INSERT INTO cookies (host_key, top_frame_site_key, name, value, path, expires_utc, is_secure)
             VALUES (?1, ?2, 'a', 'b', '/', 0, ?3)",
            (host, top, secure),
        )
        .unwrap();
    if let Some(ancestor) = ancestor {
        maker.execute("UPDATE cookies SET has_cross_site_ancestor = ?1", [ancestor]).unwrap();
    }
    let bytes = maker.serialize(c"main").unwrap();
    let all = ChromiumFormat::new().all_partitions(true).read(&bytes).unwrap();
    assert_eq!(all.cookies.len(), 1, "the switch reads all: {host} {top}");
    outcome(ChromiumFormat::new().read(&bytes).unwrap())
}

fn outcome(loaded: Loaded) -> Result<(), Reason> {
    match (&*loaded.cookies, &*loaded.skipped) {
        ([_], []) => Ok(()),
        ([], [skipped]) => Err(skipped.reason),
        other => panic!("{other:?}"),
    }
}

/// What Firefox's format makes of one cookie.
fn firefox(host: &str, origin: &str, secure: bool) -> Result<(), Reason> {
    let mut maker = Connection::open_in_memory().unwrap();
    maker
        .execute_batch(
            "CREATE TABLE moz_cookies (originAttributes TEXT, name TEXT, value TEXT, host TEXT, path TEXT, expiry INTEGER,
             isSecure INTEGER); PRAGMA user_version = 17",
        )
        .unwrap();
    let cookie = "INSERT INTO moz_cookies VALUES (?1, 'a', 'b', ?2, '/', 0, ?3)";
    maker.execute(cookie, (origin, host, secure)).unwrap();
    let bytes = maker.serialize(c"main").unwrap();
    let all = FirefoxFormat::new().all_containers(true).read(&bytes).unwrap();
    assert_eq!(all.cookies.len(), 1, "the switch reads all: {host} {origin}");
    outcome(FirefoxFormat::new().read(&bytes).unwrap())
}

#[test]
fn chromium_sends_the_cookies_of_a_sites_own_partition() {
    use Reason::*;
    for (sentence, host, top, ancestor, secure, expected) in [
        ("no partition, whatever the last column says", ".site.example", "", Some(1), true, Ok(())),
        ("its own: cf_clearance", ".site.example", "https://site.example", Some(0), true, Ok(())),
        ("its own, of a host below", "a.b.site.example", "https://site.example", Some(0), true, Ok(())),
        (
            "a widget's, in a page of the site",
            ".widget.example",
            "https://site.example",
            Some(1),
            true,
            Err(Partitioned),
        ),
        (
            "embedded, though the column denies it",
            ".widget.example",
            "https://site.example",
            Some(0),
            true,
            Err(Partitioned),
        ),
        ("with another between", ".site.example", "https://site.example", Some(1), true, Err(CrossSiteAncestor)),
        ("an old layout does not tell the ancestor", ".site.example", "https://site.example", None, true, Ok(())),
        ("nor does it for embedded ones", ".widget.example", "https://site.example", None, true, Err(Partitioned)),
        ("names that end alike", "mysite.example", "https://site.example", Some(0), true, Err(Partitioned)),
        ("a site is a scheme as well", ".site.example", "http://site.example", Some(0), true, Err(Partitioned)),
        ("which is no matter without Secure", ".site.example", "http://site.example", Some(0), false, Ok(())),
        ("this machine is trusted by http", "localhost", "http://localhost", Some(0), true, Ok(())),
        ("an address", "192.168.1.2", "https://192.168.1.2", Some(0), true, Ok(())),
        ("another address", "192.168.1.2", "https://168.1.2", Some(0), true, Err(Partitioned)),
        ("IPv6", "[2001:db8::1]", "https://[2001:db8::1]", Some(0), true, Ok(())),
        ("IPv6 without brackets", "2001:db8::1", "https://[2001:db8::1]", Some(0), true, Ok(())),
        ("another spelling", ".xn--bcher-kva.example", "https://bücher.example", Some(0), true, Ok(())),
        ("a port is no part of a site", "site.example", "https://site.example:8443", Some(0), true, Ok(())),
        ("a public suffix is its own site", "github.io", "https://github.io", Some(0), true, Ok(())),
        ("an extension's page", "site.example", "chrome-extension://abcdef", Some(1), true, Err(Partitioned)),
        ("no site", "site.example", "site.example", Some(0), true, Err(BadPartition)),
        ("no host", "site.example", "file:///", Some(0), true, Err(BadPartition)),
    ] {
        assert_eq!(chromium(host, top, ancestor, secure), expected, "{sentence}");
    }
}

#[test]
fn firefox_sends_the_cookies_of_a_sites_own_partition() {
    use Reason::*;
    for (sentence, host, origin, secure, expected) in [
        ("nothing sets it apart", ".site.example", "", true, Ok(())),
        ("its own", ".site.example", "^partitionKey=%28https%2Csite.example%29", true, Ok(())),
        ("its own, of a host below", "a.b.site.example", "^partitionKey=%28https%2Csite.example%29", true, Ok(())),
        ("with a port", "localhost", "^partitionKey=%28https%2Clocalhost%2C8443%29", true, Ok(())),
        (
            "with another between",
            ".site.example",
            "^partitionKey=%28https%2Csite.example%2Cf%29",
            true,
            Err(CrossSiteAncestor),
        ),
        ("both", "localhost", "^partitionKey=%28http%2Clocalhost%2C8080%2Cf%29", true, Err(CrossSiteAncestor)),
        ("embedded", ".widget.example", "^partitionKey=%28https%2Csite.example%29", true, Err(Partitioned)),
        (
            "embedded below another",
            ".widget.example",
            "^partitionKey=%28https%2Csite.example%2Cf%29",
            true,
            Err(Partitioned),
        ),
        ("by the other scheme", ".site.example", "^partitionKey=%28http%2Csite.example%29", true, Err(Partitioned)),
        (
            "which is no matter without Secure",
            ".site.example",
            "^partitionKey=%28http%2Csite.example%29",
            false,
            Ok(()),
        ),
        ("a domain alone", ".site.example", "^partitionKey=site.example", true, Ok(())),
        ("another's alone", ".site.example", "^partitionKey=widget.example", true, Err(Partitioned)),
        ("not escaped", ".site.example", "^partitionKey=(https,site.example)", true, Ok(())),
        ("IPv6, with + for :", "[::1]", "^partitionKey=%28http%2C%5B%2B%2B1%5D%2C8080%29", true, Ok(())),
        ("first-party isolation", ".site.example", "^firstPartyDomain=site.example", true, Ok(())),
        ("of another party", ".widget.example", "^firstPartyDomain=site.example", true, Err(Partitioned)),
        (
            "its own, in a container",
            ".site.example",
            "^userContextId=2&partitionKey=%28https%2Csite.example%29",
            true,
            Err(OtherContainer),
        ),
        (
            "the same, the other way round",
            ".site.example",
            "^partitionKey=%28https%2Csite.example%29&userContextId=2",
            true,
            Err(OtherContainer),
        ),
        ("a container", ".site.example", "^userContextId=2", true, Err(OtherContainer)),
        ("no container", ".site.example", "^userContextId=0", true, Ok(())),
        ("a private window", ".site.example", "^privateBrowsingId=1", true, Err(PrivateWindow)),
        ("an app", ".site.example", "^inBrowser=1", true, Err(OtherApp)),
        ("no site", ".site.example", "^partitionKey=%28https%29", true, Err(BadPartition)),
        ("no host", ".site.example", "^partitionKey=%28https%2C%29", true, Err(BadPartition)),
        (
            "more than there is",
            ".site.example",
            "^partitionKey=%28https%2Csite.example%2Cx%29",
            true,
            Err(BadPartition),
        ),
        ("a bracket alone", ".site.example", "^partitionKey=%28", true, Err(BadPartition)),
    ] {
        assert_eq!(firefox(host, origin, secure), expected, "{sentence}");
    }
}

#[test]
fn cf_clearance_is_sent_and_what_is_embedded_is_not() {
    let jar = ChromiumCookieJar::new(format!("{FIXTURES}/chromium-cf-clearance.sqlite")).with_jar(&memory());
    let report = jar.load().unwrap();
    let told: Vec<String> = report.skipped.iter().map(ToString::to_string).collect();
    assert_eq!(header(&jar, "https://www.site.example/"), "sid=of sid; cf_clearance=of cf_clearance");
    assert_eq!(header(&jar, "https://widget.example/"), "");
    let expected = [
        "record 2: it belongs to a site embedded in another",
        "record 3: it belongs to its site embedded below another",
    ];
    assert_eq!(told, expected);
}

/// The stores of real browsers, after a visit to a site with all kinds of frames.
#[test]
fn a_visit_sends_what_the_browser_would_send() {
    for (loaded, name) in [(load_jar(chromium_store()), "Chromium"), (load_jar(with_session()), "Firefox")] {
        let mut sent: Vec<String> =
            header(&loaded, "https://www.shop.test/set").split("; ").map(str::to_owned).collect();
        sent.sort();
        assert_eq!(sent, ["own=1", "own_session=2", "plain=3", "session=4", "unsaid=5"], "{name}");
        assert_eq!(header(&loaded, "https://widget.test/"), "", "{name}");
    }
}

fn load_jar<F: CookieFormat>(jar: FileCookieJar<F>) -> CookieJar {
    jar.load().unwrap();
    jar.jar().clone()
}

fn chromium_store() -> ChromiumCookieJar {
    let path = format!("{FIXTURES}/chromium-partitions.sqlite");
    ChromiumCookieJar::new(path).with_jar(&memory()).ignore_discard(true)
}

/// The store, and then the session, which is a file like any other.
fn with_session() -> FirefoxCookieJar {
    let path = format!("{FIXTURES}/firefox-recovery.jsonlz4");
    let jar = FirefoxCookieJar::new(path).with_jar(&memory()).ignore_discard(true);
    let store = jar.load_file(format!("{FIXTURES}/firefox-partitions.sqlite")).unwrap();
    assert_eq!((store.stored, store.skipped_lines), (2, 2));
    jar
}
