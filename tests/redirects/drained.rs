//! A redirect's own body: read if it is small, so that its connection serves the next request, and
//! left if not.

use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use clientcookie::transport::{Transport, WireRequest};
use clientcookie::{Body, Headers, HttpHandler, Response, Result, build_opener};
use http::StatusCode;

use crate::support::{Reply, Server};

const KIB: usize = 1024;

#[test]
fn a_small_body_does_not_cost_the_connection() {
    let chunked = |body: &str| {
        let head = "HTTP/1.1 302 Found\r\nLocation: /end\r\nTransfer-Encoding: chunked\r\n\r\n";
        Reply::raw(format!("{head}{:x}\r\n{body}\r\n0\r\n\r\n", body.len()))
    };
    let large = "x".repeat(64 * KIB);
    let counted = |body: &str| Reply::redirect(302, "/end").body(body);
    let rows = [
        ("none", counted(""), 1),
        ("a few bytes", counted("moved"), 1),
        ("a few bytes in a chunk", chunked("moved"), 1),
        ("64 KiB", counted(&large), 1),
        ("64 KiB and one byte", counted(&format!("{large}x")), 2),
    ];
    for (says, reply, connections) in rows {
        let server = Server::start(move |request| match request.target() {
            "/start" => reply.clone(),
            _ => Reply::ok("done"),
        });
        let mut response = build_opener(()).open(server.url("/start")).unwrap();
        assert_eq!(response.text().unwrap(), "done", "{says}");
        assert_eq!(server.connections(), connections, "{says}");
    }
}

#[test]
fn a_body_that_does_not_end_is_not_waited_for() {
    let head = "HTTP/1.1 302 Found\r\nLocation: /end\r\n";
    let block = "x".repeat(16 * KIB);
    let chunk = format!("{:x}\r\n{block}\r\n", block.len());
    let rows = [
        ("a length nobody would read", Reply::endless(format!("{head}Content-Length: 1000000000000\r\n\r\n"), &block)),
        ("chunk after chunk", Reply::endless(format!("{head}Transfer-Encoding: chunked\r\n\r\n"), &chunk)),
        ("until the connection closes", Reply::endless(format!("{head}\r\n"), &block)),
        ("silence in the middle", Reply::raw(format!("{head}Content-Length: 9\r\n\r\nmoved")).then_stall()),
        (
            "a byte now and then",
            Reply::drip(format!("{head}Content-Length: 60000\r\n\r\n{}", "x".repeat(60_000)), Duration::from_millis(1)),
        ),
        ("less than was announced", Reply::raw(format!("{head}Content-Length: 9\r\n\r\nmoved")).then_close()),
        (
            "packed: nobody unpacks it",
            Reply::redirect(302, "/end").header("Content-Encoding", "gzip").body("not gzip at all"),
        ),
    ];
    for (says, reply) in rows {
        let server = Server::start(move |request| match request.target() {
            "/start" => reply.clone(),
            _ => Reply::ok("done"),
        });
        let mut response = build_opener(()).open(server.url("/start")).unwrap();
        assert_eq!(response.text().unwrap(), "done", "{says}");
        assert!(server.connections() <= 2, "{says}");
    }
}

/// Answers every request with a redirect whose body counts what is read of it.
struct Counting(Arc<AtomicUsize>, &'static str);

impl Transport for Counting {
    fn send(&self, request: WireRequest<'_>) -> Result<Response> {
        let read = self.0.clone();
        let mut headers = Headers::new();
        let status = match request.url.path() {
            "/start" => StatusCode::FOUND,
            _ => StatusCode::OK,
        };
        headers.append("Location", "/end")?;
        let (name, value) = self.1.split_once(": ").unwrap_or(("X-Nothing", ""));
        headers.append(name, value)?;
        let counted = std::iter::repeat_n(b'x', 10 * 1024 * KIB);
        let body = Body::from_reader(CountedReader(counted, read));
        Ok(Response::new(request.url.clone(), status, body).unwrap().with_headers(headers))
    }
}

struct CountedReader<I>(I, Arc<AtomicUsize>);

impl<I: Iterator<Item = u8>> Read for CountedReader<I> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let mut read = 0;
        for (slot, byte) in buffer.iter_mut().zip(&mut self.0) {
            *slot = byte;
            read += 1;
        }
        self.1.fetch_add(read, Ordering::SeqCst);
        Ok(read)
    }
}

#[test]
fn no_more_than_64_kib_are_read_of_any_body() {
    for (framing, at_most) in [
        ("Transfer-Encoding: chunked", 64 * KIB),
        ("Content-Length: 65536", 64 * KIB),
        ("Content-Length: 65537", 0),
        ("Content-Length: 18446744073709551616", 0),
        ("", 0),
    ] {
        let read = Arc::new(AtomicUsize::new(0));
        let opener = build_opener(HttpHandler::with_transport(Counting(read.clone(), framing)));
        let response = opener.open("http://h.test/start").unwrap();
        assert_eq!(response.url().path(), "/end");
        assert_eq!(read.load(Ordering::SeqCst), at_most, "{framing}");
    }
}
