//! Any bytes as what a server sends, cut into any pieces: the answer is the same as from one piece, and what is left over
//! behind it is never taken for the answer to the next request.

use std::io::Read;
use std::net::TcpStream;
use std::sync::Mutex;

use clientcookie::transport::UreqTransport;
use clientcookie::{HttpHandler, OpenerDirector};

use super::kind_of;
use super::loopback::{Client, converse, cut, read_head, send};

const NEXT: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnext";

pub fn run(bytes: &[u8]) {
    let (pieces, whole) = cut(bytes);
    let Some((first, next)) = outcome(&[whole]) else {
        return;
    };
    assert_eq!(next, "200 OK [Content-Length: 4\n] next", "after {first}");
    if pieces.len() > 1 {
        assert_eq!(outcome(&pieces).expect("a server, as before").0, first, "from pieces");
    }
}

/// What comes of the request that these pieces answer, and of the one behind it.
fn outcome(pieces: &[&[u8]]) -> Option<(String, String)> {
    let script = Mutex::new(Some(pieces));
    let serve = |stream: &TcpStream, client: &Client| {
        if !read_head(stream) {
            return;
        }
        match script.lock().expect("no panic").take() {
            Some(pieces) => send(stream, pieces.iter().copied(), client),
            None => send(stream, [NEXT], client),
        }
        while client.goes_on(stream) && read_head(stream) {
            send(stream, [NEXT], client);
        }
    };
    converse(serve, |address| {
        let mut opener = OpenerDirector::new();
        opener.add_handler(HttpHandler::with_transport(UreqTransport::new()));
        let url = format!("http://{address}/");
        (answer(&opener, &url), answer(&opener, &url))
    })
}

fn answer(opener: &OpenerDirector, url: &str) -> String {
    let mut response = match opener.open(url) {
        Ok(response) => response,
        Err(error) => return kind_of(&error),
    };
    let head = format!("{} {} [{}]", response.status().as_u16(), response.reason(), response.headers());
    let mut body = Vec::new();
    let end = response.read_to_end(&mut body).err().map(|error| kind_of(&error.into()));
    format!("{head} {}{}", body.escape_ascii(), end.map(|end| format!(", {end}")).unwrap_or_default())
}
