//! Lists of cookies in JSON: read whoever wrote them, and written for whom they are asked.

use super::*;

fn read(text: &str) -> Result<Loaded, FormatError> {
    JsonFormat::new().read(text.as_bytes())
}

/// A cookie with what JSON tells beside the other formats.
fn shown_with_site(cookie: &Cookie) -> String {
    let rest = cookie.nonstandard_attributes().filter(|(name, _)| name != "HttpOnly");
    rest.fold(shown(cookie), |text, (name, value)| match value {
        Some(value) => format!("{text} {name}={value}"),
        None => format!("{text} {name}"),
    })
}

#[test]
fn lists_are_read_whoever_wrote_them() {
    use JsonKind::*;
    for (sentence, text, kind, expected) in [
        (
            "Playwright's storage_state",
            r#"{"cookies": [{"name": "sid", "value": "31d4", "domain": ".j.example", "path": "/", "expires": -1, "httpOnly": true,
                "secure": false, "sameSite": "Lax"}], "origins": [{"origin": "https://j.example", "localStorage": []}]}"#,
            StorageState,
            "<Cookie sid=31d4 for .j.example/> session http_only domain_specified path_specified SameSite=Lax",
        ),
        (
            "Selenium's list",
            r#"[{"domain": "j.example", "expiry": 1999999999, "httpOnly": false, "name": "sid", "path": "/", "sameSite": "Lax",
                "secure": false, "value": "31d4"}]"#,
            Selenium,
            "<Cookie sid=31d4 for j.example/> 2033-05-18 03:33:19Z path_specified SameSite=Lax",
        ),
        (
            "Selenium's, for the session",
            r#"[{"domain":".j.example","httpOnly":true,"name":"sid","path":"/x","secure":true,"value":""}]"#,
            Selenium,
            "<Cookie sid= for .j.example/x> session secure http_only domain_specified path_specified",
        ),
        (
            "Puppeteer's list",
            r#"[{"name":"sid","value":"31d4","domain":".j.example","path":"/","expires":1999999999.123456,"size":7,"httpOnly":false,
                "secure":true,"session":false,"priority":"Medium","sameParty":false,"sourceScheme":"Secure","sourcePort":443}]"#,
            Puppeteer,
            "<Cookie sid=31d4 for .j.example/> 2033-05-18 03:33:19Z secure domain_specified path_specified",
        ),
        (
            "EditThisCookie's export",
            r#"[
{
    "domain": ".j.example",
    "expirationDate": 1999999999.123456,
    "hostOnly": false,
    "httpOnly": true,
    "name": "sid",
    "path": "/",
    "sameSite": "no_restriction",
    "secure": true,
    "session": false,
    "storeId": "0",
    "value": "31d4",
    "id": 1
}
]"#,
            CookieEditor,
            "<Cookie sid=31d4 for .j.example/> 2033-05-18 03:33:19Z secure http_only domain_specified path_specified SameSite=None",
        ),
        (
            "Cookie-Editor's, for the session and one host",
            r#"[{"domain":"j.example","hostOnly":true,"httpOnly":false,"name":"sid","path":"/","sameSite":null,"secure":false,
                "session":true,"storeId":null,"value":"a=b"}]"#,
            CookieEditor,
            "<Cookie sid=a=b for j.example/> session path_specified",
        ),
        (
            "hosts below, though the domain has no dot",
            r#"[{"domain":"j.example","hostOnly":false,"name":"sid","path":"/","sameSite":"unspecified","value":"1"}]"#,
            CookieEditor,
            "<Cookie sid=1 for .j.example/> session domain_specified path_specified",
        ),
        (
            "J2TEAM's object",
            r#"{"url":"https://j.example","cookies":[{"domain":".j.example","expirationDate":1999999999,"hostOnly":false,
                "name":"sid","value":"1","path":"/","sameSite":"strict","secure":true,"storeId":"0"}]}"#,
            CookieEditor,
            "<Cookie sid=1 for .j.example/> 2033-05-18 03:33:19Z secure domain_specified path_specified SameSite=Strict",
        ),
        (
            "Cookie Quick Manager's export",
            r#"[{"Host raw":"https://.j.example/","Name raw":"sid","Path raw":"/","Content raw":"31d4","Expires":"18-05-2033",
                "Expires raw":"1999999999","Send for":"Encrypted connections only","Send for raw":"true","HTTP only raw":"false",
                "SameSite raw":"lax","This domain only":"Valid for subdomains","This domain only raw":"false","Store raw":"firefox-default"}]"#,
            Other,
            "<Cookie sid=31d4 for .j.example/> 2033-05-18 03:33:19Z secure domain_specified path_specified SameSite=Lax",
        ),
        (
            "tough-cookie's jar",
            r#"{"version":"tough-cookie@4.1.3","cookies":[{"key":"sid","value":"1","domain":"j.example","path":"/",
                "expires":"2033-05-18T03:33:19.000Z","hostOnly":false,"creation":"2026-01-01T00:00:00.000Z"}]}"#,
            CookieEditor,
            "<Cookie sid=1 for .j.example/> 2033-05-18 03:33:19Z domain_specified path_specified",
        ),
        (
            "a line of cookie_store's",
            r#"{"raw_cookie":"sid=31d4; HttpOnly; SameSite=Lax; Secure; Path=/","path":["/",true],"domain":{"Suffix":"j.example"},"expires":{"AtUtc":"2033-05-18T03:33:19Z"}}"#,
            CookieStore,
            "<Cookie sid=31d4 for .j.example/> 2033-05-18 03:33:19Z secure http_only domain_specified path_specified SameSite=Lax",
        ),
        (
            "cookie_store's session cookie",
            r#"[{"raw_cookie":"sid=31d4","path":["/shop",false],"domain":{"HostOnly":"j.example"},"expires":"SessionEnd"}]"#,
            CookieStore,
            "<Cookie sid=31d4 for j.example/shop> session",
        ),
        (
            "a partition of its own",
            r#"[{"name":"cf","value":"1","domain":".j.example","path":"/","secure":true,"expirationDate":1999999999,"hostOnly":false,
                "partitionKey":{"topLevelSite":"https://j.example","hasCrossSiteAncestor":false}}]"#,
            CookieEditor,
            "<Cookie cf=1 for .j.example/> 2033-05-18 03:33:19Z secure domain_specified path_specified Partitioned",
        ),
        (
            "the same in Playwright's words",
            r#"{"cookies":[{"name":"cf","value":"1","domain":"j.example","path":"/","secure":true,"expires":-1,
                "partitionKey":"https://j.example","_crHasCrossSiteAncestor":false}],"origins":[]}"#,
            StorageState,
            "<Cookie cf=1 for j.example/> session secure path_specified Partitioned",
        ),
    ] {
        let utf16: Vec<u8> = format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();
        for bytes in [text.as_bytes().to_vec(), format!("\u{feff}\r\n{text}\r\n").into_bytes(), utf16] {
            let loaded = JsonFormat::new().read(&bytes).unwrap_or_else(|error| panic!("{sentence}: {error}"));
            assert_eq!(loaded.skipped, [], "{sentence}");
            let cookies: Vec<String> = loaded.cookies.iter().map(shown_with_site).collect();
            assert_eq!(cookies, [expected], "{sentence}");
            assert_eq!(loaded.kind, Some(FileKind::Json(kind)), "{sentence}");
        }
    }
}

