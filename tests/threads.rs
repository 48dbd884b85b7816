//! q22: many threads at once.
//!
//! The global opener belongs to the whole process, so this is the only module whose tests use it
//! (`rooms` sees to that), one at a time: a request of another test's would hold the opener that
//! this one counts on to be gone.

use crate::support::{Recorded, Reply, Server};
use clientcookie::transport::{Transport, UreqTransport, WireRequest};
use clientcookie::{
    CookieJar, HttpCookieProcessor, HttpHandler, Request, Response, Result, build_opener, install_opener, urlopen,
};
use std::collections::HashSet;
use std::io::Read;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;

const THREADS: usize = 32;
const ROUNDS: usize = 20;

/// Held by whoever uses the global opener. A test that failed in the meantime is told of by itself.
fn global() -> MutexGuard<'static, ()> {
    static GLOBAL: Mutex<()> = Mutex::new(());
    GLOBAL.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Answers with what it was asked for, and by which opener; sets a cookie of that opener's.
fn echo(request: &Recorded) -> Reply {
    let opener = request.header("X-Opener").unwrap_or_default();
    if request.target().starts_with("/redirect") {
        let on = request.target().replace("/redirect", "/");
        return Reply::redirect(302, &on).header("Set-Cookie", &format!("opener={opener}; Path=/"));
    }
    let cookie = request.header("Cookie").unwrap_or_default();
    Reply::ok(format!("{} by {opener} with {cookie}", request.target()))
        .header("Set-Cookie", &format!("opener={opener}; Path=/"))
}

fn named(name: usize, jar: &CookieJar) -> clientcookie::OpenerDirector {
    let mut opener = build_opener(HttpCookieProcessor::new(jar));
    opener.addheaders.append("X-Opener", name.to_string()).unwrap();
    opener
}

#[test]
fn the_global_opener_is_swapped_while_everybody_uses_it() {
    let _global = global();
    let server = Server::start(echo);
    let jars: Vec<CookieJar> = (0..4).map(|_| CookieJar::new()).collect();
    install_opener(named(0, &jars[0]));
    let busy = AtomicUsize::new(THREADS);
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let (server, busy) = (&server, &busy);
            scope.spawn(move || {
                let _done = Done(busy);
                for round in 0..ROUNDS {
                    let path = format!("/{thread}-{round}");
                    let asked = if round % 4 == 0 { path.replace('/', "/redirect") } else { path.clone() };
                    let text = urlopen(server.url(&asked).as_str()).unwrap().text().unwrap();
                    let (said, rest) = text.split_once(" by ").unwrap();
                    assert_eq!(said, path, "each gets its own answer");
                    let (opener, cookie) = rest.split_once(" with ").unwrap();
                    // The jar is another's only if the request saw two openers.
                    assert!(cookie.is_empty() || cookie == format!("opener={opener}"), "{text}");
                }
            });
        }
        scope.spawn(|| {
            for number in 0.. {
                if busy.load(Ordering::Relaxed) == 0 {
                    break;
                }
                let name = number % jars.len();
                install_opener(named(name, &jars[name]));
                jars[name].clear();
                for jar in &jars {
                    for cookie in jar {
                        assert_eq!(cookie.name(), "opener");
                    }
                }
                thread::yield_now();
            }
        });
    });
    assert_eq!(server.requests().len(), THREADS * (ROUNDS + ROUNDS / 4));
    install_opener(build_opener(()));
    drop(server);
}

/// Counts down when its thread ends, also by a panic: those who wait for it must not wait for ever.
struct Done<'a>(&'a AtomicUsize);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[test]
fn the_installed_opener_stays_until_the_next() {
    let _global = global();
    let server = Server::start(echo);
    let jar = CookieJar::new();
    let opener = Arc::new(named(7, &jar));
    install_opener(Arc::clone(&opener));
    for cookie in ["", "opener=7"] {
        let text = urlopen(server.url("/").as_str()).unwrap().text().unwrap();
        assert_eq!(text, format!("/ by 7 with {cookie}"));
    }
    let text = opener.open(server.url("/own").as_str()).unwrap().text().unwrap();
    assert_eq!(text, "/own by 7 with opener=7", "it is the same one");
    assert_eq!(server.connections(), 1);
    install_opener(build_opener(()));
    assert_eq!(Arc::strong_count(&opener), 1, "nobody holds it any more");
}

/// An opener that was replaced goes with the last request that began with it, on that request's
/// thread.
#[test]
fn a_request_keeps_the_opener_it_began_with() {
    let _global = global();
    let (arrived, has_arrived) = mpsc::channel();
    let (go_on, may_go_on) = mpsc::channel::<()>();
    let may_go_on = Mutex::new(may_go_on);
    let server = Server::start(move |request| {
        arrived.send(()).unwrap();
        // An error as well: the test is over.
        let _ = may_go_on.lock().unwrap().recv();
        echo(request)
    });
    let opener = Arc::new(named(3, &CookieJar::new()));
    let old = Arc::downgrade(&opener);
    install_opener(opener);
    let url = server.url("/slow");
    let asked = thread::spawn(move || urlopen(url)?.text());
    has_arrived.recv().unwrap();
    install_opener(build_opener(()));
    assert!(old.upgrade().is_some(), "the request is on its way");
    drop(go_on);
    assert_eq!(asked.join().unwrap().unwrap(), "/slow by 3 with ");
    assert!(old.upgrade().is_none(), "the request is done");
}

