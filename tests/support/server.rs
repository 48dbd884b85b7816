//! The life of a server.

use super::connection::Connection;
use super::ledger::Ledger;
use super::recorded::Recorded;
use super::reply::Reply;
use super::tls;
use super::wire::{Socket, Wire};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::panic;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

/// A server that runs until it is dropped, with a thread for each connection.
pub struct Server {
    scheme: &'static str,
    address: SocketAddr,
    ledger: Arc<Ledger>,
    acceptor: Option<JoinHandle<Vec<JoinHandle<()>>>>,
}

impl Server {
    /// Starts an HTTP server that sends what the handler replies to each request.
    pub fn start(handler: impl Fn(&Recorded) -> Reply + Send + Sync + 'static) -> Self {
        Self::launch(None, move |connection| converse(connection, &handler))
    }

    /// Starts a server that leaves each connection, by its number, to the handler.
    ///
    /// An error is taken for a client that went away, so handlers can use `?`.
    /// The connection is closed after the handler.
    pub fn raw(handler: impl Fn(usize, &mut Connection) -> io::Result<()> + Send + Sync + 'static) -> Self {
        Self::launch(None, move |connection| handler(connection.number(), connection))
    }

    /// Starts an HTTPS server with a certificate from `fixtures/tls`, such as
    /// `localhost`.
    pub fn start_tls(certificate: &str, handler: impl Fn(&Recorded) -> Reply + Send + Sync + 'static) -> Self {
        let config = tls::config(certificate);
        Self::launch(Some(config), move |connection| converse(connection, &handler))
    }

    /// Starts an HTTPS server with this certificate that leaves each connection to the handler, as
    /// [`raw`](Self::raw) does.
    #[cfg(feature = "tls")]
    pub fn raw_tls(
        certificate: &str,
        handler: impl Fn(usize, &mut Connection) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let config = tls::config(certificate);
        Self::launch(Some(config), move |connection| handler(connection.number(), connection))
    }

    /// As [`start_tls`](Self::start_tls), for clients with a certificate that `ca` signed and no
    /// others.
    pub fn start_tls_with_client_auth(
        certificate: &str,
        handler: impl Fn(&Recorded) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let config = tls::config_with_client_auth(certificate);
        Self::launch(Some(config), move |connection| converse(connection, &handler))
    }

    /// The URL of a path (which starts with a slash) on this server: by address,
    /// or as `localhost` if there is a certificate to match.
    pub fn url(&self, path: &str) -> String {
        match self.scheme {
            "https" => self.url_for("localhost", path),
            _ => self.url_for("127.0.0.1", path),
        }
    }

    /// The URL of a path on this server under another name.
    pub fn url_for(&self, host: &str, path: &str) -> String {
        format!("{}://{host}:{}{path}", self.scheme, self.port())
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The requests so far, in the order in which they were complete.
    pub fn requests(&self) -> Vec<Recorded> {
        self.ledger.requests()
    }

    /// How many connections were made so far.
    pub fn connections(&self) -> usize {
        self.ledger.accepted()
    }

    /// Waits until clients have closed every connection made so far, and says
    /// whether they did. Connections that are reset end by themselves.
    #[must_use]
    pub fn wait_for_connections_closed(&self) -> bool {
        self.ledger.wait_until_empty()
    }

    fn launch(tls: Option<ServerConfig>, service: impl Service) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = listener.local_addr().expect("a bound listener");
        let scheme = if tls.is_some() { "https" } else { "http" };
        let ledger = Arc::new(Ledger::default());
        let acceptor = {
            let ledger = ledger.clone();
            thread::spawn(move || accept(&listener, &ledger, tls.map(Arc::new), Arc::new(service)))
        };
        Self { scheme, address, ledger, acceptor: Some(acceptor) }
    }

    /// Stops everything, and gives what the first thread to panic said.
    fn stop(&mut self) -> thread::Result<()> {
        self.ledger.stop();
        // The listener can only be woken by a connection. Without one its thread
        // has to be left behind, as a test must not hang.
        let woken = TcpStream::connect(self.address).is_ok();
        let Some(acceptor) = self.acceptor.take().filter(|_| woken) else {
            return Ok(());
        };
        let workers = acceptor.join()?;
        self.ledger.cut_connections();
        if !self.ledger.wait_until_empty() {
            assert!(thread::panicking(), "a handler does not return");
            return Ok(());
        }
        workers.into_iter().try_for_each(JoinHandle::join)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Err(reason) = self.stop()
            && !thread::panicking()
        {
            panic::resume_unwind(reason);
        }
    }
}

/// What is done with each connection.
trait Service: Fn(&mut Connection) -> io::Result<()> + Send + Sync + 'static {}

impl<T: Fn(&mut Connection) -> io::Result<()> + Send + Sync + 'static> Service for T {}

fn accept(
    listener: &TcpListener,
    ledger: &Arc<Ledger>,
    tls: Option<Arc<ServerConfig>>,
    service: Arc<impl Service>,
) -> Vec<JoinHandle<()>> {
    let mut workers = Vec::new();
    while !ledger.stopping() {
        let Ok((stream, _)) = listener.accept() else {
            continue;
        };
        let Some(number) = ledger.admit(&stream) else {
            continue;
        };
        let (ledger, tls, service) = (ledger.clone(), tls.clone(), service.clone());
        workers.push(thread::spawn(move || {
            let Ok(wire) = wire(stream, tls) else {
                return ledger.leave(number);
            };
            let mut connection = Connection::new(number, wire, ledger);
            // Errors mean that the client went away or sent nonsense. What it
            // got in return is for the test to judge.
            let _ = service(&mut connection);
            connection.finish();
        }));
    }
    workers
}

fn wire(stream: TcpStream, tls: Option<Arc<ServerConfig>>) -> io::Result<Wire> {
    let socket = Socket::new(stream)?;
    let Some(config) = tls else {
        return Ok(Wire::Plain(socket));
    };
    let session = ServerConnection::new(config).map_err(io::Error::other)?;
    Ok(Wire::Tls(Box::new(StreamOwned::new(session, socket))))
}

/// Answers requests until the client has no more or a reply was the last.
fn converse(connection: &mut Connection, handler: impl Fn(&Recorded) -> Reply) -> io::Result<()> {
    while let Some(request) = connection.read_request()? {
        if handler(&request).send(&request, connection)?.is_break() {
            break;
        }
    }
    Ok(())
}