#[test]
fn an_expiry_has_many_spellings() {
    for (spelling, expected) in [
        ("1999999999", Some(1_999_999_999)),
        ("1999999999.999", Some(1_999_999_999)),
        ("1.999999999e9", Some(1_999_999_999)),
        ("1999999999000", Some(1_999_999_999)),
        ("253402300799", Some(253_402_300_799)),
        ("1e300", Some(i64::MAX)),
        ("\"1999999999\"", Some(1_999_999_999)),
        ("\"2033-05-18T03:33:19.000Z\"", Some(1_999_999_999)),
        ("\"Wed, 18 May 2033 03:33:19 GMT\"", Some(1_999_999_999)),
        ("-1", None),
        ("0", None),
        ("null", None),
        ("\"\"", None),
        ("\"Session\"", None),
        ("-62135596800", Some(-62_135_596_800)),
        ("5", Some(5)),
    ] {
        for key in ["expires", "expiry", "expirationDate"] {
            let text = format!(r#"[{{"name":"a","value":"1","domain":"j.example","{key}":{spelling}}}]"#);
            assert_eq!(read(&text).unwrap().cookies[0].expires(), expected, "{text}");
        }
    }
}

#[test]
fn what_is_no_cookie_is_told() {
    let good = r#"{"name":"a","value":"1","domain":"j.example"}"#;
    for (sentence, element, reason) in [
        ("a number", "1", Reason::Malformed),
        ("no name", r#"{"value":"1","domain":"j.example"}"#, Reason::Malformed),
        ("nothing to send", r#"{"name":"","value":"","domain":"j.example"}"#, Reason::NoName),
        ("no domain", r#"{"name":"a","value":"1"}"#, Reason::NoDomain),
        ("a domain that is none", r#"{"name":"a","value":"1","domain":"a b"}"#, Reason::BadDomain),
        ("an expiry in words", r#"{"name":"a","value":"1","domain":"x.y","expires":"soon"}"#, Reason::BadExpiry),
        ("a flag that is none", r#"{"name":"a","value":"1","domain":"x.y","secure":"yes"}"#, Reason::BadFlags),
        ("a control character", r#"{"name":"a","value":"1\u0000","domain":"x.y"}"#, Reason::ControlCharacter),
        (
            "a partition of another site",
            r#"{"name":"a","value":"1","domain":"x.y","secure":true,"partitionKey":{"topLevelSite":"https://j.example"}}"#,
            Reason::Partitioned,
        ),
        (
            "below a page of another site",
            r#"{"name":"a","value":"1","domain":"x.example","secure":true,"partitionKey":{"topLevelSite":"https://x.example","hasCrossSiteAncestor":true}}"#,
            Reason::CrossSiteAncestor,
        ),
    ] {
        let loaded = read(&format!("[{good},{element},{good}]")).unwrap();
        let skipped = Skipped { file: None, unit: Unit::Record, line: 2, reason };
        assert_eq!((loaded.cookies.len(), loaded.skipped), (2, vec![skipped]), "{sentence}");
    }
    let long = format!(r#"[{{"name":"a","value":"{}","domain":"x.y"}},{good}]"#, "v".repeat(200_000));
    assert_eq!(read(&long).unwrap().skipped[0].reason, Reason::TooLong);
    let odd = read(
        r#"[{"name":"a","value":"1","domain":".x.y","hostOnly":true,"path":"/"},{"name":"b","value":"1","domain":"x.y","path":"p"}]"#,
    );
    let odd: Vec<String> = odd.unwrap().odd.iter().map(ToString::to_string).collect();
    assert_eq!(
        odd,
        [
            "record 1: the dot before the domain and the flag for the hosts below it disagree; the flag is followed",
            "record 2: the path does not begin with a slash; / is taken"
        ]
    );
}

#[test]
fn json_of_another_kind_is_an_error_that_quotes_nothing() {
    let other = "not a list of cookies in JSON: this is JSON, but not a list of cookies that is known";
    for (sentence, text, expected) in [
        ("an object", r#"{"log": {"entries": []}}"#, other),
        ("a list of words", r#"["sid", "31d4"]"#, other),
        ("names and values without a domain", r#"{"sid": "31d4"}"#, other),
        ("cookies that are no list", r#"{"cookies": {"sid": "31d4"}}"#, other),
        ("cut off", r#"[{"name": "a", "value": "31d4", "dom"#, "the JSON is cut off at column 36"),
        ("no JSON", r#"[{"name": "a", 31d4}]"#, "not JSON: it breaks off at column 16"),
        ("a page", "<html>", "not a list of cookies in JSON: this is a page of HTML or XML"),
        ("nothing", "", "not a list of cookies in JSON"),
    ] {
        let error = read(text).unwrap_err();
        assert_eq!((error.line(), error.reason()), (Some(1), expected), "{sentence}");
    }
    assert!(read("[]").unwrap().cookies.is_empty());
    assert!(read(r#"{"cookies": [], "origins": []}"#).unwrap().cookies.is_empty());
    let deep = format!("[{}", "[".repeat(100_000));
    assert!(read(&deep).is_err(), "no stack is deep enough");
}

#[test]
fn the_list_that_is_asked_for_is_written_and_read_again() {
    let cookies = [
        Cookie::new("sid", "31d4", ".j.example")
            .with_expires(1_999_999_999)
            .with_secure(true)
            .with_http_only(true)
            .with_attribute("SameSite", "none"),
        Cookie::new("lang", "d\"é\\", "www.j.example").with_path("/shop").with_attribute("SameSite", "Lax"),
        Cookie::new("seen", "", "[::1]").without_value().with_attribute("SameSite", "None"),
    ];
    let expected: [(JsonKind, &str); 4] = [
        (
            JsonKind::StorageState,
            r#"{"cookies":[
{"name":"sid","value":"31d4","domain":".j.example","path":"/","expires":1999999999,"httpOnly":true,"secure":true,"sameSite":"None"},
{"name":"lang","value":"d\"é\\","domain":"www.j.example","path":"/shop","expires":-1,"httpOnly":false,"secure":false,"sameSite":"Lax"},
{"name":"","value":"seen","domain":"[::1]","path":"/","expires":-1,"httpOnly":false,"secure":false}
],"origins":[]}
"#,
        ),
        (
            JsonKind::Puppeteer,
            r#"[
{"name":"sid","value":"31d4","domain":".j.example","path":"/","expires":1999999999,"session":false,"httpOnly":true,"secure":true,"sameSite":"None"},
{"name":"lang","value":"d\"é\\","domain":"www.j.example","path":"/shop","expires":-1,"session":true,"httpOnly":false,"secure":false,"sameSite":"Lax"},
{"name":"","value":"seen","domain":"[::1]","path":"/","expires":-1,"session":true,"httpOnly":false,"secure":false}
]
"#,
        ),
        (
            JsonKind::Selenium,
            r#"[
{"name":"sid","value":"31d4","domain":".j.example","path":"/","expiry":1999999999,"httpOnly":true,"secure":true,"sameSite":"None"},
{"name":"lang","value":"d\"é\\","domain":"www.j.example","path":"/shop","httpOnly":false,"secure":false,"sameSite":"Lax"},
{"name":"","value":"seen","domain":"[::1]","path":"/","httpOnly":false,"secure":false}
]
"#,
        ),
        (
            JsonKind::CookieEditor,
            r#"[
{"name":"sid","value":"31d4","domain":".j.example","path":"/","hostOnly":false,"session":false,"expirationDate":1999999999,"sameSite":"no_restriction","storeId":"0","httpOnly":true,"secure":true},
{"name":"lang","value":"d\"é\\","domain":"www.j.example","path":"/shop","hostOnly":true,"session":true,"sameSite":"lax","storeId":"0","httpOnly":false,"secure":false},
{"name":"","value":"seen","domain":"[::1]","path":"/","hostOnly":true,"session":true,"sameSite":"unspecified","storeId":"0","httpOnly":false,"secure":false}
]
"#,
        ),
    ];
    for (kind, expected) in expected {
        let written = JsonFormat::new().kind(kind).write(&cookies).unwrap();
        assert_eq!(String::from_utf8(written.bytes.clone()).unwrap(), expected, "{kind:?}");
        let loaded = JsonFormat::new().read(&written.bytes).unwrap();
        assert_eq!(loaded.kind, Some(FileKind::Json(kind)), "{kind:?}");
        let seen = |cookie: &Cookie| (cookie.to_string(), cookie.expires(), cookie.secure(), cookie.http_only());
        assert!(loaded.cookies.iter().map(seen).eq(cookies.iter().map(seen)), "{kind:?}");
        assert_eq!(loaded.cookies[0].attribute("SameSite").as_deref(), Some("None"), "{kind:?}");
    }
    for (sentence, cookie) in [
        ("bytes", Cookie::new("n", b"\xff", "j.example")),
        ("a control character", Cookie::new("n", "\x01", "j.example")),
        ("no name", Cookie::new("", "v", "j.example")),
        ("no host", Cookie::new("n", "v", "a b")),
        ("a path that matches nothing", Cookie::new("n", "v", "j.example").with_path("p")),
    ] {
        let written = JsonFormat::new().write(&[cookie]).unwrap();
        assert_eq!(
            (written.left_out.len(), &*written.bytes),
            (1, &b"{\"cookies\":[],\"origins\":[]}\n"[..]),
            "{sentence}"
        );
    }
    let error = JsonFormat::new().kind(JsonKind::CookieStore).write(&cookies).unwrap_err();
    assert_eq!(error.to_string(), "JSON as cookie_store saves it is read, and not written");
}

#[test]
fn what_cookie_store_saves_is_loaded() {
    let mut store = cookie_store::CookieStore::default();
    let url = url::Url::parse("https://www.j.example/shop/cart").unwrap();
    for header in [
        "host=1; Secure; HttpOnly",
        "below=2; Domain=j.example; Path=/; Max-Age=86400000; SameSite=Strict",
        "session=a=b; Path=/",
    ] {
        store.parse(header, &url).unwrap();
    }
    let (mut lines, mut list) = (Vec::new(), Vec::new());
    #[allow(deprecated, reason = "what older versions of reqwest's users have on their disks")]
    store.save_incl_expired_and_nonpersistent_json(&mut lines).unwrap();
    cookie_store::serde::json::save_incl_expired_and_nonpersistent(&store, &mut list).unwrap();
    for file in [lines, list] {
        let jar = FileCookieJar::<JsonFormat>::without_filename().with_jar(&memory()).ignore_discard(true);
        let report = jar.load_from(&file[..]).unwrap();
        assert_eq!((report.stored, report.kind), (3, Some(FileKind::Json(JsonKind::CookieStore))));
        assert_eq!(normal(&header(&jar, "https://www.j.example/shop/x")), ["below=2", "host=1", "session=a=b"]);
        assert_eq!(header(&jar, "https://x.j.example/"), "below=2");
        assert!(jar.get("www.j.example", "/shop", "host").unwrap().http_only());
    }
}

fn normal(header: &str) -> Vec<&str> {
    let mut pairs: Vec<&str> = header.split("; ").collect();
    pairs.sort_unstable();
    pairs
}
