//! The original's rules, and the switch behind each departure from them: one row with the safe
//! default, one without.

use super::*;

/// A sentence; the safe switch alone switched off; a response; a request and its header with the
/// switch off. With the safe default it gets none.
type Switch = (
    &'static str,
    fn(DefaultCookiePolicy) -> DefaultCookiePolicy,
    (&'static str, &'static str),
    (&'static str, &'static str),
);

#[test]
fn every_departure_has_a_switch() {
    let rows: &[Switch] = &[
        (
            "K2, P2: host-only",
            |policy| policy.host_only(false),
            ("http://example.com/", "a=1"),
            ("http://sub.example.com/", "a=1"),
        ),
        (
            "K6, P4: public suffixes",
            |policy| policy.public_suffixes(PublicSuffixes::Off),
            ("http://evil.github.io/", "a=1; Domain=github.io"),
            ("http://bank.github.io/", "a=1"),
        ),
        (
            "K6, P4: a rooted name",
            |policy| policy.public_suffixes(PublicSuffixes::Off),
            ("http://x.co.uk./", "a=1; Domain=.co.uk."),
            ("http://y.co.uk./", "a=1"),
        ),
        (
            "K10, P4: .local",
            |policy| policy.local_domains(true),
            ("http://box/", "a=1; Domain=.local"),
            ("http://other/", "a=1"),
        ),
        (
            "K14, P5: http sets Secure",
            |policy| policy.strict_secure(false),
            ("http://a.test/", "a=1; Secure"),
            ("https://a.test/", "a=1"),
        ),
        (
            "K14: localhost is secure enough",
            |policy| policy.trust_localhost(true),
            ("http://localhost/", "a=1; Secure"),
            ("http://localhost/", "a=1"),
        ),
        (
            "K15, P5: __Host-",
            |policy| policy.prefixes(false),
            ("https://www.a.test/", "__Host-a=1; Domain=a.test"),
            ("https://a.test/", "__Host-a=1"),
        ),
        (
            "K16: a nameless one",
            |policy| policy.prefixes(false),
            ("https://a.test/", "__Secure-a"),
            ("https://a.test/", "__Secure-a"),
        ),
        (
            "K17, P5: control characters",
            |policy| policy.strict_characters(false).reading(Reading::Classic),
            ("http://a.test/", "a=1\t2"),
            ("http://a.test/", "a=1\t2"),
        ),
    ];
    for (sentence, off, (from, header), (to, expected)) in rows {
        if !cfg!(feature = "psl") && sentence.contains("public suffixes") {
            continue;
        }
        for (policy, expected) in [
            (DefaultCookiePolicy::new(), ""),
            (off(DefaultCookiePolicy::new()), *expected),
            (DefaultCookiePolicy::classic().trust_localhost(true), *expected),
        ] {
            let jar = jar_with(policy);
            extract(&jar, from, &[header]);
            assert_eq!(next_cookie_header(&jar, to), expected, "{sentence}\n{jar}");
        }
    }
}

#[test]
fn secure_cookies_are_left_alone_unless_switched_off() {
    let overwritten = |policy: DefaultCookiePolicy| {
        let jar = jar_with(policy);
        extract(&jar, "https://a.test/", &["s=1; Secure"]);
        extract(&jar, "http://a.test/", &["s=2"]);
        next_cookie_header(&jar, "https://a.test/")
    };
    assert_eq!(overwritten(DefaultCookiePolicy::new()), "s=1", "K13, P5");
    assert_eq!(overwritten(DefaultCookiePolicy::new().leave_secure_alone(false)), "s=2");
    assert_eq!(overwritten(DefaultCookiePolicy::classic()), "s=2");
}

