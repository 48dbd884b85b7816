//! The safe default. Each row of a table is a sentence about cookies and what proves it; the ids K1
//! to K27 name a class of mistakes that other jars have made. Everything is driven through a
//! response and the next request.

use std::thread;

use clientcookie::clock::Clock;

use super::*;

const NAME_AND_VALUE: usize = 4096;
const ATTRIBUTE_VALUE: usize = 1024;
const PER_RESPONSE: usize = 50;
const PER_DOMAIN: usize = 180;
const HEADER_BYTES: usize = 8190;
const HEADER_COOKIES: usize = 150;

#[test]
fn the_same_as_pythons_cookiejar() {
    let golden = include_str!("../../fixtures/cookies/netscape_golden.txt");
    let mut cases = 0;
    for case in golden.split("\n\n").skip(1) {
        let all = |key: &str| {
            let of_key = |line: &'static str| line.split_once(": ").or(line.split_once(':')).filter(|(k, _)| *k == key);
            let lines: Vec<&'static str> = case.lines().filter_map(|line| of_key(line).map(|(_, v)| v)).collect();
            lines
        };
        let (jar, _) = jar();
        extract(&jar, all("url")[0], &all("set"));
        assert_eq!(next_cookie_header(&jar, all("next")[0]), all("cookie")[0], "{case}");
        cases += 1;
    }
    assert!(cases >= 25, "{cases} cases");
}

#[test]
fn which_hosts_get_a_cookie() {
    run(&[
        (
            "K1: a domain is matched at a label's border",
            &[("http://example.com/", &["a=b; Domain=example.com"])],
            &[
                ("http://example.com/", "a=b"),
                ("http://a.example.com/", "a=b"),
                ("http://a.b.example.com/", "a=b"),
                ("http://badexample.com/", ""),
                ("http://wwwexample.com/", ""),
                ("http://example.com.evil.net/", ""),
                ("http://com/", ""),
            ],
        ),
        (
            "K2: no Domain, or an empty one, stays on its host",
            &[("http://example.com/", &["a=1", "b=2; Domain=", "c=3; Domain", "d=4; Domain=example.com; Domain="])],
            &[("http://example.com/", "a=1; b=2; c=3; d=4"), ("http://child.example.com/", ""), ("http://com/", "")],
        ),
        (
            "K3: a Domain of dots owns nothing",
            &[(
                "http://www.example.com/",
                &["a=1; Domain=.", "b=2; Domain=..", "c=3; Domain=. ", "d=4; Domain=.com", "e=5; Domain=..example.com"],
            )],
            &[("http://www.example.com/", ""), ("http://example.com/", ""), ("http://other.test/", "")],
        ),
        (
            "K4: neither a foreign Domain nor one below the host",
            &[("http://a.test/", &["a=1; Domain=b.test", "b=2; Domain=sub.a.test"])],
            &[("http://a.test/", ""), ("http://b.test/", ""), ("http://sub.a.test/", "")],
        ),
        (
            "K5: an IP address is no name with labels",
            &[(
                "http://192.168.1.100/",
                &["a=1; Domain=168.1.100", "b=2; Domain=.1.100", "c=3; Domain=192.168.1.100", "d=4"],
            )],
            &[("http://192.168.1.100/", "c=3; d=4"), ("http://10.168.1.100/", ""), ("http://3232235876/", "c=3; d=4")],
        ),
        (
            "K5: addresses are compared in one spelling",
            &[
                ("http://127.0.0.1/", &["a=1; Domain=127.1", "b=2; Domain=0x7f.1"]),
                ("http://[::ffff:1.2.3.4]/", &["c=3; Domain=[::FFFF:1.2.3.4]"]),
            ],
            &[("http://127.1/", "a=1; b=2"), ("http://[::ffff:102:304]/", "c=3"), ("http://[::1]/", "")],
        ),
        (
            "K6: a top-level domain, and a name that ends in a dot, own nothing; a host with that dot is another host",
            &[
                ("http://x.co.uk./", &["a=1; Domain=co.uk.", "b=2; Domain=.uk.", "c=3; Domain=uk.", "d=4"]),
                ("http://x.co.uk/", &["e=5; Domain=uk", "f=6; Domain=UK"]),
            ],
            &[("http://x.co.uk./", "d=4"), ("http://x.co.uk/", ""), ("http://y.co.uk./", "")],
        ),
        (
            "K9: the two spellings of an international name are one host, and Domain is in ASCII",
            &[("http://www.bücher.de/", &["a=1; Domain=bücher.de", "b=2; Domain=xn--bcher-kva.de", "c=3"])],
            &[("http://bücher.de/", "b=2"), ("http://www.xn--bcher-kva.de/", "b=2; c=3"), ("http://bucher.de/", "")],
        ),
        (
            "K10: whoever takes a name in .local owns that name only",
            &[("http://evil.local/", &["a=1; Domain=local", "b=2; Domain=.local", "c=3"])],
            &[("http://evil.local/", "c=3"), ("http://bank.local/", ""), ("http://box/", ""), ("http://local/", "")],
        ),
        (
            "K10: box.local and box are two hosts",
            &[("http://box.local/", &["a=1"]), ("http://box/", &["b=2"])],
            &[("http://box.local/", "a=1"), ("http://box/", "b=2")],
        ),
        (
            "K10: hosts of one label work, and own themselves only",
            &[
                ("http://localhost:8080/", &["a=1", "b=2; Domain=localhost", "c=3; Domain=.localhost"]),
                ("http://box/", &["d=4; Domain=.local", "e=5; Domain=box"]),
            ],
            &[
                ("http://localhost:8080/", "a=1; b=2; c=3"),
                ("http://x.localhost/", ""),
                ("http://box/", "e=5"),
                ("http://other/", ""),
            ],
        ),
    ]);
}

