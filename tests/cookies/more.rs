//! The rest of the safe default's rows: public suffixes, names of hosts, views, policies and stores
//! of one's own.

use std::sync::Mutex;

use super::*;

#[cfg(feature = "psl")]
#[test]
fn public_suffixes_own_nothing() {
    run(&[
        (
            "K6, K7: a suffix of two labels, in any case and with any dots",
            &[
                (
                    "http://x.co.uk/",
                    &["a=1; Domain=co.uk", "b=1; Domain=.co.uk", "c=1; Domain=co.UK", "d=1; Domain=CO.uk"],
                ),
                ("http://CURL.co.uk/", &["e=1; Domain=co.uk", "f=1; Domain=co.uk.", "g=1; Domain=.co.uk."]),
                (
                    "http://x.co.uk./",
                    &["h=1; Domain=co.uk", "i=1; Domain=co.uk.", "j=1; Domain=.co.uk.", "k=1; Domain=uk"],
                ),
            ],
            &[("http://x.co.uk/", ""), ("http://y.co.uk/", ""), ("http://curl.co.uk/", ""), ("http://x.co.uk./", "")],
        ),
        (
            "K6: below the suffix all is well",
            &[("http://www.x.co.uk/", &["a=1; Domain=x.co.uk"])],
            &[("http://shop.x.co.uk/", "a=1"), ("http://y.co.uk/", "")],
        ),
        (
            "K8: neighbours on a shared domain",
            &[("http://evil.github.io/", &["a=1; Domain=github.io", "b=1"])],
            &[("http://evil.github.io/", "b=1"), ("http://bank.github.io/", ""), ("http://github.io/", "")],
        ),
        (
            "K8: a host that is a suffix itself",
            &[("http://github.io/", &["a=1; Domain=github.io", "b=1; Domain=.github.io"])],
            &[("http://github.io/", "a=1; b=1"), ("http://x.github.io/", "")],
        ),
        (
            "K8: a wildcard and its exception",
            &[
                ("http://x.foo.ck/", &["a=1; Domain=foo.ck"]),
                ("http://x.www.ck/", &["b=1; Domain=www.ck"]),
                ("http://foo.ck/", &["c=1; Domain=foo.ck"]),
            ],
            &[("http://y.foo.ck/", ""), ("http://y.www.ck/", "b=1"), ("http://foo.ck/", "c=1")],
        ),
    ]);
}

#[test]
fn hosts_with_look_alikes() {
    run(&[
        (
            "K9: letters of other alphabets make other hosts",
            &[
                ("http://www.example.com/", &["a=1; Domain=ехаmple.com", "b=1; Domain=xn--example-.com"]),
                ("http://www.example.com/", &["c=1; Domain=example.com\u{2100}evil", "d=1; Domain=example\u{ff0e}com"]),
                ("http://www.straße.de/", &["e=1; Domain=straße.de", "f=1; Domain=xn--strae-oqa.de"]),
            ],
            &[
                ("http://www.example.com/", ""),
                ("http://ехаmple.com/", ""),
                ("http://www.strasse.de/", ""),
                ("http://www.xn--strae-oqa.de/", "f=1"),
            ],
        ),
        ("a host called local is filed once", &[("http://local/", &["a=1"])], &[("http://local/", "a=1")]),
        (
            "K22: odd texts are texts",
            &[("http://a.test/", &["__proto__=1; Path=/__proto__", "constructor=1; Domain=__proto__"])],
            &[("http://a.test/__proto__", "__proto__=1"), ("http://a.test/", "")],
        ),
    ]);
}

