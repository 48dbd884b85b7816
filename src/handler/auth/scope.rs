//! [`Scope`]: for which URLs a password or a certificate is.

use url::{Host, Url};

use crate::message::urls;

/// The URLs that a password or a certificate is for: those of a scheme (or of any), a host, a port,
/// and a path and what lies below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::handler) struct Scope {
    /// `None` for both http and https.
    scheme: Option<String>,
    host: Host<String>,
    /// `None` for the port of whichever scheme it is.
    port: Option<u16>,
    /// Begins and ends with a slash; "/" for everything.
    path: String,
}

impl Scope {
    /// From a URL, or from `host` or `host:port` alone, which is for http and https (urllib2's
    /// `reduce_uri`). `None` if it is neither.
    pub(in crate::handler) fn parse(text: &str) -> Option<Self> {
        let is_url = text.contains("://");
        let (url, _) = match is_url {
            true => urls::parse(text).ok()?,
            false if text.contains(['/', '?', '#', '@', '\\']) => return None,
            // A URL forgets the port that is its scheme's own, and so one of these two has it,
            // whichever it is.
            false => match urls::parse(&format!("http://{text}/")).ok()? {
                (url, _) if url.port().is_none() => urls::parse(&format!("https://{text}/")).ok()?,
                parsed => parsed,
            },
        };
        let explicit = if is_url { url.port_or_known_default() } else { url.port() };
        Some(Self {
            scheme: is_url.then(|| url.scheme().to_owned()),
            host: url.host()?.to_owned(),
            port: explicit,
            path: folder(url.path()),
        })
    }

    /// Whether it is for https alone, or for https too.
    pub(in crate::handler) fn is_for_https(&self) -> bool {
        self.scheme.as_deref().is_none_or(|scheme| scheme == "https")
    }

    /// Whether a URL is in it, and if so, how narrow the scope is: the length of its path.
    pub(in crate::handler) fn matches(&self, url: &Url) -> Option<usize> {
        let scheme = self.scheme.as_deref().is_none_or(|scheme| scheme == url.scheme());
        let host = url.host().is_some_and(|host| host.to_owned() == self.host);
        let port = match self.port {
            Some(port) => url.port_or_known_default() == Some(port),
            None => url.port().is_none(),
        };
        (scheme && host && port && self.holds(url.path())).then_some(self.path.len())
    }

    /// On the borders of segments: `/foo` is for `/foo`, `/foo/` and `/foo/x`, not for `/foobar`.
    fn holds(&self, path: &str) -> bool {
        if self.path == "/" {
            return true;
        }
        // A server may take an escaped slash for a slash, and `/foo%2f..%2fbar` for `/bar`.
        let lower = path.to_ascii_lowercase();
        let is_plain = !lower.contains("%2f") && !lower.contains("%5c");
        is_plain && (path.starts_with(&self.path) || path == &self.path[..self.path.len() - 1])
    }
}

/// The path with a slash at its end.
fn folder(path: &str) -> String {
    match path.ends_with('/') {
        true => path.to_owned(),
        false => format!("{path}/"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A scope, a URL, and whether the second is in the first.
    const ROWS: &[(&str, &str, bool)] = &[
        ("https://h/", "https://h/", true),
        ("https://h/", "http://h/", false),
        ("h", "http://h/", true),
        ("h", "https://h/a", true),
        ("h", "http://h:8080/", false),
        ("h:80", "http://h/", true),
        ("h:80", "https://h/", false),
        ("h:443", "https://h/", true),
        ("h:443", "http://h/", false),
        ("http://h:80/", "http://h/", true),
        ("http://h", "http://h:80/", true),
        ("h:8080", "http://h:8080/", true),
        ("h:8080", "https://h:8080/", true),
        ("h:8080", "http://h/", false),
        ("H", "http://h/", true),
        ("http://H/", "http://h/", true),
        ("http://h/", "http://H/", true),
        ("h", "http://h./", false),
        ("h", "http://h.evil/", false),
        ("h", "http://evil/h", false),
        ("h", "http://x.h/", false),
        ("127.0.0.1", "http://127.1/", true),
        ("[::1]:8080", "http://[::1]:8080/", true),
        ("[::1]", "http://[::1]/", true),
        ("http://h/foo", "http://h/foo", true),
        ("http://h/foo", "http://h/foo/", true),
        ("http://h/foo", "http://h/foo/x", true),
        ("http://h/foo", "http://h/foo?x", true),
        ("http://h/foo/", "http://h/foo", true),
        ("http://h/foo", "http://h/foobar", false),
        ("http://h/foo", "http://h/FOO", false),
        ("http://h/foo", "http://h/", false),
        ("http://h/foo", "http://h/foo/../bar", false),
        ("http://h/foo", "http://h/foo/%2e%2e/bar", false),
        ("http://h/foo", "http://h/foo%2f..%2fbar", false),
        ("http://h/foo", "http://h/foo/..%2Fbar", false),
        ("http://h/foo", "http://h/foo/..%5cbar", false),
        ("http://h/", "http://h/a%2fb", true),
        ("http://h/a/b", "http://h/a/b/c", true),
        ("http://h/a/b", "http://h/a/c", false),
    ];

    #[test]
    fn a_password_is_for_its_place_alone() {
        for (scope, url, expected) in ROWS {
            let scope = Scope::parse(scope).unwrap_or_else(|| panic!("{scope} is none"));
            let url = Url::parse(url).unwrap_or_else(|_| panic!("{url} is none"));
            assert_eq!(scope.matches(&url).is_some(), *expected, "{scope:?} {url}");
        }
    }

    #[test]
    fn what_names_no_place_is_no_scope() {
        for text in ["", "h/a", "u@h", "h@evil", "h\\a", "h?", "a b", "h:99999", "http://", "h\r\n", "data://"] {
            assert_eq!(Scope::parse(text), None, "{text:?}");
        }
    }
}
