//! The store in a database, in one process.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use clientcookie::clock::FixedClock;
use clientcookie::cookie::*;
use rusqlite::Connection;

use super::{Folder, Random, conformance};

fn create(folder: &Folder) -> SqliteStore {
    SqliteStore::create(folder.file("cookies.db")).unwrap()
}

fn cookies(store: &dyn CookieStore) -> Vec<Cookie> {
    store.snapshot().unwrap().into_iter().map(|stored| (*stored.cookie).clone()).collect()
}

#[test]
fn the_database_conforms() {
    let folder = Folder::new("conforms");
    let made = AtomicUsize::new(0);
    let file = || folder.file(&made.fetch_add(1, Ordering::Relaxed).to_string());
    conformance::conforms(&|| Box::new(SqliteStore::create(file()).unwrap()));
    conformance::conforms(&|| {
        let file = file();
        Box::new(InTurn([(); 3].map(|()| SqliteStore::create(&file).unwrap()), AtomicUsize::new(0)))
    });
}

/// Stores over one file, of which each call goes to the next: a thread's change is another's news.
struct InTurn([SqliteStore; 3], AtomicUsize);

impl InTurn {
    fn next(&self) -> &SqliteStore {
        &self.0[self.1.fetch_add(1, Ordering::Relaxed) % self.0.len()]
    }
}

impl CookieStore for InTurn {
    fn candidates(&self, owners: &[&str]) -> Result<Vec<Stored>, StoreError> {
        self.next().candidates(owners)
    }

    fn secure_rivals(&self, cookie: &Cookie) -> Result<Vec<Arc<Cookie>>, StoreError> {
        self.next().secure_rivals(cookie)
    }

    fn get(&self, domain: &str, path: &[u8], name: &[u8]) -> Result<Option<Arc<Cookie>>, StoreError> {
        self.next().get(domain, path, name)
    }

    fn put(&self, cookie: Arc<Cookie>, room: Option<&Capacity<'_>>) -> Result<PutOutcome, StoreError> {
        self.next().put(cookie, room)
    }

    fn put_all(&self, cookies: Vec<Arc<Cookie>>, instead: bool) -> Result<(), StoreError> {
        self.next().put_all(cookies, instead)
    }

    fn remove(&self, domain: &str, path: &[u8], name: &[u8]) -> Result<Option<Arc<Cookie>>, StoreError> {
        self.next().remove(domain, path, name)
    }

    fn remove_all(&self, scope: Scope<'_>) -> Result<usize, StoreError> {
        self.next().remove_all(scope)
    }

    fn snapshot(&self) -> Result<Vec<Stored>, StoreError> {
        self.next().snapshot()
    }

    fn len(&self) -> Result<usize, StoreError> {
        self.next().len()
    }
}

impl Random {
    fn bytes(&mut self) -> Vec<u8> {
        let pieces: &[&[u8]] = &[b"a", b"sid", b"=", b"\0", b"\xff", b"\xc3\xa9", b"'", b"\n", b"NULL", b"%", b"."];
        (0..self.below(6)).flat_map(|_| self.pick(pieces)).copied().collect()
    }

    fn text(&mut self) -> String {
        String::from_utf8_lossy(&self.bytes()).into_owned()
    }