#[test]
fn which_paths_get_a_cookie() {
    run(&[
        (
            "K11: a path is a prefix up to a slash, compared byte for byte",
            &[("http://a.test/x", &["a=b; Path=/any"])],
            &[
                ("http://a.test/any", "a=b"),
                ("http://a.test/any/", "a=b"),
                ("http://a.test/any/x", "a=b"),
                ("http://a.test/anybad", ""),
                ("http://a.test/an", ""),
                ("http://a.test/any%2fx", ""),
            ],
        ),
        (
            "K11, K12: what is no path gives the default path",
            &[("http://a.test/d/x", &["a=1; Path=any", "b=2; Path=", "c=3; Path", "d=4; Path=\"", "e=5; Path=\"/\""])],
            &[("http://a.test/d/", "a=1; b=2; c=3; d=4; e=5"), ("http://a.test/", "")],
        ),
        (
            "K11: dots in a Path are no way to another directory",
            &[("http://a.test/", &["a=1; Path=/a/../any", "b=2; Path=/\""])],
            &[("http://a.test/any", ""), ("http://a.test/a/", "")],
        ),
    ]);
}

#[test]
fn secure_cookies_are_left_alone() {
    let secure: (&str, &[&str]) = ("https://a.test/", &["s=1; Secure; Path=/login"]);
    let asked: &[&str] = &["s=2; Path=/login", "s=3; Path=/login/x", "s=; Path=/login; Max-Age=0"];
    for (sentence, responses, requests) in [
        (
            "K13: http neither replaces, shadows nor deletes",
            vec![secure, ("http://a.test/", asked)],
            vec![("https://a.test/login/x", "s=1"), ("http://a.test/login/x", "")],
        ),
        (
            "K13: other paths and other names are free",
            vec![secure, ("http://a.test/", &["s=4; Path=/", "s=5; Path=/foo", "t=6; Path=/login"])],
            vec![("https://a.test/login", "s=1; t=6; s=4"), ("http://a.test/foo", "s=5; s=4")],
        ),
        (
            "K13: https may",
            vec![secure, ("https://a.test/", &["s=7; Path=/login"])],
            vec![("http://a.test/login", "s=7")],
        ),
        (
            "K13: nor do parents and children",
            vec![
                ("https://b.a.test/", &["s=1; Secure; Path=/"]),
                ("https://c.test/", &["t=1; Secure; Path=/; Domain=c.test"]),
                ("http://a.test/", &["s=2; Domain=a.test"]),
                ("http://x.c.test/", &["t=2"]),
                ("http://notb.a.test/", &["s=3"]),
            ],
            vec![("https://b.a.test/", "s=1"), ("https://x.c.test/", "t=1"), ("http://notb.a.test/", "s=3")],
        ),
        (
            "K13: the same on an address",
            vec![("https://127.0.0.1/", &["s=1; Secure"]), ("http://127.0.0.1/", &["s=2"])],
            vec![("https://127.0.0.1/", "s=1"), ("http://127.0.0.1/", "")],
        ),
        (
            "K14: http sets no Secure cookie, not on localhost either",
            vec![("http://a.test/", &["s=1; Secure"]), ("http://localhost/", &["s=1; Secure="])],
            vec![("https://a.test/", ""), ("https://localhost/", "")],
        ),
        (
            "Secure= is secure, and wss is",
            vec![("wss://a.test/", &["s=1; Secure="])],
            vec![("wss://a.test/", "s=1"), ("https://a.test/", "s=1"), ("ws://a.test/", ""), ("http://a.test/", "")],
        ),
    ] {
        let (jar, _) = jar();
        responses.iter().for_each(|(url, headers)| extract(&jar, url, headers));
        for (url, expected) in requests {
            assert_eq!(next_cookie_header(&jar, url), expected, "{sentence}: {url}\n{jar}");
        }
    }
}

