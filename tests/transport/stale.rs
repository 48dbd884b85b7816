//! A kept connection that the server has closed meanwhile: what is sent once more, and what never
//! is.

use super::outcome::outcome;
use crate::support::{Connection, Server};
use clientcookie::{Data, IntoData, Request, build_opener};
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener};
use std::sync::mpsc::channel;
use std::thread;

/// What a server does on receipt of a second request over its first connection.
type Then = fn(&mut Connection) -> io::Result<()>;

const CLOSE: Then = |_| Ok(());
const RESET: Then = |connection| {
    connection.end_with_reset();
    Ok(())
};
const SAY_A_LETTER: Then = |connection| connection.write_all(b"H");
const SAY_CONTINUE: Then = |connection| connection.write_all(b"HTTP/1.1 100 Continue\r\n\r\n");

/// A server whose first connection answers once, and whose others always do.
fn server(then: Then) -> Server {
    Server::raw(move |number, connection| {
        let mut served = 0;
        while connection.read_request()?.is_some() {
            if number == 0 && served == 1 {
                return then(connection);
            }
            served += 1;
            connection.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")?;
        }
        Ok(())
    })
}

#[test]
fn only_what_is_safe_is_sent_again() {
    let bytes: fn() -> Option<Data> = || "data".into_data();
    let reader: fn() -> Option<Data> = || Data::sized_reader(&b"data"[..], 4).into_data();
    let none: fn() -> Option<Data> = || None;
    for (sentence, method, data, then, expected, requests) in [
        ("GET", "GET", none, CLOSE, "ok", 3),
        ("GET, after a reset", "GET", none, RESET, "ok", 3),
        ("HEAD", "HEAD", none, CLOSE, "", 3),
        ("OPTIONS", "OPTIONS", none, CLOSE, "ok", 3),
        ("PUT", "PUT", bytes, CLOSE, "ok", 3),
        ("DELETE with data", "DELETE", bytes, CLOSE, "ok", 3),
        ("PUT of what can be read once", "PUT", reader, CLOSE, "Disconnected", 2),
        ("POST", "POST", bytes, CLOSE, "Disconnected", 2),
        ("POST, after a reset", "POST", bytes, RESET, "Disconnected", 2),
        ("POST without data", "POST", none, CLOSE, "Disconnected", 2),
        ("PATCH", "PATCH", bytes, CLOSE, "Disconnected", 2),
        ("a method nobody knows", "FOO", none, CLOSE, "Disconnected", 2),
        ("an answer had begun", "GET", none, SAY_A_LETTER, "BadResponse", 2),
        ("an informational head had arrived", "GET", none, SAY_CONTINUE, "BadResponse", 2),
    ] {
        let server = server(then);
        let opener = build_opener(());
        assert_eq!(outcome(&opener, server.url("/1").as_str()), "ok", "{sentence}");
        let mut request = Request::get(server.url("/2")).method(method).build().unwrap();
        request.set_data(data());
        assert_eq!(outcome(&opener, request), expected, "{sentence}");
        let seen = server.requests();
        assert_eq!(seen.len(), requests, "{sentence}");
        if requests == 3 {
            assert_eq!((&seen[1].head, &seen[1].body), (&seen[2].head, &seen[2].body), "{sentence}: the same again");
        }
        assert_eq!(outcome(&opener, server.url("/3").as_str()), "ok", "{sentence}");
    }
}

#[test]
fn it_is_sent_again_once() {
    let server = Server::raw(|number, connection| {
        connection.read_request()?;
        if number == 0 {
            connection.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")?;
            connection.read_request()?;
        }
        Ok(())
    });
    let opener = build_opener(());
    assert_eq!(outcome(&opener, server.url("/").as_str()), "ok");
    assert_eq!(outcome(&opener, server.url("/").as_str()), "Disconnected");
    assert_eq!((server.requests().len(), server.connections()), (3, 2));
    assert_eq!(outcome(&opener, server.url("/").as_str()), "Disconnected");
    assert_eq!((server.requests().len(), server.connections()), (4, 3), "on a new connection it is sent once");
}

/// A connection that is seen to be closed is not used at all, so that even a POST gets through.
#[test]
fn a_closed_connection_is_not_used() {
    // A server of its own, because it has to say when it has closed.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let (closed, is_closed) = channel();
    let server = thread::spawn(move || {
        for body in ["first", "again"] {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") && !request.ends_with(b"\r\n\r\ndata") {
                let mut byte = [0];
                stream.read_exact(&mut byte).unwrap();
                request.push(byte[0]);
            }
            write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{body}").unwrap();
            stream.shutdown(Shutdown::Write).unwrap();
            closed.send(()).unwrap();
            // What the client still sends, to its end: closing before that would reset.
            io::copy(&mut stream, &mut io::sink()).unwrap();
        }
    });
    let opener = build_opener(());
    assert_eq!(outcome(&opener, url.as_str()), "first");
    is_closed.recv().unwrap();
    assert_eq!(outcome(&opener, Request::post(&url, "data")), "again");
    drop(opener);
    server.join().unwrap();
}
