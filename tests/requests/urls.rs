//! What is a URL, and which host it means: to the request, the resolver, the server and the jar
//! alike.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use clientcookie::transport::{Resolver, UreqTransport};
use clientcookie::{CookieJar, ErrorKind, HttpCookieProcessor, HttpHandler, IntoRequest, Request, build_opener};

use super::opener_to;
use crate::support::{Reply, Server};

fn refused(url: &str) {
    let server = Server::start(|_| Reply::ok(""));
    let url = url.replace("PORT", &server.port().to_string());
    let shown: String = url.chars().take(100).collect();
    let error = opener_to(&server).open(url.as_str()).expect_err(&shown);
    assert!(matches!(error.kind(), ErrorKind::InvalidUrl { .. }), "{shown:?}: {error}");
    assert!(!error.to_string().contains(char::is_control), "{shown:?}: {error}");
    assert_eq!(server.connections(), 0, "{shown:?}");
}

#[test]
fn q1_no_control_character_gets_into_a_request() {
    let controls = ["\r\n", "\r", "\n", "\t", "\0", "\x0b", "\x1b", "\x7f", "\u{80}", "\u{85}", "\u{9f}", "\u{2028}"];
    for control in controls {
        for url in [
            "http://127.0.0.1:PORT/a@b",
            "http://127.0.0.1:PORT/?a@b",
            "http://127.0.0.1:PORT/#a@b",
            "@http://h/",
            "http://h/@",
        ] {
            refused(&url.replace('@', control));
        }
    }
    refused("http://127.0.0.1:PORT/?q=1 HTTP/1.1\r\nX: y");
    refused("http://127.0.0.1:PORT/\r\nX: y\r\n");
}

#[test]
fn q1_what_may_not_stand_in_a_request_line_is_escaped() {
    for (says, url, target) in [
        ("spaces", "http://h/a b?c d", "/a%20b?c%20d"),
        ("what looks like the end of the line", "http://h/?q=1 HTTP/1.1", "/?q=1%20HTTP/1.1"),
        ("anything outside ASCII, as UTF-8", "http://h/é?ü=☃", "/%C3%A9?%C3%BC=%E2%98%83"),
        ("no escape is undone", "http://h/%0d%0aX:%20y?%0D%0A%00%7f", "/%0d%0aX:%20y?%0D%0A%00%7f"),
        ("nor one that is none", "http://h/100%?50%zz", "/100%?50%zz"),
        ("quotes and angles", "http://h/\"<>`{}?\"<>", "/%22%3C%3E%60%7B%7D?%22%3C%3E"),
        ("a fragment is not sent", "http://h/a?b#c?d", "/a?b"),
        ("an empty path is the root", "http://h", "/"),
        ("with a query too", "http://h?a", "/?a"),
        ("dots are resolved", "http://h/a/../../b/./c", "/b/c"),
        ("escaped ones too", "http://h/a/%2e%2E/b", "/b"),
        ("an escaped slash is none", "http://h/a/..%2fb", "/a/..%2fb"),
        ("backslashes are slashes", "http://h\\a\\b?c\\d", "/a/b?c\\d"),
        ("slashes are kept", "http://h//a//b", "//a//b"),
        ("spaces around it are not part of it", "  http://h/a  ", "/a"),
    ] {
        let server = Server::start(|_| Reply::ok(""));
        opener_to(&server).open(url).unwrap();
        assert_eq!(server.requests()[0].request_line(), format!("GET {target} HTTP/1.1"), "{says}: {url}");
    }
}

#[test]
fn q2_no_host_that_is_none() {
    for url in [
        "http://127.0.0.1\r\nX: y:PORT/",
        "http://127.0.0.1:PORT\r\nX: y/",
        "http://h%0d%0a/",
        "http://h%00/",
        "http://h%20i/",
        "http://h i/",
        "http://h%2fi/",
        "http://h%40i/",
        "http://h%3a80/",
        "http://h|i/",
        "http://h^i/",
        "http://h<i/",
        "http://[h]/",
        "http://[::1/",
        "http://::1/",
        "http://[::1%25eth0]/",
        "http://xn--/",
        "http://\u{ad}/",
        "http:///",
        "http://",
        "http:",
        "http://:80/",
        "http://?q",
        "http://me@/",
    ] {
        refused(url);
    }
}

/// Whom everybody takes for the host of a URL.
#[derive(Debug, PartialEq, Eq)]
struct Authority {
    request_host: String,
    host_header: String,
    asked_of_the_resolver: Option<String>,
    cookie_host: String,
    dialled: &'static str,
}

