//! Servers that lie, break off, do not stop or say nothing.

use std::io::Read;
use std::thread;
use std::time::{Duration, Instant};

use clientcookie::handler::{FTP_LINE_LIMIT, FTP_REPLY_LIMIT};
use clientcookie::{ErrorKind, Request, Timeouts, build_opener};

use super::outcome;
use super::server::{FtpServer, Script};

const SHORT: Duration = Duration::from_millis(100);
const AMPLE: Duration = Duration::from_secs(2);
const LONG: Duration = Duration::from_secs(60);

/// A sentence, what the server does otherwise, and what comes of it, or how that begins.
const ROWS: &[(&str, Script, &str)] = &[
    ("EPSV is not known, and PASV names another host", &[("EPSV", "500 What?")], "hello\n"),
    ("EPSV is for another day", &[("EPSV", "450 Busy.")], "hello\n"),
    ("EPSV names nothing", &[("EPSV", "229 (|||0|)")], "hello\n"),
    ("EPSV names no port", &[("EPSV", "229 Come in.")], "hello\n"),
    ("EPSV with another word", &[("EPSV", "200 Fine.")], "hello\n"),
    ("EPSV with the word of PASV", &[("EPSV", "227 (127,0,0,1,0,1)")], "hello\n"),
    ("EPSV wants something else first", &[("EPSV", "332 Account?")], "hello\n"),
    ("EPSV begins something", &[("EPSV", "150 Here it comes.")], "hello\n"),
    ("EPSV in several lines", &[("EPSV", "500-What\r\n500 ever")], "hello\n"),
    ("EPSV leads to where nobody listens", &[("EPSV", "(closed port)")], "hello\n"),
    ("EPSV ends the conversation in words alone", &[("EPSV", "421 Bye.")], "hello\n"),
    (
        "EPSV ends the conversation",
        &[("EPSV", "421 Bye."), ("PASV", "(close)")],
        "the FTP server ended the conversation: 421 Bye.",
    ),
    ("EPSV is no reply", &[("EPSV", "What?")], "the answer cannot be trusted: \"What?\" is no reply of an FTP server"),
    ("EPSV closes", &[("EPSV", "(close)")], "the server closed the connection without an answer"),
    ("neither is known", &[("EPSV", "522 No."), ("PASV", "502 No.")], "the FTP server refused: 502 No."),
    (
        "PASV names nothing",
        &[("EPSV", "500 What?"), ("PASV", "227 (1,2,3)")],
        "the answer cannot be trusted: the reply to PASV names no port",
    ),
    (
        "nobody listens for the data",
        &[("EPSV", "(closed port)"), ("PASV", "227 (127,0,0,1,0,1)")],
        "no connection to 127.0.0.1:1",
    ),
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
    ("it closes within", &[("SIZE", "(close)")], "the server closed the connection without an answer"),
    (
        "a file is promised, and no data connection is looked at",
        &[("RETR", "226 Done.")],
        "the answer cannot be trusted: 226 is no reply to what was asked",
    ),
    (
        "a line does not end",
        &[("HELLO", "(line)")],
        "the answer cannot be trusted: a line of the FTP server is longer than 8192 bytes",
    ),
    (
        "nor in the middle",
        &[("CWD", "(line)"), ("RETR", "(line)")],
        "the answer cannot be trusted: a line of the FTP server is longer than 8192",
    ),
    (
        "a reply of lines and lines",
        &[("HELLO", "(reply)")],
        "the answer cannot be trusted: a reply of the FTP server has more than 200 lines",
    ),
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
        let opener = build_opener(()).timeouts(LONG);
        let came = outcome(&opener, server.url("/a.txt"));
        assert!(came.starts_with(expected), "{says}: {came}");
        assert!(came == *expected || !expected.ends_with('\n'), "{says}: {came}");
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
    let head = |limit| Timeouts { head: Some(limit), ..LONG.into() };
    let read = |limit| Timeouts { read: Some(limit), ..LONG.into() };
    let no_head = "timed out while waiting for the head of the answer";
    let no_data = "\"\", timed out while reading the body";
    let no_word = "\"hello\\n\", timed out while reading the body";
    let rows: [(&str, Script, Timeouts, &str); 11] = [
        ("no greeting", &[("HELLO", "(silence)")], read(SHORT), no_head),
        ("no greeting, bounded by the head", &[("HELLO", "(silence)")], head(SHORT), no_head),
        ("zero is a short time", &[("HELLO", "(silence)")], head(Duration::ZERO), no_head),
        ("a greeting a byte at a time", &[("HELLO", "(drip)")], head(SHORT), no_head),
        ("so a later reply", &[("SIZE", "(drip)")], head(SHORT), no_head),
        ("half of a reply", &[("TYPE", "200-Fine.\r\n200-and")], read(SHORT), no_head),
        ("silence in the middle", &[("RETR", "(silence)")], read(SHORT), no_head),
        // What goes before has to come in time, on a busy machine too.
        ("no data", &[("DATA", "(silence)")], read(AMPLE), no_data),
        ("no last word", &[("END", "(silence)"), ("SIZE", "500 What?")], read(AMPLE), no_word),
        ("a last word a byte at a time", &[("END", "(drip)"), ("SIZE", "500 What?")], head(AMPLE), no_word),
        ("no last word, but every byte", &[("END", "(silence)")], read(AMPLE), "hello\n"),
    ];
    let wait = |(says, script, timeouts, expected): (&str, Script, Timeouts, &str)| {
        let server = FtpServer::start(script);
        let start = Instant::now();
        let of_request = outcome(&build_opener(()), Request::get(server.url("/a.txt")).timeouts(timeouts));
        assert_eq!(of_request, expected, "{says}, by the request's limits");
        let of_opener = outcome(&build_opener(()).timeouts(timeouts), server.url("/a.txt"));
        assert_eq!(of_opener, expected, "{says}, by the opener's limits");
        assert!(start.elapsed() < Duration::from_secs(30), "{says}");
    };
    thread::scope(|scope| {
        for row in rows {
            scope.spawn(move || wait(row));
        }
    });
}

#[test]
fn a_limit_may_be_none_and_longer_than_any_clock() {
    let server = FtpServer::start(&[]);
    for longest in [Timeouts::NONE, Duration::MAX.into()] {
        assert_eq!(outcome(&build_opener(()).timeouts(longest), server.url("/a.txt")), "hello\n");
    }
}
