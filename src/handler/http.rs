//! [`HttpHandler`] and [`HttpsHandler`]: complete a request's headers and hand it to the transport.

use std::sync::Arc;

use http::{HeaderValue, Method};

use crate::clock::deadline;
use crate::handler::client_cert::ByCertificate;
use crate::handler::{Handler, Hook, HttpsClientCertMgr, Kind, Parent};
use crate::message::body::Patience;
use crate::message::data::Data;
use crate::message::error::{Error, ErrorKind, Result};
use crate::message::headers::Headers;
use crate::message::request::Request;
use crate::message::response::Response;
use crate::message::urls::{self, Userinfo};
use crate::transport::{Proxy, ProxyRoute, Transport, UreqTransport, WireRequest};

macro_rules! http_handler {
    ($(#[$doc:meta])* $name:ident, $scheme:literal, $kind:ident, $request:ident, $hook:ident) => {
        $(#[$doc])*
        pub struct $name {
            transport: Arc<dyn Transport>,
            debuglevel: u8,
        }

        impl Default for $name {
            fn default() -> $name {
                $name::new()
            }
        }

        impl $name {
            /// The handler with a [`UreqTransport`] of its own.
            pub fn new() -> $name {
                $name::with_transport(UreqTransport::new())
            }

            /// The handler with this transport; an `Arc` shares one, and its connections, with
            /// others.
            pub fn with_transport(transport: impl Transport + 'static) -> $name {
                $name { transport: Arc::new(transport), debuglevel: 0 }
            }

            /// Prints both heads on stderr as they are on the wire: 1 hides passwords
            /// (`Authorization`) and shows cookies, 2 hides nothing. 0, the default, prints
            /// nothing. What goes to `log` is not changed.
            #[doc(alias = "set_http_debuglevel")]
            #[must_use]
            pub fn http_debuglevel(self, level: u8) -> $name {
                $name { debuglevel: level, ..self }
            }
        }

        impl Handler for $name {
            fn kind(&self) -> Option<Kind> {
                Some(Kind::$kind)
            }

            fn schemes(&self) -> &[&str] {
                &[$scheme]
            }

            fn hooks(&self) -> &[Hook] {
                &[Hook::$hook, Hook::Open]
            }

            fn $request(&self, parent: &dyn Parent, request: &mut Request) -> Result<()> {
                complete(parent, request)
            }

            fn open(&self, parent: &dyn Parent, request: &mut Request) -> Result<Option<Response>> {
                send(&*self.transport, self.debuglevel, parent, request).map(Some)
            }
        }
    };
}

http_handler! {
    /// Answers `http:` URLs (urllib2's `HTTPHandler`).
    ///
    /// Its request hook adds what every request needs and the caller did not give: `Host`,
    /// `Content-Type` (what the data says it is, else a form) and `Content-Length` or
    /// `Transfer-Encoding` where there is data, and the opener's
    /// [`addheaders`](crate::OpenerDirector::addheaders). They are unredirected headers, so a
    /// redirect computes them anew. To change how that is done, pass a handler of the kind
    /// [`Kind::Http`] to [`build_opener`](crate::build_opener).
    ///
    /// On the wire `Host` comes first, then the caller's headers in their order, then those that
    /// handlers added. Headers that contradict the message are refused: a `Content-Length` that is
    /// not the data's, a `Connection` other than `close` or `keep-alive`, any `Upgrade` or `TE`. A
    /// `Proxy-Authorization` is sent to proxies only: for https it stands in the CONNECT that asks
    /// for the tunnel. Without one, the userinfo of the proxy's URL is sent as Basic; it goes
    /// before a header of the caller's that redirects carry along.
    #[doc(alias = "HTTPHandler")]
    #[doc(alias = "AbstractHTTPHandler")]
    HttpHandler, "http", Http, http_request, HttpRequest
}

http_handler! {
    /// Answers `https:` URLs (urllib2's `HTTPSHandler`) in the way of [`HttpHandler`]. Certificates
    /// are always verified; see [`TlsSettings`](crate::transport::TlsSettings).
    #[doc(alias = "HTTPSHandler")]
    HttpsHandler, "https", Https, https_request, HttpsRequest
}

impl HttpsHandler {
    /// Shows servers the certificates of this manager, each where it is for; every other URL is
    /// opened with the handler's own transport, which knows none of them. An `Arc` shares the
    /// manager, to add certificates later.
    #[doc(alias = "set_client_cert_manager")]
    #[must_use]
    pub fn client_certs(self, certs: impl Into<Arc<HttpsClientCertMgr>>) -> Self {
        let transport = ByCertificate::new(certs.into(), self.transport);
        Self { transport: Arc::new(transport), ..self }
    }
}

/// Asks a proxy by HTTP for what is of another scheme.
#[cfg(feature = "ftp")]
pub(super) fn ask_proxy(transport: &dyn Transport, parent: &dyn Parent, request: &mut Request) -> Result<Response> {
    complete(parent, request)?;
    let response = send(transport, 0, parent, request)?;
    match response.status().is_success() {
        true => Ok(response),
        false => parent.error(request, response),
    }
}

/// urllib2's `do_request_`: the headers that every request needs.
fn complete(parent: &dyn Parent, request: &mut Request) -> Result<()> {
    let length = request.data().map(Data::len);
    if let Some(data) = request.data() {
        let form = || HeaderValue::from_static("application/x-www-form-urlencoded");
        let content_type = data.content_type().cloned().unwrap_or_else(form);
        add_default(request, "Content-Type", || content_type)?;
        say_boundary(request)?;
    }
    match length {
        Some(Some(length)) => add_default(request, "Content-Length", || HeaderValue::from(length))?,
        Some(None) => add_default(request, "Transfer-Encoding", || HeaderValue::from_static("chunked"))?,
        // RFC 9110 section 8.6: a method that anticipates content says that there is none.
        None if matches!(request.method(), Method::POST | Method::PUT | Method::PATCH) => {
            add_default(request, "Content-Length", || HeaderValue::from(0))?;
        }
        None => {}
    }
    if !request.has_header("Host") {
        let host = urls::host_and_port(request.url()).to_owned();
        request.add_unredirected_header("Host", host)?;
    }
    // All that are missing are found before one is added: a name may stand there twice.
    let addheaders = parent.addheaders();
    let missing: Vec<_> = addheaders.iter().filter(|(name, _)| !request.has_header(name)).collect();
    for (name, value) in missing {
        request.add_unredirected_header(name, value)?;
    }
    Ok(())
}

/// Who says that the data is a form with files knows not what stands between them, unless the form
/// told: as with curl, that is added. A boundary of somebody else's would leave the server with
/// nothing.
fn say_boundary(request: &mut Request) -> Result<()> {
    let of_data = request.data().and_then(Data::content_type).and_then(|own| Some(boundary(own)?.to_owned()));
    let Some(of_data) = of_data else {
        return Ok(());
    };
    let is_own = request.headers().contains("Content-Type");
    let headers = if is_own { request.headers_mut() } else { request.unredirected_headers_mut() };
    let Some(said) = headers.get("Content-Type").filter(|said| is_multipart(said.as_bytes())).cloned() else {
        return Ok(());
    };
    match boundary(&said) {
        Some(same) if same == of_data => Ok(()),
        Some(_) => {
            let reason = "its boundary is not that of the data; leave the header out, and it is said".to_owned();
            Err(ErrorKind::InvalidHeader { name: "Content-Type".to_owned(), reason }.into())
        }
        None => headers.insert("Content-Type", [said.as_bytes(), b"; boundary=", of_data.as_bytes()].concat()),
    }
}

fn is_multipart(value: &[u8]) -> bool {
    value.get(..MULTIPART.len()).is_some_and(|start| start.eq_ignore_ascii_case(MULTIPART))
}

const MULTIPART: &[u8] = b"multipart/";

/// The boundary of a multipart type (RFC 2046 section 5.1.1).
fn boundary(value: &HeaderValue) -> Option<&str> {
    let text = value.to_str().ok().filter(|text| is_multipart(text.as_bytes()))?;
    let parameters = text.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
    let mut boundaries = parameters.filter(|(name, _)| name.trim().eq_ignore_ascii_case("boundary"));
    boundaries.next().map(|(_, value)| value.trim().trim_matches('"'))
}

fn add_default(request: &mut Request, name: &str, value: impl FnOnce() -> HeaderValue) -> Result<()> {
    match request.has_header(name) {
        true => Ok(()),
        false => request.add_unredirected_header(name, value()),
    }
}

/// Refuses headers that would make the message something else than it is: data that no header
/// announces would be taken for the next request.
fn check(request: &Request) -> Result<()> {
    let length = request.data().map_or(Some(0), Data::len);
    let mut seen = Seen::default();
    let refuse = |name: &str, reason: &str| {
        Err(ErrorKind::InvalidHeader { name: name.to_owned(), reason: reason.to_owned() }.into())
    };
    for (name, value) in request.headers().iter().chain(request.unredirected_headers().iter()) {
        let value = value.as_bytes();
        let is = |other: &str| name.eq_ignore_ascii_case(other);
        let refuse = |reason| refuse(name, reason);
        if is("Content-Length") {
            // RFC 9110 section 8.6: `1*DIGIT`, while `parse` takes a sign too.
            let digits =
                std::str::from_utf8(value).ok().filter(|value| value.bytes().all(|byte| byte.is_ascii_digit()));
            let said = digits.and_then(|digits| digits.parse::<u64>().ok());
            if said.is_none() || said != length || std::mem::replace(&mut seen.length, true) {
                return refuse("it is not the length of the data");
            }
        } else if is("Transfer-Encoding") {
            if !value.eq_ignore_ascii_case(b"chunked") || length.is_some() || std::mem::replace(&mut seen.chunked, true)
            {
                return refuse("only data of unknown length is sent with it, and only as \"chunked\"");
            }
        } else if is("Connection") {
            if !value.eq_ignore_ascii_case(b"close") && !value.eq_ignore_ascii_case(b"keep-alive") {
                return refuse("it is \"close\" or \"keep-alive\"");
            }
        } else if is("Host") {
            if !is_host(value) || std::mem::replace(&mut seen.host, true) {
                return refuse("it is one host, with or without a port");
            }
        } else if is("Upgrade") || is("TE") {
            return refuse("this transport speaks plain HTTP/1.1");
        }
    }
    match length {
        Some(1..) if !seen.length => refuse("Content-Length", "there is data, and its length is not said"),
        None if !seen.chunked => refuse("Transfer-Encoding", "there is data of unknown length, and it is not said"),
        _ => Ok(()),
    }
}

#[derive(Default)]
struct Seen {
    length: bool,
    chunked: bool,
    host: bool,
}

fn is_host(value: &[u8]) -> bool {
    !value.is_empty() && value.iter().all(|byte| byte.is_ascii_alphanumeric() || b".-_:[]".contains(byte))
}

fn send(transport: &dyn Transport, debuglevel: u8, parent: &dyn Parent, request: &mut Request) -> Result<Response> {
    // Here and not in the request hook: later handlers may have changed the request since.
    check(request)?;
    let method = request.method();
    let timeouts = request.timeouts().unwrap_or_else(|| parent.default_timeouts());
    let (url, headers, unredirected, proxy, data) = request.parts_mut();
    if url.host_str().is_none() {
        let reason = "it has no host".to_owned();
        return Err(Error::from(ErrorKind::InvalidUrl { url: url.to_string(), reason }));
    }
    let userinfo = proxy.and_then(Proxy::userinfo).map(Userinfo::basic);
    let for_proxy = for_proxy(headers, unredirected, userinfo.as_ref());
    let mut lines = lines(headers, unredirected);
    let mut connect_headers = Vec::new();
    match proxy.map(|proxy| proxy.route(url)) {
        Some(ProxyRoute::WholeUrl) => lines.extend(for_proxy),
        Some(ProxyRoute::Tunnel) => {
            connect_headers.extend(lines.iter().copied().filter(|(name, _)| is(name, "User-Agent")));
            connect_headers.extend(for_proxy);
        }
        // It is the server who reads the head, or a proxy that reads none.
        Some(ProxyRoute::Socks) | None => {}
    }
    let deadline = deadline::of_open();
    let mut response = transport.send(WireRequest {
        method: &method,
        url,
        headers: lines,
        data,
        timeouts,
        deadline,
        proxy,
        connect_headers,
        debuglevel,
    })?;
    response.set_patience(Patience { read: timeouts.read, until: deadline });
    Ok(response)
}

/// The lines that any server may see: `Host`, the caller's, the handlers'.
fn lines<'a>(headers: &'a Headers, unredirected: &'a Headers) -> Vec<(&'a str, &'a HeaderValue)> {
    let mut lines = Vec::with_capacity(headers.len() + unredirected.len() + 1);
    lines.extend(unredirected.iter().filter(|(name, _)| is(name, "Host")));
    lines.extend(headers.iter());
    lines.extend(unredirected.iter().filter(|(name, _)| !is(name, "Host")));
    lines.retain(|(name, _)| !is(name, PROXY_AUTHORIZATION));
    lines
}

/// What the proxy is told of the user: what was added for this request alone, as an answer to a
/// challenge is; else what the proxy's own URL says; else the caller's header.
fn for_proxy<'a>(
    headers: &'a Headers,
    unredirected: &'a Headers,
    userinfo: Option<&'a HeaderValue>,
) -> Vec<(&'a str, &'a HeaderValue)> {
    let told = |headers: &'a Headers| headers.iter().filter(|(name, _)| is(name, PROXY_AUTHORIZATION));
    match userinfo {
        _ if unredirected.contains(PROXY_AUTHORIZATION) => told(unredirected).collect(),
        Some(userinfo) => vec![(PROXY_AUTHORIZATION, userinfo)],
        None => told(headers).collect(),
    }
}

const PROXY_AUTHORIZATION: &str = "Proxy-Authorization";

fn is(name: &str, other: &str) -> bool {
    name.eq_ignore_ascii_case(other)
}

crate::redact::opaque_debug! { HttpHandler HttpsHandler }
