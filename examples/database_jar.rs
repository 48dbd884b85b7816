//! Programs that share a jar: the cookies are in a database, and whoever runs at the same time sees them at once.
//!
//! ```sh
//! cargo run --example database_jar --features sqlite
//! ```
//!
//! It runs itself twice more as programs of their own, one after the other, with a server that greets by name whoever
//! logged in.
#![allow(clippy::print_stdout, reason = "an example is a program that prints")]

use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::{env, fs, process, thread};

use clientcookie::{HttpCookieProcessor, SqliteCookieJar, build_opener};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.as_slice() {
        [file, url] => visit(file, url),
        _ => share(),
    }
}

/// All of a program's life. There is nothing to load, and nothing to save.
fn visit(file: &str, url: &str) -> Result<(), Box<dyn Error>> {
    let jar = SqliteCookieJar::create(file)?;
    let opener = build_opener(HttpCookieProcessor::new(&jar));
    println!("{}", opener.open(url)?.text()?);
    Ok(())
}

fn share() -> Result<(), Box<dyn Error>> {
    let folder = env::temp_dir().join(format!("database_jar-{}", process::id()));
    fs::create_dir_all(&folder)?;
    let file = folder.join("cookies.db");
    let site = serve()?;
    let jar = SqliteCookieJar::create(&file)?;
    for page in ["/", "/login", "/"] {
        let output = Command::new(env::current_exe()?).arg(&file).arg(format!("{site}{page}")).output()?;
        print!("another program opens {page:7} {}", String::from_utf8_lossy(&output.stdout));
        std::io::stderr().write_all(&output.stderr)?;
        println!("this one sees {} cookie(s)", jar.len());
    }
    // A session of several programs ends when you say so.
    jar.clear_session_cookies();
    println!("the session is over: {} cookie(s)", jar.len());
    drop(jar);
    fs::remove_dir_all(&folder)?;
    Ok(())
}

/// Starts the server and returns its URL.
fn serve() -> Result<String, Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}", listener.local_addr()?);
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            // A connection that breaks off is the client's affair.
            let _ = answer(&connection);
        }
    });
    Ok(url)
}

fn answer(mut connection: &TcpStream) -> std::io::Result<()> {
    let lines = BufReader::new(connection).lines().map_while(Result::ok).take_while(|line| !line.is_empty());
    let head: Vec<String> = lines.collect();
    let user = head.iter().find_map(|line| line.strip_prefix("Cookie: user="));
    let (set_cookie, body) = match head.first() {
        Some(first) if first.starts_with("GET /login ") => {
            ("Set-Cookie: user=guest; Path=/\r\n", "Welcome.".to_owned())
        }
        _ => ("", user.map_or("Who are you?".to_owned(), |name| format!("Hello, {name}."))),
    };
    let length = body.len();
    write!(connection, "HTTP/1.1 200 OK\r\n{set_cookie}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}")
}
