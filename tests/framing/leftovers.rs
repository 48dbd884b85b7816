//! q10: what a server sends too much never answers another request.

use crate::support::{Connection, Reply, Server};
use crate::transport::outcome::outcome;
use clientcookie::{OpenerDirector, Request, build_opener};
use std::io::{Read, Write};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

const EVIL: &str = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil";

/// Answers like this to `/first`, each with more behind it than belongs to it.
pub fn answers_with_more() -> Vec<(&'static str, &'static str, String)> {
    let answer = |head: &str, body: &str| format!("HTTP/1.1 {head}\r\n\r\n{body}{EVIL}");
    vec![
        ("a body by length", "GET", answer("200 OK\r\nContent-Length: 3", "abc")),
        ("a body in chunks", "GET", answer("200 OK\r\nTransfer-Encoding: chunked", "3\r\nabc\r\n0\r\n\r\n")),
        ("a body in chunks with trailers", "GET", {
            answer("200 OK\r\nTransfer-Encoding: chunked", "3\r\nabc\r\n0\r\nA: b\r\n\r\n")
        }),
        ("no body", "GET", answer("200 OK\r\nContent-Length: 0", "")),
        ("204", "GET", answer("204 No Content", "")),
        ("304", "GET", answer("304 Not Modified", "")),
        ("a HEAD with a body by mistake", "HEAD", answer("200 OK\r\nContent-Length: 3", "abc")),
        ("a HEAD", "HEAD", answer("200 OK\r\nContent-Length: 3", "")),
        ("an error", "GET", answer("404 Not Found\r\nContent-Length: 3", "abc")),
    ]
}

/// Opens `/first`, reads it, and finds that `/second` is answered by its own answer.
pub fn check(sentence: &str, opener: &OpenerDirector, server: &Server, method: &str) {
    let first = opener.open(Request::get(server.url("/first")).method(method));
    let mut first = first.unwrap_or_else(|error| error.into_http_error().unwrap().into_response());
    let body = first.text().unwrap();
    assert!(body == "abc" || body.is_empty(), "{sentence}: {body:?}");
    drop(first);
    for path in ["/second", "/third"] {
        assert_eq!(outcome(opener, server.url(path).as_str()), path, "{sentence}");
    }
}

#[test]
fn more_in_the_same_segment() {
    for (sentence, method, bytes) in answers_with_more() {
        let server = Server::start(move |request| match request.target() {
            "/first" => Reply::raw(&bytes),
            path => Reply::ok(path),
        });
        check(sentence, &build_opener(()), &server, method);
        assert_eq!(server.connections(), 2, "{sentence}: the connection is not used again");
    }
}

/// One step of a test at a time, on both sides of a connection.
struct Turn {
    go: Sender<()>,
    done: Mutex<Receiver<()>>,
}

/// Two ends: what one sends, the other receives.
fn turns() -> (Turn, Turn) {
    let ((to_server, from_client), (to_client, from_server)) = (channel(), channel());
    (Turn { go: to_server, done: Mutex::new(from_server) }, Turn { go: to_client, done: Mutex::new(from_client) })
}

impl Turn {
    fn signal(&self) {
        self.go.send(()).unwrap();
    }

    fn wait(&self) {
        self.done.lock().unwrap().recv_timeout(Duration::from_secs(10)).unwrap();
    }
}

/// Sends `more` on the first connection once the first answer was read, and says when it has
/// arrived: on the loopback interface what was written is there.
fn later(more: &'static str, ours: Turn) -> Server {
    Server::raw(move |number, connection: &mut Connection| {
        while let Some(request) = connection.read_request()? {
            let path = request.target();
            write!(connection, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{path}", path.len())?;
            if number == 0 && path == "/first" {
                ours.wait();
                connection.write_all(more.as_bytes())?;
                ours.signal();
            }
        }
        Ok(())
    })
}

#[test]
fn more_in_a_later_segment() {
    let timed_out = "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    for (sentence, more) in [
        ("a whole answer", EVIL),
        ("one byte", "H"),
        ("an informational head", "HTTP/1.1 103 Early Hints\r\n\r\n"),
        ("a complaint that nothing was asked", timed_out),
    ] {
        let (ours, theirs) = turns();
        let server = later(more, theirs);
        let opener = build_opener(());
        assert_eq!(outcome(&opener, server.url("/first").as_str()), "/first", "{sentence}");
        ours.signal();
        ours.wait();
        // Not even a request that could not be repeated is lost.
        let second = Request::post(server.url("/second"), "data").build().unwrap();
        assert_eq!(outcome(&opener, second), "/second", "{sentence}");
        assert_eq!(server.connections(), 2, "{sentence}");
    }
}

