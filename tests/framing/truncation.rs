//! q11, q12: a body that is too short is an error for whoever reads it, however they read; one that
//! is not, is none.

use crate::support::{Reply, Server};
use crate::transport::outcome::describe;
use clientcookie::{Error, Request, Response, build_opener};
use std::io::{self, BufRead, Read};

/// A way to read a whole body.
type Reading = (&'static str, fn(&mut Response) -> io::Result<String>);

const READINGS: [Reading; 8] = [
    ("text", |response| Ok(response.text()?)),
    ("read_to_end", |response| {
        let mut bytes = Vec::new();
        response.read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }),
    ("read_to_string", |response| {
        let mut text = String::new();
        response.read_to_string(&mut text)?;
        Ok(text)
    }),
    ("read, 1 byte at a time", |response| steps(response, 1)),
    ("read, 4 bytes at a time", |response| steps(response, 4)),
    ("read, all at once", |response| steps(response, 1 << 20)),
    ("lines", |response| {
        let mut text = String::new();
        for line in response.lines() {
            text = text + &line? + "\n";
        }
        Ok(text)
    }),
    ("copy", |response| {
        let mut bytes = Vec::new();
        io::copy(response, &mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }),
];

fn steps(response: &mut Response, size: usize) -> io::Result<String> {
    let (mut text, mut buffer) = (String::new(), vec![0; size]);
    loop {
        match response.read(&mut buffer)? {
            0 => return Ok(text),
            amount => text += &String::from_utf8_lossy(&buffer[..amount]),
        }
    }
}

#[test]
fn every_way_of_reading_notices() {
    let whole = "one\ntwo\n";
    let rows = [
        ("a whole one by length", format!("Content-Length: 8\r\n\r\n{whole}"), "one\ntwo\n"),
        ("a whole one in chunks", format!("Transfer-Encoding: chunked\r\n\r\n8\r\n{whole}\r\n0\r\n\r\n"), whole),
        ("a whole one by the connection's end", format!("\r\n{whole}"), whole),
        ("cut by length", format!("Content-Length: 9\r\n\r\n{whole}"), "IncompleteRead 8 of 9"),
        ("cut before its first byte", "Content-Length: 9\r\n\r\n".to_owned(), "IncompleteRead 0 of 9"),
        ("cut in chunks", format!("Transfer-Encoding: chunked\r\n\r\n8\r\n{whole}\r\n"), "IncompleteRead 8"),
        ("cut in a chunk", format!("Transfer-Encoding: chunked\r\n\r\n9\r\n{whole}"), "IncompleteRead 8"),
    ];
    for (sentence, rest, expected) in rows {
        for (reading, read) in READINGS {
            let reply = Reply::raw(format!("HTTP/1.1 200 OK\r\n{rest}")).then_close();
            let server = Server::start(move |_| reply.clone());
            let mut response = build_opener(()).open(server.url("/").as_str()).unwrap();
            let came = read(&mut response).unwrap_or_else(|error| describe(&Error::from(error)));
            assert_eq!(came, expected, "{sentence}, {reading}");
            if expected.starts_with("IncompleteRead") {
                // A caller who passed over the error must not take what there is for the whole.
                let again = response.text().map_err(|error| describe(&error));
                assert_eq!(again, Err(expected.to_owned()), "{sentence}, {reading}, and once more");
            }
        }
    }
}

#[test]
fn nothing_is_missing_where_nothing_is_sent() {
    for (sentence, method, head) in [
        ("HEAD", "HEAD", "200 OK\r\nContent-Length: 5"),
        ("HEAD of something in chunks", "HEAD", "200 OK\r\nTransfer-Encoding: chunked"),
        ("204", "GET", "204 No Content\r\nContent-Length: 5"),
        ("304", "GET", "304 Not Modified\r\nContent-Length: 5"),
        ("a HEAD that fails", "HEAD", "404 Not Found\r\nContent-Length: 5"),
    ] {
        let server = Server::start(move |_| Reply::raw(format!("HTTP/1.1 {head}\r\n\r\n")));
        let opener = build_opener(());
        for _ in 0..3 {
            let request = Request::get(server.url("/")).method(method);
            let mut response =
                opener.open(request).unwrap_or_else(|error| error.into_http_error().unwrap().into_response());
            assert_eq!(response.text().unwrap(), "", "{sentence}");
            assert!(response.headers().iter().count() == 1, "{sentence}: what was announced is shown");
        }
        assert_eq!(server.connections(), 1, "{sentence}");
    }
}

/// q11
#[test]
fn an_announced_length_is_not_believed() {
    for (length, sizes) in [(i64::MAX as u64, "2^63-1"), (u64::MAX, "2^64-1")] {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\nshort");
        let server = Server::start(move |_| Reply::raw(&head).then_close());
        let opener = build_opener(());
        let mut body = Vec::new();
        let error = opener.open(server.url("/").as_str()).unwrap().read_to_end(&mut body).unwrap_err();
        assert_eq!(describe(&error.into()), format!("IncompleteRead 5 of {length}"), "{sizes}");
        assert_eq!(body, b"short", "{sizes}");
        assert!(body.capacity() < 1 << 20, "{sizes}: {} bytes were set aside", body.capacity());
        let error = opener.open(server.url("/").as_str()).unwrap().text().unwrap_err();
        assert_eq!(describe(&error), format!("IncompleteRead 5 of {length}"), "{sizes}");
    }
}

#[test]
fn a_stall_may_be_waited_for_again() {
    let (go, gone) = std::sync::mpsc::channel();
    let gone = std::sync::Mutex::new(gone);
    let server = Server::raw(move |_, connection| {
        use std::io::Write;
        connection.read_request()?;
        connection.write_all(b"HTTP/1.1 200 OK\r\n\r\nfirst ")?;
        gone.lock().unwrap().recv().map_err(io::Error::other)?;
        connection.write_all(b"second")
    });
    let request = Request::get(server.url("/")).timeout(std::time::Duration::from_millis(250));
    let mut response = build_opener(()).open(request).unwrap();
    let mut body = Vec::new();
    let error = response.read_to_end(&mut body).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    go.send(()).unwrap();
    response.read_to_end(&mut body).unwrap();
    assert_eq!(String::from_utf8(body).unwrap(), "first second", "and the end is the end");
}
