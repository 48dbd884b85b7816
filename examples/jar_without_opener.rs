//! The cookie jar with another HTTP client: bare `ureq`, no opener, two calls a request.
//!
//! ```sh
//! cargo run --example jar_without_opener
//! ```
//!
//! It talks to a server of its own on the loopback interface, which greets by name whoever logged in.
#![allow(clippy::print_stdout, reason = "an example is a program that prints")]

use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use clientcookie::CookieJar;

fn main() -> Result<(), Box<dyn Error>> {
    let site = serve()?;
    let client = Client::new();

    for path in ["/", "/login", "/", "/logout", "/"] {
        println!("GET {path}\n  {}", client.get(&format!("{site}{path}"))?);
    }
    println!("{}", client.jar);
    Ok(())
}

/// An HTTP client with a memory.
struct Client {
    agent: ureq::Agent,
    jar: CookieJar,
}

impl Client {
    fn new() -> Self {
        // Redirects would hide responses from the jar, and cookies of one host from the rules of the next.
        let config = ureq::Agent::config_builder().max_redirects(0).http_status_as_error(false).build();
        Self { agent: config.into(), jar: CookieJar::new() }
    }

    fn get(&self, url: &str) -> Result<String, Box<dyn Error>> {
        let mut request = http::Request::get(url).body(())?;
        self.jar.add_cookie_header(&mut request);
        let asked = request.clone();
        let mut response = self.agent.run(request)?;
        self.jar.extract_cookies(&response, &asked);
        Ok(response.body_mut().read_to_string()?)
    }
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
    let (mut first, mut cookie) = (None, String::new());
    for line in BufReader::new(connection).lines() {
        let line = line?;
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(": ")
            && name.eq_ignore_ascii_case("Cookie")
        {
            value.clone_into(&mut cookie);
        }
        first.get_or_insert(line);
    }
    let (set_cookie, body) = match first.unwrap_or_default().split(' ').nth(1) {
        Some("/login") => ("Set-Cookie: user=guest; Path=/; HttpOnly\r\n", "You are logged in.".to_owned()),
        Some("/logout") => ("Set-Cookie: user=; Path=/; Max-Age=0\r\n", "Good bye.".to_owned()),
        _ => ("", cookie.strip_prefix("user=").map_or("Who are you?".to_owned(), |name| format!("Hello, {name}."))),
    };
    let length = body.len();
    write!(connection, "HTTP/1.1 200 OK\r\n{set_cookie}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}")
}
