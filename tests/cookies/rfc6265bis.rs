//! 6265bis, step by step: what today's browsers take and send.

use super::*;

/// 2010-06-01 00:00:00 UTC, when the http-state working group's tests were young.
const YOUNG: i64 = 1_275_350_400;

/// Undoes the `\xNN` of the fixture.
fn unescaped(text: &str) -> Vec<u8> {
    let mut parts = text.split("\\x");
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16).unwrap());
        bytes.extend_from_slice(&part.as_bytes()[2..]);
    }
    bytes
}

#[test]
fn the_facts_of_the_http_state_working_group() {
    let (mut tests, mut bis) = (0, 0);
    for block in include_str!("../../fixtures/cookies/http_state.txt").split("\n\n").skip(1) {
        let jar =
            CookieJar::with_parts(MemoryStore::new(), DefaultCookiePolicy::new(), Arc::new(FixedClock::new(YOUNG)));
        let mut lines = block.lines();
        let name = lines.next().unwrap();
        let (mut headers, mut next) = (Vec::new(), "http://home.example.org:8888/cookie-parser-result");
        let mut sent = None;
        for line in lines {
            match line.split_once(' ').unwrap_or((line, "")) {
                ("set", header) => headers.push(unescaped(header)),
                ("to", url) => next = url,
                ("sent" | "ours", header) => sent = Some(unescaped(header)),
                ("rfc6265", _) => bis += 1,
                (word, _) => panic!("{name}: {word}"),
            }
        }
        extract(&jar, "http://home.example.org:8888/cookie-parser", &headers);
        let ours = String::from_utf8(next_cookie_header_bytes(&jar, next)).unwrap();
        assert_eq!(ours, String::from_utf8(sent.unwrap()).unwrap(), "{name}\n{block}");
        tests += 1;
    }
    assert!(tests > 200 && bis > 20, "{tests} {bis}");
}

#[test]
fn the_dates_of_cookies_are_those_of_rfc_6265() {
    let facts = include_str!("../../fixtures/cookies/cookie_dates.txt").lines().filter(|line| !line.starts_with('#'));
    let facts = facts.map(|line| line.rsplit_once(" => ").unwrap());
    let own = [
        ("a zone does not count", "Wed, 09 Feb 1994 22:23:32 -0800", "Wed, 09 Feb 1994 22:23:32 GMT"),
        ("but four digits before the year are one", "Wed, 09 Feb 22:23:32 -0400 1994", "none"),
        ("a name of a zone", "Wed, 09 Feb 1994 22:23:32 PST", "Wed, 09 Feb 1994 22:23:32 GMT"),
        ("no clock", "09 Feb 1994", "none"),
        ("no seconds", "09 Feb 1994 22:23", "none"),
        ("a fraction", "09 Feb 1994 22:23:32.75", "Wed, 09 Feb 1994 22:23:32 GMT"),
        ("midnight is 00", "09 Feb 1994 24:00:00", "none"),
        ("a leap second", "31 Dec 1998 23:59:60", "none"),
        ("a month in digits", "09-02-1994 22:23:32", "none"),
        ("no such day", "30 Feb 1994 22:23:32", "none"),
        ("1601", "1 Jan 1601 00:00:00", "Mon, 01 Jan 1601 00:00:00 GMT"),
        ("1600", "1 Jan 1600 00:00:00", "none"),
        ("a year of three digits", "1 Jan 994 00:00:00", "none"),
        ("9999", "31 Dec 9999 23:59:59", "Fri, 31 Dec 9999 23:59:59 GMT"),
        ("10000", "1 Jan 10000 00:00:00", "none"),
        ("a year that nobody lives to see", "Fri, 08-Oct-3697739 00:00:00 GMT", "none"),
        ("letters behind", "9th Feb 1994AD 22:23:32Z", "Wed, 09 Feb 1994 22:23:32 GMT"),
        ("letters that are not ASCII are no delimiters", "09é Feb 1994 22:23:32", "Wed, 09 Feb 1994 22:23:32 GMT"),
        ("the first of each counts", "09 Feb 1994 22:23:32 10 Mar 1995 01:02:03", "Wed, 09 Feb 1994 22:23:32 GMT"),
        ("a control character within", "09 Feb\u{1}1994 22:23:32", "none"),
        ("nothing", "", "none"),
    ];
    let policy = DefaultCookiePolicy::new().limits(Limits::NONE);
    let jar = CookieJar::with_parts(MemoryStore::new(), policy, Arc::new(FixedClock::new(-99_999_999_999)));
    let url = Url::parse("http://a.test/").unwrap();
    for (sentence, text, date) in facts.map(|(text, date)| ("", text, date)).chain(own) {
        jar.clear();
        let stored = jar.set_from_str(&format!("a=1; Expires={text}"), &url).is_ok();
        let expires = jar.get("a.test", "/", "a").and_then(|cookie| cookie.expires());
        let expected = str2time(date);
        assert_eq!(expected.is_none(), date == "none", "{date}");
        assert!(stored != text.contains('\u{1}'), "{text}");
        assert_eq!(expires, expected, "{sentence}: {text}");
    }
}