#[test]
fn name_prefixes_keep_their_promise() {
    for (id, header, stored) in [
        ("K15", "__Host-a=1; Secure; Path=/", true),
        ("K15", "__Host-a=1; Secure; Path=/; Domain=www.a.test", false),
        ("K15", "__Host-a=1; Secure; Path=/x", false),
        ("K15", "__Host-a=1; Secure", false),
        ("K15", "__Host-a=1; Path=/", false),
        ("K15", "__hOST-a=1; Path=/", false),
        ("K15", "__Secure-a=1; Secure", true),
        ("K15", "__Secure-a=1", false),
        ("K15", "__sEcUrE-a=1", false),
        ("K15", "__%48ost-a=1", true),
        ("K16", "=__Host-a=1", false),
        ("K16", " =__Host-a=1", false),
        ("K16", "__Secure-a", false),
        ("K16", "__Secure-a; Secure", false),
        ("K16: a server of RFC 2965 would read two cookies", "$Version=1,__Host-a=1; Domain=a.test", false),
        ("K16", "$version=1", false),
        ("K16", "$PATH=/", false),
        ("K16", "$Domain", false),
        ("K16", "$Port =1", false),
        ("K16: other dollars are free", "$Ver=1", true),
        ("K16", "\u{85}__Host-a=1", false),
        ("K16", "\u{a0}__Host-a=1", false),
        ("K16", "\u{2000}__Host-a=1", false),
    ] {
        let (jar, _) = jar();
        interact_netscape(&jar, "https://www.a.test/", &[header]);
        assert_eq!(!jar.is_empty(), stored, "{id}: {header}");
    }
    let (jar, _) = jar();
    extract(&jar, "http://www.a.test/", &["__Host-a=1; Secure; Path=/"]);
    extract(&jar, "https://www.a.test/", &[&b"\xa0__Host-a=1"[..], b"\x85__Host-a=1"]);
    assert!(jar.is_empty(), "K15, K16: over http, or behind a Latin-1 blank\n{jar}");
}

#[test]
fn control_characters_refuse_a_cookie() {
    for byte in (0x00..=0x1f).chain([0x7f]) {
        let (jar, _) = jar();
        for place in ["a?b=1", "a=b?c", "a=1; Path=/x?y", "a=1; Domain=a?.test", "a=1; x=?y"] {
            let header: Vec<u8> = place.bytes().map(|b| if b == b'?' { byte } else { b }).collect();
            // A TAB in an attribute that nobody keeps does no harm.
            if byte != b'\t' || place != "a=1; x=?y" {
                extract(&jar, "http://a.test/", &[header]);
            }
        }
        jar.set_cookie(Cookie::new([b'a', byte], "1", "a.test"));
        jar.set_cookie(Cookie::new("a", [b'1', byte], "a.test"));
        jar.set_cookie(Cookie::new("a", "1", "a.test").with_path([b'/', byte]));
        jar.set_cookie(Cookie::new("a", "1", format!("a{}.test", char::from(byte))));
        assert!(jar.is_empty(), "K17: {byte:#x}\n{jar}");
    }
    let (jar, _) = jar();
    assert_eq!(interact_netscape(&jar, "http://a.test/", &["\ta\t=\t1\t;\tPath\t=\t/\t"]), "a=1", "K17: TAB around");
    jar.set_cookie(Cookie::new("b", "1; $Path=/", "a.test"));
    assert_eq!(next_cookie_header(&jar, "http://a.test/"), "a=1", "K16: a value cannot start a new pair");
}