    /// Whatever a cookie can hold.
    fn any_cookie(&mut self) -> Cookie {
        let mut cookie = Cookie::new(self.bytes(), self.bytes(), self.text());
        for change in 0..14 {
            if !self.one_in(4) {
                continue;
            }
            cookie = match change {
                0 => cookie.without_value(),
                1 => cookie.with_secure(true),
                2 => cookie.with_http_only(true),
                3 => cookie.with_version(u32::try_from(self.below(3)).unwrap() * (u32::MAX / 2)),
                4 => cookie.with_port(&*self.text()),
                5 => cookie.with_port_specified(self.one_in(2)),
                6 => cookie.with_domain_specified(self.one_in(2)).with_domain_initial_dot(self.one_in(2)),
                7 => cookie.with_comment(&*self.text()),
                8 => cookie.with_comment_url(&*self.text()),
                9 => cookie.with_rfc2109(true),
                10 => cookie.with_path(self.bytes()).with_path_specified(self.one_in(2)),
                11 => cookie.with_expires([0, -1, i64::MAX, i64::MIN, 1_767_225_600][self.below(5)]),
                12 => cookie.with_discard(self.one_in(2)),
                _ => (0..self.below(4)).fold(cookie, |cookie, _| {
                    let value = self.one_in(2).then(|| self.text());
                    cookie.with_attribute(&self.text(), value.as_deref())
                }),
            };
        }
        cookie
    }
}

#[test]
fn every_cookie_is_there_when_the_database_is_opened_again() {
    let folder = Folder::new("reopened");
    let mut random = Random(0x0b5e_55ed);
    for round in 0..40 {
        let store = create(&folder);
        store.remove_all(Scope::All).unwrap();
        let memory = MemoryStore::new();
        for _ in 0..random.below(100) {
            let cookie = Arc::new(random.any_cookie());
            let room = random.one_in(2).then_some(&Capacity::UNLIMITED);
            memory.put(cookie.clone(), room).unwrap();
            store.put(cookie, room).unwrap();
        }
        drop(store);
        let (before, after) = (memory.snapshot().unwrap(), create(&folder).snapshot().unwrap());
        let known = |all: &[Stored]| -> Vec<(Arc<Cookie>, bool)> {
            all.iter().map(|stored| (stored.cookie.clone(), stored.by_user)).collect()
        };
        assert_eq!(known(&before), known(&after), "round {round}");
    }
}

#[test]
fn what_headers_say_is_there_as_well() {
    let folder = Folder::new("headers");
    let path = folder.file("cookies.db");
    let clock = Arc::new(FixedClock::new(1_767_225_600));
    let policy = || DefaultCookiePolicy::classic().rfc2965(true);
    let memory = CookieJar::with_parts(MemoryStore::new(), policy(), clock.clone());
    let sqlite = CookieJar::with_parts(SqliteStore::create(&path).unwrap(), policy(), clock.clone());
    let request = http::Request::get("http://www.a.test/x/y").body(()).unwrap();
    let response = http::Response::builder()
        .header("Set-Cookie", "seen")
        .header("Set-Cookie", b"q=\"\xe4\"; path=/\xe4; SameSite=Lax; Partitioned; HttpOnly".as_slice())
        .header("Set-Cookie", "d=1; domain=a.test; expires=Wed, 09 Feb 2030 22:23:32 GMT; secure; priority")
        .header(
            "Set-Cookie2",
            "v=1; Version=1; Port=\"80,81\"; Comment=c; CommentURL=\"http://a.test/\"; Max-Age=9; Discard",
        )
        .body(())
        .unwrap();
    for jar in [&memory, &sqlite] {
        jar.extract_cookies(&response, &request);
    }
    drop(sqlite);
    let sqlite = CookieJar::with_parts(SqliteStore::create(&path).unwrap(), policy(), clock);
    assert_eq!(sqlite.len(), 4);
    assert!(sqlite.iter().eq(memory.iter()));
    let headers = [&memory, &sqlite].map(|jar| {
        let mut request = request.clone();
        jar.add_cookie_header(&mut request);
        request.headers().clone()
    });
    assert_eq!(headers[0], headers[1]);
}

#[test]
fn a_session_lasts_until_it_is_cleared() {
    let folder = Folder::new("session");
    let path = folder.file("cookies.db");
    let jar = SqliteCookieJar::create(&path).unwrap();
    jar.set_cookie(Cookie::new("session", "1", "a.test"));
    jar.set_cookie(Cookie::new("lasting", "1", "a.test").with_expires(i64::MAX));
    drop(jar);
    let jar = SqliteCookieJar::create(&path).unwrap();
    assert_eq!(jar.len(), 2, "whose session it is the database does not know");
    jar.clear_session_cookies();
    assert_eq!(jar.to_string(), "<CookieJar[<Cookie lasting=1 for a.test/>]>");
    assert!(jar.take_store_error().is_none());
}