#[test]
fn midnight_has_two_names_and_the_calendar_an_end() {
    for (text, http, iso) in [
        ("1994-02-09 24:00:00", None, Some(760_838_400)),
        ("1994-02-09 24:00", None, Some(760_838_400)),
        ("19940209T240000Z", None, Some(760_838_400)),
        ("1994-12-31 24:00:00", None, Some(788_918_400)),
        ("1994-02-09 24:00:01", None, None),
        ("1994-02-09 24:01", None, None),
        ("1994-02-09 25:00", None, None),
        ("Wed, 09 Feb 1994 24:00:00 GMT", Some(760_838_400), None),
        ("09 Feb 1994 24:00", Some(760_838_400), None),
        ("09 Feb 1994 24:00 -0100", Some(760_842_000), None),
        ("09 Feb 1994 24:00:01", None, None),
        ("09 Feb 1994 24:30", None, None),
        ("08-Oct-3697739 00:00:00 GMT", None, None),
        ("1 Jan 10000 00:00:00 GMT", None, None),
        ("31 Dec 9999 23:59:59 GMT", Some(253_402_300_799), None),
        ("10000-01-01 00:00:00Z", None, None),
    ] {
        if !text.starts_with("19") {
            assert_eq!(str2time(text), http, "{text}");
        }
        assert_eq!(iso2time(text), iso, "{text}");
    }
}

const HTTPS: &str = "https://www.a.test/";
const HTTP: &str = "http://www.a.test/";