#[test]
fn lists_of_domains_are_spelled_as_hosts_are() {
    for (sentence, listed, url) in [
        ("letters", "bücher.de", "http://bücher.de/"),
        ("capitals", "BÜCHER.de", "http://xn--bcher-kva.de/"),
        ("a leading dot", ".Bücher.de", "http://www.bücher.de/"),
        ("ASCII", "xn--bcher-kva.de", "http://bücher.de/"),
        ("an address", "127.1", "http://127.0.0.1/"),
    ] {
        let url = Url::parse(url).unwrap();
        let answer = |policy| jar_with(policy).set_from_str("a=1", &url);
        let blocked = DefaultCookiePolicy::new().blocked_domains([listed]);
        assert!(blocked.is_blocked(url.host_str().unwrap()), "{sentence}");
        assert_eq!(answer(blocked), Err(Refusal::Blocked), "{sentence}");
        assert_eq!(answer(DefaultCookiePolicy::new().allowed_domains(Some([listed]))), Ok(()), "{sentence}");
    }
    let blocked = DefaultCookiePolicy::new().blocked_domains(["bücher.de"]);
    assert!(blocked.is_blocked("Bücher.de"), "asked in letters");
    assert!(
        !blocked.is_blocked("bucher.de") && !DefaultCookiePolicy::new().is_blocked("bücher.de"),
        "another, and none"
    );

    let suffixes = PublicSuffixes::list(["Bücher.example", ".intranet.example"]);
    let jar = jar_with(DefaultCookiePolicy::new().public_suffixes(suffixes));
    for (url, header) in [
        ("http://x.bücher.example/", "a=1; Domain=xn--bcher-kva.example"),
        ("http://x.intranet.example/", "a=1; Domain=intranet.example"),
    ] {
        assert_eq!(jar.set_from_str(header, &Url::parse(url).unwrap()), Err(Refusal::PublicSuffix), "{header}");
    }
    let nothing = PublicSuffixes::list(["", "*.", "!", "// com", "//com"]);
    assert!(!DefaultCookiePolicy::new().public_suffixes(nothing).is_public_suffix("com"), "lines that name nothing");
}

#[test]
fn the_host_is_the_urls() {
    let jar = CookieJar::new();
    let request = http::Request::get("http://127.0.0.1/").header("Host", "bank.test").body(()).unwrap();
    let response = http::Response::builder().header("Set-Cookie", "a=1").body(()).unwrap();
    jar.extract_cookies(&response, &request);
    assert_eq!(jar.to_string(), "<CookieJar[<Cookie a=1 for 127.0.0.1/>]>", "K23");
    for (uri, host, expected) in [
        ("http://127.0.0.1/", None, "a=1"),
        ("http://bank.test/", None, ""),
        ("/", Some("127.0.0.1"), "a=1"),
        ("/", Some("127.0.0.1:8080"), "a=1"),
        ("/", Some("bank.test"), ""),
        ("/", Some("bank.test/@127.0.0.1"), ""),
        ("/", Some("x@127.0.0.1"), ""),
        ("/", Some(""), ""),
        ("/", None, ""),
        ("*", None, ""),
    ] {
        let mut request = http::Request::get(uri);
        if let Some(host) = host {
            request = request.header("Host", host);
        }
        let mut request = request.body(()).unwrap();
        jar.add_cookie_header(&mut request);
        let sent = request.headers().get("cookie").map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(sent.unwrap_or_default(), expected, "K23: {uri} {host:?}");
    }
}

#[test]
fn every_refusal_can_be_asked_for() {
    let jar = jar_with(DefaultCookiePolicy::new());
    let headers: [&[u8]; 4] = [b"good=1", b"bad=secret; Domain=b.test", b"=", b"worse=\x01secret"];
    let rejected = jar.extract_cookies_report(&Response(headers.to_vec()), &Request::new("https://a.test/x"));
    let told: Vec<String> = rejected.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "cookie : it has no name",
            "cookie worse: it holds a control character",
            "cookie bad for .b.test/: the host does not belong to its domain",
        ]
    );
    assert!(!format!("{rejected:?}").contains("secret"));

    extract(&jar, "https://a.test/x/y", &["s=1; Secure", "p=1; Path=/p", "d=1; Domain=a.test", "x=1; Max-Age=9"]);
    let why: Vec<(String, Refusal)> = jar
        .why_not_sent(&Request::new("http://b.a.test/x"))
        .into_iter()
        .map(|(cookie, why)| (cookie.name().into_owned(), why))
        .collect();
    let expected =
        [("good", Refusal::HostOnly), ("s", Refusal::HostOnly), ("p", Refusal::PathMismatch), ("x", Refusal::HostOnly)];
    assert_eq!(why, [expected.map(|(name, why)| (name.to_owned(), why)).to_vec(), vec![]].concat());
    let why = |url: &str, name: &str| {
        let all = jar.why_not_sent(&Request::new(url));
        all.into_iter().find(|(cookie, _)| cookie.name() == name).map(|(_, why)| why)
    };
    assert_eq!(why("http://a.test/x", "s"), Some(Refusal::InsecureRequest));
    assert_eq!(why("http://a.test/x", "p"), Some(Refusal::PathMismatch));
    assert_eq!(why("http://a.test/x", "good"), None);
    let foreign = Cookie::new("f", "1", "c.test");
    assert_eq!(jar.return_ok(&foreign, &Request::new("http://a.test/")), Err(Refusal::HostOnly));
    assert_eq!(jar.return_ok(&foreign, &Request::new("http://c.test/")), Ok(()));
}

