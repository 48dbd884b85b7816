//! Requests with headers of one's own, and the headers that go with every request (the original's
//! sections on adding headers and on changing the `User-Agent`).
//!
//! ```sh
//! cargo run --example requests
//! ```
//!
//! The server is a script, so nothing leaves this machine.
#![allow(clippy::print_stdout, reason = "an example is a program that prints")]

use clientcookie::transport::ScriptedTransport;
use clientcookie::{Data, HttpHandler, Request, build_opener, install_opener, urlopen};

fn main() -> Result<(), clientcookie::Error> {
    let server = ScriptedTransport::new().reply("HTTP/1.1 200 OK\r\n\r\n").reply("HTTP/1.1 200 OK\r\n\r\n");

    // What goes with every request belongs to the opener ...
    let mut opener = build_opener(HttpHandler::with_transport(server.clone()));
    opener.addheaders.insert("User-Agent", "Mozilla/5.0 (compatible; MyProgram/0.1)")?;
    opener.addheaders.insert("From", "me@example.com")?;
    install_opener(opener);

    // ... and what goes with one belongs to the request.
    let mut request = Request::new("http://www.example.com/page")?;
    request.add_header("Referer", "http://www.example.com/")?;
    urlopen(request)?;
    let form = Data::form([("name", "Zoë"), ("dish", "fish & chips")]);
    urlopen(Request::post("http://www.example.com/order", form).header("Accept-Language", "de"))?;

    for sent in server.requests() {
        println!("{} {}\n{}", sent.method, sent.url, sent.headers);
        println!("{}", String::from_utf8_lossy(&sent.data));
    }
    Ok(())
}