#[test]
fn what_is_taken_and_what_is_refused() {
    let ok = Ok(());
    for (sentence, url, header, answer) in [
        ("5.6: no name", HTTP, "solo", ok),
        ("5.6: an empty name", HTTP, "=solo", ok),
        ("5.7, step 2: neither name nor value", HTTP, "=", Err(Refusal::NoName)),
        ("5.7, step 2: an empty pair", HTTP, "; Path=/", Err(Refusal::NoName)),
        ("5.7, step 3: a control character", HTTP, "a=\u{7f}", Err(Refusal::ControlCharacter)),
        (
            "5.7, step 8: a domain in another alphabet",
            "http://www.b\u{fc}cher.test/",
            "a=1; Domain=b\u{fc}cher.test",
            Err(Refusal::MalformedDomain),
        ),
        ("5.7, step 8: the same in ASCII", "http://www.b\u{fc}cher.test/", "a=1; Domain=xn--bcher-kva.test", ok),
        ("5.7, step 10: a domain elsewhere", HTTP, "a=1; Domain=b.test", Err(Refusal::DomainMismatch)),
        ("5.7, step 13: Secure from http", HTTP, "a=1; Secure", Err(Refusal::InsecureRequest)),
        ("5.7, step 19: SameSite=None", HTTPS, "a=1; SameSite=None", Err(Refusal::InsecureSameSiteNone)),
        ("5.7, step 19: in any case", HTTPS, "a=1; samesite=NONE", Err(Refusal::InsecureSameSiteNone)),
        ("5.7, step 19: with Secure", HTTPS, "a=1; SameSite=None; Secure", ok),
        ("5.7, step 19: the last SameSite counts", HTTPS, "a=1; SameSite=None; SameSite=Lax", ok),
        ("5.7, step 19: SameSite=Lax", HTTP, "a=1; SameSite=Lax", ok),
        ("5.7, step 19: SameSite=Strict", HTTP, "a=1; SameSite=Strict", ok),
        ("5.7, step 19: another SameSite", HTTP, "a=1; SameSite=x", ok),
        ("CHIPS: Partitioned alone", HTTPS, "q=1; Partitioned", Err(Refusal::InsecurePartitioned)),
        ("CHIPS: in any case, with a value", HTTPS, "q=1; PARTITIONED=x", Err(Refusal::InsecurePartitioned)),
        ("CHIPS: over http", HTTP, "q=1; Partitioned", Err(Refusal::InsecurePartitioned)),
        ("CHIPS: with Secure", HTTPS, "q=1; Partitioned; Secure", ok),
        ("CHIPS: a value is no attribute", HTTPS, "q=Partitioned", ok),
        ("__Secure-", HTTPS, "__Secure-a=1", Err(Refusal::SecurePrefix)),
        ("__Host- without a path", HTTPS, "__Host-a=1; Secure", Err(Refusal::HostPrefix)),
        ("__Http- alone", HTTPS, "__Http-a=1", Err(Refusal::HttpPrefix)),
        ("__Http- without HttpOnly", HTTPS, "__Http-b=1; Secure; Path=/", Err(Refusal::HttpPrefix)),
        ("__Http- without Secure", HTTPS, "__Http-b=1; HttpOnly", Err(Refusal::HttpPrefix)),
        ("__Http-", HTTPS, "__Http-c=1; Secure; HttpOnly", ok),
        ("__Http- for a domain and a path", HTTPS, "__Http-c=1; Secure; HttpOnly; Domain=a.test; Path=/x", ok),
        ("__Http- over http", HTTP, "__Http-c=1; Secure; HttpOnly", Err(Refusal::InsecureRequest)),
        ("__http-", HTTPS, "__http-f=1; Secure", Err(Refusal::HttpPrefix)),
        ("__Host-Http- without HttpOnly", HTTPS, "__Host-Http-d=1; Secure; Path=/", Err(Refusal::HttpPrefix)),
        ("__Host-Http-", HTTPS, "__Host-Http-e=1; Secure; Path=/; HttpOnly", ok),
        (
            "__Host-Http- for a domain",
            HTTPS,
            "__Host-Http-e=1; Secure; Path=/; HttpOnly; Domain=www.a.test",
            Err(Refusal::HostPrefix),
        ),
        ("__Host-Http- for a path", HTTPS, "__Host-Http-e=1; Secure; Path=/x; HttpOnly", Err(Refusal::HostPrefix)),
        ("__hOST-hTTP-", HTTPS, "__hOST-hTTP-e=1; Secure; Path=/", Err(Refusal::HttpPrefix)),
        ("a prefix is not one in the middle", HTTPS, "a__Http-=1", ok),
        ("half a prefix", HTTPS, "__Http=1", ok),
        ("nameless __Secure-", HTTPS, "=__Secure-a=1; Secure", Err(Refusal::NamelessPrefix)),
        ("nameless __Host-", HTTPS, "__Host-a; Secure; Path=/", Err(Refusal::NamelessPrefix)),
        ("nameless __Http-", HTTPS, "=__Http-a=1; Secure; HttpOnly", Err(Refusal::NamelessPrefix)),
        ("nameless __Host-Http-", HTTPS, "=__hoST-hTTp-a=1; Secure; Path=/; HttpOnly", Err(Refusal::NamelessPrefix)),
        ("nameless, with blanks before", HTTPS, " = \t__Http-a=1; Secure; HttpOnly", Err(Refusal::NamelessPrefix)),
        ("nameless, with a blank of Unicode before", HTTPS, "=\u{a0}__Host-a=1", Err(Refusal::BlankBeforeName)),
        ("nameless, for a server of RFC 2965", HTTPS, "=$Version=1,__Host-a=1", Err(Refusal::DollarBeforeName)),
        ("nameless, for a server of RFC 2965, without a sign", HTTPS, "$Domain", Err(Refusal::DollarBeforeName)),
    ] {
        let (jar, _) = jar();
        assert_eq!(jar.set_from_str(header, &Url::parse(url).unwrap()), answer, "{sentence}: {header}");
        assert_eq!(jar.len(), usize::from(answer.is_ok()), "{sentence}: {header}");
    }
}

