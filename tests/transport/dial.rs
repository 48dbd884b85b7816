//! Who makes the connections: one's own, from an address of this machine, to a Unix socket.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use clientcookie::transport::{Connection, Dial, UreqTransport};
use clientcookie::{HttpHandler, HttpsHandler, OpenerDirector, Request, build_opener};

use super::outcome::{describe, outcome};
use crate::support::{Reply, Server};

fn opener(transport: UreqTransport) -> OpenerDirector {
    let transport = Arc::new(transport);
    build_opener((HttpHandler::with_transport(Arc::clone(&transport)), HttpsHandler::with_transport(transport)))
}

/// What was asked of a dialler, and over its connections.
#[derive(Default)]
struct Log {
    dialled: Vec<String>,
    written: Vec<u8>,
    waits: Vec<Option<Duration>>,
}

/// Gives connections that say one thing each, in pieces of so many bytes.
struct Scripted {
    scripts: Mutex<VecDeque<&'static str>>,
    piece: usize,
    is_quiet: bool,
    log: Arc<Mutex<Log>>,
}

impl Scripted {
    fn new(piece: usize, is_quiet: bool, scripts: impl IntoIterator<Item = &'static str>) -> (Self, Arc<Mutex<Log>>) {
        let log = Arc::<Mutex<Log>>::default();
        (Self { scripts: Mutex::new(scripts.into_iter().collect()), piece, is_quiet, log: Arc::clone(&log) }, log)
    }
}

impl Dial for Scripted {
    fn dial(&self, host: &str, port: u16, limit: Option<Duration>) -> clientcookie::Result<Box<dyn Connection>> {
        self.log.lock().unwrap().dialled.push(format!("{host} {port} {}", limit.is_some()));
        let script = self.scripts.lock().unwrap().pop_front();
        let script = script.ok_or_else(|| io::Error::from(io::ErrorKind::ConnectionRefused))?;
        Ok(Box::new(Said {
            rest: script.as_bytes(),
            piece: self.piece,
            is_quiet: self.is_quiet,
            log: Arc::clone(&self.log),
        }))
    }
}

struct Said {
    rest: &'static [u8],
    piece: usize,
    is_quiet: bool,
    log: Arc<Mutex<Log>>,
}

impl Read for Said {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let amount = self.piece.min(buffer.len());
        self.rest.read(&mut buffer[..amount])
    }
}

