//! A read that gives no byte ends, whatever else keeps coming.

use std::io::{self, BufRead, Read, Write};
use std::time::{Duration, Instant};

use clientcookie::{
    Body, Handler, Hook, HttpEquivProcessor, HttpGzipProcessor, Parent, Request, Response, SeekableProcessor, Timeouts,
    build_opener,
};

use super::outcome::{describe, outcome};
use crate::support::{Reply, Server};

/// Many pieces come within the limit of a read, and so no wait for one of them is ever too long.
const PACE: Duration = Duration::from_millis(10);
const LIMIT: Duration = Duration::from_millis(200);

/// What a test waits for at the most: without a limit these bodies would go on for as long as the
/// server does.
const PATIENCE: Duration = Duration::from_secs(20);

fn timeouts() -> Timeouts {
    Timeouts { read: Some(LIMIT), ..Timeouts::default() }
}

const CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

/// A gzip member that holds nothing.
const EMPTY_MEMBER: [u8; 20] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];

/// The head of a packed body, and its beginning.
fn packed(coding: &str, begin: &[u8]) -> Vec<u8> {
    [format!("HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\n\r\n").as_bytes(), begin].concat()
}

#[test]
fn a_read_that_gives_no_byte_ends() {
    let chunked = |begin: &str| (CHUNKED.to_owned() + begin).into_bytes();
    // A stored block of deflate that holds nothing, and a metadata block of brotli.
    let (stored, metadata) = ([0, 0, 0, 0xff, 0xff].as_slice(), [6].as_slice());
    let rows: Vec<(&str, Vec<u8>, &[u8], &str)> = vec![
        ("zeros of a chunk's size", chunked(""), b"0", "\"\", Timeout Read"),
        ("zeros of a later chunk's size", chunked("3\r\nabc\r\n"), b"0", "\"abc\", Timeout Read"),
        ("a chunk's extension", chunked("3;x="), b"y", "\"\", Timeout Read"),
        ("trailers", chunked("3\r\nabc\r\n0\r\n"), b"X: y\r\n", "\"abc\", Timeout Read"),
        ("a trailer that does not end", chunked("3\r\nabc\r\n0\r\nX: "), b"y", "\"abc\", Timeout Read"),
        ("empty blocks of gzip", packed("gzip", &EMPTY_MEMBER[..10]), stored, "\"\", Timeout Read"),
        ("empty members of gzip", packed("gzip", b""), &EMPTY_MEMBER, "\"\", Timeout Read"),
        ("a name in gzip's header", packed("gzip", b"\x1f\x8b\x08\x08\0\0\0\0\0\x03"), b"n", "\"\", Timeout Read"),
        ("empty blocks of deflate", packed("deflate", b"\x78\x9c"), stored, "\"\", Timeout Read"),
        #[cfg(feature = "brotli")]
        ("metadata of brotli", packed("br", b"\x0c"), metadata, "\"\", Timeout Read"),
    ];
    let _ = metadata;
    for (sentence, prefix, piece, expected) in rows {
        let piece = piece.to_vec();
        let server = Server::start(move |_| Reply::trickle(&prefix, &piece, PACE));
        let start = Instant::now();
        let opener = build_opener(HttpGzipProcessor::new()).timeouts(timeouts());
        assert_eq!(outcome(&opener, server.url("/").as_str()), expected, "{sentence}");
        assert!(start.elapsed() < PATIENCE, "{sentence}");
    }
}

#[test]
fn a_body_that_keeps_giving_bytes_is_no_such_thing() {
    let body = "x".repeat(60);
    let reply = format!("HTTP/1.1 200 OK\r\nContent-Length: 60\r\n\r\n{body}");
    let server = Server::start(move |_| Reply::drip(&reply, PACE));
    // Sixty bytes take three times as long as one may.
    assert_eq!(outcome(&build_opener(()).timeouts(timeouts()), server.url("/").as_str()), body);
}

/// Passes over the dots of a body.
struct WithoutDots;

