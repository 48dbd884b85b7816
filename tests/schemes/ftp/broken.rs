//! Servers that lie, break off, do not stop or say nothing.

use std::io::Read;
use std::time::{Duration, Instant};

use clientcookie::handler::{FTP_LINE_LIMIT, FTP_REPLY_LIMIT};
use clientcookie::{ErrorKind, Request, Timeouts, build_opener};

use super::outcome;
use super::server::{FtpServer, Script};

const SHORT: Duration = Duration::from_millis(100);
const LONG: Duration = Duration::from_secs(60);

/// A sentence, what the server does otherwise, what comes of it, and whether commands follow the last that counts.
const ROWS: &[(&str, Script, &str)] = &[
    ("EPSV is not known, and PASV names another host", &[("EPSV", "500 What?")], "hello\n"),
    ("EPSV is not allowed", &[("EPSV", "421 Bye.")], "the FTP server ended the conversation: 421 Bye."),
    ("neither is known", &[("EPSV", "522 No."), ("PASV", "502 No.")], "the FTP server refused: 502 No."),
    (
        "PASV names nothing",
        &[("EPSV", "500 What?"), ("PASV", "227 (1,2,3)")],
        "the answer cannot be trusted: the reply to PASV names no port",
    ),
    ("EPSV names nothing", &[("EPSV", "229 (|||0|)")], "the answer cannot be trusted: the reply to EPSV names no port"),
    (
        "EPSV with another word",
        &[("EPSV", "200 Fine.")],
        "the answer cannot be trusted: 200 is no reply to what was asked",
    ),
    ("nobody listens for the data", &[("EPSV", "(closed port)")], "no connection to 127.0.0.1:PORT: "),
    (
        "the greeting is another's",
        &[("HELLO", "SSH-2.0-OpenSSH\x07")],
        "the answer cannot be trusted: \"SSH-2.0-OpenSSH\\u{7}\" is no reply of an FTP server",
    ),
    ("no greeting", &[("HELLO", "(close)")], "the server closed the connection without an answer"),
    ("an empty greeting", &[("HELLO", "")], "the answer cannot be trusted: \"\" is no reply of an FTP server"),
    (
        "a reply is garbage",
        &[("TYPE", "2x0 Fine.")],
        "the answer cannot be trusted: \"2x0 Fine.\" is no reply of an FTP server",
    ),
    ("a reply does not end", &[("TYPE", "200-Fine.\r\n200-and"), ("SIZE", "(close)")], "timed out"),
    ("it closes within", &[("SIZE", "(close)")], "the server closed the connection without an answer"),
    (
        "a file is promised, and no data connection is looked at",
        &[("RETR", "226 Done.")],
        "the answer cannot be trusted: 226 is no reply to what was asked",
    ),
    ("a line does not end", &[("HELLO", "(line)")], "a line of the FTP server is longer than 8192 bytes"),
    ("nor in the middle", &[("CWD", "(line)"), ("RETR", "(line)")], "a line of the FTP server is longer than 8192"),
    ("a reply of lines and lines", &[("HELLO", "(reply)")], "a reply of the FTP server has more than 200 lines"),
    (
        "too many lines at the end",
        &[("END", "(reply)"), ("SIZE", "500 What?")],
        "\"hello\\n\", the body was cut short after 6",
    ),
    ("half of the file", &[("DATA", "(cut)")], "\"hel\", the body was cut short: 3 of 6 bytes arrived"),
    (
        "half of the file, whose size is not told",
        &[("DATA", "(cut)"), ("SIZE", "500 What?")],
        "\"hel\", the body was cut short after 3 bytes",
    ),
    (
        "half of the file, and the server is content",
        &[("DATA", "hel")],
        "\"hel\", the body was cut short: 3 of 6 bytes arrived",
    ),
    (
        "all of it, and the server is not content",
        &[("END", "426 Broken pipe.")],
        "\"hello\\n\", the body was cut short after 6 bytes",
    ),
    (
        "all of it, and the server cannot read on",
        &[("END", "551 Disk error."), ("SIZE", "500 What?")],
        "\"hello\\n\", the body was cut short after 6 bytes",
    ),
    ("all of it, and the control connection is gone", &[("END", "(close)")], "hello\n"),
    (
        "nobody knows how much, and the control connection is gone",
        &[("END", "(close)"), ("SIZE", "500 What?")],
        "\"hello\\n\", the body was cut short after 6 bytes",
    ),
    ("nothing at all", &[("DATA", "")], "\"\", the body was cut short: 0 of 6 bytes arrived"),
    ("a size that is too small is corrected by what comes", &[("SIZE", "213 3")], "hello\n"),
    ("the data begins a second time", &[("END", "150 Again.")], "\"hello\\n\", the body was cut short after 6 bytes"),
];

