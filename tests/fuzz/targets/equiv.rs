//! Any bytes as a page: its head is read without a panic, and the page stays as it is.

use std::io::Read;

use clientcookie::transport::ScriptedTransport;
use clientcookie::{HttpEquivProcessor, HttpHandler, build_opener};

pub fn run(page: &[u8]) {
    let reply = [b"HTTP/1.1 200 OK\r\nContent-Type: application/xhtml+xml\r\n\r\n", page].concat();
    let http = HttpHandler::with_transport(ScriptedTransport::new().reply(reply));
    let processor = HttpEquivProcessor::new().all_names(true).xhtml(true);
    let mut response = build_opener((processor, http)).open("http://example.com/").expect("a page");
    let mut read = Vec::new();
    response.read_to_end(&mut read).expect("the page");
    assert_eq!(read, page);
}
