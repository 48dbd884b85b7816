//! A page that says "come back in three seconds" is waited for; one that reloads itself every five
//! minutes is not.
//!
//! RUST_LOG=clientcookie::http_redirects=debug cargo run --example refresh
#![allow(clippy::print_stdout, reason = "an example is a program that prints")]

use std::sync::Arc;
use std::time::Duration;

use clientcookie::clock::Clock;
use clientcookie::transport::ScriptedTransport;
use clientcookie::{HttpEquivProcessor, HttpHandler, HttpRefreshProcessor, build_opener};

fn main() -> Result<(), clientcookie::Error> {
    env_logger::init();
    let refresh = HttpRefreshProcessor::new().max_time(Duration::from_secs(10)).clock(Arc::new(Telling));
    let opener = build_opener((refresh, HttpEquivProcessor::new(), HttpHandler::with_transport(server())));
    for path in ["/start", "/news", "/trap"] {
        let mut response = opener.open(format!("http://example.com{path}"))?;
        for step in response.redirections() {
            println!("{} {}", step.status(), step.url());
        }
        println!("{} {}", response.status(), response.url());
        println!("{}", response.text()?);
    }
    Ok(())
}

/// A clock that says how long one would sleep. Without it, the program does.
#[derive(Debug)]
struct Telling;

impl Clock for Telling {
    fn now(&self) -> i64 {
        0
    }

    fn sleep(&self, duration: Duration) {
        println!("(waiting for {duration:?})");
    }
}

fn server() -> ScriptedTransport {
    let html = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n";
    ScriptedTransport::new()
        .reply("HTTP/1.1 302 Found\r\nLocation: /job\r\n\r\n")
        .reply(format!("{html}<meta http-equiv=refresh content='3; url=/job?try=2'>still at it\n"))
        .reply("HTTP/1.1 200 OK\r\nRefresh: 0; url=/result\r\n\r\nready\n")
        .reply("HTTP/1.1 200 OK\r\n\r\nthe result\n")
        .reply("HTTP/1.1 200 OK\r\nRefresh: 330\r\n\r\nthe news\n")
        .reply("HTTP/1.1 200 OK\r\nRefresh: 0; url=javascript:alert(1)\r\n\r\na page that means no good\n")
}