#[test]
fn no_attribute_leads_out_of_its_quotes() {
    let jar = jar_with(DefaultCookiePolicy::new().rfc2965(true).strict_characters(false));
    let cookie = || Cookie::new("a", "1", ".a.test").with_version(1);
    for (sentence, cookie) in [
        ("K17: a line's end in Port", cookie().with_port("80\r\nX: y")),
        ("K17: a quote in Port", cookie().with_port("80\"; b=\"2")),
        ("K17: a quote in Port, of a bare one", cookie().with_port("80\"").with_port_specified(false)),
        ("K17: a quote in Domain", Cookie::new("a", "1", ".a.test\"; b=\"2").with_version(1)),
        ("K17: a control character in Domain", Cookie::new("a", "1", ".a.test\x01").with_version(1)),
        ("K17: a control character in Path", cookie().with_path("/\x01")),
        ("K17: a quote in Path", cookie().with_path("/\"; b=\"2")),
    ] {
        jar.set_cookie(cookie);
        assert!(jar.is_empty(), "{sentence}\n{jar}");
    }
    jar.set_cookie(cookie().with_port("80, 81"));
    jar.set_cookie(cookie().with_version(0).with_path("/\""));
    assert_eq!(jar.len(), 2, "a list may have blanks, and no quotes are put around a Netscape cookie's path: {jar}");
}

#[test]
fn names_and_values_are_bytes() {
    let (jar, _) = jar();
    extract(
        &jar,
        "http://a.test/",
        &[&b"\xe9=\xff\xfe; Path=/; Domain=\xff"[..], b"\xe9=\xff\xfe", b"p=1; Path=/\xe9"],
    );
    assert_eq!(next_cookie_header_bytes(&jar, "http://a.test/"), b"\xe9=\xff\xfe");
    assert_eq!(jar.get("a.test", b"/\xe9", "p").map(|cookie| cookie.path_bytes().to_vec()).unwrap(), b"/\xe9");
}

#[test]
fn limits_hold_at_n_and_n_plus_one() {
    let url = "http://a.test/";
    let value = |length: usize| format!("a={}", "v".repeat(length));

    let (jar, _) = jar();
    extract(&jar, url, &[value(NAME_AND_VALUE)]);
    assert!(jar.is_empty(), "K18: 4097 bytes");
    extract(&jar, url, &[value(NAME_AND_VALUE - 1)]);
    assert_eq!(jar.len(), 1, "4096 bytes");

    jar.clear();
    let path = |length: usize| format!("a=1; Path=/{}", "p".repeat(length - 1));
    extract(&jar, url, &[path(ATTRIBUTE_VALUE), path(ATTRIBUTE_VALUE + 1)]);
    let lengths: Vec<usize> = jar.iter().map(|cookie| cookie.path_bytes().len()).collect();
    assert_eq!(lengths, [ATTRIBUTE_VALUE, 1], "K12: a long Path is ignored, its cookie is not");

    jar.clear();
    let names = [ATTRIBUTE_VALUE, ATTRIBUTE_VALUE + 1].map(|length| format!("a=1; {}", "n".repeat(length)));
    extract(&jar, url, &names[..1]);
    assert_eq!(jar.iter().next().unwrap().nonstandard_attributes().count(), 1);
    extract(&jar, url, &names[1..]);
    assert_eq!(jar.iter().next().unwrap().nonstandard_attributes().count(), 0, "K18: a long name of an attribute");

    jar.clear();
    let many: Vec<String> = (0..5000).map(|n| format!("c{n}=1")).collect();
    extract(&jar, url, &many);
    assert_eq!(jar.len(), PER_RESPONSE, "K18: 5000 Set-Cookie");

    jar.clear();
    jar.set_cookie(Cookie::new("other", "1", "b.test"));
    for chunk in many[..PER_DOMAIN + 1].chunks(PER_RESPONSE) {
        extract(&jar, url, chunk);
    }
    assert_eq!(jar.len(), PER_DOMAIN + 1, "K18: 180 and the other site's one");
    assert!(jar.get("a.test", "/", "c0").is_none() && jar.get("a.test", "/", "c1").is_some(), "the oldest goes");
    assert_eq!(next_cookie_header(&jar, "http://b.test/"), "other=1", "another site's cookie never does");
    assert_eq!(next_cookie_header(&jar, url).split("; ").count(), HEADER_COOKIES);

    jar.clear();
    // Two cookies and what joins them fill the header to the byte.
    extract(&jar, url, &["a".to_owned() + &value(4090)[1..], "b".to_owned() + &value(4094)[1..]]);
    assert_eq!(next_cookie_header(&jar, url).len(), HEADER_BYTES);
    extract(&jar, url, &["c=1; Path=/longest"]);
    assert_eq!(next_cookie_header(&jar, "http://a.test/longest").len(), "c=1; ".len() + 4092, "longest path first");
}

