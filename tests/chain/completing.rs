//! What the HTTP handlers add to a request, what they leave as the caller gave it, and what they
//! refuse to send.

use clientcookie::transport::ScriptedTransport;
use clientcookie::{
    Data, ErrorKind, Handler, Headers, Hook, HttpHandler, HttpsHandler, Kind, OpenerDirector, Parent, Request,
    RequestBuilder, Response, Result, build_opener,
};

/// The headers of a request as they would go on the wire, without the `User-Agent`.
fn sent(request: RequestBuilder) -> String {
    let transport = ScriptedTransport::new().reply("HTTP/1.1 200 OK\r\n\r\n");
    let mut opener =
        build_opener((HttpHandler::with_transport(transport.clone()), HttpsHandler::with_transport(transport.clone())));
    opener.addheaders = Headers::new();
    opener.open(request).unwrap();
    transport.requests()[0].headers.to_string().trim_end().replace('\n', ", ")
}

#[test]
fn every_request_gets_what_it_needs_and_has_not() {
    let get = || Request::get("http://h/");
    let post = |data: Data| Request::post("http://h/", data);
    let rows = [
        ("a GET needs a host", get(), "Host: h"),
        ("the port belongs to it", Request::get("http://h:81/"), "Host: h:81"),
        ("but not the scheme's own", Request::get("http://h:80/"), "Host: h"),
        ("nor that of https", Request::get("https://h:443/"), "Host: h"),
        ("another scheme's port is a port", Request::get("https://h:80/"), "Host: h:80"),
        ("an IPv6 address keeps its brackets", Request::get("http://[::1]:8080/"), "Host: [::1]:8080"),
        (
            "data has a type and a length",
            post("a=1".into()),
            "Host: h, Content-Type: application/x-www-form-urlencoded, Content-Length: 3",
        ),
        (
            "empty data too",
            post("".into()),
            "Host: h, Content-Type: application/x-www-form-urlencoded, Content-Length: 0",
        ),
        (
            "of unknown length",
            post(Data::reader(&b"abc"[..])),
            "Host: h, Content-Type: application/x-www-form-urlencoded, Transfer-Encoding: chunked",
        ),
        ("a POST without data says so", Request::post("http://h/", ()), "Host: h, Content-Length: 0"),
        ("a PUT too", get().method("PUT"), "Host: h, Content-Length: 0"),
        ("a DELETE does not", get().method("DELETE"), "Host: h"),
        (
            "the caller's type is kept, however it is spelled",
            post("{}".into()).header("content-TYPE", "application/json"),
            "Host: h, content-TYPE: application/json, Content-Length: 2",
        ),
        (
            "the caller's length too, if it is true",
            post("{}".into()).header("CONTENT-LENGTH", "2").unredirected_header("Content-Type", "x/y"),
            "Host: h, CONTENT-LENGTH: 2, Content-Type: x/y",
        ),
        (
            "and the caller's chunked",
            post(Data::reader(&b"abc"[..])).header("Transfer-encoding", "Chunked").header("Content-Type", "x/y"),
            "Host: h, Transfer-encoding: Chunked, Content-Type: x/y",
        ),
        (
            "the caller's host stands where the caller put it",
            get().header("A", "b").header("host", "other.test:99"),
            "A: b, host: other.test:99",
        ),
        (
            "an unredirected host comes first",
            get().header("A", "b").unredirected_header("C", "d").unredirected_header("host", "other"),
            "host: other, A: b, C: d",
        ),
        ("connections may be closed", get().header("Connection", "Close"), "Host: h, Connection: Close"),
    ];
    for (says, request, expected) in rows {
        assert_eq!(sent(request), expected, "{says}");
    }
}

