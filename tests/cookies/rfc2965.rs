//! The cookies of RFC 2965 and RFC 2109: quoting, versions, ports, paths, domains, and who asked
//! for the request.

use super::*;

fn policy() -> DefaultCookiePolicy {
    DefaultCookiePolicy::classic().rfc2965(true)
}

/// One exchange: a response with `Set-Cookie2`, and the `Cookie` header of the next request.
fn interact_2965(jar: &CookieJar, url: &str, headers: &[&str]) -> String {
    let headers: Vec<String> = headers.iter().map(|header| format!("Set-Cookie2:{header}")).collect();
    interact_netscape(jar, url, &headers)
}

#[test]
fn what_comes_back_of_a_set_cookie2() {
    for (sentence, url, header, expected) in [
        ("a plain one", "http://www.acme.com/", "a=b; Version=1", "$Version=1; a=b"),
        ("no version, no cookie", "http://www.acme.com/", "a=b", ""),
        ("version 0 is Netscape's", "http://www.acme.com/", "a=b; Version=0", "a=b"),
        ("quotes belong to the header", "http://www.acme.com/", r#"a="b c"; Version="1""#, "$Version=1; a=b c"),
        ("quotes inside are escaped", "http://www.acme.com/", r#"a=\b"c"d; Version=1"#, r#"$Version=1; a=\\b\"c\"d"#),
        ("no value", "http://www.acme.com/", "a; Version=1", "$Version=1; a"),
        (
            "a path that was named",
            "http://www.acme.com/x/y",
            "a=b; Version=1; Path=/x",
            r#"$Version=1; a=b; $Path="/x""#,
        ),
        ("the default path has its slash", "http://www.acme.com/x/y", "a=b; Version=1", "$Version=1; a=b"),
        ("a path elsewhere is refused", "http://www.acme.com/x", "a=b; Version=1; Path=/y", ""),
        ("a path is a prefix at a slash", "http://www.acme.com/xy", "a=b; Version=1; Path=/x", ""),
        (
            "a domain with its dot",
            "http://www.acme.com/",
            "a=b; Version=1; Domain=.acme.com",
            r#"$Version=1; a=b; $Domain=".acme.com""#,
        ),
        (
            "a domain without it",
            "http://www.acme.com/",
            "a=b; Version=1; Domain=acme.com",
            r#"$Version=1; a=b; $Domain="acme.com""#,
        ),
        ("the domain is not the host's own", "http://acme.com/", "a=b; Version=1; Domain=.acme.com", ""),
        ("no dots before it", "http://x.www.acme.com/", "a=b; Version=1; Domain=.acme.com", ""),
        ("no embedded dot", "http://www.acme.com/", "a=b; Version=1; Domain=.com", ""),
        ("a foreign domain", "http://www.acme.com/", "a=b; Version=1; Domain=.rhubarb.com", ""),
        (".local", "http://box/", "a=b; Version=1; Domain=.local", r#"$Version=1; a=b; $Domain=".local""#),
        ("two in one header", "http://www.acme.com/", "a=b; Version=1, c=d; Version=1", "$Version=1; a=b; c=d"),
        (
            "all attributes",
            "http://www.acme.com/",
            "a=b; Version=1; Comment=x; CommentURL=\"http://y/\"; Discard; Secure; z=1",
            "",
        ),
        ("Max-Age", "http://www.acme.com/", "a=b; Version=1; Max-Age=60", "$Version=1; a=b"),
        ("Max-Age=0", "http://www.acme.com/", "a=b; Version=1; Max-Age=0", ""),
        ("a bad date is a session", "http://www.acme.com/", "a=b; Version=1; Expires=soon", "$Version=1; a=b"),
        ("a date can be read", "http://www.acme.com/", "a=b; Version=1; Expires=\"Wed, 09 Feb 1994 22:23:32 GMT\"", ""),
    ] {
        let jar = jar_with(policy());
        assert_eq!(interact_2965(&jar, url, &[header]), expected, "{sentence}\n{jar:?}");
    }
}

#[test]
fn what_is_no_token_is_sent_in_quotes() {
    for (sentence, header, expected, classic) in [
        ("a token", "a=b-1; Version=1", "$Version=1; a=b-1", "$Version=1; a=b-1"),
        (
            "K16: a comma starts no new pair",
            r#"a="1, $Path=/admin"; Version=1"#,
            r#"$Version=1; a="1, $Path=/admin""#,
            "$Version=1; a=1, $Path=/admin",
        ),
        ("a quote inside", r#"a="b\"c"; Version=1"#, r#"$Version=1; a="b\"c""#, r#"$Version=1; a=b\"c"#),
        ("an empty value", r#"a=""; Version=1"#, r#"$Version=1; a="""#, "$Version=1; a="),
        ("no value", "a; Version=1", "$Version=1; a", "$Version=1; a"),
        ("version 0 has no quotes", r#"a="b,c"; Version=0"#, "a=b,c", "a=b,c"),
    ] {
        let url = "http://a.test/";
        let safe = jar_with(DefaultCookiePolicy::new().rfc2965(true));
        assert_eq!(interact_2965(&safe, url, &[header]), expected, "{sentence}");
        assert_eq!(interact_2965(&jar_with(policy()), url, &[header]), classic, "{sentence}");
    }
    // The header is full by what is written, quotes and all.
    let limits = Limits { header_bytes: Some("$Version=1; a=\"b c\"".len()), ..Limits::DEFAULT };
    let policy = DefaultCookiePolicy::new().rfc2965(true);
    for (limits, expected) in [
        (limits, "$Version=1; a=\"b c\""),
        (Limits { header_bytes: limits.header_bytes.map(|bytes| bytes - 1), ..limits }, ""),
    ] {
        let jar = jar_with(policy.clone().limits(limits));
        assert_eq!(interact_2965(&jar, "http://a.test/", &["a=\"b c\"; Version=1"]), expected);
    }
}

#[test]
fn all_attributes_are_kept() {
    let jar = jar_with(policy());
    let header = "a=b; Version=1; Comment=\"why not\"; CommentURL=\"http://y/\"; Discard; Max-Age=60; Port; z=1; Y";
    interact_2965(&jar, "http://www.acme.com:8080/x/y", &[header]);
    let cookie = jar.iter().next().unwrap();
    assert_eq!(
        format!("{cookie:?}"),
        format!(
            "Cookie(version=1, name='a', value='***', port='8080', port_specified=False, domain='www.acme.com', \
             domain_specified=False, domain_initial_dot=False, path='/x/', path_specified=False, secure=False, \
             expires={}, discard=True, comment='why not', comment_url='http://y/', rest={{'z': '1', 'Y': None}}, \
             rfc2109=False)",
            NOW + 60
        )
    );
    assert_eq!(cookie.to_string(), "<Cookie a=b for www.acme.com:8080/x/>");
    assert_eq!(cookie.attribute("Z").as_deref(), Some("1"));
    assert_eq!(
        lwp_cookie_str(&cookie),
        "a=b; path=\"/x/\"; domain=\"www.acme.com\"; port=8080; expires=\"2026-01-01 00:01:00Z\"; discard; \
         comment=\"why not\"; commenturl=\"http://y/\"; Y; z=1; version=1"
    );
}

#[test]
fn ports() {
    for (id, url, port, next, expected) in [
        ("K27: shared by default", "http://a.test:8080/", "", "http://a.test/", "$Version=1; a=b"),
        ("its own port", "http://a.test/", "; Port=80", "http://a.test:80/", "$Version=1; a=b; $Port=\"80\""),
        ("another port", "http://a.test/", "; Port=80", "http://a.test:81/", ""),
        ("a list", "http://a.test:81/", "; Port=\"80, 81\"", "http://a.test/", "$Version=1; a=b; $Port=\"80,81\""),
        ("not in the list", "http://a.test/", "; Port=\"8080\"", "http://a.test:8080/", ""),
        ("no value: the request's", "http://a.test:81/", "; Port", "http://a.test:81/", "$Version=1; a=b; $Port"),
        ("no value, another port", "http://a.test:81/", "; Port", "http://a.test/", ""),
        (
            "80 is the default, whatever the scheme",
            "https://a.test/",
            "; Port=80",
            "https://a.test/",
            "$Version=1; a=b; $Port=\"80\"",
        ),
        ("K27: junk", "http://a.test/", "; Port=x", "http://a.test/", ""),
        ("K27: junk in the list", "http://a.test/", "; Port=\"80,x\"", "http://a.test/", ""),
        ("K27: empty", "http://a.test/", "; Port=\"\"", "http://a.test/", ""),
    ] {
        let jar = jar_with(policy());
        interact_2965(&jar, url, &[&format!("a=b; Version=1{port}")]);
        assert_eq!(next_cookie_header(&jar, next), expected, "{id}");
    }
    let jar = jar_with(policy());
    let many = (1..=100_000).map(|port| port.to_string()).collect::<Vec<_>>().join(",");
    interact_2965(&jar, "http://a.test/", &[&format!("a=b; Version=1; Port=\"{many}\"")]);
    assert_eq!(jar.len(), 1, "K27: 100,000 ports");
}

#[test]
fn cookie2_says_what_is_understood() {
    let cookie2 = |policy: DefaultCookiePolicy, header: &str, preset: Option<&str>| {
        let jar = jar_with(policy);
        extract(&jar, "http://a.test/", &[header]);
        let mut request = Request::new("http://a.test/");
        if let Some(name) = preset {
            request.add_unredirected_header(name, b"mine");
        }
        jar.add_cookie_header(&mut request);
        request.header("Cookie2")
    };
    let netscape = "a=b";
    let rfc2965 = "Set-Cookie2:a=b; Version=1";
    assert_eq!(cookie2(policy(), netscape, None), "$Version=\"1\"");
    assert_eq!(cookie2(policy(), rfc2965, None), "", "the server knows it");
    assert_eq!(cookie2(policy().hide_cookie2(true), netscape, None), "");
    assert_eq!(cookie2(policy().rfc2965(false), netscape, None), "");
    assert_eq!(cookie2(policy(), netscape, Some("Cookie2")), "mine");
    assert_eq!(cookie2(policy(), netscape, Some("Cookie")), "$Version=\"1\"", "beside a header of the caller's");
    assert_eq!(cookie2(policy(), "", None), "", "no cookie");
}

#[test]
fn rfc2109_cookies_are_netscape_cookies_unless_said_otherwise() {
    let sent = |policy: DefaultCookiePolicy| {
        let jar = jar_with(policy);
        let header = interact_netscape(&jar, "http://a.test/", &["a=\"b\"; Version=1; Path=/"]);
        (header, jar.iter().next().map(|cookie| (cookie.version(), cookie.rfc2109())))
    };
    let as_netscape = ("a=\"b\"".to_owned(), Some((0, true)));
    let as_itself = ("$Version=1; a=\\\"b\\\"; $Path=\"/\"".to_owned(), Some((1, true)));
    assert_eq!(sent(DefaultCookiePolicy::new()), as_netscape);
    assert_eq!(sent(policy().rfc2965(false)), as_netscape);
    assert_eq!(sent(policy()), as_itself);
    assert_eq!(sent(policy().rfc2109_as_netscape(true)), as_netscape);
    assert_eq!(sent(policy().rfc2965(false).rfc2109_as_netscape(false)), (String::new(), None));
}

#[test]
fn set_cookie2_supersedes_set_cookie() {
    let headers: [&[u8]; 3] = [b"a=old", b"b=old", b"Set-Cookie2:a=new; Version=1; Path=\"/\""];
    let jar = jar_with(policy());
    let rejected = jar.extract_cookies_report(&Response(headers.to_vec()), &Request::new("http://a.test/"));
    assert_eq!(rejected[0].refusal, Refusal::SupersededByRfc2965);
    assert_eq!(next_cookie_header(&jar, "http://a.test/"), "$Version=1; a=new; $Path=\"/\"; b=old");
    let jar = jar_with(DefaultCookiePolicy::new());
    extract(&jar, "http://a.test/", &headers);
    assert_eq!(next_cookie_header(&jar, "http://a.test/"), "a=old; b=old", "off by default");
}

#[test]
fn requests_that_nobody_asked_for() {
    let both: [&[u8]; 2] = [b"ns=1", b"Set-Cookie2:new=1; Version=1"];
    for (id, policy, url, origin, sent) in [
        ("K26: another site, RFC 2965 only", policy(), "http://www.b.test/", "www.a.test", "ns=1"),
        ("the same site", policy(), "http://x.a.test/", "www.a.test", "$Version=1; new=1; ns=1"),
        ("the site itself", policy(), "http://a.test/", "a.test", "$Version=1; new=1; ns=1"),
        ("a child of the origin", policy(), "http://www.a.test/", "a.test", "ns=1"),
        ("a suffix in the middle", policy(), "http://x.a.test.b.test/", "www.a.test", "ns=1"),
        ("K26: both", policy().strict_ns_unverifiable(true), "http://www.b.test/", "www.a.test", ""),
        (
            "K26: neither",
            policy().strict_rfc2965_unverifiable(false),
            "http://www.b.test/",
            "www.a.test",
            "$Version=1; new=1; ns=1",
        ),
    ] {
        let jar = jar_with(policy.clone());
        let mut request = Request::unverifiable(url, origin);
        jar.extract_cookies(&Response(both.to_vec()), &request);
        jar.add_cookie_header(&mut request);
        assert_eq!(request.header("Cookie"), sent, "{id}: set");

        let jar = jar_with(policy);
        extract(&jar, url, &both);
        let mut request = Request::unverifiable(url, origin);
        jar.add_cookie_header(&mut request);
        assert_eq!(request.header("Cookie"), sent, "{id}: sent");
    }
}

#[test]
fn the_worst_of_64_kib_of_words() {
    const SIZE: usize = 64 * 1024;
    for (start, piece) in linear::WORDS {
        for policy in [policy(), DefaultCookiePolicy::new().rfc2965(true)] {
            let jar = jar_with(policy);
            let header = format!("{start}{}", piece.repeat(SIZE / piece.len()));
            interact_2965(&jar, "http://a.test/", &[&header]);
            assert!(jar.len() <= 1, "K21: {start}{piece}");
        }
    }
}