#[test]
fn a_body_that_is_left_closes_its_connection_at_once() {
    for (sentence, head) in [
        ("by length", "Content-Length: 100000000\r\n"),
        ("in chunks", "Transfer-Encoding: chunked\r\n"),
        ("until the end of the connection", ""),
    ] {
        for read in [0, 3] {
            let reply = Reply::raw(format!("HTTP/1.1 200 OK\r\n{head}\r\n7\r\nevil...\r\n")).then_stall();
            let server = Server::start(move |request| match request.target() {
                "/first" => reply.clone(),
                path => Reply::ok(path),
            });
            let opener = build_opener(());
            let mut response = opener.open(server.url("/first").as_str()).unwrap();
            response.read_exact(&mut vec![0; read]).unwrap();
            drop(response);
            assert!(server.wait_for_connections_closed(), "{sentence}");
            assert_eq!(outcome(&opener, server.url("/second").as_str()), "/second", "{sentence}");
        }
    }
}

#[test]
fn what_comes_after_a_timeout_answers_nothing() {
    for (sentence, before, after) in [
        ("in the head", "", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate"),
        ("in the body", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nl", "ateHTTP/1.1 200 OK\r\n\r\nevil"),
    ] {
        let (ours, theirs) = turns();
        let server = Server::raw(move |number, connection| {
            while let Some(request) = connection.read_request()? {
                if number > 0 {
                    connection.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nown")?;
                    continue;
                }
                assert_eq!(request.target(), "/late");
                connection.write_all(before.as_bytes())?;
                theirs.wait();
                // Nobody may be there to take it.
                let _ = connection.write_all(after.as_bytes());
                theirs.signal();
            }
            Ok(())
        });
        let opener = build_opener(());
        let late = Request::get(server.url("/late")).timeout(Duration::from_millis(250)).build().unwrap();
        assert!(outcome(&opener, late).contains("Timeout"), "{sentence}");
        ours.signal();
        ours.wait();
        assert_eq!(outcome(&opener, server.url("/next").as_str()), "own", "{sentence}");
    }
}

#[test]
fn informational_heads_are_passed_over() {
    let hints = "HTTP/1.1 103 Early Hints\r\nSet-Cookie: early=1\r\nContent-Length: 9\r\n\r\n";
    for (sentence, before) in [
        ("early hints", hints.to_owned()),
        (
            "what it says of a body, whatever that is",
            "HTTP/1.1 103 Hints\r\nContent-Length: 5\r\nContent-Length: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                .to_owned(),
        ),
        (
            "in an old version, folded and misspelled",
            "HTTP/1.0 103 -\r\nTransfer-Encoding: a\r\n b\r\nContent-Length : 1\r\n\r\n".to_owned(),
        ),
        ("a continuation nobody asked for", "HTTP/1.1 100 Continue\r\n\r\n".to_owned()),
        ("several", format!("{hints}HTTP/1.1 102 Processing\r\n\r\n{hints}")),
    ] {
        for apart in [false, true] {
            let before = before.clone();
            let server = Server::raw(move |_, connection| {
                while let Some(request) = connection.read_request()? {
                    let path = request.target();
                    let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{path}", path.len());
                    if apart {
                        connection.write_all(before.as_bytes())?;
                        connection.write_all(answer.as_bytes())?;
                    } else {
                        connection.write_all(format!("{before}{answer}").as_bytes())?;
                    }
                }
                Ok(())
            });
            let opener = build_opener(());
            for path in ["/a", "/b", "/c"] {
                let response = opener.open(server.url(path).as_str()).unwrap();
                assert_eq!(response.headers().get_str("Set-Cookie"), None, "{sentence}");
                assert_eq!(crate::transport::outcome::read(response), path, "{sentence}");
            }
            assert_eq!(server.connections(), 1, "{sentence}");
        }
    }
}

#[test]
fn a_body_that_was_left_on_purpose_does_not_reach_another_thread() {
    let server = Server::start(|request| Reply::ok(request.target().repeat(20_000)));
    let opener = build_opener(());
    std::thread::scope(|scope| {
        for name in 0..8 {
            let (server, opener) = (&server, &opener);
            scope.spawn(move || {
                for round in 0..10 {
                    let path = format!("/{name}-{round}");
                    let mut response = opener.open(server.url(&path).as_str()).unwrap();
                    if (name + round) % 2 == 0 {
                        let mut start = vec![0; path.len()];
                        response.read_exact(&mut start).unwrap();
                        assert_eq!(start, path.as_bytes());
                    } else {
                        assert!(response.text().unwrap() == path.repeat(20_000), "{path}");
                    }
                }
            });
        }
    });
}