/// A handler that calls back when it is dropped, with the opener that took its place.
#[test]
fn an_opener_may_open_a_url_when_it_goes() {
    struct LastWords {
        transport: UreqTransport,
        url: String,
        said: Arc<AtomicBool>,
    }
    impl Transport for LastWords {
        fn send(&self, request: WireRequest<'_>) -> Result<Response> {
            self.transport.send(request)
        }
    }
    impl Drop for LastWords {
        fn drop(&mut self) {
            install_opener(build_opener(()));
            let text = urlopen(self.url.as_str()).and_then(|mut response| response.text());
            self.said.store(text.is_ok_and(|text| text.starts_with("/goodbye")), Ordering::Relaxed);
        }
    }
    let _global = global();
    let server = Server::start(echo);
    let said = Arc::new(AtomicBool::new(false));
    let last_words =
        LastWords { transport: UreqTransport::new(), url: server.url("/goodbye"), said: Arc::clone(&said) };
    install_opener(build_opener(HttpHandler::with_transport(last_words)));
    urlopen(server.url("/hello").as_str()).unwrap();
    install_opener(build_opener(()));
    assert!(said.load(Ordering::Relaxed));
}

#[test]
fn a_body_is_read_on_another_thread() {
    let server = Server::start(|request| {
        let body = request.target().repeat(100_000);
        match request.target().len() % 2 {
            0 => Reply::ok(body),
            _ => Reply::raw(format!(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n",
                body.len()
            )),
        }
    });
    let opener = build_opener(());
    for round in 0..3 {
        // Opened here, read there, all at once, while this thread goes on.
        let readers: Vec<_> = (0..6)
            .map(|number| {
                let path = format!("/{}{round}", "x".repeat(number));
                let mut response = opener.open(server.url(&path).as_str()).unwrap();
                thread::spawn(move || {
                    let mut body = String::new();
                    response.read_to_string(&mut body).unwrap();
                    assert!(body == path.repeat(100_000), "{path}");
                })
            })
            .collect();
        readers.into_iter().for_each(|reader| reader.join().unwrap());
    }
    assert!(server.connections() < 18, "connections come back from other threads: {}", server.connections());
}

#[test]
fn an_opener_that_is_shared_keeps_its_cookies_together() {
    let server = Server::start(|request| {
        let name = request.target().trim_start_matches('/');
        Reply::ok(request.header("Cookie").unwrap_or_default()).header("Set-Cookie", &format!("{name}=1; Path=/"))
    });
    let jar = CookieJar::new();
    let opener = build_opener(HttpCookieProcessor::new(&jar));
    thread::scope(|scope| {
        for thread in 0..12 {
            let (opener, server) = (&opener, &server);
            scope.spawn(move || {
                let mut known = HashSet::new();
                for round in 0..3 {
                    let name = format!("c{thread}-{round}");
                    let sent = opener.open(server.url(&format!("/{name}")).as_str()).unwrap().text().unwrap();
                    let sent: HashSet<String> = sent.split("; ").map(|pair| pair.replace("=1", "")).collect();
                    assert!(known.is_subset(&sent), "what this thread was given is sent: {known:?} in {sent:?}");
                    known.insert(name);
                }
            });
        }
    });
    let kept: HashSet<String> = jar.iter().map(|cookie| cookie.name().into_owned()).collect();
    let expected: HashSet<String> = (0..36).map(|number| format!("c{}-{}", number / 3, number % 3)).collect();
    assert_eq!(kept, expected);
    let sent = opener.open(server.url("/last").as_str()).unwrap().text().unwrap();
    assert_eq!(sent.split("; ").count(), 36);
}

#[test]
fn requests_that_fail_harm_no_other_thread() {
    let server = Server::start(|request| match request.target() {
        "/close" => Reply::raw("").then_close(),
        "/reset" => Reply::raw("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc").then_reset(),
        path => Reply::ok(path),
    });
    let opener = build_opener(());
    thread::scope(|scope| {
        for thread in 0..16 {
            let (opener, server) = (&opener, &server);
            scope.spawn(move || {
                for round in 0..15 {
                    let path = match (thread + round) % 3 {
                        0 => "/close".to_owned(),
                        1 => "/reset".to_owned(),
                        _ => format!("/{thread}-{round}"),
                    };
                    let came = crate::transport::outcome::outcome(opener, Request::get(server.url(&path)));
                    let expected = match path.as_str() {
                        "/close" => "Disconnected",
                        "/reset" => r#""abc", IncompleteRead 3 of 9"#,
                        path => path,
                    };
                    assert_eq!(came, expected);
                }
            });
        }
    });
}
