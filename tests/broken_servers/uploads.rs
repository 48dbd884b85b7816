//! Servers that do not take the request, and hosts that cannot be reached.

use super::{SHORT, SOON, check};
use crate::support::{Connection, Reply, Server};
use crate::transport::outcome::{describe, outcome};
use clientcookie::transport::{FixedResolver, Resolver, UreqTransport};
use clientcookie::{Data, HttpHandler, Request, Timeouts, build_opener};
use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// More than any system keeps for a server that does not read.
const LARGE: usize = 64 << 20;

fn large_post(server: &Server, timeouts: Timeouts) -> Request {
    Request::post(server.url("/broken"), vec![b'x'; LARGE]).timeouts(timeouts).build().unwrap()
}

/// A server whose first connection is broken and whose others serve.
fn server(broken: impl Fn(&mut Connection) -> io::Result<()> + Send + Sync + 'static) -> Server {
    Server::raw(move |number, connection| {
        if number == 0 {
            return broken(connection);
        }
        while let Some(request) = connection.read_request()? {
            let path = request.target();
            write!(connection, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{path}", path.len())?;
        }
        Ok(())
    })
}

#[test]
fn a_reset_while_the_data_is_sent() {
    let server = server(|connection| {
        connection.read_exact(&mut [0; 100_000])?;
        connection.end_with_reset();
        Ok(())
    });
    check("reset", &server, false, large_post(&server, Timeouts::default()), "Disconnected");
}

#[test]
fn a_server_that_never_takes_the_data() {
    let server = server(|connection| {
        while connection.pause(Duration::from_secs(1)) {}
        Ok(())
    });
    let timeouts = Timeouts { write: Some(SHORT), ..Timeouts::default() };
    check("never read", &server, false, large_post(&server, timeouts), "Timeout Write");
}

#[test]
fn a_server_that_answers_while_the_data_is_sent() {
    // The answer waits until the data is sent: the server takes it all the same.
    let server = server(|connection| {
        connection.read_exact(&mut [0; 1000])?;
        connection.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nsoon")?;
        connection.wait_for_client_to_go()
    });
    check("an early answer", &server, false, large_post(&server, Timeouts::default()), "soon");
}

#[test]
fn a_server_that_answers_and_hangs_up_while_the_data_is_sent() {
    for (sentence, answer, expected) in [
        ("a page", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nsoon", "soon"),
        (
            "less than was announced",
            "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nsoon",
            "\"soon\", IncompleteRead 4 of 9",
        ),
        ("no body", "HTTP/1.1 204 No\r\n\r\n", ""),
        ("half a head", "HTTP/1.1 204 No\r\n", "BadResponse"),
    ] {
        let server = server(move |connection| {
            connection.read_exact(&mut [0; 1000])?;
            connection.write_all(answer.as_bytes())?;
            connection.end_with_reset();
            Ok(())
        });
        check(sentence, &server, false, large_post(&server, Timeouts::default()), expected);
    }
}

#[test]
fn data_that_fails_is_not_the_servers_fault() {
    struct Failing(io::ErrorKind);
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(self.0.into())
        }
    }
    type Make = fn() -> Data;
    let data: [(&str, Make); 4] = [
        ("a reader that fails", || Data::reader(Failing(io::ErrorKind::Other))),
        ("a reader whose own connection was reset", || Data::reader(Failing(io::ErrorKind::ConnectionReset))),
        ("a reader that ends", || Data::sized_reader(Failing(io::ErrorKind::UnexpectedEof), 5)),
        ("a reader that is too short", || Data::sized_reader(io::empty(), 5)),
    ];
    for (sentence, data) in data {
        for kept in [false, true] {
            let server = Server::start(|request| Reply::ok(request.target()));
            let broken = Request::post(server.url("/broken"), data()).build().unwrap();
            check(sentence, &server, kept, broken, "RequestData");
        }
    }
}

#[test]
fn data_that_is_interrupted_goes_on() {
    struct Interrupted(bool, &'static [u8]);
    impl Read for Interrupted {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0 = !self.0;
            match self.0 {
                true => Err(io::ErrorKind::Interrupted.into()),
                false => self.1.read(&mut buffer[..1]),
            }
        }
    }
    let server = Server::start(|request| Reply::ok(&request.body));
    let opener = build_opener(());
    for data in [Data::reader(Interrupted(false, b"abc")), Data::sized_reader(Interrupted(false, b"abc"), 3)] {
        assert_eq!(outcome(&opener, Request::post(server.url("/"), data)), "abc");
    }
}

#[test]
fn hosts_that_cannot_be_reached() {
    struct Unknown;
    impl Resolver for Unknown {
        fn resolve(&self, _: &str, _: u16) -> io::Result<Vec<SocketAddr>> {
            Err(io::Error::other("no such name"))
        }
    }
    let server = Server::start(|request| Reply::ok(request.target()));
    // The port is taken, so nobody else listens on it, and this server does not listen on that
    // address.
    let refused = format!("http://127.0.0.2:{}/", server.port());
    let resolver = FixedResolver::new().host("nowhere.test", 80, [] as [SocketAddr; 0]);
    let refuse = |transport: UreqTransport, url: &str, expected: (&str, &str)| {
        let opener = build_opener(HttpHandler::with_transport(transport));
        let start = Instant::now();
        let error = opener.open(url).unwrap_err();
        assert_eq!(describe(&error), expected.0, "{url}");
        assert!(error.to_string().contains(expected.1), "{error}");
        assert!(start.elapsed() < SOON, "{url}");
        assert_eq!(outcome(&opener, server.url("/next").as_str()), "/next", "after {url}");
    };
    refuse(UreqTransport::new(), &refused, ("Connect", "no connection to 127.0.0.2"));
    refuse(UreqTransport::new().resolver(resolver), "http://nowhere.test/", ("Resolve", "nowhere.test has no address"));
    refuse(UreqTransport::new().resolver(Unknown), "http://any.test/", ("Resolve", "no such name"));
}
