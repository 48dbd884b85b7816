//! q8: framing that two programs may read in two ways.
//!
//! A head that leaves room for doubt is refused, and so is a chunk.

use crate::support::{Reply, Server};
use crate::transport::outcome::outcome;
use clientcookie::build_opener;

/// A sentence, the answer after its status line, and what comes of it.
type Row<'a> = (&'a str, &'a str, &'a str);

fn run(status_line: &str, rows: &[Row<'_>]) {
    for (sentence, rest, expected) in rows {
        let reply = Reply::raw(format!("{status_line}\r\n{rest}")).then_close();
        let server = Server::start(move |_| reply.clone());
        assert_eq!(outcome(&build_opener(()), server.url("/").as_str()), *expected, "{sentence}");
    }
}

#[test]
fn transfer_encodings() {
    run(
        "HTTP/1.1 200 OK",
        &[
            ("chunked", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", "abc"),
            ("in capitals", "Transfer-Encoding: CHUNKED\r\n\r\n3\r\nabc\r\n0\r\n\r\n", "abc"),
            ("twice over", "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", "BadResponse"),
            ("two lines", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "BadResponse"),
            ("not the last", "Transfer-Encoding: chunked, identity\r\n\r\n3\r\nabc\r\n0\r\n\r\n", "BadResponse"),
            ("not the only one", "Transfer-Encoding: gzip, chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", "BadResponse"),
            ("identity", "Transfer-Encoding: identity\r\n\r\nabc", "BadResponse"),
            ("an unknown one", "Transfer-Encoding: xchunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", "BadResponse"),
            ("with a parameter", "Transfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n", "BadResponse"),
            ("behind a control character", "Transfer-Encoding: \u{b}chunked\r\n\r\n0\r\n\r\n", "BadResponse"),
            ("folded", "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n", "BadResponse"),
            ("a space before the colon", "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", "BadResponse"),
            ("with a length", "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nabc", "BadResponse"),
            ("after a length", "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc", "BadResponse"),
        ],
    );
}

#[test]
fn content_lengths() {
    run(
        "HTTP/1.1 200 OK",
        &[
            ("one", "Content-Length: 3\r\n\r\nabc", "abc"),
            ("the same twice", "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", "abc"),
            ("the same in one line", "Content-Length: 3, 3\r\n\r\nabc", "abc"),
            ("two that differ", "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", "BadResponse"),
            ("two that differ in one line", "Content-Length: 3, 4\r\n\r\nabcd", "BadResponse"),
            ("a sign", "Content-Length: +3\r\n\r\nabc", "BadResponse"),
            ("a negative one", "Content-Length: -3\r\n\r\nabc", "BadResponse"),
            ("hexadecimal", "Content-Length: 0x3\r\n\r\nabc", "BadResponse"),
            ("a fraction", "Content-Length: 3.0\r\n\r\nabc", "BadResponse"),
            ("none", "Content-Length:\r\n\r\nabc", "BadResponse"),
            ("one in two words", "Content-Length: 3 3\r\n\r\nabc", "BadResponse"),
            ("more than 64 bits", "Content-Length: 18446744073709551616\r\n\r\nabc", "BadResponse"),
            ("a space before the colon", "Content-Length : 3\r\n\r\nabc", "BadResponse"),
            ("folded", "Content-Length: 3\r\n 3\r\n\r\nabc", "BadResponse"),
            ("a NUL in the name", "Content-Length\0: 3\r\n\r\nabc", "BadResponse"),
        ],
    );
}

#[test]
fn old_versions() {
    run(
        "HTTP/1.0 200 OK",
        &[
            ("until the end of the connection", "\r\nabc", "abc"),
            ("with a length", "Content-Length: 3\r\n\r\nabcdef", "abc"),
            ("HTTP/1.0 knows no chunks", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", "BadResponse"),
        ],
    );
    run("abc", &[("HTTP/0.9, a body without a head", "\r\n", "BadResponse")]);
}

#[test]
fn line_ends() {
    run(
        "HTTP/1.1 200 OK",
        &[
            // RFC 9112 section 2.2 lets a recipient take a bare line feed for a line's end in a
            // head. Nothing hangs on it: the head ends at the same byte for whoever reads it so,
            // and what may follow is thrown away.
            ("bare line feeds in a head", "Content-Length: 3\n\nabc", "abc"),
            ("a bare line feed after a chunk's size", "Transfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n", BAD),
            ("a bare line feed after a chunk", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\n0\r\n\r\n", BAD),
            ("a bare carriage return in a value", "A: b\rContent-Length: 9\r\nContent-Length: 3\r\n\r\nabc", "abc"),
        ],
    );
}

/// What arrived in one piece with the mistake is not handed out.
const BAD: &str = r#""", BadResponse"#;

#[test]
fn chunks() {
    let long = format!("3;{}\r\nabc\r\n0\r\n\r\n", "x".repeat(4000));
    let zeros = format!("{}3\r\nabc\r\n0\r\n\r\n", "0".repeat(16));
    let rows = [
        ("capitals and zeros", "00A\r\n0123456789\r\n0\r\n\r\n", "0123456789"),
        ("a negative size", "-3\r\nabc\r\n0\r\n\r\n", BAD),
        ("a prefix", "0x3\r\nabc\r\n0\r\n\r\n", BAD),
        ("no size", "\r\nabc\r\n0\r\n\r\n", BAD),
        ("an underscore", "1_0\r\nabc\r\n0\r\n\r\n", BAD),
        ("more than 64 bits", "10000000000000003\r\nabc\r\n0\r\n\r\n", BAD),
        ("more than 64 bits of nothing", &zeros, "abc"),
        ("a chunk longer than its size", "3\r\nabcdef\r\n0\r\n\r\n", BAD),
        ("a size of almost 64 bits", "fffffffffffffff0\r\nabc", r#""abc", IncompleteRead 3"#),
        ("a sign", "+3\r\nabc\r\n0\r\n\r\n", BAD),
        ("spaces", " 3 \r\nabc\r\n0\r\n\r\n", BAD),
        ("a space behind it", "3 \r\nabc\r\n0\r\n\r\n", BAD),
        ("a word behind it", "3 b\r\nabc\r\n0\r\n\r\n", BAD),
        // RFC 9112 section 7.1.1 wants extensions passed over.
        ("a short extension", "3;name=value\r\nabc\r\n0\r\n\r\n", "abc"),
        ("blanks before it", "3 \t;name=value\r\nabc\r\n0\r\n\r\n", "abc"),
        ("a bare carriage return in it", "3;a\rb\r\nabc\r\n0\r\n\r\n", BAD),
        ("a short extension of the last chunk", "3\r\nabc\r\n0;a\r\n\r\n", "abc"),
        ("a long extension", &long, "abc"),
        ("a trailer", "3\r\nabc\r\n0\r\nA: b\r\n\r\n", "abc"),
        ("a trailer that is framing", "3\r\nabc\r\n0\r\nContent-Length: 9\r\n\r\n", "abc"),
        ("a trailer that is cut", "3\r\nabc\r\n0\r\nA: b", r#""abc", IncompleteRead 3"#),
    ];
    for (sentence, chunks, expected) in rows {
        run("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n", &[(sentence, chunks, expected)]);
    }
}
