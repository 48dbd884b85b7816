//! Loading, saving and reverting by file name.

use std::sync::atomic::{AtomicBool, Ordering};

use super::*;

fn jar_in(folder: &Folder) -> LwpCookieJar {
    LwpCookieJar::new(folder.file("cookies")).with_jar(&memory()).ignore_discard(true)
}

#[test]
fn load_adds_and_revert_replaces() {
    let folder = Folder::new("load");
    let jar = jar_in(&folder);
    jar.set_cookie(Cookie::new("a", "1", "a.test"));
    assert_eq!(jar.save().unwrap().saved, 1);
    jar.set_cookie(Cookie::new("a", "2", "a.test"));
    jar.set_cookie(Cookie::new("b", "2", "a.test"));
    assert_eq!(jar.load().unwrap().stored, 1);
    assert_eq!(header(&jar, "http://a.test/"), "a=1; b=2", "the file's cookie, and the one that was there");
    assert_eq!(jar.revert().unwrap().stored, 1);
    assert_eq!(header(&jar, "http://a.test/"), "a=1", "the file's cookie alone");
}

#[test]
fn a_failed_revert_leaves_the_jar_as_it_was() {
    let folder = Folder::new("revert");
    let jar = jar_in(&folder);
    jar.set_cookie(Cookie::new("a", "1", "a.test"));
    let error = jar.revert().unwrap_err();
    assert!(error.is_not_found(), "{error}");
    fs::write(folder.file("cookies"), "<html>\n").unwrap();
    let error = jar.revert().unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("{}: line 1: not an LWP cookie file: this is a page of HTML or XML", folder.file("cookies").display())
    );
    assert_eq!((error.line(), error.path()), (Some(1), Some(&*folder.file("cookies"))));
    assert!(jar.revert_file(&folder.0).is_err(), "a folder");
    assert_eq!(header(&jar, "http://a.test/"), "a=1");
}

#[test]
fn a_name_given_is_not_remembered() {
    let folder = Folder::new("given");
    let jar = jar_in(&folder);
    jar.set_cookie(Cookie::new("a", "1", "a.test"));
    jar.save_file(folder.file("other")).unwrap();
    assert_eq!(folder.names(), ["other"]);
    jar.clear();
    jar.load_file(folder.file("other")).unwrap();
    assert_eq!((jar.len(), jar.path()), (1, Some(&*folder.file("cookies"))));
    jar.save().unwrap();
    assert_eq!(folder.names(), ["cookies", "other"]);
}

#[test]
fn a_jar_without_a_file_name_never_touches_the_disk() {
    // K24: a default file name was loaded unasked.
    let jar = MozillaCookieJar::without_filename();
    let results = [jar.load().map(drop), jar.revert().map(drop), jar.save().map(drop)];
    for result in results {
        assert!(matches!(result, Err(FileError::NoFilename)), "{result:?}");
    }
    assert!(jar.path().is_none() && jar.is_empty());
}

#[test]
fn expired_and_session_cookies_are_passed_over_unless_asked_for() {
    let whole = everything(lwp());
    whole.set_cookie(Cookie::new("session", "1", "a.test"));
    whole.set_cookie(Cookie::new("stays", "1", "a.test").with_expires(NOW + DAY));
    // Older than the file, and so not to be had from a jar that goes by the clock.
    let gone = "#LWP-Cookies-2.0\nSet-Cookie3: gone=1; path=/; domain=a.test; expires=\"2025-01-01 00:00:00Z\"\n";
    whole.load_from(gone.as_bytes()).unwrap();
    assert_eq!(whole.len(), 3, "an expired cookie is there, if asked for, but not sent");
    assert_eq!(header(&whole, "http://a.test/"), "session=1; stays=1");
    let file = saved(&whole);
    for (discard, expires, expected) in [
        (false, false, vec!["stays"]),
        (true, false, vec!["session", "stays"]),
        (false, true, vec!["gone", "stays"]),
        (true, true, vec!["gone", "session", "stays"]),
    ] {
        let names = |jar: &CookieJar| -> Vec<String> { cookies(jar).iter().map(|c| c.name().into_owned()).collect() };
        let loading = lwp().ignore_discard(discard).ignore_expires(expires);
        let report = loading.load_from(file.as_bytes()).unwrap();
        assert_eq!(names(&loading), expected, "loaded, {discard} {expires}");
        assert_eq!((report.stored, report.passed_over), (expected.len(), 3 - expected.len()));
        let saving = whole.clone().ignore_discard(discard).ignore_expires(expires);
        let again = everything(lwp());
        again.load_from(saved(&saving).as_bytes()).unwrap();
        assert_eq!(names(&again), expected, "saved, {discard} {expires}");
    }
}