impl Handler for WithoutDots {
    fn hooks(&self) -> &[Hook] {
        &[Hook::HttpResponse]
    }

    fn http_response(&self, _: &dyn Parent, _: &Request, mut response: Response) -> clientcookie::Result<Response> {
        struct Filter(Body);
        impl Read for Filter {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                loop {
                    let amount = self.0.read(buffer)?;
                    let kept: Vec<u8> = buffer[..amount].iter().copied().filter(|&byte| byte != b'.').collect();
                    buffer[..kept.len()].copy_from_slice(&kept);
                    if amount == 0 || !kept.is_empty() {
                        return Ok(kept.len());
                    }
                }
            }
        }
        let body = response.take_body();
        response.set_body(Body::from_reader(Filter(body)));
        Ok(response)
    }
}

#[test]
fn whoever_wraps_the_body_its_reader_waits_no_longer() {
    let server = Server::start(|_| Reply::trickle("HTTP/1.1 200 OK\r\n\r\n<p>", ".", PACE));
    for (sentence, opener) in [
        ("a handler of one's own", build_opener(WithoutDots)),
        ("below a body that is kept", build_opener((WithoutDots, SeekableProcessor::new()))),
        ("and searched for a head", build_opener((WithoutDots, HttpEquivProcessor::new().xhtml(true)))),
    ] {
        let opener = opener.timeouts(timeouts());
        let start = Instant::now();
        assert_eq!(outcome(&opener, server.url("/x.html").as_str()), "\"<p>\", Timeout Read", "{sentence}");
        let mut by_line = opener.open(server.url("/x.html")).unwrap();
        let error = by_line.read_until(b'\n', &mut Vec::new()).unwrap_err();
        assert_eq!(describe(&error.into()), "Timeout Read", "{sentence}, by line");
        assert!(start.elapsed() < PATIENCE, "{sentence}");
    }
}

#[test]
fn who_reads_on_after_it_goes_on_where_it_was() {
    let server = Server::raw(|_, connection| {
        connection.read_request()?;
        connection.write_all(format!("{CHUNKED}3\r\nabc\r\n").as_bytes())?;
        for _ in 0..5 {
            connection.write_all(b"0")?;
            if !connection.pause(8 * PACE) {
                return Ok(());
            }
        }
        connection.write_all(b"3\r\ndef\r\n0\r\n\r\n")
    });
    let mut response = build_opener(()).timeouts(timeouts()).open(server.url("/")).unwrap();
    let (mut body, mut waits) = (Vec::new(), 0);
    while let Err(error) = response.read_to_end(&mut body) {
        assert_eq!(describe(&error.into()), "Timeout Read");
        waits += 1;
        assert!(waits < 100);
    }
    assert_eq!(body, b"abcdef");
    assert!(waits > 0, "the pause was longer than a read may take");
}

#[cfg(feature = "tls")]
#[test]
fn a_record_of_tls_that_does_not_end_is_not_waited_for() {
    use clientcookie::HttpsHandler;
    use clientcookie::transport::{TlsSettings, UreqTransport};

    use crate::transport::outcome::read;

    let server = Server::raw_tls("localhost", |_, connection| {
        connection.read_request()?;
        connection.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")?;
        // Data (RFC 8446 section 5.1) of 16,384 bytes is on its way.
        connection.write_below_tls(&[23, 3, 3, 0x40, 0])?;
        while connection.pause(PACE) {
            connection.write_below_tls(b"x")?;
        }
        Ok(())
    });
    let trusting = TlsSettings::new().ca_file(crate::support::fixture("ca.pem")).unwrap();
    let https = HttpsHandler::with_transport(UreqTransport::new().tls(trusting));
    let start = Instant::now();
    let response = build_opener(https).timeouts(timeouts()).open(server.url("/")).unwrap();
    assert_eq!(read(response), "\"abc\", Timeout Read");
    assert!(start.elapsed() < PATIENCE);
}
