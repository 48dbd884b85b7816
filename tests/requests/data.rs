//! The data of a request, on the wire.

use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex};

use clientcookie::{Data, ErrorKind, Request};

use super::opener_to;
use crate::support::{Reply, Server};

/// A reader that gives a few bytes at a time and then ends, or fails.
struct Dripping(&'static [u8], Option<io::ErrorKind>);

impl Read for Dripping {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match (self.0, self.1) {
            ([], Some(error)) => Err(error.into()),
            (left, _) => {
                let amount = left.len().min(3).min(buffer.len());
                buffer[..amount].copy_from_slice(&left[..amount]);
                self.0 = &left[amount..];
                Ok(amount)
            }
        }
    }
}

#[test]
fn every_kind_of_data_arrives() {
    let path = std::env::temp_dir().join(format!("clientcookie-sent-{}", std::process::id()));
    let large: Vec<u8> = (0..300_000_u32).map(|number| number as u8).collect();
    std::fs::write(&path, &large).unwrap();
    let counted = |length: usize| ("Content-Length", length.to_string());
    let chunked = || ("Transfer-Encoding", "chunked".to_owned());
    let rows = [
        ("bytes", Data::from(&b"a\0\xff"[..]), b"a\0\xff".to_vec(), counted(3)),
        ("no bytes", Data::from(""), vec![], counted(0)),
        ("many bytes", Data::from(large.clone()), large.clone(), counted(300_000)),
        ("a form", Data::form([("a", "b c"), ("d", "é")]), b"a=b+c&d=%C3%A9".to_vec(), counted(14)),
        ("a file", Data::file(&path).unwrap(), large.clone(), counted(300_000)),
        ("a sized reader", Data::sized_reader(Dripping(b"0123456789", None), 10), b"0123456789".to_vec(), counted(10)),
        ("one with more than was said", Data::sized_reader(io::repeat(b'x'), 5), b"xxxxx".to_vec(), counted(5)),
        ("a sized reader of nothing", Data::sized_reader(io::empty(), 0), vec![], counted(0)),
        ("a reader", Data::reader(Dripping(b"0123456789", None)), b"0123456789".to_vec(), chunked()),
        ("a reader of much", Data::reader(io::Cursor::new(large.clone())), large.clone(), chunked()),
        ("a reader of nothing", Data::reader(io::empty()), vec![], chunked()),
    ];
    for (says, data, expected, (name, value)) in rows {
        let server = Server::start(|request| Reply::ok(request.body.len().to_string()));
        let opener = opener_to(&server);
        let mut response = opener.open(Request::post("http://h/", data)).unwrap_or_else(|e| panic!("{says}: {e}"));
        assert_eq!(response.text().unwrap(), expected.len().to_string(), "{says}");
        opener.open("http://h/next").unwrap();
        let requests = server.requests();
        assert!(requests[0].body == expected, "{says}");
        assert_eq!(requests[0].header(name).as_deref(), Some(value.as_str()), "{says}");
        let framings = requests[0].header_count("Content-Length") + requests[0].header_count("Transfer-Encoding");
        assert_eq!(framings, 1, "{says}");
        assert_eq!((requests[1].target(), server.connections()), ("/next", 1), "{says}: nothing was left over");
    }
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn data_that_cannot_be_read_is_its_own_error_and_no_request() {
    let path = std::env::temp_dir().join(format!("clientcookie-gone-{}", std::process::id()));
    std::fs::write(&path, "0123456789").unwrap();
    let (gone, shorter) = (Data::file(&path).unwrap(), path.with_extension("shorter"));
    std::fs::write(&shorter, "0123456789").unwrap();
    let truncated = Data::file(&shorter).unwrap();
    std::fs::remove_file(&path).unwrap();
    std::fs::write(&shorter, "0123").unwrap();

    let reset = Some(io::ErrorKind::ConnectionReset);
    let rows = [
        ("too short", Data::sized_reader(&b"0123"[..], 10), io::ErrorKind::UnexpectedEof),
        ("empty", Data::sized_reader(io::empty(), 10), io::ErrorKind::UnexpectedEof),
        ("broken", Data::sized_reader(Dripping(b"0123", Some(io::ErrorKind::Other)), 10), io::ErrorKind::Other),
        ("broken like a connection", Data::sized_reader(Dripping(b"0123", reset), 10), io::ErrorKind::ConnectionReset),
        ("broken, in chunks", Data::reader(Dripping(b"0123", Some(io::ErrorKind::TimedOut))), io::ErrorKind::TimedOut),
        ("broken in chunks like a connection", Data::reader(Dripping(b"0123", reset)), io::ErrorKind::ConnectionReset),
        ("a file that is gone", gone, io::ErrorKind::NotFound),
        ("a file that shrank", truncated, io::ErrorKind::UnexpectedEof),
    ];
    for (says, data, expected) in rows {
        let server = Server::start(|_| Reply::ok("taken for whole"));
        let opener = opener_to(&server);
        let error = opener.open(Request::post("http://h/", data)).expect_err(says);
        match error.kind() {
            ErrorKind::RequestData { source } => assert_eq!(source.kind(), expected, "{says}: {error}"),
            _ => panic!("{says}: {error}"),
        }
        assert!(server.wait_for_connections_closed(), "{says}");
        assert!(server.requests().is_empty(), "{says}: the server saw no complete request");
        opener.open("http://h/next").unwrap();
        assert_eq!(server.requests().len(), 1, "{says}: and the next one is sent on a connection of its own");
    }
    std::fs::remove_file(&shorter).unwrap();
}

#[test]
fn a_reader_is_sent_once() {
    let data = Data::reader(&b"once"[..]);
    assert!(!data.can_replay() && data.try_clone().is_none());
    let sized = Data::sized_reader(&b"once"[..], 4);
    assert!(!sized.can_replay() && sized.try_clone().is_none());
    let bytes = Data::from("again");
    assert!(bytes.can_replay() && bytes.try_clone().is_some());
}

#[test]
fn framing_that_is_not_the_datas_is_refused_before_connecting() {
    let server = Server::start(|_| Reply::ok(""));
    let opener = opener_to(&server);
    let get = || Request::get("http://h/");
    let post = || Request::post("http://h/", "abc");
    let stream = || Request::post("http://h/", Data::reader(&b"abc"[..]));
    for (says, request) in [
        ("a length without data would leave the server waiting", get().header("Content-Length", "5")),
        ("a length that is too short would start another request", post().header("content-length", "2")),
        ("one that is too long", post().header("CONTENT-LENGTH", "4")),
        ("one that is no number", post().header("Content-Length", "three")),
        ("one of data nobody knows the length of", stream().header("Content-Length", "3")),
        ("chunked bytes", post().header("Transfer-Encoding", "chunked")),
        ("chunks without data", get().header("Transfer-Encoding", "chunked")),
        ("another encoding", stream().header("Transfer-Encoding", "gzip, chunked")),
        ("both", stream().header("Content-Length", "3").header("Transfer-Encoding", "chunked")),
        ("an upgrade", get().header("Connection", "Upgrade").header("Upgrade", "websocket")),
        ("TE", get().header("TE", "trailers")),
        ("a second host", get().header("Host", "a").unredirected_header("Host", "b")),
    ] {
        let error = opener.open(request).expect_err(says);
        assert!(matches!(error.kind(), ErrorKind::InvalidHeader { .. }), "{says}: {error}");
    }
    assert_eq!(server.connections(), 0);
}

#[test]
fn q9_a_get_with_data_is_counted_to_the_byte() {
    let rows = [
        ("it becomes a POST", Request::get("http://h/").data("abc"), "POST", "Content-Length: 3", "abc"),
        ("unless GET is said", Request::get("http://h/").method("GET").data("abc"), "GET", "Content-Length: 3", "abc"),
        (
            "in chunks",
            Request::get("http://h/").method("GET").data(Data::reader(&b"abc"[..])),
            "GET",
            "Transfer-Encoding: chunked",
            "3\r\nabc\r\n0\r\n\r\n",
        ),
        ("without data there is not a byte more", Request::get("http://h/"), "GET", "Host: h", ""),
        ("nor behind a DELETE", Request::get("http://h/").method("DELETE"), "DELETE", "Host: h", ""),
        ("empty data", Request::get("http://h/").method("GET").data(""), "GET", "Content-Length: 0", ""),
    ];
    for (says, request, method, framing, body) in rows {
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&bytes);
        let server = Server::raw(move |_, connection| {
            // Answering after the head lets the client finish; what it sends is everything until it
            // goes.
            let mut buffer = [0; 4096];
            let mut answered = false;
            loop {
                let read = connection.read(&mut buffer)?;
                if read == 0 {
                    return Ok(());
                }
                log.lock().unwrap().extend_from_slice(&buffer[..read]);
                let has_head = log.lock().unwrap().windows(4).any(|window| window == b"\r\n\r\n");
                if has_head && !answered {
                    answered = true;
                    connection.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")?;
                }
            }
        });
        let opener = opener_to(&server);
        opener.open(request).unwrap();
        drop(opener);
        assert!(server.wait_for_connections_closed(), "{says}");
        let bytes = String::from_utf8(bytes.lock().unwrap().clone()).unwrap();
        let (head, sent) = bytes.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with(&format!("{method} / HTTP/1.1\r\n")), "{says}: {head}");
        assert!(head.contains(&format!("\r\n{framing}")), "{says}: {head}");
        assert_eq!(sent, body, "{says}");
    }
}

#[test]
fn a_file_that_is_missing_is_an_error_at_once() {
    let error = Data::file("/nowhere/at/all").unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::NotFound);
}