#[test]
fn overflow_from_http_never_evicts_a_secure_cookie() {
    let (jar, _) = jar();
    let (http, https) = (Request::new("http://a.test/"), Request::new("https://a.test/"));
    for n in 0..PER_DOMAIN {
        let cookie = Cookie::new(format!("s{n}"), "1", "a.test").with_secure(n > 0);
        assert_eq!(jar.set_cookie_if_ok(cookie, &https), Ok(()));
    }
    assert_eq!(jar.set_cookie_if_ok(Cookie::new("x", "1", "a.test"), &http), Ok(()), "K13: s0 is not secure");
    assert!(jar.get("a.test", "/", "s0").is_none() && jar.get("a.test", "/", "s1").is_some());
    assert_eq!(jar.set_cookie_if_ok(jar.get("a.test", "/", "x").unwrap().with_secure(true), &https), Ok(()));
    assert_eq!(jar.set_cookie_if_ok(Cookie::new("y", "1", "a.test"), &http), Err(Refusal::DomainFull), "K13");
    assert_eq!(jar.set_cookie_if_ok(Cookie::new("y", "1", "a.test"), &https), Ok(()), "https may");
    assert_eq!(jar.len(), PER_DOMAIN);
    jar.set_policy(DefaultCookiePolicy::new().leave_secure_alone(false));
    assert_eq!(jar.set_cookie_if_ok(Cookie::new("z", "1", "a.test"), &http), Ok(()), "where the switch lets it");
}

#[test]
fn what_the_user_puts_in_is_never_evicted() {
    let (jar, _) = jar();
    for n in 0..PER_DOMAIN + 20 {
        jar.set_cookie(Cookie::new(format!("mine{n}"), "1", "a.test"));
    }
    let theirs: Vec<String> = (0..PER_DOMAIN + 1).map(|n| format!("theirs{n}=1")).collect();
    theirs.chunks(PER_RESPONSE).for_each(|chunk| extract(&jar, "http://a.test/", chunk));
    assert_eq!(jar.len(), 2 * PER_DOMAIN + 20, "and takes no room from what servers set");
    assert!(jar.get("a.test", "/", "mine0").is_some() && jar.get("a.test", "/", "theirs0").is_none());
}

#[test]
fn a_total_evicts_the_oldest_of_all() {
    let jar = jar_with(DefaultCookiePolicy::new().limits(Limits { total: Some(3), ..Limits::default() }));
    jar.set_cookie(Cookie::new("mine", "1", "z.test"));
    extract(&jar, "https://a.test/", &["a=1; Secure"]);
    extract(&jar, "http://b.test/", &["b=1"]);
    extract(&jar, "http://c.test/", &["c=1"]);
    assert_eq!(jar.len(), 4, "three, and what the user put in");
    extract(&jar, "http://d.test/", &["d=1"]);
    let names: Vec<String> = jar.iter().map(|cookie| cookie.name().into_owned()).collect();
    assert_eq!(names, ["mine", "a", "c", "d"], "the oldest that is not secure goes");
    jar.set_cookie(Cookie::new("c", "2", "c.test"));
    extract(&jar, "http://e.test/", &["e=1", "d=; Max-Age=0"]);
    extract(&jar, "http://c.test/", &["c=3"]);
    extract(&jar, "http://f.test/", &["f=1"]);
    let names: Vec<String> = jar.iter().map(|cookie| cookie.name().into_owned()).collect();
    assert_eq!(names, ["mine", "a", "c", "e", "f"], "what the user has put in once is the user's for good");
}

