//! What is opened again, how often, and after how long. Nobody sleeps here: the clock writes down
//! for how long it was to.

use std::collections::VecDeque;
use std::io;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use clientcookie::clock::Clock;
use clientcookie::transport::{ScriptedTransport, WireRequest};
use clientcookie::{
    CookieJar, Data, Error, ErrorKind, Handler, HttpBasicAuthHandler, HttpCookieProcessor, HttpHandler,
    HttpPasswordMgr, HttpRedirectHandler, HttpRetryProcessor, OpenerDirector, Parent, Phase, Request, RequestBuilder,
    Response, Transport, build_opener,
};

use crate::support::{Reply, Server};

/// Stands at 1994-02-09 22:23:32 UTC.
#[derive(Debug, Default)]
struct Naps(Mutex<Vec<Duration>>);

impl Naps {
    fn seconds(&self) -> Vec<f64> {
        self.0.lock().unwrap().iter().map(Duration::as_secs_f64).collect()
    }
}

impl Clock for Naps {
    fn now(&self) -> i64 {
        760_832_612
    }

    fn sleep(&self, duration: Duration) {
        self.0.lock().unwrap().push(duration);
    }
}

/// Fails as long as it has failures, and then answers with a script.
struct Failing(Mutex<VecDeque<ErrorKind>>, ScriptedTransport);

impl Transport for Failing {
    fn send(&self, request: WireRequest<'_>) -> clientcookie::Result<Response> {
        let failure = self.0.lock().unwrap().pop_front();
        match failure {
            Some(kind) => Err(kind.into()),
            None => self.1.send(request),
        }
    }
}

fn retrying(transport: impl Transport + 'static) -> (OpenerDirector, Arc<Naps>) {
    with(HttpRetryProcessor::new(), transport)
}

fn with(retry: HttpRetryProcessor, transport: impl Transport + 'static) -> (OpenerDirector, Arc<Naps>) {
    let naps = Arc::new(Naps::default());
    (build_opener((retry.clock(naps.clone()), HttpHandler::with_transport(transport))), naps)
}

