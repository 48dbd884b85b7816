//! Pages that ask for another one: when they get it, and that it is a redirect like any other.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use clientcookie::clock::{Clock, FixedClock};
use clientcookie::transport::ScriptedTransport;
use clientcookie::{
    Error, HttpEquivProcessor, HttpError, HttpErrorCause, HttpErrorProcessor, HttpGzipProcessor, HttpHandler,
    HttpRedirectHandler, HttpRefreshProcessor, OpenerDirector, Request, Response, SeekableProcessor, build_opener,
};
use flate2::Compression;
use flate2::read::GzEncoder;
use http::StatusCode;
use url::Url;

use crate::support::{Reply, Server, assert_linear, can_measure_work};

const OK: &str = "HTTP/1.1 200 OK\r\n\r\ndone";
const GOLDEN: &str = include_str!("../../fixtures/refresh/golden.txt");

/// A page with this Refresh header.
fn page(refresh: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nRefresh: {refresh}\r\nContent-Length: 4\r\n\r\npage")
}

fn script<B: AsRef<[u8]>>(replies: impl IntoIterator<Item = B>) -> ScriptedTransport {
    replies.into_iter().fold(ScriptedTransport::new(), |script, reply| script.reply(reply))
}

fn opener(processor: HttpRefreshProcessor, script: &ScriptedTransport) -> OpenerDirector {
    build_opener((processor, HttpEquivProcessor::new(), HttpHandler::with_transport(script.clone())))
}

fn visited(script: &ScriptedTransport) -> Vec<String> {
    script.requests().iter().map(|request| request.url.to_string()).collect()
}

fn http_error(error: Error) -> HttpError {
    error.into_http_error().unwrap_or_else(|error| panic!("not an answer: {error}"))
}

/// A clock on which one only sleeps, and that keeps for how long.
#[derive(Debug, Default)]
struct Alarm(Mutex<Vec<Duration>>);

impl Clock for Alarm {
    fn now(&self) -> i64 {
        panic!("nobody asks for the time")
    }

    fn sleep(&self, duration: Duration) {
        self.0.lock().unwrap().push(duration);
    }
}

impl Alarm {
    fn slept(&self) -> Vec<f64> {
        self.0.lock().unwrap().iter().map(Duration::as_secs_f64).collect()
    }
}

/// What became of this Refresh header: seconds waited and the URL opened then, or nothing.
fn followed(refresh: &str) -> Option<(f64, String)> {
    let script = script([page(refresh).as_str(), OK]);
    let alarm = Arc::new(Alarm::default());
    let patient = HttpRefreshProcessor::new().max_time(Duration::from_secs(1_000_000)).clock(alarm.clone());
    let mut response = opener(patient, &script).open("http://h.test/dir/page").unwrap();
    match visited(&script).get(1) {
        None => {
            assert_eq!((response.text().unwrap().as_str(), alarm.slept().len()), ("page", 0), "{refresh}");
            None
        }
        Some(url) => Some((alarm.slept().first().copied().unwrap_or_default(), url.clone())),
    }
}

/// A reading as the golden file has it, its URL joined to the page's.
fn reading(text: &str) -> Option<(f64, String)> {
    let (seconds, url) = text.split_once(' ')?;
    let url = Url::parse("http://h.test/dir/page").unwrap().join(url).unwrap();
    Some((seconds.parse().unwrap(), url.to_string()))
}

/// A sentence, and the values for which it is why we read them otherwise.
type Differences = &'static [(&'static str, &'static [&'static str])];

const UNLIKE_BROWSERS: Differences = &[(
    "a fraction of a second counts, as in the original",
    &["1.9; url=foo", "1.9..5.; url=foo", ".9; url=foo", "0.9; url=foo", "5.5"],
)];

