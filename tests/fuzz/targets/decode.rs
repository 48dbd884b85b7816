//! Any bytes as a packed body, in any of the codings: what is unpacked keeps the limit, comes the
//! same in whatever pieces it is read, and what was packed comes back.

use std::io::{Read, Write};

use clientcookie::transport::ScriptedTransport;
use clientcookie::{HttpGzipProcessor, HttpHandler, build_opener};
use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

/// Twice what an input may have. More of it would be the same over again, and most of a run's time.
const LIMIT: u64 = 8 * 1024;

pub fn run(bytes: &[u8]) {
    let Some((&choice, rest)) = bytes.split_first() else {
        return;
    };
    let coding = ["gzip", "deflate", "br", "gzip, deflate", "x-gzip"][usize::from(choice % 5)];
    let piece = usize::from(choice / 5).max(1);
    let whole = unpack(coding, rest, LIMIT as usize);
    assert_eq!(unpack(coding, rest, piece), whole, "{coding} in pieces of {piece}");
    assert!(whole.0.len() as u64 <= LIMIT);

    if rest.len() as u64 > LIMIT {
        return;
    }
    let there_and_back = [("gzip", gzip(rest)), ("deflate", zlib(rest)), ("deflate", deflate(rest))];
    for (coding, packed) in there_and_back {
        assert_eq!(unpack(coding, &packed, piece), (rest.to_vec(), None), "{coding}");
    }
}

/// What there is, and the error that ends it.
fn unpack(coding: &str, packed: &[u8], piece: usize) -> (Vec<u8>, Option<String>) {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\n\r\n");
    let http = HttpHandler::with_transport(ScriptedTransport::new().reply([head.as_bytes(), packed].concat()));
    let opener = build_opener((HttpGzipProcessor::new().total_limit(LIMIT), http));
    let mut response = opener.open("http://example.com/").expect("a head");
    let (mut body, mut buffer) = (Vec::new(), vec![0; piece]);
    loop {
        match response.read(&mut buffer) {
            Ok(0) => return (body, None),
            Ok(amount) => body.extend_from_slice(&buffer[..amount]),
            Err(error) => return (body, Some(error.to_string())),
        }
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

/// Without the envelope, as some servers send it.
fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}
