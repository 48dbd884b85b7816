//! Through a proxy: in absolute form for http; for https, see `tunnel`.

use super::outcome::{describe, outcome};
#[cfg(feature = "tls")]
use super::tunnel::{Tunnels, YES};
use crate::support::Connection;
use crate::support::{Reply, Server};
use clientcookie::transport::{FixedResolver, Proxy, UreqTransport};
use clientcookie::{Data, HttpHandler, HttpsHandler, ProxyHandler, Request, RequestBuilder, build_opener};
use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

fn through(server: &Server, userinfo: &str, url: &str) -> RequestBuilder {
    let proxy = Proxy::new(&format!("http://{userinfo}127.0.0.1:{}", server.port())).unwrap();
    Request::get(url).proxy(proxy)
}

#[test]
fn plain_requests_name_the_whole_url() {
    let proxy = Server::start(|request| Reply::ok(request.target()));
    let opener = build_opener(());
    for (url, target) in [
        ("http://one.test/a?b=c#d", "http://one.test/a?b=c"),
        ("http://two.test", "http://two.test/"),
        ("http://two.test:8080/x y", "http://two.test:8080/x%20y"),
        ("http://[::1]:81/", "http://[::1]:81/"),
    ] {
        assert_eq!(outcome(&opener, through(&proxy, "", url)), target);
        let host = target.split('/').nth(2).unwrap();
        assert_eq!(proxy.requests().pop().unwrap().header("Host").as_deref(), Some(host));
    }
    for data in [Data::from("a=1"), Data::reader(&b"b=2"[..])] {
        let post = through(&proxy, "", "http://three.test/form").data(data);
        assert_eq!(outcome(&opener, post), "http://three.test/form");
    }
    let bodies: Vec<_> =
        proxy.requests().into_iter().map(|request| request.body).filter(|body| !body.is_empty()).collect();
    assert_eq!(bodies, [b"a=1", b"b=2"]);
    assert_eq!(proxy.connections(), 1, "one connection for all hosts behind a proxy");
}

#[test]
fn credentials_go_to_the_proxy_and_nowhere_else() {
    let proxy = Server::start(|request| Reply::ok(request.target()));
    let server = Server::start(|request| Reply::ok(request.target()));
    let opener = build_opener(());
    // "me:p@ss" in Base64.
    let credentials = Some("Basic bWU6cEBzcw==".to_owned());
    outcome(&opener, through(&proxy, "me:p%40ss@", "http://one.test/"));
    let sent = proxy.requests().pop().unwrap();
    assert_eq!(sent.header("Proxy-Authorization"), credentials);
    assert_eq!(sent.header("Authorization"), None);
    assert!(!sent.head.contains("me:"), "{}", sent.head);

    outcome(&opener, through(&proxy, "me:p%40ss@", "http://one.test/").header("Proxy-Authorization", "Basic eDp5"));
    assert_eq!(proxy.requests()[1].header_count("Proxy-Authorization"), 1);
    assert_eq!(proxy.requests()[1].header("Proxy-Authorization"), credentials, "the proxy's own go before others");
    outcome(&opener, through(&proxy, "", "http://one.test/").header("Proxy-Authorization", "Basic eDp5"));
    assert_eq!(proxy.requests()[2].header("Proxy-Authorization").as_deref(), Some("Basic eDp5"));

    outcome(&opener, Request::get(server.url("/")).header("Proxy-Authorization", "Basic eDp5"));
    assert_eq!(server.requests()[0].header("Proxy-Authorization"), None, "without a proxy there is nobody to tell");
    assert_eq!(server.requests()[0].target(), "/");
}

#[test]
fn a_proxys_own_answer_is_an_answer() {
    let proxy = Server::start(|_| Reply::status(407, "Who Are You").header("Proxy-Authenticate", "Basic realm=\"x\""));
    let error = build_opener(()).open(through(&proxy, "", "http://one.test/")).unwrap_err();
    assert_eq!(describe(&error), "Http 407");
    assert_eq!(error.url(), Some("http://one.test/"));
}

/// q21
#[test]
fn a_connection_to_a_proxy_serves_that_proxy_alone() {
    let one = Server::start(|_| Reply::ok("one"));
    let two = Server::start(|_| Reply::ok("two"));
    let opener = build_opener(());
    let url = two.url("/");
    for _ in 0..2 {
        assert_eq!(outcome(&opener, through(&one, "", &url)), "one");
        assert_eq!(outcome(&opener, url.as_str()), "two");
    }
    assert_eq!(two.requests()[0].target(), "/", "not in absolute form");
}

/// What a proxy does that serves nobody.
type Deed = fn(&mut Connection) -> io::Result<()>;

