//! The two windows through which cookies see the world: what was asked, and what came back.
//!
//! Cookie code knows no opener and no request type. Implement these traits for the types of any
//! HTTP client, and the jar works with that client; the [module page](super) does it in twenty
//! lines.

use std::borrow::Cow;

use url::Url;

/// A request, as far as cookies care: where it goes, why it is made, and which headers it carries.
pub trait RequestView {
    /// The URL asked for. Its host, path and scheme decide which cookies may be set and sent.
    ///
    /// The host is always the URL's own. A `Host` header put in by hand does not count, or whoever
    /// can set one could have another site's cookies sent to his server.
    fn url(&self) -> Cow<'_, Url>;

    /// Whether the user had no chance to approve this request (RFC 2965 section 3.3.6): an image in
    /// a page, or a redirect. Python's `Request.unverifiable`.
    fn is_unverifiable(&self) -> bool {
        false
    }

    /// The host of the request that the user did approve, where the view knows it: after redirects,
    /// that of the first hop. Python's `Request.origin_req_host`.
    fn origin_req_host(&self) -> Option<Cow<'_, str>> {
        None
    }

    /// Whether the request has a header of this name, compared without regard to case.
    fn has_header(&self, name: &str) -> bool;

    /// Adds a header that must not travel along when the request is redirected. The value may hold
    /// any bytes that a server once put into a cookie, except control characters.
    fn add_unredirected_header(&mut self, name: &str, value: &[u8]);
}

/// A response, as far as cookies care: its headers.
pub trait ResponseView {
    /// Calls `each` with every value of the header `name` (compared without regard to case), in the
    /// order in which they arrived. Values must not be joined by commas: a comma stands in most
    /// `Expires` dates.
    fn header_values<'a>(&'a self, name: &str, each: &mut dyn FnMut(&'a [u8]));
}

/// The headers of any client that uses the `http` crate.
impl ResponseView for http::HeaderMap {
    fn header_values<'a>(&'a self, name: &str, each: &mut dyn FnMut(&'a [u8])) {
        for value in self.get_all(name) {
            each(value.as_bytes());
        }
    }
}

/// The requests of any client that uses the `http` crate. A header is added only if it is not there
/// yet; an unredirected header is a header like any other, since the type knows no redirects.
impl<T> RequestView for http::Request<T> {
    /// A URI without a host, as servers see it, takes the host of the `Host` header.
    fn url(&self) -> Cow<'_, Url> {
        let uri = self.uri();
        let parsed = match (uri.host(), self.headers().get("host")) {
            (None, Some(host)) => {
                let host = String::from_utf8_lossy(host.as_bytes());
                let scheme = uri.scheme_str().unwrap_or("http");
                // Whatever is more than a host and a port would move the border between host and
                // path.
                let is_host = !host.is_empty() && !host.contains(['/', '\\', '?', '#', '@']);
                if is_host { Url::parse(&format!("{scheme}://{host}{uri}")).ok() } else { None }
            }
            _ => Url::parse(&uri.to_string()).ok(),
        };
        Cow::Owned(parsed.unwrap_or_else(nowhere))
    }

    fn has_header(&self, name: &str) -> bool {
        self.headers().contains_key(name)
    }

    fn add_unredirected_header(&mut self, name: &str, value: &[u8]) {
        let name = http::HeaderName::from_bytes(name.as_bytes());
        // The jar keeps nothing that a header cannot hold.
        if let (Ok(name), Ok(value)) = (name, http::HeaderValue::from_bytes(value)) {
            self.headers_mut().append(name, value);
        }
    }
}

/// A URL without a host, for which there are no cookies.
fn nowhere() -> Url {
    // The text is a URL, so this comes back at once.
    Url::parse("about:blank").unwrap_or_else(|_| nowhere())
}

/// The responses of any client that uses the `http` crate.
impl<T> ResponseView for http::Response<T> {
    fn header_values<'a>(&'a self, name: &str, each: &mut dyn FnMut(&'a [u8])) {
        self.headers().header_values(name, each);
    }
}