/// Opens a URL on an internet where `evil.test` is one server and every other name another.
fn authority(url: &str) -> Authority {
    struct Internet(u16, u16, Arc<Mutex<Option<String>>>);
    impl Resolver for Internet {
        fn resolve(&self, host: &str, _: u16) -> io::Result<Vec<SocketAddr>> {
            *self.2.lock().unwrap() = Some(host.to_owned());
            let port = if host.contains("evil") { self.1 } else { self.0 };
            Ok(vec![SocketAddr::from((Ipv4Addr::LOCALHOST, port))])
        }
    }
    let answer = || Server::start(|_| Reply::ok("").header("Set-Cookie", "a=b"));
    let (good, evil) = (answer(), answer());
    let asked = Arc::default();
    let resolver = Internet(good.port(), evil.port(), Arc::clone(&asked));
    let jar = CookieJar::new();
    let transport = UreqTransport::new().resolver(resolver);
    let opener = build_opener((HttpHandler::with_transport(transport), HttpCookieProcessor::new(&jar)));

    let port = good.port().to_string();
    let request = Request::new(&url.replace("PORT", &port)).unwrap_or_else(|error| panic!("{url}: {error}"));
    let request_host = request.host().to_owned();
    opener.open(request).unwrap_or_else(|error| panic!("{url}: {error}"));
    let (dialled, requests) = match (good.connections(), evil.connections()) {
        (1, 0) => ("good", good.requests()),
        (0, 1) => ("evil", evil.requests()),
        both => panic!("{url}: {both:?}"),
    };
    Authority {
        request_host,
        host_header: requests[0].header("Host").unwrap().replace(&format!(":{port}"), ""),
        asked_of_the_resolver: asked.lock().unwrap().clone(),
        cookie_host: jar.iter().map(|cookie| cookie.domain().to_owned()).collect(),
        dialled,
    }
}

#[test]
fn q7_everybody_means_the_same_host() {
    for (url, host) in [
        ("http://good.test/", "good.test"),
        ("http://GOOD.Test/", "good.test"),
        ("http://good.test#@evil.test/", "good.test"),
        ("http://good.test?@evil.test/", "good.test"),
        ("http://good.test/@evil.test/", "good.test"),
        ("http://good.test\\@evil.test/", "good.test"),
        ("http://good.test/\\@evil.test/", "good.test"),
        ("http:good.test/", "good.test"),
        ("http:\\\\good.test/", "good.test"),
        ("http:////good.test//@evil.test", "good.test"),
        ("http://a;b@good.test/", "good.test"),
        ("http://a:b@good.test:080/", "good.test"),
        ("http://evil.test@good.test/", "good.test"),
        ("http://evil.test:80@good.test/", "good.test"),
        ("http://evil.test%2f@good.test/", "good.test"),
        ("http://evil.test%40good.test@good.test/", "good.test"),
        ("http://a@evil.test@good.test/", "good.test"),
        ("http://@good.test/", "good.test"),
        ("http://good%2etest/", "good.test"),
        ("http://ｇｏｏｄ.test/", "good.test"),
        ("http://good。test/", "good.test"),
        ("http://go\u{ad}od.test/", "good.test"),
        ("http://bücher.test/", "xn--bcher-kva.test"),
        ("http://BÜCHER.test/", "xn--bcher-kva.test"),
        ("http://good_name.test/", "good_name.test"),
        ("http://good.test%2f@evil.test/", "evil.test"),
        ("http://good.test:80@evil.test/", "evil.test"),
    ] {
        let dialled = if host.contains("evil") { "evil" } else { "good" };
        let expected = Authority {
            request_host: host.to_owned(),
            host_header: host.to_owned(),
            asked_of_the_resolver: Some(host.to_owned()),
            cookie_host: host.to_owned(),
            dialled,
        };
        assert_eq!(authority(url), expected, "{url}");
    }
}

#[test]
fn an_address_that_is_none_says_what_to_write() {
    for (url, word) in [
        ("http://[fe80::1%25eth0]/", "zone"),
        ("http://[fe80::1%eth0]:8080/", "zone"),
        ("https://me:secret@[fe80::1%251]/a", "zone"),
        ("http://::1/", "[::1]"),
        ("http://2001:db8:0:0:0:0:0:1/", "[::1]"),
    ] {
        let error = Request::new(url).unwrap_err().to_string();
        assert!(error.contains(word) && !error.contains("secret"), "{url}: {error}");
    }
}

#[test]
fn q7_every_spelling_of_an_address_is_that_address() {
    for url in [
        "http://127.0.0.1:PORT/",
        "http://127.1:PORT/",
        "http://0x7f000001:PORT/",
        "http://2130706433:PORT/",
        "http://0177.0.0.1:PORT/",
        "http://127.0.0.1.:PORT/",
        "http://１２７.0.0.1:PORT/",
        "http://good.test@127.1:PORT/",
    ] {
        let address = "127.0.0.1".to_owned();
        let expected = Authority {
            request_host: address.clone(),
            host_header: address.clone(),
            asked_of_the_resolver: None,
            cookie_host: address,
            dialled: "good",
        };
        assert_eq!(authority(url), expected, "{url}");
    }
}