#[test]
fn how_long_a_cookie_lives() {
    let past = "Wed, 09 Feb 1994 22:23:32 GMT";
    for (id, attributes, expected) in [
        ("none: a session", "".to_owned(), Some(None)),
        ("K19: digits", "Max-Age=60".to_owned(), Some(Some(NOW + 60))),
        ("K19: beats Expires after it", format!("Max-Age=60; Expires={past}"), Some(Some(NOW + 60))),
        ("K19: beats Expires before it", format!("Expires={past}; Max-Age=60"), Some(Some(NOW + 60))),
        ("K19: -1 deletes", "Max-Age=-1".to_owned(), None),
        ("K19: 0 deletes", "Max-Age=0".to_owned(), None),
        ("K19: 1e3 is ignored", "Max-Age=1e3".to_owned(), Some(None)),
        ("K19: empty is ignored", "Max-Age=".to_owned(), Some(None)),
        ("K19: valueless is ignored", "Max-Age".to_owned(), Some(None)),
        ("K19: +5 is ignored", "Max-Age=+5".to_owned(), Some(None)),
        ("K19: 1_0 is ignored", "Max-Age=1_0".to_owned(), Some(None)),
        ("K19: wide digits are ignored", "Max-Age=１".to_owned(), Some(None)),
        ("K19: 2^63 is 400 days", "Max-Age=9223372036854775808".to_owned(), Some(Some(NOW + 400 * DAY))),
        ("K19: 10^23 is 400 days", "Max-Age=100000000000000000000000".to_owned(), Some(Some(NOW + 400 * DAY))),
        ("K19: year 9999 is 400 days", "Expires=1 Jan 9999 00:00:00 GMT".to_owned(), Some(Some(NOW + 400 * DAY))),
        ("K19: year 99999 is none", "Expires=1 Jan 99999 00:00:00 GMT".to_owned(), Some(None)),
        ("K19: empty Expires is a session", "Expires=".to_owned(), Some(None)),
        ("K19: a bad Expires is a session", "Expires=soon".to_owned(), Some(None)),
        ("a bad one leaves the good one", format!("Max-Age=x; Expires={past}"), None),
        ("the last one wins", "Max-Age=60; Max-Age=70".to_owned(), Some(Some(NOW + 70))),
        ("quotes around a date", format!("Expires=\"{past}\""), None),
    ] {
        let (jar, _) = jar();
        extract(&jar, "http://a.test/", &["a=old".to_owned(), format!("a=1; {attributes}")]);
        assert_eq!(jar.get("a.test", "/", "a").map(|cookie| cookie.expires()), expected, "{id}: {attributes}");
    }
}

#[test]
fn the_clock_takes_cookies_away() {
    let (jar, clock) = jar();
    assert_eq!(clock.now(), NOW);
    assert_eq!(interact_netscape(&jar, "http://a.test/", &["a=1; Max-Age=60", "b=2"]), "a=1; b=2");
    clock.advance(59);
    assert_eq!(next_cookie_header(&jar, "http://a.test/"), "a=1; b=2");
    clock.advance(1);
    assert_eq!(next_cookie_header(&jar, "http://a.test/"), "b=2");
    assert_eq!(jar.len(), 2, "a request clears nothing");
    jar.clear_expired_cookies();
    assert_eq!(jar.len(), 1);
    jar.clear_session_cookies();
    assert!(jar.is_empty());
}

#[test]
fn no_site_deletes_the_cookie_of_another() {
    let (jar, _) = jar();
    extract(&jar, "http://victim.test/", &["a=1; Domain=victim.test", "b=2"]);
    extract(&jar, "http://evil.test/", &["a=; Max-Age=0; Domain=victim.test", "b=; Max-Age=0; Domain=victim.test"]);
    assert_eq!(next_cookie_header(&jar, "http://victim.test/"), "a=1; b=2");
    extract(&jar, "http://sub.victim.test/", &["a=; Max-Age=0; Domain=victim.test"]);
    assert_eq!(next_cookie_header(&jar, "http://victim.test/"), "b=2", "its own it may");
}

#[test]
fn make_cookies_changes_nothing() {
    let (jar, _) = jar();
    extract(&jar, "http://a.test/", &["kept=1"]);
    let headers: [&[u8]; 5] = [b"a=1", b"b=2; Domain=b.test", b"kept=; Max-Age=0", b"c=3", b"a=; Max-Age=0"];
    let made = jar.make_cookies(&Response(headers.to_vec()), &Request::new("http://a.test/"));
    assert_eq!(made.iter().map(Cookie::name).collect::<Vec<_>>(), ["b", "c"]);
    assert_eq!(jar.to_string(), "<CookieJar[<Cookie kept=1 for a.test/>]>");
}

#[test]
fn a_cookie_header_of_the_callers_is_left_alone() {
    let (jar, _) = jar();
    extract(&jar, "http://a.test/", &["a=1"]);
    let mut request = Request::new("http://a.test/");
    request.add_unredirected_header("cookie", b"mine=1");
    jar.add_cookie_header(&mut request);
    assert_eq!(request.headers, [("cookie".to_owned(), b"mine=1".to_vec())]);
}