const UNLIKE_THE_ORIGINAL: Differences = &[
    (
        "browsers take a comma or a blank for a semicolon",
        &[
            "1,",
            "1, url=foo",
            "1 url=foo",
            "1,\turl=foo",
            "1\turl=foo",
            "  1  ,  url  =  foo",
            "  1  url  =  foo",
            "0,url=/x",
        ],
    ),
    (
        "browsers do without the name",
        &[
            "1;",
            "1 x;url=foo",
            "1;;url=foo",
            "  1  ;  foo",
            "  1  ,  foo",
            "1; url foo",
            "1; urlfoo",
            "1; urfoo",
            "1; ufoo",
            "1; \"foo\"bar",
            "0; foo",
            "0; \"http://example.com/foo/\"",
            "1; http://example.com/",
            "0; uri=/x",
            "1 000",
        ],
    ),
    (
        "a quote ends with its like, or with the value",
        &["1; url=\"foo\"bar", "1; url='foo'bar", "1; url=\"foo'bar", "0; url='/x"],
    ),
    (
        "a time is digits and a dot: no sign, no exponent, and no number that is none",
        &[
            "+1; url=foo",
            "-1; url=foo",
            "+0; url=foo",
            "-0; url=foo",
            "+1",
            "-1",
            "+0",
            "-0",
            "1e0; url=foo",
            "1e1; url=foo",
            "10e-1; url=foo",
            "-0.1; url=foo",
            "nan",
            "inf",
            "infinity; url=/x",
            "1e400",
        ],
    ),
    ("browsers pass over further dots, and read a lone one as zero", &["1.9..5.; url=foo", "."]),
];

fn check(which: usize, differences: Differences) {
    let mut reasons: BTreeMap<_, _> =
        differences.iter().flat_map(|(why, values)| values.iter().map(move |value| (*value, *why))).collect();
    let lines: Vec<&str> = GOLDEN.lines().filter(|line| !line.starts_with('#')).collect();
    assert!(lines.len() > 80);
    for line in lines {
        let columns: Vec<&str> = line.split(": | ").collect();
        let value = columns[0].replace("\\t", "\t");
        let (ours, theirs) = (followed(&value), reading(columns[which].trim_end_matches(':')));
        match reasons.remove(value.as_str()) {
            None => assert_eq!(ours, theirs, "{line}"),
            Some(why) => assert_ne!(ours, theirs, "{line} is no difference any more: {why}"),
        }
    }
    assert!(reasons.is_empty(), "{reasons:?} are not in the golden file");
}

#[test]
fn headers_are_read_as_browsers_read_them() {
    check(2, UNLIKE_BROWSERS);
}

#[test]
fn headers_are_read_as_the_original_reads_them() {
    check(1, UNLIKE_THE_ORIGINAL);
}

#[test]
fn what_is_waited_for() {
    let seconds = Duration::from_secs;
    let rows: [(&str, HttpRefreshProcessor, &str, Option<&[f64]>); 13] = [
        ("no time is none to wait", HttpRefreshProcessor::new(), "0", Some(&[])),
        ("by default that is all", HttpRefreshProcessor::new(), "2", None),
        ("not even for a moment", HttpRefreshProcessor::new(), "0.001", None),
        ("330 seconds are a page that reloads itself", HttpRefreshProcessor::new(), "330", None),
        ("as long as was allowed", HttpRefreshProcessor::new().max_time(seconds(30)), "30", Some(&[30.0])),
        ("and no longer", HttpRefreshProcessor::new().max_time(seconds(30)), "30.001", None),
        ("as long as was asked for", HttpRefreshProcessor::new().max_time(seconds(30)), "2", Some(&[2.0])),
        ("fractions too", HttpRefreshProcessor::new().max_time(seconds(30)), "2.5", Some(&[2.5])),
        ("or not at all", HttpRefreshProcessor::new().max_time(seconds(30)).honor_time(false), "2", Some(&[])),
        ("which allows no more", HttpRefreshProcessor::new().max_time(seconds(30)).honor_time(false), "60", None),
        ("nor does it without a maximum", HttpRefreshProcessor::new().honor_time(false), "1", None),
        ("negative time is no time", HttpRefreshProcessor::new(), "-1", None),
        ("more than there is", HttpRefreshProcessor::new().max_time(Duration::MAX), "99999999999999999999999", None),
    ];
    for (says, processor, refresh, expected) in rows {
        let alarm = Arc::new(Alarm::default());
        let script = script([page(refresh).as_str(), OK]);
        let response = opener(processor.clock(alarm.clone()), &script).open("http://h.test/").unwrap();
        assert_eq!(script.requests().len(), 1 + usize::from(expected.is_some()), "{says}");
        assert_eq!(alarm.slept(), expected.unwrap_or_default(), "{says}");
        assert_eq!(response.redirections().len(), usize::from(expected.is_some()), "{says}");
    }
}

