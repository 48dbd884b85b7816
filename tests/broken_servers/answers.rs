//! Servers whose answers are broken.

use super::{SHORT, check, limited};
use crate::support::{Reply, Server};
use clientcookie::{Request, Timeouts};
use std::io::Write;
use std::thread;
use std::time::Duration;

/// A sentence, the answer to `/broken`, and what comes of it.
type Row = (&'static str, Reply, &'static str);

/// All rows at once, because some of them wait.
fn run(rows: impl IntoIterator<Item = Row>, timeouts: Timeouts) {
    thread::scope(|scope| {
        for (sentence, reply, expected) in rows {
            scope.spawn(move || {
                for kept in [false, true] {
                    let reply = reply.clone();
                    let server = Server::start(move |request| match request.target() {
                        "/broken" => reply.clone(),
                        path => Reply::ok(path),
                    });
                    let broken = Request::get(server.url("/broken")).timeouts(timeouts).build().unwrap();
                    check(sentence, &server, kept, broken, expected);
                }
            });
        }
    });
}

#[test]
fn answers_that_end_too_soon() {
    let ok = |rest: &str| Reply::raw(format!("HTTP/1.1 200 OK\r\n{rest}"));
    let chunked = |rest: &str| ok(&format!("Transfer-Encoding: chunked\r\n\r\n{rest}"));
    run(
        [
            ("no answer, and close", Reply::raw("").then_close(), "Disconnected"),
            ("no answer, and reset", Reply::raw("").then_reset(), "Disconnected"),
            ("empty lines are no answer", Reply::raw("\r\n\r\n").then_close(), "BadResponse"),
            ("cut within the status line", Reply::raw("HTTP/1").then_close(), "BadResponse"),
            ("cut within a header", ok("Content-Le").then_close(), "BadResponse"),
            ("cut before the empty line", ok("Content-Length: 5\r\n").then_close(), "BadResponse"),
            ("reset within the head", ok("Content-Length: 5\r\n").then_reset(), "BadResponse"),
            ("cut after an informational head", Reply::raw("HTTP/1.1 100 Go\r\n\r\n").then_close(), "BadResponse"),
            ("no byte of the body", ok("Content-Length: 5\r\n\r\n").then_close(), r#""", IncompleteRead 0 of 5"#),
            (
                "less than Content-Length",
                ok("Content-Length: 5\r\n\r\nabc").then_close(),
                r#""abc", IncompleteRead 3 of 5"#,
            ),
            (
                "reset within a body of known length",
                ok("Content-Length: 5\r\n\r\nabc").then_reset(),
                r#""abc", IncompleteRead 3 of 5"#,
            ),
            ("no chunk at all", chunked("").then_close(), r#""", IncompleteRead 0"#),
            ("cut within a chunk's size", chunked("3\r\nabc\r\n1").then_close(), r#""abc", IncompleteRead 3"#),
            ("cut within a chunk", chunked("5\r\nabc").then_close(), r#""abc", IncompleteRead 3"#),
            ("cut after a chunk's data", chunked("3\r\nabc").then_close(), r#""abc", IncompleteRead 3"#),
            ("cut between chunks", chunked("3\r\nabc\r\n").then_close(), r#""abc", IncompleteRead 3"#),
            ("reset between chunks", chunked("3\r\nabc\r\n").then_reset(), r#""abc", IncompleteRead 3"#),
            ("cut within the last chunk's size", chunked("3\r\nabc\r\n0").then_close(), r#""abc", IncompleteRead 3"#),
            // Nothing of the body is missing, so this is lenience, and the connection is gone
            // either way.
            ("cut after the last chunk's size", chunked("3\r\nabc\r\n0\r\n").then_close(), "abc"),
            ("a body until the end of the connection", ok("\r\nabc").then_close(), "abc"),
            ("the same, but reset", ok("\r\nabc").then_reset(), r#""abc", IncompleteRead 3"#),
        ],
        Timeouts::default(),
    );
}

#[test]
fn answers_that_are_not_http() {
    run(
        [
            ("another protocol's greeting", Reply::raw("SSH-2.0-OpenSSH_9.6\r\n").then_close(), "BadResponse"),
            ("the same, and then silence", Reply::raw("SSH-2.0-OpenSSH_9.6\r\n").then_stall(), "BadResponse"),
            ("a greeting without a line's end", Reply::raw("220 mail").then_stall(), "BadResponse"),
            ("a page without a head", Reply::raw("<html>\r\n\r\n</html>").then_close(), "BadResponse"),
            ("a record of TLS", Reply::raw(b"\x15\x03\x01\x00\x02\x02\x46").then_stall(), "BadResponse"),
            ("a status of two digits", Reply::raw("HTTP/1.1 20 OK\r\n\r\n").then_stall(), "BadResponse"),
            ("HTTP/2", Reply::raw("HTTP/2.0 200 OK\r\n\r\n").then_stall(), "BadResponse"),
            (
                "a change of protocol nobody asked for",
                Reply::raw("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n").then_stall(),
                "BadResponse",
            ),
        ],
        Timeouts::default(),
    );
}

/// r20
#[test]
fn answers_that_do_not_end() {
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    run(
        [
            ("endless headers", Reply::endless("HTTP/1.1 200 OK\r\n", "A: b\r\n"), "HeaderFlood"),
            ("an endless header", Reply::endless("HTTP/1.1 200 OK\r\nA: ", "b".repeat(999)), "HeaderFlood"),
            ("an endless folded header", Reply::endless("HTTP/1.1 200 OK\r\nA: b\r\n", " c\r\n"), "HeaderFlood"),
            ("an endless status line", Reply::endless("HTTP/1.1 200 ", "O".repeat(999)), "HeaderFlood"),
            ("endless empty lines", Reply::endless("", "\r\n"), "HeaderFlood"),
            ("endless 100 Continue", Reply::endless("", "HTTP/1.1 100 Continue\r\n\r\n"), "HeaderFlood"),
            ("endless 103 Early Hints", Reply::endless("", "HTTP/1.1 103 Hints\r\nLink: </a>\r\n\r\n"), "HeaderFlood"),
            (
                "endless trailers",
                Reply::endless(format!("{chunked}3\r\nabc\r\n0\r\n"), "A: b\r\n"),
                r#""abc", HeaderFlood"#,
            ),
            (
                "an endless trailer",
                Reply::endless(format!("{chunked}3\r\nabc\r\n0\r\nA: "), "b".repeat(999)),
                r#""abc", HeaderFlood"#,
            ),
            ("an endless chunk size", Reply::endless(format!("{chunked}3\r\nabc\r\n"), "0"), r#""abc", HeaderFlood"#),
        ],
        Timeouts::default(),
    );
}

#[test]
fn answers_that_stop_coming() {
    run(
        [
            ("no answer", Reply::raw("").then_stall(), "Timeout Head"),
            ("half a head", Reply::raw("HTTP/1.1 200 OK\r\nA").then_stall(), "Timeout Head"),
            ("an informational head", Reply::raw("HTTP/1.1 100 Go\r\n\r\n").then_stall(), "Timeout Head"),
            (
                "a head that drips faster than any read times out, but not fast enough",
                Reply::drip(format!("HTTP/1.1 200 OK\r\nA: {}", "b".repeat(999)), SHORT / 20),
                "Timeout Head",
            ),
            (
                "half a body",
                Reply::raw("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc").then_stall(),
                r#""abc", Timeout Read"#,
            ),
            (
                "half a chunk",
                Reply::raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc").then_stall(),
                r#""abc", Timeout Read"#,
            ),
            ("a body without an end", Reply::raw("HTTP/1.1 200 OK\r\n\r\nabc").then_stall(), r#""abc", Timeout Read"#),
        ],
        limited(Some(SHORT), Some(SHORT)),
    );
}

#[test]
fn a_slow_body_is_no_stalled_one() {
    let server = Server::raw(|number, connection| {
        while let Some(request) = connection.read_request()? {
            if request.target() != "/broken" {
                let path = request.target();
                write!(connection, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{path}", path.len())?;
                continue;
            }
            connection.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n")?;
            for _ in 0..40 {
                connection.write_all(&[b'a' + (number % 2) as u8])?;
                if !connection.pause(Duration::from_millis(10)) {
                    return Ok(());
                }
            }
        }
        Ok(())
    });
    // The head's limit is long over when the body ends; each of its bytes is in time.
    let timeouts = limited(Some(SHORT), Some(Duration::from_secs(2)));
    let broken = Request::get(server.url("/broken")).timeouts(timeouts).build().unwrap();
    check("a slow body", &server, false, broken, &"a".repeat(40));
}

#[test]
fn more_than_was_announced_is_not_handed_out() {
    run(
        [
            ("after Content-Length", Reply::raw("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdef"), "abc"),
            ("after Content-Length: 0", Reply::raw("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nabc"), ""),
            (
                "after the last chunk",
                Reply::raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\ndef"),
                "abc",
            ),
            ("after 204", Reply::raw("HTTP/1.1 204 No Content\r\n\r\nabc"), ""),
        ],
        Timeouts::default(),
    );
}
