//! Framing within TLS: ends that are none, and leftovers that hide in a record.

use super::openers::trusting;
use crate::framing::leftovers;
use crate::support::{Reply, Server, fixture};
use crate::transport::outcome::{describe, outcome};
use clientcookie::{OpenerDirector, Request};
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

type Stream = StreamOwned<ServerConnection, TcpStream>;

/// Serves one connection after another with TLS that does what no proper server would.
fn bare_server(
    connections: usize,
    serve: impl Fn(usize, &mut Stream) -> io::Result<()> + Send + 'static,
) -> (String, thread::JoinHandle<()>) {
    let config = ServerConfig::builder_with_provider(ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from_pem_file(fixture("localhost.pem")).unwrap()],
            PrivateKeyDer::from_pem_file(fixture("localhost.key")).unwrap(),
        )
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let server = thread::spawn(move || {
        for number in 0..connections {
            let (socket, _) = listener.accept().unwrap();
            socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
            let mut stream = StreamOwned::new(ServerConnection::new(Arc::clone(&config)).unwrap(), socket);
            // It fails when the client has gone, which is for the client to judge.
            let _ = serve(number, &mut stream);
        }
    });
    (url, server)
}

/// Reads a request that has no body, and gives its path.
fn path_of_request(stream: &mut Stream) -> io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head);
    Ok(head.split(' ').nth(1).unwrap_or_default().to_owned())
}

/// Sends what was written as it is, and closes the connection below TLS without a word.
fn hang_up(stream: &mut Stream) -> io::Result<()> {
    stream.flush()?;
    stream.sock.shutdown(Shutdown::Write)?;
    io::copy(&mut stream.sock, &mut io::sink()).map(drop)
}

