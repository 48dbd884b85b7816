//! Domains above the public suffix of a host. That a domain is no suffix itself is not enough:
//! `amazonaws.com` is none, and below it lies `s3.amazonaws.com`, whose names belong to strangers.

use super::*;

/// A rule of the list that lies near others, and what a host two labels below it has for its public
/// suffix.
struct Nested {
    rule: &'static str,
    host: String,
    suffix: String,
}

/// The rules of the compiled-in list that have three labels or more, or others below them, or a `*`
/// or `!`.
fn nested() -> Vec<Nested> {
    let lines = include_str!("../../fixtures/cookies/suffixes_golden.txt").lines();
    let rules = lines.map(|line| {
        let (rule, suffix) = line.split_once(' ').unwrap_or((line, line));
        let host = format!("b.a.{}", rule.trim_start_matches('!').replace('*', "w"));
        Nested { rule, host, suffix: suffix.to_owned() }
    });
    rules.collect()
}

fn lists() -> Vec<(&'static str, PublicSuffixes)> {
    let own = || PublicSuffixes::list(nested().iter().map(|nested| nested.rule));
    let built_in = cfg!(feature = "psl").then_some(("the compiled-in list", PublicSuffixes::BuiltIn));
    built_in.into_iter().chain([("a list of the user's own", own())]).collect()
}

#[test]
fn no_domain_above_the_suffix_of_the_host_is_taken_or_sent() {
    let rules = nested();
    assert!(rules.len() > 3000, "{}", rules.len());
    for (list, suffixes) in lists() {
        let policy = DefaultCookiePolicy::new().public_suffixes(suffixes);
        let mut judged = 0;
        for Nested { rule, host, suffix } in &rules {
            let url = Url::parse(&format!("https://{host}/")).unwrap();
            let transaction = Transaction::new(&url, NOW).unwrap();
            let parents = std::iter::successors(Some(host.as_str()), |name| name.split_once('.').map(|(_, rest)| rest));
            for domain in parents.filter(|domain| domain.contains('.')) {
                let cookie = Cookie::new("a", "1", format!(".{domain}"));
                let may = domain.len() > suffix.len();
                let set = policy.set_ok(&cookie, &transaction);
                let sent = policy.return_ok(&cookie, &transaction);
                let expected = if may { Ok(()) } else { Err(Refusal::PublicSuffix) };
                assert_eq!((set, sent), (expected, expected), "{list}, rule {rule}: {host} for .{domain}");
                judged += 1;
            }
        }
        assert!(judged > 12_000, "{judged}");
    }
}

