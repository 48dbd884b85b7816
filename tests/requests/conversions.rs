//! Everything that can be opened, and where its errors surface.

use std::time::Duration;

use clientcookie::transport::{Proxy, ScriptedTransport};
use clientcookie::{
    Data, Error, ErrorKind, HttpHandler, IntoData, IntoRequest, Request, RequestBuilder, Timeouts, build_opener,
};
use http::Method;
use url::Url;

/// Method, URL, user, redirected headers and data of a request.
fn told(request: impl IntoRequest) -> String {
    let request = request.into_request().unwrap();
    let user = request.userinfo().map(|info| format!(" as {}:{}", info.user(), info.password())).unwrap_or_default();
    let mut told = format!("{} {}{user}", request.method(), request.url());
    for (name, value) in request.headers().iter() {
        told += &format!(" {name}={}", value.to_str().unwrap());
    }
    if let Some(mut sent) = request.data().map(|data| data.try_clone().unwrap()) {
        let mut data = String::new();
        sent.open().unwrap().read_to_string(&mut data).unwrap();
        told += &format!(" with {data:?}");
    }
    told
}

#[test]
fn many_things_are_requests() {
    let text = "http://me:p%40ss@h/a b";
    let (owned, parsed) = (text.to_owned(), Url::parse(text).unwrap());
    let expected = "GET http://h/a%20b as me:p@ss";
    for (says, told) in [
        ("&str", told(text)),
        ("String", told(owned.clone())),
        ("&String", told(&owned)),
        ("Url", told(parsed.clone())),
        ("&Url", told(&parsed)),
        ("Request", told(Request::new(text).unwrap())),
        ("RequestBuilder", told(Request::get(text))),
        ("RequestBuilder of a String", told(Request::get(&owned))),
        ("RequestBuilder of a Url", told(Request::get(&parsed))),
    ] {
        assert_eq!(told, expected, "{says}");
    }
}

#[test]
fn an_http_request_is_upgraded() {
    let build = || http::Request::builder().uri("http://me:x@h/a?b").header("X-A", "1").header("x-a", "2");
    let rows = [
        ("without a body", told(build().body(()).unwrap()), "GET http://h/a?b as me:x x-a=1 x-a=2"),
        ("an empty Vec is no body", told(build().body(vec![]).unwrap()), "GET http://h/a?b as me:x x-a=1 x-a=2"),
        (
            "a GET with a body stays one",
            told(build().body(b"data".to_vec()).unwrap()),
            "GET http://h/a?b as me:x x-a=1 x-a=2 with \"data\"",
        ),
        (
            "a String",
            told(build().method("PUT").body("data".to_owned()).unwrap()),
            "PUT http://h/a?b as me:x x-a=1 x-a=2 with \"data\"",
        ),
        ("a &str", told(http::Request::post("http://h/").body("a").unwrap()), "POST http://h/ with \"a\""),
        ("an Option", told(http::Request::post("http://h/").body(None::<String>).unwrap()), "POST http://h/"),
    ];
    for (says, told, expected) in rows {
        assert_eq!(told, expected, "{says}");
    }
    for uri in ["/relative", "*"] {
        let error = http::Request::get(uri).body(()).unwrap().into_request().unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::InvalidUrl { .. }), "{uri}: {error}");
    }
}

#[test]
fn the_method_follows_the_data_unless_it_is_said() {
    let rows = [
        ("nothing", Request::get("http://h/"), "GET"),
        ("data makes it a POST, as in urllib2", Request::get("http://h/").data("x"), "POST"),
        ("unless GET is said", Request::get("http://h/").data("x").method(Method::GET), "GET"),
        ("also before", Request::get("http://h/").method("GET").data("x"), "GET"),
        ("post means POST", Request::post("http://h/", ()), "POST"),
        ("even with its data gone", Request::post("http://h/", "x").data(()), "POST"),
        ("a method of one's own", Request::get("http://h/").method("propFIND"), "propFIND"),
        ("odd, but a token", Request::get("http://h/").method("!#$%&'*+-.^_`|~1"), "!#$%&'*+-.^_`|~1"),
    ];
    for (says, request, method) in rows {
        assert_eq!(request.build().unwrap().method().as_str(), method, "{says}");
    }
    let mut request = Request::new("http://h/").unwrap();
    request.set_data("x");
    assert_eq!(request.method(), "POST");
    request.set_data(());
    assert_eq!(request.method(), "GET", "nothing was said of a method");
}

