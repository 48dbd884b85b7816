//! The store on a server: real ones, started for the test on free ports of this machine.

mod cluster;
mod processes;
mod sentinel;
mod server;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use clientcookie::cookie::*;

use server::Server;

/// A namespace that nobody else has.
fn unused() -> String {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    format!("test-{}", COUNT.fetch_add(1, Ordering::Relaxed))
}

#[test]
fn a_server_conforms() {
    let Some(server) = Server::start(&[]) else { return };
    super::conformance::conforms(&|| Box::new(server.store(&unused())));
}

#[test]
fn a_server_does_what_memory_does() {
    let Some(server) = Server::start(&[]) else { return };
    super::differential::does_what_memory_does(&server.store(&unused()));
}

#[test]
fn jars_of_several_names_are_several() {
    let Some(server) = Server::start(&[]) else { return };
    let [one, other] = ["one", "other"].map(|name| CookieJar::with_store(server.store(name)));
    one.set_cookie(Cookie::new("sid", "1", "a.test"));
    assert_eq!((one.len(), other.len()), (1, 0));
    let same = RedisCookieJar::connect(&format!("{}?namespace=one", server.url())).unwrap();
    assert_eq!(same.len(), 1, "as another machine sees it");
}

/// 10,000 rounds: an insecure response never takes a secure cookie's place, whoever comes first.
#[test]
fn a_secure_cookie_is_never_replaced_by_a_racing_insecure_one() {
    const ROUNDS: usize = 10_000;
    let Some(server) = Server::start(&[]) else { return };
    let [plain, secure] = [(); 2].map(|()| CookieJar::with_store(server.store("race")));
    let url = |scheme: &str| url::Url::parse(&format!("{scheme}://a.test/")).unwrap();
    let (http, https) = (url("http"), url("https"));
    let barrier = std::sync::Barrier::new(2);
    let mut refused = 0;
    std::thread::scope(|scope| {
        let other = scope.spawn(|| {
            for round in 0..ROUNDS {
                barrier.wait();
                secure.set_from_str(&format!("s{}=right; Secure", round % 100), &https).unwrap();
                barrier.wait();
            }
        });
        for round in 0..ROUNDS {
            if round % 100 == 0 {
                plain.clear();
            }
            barrier.wait();
            refused += usize::from(plain.set_from_str(&format!("s{}=wrong", round % 100), &http).is_err());
            barrier.wait();
            let kept = secure.get("a.test", "/", format!("s{}", round % 100)).unwrap();
            assert_eq!(kept.value(), b"right", "round {round}");
        }
        other.join().unwrap();
    });
    assert!(plain.take_store_error().is_none() && secure.take_store_error().is_none());
    println!("{refused} of {ROUNDS} insecure ones came too late");
}

#[test]
fn a_newer_jar_is_refused_and_a_name_is_checked() {
    let Some(server) = Server::start(&[]) else { return };
    server.store("new");
    server.cli(&["SET", "clientcookie:{new}:version", "2"]);
    let error = RedisSettings::new(&server.url()).namespace("new").connect().unwrap_err().to_string();
    assert!(error.ends_with("the jar is of a newer version of this crate"), "{error}");
    let error = RedisSettings::new(&server.url()).namespace("a{b").connect().unwrap_err().to_string();
    assert!(error.ends_with("holds no {, }, | or control character"), "{error}");
}

#[test]
fn a_password_lets_in_and_is_never_shown() {
    let Some(server) = Server::start(&["--requirepass", "31d4"]) else { return };
    let url = server.url();
    let with = |password: &str| url.replace("redis://", &format!("redis://:{password}@"));
    let jar = RedisCookieJar::connect(&with("31d4")).unwrap();
    jar.set_cookie(Cookie::new("n", "v", "a.test"));
    assert_eq!(jar.len(), 1);
    assert!(!format!("{:?}", RedisSettings::new(&with("31d4"))).contains("31d4"));
    for (says, url) in [("none", url.clone()), ("a wrong one", with("s3cret"))] {
        let error = RedisSettings::new(&url).connect().unwrap_err();
        let said = format!("{error} {error:?}");
        assert!(said.contains("redis://127.0.0.1") && !said.contains("s3cret"), "{says}: {said}");
    }
}

#[test]
fn a_server_that_went_away_is_an_error_and_comes_back() {
    let Some(mut server) = Server::start(&["--appendonly", "yes", "--appendfsync", "always"]) else { return };
    let store = RedisSettings::new(&server.url()).timeout(Duration::from_millis(300)).connect().unwrap();
    let jar = CookieJar::with_store(store);
    jar.set_cookie(Cookie::new("n", "v", "a.test"));
    server.kill();
    assert!(jar.is_empty(), "the jar goes on as if there were none");
    let error = jar.take_store_error().unwrap().to_string();
    assert!(error.starts_with("redis://127.0.0.1:") && !error.contains("a.test"), "{error}");
    server.restart();
    assert_eq!(jar.len(), 1, "and finds it again");
    assert!(jar.take_store_error().is_none());
}

/// A server that takes the connection and says nothing.
#[test]
fn nothing_is_waited_for_for_ever() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("redis://{}/", listener.local_addr().unwrap());
    let error = RedisSettings::new(&url).timeout(Duration::from_millis(50)).connect().unwrap_err().to_string();
    assert!(error.contains("no answer in 50ms"), "{error}");
}

#[cfg(feature = "tls")]
#[test]
fn tls_is_spoken_and_the_certificate_looked_at() {
    let Some(server) = Server::start_tls() else { return };
    let ca = std::fs::read("fixtures/tls/ca.pem").unwrap();
    let url = server.tls_url();
    let store = RedisSettings::new(&url).ca_pem(ca).connect().unwrap();
    store.put(Arc::new(Cookie::new("n", "v", "a.test")), None).unwrap();
    assert_eq!(store.len().unwrap(), 1);
    let error = RedisSettings::new(&url).connect().unwrap_err().to_string();
    assert!(error.starts_with("rediss://localhost:"), "{error}");
}

/// The key of an owner goes by the server's own clock, if all that is in it expires.
#[test]
fn what_expires_goes_by_itself() {
    let Some(server) = Server::start(&[]) else { return };
    let store = server.store("ends");
    let room = Capacity { now: 1_000, ..Capacity::UNLIMITED };
    let put = |cookie: Cookie, room: Option<&Capacity<'_>>| store.put(Arc::new(cookie), room).unwrap();
    let lasting = |name: &str, end: i64| Cookie::new(name, "v", "a.test").with_expires(end).with_discard(false);
    let left = || server.cli(&["TTL", "clientcookie:{ends}:o:test.a"]).trim().parse::<i64>().unwrap();
    put(lasting("a", 1_100), Some(&room));
    assert!((86_490..=86_500).contains(&left()), "a day after the end: {}", left());
    put(lasting("b", 5_000), Some(&room));
    assert!((90_390..=90_400).contains(&left()), "after the last: {}", left());
    put(lasting("c", 1_200), Some(&room));
    assert!((90_390..=90_400).contains(&left()), "no sooner: {}", left());
    put(Cookie::new("d", "v", "a.test"), Some(&room));
    assert_eq!(left(), -1, "a session ends when somebody says so");
    server.cli(&["DEL", "clientcookie:{ends}:o:test.a"]);
    assert_eq!((store.len().unwrap(), store.snapshot().unwrap().len()), (0, 0));
    put(lasting("a", 1_100), Some(&room));
    assert_eq!(store.len().unwrap(), 1, "an owner comes again");
}