/// The ways by which a cookie for a domain can come near a host.
#[test]
fn no_way_leads_past_the_suffix_of_the_host() {
    let own =
        PublicSuffixes::list(["users.intranet.example", "*.wild.example", "!free.wild.example", "// a comment", ""]);
    let asked = PublicSuffixes::own(|domain| domain == "users.intranet.example");
    for (sentence, suffixes, host, domain, may) in [
        ("a neighbour's bucket", PublicSuffixes::BuiltIn, "evil.s3.amazonaws.com", "amazonaws.com", false),
        ("the suffix itself", PublicSuffixes::BuiltIn, "evil.s3.amazonaws.com", "s3.amazonaws.com", false),
        ("its own", PublicSuffixes::BuiltIn, "x.evil.s3.amazonaws.com", "evil.s3.amazonaws.com", true),
        (
            "the suffix as a host, for what is above",
            PublicSuffixes::BuiltIn,
            "s3.amazonaws.com",
            "amazonaws.com",
            false,
        ),
        ("beside all suffixes", PublicSuffixes::BuiltIn, "www.amazonaws.com", "amazonaws.com", true),
        ("above a wildcard", PublicSuffixes::BuiltIn, "b.a.compute.amazonaws.com", "compute.amazonaws.com", false),
        ("an exception", PublicSuffixes::BuiltIn, "www.city.kobe.jp", "city.kobe.jp", true),
        ("above an exception", PublicSuffixes::BuiltIn, "www.city.kobe.jp", "kobe.jp", false),
        ("own: above", own.clone(), "evil.users.intranet.example", "intranet.example", false),
        ("own: the suffix", own.clone(), "evil.users.intranet.example", "users.intranet.example", false),
        ("own: below", own.clone(), "x.a.users.intranet.example", "a.users.intranet.example", true),
        ("own: beside", own.clone(), "www.intranet.example", "intranet.example", true),
        ("own: a wildcard", own.clone(), "x.w.wild.example", "w.wild.example", false),
        ("own: above a wildcard", own.clone(), "x.w.wild.example", "wild.example", false),
        ("own: an exception", own.clone(), "x.free.wild.example", "free.wild.example", true),
        ("own: above an exception", own.clone(), "x.free.wild.example", "wild.example", false),
        ("own: not on the list", own, "x.co.uk", "co.uk", true),
        ("asked: above", asked.clone(), "evil.users.intranet.example", "intranet.example", false),
        ("asked: below", asked, "x.a.users.intranet.example", "a.users.intranet.example", true),
        ("switched off", PublicSuffixes::Off, "evil.s3.amazonaws.com", "amazonaws.com", true),
    ] {
        if matches!(suffixes, PublicSuffixes::BuiltIn) && !cfg!(feature = "psl") {
            continue;
        }
        let sent = if may { "a=1" } else { "" };
        let url = Url::parse(&format!("https://{host}/")).unwrap();
        let jar = || jar_with(DefaultCookiePolicy::new().public_suffixes(suffixes.clone()));
        let answer = if may { Ok(()) } else { Err(Refusal::PublicSuffix) };
        let dotted = || Cookie::new("a", "1", format!(".{domain}"));

        let set = jar();
        assert_eq!(set.set_from_str(&format!("a=1; Domain={domain}"), &url), answer, "{sentence}: Set-Cookie");
        assert_eq!(set.set_cookie_if_ok(dotted(), &Request::new(url.as_str())), answer, "{sentence}: through policy");
        assert_eq!(next_cookie_header(&set, url.as_str()), sent, "{sentence}: set and sent");

        let put = jar();
        put.set_cookie(dotted());
        assert_eq!(next_cookie_header(&put, url.as_str()), sent, "{sentence}: put in by hand");

        let file = MozillaCookieJar::without_filename().with_jar(&jar()).ignore_discard(true);
        file.load_from(format!("# Netscape HTTP Cookie File\n.{domain}\tTRUE\t/\tFALSE\t0\ta\t1\n").as_bytes())
            .unwrap();
        assert_eq!(next_cookie_header(file.jar(), url.as_str()), sent, "{sentence}: loaded");

        let classic = CookieJar::with_policy(DefaultCookiePolicy::classic());
        classic.set_cookie(dotted());
        classic.set_policy(DefaultCookiePolicy::new().public_suffixes(suffixes));
        assert_eq!(next_cookie_header(&classic, url.as_str()), sent, "{sentence}: taken under other rules");
    }
}

#[cfg(feature = "psl")]
#[test]
fn a_cookie_for_a_public_suffix_is_refused_where_it_is_loaded_or_put_in() {
    let jar = CookieJar::new();
    jar.set_cookie(Cookie::new("a", "1", ".co.uk"));
    assert!(jar.is_empty(), "{jar}");
    jar.set_cookie(Cookie::new("a", "1", "github.io"));
    assert_eq!(jar.len(), 1, "for the host that is one, and no other: {jar}");
    let file = MozillaCookieJar::without_filename().ignore_discard(true);
    let report = file.load_from(&b"# Netscape HTTP Cookie File\n.co.uk\tTRUE\t/\tFALSE\t0\ta\t1\n"[..]).unwrap();
    assert_eq!((report.stored, report.refused.len()), (0, 1));
    assert_eq!(report.refused[0].refusal, Refusal::PublicSuffix);
}
