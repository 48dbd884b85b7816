//! Any bytes as what a server sends, cut into any pieces: the answer is the same as from one piece,
//! its body is what a plain reading of the framing says, and what is left over behind it is never
//! taken for the answer to the next request.

use std::io::Read;

use clientcookie::transport::UreqTransport;
use clientcookie::{HttpHandler, OpenerDirector};

use super::kind_of;
use super::spoken::{Server, cut};

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
    let (first, next) = outcome(&[whole]);
    let expected = Answer { head: "200 OK [Content-Length: 4\n]".to_owned(), body: b"next".to_vec(), error: None };
    assert_eq!(next, expected, "after {first:?}");
    if first.error.is_none()
        && let Some(body) = plainly(whole)
    {
        assert_eq!(first.body, body, "the body of {first:?}");
    }
    if pieces.len() > 1 {
        let (mut again, _) = outcome(&pieces);
        // How much is read before an error depends on how much comes at once.
        if again.error.is_some() && (again.body.starts_with(&first.body) || first.body.starts_with(&again.body)) {
            again.body.clone_from(&first.body);
        }
        assert_eq!(again, first, "from pieces");
    }
}

/// What comes of the request that these pieces answer, and of the one behind it.
fn outcome(pieces: &[&[u8]]) -> (Answer, Answer) {
    let mut opener = OpenerDirector::new();
    let server = Server::new(pieces, NEXT);
    opener.add_handler(HttpHandler::with_transport(UreqTransport::new().dial(server)));
    (answer(&opener), answer(&opener))
}

fn answer(opener: &OpenerDirector) -> Answer {
    let mut response = match opener.open("http://192.0.2.1/") {
        Ok(response) => response,
        Err(error) => return Answer { error: Some(kind_of(&error)), ..Answer::default() },
    };
    let head = format!("{} {} [{}]", response.status().as_u16(), response.reason(), response.headers());
    let mut body = Vec::new();
    let end = response.read_to_end(&mut body);
    Answer { head, body, error: end.err().map(|error| kind_of(&error.into())) }
}

/// The body by the letter of RFC 9112 section 6.3, of an answer that is written plainly: each line
/// ends with CR LF and is a name and a value. `None` where it is not.
fn plainly(whole: &[u8]) -> Option<Vec<u8>> {
    let text: String = whole.iter().copied().map(char::from).collect();
    let (mut head, mut rest) = text.split_once("\r\n\r\n")?;
    while head.starts_with("HTTP/1.1 1") && !head.replace("\r\n", "").contains(['\r', '\n']) {
        (head, rest) = rest.split_once("\r\n\r\n")?;
    }
    let mut lines = head.split("\r\n");
    let first = lines.next().filter(|first| !first.contains(['\r', '\n']))?;
    let status = first.strip_prefix("HTTP/1.1 ")?.get(..3).filter(|status| status.parse::<u16>().is_ok())?.to_owned();
    let (mut length, mut is_chunked) = (None, false);
    for line in lines {
        let (name, value) = line.split_once(": ")?;
        let is_plain = |one: char| one.is_ascii_alphanumeric() || one == '-';
        if name.is_empty() || !name.chars().all(is_plain) || value.contains(['\r', '\n']) {
            return None;
        }
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = Some(value.trim().parse::<usize>().ok()?),
            "transfer-encoding" => is_chunked = true,
            _ => {}
        }
    }
    let body: String = match (status.as_str(), is_chunked, length) {
        ("204" | "304", ..) => String::new(),
        (_, true, _) => without_chunks(rest)?,
        (_, false, Some(length)) => {
            rest.get(..rest.char_indices().nth(length).map_or(rest.len(), |(at, _)| at))?.to_owned()
        }
        (_, false, None) => rest.to_owned(),
    };
    body.chars().map(|one| u8::try_from(u32::from(one)).ok()).collect()
}

fn without_chunks(mut rest: &str) -> Option<String> {
    let mut body = String::new();
    loop {
        let (line, behind) = rest.split_once("\r\n")?;
        let size = usize::from_str_radix(line.split([';', ' ', '\t']).next()?, 16).ok()?;
        if size == 0 {
            return Some(body);
        }
        body.extend(behind.chars().take(size));
        let end = behind.char_indices().nth(size)?.0;
        rest = behind[end..].strip_prefix("\r\n")?;
    }
}
