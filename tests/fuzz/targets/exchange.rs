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

/// The head, the body, and the error that one of them ends with.
#[derive(Debug, PartialEq, Eq, Default)]
struct Answer {
    head: String,
    body: Vec<u8>,
    error: Option<String>,
}

pub fn run(bytes: &[u8]) {
    let (pieces, whole) = cut(bytes);
    let Some((first, next)) = outcome(&[whole]) else {
        return;
    };
    let expected = Answer { head: "200 OK [Content-Length: 4\n]".to_owned(), body: b"next".to_vec(), error: None };
    assert_eq!(next, expected, "after {first:?}");
    if pieces.len() > 1 {
        let (mut again, _) = outcome(&pieces).expect("a server, as before");
        // How much is read before an error depends on how much comes at once.
        if again.error.is_some() && (again.body.starts_with(&first.body) || first.body.starts_with(&again.body)) {
            again.body.clone_from(&first.body);
        }
        assert_eq!(again, first, "from pieces");
    }
}

/// What comes of the request that these pieces answer, and of the one behind it.
fn outcome(pieces: &[&[u8]]) -> Option<(Answer, Answer)> {
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

fn answer(opener: &OpenerDirector, url: &str) -> Answer {
    let mut response = match opener.open(url) {
        Ok(response) => response,
        Err(error) => return Answer { error: Some(kind_of(&error)), ..Answer::default() },
    };
    let head = format!("{} {} [{}]", response.status().as_u16(), response.reason(), response.headers());
    let mut body = Vec::new();
    let end = response.read_to_end(&mut body);
    Answer { head, body, error: end.err().map(|error| kind_of(&error.into())) }
}
