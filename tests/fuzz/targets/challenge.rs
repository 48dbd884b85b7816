//! Any bytes as the challenges of a server and of a proxy: an answer is a header, few are tried,
//! the password goes to whom it is for and is not told where Digest proves it.

use clientcookie::transport::{Proxy, ScriptedTransport};
use clientcookie::{
    HttpBasicAuthHandler, HttpDigestAuthHandler, HttpHandler, HttpPasswordMgrWithDefaultRealm, HttpProxyPasswordMgr,
    ProxyBasicAuthHandler, ProxyDigestAuthHandler, Request, build_opener,
};

const PASSWORD: &str = "pa55word";
const BASIC: &str = "Basic bWU6cGE1NXdvcmQ=";

/// One exchange may bring so many: the first, and three for each who asks.
const MOST_REQUESTS: usize = 7;

pub fn run(bytes: &[u8]) {
    let mut transport = ScriptedTransport::new();
    // A line for each answer: the first byte says who asks.
    for line in bytes.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()).take(2 * MOST_REQUESTS) {
        let head: &[u8] = match line[0] % 2 {
            0 => b"HTTP/1.1 401 Who\r\nWWW-Authenticate: ",
            _ => b"HTTP/1.1 407 Who\r\nProxy-Authenticate: ",
        };
        transport = transport.reply([head, &line[1..], b"\r\nContent-Length: 0\r\n\r\n"].concat());
    }
    for with_proxy in [false, true] {
        let transport = transport.clone();
        let server = HttpPasswordMgrWithDefaultRealm::new();
        server.add_password(None, "http://example.com/", "me", PASSWORD).expect("a URL");
        let proxy = HttpProxyPasswordMgr::new();
        proxy.add_password(None, "proxy.test:3128", "me", PASSWORD).expect("a URL");
        let (server, proxy) = (std::sync::Arc::new(server), std::sync::Arc::new(proxy));
        let opener = build_opener((
            HttpBasicAuthHandler::new(server.clone()),
            HttpDigestAuthHandler::new(server),
            ProxyBasicAuthHandler::new(proxy.clone()),
            ProxyDigestAuthHandler::new(proxy),
            HttpHandler::with_transport(transport.clone()),
        ));
        let mut request = Request::new("http://example.com/").expect("a URL");
        request.set_proxy(with_proxy.then(|| Proxy::new("proxy.test:3128").expect("a proxy")));
        let before = transport.requests().len();
        let said = opener.open(request).map_or_else(|error| error.to_string(), |response| format!("{response:?}"));
        assert!(!said.contains(PASSWORD), "{said}");
        let requests = transport.requests();
        assert!(requests.len() - before <= MOST_REQUESTS, "{}", requests.len() - before);
        for request in &requests[before..] {
            check(&request.headers, with_proxy);
        }
    }
}

fn check(headers: &clientcookie::Headers, with_proxy: bool) {
    for name in ["Authorization", "Proxy-Authorization"] {
        let Some(value) = headers.get_str(name) else {
            continue;
        };
        assert!(with_proxy || name == "Authorization", "a password for a proxy, and there is none");
        match value.starts_with("Digest ") {
            true => assert!(!value.contains(PASSWORD), "{value}"),
            false => assert_eq!(value, BASIC),
        }
    }
}
