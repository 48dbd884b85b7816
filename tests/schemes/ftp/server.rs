//! An FTP server that knows a few files, and can be told to misbehave.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::support::{Connection, Server};

/// The files, by their way from where the login leads.
pub const FILES: &[(&str, &[u8])] = &[
    ("a.txt", b"hello\n"),
    ("empty", b""),
    ("pub/b.gz", b"\x1f\x8b\r\n\xff\xff\0"),
    ("pub/deep/er/c d.html", b"<p>"),
    ("pub/\u{e9}?;x", b"odd"),
    // As it is heard: the server takes all that is not UTF-8 for this.
    ("pub/\u{fffd}", b"byte"),
    ("/etc/motd", b"from the root\n"),
];

/// What the server does otherwise: a command line (or the verb alone), or one of these:
/// - `HELLO`: the greeting;
/// - `DATA`: what is written on the data connection, `(endless)`, or `(cut)`: a part, and both
///   connections closed;
/// - `END`: the reply after the data;
///
/// and what is replied to it: lines, or one of these:
/// - `(silence)`: nothing, until the client goes;
/// - `(close)`: nothing, and the connection is closed;
/// - `(line)`, `(reply)`, `(drip)`: a line, a reply, that does not end, and a line that comes a
///   byte at a time;
/// - `(closed port)`: a port where nobody listens, for `EPSV`.
pub type Script = &'static [(&'static str, &'static str)];

pub struct FtpServer {
    server: Server,
    said: Arc<Mutex<Vec<String>>>,
}

impl FtpServer {
    pub fn start(script: Script) -> Self {
        let said = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&said);
        let server = Server::raw(move |_, connection| {
            let mut session = Session { connection, script, said: &heard, folder: String::new(), listener: None };
            session.converse()
        });
        Self { server, said }
    }

    /// The URL of a path, which begins with a slash.
    pub fn url(&self, path: &str) -> String {
        self.url_for("", path)
    }

    /// The same with a userinfo, which ends in `@`.
    pub fn url_for(&self, userinfo: &str, path: &str) -> String {
        format!("ftp://{userinfo}127.0.0.1:{}{path}", self.server.port())
    }

    pub fn port(&self) -> u16 {
        self.server.port()
    }

    /// How many control connections were made.
    pub fn connections(&self) -> usize {
        self.server.connections()
    }

    /// All commands, once every connection is closed.
    pub fn said(&self) -> String {
        assert!(self.server.wait_for_connections_closed(), "a connection stays open");
        self.said.lock().unwrap().join(", ")
    }
}

struct Session<'a> {
    connection: &'a mut Connection,
    script: Script,
    said: &'a Mutex<Vec<String>>,
    folder: String,
    listener: Option<TcpListener>,
}