#[test]
fn where_it_leads() {
    let html = |headers: &str, body: &str| format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{headers}\r\n{body}");
    let meta = |content: &str| format!("<meta http-equiv=refresh content=\"{content}\">");
    for (says, reply, target) in [
        ("the same page", page("0"), "http://h.test/dir/page?q#top"),
        ("the same page, spelled out", page("0; url="), "http://h.test/dir/page?q#top"),
        ("beside it", page("0; url=next"), "http://h.test/dir/next#top"),
        ("another query", page("0; url=?x"), "http://h.test/dir/page?x#top"),
        ("another host, without its userinfo", page("0; url=//me:secret@b.test/#x"), "http://b.test/#x"),
        ("blanks are escaped", page("0; url=\"/b. |html\""), "http://h.test/b.%20|html#top"),
        ("bytes are escaped one by one", page("0; url=/caf\u{e9}"), "http://h.test/caf%C3%A9#top"),
        ("the first of two", html("Refresh: 0;url=/1\r\nRefresh: 0;url=/2\r\n", ""), "http://h.test/1#top"),
        ("the header before the page", html("Refresh: 0;url=/1\r\n", &meta("0;url=/2")), "http://h.test/1#top"),
        ("what the page says", html("", &meta("0; url='/?a=1&amp;b=2'")), "http://h.test/?a=1&b=2#top"),
        (
            "what is understood before what is not",
            html("Refresh: soon\r\nRefresh: 0;url=/2\r\n", ""),
            "http://h.test/2#top",
        ),
        ("an empty one hides nothing", html("", &(meta("") + &meta("0;url=/t"))), "http://h.test/t#top"),
        ("nor does one that is none", html("", &(meta("x;url=/1") + &meta("0;url=/t"))), "http://h.test/t#top"),
        ("nor an empty header", html("Refresh: \r\n", &meta("0;url=/t")), "http://h.test/t#top"),
        ("a line end is a blank", html("", &meta("0; URL=\n/t")), "http://h.test/t#top"),
        ("so are two", html("", &meta("\n0;\r\n   url=/t\r\n")), "http://h.test/t#top"),
        ("one in a URL is nothing", html("", &meta("0;url=/a\n\tb")), "http://h.test/ab#top"),
        ("a base", html("", &format!("<base href=//b.test/>{}", meta("0;url=x"))), "http://b.test/x#top"),
        ("relative to the page", html("", &format!("<base href=../up/>{}", meta("0;url=x"))), "http://h.test/up/x#top"),
        (
            "of which the first counts",
            html("", &format!("<base href=/1/><base href=/2/>{}", meta("0;url=x"))),
            "http://h.test/1/x#top",
        ),
        (
            "and one without href is none",
            html("", &format!("<base target=a><base href=/2/>{}", meta("0;url=x"))),
            "http://h.test/2/x#top",
        ),
        (
            "one behind it comes too late",
            html("", &format!("{}<base href=/2/>", meta("0;url=x"))),
            "http://h.test/dir/x#top",
        ),
        (
            "one that is no URL",
            html("", &format!("<base href='http://['>{}", meta("0;url=x"))),
            "http://h.test/dir/x#top",
        ),
        ("one that is content", html("", &format!("<base href=data:,>{}", meta("0;url=x"))), "http://h.test/dir/x#top"),
        (
            "one in a template",
            html("", &format!("<template><base href=/2/></template>{}", meta("0;url=x"))),
            "http://h.test/dir/x#top",
        ),
        (
            "without a URL it is the page all the same",
            html("", &format!("<base href=//b.test/>{}", meta("0"))),
            "http://h.test/dir/page?q#top",
        ),
        (
            "what is whole stays",
            html("", &format!("<base href=//b.test/>{}", meta("0;url=http://c.test/x"))),
            "http://c.test/x#top",
        ),
    ] {
        let script = script([reply.as_str(), OK]);
        opener(HttpRefreshProcessor::new(), &script).open("http://h.test/dir/page?q#top").unwrap();
        assert_eq!(script.requests()[1].url.as_str(), target, "{says}");
    }
}

