//! [`Request`]: what is to be opened, and how.

mod builder;
mod into;
mod lineage;
mod next;

use std::borrow::Cow;
use std::fmt;

use http::{Extensions, Method};
use url::Url;

use crate::message::data::{Data, IntoData};
use crate::message::error::Result;
use crate::message::headers::{Headers, IntoHeaderValue};
use crate::message::redirection::Redirection;
use crate::message::urls::{self, Userinfo};
use crate::message::{Proxy, ProxyRoute, Timeouts};
use crate::redact;

pub use builder::RequestBuilder;
pub use into::IntoRequest;
pub(crate) use lineage::Challenges;
pub use lineage::{Challenger, Purpose};

use lineage::{AsBegun, Lineage};

/// A request: a URL, a method, headers, data, and what cookies need to know (urllib2's and
/// ClientCookie's `Request`).
///
/// [`Request::new`] checks its URL at once; [`Request::get`] and [`Request::post`] start a
/// [`RequestBuilder`] whose errors surface when it is opened. A userinfo in the URL
/// (`http://user:password@host/`) is kept aside in [`Request::userinfo`] and is never sent in the
/// request line.
///
/// ```
/// use clientcookie::Request;
///
/// let mut request = Request::new("http://me:secret@example.com/a page")?;
/// request.add_header("Accept-Language", "de")?;
/// assert_eq!(request.method(), "GET");
/// assert_eq!(request.url().as_str(), "http://example.com/a%20page");
/// assert_eq!(request.userinfo().map(|info| info.user()), Some("me"));
/// # Ok::<(), clientcookie::Error>(())
/// ```
///
/// # What the next request inherits
///
/// A hook that answers with the next request ([`Answer::Next`](crate::Answer::Next),
/// [`Response::then`](crate::Response::then)) makes it from the one before. What goes along is
/// decided here, for the handlers of this crate and for yours:
///
/// | | [`again`](Self::again) | [`with_credentials`](Self::with_credentials) | [`redirected_to`](Self::redirected_to) | [`errand`](Self::errand) |
/// |---|---|---|---|---|
/// | URL | the same | the same | the new one | its own |
/// | userinfo | the same | the same | within the origin | none |
/// | method | the same | the same | GET, HEAD for HEAD; after 307 and 308 the same | GET |
/// | data | the same, unless a reader | the same, unless a reader | none; after 307 and 308 the same, unless a reader | none |
/// | headers | the same | the same, but for other credentials | what describes data goes with it; to another origin no secrets | `User-Agent` |
/// | unredirected headers, as it was opened | the same | the same, and the credentials | none | none |
/// | proofs for one sending (`Digest`) | made anew | the other challenger's made anew | none | none |
/// | what handlers added | added anew | added anew | added anew | added anew |
/// | proxy of the caller's | the same | the same | the same | the same |
/// | time limits | the same | the same | the same | the same |
/// | [`origin_req_host`](Self::origin_req_host) | the same | the same | the same | the same |
/// | [`is_unverifiable`](Self::is_unverifiable) | the same | the same | yes | yes |
/// | [`redirections`](Self::redirections) | the same | the same | and this one | none |
/// | [`challenges_answered`](Self::challenges_answered) | none yet | one more | none yet | none yet |
/// | [`attempts`](Self::attempts) | one more | the same | the same | none |
/// | [`purpose`](Self::purpose) | the same | the same | the same | an errand |
/// | [`extensions`](Self::extensions) | the same | the same | the same | none |
pub struct Request {
    url: Url,
    userinfo: Option<Userinfo>,
    method: Option<Method>,
    data: Option<Data>,
    headers: Headers,
    unredirected_headers: Headers,
    origin_req_host: Option<String>,
    unverifiable: bool,
    timeouts: Option<Timeouts>,
    /// What the caller said; `Some(None)` is a word too.
    own_proxy: Option<Option<Proxy>>,
    unredirected_proxy: Option<Proxy>,
    extensions: Extensions,
    lineage: Lineage,
}

impl Request {
    /// The longest `data:` URL that is opened, since it is its own content: 128 MiB. What
    /// browsers allow lies between 32 MB and 2 GB.
    pub const DATA_URL_LIMIT: usize = urls::DATA_URL_LIMIT;

