//! The server that all are compared with, in a process of its own.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::{env, fs, thread};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::measure;
use crate::peers::Localhost;

pub const SMALL: &[u8] = &[b'x'; 100];
pub const BIG: u64 = 1 << 30;

/// Where it is.
pub struct Base {
    pub http: String,
    pub https: String,
    /// Every connection is closed behind its answer, and no session of TLS is gone on with: as if
    /// the host were new.
    pub new_host: String,
    pub host: Localhost,
}

impl Base {
    fn new(http: u16, https: u16) -> Self {
        let https = format!("https://localhost:{https}");
        let (http, new_host) = (format!("http://127.0.0.1:{http}"), format!("{https}/close"));
        Self { http, https, new_host, host: Localhost }
    }
}

/// The process.
pub struct Server {
    pub base: Base,
    child: Child,
}

impl Server {
    pub fn start() -> Self {
        let program = env::current_exe().expect("this program");
        let mut child =
            Command::new(program).arg("serve").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("a server");
        let mut line = String::new();
        let stdout = child.stdout.as_mut().expect("its output");
        BufReader::new(stdout).read_line(&mut line).expect("its ports");
        let mut ports = line.split_whitespace().map(|port| port.parse().expect("a port"));
        let (http, https) = (ports.next().expect("a port"), ports.next().expect("a port"));
        Self { base: Base::new(http, https), child }
    }

    /// Seconds of CPU that it has used.
    pub fn cpu(&self) -> f64 {
        let address = self.base.http.trim_start_matches("http://");
        let mut stream = TcpStream::connect(address).expect("a connection");
        stream.write_all(b"GET /cpu HTTP/1.1\r\n\r\n").expect("a request");
        let mut text = String::new();
        stream.read_to_string(&mut text).expect("an answer");
        text.trim().parse().expect("a number")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It ends when its input does.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// The authority that signed for "localhost".
pub fn authority() -> Vec<u8> {
    fixture("ca.pem")
}

fn fixture(name: &str) -> Vec<u8> {
    let path = format!("{}/fixtures/tls/{name}", env!("CARGO_MANIFEST_DIR"));
    fs::read(path).expect("a fixture")
}

pub fn serve_until_stdin_ends() {
    let (http, https) = listen();
    println!("{http} {https}");
    let _ = io::copy(&mut io::stdin(), &mut io::sink());
}

/// A server in this process.
pub fn serve_here() -> Base {
    let (http, https) = listen();
    Base::new(http, https)
}

fn listen() -> (u16, u16) {
    let plain = each_connection(|stream| answer(stream.try_clone()?, stream));
    let config = Arc::new(tls());
    let tls = each_connection(move |stream| {
        let session = ServerConnection::new(Arc::clone(&config)).map_err(io::Error::other)?;
        answer_over_tls(StreamOwned::new(session, stream))
    });
    (plain, tls)
}

fn each_connection(serve: impl Fn(TcpStream) -> io::Result<()> + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let serve = Arc::new(serve);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let serve = Arc::clone(&serve);
            // An error means that the client went away.
            thread::spawn(move || stream.set_nodelay(true).and_then(|()| serve(stream)));
        }
    });
    port
}

fn tls() -> ServerConfig {
    let certificates = CertificateDer::pem_slice_iter(&fixture("localhost.pem")).map(|one| one.expect("PEM")).collect();
    let key = PrivateKeyDer::from_pem_slice(&fixture("localhost.key")).expect("a key");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let mut config =
        builder.expect("versions").with_no_client_auth().with_single_cert(certificates, key).expect("a pair");
    // A client that comes again begins anew, as with a new host.
    config.session_storage = Arc::new(rustls::server::NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    config
}

fn small(connection: &str) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 200 OK\r\nServer: bench\r\nContent-Type: text/plain\r\n\
         Set-Cookie: sid=0123456789abcdef; Path=/\r\n{connection}Content-Length: 100\r\n\r\n"
    );
    [head.as_bytes(), SMALL].concat()
}

fn answer(reader: impl Read, mut writer: impl Write) -> io::Result<()> {
    let mut reader = BufReader::with_capacity(64 * 1024, reader);
    let small = small("");
    let block = vec![b'x'; 256 * 1024];
    let (mut line, mut header) = (String::new(), String::new());
    loop {
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let mut length = 0;
        loop {
            header.clear();
            if reader.read_line(&mut header)? <= 2 {
                break;
            }
            if let Some(value) = header.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or(0);
            }
        }
        match line.split(' ').nth(1).unwrap_or_default() {
            "/cpu" => return write!(writer, "{}", measure::cpu()),
            "/big" => {
                write!(writer, "HTTP/1.1 200 OK\r\nContent-Length: {BIG}\r\n\r\n")?;
                for _ in 0..BIG / block.len() as u64 {
                    writer.write_all(&block)?;
                }
            }
            "/upload" => {
                io::copy(&mut reader.by_ref().take(length), &mut io::sink())?;
                writer.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")?;
            }
            _ => writer.write_all(&small)?,
        }
    }
}

fn answer_over_tls(mut stream: StreamOwned<ServerConnection, TcpStream>) -> io::Result<()> {
    let (kept, closed) = (small(""), small("Connection: close\r\n"));
    let mut head = Vec::new();
    let mut block = [0; 4096];
    loop {
        head.clear();
        while !head.ends_with(b"\r\n\r\n") {
            let amount = stream.read(&mut block)?;
            if amount == 0 {
                return Ok(());
            }
            head.extend_from_slice(&block[..amount]);
        }
        if head.starts_with(b"GET /close/") {
            stream.write_all(&closed)?;
            stream.conn.send_close_notify();
            return stream.flush();
        }
        stream.write_all(&kept)?;
    }
}