#[test]
fn addheaders_fill_in_what_is_missing() {
    type Lines = &'static [(&'static str, &'static str)];
    let rows: [(&str, Lines, Lines, &str); 6] = [
        (
            "a new opener names itself",
            &[("User-Agent", OpenerDirector::USER_AGENT)],
            &[],
            "User-Agent: clientcookie/0.1.0",
        ),
        ("all are added, in their order", &[("B", "1"), ("a", "2")], &[], "B: 1, a: 2"),
        ("lines of one name stay together", &[("A", "1"), ("B", "2"), ("A", "3")], &[], "A: 1, B: 2, A: 3"),
        ("a request's own header wins", &[("A", "1"), ("B", "2")], &[("B", "own")], "B: own, A: 1"),
        ("however it is spelled", &[("X-CaSe", "1")], &[("x-case", "own")], "x-case: own"),
        ("even with nothing in it", &[("User-Agent", "1")], &[("user-agent", "")], "user-agent: "),
    ];
    for (says, addheaders, headers, expected) in rows {
        for redirected in [true, false] {
            let transport = ScriptedTransport::new().reply("HTTP/1.1 200 OK\r\n\r\n");
            let mut opener = build_opener(HttpHandler::with_transport(transport.clone()));
            opener.addheaders = Headers::new();
            for (name, value) in addheaders {
                opener.addheaders.append(name, *value).unwrap();
            }
            let mut request = Request::get("http://h/");
            for (name, value) in headers {
                request = match redirected {
                    true => request.header(name, *value),
                    false => request.unredirected_header(name, *value),
                };
            }
            opener.open(request).unwrap();
            let sent = transport.requests()[0].headers.to_string();
            let sent = sent.strip_suffix('\n').unwrap_or(&sent).replace('\n', ", ");
            assert_eq!(sent, format!("Host: h, {expected}"), "{says}");
        }
    }
}

#[test]
fn a_new_opener_sends_its_user_agent() {
    let transport = ScriptedTransport::new().reply("HTTP/1.1 200 OK\r\n\r\n");
    build_opener(HttpHandler::with_transport(transport.clone())).open("http://h/").unwrap();
    assert_eq!(
        transport.requests()[0].headers.to_string(),
        format!("Host: h\nUser-Agent: {}\n", OpenerDirector::USER_AGENT)
    );
}

/// An HTTP handler of one's own, which completes requests in its own way and lets the other one
/// send them.
struct Terse {
    inner: HttpHandler,
    frames: bool,
}

impl Handler for Terse {
    fn kind(&self) -> Option<Kind> {
        Some(Kind::Http)
    }
    fn schemes(&self) -> &[&str] {
        &["http"]
    }
    fn http_request(&self, _: &dyn Parent, request: &mut Request) -> Result<()> {
        request.add_unredirected_header("host", "terse.test")?;
        if let Some(length) = request.data().and_then(Data::len).filter(|_| self.frames) {
            request.add_unredirected_header("content-length", length)?;
        }
        Ok(())
    }
    fn open(&self, parent: &dyn Parent, request: &mut Request) -> Result<Option<Response>> {
        self.inner.open(parent, request)
    }
}

#[test]
fn a_handler_of_kind_http_decides_what_is_added() {
    let transport = ScriptedTransport::new().reply("HTTP/1.1 200 OK\r\n\r\n");
    let inner = || HttpHandler::with_transport(transport.clone());
    let opener = build_opener(Terse { inner: inner(), frames: true });
    opener.open(Request::post("http://h/", "a=1")).unwrap();
    assert_eq!(transport.requests()[0].headers.to_string(), "host: terse.test\ncontent-length: 3\n");

    let opener = build_opener(Terse { inner: inner(), frames: false });
    let error = opener.open(Request::post("http://h/", "a=1")).unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::InvalidHeader { name, .. } if name == "Content-Length"),
        "a server would take data that no header announces for the next request: {error}"
    );
    assert_eq!(transport.requests().len(), 1);
}

/// Answers https without adding anything.
struct Bare(ScriptedTransport);

impl Handler for Bare {
    fn kind(&self) -> Option<Kind> {
        Some(Kind::Https)
    }
    fn schemes(&self) -> &[&str] {
        &["https"]
    }
    fn open(&self, parent: &dyn Parent, request: &mut Request) -> Result<Option<Response>> {
        HttpsHandler::with_transport(self.0.clone()).open(parent, request)
    }
}

#[test]
fn each_handler_completes_the_requests_of_its_own_scheme() {
    let transport = ScriptedTransport::new().reply("HTTP/1.1 200 OK\r\n\r\n");
    build_opener(Bare(transport.clone())).open(Request::get("https://h/").header("A", "b")).unwrap();
    assert_eq!(transport.requests()[0].headers.to_string(), "A: b\n", "nothing comes from HttpHandler");
}

