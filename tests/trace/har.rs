//! The HAR file.

use clientcookie::*;
use serde_json::Value;

use super::traced;

const LOGIN: &str = "HTTP/1.1 302 Found\r\nLocation: /home\r\nContent-Length: 0\r\n\
                     Set-Cookie: sid=31d4; Path=/; HttpOnly; Expires=Wed, 09 Jun 2100 10:18:14 GMT\r\n\r\n";
const HOME: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: image/x\r\nContent-Length: 3\r\n\r\n\xff\xfe\x00";

fn har() -> Value {
    let transport = transport::ScriptedTransport::new().reply(LOGIN).reply(HOME);
    let mut opener = build_opener((HttpHandler::with_transport(transport), ProxyHandler::without_proxies()));
    let trace = traced(&mut opener);
    let mut response = opener.open("http://www.example.com/login?a=1&b=%20").unwrap();
    std::io::copy(&mut response, &mut std::io::sink()).unwrap();
    let _ = opener.open("http://www.example.com/gone");
    serde_json::from_str(&trace.har()).unwrap()
}

#[test]
fn it_says_what_a_browser_would_say() {
    let har = har();
    for (path, expected) in [
        ("/log/version", "\"1.2\""),
        ("/log/entries/0/request/method", "\"GET\""),
        ("/log/entries/0/request/queryString", r#"[{"name":"a","value":"1"},{"name":"b","value":" "}]"#),
        ("/log/entries/0/request/bodySize", "0"),
        ("/log/entries/0/response/status", "302"),
        ("/log/entries/0/response/redirectURL", "\"/home\""),
        ("/log/entries/0/response/cookies/0/value", "\"***\""),
        ("/log/entries/0/response/cookies/0/httpOnly", "true"),
        ("/log/entries/0/response/cookies/0/expires", "\"2100-06-09T10:18:14Z\""),
        ("/log/entries/0/_clientcookie/exchange", "1"),
        ("/log/entries/0/timings/dns", "-1.0"),
        ("/log/entries/1/request/cookies/0", r#"{"name":"sid","value":"***"}"#),
        ("/log/entries/1/response/content/encoding", "\"base64\""),
        ("/log/entries/1/response/content/text", "\"//4A\""),
        ("/log/entries/1/response/bodySize", "3"),
        ("/log/entries/1/_clientcookie/parent", "1"),
        ("/log/entries/2/response/status", "0"),
    ] {
        let found = har.pointer(path).unwrap_or_else(|| panic!("{path} is not in {har:#}"));
        assert_eq!(found.to_string(), expected, "{path}");
    }
    let error = har.pointer("/log/entries/2/response/_error").unwrap().as_str().unwrap();
    assert!(error.starts_with("http://www.example.com/gone: "), "{error}");
    assert!(!har.to_string().contains("31d4"), "secrets stay at home");
}