#[test]
fn clearing_says_when_nothing_matched() {
    let (jar, _) = jar();
    for (name, domain, path) in
        [("a", "a.test", "/"), ("b", "a.test", "/x"), ("c", ".a.test", "/"), ("d", "b.test", "/")]
    {
        jar.set_cookie(Cookie::new(name, "1", domain).with_path(path));
    }
    assert!(matches!(jar.clear_domain("c.test"), Err(ClearError::NothingMatched)));
    assert!(jar.clear_path("a.test", "/y").is_err() && jar.clear_cookie("a.test", "/", "z").is_err());
    assert_eq!(jar.clear_path("a.test", "/x").unwrap(), 1);
    assert_eq!(jar.clear_cookie("b.test", "/", "d").unwrap().name(), "d");
    assert_eq!(jar.clear_domain("A.TEST").unwrap(), 1, "and the dotted domain is another");
    assert_eq!(jar.to_string(), "<CookieJar[<Cookie c=1 for .a.test/>]>");
    jar.clear();
    assert!(jar.is_empty());
}

#[test]
fn a_deep_clone_is_a_jar_of_its_own() {
    let (jar, _) = jar();
    extract(&jar, "http://a.test/", &["a=1", "b=2; Path=/x", "c=3; Domain=a.test"]);
    jar.set_cookie(Cookie::new("mine", "1", "a.test"));
    let (handle, copy) = (jar.clone(), jar.deep_clone());
    assert!(jar.iter().eq(copy.iter()));
    copy.clear();
    assert_eq!((jar.len(), handle.len()), (4, 4));
    handle.clear();
    assert!(jar.is_empty());
}

/// A policy that looks into the jar it is asked for, and writes into it: no lock may be held.
struct Nosy(DefaultCookiePolicy, Mutex<Option<CookieJar>>);

impl CookiePolicy for Nosy {
    fn set_ok(&self, cookie: &Cookie, transaction: &Transaction<'_>) -> Result<(), Refusal> {
        if let Some(jar) = &*self.1.lock().unwrap() {
            jar.set_cookie(Cookie::new("seen", jar.len().to_string(), "log.test"));
        }
        self.0.set_ok(cookie, transaction)
    }

    fn return_ok(&self, cookie: &Cookie, transaction: &Transaction<'_>) -> Result<(), Refusal> {
        if let Some(jar) = &*self.1.lock().unwrap() {
            jar.remove("log.test", "/", "seen");
        }
        if cookie.name() == "private" {
            return Err(Refusal::Other("it is private"));
        }
        self.0.return_ok(cookie, transaction)
    }
}

#[test]
fn a_policy_may_use_the_jar() {
    let policy = Arc::new(Nosy(DefaultCookiePolicy::new(), Mutex::new(None)));
    let jar = CookieJar::with_policy(policy.clone());
    *policy.1.lock().unwrap() = Some(jar.clone());
    extract(&jar, "http://a.test/", &["a=1; Path=/x", "private=2; Path=/"]);
    assert_eq!(jar.len(), 3);
    assert_eq!(next_cookie_header(&jar, "http://a.test/x"), "a=1", "and what it does not hand on is checked anyway");
    assert_eq!(next_cookie_header(&jar, "http://a.test/"), "", "the path");
    assert_eq!(jar.len(), 2);
    *policy.1.lock().unwrap() = None;
}

/// A policy that hands on the two questions that it must, and leaves the rest to the wrapped one,
/// or to nobody.
struct Wrapper(DefaultCookiePolicy, bool);

impl CookiePolicy for Wrapper {
    fn set_ok(&self, cookie: &Cookie, transaction: &Transaction<'_>) -> Result<(), Refusal> {
        self.0.set_ok(cookie, transaction)
    }

    fn return_ok(&self, cookie: &Cookie, transaction: &Transaction<'_>) -> Result<(), Refusal> {
        self.0.return_ok(cookie, transaction)
    }

    fn inner(&self) -> Option<&dyn CookiePolicy> {
        self.1.then_some(&self.0)
    }
}

