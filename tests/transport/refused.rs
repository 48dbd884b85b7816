//! Proxies that open no tunnel, and who may see what they say instead: it is not the server's word.

use super::outcome::{describe, read};
use super::tunnel::Tunnels;
use crate::support::{Reply, Server};
use crate::tls::openers::trusting;
use clientcookie::transport::{Limits, Proxy, TlsSettings, UreqTransport};
use clientcookie::{
    Answer, CookieJar, Handler, Hook, HttpCookieProcessor, HttpErrorCause, HttpRedirectHandler, HttpsHandler, Kind,
    OpenerDirector, Parent, Request, RequestBuilder, Response, Result, Timeouts, build_opener,
};
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// The status, reason and body of the refusal, or what else came of the request.
fn told(opener: &OpenerDirector, request: RequestBuilder) -> String {
    let error = match opener.open(request) {
        Ok(response) => return format!("an answer: {}", read(response)),
        Err(error) => error,
    };
    assert!(!error.to_string().contains("secret"), "{error}");
    match error.into_http_error() {
        Ok(refusal) => {
            assert_eq!(*refusal.cause(), HttpErrorCause::TunnelRefused);
            let line = format!("{} {}", refusal.status().as_u16(), refusal.reason());
            format!("{line}: {}", read(refusal.into_response()))
        }
        Err(error) => describe(&error),
    }
}

