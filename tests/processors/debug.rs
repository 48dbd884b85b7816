//! `HttpRedirectDebugProcessor` and `HttpResponseDebugProcessor`: what they log, and what they
//! leave.
//!
//! A logger belongs to a whole process, so each test that needs one runs this program once more for
//! itself alone.

use std::io::{Cursor, Read, Write};
use std::time::Duration;

use clientcookie::transport::ScriptedTransport;
use clientcookie::{
    Body, HttpBasicAuthHandler, HttpGzipProcessor, HttpHandler, HttpPasswordMgr, HttpRedirectDebugProcessor,
    HttpResponseDebugProcessor, OpenerDirector, Request, SeekableProcessor, build_opener,
};

use super::bodies::{Count, Made, Once, cut};
use crate::support::{Reply, Server};
use crate::transport::debug::{is_child, stderr_of};
use crate::transport::outcome::outcome;

/// Switches logging on for one target, a record a line: its target, and what it says.
fn listen(target: &str) {
    let mut builder = env_logger::builder();
    builder.filter(Some(target), log::LevelFilter::Info);
    builder.format(|out, record| writeln!(out, "{}|{}", record.target(), record.args())).init();
}

/// What the child logs under this target, when it runs the test of this name.
fn logged(test: &str, target: &str) -> Vec<String> {
    let stderr = stderr_of(&format!("processors::debug::{test}"), &[]);
    let lines = stderr.lines().map(|line| line.split_once('|').unwrap_or_else(|| panic!("{line}")));
    lines.inspect(|(from, _)| assert_eq!(*from, target)).map(|(_, message)| message.to_owned()).collect()
}

const REDIRECTS: &str = "clientcookie::http_redirects";
const RESPONSES: &str = "clientcookie::http_responses";

#[test]
fn every_redirect_that_is_followed_is_logged() {
    let answer = |path: &str| match path {
        "/1" => ((301, &[("Location", "/2")][..]), Body::empty()),
        "/2" => ((302, &[("Location", "http://me:secret@other.test/3?q=1")][..]), Body::empty()),
        "/3" => ((307, &[("Location", "file:///etc/passwd")][..]), Body::empty()),
        _ => ((200, &[][..]), Body::from("no redirect")),
    };
    if is_child() {
        listen(REDIRECTS);
        let opener = build_opener((HttpRedirectDebugProcessor::new(), HttpHandler::with_transport(Made(answer))));
        assert_eq!(outcome(&opener, "http://you:secret@h.test/1"), "Http 307");
        assert_eq!(outcome(&opener, "http://h.test/"), "no redirect");
        asked_for_a_password_behind_a_redirect();
        return;
    }
    let expected = [
        "301 http://h.test/1 -> http://h.test/2",
        "302 http://h.test/2 -> http://other.test/3?q=1",
        "302 http://h.test/login -> http://h.test/secret",
    ];
    assert_eq!(logged("every_redirect_that_is_followed_is_logged", REDIRECTS), expected);
}

/// What is opened twice was redirected once.
fn asked_for_a_password_behind_a_redirect() {
    let transport = ScriptedTransport::new()
        .reply("HTTP/1.1 302 Found\r\nLocation: /secret\r\n\r\n")
        .reply("HTTP/1.1 401 Who?\r\nWWW-Authenticate: Basic realm=\"r\"\r\n\r\n")
        .reply("HTTP/1.1 200 OK\r\n\r\nwelcome");
    let passwords = HttpPasswordMgr::new();
    passwords.add_password("r", "http://h.test/", "me", "secret").unwrap();
    let basic = HttpBasicAuthHandler::new(passwords);
    let opener = build_opener((HttpRedirectDebugProcessor::new(), basic, HttpHandler::with_transport(transport)));
    assert_eq!(outcome(&opener, "http://h.test/login"), "welcome");
}

