//! The cookie jar with another HTTP client: bare `ureq`, no opener, two calls a request.
//!
//! ```sh
//! cargo run --example jar_without_opener
//! ```
//!
//! It talks to a server of its own on the loopback interface, which greets by name whoever logged
//! in.
#![allow(clippy::print_stdout, reason = "an example is a program that prints")]

mod shared;

use std::error::Error;

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
        // Redirects would hide responses from the jar, and cookies of one host from the rules of
        // the next.
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

fn serve() -> std::io::Result<String> {
    shared::serve(|asked| match (asked.target.as_str(), asked.header("Cookie").unwrap_or_default()) {
        ("/login", _) => shared::page_with("Set-Cookie: user=guest; Path=/; HttpOnly", "You are logged in."),
        ("/logout", _) => shared::page_with("Set-Cookie: user=; Path=/; Max-Age=0", "Good bye."),
        (_, cookie) => match cookie.strip_prefix("user=") {
            Some(name) => shared::page(&format!("Hello, {name}.")),
            None => shared::page("Who are you?"),
        },
    })
}
