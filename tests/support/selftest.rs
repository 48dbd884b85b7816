//! Checks of the servers themselves, with clients that could not be simpler.

use super::tls::{authorities, chain, key};
use super::{PATIENCE, Recorded, Reply, Server, fixture};
use rustls::client::WebPkiServerVerifier;
use rustls::crypto::ring;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

const GET: &[u8] = b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

#[test]
fn requests_are_recorded_byte_for_byte() {
    let server = Server::start(|request| Reply::ok(request.method()));
    let mut client = connect(&server);
    client.write_all(b"GET /\xe9?q HTTP/1.1\r\nX-A:  one \r\nx-a: two\r\n\r\n").unwrap();
    assert_eq!(next(&mut client, "GET"), "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nGET");

    let request = &server.requests()[0];
    assert_eq!(request.connection, 0);
    assert_eq!(request.request_line(), "GET /\u{e9}?q HTTP/1.1");
    assert_eq!(request.target(), "/\u{e9}?q");
    assert_eq!(request.header("X-a").as_deref(), Some("one"));
    assert_eq!(request.header_count("X-A"), 2);
    assert_eq!(request.header("X-B"), None);
    assert!(request.head.ends_with("x-a: two\r\n\r\n"));
}

#[test]
fn connections_are_kept_open_and_bodies_unframed() {
    let server = Server::start(|request| Reply::ok(&request.body));
    let mut client = connect(&server);
    client.write_all(b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcGET / HTTP/1.1\r\n\r\n").unwrap();
    next(&mut client, "abc");
    next(&mut client, "\r\n\r\n");
    client.write_all(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n").unwrap();
    assert_eq!(next(&mut client, "\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    client.write_all(b"2;x=y\r\nde\r\n1\r\nf\r\n0\r\nTrailer: t\r\n\r\n").unwrap();
    next(&mut client, "def");

    let bodies: Vec<_> = server.requests().into_iter().map(|r| r.body).collect();
    assert_eq!(bodies, [b"abc".to_vec(), vec![], b"def".to_vec()]);
    assert_eq!(server.connections(), 1);
    drop(client);
    assert!(server.wait_for_connections_closed());
}

#[test]
fn only_what_belongs_into_a_message_is_sent() {
    let server = Server::start(|request| match request.target() {
        "/none" => Reply::status(304, "Not Modified").header("X", "y"),
        "/own" => Reply::ok("12").header("content-length", "1"),
        _ => Reply::redirect(302, "/x").body("text"),
    });
    assert_eq!(exchange(&server, b"GET /none HTTP/1.0\r\n\r\n").unwrap(), "HTTP/1.1 304 Not Modified\r\nX: y\r\n\r\n");
    assert_eq!(
        exchange(&server, b"GET /own HTTP/1.1\r\nConnection: close\r\n\r\n").unwrap(),
        "HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n12"
    );
    assert_eq!(
        exchange(&server, b"HEAD / HTTP/1.0\r\n\r\n").unwrap(),
        "HTTP/1.1 302 Redirect\r\nLocation: /x\r\nContent-Length: 4\r\n\r\n"
    );
}

#[test]
fn connections_end_as_the_reply_says() {
    let server = Server::start(|request| match request.target() {
        "/a" => Reply::raw("a").then_close(),
        "/reset" => Reply::raw("r").then_reset(),
        _ => Reply::raw("s").then_stall(),
    });
    assert_eq!(exchange(&server, GET).unwrap(), "a");

    let mut client = connect(&server);
    client.write_all(b"GET /reset HTTP/1.1\r\n\r\n").unwrap();
    assert_eq!(next(&mut client, "r"), "r");
    let error = client.read(&mut [0]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);

    let mut client = connect(&server);
    client.write_all(b"GET /stall HTTP/1.1\r\n\r\n").unwrap();
    assert_eq!(next(&mut client, "s"), "s");
    client.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    assert_eq!(client.read(&mut [0]).unwrap_err().kind(), ErrorKind::WouldBlock);
    drop(client);
    assert!(server.wait_for_connections_closed());
}

#[test]
fn slow_and_endless_replies_end_with_the_server() {
    let start = Instant::now();
    let server = Server::start(|request| match request.target() {
        "/endless" => Reply::endless("<", "ab"),
        "/drip" => Reply::drip("drip", Duration::from_millis(1)),
        _ => Reply::drip("hello", Duration::from_secs(3600)),
    });
    let mut endless = connect(&server);
    endless.write_all(b"GET /endless HTTP/1.1\r\n\r\n").unwrap();
    assert_eq!(next(&mut endless, "<ababab"), "<ababab");
    assert_eq!(exchange(&server, b"GET /drip HTTP/1.0\r\n\r\n").unwrap(), "drip");
    let mut slow = connect(&server);
    slow.write_all(GET).unwrap();
    assert_eq!(next(&mut slow, "h"), "h");
    drop(server);
    assert!(start.elapsed() < PATIENCE, "the server was not woken");
}

#[test]
fn raw_handlers_have_the_connection_to_themselves() {
    let server = Server::raw(|number, stream| {
        write!(stream, "early {number} of {}", stream.number())?;
        if number == 1 {
            stream.end_with_reset();
            return Ok(());
        }
        while let Some(request) = stream.read_request()? {
            stream.write_all(request.request_line().as_bytes())?;
            if !stream.pause(Duration::from_millis(1)) {
                return Ok(());
            }
        }
        Ok(())
    });
    let mut client = connect(&server);
    assert_eq!(next(&mut client, "of 0"), "early 0 of 0");
    client.write_all(GET).unwrap();
    next(&mut client, "GET /a HTTP/1.1");
    assert_eq!(server.requests().len(), 1);

    // Nothing but the client's own bytes makes this one a reset.
    let error = exchange(&server, GET).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
}

#[test]
fn what_was_written_arrives_though_nothing_was_read() {
    let server = Server::raw(|_, stream| stream.write_all(b"no"));
    for _ in 0..50 {
        assert_eq!(exchange(&server, GET).unwrap(), "no");
    }
}

#[test]
#[should_panic(expected = "the handler's own words")]
fn a_panic_in_a_handler_reaches_the_test() {
    let server = Server::start(|_| panic!("the handler's own words"));
    // End or reset, but no waiting.
    let _ = exchange(&server, GET);
}

#[test]
fn many_threads_are_served_at_once() {
    let server = Server::start(|request: &Recorded| Reply::ok(request.target()));
    thread::scope(|scope| {
        for client in 0..32 {
            let server = &server;
            scope.spawn(move || {
                let request = format!("GET /{client} HTTP/1.0\r\n\r\n");
                let reply = exchange(server, request.as_bytes()).unwrap();
                assert!(reply.ends_with(&format!("\r\n\r\n/{client}")));
            });
        }
    });
    assert_eq!(server.connections(), 32);
    assert_eq!(server.requests().len(), 32);
}

#[test]
fn urls_name_the_server() {
    let server = Server::start(|_| Reply::ok(""));
    let port = server.port();
    assert_eq!(server.url("/p"), format!("http://127.0.0.1:{port}/p"));
    let server = Server::start_tls("localhost", |_| Reply::ok(""));
    let port = server.port();
    assert_eq!(server.url("/"), format!("https://localhost:{port}/"));
    assert_eq!(server.url_for("a.test", "/"), format!("https://a.test:{port}/"));
    assert!(fixture("ca.pem").is_file());
}

#[test]
fn each_certificate_is_good_for_what_it_says() {
    for (certificate, name, good) in [
        ("localhost", "localhost", true),
        ("localhost", "127.0.0.1", true),
        ("localhost", "a.test", true),
        ("localhost", "b.test", true),
        ("localhost", "elsewhere.invalid", false),
        ("wrong-name", "localhost", false),
        ("wrong-name", "elsewhere.invalid", true),
        ("expired", "localhost", false),
        ("self-signed", "localhost", false),
        ("cn-only", "localhost", false),
    ] {
        let server = Server::start_tls(certificate, |_| Reply::ok("in private").then_close());
        let reply = exchange_tls(&server, name, None);
        assert_eq!(reply.is_ok(), good, "{certificate} for {name}: {reply:?}");
        assert_eq!(server.requests().len(), usize::from(good));
    }
}

#[test]
fn only_known_clients_are_served_where_that_is_demanded() {
    let server = Server::start_tls_with_client_auth("localhost", |_| Reply::ok("").then_close());
    exchange_tls(&server, "localhost", Some("client")).unwrap();
    let error = exchange_tls(&server, "localhost", Some("other-client")).unwrap_err();
    assert!(error.to_string().contains("UnknownCA"), "{error}");
    let error = exchange_tls(&server, "localhost", None).unwrap_err();
    assert!(error.to_string().contains("CertificateRequired"), "{error}");
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn tls_connections_can_be_reset_and_stalled() {
    let server = Server::start_tls("localhost", |_| Reply::ok("x").then_reset());
    let error = exchange_tls(&server, "localhost", None).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);

    let server = Server::start_tls("localhost", |_| Reply::ok("x").then_stall());
    let mut client = connect_tls(&server, "localhost", None);
    client.write_all(GET).unwrap();
    next(&mut client, "x");
    drop(client);
    assert!(server.wait_for_connections_closed());
}

fn connect(server: &Server) -> TcpStream {
    let client = TcpStream::connect(("127.0.0.1", server.port())).unwrap();
    client.set_read_timeout(Some(PATIENCE)).unwrap();
    client
}

/// Reads until the text received ends with `end`.
fn next(client: &mut impl Read, end: &str) -> String {
    let mut text = String::new();
    while !text.ends_with(end) {
        let mut byte = [0];
        client.read_exact(&mut byte).unwrap();
        text.push(char::from(byte[0]));
    }
    text
}

/// Sends a request and reads to the end of the connection.
fn exchange(server: &Server, request: &[u8]) -> io::Result<String> {
    let mut client = connect(server);
    client.write_all(request)?;
    let mut reply = String::new();
    client.read_to_string(&mut reply)?;
    client.shutdown(Shutdown::Both)?;
    Ok(reply)
}

fn exchange_tls(server: &Server, name: &str, certificate: Option<&str>) -> io::Result<String> {
    let mut client = connect_tls(server, name, certificate);
    client.write_all(GET)?;
    let mut reply = String::new();
    client.read_to_string(&mut reply)?;
    Ok(reply)
}

fn connect_tls(server: &Server, name: &str, certificate: Option<&str>) -> StreamOwned<ClientConnection, TcpStream> {
    let provider = Arc::new(ring::default_provider());
    let verifier =
        WebPkiServerVerifier::builder_with_provider(Arc::new(authorities()), provider.clone()).build().unwrap();
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_webpki_verifier(verifier);
    let config = match certificate {
        Some(name) => config.with_client_auth_cert(chain(name), key(name)).unwrap(),
        None => config.with_no_client_auth(),
    };
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let session = ClientConnection::new(Arc::new(config), name).unwrap();
    StreamOwned::new(session, connect(server))
}
