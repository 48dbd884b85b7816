//! [`FtpHandler`] and [`CacheFtpHandler`]: answer `ftp:` URLs.
//!
//! One request is one conversation: [`target`] says what the URL asks for, [`control`] speaks with
//! the server, and [`transfer`] brings the file. [`cache`] keeps conversations for the next
//! request.

mod cache;
mod control;
mod reply;
mod target;
mod transfer;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ::http::StatusCode;
use url::{Host, Url};

use crate::clock::deadline;
use crate::handler::{Handler, Hook, Kind, Parent, http};
use crate::message::body::{Body, Patience};
use crate::message::error::{Error, ErrorKind, Result};
use crate::message::headers::Headers;
use crate::message::request::Request;
use crate::message::response::Response;
use crate::message::text::media_type;
use crate::redact;
use crate::transport::{CachingResolver, ProxyRoute, Resolver, Transport, UreqTransport};

use cache::Cache;
use control::Control;
use target::{Account, Target};
use transfer::{Content, Transfer};

pub use control::{FTP_LINE_LIMIT, FTP_REPLY_LIMIT};

/// Answers `ftp:` URLs (urllib2's `FTPHandler`): status 200, with `Content-Type` (by the file's
/// name) and, where the server tells it, `Content-Length`.
///
/// ```no_run
/// let mut response = clientcookie::urlopen("ftp://ftp.example.com/pub/README.txt")?;
/// println!("{}", response.headers());
/// println!("{}", response.text()?);
/// # Ok::<(), clientcookie::Error>(())
/// ```
///
/// - The user and the password are those of the URL (`ftp://user:password@host/`), else it is
///   `anonymous`.
/// - The path is relative to where the login leads; `ftp://host/%2fetc/motd` and
///   `ftp://host//etc/motd` begin at the root (RFC 1738 section 3.2.2). One that ends in a slash,
///   or leads to a folder, is answered with a listing: the server's own lines, as `text/plain`.
/// - `;type=a` at the end transfers text, whose line ends the server turns into CRLF; `;type=i`
///   bytes, which is the default; `;type=d` is a listing.
/// - Data connections are passive and go to the address that the control connection has, whatever
///   address the server names: `EPSV` (RFC 2428), or `PASV` where that leads to none, by whatever
///   reply or a port that cannot be reached.
/// - The body is complete when the server says so. One that it does not vouch for, or that is
///   shorter than it had announced, is an [`ErrorKind::IncompleteRead`]. Dropping a response that
///   was not read to its end closes both connections at once.
/// - Line ends and NULs in the path, the user or the password, escaped or not, are an
///   [`ErrorKind::InvalidUrl`] before anything is connected: they would be commands of their own.
/// - [`Timeouts`](crate::Timeouts): `head` bounds the conversation from the connection to the first
///   byte of the body, however slowly the server talks, and once more the server's last word;
///   `read` bounds each silence. A line has up to [`FTP_LINE_LIMIT`] bytes, a reply
///   [`FTP_REPLY_LIMIT`] lines.
/// - A request with a proxy is asked of that by HTTP, with its whole URL but for the user and
///   password, which are said once the proxy asks for them (401); what it answers is an HTTP
///   answer, and an error if its status is one.
///
/// # Errors
/// What the server refuses is [`ErrorKind::Ftp`] with its code and words: 530 is a login, 550 a
/// file that is not there. Data cannot be sent, nor is there a way through SOCKS.
#[doc(alias = "FTPHandler")]
pub struct FtpHandler {
    resolver: Arc<dyn Resolver>,
    to_proxies: Arc<dyn Transport>,
}

impl Default for FtpHandler {
    fn default() -> Self {
        Self::new()
    }
}

impl FtpHandler {
    /// The handler, with the system's resolver behind a [`CachingResolver`].
    pub fn new() -> Self {
        Self { resolver: Arc::new(CachingResolver::default()), to_proxies: Arc::new(UreqTransport::new()) }
    }

