//! How a connection is made: to the server or the proxy, then TLS, then a tunnel and TLS through
//! it.
//!
//! ```text
//! plain             Dial ─► [TLS with the server]
//! a plain proxy     Dial ─► [TLS with the proxy]
//! a tunnel          Dial ─► [TLS with the proxy] ─► CONNECT ─► TLS with the server
//! SOCKS             SOCKS ─► [TLS with the server]
//! ```
//!
//! This folder is the only room that says `ureq`: TLS and SOCKS are its connectors. How the
//! addresses of a host are found and tried is ours ([`tcp`]), and whoever has connections of
//! another kind brings a [`Dial`].

#[cfg(feature = "tls")]
mod below;
#[cfg(any(feature = "socks", feature = "tls"))]
mod carried;
#[cfg(feature = "tls")]
mod certificate;
#[cfg(feature = "tls")]
mod hello;
mod race;
#[cfg(feature = "tls")]
mod seen;
mod socket;
#[cfg(feature = "socks")]
mod socks;
mod tcp;
#[cfg(feature = "tls")]
mod tls;
mod tunnel;
#[cfg(unix)]
mod unix;

use std::io::{self, Read, Write};
use std::sync::Arc;
use std::time::Duration;

use url::Url;

use crate::clock::deadline;
use crate::message::error::late;
use crate::message::error::{Error, ErrorKind, Phase, Result};
use crate::transport::line::{Line, Stream};
use crate::transport::{Limits, Proxy, ProxyRoute, TlsSettings, WireRequest, tls_error};

use socket::Socket;
pub(crate) use tcp::TcpDial;
#[cfg(unix)]
pub use unix::UnixSocket;

/// Makes the connections of a [`UreqTransport`](crate::transport::UreqTransport), each to a host or
/// to a proxy; TLS and HTTP are spoken over whatever it gives (in the manner of `DialContext` of
/// Go's `http.Transport`).
///
/// The default one looks the host up, and connects by TCP to the address that answers first.
/// Another reaches servers that no address leads to: behind a Unix socket ([`UnixSocket`]), an ssh
/// channel, a test's own memory.
///
/// ```
/// use clientcookie::transport::{Connection, Dial, UreqTransport};
/// use clientcookie::{HttpHandler, build_opener};
/// use std::io::{self, Cursor, Read, Write};
/// use std::time::Duration;
///
/// /// Somebody who says the same to everyone.
/// struct Parrot;
///
/// struct Words(Cursor<&'static [u8]>);
///
/// impl Dial for Parrot {
///     fn dial(
///         &self,
///         _host: &str,
///         _port: u16,
///         _: Option<Duration>,
///     ) -> clientcookie::Result<Box<dyn Connection>> {
///         Ok(Box::new(Words(Cursor::new(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"))))
///     }
/// }
///
/// impl Read for Words {
///     fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
///         self.0.read(buffer)
///     }
/// }
///
/// impl Write for Words {
///     fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
///         Ok(bytes.len())
///     }
///     fn flush(&mut self) -> io::Result<()> {
///         Ok(())
///     }
/// }
///
/// impl Connection for Words {
///     fn set_read_timeout(&mut self, _: Option<Duration>) -> io::Result<()> {
///         Ok(())
///     }
///     fn set_write_timeout(&mut self, _: Option<Duration>) -> io::Result<()> {
///         Ok(())
///     }
/// }
///
/// let opener = build_opener(HttpHandler::with_transport(UreqTransport::new().dial(Parrot)));
/// assert_eq!(opener.open("http://anybody.example/")?.text()?, "hello");
/// # Ok::<(), clientcookie::Error>(())
/// ```
pub trait Dial: Send + Sync {
    /// Connects to this host, a name or an address (of IPv6 without brackets), and port, within
    /// this time.
    ///
    /// # Errors
    /// When there is no connection; an [`io::Error`] is made an [`ErrorKind::Connect`] of the host,
    /// and one of the kind [`TimedOut`](io::ErrorKind::TimedOut) an [`ErrorKind::Timeout`].
    fn dial(&self, host: &str, port: u16, limit: Option<Duration>) -> Result<Box<dyn Connection>>;
}