#[test]
fn there_is_no_way_back_to_what_did_nobody_good() {
    let classic = DefaultCookiePolicy::classic().rfc2965(true);
    run_with(
        &classic,
        &[
            (
                "K5, P3: an address is no name",
                &[("http://192.168.1.100/", &["a=1; Domain=168.1.100", "b=2; Domain=.1.100", "c=3"])],
                &[("http://192.168.1.100/", "c=3"), ("http://10.168.1.100/", "")],
            ),
            (
                "K1: a domain is matched at a label's border, and at the end",
                &[
                    ("http://www.foo.com/", &["a=1; Domain=foo.com"]),
                    (
                        "http://x.acme.com.evil.net/",
                        &["b=1; Domain=.acme.com", "Set-Cookie2:c=1; Domain=.acme.com; Version=1"],
                    ),
                ],
                &[
                    ("http://barfoo.com/", ""),
                    ("http://foo.com.evil.net/", ""),
                    ("http://www.acme.com/", ""),
                    ("http://x.acme.com.evil.net/", ""),
                ],
            ),
            (
                "K16: a quoted value starts no new pair",
                &[("http://a.test/", &["Set-Cookie2:a=\"1; $Path=/\"; Version=1"])],
                &[("http://a.test/", "")],
            ),
        ],
    );
    let jar = jar_with(classic);
    for byte in *b"\r\n\0" {
        extract(&jar, "http://a.test/", &[[b'a', b'=', byte, b'1']]);
        jar.set_cookie(Cookie::new("a", [b'1', byte, b'2'], "a.test"));
    }
    assert!(jar.iter().all(|cookie| !cookie.value().iter().any(u8::is_ascii_control)), "{jar:?}");
}

#[test]
fn the_originals_reading_of_attributes() {
    run_with(
        &DefaultCookiePolicy::classic(),
        &[
            (
                "a valueless or senseless attribute refuses its cookie, not the response",
                &[(
                    "http://a.test/",
                    &["a=1; Domain", "b=1; Path", "c=1; Version", "d=1; Max-Age=1e3", "e=1; Max-Age", "f=1"],
                )],
                &[("http://a.test/", "e=1; f=1")],
            ),
            (
                "a path that begins with no slash is kept, and matches nothing",
                &[("http://a.test/x", &["a=1; Path=x", "b=1; Path="])],
                &[("http://a.test/x", "b=1")],
            ),
            (
                "Secure= is secure",
                &[("https://a.test/", &["a=1; Secure="])],
                &[("http://a.test/", ""), ("https://a.test/", "a=1")],
            ),
            (
                "the last of a repeated attribute counts",
                &[("http://a.test/", &["a=1; Path=/x; Path=/y"])],
                &[("http://a.test/x", ""), ("http://a.test/y", "a=1")],
            ),
            (
                "a version other than 1 is no Netscape cookie; 1 is one of RFC 2109",
                &[("http://a.test/", &["a=1; Version=2", "b=1; Version=\"1\"", "c=1; Version=0"])],
                &[("http://a.test/", "b=1; c=1")],
            ),
        ],
    );
    let jar = jar_with(DefaultCookiePolicy::classic());
    extract(&jar, "http://localhost/", &["a=1", "b=2; Domain=localhost"]);
    let domains: Vec<String> = jar.iter().map(|cookie| cookie.domain().to_owned()).collect();
    assert_eq!(domains, ["localhost.local", ".localhost"]);
    assert_eq!(next_cookie_header(&jar, "http://localhost/"), "a=1");
    let thirty_years = format!("a=1; Max-Age={}", 30 * 365 * DAY);
    extract(&jar, "http://a.test/", &[thirty_years]);
    assert_eq!(jar.get("a.test", "/", "a").unwrap().expires(), Some(NOW + 30 * 365 * DAY), "no limit");
}