    /// Sets who looks up names.
    ///
    /// ```
    /// use clientcookie::transport::FixedResolver;
    /// use clientcookie::{FtpHandler, build_opener};
    ///
    /// let resolver = FixedResolver::new().host("ftp.example.com", 21, [([127, 0, 0, 1], 2121)]);
    /// let opener = build_opener(FtpHandler::new().resolver(resolver));
    /// ```
    #[must_use]
    pub fn resolver(self, resolver: impl Resolver + 'static) -> Self {
        Self { resolver: Arc::new(resolver), ..self }
    }

    /// Sets who speaks with proxies; an `Arc` shares one, and its connections, with others.
    #[must_use]
    pub fn transport(self, transport: impl Transport + 'static) -> Self {
        Self { to_proxies: Arc::new(transport), ..self }
    }

    fn answer(&self, parent: &dyn Parent, request: &mut Request, cache: Option<&Arc<Cache>>) -> Result<Response> {
        match is_for_proxy(request)? {
            true => http::ask_proxy(&*self.to_proxies, parent, request),
            false => transfer(parent, request, &*self.resolver, cache),
        }
    }
}

impl Handler for FtpHandler {
    fn kind(&self) -> Option<Kind> {
        Some(Kind::Ftp)
    }

    fn schemes(&self) -> &[&str] {
        &["ftp"]
    }

    fn hooks(&self) -> &[Hook] {
        &[Hook::Open]
    }

    fn open(&self, parent: &dyn Parent, request: &mut Request) -> Result<Option<Response>> {
        self.answer(parent, request, None).map(Some)
    }
}

/// [`FtpHandler`] that keeps connections for the next request (urllib2's `CacheFTPHandler`).
///
/// ```
/// use clientcookie::{CacheFtpHandler, build_opener};
/// use std::time::Duration;
///
/// let ftp = CacheFtpHandler::new().timeout(Duration::from_secs(30)).max_conns(4);
/// let opener = build_opener(ftp); // takes the place of FtpHandler
/// ```
///
/// A connection serves again only after a transfer that was read to its end and went well; only the
/// same user with the same password on the same host and port; and only for the folder it is in or
/// one below. One that the server has closed meanwhile is made anew.
#[doc(alias = "CacheFTPHandler")]
pub struct CacheFtpHandler {
    ftp: FtpHandler,
    cache: Arc<Cache>,
}

impl Default for CacheFtpHandler {
    fn default() -> Self {
        Self::new()
    }
}

impl CacheFtpHandler {
    /// The handler; it keeps up to 16 connections for 60 seconds, as urllib2 does.
    pub fn new() -> Self {
        Self { ftp: FtpHandler::new(), cache: Arc::new(Cache::new(Duration::from_secs(60), 16)) }
    }

    /// Sets who looks up names; see [`FtpHandler::resolver`].
    #[must_use]
    pub fn resolver(self, resolver: impl Resolver + 'static) -> Self {
        Self { ftp: self.ftp.resolver(resolver), ..self }
    }

    /// Sets who speaks with proxies; see [`FtpHandler::transport`].
    #[must_use]
    pub fn transport(self, transport: impl Transport + 'static) -> Self {
        Self { ftp: self.ftp.transport(transport), ..self }
    }

    /// Sets how long a connection is kept after its last use: 60 seconds. One whose time is over is
    /// closed when the handler is used next, or dropped.
    #[doc(alias = "setTimeout")]
    #[must_use]
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { cache: Arc::new(Cache::new(timeout, self.cache.max_conns)), ..self }
    }

    /// Sets how many connections are kept in all: 16. The one that was not used for the longest
    /// time goes first.
    #[doc(alias = "setMaxConns")]
    #[must_use]
    pub fn max_conns(self, max_conns: usize) -> Self {
        Self { cache: Arc::new(Cache::new(self.cache.timeout, max_conns)), ..self }
    }
}

