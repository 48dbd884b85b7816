//! What is read of an entry's answer.

use std::io::Read;

use clientcookie::replay::ReplayTransport;
use clientcookie::*;

/// The status and the body of this entry's answer, or what went wrong.
fn replayed(response: &str) -> String {
    let har = format!(
        r#"{{"log": {{"entries": [{{"request": {{"method": "GET", "url": "http://h.test/"}}, "response": {response}}}]}}}}"#
    );
    let mut opener = OpenerDirector::new();
    opener.add_handler(HttpHandler::with_transport(ReplayTransport::read(har.as_bytes()).unwrap()));
    let read = || {
        let mut response = opener.open("http://h.test/")?;
        let mut body = Vec::new();
        response.read_to_end(&mut body).map_err(Error::from)?;
        Ok::<_, Error>(format!("{} {}", response.status().as_u16(), body.escape_ascii()))
    };
    read().unwrap_or_else(|error| error.to_string())
}

#[test]
fn an_answer_is_what_the_server_sent_or_a_reason() {
    let length = |length: &str| format!(r#"[{{"name": "Content-Length", "value": "{length}"}}]"#);
    for (says, response, expected) in [
        ("all there is", r#"{"status": 200, "content": {"text": "a"}}"#.to_owned(), "200 a"),
        (
            "base64 on several lines",
            r#"{"status": 200, "content": {"text": "/w\r\nA=\n", "encoding": "base64"}}"#.into(),
            "200 \\xff\\x00",
        ),
        ("none", r#"{"status": 200, "content": {"text": "%", "encoding": "base64"}}"#.into(), "its body is no base64"),
        ("not recorded", r#"{"status": 200, "content": {"size": 3.0}}"#.into(), "its body was not recorded"),
        ("beside it", r#"{"status": 200, "content": {"_file": "/etc/passwd"}}"#.into(), "its body is in another file"),
        ("no HTTP", r#"{"status": 101, "content": {}}"#.into(), "its answer was no HTTP any more (status 101)"),
        (
            "Playwright's failure",
            r#"{"status": -1, "statusText": "", "_failureText": "refused"}"#.into(),
            "recorded: refused",
        ),
        ("a failure of nobody's", r#"{"status": 0, "_error": null}"#.into(), "recorded: no reason is given"),
        ("nothing at all", "{}".into(), "recorded: no reason is given"),
        (
            "what the browser had",
            r#"{"status": 304, "content": {"text": "a", "mimeType": "text/plain"}}"#.into(),
            "200 a",
        ),
        ("what it had not", r#"{"status": 304, "content": {"text": ""}}"#.into(), "304 "),
        (
            "cut off",
            format!(r#"{{"status": 200, "headers": {}, "content": {{"size": 3, "text": "abc"}}}}"#, length("7")),
            "3 of 7 bytes",
        ),
        (
            "a byte order mark is not missed",
            format!(r#"{{"status": 200, "headers": {}, "content": {{"size": 3, "text": "abc"}}}}"#, length("6")),
            "200 abc",
        ),
        (
            "all came, and was another length before it was decoded",
            format!(r#"{{"status": 200, "headers": {}, "content": {{"size": 8, "text": "abc"}}}}"#, length("8")),
            "200 abc",
        ),
        (
            "a length that is none",
            format!(r#"{{"status": 200, "headers": {}, "content": {{"size": 3, "text": "abc"}}}}"#, length("x")),
            "200 abc",
        ),
    ] {
        let said = replayed(&response);
        assert!(said.ends_with(expected) || !said.starts_with("200") && said.contains(expected), "{says}: {said}");
    }
}
