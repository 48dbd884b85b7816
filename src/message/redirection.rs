//! [`Redirection`]: one step on the way to a response.

use http::StatusCode;
use url::Url;

/// One step on the way to a response: a URL that answered with a redirect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirection {
    url: Url,
    status: StatusCode,
}

impl Redirection {
    pub(crate) fn new(url: Url, status: StatusCode) -> Self {
        Self { url, status }
    }

    /// The URL that redirected.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The status it redirected with; a success is a page with a `Refresh`.
    pub fn status(&self) -> StatusCode {
        self.status
    }
}
