//! Each kind of step, told where it happens and as it was: one row each.

use std::io::Read;

use clientcookie::*;

use super::{opener, traced, without_times};
use crate::support::{Reply, Server};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
const BUSY: &str = "HTTP/1.1 503 Busy\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n";
const WHO: &str = "HTTP/1.1 401 Who?\r\nWWW-Authenticate: Basic realm=\"Staff\"\r\nContent-Length: 0\r\n\r\n";
/// "hello " fifty times.
const PACKED: &[u8] = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xcb\x48\xcd\xc9\xc9\x57\xc8\x18\x25\x89\x20\x01\xc1\x48\x42\x59\x2c\x01\x00\x00";

fn redirect(location: &str) -> String {
    format!("HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n")
}

fn sets(cookie: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nSet-Cookie: {cookie}\r\nContent-Length: 0\r\n\r\n")
}

/// What the trace of opening this says.
fn trace_of(replies: &[&str], handlers: impl IntoHandlers, url: &str) -> String {
    let mut opener = opener(replies, handlers);
    let trace = traced(&mut opener);
    let _ = opener.open(url).and_then(|mut response| response.text());
    without_times(&trace.to_string())
}

/// A sentence, the replies, the handlers, the URL, and lines of the trace.
type Row<'a> = (&'a str, Vec<String>, Vec<Box<dyn Handler>>, &'a str, &'a [&'a str]);

#[test]
fn what_is_decided_is_told_in_words() {
    struct Talks;
    impl Handler for Talks {
        fn http_request(&self, parent: &dyn Parent, _: &mut Request) -> Result<()> {
            parent.note("thinking of something else");
            Ok(())
        }
        fn hooks(&self) -> &[Hook] {
            &[Hook::HttpRequest]
        }
    }
    let passwords = || {
        let passwords = HttpPasswordMgr::new();
        passwords.add_password("Staff", "http://h.test/", "me", "secret").unwrap();
        HttpBasicAuthHandler::new(passwords)
    };
    let none = Vec::new;
    let boxed = |handler: Box<dyn Handler>| vec![handler];
    let rows: Vec<Row<'_>> = vec![
        (
            "a plain page",
            vec![OK.into()],
            none(),
            "http://h.test/",
            &[
                "#1 GET http://h.test/ (asked for)\n",
                "HttpHandler.open: answers 200\n",
                "sent GET / HTTP/1.1 (2 headers, ",
                "> Host: h.test\n",
                "received HTTP/1.1 200 OK (1 headers, 38 bytes)\n",
                "< Content-Length: 5\n",
                "outcome: answers 200\n",
                "body: 5 bytes, whole\n",
            ],
        ),
        (
            "a redirect that is followed",
            vec![redirect("/next"), OK.into()],
            none(),
            "http://h.test/",
            &[
                "redirect to http://h.test/next: followed\n",
                "HttpRedirectHandler.http_error: next: GET http://h.test/next\n",
                "#2 GET http://h.test/next (redirected, after #1)\n",
            ],
        ),
        (
            "one that is not",
            vec![redirect("gopher://h.test/")],
            none(),
            "http://h.test/",
            &[
                "redirect to gopher://h.test/: the redirect is not followed: its scheme is \"gopher\"",
                "HttpRedirectHandler.http_error: fails: ",
            ],
        ),
        (
            "a cookie that is stored",
            vec![sets("sid=31d4; Path=/")],
            none(),
            "http://h.test/",
            &["HttpCookieProcessor.http_response\n", "cookie sid for h.test/ stored\n"],
        ),
        (
            "one that is refused",
            vec![sets("sid=31d4; Domain=other.test")],
            none(),
            "http://h.test/",
            &["cookie sid for .other.test/ not stored: the host does not belong to its domain\n"],
        ),
        (
            "a repetition",
            vec![BUSY.into(), OK.into()],
            boxed(Box::new(HttpRetryProcessor::new())),
            "http://h.test/",
            &["once more in 0.0 ms: it says 503\n", "#2 GET http://h.test/ (once more, after #1)\n"],
        ),
        (
            "a password",
            vec![WHO.into(), OK.into()],
            boxed(Box::new(passwords())),
            "http://h.test/",
            &[
                "the server asks for a password for \"Staff\" (basic): answered\n",
                "#2 GET http://h.test/ (with credentials, after #1)\n",
                "> Authorization: ***\n",
            ],
        ),
        (
            "a password that nobody has",
            vec![WHO.into()],
            none(),
            "http://h.test/",
            &[
                "the server asks for a password for \"Staff\" (basic): not answered\n",
                "outcome: fails: http://h.test/: HTTP error 401: Who?\n",
            ],
        ),
        (
            "a handler's own words",
            vec![OK.into()],
            boxed(Box::new(Talks)),
            "http://h.test/",
            &["Talks.http_request\n", "note: thinking of something else\n"],
        ),
        (
            "another URL than was asked for",
            vec![OK.into()],
            none(),
            "gopher://h.test/",
            &["UnknownHandler.unknown_open: fails: no handler answers for the scheme \"gopher\""],
        ),
        (
            "no network at all",
            vec![],
            none(),
            "data:,hello",
            &["DataHandler.open: answers 200\n", "body: 5 bytes, whole\n"],
        ),
    ];
    for (says, replies, handlers, url, expected) in rows {
        let replies: Vec<&str> = replies.iter().map(String::as_str).collect();
        let text = trace_of(&replies, handlers, url);
        for line in expected {
            assert!(text.contains(line), "{says}: {line:?} is not in\n{text}");
        }
        assert!(!text.contains("31d4") && !text.contains("bWU6c2VjcmV0"), "{says}: a secret is in\n{text}");
    }
}