    /// The longest URL that is opened: 64 KiB. The WHATWG sets none; servers refuse far shorter
    /// ones.
    pub const URL_LIMIT: usize = urls::URL_LIMIT;

    /// A request for a URL: GET, unless data is added.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidUrl`](crate::ErrorKind::InvalidUrl) when it does not parse, holds a
    /// control character, or names an impossible host.
    pub fn new(url: &str) -> Result<Self> {
        let (url, userinfo) = urls::parse(url)?;
        Ok(Self::from_parts(url, userinfo))
    }

    /// Starts a GET request. An unfit URL is reported when it is opened.
    pub fn get(url: impl AsRef<str>) -> RequestBuilder {
        RequestBuilder(Self::new(url.as_ref()))
    }

    /// Starts a POST request with this data; `()` for none.
    ///
    /// ```
    /// use clientcookie::{Data, Request};
    ///
    /// let request =
    ///     Request::post("http://example.com/login", Data::form([("user", "me")])).build()?;
    /// assert_eq!(request.method(), "POST");
    /// # Ok::<(), clientcookie::Error>(())
    /// ```
    pub fn post(url: impl AsRef<str>, data: impl IntoData) -> RequestBuilder {
        RequestBuilder(Self::new(url.as_ref()).map(|mut request| {
            request.method = Some(Method::POST);
            request.data = data.into_data();
            request
        }))
    }

    /// A copy, with what handlers added to it so far; `None` if its data is a reader, which is read
    /// once. To open a request a second time in a hook, see [`Request::again`].
    ///
    /// ```
    /// use clientcookie::{Data, Request};
    ///
    /// let mut request = Request::new("http://example.com/")?;
    /// assert!(request.try_clone().is_some());
    /// request.set_data(Data::reader(std::io::empty()));
    /// assert!(request.try_clone().is_none());
    /// # Ok::<(), clientcookie::Error>(())
    /// ```
    pub fn try_clone(&self) -> Option<Self> {
        Some(Self {
            url: self.url.clone(),
            userinfo: self.userinfo.clone(),
            method: self.method.clone(),
            data: self.data_again()?,
            headers: self.headers.clone(),
            unredirected_headers: self.unredirected_headers.clone(),
            origin_req_host: self.origin_req_host.clone(),
            unverifiable: self.unverifiable,
            timeouts: self.timeouts,
            own_proxy: self.own_proxy.clone(),
            // Decided about anew when it is opened, maybe by another opener.
            unredirected_proxy: None,
            extensions: self.extensions.clone(),
            lineage: self.lineage.clone(),
        })
    }

    /// The data once more; `None` if it is a reader.
    fn data_again(&self) -> Option<Option<Data>> {
        match &self.data {
            Some(data) => data.try_clone().map(Some),
            None => Some(None),
        }
    }

    /// Remembers what is the caller's: from here on handlers add to it.
    pub(crate) fn begin(&mut self) {
        self.lineage.as_begun = AsBegun {
            unredirected_headers: self.unredirected_headers.clone(),
            unredirected_proxy: self.unredirected_proxy.clone(),
        };
    }

    pub(crate) fn from_parts(url: Url, userinfo: Option<Userinfo>) -> Self {
        Self {
            url,
            userinfo,
            method: None,
            data: None,
            headers: Headers::new(),
            unredirected_headers: Headers::new(),
            origin_req_host: None,
            unverifiable: false,
            timeouts: None,
            own_proxy: None,
            unredirected_proxy: None,
            extensions: Extensions::new(),
            lineage: Lineage::default(),
        }
    }

    /// The URL, without its userinfo.
    #[doc(alias = "get_full_url")]
    #[doc(alias = "full_url")]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The scheme: `http`, `https`, `ftp`, ...
    #[doc(alias = "get_type")]
    #[doc(alias = "type")]
    pub fn scheme(&self) -> &str {
        self.url.scheme()
    }

    /// The host, without a port; empty for URLs that have none.
    #[doc(alias = "get_host")]
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// What the URL said of the user; for handlers that answer a challenge.
    pub fn userinfo(&self) -> Option<&Userinfo> {
        self.userinfo.as_ref()
    }