#[test]
fn dates_in_all_their_spellings() {
    let feb94 = Some(760_832_612);
    for (text, expected) in [
        ("Wed, 09 Feb 1994 22:23:32 GMT", feb94),
        ("Wednesday, 09-Feb-94 22:23:32 GMT", feb94),
        ("Wednesday, 09-Feb-1994 22:23:32 GMT", feb94),
        ("Wed, 09-Feb-1994 22:23:32 GMT", feb94),
        ("Wed Feb  9 22:23:32 1994", feb94),
        ("09 Feb 1994 22:23:32 GMT", feb94),
        ("09-Feb-94 22:23:32", feb94),
        ("9/FEBRUARY/1994:22:23:32", feb94),
        ("  09   Feb 1994   22:23:32 UTC  ", feb94),
        ("22:23:32 09-Feb-1994", feb94),
        ("Wed, 09 Feb 1994 22:23:32.75 GMT", feb94),
        ("Wed, 09 Feb 1994 14:23:32 -0800", feb94),
        ("Wed, 09 Feb 1994 14:23:32-0800", feb94),
        ("Wed, 09 Feb 1994 14:23:32 PST", feb94),
        ("Wed, 09 Feb 1994 23:23:32 +01:00", feb94),
        ("Wed Feb 9 14:23:32 -0800 1994", feb94),
        ("Wed, 09 Feb 1994 22:23:32 -0000 (GMT)", feb94),
        ("09-02-1994 22:23:32", feb94),
        ("09 Feb 1994 22:23", Some(760_832_580)),
        ("09 Feb 1994", Some(760_752_000)),
        ("1 Jan 1970 00:00:00", Some(0)),
        ("1 Jan 70 00:00:00", Some(0)),
        ("1 Jan 99 00:00:00", Some(915_148_800)),
        ("1 Jan 00 00:00:00", Some(946_684_800)),
        ("1 Jan 69 00:00:00", Some(3_124_224_000)),
        ("31 Dec 1998 23:59:60", Some(915_148_799)),
        ("31 Dec 9999 23:59:59", Some(253_402_300_799)),
        ("1 Jan 99999 00:00:00", None),
        ("1 Jan 99999999999999999999 00:00:00", None),
        ("1 Jan 1601 00:00:00", Some(-11_644_473_600)),
        ("1 Jan 1600 00:00:00", None),
        ("", None),
        ("Garbage", None),
        ("Mandag 16. September", None),
        ("01-00-1980", None),
        ("01-13-1980", None),
        ("00-01-1980", None),
        ("32-01-1980", None),
        ("30 Feb 1994 22:23:32 GMT", None),
        ("01-01-1980 25:00:00", None),
        ("01-01-1980 00:61:00", None),
        ("01-01-1980 00:00:62", None),
        ("01-01-1980 10:00 PM", None),
        ("01 Jan", None),
        ("Sun 10:1", None),
        ("::::", None),
    ] {
        assert_eq!(str2time(text), expected, "K19: {text}");
    }
}

#[test]
fn the_worst_of_64_kib_has_a_defined_result() {
    const SIZE: usize = 64 * 1024;
    for piece in ["1", " ", "(", "Sun 10:1", ":", "+", "é"] {
        assert_eq!(str2time(&piece.repeat(SIZE)), None, "K20: {piece}");
    }
    assert_eq!(str2time(&"1-".repeat(SIZE)), str2time("1 Jan 2001"), "K20: three numbers are a date");
    let year = format!("1 Jan {} 00:00:00", "9".repeat(SIZE));
    assert_eq!(str2time(&year), None, "K20: digits");

    for (start, piece, expected) in [
        ("a=\"", "\\", ""),
        ("a=1", ";", "a=1"),
        ("a=1;", " ;", "a=1"),
        ("a", "=", ""),
        ("a=1;", "=", "a=1"),
        ("a=1; ", ",", "a=1"),
        ("a=1; Path=", "/", "a=1"),
        ("a=1; Domain=", ".a.test", "a=1"),
        ("a=1; Max-Age=", "9", "a=1"),
        ("a=1; Expires=", "1-", "a=1"),
        ("a=1; ", "path=/x;", ""),
        ("", " ", ""),
    ] {
        let (jar, _) = jar();
        let header = format!("{start}{}", piece.repeat(SIZE / piece.len()));
        assert_eq!(interact_netscape(&jar, "http://a.test/", &[header]), expected, "K12, K20, K21: {start}{piece}");
    }

    let (jar, _) = jar();
    let host = format!("http://{}test/", "a.".repeat(SIZE / 2));
    assert_eq!(interact_netscape(&jar, &host, &["a=1"]), "", "no host is that long");
}