#[test]
fn a_change_is_seen_at_once_by_all() {
    let folder = Folder::new("seen");
    let jars = [(); 3].map(|()| SqliteCookieJar::create(folder.file("cookies.db")).unwrap());
    let header = |jar: &CookieJar| {
        let mut request = http::Request::get("http://a.test/").body(()).unwrap();
        jar.add_cookie_header(&mut request);
        request.headers().get("cookie").map(|value| value.to_str().unwrap().to_owned())
    };
    for round in 0..20 {
        jars[round % 3].set_cookie(Cookie::new("n", round.to_string(), "a.test"));
        for jar in &jars {
            assert_eq!(header(jar), Some(format!("n={round}")));
        }
    }
    jars[1].clear();
    assert!(jars.iter().all(|jar| header(jar).is_none()));
}

#[test]
fn threads_lose_nothing() {
    let folder = Folder::new("threads");
    let shared = SqliteCookieJar::create(folder.file("cookies.db")).unwrap();
    thread::scope(|scope| {
        for thread in 0..8 {
            // Half of them have a connection of their own.
            let own = (thread % 2 == 0).then(|| SqliteCookieJar::create(shared.path()).unwrap());
            let shared = &shared;
            scope.spawn(move || {
                let jar = own.as_ref().unwrap_or(shared);
                for number in 0..50 {
                    jar.set_cookie(Cookie::new(format!("n{thread}-{number}"), "v", format!("h{}.test", number % 7)));
                    assert!(jar.len() > number);
                }
                assert!(jar.take_store_error().is_none());
            });
        }
    });
    assert_eq!(shared.len(), 400);
}

#[test]
fn who_holds_the_lock_too_long_is_told_of() {
    let folder = Folder::new("busy");
    let path = folder.file("cookies.db");
    let store = SqliteStore::create(&path).unwrap().busy_timeout(Duration::from_millis(20));
    let full_name = store.path().display().to_string();
    let jar = CookieJar::with_store(store);
    jar.set_cookie(Cookie::new("a", "1", "a.test"));
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();

    jar.set_cookie(Cookie::new("b", "1", "a.test"));
    let error = jar.take_store_error().unwrap().to_string();
    let expected = format!("{full_name}: another connection has locked the database, and did not let go in 20ms");
    assert_eq!(error, expected);
    let url = url::Url::parse("http://a.test/").unwrap();
    assert_eq!(jar.set_from_str("c=1", &url), Err(Refusal::StoreFailed));
    assert!(matches!(jar.clear_domain("a.test"), Err(ClearError::Store(_))));
    assert!(jar.take_store_error().is_some());
    // Who only reads waits for nobody.
    assert_eq!(jar.to_string(), "<CookieJar[<Cookie a=1 for a.test/>]>");
    assert!(jar.take_store_error().is_none());

    other.execute_batch("COMMIT").unwrap();
    jar.set_cookie(Cookie::new("b", "1", "a.test"));
    assert_eq!((jar.len(), jar.take_store_error().is_none()), (2, true));
}

#[test]
fn a_patience_of_any_length_is_taken() {
    let folder = Folder::new("patience");
    for patience in [Duration::ZERO, Duration::from_nanos(1), Duration::MAX] {
        let store = create(&folder).busy_timeout(patience);
        store.put(Arc::new(Cookie::new("a", "1", "a.test")), None).unwrap();
    }
}

