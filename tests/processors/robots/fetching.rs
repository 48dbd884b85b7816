//! How robots.txt is fetched, for whom, how long it holds, and what comes of it when it cannot be
//! had.

use std::io::Write;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use clientcookie::clock::FixedClock;
use clientcookie::transport::{Proxy, Resolver, ScriptedTransport, UreqTransport};
use clientcookie::{
    CookieJar, Error, Handler, HttpBasicAuthHandler, HttpCookieProcessor, HttpErrorCause, HttpGzipProcessor,
    HttpHandler, HttpPasswordMgrWithDefaultRealm, HttpRedirectHandler, HttpRefererProcessor, HttpRefreshProcessor,
    HttpRobotRulesProcessor, HttpsHandler, OpenerDirector, Parent, Request, RequestRate, Response, Result, RobotRules,
    build_opener,
};

use super::at;
use crate::support::{Recorded, Reply, Server};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
const CLOSED: &str = "User-agent: *\nDisallow: /\n";
const DAY: i64 = 24 * 60 * 60;

/// An opener whose http and https are both answered by this script.
fn scripted(robots: &Arc<HttpRobotRulesProcessor>, script: &ScriptedTransport) -> OpenerDirector {
    let http = HttpHandler::with_transport(script.clone());
    build_opener((Arc::clone(robots), http, HttpsHandler::with_transport(script.clone())))
}