/// Adds a header, or data, at the very end of the request phase, where the other handlers have done
/// their work.
enum Late {
    Header(&'static str, &'static str),
    Data(&'static str),
}

impl Handler for Late {
    fn order(&self) -> i32 {
        i32::MAX
    }
    fn hooks(&self) -> &[Hook] {
        &[Hook::HttpRequest]
    }
    fn http_request(&self, _: &dyn Parent, request: &mut Request) -> Result<()> {
        match self {
            Self::Header(name, value) => request.add_unredirected_header(name, *value),
            Self::Data(data) => {
                request.set_data(*data);
                Ok(())
            }
        }
    }
}

#[test]
fn headers_that_contradict_the_message_are_refused_whoever_added_them() {
    let rows: [(&str, &str, Option<&str>); 19] = [
        ("Content-Length", "5", None),
        ("content-length", "2", Some("abc")),
        ("CONTENT-LENGTH", "+3", Some("abc")),
        ("Content-Length", "3, 3", Some("abc")),
        ("Content-Length", " 3", Some("abc")),
        ("Content-Length", "0x3", Some("abc")),
        ("Content-Length", "", Some("abc")),
        ("Transfer-Encoding", "chunked", None),
        ("Transfer-Encoding", "chunked", Some("abc")),
        ("Transfer-Encoding", "gzip, chunked", Some("abc")),
        ("Transfer-Encoding", "identity", None),
        ("Connection", "upgrade", None),
        ("Connection", "close, X-A", None),
        ("Upgrade", "h2c", None),
        ("TE", "trailers", None),
        ("Host", "", None),
        ("Host", "a b", None),
        ("Host", "a/b", None),
        ("Host", "me@a", None),
    ];
    for (name, value, data) in rows {
        let base = || match data {
            Some(data) => Request::post("http://h/", data),
            None => Request::get("http://h/"),
        };
        let ways: [(&str, RequestBuilder, Option<Late>, bool); 4] = [
            ("header", base().header(name, value), None, false),
            ("unredirected_header", base().unredirected_header(name, value), None, false),
            ("a late handler", base(), Some(Late::Header(name, value)), false),
            ("addheaders", base(), None, true),
        ];
        for (way, request, late, everywhere) in ways {
            let is_filled_in = name == "Host" || (data.is_some() && name.eq_ignore_ascii_case("Content-Length"));
            if everywhere && is_filled_in {
                continue; // The request has one of its own by then, and that is what is sent.
            }
            let transport = ScriptedTransport::new().reply("HTTP/1.1 200 OK\r\n\r\n");
            let mut opener = build_opener(HttpHandler::with_transport(transport.clone()));
            if let Some(late) = late {
                opener.add_handler(late);
            }
            if everywhere {
                opener.addheaders.insert(name, value).unwrap();
            }
            let error = opener.open(request).expect_err(&format!("{name}: {value} by {way}"));
            assert!(matches!(error.kind(), ErrorKind::InvalidHeader { .. }), "{name}: {value} by {way}: {error}");
            assert!(transport.requests().is_empty(), "{name}: {value} by {way}: nothing is sent");
        }
    }
}

#[test]
fn a_second_framing_header_is_refused_even_if_it_agrees() {
    for (name, value) in [("Content-Length", "3"), ("Host", "h")] {
        let transport = ScriptedTransport::new().reply("HTTP/1.1 200 OK\r\n\r\n");
        let opener = build_opener(HttpHandler::with_transport(transport.clone()));
        let request = Request::post("http://h/", "abc").header(name, value).unredirected_header(name, value);
        let error = opener.open(request).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::InvalidHeader { .. }), "{error}");
        assert!(transport.requests().is_empty());
    }
}

#[test]
fn data_that_comes_too_late_to_be_announced_is_refused() {
    let transport = ScriptedTransport::new().reply("HTTP/1.1 200 OK\r\n\r\n");
    let mut opener = build_opener(HttpHandler::with_transport(transport.clone()));
    opener.add_handler(Late::Data("GET /evil HTTP/1.1\r\n\r\n"));
    for request in [Request::get("http://h/"), Request::post("http://h/", "abc")] {
        let error = opener.open(request).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::InvalidHeader { .. }), "{error}");
    }
    assert!(transport.requests().is_empty());
}
