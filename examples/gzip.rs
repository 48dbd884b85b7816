//! Compressed pages: decoded by the opener, or raw for who wants them so.
//!
//! ```sh
//! cargo run --example gzip
//! ```
//!
//! It needs no network: its answers are in a script.
#![allow(clippy::print_stdout, reason = "an example is a program that prints")]

use std::error::Error;
use std::io::{self, Write};

use clientcookie::transport::ScriptedTransport;
use clientcookie::{HttpGzipProcessor, HttpHandler, Request, build_opener};
use flate2::Compression;
use flate2::write::GzEncoder;

fn main() -> Result<(), Box<dyn Error>> {
    let reply = packed("row, row, row your boat\n".repeat(1000).as_bytes())?;
    let transport = ScriptedTransport::new().reply(&reply).reply(&reply).reply(&reply[..reply.len() - 20]);
    let http = HttpHandler::with_transport(transport.clone());
    // A limit to what a page may unpack to; without one only bombs are refused.
    let opener = build_opener((HttpGzipProcessor::new().total_limit(1 << 20), http));

    let mut decoded = opener.open("http://example.com/song")?;
    println!("{} bytes; Content-Encoding: {:?}", decoded.text()?.len(), decoded.headers().get_str("Content-Encoding"));

    // Who asks for a coding himself gets what he asked for.
    let mut raw = opener.open(Request::get("http://example.com/song").header("Accept-Encoding", "gzip"))?;
    let length = io::copy(&mut raw, &mut io::sink())?;
    println!("{length} bytes; Content-Encoding: {:?}", raw.headers().get_str("Content-Encoding"));

    // A body that ends too soon is never taken for the whole.
    match opener.open("http://example.com/song")?.text() {
        Ok(_) => println!("it was cut, and nobody saw"),
        Err(error) => println!("{error}"),
    }
    for request in transport.requests() {
        let accept = request.headers.get_str("Accept-Encoding").unwrap_or_default().into_owned();
        println!("asked with Accept-Encoding: {}", accept.split(", br").next().unwrap_or_default());
    }
    Ok(())
}

/// An answer as a server packs it.
fn packed(page: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(page)?;
    let mut reply = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Encoding: gzip\r\n\r\n".to_vec();
    reply.extend(encoder.finish()?);
    Ok(reply)
}
