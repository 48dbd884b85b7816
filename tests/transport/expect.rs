//! `Expect: 100-continue` (RFC 9110 section 10.1.1): the server is asked whether it wants the data.

use std::io::{self, Read, Write};
use std::time::{Duration, Instant};

use clientcookie::{Data, IntoData, Request, build_opener};

use super::outcome::outcome;
use crate::support::{Connection, Reply, Server};

/// A head, without a byte behind it.
fn read_head(connection: &mut Connection) -> io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        connection.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

fn asking(server: &Server, data: impl IntoData) -> Request {
    Request::post(server.url("/"), data).header("Expect", "100-continue").build().unwrap()
}

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

#[test]
fn the_data_waits_for_the_servers_word() {
    // What the server says once it has the head, what comes of it, and whether the data is sent.
    for (sentence, word, expected, sent) in [
        ("it wants them", "HTTP/1.1 100 Continue\r\n\r\n", "ok", true),
        ("after other words", "HTTP/1.1 102 -\r\n\r\nHTTP/1.1 100 -\r\n\r\n", "ok", true),
        ("it has an answer", "HTTP/1.1 200 Enough\r\nContent-Length: 3\r\n\r\nhad", "had", false),
        ("it does not want them", "HTTP/1.1 413 No\r\nContent-Length: 0\r\n\r\n", "Http 413", false),
        ("it says nothing that can be read", "hello\r\n\r\n", "BadResponse", false),
    ] {
        let server = Server::raw(move |number, connection| {
            if number > 0 {
                connection.read_request()?;
                return connection.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnext");
            }
            read_head(connection)?;
            connection.write_all(word.as_bytes())?;
            let mut data = [0; 4];
            let came = connection.read(&mut data)?;
            assert_eq!(came > 0, sent, "{sentence}");
            connection.write_all(OK.as_bytes())
        });
        let opener = build_opener(());
        assert_eq!(outcome(&opener, asking(&server, "data")), expected, "{sentence}");
        let next = if sent { "ok" } else { "next" };
        let came = outcome(&opener, server.url("/next").as_str());
        assert!(came == next || (sent && came == "next"), "{sentence}: the connection that lacks the data is not used");
    }
}

#[test]
fn a_server_that_does_not_know_it_gets_the_data_after_a_while() {
    let server = Server::raw(|_, connection| {
        read_head(connection)?;
        let mut data = [0; 4];
        connection.read_exact(&mut data)?;
        assert_eq!(&data, b"data");
        connection.write_all(OK.as_bytes())
    });
    let start = Instant::now();
    assert_eq!(outcome(&build_opener(()), asking(&server, "data")), "ok");
    assert!(start.elapsed() >= Duration::from_millis(900), "it was given a second to say so");
}

#[test]
fn a_417_is_asked_again_without_it() {
    for data in ["data".into_data(), Data::reader(&b"data"[..]).into_data()] {
        let server = Server::raw(|_, connection| {
            let head = read_head(connection)?;
            if head.contains("Expect") {
                return connection.write_all(b"HTTP/1.1 417 What\r\nContent-Length: 0\r\n\r\n");
            }
            let mut data = vec![0; if head.contains("chunked") { 14 } else { 4 }];
            connection.read_exact(&mut data)?;
            assert!(data.windows(4).any(|four| four == b"data"));
            connection.write_all(OK.as_bytes())
        });
        assert_eq!(outcome(&build_opener(()), asking(&server, data)), "ok");
        assert_eq!(server.connections(), 2);
    }
    let server = Server::start(|_| Reply::status(417, "What"));
    assert_eq!(
        outcome(&build_opener(()), Request::post(server.url("/"), "data")),
        "Http 417",
        "unasked it is an answer"
    );
    assert_eq!(server.requests().len(), 1);
}
