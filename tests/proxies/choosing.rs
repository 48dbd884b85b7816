//! Who decides which proxy a request takes: the caller, a handler, and each redirect anew.

use std::sync::Arc;

use clientcookie::transport::{Proxy, ScriptedTransport};
use clientcookie::{
    Handler, Headers, HttpHandler, HttpsHandler, IntoRequest, OpenerDirector, Parent, ProxyHandler, Request, Result,
    build_opener,
};

const OK: &str = "HTTP/1.1 200 OK\r\n\r\n";

fn handlers(script: &ScriptedTransport) -> (HttpHandler, HttpsHandler) {
    (HttpHandler::with_transport(script.clone()), HttpsHandler::with_transport(script.clone()))
}

fn opener(proxies: ProxyHandler, script: &ScriptedTransport) -> OpenerDirector {
    let (http, https) = handlers(script);
    build_opener((proxies, http, https))
}

/// For each request, the host of the proxy it went through, and what that was told of the user.
fn ways(script: &ScriptedTransport) -> String {
    let way = |proxy: Option<&Proxy>, told: Option<String>| match (proxy, told) {
        (None, None) => "direct".to_owned(),
        (Some(proxy), told) => format!("{}{}", proxy.url().host_str().unwrap(), told.unwrap_or_default()),
        (None, Some(told)) => panic!("without a proxy, {told} is told"),
    };
    let ways = script.requests().into_iter().map(|request| {
        let told = |headers: &Headers| headers.get_str("Proxy-Authorization").map(|told| format!(" {told}"));
        let tunnelled = request.url.scheme() == "https";
        assert!(!tunnelled || told(&request.headers).is_none(), "the server is told");
        way(request.proxy.as_ref(), told(if tunnelled { &request.connect_headers } else { &request.headers }))
    });
    ways.collect::<Vec<_>>().join(", ")
}

/// "me:A" and "me:B" in Base64.
const A: &str = "a.test Basic bWU6QQ==";
const B: &str = "b.test Basic bWU6Qg==";

#[test]
fn the_callers_word_goes_before_the_handlers() {
    let own = || Some(Proxy::new("own.test:1").unwrap());
    for (sentence, url, word, expected) in [
        ("the handler's", "http://x.test/", None, A),
        ("the other scheme's", "https://x.test/", None, B),
        ("no_proxy", "http://exempt.test/", None, "direct"),
        ("the caller's", "http://x.test/", Some(own()), "own.test"),
        ("the caller's, for a host of no_proxy", "http://exempt.test/", Some(own()), "own.test"),
        ("the caller's none", "http://x.test/", Some(None), "direct"),
    ] {
        let request = word.into_iter().fold(Request::get(url), |request, proxy: Option<Proxy>| request.proxy(proxy));
        let script = ScriptedTransport::new().reply(OK);
        let proxies = ProxyHandler::with_proxies([("http", "me:A@a.test"), ("https", "me:B@b.test")]);
        opener(proxies.no_proxy("exempt.test"), &script).open(request).unwrap();
        assert_eq!(ways(&script), expected, "{sentence}");
    }
}

#[test]
fn every_redirect_is_decided_about_anew() {
    let own = || Some(Proxy::new("me:A@a.test").unwrap());
    let from = |url: &str, proxy: Option<Option<Proxy>>| {
        let mut request = Request::new(url).unwrap();
        if let Some(proxy) = proxy {
            request.set_proxy(proxy);
        }
        request
    };
    for (sentence, request, location, expected) in [
        ("the same proxy", from("http://x.test/", None), "http://y.test/", [A, A].join(", ")),
        (
            "the other scheme's, with its own credentials",
            from("http://x.test/", None),
            "https://x.test/",
            [A, B].join(", "),
        ),
        ("and back", from("https://x.test/", None), "http://x.test/", [B, A].join(", ")),
        ("an exempt host", from("http://x.test/", None), "http://exempt.test/", [A, "direct"].join(", ")),
        ("an exempt host, by https", from("http://x.test/", None), "https://exempt.test/", [A, "direct"].join(", ")),
        ("from an exempt host", from("http://exempt.test/", None), "https://x.test/", ["direct", B].join(", ")),
        ("the caller's stays", from("http://x.test/", Some(own())), "https://exempt.test/", [A, A].join(", ")),
        ("the caller's none stays", from("http://x.test/", Some(None)), "https://x.test/", "direct, direct".to_owned()),
    ] {
        let script = ScriptedTransport::new()
            .reply(format!("HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"))
            .reply(OK);
        let proxies = ProxyHandler::with_proxies([("http", "me:A@a.test"), ("https", "me:B@b.test")]);
        opener(proxies.no_proxy("exempt.test"), &script).open(request).unwrap();
        assert_eq!(ways(&script), expected, "{sentence}");
    }
}