/// These answers, and then successes.
fn script(answers: &[&str]) -> ScriptedTransport {
    let script = answers.iter().fold(ScriptedTransport::new(), |script, answer| {
        script.reply(format!("HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n"))
    });
    (0..4).fold(script, |script, _| script.reply("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
}

fn status(outcome: clientcookie::Result<Response>) -> u16 {
    match outcome.map_err(Error::into_http_error) {
        Ok(response) => response.status().as_u16(),
        Err(error) => error.unwrap().status().as_u16(),
    }
}

#[test]
fn a_server_that_is_busy_is_asked_again() {
    const BUSY: &str = "503 Busy";
    let after = |when: &str| format!("503 Busy\r\nRetry-After: {when}");
    let rows: Vec<(&str, Vec<String>, u16, Vec<f64>)> = vec![
        ("it says for how long", vec![after("5")], 200, vec![5.0]),
        ("too many requests", vec!["429 Slow Down\r\nRetry-After: 5".into()], 200, vec![5.0]),
        ("blanks around it", vec![after(" 5\t")], 200, vec![5.0]),
        ("at once", vec![after("0")], 200, vec![]),
        ("until a date", vec![after("Wed, 09 Feb 1994 22:23:39 GMT")], 200, vec![7.0]),
        ("until an older kind of date", vec![after("Wednesday, 09-Feb-94 22:23:39 GMT")], 200, vec![7.0]),
        ("until a date that has passed", vec![after("Wed, 09 Feb 1994 22:00:00 GMT")], 200, vec![]),
        ("until a date long ago", vec![after("Thu, 01 Jan 1970 00:00:00 GMT")], 200, vec![]),
        ("it does not say", vec![BUSY.into()], 200, vec![0.5]),
        ("twice as long each time", vec![BUSY.into(); 3], 200, vec![0.5, 1.0, 2.0]),
        ("three times and no more", vec![BUSY.into(); 4], 503, vec![0.5, 1.0, 2.0]),
        ("both kinds", vec![after("1"), BUSY.into()], 200, vec![1.0, 1.0]),
        ("the first of two", vec![format!("{}\r\nRetry-After: 9", after("3"))], 200, vec![3.0]),
        ("the whole minute", vec![after("60")], 200, vec![60.0]),
        ("more than a minute", vec![after("61")], 503, vec![]),
        ("more than what is left of it", vec![after("40"), after("21")], 503, vec![40.0]),
        ("what is left of it", vec![after("40"), after("20")], 200, vec![40.0, 20.0]),
        ("a date next year", vec![after("Wed, 09 Feb 1995 22:23:39 GMT")], 503, vec![]),
        ("more than a number holds", vec![after("99999999999999999999999999")], 503, vec![]),
        ("the largest number", vec![after("18446744073709551615")], 503, vec![]),
        ("twice nearly as much", vec![after("30"), after("18446744073709551615")], 503, vec![30.0]),
        ("no number", vec![after("NaN")], 200, vec![0.5]),
        ("a fraction is rounded up", vec![after("1.5")], 200, vec![2.0]),
        ("however small", vec![after("0.001")], 200, vec![1.0]),
        ("unless it is none", vec![after("1.0")], 200, vec![1.0]),
        ("half of a number", vec![after("1.")], 200, vec![0.5]),
        ("two numbers", vec![after("1..5")], 200, vec![0.5]),
        ("a fraction of more than a number holds", vec![after("18446744073709551615.5")], 503, vec![]),
        ("the request came too slowly", vec!["408 Too Slow\r\nRetry-After: 3".into()], 200, vec![3.0]),
        ("or too early", vec!["425 Too Early".into()], 200, vec![0.5]),
        ("less than nothing", vec![after("-5")], 200, vec![0.5]),
        ("a sign", vec![after("+5")], 200, vec![0.5]),
        ("nothing", vec![after("")], 200, vec![0.5]),
        ("garbage", vec![after("soon, I hope \u{e9}")], 200, vec![0.5]),
        ("no day of any month", vec![after("Wed, 30 Feb 1994 22:23:39 GMT")], 200, vec![0.5]),
    ];
    for (sentence, answers, expected, slept) in rows {
        let transport = script(&answers.iter().map(String::as_str).collect::<Vec<_>>());
        let (opener, naps) = retrying(transport.clone());
        assert_eq!(status(opener.open("http://h/")), expected, "{sentence}");
        assert_eq!(naps.seconds(), slept, "{sentence}");
        let sent = if expected == 200 { answers.len() + 1 } else { slept.len() + 1 };
        assert_eq!(transport.requests().len(), sent, "{sentence}");
    }
    for (sentence, answer, expected) in [
        ("another error", "500 Broken\r\nRetry-After: 1", 500),
        ("a success", "202 Accepted\r\nRetry-After: 1", 202),
        ("a redirect to nowhere", "301 Moved\r\nRetry-After: 1", 301),
    ] {
        let transport = script(&[answer]);
        assert_eq!(status(retrying(transport.clone()).0.open("http://h/")), expected, "{sentence}");
        assert_eq!(transport.requests().len(), 1, "{sentence}");
    }
}

#[test]
fn the_doubling_ends() {
    let (opener, naps) =
        with(HttpRetryProcessor::new().max_retries(u32::MAX).max_wait(Duration::MAX), script(&["503 Busy"; 12]));
    assert_eq!(status(opener.open("http://h/")), 200);
    let doubling = [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 16.0, 16.0, 16.0, 16.0, 16.0, 16.0];
    assert_eq!(naps.seconds(), doubling);
    let (opener, naps) = with(HttpRetryProcessor::new().max_retries(10), script(&["503 Busy"; 12]));
    assert_eq!(status(opener.open("http://h/")), 503);
    assert_eq!(naps.seconds(), [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 16.0], "a minute is the most");
    let (opener, naps) = with(HttpRetryProcessor::new().max_retries(0), script(&["503 Busy"]));
    assert_eq!((status(opener.open("http://h/")), naps.seconds().len()), (503, 0));
}

#[test]
fn only_what_may_pass_is_tried_again() {
    let io = |kind: io::ErrorKind| io::Error::from(kind);
    let host = || "h".to_owned();
    let connect = move |kind| ErrorKind::Connect { host: host(), source: io(kind) };
    let reason = || "so".to_owned();
    let rows: Vec<(&str, ErrorKind, bool)> = vec![
        ("refused", connect(io::ErrorKind::ConnectionRefused), true),
        ("reset while connecting", connect(io::ErrorKind::ConnectionReset), true),
        ("no such name", ErrorKind::Resolve { host: host(), source: io(io::ErrorKind::NotFound) }, true),
        ("too slow to connect", ErrorKind::Timeout { during: Phase::Connect }, true),
        ("closed without an answer", ErrorKind::Disconnected, true),
        ("too slow to answer", ErrorKind::Timeout { during: Phase::Head }, false),
        ("too slow to take the request", ErrorKind::Timeout { during: Phase::Write }, false),
        ("no trust", ErrorKind::Tls { reason: reason() }, false),
        ("the proxy", ErrorKind::Proxy { reason: reason() }, false),
        ("not HTTP", ErrorKind::BadResponse { reason: reason() }, false),
        ("no URL", ErrorKind::InvalidUrl { url: reason(), reason: reason() }, false),
        ("the data", ErrorKind::RequestData { source: io(io::ErrorKind::Other) }, false),
        ("anything else", ErrorKind::Io(io(io::ErrorKind::Other)), false),
    ];
    for (sentence, kind, again) in rows {
        let (opener, naps) = retrying(Failing(Mutex::new([kind].into()), script(&[])));
        assert_eq!(opener.open("http://h/").is_ok(), again, "{sentence}");
        assert_eq!(naps.seconds(), if again { vec![0.5] } else { vec![] }, "{sentence}");
    }
    let failures = (0..4).map(|_| ErrorKind::Disconnected).collect();
    let (opener, naps) = retrying(Failing(Mutex::new(failures), script(&[])));
    assert_eq!(
        opener.open("http://h/").unwrap_err().to_string(),
        "http://h/: the server closed the connection without an answer"
    );
    assert_eq!(naps.seconds(), [0.5, 1.0, 2.0]);
}

#[test]
fn errors_and_answers_are_counted_as_one() {
    let failures = [ErrorKind::Disconnected, ErrorKind::Disconnected].into();
    let (opener, naps) = retrying(Failing(Mutex::new(failures), script(&["503 Busy", "503 Busy"])));
    assert_eq!((status(opener.open("http://h/")), naps.seconds()), (503, vec![0.5, 1.0, 2.0]));
}

#[test]
fn only_what_may_be_repeated_is() {
    let request = |method: &str| Request::get("http://h/").method(method.to_owned().as_str());
    let file = std::env::temp_dir().join(format!("clientcookie-retry-{}", std::process::id()));
    std::fs::write(&file, "data").unwrap();
    let rows: Vec<(&str, RequestBuilder, &str)> = vec![
        ("GET", request("GET"), ""),
        ("HEAD", request("HEAD"), ""),
        ("OPTIONS", request("OPTIONS"), ""),
        ("TRACE", request("TRACE"), ""),
        ("DELETE", request("DELETE"), ""),
        ("PUT with data", request("PUT").data("data"), "data"),
        ("PUT with a file", request("PUT").data(Data::file(&file).unwrap()), "data"),
    ];
    for (sentence, request, data) in rows {
        let transport = script(&["503 Busy"]);
        assert_eq!(status(retrying(transport.clone()).0.open(request)), 200, "{sentence}");
        let sent: Vec<_> = transport.requests().into_iter().map(|request| request.data).collect();
        assert_eq!(sent, [data.as_bytes(), data.as_bytes()], "{sentence}");
    }
    std::fs::remove_file(file).unwrap();
    let rows: Vec<(&str, RequestBuilder)> = vec![
        ("POST", request("POST")),
        ("POST with data", Request::post("http://h/", "data")),
        ("PATCH", request("PATCH").data("data")),
        ("a method nobody knows", request("FROB")),
        ("a reader is read once", request("PUT").data(Data::reader(io::empty()))),
    ];
    for (sentence, request) in rows {
        let transport = script(&["503 Busy\r\nRetry-After: 1"]);
        let (opener, naps) = retrying(transport.clone());
        assert_eq!(status(opener.open(request)), 503, "{sentence}");
        assert_eq!((transport.requests().len(), naps.seconds().len()), (1, 0), "{sentence}");
    }
    let (opener, naps) = retrying(Failing(Mutex::new([ErrorKind::Disconnected].into()), script(&[])));
    let error = opener.open(Request::post("http://h/", "data")).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Disconnected) && naps.seconds().is_empty());
}

