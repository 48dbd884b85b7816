//! The two windows through which cookies see the world: what was asked, and what came back.
//!
//! Cookie code knows no opener and no request type. Implement these traits for the types of any HTTP client,
//! and the jar works with that client; the [module page](super) does it in twenty lines.

use std::borrow::Cow;

use url::Url;

/// A request, as far as cookies care: where it goes, why it is made, and which headers it carries.
pub trait RequestView {
    /// The URL asked for. Its host, path and scheme decide which cookies may be set and sent.
    ///
    /// The host is always the URL's own. A `Host` header put in by hand does not count, or whoever can set one
    /// could have another site's cookies sent to his server.
    fn url(&self) -> Cow<'_, Url>;

    /// Whether the user had no chance to approve this request (RFC 2965, section 3.3.6): an image in a page, or
    /// a redirect. Python's `Request.unverifiable`.
    fn is_unverifiable(&self) -> bool {
        false
    }

    /// The host of the request that the user did approve, where the view knows it: after redirects, that of the
    /// first hop. Python's `Request.origin_req_host`.
    fn origin_req_host(&self) -> Option<Cow<'_, str>> {
        None
    }

    /// Whether the request has a header of this name, compared without regard to case.
    fn has_header(&self, name: &str) -> bool;

    /// Adds a header that must not travel along when the request is redirected. The value may hold any bytes
    /// that a server once put into a cookie, except control characters.
    fn add_unredirected_header(&mut self, name: &str, value: &[u8]);
}

/// A response, as far as cookies care: its headers.
pub trait ResponseView {
    /// Calls `each` with every value of the header `name` (compared without regard to case), in the order in
    /// which they arrived. Values must not be joined by commas: a comma stands in most `Expires` dates.
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
