//! A small site on this machine, for examples: each request is answered with what a function says.
#![allow(dead_code, reason = "each example takes of it what it needs")]

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;

/// A request, as the site sees it.
pub struct Asked {
    pub method: String,
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub data: Vec<u8>,
    /// Who asks.
    pub from: SocketAddr,
}

impl Asked {
    /// The value of a header; its name in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let header = self.headers.iter().find(|(said, _)| said.eq_ignore_ascii_case(name))?;
        Some(&header.1)
    }
}

/// Starts the site, which is up as long as the program runs, and gives its URL, without a slash at
/// the end. `answer` gives whole replies, head and body; the body ends with the connection.
pub fn serve(answer: impl Fn(&Asked) -> String + Send + 'static) -> io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let site = format!("http://{}", listener.local_addr()?);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // A visitor who went away is not waited for.
            let _answered =
                ask(&stream, stream.peer_addr()).and_then(|asked| (&stream).write_all(answer(&asked).as_bytes()));
        }
    });
    Ok(site)
}

/// A page that was found.
pub fn page(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n\r\n{body}")
}

/// The same with these header lines, one or more.
pub fn page_with(headers: &str, body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\n{headers}\r\nConnection: close\r\n\r\n{body}")
}

fn ask(stream: &TcpStream, from: io::Result<SocketAddr>) -> io::Result<Asked> {
    let mut reader = BufReader::new(stream);
    let lines: Vec<String> =
        reader.by_ref().lines().map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
    let first = lines.first().ok_or(io::ErrorKind::UnexpectedEof)?;
    let mut words = first.split(' ').map(str::to_owned);
    let headers = lines.iter().skip(1).filter_map(|line| line.split_once(": "));
    let headers: Vec<_> = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut asked = Asked { method, target, headers, data: Vec::new(), from: from? };
    let length = asked.header("Content-Length").and_then(|length| length.parse().ok()).unwrap_or_default();
    reader.take(length).read_to_end(&mut asked.data)?;
    Ok(asked)
}
