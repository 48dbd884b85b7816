//! Names and addresses.

use super::outcome::outcome;
use crate::support::{Reply, Server};
use clientcookie::transport::{FixedResolver, Resolver, UreqTransport};
use clientcookie::{Data, HttpHandler, OpenerDirector, Request, build_opener};
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

fn opener(resolver: impl Resolver + 'static) -> OpenerDirector {
    build_opener(HttpHandler::with_transport(UreqTransport::new().resolver(resolver)))
}

/// Asks a server for the port, with an opener of its own or with the very one it resolves for.
struct Asking {
    opener: Mutex<Option<Arc<OpenerDirector>>>,
    registry: String,
    asked: AtomicUsize,
}

impl Resolver for Asking {
    fn resolve(&self, host: &str, _: u16) -> io::Result<Vec<SocketAddr>> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let opener = self.opener.lock().unwrap().clone().unwrap();
        let port = opener.open(format!("{}?host={host}", self.registry).as_str())?.text()?;
        let port = port.parse().map_err(io::Error::other)?;
        Ok(vec![SocketAddr::from(([127, 0, 0, 1], port))])
    }
}

#[test]
fn a_resolver_may_open_a_url_itself() {
    let server = Server::start(|request| Reply::ok(format!("from {}", request.header("Host").unwrap())));
    let port = server.port().to_string();
    let registry = Server::start(move |_| Reply::ok(&port));
    let resolver =
        Arc::new(Asking { opener: Mutex::new(None), registry: registry.url("/"), asked: AtomicUsize::new(0) });
    for same in [false, true] {
        let opener = Arc::new(opener(Arc::clone(&resolver)));
        let asks = if same { Arc::clone(&opener) } else { Arc::new(build_opener(())) };
        *resolver.opener.lock().unwrap() = Some(asks);
        assert_eq!(outcome(&opener, "http://one.test/"), "from one.test");
        assert_eq!(outcome(&opener, Request::post("http://two.test/", "data")), "from two.test");
        *resolver.opener.lock().unwrap() = None;
    }
    assert_eq!(resolver.asked.load(Ordering::Relaxed), 4);
}

#[test]
fn data_may_come_from_a_url_that_is_opened_meanwhile() {
    /// Opens its URL when it is first read.
    struct Lazy(Arc<OpenerDirector>, String, Option<clientcookie::Response>);
    impl Read for Lazy {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if self.2.is_none() {
                self.2 = Some(self.0.open(self.1.as_str())?);
            }
            self.2.as_mut().unwrap().read(buffer)
        }
    }
    let server = Server::start(|request| match request.method() {
        "POST" => Reply::ok(&request.body),
        _ => Reply::ok("copied"),
    });
    let opener = Arc::new(build_opener(()));
    for _ in 0..2 {
        let data = Data::reader(Lazy(Arc::clone(&opener), server.url("/source"), None));
        assert_eq!(outcome(&opener, Request::post(server.url("/target"), data)), "copied");
    }
}

#[test]
fn the_next_address_is_tried() {
    let server = Server::start(|_| Reply::ok("reached"));
    let port = server.port();
    let address = |last: u8| SocketAddr::from(([127, 0, 0, last], port));
    // Nobody listens on 127.0.0.2 and 127.0.0.3; the port is taken by the server on 127.0.0.1.
    let addresses: [&[SocketAddr]; 3] =
        [&[address(2), address(1)], &[address(2), address(3), address(1)], &[address(1), address(2)]];
    for addresses in addresses {
        let opener = opener(FixedResolver::new().host("many.test", 80, addresses.iter().copied()));
        assert_eq!(outcome(&opener, "http://many.test/"), "reached", "{addresses:?}");
    }
    let opener = opener(FixedResolver::new().host("many.test", 80, [address(2), address(3)]));
    assert_eq!(outcome(&opener, "http://many.test/"), "Connect", "none of them");
    let many: Vec<_> = (2..40).map(address).collect();
    let opener = self::opener(FixedResolver::new().host("many.test", 80, many));
    assert_eq!(outcome(&opener, "http://many.test/"), "Connect", "more than ureq takes");
}