/// Expected is what WHATWG URL makes of the characters: a path goes out in UTF-8, a query in the
/// charset of the page.
#[test]
fn a_url_is_characters_of_the_page() {
    let latin1 = b"<meta http-equiv=Content-Type content='text/html; charset=iso-8859-1'>".as_slice();
    type Row = (&'static str, &'static str, &'static [u8], &'static [u8], &'static str);
    let rows: [Row; 11] = [
        ("Latin-1 that the page names", "", latin1, b"/\xe9", "/%C3%A9"),
        ("in a query", "", latin1, b"/?\xe9", "/?%E9"),
        ("behind a query", "", latin1, b"/?a#\xe9", "/?a#%C3%A9"),
        ("Latin-1 that the header names", "; charset=latin1", b"", b"/\xe9", "/%C3%A9"),
        ("windows-1251", "", b"<meta charset=windows-1251>", b"/\xcf?\xcf", "/%D0%9F?%CF"),
        ("Shift_JIS, whose second bytes may be ASCII", "", b"<meta charset=sjis>", b"/\x83\x5c", "/%E3%82%BD"),
        ("UTF-8", "; charset=utf-8", b"", b"/\xc3\xa9?\xc3\xa9", "/%C3%A9?%C3%A9"),
        ("UTF-8 that nobody names", "", b"", b"/\xc3\xa9", "/%C3%A9"),
        ("Latin-1 that nobody names", "", b"", b"/\xe9", "/%C3%A9"),
        ("an entity is the same in all", "; charset=utf-8", b"", b"/&eacute;\xc3\xa9", "/%C3%A9%C3%A9"),
        ("and so is a base", "; charset=latin1", b"<base href='/\xe9/'>", b"\xe9/../x", "/%C3%A9/x"),
    ];
    for (says, charset, before, url, target) in rows {
        let mut reply = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html{charset}\r\n\r\n").into_bytes();
        for part in [before, b"<meta http-equiv=refresh content='0;url=", url, b"'>"] {
            reply.extend_from_slice(part);
        }
        let script = script([reply.as_slice(), OK.as_bytes()]);
        opener(HttpRefreshProcessor::new(), &script).open("http://h.test/dir/page").unwrap();
        let came = script.requests()[1].url.to_string();
        assert_eq!(came, format!("http://h.test{target}"), "{says}");
    }
}

#[test]
fn it_is_relative_to_the_page_that_has_it() {
    let script = script(["HTTP/1.1 302 Found\r\nLocation: /dir/page\r\n\r\n", &page("0; url=next"), OK]);
    let response = opener(HttpRefreshProcessor::new(), &script).open("http://h.test/start").unwrap();
    assert_eq!(response.url().as_str(), "http://h.test/dir/next");
    let way: Vec<_> = response.redirections().iter().map(|step| (step.status().as_u16(), step.url().path())).collect();
    assert_eq!(way, [(302, "/start"), (200, "/dir/page")], "the page is a step on the way");
}

#[test]
fn only_a_success_is_refreshed() {
    for (status, followed) in [(200, true), (201, true), (206, true), (302, false), (404, false), (500, false)] {
        let reply = format!("HTTP/1.1 {status} X\r\nRefresh: 0; url=/next\r\nContent-Length: 4\r\n\r\npage");
        let script = script([reply.as_str(), OK]);
        let outcome = opener(HttpRefreshProcessor::new(), &script).open("http://h.test/");
        assert_eq!(outcome.is_ok(), followed, "{status}");
        assert_eq!(script.requests().len(), 1 + usize::from(followed), "{status}");
    }
    // Where nobody makes errors of them, they are pages all the same.
    for status in [302, 304, 404, 500] {
        let reply = format!("HTTP/1.1 {status} X\r\nRefresh: 0; url=/next\r\n\r\n");
        let script = script([reply.as_str(), OK]);
        let mut opener = OpenerDirector::new();
        opener.add_handler(HttpHandler::with_transport(script.clone()));
        opener.add_handler(HttpRedirectHandler::new());
        opener.add_handler(HttpRefreshProcessor::new());
        assert_eq!(opener.open("http://h.test/").unwrap().status(), status);
        assert_eq!(script.requests().len(), 1, "{status}");
    }
    let script = script(["HTTP/1.1 302 Found\r\nRefresh: 0; url=/x\r\nLocation: /y\r\n\r\n", OK]);
    opener(HttpRefreshProcessor::new(), &script).open("http://h.test/").unwrap();
    assert_eq!(visited(&script)[1], "http://h.test/y", "a redirect leads where it says");
}

#[test]
fn a_method_is_followed_as_after_a_302() {
    for (method, next) in [("GET", Some("GET")), ("HEAD", Some("HEAD")), ("POST", Some("GET")), ("PUT", None)] {
        let head = page("0; url=/next").replace("page", if method == "HEAD" { "" } else { "page" });
        let script = script([head.as_str(), OK]);
        let request = Request::get("http://h.test/").method(method).header("Content-Type", "text/x").header("X", "1");
        let request = if method == "GET" || method == "HEAD" { request } else { request.data("a=1") };
        let mut response = opener(HttpRefreshProcessor::new(), &script).open(request).unwrap();
        let requests = script.requests();
        assert_eq!(requests.get(1).map(|request| request.method.as_str()), next, "{method}");
        match requests.get(1) {
            None => assert_eq!(response.text().unwrap(), "page", "{method}"),
            Some(second) => {
                assert!(second.data.is_empty() && !second.headers.contains("Content-Type"), "{method}");
                assert!(second.headers.contains("X"), "{method}");
            }
        }
    }
}

/// Opens a page whose refresh must not be followed: the page is the answer, whole, and nobody
/// slept.
fn refused(refresh: &str) {
    for reply in [
        page(&format!("5; url={refresh}")),
        format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<meta http-equiv=refresh content=\"5; url='{refresh}'\">"
        ),
    ] {
        let (script, alarm) = (script([reply.as_str(), OK]), Arc::new(Alarm::default()));
        let patient = HttpRefreshProcessor::new().max_time(Duration::from_secs(30)).clock(alarm.clone());
        let mut response = opener(patient, &script).open("http://h.test/").unwrap();
        assert_eq!(script.requests().len(), 1, "{refresh}");
        assert!(alarm.slept().is_empty(), "{refresh}");
        assert_eq!(response.url().as_str(), "http://h.test/");
        assert_eq!(response.text().unwrap(), reply.split_once("\r\n\r\n").unwrap().1, "{refresh}");
    }
}