#[test]
fn where_a_redirect_leads_to_is_counted_on() {
    let redirect = "302 Found\r\nLocation: /there";
    let once = || HttpRetryProcessor::new().max_retries(1);
    let paths = |transport: &ScriptedTransport| -> Vec<String> {
        transport.requests().iter().map(|request| request.url.path().to_owned()).collect()
    };
    let transport = script(&["503 Busy", redirect]);
    let response = with(once(), transport.clone()).0.open("http://h/here").unwrap();
    assert_eq!(paths(&transport), ["/here", "/here", "/there"]);
    assert_eq!(response.url().path(), "/there");
    assert_eq!(response.redirections().len(), 1, "a repetition is no redirect");

    let transport = script(&["503 Busy", redirect, "503 Busy"]);
    assert_eq!(status(with(once(), transport.clone()).0.open("http://h/here")), 503);
    assert_eq!(paths(&transport), ["/here", "/here", "/there"], "a redirect gives no new leave");

    let transport = script(&[redirect, "503 Busy", "503 Busy"]);
    assert_eq!(status(with(once(), transport.clone()).0.open("http://h/here")), 503);
    assert_eq!(paths(&transport), ["/here", "/there", "/there"], "what redirected is not asked again");
}

#[test]
fn a_failure_behind_a_redirect_is_not_the_redirects() {
    /// Redirects away from `/here`, and is not there for anybody else.
    struct Away(Mutex<Vec<String>>);
    impl Transport for Away {
        fn send(&self, request: WireRequest<'_>) -> clientcookie::Result<Response> {
            self.0.lock().unwrap().push(request.url.path().to_owned());
            match request.url.path() {
                "/here" => {
                    ScriptedTransport::new().reply("HTTP/1.1 302 Found\r\nLocation: /there\r\n\r\n").send(request)
                }
                _ => Err(ErrorKind::Disconnected.into()),
            }
        }
    }
    let away = Arc::new(Away(Mutex::default()));
    let (opener, _) = with(HttpRetryProcessor::new().max_retries(1), Arc::clone(&away));
    assert_eq!(opener.open("http://h/here").unwrap_err().url(), Some("http://h/there"));
    assert_eq!(*away.0.lock().unwrap(), ["/here", "/there", "/there"]);
}