#[test]
fn an_expired_line_removes_nothing() {
    let jar = mozilla();
    jar.set_cookie(Cookie::new("n", "v", "a.test"));
    jar.load_from(&b"a.test\tFALSE\t/\tFALSE\t1\tn\told\n"[..]).unwrap();
    assert_eq!(header(&jar, "http://a.test/"), "n=v");
}

#[test]
fn loaded_cookies_are_never_evicted() {
    let limits = Limits { per_domain: Some(2), total: Some(2), ..Limits::default() };
    let jar = CookieJar::with_policy(DefaultCookiePolicy::new().limits(limits));
    let file = MozillaCookieJar::without_filename().with_jar(&jar);
    let lines: String = (0..50).map(|i| format!("a.test\tFALSE\t/\tFALSE\t99999999999\tn{i}\tv\n")).collect();
    assert_eq!(file.load_from(lines.as_bytes()).unwrap().stored, 50);
    for value in 0..5 {
        jar.set_from_str(&format!("s{value}=1"), &url::Url::parse("http://a.test/").unwrap()).unwrap();
    }
    let loaded = cookies(&jar).iter().filter(|cookie| cookie.name().starts_with('n')).count();
    assert_eq!((loaded, jar.len()), (50, 52));
}

#[test]
fn two_saves_of_the_same_cookies_are_the_same_file_to_the_classic_policy() {
    let (one, other) = (everything(lwp()), everything(lwp()));
    let all: Vec<Cookie> =
        (0..20).map(|i| Cookie::new(format!("n{}", i % 7), "v", format!("d{}.test", i % 5))).collect();
    [&one, &other].into_iter().for_each(|jar| jar.set_policy(DefaultCookiePolicy::classic()));
    all.iter().for_each(|cookie| one.set_cookie(cookie.clone()));
    all.iter().rev().for_each(|cookie| other.set_cookie(cookie.clone()));
    assert_eq!(saved(&one), saved(&other));
}

#[test]
fn what_the_jar_cannot_send_is_refused_and_told() {
    let file = "a.test\tFALSE\t/\tFALSE\t0\ta;b\tv\na.test\tFALSE\t/\tFALSE\t0\tok\tv\n";
    let jar = mozilla().ignore_discard(true);
    let report = jar.load_from(file.as_bytes()).unwrap();
    let refused: Vec<_> = report.refused.iter().map(|refused| (refused.name.as_str(), refused.refusal)).collect();
    assert_eq!(refused, [("a;b", Refusal::Separator)]);
    assert_eq!((report.stored, header(&jar, "http://a.test/")), (1, "ok=v".to_owned()));
}

#[test]
fn a_jar_that_is_reverted_is_never_seen_empty_or_mixed() {
    const COOKIES: usize = 10;
    let folder = Folder::new("revert-threads");
    let jar = jar_in(&folder);
    let fill = |value: &str| {
        (0..COOKIES).for_each(|n| jar.set_cookie(Cookie::new(format!("n{n}"), value, "a.test")));
        jar.save_file(folder.file(value)).unwrap();
    };
    ["one", "other"].into_iter().for_each(fill);
    let done = AtomicBool::new(false);
    let look = |what: &dyn Fn()| {
        while !done.load(Ordering::Relaxed) {
            what();
        }
    };
    std::thread::scope(|scope| {
        // The one looks often, the other closely.
        scope.spawn(|| look(&|| assert_eq!(jar.len(), COOKIES)));
        scope.spawn(|| {
            look(&|| {
                let header = header(&jar, "http://a.test/");
                let counts = ["=one", "=other"].map(|value| header.matches(value).count());
                assert!(counts == [COOKIES, 0] || counts == [0, COOKIES], "{header}");
            });
        });
        let files = ["one", "other"].map(|name| folder.file(name));
        let reverted = files.iter().cycle().take(2000).try_for_each(|file| jar.revert_file(file).map(drop));
        // The others end in any case.
        done.store(true, Ordering::Relaxed);
        reverted.unwrap();
    });
}

