//! Servers that are busy, asked again after as long as they say.
//!
//! ```sh
//! cargo run --example retry
//! ```
//!
//! The site is a server in this example, busy twice. So that nobody waits, the clock is one of the example's own; leave
//! it out and the program sleeps.
#![allow(clippy::print_stdout, reason = "an example is a program that prints")]

use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use clientcookie::clock::{Clock, SystemClock};
use clientcookie::{HttpRetryProcessor, Request, build_opener};

/// Tells how long it would have slept.
#[derive(Debug)]
struct Impatient;

impl Clock for Impatient {
    fn now(&self) -> i64 {
        SystemClock.now()
    }

    fn sleep(&self, duration: Duration) {
        println!("  waits for {duration:?}");
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let site = serve()?;
    let retry = HttpRetryProcessor::new().max_retries(5).max_wait(Duration::from_secs(30));
    let opener = build_opener(retry.clock(Arc::new(Impatient)));

    println!("a page of a busy server");
    println!("  {}", opener.open(format!("{site}/page"))?.text()?);

    println!("a form, which might be taken twice");
    if let Err(error) = opener.open(Request::post(format!("{site}/page"), "buy=1")) {
        println!("  {}", error.to_string().replace(&site, ""));
    }

    println!("a server that needs longer than we have");
    if let Err(error) = opener.open(format!("{site}/tomorrow")) {
        println!("  {}", error.to_string().replace(&site, ""));
    }
    Ok(())
}

/// Busy for the first two visitors of a page, and again for the fourth.
fn serve() -> Result<String, std::io::Error> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let site = format!("http://{}", listener.local_addr()?);
    thread::spawn(move || {
        for (number, mut stream) in listener.incoming().flatten().enumerate() {
            let lines = BufReader::new(&stream).lines().map_while(Result::ok);
            let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
            let is_page = head.first().is_some_and(|line| line.contains(" /page "));
            let answer = match number {
                _ if !is_page => "503 Closed Today\r\nRetry-After: 86400\r\nContent-Length: 0\r\n",
                0 => "503 Busy\r\nRetry-After: 2\r\nContent-Length: 0\r\n",
                2 => "200 OK\r\nContent-Length: 12\r\n",
                _ => "429 Too Many Requests\r\nContent-Length: 0\r\n",
            };
            let body = if number == 2 { "here you are" } else { "" };
            // A visitor who went away is not waited for.
            let _ = write!(stream, "HTTP/1.1 {answer}Connection: close\r\n\r\n{body}");
        }
    });
    Ok(site)
}