impl Session<'_> {
    fn converse(&mut self) -> io::Result<()> {
        self.reply("HELLO", "220 Hello.")?;
        while let Some(line) = self.line()? {
            self.said.lock().unwrap().push(line.clone());
            let (verb, argument) = line.split_once(' ').unwrap_or((&line, ""));
            match verb {
                "USER" => self.reply(&line, "331 And the password?")?,
                "PASS" => self.reply(&line, "230-Welcome.\r\n 230 is not the end\r\n230 Come in.")?,
                "TYPE" => self.reply(&line, "200 Fine.")?,
                "CWD" => self.enter(&line, argument)?,
                "SIZE" => {
                    let size = self.file(argument).map(|bytes| format!("213 {}", bytes.len()));
                    self.reply(&line, &size.unwrap_or_else(|| "550 No such file.".into()))?;
                }
                "EPSV" => {
                    let port = self.listen()?;
                    self.reply(&line, &format!("229 Come to (|||{port}|)"))?;
                }
                "PASV" => {
                    // Another host: nobody may go there.
                    let port = self.listen()?;
                    self.reply(&line, &format!("227 Come to (10,0,0,1,{},{})", port / 256, port % 256))?;
                }
                "RETR" => match self.file(argument) {
                    Some(bytes) => self.transfer(&line, bytes)?,
                    None => self.reply(&line, "550 No such file.")?,
                },
                "LIST" => self.transfer(&line, &self.names())?,
                "QUIT" => return self.reply(&line, "221 Bye."),
                _ => self.reply(&line, "500 What?")?,
            }
        }
        Ok(())
    }

    fn line(&mut self) -> io::Result<Option<String>> {
        let mut line = Vec::new();
        while !line.ends_with(b"\r\n") {
            let mut byte = [0];
            if self.connection.read(&mut byte)? == 0 {
                return Ok(None);
            }
            line.extend(byte);
        }
        line.truncate(line.len() - 2);
        Ok(Some(String::from_utf8_lossy(&line).into_owned()))
    }

    /// The script's word on this command, by its line or its verb.
    fn scripted(&self, line: &str) -> Option<&'static str> {
        let verb = line.split(' ').next().unwrap_or_default();
        let scripted = self.script.iter().find(|(command, _)| *command == line || *command == verb);
        scripted.map(|(_, reply)| *reply)
    }

    fn reply(&mut self, line: &str, otherwise: &str) -> io::Result<()> {
        match self.scripted(line).unwrap_or(otherwise) {
            "(silence)" => {
                self.connection.wait_for_client_to_go()?;
                Err(io::ErrorKind::UnexpectedEof.into())
            }
            "(close)" => Err(io::ErrorKind::UnexpectedEof.into()),
            "(line)" => self.endless(&[b'2'; 4096]),
            "(reply)" => self.endless(&b"220-and\r\n".repeat(500)),
            "(drip)" => {
                while self.connection.pause(Duration::from_millis(5)) {
                    self.connection.write_all(b"2")?;
                }
                Ok(())
            }
            "(closed port)" => {
                self.listener = None;
                let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
                write!(self.connection, "229 Come to (|||{port}|)\r\n")
            }
            reply => self.connection.write_all(format!("{reply}\r\n").as_bytes()),
        }
    }

    fn endless(&mut self, block: &[u8]) -> io::Result<()> {
        loop {
            self.connection.write_all(block)?;
        }
    }

    fn way_to(&self, name: &str) -> String {
        match self.folder.as_str() {
            "" => name.to_owned(),
            _ if name.starts_with('/') => name.to_owned(),
            "/" => format!("/{name}"),
            folder => format!("{folder}/{name}"),
        }
    }

    fn file(&self, name: &str) -> Option<&'static [u8]> {
        let way = self.way_to(name);
        FILES.iter().find(|(file, _)| *file == way).map(|(_, bytes)| *bytes)
    }

    fn enter(&mut self, line: &str, folder: &str) -> io::Result<()> {
        let way = self.way_to(folder);
        let inside = format!("{}/", way.trim_end_matches('/'));
        if !FILES.iter().any(|(file, _)| file.starts_with(&inside)) {
            return self.reply(line, "550 No such folder.");
        }
        self.folder = way;
        self.reply(line, "250 Here we are.")
    }

    fn names(&self) -> Vec<u8> {
        format!("-rw-r--r-- 1 a b 6 ../../{}\r\n", self.folder).into_bytes()
    }

    fn listen(&mut self) -> io::Result<u16> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        // Who did not come before the file is asked for does not come.
        listener.set_nonblocking(true)?;
        let port = listener.local_addr()?.port();
        self.listener = Some(listener);
        Ok(port)
    }

    fn transfer(&mut self, line: &str, bytes: &[u8]) -> io::Result<()> {
        if self.scripted(line).is_some_and(|reply| !reply.starts_with('1')) {
            return self.reply(line, "");
        }
        let Some(mut data) = self.listener.take().and_then(|listener| listener.accept().ok()).map(|(data, _)| data)
        else {
            return self.reply("", "425 Nobody came.");
        };
        data.set_nonblocking(false)?;
        self.reply(line, "150 Here it comes.")?;
        match self.scripted("DATA") {
            Some("(endless)") => endless_data(&mut data),
            Some("(cut)") => {
                data.write_all(&bytes[..bytes.len() / 2])?;
                drop(data);
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            Some("(silence)") => {
                self.connection.wait_for_client_to_go()?;
                return Ok(());
            }
            Some(other) => data.write_all(other.as_bytes())?,
            None => data.write_all(bytes)?,
        }
        drop(data);
        self.reply("END", "226 That was it.")
    }
}

/// Until the client goes.
fn endless_data(data: &mut TcpStream) {
    while data.write_all(&[b'x'; 4096]).is_ok() {}
}