impl Write for Said {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let amount = self.piece.min(bytes.len());
        self.log.lock().unwrap().written.extend(&bytes[..amount]);
        Ok(amount)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Connection for Said {
    fn set_read_timeout(&mut self, limit: Option<Duration>) -> io::Result<()> {
        self.log.lock().unwrap().waits.push(limit);
        Ok(())
    }

    fn set_write_timeout(&mut self, limit: Option<Duration>) -> io::Result<()> {
        self.log.lock().unwrap().waits.push(limit);
        Ok(())
    }

    fn is_quiet(&mut self) -> bool {
        self.is_quiet
    }
}

const TWO: &str = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none\
                   HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ntwo\r\n0\r\n\r\n";
const ONE: &str = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none";

#[test]
fn a_connection_of_ones_own_carries_requests() {
    let (dial, log) = Scripted::new(1, true, [TWO]);
    let opener = opener(UreqTransport::new().dial(dial));
    let url = "http://[::1]:8080/a";
    assert_eq!(outcome(&opener, url), "one");
    assert_eq!(outcome(&opener, Request::post(url, "data")), "two", "over the same one");
    let log = log.lock().unwrap();
    assert_eq!(log.dialled, ["::1 8080 true"], "an address has no brackets there, and there is a limit");
    let written = String::from_utf8_lossy(&log.written).into_owned();
    assert!(written.starts_with("GET /a HTTP/1.1\r\nHost: [::1]:8080\r\n") && written.ends_with("\r\n\r\ndata"));
    assert!(!log.waits.is_empty() && log.waits.iter().all(Option::is_some), "each wait has a limit");
}

#[test]
fn what_cannot_tell_whether_it_is_open_serves_once() {
    let (dial, log) = Scripted::new(1000, false, [ONE, ONE]);
    let opener = opener(UreqTransport::new().dial(dial));
    assert_eq!(outcome(&opener, "http://a.test/"), "one");
    assert_eq!(outcome(&opener, "http://a.test/"), "one");
    assert_eq!(log.lock().unwrap().dialled, ["a.test 80 true", "a.test 80 true"]);
    let error = opener.open("http://a.test/").unwrap_err();
    assert_eq!(describe(&error), "Connect");
    assert!(error.to_string().contains("no connection to a.test"), "{error}");
}

#[cfg(feature = "tls")]
#[test]
fn a_proxy_is_dialled_in_the_same_way() {
    let (dial, log) = Scripted::new(1000, true, [ONE, "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"]);
    let opener = opener(UreqTransport::new().dial(dial));
    let through =
        |url: &str| Request::get(url).proxy(clientcookie::transport::Proxy::new("http://proxy.test:3128").unwrap());
    assert_eq!(outcome(&opener, through("http://a.test/")), "one");
    assert_eq!(outcome(&opener, through("https://b.test/")), "Http 403");
    let log = log.lock().unwrap();
    assert_eq!(log.dialled, ["proxy.test 3128 true", "proxy.test 3128 true"]);
    assert!(String::from_utf8_lossy(&log.written).contains("CONNECT b.test:443 HTTP/1.1\r\n"));
}

#[cfg(feature = "socks")]
#[test]
fn socks_says_that_it_cannot() {
    let (dial, log) = Scripted::new(1000, true, [ONE]);
    for transport in [UreqTransport::new().dial(dial), UreqTransport::new().local_address([127, 0, 0, 2])] {
        let request =
            Request::get("http://a.test/").proxy(clientcookie::transport::Proxy::new("socks5h://127.0.0.1:1").unwrap());
        let error = opener(transport).open(request).unwrap_err();
        assert!(error.to_string().contains("neither a Dial of one's own nor a local address"), "{error}");
    }
    assert!(log.lock().unwrap().dialled.is_empty());
}

#[cfg(target_os = "linux")]
#[test]
fn the_address_that_it_comes_from_can_be_chosen() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let (mut stream, from) = listener.accept().unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        let from = from.ip().to_string();
        write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{from}", from.len()).unwrap();
    });
    let here = UreqTransport::new().local_address([127, 0, 0, 9]);
    assert_eq!(outcome(&opener(here), url.as_str()), "127.0.0.9");
    server.join().unwrap();
    for (address, url, expected) in [
        ("192.0.2.1", url.as_str(), "no connection to 127.0.0.1"),
        ("127.0.0.9", "http://[::1]:1/", "no address of the kind of 127.0.0.9"),
    ] {
        let nowhere = UreqTransport::new().local_address(address.parse::<std::net::IpAddr>().unwrap());
        let start = std::time::Instant::now();
        let error = opener(nowhere).open(url).unwrap_err();
        assert!(start.elapsed() < Duration::from_secs(20), "{address}: what fails at once is told at once");
        assert!(describe(&error) == "Connect" && error.to_string().contains(expected), "{address}: {error}");
    }
}

#[cfg(unix)]
#[test]
fn a_unix_socket_answers_for_every_host() {
    use clientcookie::transport::UnixSocket;

    let folder = std::env::temp_dir().join(format!("clientcookie-socket-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("socket");
    let listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        for _ in 0..2 {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte).unwrap();
                head.push(byte[0]);
            }
            let head = String::from_utf8(head).unwrap();
            let host = head.lines().find_map(|line| line.strip_prefix("Host: ")).unwrap();
            write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{host}", host.len()).unwrap();
        }
    });
    let opener = opener(UreqTransport::new().dial(UnixSocket::new(&path)));
    for round in 0..2 {
        assert_eq!(outcome(&opener, "http://daemon.test/version"), "daemon.test", "round {round}, over one connection");
    }
    server.join().unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    let error = opener.open("http://daemon.test/").unwrap_err();
    assert!(describe(&error) == "Connect" && error.to_string().contains("socket"), "{error}");
}

#[test]
fn a_body_is_copied_to_a_writer() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let body = vec![b'x'; 300_000];
    let server = Server::start(move |_| Reply::ok(&body));
    let opener = build_opener(());
    let mut copy = Vec::new();
    assert_eq!(opener.open(server.url("/")).unwrap().copy_to(&mut copy).unwrap(), 300_000);
    assert!(copy.len() == 300_000 && copy.iter().all(|&byte| byte == b'x'));
    let error = opener.open(server.url("/")).unwrap().copy_to(&mut Full).unwrap_err();
    assert_eq!(describe(&error), "Io");
}