fn ok(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

fn script(replies: &[&str]) -> ScriptedTransport {
    replies.iter().fold(ScriptedTransport::new(), |script, reply| script.reply(reply))
}

fn visited(script: &ScriptedTransport) -> Vec<String> {
    script.requests().iter().map(|request| request.url.to_string()).collect()
}

fn targets(server: &Server) -> Vec<String> {
    server.requests().iter().map(|request| request.target().to_owned()).collect()
}

/// Whether it was refused by robots.txt; any other error is the test's.
fn is_refused(answer: Result<Response>) -> bool {
    match answer {
        Ok(_) => false,
        Err(error) => match error.as_http_error().map(|error| error.cause()) {
            Some(HttpErrorCause::RobotExclusion { .. }) => true,
            _ => panic!("{error}"),
        },
    }
}

/// Every name lives on this machine, at this port.
struct Everywhere(u16);

impl Resolver for Everywhere {
    fn resolve(&self, _: &str, _: u16) -> std::io::Result<Vec<std::net::SocketAddr>> {
        Ok(vec![([127, 0, 0, 1], self.0).into()])
    }
}

/// An opener for which all hosts are this server.
fn everywhere(robots: HttpRobotRulesProcessor, server: &Server) -> OpenerDirector {
    let transport = UreqTransport::new().resolver(Everywhere(server.port()));
    build_opener((robots, HttpHandler::with_transport(transport)))
}

/// The URL that a server was asked for.
fn url_of(request: &Recorded) -> String {
    format!("http://{}{}", request.header("Host").unwrap_or_default(), request.target())
}

#[test]
fn it_is_fetched_once_and_asked_for_every_request() {
    let server = Server::start(|request| match request.target() {
        "/robots.txt" => Reply::ok("User-agent: *\nDisallow: /private\n"),
        "/moved" => Reply::redirect(302, "/private/moved"),
        path => Reply::ok(path),
    });
    let opener = build_opener(HttpRobotRulesProcessor::new());
    for (path, refused) in
        [("/", false), ("/private", true), ("/a", false), ("/moved", true), ("/robots.txt", false), ("/a", false)]
    {
        let answer = opener.open(server.url(path)).map(|mut response| {
            response.text().unwrap();
            response
        });
        assert_eq!(is_refused(answer), refused, "{path}");
    }
    assert_eq!(targets(&server), ["/robots.txt", "/", "/a", "/moved", "/robots.txt", "/a"]);
    assert_eq!(server.connections(), 1, "the connection is kept");
}

#[test]
fn a_refusal_is_an_answer_of_its_own() {
    let script =
        script(&[&ok("User-agent: me\nDisallow: /*secret\n"), "HTTP/1.1 302 Moved\r\nLocation: /my-secret\r\n\r\n"]);
    let mut opener = scripted(&Arc::default(), &script);
    opener.addheaders.insert("User-Agent", "Mozilla/5.0 (compatible; me/1.0)").unwrap();
    let error = opener.open("http://example.com/start").unwrap_err();
    assert_eq!(
        error.to_string(),
        "http://example.com/my-secret: HTTP error 403: request disallowed by robots.txt \
         (line 2 of http://example.com/robots.txt, asked for \"me\": Disallow: /*secret)"
    );
    let error = error.into_http_error().unwrap();
    let cause = HttpErrorCause::RobotExclusion {
        robots: "http://example.com/robots.txt".to_owned(),
        agent: "me".to_owned(),
        line: Some(2),
        reason: "Disallow: /*secret".to_owned(),
    };
    assert_eq!(*error.cause(), cause);
    let mut response = error.into_response();
    assert_eq!((response.status().as_u16(), response.redirections().len()), (403, 1));
    assert_eq!(response.text().unwrap(), "request disallowed by robots.txt");
    assert_eq!(visited(&script).len(), 2, "nothing was sent");
}

#[test]
fn a_refusal_goes_past_the_error_handlers() {
    /// Takes every error for an answer.
    struct Tolerant;
    impl Handler for Tolerant {
        fn http_error(&self, _: &dyn Parent, _: &Request, response: Response) -> Result<clientcookie::Answer> {
            Ok(clientcookie::Answer::Break(response))
        }
    }
    let http = HttpHandler::with_transport(script(&[&ok(CLOSED)]));
    let opener = build_opener((HttpRobotRulesProcessor::new(), Tolerant, http));
    assert!(is_refused(opener.open("http://example.com/")));
}

#[test]
fn robots_txt_itself_is_always_allowed() {
    let script = script(&[&ok(CLOSED), OK, &ok(CLOSED)]);
    let opener = scripted(&Arc::default(), &script);
    assert_eq!(opener.open("http://example.com/robots.txt").unwrap().text().unwrap(), CLOSED);
    assert!(!is_refused(opener.open("http://example.com/robots.txt?x")));
    assert_eq!(visited(&script).len(), 2, "it is not fetched to be asked");
    assert!(is_refused(opener.open("http://example.com/Robots.txt")));
}

#[test]
fn each_scheme_host_and_port_has_its_own() {
    let origins = ["http://a.test", "https://a.test", "http://a.test:8080", "http://b.test", "http://www.a.test"];
    let script = origins.iter().fold(ScriptedTransport::new(), |script, origin| {
        script.reply(ok(&format!("User-agent: *\nAllow: /$\nDisallow: /\nSitemap: {origin}\n"))).reply(OK)
    });
    let robots = Arc::new(HttpRobotRulesProcessor::new());
    let opener = scripted(&robots, &script);
    for origin in origins {
        opener.open(format!("{origin}/")).unwrap();
    }
    assert!(is_refused(opener.open("http://A.test:80/x")), "the scheme's port is the same");
    let expected: Vec<_> =
        origins.iter().flat_map(|origin| [format!("{origin}/robots.txt"), format!("{origin}/")]).collect();
    assert_eq!(visited(&script), expected);
    for origin in origins {
        assert_eq!(robots.sitemaps(&format!("{origin}/any").parse().unwrap()), [origin]);
    }
    assert!(robots.rules(&"https://b.test/".parse().unwrap()).is_none(), "never asked for");
}

#[test]
fn it_holds_for_a_day_and_a_failure_for_a_minute() {
    let clock = Arc::new(FixedClock::new(1_000_000_000));
    let unavailable = "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n";
    let (closed, open) = (ok(CLOSED), ok(""));
    let script = script(&[&closed, &open, OK, OK, unavailable, unavailable, &closed]);
    let robots = Arc::new(HttpRobotRulesProcessor::new().clock(clock.clone()));
    let opener = scripted(&robots, &script);
    for (wait, refused, requests, sentence) in [
        (0, true, 1, "fetched"),
        (DAY - 1, true, 1, "it holds for a day"),
        (1, false, 3, "and is fetched anew"),
        (DAY - 1, false, 4, "it still holds"),
        (1, true, 5, "it is out of reach"),
        (59, true, 5, "which is believed for a minute"),
        (1, true, 6, "and tried again"),
        (60, true, 7, "and again"),
        (DAY - 1, true, 7, "now it is there, and holds for a day"),
        (-2 * DAY, true, 8, "the clock was set back: the script ends, and so there is no answer"),
    ] {
        clock.advance(wait);
        assert_eq!(is_refused(opener.open("http://example.com/x")), refused, "{sentence}");
        assert_eq!(visited(&script).len(), requests, "{sentence}");
    }
    let closed_for_a_second = HttpRobotRulesProcessor::new().clock(clock.clone()).max_age(Duration::from_secs(1));
    let script = self::script(&[&closed, &closed]);
    let opener = scripted(&Arc::new(closed_for_a_second), &script);
    for (wait, requests) in [(0, 1), (0, 1), (1, 2)] {
        clock.advance(wait);
        assert!(is_refused(opener.open("http://example.com/x")));
        assert_eq!(visited(&script).len(), requests);
    }
}

#[test]
fn a_status_opens_or_closes_everything() {
    // Allowed by RFC 9309, and by the original.
    for (status, allowed, classic) in [
        (200, true, true),
        (204, true, true),
        (300, true, true),
        (302, true, true),
        (304, true, true),
        (400, true, true),
        (401, true, false),
        (403, true, false),
        (404, true, true),
        (410, true, true),
        (429, true, true),
        (500, false, true),
        (503, false, true),
        (599, false, true),
    ] {
        for (robots, expected) in
            [(HttpRobotRulesProcessor::new(), allowed), (HttpRobotRulesProcessor::classic(), classic)]
        {
            // The body of an error is no robots.txt.
            let body = if status < 300 { "" } else { CLOSED };
            let reply = format!("HTTP/1.1 {status} Status\r\nContent-Length: {}\r\n\r\n{body}", body.len());
            let body = if matches!(status, 204 | 304) { format!("HTTP/1.1 {status} Status\r\n\r\n") } else { reply };
            let opener = scripted(&Arc::new(robots), &script(&[&body, OK]));
            let answer = opener.open("http://example.com/x");
            let said = answer.as_ref().err().map(Error::to_string).unwrap_or_default();
            assert_eq!(!is_refused(answer), expected, "{status}: {said}");
            assert!(expected || said.contains(&format!("{status}")), "{status}: {said}");
        }
    }
}

#[test]
fn without_an_error_processor_a_status_is_one_all_the_same() {
    for (status, refused) in [(302, false), (404, false), (500, true)] {
        let reply = format!("HTTP/1.1 {status} Status\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n");
        let mut opener = OpenerDirector::new();
        opener.add_handler(HttpHandler::with_transport(script(&[&reply, OK])));
        opener.add_handler(HttpRobotRulesProcessor::new());
        assert_eq!(is_refused(opener.open("http://example.com/")), refused, "{status}");
    }
}

#[test]
fn what_is_out_of_reach_allows_nothing() {
    let server = Server::start(|request| match request.header("Host").unwrap().split('.').next().unwrap() {
        "silent" => Reply::raw("").then_stall(),
        "slow" => Reply::raw("HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\nUser-agent: *\n").then_stall(),
        "cut" => Reply::raw("HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\nUser-agent: *\n").then_close(),
        "gone" => Reply::raw("").then_close(),
        "nonsense" => Reply::raw("no HTTP at all\r\n\r\n").then_close(),
        _ => Reply::redirect(302, "http://gone.test/elsewhere"),
    });
    let opener = everywhere(HttpRobotRulesProcessor::new(), &server);
    for (host, reason) in [
        ("silent", "timed out while waiting for the head"),
        ("slow", "timed out while reading the body"),
        ("cut", "the body was cut short"),
        ("gone", "closed the connection without an answer"),
        ("nonsense", "cannot be trusted"),
        ("moved", "closed the connection without an answer"),
    ] {
        let request = Request::get(format!("http://{host}.test/page")).timeout(Duration::from_millis(200));
        let error = opener.open(request).unwrap_err().to_string();
        let start = format!(
            "http://{host}.test/page: HTTP error 403: request disallowed by robots.txt (http://{host}.test/robots.txt: \
             it could not be had, so nothing is fetched for now: "
        );
        assert!(error.starts_with(&start) && error.contains(reason), "{error}");
    }
    assert!(server.requests().iter().all(|request| request.target() != "/page"));
}

#[test]
fn five_redirects_are_followed_to_any_host() {
    let server = Server::start(|request| {
        let url = url_of(request);
        let (host, path) = url["http://".len()..].split_once('/').unwrap();
        match (host, path.split_once('/')) {
            // far5.test/robots.txt -> far5.test/hop/1 -> ... -> other.test/hop/5 -> the file
            ("loop.test", _) if path == "robots.txt" => Reply::redirect(302, "/robots.txt"),
            ("file.test", _) if path == "robots.txt" => Reply::redirect(302, "file:///etc/robots.txt"),
            ("nowhere.test", _) if path == "robots.txt" => Reply::status(302, "Nowhere"),
            ("other.test", None) if path == "robots.txt" => Reply::ok(CLOSED),
            (_, None) if path == "robots.txt" => Reply::redirect(301, &format!("/{}/1", &host[..4])),
            ("other.test", Some(_)) => Reply::ok("User-agent: *\nDisallow: /private\n"),
            (_, Some(("far5", "4"))) => Reply::redirect(302, "http://other.test/hop/5"),
            (_, Some(("far6", "5"))) => Reply::redirect(302, "http://other.test/hop/6"),
            (_, Some((name, hop))) if name.starts_with("far") => {
                Reply::redirect(307, &format!("/{name}/{}", hop.parse::<u32>().unwrap() + 1))
            }
            _ => Reply::ok("page"),
        }
    });
    let opener = everywhere(HttpRobotRulesProcessor::new(), &server);
    for (host, refused, fetches, sentence) in [
        ("far5", true, 6, "five are followed, and what is found there are the rules here"),
        ("far6", false, 6, "of six, the sixth is not, and there is no robots.txt"),
        ("loop", false, 5, "the redirect handler has its own limit for a loop"),
        ("file", false, 1, "no file is read"),
        ("nowhere", false, 1, "a redirect to nowhere"),
    ] {
        let before = server.requests().len();
        let answer = opener.open(format!("http://{host}.test/private"));
        assert_eq!(is_refused(answer), refused, "{sentence}");
        let asked: Vec<_> = server.requests()[before..].iter().map(url_of).collect();
        assert_eq!(asked.len() - usize::from(!refused), fetches, "{sentence}: {asked:?}");
        assert!(!asked.contains(&"http://other.test/robots.txt".to_owned()), "a hop is not asked for");
    }
    assert!(is_refused(opener.open("http://other.test/x")), "the other host has rules of its own");
}

#[test]
fn a_user_who_follows_a_redirect_of_robots_txt_is_asked_for() {
    let script = script(&["HTTP/1.1 302 Moved\r\nLocation: /private\r\n\r\n", &ok(CLOSED)]);
    let opener = scripted(&Arc::default(), &script);
    assert!(is_refused(opener.open("http://example.com/robots.txt")));
}

#[test]
fn the_errand_has_a_name_and_nothing_else_of_the_request() {
    let redirect = "HTTP/1.1 302 Moved\r\nLocation: /elsewhere.txt\r\nSet-Cookie: robot=2\r\n\r\n";
    for with_own_redirects in [false, true] {
        let script = script(&[OK, OK, redirect, "HTTP/1.1 200 OK\r\nSet-Cookie: robot=1\r\n\r\n", OK]);
        let jar = CookieJar::new();
        jar.set_cookie(clientcookie::Cookie::new("sid", "31d4", "example.com"));
        let redirects = HttpRedirectHandler::new();
        let opener = build_opener((
            HttpRobotRulesProcessor::new(),
            HttpCookieProcessor::new(&jar),
            HttpRefererProcessor::new(),
            HttpHandler::with_transport(script.clone()),
            match with_own_redirects {
                false => redirects,
                // A user's own, that makes a new request.
                true => redirects.redirect_request(|redirect| Ok(Request::new(redirect.url().as_str()).unwrap())),
            },
        ));
        opener.open("http://before.test/page").unwrap();
        let request = Request::get("http://me:secret@example.com/x")
            .header("User-Agent", "MyProgram/0.1")
            .header("Authorization", "Basic secret")
            .header("X-Other", "1");
        opener.open(request).unwrap();
        let requests = script.requests();
        assert_eq!(visited(&script)[2..4], ["http://example.com/robots.txt", "http://example.com/elsewhere.txt"]);
        for (errand, request) in requests.iter().enumerate().skip(2).take(2) {
            let names: Vec<_> = request.headers.iter().map(|(name, _)| name).collect();
            assert_eq!(names, ["Host", "User-Agent"], "errand {errand}");
        }
        assert_eq!(requests[2].headers.get_str("User-Agent").as_deref(), Some("MyProgram/0.1"));
        let page = &requests[4].headers;
        assert_eq!(page.get_str("Cookie").as_deref(), Some("sid=31d4"));
        assert_eq!(page.get_str("Referer").as_deref(), Some("http://before.test/"), "the last page is still it");
        assert_eq!(jar.len(), 1, "the errand left no cookie");
    }
}

#[test]
fn passwords_are_for_a_robots_txt_that_lies_where_they_belong() {
    for (place, host, said) in [
        ("http://a.test/", "a.test", true),
        ("http://a.test/members/", "a.test", false),
        ("http://a.test/", "b.test", false),
    ] {
        let passwords = HttpPasswordMgrWithDefaultRealm::new();
        passwords.add_password(None, place, "me", "secret").unwrap();
        let asks = "HTTP/1.1 401 Who\r\nWWW-Authenticate: Basic realm=\"r\"\r\nContent-Length: 0\r\n\r\n";
        let script = script(&[asks, OK, OK]);
        let http = HttpHandler::with_transport(script.clone());
        let robots = HttpRobotRulesProcessor::new();
        let opener = build_opener((robots, HttpBasicAuthHandler::new(passwords), http));
        opener.open(format!("http://{host}/page")).unwrap();
        let sent = script.requests();
        let with_password: Vec<_> = sent
            .iter()
            .filter(|request| request.headers.contains("Authorization"))
            .map(|request| request.url.path())
            .collect();
        assert_eq!(with_password, if said { vec!["/robots.txt"] } else { vec![] }, "{place} {host}");
    }
}

#[test]
fn the_errand_goes_the_way_of_the_request() {
    let proxy = Server::start(|_| Reply::ok(""));
    let request = Request::get("http://example.com/x").proxy(Proxy::new(&proxy.url("")).unwrap());
    build_opener(HttpRobotRulesProcessor::new()).open(request).unwrap();
    assert_eq!(targets(&proxy), ["http://example.com/robots.txt", "http://example.com/x"]);
}

#[test]
fn what_a_handler_opens_on_the_way_is_part_of_the_errand() {
    /// Opens another page whenever there is an answer, as someone who follows `Refresh` might.
    struct Restless;
    impl Handler for Restless {
        fn http_response(&self, parent: &dyn Parent, request: &Request, response: Response) -> Result<Response> {
            match request.url().path() {
                "/robots.txt" => parent.open(Request::new("http://example.com/refreshed")?),
                "/refreshed" => parent.open(Request::new("http://other.test/page")?),
                _ => Ok(response),
            }
        }
    }
    let script = script(&[OK, OK, &ok("User-agent: *\nDisallow: /x\n")]);
    let opener = build_opener((HttpRobotRulesProcessor::new(), Restless, HttpHandler::with_transport(script.clone())));
    assert!(is_refused(opener.open("http://example.com/x")));
    let expected = ["http://example.com/robots.txt", "http://example.com/refreshed", "http://other.test/page"];
    assert_eq!(visited(&script), expected);
}

#[test]
fn a_robots_txt_does_not_refresh() {
    let file = format!("HTTP/1.1 200 OK\r\nRefresh: 0; url=/other.txt\r\n\r\n{CLOSED}");
    let script = script(&[&file, OK, OK]);
    let http = HttpHandler::with_transport(script.clone());
    let opener = build_opener((HttpRobotRulesProcessor::new(), HttpRefreshProcessor::new(), http));
    assert!(is_refused(opener.open("http://example.com/x")));
    assert_eq!(visited(&script), ["http://example.com/robots.txt"]);
}

#[test]
fn a_robots_txt_without_end_is_read_to_the_limit() {
    let rules = "User-agent: *\nDisallow: /private\n";
    let endless =
        Reply::endless(format!("HTTP/1.1 200 OK\r\n\r\n{rules}"), "# and so on and on and on\n".repeat(1_000));
    let server = Server::start(move |request| match request.target() {
        "/robots.txt" if request.header("Host").unwrap().starts_with("moved") => Reply::redirect(302, "/endless"),
        "/robots.txt" | "/endless" => endless.clone(),
        path => Reply::ok(path),
    });
    let opener = everywhere(HttpRobotRulesProcessor::new(), &server);
    for host in ["plain", "moved"] {
        assert!(is_refused(opener.open(format!("http://{host}.test/private"))), "{host}");
        assert!(!is_refused(opener.open(format!("http://{host}.test/page"))), "{host}");
    }
    drop(opener);
    assert!(server.wait_for_connections_closed());
}

#[test]
fn a_robots_txt_that_trickles_is_read_for_so_long_and_no_longer() {
    let pace = Duration::from_millis(10);
    let server = Server::start(move |request| match request.target() {
        "/robots.txt" => Reply::trickle("HTTP/1.1 200 OK\r\n\r\n", "#", pace),
        path => Reply::ok(path),
    });
    let robots = HttpRobotRulesProcessor::new().read_time(Duration::from_millis(250));
    // Each byte comes in time, and a reader without a total would have the half MiB in an hour and
    // a half.
    let request = Request::get(server.url("/page")).timeout(Duration::from_secs(20));
    let error = build_opener(robots).open(request).unwrap_err();
    let refusal = error.as_http_error().expect("a refusal");
    let HttpErrorCause::RobotExclusion { line, reason, .. } = refusal.cause() else { panic!("{error}") };
    assert_eq!(*line, None);
    assert!(reason.contains("could not be had") && reason.contains("timed out while reading the body"), "{reason}");
    assert!(server.wait_for_connections_closed());
    assert!(server.requests().iter().all(|request| request.target() == "/robots.txt"));
    assert_eq!(HttpRobotRulesProcessor::READ_TIME, Duration::from_secs(60));
}

#[test]
fn what_a_processor_makes_of_it_is_bounded_too() {
    /// Makes endless rules of whatever came, as a decoder might of a small file.
    struct Bomb;
    impl Handler for Bomb {
        fn http_response(&self, _: &dyn Parent, request: &Request, mut response: Response) -> Result<Response> {
            if request.url().path() == "/robots.txt" {
                response.set_body(clientcookie::Body::from_reader(std::io::repeat(b'\n')));
            }
            Ok(response)
        }
    }
    let http = HttpHandler::with_transport(script(&[OK, OK]));
    assert!(build_opener((HttpRobotRulesProcessor::new(), Bomb, http)).open("http://example.com/").is_ok());
}

#[test]
fn a_robots_txt_that_is_packed_is_read_to_the_limit_too() {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(b"User-agent: *\nDisallow: /private\n").unwrap();
    (0..32).for_each(|_| gzip.write_all(&[b'\n'; 1 << 20]).unwrap());
    gzip.write_all(b"Disallow: /behind\n").unwrap();
    let body = gzip.finish().unwrap();
    let head = format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", body.len());
    let robots = [head.into_bytes(), body].concat();
    let http = HttpHandler::with_transport(ScriptedTransport::new().reply(robots).reply(OK));
    let opener = build_opener((HttpRobotRulesProcessor::new(), HttpGzipProcessor::new(), http));
    assert!(is_refused(opener.open("http://example.com/private")));
    assert!(!is_refused(opener.open("http://example.com/behind")), "that is not read");
}

#[test]
fn a_robots_txt_is_read_however_it_is_packed() {
    let gzip = |bytes: &[u8]| {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packed.write_all(bytes).unwrap();
        packed.finish().unwrap()
    };
    let utf16 =
        |mark: &str| -> Vec<u8> { format!("{mark}{CLOSED}").encode_utf16().flat_map(u16::to_le_bytes).collect() };
    let big_end_first = |bytes: Vec<u8>| -> Vec<u8> { bytes.chunks(2).flat_map(|pair| [pair[1], pair[0]]).collect() };
    let cut = |bytes: Vec<u8>| bytes[..bytes.len() - 9].to_vec();
    let plain = CLOSED.as_bytes();
    let rules = "Disallow: /";
    let rows: [(&str, &str, Vec<u8>, &str); 16] = [
        ("as it is", "", plain.to_vec(), rules),
        ("gzip that nobody asked for", "gzip", gzip(plain), rules),
        ("among words that change nothing", "identity, GZIP, utf-8", gzip(plain), rules),
        ("twice", "gzip, gzip", gzip(&gzip(plain)), rules),
        ("without a word", "", gzip(plain), rules),
        ("of what is not packed", "none", plain.to_vec(), rules),
        ("UTF-16, little end first", "", utf16("\u{feff}"), rules),
        ("UTF-16, big end first", "", big_end_first(utf16("\u{feff}")), rules),
        ("UTF-16 without a mark", "", utf16(""), rules),
        ("the other", "", big_end_first(utf16("")), rules),
        ("UTF-16 that is packed", "gzip", gzip(&utf16("\u{feff}")), rules),
        ("UTF-8 with a mark", "gzip", gzip(format!("\u{feff}{CLOSED}").as_bytes()), rules),
        ("packed in another way", "zstd", plain.to_vec(), "its coding zstd cannot be undone"),
        ("packed in another way before", "zstd, gzip", gzip(plain), "its coding zstd cannot be undone"),
        ("not packed, though it says so", "gzip", plain.to_vec(), "it does not begin as gzip data does"),
        ("cut short", "gzip", cut(gzip(plain)), "cut short"),
    ];
    for (says, coding, body, expected) in rows {
        let server = Server::start(move |request| match request.target() {
            "/robots.txt" => Reply::ok(&body).header("Content-Encoding", coding),
            _ => Reply::ok("a page"),
        });
        for opener in [
            build_opener(HttpRobotRulesProcessor::new()),
            build_opener((HttpGzipProcessor::new(), HttpRobotRulesProcessor::new())),
        ] {
            let error = opener.open(server.url("/x")).expect_err(says).to_string();
            assert!(error.contains("request disallowed by robots.txt") && error.contains(expected), "{says}: {error}");
        }
        assert_eq!(targets(&server), ["/robots.txt"; 2], "{says}");
    }
}

#[test]
fn an_answer_without_rules_keeps_its_connection() {
    let server = Server::start(|request| match request.target() {
        "/robots.txt" => Reply::status(404, "Not Found").body("there is none"),
        path => Reply::ok(path),
    });
    build_opener(HttpRobotRulesProcessor::new()).open(server.url("/x")).unwrap();
    assert_eq!((targets(&server).len(), server.connections()), (2, 1));
}

#[test]
fn many_threads_ask_once() {
    let server = Server::start(|request| match request.target() {
        // It takes a while, so that the others come meanwhile.
        "/robots.txt" => Reply::drip(ok("User-agent: *\nDisallow: /x\n"), Duration::from_millis(2)),
        path => Reply::ok(path),
    });
    let opener = build_opener(HttpRobotRulesProcessor::new());
    let together = Barrier::new(8);
    thread::scope(|scope| {
        for number in 0..8 {
            let (opener, server, together) = (&opener, &server, &together);
            scope.spawn(move || {
                together.wait();
                let path = if number % 2 == 0 { "/x" } else { "/y" };
                assert_eq!(is_refused(opener.open(server.url(path))), number % 2 == 0);
            });
        }
    });
    assert_eq!(targets(&server).iter().filter(|target| *target == "/robots.txt").count(), 1);
    assert_eq!(server.requests().len(), 5);
}

#[test]
fn the_origins_that_are_kept_are_so_many() {
    let answers = |request: &Recorded| match request.target() {
        "/robots.txt" => Reply::ok(""),
        path => Reply::ok(path),
    };
    for (size, fetches) in [(0, 6), (1, 6), (2, 5), (3, 3)] {
        let server = Server::start(answers);
        let opener = everywhere(HttpRobotRulesProcessor::new().cache_size(size), &server);
        for host in ["a", "b", "a", "c", "b", "a"] {
            opener.open(format!("http://{host}.test/")).unwrap();
        }
        let fetched = targets(&server).iter().filter(|target| *target == "/robots.txt").count();
        assert_eq!(fetched, fetches, "{size}");
    }
    assert_eq!(HttpRobotRulesProcessor::CACHE_SIZE, 100);
}

#[test]
fn the_processor_can_be_asked_what_the_file_says() {
    let file = "User-agent: slow\nCrawl-delay: 5\nRequest-rate: 1/10\nDisallow: /x\n\nUser-agent: *\nCrawl-delay: 1\n";
    for (robots, agent, delay) in [
        (HttpRobotRulesProcessor::new(), "slow/1.0", 5),
        (HttpRobotRulesProcessor::new(), "other", 1),
        (HttpRobotRulesProcessor::new().user_agent("Slow/3.0"), "other", 5),
    ] {
        let robots = Arc::new(robots);
        let mut opener = scripted(&robots, &script(&[&ok(file), OK, OK]));
        opener.addheaders.insert("User-Agent", agent).unwrap();
        let url = at("/page");
        assert_eq!((robots.crawl_delay(&url), robots.request_rate(&url)), (None, None), "nothing is known yet");
        opener.open(&url).unwrap();
        assert_eq!(robots.crawl_delay(&url), Some(Duration::from_secs(delay)), "{agent}");
        let rate = (delay == 5).then_some(RequestRate { requests: 1, seconds: 10 });
        assert_eq!(robots.request_rate(&url), rate, "{agent}");
        let rules: Arc<RobotRules> = robots.rules(&url).unwrap();
        assert!(!rules.can_fetch("slow", &at("/x")));
        assert_eq!(is_refused(opener.open(at("/x"))), delay == 5, "{agent}");
    }
}

#[test]
fn a_request_without_a_name_is_under_the_star() {
    let mut opener = scripted(&Arc::default(), &script(&[&ok("User-agent: *\nDisallow: /x\n")]));
    opener.addheaders.remove("User-Agent");
    let error = opener.open("http://example.com/x").unwrap_err().to_string();
    assert!(error.ends_with("(line 2 of http://example.com/robots.txt, asked for \"\": Disallow: /x)"), "{error}");
}
