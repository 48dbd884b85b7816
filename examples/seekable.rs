//! Reading a response twice: once to see what came, and once for the program.
//!
//! ```sh
//! cargo run --example seekable
//! ```
//!
//! It needs no network: its answers are in a script.
#![allow(clippy::print_stdout, reason = "an example is a program that prints")]

use std::error::Error;
use std::io::{BufRead, Read, Seek, SeekFrom};

use clientcookie::transport::ScriptedTransport;
use clientcookie::{HttpHandler, SeekableProcessor, build_opener};

fn main() -> Result<(), Box<dyn Error>> {
    let transport = ScriptedTransport::new()
        .reply("HTTP/1.1 200 OK\r\nContent-Length: 24\r\n\r\none line\nand\nanother one")
        .reply("HTTP/1.1 404 Not Found\r\nContent-Length: 12\r\n\r\nnothing here");
    let opener = build_opener((SeekableProcessor::new(), HttpHandler::with_transport(transport)));

    let mut response = opener.open("http://example.com/list")?;
    println!("what came: {:?}", response.text()?);
    response.rewind()?;
    // The rest of the program continues as if nobody had read the response.
    for line in response.by_ref().lines() {
        println!("line: {}", line?);
    }

    let end = response.seek(SeekFrom::End(0))?;
    response.seek(SeekFrom::Start(9))?;
    println!("from 9 to {end}: {:?}", response.text()?);

    // Another reader of the same body, for another thread.
    let body = response.share_body().ok_or("a body that cannot be sought")?;
    let words = std::thread::spawn(move || std::io::read_to_string(body).map(|text| text.split_whitespace().count()));
    println!("{} words", words.join().map_err(|_| "the thread panicked")??);

    // Errors are responses, and can be read again as well.
    let Err(error) = opener.open("http://example.com/missing") else {
        return Err("an error is missing".into());
    };
    let mut answer = error.into_http_error()?;
    println!("{}: {:?}", answer.status(), answer.text()?);
    answer.rewind()?;
    println!("again: {:?}", answer.text()?);
    Ok(())
}
