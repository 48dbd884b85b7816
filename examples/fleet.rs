//! Two machines that share one jar: one logs in, and the other is logged in. Here both are
//! processes of this machine, and the server is started for them, unless a URL names one.
//!
//! ```sh
//! cargo run --features redis --example fleet
//! cargo run --features redis --example fleet -- redis://redis.example/
//! ```
#![allow(clippy::print_stdout, reason = "an example is a program that prints")]

#[path = "shared/mod.rs"]
mod shared;

use std::env;
use std::error::Error;
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use clientcookie::cookie::RedisCookieJar;
use clientcookie::{HttpCookieProcessor, build_opener};

use shared::{page, page_with, serve};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [redis, site, path] = arguments.as_slice() {
        return machine(redis, &format!("{site}{path}"));
    }
    let own = arguments.is_empty().then(Server::start);
    let redis = match (arguments.first(), &own) {
        (Some(url), _) => url.clone(),
        (None, Some(Some(server))) => server.url(),
        _ => {
            println!("skipped: redis-server is not installed");
            return Ok(());
        }
    };
    let site = serve(|asked| match (asked.target.as_str(), asked.header("Cookie")) {
        ("/login", _) => page_with("Set-Cookie: sid=31d4; Path=/; HttpOnly", "you are logged in"),
        (_, Some(cookie)) if cookie.contains("sid=31d4") => page("three new letters"),
        _ => page("who are you?"),
    })?;
    for (number, path) in ["/letters", "/login", "/letters"].into_iter().enumerate() {
        let said = Command::new(env::current_exe()?).args([redis.as_str(), site.as_str(), path]).output()?;
        print!("machine {} opens {path}: {}", number + 1, String::from_utf8_lossy(&said.stdout));
    }
    Ok(())
}

/// One of the fleet: its jar is where all look.
fn machine(redis: &str, url: &str) -> Result<(), Box<dyn Error>> {
    let jar = RedisCookieJar::connect(redis)?;
    let opener = build_opener(HttpCookieProcessor::new(&jar));
    println!("{}", opener.open(url)?.text()?);
    jar.take_store_error().map_or(Ok(()), |error| Err(error.into()))
}

/// A server on a free port, as long as this lives.
struct Server(Child, u16);

impl Server {
    fn start() -> Option<Self> {
        let port = TcpListener::bind("127.0.0.1:0").ok()?.local_addr().ok()?.port();
        let mut command = Command::new("redis-server");
        command.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", ""]);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().ok()?;
        let server = Self(child, port);
        // It takes some milliseconds.
        (0..500).find(|_| {
            thread::sleep(Duration::from_millis(10));
            TcpStream::connect(("127.0.0.1", port)).is_ok()
        })?;
        Some(server)
    }

    fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.1)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
