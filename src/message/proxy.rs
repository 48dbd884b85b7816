//! [`Proxy`]: where a proxy is, what it speaks, and who the user is to it.

use url::Url;

use crate::message::error::{Error, ErrorKind, Result};
use crate::message::urls::{self, Userinfo};
use crate::readable;
use crate::redact;

/// A proxy: where it is, what it speaks, and who the user is to it.
///
/// The scheme of its URL says what it speaks:
///
/// - `http`, also when there is none: HTTP. An http or ftp request names its whole URL; an https
///   request goes through a tunnel (CONNECT), in which TLS is spoken with the server and the proxy
///   sees the server's name alone.
/// - `https`: the same within TLS. The proxy's certificate is verified as a server's is.
/// - `socks4`, `socks4a`, `socks5`, `socks5h` (feature `socks`): SOCKS. `socks4` and `socks5` are
///   told an address, which the transport's own resolver found; `socks4a` and `socks5h` are told
///   the name.
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
pub(crate) enum ProxyRoute {
    /// The proxy reads the head, and finds the whole URL in it (RFC 9112 section 3.2.2).
    WholeUrl,
    /// The proxy is asked for a tunnel (RFC 9110 section 9.3.6), and reads no more.
    Tunnel,
    /// The proxy is asked for a connection (RFC 1928), and reads no more.
    Socks,
}

