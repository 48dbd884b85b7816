//! [`ProxyHandler`]: decides which proxy a request goes through.

mod environment;
mod no_proxy;

use std::collections::BTreeMap;
use std::fmt;

use url::Url;

use crate::handler::{Handler, Hook, Kind, Parent};
use crate::message::Proxy;
use crate::message::error::{ErrorKind, Result};
use crate::message::request::Request;

pub use no_proxy::NoProxy;

/// Sends requests through proxies, one for each scheme (urllib2's `ProxyHandler`).
///
/// [`ProxyHandler::new`], which is among the default handlers, takes them from the environment, as
/// most programs do:
///
/// | variable | it is |
/// |---|---|
/// | `http_proxy`, `https_proxy`, `ftp_proxy` | the proxy for URLs of this scheme: `http://user:password@host:port/`, or `host:port` |
/// | `all_proxy` | the one for those of these schemes that have none |
/// | `no_proxy` | the hosts that are reached without; see [`NoProxy`] |
///
/// Each may be written in capitals; if both are there, the small ones count. An empty one is none.
/// `HTTP_PROXY` is ignored where there is a `REQUEST_METHOD`: in a CGI program it is not the user
/// who sets it, but a `Proxy` header of whoever sends a request ("httpoxy", CVE-2016-1000110). The
/// environment is read once, when the handler is made.
///
/// - What is no proxy is an error when a request would go through it, and never a way around it.
/// - A request whose caller said what proxy to take ([`Request::set_proxy`]), or to take none,
///   keeps to that.
/// - Each redirect is decided about anew. Credentials in a proxy's URL are sent to that proxy as
///   Basic, at once, and to nobody else; with Digest where it asks for that
///   ([`ProxyDigestAuthHandler`](crate::ProxyDigestAuthHandler)).
/// - A failure of the proxy is told as its own: [`Error::proxy`](crate::Error::proxy).
/// - No host is reached without a proxy unless `no_proxy` names it, this machine (`localhost`)
///   included.
/// - What the schemes of a proxy's URL mean, says [`Proxy`]. An `ftp:` URL is asked of the proxy by
///   HTTP, whole (feature `ftp`), as urllib and curl do; SOCKS is none for it.
///
/// ```
/// use clientcookie::transport::ScriptedTransport;
/// use clientcookie::{HttpHandler, ProxyHandler, build_opener};
///
/// let transport =
///     ScriptedTransport::new().reply("HTTP/1.1 200 OK\r\n\r\n").reply("HTTP/1.1 200 OK\r\n\r\n");
/// let proxies = ProxyHandler::with_proxies([("http", "http://proxy.example:3128")])
///     .no_proxy("intranet.example");
/// let opener = build_opener((proxies, HttpHandler::with_transport(transport.clone())));
/// opener.open("http://example.com/")?;
/// opener.open("http://www.intranet.example/")?;
///
/// let requests = transport.requests();
/// assert_eq!(
///     requests[0].proxy.as_ref().map(|proxy| proxy.url().as_str()),
///     Some("http://proxy.example:3128/")
/// );
/// assert_eq!(requests[1].proxy, None);
/// # Ok::<(), clientcookie::Error>(())
/// ```
///
/// An opener that asks no proxy, whatever the environment says:
///
/// ```
/// use clientcookie::{ProxyHandler, build_opener};
///
/// let opener = build_opener(ProxyHandler::without_proxies());
/// ```
pub struct ProxyHandler {
    /// By scheme, or [`ALL`].
    proxies: BTreeMap<String, Entry>,
    no_proxy: NoProxy,
}

/// A proxy, or the sentence that says why it is none.
type Entry = Result<Proxy, String>;

/// Stands for the schemes that go to the network, where they have no proxy of their own.
const ALL: &str = "all";

/// The schemes that [`ALL`] stands for.
const NETWORK: [&str; 3] = ["http", "https", "ftp"];

impl Default for ProxyHandler {
    fn default() -> Self {
        Self::new()
    }
}

impl ProxyHandler {
    /// The proxies that the environment of this program names now (urllib2's `getproxies`).
    #[doc(alias = "getproxies")]
    pub fn new() -> Self {
        Self::from_env_with(environment::variable)
    }

