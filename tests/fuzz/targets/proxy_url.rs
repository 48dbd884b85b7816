//! Any text as the URL of a proxy: what is accepted is a host and a port, says the same again, and
//! shows no password; and so for the environment's variables.

use clientcookie::ProxyHandler;
use clientcookie::transport::Proxy;
use url::Url;

pub fn run(bytes: &[u8]) {
    let mut text = String::from_utf8_lossy(bytes).into_owned();
    // The password is nowhere else, nor what is left when it is taken out of its own middle; a host
    // has no capitals.
    while text.contains("PA55WORD") {
        text = text.replace("PA55WORD", "");
    }
    let text = text.as_str();
    check(text);
    let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
    check(&format!("{scheme}://u:PA55WORD@{rest}"));
}

fn check(text: &str) {
    match Proxy::new(text) {
        Ok(proxy) => {
            let url = proxy.url();
            assert!(url.username().is_empty() && url.password().is_none());
            assert!(url.host_str().is_some_and(|host| !host.is_empty()), "{text}");
            assert!(!url.as_str().contains(char::is_control));
            if text.contains(":PA55WORD@") {
                assert!(!format!("{proxy:?} {url}").contains("PA55WORD"), "{proxy:?}");
            }
            let again = Proxy::new(url.as_str()).expect("a proxy's URL is one");
            assert_eq!(again.url(), url);
        }
        Err(error) if text.contains(":PA55WORD@") => {
            assert!(!format!("{error} {error:?}").contains("PA55WORD"), "{error:?}");
        }
        Err(_) => {}
    }
    // As the environment gives it.
    let handler = ProxyHandler::from_env_with(|name| (name == "http_proxy").then(|| text.to_owned()));
    let asked = handler.proxy(&Url::parse("http://example.com/").expect("a URL"));
    match (Proxy::new(text), asked) {
        (Ok(proxy), Ok(Some(asked))) => assert_eq!(proxy, asked),
        (Ok(proxy), other) => panic!("{proxy:?} is {other:?}"),
        (Err(_), Ok(Some(proxy))) => panic!("{proxy:?} of what is none"),
        (Err(_), Ok(None)) => assert!(text.trim().is_empty()),
        (Err(_), Err(error)) => assert!(!text.contains(":PA55WORD@") || !error.to_string().contains("PA55WORD")),
    }
}