#[test]
fn an_end_that_tls_does_not_confirm_is_none() {
    let (url, server) = bare_server(4, |number, stream| {
        path_of_request(stream)?;
        stream.write_all(match number {
            0 => b"HTTP/1.1 200 OK\r\n\r\nabc",
            1 => b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc",
            // The length says all; that TLS ends rudely then changes nothing.
            2 => b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
            _ => b"HTTP/1.1 200 OK\r\nContent-Le",
        })?;
        hang_up(stream)
    });
    let opener = trusting("ca.pem");
    for expected in [r#""abc", IncompleteRead 3"#, r#""abc", IncompleteRead 3 of 5"#, "abc", "BadResponse"] {
        assert_eq!(outcome(&opener, url.as_str()), expected);
    }
    drop(opener);
    server.join().unwrap();

    let server = Server::start_tls("localhost", |request| match request.target() {
        "/reset" => Reply::raw("HTTP/1.1 200 OK\r\n\r\nabc").then_reset(),
        _ => Reply::raw("HTTP/1.1 200 OK\r\n\r\nabc").then_close(),
    });
    let opener = trusting("ca.pem");
    assert_eq!(outcome(&opener, server.url("/confirmed").as_str()), "abc");
    assert_eq!(outcome(&opener, server.url("/reset").as_str()), r#""abc", IncompleteRead 3"#);
    assert_eq!(outcome(&opener, server.url("/confirmed").as_str()), "abc");
}

#[test]
fn bytes_that_are_no_record() {
    let (go, gone) = channel();
    let (url, server) = bare_server(2, move |number, stream| {
        path_of_request(stream)?;
        if number == 0 {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")?;
            // What arrives in one piece with nonsense is not handed out.
            gone.recv().map_err(io::Error::other)?;
        }
        stream.sock.write_all(&[b'x'; 100])?;
        io::copy(&mut stream.sock, &mut io::sink()).map(drop)
    });
    let opener = trusting("ca.pem");
    let mut response = opener.open(url.as_str()).unwrap();
    response.read_exact(&mut [0; 3]).unwrap();
    go.send(()).unwrap();
    assert_eq!(describe(&response.text().unwrap_err()), "Tls", "in the body");
    drop(response);
    assert_eq!(outcome(&opener, url.as_str()), "Tls", "in the head");
    drop(opener);
    server.join().unwrap();
}

#[test]
fn timeouts() {
    let limited = |url: &str| Request::get(url).timeout(Duration::from_millis(250)).build().unwrap();
    let server = Server::start_tls("localhost", |request| match request.target() {
        "/head" => Reply::raw("HTTP/1.1 200 OK\r\n").then_stall(),
        "/body" => Reply::raw("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc").then_stall(),
        path => Reply::ok(path),
    });
    let opener = trusting("ca.pem");
    let next = |opener: &OpenerDirector| assert_eq!(outcome(opener, server.url("/next").as_str()), "/next");
    assert_eq!(outcome(&opener, limited(&server.url("/head"))), "Timeout Head");
    next(&opener);
    assert_eq!(outcome(&opener, limited(&server.url("/body"))), r#""abc", Timeout Read"#);
    next(&opener);

    let mute = Server::raw(|_, connection| connection.wait_for_client_to_go());
    let url = mute.url("/").replace("http://127.0.0.1", "https://localhost");
    assert_eq!(outcome(&opener, limited(&url)), "Timeout Connect", "a handshake that nobody answers");
    let plain = Server::start(|_| Reply::ok("plain"));
    let url = plain.url("/").replace("http://127.0.0.1", "https://localhost");
    assert_eq!(outcome(&opener, limited(&url)), "Timeout Connect", "a server that takes the handshake for a head");
    let rude = Server::raw(|_, connection| connection.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n"));
    let url = rude.url("/").replace("http://127.0.0.1", "https://localhost");
    assert_eq!(outcome(&opener, url.as_str()), "Tls", "a server that answers it in plain words");
}

#[test]
fn connections_are_used_again() {
    let server = Server::start_tls("localhost", |request| Reply::ok(&request.body));
    let opener = trusting("ca.pem");
    for data in ["a", "", "b", &"c".repeat(1_000_000)] {
        assert!(outcome(&opener, Request::post(server.url("/"), data)) == data);
    }
    assert_eq!(server.connections(), 1);
}

#[test]
fn a_connection_that_the_server_closed_is_not_missed() {
    let server = Server::start_tls("localhost", |_| Reply::ok("served").then_close());
    let opener = trusting("ca.pem");
    for connections in 1..=4 {
        assert_eq!(outcome(&opener, server.url("/").as_str()), "served");
        assert_eq!(server.connections(), connections);
    }
}

/// q10
#[test]
fn more_in_the_same_record() {
    for (sentence, method, bytes) in leftovers::answers_with_more() {
        let server = Server::start_tls("localhost", move |request| match request.target() {
            "/first" => Reply::raw(&bytes),
            path => Reply::ok(path),
        });
        leftovers::check(sentence, &trusting("ca.pem"), &server, method);
    }
}

/// q10: records that arrive together and are decrypted one by one. What waits below TLS is not seen
/// by whoever looks at the socket alone.
#[test]
fn more_in_the_next_record() {
    let (url, _) = bare_server(usize::MAX, |_, stream| {
        loop {
            let path = path_of_request(stream)?;
            let body = match path.trim_start_matches('/').parse() {
                Ok(length) => "x".repeat(length),
                Err(_) => "own".to_owned(),
            };
            let answer = |body: &str| format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len());
            stream.conn.set_buffer_limit(None);
            stream.conn.writer().write_all(answer(&body).as_bytes())?;
            if body != "own" {
                stream.conn.writer().write_all(answer(&"evil".repeat(500)).as_bytes())?;
            }
            // The records one by one, and on the wire as one.
            let mut records = Vec::new();
            while stream.conn.wants_write() {
                stream.conn.write_tls(&mut records)?;
            }
            stream.sock.write_all(&records)?;
        }
    });
    // TLS takes 4096 bytes at a time: after some of these it holds a part of the next record.
    for length in [1, 2_500, 3_000, 3_500, 5_000, 16_000, 16_346, 100_000, 120_000, 131_072, 140_000, 300_000] {
        let opener = trusting("ca.pem");
        assert_eq!(outcome(&opener, format!("{url}/{length}").as_str()).len(), length);
        for _ in 0..2 {
            assert_eq!(outcome(&opener, format!("{url}/own").as_str()), "own", "after {length} bytes");
        }
    }
}