#[test]
fn a_refusal_is_an_error_that_holds_what_the_proxy_said() {
    let server = Server::start_tls("localhost", |_| Reply::ok("never"));
    let long = "x".repeat(100_000);
    let table = [
        ("credentials are missing", "HTTP/1.1 407 Who\r\nContent-Length: 0\r\n\r\n".to_owned(), "407 Who: "),
        ("it is forbidden", "HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno".to_owned(), "403 No: no"),
        ("an old proxy", "HTTP/1.0 502 Bad\r\nProxy-Agent: x\r\n\r\nno such host".to_owned(), "502 Bad: no such host"),
        (
            "chunks",
            "HTTP/1.1 503 No\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n4\r\n two\r\n0\r\n\r\n".to_owned(),
            "503 No: one two",
        ),
        ("a redirect", "HTTP/1.1 302 There\r\nLocation: http://evil.test/\r\n\r\n".to_owned(), "302 There: "),
        ("not modified", "HTTP/1.1 304 Old\r\nContent-Length: 9\r\n\r\n".to_owned(), "304 Old: "),
        ("after 1xx", "HTTP/1.1 100 -\r\n\r\nHTTP/1.1 403 No\r\n\r\nno".to_owned(), "403 No: no"),
        (
            "a body that is cut",
            "HTTP/1.1 403 No\r\nContent-Length: 9\r\n\r\nhalf".to_owned(),
            "403 No: \"half\", IncompleteRead 4 of 9",
        ),
        (
            "chunks that are cut",
            "HTTP/1.1 403 No\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf".to_owned(),
            "403 No: \"half\", IncompleteRead 4",
        ),
        (
            "a download",
            format!("HTTP/1.1 403 No\r\nContent-Length: 100000\r\n\r\n{long}"),
            "IncompleteRead 65536 of 100000",
        ),
        ("one without a length", format!("HTTP/1.1 403 No\r\n\r\n{long}"), "IncompleteRead 65536"),
        ("another language", "SSH-2.0-OpenSSH_9.6\r\n".to_owned(), "Proxy"),
        ("another protocol", "HTTP/1.1 101 Switching\r\n\r\n".to_owned(), "Proxy"),
        ("a status that is none", "HTTP/1.1 2000 OK\r\n\r\n".to_owned(), "Proxy"),
        ("a framing that is none", "HTTP/1.1 403 No\r\nContent-Length: x\r\n\r\n".to_owned(), "Proxy"),
        ("no word", String::new(), "Proxy"),
        ("half a word", "HTTP/1.1 40".to_owned(), "Proxy"),
        ("half a head", "HTTP/1.1 200 OK\r\nA: b\r\n".to_owned(), "Proxy"),
        ("a head without an end", format!("HTTP/1.1 200 OK\r\nA: {long}\r\n\r\n"), "Proxy"),
        (
            "1xx as if without an end",
            format!("{}HTTP/1.1 403 No\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n".repeat(10_000)),
            "Proxy",
        ),
        ("too many lines", format!("HTTP/1.1 200 OK\r\n{}\r\n", "A: b\r\n".repeat(1000)), "Proxy"),
        ("words in the server's place", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi".to_owned(), "Proxy"),
    ];
    for (sentence, answer, expected) in table {
        let proxy = Server::raw(move |_, connection| {
            connection.read_request()?;
            connection.write_all(answer.as_bytes())
        });
        let through = Proxy::new(&format!("http://me:secret@127.0.0.1:{}", proxy.port())).unwrap();
        let came = told(&trusting("ca.pem"), Request::get(server.url("/")).proxy(through));
        assert!(came == expected || (expected.starts_with("Inc") && came.ends_with(expected)), "{sentence}: {came}");
        assert_eq!(proxy.requests().len(), 1, "{sentence}: it is asked once");
    }
    assert_eq!(server.connections(), 0);
}

#[test]
fn the_sentence_says_that_it_was_the_proxy() {
    let proxy = Server::start(|_| Reply::status(403, "Go\x1b Away"));
    let through = Proxy::new(&format!("http://me:secret@127.0.0.1:{}/x", proxy.port())).unwrap();
    let error = build_opener(()).open(Request::get("https://a.test/page").proxy(through)).unwrap_err();
    let at = proxy.url("/x");
    let sentence = format!("HTTP error 403: Go\\u{{1b}} Away (said the proxy {at}, which opened no tunnel)");
    assert_eq!(error.to_string(), format!("https://a.test/page: {sentence}"));
    assert_eq!(error.as_http_error().unwrap().url().as_str(), at, "the response is not the server's");
}

#[test]
fn a_proxy_that_does_not_end_is_not_waited_for() {
    let limit = Duration::from_millis(250);
    for (sentence, answer, expected) in [
        ("no answer", "", "Timeout Connect"),
        ("half a head", "HTTP/1.1 403 No\r\nA: b", "Timeout Connect"),
        ("half a body", "HTTP/1.1 403 No\r\nContent-Length: 9\r\n\r\nhalf", "403 No: \"half\", IncompleteRead 4 of 9"),
        ("a body until the end of the connection", "HTTP/1.1 403 No\r\n\r\nhalf", "403 No: \"half\", IncompleteRead 4"),
    ] {
        let proxy = Tunnels::start(answer);
        let request = Request::get("https://a.test/").proxy(proxy.proxy("")).timeout(limit);
        assert_eq!(told(&build_opener(()), request), expected, "{sentence}");
    }
    let proxy = Tunnels::start("HTTP/1.1 403 No\r\n\r\nhalf");
    let request = Request::get("https://a.test/").proxy(proxy.proxy("")).timeouts(Timeouts::NONE);
    let came = told(&build_opener(()), request);
    assert_eq!(came, "403 No: \"half\", IncompleteRead 4", "not even by who waits for everything");
}

#[test]
fn the_limits_of_heads_are_those_of_the_transport() {
    let answer = "HTTP/1.1 403 No\r\nA: 0123456789\r\n\r\n";
    for (head, expected) in [(answer.len(), "403 No: "), (answer.len() - 1, "Proxy")] {
        let proxy = Server::raw(move |_, connection| {
            connection.read_request()?;
            connection.write_all(answer.as_bytes())
        });
        let limits = Limits { head, ..Limits::default() };
        let opener = build_opener(HttpsHandler::with_transport(UreqTransport::new().limits(limits)));
        let request = Request::get("https://a.test/").proxy(Proxy::new(&proxy.url("")).unwrap());
        assert_eq!(told(&opener, request), expected, "{head}");
    }
}

/// Counts what it is shown.
#[derive(Default)]
struct Witness(Mutex<Vec<String>>);

impl Handler for Witness {
    fn hooks(&self) -> &[Hook] {
        &[Hook::AnyResponse, Hook::HttpResponse, Hook::HttpError]
    }

    fn any_response(&self, _: &dyn Parent, _: &Request, response: Response) -> Result<Response> {
        self.0.lock().unwrap().push(format!("response {}", response.status().as_u16()));
        Ok(response)
    }

    fn http_error(&self, _: &dyn Parent, _: &Request, response: Response) -> Result<Answer> {
        let names: Vec<_> = response.headers().iter().map(|(name, _)| name.to_owned()).collect();
        self.0.lock().unwrap().push(format!("error {} {}", response.status().as_u16(), names.join(" ")));
        Ok(Answer::Continue(response))
    }
}

/// Everything that a proxy could try in the server's place.
fn evil(status: u16) -> Reply {
    Reply::status(status, "Evil")
        .header("Set-Cookie", "session=stolen")
        .header("Set-Cookie2", "session=stolen; Version=1")
        .header("Location", "http://127.0.0.1:1/")
        .header("Refresh", "0; url=http://127.0.0.1:1/")
        .header("WWW-Authenticate", "Basic realm=\"server\"")
        .header("Proxy-Authenticate", "Basic realm=\"proxy\"")
        .body("<meta http-equiv=refresh content=0>")
}

#[test]
fn what_a_proxy_says_is_not_taken_for_the_servers() {
    for status in [200, 302, 401, 403, 404, 407] {
        let proxy = Server::start(move |request| match request.method() {
            "CONNECT" if status == 200 => Reply::raw("HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\n\r\n").then_close(),
            "CONNECT" => evil(status),
            other => panic!("{other} {}", request.target()),
        });
        let (jar, witness) = (CookieJar::new(), Arc::new(Witness::default()));
        let redirects = HttpRedirectHandler::new();
        let opener = build_opener((HttpCookieProcessor::new(&jar), Arc::clone(&witness), redirects));
        let request = || Request::get("https://a.test/").proxy(Proxy::new(&proxy.url("")).unwrap()).build().unwrap();
        let error = opener.open(request()).unwrap_err();
        let seen = witness.0.lock().unwrap().join("; ");
        let expected = if status == 407 { "error 407 Proxy-Authenticate Content-Length" } else { "" };
        assert_eq!(seen, expected, "{status}: the challenge alone is shown, and to error hooks alone");
        if let Some(refusal) = error.as_http_error() {
            assert_eq!(refusal.headers().get_str("Location").as_deref(), Some("http://127.0.0.1:1/"), "to look at");
            jar.extract_cookies(&**refusal, &request());
        }
        assert!(jar.is_empty(), "{status}: {jar}");
    }
}

#[test]
fn a_refusal_is_an_error_whatever_the_chain_is() {
    struct Tolerant;
    impl Handler for Tolerant {
        fn kind(&self) -> Option<Kind> {
            Some(Kind::DefaultError)
        }
        fn http_error_default(&self, _: &dyn Parent, _: &Request, response: Response) -> Result<Answer> {
            Ok(Answer::Break(response))
        }
    }
    let proxy = Server::start(|_| evil(407));
    let request = || Request::get("https://a.test/").proxy(Proxy::new(&proxy.url("")).unwrap());
    let mut bare = OpenerDirector::new();
    bare.add_handler(HttpsHandler::new());
    for opener in [bare, build_opener(Tolerant)] {
        let came = told(&opener, request());
        assert!(came.starts_with("407 Evil: "), "{came}");
    }
}

/// Answers the challenge of a proxy, as often as it is let.
struct Credentials {
    value: &'static str,
    tries: usize,
    asked: Mutex<Vec<String>>,
}

impl Credentials {
    fn new(value: &'static str, tries: usize) -> Arc<Self> {
        Arc::new(Self { value, tries, asked: Mutex::default() })
    }
}

impl Handler for Credentials {
    fn hooks(&self) -> &[Hook] {
        &[Hook::HttpError]
    }

    fn http_error(&self, parent: &dyn Parent, request: &Request, response: Response) -> Result<Answer> {
        if response.status() != 407 || self.asked.lock().unwrap().len() >= self.tries {
            return Ok(Answer::Continue(response));
        }
        let challenge = response.headers().get_str("Proxy-Authenticate").unwrap().into_owned();
        let about = request.tunnel_target().unwrap();
        self.asked.lock().unwrap().push(format!("{challenge} for {about}"));
        let mut again = Request::new(request.url().as_str())?;
        again.set_proxy(request.proxy().cloned());
        again.add_unredirected_header("Proxy-Authorization", self.value)?;
        parent.open(again).map(Answer::Break)
    }
}

#[test]
fn a_challenge_is_answered_by_an_error_hook() {
    let server = Server::start_tls("localhost", |request| match request.target() {
        "/" => Reply::redirect(302, "/2").header("Set-Cookie", "from=server"),
        _ => Reply::ok("through"),
    });
    let proxy = Tunnels::asking(
        "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=x\r\nSet-Cookie: from=proxy\r\nContent-Length: 0\r\n\r\n",
    );
    let (jar, witness) = (CookieJar::new(), Arc::new(Witness::default()));
    let credentials = Credentials::new("Basic bWU6c2VjcmV0", 2);
    let settings = TlsSettings::new().ca_file(crate::support::fixture("ca.pem")).unwrap();
    let https = HttpsHandler::with_transport(UreqTransport::new().tls(settings));
    let opener = build_opener((https, HttpCookieProcessor::new(&jar), Arc::clone(&credentials), Arc::clone(&witness)));
    let request = Request::get(server.url("/")).proxy(proxy.proxy(""));
    assert_eq!(told(&opener, request), "an answer: through");
    let asked = format!("Basic realm=x for localhost:{}", server.port());
    assert_eq!(*credentials.asked.lock().unwrap(), [asked.clone(), asked]);
    let seen = witness.0.lock().unwrap().join("; ");
    assert_eq!(seen, "response 302; response 200", "each answer once");
    assert_eq!(jar.iter().map(|cookie| cookie.value().to_vec()).collect::<Vec<_>>(), [b"server"]);
    for request in server.requests() {
        assert!(!request.head.to_lowercase().contains("proxy-auth"), "{}", request.head);
    }
    let told = |head: &String| head.contains("\r\nProxy-Authorization: Basic bWU6c2VjcmV0\r\n");
    assert_eq!(
        proxy.heads().iter().map(told).collect::<Vec<_>>(),
        [false, true, false],
        "the tunnel is kept for who opened it"
    );
}

#[test]
fn a_proxy_that_is_never_content_is_left_to_itself() {
    for (sentence, tries, asked) in [("nobody answers", 0, 1), ("once", 1, 2), ("as often as the handler likes", 3, 4)]
    {
        let proxy = Server::start(|_| evil(407));
        let credentials = Credentials::new("Basic wrong", tries);
        let opener = build_opener(Arc::clone(&credentials));
        let request = Request::get("https://a.test/").proxy(Proxy::new(&proxy.url("")).unwrap());
        let came = told(&opener, request);
        assert!(came.starts_with("407 Evil: "), "{sentence}: {came}");
        assert_eq!((proxy.requests().len(), credentials.asked.lock().unwrap().len()), (asked, tries), "{sentence}");
    }
}

/// Answers `foo:` URLs with what the parent gives for https.
struct Foo(Proxy);

impl Handler for Foo {
    fn schemes(&self) -> &[&str] {
        &["foo"]
    }

    fn open(&self, parent: &dyn Parent, _: &mut Request) -> Result<Option<Response>> {
        parent.open(Request::get("https://a.test/").proxy(self.0.clone()).build()?).map(Some)
    }
}

#[test]
fn a_challenge_is_shown_for_the_request_that_met_it_and_no_other() {
    let proxy = Server::start(|_| evil(407));
    let witness = Arc::new(Witness::default());
    let opener = build_opener((Foo(Proxy::new(&proxy.url("")).unwrap()), Arc::clone(&witness)));
    assert!(told(&opener, Request::get("foo:bar")).starts_with("407"));
    assert_eq!(witness.0.lock().unwrap().len(), 1);
}

#[test]
fn a_host_cannot_write_headers_into_the_connect() {
    let proxy = Server::start(|_| Reply::ok(""));
    let through = Proxy::new(&proxy.url("")).unwrap();
    let opener = build_opener(());
    for url in [
        "https://h\r\nX: y/",
        "https://h\nX: y",
        "https://h%0d%0aX:%20y/",
        "https://h%0d%0a/",
        "https://h y/",
        "https://h\0/",
        "https://h:443\r\n/",
        "https://[::1\r\n]/",
    ] {
        assert_eq!(told(&opener, Request::get(url).proxy(through.clone())), "InvalidUrl", "{url:?}");
    }
    for value in ["a\r\nX: y", "a\nb", "a\0"] {
        let request = Request::get("https://a.test/").proxy(through.clone()).header("Proxy-Authorization", value);
        assert_eq!(told(&opener, request), "InvalidHeader", "{value:?}");
    }
    assert_eq!(proxy.connections(), 0);
}
