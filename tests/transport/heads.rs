//! Both heads, byte for byte.

use crate::support::{Reply, Server};
use clientcookie::{Data, OpenerDirector, Request, RequestBuilder, build_opener};

/// A response's reason and headers in one line.
fn seen(head: &[u8]) -> String {
    let head = head.to_vec();
    let server = Server::start(move |_| Reply::raw(&head));
    let response = build_opener(()).open(server.url("/").as_str()).unwrap();
    let headers: Vec<String> = response
        .headers()
        .iter()
        .map(|(name, value)| format!("{name}={}", value.as_bytes().iter().copied().map(char::from).collect::<String>()))
        .collect();
    format!("{} {:?} {}", response.status().as_u16(), response.reason(), headers.join("|"))
}

#[test]
fn a_response_is_seen_as_it_was_sent() {
    let many: String = (0..256).map(|number| format!("A{number}: {number}\r\n")).collect();
    let seen_many: Vec<String> = (0..256).map(|number| format!("A{number}={number}")).collect();
    let long = "x".repeat(60_000);
    for (sentence, head, expected) in [
        ("reason phrase", "HTTP/1.1 203 Fine By Me\r\n\r\n", r#"203 "Fine By Me" "#.to_owned()),
        ("no reason phrase", "HTTP/1.1 203\r\n\r\n", r#"203 "" "#.to_owned()),
        ("a status nobody knows", "HTTP/1.1 299 Odd\r\n\r\n", r#"299 "Odd" "#.to_owned()),
        (
            "order, spelling and repetition",
            "HTTP/1.1 200 OK\r\nz-Last: 1\r\nSET-COOKIE: a=1\r\nb:2\r\nSet-Cookie: b=2\r\nB:\t 3 \t\r\n\r\n",
            r#"200 "OK" z-Last=1|SET-COOKIE=a=1|b=2|Set-Cookie=b=2|B=3"#.to_owned(),
        ),
        (
            "a folded line",
            "HTTP/1.1 200 OK\r\nA: 1\r\n  2\r\n\t3\r\nB: 4\r\n\r\n",
            r#"200 "OK" A=1 2 3|B=4"#.to_owned(),
        ),
        ("an empty value", "HTTP/1.1 200 OK\r\nA:\r\nB: \r\n\r\n", r#"200 "OK" A=|B="#.to_owned()),
        ("a line that is no header", "HTTP/1.1 200 OK\r\nnonsense\r\nA: 1\r\n\r\n", r#"200 "OK" A=1"#.to_owned()),
        (
            "framing is shown as well",
            "HTTP/1.1 200 OK\r\ncontent-LENGTH: 0\r\nConnection: close\r\nContent-Encoding: gzip\r\n\r\n",
            r#"200 "OK" content-LENGTH=0|Connection=close|Content-Encoding=gzip"#.to_owned(),
        ),
        ("many headers", &format!("HTTP/1.1 200 OK\r\n{many}\r\n"), format!(r#"200 "OK" {}"#, seen_many.join("|"))),
        ("a long header", &format!("HTTP/1.1 200 OK\r\nA: {long}\r\n\r\n"), format!(r#"200 "OK" A={long}"#)),
    ] {
        assert_eq!(seen(head.as_bytes()), expected, "{sentence}");
    }
    assert_eq!(seen(b"HTTP/1.1 200 caf\xe9\r\nA: \xe9\xff\r\n\r\n"), "200 \"caf\u{e9}\" A=\u{e9}\u{ff}", "Latin-1");
}

#[test]
fn a_request_is_sent_as_it_was_made() {
    let server = Server::start(|_| Reply::ok(""));
    let host = format!("127.0.0.1:{}", server.port());
    let agent = OpenerDirector::USER_AGENT;
    let get = || Request::get(server.url("/p?q=1#f"));
    let post = |data: Data| Request::post(server.url("/p"), data);
    let rows: Vec<(&str, RequestBuilder, String)> = vec![
        ("the least", get(), format!("GET /p?q=1 HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {agent}\r\n\r\n")),
        (
            "order, spelling and repetition",
            get().header("x-B", "2").header("ACCEPT", "*/*").header("X-b", "3").header("user-agent", "me"),
            format!("GET /p?q=1 HTTP/1.1\r\nHost: {host}\r\nx-B: 2\r\nACCEPT: */*\r\nX-b: 3\r\nuser-agent: me\r\n\r\n"),
        ),
        (
            "what ureq would add or change on its own",
            get().method("POST").header("Accept-Encoding", "gzip").header("Expect", "100-continue"),
            format!(
                "POST /p?q=1 HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: gzip\r\nExpect: 100-continue\r\n\
                 Content-Length: 0\r\nUser-Agent: {agent}\r\n\r\n"
            ),
        ),
        (
            "Latin-1",
            get().header("X", &b"caf\xe9"[..]),
            format!("GET /p?q=1 HTTP/1.1\r\nHost: {host}\r\nX: caf\u{e9}\r\nUser-Agent: {agent}\r\n\r\n"),
        ),
        (
            "data",
            post(Data::from("a=1")),
            format!(
                "POST /p HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
                 Content-Length: 3\r\nUser-Agent: {agent}\r\n\r\n"
            ),
        ),
        (
            "data of unknown length",
            post(Data::reader(&b"a=1"[..])).method("PUT").header("Content-Type", "text/plain"),
            format!(
                "PUT /p HTTP/1.1\r\nHost: {host}\r\nContent-Type: text/plain\r\n\
                 Transfer-Encoding: chunked\r\nUser-Agent: {agent}\r\n\r\n"
            ),
        ),
        (
            "a head that fills more than one buffer",
            get().header("X-Long", "x".repeat(200_000)),
            format!(
                "GET /p?q=1 HTTP/1.1\r\nHost: {host}\r\nX-Long: {}\r\nUser-Agent: {agent}\r\n\r\n",
                "x".repeat(200_000)
            ),
        ),
    ];
    let opener = build_opener(());
    let count = rows.len();
    for (sentence, request, expected) in rows {
        opener.open(request).unwrap();
        let sent = server.requests().pop().unwrap();
        assert_eq!(sent.head, expected, "{sentence}");
        let body = if expected.starts_with("PUT") || expected.contains("Length: 3") { "a=1" } else { "" };
        assert_eq!(String::from_utf8_lossy(&sent.body), body, "{sentence}");
    }
    assert_eq!((server.requests().len(), server.connections()), (count, 1));
}
