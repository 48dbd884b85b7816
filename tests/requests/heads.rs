//! The head of a request, byte for byte.

use clientcookie::{Request, RequestBuilder, build_opener};

use super::opener_to;
use crate::support::{Reply, Server};

fn head(request: RequestBuilder) -> String {
    let server = Server::start(|_| Reply::ok(""));
    opener_to(&server).open(request).unwrap();
    server.requests()[0].head.clone()
}

#[test]
fn a_head_has_everything_in_its_place() {
    let request = Request::post("http://me:secret@h:8080/a%20b?c=d#e", "x=1")
        .header("X-CaSe", "kept")
        .header("Accept", "text/html")
        .header("x-case", "again")
        .unredirected_header("Zulu", "last of the caller's")
        .header("Accept", "*/*")
        .header("Empty", "")
        .header("Blank", "a  b\tc")
        .header("Utf-8", "é")
        .header("Latin-1", b"\xe9".as_slice());
    let expected = "POST /a%20b?c=d HTTP/1.1\r\n\
        Host: h:8080\r\n\
        X-CaSe: kept\r\n\
        Accept: text/html\r\n\
        x-case: again\r\n\
        Accept: */*\r\n\
        Empty: \r\n\
        Blank: a  b\tc\r\n\
        Utf-8: \u{c3}\u{a9}\r\n\
        Latin-1: \u{e9}\r\n\
        Zulu: last of the caller's\r\n\
        Content-Type: application/x-www-form-urlencoded\r\n\
        Content-Length: 3\r\n\
        User-Agent: clientcookie/0.1.0\r\n\
        \r\n";
    assert_eq!(head(request), expected);
}

#[test]
fn the_least_request_has_two_headers() {
    assert_eq!(head(Request::get("http://h/")), "GET / HTTP/1.1\r\nHost: h\r\nUser-Agent: clientcookie/0.1.0\r\n\r\n");
}

#[test]
fn every_method_is_sent_as_it_is() {
    for method in ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "propFIND", "M-SEARCH"] {
        let server = Server::start(|_| Reply::ok("body"));
        let mut response = opener_to(&server).open(Request::get("http://h/x").method(method)).unwrap();
        let body = response.text().unwrap();
        assert_eq!(server.requests()[0].request_line(), format!("{method} /x HTTP/1.1"));
        assert_eq!(body, if method == "HEAD" { "" } else { "body" }, "{method}");
    }
}

#[test]
fn a_userinfo_is_sent_nowhere() {
    let server = Server::start(|_| Reply::ok(""));
    let opener = opener_to(&server);
    for userinfo in ["secret@", ":secret@", "secret:secret@", "secret:@", "%73ecret:x@"] {
        let url = format!("http://{userinfo}h/?q");
        opener.open(url.as_str()).unwrap();
        opener.open(url::Url::parse(&url).unwrap()).unwrap();
        opener.open(http::Request::get(&url).body(()).unwrap()).unwrap();
    }
    for request in server.requests() {
        let head = request.head.to_lowercase();
        assert!(!head.contains("secret") && !head.contains("c2vjcmv0") && !head.contains("authorization"), "{head}");
        assert!(!head.contains('@') && !head.contains("%73"), "{head}");
    }
}

#[test]
fn q4_a_header_of_the_opener_splits_no_head_either() {
    let mut opener = build_opener(());
    for value in ["Mozilla\r\nX: y", "\n", "\r", "\0"] {
        assert!(opener.addheaders.insert("User-Agent", value).is_err(), "{value:?}");
        assert!(opener.addheaders.append("Referer", value).is_err(), "{value:?}");
    }
    assert_eq!(opener.addheaders.to_string(), "User-Agent: clientcookie/0.1.0\n", "nothing was changed");
}

#[test]
fn q4_a_form_escapes_what_could_split_it() {
    let form = clientcookie::Data::form([("a\r\nX: y", "\"\0\n&=+;")]);
    let server = Server::start(|_| Reply::ok(""));
    opener_to(&server).open(Request::post("http://h/", form)).unwrap();
    assert_eq!(server.requests()[0].body, b"a%0D%0AX%3A+y=%22%00%0A%26%3D%2B%3B");
}

#[test]
fn q4_a_cookie_splits_no_head() {
    let jar = clientcookie::CookieJar::new();
    for value in ["ok", "a\r\nX: y", "a\nb", "a\0b", "a\rb"] {
        jar.set_cookie(clientcookie::Cookie::new(format!("n{}", value.len()), value, "h.test"));
    }
    let server = Server::start(|_| Reply::ok(""));
    let transport = clientcookie::transport::UreqTransport::new().resolver(super::Everywhere(server.port()));
    let handlers = (clientcookie::HttpHandler::with_transport(transport), clientcookie::HttpCookieProcessor::new(&jar));
    build_opener(handlers).open("http://h.test/").unwrap();
    let request = &server.requests()[0];
    assert_eq!((request.header_count("X"), request.header_count("Cookie")), (0, 1), "{}", request.head);
    assert_eq!(request.head.lines().count(), 5, "{}", request.head);
}