#[test]
fn nothing_that_is_broken_passes_for_whole() {
    for (says, script, expected) in ROWS {
        let server = FtpServer::start(script);
        let opener = build_opener(()).timeouts(Timeouts { read: Some(Duration::from_secs(1)), ..LONG.into() });
        let came = outcome(&opener, server.url("/a.txt"));
        let came: String = match came.split_once("127.0.0.1:") {
            Some((before, after)) => format!("{before}127.0.0.1:PORT{}", after.trim_start_matches(char::is_numeric)),
            None => came,
        };
        let is_sentence = expected.ends_with(|one: char| one.is_alphabetic() && !expected.ends_with("hello\n"));
        match is_sentence || expected.ends_with(": ") || expected.ends_with(|one: char| one.is_numeric()) {
            true => assert!(came.contains(expected), "{says}: {came}"),
            false => assert_eq!(came, *expected, "{says}"),
        }
        // Every connection is closed afterwards.
        server.said();
    }
}

#[test]
fn after_a_failure_there_is_no_end_that_looks_like_one() {
    let server = FtpServer::start(&[("END", "426 Broken pipe.")]);
    let mut response = build_opener(()).open(server.url("/a.txt")).unwrap();
    let mut buffer = [0; 64];
    assert_eq!(response.read(&mut buffer).unwrap(), 6);
    for _ in 0..3 {
        let error = clientcookie::Error::from(response.read(&mut buffer).unwrap_err());
        assert!(matches!(error.kind(), ErrorKind::IncompleteRead { got: 6, expected: None }), "{error}");
        assert_eq!(error.url(), Some(server.url("/a.txt").as_str()));
    }
}

#[test]
fn lines_and_replies_may_be_as_long_as_is_said() {
    let line = |length: usize| format!("220 {}", "x".repeat(length - 4 - 2));
    let lines = |count: usize| format!("{}220 Hello", "220-\r\n".repeat(count - 1));
    for (says, greeting, fits) in [
        ("a line", line(FTP_LINE_LIMIT), true),
        ("a longer line", line(FTP_LINE_LIMIT + 1), false),
        ("lines", lines(FTP_REPLY_LIMIT), true),
        ("one line more", lines(FTP_REPLY_LIMIT + 1), false),
    ] {
        let script = Box::leak(Box::new([("HELLO", &*greeting.leak())]));
        let came = outcome(&build_opener(()), FtpServer::start(script).url("/a.txt"));
        assert_eq!(came == "hello\n", fits, "{says}: {came}");
    }
}

#[test]
fn nothing_is_waited_for_without_end() {
    let only_head = Timeouts { head: Some(SHORT), ..LONG.into() };
    let only_read = Timeouts { read: Some(SHORT), ..LONG.into() };
    let head = "timed out while waiting for the head of the answer";
    let body = "timed out while reading the body";
    let unknown = ("SIZE", "500 What?");
    let rows: &[(&str, Vec<(&str, &str)>, Timeouts, String)] = &[
        ("no greeting", vec![("HELLO", "(silence)")], only_read, head.into()),
        ("no greeting, bounded by the head", vec![("HELLO", "(silence)")], only_head, head.into()),
        ("a greeting a byte at a time", vec![("HELLO", "(drip)")], only_head, head.into()),
        ("so a later reply", vec![("SIZE", "(drip)")], only_head, head.into()),
        ("silence in the middle", vec![("RETR", "(silence)")], only_read, head.into()),
        ("no data", vec![("DATA", "(silence)")], only_read, format!("\"\", {body}")),
        ("no last word", vec![("END", "(silence)"), unknown], only_read, format!("\"hello\\n\", {body}")),
        ("a last word a byte at a time", vec![("END", "(drip)"), unknown], only_head, format!("\"hello\\n\", {body}")),
        ("no last word, but every byte", vec![("END", "(silence)")], only_read, "hello\n".into()),
        ("zero is a short time", vec![("HELLO", "(silence)")], Duration::ZERO.into(), "timed out".into()),
    ];
    for (says, script, timeouts, expected) in rows {
        let script: Script = script
            .iter()
            .map(|(command, reply)| -> (&'static str, &'static str) {
                (command.to_string().leak(), reply.to_string().leak())
            })
            .collect::<Vec<_>>()
            .leak();
        let server = FtpServer::start(script);
        let start = Instant::now();
        let of_request = outcome(&build_opener(()), Request::get(server.url("/a.txt")).timeouts(*timeouts));
        assert!(
            of_request == *expected || of_request.starts_with("timed out") && expected == "timed out",
            "{says}: {of_request}"
        );
        let of_opener = outcome(&build_opener(()).timeouts(*timeouts), server.url("/a.txt"));
        assert_eq!(of_opener, of_request, "{says}: the opener's limits are no others");
        assert!(start.elapsed() < Duration::from_secs(20), "{says}");
    }
    let server = FtpServer::start(&[]);
    for longest in [Timeouts::NONE, Duration::MAX.into()] {
        assert_eq!(outcome(&build_opener(()).timeouts(longest), server.url("/a.txt")), "hello\n");
    }
}