#[test]
fn a_wrapped_policy_keeps_its_switches() {
    let limits = Limits { per_response: Some(2), ..Limits::DEFAULT };
    let switched = DefaultCookiePolicy::new()
        .rfc2965(true)
        .limits(limits)
        .leave_secure_alone(false)
        .strict_characters(false)
        .public_suffixes(PublicSuffixes::list(["own.test"]))
        .blocked_domains([".ads.test"]);
    let url = Url::parse("http://a.test/").unwrap();
    let transaction = Transaction::new(&url, NOW).unwrap();
    let (new, old) = (Cookie::new("s", "1", "a.test"), Cookie::new("s", "1", "a.test").with_secure(true));
    let tab = Cookie::new("s", "\t", "a.test");
    let answers = |policy: &dyn CookiePolicy| {
        (
            (policy.protocols(), policy.limits(), policy.guards_secure(&transaction)),
            (policy.may_evict_secure(&transaction), policy.replace_ok(&new, &old, &transaction)),
            (policy.storable(&tab), policy.is_public_suffix("own.test"), policy.is_public_suffix("github.io")),
            (policy.domain_return_ok("x.ads.test", &transaction), policy.path_return_ok(b"/x", &transaction)),
        )
    };
    let expected = answers(&switched);
    assert_eq!(answers(&Wrapper(switched.clone(), true)), expected, "it answers what the wrapper leaves out");
    let shared = Arc::new(Wrapper(switched.clone(), true));
    assert_eq!(answers(&shared), expected, "also behind an Arc");
    assert_eq!(switched.domain_return_ok("x.ads.test", &transaction), Err(Refusal::Blocked));
    let safe = answers(&DefaultCookiePolicy::new());
    assert_ne!(expected, safe);
    assert_eq!(answers(&Arc::new(DefaultCookiePolicy::new())), safe, "an Arc has no answers of its own");
    assert_eq!(CookiePolicy::inner(&shared).map(answers), Some(expected), "nor another policy within");
    assert_eq!(answers(&Wrapper(switched, false)), safe, "nobody is the safe default");
}

#[test]
fn a_policy_without_the_rule_of_secure_cookies_has_it_all_the_same() {
    for wraps in [true, false] {
        let jar = CookieJar::with_policy(Wrapper(DefaultCookiePolicy::new(), wraps));
        extract(&jar, "https://a.test/", &["s=good; Secure"]);
        extract(&jar, "http://a.test/", &["s=evil", "s=; Max-Age=0"]);
        assert_eq!(next_cookie_header(&jar, "https://a.test/"), "s=good", "K13: {wraps}");
    }
}

/// A policy during whose questions another thread's secure cookie comes in.
struct Raced(DefaultCookiePolicy, Mutex<Option<CookieJar>>);

impl CookiePolicy for Raced {
    fn set_ok(&self, cookie: &Cookie, transaction: &Transaction<'_>) -> Result<(), Refusal> {
        self.0.set_ok(cookie, transaction)
    }

    fn return_ok(&self, cookie: &Cookie, transaction: &Transaction<'_>) -> Result<(), Refusal> {
        self.0.return_ok(cookie, transaction)
    }

    fn replace_ok(&self, cookie: &Cookie, existing: &Cookie, transaction: &Transaction<'_>) -> Result<(), Refusal> {
        let jar = self.1.lock().unwrap().take();
        if let Some(jar) = jar {
            extract(&jar, "https://a.test/", &["s=good; Secure"]);
        }
        self.0.replace_ok(cookie, existing, transaction)
    }

    fn inner(&self) -> Option<&dyn CookiePolicy> {
        Some(&self.0)
    }
}

#[test]
fn a_secure_cookie_that_comes_in_between_is_left_alone() {
    for header in ["s=evil", "s=; Max-Age=0"] {
        let policy = Arc::new(Raced(DefaultCookiePolicy::new(), Mutex::new(None)));
        let jar = CookieJar::with_policy(policy.clone());
        // This one is in nobody's way, and makes the jar ask.
        extract(&jar, "https://a.test/", &["s=1; Secure; Path=/elsewhere"]);
        *policy.1.lock().unwrap() = Some(jar.clone());
        let url = Url::parse("http://a.test/").unwrap();
        assert_eq!(jar.set_from_str(header, &url), Err(Refusal::ShadowsSecure), "K13: {header}");
        assert_eq!(next_cookie_header(&jar, "https://a.test/"), "s=good", "K13: {header}");
    }
}

#[test]
fn threads_do_not_race_past_the_rule_of_secure_cookies() {
    const ROUNDS: usize = 2000;
    let (jar, _) = jar();
    let barrier = std::sync::Barrier::new(2);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..ROUNDS {
                barrier.wait();
                extract(&jar, "https://a.test/", &["s=good; Secure"]);
                barrier.wait();
            }
        });
        for _ in 0..ROUNDS {
            jar.clear();
            barrier.wait();
            extract(&jar, "http://a.test/", &["s=evil"]);
            barrier.wait();
            assert_eq!(next_cookie_header(&jar, "https://a.test/"), "s=good", "K13");
        }
    });
}

/// A store in which every look for secure cookies counts.
#[derive(Default)]
struct Counting(MemoryStore, Arc<Mutex<usize>>);

