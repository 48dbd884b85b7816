//! Any bytes as the replies of an FTP server, whole or in halves: the outcome is the same, and a
//! body that ends in order is the one that was sent.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};

use clientcookie::{FtpHandler, OpenerDirector};

use super::kind_of;
use super::loopback::{Client, HOST, converse, send};

const PATHS: [&str; 6] = ["/a.txt", "/dir/a.txt", "/dir/", "", "/a.txt;type=a", "/%2fetc/a"];
const DATA: &[u8] = b"0123456789abcdef";

pub fn run(bytes: &[u8]) {
    let Some((&[path, length], replies)) = bytes.split_first_chunk() else {
        return;
    };
    let (path, data) = (PATHS[usize::from(path) % PATHS.len()], &DATA[..usize::from(length) % 16]);
    let Some(whole) = outcome(path, data, replies, false) else {
        return;
    };
    assert_eq!(outcome(path, data, replies, true).expect("a server, as before"), whole, "in halves");
    if let Ok(body) = whole {
        assert_eq!(body, data);
    }
}

/// The body, or the name of the error.
fn outcome(path: &str, data: &[u8], replies: &[u8], in_halves: bool) -> Option<Result<Vec<u8>, String>> {
    let serve = |control: &TcpStream, client: &Client| {
        let _ = dialogue(control, client, data, replies, in_halves);
    };
    converse(serve, |address| {
        let mut opener = OpenerDirector::new();
        opener.add_handler(FtpHandler::new());
        let url = format!("ftp://{address}{path}");
        let mut body = Vec::new();
        let read = opener.open(url.as_str()).and_then(|mut response| Ok(response.read_to_end(&mut body)?));
        read.map(|_| body).map_err(|error| kind_of(&error))
    })
}

/// The replies stand with NULs between them; one goes to each command, two to a transfer, and more
/// while it waits for more. `%P` in one is the port for the data, `%Q` the same in two bytes.
fn dialogue(control: &TcpStream, client: &Client, data: &[u8], replies: &[u8], in_halves: bool) -> Option<()> {
    let listener = TcpListener::bind((HOST, 0)).ok()?;
    let port = listener.local_addr().ok()?.port();
    let mut replies = replies.split(|&byte| byte == 0).map(|reply| filled(reply, port));
    let mut say = || {
        let reply = replies.next()?;
        let (first, second) = reply.split_at(if in_halves { reply.len() / 2 } else { 0 });
        send(control, [first, second].into_iter().filter(|piece| !piece.is_empty()), client);
        Some(())
    };
    say()?;
    let mut commands = BufReader::new(control);
    let mut command = String::new();
    loop {
        // It waits for more of a reply, which is to come.
        while commands.buffer().is_empty() && !client.goes_on(control) {
            say()?;
        }
        commands.read_line(&mut command).ok().filter(|length| *length > 0)?;
        let is_transfer = command.starts_with("RETR") || command.starts_with("LIST");
        let connection = if is_transfer { accept(&listener) } else { None };
        say()?;
        if let Some(mut connection) = connection {
            // The client may have gone.
            let _ = connection.write_all(data);
            drop(connection);
            say()?;
        }
        command.clear();
    }
}

/// The connection that the client has made, if it has made one.
fn accept(listener: &TcpListener) -> Option<TcpStream> {
    listener.set_nonblocking(true).ok()?;
    let (connection, _) = listener.accept().ok()?;
    connection.set_nonblocking(false).ok()?;
    Some(connection)
}

/// The reply with the port in it.
fn filled(reply: &[u8], port: u16) -> Vec<u8> {
    let mut filled = Vec::new();
    let mut rest = reply;
    while let Some((&first, behind)) = rest.split_first() {
        match (first, behind.first()) {
            (b'%', Some(b'P')) => filled.extend(port.to_string().bytes()),
            (b'%', Some(b'Q')) => filled.extend(format!("{},{}", port >> 8, port & 255).bytes()),
            _ => {
                filled.push(first);
                rest = behind;
                continue;
            }
        }
        rest = &behind[1..];
    }
    filled
}
