//! The HAR file.

use std::process::{Command, Stdio};
use std::{env, fs};

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

/// Reads a HAR and says how many entries it has, and of each the method, the status and the type.
const HARALYZER: &str = "import sys, json
from haralyzer import HarParser
har = HarParser(json.load(open(sys.argv[1])))
for entry in har.har_data['entries']:
    print(entry['request']['method'], entry['response']['status'], entry['response']['content']['mimeType'])
";

const VALIDATOR: &str = "require('har-validator').har(JSON.parse(require('fs').readFileSync(process.argv[1])))
  .then(() => console.log('valid'), (error) => console.log(JSON.stringify(error.errors)))";

/// What this program says, or nothing and a word of why if it is not there.
fn said(program: &str, probe: &[&str], arguments: &[&str], what: &str) -> Option<String> {
    let is_there =
        Command::new(program).args(probe).stderr(Stdio::null()).status().is_ok_and(|status| status.success());
    if !is_there {
        println!("skipped: {program} does not find {what}");
        return None;
    }
    let output = Command::new(program).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap())
}

/// Whether the schema has nothing against this file, as far as somebody is here to say.
pub fn assert_valid(path: &str) {
    if let Some(said) = said("node", &["-e", "require('har-validator')"], &["-e", VALIDATOR, path], "har-validator") {
        assert_eq!(said, "valid\n");
    }
}

#[test]
fn others_read_it() {
    let file = env::temp_dir().join(format!("clientcookie-trace-{}.har", std::process::id()));
    fs::write(&file, har().to_string()).unwrap();
    let path = file.to_str().unwrap();
    assert_valid(path);
    if let Some(said) = said("python3", &["-c", "import haralyzer"], &["-c", HARALYZER, path], "haralyzer") {
        assert_eq!(said, "GET 302 x-unknown\nGET 200 image/x\nGET 0 x-unknown\n");
    }
    fs::remove_file(&file).unwrap();
}
