//! The opener goes round flat: hooks answer with the next request, and one count bounds all that an
//! `open` leads to.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use clientcookie::clock::FixedClock;
use clientcookie::transport::ScriptedTransport;
use clientcookie::{
    Answer, Challenger, Error, ErrorKind, Handler, HttpBasicAuthHandler, HttpCookieProcessor, HttpDigestAuthHandler,
    HttpEquivProcessor, HttpErrorCause, HttpGzipProcessor, HttpHandler, HttpPasswordMgrWithDefaultRealm,
    HttpProxyPasswordMgr, HttpRedirectHandler, HttpRefererProcessor, HttpRefreshProcessor, HttpRetryProcessor,
    HttpRobotRulesProcessor, OpenerDirector, Parent, ProxyBasicAuthHandler, ProxyDigestAuthHandler, ProxyHandler,
    Purpose, Request, Response, Result, SeekableProcessor, build_opener,
};
use http::StatusCode;

use crate::support::{Reply, Server};

/// A server that asks for these in turns, and never is content.
fn never_content(turns: &'static str) -> Server {
    let seen = AtomicUsize::new(0);
    Server::start(move |_| {
        let number = seen.fetch_add(1, Ordering::SeqCst);
        let digest = |stale: &str| format!("Digest realm=\"r{number}\", nonce=\"n{number}\", qop=\"auth\"{stale}");
        let basic = format!("Basic realm=\"b{number}\"");
        let proxy = |challenge: &str| Reply::status(407, "Who").header("Proxy-Authenticate", challenge);
        let server = |challenge: &str| Reply::status(401, "Who").header("WWW-Authenticate", challenge);
        let reply = match turns.as_bytes()[number % turns.len()] {
            b'd' => proxy(&digest("")),
            b's' => proxy(&digest(", stale=true")),
            b'b' => proxy(&basic),
            b'D' => server(&digest("")),
            b'S' => server(&digest(", stale=true")),
            b'B' => server(&basic),
            b'5' => Reply::status(503, "Busy").header("Retry-After", "0"),
            _ => Reply::redirect(302, &format!("/{number}")),
        };
        reply.header("Set-Cookie", &format!("n={number}"))
    })
}

/// In a thread with 256 KiB of stack, all processors in the chain, and their limits out of the way.
fn open_on_a_small_stack(server: &Server) -> Error {
    let (url, proxy) = (server.url("/"), server.url(""));
    let open = move || {
        let passwords = Arc::new(HttpPasswordMgrWithDefaultRealm::new());
        passwords.add_password(None, &url, "me", "secret").unwrap();
        let for_proxy = Arc::new(HttpProxyPasswordMgr::new());
        for_proxy.add_password(None, proxy.as_str(), "me", "secret").unwrap();
        let opener = build_opener((
            HttpBasicAuthHandler::new(Arc::clone(&passwords)).allow_downgrade(true),
            HttpDigestAuthHandler::new(passwords).allow_downgrade(true),
            ProxyBasicAuthHandler::new(Arc::clone(&for_proxy)).allow_downgrade(true),
            ProxyDigestAuthHandler::new(for_proxy).allow_downgrade(true),
            ProxyHandler::with_proxies([("http", proxy)]),
            HttpRedirectHandler::new().max_redirections(1_000),
            HttpRetryProcessor::new().max_retries(1_000).clock(Arc::new(FixedClock::new(0))),
            HttpEquivProcessor::new(),
            HttpRefreshProcessor::new(),
            HttpRefererProcessor::new(),
            HttpGzipProcessor::new(),
            SeekableProcessor::new(),
        ));
        opener.open(url.as_str()).unwrap_err()
    };
    thread::Builder::new().stack_size(256 * 1024).spawn(open).unwrap().join().unwrap()
}