#[test]
fn a_failure_of_another_request_is_not_this_ones() {
    /// Asks somebody else first.
    struct Asks;
    impl Handler for Asks {
        fn default_open(&self, parent: &dyn Parent, request: &mut Request) -> clientcookie::Result<Option<Response>> {
            match request.url().path() {
                "/here" => parent.open(Request::new("http://h/first")?).map(Some),
                _ => Ok(None),
            }
        }
    }
    let failures = (0..9).map(|_| ErrorKind::Disconnected).collect();
    let transport = Arc::new(Failing(Mutex::new(failures), script(&[])));
    let naps = Arc::new(Naps::default());
    let retry = HttpRetryProcessor::new().max_retries(1).clock(naps.clone());
    let opener = build_opener((retry, Asks, HttpHandler::with_transport(Arc::clone(&transport))));
    assert_eq!(opener.open("http://h/here").unwrap_err().url(), Some("http://h/first"));
    assert_eq!((transport.0.lock().unwrap().len(), naps.seconds().len()), (7, 1), "once more, and not from the start");
}

#[test]
fn a_repetition_is_the_whole_request_with_what_the_answer_set() {
    let server = Server::start(|request| match request.header("Cookie") {
        None => Reply::status(503, "Busy").header("Set-Cookie", "place=7").body("there is a queue"),
        Some(_) => Reply::ok("here you are"),
    });
    let jar = CookieJar::new();
    let naps = Arc::new(Naps::default());
    let retry = HttpRetryProcessor::new().clock(naps.clone());
    let opener = build_opener((retry, HttpCookieProcessor::new(&jar)));
    let request = Request::get(server.url("/")).method("PUT").data("a=b");
    let request = request.header("X-Mine", "1").unredirected_header("X-Here", "2");
    assert_eq!(opener.open(request).unwrap().text().unwrap(), "here you are");
    let again = &server.requests()[1];
    assert_eq!((again.method(), again.body.as_slice()), ("PUT", b"a=b".as_slice()));
    for (name, value) in [("X-Mine", "1"), ("X-Here", "2"), ("Cookie", "place=7"), ("Content-Length", "3")] {
        assert_eq!((again.header(name).as_deref(), again.header_count(name)), (Some(value), 1), "{name}");
    }
    assert_eq!(server.connections(), 1, "what the first answer said is read, and its connection used again");
    assert_eq!(naps.seconds(), [0.5]);
}