#[test]
fn only_http_https_and_ftp_are_followed() {
    for url in [
        "file:///etc/passwd",
        "FILE:/etc/passwd",
        "file:x",
        "data:text/html,x",
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "gopher://h/",
        "jar:http://h/",
        "unix:/x",
        "about:blank",
        "view-source:http://h/",
        "x:",
        "ftp://h.test/",
        "java\tscript:alert(1)",
        "http://",
        "//h h/",
        "http://h.test:99999/",
    ] {
        // With the feature, somebody answers for it.
        if !url.starts_with("ftp:") || cfg!(not(feature = "ftp")) {
            refused(url);
        }
    }
}

#[test]
fn without_a_redirect_handler_the_page_is_the_answer() {
    let script = script([page("0; url=/next").as_str(), OK]);
    let mut opener = OpenerDirector::new();
    opener.add_handler(HttpHandler::with_transport(script.clone()));
    opener.add_handler(HttpErrorProcessor::new());
    opener.add_handler(HttpRefreshProcessor::new());
    assert_eq!(opener.open("http://h.test/").unwrap().text().unwrap(), "page");
    assert_eq!(script.requests().len(), 1);
}

#[test]
fn a_page_that_refreshes_itself_ends_in_an_error() {
    let own = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<meta http-equiv=refresh content=0>";
    for reply in [page("0").as_str(), &page("0; url=/"), own] {
        let script = script(vec![reply; 20]);
        let error = opener(HttpRefreshProcessor::new(), &script).open("http://h.test/").unwrap_err();
        assert!(error.to_string().ends_with("(a redirect loop: one URL was visited 4 times)"), "{error}");
        let mut error = http_error(error);
        assert_eq!((error.status(), error.cause()), (StatusCode::OK, &HttpErrorCause::RedirectLoop { limit: 4 }));
        assert_eq!(script.requests().len(), 5);
        assert_eq!(error.text().unwrap(), reply.split_once("\r\n\r\n").unwrap().1, "the last page is whole");
    }
}