#[test]
fn a_cookie_without_a_name_is_its_value() {
    run(&[
        ("both spellings are one cookie", &[(HTTP, &["a=1", "solo"]), (HTTP, &["=duo"])], &[(HTTP, "a=1; duo")]),
        ("it is deleted as any other", &[(HTTP, &["solo", "=; Max-Age=0", "x; Max-Age=0"])], &[(HTTP, "")]),
        ("what looks like a pair stays one text", &[(HTTP, &["=a=b", "a=c"])], &[(HTTP, "a=b; a=c")]),
        ("an empty value is no missing one", &[(HTTP, &["a", "a="])], &[(HTTP, "a; a=")]),
        ("attributes count", &[(HTTP, &["solo; Path=/x"])], &[(HTTP, ""), ("http://www.a.test/x", "solo")]),
    ]);
    let classic = jar_with(DefaultCookiePolicy::classic());
    extract(&classic, HTTP, &["=ignored", "solo", "duo"]);
    assert_eq!(
        next_cookie_header(&classic, HTTP),
        "solo; duo",
        "the original takes names without values, and no others"
    );

    let (jar, _) = jar();
    extract(&jar, HTTP, &["solo"]);
    let cookie = jar.iter().next().unwrap();
    assert_eq!((cookie.name(), cookie.value_str(), cookie.has_value()), ("".into(), "solo".into(), true));
    assert_eq!(cookie.to_string(), "<Cookie solo for www.a.test/>");
    jar.set_cookie(Cookie::new("other", "", "www.a.test").without_value());
    assert_eq!(next_cookie_header(&jar, HTTP), "other", "also by hand");
    let everything = |file: MozillaCookieJar| file.ignore_discard(true);
    let saved = everything(MozillaCookieJar::without_filename().with_jar(&jar));
    let mut bytes = Vec::new();
    saved.save_to(&mut bytes).unwrap();
    let loaded = everything(MozillaCookieJar::without_filename());
    loaded.load_from(&bytes[..]).unwrap();
    loaded.load_from(&b"# Netscape HTTP Cookie File\nwww.a.test\tFALSE\t/\tFALSE\t0\t\tthird\n"[..]).unwrap();
    assert_eq!(next_cookie_header(&loaded, HTTP), "third", "and from a file: one cookie");
}

#[test]
fn what_could_never_be_sent_is_refused_by_hand() {
    let put = |cookie: Cookie| {
        let (jar, _) = jar();
        jar.set_cookie(cookie);
        jar.iter().next().map(|cookie| cookie.domain().to_owned())
    };
    for (domain, expected) in [
        ("example.com", Some("example.com")),
        (".example.com", Some(".example.com")),
        ("EXAMPLE.com", Some("example.com")),
        ("a_b.example.com", Some("a_b.example.com")),
        ("localhost", Some("localhost")),
        ("127.0.0.1", Some("127.0.0.1")),
        ("[::1]", Some("[::1]")),
        ("::1", Some("[::1]")),
        ("::FFFF:1.2.3.4", Some("[::ffff:102:304]")),
        ("example.com:8080", None),
        ("http://u.example", None),
        ("http://u.example/", None),
        ("u.example/", None),
        ("u.example/path", None),
        ("user@u.example", None),
        ("[::1]:80", None),
        ("[::1", None),
        ("*.example.com", None),
        ("..example.com", None),
        ("a..example.com", None),
        ("u.example u.example", None),
        (".", None),
        ("", None),
    ] {
        assert_eq!(put(Cookie::new("p", "1", domain)).as_deref(), expected, "{domain:?}");
        let (jar, _) = jar();
        let answer = jar.set_cookie_if_ok(Cookie::new("p", "1", domain), &Request::new("http://www.example.com/"));
        assert!(expected.is_some() || answer == Err(Refusal::MalformedDomain), "{domain:?}: {answer:?}");
    }
    for (path, kept) in [("/", true), ("/x", true), ("", false), ("x", false), ("x/", false), ("http://a.test/", false)]
    {
        assert_eq!(put(Cookie::new("p", "1", "a.test").with_path(path)).is_some(), kept, "{path:?}");
        let (jar, _) = jar();
        let answer =
            jar.set_cookie_if_ok(Cookie::new("p", "1", "a.test").with_path(path), &Request::new("http://a.test/"));
        assert_eq!(answer, if kept { Ok(()) } else { Err(Refusal::RelativePath) }, "{path:?}");
    }
    let classic = jar_with(DefaultCookiePolicy::classic());
    classic.set_cookie(Cookie::new("p", "1", "").with_path("x"));
    assert_eq!(classic.len(), 1, "the original keeps it");
}

#[test]
fn make_cookies_asks_no_policy() {
    let jar = jar_with(DefaultCookiePolicy::new().blocked_domains(["a.test"]));
    let headers: [&[u8]; 4] = [b"a=1; Domain=b.test", b"b=2; Secure", b"__Host-c=3", b"d=4; Max-Age=0"];
    let made = jar.make_cookies(&Response(headers.to_vec()), &Request::new("http://a.test/"));
    let names: Vec<String> = made.iter().map(|cookie| cookie.to_string()).collect();
    assert_eq!(names, ["<Cookie a=1 for .b.test/>", "<Cookie b=2 for a.test/>", "<Cookie __Host-c=3 for a.test/>"]);
    assert!(jar.is_empty());
}
