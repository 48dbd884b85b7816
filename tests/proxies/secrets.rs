//! What a proxy is told of the user, over real connections: neither the server nor another proxy
//! hears it.

use clientcookie::transport::{TlsSettings, UreqTransport};
use clientcookie::{
    CookieJar, HttpCookieProcessor, HttpProxyPasswordMgr, HttpsHandler, OpenerDirector, ProxyBasicAuthHandler,
    ProxyDigestAuthHandler, ProxyHandler, build_opener,
};

use crate::support::{Reply, Server, fixture};
use crate::transport::tunnel::{Tunnels, YES};

fn opener(proxies: ProxyHandler) -> OpenerDirector {
    let tls = TlsSettings::new().ca_file(fixture("ca.pem")).unwrap();
    build_opener((proxies, HttpsHandler::with_transport(UreqTransport::new().tls(tls))))
}

fn with_user(server: &Server, user: &str) -> String {
    server.url("").replace("http://", &format!("http://{user}@"))
}

/// "me:A" and "me:B" in Base64.
const A: &str = "Basic bWU6QQ==";
const B: &str = "Basic bWU6Qg==";

#[test]
fn a_redirect_to_https_tells_each_proxy_its_own() {
    let origin = Server::start_tls("localhost", |_| Reply::ok("done"));
    let target = origin.url("/end");
    let a = Server::start(move |_| Reply::redirect(302, &target));
    let b = Tunnels::start(YES);
    let port = b.proxy("").url().port().unwrap();
    for (sentence, https, expected) in [
        ("credentials of its own", format!("http://me:B@127.0.0.1:{port}"), Some(B)),
        ("none", format!("127.0.0.1:{port}"), None),
    ] {
        let proxies = ProxyHandler::with_proxies([("http", with_user(&a, "me:A")), ("https", https)]);
        let mut response = opener(proxies).open("http://a.test/start").unwrap();
        assert_eq!(response.text().unwrap(), "done", "{sentence}");
        let connect = b.heads().pop().unwrap();
        let told = connect.lines().find_map(|line| line.strip_prefix("Proxy-Authorization: "));
        assert_eq!(told, expected, "{sentence}: {connect}");
        assert!(!connect.contains(A), "{sentence}: {connect}");
        assert_eq!(a.requests().pop().unwrap().header("Proxy-Authorization").as_deref(), Some(A));
    }
    for request in origin.requests() {
        assert!(!request.head.to_lowercase().contains("proxy-auth"), "{}", request.head);
        assert!(request.head.starts_with("GET /end HTTP/1.1\r\n"), "{}", request.head);
    }
}

#[test]
fn an_exempt_host_hears_of_no_proxy() {
    let exempt = Server::start(|_| Reply::ok("done"));
    let target = exempt.url_for("localhost", "/end");
    let proxy = Server::start(move |_| Reply::redirect(302, &target));
    let proxies = ProxyHandler::with_proxies([("http", with_user(&proxy, "me:A"))]).no_proxy("localhost");
    let jar = CookieJar::new();
    let opener = build_opener((proxies, HttpCookieProcessor::new(&jar)));
    assert_eq!(opener.open("http://a.test/start").unwrap().text().unwrap(), "done");
    let heard = &exempt.requests()[0];
    assert!(heard.head.starts_with("GET /end HTTP/1.1\r\n"), "{}", heard.head);
    assert_eq!(heard.header("Proxy-Authorization"), None);
    assert_eq!(proxy.requests()[0].header("Proxy-Authorization").as_deref(), Some(A));
}

/// The default handlers do.
#[test]
fn a_password_in_the_proxys_url_answers_digest_too() {
    const DIGEST: &str = "Digest realm=\"x\", nonce=\"n\", qop=\"auth\"";
    let origin = Server::start_tls("localhost", |request| Reply::ok(request.target()));
    let plain = Server::start(|request| {
        let is_answer = |told: String| told.starts_with("Digest username=\"me\", ");
        match request.header("Proxy-Authorization").is_some_and(is_answer) {
            true => Reply::ok(request.target()),
            false => Reply::status(407, "Who").header("Proxy-Authenticate", DIGEST),
        }
    });
    let tunnels = Tunnels::wanting(
        "Proxy-Authorization: Digest username=\"me\", ",
        "HTTP/1.1 407 Who\r\nProxy-Authenticate: Digest realm=\"x\", nonce=\"n\", qop=\"auth\"\r\nContent-Length: 0\r\n\r\n",
    );
    let https = format!("http://me:secret@127.0.0.1:{}", tunnels.proxy("").url().port().unwrap());
    let opener = opener(ProxyHandler::with_proxies([("http", with_user(&plain, "me:secret")), ("https", https)]));
    assert_eq!(opener.open("http://a.test/1").unwrap().text().unwrap(), "http://a.test/1");
    assert_eq!(opener.open(origin.url("/2")).unwrap().text().unwrap(), "/2");
    assert_eq!((plain.requests().len(), tunnels.heads().len()), (2, 2), "asked once each");
    for request in origin.requests() {
        assert!(!request.head.to_lowercase().contains("authorization"), "{}", request.head);
    }

    let wrong = Server::start(|_| Reply::status(407, "Who").header("Proxy-Authenticate", DIGEST));
    for (says, user, requests) in [("a password is tried once", "me:wrong", 2), ("without one nothing is", "me", 1)] {
        let before = wrong.requests().len();
        let error =
            self::opener(ProxyHandler::with_proxies([("http", with_user(&wrong, user))])).open("http://a.test/");
        assert_eq!(error.unwrap_err().into_http_error().unwrap().status(), 407, "{says}");
        assert_eq!(wrong.requests().len() - before, requests, "{says}");
    }
}

#[test]
fn a_challenge_to_connect_is_answered_by_the_handlers_for_it() {
    let origin = Server::start_tls("localhost", |request| Reply::ok(request.target()));
    let target = format!("localhost:{}", origin.port());
    for (challenge, scheme) in [
        (
            "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 4\r\n\r\nwho?",
            "Basic bWU6c2VjcmV0",
        ),
        ("HTTP/1.1 407 Who\r\nProxy-Authenticate: Digest realm=\"x\", nonce=\"n\", qop=\"auth\"\r\n\r\n", "Digest "),
    ] {
        let proxy = Tunnels::asking(challenge);
        let passwords = || {
            let passwords = HttpProxyPasswordMgr::new();
            passwords.add_password(None, proxy.proxy("").url().as_str(), "me", "secret").unwrap();
            passwords
        };
        let tls = TlsSettings::new().ca_file(fixture("ca.pem")).unwrap();
        let opener = build_opener((
            ProxyHandler::with_proxies([("https", proxy.proxy("").url())]),
            HttpsHandler::with_transport(UreqTransport::new().tls(tls)),
            ProxyBasicAuthHandler::new(passwords()),
            ProxyDigestAuthHandler::new(passwords()),
        ));
        for path in ["/1", "/2"] {
            assert_eq!(opener.open(origin.url(path)).unwrap().text().unwrap(), path, "{challenge}");
        }
        let heads = proxy.heads();
        assert!(!heads[0].contains("Proxy-Authorization"), "{}", heads[0]);
        assert!(heads[1].contains(&format!("\r\nProxy-Authorization: {scheme}")), "{}", heads[1]);
        if scheme == "Digest " {
            assert!(heads[1].contains(&format!("uri=\"{target}\"")), "it is about the tunnel: {}", heads[1]);
        }
    }
    for request in origin.requests() {
        assert!(!request.head.to_lowercase().contains("proxy-auth"), "{}", request.head);
    }
}