#[test]
fn refreshes_and_redirects_count_together() {
    let refresh = |number: usize| page(&format!("1; url=/?n={number}"));
    let redirect = |number: usize| format!("HTTP/1.1 302 Found\r\nLocation: /?n={number}\r\nContent-Length: 0\r\n\r\n");
    for every in [1, 2] {
        let replies = (0..50).map(|number| if number % every == 0 { refresh(number) } else { redirect(number) });
        let (script, clock) = (script(replies), Arc::new(FixedClock::new(0)));
        let patient = HttpRefreshProcessor::new().max_time(Duration::from_secs(1)).clock(clock.clone());
        let error = http_error(opener(patient, &script).open("http://h.test/").unwrap_err());
        assert_eq!(*error.cause(), HttpErrorCause::TooManyRedirects { limit: 10 });
        assert_eq!(script.requests().len(), 11);
        assert_eq!(error.redirections().len(), 10);
        assert_eq!(clock.now(), [10, 5][every - 1], "all waiting together is bounded");
    }
}

#[test]
fn who_decides_about_redirects_decides_about_refreshes() {
    let stay = || {
        HttpRedirectHandler::new().redirect_request(|redirect| {
            assert_eq!(redirect.response().status(), 200, "which tells a refresh from other redirects");
            if redirect.is_same_origin() { redirect.next() } else { redirect.stop() }
        })
    };
    for (refresh, pages) in [("0; url=/next", 2), ("0; url=//other.test/", 1)] {
        let script = script([page(refresh).as_str(), OK]);
        let http = HttpHandler::with_transport(script.clone());
        build_opener((HttpRefreshProcessor::new(), stay(), http)).open("http://h.test/").unwrap();
        assert_eq!(script.requests().len(), pages, "{refresh}");
    }
}

/// The answer to a redirected request goes by the first one's processors too, with headers that are
/// not for it.
#[test]
fn what_was_not_followed_is_not_asked_again() {
    let script = script(["HTTP/1.1 302 Found\r\nLocation: //b.test/\r\n\r\n", &page("0; url=//a.test/x"), OK]);
    let one_way = HttpRedirectHandler::new().redirect_request(|redirect| match redirect.previous().host() {
        "b.test" => Err(HttpErrorCause::Status),
        _ => redirect.next(),
    });
    let http = HttpHandler::with_transport(script.clone());
    let opener = build_opener((HttpRefreshProcessor::new(), one_way, http));
    let request = Request::get("http://a.test/").header("Authorization", "secret");
    assert_eq!(opener.open(request).unwrap().url().as_str(), "http://b.test/");
    assert_eq!(visited(&script), ["http://a.test/", "http://b.test/"]);
}