/// A store that fails when it is told to, before it has done anything.
struct Failing {
    inside: MemoryStore,
    fails: Arc<AtomicBool>,
}

impl Failing {
    fn unless_it_fails(&self) -> Result<&MemoryStore, StoreError> {
        if self.fails.load(Ordering::SeqCst) { Err(StoreError::new("the disk is gone")) } else { Ok(&self.inside) }
    }
}

impl CookieStore for Failing {
    fn candidates(&self, owners: &[&str]) -> Result<Vec<Stored>, StoreError> {
        self.unless_it_fails()?.candidates(owners)
    }

    fn secure_rivals(&self, cookie: &Cookie) -> Result<Vec<Arc<Cookie>>, StoreError> {
        self.unless_it_fails()?.secure_rivals(cookie)
    }

    fn get(&self, domain: &str, path: &[u8], name: &[u8]) -> Result<Option<Arc<Cookie>>, StoreError> {
        self.unless_it_fails()?.get(domain, path, name)
    }

    fn put(&self, cookie: Arc<Cookie>, room: Option<&Capacity<'_>>) -> Result<PutOutcome, StoreError> {
        self.unless_it_fails()?.put(cookie, room)
    }

    fn remove(&self, domain: &str, path: &[u8], name: &[u8]) -> Result<Option<Arc<Cookie>>, StoreError> {
        self.unless_it_fails()?.remove(domain, path, name)
    }

    fn remove_all(&self, scope: Scope<'_>) -> Result<usize, StoreError> {
        self.unless_it_fails()?.remove_all(scope)
    }

    fn snapshot(&self) -> Result<Vec<Stored>, StoreError> {
        self.unless_it_fails()?.snapshot()
    }

    fn len(&self) -> Result<usize, StoreError> {
        self.unless_it_fails()?.len()
    }
}

#[test]
fn a_store_that_fails_is_told_of_and_changes_nothing() {
    let folder = Folder::new("store-fails");
    let fails = Arc::new(AtomicBool::new(false));
    let store = Failing { inside: MemoryStore::new(), fails: fails.clone() };
    let inside = CookieJar::with_parts(store, DefaultCookiePolicy::new(), Arc::new(FixedClock::new(NOW)));
    let jar = jar_in(&folder).with_jar(&inside);
    jar.set_cookie(Cookie::new("a", "1", "a.test"));
    jar.save().unwrap();
    jar.set_cookie(Cookie::new("b", "2", "a.test"));
    let file = fs::read(folder.file("cookies")).unwrap();

    fails.store(true, Ordering::SeqCst);
    let mut bytes = Vec::new();
    let results = [
        ("load", jar.load().map(drop), true),
        ("revert", jar.revert().map(drop), true),
        ("load_from", jar.load_from(&file[..]).map(drop), false),
        ("save", jar.save().map(drop), true),
        ("save_to", jar.save_to(&mut bytes).map(drop), false),
    ];
    let path = folder.file("cookies");
    for (what, result, has_path) in results {
        let error = result.unwrap_err();
        assert!(matches!(error, FileError::Store { .. }), "{what}: {error:?}");
        assert_eq!(error.path(), has_path.then_some(&*path), "{what}");
        assert!(error.to_string().ends_with("the cookie store failed: the disk is gone"), "{what}: {error}");
        assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "the disk is gone", "{what}");
    }
    assert!(bytes.is_empty(), "nothing is written of a jar that cannot be read");
    assert_eq!((fs::read(&path).unwrap(), folder.names()), (file, vec!["cookies".to_owned()]));
    assert!(jar.take_store_error().is_some(), "the jar remembers it as well");

    fails.store(false, Ordering::SeqCst);
    assert_eq!(header(&jar, "http://a.test/"), "a=1; b=2");
    assert_eq!(jar.revert().unwrap().stored, 1, "and by a store that does not do it in one step");
    assert_eq!(header(&jar, "http://a.test/"), "a=1");
}