#[test]
fn q3_a_method_is_a_token() {
    for method in ["", "G ET", "GET / HTTP/1.1\r\nX:", "GET\n", "GÉT", "GET\0", "G/T", "(GET)", "GET:", " GET"] {
        let error = Request::get("http://h/").method(method).build().expect_err(method);
        assert!(matches!(error.kind(), ErrorKind::InvalidMethod { .. }), "{method:?}: {error}");
        assert!(!error.to_string().contains(char::is_control), "{method:?}: {error}");
        let error = Request::get("http://h/").method(method.as_bytes()).build().expect_err(method);
        assert!(matches!(error.kind(), ErrorKind::InvalidMethod { .. }), "{method:?}: {error}");
    }
}

#[test]
fn a_builders_first_error_surfaces_when_it_is_opened() {
    let transport = ScriptedTransport::new().reply("HTTP/1.1 200 OK\r\n\r\n");
    let opener = build_opener(HttpHandler::with_transport(transport.clone()));
    let is_url = |error: &Error| matches!(error.kind(), ErrorKind::InvalidUrl { .. });
    let is_method = |error: &Error| matches!(error.kind(), ErrorKind::InvalidMethod { .. });
    let is_header = |error: &Error| matches!(error.kind(), ErrorKind::InvalidHeader { .. });
    type Expected = fn(&Error) -> bool;
    let rows: [(&str, RequestBuilder, Expected); 6] = [
        ("an unfit URL", Request::get("http://h h/").header("A", "b"), is_url),
        ("the URL comes first", Request::post("h", "data").method("").header("A B", ""), is_url),
        ("a method", Request::get("http://h/").method("G T").header("A B", "").data("x"), is_method),
        ("a header", Request::get("http://h/").header("A B", "").method("G T"), is_header),
        ("a value", Request::get("http://h/").header("A", "b\nc").timeout(Duration::ZERO), is_header),
        ("an unredirected one", Request::get("http://h/").unredirected_header("A", "\0").unverifiable(true), is_header),
    ];
    for (says, request, expected) in rows {
        let error = opener.open(request).expect_err(says);
        assert!(expected(&error), "{says}: {error}");
    }
    assert!(transport.requests().is_empty());
}

#[test]
fn a_builder_sets_what_the_request_then_says() {
    let proxy = Proxy::new("http://proxy.test:3128").unwrap();
    let request = Request::post("http://h/", "x")
        .unredirected_header("A", "b")
        .origin_req_host("page.test")
        .unverifiable(true)
        .timeouts(Timeouts::NONE)
        .proxy(proxy.clone())
        .build()
        .unwrap();
    assert_eq!(request.unredirected_headers().get_str("a").as_deref(), Some("b"));
    assert!(request.headers().is_empty() && request.has_header("A"));
    assert_eq!((request.origin_req_host(), request.is_unverifiable()), ("page.test", true));
    assert_eq!((request.timeouts(), request.proxy()), (Some(Timeouts::NONE), Some(&proxy)));
    let plain = Request::get("http://h/").timeout(Duration::from_secs(2)).proxy(None).build().unwrap();
    assert_eq!((plain.origin_req_host(), plain.is_unverifiable(), plain.proxy()), ("h", false, None));
    assert_eq!(plain.timeouts(), Some(Timeouts::from(Duration::from_secs(2))));
}

#[test]
fn many_things_are_data() {
    fn length(data: impl IntoData) -> Option<Option<u64>> {
        data.into_data().map(|data| data.len())
    }
    for (says, told, expected) in [
        ("text", length("äb"), Some(Some(3))),
        ("a String", length("ab".to_owned()), Some(Some(2))),
        ("bytes", length(b"ab".as_slice()), Some(Some(2))),
        ("a Vec", length(vec![1, 2]), Some(Some(2))),
        ("a form", length(Data::form([("a b", "c&d"), ("é", "")])), Some(Some("a+b=c%26d&%C3%A9=".len() as u64))),
        ("a form of Strings", length(Data::form(vec![("a".to_owned(), "b".to_owned())])), Some(Some(3))),
        ("a reader", length(Data::reader(&b"ab"[..])), Some(None)),
        ("a sized reader", length(Data::sized_reader(&b"ab"[..], 7)), Some(Some(7))),
        ("nothing", length(()), None),
        ("None", length(None::<Data>), None),
        ("Some", length(Some("ab")), Some(Some(2))),
    ] {
        assert_eq!(told, expected, "{says}");
    }
}