impl Proxy {
    /// A proxy by its URL, as people write it: `[scheme://][user:password@]host[:port]`.
    ///
    /// The user and password are all before the last `@`, so that `@` in them need not be escaped,
    /// nor a backslash (`http://OFFICE\\me:secret@proxy.example`), a colon in the password, or most
    /// slashes; what is escaped is decoded.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidUrl`] when it does not parse, and [`ErrorKind::Proxy`] when its scheme
    /// is another. Neither shows what stands before the `@`.
    pub fn new(url: &str) -> Result<Self> {
        let url = urls::clean(url).map_err(|error| match error.into_kind() {
            ErrorKind::InvalidUrl { reason, .. } => Error::from(ErrorKind::InvalidUrl { url: shown(url), reason }),
            kind => kind.into(),
        })?;
        let (scheme, rest) = split_scheme(url);
        let (userinfo, place) = split_userinfo(rest)?;
        let text = format!("{scheme}://{place}");
        // A backslash is as good as a slash to a URL.
        let has_two = |text: &str| text.replace('\\', "/").match_indices("://").count() > 1;
        let twice = |url: &str| ErrorKind::InvalidUrl { url: url.to_owned(), reason: "it has two schemes".to_owned() };
        if has_two(&text) {
            return Err(twice(&text).into());
        }
        let url = match scheme.as_str() {
            "http" | "https" => urls::parse(&text)?.0,
            #[cfg(feature = "socks")]
            "socks4" | "socks4a" | "socks5" | "socks5h" => socks(&scheme, place)?,
            _ => return Err(unspoken(&scheme)),
        };
        // What stands between two slashes may be left out of it.
        match has_two(url.as_str()) {
            true => Err(twice(url.as_str()).into()),
            false => Ok(Self { url, userinfo }),
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
    pub(crate) fn route(&self, url: &Url) -> ProxyRoute {
        match self.url.scheme() {
            "http" | "https" if matches!(url.scheme(), "http" | "ftp") => ProxyRoute::WholeUrl,
            "http" | "https" => ProxyRoute::Tunnel,
            _ => ProxyRoute::Socks,
        }
    }

    #[cfg(any(feature = "socks", test))]
    pub(crate) fn port(&self) -> u16 {
        self.url.port_or_known_default().unwrap_or(1080)
    }
}

/// What an error may show of a text that is no URL: all before the last `@` may be a password.
fn shown(url: &str) -> String {
    match url.rsplit_once('@') {
        Some((_, place)) => format!("{}@{}", redact::HIDDEN, readable::escaped(place)),
        None => readable::escaped(url),
    }
}

/// The scheme, in lower case, and what stands behind its slashes; http where there is none. What
/// holds a colon or an `@` is no scheme but the beginning of a user and password.
fn split_scheme(url: &str) -> (String, &str) {
    let is_scheme = |text: &str| {
        text.starts_with(|first: char| first.is_ascii_alphabetic())
            && text.chars().all(|one| one.is_ascii_alphanumeric() || "+-.".contains(one))
    };
    match url.split_once(':') {
        // One slash, or three, are a slip of the pen where the word cannot be a user.
        Some((scheme, rest))
            if is_scheme(scheme)
                && (rest.starts_with("//") || (scheme.eq_ignore_ascii_case("http") && rest.starts_with('/'))) =>
        {
            (scheme.to_ascii_lowercase(), rest.trim_start_matches('/'))
        }
        _ => ("http".to_owned(), url.trim_start_matches('/')),
    }
}

/// Who the user is, and where the proxy is.
fn split_userinfo(rest: &str) -> Result<(Option<Userinfo>, &str)> {
    let Some((userinfo, place)) = rest.rsplit_once('@') else {
        return Ok((None, rest));
    };
    let invalid =
        |reason: &str| ErrorKind::InvalidUrl { url: format!("{}@{place}", redact::HIDDEN), reason: reason.to_owned() };
    if let Some((start, _)) = userinfo.split_once(['/', '?', '#'])
        && could_be_host(start)
    {
        return Err(invalid(
            "it can be read in two ways; write / ? # and @ in a name or password as %2F %3F %23 and %40",
        )
        .into());
    }
    let (user, password) = userinfo.split_once(':').unwrap_or((userinfo, ""));
    Ok((Some(Userinfo::new(urls::decoded(user), urls::decoded(password))), place))
}

/// Whether this is a host, with or without a port, as well as a user with or without a password.
fn could_be_host(text: &str) -> bool {
    let (_, port) = text.split_once(':').unwrap_or((text, ""));
    !text.contains('@') && port.bytes().all(|byte| byte.is_ascii_digit())
}

/// The WHATWG's rules for hosts hold for its own schemes only, so the host is read as one of http,
/// and the port, which might be http's own, as it stands.
#[cfg(feature = "socks")]
fn socks(scheme: &str, place: &str) -> Result<Url> {
    let (as_http, _) = urls::parse(&format!("http://{place}"))?;
    let text = format!("{scheme}://{place}");
    let invalid =
        |error: url::ParseError| ErrorKind::InvalidUrl { url: redact::unparsed_url(&text), reason: error.to_string() };
    let port = Url::parse(&text).map_err(invalid)?.port().unwrap_or(1080);
    let url = format!("{scheme}://{}:{port}", as_http.host_str().unwrap_or_default());
    Ok(Url::parse(&url).map_err(invalid)?)
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
            ("http:/proxy.test:3128", "http://proxy.test:3128/ port 3128"),
            ("http:///proxy.test:3128", "http://proxy.test:3128/ port 3128"),
            ("proxy.test/path?query", "http://proxy.test/path?query port 80"),
            ("proxy.test:80:80", "InvalidUrl"),
            ("http://http://proxy.test", "InvalidUrl"),
            ("proxy.test/x:/.//y", "InvalidUrl"),
            (r"http://http:/\proxy.test", "InvalidUrl"),
            (r"http://proxy.test/x:\/y", "InvalidUrl"),
            ("http:proxy.test", "InvalidUrl"),
            ("::1", "InvalidUrl"),
            ("http://::1:3128", "InvalidUrl"),
            ("http://[fe80::1%eth0]:3128", "InvalidUrl"),
            ("http://[fe80::1%25eth0]:3128", "InvalidUrl"),
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

    /// curl 7.88 and CPython 3.11 say the same of each, or one of them knows it for no proxy.
    #[test]
    fn a_user_and_a_password_are_all_before_the_last_at() {
        for (says, given, user, password) in [
            ("a domain of Windows", r"http://OFFICE\me:pw@proxy.test:1", r"OFFICE\me", "pw"),
            ("without a scheme", r"OFFICE\me:pw@proxy.test:1", r"OFFICE\me", "pw"),
            ("the same, escaped", "http://OFFICE%5Cme:pw@proxy.test:1", r"OFFICE\me", "pw"),
            ("a backslash in the password", r"me:p\w@proxy.test:1", "me", r"p\w"),
            ("a colon in the password", "me:pa:ss@proxy.test:1", "me", "pa:ss"),
            ("an escaped at", "me:p%40ss@proxy.test:1", "me", "p@ss"),
            ("a bare at", "me:p@ss@proxy.test:1", "me", "p@ss"),
            ("in the user", "me@office.test:pw@proxy.test:1", "me@office.test", "pw"),
            ("slashes and their kin", "http://me:p/s?s#@proxy.test:1", "me", "p/s?s#"),
            ("what looks like a scheme", "me:pa://ss@proxy.test:1", "me", "pa://ss"),
            ("another", "me@x://ss@proxy.test:1", "me@x", "//ss"),
            ("a percent sign that escapes nothing", "me:100%@proxy.test:1", "me", "100%"),
            ("the same before digits", "me:5%zz%4@proxy.test:1", "me", "5%zz%4"),
            ("a blank", "me:p w@proxy.test:1", "me", "p w"),
            ("all that URLs escape", "me:\"<>[]{}|^`@proxy.test:1", "me", "\"<>[]{}|^`"),
            ("more than ASCII", "mé:ä@proxy.test:1", "mé", "ä"),
            ("the same, escaped", "m%C3%A9:%C3%A4@proxy.test:1", "mé", "ä"),
            ("no password", "me@proxy.test:1", "me", ""),
            ("an empty one", "me:@proxy.test:1", "me", ""),
            ("no user", ":pw@proxy.test:1", "", "pw"),
            ("neither", "@proxy.test:1", "", ""),
            ("an address", "me:pw@[::1]:1", "me", "pw"),
        ] {
            let proxy = Proxy::new(given).unwrap_or_else(|error| panic!("{says}: {error}"));
            let place = if given.contains("[::1]") { "http://[::1]:1/" } else { "http://proxy.test:1/" };
            assert_eq!(proxy.url().as_str(), place, "{says}");
            let found = proxy.userinfo().map(|info| (info.user(), info.password()));
            assert_eq!(found, Some((user, password)), "{says}");
        }
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_not_guessed() {
        for (given, word) in [
            ("http://proxy.test/x@y", "%2F"),
            ("http://proxy.test:3128/x@y.test", "%2F"),
            ("me:1/secret@proxy.test", "%2F"),
            ("proxy.test#x@y", "%23"),
            ("::1:3128", "[::1]:3128"),
            ("http://fe80::1", "[::1]:3128"),
            ("http://[fe80::1%eth0]:3128", "zone"),
            ("socks5://[fe80::1%25eth0]:3128", "zone"),
        ] {
            let error = Proxy::new(given).unwrap_err().to_string();
            let word = if given.starts_with("socks") && cfg!(not(feature = "socks")) { "socks" } else { word };
            assert!(error.contains(word), "{given}: {error}");
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
        for text in [
            "http://me:secret@",
            "ftp://me:secret@h",
            "me:secret@h:99999",
            "socks5://me:secret@",
            "secret@x://y",
            "h/secret@x",
            "http:@socks5://me:secret@h/\u{12}",
            "a@b://me:secret@h\n",
        ] {
            let error = Proxy::new(text).unwrap_err().to_string();
            assert!(!error.contains("secret"), "{text}: {error}");
        }
    }
}
