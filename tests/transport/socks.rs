//! Through a SOCKS proxy: what it is told, and what it may answer.

use super::outcome::{describe, outcome};
use crate::support::{Reply, Server};
use clientcookie::transport::{FixedResolver, Proxy, UreqTransport};
use clientcookie::{HttpHandler, OpenerDirector, Request, build_opener};
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// A proxy that connects to one port of this machine, whatever it is asked for. Its threads end
/// with their connections, and the one that accepts with the program.
struct Socks {
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Socks {
    /// `reply` is its last word: 0 (or, for SOCKS 4, 90) for yes, and nothing for closing the
    /// connection.
    fn start(target: u16, reply: Option<u8>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let log = Arc::clone(&asked);
        thread::spawn(move || {
            for client in listener.incoming() {
                let log = Arc::clone(&log);
                // An error means that the client went away.
                thread::spawn(move || serve(client?, target, reply, &log));
            }
        });
        Self { port, asked }
    }

    fn proxy(&self, scheme: &str, userinfo: &str) -> Proxy {
        Proxy::new(&format!("{scheme}://{userinfo}127.0.0.1:{}", self.port)).unwrap()
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn bytes<const N: usize>(client: &mut TcpStream) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    client.read_exact(&mut bytes).map(|()| bytes)
}

/// As many bytes as the one before them says.
fn counted(client: &mut TcpStream) -> io::Result<String> {
    let [length] = bytes(client)?;
    let mut text = vec![0; usize::from(length)];
    client.read_exact(&mut text)?;
    Ok(String::from_utf8(text).unwrap())
}

/// Bytes up to a zero.
fn terminated(client: &mut TcpStream) -> io::Result<String> {
    let mut text = Vec::new();
    loop {
        match bytes(client)? {
            [0] => return Ok(String::from_utf8(text).unwrap()),
            [byte] => text.push(byte),
        }
    }
}

fn serve(mut client: TcpStream, target: u16, reply: Option<u8>, log: &Mutex<Vec<String>>) -> io::Result<()> {
    let asked = match bytes(&mut client)? {
        [4] => four(&mut client)?,
        [5] => five(&mut client)?,
        other => panic!("version {other:?}"),
    };
    let version = asked.as_bytes()[0];
    log.lock().unwrap().push(asked);
    let Some(reply) = reply else {
        return Ok(());
    };
    match version {
        b'4' => client.write_all(&[0, reply, 0, 0, 0, 0, 0, 0])?,
        _ => client.write_all(&[5, reply, 0, 1, 0, 0, 0, 0, 0, 0])?,
    }
    if reply != 0 && reply != 90 {
        return Ok(());
    }
    let server = TcpStream::connect((Ipv4Addr::LOCALHOST, target))?;
    let back = (server.try_clone()?, client.try_clone()?);
    let other_way = thread::spawn(move || pass_on(back));
    pass_on((client, server))?;
    other_way.join().unwrap()
}

fn pass_on((mut from, mut to): (TcpStream, TcpStream)) -> io::Result<()> {
    io::copy(&mut from, &mut to)?;
    to.shutdown(Shutdown::Write)
}

/// SOCKS 4 and 4a, behind the version.
fn four(client: &mut TcpStream) -> io::Result<String> {
    let [1, high, low, a, b, c, d] = bytes(client)? else { panic!("not CONNECT") };
    let port = u16::from_be_bytes([high, low]);
    let user = terminated(client)?;
    match (a, b, c) {
        (0, 0, 0) => Ok(format!("4a {user:?} {}:{port}", terminated(client)?)),
        _ => Ok(format!("4 {user:?} {a}.{b}.{c}.{d}:{port}")),
    }
}

/// RFC 1928 and RFC 1929, behind the version.
fn five(client: &mut TcpStream) -> io::Result<String> {
    let methods = counted(client)?;
    let user = match methods.contains('\u{2}') {
        true => {
            client.write_all(&[5, 2])?;
            let [1] = bytes(client)? else { panic!("not RFC 1929") };
            let user = format!("{}:{}", counted(client)?, counted(client)?);
            client.write_all(&[1, 0])?;
            user
        }
        false => {
            client.write_all(&[5, 0])?;
            String::new()
        }
    };
    let [5, 1, 0, kind] = bytes(client)? else { panic!("not CONNECT") };
    let host = match kind {
        1 => Ipv4Addr::from(bytes(client)?).to_string(),
        3 => format!("name {}", counted(client)?),
        4 => std::net::Ipv6Addr::from(bytes(client)?).to_string(),
        other => panic!("address type {other}"),
    };
    Ok(format!("5 {user:?} {host}:{}", u16::from_be_bytes(bytes(client)?)))
}

/// Knows one host.
fn opener() -> OpenerDirector {
    let resolver = FixedResolver::new().host("known.test", 8080, [([10, 1, 2, 3], 8080)]);
    build_opener(HttpHandler::with_transport(UreqTransport::new().resolver(resolver)))
}

#[test]
fn it_is_told_an_address_or_a_name() {
    let server = Server::start(|request| Reply::ok(format!("{} {:?}", request.target(), request.header("Host"))));
    let rows = [
        ("socks5", "", "known.test", "5 \"\" 10.1.2.3:8080"),
        ("socks5h", "", "known.test", "5 \"\" name known.test:8080"),
        ("socks5h", "", "unknown.test", "5 \"\" name unknown.test:8080"),
        ("socks5h", "me:p%40ss@", "x.test", "5 \"me:p@ss\" name x.test:8080"),
        ("socks5", "me:p%40ss@", "known.test", "5 \"me:p@ss\" 10.1.2.3:8080"),
        ("socks5", "", "10.9.8.7", "5 \"\" 10.9.8.7:8080"),
        ("socks5h", "", "10.9.8.7", "5 \"\" 10.9.8.7:8080"),
        ("socks5", "", "[::1]", "5 \"\" ::1:8080"),
        ("socks4", "", "known.test", "4 \"\" 10.1.2.3:8080"),
        ("socks4a", "", "known.test", "4a \"\" known.test:8080"),
    ];
    for (scheme, userinfo, host, expected) in rows {
        let reply = if scheme.starts_with("socks4") { 90 } else { 0 };
        let socks = Socks::start(server.port(), Some(reply));
        let opener = opener();
        for path in ["/1", "/2"] {
            let request = Request::get(format!("http://{host}:8080{path}")).proxy(socks.proxy(scheme, userinfo));
            let request = request.header("Proxy-Authorization", "Basic eDp5");
            let came = outcome(&opener, request);
            assert_eq!(came, format!("{path} Some(\"{host}:8080\")"), "{scheme} {host}: not in absolute form");
        }
        assert_eq!(socks.asked(), [expected], "{scheme} {host}: asked once for two requests");
    }
    for request in server.requests() {
        assert_eq!(request.header("Proxy-Authorization"), None, "there is no such thing in SOCKS");
    }
}

#[test]
fn its_refusals_are_errors_that_name_it() {
    let server = Server::start(|_| Reply::ok("never"));
    for (sentence, scheme, reply, expected) in [
        ("forbidden", "socks5h", Some(2), "connection not allowed by ruleset"),
        ("refused by the server, and not by the proxy", "socks5h", Some(5), "connection refused"),
        ("refused", "socks4a", Some(91), "request rejected or failed"),
        ("nonsense", "socks4a", Some(1), "invalid response code"),
        ("no word", "socks5h", None, ""),
    ] {
        let socks = Socks::start(server.port(), reply);
        let request = Request::get("http://x.test/").proxy(socks.proxy(scheme, "me:secret@"));
        let error = opener().open(request).unwrap_err().to_string();
        let expected = format!("the proxy 127.0.0.1:{} failed, asked for http://x.test/: {expected}", socks.port);
        assert!(error.starts_with(&expected), "{sentence}: {error}");
        assert!(!error.contains("secret"), "{error}");
        assert_eq!(socks.asked().len(), 1, "{sentence}: it is asked once");
    }
    let unknown = Request::get("http://unknown.test/").proxy(Proxy::new("socks5://127.0.0.1:1").unwrap());
    let error = opener().open(unknown).unwrap_err();
    assert_eq!((describe(&error).as_str(), error.proxy()), ("Resolve", None), "a name that must be looked up here");
    let nobody = Request::get("http://x.test/").proxy(Proxy::new("socks5h://127.0.0.2:1").unwrap());
    let error = opener().open(nobody).unwrap_err().to_string();
    assert!(error.starts_with("no connection to the proxy 127.0.0.2:1, asked for http://x.test/: "), "{error}");
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_connection_through_it_is_shared_with_nobody() {
    let server = Server::start(|_| Reply::ok("fine"));
    let (one, two) = (Socks::start(server.port(), Some(0)), Socks::start(server.port(), Some(0)));
    let opener = build_opener(());
    let ways = [
        None,
        Some(one.proxy("socks5h", "")),
        Some(two.proxy("socks5h", "")),
        Some(one.proxy("socks5h", "me:1@")),
        Some(one.proxy("socks5h", "me:2@")),
        Some(one.proxy("socks5", "")),
    ];
    for round in 0..2 {
        for (number, way) in ways.iter().enumerate() {
            assert_eq!(outcome(&opener, Request::get(server.url("/")).proxy(way.clone())), "fine");
            assert_eq!(server.requests().pop().unwrap().connection, number, "round {round}");
        }
    }
}

#[cfg(feature = "tls")]
#[test]
fn tls_is_spoken_through_it() {
    let server = Server::start_tls("localhost", |request| Reply::ok(request.target()));
    let socks = Socks::start(server.port(), Some(0));
    let opener = crate::tls::openers::trusting("ca.pem");
    for path in ["/1", "/2"] {
        let request = Request::get(server.url(path)).proxy(socks.proxy("socks5h", "me:pw@"));
        assert_eq!(outcome(&opener, request), path);
    }
    assert_eq!(socks.asked(), [format!("5 \"me:pw\" name localhost:{}", server.port())]);
    let stranger = Request::get(server.url("/")).proxy(socks.proxy("socks5h", ""));
    assert_eq!(outcome(&build_opener(()), stranger), "Tls", "the server is verified");
}