#[test]
fn keys_are_tuples_and_odd_names_are_names() {
    let (jar, _) = jar();
    let url = "http://a.test/";
    extract(&jar, url, &["__proto__=1", "constructor=2", "a=3; Path=/x/y", "a=4; Path=/x", "toString"]);
    assert_eq!(next_cookie_header(&jar, "http://a.test/x/y"), "a=3; a=4; __proto__=1; constructor=2; toString", "K22");
    jar.set_cookie(Cookie::new("a", "host", "A.test"));
    jar.set_cookie(Cookie::new("a", "domain", ".a.test"));
    assert_eq!(jar.get("a.test", "/", "a").unwrap().value(), b"host");
    assert_eq!(jar.remove(".a.TEST", "/", "a").unwrap().value_str(), "domain");
    assert_eq!(jar.len(), 6);
}

#[test]
fn set_cookie_if_ok_says_why_not() {
    let cookie = |name: &str, domain: &str| Cookie::new(name, "1", domain);
    for (url, cookie, why) in [
        ("file:///tmp/x", cookie("a", "a.test"), Refusal::NoHost),
        ("http://a.test/", cookie("", "a.test").with_value(""), Refusal::NoName),
        ("http://a.test/", cookie("a\n", "a.test"), Refusal::ControlCharacter),
        ("http://a.test/", cookie("a;b", "a.test"), Refusal::Separator),
        ("http://a.test/", cookie(&"a".repeat(4096), "a.test"), Refusal::TooLong),
        ("http://a.test/", cookie("a", ".a.test."), Refusal::MalformedDomain),
        ("http://a.test/", cookie("a", ".test"), Refusal::NoInnerDot),
        ("http://a.test/", cookie("a", "b.test"), Refusal::DomainMismatch),
        ("http://box/", cookie("a", "box.local"), Refusal::DomainMismatch),
        ("http://a.test/", cookie("$Version", "a.test"), Refusal::DollarBeforeName),
        ("http://a.test/", cookie("a", "a.test").with_port("80\r\nX: y"), Refusal::MalformedPort),
        ("http://a.test/", cookie("a", ""), Refusal::MalformedDomain),
        ("http://a.test/", cookie("a", "a.test").with_secure(true), Refusal::InsecureRequest),
        ("https://a.test/", cookie("__Secure-a", "a.test"), Refusal::SecurePrefix),
        ("https://a.test/", cookie("__Host-a", "a.test").with_secure(true), Refusal::HostPrefix),
    ] {
        let (jar, _) = jar();
        assert_eq!(jar.set_cookie_if_ok(cookie, &Request::new(url)), Err(why), "{url}");
        assert!(jar.is_empty());
        assert!(!why.to_string().is_empty());
    }
}

#[test]
fn debug_shows_no_value() {
    let (jar, _) = jar();
    extract(&jar, "http://a.test/", &["sid=secret"]);
    assert!(format!("{jar}").contains("sid=secret"));
    let debug = format!("{jar:?} {:?}", jar.iter().next().unwrap());
    assert!(debug.contains("sid") && debug.contains("***") && !debug.contains("secret"), "{debug}");

    let headers: [&[u8]; 5] =
        [b"secret", b"secret; Domain=b.test", b"secret; Domain=\xff", b"secret\x01", b"\x01secret;a=1"];
    let rejected = jar.extract_cookies_report(&Response(headers.to_vec()), &Request::new("http://a.test/"));
    let told = rejected.iter().map(|rejected| format!("{rejected} {rejected:?}")).collect::<String>();
    assert_eq!(rejected.len(), 4);
    assert!(!format!("{jar:?} {told}").contains("secret"), "without a = all may be a secret: {told}");
    assert_eq!(next_cookie_header(&jar, "http://a.test/"), "sid=secret; secret", "it is sent as it came");
}

#[test]
fn thirty_two_threads_share_a_jar() {
    let (jar, _) = jar();
    thread::scope(|scope| {
        for number in 0..32 {
            let jar = jar.clone();
            scope.spawn(move || {
                let url = format!("http://host{number}.test/");
                for round in 0..100 {
                    let expected = format!("mine={round}");
                    assert_eq!(interact_netscape(&jar, &url, &[&expected]), expected);
                    extract(&jar, "http://shared.test/", &[format!("s{number}={round}")]);
                    jar.clear_expired_cookies();
                    assert!(jar.iter().count() <= 64);
                }
            });
        }
    });
    assert_eq!(jar.len(), 64);
    assert!(next_cookie_header(&jar, "http://shared.test/").contains("s31=99"));
}