#[test]
fn credentials_of_ones_own_stay_with_the_request() {
    // One proxy with credentials in the URL and one without: a header of a handler's goes with one
    // request alone.
    struct Credentials;
    impl Handler for Credentials {
        fn http_request(&self, _: &dyn Parent, request: &mut Request) -> Result<()> {
            match request.proxy().is_some_and(|proxy| proxy.url().host_str() == Some("a.test")) {
                true => request.add_unredirected_header("Proxy-Authorization", "for a"),
                false => Ok(()),
            }
        }
    }
    let script = ScriptedTransport::new()
        .reply("HTTP/1.1 302 Found\r\nLocation: https://x.test/\r\nContent-Length: 0\r\n\r\n")
        .reply("HTTP/1.1 302 Found\r\nLocation: http://x.test/2\r\nContent-Length: 0\r\n\r\n")
        .reply(OK);
    let (http, https) = handlers(&script);
    let proxies = ProxyHandler::with_proxies([("http", "a.test"), ("https", "b.test")]);
    build_opener((proxies, Credentials, http, https)).open("http://x.test/").unwrap();
    assert_eq!(ways(&script), "a.test for a, b.test, a.test for a");
}

#[test]
fn a_proxy_that_is_none_keeps_the_request_at_home() {
    let script = ScriptedTransport::new().reply(OK).reply(OK).reply(OK);
    let opener = opener(ProxyHandler::with_proxies([("http", "gopher://x")]).no_proxy("exempt.test"), &script);
    let error = opener.open("http://x.test/").unwrap_err();
    assert!(
        error.to_string().starts_with("http://x.test/: the proxy failed: the proxy for http cannot be used"),
        "{error}"
    );
    assert_eq!(script.requests().len(), 0, "it does not go straight");
    opener.open("http://exempt.test/").unwrap();
    opener.open(Request::get("http://x.test/").proxy(None)).unwrap();
    opener.open(Request::get("http://x.test/").proxy(Proxy::new("own.test").unwrap())).unwrap();
    assert_eq!(ways(&script), "direct, direct, own.test", "who does without it does not mind");
}

#[test]
fn the_last_of_two_handlers_decides_where_it_has_a_proxy() {
    let script = ScriptedTransport::new().reply(OK).reply(OK);
    let (http, https) = handlers(&script);
    let first = ProxyHandler::with_proxies([("http", "first.test"), ("https", "first.test")]);
    let second = ProxyHandler::with_proxies([("https", "second.test")]);
    let opener = build_opener((first, Arc::new(second), http, https));
    opener.open("http://x.test/").unwrap();
    opener.open("https://x.test/").unwrap();
    assert_eq!(ways(&script), "first.test, second.test");
}

#[test]
fn a_request_says_what_it_knows_of_its_proxy() {
    let proxy = || Proxy::new("proxy.test").unwrap();
    let mut request = "https://x.test/".into_request().unwrap();
    assert_eq!((request.proxy(), request.has_own_proxy(), request.tunnel_target()), (None, false, None));
    request.set_unredirected_proxy(Some(proxy()));
    assert_eq!((request.proxy(), request.has_own_proxy()), (Some(&proxy()), false));
    assert_eq!(request.tunnel_target().as_deref(), Some("x.test:443"));
    assert_eq!(request.try_clone().unwrap().proxy(), None, "a handler decides about a copy anew");
    request.set_proxy(None);
    assert_eq!((request.proxy(), request.has_own_proxy(), request.tunnel_target()), (None, true, None));
    let plain = Request::get("http://x.test/").proxy(proxy()).build().unwrap();
    assert_eq!(plain.try_clone().unwrap().proxy(), Some(&proxy()), "the caller's is copied");
    assert_eq!(plain.tunnel_target(), None);
    let address = Request::get("https://[::1]:444/").proxy(proxy()).build().unwrap();
    assert_eq!(address.tunnel_target().as_deref(), Some("[::1]:444"));
}

#[cfg(feature = "socks")]
#[test]
fn behind_socks_a_server_is_asked_for_a_path() {
    let script = ScriptedTransport::new()
        .reply("HTTP/1.1 401 Who\r\nWWW-Authenticate: Digest realm=\"x\", nonce=\"n\", qop=\"auth\"\r\n\r\n")
        .reply(OK);
    let passwords = clientcookie::HttpPasswordMgr::new();
    passwords.add_password("x", "http://x.test/", "me", "secret").unwrap();
    let (http, https) = handlers(&script);
    let proxies = ProxyHandler::with_proxies([("http", "socks5h://proxy.test")]);
    let opener = build_opener((proxies, http, https, clientcookie::HttpDigestAuthHandler::new(passwords)));
    opener.open("http://x.test/page?q").unwrap();
    let said = script.requests()[1].headers.get_str("Authorization").unwrap().into_owned();
    assert!(said.contains("uri=\"/page?q\""), "{said}");
}

/// What stands in the environment of whoever runs this must not matter here.
#[test]
fn tests_and_examples_ask_no_proxy_of_this_machine() {
    let handler = ProxyHandler::new();
    for url in
        ["http://127.0.0.1/", "https://localhost/", "http://[::1]/", "https://a.test/", "http://www.example.com/"]
    {
        assert_eq!(handler.proxy(&url.parse().unwrap()).unwrap(), None, "{url}: see .cargo/config.toml");
    }
}
