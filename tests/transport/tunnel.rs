//! Through a proxy's tunnel (CONNECT), which https takes.

use super::outcome::{describe, outcome};
use crate::support::{Reply, Server};
use crate::tls::openers::trusting;
use clientcookie::transport::Proxy;
use clientcookie::{Request, Timeouts, build_opener};
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// A proxy that makes tunnels to ports of this machine, whatever the host's name. Its threads end with their
/// connections, and the one that accepts with the program.
pub struct Tunnels {
    port: u16,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Tunnels {
    /// `answer` is the head that it answers with; it connects if that is a 200.
    pub fn start(answer: &'static str) -> Tunnels {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let heads: Arc<Mutex<Vec<String>>> = Arc::default();
        let seen = Arc::clone(&heads);
        thread::spawn(move || {
            for client in listener.incoming() {
                let seen = Arc::clone(&seen);
                thread::spawn(move || serve(client?, answer, &seen));
            }
        });
        Tunnels { port, heads }
    }

    pub fn proxy(&self, userinfo: &str) -> Proxy {
        Proxy::new(&format!("http://{userinfo}127.0.0.1:{}", self.port)).unwrap()
    }

    pub fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

fn serve(mut client: TcpStream, answer: &str, seen: &Mutex<Vec<String>>) -> io::Result<()> {
    client.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        let mut byte = [0];
        client.read_exact(&mut byte)?;
        head.push(char::from(byte[0]));
    }
    let target = head.split([' ', ':']).nth(2).and_then(|port| port.parse::<u16>().ok());
    seen.lock().unwrap().push(head);
    client.write_all(answer.as_bytes())?;
    if !answer.starts_with("HTTP/1.1 200") {
        return io::copy(&mut client, &mut io::sink()).map(drop);
    }
    let server = TcpStream::connect((Ipv4Addr::LOCALHOST, target.ok_or(io::ErrorKind::InvalidData)?))?;
    let back = { (server.try_clone()?, client.try_clone()?) };
    let other_way = thread::spawn(move || pass_on(back));
    pass_on((client, server))?;
    other_way.join().unwrap()
}

fn pass_on((mut from, mut to): (TcpStream, TcpStream)) -> io::Result<()> {
    io::copy(&mut from, &mut to)?;
    to.shutdown(Shutdown::Write)
}

const YES: &str = "HTTP/1.1 200 Connection established\r\n\r\n";

#[test]
fn https_goes_through_a_tunnel() {
    let proxy = Tunnels::start(YES);
    let server =
        Server::start_tls("localhost", |request| Reply::ok([request.target().as_bytes(), &request.body].concat()));
    let opener = trusting("ca.pem");
    for round in 0..3 {
        let get = Request::get(server.url("/get")).proxy(proxy.proxy("me:p%40ss@"));
        assert_eq!(outcome(&opener, get.header("Proxy-Authorization", "Basic eDp5")), "/get", "round {round}");
        let post = Request::post(server.url("/post?"), "data").proxy(proxy.proxy("me:p%40ss@"));
        assert_eq!(outcome(&opener, post), "/post?data", "round {round}");
    }
    assert_eq!(server.connections(), 1, "a tunnel is kept");
    let heads = proxy.heads();
    assert_eq!(heads.len(), 1);
    assert!(heads[0].starts_with(&format!("CONNECT localhost:{} HTTP/1.1\r\n", server.port())), "{}", heads[0]);
    assert!(heads[0].contains("\r\nProxy-Authorization: Basic bWU6cEBzcw==\r\n"), "{}", heads[0]);
    for request in server.requests() {
        assert_eq!(request.header("Proxy-Authorization"), None, "the server does not see the proxy's password");
        assert!(request.target().starts_with('/'));
        assert_eq!(request.head.lines().nth(1), Some(&*format!("Host: localhost:{}", server.port())));
    }
}

/// q21
#[test]
fn a_tunnel_is_shared_with_nobody() {
    let (one, two) = (Tunnels::start(YES), Tunnels::start(YES));
    let server = Server::start_tls("localhost", |request| Reply::ok(request.target()));
    let opener = trusting("ca.pem");
    let ways = [None, Some(one.proxy("")), Some(two.proxy("")), Some(one.proxy("me:secret@"))];
    for round in 0..2 {
        for (number, way) in ways.iter().enumerate() {
            let path = format!("/{number}-{round}");
            assert_eq!(outcome(&opener, Request::get(server.url(&path)).proxy(way.clone())), path);
            let connection = server.requests().pop().unwrap().connection;
            assert_eq!(connection, number, "round {round}: each way has a connection of its own");
        }
    }
    assert_eq!((one.heads().len(), two.heads().len()), (2, 1));
}

#[test]
fn a_tunnel_that_is_refused() {
    let server = Server::start_tls("localhost", |_| Reply::ok("never"));
    for (sentence, answer) in [
        ("credentials are missing", "HTTP/1.1 407 Who Are You\r\nContent-Length: 0\r\n\r\n"),
        ("it is forbidden", "HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno"),
        ("the server is not there", "HTTP/1.1 502 Bad Gateway\r\n\r\n"),
        ("it redirects", "HTTP/1.1 302 There\r\nLocation: http://evil.test/\r\n\r\n"),
        ("it speaks another language", "SSH-2.0-OpenSSH_9.6\r\n\r\n"),
    ] {
        let proxy = Tunnels::start(answer);
        let opener = trusting("ca.pem");
        let error = opener.open(Request::get(server.url("/")).proxy(proxy.proxy("me:secret@"))).unwrap_err();
        assert_eq!(describe(&error), "Proxy", "{sentence}: {error}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
    let proxy = Tunnels::start("");
    let request = Request::get(server.url("/")).proxy(proxy.proxy("")).timeout(Duration::from_millis(250));
    assert_eq!(outcome(&trusting("ca.pem"), request), "Timeout Connect", "no answer");
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_proxy_cannot_pass_for_the_server() {
    let proxy = Tunnels::start(YES);
    let impostor = Server::start_tls("wrong-name", |_| Reply::ok("stolen"));
    let opener = trusting("ca.pem");
    assert_eq!(outcome(&opener, Request::get(impostor.url("/")).proxy(proxy.proxy(""))), "Tls");
    assert_eq!(impostor.requests().len(), 0);
    let ours = build_opener(());
    let server = Server::start_tls("localhost", |_| Reply::ok("stolen"));
    assert_eq!(outcome(&ours, Request::get(server.url("/")).proxy(proxy.proxy(""))), "Tls", "an unknown authority");
}

#[test]
fn the_connect_limit_is_for_the_whole_tunnel() {
    let proxy = Server::raw(|_, connection| {
        connection.read_request()?;
        connection.write_all(b"HTTP/1.1 200 OK\r\nA: ")?;
        while connection.pause(Duration::from_millis(20)) {
            connection.write_all(b"x")?;
        }
        Ok(())
    });
    let limits = Timeouts { connect: Some(Duration::from_millis(200)), ..Timeouts::default() };
    let through = Proxy::new(&proxy.url("")).unwrap();
    let request = Request::get("https://a.test/").proxy(through).timeouts(limits);
    assert_eq!(outcome(&build_opener(()), request), "Timeout Connect");
}