/// A shared one makes connections as well.
impl<D: Dial + ?Sized> Dial for Arc<D> {
    fn dial(&self, host: &str, port: u16, limit: Option<Duration>) -> Result<Box<dyn Connection>> {
        (**self).dial(host, port, limit)
    }
}

/// Bytes to and from a peer, with limits on each wait.
///
/// A limit that is reached is an error of the kind [`TimedOut`](io::ErrorKind::TimedOut) or
/// [`WouldBlock`](io::ErrorKind::WouldBlock), as the standard library's sockets have it; reading
/// goes on where it was afterwards. Dropping a connection closes it.
pub trait Connection: Read + Write + Send {
    /// Sets how long one read may wait; `None` is for ever.
    ///
    /// # Errors
    /// When the limit cannot be set.
    fn set_read_timeout(&mut self, limit: Option<Duration>) -> io::Result<()>;

    /// Sets how long one write may wait; `None` is for ever.
    ///
    /// # Errors
    /// When the limit cannot be set.
    fn set_write_timeout(&mut self, limit: Option<Duration>) -> io::Result<()>;

    /// Whether it is open and has nothing to be read, found out without waiting: only then it
    /// serves another request. One that cannot tell, which is the default, serves one.
    fn is_quiet(&mut self) -> bool {
        false
    }
}

/// Makes connections with the settings of one transport.
pub(crate) struct Dialler {
    dial: Arc<dyn Dial>,
    /// Whether it is the one that this crate brings, and nothing was said of how it connects:
    /// ureq's SOCKS can do no other.
    #[cfg(feature = "socks")]
    is_default: bool,
    #[cfg(feature = "socks")]
    resolver: Arc<dyn crate::transport::Resolver>,
    #[cfg(feature = "tls")]
    server: tls::Tls,
    /// Of another make where a certificate of ours is for servers only.
    #[cfg(feature = "tls")]
    proxy: tls::Tls,
    limits: Limits,
}

impl Dialler {
    /// # Errors
    /// [`ErrorKind::Tls`] when the settings of TLS cannot be used.
    pub(crate) fn new(
        tcp: &Arc<TcpDial>,
        own: Option<Arc<dyn Dial>>,
        tls: &TlsSettings,
        limits: Limits,
    ) -> Result<Self> {
        #[cfg(not(feature = "tls"))]
        let _ = tls;
        Ok(Self {
            #[cfg(feature = "socks")]
            is_default: own.is_none() && !tcp.is_bound(),
            #[cfg(feature = "socks")]
            resolver: tcp.resolver(),
            dial: own.unwrap_or_else(|| Arc::clone(tcp) as Arc<dyn Dial>),
            #[cfg(feature = "tls")]
            server: tls::Tls::new(tls)?,
            #[cfg(feature = "tls")]
            proxy: tls::Tls::new(&TlsSettings { client: None, ..tls.clone() })?,
            limits,
        })
    }

    /// A connection over which the head of this request can be sent.
    pub(crate) fn connect(&self, request: &WireRequest<'_>) -> Result<Line> {
        #[cfg(not(feature = "tls"))]
        if request.url.scheme() == "https" || request.proxy.is_some_and(|proxy| proxy.url().scheme() == "https") {
            return Err(without_tls());
        }
        deadline::within(request.timeouts.connect, Phase::Connect, || {
            let stream = match request.proxy.zip(request.route()) {
                None => self.reach(request.url)?,
                Some((proxy, ProxyRoute::WholeUrl)) => return self.to_proxy(proxy.url()).map(Line::new),
                Some((proxy, ProxyRoute::Tunnel)) => self.tunnel(request, proxy.url())?,
                Some((proxy, ProxyRoute::Socks)) => self.through_socks(request.url, proxy)?,
            };
            match request.url.scheme() {
                "https" => self.tls_with_server(stream, request.url).map(Line::new),
                _ => Ok(Line::new(stream)),
            }
        })
    }

