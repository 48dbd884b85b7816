//! What a page says of itself in its head becomes headers: language, charset, and no more than it
//! may say.
//!
//! cargo run --example http_equiv
#![allow(clippy::print_stdout, reason = "an example is a program that prints")]

use clientcookie::transport::ScriptedTransport;
use clientcookie::{HttpEquivProcessor, HttpHandler, OpenerDirector, build_opener};

/// A page in Polish, as servers sent them when HTTP-EQUIV was new: the charset is known to the page
/// alone, where the text is read by it in any case.
const PAGE: &[u8] = b"<html>\n<head>\n\
    <META HTTP-EQUIV=\"Content-Type\" CONTENT=\"text/html; charset=ISO-8859-2\">\n\
    <META HTTP-EQUIV=\"Content-Language\" CONTENT=\"pl\">\n\
    <META HTTP-EQUIV=\"Set-Cookie\" CONTENT=\"sid=31d4\">\n\
    <title>Zaj\xb1c</title>\n</head>\n<body>\xafycie zaj\xb1ca</body>\n</html>\n";

fn main() -> Result<(), clientcookie::Error> {
    show("without the processor", &build_opener(server()))?;
    show("with it", &build_opener((server(), HttpEquivProcessor::new())))?;
    show("with every name, as the original", &build_opener((server(), HttpEquivProcessor::new().all_names(true))))
}

fn show(what: &str, opener: &OpenerDirector) -> Result<(), clientcookie::Error> {
    let mut response = opener.open("http://example.com/")?;
    println!("{what}:\n{}", response.headers());
    let text = response.text()?;
    println!("{}\n", text.lines().find(|line| line.contains("<body>")).unwrap_or_default());
    Ok(())
}

/// A server that knows no charset.
fn server() -> HttpHandler {
    let reply = [b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", PAGE].concat();
    HttpHandler::with_transport(ScriptedTransport::new().reply(reply))
}