    /// The method: as set, else POST when there is data, else GET.
    #[doc(alias = "get_method")]
    pub fn method(&self) -> Method {
        match &self.method {
            Some(method) => method.clone(),
            None if self.data.is_some() => Method::POST,
            None => Method::GET,
        }
    }

    /// Sets the method.
    pub fn set_method(&mut self, method: Method) {
        self.method = Some(method);
    }

    /// The data to send.
    #[doc(alias = "get_data")]
    #[doc(alias = "has_data")]
    pub fn data(&self) -> Option<&Data> {
        self.data.as_ref()
    }

    /// Sets the data to send; without a method of its own the request becomes a POST.
    #[doc(alias = "add_data")]
    pub fn set_data(&mut self, data: impl IntoData) {
        self.data = data.into_data();
    }

    /// Adds a header, which a redirect within the origin carries along. Further values of one name
    /// are sent as further lines; to replace what is there use [`Request::headers_mut`].
    ///
    /// # Errors
    /// [`ErrorKind::InvalidHeader`](crate::ErrorKind::InvalidHeader) when the name is no token or
    /// the value holds a control character.
    pub fn add_header(&mut self, name: &str, value: impl IntoHeaderValue) -> Result<()> {
        self.headers.append(name, value)
    }

    /// Adds a header for this request alone: a redirect does not carry it along. Handlers add
    /// theirs here.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidHeader`](crate::ErrorKind::InvalidHeader) when the name is no token or
    /// the value holds a control character.
    pub fn add_unredirected_header(&mut self, name: &str, value: impl IntoHeaderValue) -> Result<()> {
        self.unredirected_headers.append(name, value)
    }

    /// Whether it has a header of this name, redirected or not.
    pub fn has_header(&self, name: &str) -> bool {
        self.headers.contains(name) || self.unredirected_headers.contains(name)
    }