#[test]
fn a_cookie_is_told_from_the_first_to_the_last() {
    let mut opener = opener(&[&sets("sid=1; Path=/"), &sets("sid=2; Path=/"), &sets("sid=; Max-Age=0; Path=/")], ());
    let trace = traced(&mut opener);
    for _ in 0..3 {
        opener.open("http://h.test/").unwrap();
    }
    let text = trace.to_string();
    let said: Vec<&str> = text.lines().filter_map(|line| Some(line.split_once("cookie sid for h.test/ ")?.1)).collect();
    assert_eq!(said, ["stored", "sent", "stored in the place of another", "sent", "deleted"]);
}

#[test]
fn the_wire_is_told_as_it_was() {
    let server = Server::start(|request| match request.target() {
        "/packed" => Reply::ok(PACKED).header("Content-Encoding", "gzip"),
        _ => Reply::ok("hello"),
    });
    let mut opener = build_opener((HttpGzipProcessor::new(), ProxyHandler::without_proxies()));
    let trace = traced(&mut opener);
    let mut whole = String::new();
    opener.open(server.url_for("localhost", "/")).unwrap().read_to_string(&mut whole).unwrap();
    let first = without_times(&trace.to_string());
    for line in [
        "looking up localhost\n",
        "found ",
        "connecting to ",
        "connected\n",
        "sent GET / HTTP/1.1",
        "first byte of the answer\n",
        "received HTTP/1.1 200 OK",
    ] {
        assert!(first.contains(line), "{line:?} is not in\n{first}");
    }
    trace.clear();
    let mut part = [0; 2];
    opener.open(server.url_for("localhost", "/")).unwrap().read_exact(&mut part).unwrap();
    let second = without_times(&trace.to_string());
    assert!(second.contains("a kept connection is used again\n"), "{second}");
    assert!(
        second.contains("body: 2 bytes, not read to its end\n") || second.contains("body: 2 bytes (5 on"),
        "{second}"
    );
    trace.clear();
    let _ = opener.open(server.url("/packed")).unwrap().text();
    let third = trace.to_string();
    assert!(third.contains(&format!("body: 300 bytes ({} on the wire), whole", PACKED.len())), "{third}");
}

#[cfg(feature = "tls")]
#[test]
fn tls_is_told_with_the_certificate() {
    use clientcookie::transport::{TlsSettings, UreqTransport};
    let server = Server::start_tls("localhost", |_| Reply::ok("served").then_close());
    let tls = TlsSettings::new().ca_pem(std::fs::read("fixtures/tls/ca.pem").unwrap());
    let https = HttpsHandler::with_transport(UreqTransport::new().tls(tls));
    let mut opener = build_opener((https, ProxyHandler::without_proxies()));
    let trace = traced(&mut opener);
    assert_eq!(opener.open(server.url("/")).unwrap().text().unwrap(), "served");
    let text = trace.to_string();
    let line =
        text.lines().find(|line| line.contains("TLSv1.3 with localhost, TLS_")).unwrap_or_else(|| panic!("{text}"));
    let expected = "; its certificate is for localhost, 127.0.0.1, *.test, a.test, b.test until 2120-01-01 00:00:00Z";
    assert!(line.ends_with(expected), "{line}");
}

/// Whom to trust, and whom not, is the same while somebody observes.
#[cfg(feature = "tls")]
#[test]
fn an_observed_server_is_trusted_no_more_than_another() {
    let server = Server::start_tls("self-signed", |_| Reply::ok("served"));
    let mut opener = build_opener(ProxyHandler::without_proxies());
    let trace = traced(&mut opener);
    let observed = opener.open(server.url("/")).unwrap_err().to_string();
    let plain = build_opener(ProxyHandler::without_proxies()).open(server.url("/")).unwrap_err().to_string();
    assert_eq!(observed, plain);
    assert!(!trace.to_string().contains("TLSv1"), "{trace}");
}