impl Handler for CacheFtpHandler {
    fn kind(&self) -> Option<Kind> {
        self.ftp.kind()
    }

    fn schemes(&self) -> &[&str] {
        self.ftp.schemes()
    }

    fn hooks(&self) -> &[Hook] {
        &[Hook::Open]
    }

    fn open(&self, parent: &dyn Parent, request: &mut Request) -> Result<Option<Response>> {
        self.ftp.answer(parent, request, Some(&self.cache)).map(Some)
    }
}

fn transfer(
    parent: &dyn Parent,
    request: &Request,
    resolver: &dyn Resolver,
    cache: Option<&Arc<Cache>>,
) -> Result<Response> {
    let url = request.url();
    let (account, target) = (Account::of(request)?, Target::of(url)?);
    let timeouts = request.timeouts().unwrap_or_else(|| parent.default_timeouts());
    let kept = cache.and_then(|cache| cache.take(&account, &target.folders)).and_then(|mut control| {
        control.renew(timeouts);
        // A kept connection may be gone: its first command shows it.
        control.set_type(target.is_text()).is_ok().then_some(control)
    });
    let control = match kept {
        Some(control) => control,
        None => {
            let mut control = Control::connect(&addresses(url, &account, resolver)?, &account.host, timeouts)?;
            control.login(&account)?;
            control.set_type(target.is_text())?;
            control
        }
    };
    let content = transfer::begin(control, &target)?;
    let mut headers = Headers::new();
    headers.append("Content-Type", media_type(&content, &target))?;
    if let Some(size) = content.size {
        headers.append("Content-Length", size.to_string())?;
    }
    let body = Body::from_reader(Transfer::new(content, cache.map(|cache| (Arc::clone(cache), account))));
    let mut response = Response::of(url.clone(), StatusCode::OK, headers, body);
    response.set_patience(Patience { read: timeouts.read, until: deadline::of_open() });
    Ok(response)
}

/// Whether a proxy is to be asked. What FTP cannot do is not left out in silence.
fn is_for_proxy(request: &Request) -> Result<bool> {
    if request.data().is_some() {
        let source = io::Error::new(io::ErrorKind::Unsupported, "ftp: URLs are only read");
        return Err(ErrorKind::RequestData { source }.into());
    }
    match request.proxy().map(|proxy| proxy.route(request.url())) {
        Some(ProxyRoute::WholeUrl) => Ok(true),
        Some(_) => {
            let reason =
                "ftp: URLs are sent through http and https proxies alone; let no_proxy name the host to go without";
            Err(ErrorKind::Proxy { reason: reason.to_owned() }.into())
        }
        None => Ok(false),
    }
}

fn media_type(content: &Content, target: &Target) -> &'static str {
    match &target.name {
        Some(name) if !content.is_listing => media_type::guess(Path::new(&*String::from_utf8_lossy(name))),
        _ => "text/plain",
    }
}

fn addresses(url: &Url, account: &Account, resolver: &dyn Resolver) -> Result<Vec<SocketAddr>> {
    let ip = match url.host() {
        Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
        Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
        Some(Host::Domain(_)) | None => None,
    };
    if let Some(ip) = ip {
        return Ok(vec![SocketAddr::new(ip, account.port)]);
    }
    let failed = |source| Error::from(ErrorKind::Resolve { host: account.host.clone(), source });
    match resolver.resolve(&account.host, account.port) {
        Ok(addresses) if addresses.is_empty() => Err(failed(io::ErrorKind::NotFound.into())),
        Ok(addresses) => Ok(addresses),
        Err(source) => Err(failed(source)),
    }
}

/// The URL is unfit for this reason.
fn unfit(url: &Url, reason: &str) -> Error {
    ErrorKind::InvalidUrl { url: redact::url(url), reason: reason.to_owned() }.into()
}

crate::redact::opaque_debug! { FtpHandler CacheFtpHandler }