impl CookieStore for Counting {
    fn candidates(&self, owners: &[&str]) -> Result<Vec<Stored>, StoreError> {
        self.0.candidates(owners)
    }
    fn secure_rivals(&self, cookie: &Cookie) -> Result<Vec<Arc<Cookie>>, StoreError> {
        *self.1.lock().unwrap() += 1;
        self.0.secure_rivals(cookie)
    }
    fn get(&self, domain: &str, path: &[u8], name: &[u8]) -> Result<Option<Arc<Cookie>>, StoreError> {
        self.0.get(domain, path, name)
    }
    fn put(&self, cookie: Arc<Cookie>, room: Option<&Capacity<'_>>) -> Result<PutOutcome, StoreError> {
        self.0.put(cookie, room)
    }
    fn remove(&self, domain: &str, path: &[u8], name: &[u8]) -> Result<Option<Arc<Cookie>>, StoreError> {
        self.0.remove(domain, path, name)
    }
    fn remove_all(&self, scope: Scope<'_>) -> Result<usize, StoreError> {
        self.0.remove_all(scope)
    }
    fn snapshot(&self) -> Result<Vec<Stored>, StoreError> {
        self.0.snapshot()
    }
    fn len(&self) -> Result<usize, StoreError> {
        self.0.len()
    }
}

#[test]
fn secure_cookies_are_looked_for_only_where_they_are_guarded() {
    for (sentence, policy, url, expected) in [
        ("http looks", DefaultCookiePolicy::new(), "http://a.test/", 1),
        ("https need not", DefaultCookiePolicy::new(), "https://a.test/", 0),
        (
            "nor need a secure protocol of the user's",
            DefaultCookiePolicy::new().secure_protocols(["http"]),
            "http://a.test/",
            0,
        ),
        ("the switch is off", DefaultCookiePolicy::new().leave_secure_alone(false), "http://a.test/", 0),
        ("the original never looked", DefaultCookiePolicy::classic(), "http://a.test/", 0),
    ] {
        let store = Counting::default();
        let count = store.1.clone();
        let jar = CookieJar::with_parts(store, policy, Arc::new(FixedClock::new(NOW)));
        extract(&jar, url, &["a=1"]);
        assert_eq!((jar.len(), *count.lock().unwrap()), (1, expected), "{sentence}");
    }
}

/// A database that is gone.
struct Gone;

impl CookieStore for Gone {
    fn candidates(&self, _: &[&str]) -> Result<Vec<Stored>, StoreError> {
        Err(StoreError::new("the disk is gone"))
    }
    fn secure_rivals(&self, _: &Cookie) -> Result<Vec<Arc<Cookie>>, StoreError> {
        Err(StoreError::new("the disk is gone"))
    }
    fn get(&self, _: &str, _: &[u8], _: &[u8]) -> Result<Option<Arc<Cookie>>, StoreError> {
        Err(StoreError::new("the disk is gone"))
    }
    fn put(&self, _: Arc<Cookie>, _: Option<&Capacity<'_>>) -> Result<PutOutcome, StoreError> {
        Err(StoreError::new("the disk is gone"))
    }
    fn remove(&self, _: &str, _: &[u8], _: &[u8]) -> Result<Option<Arc<Cookie>>, StoreError> {
        Err(StoreError::new("the disk is gone"))
    }
    fn remove_all(&self, _: Scope<'_>) -> Result<usize, StoreError> {
        Err(StoreError::new("the disk is gone"))
    }
    fn snapshot(&self) -> Result<Vec<Stored>, StoreError> {
        Err(StoreError::new("the disk is gone"))
    }
    fn len(&self) -> Result<usize, StoreError> {
        Err(StoreError::new("the disk is gone"))
    }
}

#[test]
fn a_store_may_fail() {
    let jar = CookieJar::with_store(Gone);
    let request = Request::new("http://a.test/");
    assert_eq!(interact_netscape(&jar, "http://a.test/", &["a=1"]), "");
    assert_eq!(jar.set_cookie_if_ok(Cookie::new("a", "1", "a.test"), &request), Err(Refusal::StoreFailed));
    assert!(matches!(jar.clear_domain("a.test"), Err(ClearError::Store(_))));
    assert!(jar.take_store_error().is_some_and(|error| error.to_string() == "the disk is gone"));
    assert!(jar.take_store_error().is_none(), "it is told once");
    jar.set_cookie(Cookie::new("a", "1", "a.test"));
    assert!(jar.take_store_error().is_some() && jar.is_empty() && jar.iter().next().is_none());
}
