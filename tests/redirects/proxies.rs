//! R11: what a proxy is told about the user is for the proxy alone.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use clientcookie::transport::Proxy;
use clientcookie::{Request, RequestBuilder};

use super::world::World;

/// `me:secret`, as Basic credentials.
const CREDENTIALS: &str = "Proxy-Authorization: Basic bWU6c2VjcmV0\r\n";

/// A proxy that tunnels every CONNECT to one port, whatever it names, and sends every plain request
/// on to `https://a.test/`.
struct FakeProxy {
    address: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
    stopping: Arc<AtomicBool>,
    acceptor: Option<JoinHandle<()>>,
}

impl FakeProxy {
    fn to(origin: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let (heads, stopping) = (Arc::<Mutex<Vec<String>>>::default(), Arc::<AtomicBool>::default());
        let (log, stop) = (heads.clone(), stopping.clone());
        let accept = move || {
            let mut workers = Vec::new();
            while let Ok((client, _)) = listener.accept() {
                if stop.load(Ordering::SeqCst) {
                    break;
                }
                let log = log.clone();
                // An error means that the client went away, which a test sees on its own side.
                workers.push(thread::spawn(move || drop(serve(client, origin, &log))));
            }
            workers.into_iter().for_each(|worker| worker.join().unwrap());
        };
        Self { address, heads, stopping, acceptor: Some(thread::spawn(accept)) }
    }

    /// This proxy, to a user with credentials.
    fn for_me(&self) -> Proxy {
        Proxy::new(&format!("http://me:secret@{}", self.address)).unwrap()
    }

    /// This proxy, to anybody.
    fn for_anybody(&self) -> Proxy {
        Proxy::new(&format!("http://{}", self.address)).unwrap()
    }

    fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

impl Drop for FakeProxy {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::SeqCst);
        // Wakes the listener; if that fails, its thread has ended.
        let _ = TcpStream::connect(self.address);
        let ended = self.acceptor.take().map(JoinHandle::join);
        assert!(thread::panicking() || matches!(ended, Some(Ok(()))));
    }
}

fn serve(mut client: TcpStream, origin: u16, log: &Mutex<Vec<String>>) -> io::Result<()> {
    loop {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            client.read_exact(&mut byte)?;
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).unwrap();
        let is_connect = head.starts_with("CONNECT ");
        log.lock().unwrap().push(head);
        if is_connect {
            client.write_all(b"HTTP/1.1 200 Connected\r\n\r\n")?;
            return tunnel(client, TcpStream::connect((Ipv4Addr::LOCALHOST, origin))?);
        }
        client.write_all(b"HTTP/1.1 302 Found\r\nLocation: https://a.test/\r\nContent-Length: 0\r\n\r\n")?;
    }
}

fn tunnel(client: TcpStream, origin: TcpStream) -> io::Result<()> {
    let (mut from_client, mut to_origin) = (client.try_clone()?, origin.try_clone()?);
    let up = thread::spawn(move || {
        let _ = io::copy(&mut from_client, &mut to_origin);
        to_origin.shutdown(Shutdown::Write)
    });
    let (mut from_origin, mut to_client) = (origin, client);
    let _ = io::copy(&mut from_origin, &mut to_client);
    let _ = to_client.shutdown(Shutdown::Both);
    let _ = up.join();
    Ok(())
}

/// Opens it with an opener that is gone afterwards, connections and all.
fn open(world: &World, request: RequestBuilder) {
    assert_eq!(world.opener().open(request).unwrap().text().unwrap(), "done");
}

#[test]
fn r11_a_tunnels_credentials_stay_with_the_proxy() {
    let world = World::redirecting(302, "https://b.test/end");
    let proxy = FakeProxy::to(world.tls_port());
    open(&world, Request::get("https://a.test/start").proxy(proxy.for_me()));

    let heads = proxy.heads();
    assert_eq!(heads.len(), 2, "a tunnel for each host");
    for (head, host) in heads.iter().zip(["a.test", "b.test"]) {
        assert!(head.starts_with(&format!("CONNECT {host}:443 HTTP/1.1\r\n")), "{head}");
        assert!(head.to_lowercase().contains(&CREDENTIALS.to_lowercase()), "{head}");
    }
    nothing_reached_the_origin(&world, &["https://a.test/start", "https://b.test/end"]);
}

#[test]
fn r11_nor_do_they_follow_a_redirect_from_http_to_https() {
    let world = World::redirecting(302, "/unused");
    let proxy = FakeProxy::to(world.tls_port());
    open(&world, Request::get("http://a.test/old?q").proxy(proxy.for_me()));

    let heads = proxy.heads();
    assert!(heads[0].starts_with("GET http://a.test/old?q HTTP/1.1\r\nHost: a.test\r\n"), "{}", heads[0]);
    assert!(heads[1].starts_with("CONNECT a.test:443 HTTP/1.1\r\n"), "{}", heads[1]);
    for head in &heads {
        assert_eq!(head.to_lowercase().matches("proxy-authorization").count(), 1, "{head}");
        assert!(head.to_lowercase().contains(&CREDENTIALS.to_lowercase()), "{head}");
    }
    nothing_reached_the_origin(&world, &["https://a.test/"]);
}

#[test]
fn r11_a_header_of_the_callers_own_reaches_proxies_and_nobody_else() {
    for name in ["Proxy-Authorization", "proxy-authorization", "PROXY-AUTHORIZATION"] {
        let own =
            |request: RequestBuilder| request.header(name, "Basic b3du").unredirected_header(name, "Basic b25jZQ==");
        let world = World::redirecting(302, "/end");
        open(&world, own(Request::get("http://a.test/start")));
        open(&world, own(Request::get("https://a.test/start")));
        nothing_reached_the_origin(
            &world,
            &["http://a.test/start", "http://a.test/end", "https://a.test/start", "https://a.test/end"],
        );

        let world = World::redirecting(302, "/end");
        let proxy = FakeProxy::to(world.tls_port());
        open(&world, own(Request::get("http://a.test/old").proxy(proxy.for_anybody())));
        let heads = proxy.heads();
        assert!(heads[0].contains(&format!("{name}: Basic b25jZQ==\r\n")), "the one for this request: {}", heads[0]);
        assert_eq!(heads[0].to_lowercase().matches("proxy-authorization").count(), 1, "{}", heads[0]);
        assert!(!heads[1].to_lowercase().contains("proxy-authorization"), "the origin changed: {}", heads[1]);
        nothing_reached_the_origin(&world, &["https://a.test/"]);

        let proxy = FakeProxy::to(world.tls_port());
        open(&world, own(Request::get("http://a.test/old").proxy(proxy.for_me())));
        let heads = proxy.heads();
        assert!(heads[0].contains(&format!("{name}: Basic b25jZQ==\r\n")), "the one for this request: {}", heads[0]);
        assert!(!heads[0].contains(CREDENTIALS), "and no other: {}", heads[0]);
        assert!(heads[1].contains(CREDENTIALS), "the next request has none of its own: {}", heads[1]);
    }
}

fn nothing_reached_the_origin(world: &World, visited: &[&str]) {
    assert_eq!(world.visited(), visited);
    for (url, request) in world.requests() {
        assert!(!request.head.to_lowercase().contains("proxy-auth"), "{url}: {}", request.head);
        assert!(!request.target().contains("://"), "{url}: an origin is asked for a path");
    }
}
