//! The server: what it does with a request is in the path.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};

/// How a server may answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// As it should.
    Plain,
    /// In chunks of many sizes.
    Chunked,
    /// Packed.
    Gzip,
    /// Packed, and in chunks.
    Deflate,
    /// Until the connection closes.
    UntilClose,
    /// From elsewhere, three times.
    Redirect,
    /// With a page that says that there is none.
    Missing,
    /// With more than it had announced, which looks like another answer.
    Surplus,
    /// With less than it had announced.
    Cut,
    /// Not at all.
    Reset,
    /// With what is not HTTP.
    Junk,
    /// Half, and then nothing more.
    Stall,
}

pub const KINDS: [Kind; 12] = [
    Kind::Plain,
    Kind::Chunked,
    Kind::Gzip,
    Kind::Deflate,
    Kind::UntilClose,
    Kind::Redirect,
    Kind::Missing,
    Kind::Surplus,
    Kind::Cut,
    Kind::Reset,
    Kind::Junk,
    Kind::Stall,
];

impl Kind {
    pub fn name(self) -> String {
        format!("{self:?}").to_lowercase()
    }
}

/// The body for this number: up to 64 KiB that say at each place whose they are.
pub fn body(number: u32) -> Vec<u8> {
    let length = number as usize % (64 * 1024) + 2;
    number.to_be_bytes().into_iter().cycle().zip(0u8..=255).map(|(byte, at)| byte ^ at).cycle().take(length).collect()
}

/// Says where it is, and serves until its input ends: when whoever started it does, however that
/// ends.
pub fn run() -> ExitCode {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    println!("{}", listener.local_addr().expect("a bound listener"));
    thread::spawn(move || {
        while let Ok((stream, _)) = listener.accept() {
            // A client that goes away is nothing to tell of.
            thread::spawn(move || serve(stream));
        }
    });
    let _ = io::stdin().read_to_end(&mut Vec::new());
    ExitCode::SUCCESS
}

/// Answers until a connection cannot be used any more.
fn serve(mut stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut head = [0; 4096];
    loop {
        // It is looked at, and left where it is: a close then is a reset.
        let length = stream.peek(&mut head)?;
        let text = String::from_utf8_lossy(&head[..length]).into_owned();
        if length == 0 {
            return Ok(());
        }
        let Some(end) = text.find("\r\n\r\n") else {
            thread::sleep(Duration::from_millis(1));
            continue;
        };
        let mut parts = text.split(' ').nth(1).unwrap_or_default().split('/').skip(1);
        let (name, number) = (parts.next().unwrap_or_default(), parts.next().and_then(|number| number.parse().ok()));
        let kind = KINDS.into_iter().find(|kind| kind.name() == name);
        let (Some(kind), Some(number)) = (kind, number) else {
            return Ok(());
        };
        if kind == Kind::Reset {
            return Ok(());
        }
        stream.read_exact(&mut head[..end + 4])?;
        if !answer(&mut stream, kind, number, parts.next())? {
            return Ok(());
        }
    }
}

/// Answers one request; whether the connection may go on.
fn answer(stream: &mut TcpStream, kind: Kind, number: u32, times: Option<&str>) -> io::Result<bool> {
    let body = body(number);
    let announced = |status: &str, length: usize| format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\n");
    let mut send = |head: &str, body: &[u8]| {
        let cookie = format!("Set-Cookie: c{}=1; Path=/\r\n\r\n", number % 20);
        stream.write_all(&[head.as_bytes(), cookie.as_bytes(), body].concat())
    };
    match kind {
        Kind::Plain => send(&announced("200 OK", body.len()), &body)?,
        Kind::Missing => send(&announced("404 None", body.len()), &body)?,
        Kind::Chunked => send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n", &chunked(&body))?,
        Kind::Gzip => {
            let packed = gzip(&body)?;
            let head = announced("200 OK", packed.len());
            send(&format!("{head}Content-Encoding: gzip\r\n"), &packed)?;
        }
        Kind::Deflate => {
            let head = "HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\nTransfer-Encoding: chunked\r\n";
            send(head, &chunked(&zlib(&body)?))?;
        }
        Kind::Redirect => {
            let times = times.and_then(|times| times.parse().ok()).unwrap_or(0) + 1;
            let to = if times == 3 { format!("/plain/{number}") } else { format!("/redirect/{number}/{times}") };
            send(&format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 2\r\n"), b"go")?;
        }
        Kind::UntilClose => send("HTTP/1.0 200 OK\r\n", &body)?,
        Kind::Surplus => {
            let evil = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil";
            send(&announced("200 OK", body.len()), &[&body, evil.as_slice()].concat())?;
        }
        Kind::Cut => send(&announced("200 OK", body.len()), &body[..body.len() / 2])?,
        Kind::Junk => stream.write_all(b"\x16\x03\x01 this is no HTTP\r\n\r\n")?,
        Kind::Stall => {
            send(&announced("200 OK", body.len()), &body[..body.len() / 2])?;
            // Until the client has lost its patience.
            let _ = stream.read(&mut [0]);
        }
        // Its connection was closed before.
        Kind::Reset => {}
    }
    Ok(!matches!(kind, Kind::UntilClose | Kind::Cut | Kind::Junk | Kind::Stall | Kind::Reset))
}

fn chunked(body: &[u8]) -> Vec<u8> {
    let (mut chunks, mut left, mut size) = (Vec::new(), body, 1);
    while !left.is_empty() {
        let (chunk, rest) = left.split_at(left.len().min(size));
        chunks.extend(format!("{:x}\r\n", chunk.len()).bytes());
        chunks.extend_from_slice(chunk);
        chunks.extend_from_slice(b"\r\n");
        (left, size) = (rest, size * 3);
    }
    chunks.extend_from_slice(b"0\r\n\r\n");
    chunks
}

fn gzip(body: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(body)?;
    encoder.finish()
}

fn zlib(body: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(body)?;
    encoder.finish()
}