/// Who has the lock in one thread does not keep another from reading.
#[test]
fn reading_does_not_wait_for_a_thread_that_waits_to_write() {
    let folder = Folder::new("reading");
    let store = create(&folder);
    let other = Connection::open(store.path()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    thread::scope(|scope| {
        let writer = scope.spawn(|| store.put(Arc::new(Cookie::new("a", "1", "a.test")), None));
        for _ in 0..100 {
            assert_eq!(store.len().unwrap(), 0);
        }
        other.execute_batch("COMMIT").unwrap();
        assert_eq!(writer.join().unwrap().unwrap(), PutOutcome::Stored);
    });
    assert_eq!(store.len().unwrap(), 1);
}

#[test]
fn a_failure_in_the_middle_of_many_leaves_all_as_it_was() {
    let folder = Folder::new("atomic");
    let store = create(&folder);
    let set = |value: &str| (0..5).map(|n| Arc::new(Cookie::new(format!("n{n}"), value, "a.test"))).collect();
    store.put_all(set("old"), false).unwrap();
    let before = cookies(&store);
    let other = Connection::open(store.path()).unwrap();
    let fail =
        "CREATE TRIGGER fail BEFORE INSERT ON cookies WHEN new.name = x'6e33' BEGIN SELECT raise(ABORT, 'no'); END";
    other.execute_batch(fail).unwrap();
    let error = store.put_all(set("new"), true).unwrap_err().to_string();
    assert!(error.ends_with("cookies.db: the database says: no"), "{error}");
    assert_eq!(cookies(&store), before);
    other.execute_batch("DROP TRIGGER fail").unwrap();
    store.put_all(set("new"), true).unwrap();
    assert!(cookies(&store).iter().all(|cookie| cookie.value() == b"new"));
}

#[test]
fn a_row_that_holds_no_cookie_is_passed_over() {
    let folder = Folder::new("rows");
    let store = create(&folder);
    let put = |name: &str| store.put(Arc::new(Cookie::new(name, "v", "a.test").with_secure(true)), None).unwrap();
    for damage in [
        "domain = CAST(x'ff' AS TEXT)",
        "version = -1",
        "version = 4294967296",
        "secure = 2",
        "discard = 7",
        "by_user = -1",
        "created = -1",
        "attributes = x'05'",
        "attributes = x'0500000061'",
        "attributes = x'ffffffff'",
        "port = CAST(x'80' AS TEXT), comment = x'ff'",
    ] {
        put("good");
        put("bad");
        let other = Connection::open(store.path()).unwrap();
        other.execute_batch(&format!("UPDATE cookies SET {damage} WHERE name = x'{}'", "626164")).unwrap();
        let good = |cookie: &Cookie| cookie.name() == "good";
        let all = cookies(&store);
        assert!(all.len() == 1 && good(&all[0]), "{damage}");
        let found = store.candidates(&["a.test"]).unwrap();
        assert!(found.len() == 1 && good(&found[0].cookie), "{damage}");
        assert!(store.get("a.test", b"/", b"good").unwrap().is_some());
        let _ = store.secure_rivals(&Cookie::new("bad", "", "a.test")).unwrap();
        assert!(store.remove_all(Scope::All).unwrap() == 2, "it can be cleared: {damage}");
    }
}

#[test]
fn a_database_that_is_damaged_under_way_is_an_error_and_the_jar_goes_on() {
    let folder = Folder::new("damaged");
    let jar = SqliteCookieJar::create(folder.file("cookies.db")).unwrap();
    jar.set_cookie(Cookie::new("a", "1", "a.test"));
    Connection::open(jar.path()).unwrap().execute_batch("DROP TABLE cookies").unwrap();
    assert_eq!((jar.len(), jar.iter().count()), (0, 0));
    let error = jar.take_store_error().unwrap().to_string();
    assert!(error.contains("cookies.db: the database says: no such table: cookies"), "{error}");
    let url = url::Url::parse("http://a.test/").unwrap();
    assert_eq!(jar.set_from_str("c=1", &url), Err(Refusal::StoreFailed));
}