/// A server with a page behind a redirect, and one that is missing.
fn server() -> Server {
    Server::start(|request| match request.target() {
        "/old" => Reply::redirect(302, "/page").header("Set-Cookie", "a=cookie-secret").body("moved"),
        "/page" => Reply::status(200, "Fine \x1b[2J")
            .header("Location", "http://me:top-secret@h.test/")
            .body("one\r\ntw\x1b[2Jo\n"),
        _ => Reply::status(404, "Not Found").body("nothing here"),
    })
}

#[test]
fn every_response_is_logged_and_can_still_be_read() {
    if is_child() {
        listen(RESPONSES);
        let server = server();
        let opener = build_opener(HttpResponseDebugProcessor::new());
        let mut page = opener.open(Request::get(server.url("/old")).header("Cookie", "b=cookie-secret")).unwrap();
        assert_eq!(page.text().unwrap(), "one\r\ntw\x1b[2Jo\n");
        let mut missing = opener.open(server.url("/missing")).unwrap_err().into_http_error().unwrap();
        assert_eq!(missing.text().unwrap(), "nothing here");
        assert_eq!(server.connections(), 1);
        return;
    }
    let lines = logged("every_response_is_logged_and_can_still_be_read", RESPONSES);
    let lines: Vec<String> = lines.into_iter().map(|line| line.split("//127").next().unwrap().to_owned()).collect();
    // The port of each URL is another every time.
    assert_eq!(
        lines,
        [
            "http:",
            "Location: /page",
            "Set-Cookie: a=***",
            "Content-Length: 5",
            "",
            "moved",
            "(5 bytes)",
            "http:",
            "Location: http://***@h.test/",
            "Content-Length: 13",
            "",
            "one",
            "tw\\u{1b}[2Jo",
            "(13 bytes)",
            "http:",
            "Content-Length: 12",
            "",
            "nothing here",
            "(12 bytes)",
        ]
    );
}

/// A row of the table of bodies: its name, what is sent, and what is logged of the body.
type Row = (&'static str, &'static [(&'static str, &'static str)], fn() -> Body, &'static [&'static str]);

const ROWS: &[Row] = &[
    ("empty", &[], Body::empty, &["(0 bytes)"]),
    ("text", &[], || Body::from("0123456789"), &["0123456789", "(10 bytes)"]),
    ("a byte more", &[], || Body::from("0123456789a"), &["0123456789", "(the first 10 bytes of more)"]),
    ("cut within a character", &[], || Body::from("01234567é89"), &["01234567é", "(the first 10 bytes of more)"]),
    ("cut before its second byte", &[], || Body::from("012345678é9"), &["012345678", "(the first 10 bytes of more)"]),
    ("no UTF-8", &[], || Body::from(&b"caf\xe9"[..]), &["café", "(4 bytes)"]),
    (
        "a charset",
        &[("Content-Type", "text/plain; charset=utf-16le")],
        || Body::from(&b"a\0b\0"[..]),
        &["ab", "(4 bytes)"],
    ),
    ("no text", &[], || Body::from(&b"\x89PNG\r\n\x1a\n"[..]), &["(bytes that are no text)", "(8 bytes)"]),
    (
        "no text, and long",
        &[],
        || Body::from_reader(std::io::repeat(0).take(1000)),
        &["(bytes that are no text)", "(the first 10 bytes of more)"],
    ),
    (
        "cut short",
        &[],
        || Body::from_reader(cut(b"abc")),
        &["abc", "(3 bytes, and then: the body was cut short: 3 of 4 bytes arrived)"],
    ),
    (
        "slow",
        &[],
        || {
            let slow = Once(Some(std::io::ErrorKind::TimedOut.into()));
            Body::from_reader(Cursor::new("abc").chain(slow.chain(Cursor::new("def"))))
        },
        &["abc", "(3 bytes so far; the rest is slow)"],
    ),
];

/// An opener that answers `/3` with the fourth row.
fn rows() -> OpenerDirector {
    let answer = |path: &str| {
        let (_, headers, body, _) = ROWS[path[1..].parse::<usize>().unwrap()];
        ((200, headers), body())
    };
    let debug = HttpResponseDebugProcessor::new().body_limit(10);
    build_opener((debug, HttpHandler::with_transport(Made(answer))))
}

