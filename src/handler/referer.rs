//! [`HttpRefererProcessor`]: tells a server which page led to it.

use std::sync::{Mutex, PoisonError};

use http::StatusCode;
use url::Url;

use crate::handler::{Handler, Hook, Parent};
use crate::message::error::Result;
use crate::message::request::{Purpose, Request};
use crate::message::response::Response;
use crate::message::urls;

/// Adds a `Referer` to each request: the URL of the response before it (ClientCookie's
/// `HTTPRefererProcessor`). Some servers do not like it to be missing.
///
/// ```
/// # use clientcookie::transport::ScriptedTransport;
/// use clientcookie::{HttpHandler, HttpRefererProcessor, build_opener};
///
/// # let ok = "HTTP/1.1 200 OK\r\n\r\n";
/// # let transport = ScriptedTransport::new().reply(ok).reply(ok);
/// # let http = HttpHandler::with_transport(transport.clone());
/// let opener = build_opener((HttpRefererProcessor::new(), http));
/// opener.open("http://example.com/list?page=2#top")?;
/// opener.open("http://example.com/item")?;
/// # let requests = transport.requests();
/// # assert!(!requests[0].headers.contains("Referer"));
/// let referer = requests[1].headers.get_str("Referer");
/// assert_eq!(referer.as_deref(), Some("http://example.com/list?page=2"));
/// # Ok::<(), clientcookie::Error>(())
/// ```
///
/// It is for a single chain of requests, each of which follows from the page before. A program that
/// opens all the links of one page, or several pages at once, sets the `Referer` of its requests
/// itself; a request that has one keeps it.
///
/// What is sent is what browsers send, the policy `strict-origin-when-cross-origin` (W3C Referrer
/// Policy, section 3.7): the whole URL within its origin, only the origin (`http://example.com/`)
/// to any other, and nothing from https to http. Userinfo and fragment are never part of it.
/// [`full_url`](Self::full_url) sends the whole URL to other origins too.
///
/// A redirect is no page, nor is a question for a password: as in browsers, the request after it
/// comes from the same page as the one before, and what may be told is judged anew for each hop. An
/// answer of another scheme (`file:`, `ftp:`) is the end of the chain: the request after it has no
/// `Referer`.
///
/// Shared as an `Arc`, it can be told where the chain starts anew:
///
/// ```
/// use clientcookie::{HttpRefererProcessor, build_opener};
/// use std::sync::Arc;
///
/// let referer = Arc::new(HttpRefererProcessor::new());
/// let opener = build_opener(Arc::clone(&referer));
/// referer.set_referer(&"http://example.com/bookmarks".parse().unwrap());
/// assert_eq!(referer.referer().unwrap().as_str(), "http://example.com/bookmarks");
/// referer.clear();
/// assert!(referer.referer().is_none());
/// ```
#[doc(alias = "HTTPRefererProcessor")]
#[derive(Debug, Default)]
pub struct HttpRefererProcessor {
    full_url: bool,
    /// The page the next request comes from: http or https, without userinfo and fragment.
    page: Mutex<Option<Url>>,
}

impl HttpRefererProcessor {
    /// How long a `Referer` may be, in bytes: 4096. Of a longer URL only the origin is sent (W3C
    /// Referrer Policy, section 8.3).
    pub const LENGTH_LIMIT: usize = 4096;

    /// A processor that comes from nowhere yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether other origins are told the whole URL too, as the original does. Off. From https to
    /// http nothing is sent either way.
    #[must_use]
    pub fn full_url(self, full_url: bool) -> Self {
        Self { full_url, ..self }
    }

    /// The page that the next request comes from.
    pub fn referer(&self) -> Option<Url> {
        self.page.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Says which page the next request comes from. One that is neither http nor https is none.
    pub fn set_referer(&self, page: &Url) {
        self.remember(as_page(page));
    }

    /// Forgets the page: the next request has no `Referer`.
    pub fn clear(&self) {
        self.remember(None);
    }

    fn remember(&self, page: Option<Url>) {
        *self.page.lock().unwrap_or_else(PoisonError::into_inner) = page;
    }

    /// What this page tells a request for `target`.
    fn told(&self, page: &Url, target: &Url) -> Option<String> {
        if page.scheme() == "https" && target.scheme() != "https" {
            return None;
        }
        let whole = self.full_url || urls::same_origin(page, target);
        match whole && page.as_str().len() <= Self::LENGTH_LIMIT {
            true => Some(page.to_string()),
            false => Some(format!("{}/", page.origin().ascii_serialization())),
        }
    }
}

impl Handler for HttpRefererProcessor {
    fn hooks(&self) -> &[Hook] {
        &[Hook::HttpRequest, Hook::HttpResponse, Hook::OtherResponse]
    }

    fn http_request(&self, _: &dyn Parent, request: &mut Request) -> Result<()> {
        if request.purpose() == Purpose::Errand || request.has_header("Referer") {
            return Ok(());
        }
        match self.referer().and_then(|page| self.told(&page, request.url())) {
            Some(referer) => request.add_unredirected_header("Referer", referer),
            None => Ok(()),
        }
    }

    fn http_response(&self, _: &dyn Parent, request: &Request, response: Response) -> Result<Response> {
        if request.purpose() == Purpose::User && is_page(response.status()) {
            self.set_referer(response.url());
        }
        Ok(response)
    }

    fn other_response(&self, _: &dyn Parent, request: &Request, response: Response) -> Result<Response> {
        if request.purpose() == Purpose::User {
            self.clear();
        }
        Ok(response)
    }
}

/// Redirects, questions for a password and answers to come again later are steps on the way to one.
fn is_page(status: StatusCode) -> bool {
    let is_step = matches!(
        status,
        StatusCode::UNAUTHORIZED
            | StatusCode::PROXY_AUTHENTICATION_REQUIRED
            | StatusCode::TOO_MANY_REQUESTS
            | StatusCode::SERVICE_UNAVAILABLE
    );
    !is_step && !status.is_redirection()
}

/// The URL as others may see it, if it is one that can be told.
fn as_page(url: &Url) -> Option<Url> {
    let (mut page, _) = urls::split_userinfo(url.clone()).ok()?;
    page.set_fragment(None);
    urls::is_http(&page).then_some(page)
}
