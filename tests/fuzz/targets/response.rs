//! Any bytes as a response: the head's parser, redirects and cookies behind it, and the body's
//! text.

use clientcookie::transport::ScriptedTransport;
use clientcookie::{Error, HttpHandler, build_opener};

pub fn run(bytes: &[u8]) {
    let transport = ScriptedTransport::new().reply(bytes).reply("HTTP/1.1 200 OK\r\n\r\n");
    let opener = build_opener(HttpHandler::with_transport(transport));
    let answer = opener.open("http://example.com/").or_else(|error| error.into_http_error().map(|e| e.into_response()));
    let text = answer.and_then(|mut response| response.text());
    let _ = text.map_err(|error: Error| error.to_string());
}