    /// The first value of this name as text, redirected headers first.
    #[doc(alias = "get_header")]
    pub fn header(&self, name: &str) -> Option<Cow<'_, str>> {
        self.headers.get_str(name).or_else(|| self.unredirected_headers.get_str(name))
    }

    /// Removes every header of this name, redirected or not.
    pub fn remove_header(&mut self, name: &str) {
        self.headers.remove(name);
        self.unredirected_headers.remove(name);
    }

    /// The headers that redirects carry along.
    pub fn headers(&self) -> &Headers {
        &self.headers
    }

    /// The headers that redirects carry along, to change.
    pub fn headers_mut(&mut self) -> &mut Headers {
        &mut self.headers
    }

    /// The headers of this request alone.
    #[doc(alias = "unredirected_hdrs")]
    pub fn unredirected_headers(&self) -> &Headers {
        &self.unredirected_headers
    }

    /// The headers of this request alone, to change.
    pub fn unredirected_headers_mut(&mut self) -> &mut Headers {
        &mut self.unredirected_headers
    }

    /// The request-host of the origin transaction (RFC 2965 section 1): the host the user asked for
    /// first, which decides whether a cookie is a third party's. Its own host unless set.
    #[doc(alias = "get_origin_req_host")]
    pub fn origin_req_host(&self) -> &str {
        self.origin_req_host.as_deref().unwrap_or_else(|| self.host())
    }

    /// Sets the request-host of the origin transaction.
    pub fn set_origin_req_host(&mut self, host: impl Into<String>) {
        self.origin_req_host = Some(host.into());
    }

    /// Whether the user had no option to approve this URL (RFC 2965 section 3.3.6): an image of a
    /// page, say, or the target of a redirect.
    #[doc(alias = "unverifiable")]
    pub fn is_unverifiable(&self) -> bool {
        self.unverifiable
    }

    /// Says whether the user had no option to approve this URL.
    pub fn set_unverifiable(&mut self, unverifiable: bool) {
        self.unverifiable = unverifiable;
    }

    /// The time limits of this request; `None` for those of the opener.
    pub fn timeouts(&self) -> Option<Timeouts> {
        self.timeouts
    }

    /// Sets the time limits: a `Duration` for all of them, [`Timeouts::NONE`] for no limit.
    pub fn set_timeouts(&mut self, timeouts: impl Into<Timeouts>) {
        self.timeouts = Some(timeouts.into());
    }

    /// The proxy this request goes through, if any: the caller's, else the one that a handler
    /// chose.
    #[doc(alias = "has_proxy")]
    pub fn proxy(&self) -> Option<&Proxy> {
        self.own_proxy.as_ref().unwrap_or(&self.unredirected_proxy).as_ref()
    }

    /// Sends the request through a proxy, or, with `None`, straight to the host, whatever the
    /// opener's [`ProxyHandler`](crate::ProxyHandler) would say. Redirects carry it along.
    pub fn set_proxy(&mut self, proxy: Option<Proxy>) {
        self.own_proxy = Some(proxy);
    }

    /// Whether the caller said what proxy to take, or to take none.
    pub fn has_own_proxy(&self) -> bool {
        self.own_proxy.is_some()
    }

    /// Sends this request alone through a proxy: a redirect does not carry it along. Handlers set
    /// theirs here, and the caller's own goes before it.
    pub fn set_unredirected_proxy(&mut self, proxy: Option<Proxy>) {
        self.unredirected_proxy = proxy;
    }

    /// The `host:port` that the proxy is asked to open a tunnel to (CONNECT); `None` if this
    /// request needs no tunnel. Credentials for the proxy are then about this, and not about
    /// the URL.
    #[doc(alias = "_tunnel_host")]
    pub fn tunnel_target(&self) -> Option<String> {
        self.proxy().filter(|proxy| proxy.route(&self.url) == ProxyRoute::Tunnel).map(|_| urls::authority(&self.url))
    }

    /// The redirects that led to this request, the first one first.
    pub fn redirections(&self) -> &[Redirection] {
        &self.lineage.redirections
    }

    /// The unredirected headers that the caller gave it; the others are handlers'.
    pub(crate) fn own_unredirected_headers(&self) -> &Headers {
        &self.lineage.as_begun.unredirected_headers
    }

    /// For whom it is made. What an errand leads to is one, too.
    pub fn purpose(&self) -> Purpose {
        self.lineage.purpose
    }

    /// Says for whom it is made.
    pub fn set_purpose(&mut self, purpose: Purpose) {
        self.lineage.purpose = purpose;
    }

    /// How often it, or a request that redirected to it, was repeated ([`Request::again`]): 0 for
    /// the first time.
    pub fn attempts(&self) -> u32 {
        self.lineage.attempts
    }

    /// How many challenges were answered for this URL since it was asked for or repeated
    /// ([`Request::with_credentials`]).
    pub fn challenges_answered(&self, challenger: Challenger) -> u32 {
        self.lineage.challenges(challenger).here
    }

    pub(crate) fn challenges(&self, challenger: Challenger) -> Challenges {
        self.lineage.challenges(challenger)
    }

    /// Whether it is neither a repetition nor an answer to a challenge.
    pub(crate) fn is_first(&self) -> bool {
        self.lineage.is_first()
    }

    /// What handlers and callers attached to it for one another, by type (as the `http` crate's
    /// requests have it): nothing of it is sent.
    ///
    /// ```
    /// use clientcookie::Request;
    ///
    /// #[derive(Clone, Debug, PartialEq)]
    /// struct Ticket(u32);
    ///
    /// let mut request = Request::new("http://example.com/")?;
    /// request.extensions_mut().insert(Ticket(7));
    /// assert_eq!(request.extensions().get(), Some(&Ticket(7)));
    /// # Ok::<(), clientcookie::Error>(())
    /// ```
    pub fn extensions(&self) -> &Extensions {
        &self.extensions
    }

    /// The same, to change.
    pub fn extensions_mut(&mut self) -> &mut Extensions {
        &mut self.extensions
    }

    /// What a transport needs at once: the data to take, beside everything else to read.
    pub(crate) fn parts_mut(&mut self) -> (&Url, &Headers, &Headers, Option<&Proxy>, Option<&mut Data>) {
        let proxy = self.own_proxy.as_ref().unwrap_or(&self.unredirected_proxy).as_ref();
        (&self.url, &self.headers, &self.unredirected_headers, proxy, self.data.as_mut())
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method())
            .field("url", &redact::url(&self.url))
            .field("headers", &self.headers)
            .field("unredirected_headers", &self.unredirected_headers)
            .field("data", &self.data)
            .finish_non_exhaustive()
    }
}
