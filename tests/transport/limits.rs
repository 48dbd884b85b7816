//! `Limits`: each number holds at itself and breaks one further, and can be moved either way.

use std::io::Read;

use clientcookie::transport::{Limits, UreqTransport};
use clientcookie::{Error, ErrorKind, HttpHandler, OpenerDirector, build_opener};

use crate::support::{Reply, Server};

fn opener(limits: Limits) -> OpenerDirector {
    build_opener(HttpHandler::with_transport(UreqTransport::new().limits(limits)))
}

/// What becomes of a reply under these limits: its body, or the sentence of the flood.
fn outcome(limits: Limits, reply: String) -> String {
    let server = Server::start(move |_| Reply::raw(&reply).then_close());
    let read = opener(limits).open(server.url("/")).and_then(|mut response| response.text());
    read.unwrap_or_else(|error| match error.kind() {
        ErrorKind::HeaderFlood { limit } => limit.clone(),
        _ => panic!("no flood: {error}"),
    })
}

/// A head of exactly so many bytes, and the body "ok".
fn head_of(bytes: usize) -> String {
    const FRAME: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nA: \r\n\r\n";
    FRAME.replace("A: ", &format!("A: {}", "x".repeat(bytes - FRAME.len()))) + "ok"
}

#[test]
fn each_limit_holds_at_its_number_and_breaks_one_further() {
    let default = Limits::default();
    let (narrow, wide) = (Limits { head: 1000, ..default }, Limits { head: 300_000, ..default });
    let lines =
        |count: usize| format!("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n{}\r\nok", "A: 1\r\n".repeat(count - 1));
    let hints = |bytes: usize| "HTTP/1.1 103 Hints\r\n\r\n".to_owned() + &head_of(bytes - 22);
    let table = [
        ("a head of the default size", default, head_of(65_536), "ok"),
        ("one byte more", default, head_of(65_537), "the head of the answer is too long (limit 65536 bytes)"),
        ("a narrow limit", narrow, head_of(1000), "ok"),
        ("one byte more", narrow, head_of(1001), "the head of the answer is too long (limit 1000 bytes)"),
        ("informational heads count", narrow, hints(1000), "ok"),
        ("one byte more", narrow, hints(1001), "the head of the answer is too long (limit 1000 bytes)"),
        ("a wide limit, larger than the buffer", wide, head_of(300_000), "ok"),
        ("one byte more", wide, head_of(300_001), "the head of the answer is too long (limit 300000 bytes)"),
        ("lines", default, lines(256), "ok"),
        ("one line more", default, lines(257), "too many header lines (limit 256)"),
        ("few lines", Limits { header_lines: 2, ..default }, lines(2), "ok"),
        ("one line more", Limits { header_lines: 2, ..default }, lines(3), "too many header lines (limit 2)"),
    ];
    for (sentence, limits, reply, expected) in table {
        assert_eq!(outcome(limits, reply), expected, "{sentence}");
    }
}

#[test]
fn trailers_end_within_their_limit() {
    let server = Server::start(|_| {
        Reply::endless("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n", "X: y\r\n".repeat(100))
    });
    let opener = opener(Limits { chunk_overhead: 1000, ..Limits::default() });
    let mut response = opener.open(server.url("/")).unwrap();
    let mut body = Vec::new();
    let error = Error::from(response.read_to_end(&mut body).unwrap_err());
    assert_eq!(body, b"ok", "what is body is handed out");
    assert!(error.to_string().ends_with("too many trailers (limit 1000 bytes)"), "{error}");
}

#[test]
fn chunks_count_for_more_than_a_length_if_told_to() {
    let server = Server::start(|request| match request.target() {
        "/before" => {
            Reply::raw("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n")
        }
        "/behind" => {
            Reply::raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 9\r\n\r\n2\r\nok\r\n0\r\n\r\n")
        }
        "/number" => Reply::raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: x\r\n\r\n0\r\n\r\n"),
        _ => Reply::raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\nContent-Length: 9\r\n\r\n0\r\n\r\n"),
    });
    let told = opener(Limits { chunked_despite_length: true, ..Limits::default() });
    for path in ["/before", "/behind"] {
        let error = opener(Limits::default()).open(server.url(path)).unwrap_err();
        assert!(error.to_string().ends_with("both Transfer-Encoding and Content-Length"), "{error}");
        let before = server.connections();
        for _ in 0..2 {
            let mut response = told.open(server.url(path)).unwrap();
            assert!(!response.headers().contains("Content-Length"), "{path}: it says nothing of this body");
            assert_eq!(response.text().unwrap(), "ok", "{path}");
        }
        assert_eq!(server.connections() - before, 2, "{path}: such a connection does not serve again");
    }
    for path in ["/number", "/coded"] {
        assert!(told.open(server.url(path)).is_err(), "{path}: what is wrong besides stays wrong");
    }
}

#[test]
fn no_connection_is_kept_if_none_shall_be() {
    for (idle_connections_per_host, connections) in [(1, 1), (0, 3)] {
        let server = Server::start(|_| Reply::ok("x"));
        let opener = opener(Limits { idle_connections_per_host, ..Limits::default() });
        for _ in 0..3 {
            opener.open(server.url("/")).unwrap().text().unwrap();
        }
        assert_eq!(server.connections(), connections, "{idle_connections_per_host} kept");
    }
}
