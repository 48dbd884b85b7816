//! Files and folders by FTP, with errors that say what the server said.
//!
//! ```sh
//! cargo run --features ftp --example ftp                 # a server of its own
//! cargo run --features ftp --example ftp ftp://...       # another one
//! RUST_LOG=clientcookie=debug cargo run --features ftp --example ftp
//! ```
//!
//! The last shows the conversation with the server, without its password.
#![allow(clippy::print_stdout, reason = "an example is a program that prints")]

use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::{env, io, thread};

use clientcookie::{CacheFtpHandler, build_opener};

fn main() -> Result<(), Box<dyn Error>> {
    env_logger::init();
    // One login serves for all files of a folder and of those below.
    let opener = build_opener(CacheFtpHandler::new());
    let mut urls: Vec<String> = env::args().skip(1).collect();
    if urls.is_empty() {
        let site = format!("ftp://me:secret@{}", serve()?);
        urls.extend(["/", "/notes.txt", "/pub/page.html", "/pub/none"].map(|path| format!("{site}{path}")));
    }
    for url in urls {
        match opener.open(url) {
            Ok(mut response) => {
                println!("{}\n{}", response.url().path(), response.headers());
                println!("{}", response.text()?.replace('\r', ""));
            }
            Err(error) => println!("{}", error.kind()),
        }
    }
    Ok(())
}

const FILES: [(&str, &str); 2] = [("notes.txt", "Buy milk.\n"), ("pub/page.html", "<h1>Hello</h1>\n")];

/// Starts a small FTP server, and returns its host and port.
fn serve() -> Result<String, Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let place = listener.local_addr()?.to_string();
    thread::spawn(move || {
        for control in listener.incoming().flatten() {
            // Who went away is not waited for.
            let _ = converse(control);
        }
    });
    Ok(place)
}

fn converse(mut control: TcpStream) -> io::Result<()> {
    let commands = BufReader::new(control.try_clone()?).lines();
    let mut data = TcpListener::bind("127.0.0.1:0")?;
    let mut folder = String::new();
    write!(control, "220 Hello.\r\n")?;
    for command in commands {
        let command = command?;
        let (verb, argument) = command.split_once(' ').unwrap_or((&command, ""));
        let way = format!("{folder}{argument}");
        let file = FILES.iter().find(|(name, _)| *name == way).map(|(_, content)| (*content).to_owned());
        match (verb, file) {
            ("USER", _) => write!(control, "331 And the password?\r\n")?,
            ("PASS", _) if argument == "secret" => write!(control, "230 Come in.\r\n")?,
            ("PASS", _) => write!(control, "530 No.\r\n")?,
            ("TYPE", _) => write!(control, "200 Fine.\r\n")?,
            ("CWD", None) if FILES.iter().any(|(name, _)| name.starts_with(&format!("{way}/"))) => {
                folder = format!("{way}/");
                write!(control, "250 Here we are.\r\n")?;
            }
            ("SIZE", Some(content)) => write!(control, "213 {}\r\n", content.len())?,
            ("EPSV", _) => {
                data = TcpListener::bind("127.0.0.1:0")?;
                write!(control, "229 Come to (|||{}|)\r\n", data.local_addr()?.port())?;
            }
            ("RETR", Some(content)) => send(&mut control, &data, &content)?,
            ("LIST", _) => send(&mut control, &data, &listing(&folder))?,
            ("QUIT", _) => return write!(control, "221 Bye.\r\n"),
            _ => write!(control, "550 There is no {argument}.\r\n")?,
        }
    }
    Ok(())
}

fn send(control: &mut TcpStream, data: &TcpListener, content: &str) -> io::Result<()> {
    write!(control, "150 Here it comes.\r\n")?;
    data.accept()?.0.write_all(content.as_bytes())?;
    write!(control, "226 That was it.\r\n")
}

fn listing(folder: &str) -> String {
    let names = FILES.iter().filter_map(|(name, _)| name.strip_prefix(folder)?.split('/').next());
    names.map(|name| format!("{name}\r\n")).collect()
}
