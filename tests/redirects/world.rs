//! A small internet on the loopback interface: every name leads to one of two servers, by its
//! scheme.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use clientcookie::transport::{Resolver, TlsSettings, UreqTransport};
use clientcookie::{HttpEquivProcessor, HttpHandler, HttpRefreshProcessor, HttpsHandler, OpenerDirector, build_opener};

use crate::support::{Recorded, Reply, Server, fixture};

/// How one URL leads to another.
#[cfg_attr(not(feature = "tls"), allow(dead_code, reason = "only those who go to both servers lead in every way"))]
#[derive(Clone, Copy, Debug)]
pub(super) enum Way {
    /// A redirect with this status.
    Status(u16),
    /// A page with a `Refresh` header.
    Refresh,
    /// A page that says so itself.
    Meta,
}

impl Way {
    #[cfg_attr(not(feature = "tls"), allow(dead_code, reason = "only those who go to both servers lead in every way"))]
    pub(super) const ALL: [Self; 3] = [Self::Status(302), Self::Refresh, Self::Meta];

    pub(super) fn to(self, location: &str) -> Reply {
        match self {
            Self::Status(status) => Reply::redirect(status, location),
            Self::Refresh => Reply::ok("moved").header("Refresh", &format!("0; url={location}")),
            Self::Meta => Reply::ok(format!("<meta http-equiv=refresh content=\"0; url='{location}'\">moved"))
                .header("Content-Type", "text/html"),
        }
    }
}

/// What was requested: the URL as the server sees it, and the request.
type Log = Arc<Mutex<Vec<(String, Recorded)>>>;

pub(super) struct World {
    plain: Server,
    tls: Server,
    log: Log,
}

impl World {
    /// Both servers answer a URL with what `answer` gives.
    pub(super) fn new(answer: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Self {
        let (log, answer) = (Log::default(), Arc::new(answer));
        let service = |scheme: &'static str| {
            let (log, answer) = (log.clone(), answer.clone());
            move |request: &Recorded| {
                let url = format!("{scheme}://{}{}", request.header("Host").unwrap_or_default(), request.target());
                log.lock().unwrap().push((url.clone(), request.clone()));
                answer(&url)
            }
        };
        Self { plain: Server::start(service("http")), tls: Server::start_tls("localhost", service("https")), log }
    }

    /// URLs that end in `/start` redirect to `location`, all others are fine.
    pub(super) fn redirecting(status: u16, location: &str) -> Self {
        Self::leading(Way::Status(status), location)
    }

    /// URLs that end in `/start` lead to `location`, all others are fine. `PORT` in it is the port
    /// that was asked: addresses are dialled as they are, so theirs must be a real one.
    pub(super) fn leading(way: Way, location: &str) -> Self {
        let location = location.to_owned();
        Self::new(move |url| match url.strip_suffix("/start") {
            Some(origin) => {
                let port = origin.rsplit(':').next().unwrap_or_default();
                way.to(&location.replace("PORT", port))
            }
            None => Reply::ok("done"),
        })
    }

    pub(super) fn handlers(&self) -> (HttpHandler, HttpsHandler) {
        let tls = TlsSettings::new().ca_file(fixture("ca.pem")).unwrap();
        let plain = UreqTransport::new().resolver(Everywhere(self.plain.port()));
        let secure = UreqTransport::new().resolver(Everywhere(self.tls.port())).tls(tls);
        (HttpHandler::with_transport(plain), HttpsHandler::with_transport(secure))
    }

    /// Follows every [`Way`].
    pub(super) fn opener(&self) -> OpenerDirector {
        let (http, https) = self.handlers();
        build_opener((http, https, HttpEquivProcessor::new(), HttpRefreshProcessor::new()))
    }

    pub(super) fn requests(&self) -> Vec<(String, Recorded)> {
        self.log.lock().unwrap().clone()
    }
}

/// What only those ask for who go to both servers.
#[cfg(feature = "tls")]
impl World {
    /// The port of the server for http.
    pub(super) fn plain_port(&self) -> u16 {
        self.plain.port()
    }

    /// The port of the server for https.
    pub(super) fn tls_port(&self) -> u16 {
        self.tls.port()
    }

    /// The URLs that were requested, in order.
    pub(super) fn visited(&self) -> Vec<String> {
        self.requests().into_iter().map(|(url, _)| url).collect()
    }
}

/// Every name lives on this machine, and every port is this one.
struct Everywhere(u16);

impl Resolver for Everywhere {
    fn resolve(&self, _: &str, _: u16) -> io::Result<Vec<SocketAddr>> {
        Ok(vec![SocketAddr::from((Ipv4Addr::LOCALHOST, self.0))])
    }
}
