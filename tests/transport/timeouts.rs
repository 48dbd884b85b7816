//! Time limits: of the opener, of the request, and none.

use super::outcome::{describe, outcome};
use crate::support::{Reply, Server};
use clientcookie::{Request, Timeouts, build_opener};
use std::time::{Duration, Instant};

const SHORT: Duration = Duration::from_millis(100);
const LONG: Duration = Duration::from_secs(60);

/// A server that says nothing to `/stall`, and half of a body to `/half`.
fn server() -> Server {
    Server::start(|request| match request.target() {
        "/stall" => Reply::raw("").then_stall(),
        "/half" => Reply::raw("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc").then_stall(),
        path => Reply::ok(path),
    })
}

#[test]
fn the_requests_limit_goes_before_the_openers() {
    let only = |head, read| Timeouts { head, read, ..Timeouts::NONE };
    for (sentence, openers, requests, stall, half) in [
        ("the opener's", Timeouts::from(SHORT), None, "Timeout Head", "\"abc\", Timeout Read"),
        ("the request's", Timeouts::from(LONG), Some(Timeouts::from(SHORT)), "Timeout Head", "\"abc\", Timeout Read"),
        ("the request's, over none", Timeouts::NONE, Some(SHORT.into()), "Timeout Head", "\"abc\", Timeout Read"),
        ("only a read's", only(None, Some(SHORT)), None, "Timeout Head", "\"abc\", Timeout Read"),
        ("the read's is the shorter", only(Some(LONG), Some(SHORT)), None, "Timeout Head", "\"abc\", Timeout Read"),
        ("zero is a short one", Timeouts::default(), Some(only(Some(Duration::ZERO), Some(SHORT))), "Timeout Head", ""),
    ] {
        let server = server();
        let opener = build_opener(()).timeouts(openers);
        for (path, expected) in [("/stall", stall), ("/half", half)] {
            let mut request = Request::new(&server.url(path)).unwrap();
            if let Some(limit) = requests {
                request.set_timeouts(limit);
            }
            let start = Instant::now();
            let came = outcome(&opener, request);
            assert!(came == expected || expected.is_empty(), "{sentence}, {path}: {came}");
            assert!(start.elapsed() < Duration::from_secs(5), "{sentence}");
        }
    }
}

#[test]
fn none_waits() {
    let server = Server::start(|request| {
        Reply::drip(format!("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n{}", request.body.len()), SHORT / 50)
    });
    let opener = build_opener(()).timeouts(Timeouts::NONE);
    assert_eq!(outcome(&opener, server.url("/").as_str()), "0");
    assert_eq!(outcome(&opener, Request::post(server.url("/"), "abc")), "3");
}

#[test]
fn a_limit_may_be_longer_than_any_clock() {
    let server = Server::start(|_| Reply::ok("x"));
    for limits in [Timeouts::from(Duration::MAX), Timeouts { head: Some(Duration::MAX), ..Timeouts::default() }] {
        assert_eq!(outcome(&build_opener(()).timeouts(limits), server.url("/").as_str()), "x");
    }
}

#[test]
fn a_limit_is_not_kept_for_the_next_request() {
    let server = Server::start(|request| match request.target() {
        "/slow" => Reply::drip("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nslow", SHORT / 10),
        path => Reply::ok(path),
    });
    let opener = build_opener(());
    let quick = Request::get(server.url("/quick")).timeouts(Timeouts { head: Some(SHORT), ..Timeouts::default() });
    assert_eq!(outcome(&opener, quick), "/quick");
    assert_eq!(outcome(&opener, server.url("/slow").as_str()), "slow", "on the connection that had the short limit");
    assert_eq!(server.connections(), 1);
}

#[test]
fn an_error_says_where_and_what() {
    let server = server();
    let error = build_opener(()).open(Request::get(server.url("/stall")).timeout(SHORT)).unwrap_err();
    assert_eq!(describe(&error), "Timeout Head");
    assert_eq!(
        error.to_string(),
        format!("{}: timed out while waiting for the head of the answer", server.url("/stall"))
    );
}