#[test]
fn a_failure_of_the_proxy_is_told_as_its_own() {
    let silent: Deed = |connection| {
        connection.read_request()?;
        // Until the client has had enough.
        connection.read_exact(&mut [0])
    };
    let closes: Deed = |connection| connection.read_request().map(drop);
    let ssh: Deed = |connection| connection.write_all(b"SSH-2.0-OpenSSH_9.2\r\n");
    let plain: Deed = |connection| {
        connection.read_exact(&mut [0])?;
        connection.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    };
    // For http, and for https, whose TLS is not begun; PROXY and URL stand for the two.
    let rows: [(&str, &str, Deed, &str, &str); 5] = [
        (
            "it says nothing",
            "http",
            silent,
            "timed out while waiting for the head of the answer, through the proxy PROXY, asked for URL",
            "timed out while connecting to the proxy PROXY, asked for URL",
        ),
        (
            "it hangs up",
            "http",
            closes,
            "the proxy PROXY closed the connection without an answer, asked for URL",
            "the proxy PROXY failed, asked for URL: it closed the connection without an answer to CONNECT",
        ),
        (
            "it is none",
            "http",
            ssh,
            "no answer through the proxy PROXY, asked for URL: the answer cannot be trusted: ",
            "the proxy PROXY failed, asked for URL: its answer to CONNECT: ",
        ),
        (
            "it speaks no TLS",
            "https",
            plain,
            "TLS with the proxy PROXY failed, asked for URL: ",
            "TLS with the proxy PROXY failed, asked for URL: ",
        ),
        (
            "it says nothing where TLS should begin",
            "https",
            silent,
            "timed out while connecting to the proxy PROXY, asked for URL",
            "timed out while connecting to the proxy PROXY, asked for URL",
        ),
    ];
    for (says, scheme, deed, of_http, of_https) in rows {
        let server = Server::raw(move |_, connection| deed(connection));
        let authority = format!("127.0.0.1:{}", server.port());
        let proxy = Proxy::new(&format!("{scheme}://me:secret@{authority}")).unwrap();
        for (url, expected) in [("http://one.test/", of_http), ("https://one.test/", of_https)] {
            if cfg!(not(feature = "tls")) && (scheme == "https" || url.starts_with("https")) {
                continue;
            }
            let request = Request::get(url).proxy(proxy.clone()).timeouts(Duration::from_millis(100));
            let error = build_opener(()).open(request).unwrap_err();
            let expected = expected.replace("PROXY", &authority).replace("URL", url);
            assert!(error.to_string().starts_with(&expected), "{says}: {error}");
            assert_eq!(error.proxy(), Some(authority.as_str()), "{says}");
            assert!(!error.to_string().contains("secret"), "{says}: {error}");
        }
    }
}

#[test]
fn a_proxy_that_has_no_address_is_named() {
    for url in ["http://one.test/", "https://one.test/"] {
        let resolver = FixedResolver::new().host("proxy.test", 3128, Vec::<SocketAddr>::new());
        let transport = Arc::new(UreqTransport::new().resolver(resolver));
        let opener = build_opener((
            HttpHandler::with_transport(Arc::clone(&transport)),
            HttpsHandler::with_transport(transport),
            ProxyHandler::with_proxies([("all", "proxy.test:3128")]),
        ));
        let error = opener.open(url).unwrap_err();
        if describe(&error) == "Tls" && cfg!(not(feature = "tls")) {
            continue;
        }
        let expected = format!("the proxy proxy.test:3128 has no address, asked for {url}: ");
        assert!(error.to_string().starts_with(&expected), "{error}");
        assert_eq!((describe(&error).as_str(), error.proxy()), ("Resolve", Some("proxy.test:3128")));
    }
}

#[cfg(feature = "tls")]
#[test]
fn what_the_server_behind_it_does_is_not_the_proxys_failure() {
    let proxy = Tunnels::start(YES);
    let server = Server::start_tls("localhost", |_| Reply::ok("never"));
    let error = build_opener(()).open(Request::get(server.url("/")).proxy(proxy.proxy(""))).unwrap_err();
    assert_eq!((describe(&error).as_str(), error.proxy()), ("Tls", None), "its certificate: {error}");
    let error = build_opener(()).open("http://127.0.0.2:1/").unwrap_err();
    assert_eq!((describe(&error).as_str(), error.proxy()), ("Connect", None), "no proxy at all: {error}");
}

#[test]
fn a_proxy_that_is_not_there() {
    let server = Server::start(|_| Reply::ok("direct"));
    let opener = build_opener(());
    let nobody = Proxy::new(&format!("http://127.0.0.2:{}", server.port())).unwrap();
    for url in ["http://one.test/", "https://one.test/"] {
        let came = outcome(&opener, Request::get(url).proxy(nobody.clone()));
        assert!(came == "Connect" || (came == "Tls" && cfg!(not(feature = "tls"))), "{url}: {came}");
    }
    assert_eq!(outcome(&opener, server.url("/").as_str()), "direct");
}