#[test]
fn q7_what_may_mean_two_hosts_is_refused() {
    for url in [
        "http://evil;good/",
        "http://good,evil/",
        "http://good'evil/",
        "http://good\"evil/",
        "http://good{evil}/",
        "http://good*evil/",
        "http://good!evil/",
        "http://good&evil/",
        "http://good=evil/",
        "http://good$evil/",
        "http://[1.2.3.4]/",
        "http://[::1%25.example.test]/",
        "http://h:99999/",
        "http://h:65536/",
        "http://h:-1/",
        "http://h:+80/",
        "http://h:0x50/",
        "http://h:80:80/",
        "http://h: 80/",
        "http://1.2.3.4.5/",
        "http://256.256.256.256/",
        "http://0x100000000/",
    ] {
        refused(url);
    }
    refused(&format!("http://{}h/", "@".repeat(64 * 1024)));
    refused(&format!("http://{}h/", "@".repeat(32 * 1024)));
}

#[test]
fn a_url_may_have_64_kib() {
    let of_length = |length: usize| format!("http://h/{}", "x".repeat(length - "http://h/".len()));
    let server = Server::start(|_| Reply::ok(""));
    opener_to(&server).open(of_length(Request::URL_LIMIT)).unwrap();
    assert_eq!(server.requests()[0].target().len(), Request::URL_LIMIT - "http://h".len());

    let too_long = of_length(Request::URL_LIMIT + 1);
    refused(&too_long);
    let parsed = url::Url::parse(&too_long).unwrap();
    assert!(matches!(parsed.into_request().unwrap_err().kind(), ErrorKind::InvalidUrl { .. }), "a Url too");
    refused(&format!("http://h/{}", "é".repeat(Request::URL_LIMIT / 4)));
    let error = Request::new(&too_long).unwrap_err().to_string();
    assert!(error.len() < 200, "the error does not repeat it: {error}");
}

#[test]
fn other_schemes_are_parsed_and_left_to_their_handlers() {
    for (url, scheme, host) in [
        ("foo:bar", "foo", ""),
        ("FILE:///etc/x", "file", ""),
        ("ftp://me@ftp.test/x", "ftp", "ftp.test"),
        ("data:,x", "data", ""),
    ] {
        let request = Request::new(url).unwrap();
        assert_eq!((request.scheme(), request.host()), (scheme, host), "{url}");
    }
    for url in ["", " ", "/path", "//h/path", "h/path", "1http://h/", "ht tp://h/", "://h/"] {
        refused(url);
    }
}

#[test]
fn a_host_is_no_longer_than_the_dns_has_names() {
    let label = |length: usize| "a".repeat(length);
    let name = |length: usize| format!("{}b", "a.".repeat(length / 2));
    for (says, host, fits) in [
        ("the longest name", name(253), true),
        ("with the dot that ends it", name(253) + ".", true),
        ("a longer one", name(255), false),
        ("much longer", name(20_001), false),
        ("the longest part", label(63) + ".test", true),
        ("at the end", "test.".to_owned() + &label(63), true),
        ("a longer part", label(64) + ".test", false),
        ("at the end", "test.".to_owned() + &label(64), false),
        ("a longer part of another alphabet", "ü".repeat(60) + ".test", false),
        ("an address is no name", "[1111:2222:3333:4444:5555:6666:7777:8888]".to_owned(), true),
    ] {
        let outcome = Request::new(&format!("http://{host}/"));
        assert_eq!(outcome.is_ok(), fits, "{says}: {outcome:?}");
        if let Err(error) = outcome {
            assert!(matches!(error.kind(), ErrorKind::InvalidUrl { .. }), "{says}");
            assert!(!fits && error.to_string().contains("ost"), "{says}: {error}");
        }
        let redirect = clientcookie::transport::ScriptedTransport::new()
            .reply(format!("HTTP/1.1 302 -\r\nLocation: http://{host}/\r\n\r\n"))
            .reply("HTTP/1.1 200 OK\r\n\r\n");
        let opener = build_opener(HttpHandler::with_transport(redirect));
        assert_eq!(opener.open("http://h.test/").is_ok(), fits, "{says}, from a server");
    }
}

#[test]
fn what_is_no_url_is_told_with_a_word_on_what_to_write() {
    const SCHEME: &str = "it has no scheme: write http://";
    const BRACKETS: &str = "an IPv6 address stands in brackets";
    const ZONE: &str = "its address names a zone";
    for (text, expected) in [
        ("example.com/x", Some(SCHEME)),
        ("", None),
        ("/x", None),
        ("?x", None),
        ("#x", None),
        ("./x", None),
        ("http://1:2:3:4:5:6:7:8/", Some(BRACKETS)),
        ("http://::1/", Some(BRACKETS)),
        ("http://1:2:3:4:5:6:7/", None),
        ("http://a::b.test/", None),
        ("http://[1::2::3]/", None),
        ("http://[fe80::1%25eth0]/", Some(ZONE)),
        ("http://[fe80::1%eth0]/", Some(ZONE)),
        ("http://[::1]%eth0/", None),
        ("http://[::x]/", None),
        ("http://a%zz.test/", None),
    ] {
        let error = Request::new(text).unwrap_err().to_string();
        let told = [SCHEME, BRACKETS, ZONE].into_iter().find(|words| error.contains(words));
        assert_eq!(told, expected, "{text:?}: {error}");
    }
}
