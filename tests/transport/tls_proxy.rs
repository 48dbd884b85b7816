//! Proxies that are themselves reached by TLS (`https://proxy/`): they are verified as servers are.

use super::outcome::outcome;
use super::tunnel::{Tunnels, YES};
use crate::support::{Reply, Server, fixture, tls_config};
use clientcookie::transport::{Proxy, TlsSettings, UreqTransport};
use clientcookie::{HttpHandler, HttpsHandler, OpenerDirector, Request, build_opener};
use rustls::ServerConnection;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

fn opener(settings: TlsSettings) -> OpenerDirector {
    let transport = Arc::new(UreqTransport::new().tls(settings));
    build_opener((HttpHandler::with_transport(Arc::clone(&transport)), HttpsHandler::with_transport(transport)))
}

fn trusting() -> OpenerDirector {
    opener(TlsSettings::new().ca_file(fixture("ca.pem")).unwrap())
}

fn proxy(userinfo: &str, port: u16) -> Proxy {
    Proxy::new(&format!("https://{userinfo}localhost:{port}")).unwrap()
}

#[test]
fn plain_requests_go_to_it_by_tls() {
    let server = Server::start_tls("localhost", |request| Reply::ok(request.target()));
    let opener = trusting();
    for url in ["http://one.test/a", "http://two.test/b"] {
        assert_eq!(outcome(&opener, Request::get(url).proxy(proxy("me:pw@", server.port()))), url);
    }
    assert_eq!(server.requests()[0].header("Proxy-Authorization").as_deref(), Some("Basic bWU6cHc="));
    assert_eq!(server.connections(), 1);
}

#[test]
fn a_tunnel_leads_through_it_with_tls_in_tls() {
    let tunnels = Tunnels::start(YES);
    let front = TlsFront::to(tunnels.proxy("").url().port().unwrap());
    let server = Server::start_tls("localhost", |request| Reply::ok(request.target()));
    let opener = trusting();
    for path in ["/1", "/2"] {
        let request = Request::get(server.url(path)).proxy(proxy("me:pw@", front));
        assert_eq!(outcome(&opener, request), path);
    }
    assert_eq!(server.connections(), 1, "it is kept");
    let heads = tunnels.heads();
    assert_eq!(heads.len(), 1);
    assert!(heads[0].starts_with(&format!("CONNECT localhost:{} HTTP/1.1\r\n", server.port())), "{}", heads[0]);
    assert!(heads[0].contains("\r\nProxy-Authorization: Basic bWU6cHc=\r\n"), "{}", heads[0]);
    assert_eq!(server.requests()[0].header("Proxy-Authorization"), None);
}

#[test]
fn it_is_verified_as_a_server_is() {
    let wrong = Server::start_tls("wrong-name", |_| Reply::ok("stolen"));
    let right = Server::start_tls("localhost", |_| Reply::ok("stolen"));
    let plain = Server::raw(|_, connection| {
        connection.read_exact(&mut [0])?;
        connection.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    });
    for url in ["http://one.test/", "https://one.test/"] {
        let request = |port| Request::get(url).proxy(proxy("me:pw@", port));
        assert_eq!(outcome(&trusting(), request(wrong.port())), "Tls", "{url}: another's certificate");
        assert_eq!(outcome(&build_opener(()), request(right.port())), "Tls", "{url}: an unknown authority");
        assert_eq!(outcome(&trusting(), request(plain.port())), "Tls", "{url}: no TLS at all");
    }
    for server in [&wrong, &right, &plain] {
        assert_eq!(server.requests().len(), 0, "and told nothing");
    }
    let nobody = proxy("", 1);
    for url in ["http://one.test/", "https://one.test/"] {
        let error = trusting().open(Request::get(url).proxy(nobody.clone())).unwrap_err().to_string();
        assert!(error.starts_with(&format!("no connection to the proxy localhost:1, asked for {url}: ")), "{error}");
    }
}

#[test]
fn trusting_the_proxy_is_not_trusting_the_server() {
    let tunnels = Tunnels::start(YES);
    let front = TlsFront::to(tunnels.proxy("").url().port().unwrap());
    let impostor = Server::start_tls("wrong-name", |_| Reply::ok("stolen"));
    assert_eq!(outcome(&trusting(), Request::get(impostor.url("/")).proxy(proxy("", front))), "Tls");
    assert_eq!((tunnels.heads().len(), impostor.requests().len()), (1, 0));
}

/// Takes TLS off, and sends on what is within.
pub struct TlsFront;

impl TlsFront {
    pub fn to(port: u16) -> u16 {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let front = listener.local_addr().unwrap().port();
        let config = Arc::new(tls_config("localhost"));
        thread::spawn(move || {
            for client in listener.incoming() {
                let session = ServerConnection::new(config.clone()).unwrap();
                // An error means that the client went away.
                thread::spawn(move || uncover(client?, session, TcpStream::connect((Ipv4Addr::LOCALHOST, port))?));
            }
        });
        front
    }
}

fn uncover(mut client: TcpStream, session: ServerConnection, mut inner: TcpStream) -> io::Result<()> {
    let session = Arc::new(Mutex::new(session));
    let back = {
        let (session, mut client, mut inner) = (Arc::clone(&session), client.try_clone()?, inner.try_clone()?);
        thread::spawn(move || -> io::Result<()> {
            let mut buffer = [0; 16 << 10];
            loop {
                let amount = inner.read(&mut buffer)?;
                let mut session = session.lock().unwrap();
                match amount {
                    0 => session.send_close_notify(),
                    _ => session.writer().write_all(&buffer[..amount])?,
                }
                while session.wants_write() {
                    session.write_tls(&mut client)?;
                }
                if amount == 0 {
                    return client.shutdown(Shutdown::Write);
                }
            }
        })
    };
    let mut buffer = [0; 16 << 10];
    loop {
        // Read without the lock, which the way back needs.
        let amount = client.read(&mut buffer)?;
        let mut arrived = &buffer[..amount];
        let mut plain = Vec::new();
        let mut locked = session.lock().unwrap();
        while !arrived.is_empty() {
            locked.read_tls(&mut arrived)?;
            let state = locked.process_new_packets().map_err(io::Error::other)?;
            let mut part = vec![0; state.plaintext_bytes_to_read()];
            locked.reader().read_exact(&mut part)?;
            plain.extend(part);
        }
        while locked.wants_write() {
            locked.write_tls(&mut client)?;
        }
        drop(locked);
        inner.write_all(&plain)?;
        if amount == 0 {
            inner.shutdown(Shutdown::Write)?;
            return back.join().unwrap();
        }
    }
}
