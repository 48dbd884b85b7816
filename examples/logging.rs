//! What goes on inside: the library's log, as the original offered to show "what is going on in its tiny mind".
//!
//! ```sh
//! cargo run --example logging
//! RUST_LOG=clientcookie::cookies=debug cargo run --example logging
//! RUST_LOG=clientcookie=info cargo run --example logging
//! ```
//!
//! - `clientcookie::cookies` (debug): each cookie that was stored, replaced, deleted, refused, sent or not, and why.
//! - `clientcookie::wire` (debug): both heads of every exchange.
//! - `clientcookie::http_redirects` (info): every redirect, from [`HttpRedirectDebugProcessor`].
//! - `clientcookie::http_responses` (info): every response with its body, from [`HttpResponseDebugProcessor`].
//!
//! Secrets are hidden in all of them, but for what stands in a body. It talks to a server of its own on the loopback
//! interface.
#![allow(clippy::print_stdout, reason = "an example is a program that prints")]

use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use clientcookie::{HttpRedirectDebugProcessor, HttpResponseDebugProcessor, build_opener};
use env_logger::Env;

fn main() -> Result<(), Box<dyn Error>> {
    env_logger::Builder::from_env(Env::default().default_filter_or("clientcookie=debug")).init();

    // What is logged at info level comes from processors that somebody has to ask for.
    let opener = build_opener((HttpRedirectDebugProcessor::new(), HttpResponseDebugProcessor::new()));
    let site = serve()?;
    let mut page = opener.open(format!("{site}/old"))?;
    // It was logged, and can still be read.
    println!("{}", page.text()?);
    Ok(())
}

/// A server with a page behind a redirect, and two cookies of which one is refused. It returns its URL.
fn serve() -> Result<String, Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let site = format!("http://{}", listener.local_addr()?);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // A client who went away is not waited for.
            let _ = answer(&stream);
        }
    });
    Ok(site)
}

fn answer(mut stream: &TcpStream) -> std::io::Result<()> {
    let head = BufReader::new(stream).lines().map_while(Result::ok).take_while(|line| !line.is_empty());
    let head: Vec<String> = head.collect();
    let (status, headers, body) = match head.first().is_some_and(|line| line.contains(" /old ")) {
        true => {
            ("302 Found", "Location: /new\r\nSet-Cookie: sid=31d4\r\nSet-Cookie: x=y; Domain=example.com\r\n", "moved")
        }
        // The cookie is given another value, and then taken back.
        false => (
            "200 OK",
            "Content-Type: text/html\r\nSet-Cookie: sid=31d5; HttpOnly\r\nSet-Cookie: sid=; Max-Age=0\r\n",
            "<p>here</p>",
        ),
    };
    let length = body.len();
    write!(stream, "HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}")
}