    /// A connection to whom this URL names.
    fn reach(&self, url: &Url) -> Result<Box<dyn Stream>> {
        let host = url.host_str().unwrap_or_default();
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let port = url.port_or_known_default().unwrap_or_default();
        let limit = late::for_wait()?;
        let connection = self.dial.dial(bare, port, limit).map_err(|error| named(error, url))?;
        Ok(Box::new(Socket::new(connection)))
    }

    fn to_proxy(&self, proxy: &Url) -> Result<Box<dyn Stream>> {
        let stream = self.reach(proxy);
        let stream = match proxy.scheme() {
            "https" => stream.and_then(|stream| self.tls_with_proxy(stream, proxy)),
            _ => stream,
        };
        stream.map_err(|error| error.of_proxy(proxy))
    }

    fn tunnel(&self, request: &WireRequest<'_>, proxy: &Url) -> Result<Box<dyn Stream>> {
        tunnel::open(self.to_proxy(proxy)?, request, proxy, &self.limits)
    }

    #[cfg(feature = "socks")]
    fn through_socks(&self, url: &Url, proxy: &Proxy) -> Result<Box<dyn Stream>> {
        if !self.is_default {
            let reason = "a connection through SOCKS has neither a Dial of one's own nor a local address".to_owned();
            return Err(Error::from(ErrorKind::Proxy { reason }).of_proxy(proxy.url()));
        }
        socks::connect(url, proxy, &self.resolver)
    }

    #[cfg(not(feature = "socks"))]
    fn through_socks(&self, _: &Url, proxy: &Proxy) -> Result<Box<dyn Stream>> {
        let reason = "this program was built without SOCKS (feature \"socks\")".to_owned();
        Err(Error::from(ErrorKind::Proxy { reason }).of_proxy(proxy.url()))
    }

    #[cfg(feature = "tls")]
    fn tls_with_server(&self, stream: Box<dyn Stream>, url: &Url) -> Result<Box<dyn Stream>> {
        self.server.wrap(stream, url).map_err(|error| connecting(error, url))
    }

    #[cfg(feature = "tls")]
    fn tls_with_proxy(&self, stream: Box<dyn Stream>, url: &Url) -> Result<Box<dyn Stream>> {
        self.proxy.wrap(stream, url).map_err(|error| connecting(error, url))
    }

    #[cfg(not(feature = "tls"))]
    fn tls_with_server(&self, _: Box<dyn Stream>, _: &Url) -> Result<Box<dyn Stream>> {
        Err(without_tls())
    }

    #[cfg(not(feature = "tls"))]
    fn tls_with_proxy(&self, _: Box<dyn Stream>, _: &Url) -> Result<Box<dyn Stream>> {
        Err(without_tls())
    }
}

#[cfg(not(feature = "tls"))]
fn without_tls() -> Error {
    let reason = "this program was built without https (feature \"tls\")".to_owned();
    ErrorKind::Tls { reason }.into()
}

/// What an error of input and output is while whom this URL names is connected to.
fn named(error: Error, url: &Url) -> Error {
    match error.into_kind() {
        ErrorKind::Io(error) => connecting(error, url),
        kind => kind.into(),
    }
}

fn connecting(error: io::Error, url: &Url) -> Error {
    let error = match error.downcast::<Error>() {
        Ok(own) => return own,
        Err(error) => error,
    };
    if matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock) {
        return late::timeout(Phase::Connect).into();
    }
    if let Some(reason) = tls_error::reason(&error) {
        return ErrorKind::Tls { reason }.into();
    }
    if error.kind() == io::ErrorKind::UnexpectedEof {
        let reason = "the connection was closed within the handshake; perhaps no TLS is spoken there".to_owned();
        return ErrorKind::Tls { reason }.into();
    }
    ErrorKind::Connect { host: url.host_str().unwrap_or_default().to_owned(), source: error }.into()
}
