//! Passwords, credentials and cookies are shown to nobody: not by errors, not by `Debug`.

use std::sync::{Arc, Mutex};

use clientcookie::transport::{Proxy, ScriptedTransport, TlsSettings, Transport, WireRequest};
use clientcookie::{
    Data, Error, ErrorKind, Headers, HttpHandler, ProxyHandler, Request, Response, Result, build_opener,
};
use http::HeaderValue;

#[test]
fn no_error_shows_a_userinfo() {
    let opener = build_opener(HttpHandler::with_transport(ScriptedTransport::new()));
    for url in [
        "http://me:secret@h/",
        "http://secret@h/",
        "http://me:secret@h:99999/",
        "http://me:secret@a;b/",
        "http://me:secret@h h/",
        "http://me:secret@/",
        "http://me:sec/secret@h:99999/",
        "http://me:secret@h:99999/?u=//x",
        "http:/me:secret@h:99999/a//b",
        "http:me:secret@h:99999//b",
        "http:\\\\me:secret@h:99999/",
        "http://me:secret@h\t/",
        "foo://me:secret@h/",
        "me:secret@h",
        "me:secret@h//x",
        "me:secret@h.test/path?q#f",
        "//me:secret@h/",
        "secret@h",
    ] {
        let error = opener.open(url).expect_err(url);
        let told = format!("{error} {error:?} {:?} {:?}", error.kind(), error.url());
        assert!(!told.contains("secret"), "{url:?}: {told}");
    }
}

#[test]
fn an_error_still_says_which_url() {
    for (url, shown) in [
        ("http://me:secret@h:99999/path", "h:99999/path"),
        ("http://h:99999/path?to=me@example.com", "@example.com"),
        ("mailto:me@example.com", "mailto:***@example.com"),
        ("foo:bar", "foo:bar"),
        ("h h", "h h"),
    ] {
        let error = build_opener(()).open(url).unwrap_err().to_string();
        assert!(error.contains(shown), "{url}: {error}");
    }
}

fn secret_request() -> Request {
    let mut sensitive = HeaderValue::from_static("secret");
    sensitive.set_sensitive(true);
    Request::post("http://me:secret@h/", Data::from("password=secret"))
        .header("Authorization", "Bearer secret")
        .header("COOKIE", "sid=secret")
        .header("X-Api-Key", sensitive)
        .unredirected_header("proxy-authorization", "Basic secret")
        .unredirected_header("X-Shown", "shown")
        .proxy(Proxy::new("http://me:secret@proxy.test/").unwrap())
        .build()
        .unwrap()
}

#[test]
fn no_debug_shows_a_secret() {
    let mut headers = Headers::new();
    for (name, value) in [
        ("Authorization", "secret"),
        ("authorization", "secret"),
        ("Proxy-Authorization", "secret"),
        ("Cookie", "sid=secret"),
        ("Set-Cookie", "sid=secret"),
        ("SET-COOKIE2", "sid=secret"),
        ("X-Shown", "shown"),
    ] {
        headers.append(name, value).unwrap();
    }
    let url = url::Url::parse("http://me:secret@h/").unwrap();
    let response =
        || Response::new(url.clone(), http::StatusCode::NOT_FOUND, "secret").unwrap().with_headers(headers.clone());
    let request = secret_request();
    let tls = TlsSettings::new().client_pem("secret", "secret").ca_pem("shown");
    let builder = Request::get("http://me:secret@h/").header("Authorization", "secret");
    let cause = clientcookie::HttpErrorCause::Status;
    let error = || Error::from(clientcookie::HttpError::new(response(), cause.clone()));
    for (says, shown) in [
        ("Headers", format!("{headers:?}")),
        ("Request", format!("{request:?}")),
        ("Request's parts", format!("{:?} {:?} {:?}", request.userinfo(), request.data(), request.proxy())),
        ("RequestBuilder", format!("{builder:?}")),
        ("Response", format!("{:?}", response())),
        ("HttpError", format!("{:?} {0}", clientcookie::HttpError::new(response(), cause.clone()))),
        ("Error", format!("{} {0:?} {1:?}", error(), error().into_kind())),
        ("TlsSettings", format!("{tls:?}")),
        ("ProxyHandler", format!("{:?}", ProxyHandler::with_proxies([("a", "me:secret@h"), ("b", "me:secret@h:x")]))),
    ] {
        assert!(!shown.contains("secret") && !shown.contains("c2VjcmV0"), "{says}: {shown}");
        assert!(!shown.is_empty(), "{says}");
    }
    assert!(format!("{request:?} {headers:?}").contains("shown"), "what is none is shown");
}

#[test]
fn headers_show_what_a_server_set_but_no_credentials() {
    let mut headers = Headers::new();
    headers.append("AUTHORIZATION", "secret").unwrap();
    headers.append("Set-Cookie", "sid=31d4").unwrap();
    assert_eq!(headers.to_string(), "AUTHORIZATION: ***\nSet-Cookie: sid=31d4\n");
}

/// Keeps what a transport's author would log first.
struct Logging(Arc<Mutex<String>>);

impl Transport for Logging {
    fn send(&self, request: WireRequest<'_>) -> Result<Response> {
        *self.0.lock().unwrap() = format!("{request:?}");
        Err(ErrorKind::Disconnected.into())
    }
}

#[test]
fn a_transport_that_logs_its_request_logs_no_secret() {
    let shown = Arc::default();
    let opener = build_opener(HttpHandler::with_transport(Logging(Arc::clone(&shown))));
    opener.open(secret_request()).unwrap_err();
    let shown = shown.lock().unwrap();
    assert!(shown.contains("shown"), "{shown}");
    assert!(!shown.contains("secret") && !shown.contains("c2VjcmV0"), "{shown}");
}
