//! [`HttpCookieProcessor`]: the only bridge between the opener and the jar.

use std::borrow::Cow;

use url::Url;

use crate::cookie::{Cookie, CookieDecision, CookieJar, RequestView, ResponseView};
use crate::handler::{Handler, Hook, Kind, Parent};
use crate::message::error::Result;
use crate::message::request::{Purpose, Request};
use crate::message::response::Response;
use crate::observe::{self, Step};
use crate::readable;
use crate::redact::Level;

/// Puts cookies on requests and takes them out of responses, redirects and errors included
/// (`urllib2.HTTPCookieProcessor`).
///
/// A request that has a `Cookie` header of its own keeps it, and gets none from the jar.
///
/// ```
/// use clientcookie::transport::ScriptedTransport;
/// use clientcookie::{CookieJar, HttpCookieProcessor, HttpHandler, build_opener};
///
/// let transport =
///     ScriptedTransport::new().reply("HTTP/1.1 200 OK\r\nSet-Cookie: sid=31d4\r\n\r\n");
/// let jar = CookieJar::new();
/// let opener =
///     build_opener((HttpCookieProcessor::new(&jar), HttpHandler::with_transport(transport)));
/// opener.open("http://example.com/")?;
/// assert_eq!(jar.len(), 1);
/// # Ok::<(), clientcookie::Error>(())
/// ```
///
/// A handler of the kind [`Kind::Cookie`] takes its place. One that fills in nothing leaves cookies
/// to the program, as the original's `NullCookieProcessor` does:
///
/// ```
/// use clientcookie::transport::ScriptedTransport;
/// use clientcookie::{CookieJar, Handler, HttpHandler, Kind, Request, build_opener};
///
/// struct NullCookieProcessor;
///
/// impl Handler for NullCookieProcessor {
///     fn kind(&self) -> Option<Kind> {
///         Some(Kind::Cookie)
///     }
/// }
///
/// # let transport = ScriptedTransport::new()
/// #     .reply("HTTP/1.1 200 OK\r\nSet-Cookie: sid=31d4\r\n\r\n").reply("HTTP/1.1 200 OK\r\n\r\n");
/// # let http = HttpHandler::with_transport(transport.clone());
/// let opener = build_opener((NullCookieProcessor, http));
/// let jar = CookieJar::new();
/// let first = Request::new("http://example.com/")?;
/// let response = opener.open("http://example.com/")?;
/// jar.extract_cookies(&response, &first);
///
/// let mut second = Request::new("http://example.com/page")?;
/// jar.add_cookie_header(&mut second);
/// opener.open(second)?;
/// # assert_eq!(transport.requests()[1].headers.get_str("Cookie").as_deref(), Some("sid=31d4"));
/// # Ok::<(), clientcookie::Error>(())
/// ```
#[doc(alias = "HTTPCookieProcessor")]
#[derive(Debug, Default)]
pub struct HttpCookieProcessor {
    jar: CookieJar,
}

impl HttpCookieProcessor {
    /// A processor that works on this jar; [`HttpCookieProcessor::default`] has one of its own.
    pub fn new(jar: &CookieJar) -> Self {
        Self { jar: jar.clone() }
    }

    /// The jar it works on.
    pub fn jar(&self) -> &CookieJar {
        &self.jar
    }
}

impl Handler for HttpCookieProcessor {
    fn kind(&self) -> Option<Kind> {
        Some(Kind::Cookie)
    }

    fn hooks(&self) -> &[Hook] {
        &[Hook::HttpRequest, Hook::HttpResponse]
    }

    fn http_request(&self, _: &dyn Parent, request: &mut Request) -> Result<()> {
        if request.purpose() == Purpose::User {
            match observe::is_heard() {
                true => self.jar.add_cookie_header_with(request, &mut tell),
                false => self.jar.add_cookie_header(request),
            }
        }
        Ok(())
    }

    fn http_response(&self, _: &dyn Parent, request: &Request, response: Response) -> Result<Response> {
        if request.purpose() == Purpose::User {
            match observe::is_heard() {
                true => self.jar.extract_cookies_with(&response, request, &mut tell),
                false => self.jar.extract_cookies(&response, request),
            }
        }
        Ok(response)
    }
}

/// Tells observers what became of a cookie.
fn tell(decision: &CookieDecision<'_>) {
    let text = |bytes: &[u8]| bytes.escape_ascii().to_string();
    let cookie = decision.cookie;
    observe::tell(|level| Step::Cookie {
        name: text(decision.name),
        domain: cookie.map_or_else(String::new, |cookie| readable::escaped(cookie.domain())),
        path: cookie.map_or_else(String::new, |cookie| text(cookie.path_bytes())),
        value: cookie.filter(|_| level == Level::None).map(Cookie::value).map(text),
        fate: decision.fate,
    });
}

impl RequestView for Request {
    fn url(&self) -> Cow<'_, Url> {
        Cow::Borrowed(self.url())
    }

    fn is_unverifiable(&self) -> bool {
        self.is_unverifiable()
    }

    fn origin_req_host(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(self.origin_req_host()))
    }

    fn has_header(&self, name: &str) -> bool {
        self.has_header(name)
    }

    fn add_unredirected_header(&mut self, name: &str, value: &[u8]) {
        // The jar keeps no control character, so this cannot fail; if it did, the header would be
        // missing.
        let _ = Self::add_unredirected_header(self, name, value);
    }
}

impl ResponseView for Response {
    fn header_values<'a>(&'a self, name: &str, each: &mut dyn FnMut(&'a [u8])) {
        for (other, value) in self.headers().iter() {
            if other.eq_ignore_ascii_case(name) {
                each(value.as_bytes());
            }
        }
    }
}
