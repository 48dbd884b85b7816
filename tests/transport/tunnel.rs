//! Through a proxy's tunnel (CONNECT), which https takes.

use super::outcome::outcome;
use crate::support::{Reply, Server};
use crate::tls::openers::trusting;
use clientcookie::transport::Proxy;
use clientcookie::{Request, Timeouts, build_opener};
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// A proxy that makes tunnels to ports of this machine, whatever the host's name. Its threads end
/// with their connections, and the one that accepts with the program.
pub struct Tunnels {
    port: u16,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Tunnels {
    /// `answer` is what it answers with; it connects if a head of that is a 2xx, else it
    /// waits for the client to go.
    pub fn start(answer: &'static str) -> Self {
        Self::launch(move |_| answer)
    }

    /// It answers with this unless it is told who asks.
    pub fn asking(challenge: &'static str) -> Self {
        Self::launch(move |head| if head.contains("Proxy-Authorization: ") { YES } else { challenge })
    }

    /// Asks whoever has not said this.
    pub fn wanting(word: &'static str, challenge: &'static str) -> Self {
        Self::launch(move |head| if head.contains(word) { YES } else { challenge })
    }

    fn launch(answer: impl Fn(&str) -> &'static str + Copy + Send + 'static) -> Self {
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
        Self { port, heads }
    }

    pub fn proxy(&self, userinfo: &str) -> Proxy {
        Proxy::new(&format!("http://{userinfo}127.0.0.1:{}", self.port)).unwrap()
    }

    pub fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

fn serve(mut client: TcpStream, answer: impl Fn(&str) -> &'static str, seen: &Mutex<Vec<String>>) -> io::Result<()> {
    client.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        let mut byte = [0];
        client.read_exact(&mut byte)?;
        head.push(char::from(byte[0]));
    }
    let target = head.split([' ', ':']).nth(2).and_then(|port| port.parse::<u16>().ok());
    let answer = answer(&head);
    seen.lock().unwrap().push(head);
    client.write_all(answer.as_bytes())?;
    let is_yes = |head: &str| head.split(' ').nth(1).is_some_and(|status| status.starts_with('2'));
    if !answer.split("\r\n\r\n").any(is_yes) {
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

pub const YES: &str = "HTTP/1.1 200 Connection established\r\n\r\n";

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
fn the_connect_is_ours() {
    let proxy = Tunnels::start(YES);
    let server = Server::start_tls("localhost", |_| Reply::ok("fine"));
    let opener = trusting("ca.pem");
    let target = format!("localhost:{}", server.port());
    let agent = format!("User-Agent: {}\r\n", clientcookie::OpenerDirector::USER_AGENT);
    for (sentence, userinfo, headers, expected) in [
        ("no more than it needs", "", &[("Accept", "*/*"), ("Cookie", "a=1"), ("Authorization", "x")][..], ""),
        (
            "a user of the URL",
            "me:p%40ss@",
            &[("Proxy-Authorization", "Basic eDp5")],
            "Proxy-Authorization: Basic bWU6cEBzcw==\r\n",
        ),
        ("a user of a header", "", &[("proxy-authorization", "Basic eDp5")], "proxy-authorization: Basic eDp5\r\n"),
    ] {
        let request = Request::get(server.url("/")).proxy(proxy.proxy(userinfo));
        let request = headers.iter().fold(request, |request, (name, value)| request.header(name, *value));
        assert_eq!(outcome(&opener, request), "fine", "{sentence}");
        let expected = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{agent}{expected}\r\n");
        assert_eq!(proxy.heads().pop().unwrap(), expected, "{sentence}");
    }
    for request in server.requests() {
        assert_eq!(request.header("Proxy-Authorization"), None);
    }
}

#[test]
fn whatever_says_yes_opens_a_tunnel() {
    let server = Server::start_tls("localhost", |_| Reply::ok("through"));
    for answer in [
        "HTTP/1.0 200 Connection established\r\nProxy-Agent: old\r\n\r\n",
        "HTTP/1.1 200\r\n\r\n",
        "\r\nHTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\nA: b\n\n",
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 299 Sure\r\nConnection: close\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
        // What these say of a body is to be ignored.
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: x\r\nContent-Length: 7\r\n\r\n",
        "HTTP/1.1 200 OK\r\nSet-Cookie: proxy=1\r\nLocation: http://evil.test/\r\n\r\n",
    ] {
        let proxy = Tunnels::start(answer);
        let opener = trusting("ca.pem");
        for _ in 0..2 {
            let request = Request::get(server.url("/")).proxy(proxy.proxy(""));
            assert_eq!(outcome(&opener, request), "through", "{answer:?}");
        }
        assert_eq!(proxy.heads().len(), 1, "{answer:?}");
        assert!(server.requests().iter().all(|request| request.header("Cookie").is_none()), "{answer:?}");
    }
}

#[test]
fn a_tunnel_is_kept_for_the_user_it_was_opened_for() {
    let proxy = Tunnels::start(YES);
    let server = Server::start_tls("localhost", |_| Reply::ok(""));
    let opener = trusting("ca.pem");
    let digest = |user: &str, count: &str| {
        format!("Digest username=\"{user}\", nonce=\"n\", nc={count}, cnonce=\"{count}\", response=\"{count}{user}\"")
    };
    for (credentials, opened) in [
        ("Basic bWU6MQ==".to_owned(), 1),
        ("Basic bWU6MQ==".to_owned(), 1),
        ("Basic bWU6Mg==".to_owned(), 2),
        (digest("me", "00000001"), 3),
        (digest("me", "00000002"), 3),
        (digest("you", "00000003"), 4),
        (String::new(), 5),
    ] {
        let request = Request::get(server.url("/")).proxy(proxy.proxy(""));
        assert_eq!(outcome(&opener, request.unredirected_header("Proxy-Authorization", &credentials)), "");
        assert_eq!(proxy.heads().len(), opened, "{credentials}");
    }
    let request = Request::get(server.url("/")).proxy(proxy.proxy(""));
    outcome(&opener, request);
    assert_eq!(proxy.heads().len(), 6, "without a header it is nobody's");
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