#[test]
fn netscape_domains_can_be_taken_more_strictly() {
    let flags = [
        StrictNsDomain::DOMAIN_LIBERAL,
        StrictNsDomain::DOMAIN_STRICT_NO_DOTS,
        StrictNsDomain::DOMAIN_STRICT_NON_DOMAIN,
        StrictNsDomain::DOMAIN_RFC2965_MATCH,
    ];
    for (from, header, to, sent) in [
        ("http://www.acme.com/", "a=1; Domain=acme.com", "http://shop.acme.com/", [true, true, true, true]),
        ("http://x.www.acme.com/", "a=1; Domain=acme.com", "http://acme.com/", [true, false, true, false]),
        ("http://acme.com/", "a=1; Domain=acme.com", "http://acme.com/", [true, true, true, false]),
        ("http://acme.com/", "a=1", "http://www.acme.com/", [true, true, false, true]),
        ("http://acme.com/", "a=1", "http://acme.com/", [true, true, true, true]),
    ] {
        for (flag, sent) in flags.into_iter().zip(sent) {
            let jar = jar_with(DefaultCookiePolicy::classic().strict_ns_domain(flag));
            extract(&jar, from, &[header]);
            // A strict match is asked for when setting only; the original then sends liberally.
            let sent = sent || (flag == StrictNsDomain::DOMAIN_RFC2965_MATCH && from.contains("x.www"));
            assert_eq!(next_cookie_header(&jar, to).is_empty(), !sent, "{flag:?}: {from} {header} {to}");
        }
    }
    assert_eq!(format!("{:?}", StrictNsDomain::DOMAIN_STRICT), "DOMAIN_STRICT_NO_DOTS | DOMAIN_STRICT_NON_DOMAIN");
    let mut both = StrictNsDomain::DOMAIN_STRICT_NO_DOTS;
    both |= StrictNsDomain::DOMAIN_STRICT_NON_DOMAIN;
    assert_eq!(both, StrictNsDomain::DOMAIN_STRICT);
}

#[test]
fn what_stays_on_this_machine_is_secure_to_those_who_trust_it() {
    for (url, stays) in [
        ("http://localhost/", true),
        ("http://a.localhost/", true),
        ("http://127.8.9.1/", true),
        ("http://[::1]/", true),
        ("http://notlocalhost/", false),
        ("http://localhost.test/", false),
        ("http://128.0.0.1/", false),
        ("http://[::2]/", false),
    ] {
        let jar = jar_with(DefaultCookiePolicy::new().trust_localhost(true));
        let expected = if stays { Ok(()) } else { Err(Refusal::InsecureRequest) };
        assert_eq!(jar.set_from_str("a=1; Secure", &Url::parse(url).unwrap()), expected, "{url}");
    }
}

#[test]
fn the_other_switches_of_the_original() {
    let refused = |policy: DefaultCookiePolicy, url: &str, header: &str| {
        let jar = jar_with(policy);
        let rejected = jar.extract_cookies_report(&Response(vec![header.as_bytes()]), &Request::new(url));
        rejected.first().map(|rejected| rejected.refusal)
    };
    let classic = DefaultCookiePolicy::classic;
    for (policy, url, header, expected) in [
        (classic().strict_domain(true), "http://x.co.uk/", "a=1; Domain=.co.uk", Some(Refusal::CountryCodeDomain)),
        (classic().strict_domain(true), "http://x.eu.uk/", "a=1; Domain=.eu.uk", Some(Refusal::CountryCodeDomain)),
        (classic().strict_domain(true), "http://x.acme.uk/", "a=1; Domain=.acme.uk", None),
        (classic(), "http://x.co.uk/", "a=1; Domain=.co.uk", None),
        (classic().netscape(false), "http://a.test/", "a=1", None),
        (classic().strict_ns_set_initial_dollar(true), "http://a.test/", "$a=1", Some(Refusal::DollarBeforeName)),
        (classic(), "http://a.test/", "$a=1", None),
        (classic().strict_ns_set_path(true), "http://a.test/x", "a=1; Path=/y", Some(Refusal::PathMismatch)),
        (classic().strict_ns_set_path(true), "http://a.test/x", "a=1; Path=/", None),
        (classic(), "http://a.test/x", "a=1; Path=/y", None),
    ] {
        assert_eq!(refused(policy, url, header), expected, "{url} {header}");
    }
    let jar = jar_with(classic().netscape(false));
    assert_eq!(interact_netscape(&jar, "http://a.test/", &["a=1"]), "", "Netscape cookies are switched off");
    let jar = jar_with(classic().secure_protocols(["https", "HTTP"]));
    assert_eq!(interact_netscape(&jar, "http://a.test/", &["a=1; Secure"]), "a=1", "http is declared secure");
}

