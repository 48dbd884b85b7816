//! [`Proxy`]: where a proxy is, what it speaks, and who the user is to it.

use url::Url;

use crate::error::{Error, ErrorKind, Result};
use crate::redact;
use crate::urls::{self, Userinfo};

/// A proxy: where it is, what it speaks, and who the user is to it.
///
/// The scheme of its URL says what it speaks:
///
/// - `http`, also when there is none: HTTP. An http request names its whole URL; an https request goes through a
///   tunnel (CONNECT), in which TLS is spoken with the server and the proxy sees the server's name alone.
/// - `https`: the same within TLS. The proxy's certificate is verified as a server's is.
/// - `socks4`, `socks4a`, `socks5`, `socks5h` (feature `socks`): SOCKS. `socks4` and `socks5` are told an address, which
///   the transport's own resolver found; `socks4a` and `socks5h` are told the name.
///
/// The port is 80, 443 or 1080 unless said. The transport uses neither path nor query.
///
/// ```
/// use clientcookie::transport::Proxy;
///
/// let proxy = Proxy::new("http://me:secret@proxy.example:3128")?;
/// assert_eq!(proxy.url().as_str(), "http://proxy.example:3128/");
/// assert!(!format!("{proxy:?}").contains("secret"));
/// assert_eq!(Proxy::new("proxy.example:3128")?.url(), proxy.url());
/// # Ok::<(), clientcookie::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proxy {
    url: Url,
    userinfo: Option<Userinfo>,
}

/// How a request goes through a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// The proxy reads the head, and finds the whole URL in it (RFC 9112 section 3.2.2).
    WholeUrl,
    /// The proxy is asked for a tunnel (RFC 9110 section 9.3.6), and reads no more.
    Tunnel,
    /// The proxy is asked for a connection (RFC 1928), and reads no more.
    Socks,
}

impl Proxy {
    /// A proxy from its URL, or from `host:port`; a userinfo in it becomes credentials for the proxy alone: Basic ones,
    /// or those of SOCKS 5.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidUrl`] when it does not parse, and [`ErrorKind::Proxy`] when its scheme is another.
    pub fn new(url: &str) -> Result<Proxy> {
        let url = url.trim_matches(' ');
        let (scheme, rest) = url.split_once("://").unwrap_or(("http", url.trim_start_matches("//")));
        let scheme = scheme.to_ascii_lowercase();
        match scheme.as_str() {
            "http" | "https" => {
                let (url, userinfo) = urls::parse(&format!("{scheme}://{rest}"))?;
                Ok(Proxy { url, userinfo })
            }
            #[cfg(feature = "socks")]
            "socks4" | "socks4a" | "socks5" | "socks5h" => socks(&scheme, rest),
            _ => Err(unspoken(&scheme)),
        }
    }

    /// Where it is.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Who the user is to it.
    pub fn userinfo(&self) -> Option<&Userinfo> {
        self.userinfo.as_ref()
    }

    /// How a request for this URL goes through it.
    pub(crate) fn way(&self, url: &Url) -> Way {
        match self.url.scheme() {
            "http" | "https" if url.scheme() == "http" => Way::WholeUrl,
            "http" | "https" => Way::Tunnel,
            _ => Way::Socks,
        }
    }

    pub(crate) fn port(&self) -> u16 {
        self.url.port_or_known_default().unwrap_or(1080)
    }
}

/// The WHATWG's rules for hosts hold for its own schemes only, so the host is read as one of http, and the port, which
/// might be http's own, as it stands.
#[cfg(feature = "socks")]
fn socks(scheme: &str, rest: &str) -> Result<Proxy> {
    let (as_http, userinfo) = urls::parse(&format!("http://{rest}"))?;
    let invalid = |error: url::ParseError| ErrorKind::InvalidUrl {
        url: redact::unparsed_url(&format!("{scheme}://{rest}")),
        reason: error.to_string(),
    };
    let port = Url::parse(&format!("{scheme}://{rest}")).map_err(invalid)?.port().unwrap_or(1080);
    let url = format!("{scheme}://{}:{port}", as_http.host_str().unwrap_or_default());
    Ok(Proxy { url: Url::parse(&url).map_err(invalid)?, userinfo })
}

fn unspoken(scheme: &str) -> Error {
    let spoken = match cfg!(feature = "socks") {
        true => "http, https, socks4, socks4a, socks5 and socks5h are spoken",
        false => "http and https are spoken (and SOCKS with the feature \"socks\")",
    };
    let reason = format!("its scheme is {:?}; {spoken}", redact::unparsed_url(scheme));
    ErrorKind::Proxy { reason }.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_a_url_or_a_host_and_a_port() {
        for (given, expected) in [
            ("proxy.test", "http://proxy.test/ port 80"),
            ("PROXY.test:3128", "http://proxy.test:3128/ port 3128"),
            ("//proxy.test:3128", "http://proxy.test:3128/ port 3128"),
            (" me:pw@proxy.test:3128 ", "http://proxy.test:3128/ port 3128 me"),
            ("[::1]:3128", "http://[::1]:3128/ port 3128"),
            ("HTTP://127.1/", "http://127.0.0.1/ port 80"),
            ("https://proxy.test", "https://proxy.test/ port 443"),
            ("proxy.test:80:80", "InvalidUrl"),
            ("", "InvalidUrl"),
            ("http://", "InvalidUrl"),
            ("http://pro xy.test", "InvalidUrl"),
            ("proxy.test\r\nX: y", "InvalidUrl"),
            ("http://proxy.test:99999", "InvalidUrl"),
            ("ftp://proxy.test", "Proxy"),
            ("direct://", "Proxy"),
            ("socks://proxy.test", "Proxy"),
        ] {
            assert_eq!(shown(given), expected, "{given:?}");
        }
    }

    #[test]
    fn socks_has_a_port_of_its_own() {
        for (given, expected) in [
            ("socks5://PROXY.test", "socks5://proxy.test:1080 port 1080"),
            ("socks5h://me:pw@proxy.test:80", "socks5h://proxy.test:80 port 80 me"),
            ("Socks4://127.1:9050", "socks4://127.0.0.1:9050 port 9050"),
            ("socks4a://[::1]", "socks4a://[::1]:1080 port 1080"),
            ("socks5://pro;xy", "InvalidUrl"),
            ("socks5://", "InvalidUrl"),
        ] {
            let expected = if cfg!(feature = "socks") { expected } else { "Proxy" };
            assert_eq!(shown(given), expected, "{given:?}");
        }
    }

    fn shown(text: &str) -> String {
        match Proxy::new(text) {
            Ok(proxy) => {
                let user = proxy.userinfo().map(|info| format!(" {}", info.user())).unwrap_or_default();
                format!("{} port {}{user}", proxy.url(), proxy.port())
            }
            Err(error) => format!("{:?}", error.kind()).split(' ').next().unwrap_or_default().to_owned(),
        }
    }

    #[test]
    fn no_error_shows_a_password() {
        for text in
            ["http://me:secret@", "ftp://me:secret@h", "me:secret@h:99999", "socks5://me:secret@", "secret@x://y"]
        {
            let error = Proxy::new(text).unwrap_err().to_string();
            assert!(!error.contains("secret"), "{text}: {error}");
        }
    }
}
