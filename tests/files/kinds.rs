//! Files of every kind: told by their beginning, read in their own format, and named by every
//! other.

use super::*;

#[test]
fn the_beginning_tells_what_a_file_is() {
    let json = |text: &str, kind| (text.as_bytes().to_vec(), Some(FileKind::Json(kind)));
    let fixture = |name: &str| fs::read(format!("fixtures/files/{name}")).unwrap();
    for (sentence, (bytes, expected)) in [
        ("nothing", (b"".to_vec(), None)),
        ("words", (b"hello, world\n".to_vec(), None)),
        ("curl", (fixture("curl.txt"), Some(FileKind::Mozilla))),
        ("wget", (fixture("wget.txt"), Some(FileKind::Mozilla))),
        ("aria2, without a first line", (fixture("aria2.txt"), Some(FileKind::Mozilla))),
        ("an address first", (b"[::1]\tFALSE\t/\tFALSE\t0\ta\tb\n".to_vec(), Some(FileKind::Mozilla))),
        ("Python's LWP", (fixture("python.lwp"), Some(FileKind::Lwp))),
        ("KDE", (b"# KDE Cookie File v2\n".to_vec(), Some(FileKind::Kde))),
        ("Opera", (fixture("opera/perl.dat"), Some(FileKind::Opera))),
        ("Safari", (b"cook\0\0\0\0".to_vec(), Some(FileKind::Safari))),
        ("SQLite", (b"SQLite format 3\0...".to_vec(), Some(FileKind::Sqlite))),
        ("a session of Firefox", (b"mozLz40\0\x10\0\0\0".to_vec(), Some(FileKind::FirefoxSession))),
        ("Internet Explorer", (b"lang\nde\nexample.com/\n1024\n1\n2\n3\n4\n*\n".to_vec(), Some(FileKind::Msie))),
        ("a page", (b"\n <!DOCTYPE html>".to_vec(), Some(FileKind::Markup))),
        ("a zip", (b"PK\x03\x04".to_vec(), Some(FileKind::Compressed))),
        ("a head", (b"HTTP/2 200\r\n".to_vec(), Some(FileKind::ResponseHead))),
        ("a header", (b"set-cookie: a=1\n".to_vec(), Some(FileKind::ResponseHead))),
        ("curl -v", (b"< HTTP/1.1 200 OK\n< Set-Cookie: a=1\n".to_vec(), Some(FileKind::ResponseHead))),
        ("a Cookie header", (b"Cookie: a=1; b=2".to_vec(), Some(FileKind::CookieHeader))),
        ("and its text", (b"a=1; b=2\n".to_vec(), Some(FileKind::CookieHeader))),
        ("w3m", (W3M.as_bytes().to_vec(), Some(FileKind::W3m))),
        ("ELinks", (ELINKS.as_bytes().to_vec(), Some(FileKind::Elinks))),
        ("a table of Chrome's", (DEVELOPER_TOOLS.as_bytes().to_vec(), Some(FileKind::DeveloperTools))),
        ("a session cookie in it", (b"sid\t1\t.d.example\t/\tSession\t4\n".to_vec(), Some(FileKind::DeveloperTools))),
        ("an export", json(r#"[ {"domain":".a.test","expirationDate":1.5,"name":"a"}]"#, JsonKind::CookieEditor)),
        ("Playwright", json(r#"{"cookies": [{"name": "a", "expires": -1}], "origins": []}"#, JsonKind::StorageState)),
        ("Puppeteer", json("[\n  {\"name\": \"a\", \"expires\": -1}]", JsonKind::Puppeteer)),
        ("Selenium", json(r#"[{"domain": "a.test", "name": "a", "value": "1"}]"#, JsonKind::Selenium)),
        ("cookie_store", json(r#"{"raw_cookie":"a=1","path":["/",true]}"#, JsonKind::CookieStore)),
        ("an empty list", json("[]\n", JsonKind::Other)),
        ("JSON of another kind", json(r#"{"log": {"version": "1.2"}}"#, JsonKind::Other)),
        ("JSON behind a byte order mark", json("\u{feff}[{\"hostOnly\": true}]", JsonKind::CookieEditor)),
    ] {
        assert_eq!(FileKind::of(&bytes), expected, "{sentence}");
    }
    let utf16: Vec<u8> = "\u{feff}[{\"hostOnly\":true}]".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(FileKind::of(&utf16), Some(FileKind::Json(JsonKind::CookieEditor)));
}

const W3M: &str = "http://www.w.example/\tNID\t1=a\t1999999999\t.w.example\t/\t13\t0\t\t\t\n";
const ELINKS: &str = "NID\t1=a\twww.e.example\t/\te.example\t1999999999\t0\t1\n";
const DEVELOPER_TOOLS: &str = "sid\t31d4\t.d.example\t/\t2033-05-18T03:33:19.000Z\t7\t✓\t✓\tLax\t\t\tMedium\n";

#[test]
fn a_format_names_the_file_that_it_was_given_instead() {
    let json =
        "not a cookies.txt file: this is JSON as cookie editors export it; load it with JsonFormat (feature json)";
    for (bytes, expected) in [
        (&br#"[{"hostOnly": true, "name": "a"}]"#[..], json),
        (b"[]", "not a cookies.txt file: this is JSON, but not a list of cookies that is known"),
        (
            DEVELOPER_TOOLS.as_bytes(),
            "not a cookies.txt file: this is a table copied from a browser's developer tools, with the name and the value before the domain; export the cookies as cookies.txt or JSON instead",
        ),
        (b"#LWP-Cookies-2.0\n", "not a cookies.txt file: this is an LWP cookie file; load it with LwpFormat"),
        (
            b"a=1; b=2",
            "not a cookies.txt file: this is the text of a Cookie header, which names no host; use set_from_cookie_header",
        ),
        (
            b"SQLite format 3\0",
            "not a cookies.txt file: this is an SQLite database, as browsers keep; load it with FirefoxFormat or ChromiumFormat (feature sqlite)",
        ),
    ] {
        assert_eq!(MozillaFormat::new().read(bytes).unwrap_err().reason(), expected);
    }
    assert!(MozillaFormat::new().read(b"").unwrap().cookies.is_empty(), "an empty file has no cookies");
    let error = KdeFormat::new().read(ELINKS.as_bytes()).unwrap_err();
    assert_eq!(
        error.reason(),
        "not a KDE cookie file of version 2: this is a cookie file of ELinks; load it with ElinksFormat"
    );
}

fn shown_all(loaded: &Loaded) -> Vec<String> {
    loaded.cookies.iter().map(shown).collect()
}

#[test]
fn files_of_text_browsers_are_read() {
    let w3m = format!(
        "{W3M}http://www.w.example/a/\tsecret\tx y\t-1\twww.w.example\t/a\t3\t0\t\t\t\n\
                       http://p.example/\tv1\tx\t1999999999\tp.example\t/\t9\t1\twhy\t80,81\thttp://p.example/why\n"
    );
    let loaded = W3mFormat::new().read(w3m.as_bytes()).unwrap();
    assert_eq!(
        shown_all(&loaded),
        [
            "<Cookie NID=1=a for .w.example/> 2033-05-18 03:33:19Z domain_specified path_specified",
            "<Cookie secret=x y for www.w.example/a> session secure",
            "<Cookie v1=x for p.example:80,81/> 2033-05-18 03:33:19Z path_specified rfc2109 why",
        ]
    );
    let elinks = format!(
        "{ELINKS}sid\t31d4\twww.e.example\t/x\twww.e.example\t0\t1\t0\nold\t1\te.example\t/\te.example\t5\t0\n"
    );
    let loaded = ElinksFormat::new().read(elinks.as_bytes()).unwrap();
    assert_eq!(
        shown_all(&loaded),
        [
            "<Cookie NID=1=a for .e.example/> 2033-05-18 03:33:19Z http_only domain_specified path_specified",
            "<Cookie sid=31d4 for www.e.example/x> session secure path_specified",
            "<Cookie old=1 for e.example/> 1970-01-01 00:00:05Z path_specified",
        ]
    );
    let bad = format!("{W3M}http://x/\ta\tb\tsoon\tx\t/\t1\t0\t\t\t\nx\n");
    let loaded = W3mFormat::new().read(bad.as_bytes()).unwrap();
    assert_eq!(loaded.skipped, [skipped(2, Reason::BadExpiry), skipped(3, Reason::TooFewFields)]);
    let error = W3mFormat::new().read(ELINKS.as_bytes()).unwrap_err();
    assert_eq!(error.reason(), "not a cookie file of w3m: this is a cookie file of ELinks; load it with ElinksFormat");
    assert_eq!(ElinksFormat::new().read(b"x\n").unwrap_err().line(), Some(1));
}

#[test]
fn a_file_that_w3m_wrote_is_read() {
    let bytes = fs::read("fixtures/files/w3m.cookie").unwrap();
    assert_eq!(FileKind::of(&bytes), Some(FileKind::W3m));
    let jar = FileCookieJar::<W3mFormat>::without_filename().with_jar(&memory());
    let report = jar.load_from(&bytes[..]).unwrap();
    assert_eq!((report.stored, report.problems().count()), (7, 0));
    let sent = header(&jar, "http://www.shop.test/set/x");
    assert!(
        sent.starts_with("host=h; empty=; site=1; utf8=") && sent.ends_with("; quoted=\"a b\"; hidden=x; below=b"),
        "{sent}"
    );
    assert_eq!(header(&jar, "http://m.shop.test/"), "below=b");
    // Where no path was named it writes none.
    let pathless = b"http://127.0.0.1:18080/set\tn\tv\t1999999999\t127.0.0.1\t\t1\t0\t\t\t\n";
    assert_eq!(FileKind::of(pathless), Some(FileKind::W3m));
    assert_eq!(W3mFormat::new().read(pathless).unwrap().cookies[0].path(), "/");
}

#[test]
fn cookies_of_version_1_are_sent_by_the_default_policy() {
    let kde = b"# KDE Cookie File v2\nwww.a.test \"\" \"/\" 2145916800 1 n 0 v\n";
    let jar = FileCookieJar::<KdeFormat>::without_filename().with_jar(&memory());
    jar.load_from(&kde[..]).unwrap();
    assert_eq!(header(&jar, "http://www.a.test/"), "n=v");
}

#[test]
fn heads_of_responses_are_read() {
    let heads = b"HTTP/1.1 302 Found\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\nSet-Cookie: a=1; Domain=h.example\r\n\
                  Set-Cookie: short=1; Max-Age=60; Domain=h.example\r\n\r\n\
                  HTTP/1.1 200 OK\r\nset-cookie: b=2; Path=/x; Secure; HttpOnly\r\nX-Set-Cookie: no=1\r\n\r\n";
    let url = url::Url::parse("https://www.h.example/").unwrap();
    let loaded = ResponseHeadFormat::new().url(&url).read(heads).unwrap();
    assert_eq!(
        shown_all(&loaded),
        [
            "<Cookie a=1 for .h.example/> session domain_specified",
            "<Cookie short=1 for .h.example/> 2026-01-01 00:01:00Z domain_specified",
            "<Cookie b=2 for www.h.example/x> session secure http_only path_specified",
        ]
    );
    let loaded = ResponseHeadFormat::new().read(heads).unwrap();
    assert_eq!((loaded.cookies.len(), loaded.skipped), (2, vec![skipped(7, Reason::NoDomain)]), "whose is b?");
    let bad = b"Set-Cookie: =\nSet-Cookie: c=\x01; Domain=h.example\n";
    let loaded = ResponseHeadFormat::new().url(&url).read(bad).unwrap();
    assert!(loaded.cookies.is_empty() && loaded.skipped_lines == 2, "{:?}", loaded.skipped);
    let error = ResponseHeadFormat::new().read(W3M.as_bytes()).unwrap_err();
    assert_eq!(error.reason(), "not the head of a response: this is a cookie file of w3m; load it with W3mFormat");
    assert_eq!(ResponseHeadFormat::new().read(b"Host: x\n").unwrap_err().line(), Some(1));
}

#[test]
fn a_cookie_header_goes_into_a_jar_whole_or_not_at_all() {
    let url = url::Url::parse("https://www.c.example/a/b").unwrap();
    for (sentence, text, expected) in [
        ("pairs", "a=1; b=2", Ok("a=1; b=2")),
        ("the header's name, and no order but this", "cookie: z=1;y=2 ; x", Ok("z=1; y=2; x")),
        ("a value with signs in it", "t=a=b&c=\"d\"; e=", Ok("t=a=b&c=\"d\"; e=")),
        ("nothing", " ; ", Ok("")),
        ("a control character", "a=1; b=\x01", Err(Refusal::ControlCharacter)),
    ] {
        let jar = memory();
        assert_eq!(jar.set_from_cookie_header(text, &url), expected.map(|_| ()), "{sentence}");
        assert_eq!(header(&jar, "https://www.c.example/"), expected.unwrap_or_default(), "{sentence}");
        assert_eq!(header(&jar, "http://www.c.example/") + &header(&jar, "https://x.www.c.example/"), "", "{sentence}");
    }
    let file = url::Url::parse("file:///tmp/x").unwrap();
    assert_eq!(memory().set_from_cookie_header("a=1", &file), Err(Refusal::NoHost));
}