#[test]
fn the_last_answer_is_there_to_be_read() {
    let server = Server::start(|_| Reply::status(429, "Slow Down").header("Retry-After", "1").body("so many"));
    let naps = Arc::new(Naps::default());
    let opener = build_opener(HttpRetryProcessor::new().max_retries(2).clock(naps.clone()));
    let mut error = opener.open(server.url("/")).unwrap_err().into_http_error().unwrap();
    assert_eq!(
        (error.text().unwrap().as_str(), error.headers().get_str("Retry-After").as_deref()),
        ("so many", Some("1"))
    );
    assert_eq!((server.requests().len(), server.connections(), naps.seconds()), (3, 1, vec![1.0, 1.0]));
}

#[test]
fn a_server_that_comes_up_is_found() {
    /// Opens the shop while the client waits.
    #[derive(Debug)]
    struct Opening(u16, Mutex<Option<std::thread::JoinHandle<()>>>);
    impl Clock for Opening {
        fn now(&self) -> i64 {
            0
        }
        fn sleep(&self, _: Duration) {
            let mut serving = self.1.lock().unwrap();
            let Ok(listener) = TcpListener::bind(("127.0.0.1", self.0)) else { return };
            *serving = Some(std::thread::spawn(move || {
                let (mut stream, _) = listener.accept().unwrap();
                let _ = io::Read::read(&mut stream, &mut [0; 1024]);
                let _ = io::Write::write_all(&mut stream, b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nopen");
            }));
        }
    }
    // A port that was free a moment ago.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let clock = Arc::new(Opening(port, Mutex::default()));
    let opener = build_opener(HttpRetryProcessor::new().clock(clock.clone()));
    assert_eq!(opener.open(format!("http://127.0.0.1:{port}/")).unwrap().text().unwrap(), "open");
    let serving = clock.1.lock().unwrap().take();
    serving.unwrap().join().unwrap();
}

#[test]
fn a_password_and_a_repetition_go_together() {
    let asks = "401 Who\r\nWWW-Authenticate: Basic realm=\"Staff\"";
    let transport = script(&["503 Busy", asks, "503 Busy"]);
    let passwords = HttpPasswordMgr::new();
    passwords.add_password("Staff", "http://h/", "me", "secret").unwrap();
    let naps = Arc::new(Naps::default());
    let opener = build_opener((
        HttpRetryProcessor::new().clock(naps.clone()),
        HttpBasicAuthHandler::new(passwords),
        HttpHandler::with_transport(transport.clone()),
    ));
    assert_eq!(status(opener.open("http://h/")), 200);
    let said: Vec<_> = transport.requests().iter().map(|request| request.headers.contains("Authorization")).collect();
    assert_eq!(said, [false, false, true, true], "what was asked for is said on");
    assert_eq!(naps.seconds(), [0.5, 1.0], "counted on");
}

#[test]
fn the_openers_own_bound_is_above_all() {
    let mut script = ScriptedTransport::new();
    for redirect in 0..=50 {
        for _ in 0..10 {
            script = script.reply("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");
        }
        let location = format!("HTTP/1.1 302 Found\r\nLocation: /{redirect}\r\nContent-Length: 0\r\n\r\n");
        script = script.reply(location);
    }
    let opener = build_opener((
        HttpRetryProcessor::new().max_retries(1_000).max_wait(Duration::MAX).clock(Arc::new(Naps::default())),
        HttpRedirectHandler::new().max_redirections(50),
        HttpHandler::with_transport(script.clone()),
    ));
    assert_eq!(status(opener.open("http://h/")), 503);
    assert_eq!(script.requests().len(), OpenerDirector::MAX_EXCHANGES);
}