#[test]
fn an_address_is_not_looked_up() {
    struct Never;
    impl Resolver for Never {
        fn resolve(&self, host: &str, _: u16) -> io::Result<Vec<SocketAddr>> {
            panic!("{host} was looked up");
        }
    }
    let server = Server::start(|_| Reply::ok("reached"));
    let opener = opener(Never);
    for host in ["127.0.0.1", "127.1", "0x7f000001"] {
        assert_eq!(outcome(&opener, server.url_for(host, "/").as_str()), "reached", "{host}");
        let sent = server.requests().pop().unwrap().header("Host").unwrap();
        assert_eq!(sent, format!("127.0.0.1:{}", server.port()), "{host}");
    }
    assert_eq!(server.connections(), 1, "it is one host");
}

#[test]
fn ipv6() {
    let Ok(listener) = TcpListener::bind("[::1]:0") else {
        println!("skipped: this machine has no ::1");
        return;
    };
    let address = listener.local_addr().unwrap();
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nv6").unwrap();
        String::from_utf8(head).unwrap()
    });
    assert_eq!(outcome(&build_opener(()), format!("http://{address}/").as_str()), "v6");
    assert!(server.join().unwrap().contains(&format!("\r\nHost: {address}\r\n")));
}

/// An address that takes no connection in, and says nothing of it: what its queue holds is held by
/// whoever gets this.
#[cfg(unix)]
fn swallowing() -> (SocketAddr, rustix::fd::OwnedFd, Vec<std::net::TcpStream>) {
    use rustix::net::{AddressFamily, SocketType, bind, getsockname, listen, socket};
    let listener = socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
    bind(&listener, &SocketAddr::from(([127, 0, 0, 2], 0))).unwrap();
    listen(&listener, 0).unwrap();
    let address = SocketAddr::try_from(getsockname(&listener).unwrap()).unwrap();
    let moment = std::time::Duration::from_millis(20);
    let held = (0..8).map_while(|_| std::net::TcpStream::connect_timeout(&address, moment).ok()).collect();
    (address, listener, held)
}

/// RFC 8305: an address that is silent costs a quarter of a second, and once; one that refuses
/// costs nothing.
#[cfg(unix)]
#[test]
fn the_first_address_that_answers_is_taken() {
    let (silent, _listener, held) = swallowing();
    if held.len() == 8 {
        return println!("skipped: this system takes connections in beyond the queue that it was told");
    }
    let server = Server::start(|_| Reply::ok("here").then_close());
    let works = SocketAddr::from(([127, 0, 0, 1], server.port()));
    let refuses = SocketAddr::from(([127, 0, 0, 3], 1));
    let port = server.port();
    for (sentence, addresses, quickly) in [
        ("silent", vec![silent, works], true),
        ("refused", vec![refuses, works], true),
        ("both, and twice", vec![refuses, silent, refuses, silent, works], true),
        ("nobody answers", vec![silent, silent], false),
    ] {
        let resolver = FixedResolver::new().host("h.test", port, addresses);
        let opener = build_opener(HttpHandler::with_transport(UreqTransport::new().resolver(resolver)));
        // The limit is far from a quarter of a second for those who answer, and short where nobody
        // does.
        let limit = std::time::Duration::from_millis(if quickly { 20_000 } else { 600 });
        for attempt in 0..2 {
            let begun = std::time::Instant::now();
            let outcome = opener.open(Request::get(format!("http://h.test:{port}/")).timeout(limit));
            assert_eq!(outcome.is_ok(), quickly, "{sentence}: {:?}", outcome.err());
            assert!(
                begun.elapsed() < std::time::Duration::from_secs(5),
                "{sentence}, {attempt}: {:?}",
                begun.elapsed()
            );
        }
    }
}