#[test]
fn the_order_in_which_they_are_given_does_not_matter() {
    let reply = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<meta http-equiv=refresh content='0; url=/x'>";
    let (equiv, refresh) = (HttpEquivProcessor::new, HttpRefreshProcessor::new);
    let one = script([reply, OK]);
    build_opener((equiv(), refresh(), HttpHandler::with_transport(one.clone()))).open("http://h.test/").unwrap();
    let other = script([reply, OK]);
    build_opener((refresh(), equiv(), HttpHandler::with_transport(other.clone()))).open("http://h.test/").unwrap();
    assert_eq!((one.requests().len(), other.requests().len()), (2, 2));
}

#[test]
fn a_packed_page_is_unpacked_before_it_is_looked_at() {
    let page = "<meta http-equiv=refresh content='0; url=/next'>";
    let mut reply = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n".to_vec();
    GzEncoder::new(page.as_bytes(), Compression::default()).read_to_end(&mut reply).unwrap();
    let all = (HttpRefreshProcessor::new(), HttpEquivProcessor::new(), SeekableProcessor::new());
    let script = script([reply.as_slice(), OK.as_bytes()]);
    let http = HttpHandler::with_transport(script.clone());
    let opener = build_opener((all.0, all.1, all.2, HttpGzipProcessor::new(), http));
    assert_eq!(opener.open("http://h.test/").unwrap().text().unwrap(), "done");
    assert_eq!(visited(&script), ["http://h.test/", "http://h.test/next"]);
}

#[test]
fn a_small_page_does_not_cost_the_connection() {
    let meta = "<meta http-equiv=refresh content='0; url=/end'>";
    let rows =
        [("text/html", 1_000, 1), ("text/plain", 1_000, 1), ("text/html", 64 * 1024, 1), ("text/plain", 64 * 1024, 1)];
    let longer = ["text/html", "text/plain"].map(|content_type| (content_type, 64 * 1024 + 1, 2));
    for (content_type, size, connections) in rows.into_iter().chain(longer) {
        let server = Server::start(move |request| match request.target() {
            "/start" => {
                let page =
                    Reply::ok(meta.to_owned() + &" ".repeat(size - meta.len())).header("Content-Type", content_type);
                if content_type == "text/html" { page } else { page.header("Refresh", "0; url=/end") }
            }
            _ => Reply::ok("done"),
        });
        let opener = build_opener((HttpEquivProcessor::new(), HttpRefreshProcessor::new()));
        assert_eq!(opener.open(server.url("/start")).unwrap().text().unwrap(), "done");
        assert_eq!(server.connections(), connections, "{size} bytes of {content_type}");
    }
}

fn open(refresh: &[u8]) -> Option<Response> {
    let reply = [b"HTTP/1.1 200 OK\r\nRefresh: ", refresh, b"\r\n\r\n"].concat();
    let script = script([reply.as_slice(), OK.as_bytes(), OK.as_bytes()]);
    opener(HttpRefreshProcessor::new(), &script).open("http://h.test/").ok()
}

#[test]
fn any_bytes_are_a_header_or_none() {
    let words =
        [&b"0"[..], b";", b",", b" ", b"url", b"=", b"'", b"\"", b".", b"http://h/", b"\xe9", b"\t", b"x", b":"];
    let mut number: u64 = 1;
    for _ in 0..2_000 {
        let mut refresh = Vec::new();
        for _ in 0..12 {
            number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            refresh.extend_from_slice(words[usize::try_from(number >> 33).unwrap() % words.len()]);
        }
        open(&refresh).unwrap_or_else(|| panic!("{:?}", String::from_utf8_lossy(&refresh)));
    }
}

#[test]
fn twice_the_header_is_no_more_than_twice_the_work() {
    if !can_measure_work() {
        return;
    }
    for (says, begin, rest) in [
        ("digits", "", "9"),
        ("digits behind a dot", "0.", "9"),
        ("dots", "", "."),
        ("blanks", "0", " "),
        ("quotes", "0; url=", "'"),
        ("semicolons", "0", ";"),
        ("names", "0; ", "url="),
        ("a URL", "0; url=", "/.."),
    ] {
        // The head of an answer is bounded by 64 KiB.
        assert_linear(says, 60_000, &|size| {
            open(format!("{begin}{}", rest.repeat(size / rest.len())).as_bytes());
        });
    }
}