#[test]
fn the_worst_server_makes_no_stack_grow() {
    for (sentence, turns, requests, says) in [
        ("redirects", "R", OpenerDirector::MAX_EXCHANGES, "more than 60 exchanges"),
        ("repetitions", "5", OpenerDirector::MAX_EXCHANGES, "more than 60 exchanges"),
        ("both", "5R", OpenerDirector::MAX_EXCHANGES, "more than 60 exchanges"),
        ("and challenges of server and proxy", "dD5R", OpenerDirector::MAX_EXCHANGES, "more than 60 exchanges"),
        ("a challenge without end", "D", 2, "401"),
        ("stale without end", "S", 3, "401"),
        ("20 answers in all, whatever lies between", "DSBR", 27, "401"),
        ("of the proxy too", "dsb5", 27, "407"),
    ] {
        let server = never_content(turns);
        let error = open_on_a_small_stack(&server).to_string();
        assert!(error.contains(says), "{sentence}: {error}");
        assert_eq!(server.requests().len(), requests, "{sentence}");
    }
}

#[test]
fn the_error_of_one_exchange_too_many_holds_the_last_response() {
    let moved = "HTTP/1.1 302 Found\r\nLocation: /next\r\nContent-Length: 5\r\n\r\nmoved";
    for (limit, requests) in [(1, 1), (2, 2), (3, 3)] {
        let transport = ScriptedTransport::new().reply(moved).reply(moved).reply(moved).reply(moved);
        let opener = build_opener(HttpHandler::with_transport(transport.clone())).max_exchanges(limit);
        let mut error = opener.open("http://h/").unwrap_err().into_http_error().unwrap();
        assert_eq!(*error.cause(), HttpErrorCause::TooManyExchanges { limit });
        assert_eq!((error.status().as_u16(), error.text().unwrap().as_str()), (302, "moved"));
        assert_eq!((transport.requests().len(), error.redirections().len()), (requests, limit - 1));
    }
    let opener = build_opener(HttpHandler::with_transport(ScriptedTransport::new())).max_exchanges(0);
    let error = opener.open("http://h/").unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::TooManyExchanges { limit: 0 }), "{error}");
}

/// Where no connection is to be had there is no response, and the error is the last one.
#[test]
fn one_exchange_too_many_after_an_error_is_that_error() {
    let retry = HttpRetryProcessor::new().max_retries(9).clock(Arc::new(FixedClock::new(0)));
    let nobody = ScriptedTransport::new();
    let opener = build_opener((Lost, retry, HttpHandler::with_transport(nobody))).max_exchanges(3);
    let error = opener.open("http://h/").unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Disconnected), "{error}");
    assert_eq!(error.url(), Some("http://h/"));
}

/// Fails as a server does that goes away.
struct Lost;

impl Handler for Lost {
    fn default_open(&self, _: &dyn Parent, _: &mut Request) -> Result<Option<Response>> {
        Err(ErrorKind::Disconnected.into())
    }
}

/// Opens another URL within each open, through its parent.
struct Nests(AtomicUsize);

impl Handler for Nests {
    fn default_open(&self, parent: &dyn Parent, request: &mut Request) -> Result<Option<Response>> {
        let number = self.0.fetch_add(1, Ordering::SeqCst);
        parent.open(request.errand(request.url().join(&format!("/{number}")).unwrap())).map(Some)
    }
}

#[test]
fn opens_within_one_another_end_at_their_depth() {
    let open = || {
        let nests = Arc::new(Nests(AtomicUsize::new(0)));
        let error = build_opener(Arc::clone(&nests)).open("http://h/").unwrap_err();
        (error, nests.0.load(Ordering::SeqCst))
    };
    let (error, opens) = thread::Builder::new().stack_size(256 * 1024).spawn(open).unwrap().join().unwrap();
    assert!(matches!(error.kind(), ErrorKind::NestedTooDeep { limit: OpenerDirector::MAX_DEPTH }), "{error}");
    assert_eq!(opens, OpenerDirector::MAX_DEPTH + 1);
}

#[test]
fn what_handlers_open_counts_too() {
    /// Opens many pages beside the one that was asked for.
    struct Greedy;
    impl Handler for Greedy {
        fn http_response(&self, parent: &dyn Parent, request: &Request, response: Response) -> Result<Response> {
            if request.purpose() == Purpose::User {
                for _ in 0..100 {
                    parent.open(request.errand(request.url().clone()))?;
                }
            }
            Ok(response)
        }
    }
    let server = Server::start(|_| Reply::ok("x"));
    let error = build_opener(Greedy).open(server.url("/")).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::TooManyExchanges { limit: OpenerDirector::MAX_EXCHANGES }), "{error}");
    assert_eq!(server.requests().len(), OpenerDirector::MAX_EXCHANGES);
}

