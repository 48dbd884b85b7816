//! Each rule refuses by itself and by its name, with nothing else in the way: what another rule
//! would keep at home anyway is no proof that this one is there.

use super::*;

/// A sentence, a URL, a header of its response, and why the cookie is not stored.
type Row = (&'static str, &'static str, &'static str, Option<Refusal>);

fn run(policy: &DefaultCookiePolicy, rows: &[Row]) {
    for (sentence, url, header, expected) in rows {
        let jar = jar_with(policy.clone());
        let rejected = jar.extract_cookies_report(&Response(vec![header.as_bytes()]), &Request::new(url));
        let refusal = rejected.first().map(|rejected| rejected.refusal);
        assert_eq!(refusal, *expected, "{sentence}: {url} {header}");
        assert_eq!(jar.len(), usize::from(expected.is_none()), "{sentence}");
    }
}

#[test]
fn rfc2965_refuses_paths_domains_and_ports() {
    use Refusal::*;
    run(
        &DefaultCookiePolicy::classic().rfc2965(true),
        &[
            ("a path elsewhere", "http://www.acme.com/x", "Set-Cookie2:a=b; Version=1; Path=/y", Some(PathMismatch)),
            ("a path below", "http://www.acme.com/x", "Set-Cookie2:a=b; Version=1; Path=/x/y", Some(PathMismatch)),
            ("half a label", "http://www.acme.com/xy", "Set-Cookie2:a=b; Version=1; Path=/x", Some(PathMismatch)),
            ("its own path", "http://www.acme.com/x", "Set-Cookie2:a=b; Version=1; Path=/x", None),
            ("a path above", "http://www.acme.com/x/y", "Set-Cookie2:a=b; Version=1; Path=/x", None),
            ("Netscape's may be anywhere", "http://www.acme.com/x", "a=b; Path=/y", None),
            (
                "a domain beside",
                "http://www.acme.com/",
                "Set-Cookie2:a=b; Version=1; Domain=.b.com",
                Some(DomainMismatch),
            ),
            (
                "itself with a dot",
                "http://acme.com/",
                "Set-Cookie2:a=b; Version=1; Domain=.acme.com",
                Some(DomainMismatch),
            ),
            (
                "two labels",
                "http://x.y.acme.com/",
                "Set-Cookie2:a=b; Version=1; Domain=.acme.com",
                Some(DotsBeforeDomain),
            ),
            ("no inner dot", "http://www.acme.com/", "Set-Cookie2:a=b; Version=1; Domain=.com", Some(NoInnerDot)),
            ("another port", "http://www.acme.com/", "Set-Cookie2:a=b; Version=1; Port=\"81,8\"", Some(PortMismatch)),
            ("no ports", "http://www.acme.com/", "Set-Cookie2:a=b; Version=1; Port=\"80,x\"", Some(MalformedPort)),
            ("its port", "http://www.acme.com/", "Set-Cookie2:a=b; Version=1; Port=\"81,80\"", None),
        ],
    );
}

#[test]
fn an_address_has_nobody_above_it() {
    use Refusal::*;
    for policy in [DefaultCookiePolicy::new(), DefaultCookiePolicy::classic()] {
        run(
            &policy,
            &[
                ("what it ends in", "http://127.0.0.1/", "a=b; Domain=0.0.1", Some(DomainMismatch)),
                ("with a dot", "http://127.0.0.1/", "a=b; Domain=.0.0.1", Some(DomainMismatch)),
                ("another", "http://127.0.0.1/", "a=b; Domain=127.0.0.2", Some(DomainMismatch)),
                ("itself", "http://127.0.0.1/", "a=b; Domain=127.0.0.1", None),
                ("a name has", "http://a.b.test/", "a=b; Domain=b.test", None),
            ],
        );
    }
}

#[test]
fn what_was_put_in_by_hand_is_sent_by_the_same_rules() {
    let cookie = |domain: &str| Cookie::new("a", "1", domain);
    let version1 = |domain: &str| cookie(domain).with_version(1);
    let (safe, classic) = (DefaultCookiePolicy::new(), DefaultCookiePolicy::classic().rfc2965(true));
    for (sentence, policy, cookie, url, expected) in [
        ("what an address ends in", &safe, cookie(".0.0.1"), "http://127.0.0.1/", Some(Refusal::DomainMismatch)),
        ("the same, in the original", &classic, cookie(".0.0.1"), "http://127.0.0.1/", Some(Refusal::DomainMismatch)),
        ("an address", &safe, cookie("127.0.0.1"), "http://127.0.0.1/", None),
        ("a host above", &safe, cookie(".b.test"), "http://a.b.test/", None),
        ("the host alone", &safe, cookie("b.test"), "http://a.b.test/", Some(Refusal::HostOnly)),
        ("a host beside", &safe, cookie(".c.test"), "http://a.b.test/", Some(Refusal::DomainMismatch)),
        ("half a label", &safe, cookie(".b.test"), "http://ab.test/", Some(Refusal::DomainMismatch)),
        ("RFC 2965: the host", &classic, version1("b.test"), "http://b.test/", None),
        ("RFC 2965: below", &classic, version1(".b.test"), "http://a.b.test/", None),
        ("RFC 2965: itself", &classic, version1(".b.test"), "http://b.test/", Some(Refusal::DomainMismatch)),
        ("RFC 2965: beside", &classic, version1(".c.test"), "http://a.b.test/", Some(Refusal::DomainMismatch)),
        ("a path", &safe, cookie("b.test").with_path("/x"), "http://b.test/y", Some(Refusal::PathMismatch)),
        ("secure", &safe, cookie("b.test").with_secure(true), "http://b.test/", Some(Refusal::InsecureRequest)),
        ("at its last second", &safe, cookie("b.test").with_expires(NOW + 1), "http://b.test/", None),
        ("over", &safe, cookie("b.test").with_expires(NOW), "http://b.test/", Some(Refusal::Expired)),
        ("a port", &classic, version1("b.test").with_port("81"), "http://b.test/", Some(Refusal::PortMismatch)),
        ("no ports", &classic, version1("b.test").with_port(""), "http://b.test/", None),
        ("RFC 2965 is off", &safe, version1("b.test"), "http://b.test/", Some(Refusal::Rfc2965Off)),
    ] {
        let jar = jar_with(policy.clone());
        assert_eq!(jar.return_ok(&cookie, &Request::new(url)).err(), expected, "{sentence}: {url}");
    }
}

#[test]
fn what_is_put_in_for_a_request_is_judged_as_if_its_response_had_set_it() {
    let cookie = |domain: &str| Cookie::new("a", "1", domain);
    let nameless = |version: u32| Cookie::new("", "1", "b.test").with_version(version);
    let both = DefaultCookiePolicy::new().rfc2965(true);
    let classic = DefaultCookiePolicy::classic().rfc2965(true);
    for (sentence, policy, cookie, url, expected) in [
        ("a host named it", &both, cookie("b.test").with_domain_specified(true), "http://a.b.test/", None),
        ("a host alone", &both, cookie("b.test"), "http://a.b.test/", Some(Refusal::DomainMismatch)),
        ("no name today", &both, nameless(0), "http://b.test/", None),
        ("no name in RFC 2965", &both, nameless(1), "http://b.test/", Some(Refusal::NoName)),
        ("no name in the original", &classic, nameless(0), "http://b.test/", Some(Refusal::NoName)),
        ("nor there in RFC 2965", &classic, nameless(1), "http://b.test/", Some(Refusal::NoName)),
    ] {
        let jar = jar_with(policy.clone());
        assert_eq!(jar.set_cookie_if_ok(cookie, &Request::new(url)).err(), expected, "{sentence}: {url}");
    }
}

#[test]
fn only_what_would_hide_a_secure_cookie_is_kept_away_from_it() {
    let (url, policy) = (Url::parse("http://b.test/x/y").unwrap(), DefaultCookiePolicy::new());
    let transaction = Transaction::new(&url, NOW).unwrap();
    let cookie = |name: &str, path: &str| Cookie::new(name, "1", "b.test").with_path(path);
    let secure = || cookie("a", "/x").with_secure(true);
    for (sentence, new, old, expected) in [
        ("the same", cookie("a", "/x"), secure(), Err(Refusal::ShadowsSecure)),
        ("below it", cookie("a", "/x/y"), secure(), Err(Refusal::ShadowsSecure)),
        ("above it", cookie("a", "/"), secure(), Ok(())),
        ("another name", cookie("b", "/x"), secure(), Ok(())),
        ("one that is not secure", cookie("a", "/x"), cookie("a", "/x"), Ok(())),
        ("one that is over", cookie("a", "/x"), secure().with_expires(NOW), Ok(())),
        ("one that is not", cookie("a", "/x"), secure().with_expires(NOW + 1), Err(Refusal::ShadowsSecure)),
    ] {
        assert_eq!(policy.replace_ok(&new, &old, &transaction), expected, "{sentence}");
    }
}

/// A suffix is a host as well, and what it sets without `Domain` is its own, whether or not that is
/// for it alone.
#[test]
fn a_host_that_is_a_public_suffix_gets_its_own_cookies() {
    let suffixes = || PublicSuffixes::list(["shared.test"]);
    for host_only in [true, false] {
        let jar = jar_with(DefaultCookiePolicy::new().public_suffixes(suffixes()).host_only(host_only));
        extract(&jar, "http://shared.test/", &["a=1"]);
        assert_eq!(next_cookie_header(&jar, "http://shared.test/"), "a=1", "{host_only}");
        assert_eq!(next_cookie_header(&jar, "http://x.shared.test/"), "", "{host_only}");
    }
}
