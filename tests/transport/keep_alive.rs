//! Which connection a request takes: the one that is open, wherever that is safe.

use crate::support::{Recorded, Reply, Server};
use clientcookie::{OpenerDirector, Request, Response, Timeouts, build_opener};
use std::io::Read;
use std::time::Duration;

const ROUNDS: usize = 4;

/// What is done with a response, and what its body was.
type Use = fn(&OpenerDirector, Request) -> String;

fn open(opener: &OpenerDirector, request: Request) -> Response {
    opener.open(request).unwrap_or_else(|error| error.into_http_error().unwrap().into_response())
}

const TO_THE_END: Use = |opener, request| open(opener, request).text().unwrap();

/// Like someone who knows the length, and never sees the end.
const EXACTLY: Use = |opener, request| {
    let mut bytes = vec![0; 3];
    open(opener, request).read_exact(&mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
};

const UNREAD: Use = |opener, request| {
    drop(open(opener, request));
    String::new()
};

/// Whether the connection serves again.
const KEPT: usize = 1;
const CLOSED: usize = ROUNDS;

/// A sentence, the request's method and headers, the answer, what is done with it, and how many
/// connections four requests take.
type Row = (&'static str, &'static str, &'static [(&'static str, &'static str)], fn(&Recorded) -> Reply, Use, usize);

#[test]
fn connections_are_used_again() {
    const CLOSE: &[(&str, &str)] = &[("Connection", "close")];
    let rows: &[Row] = &[
        ("read to its end", "GET", &[], |_| Reply::ok("abc"), TO_THE_END, KEPT),
        ("read to exactly its length", "GET", &[], |_| Reply::ok("abc"), EXACTLY, KEPT),
        ("in chunks", "GET", &[], |_| chunked("3\r\nabc\r\n0\r\n\r\n"), TO_THE_END, KEPT),
        ("in chunks with trailers", "GET", &[], |_| chunked("3\r\nabc\r\n0\r\nA: b\r\n\r\n"), TO_THE_END, KEPT),
        ("an empty body is not even read", "GET", &[], |_| Reply::ok(""), UNREAD, KEPT),
        ("204", "GET", &[], |_| Reply::status(204, "No Content"), UNREAD, KEPT),
        ("304, which is an error to the chain", "GET", &[], |_| Reply::status(304, "Not Modified"), UNREAD, KEPT),
        ("HEAD", "HEAD", &[], |_| Reply::ok("abc"), UNREAD, KEPT),
        ("404 whose body was read", "GET", &[], |_| Reply::status(404, "Not Found").body("abc"), TO_THE_END, KEPT),
        ("404 whose body was not", "GET", &[], |_| Reply::status(404, "Not Found").body("abc"), UNREAD, CLOSED),
        ("a body that was not read", "GET", &[], |_| Reply::ok("abc"), UNREAD, CLOSED),
        ("a body in chunks of which the last one was not", "GET", &[], |_| chunked("3\r\nabc\r\n"), EXACTLY, CLOSED),
        ("the server closes", "GET", &[], |_| Reply::ok("abc").header("Connection", "close"), TO_THE_END, CLOSED),
        ("in a list", "GET", &[], |_| Reply::ok("abc").header("connection", "a, CLOSE"), TO_THE_END, CLOSED),
        ("the caller closes", "GET", CLOSE, |_| Reply::ok("abc"), TO_THE_END, CLOSED),
        ("HTTP/1.0", "GET", &[], |_| old("Content-Length: 3\r\n\r\nabc"), TO_THE_END, CLOSED),
        (
            "HTTP/1.0 that keeps alive",
            "GET",
            &[],
            |_| old("Content-Length: 3\r\nConnection: Keep-Alive\r\n\r\nabc"),
            TO_THE_END,
            KEPT,
        ),
        ("until the end of the connection", "GET", &[], |_| old("\r\nabc").then_close(), TO_THE_END, CLOSED),
    ];
    for (sentence, method, headers, reply, use_it, connections) in rows {
        let server = Server::start(reply);
        let opener = build_opener(());
        for round in 0..ROUNDS {
            let mut request = Request::get(server.url("/")).method(*method);
            for (name, value) in *headers {
                request = request.header(name, *value);
            }
            let body = use_it(&opener, request.build().unwrap());
            assert!(body == "abc" || body.is_empty(), "{sentence}, round {round}: {body:?}");
        }
        assert_eq!(server.connections(), *connections, "{sentence}");
        assert_eq!(server.requests().len(), ROUNDS, "{sentence}");
        if *connections == CLOSED {
            assert!(server.wait_for_connections_closed(), "{sentence}");
        }
    }
}

fn chunked(chunks: &str) -> Reply {
    Reply::raw(format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}"))
}

fn old(rest: &str) -> Reply {
    Reply::raw(format!("HTTP/1.0 200 OK\r\n{rest}"))
}

#[test]
fn what_differs_in_no_matter_shares_a_connection() {
    let server = Server::start(|request| Reply::ok(&request.body));
    let opener = build_opener(());
    let url = || server.url("/");
    let limits = [Some(Duration::from_secs(7)), Some(Duration::from_secs(9)), None];
    for limit in limits {
        open(&opener, Request::get(url()).timeouts(Timeouts::from(limit)).build().unwrap()).text().unwrap();
    }
    for (method, data) in [("POST", "abc"), ("PUT", "de"), ("POST", ""), ("DELETE", ""), ("FOO", "")] {
        let request = Request::post(url(), data).method(method).header("X-Other", method).build().unwrap();
        assert_eq!(open(&opener, request).text().unwrap(), data, "{method}");
    }
    let request = Request::post(url(), clientcookie::Data::reader(&b"of unknown length"[..])).build().unwrap();
    assert_eq!(open(&opener, request).text().unwrap(), "of unknown length");
    assert_eq!(server.connections(), 1);
}

#[test]
fn each_opener_has_its_own() {
    let server = Server::start(|_| Reply::ok("abc"));
    for connections in 1..=3 {
        let opener = build_opener(());
        for _ in 0..2 {
            open(&opener, Request::new(&server.url("/")).unwrap()).text().unwrap();
        }
        assert_eq!(server.connections(), connections);
    }
    assert!(server.wait_for_connections_closed(), "an opener that is dropped closes its connections");
}