/// What each hook may say to be followed by another request.
#[test]
fn every_hook_that_answers_may_name_the_next_request() {
    /// Goes on to `/end`, from one hook.
    struct Goes(&'static str);
    impl Goes {
        fn next(&self, hook: &str, request: &Request) -> Option<Request> {
            let is_it = hook == self.0 && request.url().path() == "/";
            is_it.then(|| request.redirected_to(request.url().join("/end").unwrap(), StatusCode::FOUND).unwrap())
        }
        fn respond(&self, hook: &str, request: &Request, response: Response) -> Response {
            match self.next(hook, request) {
                Some(next) => response.then(next),
                None => response,
            }
        }
        fn answer<G>(&self, hook: &str, request: &Request, given: G) -> Answer<G> {
            match self.next(hook, request) {
                Some(next) => Answer::Next(next, given),
                None => Answer::Continue(given),
            }
        }
        fn open_with(&self, hook: &str, request: &Request) -> Option<Response> {
            let step = || Response::new(request.url().clone(), StatusCode::ACCEPTED, "").unwrap();
            self.next(hook, request).map(|next| step().then(next))
        }
    }
    impl Handler for Goes {
        fn order(&self) -> i32 {
            400
        }
        fn schemes(&self) -> &[&str] {
            &["http"]
        }
        fn default_open(&self, _: &dyn Parent, request: &mut Request) -> Result<Option<Response>> {
            Ok(self.open_with("default_open", request))
        }
        fn open(&self, _: &dyn Parent, request: &mut Request) -> Result<Option<Response>> {
            Ok(self.open_with("open", request))
        }
        fn open_error(&self, _: &dyn Parent, request: &Request, error: Error) -> Result<Answer<Error>> {
            Ok(self.answer("open_error", request, error))
        }
        fn any_response(&self, _: &dyn Parent, request: &Request, response: Response) -> Result<Response> {
            Ok(self.respond("any_response", request, response))
        }
        fn http_response(&self, _: &dyn Parent, request: &Request, response: Response) -> Result<Response> {
            Ok(self.respond("http_response", request, response))
        }
        fn http_error(&self, _: &dyn Parent, request: &Request, response: Response) -> Result<Answer> {
            Ok(self.answer("http_error", request, response))
        }
        fn http_error_default(&self, _: &dyn Parent, request: &Request, response: Response) -> Result<Answer> {
            Ok(self.answer("http_error_default", request, response))
        }
    }
    let (ok, gone) = ("HTTP/1.1 200 OK\r\n\r\nfine", "HTTP/1.1 410 Gone\r\n\r\n");
    for (hook, replies) in [
        ("default_open", vec![ok]),
        ("open", vec![ok]),
        ("open_error", vec!["not HTTP", ok]),
        ("any_response", vec![ok, ok]),
        ("http_response", vec![ok, ok]),
        ("http_error", vec![gone, ok]),
        ("http_error_default", vec![gone, ok]),
    ] {
        let count = replies.len();
        let transport = replies.iter().fold(ScriptedTransport::new(), |script, reply| script.reply(reply));
        let opener = build_opener((Goes(hook), HttpHandler::with_transport(transport.clone())));
        let mut response = opener.open("http://h/").unwrap();
        assert_eq!((response.text().unwrap().as_str(), response.url().path()), ("fine", "/end"), "{hook}");
        assert_eq!((response.redirections().len(), response.next_request().is_none()), (1, true), "{hook}");
        assert_eq!(transport.requests().len(), count, "{hook}");
    }
}

/// A 407 and then a 401, or the other way round: the second answer keeps what was said to the
/// first.
#[test]
fn the_credentials_of_proxy_and_server_go_together() {
    for first in [Challenger::Proxy, Challenger::Server] {
        let server = Server::start(move |request| {
            let second = if first == Challenger::Proxy { Challenger::Server } else { Challenger::Proxy };
            for challenger in [first, second] {
                if request.header(challenger.credentials()).is_none() {
                    let status = challenger.status().as_u16();
                    return Reply::status(status, "Who").header(challenger.challenge(), "Basic realm=\"r\"");
                }
            }
            Reply::ok("both")
        });
        let passwords = HttpPasswordMgrWithDefaultRealm::new();
        passwords.add_password(None, &server.url("/"), "me", "secret").unwrap();
        let for_proxy = HttpProxyPasswordMgr::new();
        for_proxy.add_password(None, server.url("").as_str(), "me", "secret").unwrap();
        let opener = build_opener((
            HttpBasicAuthHandler::new(passwords),
            ProxyBasicAuthHandler::new(for_proxy),
            ProxyHandler::with_proxies([("http", server.url(""))]),
        ));
        assert_eq!(opener.open(server.url("/")).unwrap().text().unwrap(), "both", "{first:?} first");
        assert_eq!(server.requests().len(), 3, "{first:?} first");
    }
}

/// What a handler adds is added anew, and does not stand twice.
#[test]
fn a_request_again_has_todays_cookies_and_no_others() {
    struct Once;
    impl Handler for Once {
        fn http_response(&self, _: &dyn Parent, request: &Request, response: Response) -> Result<Response> {
            match request.again() {
                Some(again) if request.attempts() == 0 => Ok(response.then(again)),
                _ => Ok(response),
            }
        }
    }
    let server = Server::start(|_| Reply::ok("").header("Set-Cookie", "a=2"));
    let jar = clientcookie::CookieJar::new();
    let first = Request::new(&server.url("/")).unwrap();
    let opener = build_opener((HttpCookieProcessor::new(&jar), Once));
    opener.open(first).unwrap();
    let cookies: Vec<_> = server.requests().iter().map(|request| request.header("Cookie")).collect();
    assert_eq!(cookies, [None, Some("a=2".to_owned())]);
    opener.open(server.url("/")).unwrap();
    assert_eq!(server.requests()[3].header_count("Cookie"), 1);
}

/// What each relation carries along; the table in the docs of `Request` in numbers.
#[test]
fn the_next_request_inherits_what_the_table_says() {
    #[derive(Clone, PartialEq, Debug)]
    struct Mark(u8);
    let mut request = Request::new("http://me:secret@h/path").unwrap();
    request.add_header("X-Mine", "1").unwrap();
    request.add_header("User-Agent", "me/1").unwrap();
    request.add_header("Content-Type", "text/plain").unwrap();
    request.add_unredirected_header("X-Once", "2").unwrap();
    request.set_data("data");
    request.set_timeouts(std::time::Duration::from_secs(7));
    request.set_origin_req_host("origin");
    request.set_proxy(None);
    request.extensions_mut().insert(Mark(1));
    let answered = request.with_credentials(Challenger::Server, "Basic YTpi".parse().unwrap()).unwrap();

    let again = answered.again().unwrap();
    let to = |url: &str, status| answered.redirected_to(url.parse().unwrap(), status).unwrap();
    let near = to("http://h/there", StatusCode::FOUND);
    let far = to("http://you:pw@other/there", StatusCode::FOUND);
    let same = to("http://h/there", StatusCode::TEMPORARY_REDIRECT);
    let errand = answered.errand("http://u:p@h/robots.txt".parse().unwrap());

    // What is asked, and the answers for: again, near, far, same, errand.
    type Question = fn(&Request) -> String;
    let rows: [(&str, Question, [&str; 5]); 14] = [
        (
            "URL",
            |r| r.url().to_string(),
            ["http://h/path", "http://h/there", "http://other/there", "http://h/there", "http://h/robots.txt"],
        ),
        ("userinfo", |r| r.userinfo().map_or("", |info| info.user()).to_owned(), ["me", "me", "", "me", ""]),
        ("method", |r| r.method().to_string(), ["POST", "GET", "GET", "POST", "GET"]),
        ("data", |r| r.data().is_some().to_string(), ["true", "false", "false", "true", "false"]),
        ("own header", |r| r.has_header("X-Mine").to_string(), ["true", "true", "true", "true", "false"]),
        ("agent", |r| r.has_header("User-Agent").to_string(), ["true"; 5]),
        ("of data", |r| r.has_header("Content-Type").to_string(), ["true", "false", "false", "true", "false"]),
        ("proxy", |r| r.has_own_proxy().to_string(), ["true"; 5]),
        ("limits", |r| r.timeouts().is_some().to_string(), ["true"; 5]),
        ("origin", |r| r.origin_req_host().to_owned(), ["origin"; 5]),
        ("unverifiable", |r| r.is_unverifiable().to_string(), ["false", "true", "true", "true", "true"]),
        ("redirections", |r| r.redirections().len().to_string(), ["0", "1", "1", "1", "0"]),
        ("attempts", |r| r.attempts().to_string(), ["1", "0", "0", "0", "0"]),
        ("mark", |r| r.extensions().get::<Mark>().is_some().to_string(), ["true", "true", "true", "true", "false"]),
    ];
    for (name, question, expected) in rows {
        let found = [&again, &near, &far, &same, &errand].map(question);
        assert_eq!(found, expected, "{name}");
    }
    assert_eq!(answered.challenges_answered(Challenger::Server), 1);
    // Marked as a secret, whoever made the value: so no log shows it.
    assert!(answered.unredirected_headers().get("Authorization").unwrap().is_sensitive());
    for next in [&again, &near, &far, &same, &errand] {
        assert_eq!(next.challenges_answered(Challenger::Server), 0);
        assert_eq!(next.purpose() == Purpose::Errand, std::ptr::eq(next, &errand));
    }
    let mut reader = Request::new("http://h/").unwrap();
    reader.set_data(clientcookie::Data::reader(std::io::empty()));
    assert!(reader.again().is_none());
    assert!(reader.with_credentials(Challenger::Server, "Basic YTpi".parse().unwrap()).is_none());
    assert!(reader.redirected_to("http://h/x".parse().unwrap(), StatusCode::PERMANENT_REDIRECT).is_none());
    assert!(reader.redirected_to("http://h/x".parse().unwrap(), StatusCode::SEE_OTHER).is_some());
}

fn cookie_of_old() -> clientcookie::Headers {
    let mut headers = clientcookie::Headers::new();
    headers.append("Set-Cookie", "old=1").unwrap();
    headers
}

#[test]
fn a_url_that_a_hook_rewrites_gets_what_is_its_own() {
    /// Sends what is asked of `old` to `new`, late in the chain.
    struct Moves(i32);
    impl Handler for Moves {
        fn order(&self) -> i32 {
            self.0
        }
        fn http_request(&self, _: &dyn Parent, request: &mut Request) -> Result<()> {
            let mut url = request.url().clone();
            url.set_host(Some("new")).unwrap();
            request.set_url(url)
        }
    }
    for order in [100, 900] {
        let set = "HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\n\r\n";
        let transport = ScriptedTransport::new().reply(set).reply(set);
        let jar = clientcookie::CookieJar::new();
        let cookies = HttpCookieProcessor::new(&jar);
        let old =
            Response::new("http://old/".parse().unwrap(), StatusCode::OK, "").unwrap().with_headers(cookie_of_old());
        jar.extract_cookies(&old, &Request::new("http://old/").unwrap());
        let opener = build_opener((Moves(order), cookies, HttpHandler::with_transport(transport.clone())));
        let request = Request::get("http://old/").unredirected_header("X-Mine", "1");
        opener.open(request).unwrap();
        let sent = &transport.requests()[0];
        assert_eq!(sent.headers.get_str("Host").as_deref(), Some("new"), "{order}");
        assert_eq!(sent.headers.get_str("X-Mine").as_deref(), Some("1"), "{order}");
        assert!(!sent.headers.contains("Cookie"), "{order}: the cookies of the old host stay");
    }
}

/// An errand's hops, and what is opened within it, are errands: they ask for no robots.txt of their
/// own.
#[test]
fn what_an_errand_leads_to_is_an_errand() {
    let server = Server::start(|request| match request.target() {
        "/robots.txt" => Reply::redirect(302, "/rules").header("Set-Cookie", "spy=1"),
        "/rules" => Reply::ok("User-agent: *\nDisallow: /private\n").header("Set-Cookie", "spy=2"),
        _ => Reply::ok("page"),
    });
    let jar = clientcookie::CookieJar::new();
    let opener = build_opener((HttpRobotRulesProcessor::new(), HttpCookieProcessor::new(&jar)));
    assert_eq!(opener.open(server.url("/page")).unwrap().text().unwrap(), "page");
    assert!(opener.open(server.url("/private")).is_err());
    assert_eq!((server.requests().len(), jar.len()), (3, 0));
}