#[test]
fn blocked_and_allowed_domains() {
    let policy = Arc::new(DefaultCookiePolicy::classic().blocked_domains([".ACME.com"]));
    let jar = CookieJar::with_parts(MemoryStore::new(), policy.clone(), Arc::new(FixedClock::new(NOW)));
    assert_eq!(interact_netscape(&jar, "http://www.acme.com/", &["a=1"]), "", "below the blocked domain");
    assert_eq!(interact_netscape(&jar, "http://acme.com/", &["a=1"]), "a=1", "the domain itself is not");
    policy.set_blocked_domains(["acme.com"]);
    assert_eq!(policy.current_blocked_domains(), ["acme.com"]);
    assert_eq!(next_cookie_header(&jar, "http://acme.com/"), "", "blocked later, not sent");
    assert_eq!(jar.why_not_sent(&Request::new("http://acme.com/"))[0].1, Refusal::Blocked);
    assert_eq!(interact_netscape(&jar, "http://www.acme.com/", &["b=1"]), "b=1");
    policy.set_blocked_domains([""; 0]);
    assert_eq!(next_cookie_header(&jar, "http://acme.com/"), "a=1");

    policy.set_allowed_domains(Some(["acme.com"]));
    assert_eq!(policy.current_allowed_domains().unwrap(), ["acme.com"]);
    assert_eq!(next_cookie_header(&jar, "http://acme.com/"), "a=1");
    assert_eq!(next_cookie_header(&jar, "http://www.acme.com/"), "a=1", "the allowed domain's cookie, liberally sent");
    let rejected = jar.extract_cookies_report(&Response(vec![b"c=1"]), &Request::new("http://b.test/"));
    assert_eq!(rejected[0].refusal, Refusal::NotAllowed);
    assert!(policy.is_not_allowed(".acme.com") && !policy.is_not_allowed("ACME.com"));
    policy.set_allowed_domains(Some(["192.168.1.2", ".168.1.2"]));
    assert!(!policy.is_not_allowed("192.168.1.2") && policy.is_not_allowed("193.168.1.2"));
    policy.set_allowed_domains(None::<[&str; 0]>);
    assert!(!policy.is_not_allowed("b.test"));
}

#[test]
fn one_control_character_keeps_no_other_cookie_at_home() {
    let jar = jar_with(DefaultCookiePolicy::classic());
    extract(&jar, "http://a.test/", &[&b"a=\x01"[..], b"b=1", b"c=\t2", b"d\x7f=1", b"e=x\ty"]);
    let mut request = http::Request::get("http://a.test/").body(()).unwrap();
    jar.add_cookie_header(&mut request);
    assert_eq!(request.headers()["cookie"], "b=1; c=2; e=x\ty");
    let why = jar.why_not_sent(&Request::new("http://a.test/"));
    let why: Vec<(&str, Refusal)> =
        why.iter().map(|(cookie, why)| (str::from_utf8(cookie.name_bytes()).unwrap(), *why)).collect();
    assert_eq!(why, [("a", Refusal::ControlCharacter), ("d\x7f", Refusal::ControlCharacter)]);
}

#[test]
fn port_is_known_to_the_original() {
    let jar = jar_with(DefaultCookiePolicy::classic());
    extract(&jar, "http://a.test/", &["a=1; Port=80", "b=2; Port=443", "c=3; Port"]);
    assert_eq!(next_cookie_header(&jar, "http://a.test/"), "a=1; c=3");
    assert_eq!(next_cookie_header(&jar, "http://a.test:81/"), "");
}