#[test]
fn each_body_is_shown_as_far_as_it_should_be() {
    if is_child() {
        listen(RESPONSES);
        let opener = rows();
        for (index, (sentence, _, body, _)) in ROWS.iter().enumerate() {
            let mut response = opener.open(format!("http://h.test/{index}")).unwrap();
            let (mut logged, mut untouched) = (Vec::new(), Vec::new());
            let ended = response.read_to_end(&mut logged).map_err(|error| error.to_string());
            let mut body = body();
            let mut expected = body.read_to_end(&mut untouched).map_err(|error| error.to_string());
            if *sentence == "slow" {
                // The error is past, and was not the reader's.
                expected = body.read_to_end(&mut untouched).map(|_| 6).map_err(|error| error.to_string());
            }
            assert_eq!(logged, untouched, "{sentence}");
            assert_eq!(ended.is_ok(), expected.is_ok(), "{sentence}");
            if ended.is_err() {
                assert!(response.read(&mut [0]).is_err(), "{sentence}: the error stays");
            }
        }
        return;
    }
    let lines = logged("each_body_is_shown_as_far_as_it_should_be", RESPONSES);
    let responses: Vec<&[String]> = lines.split(|line| line.starts_with("http://h.test/")).skip(1).collect();
    assert_eq!(responses.len(), ROWS.len());
    for ((sentence, headers, _, expected), logged) in ROWS.iter().zip(responses) {
        assert_eq!(logged[headers.len()], "", "{sentence}: an empty line ends the head");
        assert_eq!(logged[headers.len() + 1..], **expected, "{sentence}");
    }
}

#[test]
fn a_body_that_keeps_dripping_is_not_waited_for() {
    if is_child() {
        listen(RESPONSES);
        let body = "x".repeat(600);
        // It ends with its connection, which must not be taken for broken because nobody waited.
        let reply = format!("HTTP/1.1 200 OK\r\n\r\n{body}");
        let server = Server::start(move |_| Reply::drip(&reply, Duration::from_millis(5)).then_close());
        let opener = build_opener(HttpResponseDebugProcessor::new());
        assert_eq!(outcome(&opener, server.url("/").as_str()), body, "nothing is lost");
        return;
    }
    let lines = logged("a_body_that_keeps_dripping_is_not_waited_for", RESPONSES);
    assert!(lines.last().unwrap().ends_with("bytes so far; the rest is slow)"), "{lines:?}");
}

#[test]
fn what_is_logged_was_decoded_before_and_can_be_sought_after() {
    if is_child() {
        listen(RESPONSES);
        let packed = std::fs::read("fixtures/encodings/level-9.gzip").unwrap();
        let answer = move |_: &str| ((200, &[("Content-Encoding", "gzip")][..]), Body::from(packed.clone()));
        let processors = (SeekableProcessor::new(), HttpResponseDebugProcessor::new(), HttpGzipProcessor::new());
        let (seekable, debug, gzip) = processors;
        let opener = build_opener((seekable, debug.body_limit(15), gzip, HttpHandler::with_transport(Made(answer))));
        let mut response = opener.open("http://h.test/").unwrap();
        let first = response.text().unwrap();
        std::io::Seek::rewind(&mut response).unwrap();
        assert!(response.text().unwrap() == first && first.len() > 7000);
        return;
    }
    let lines = logged("what_is_logged_was_decoded_before_and_can_be_sought_after", RESPONSES);
    assert_eq!(lines, ["http://h.test/: 200 OK", "", "<!DOCTYPE html>", "(the first 15 bytes of more)"]);
}

#[test]
fn when_nobody_listens_the_body_is_not_touched() {
    let count = Count::default();
    let counted = count.clone();
    let answer = move |_: &str| ((200, &[][..]), counted.body(Cursor::new("a page")));
    let opener = build_opener((HttpResponseDebugProcessor::new(), HttpHandler::with_transport(Made(answer))));
    let mut response = opener.open("http://h.test/").unwrap();
    assert_eq!(count.bytes(), 0);
    assert_eq!(response.text().unwrap(), "a page");
}