    /// The same from any other source of variables: it is asked for each by its name.
    ///
    /// ```
    /// use clientcookie::ProxyHandler;
    ///
    /// let handler = ProxyHandler::from_env_with(|name| match name {
    ///     "https_proxy" => Some("proxy.example:3128".to_owned()),
    ///     "no_proxy" => Some("localhost, 10.0.0.0/8".to_owned()),
    ///     _ => None,
    /// });
    /// let proxy = |url: &str| handler.proxy(&url.parse().unwrap());
    /// assert!(proxy("https://example.com/")?.is_some());
    /// assert!(proxy("http://example.com/")?.is_none());
    /// assert!(proxy("https://10.1.2.3/")?.is_none());
    /// # Ok::<(), clientcookie::Error>(())
    /// ```
    pub fn from_env_with(variable: impl Fn(&str) -> Option<String>) -> Self {
        let (proxies, no_proxy) = environment::read(variable);
        let entries = proxies.into_iter().map(|(scheme, name, value)| (scheme, entry(&name, &value)));
        Self { proxies: entries.collect(), no_proxy: NoProxy::new(&no_proxy) }
    }

    /// These proxies, by scheme (urllib2's `proxies` argument); `all` is for http, https and ftp
    /// where they have none. An empty one is none. The environment, `no_proxy` included, has no
    /// say.
    pub fn with_proxies<S: AsRef<str>, P: AsRef<str>>(proxies: impl IntoIterator<Item = (S, P)>) -> Self {
        let named =
            proxies.into_iter().filter(|(_, proxy)| !proxy.as_ref().trim().is_empty()).map(|(scheme, proxy)| {
                let scheme = scheme.as_ref().to_ascii_lowercase();
                let entry = entry(&format!("the proxy for {scheme}"), proxy.as_ref());
                (scheme, entry)
            });
        Self { proxies: named.collect(), no_proxy: NoProxy::default() }
    }

    /// No proxies at all (urllib2's `ProxyHandler({})`).
    pub fn without_proxies() -> Self {
        Self { proxies: BTreeMap::new(), no_proxy: NoProxy::default() }
    }

    /// Sets the hosts that are reached without a proxy, in place of those of the environment.
    #[must_use]
    pub fn no_proxy(self, hosts: impl Into<NoProxy>) -> Self {
        Self { no_proxy: hosts.into(), ..self }
    }

    /// The proxy for this URL, if there is one and its host is not exempt (urllib2's `proxy_open`
    /// and `proxy_bypass`).
    ///
    /// # Errors
    /// [`ErrorKind::Proxy`] when what should be the proxy is none.
    #[doc(alias = "proxy_bypass")]
    #[doc(alias = "proxy_open")]
    pub fn proxy(&self, url: &Url) -> Result<Option<Proxy>> {
        let for_all = || self.proxies.get(ALL).filter(|_| NETWORK.contains(&url.scheme()));
        let Some(entry) = self.proxies.get(url.scheme()).or_else(for_all) else {
            return Ok(None);
        };
        if self.no_proxy.matches(url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or_default()) {
            return Ok(None);
        }
        match entry {
            Ok(proxy) => Ok(Some(proxy.clone())),
            Err(sentence) => Err(refused(sentence)),
        }
    }
}

impl Handler for ProxyHandler {
    /// Before all who look at the request: whoever has credentials for a proxy must know which.
    fn order(&self) -> i32 {
        100
    }

    fn kind(&self) -> Option<Kind> {
        Some(Kind::Proxy)
    }

    fn hooks(&self) -> &[Hook] {
        &[Hook::AnyRequest]
    }

    fn any_request(&self, _: &dyn Parent, request: &mut Request) -> Result<()> {
        if request.has_own_proxy() {
            return Ok(());
        }
        if let Some(proxy) = self.proxy(request.url())? {
            log::debug!(target: "clientcookie", "{} is asked for through the proxy {}", request.host(), proxy.url());
            request.set_unredirected_proxy(Some(proxy));
        }
        Ok(())
    }
}

/// Shows no password.
impl fmt::Debug for ProxyHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProxyHandler").field("proxies", &self.proxies).field("no_proxy", &self.no_proxy).finish()
    }
}

/// What `name` says, kept for the request that asks.
fn entry(name: &str, value: &str) -> Entry {
    Proxy::new(value).map_err(|error| match error.into_kind() {
        ErrorKind::Proxy { reason } => format!("{name} cannot be used: {reason}"),
        kind => format!("{name} cannot be used: {kind}"),
    })
}

fn refused(sentence: &str) -> crate::message::error::Error {
    ErrorKind::Proxy { reason: sentence.to_owned() }.into()
}
