//! Through a proxy: in absolute form for http; for https, see `tunnel`.

use super::outcome::{describe, outcome};
use crate::support::{Reply, Server};
use clientcookie::transport::Proxy;
use clientcookie::{Data, Request, RequestBuilder, build_opener};

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
