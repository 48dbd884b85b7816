//! Servers that are busy, asked again after as long as they say.
//!
//! ```sh
//! cargo run --example retry
//! ```
//!
//! The site is a server in this example, busy twice. So that nobody waits, the clock is one of the
//! example's own; leave it out and the program sleeps.
#![allow(clippy::print_stdout, reason = "an example is a program that prints")]

mod shared;

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
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

fn serve() -> std::io::Result<String> {
    let asked_so_far = AtomicUsize::new(0);
    shared::serve(move |asked| {
        let number = asked_so_far.fetch_add(1, Ordering::Relaxed);
        let answer = match number {
            _ if asked.target != "/page" => "503 Closed Today\r\nRetry-After: 86400\r\n",
            0 => "503 Busy\r\nRetry-After: 2\r\n",
            2 => return shared::page("here you are"),
            _ => "429 Too Many Requests\r\n",
        };
        format!("HTTP/1.1 {answer}Content-Length: 0\r\nConnection: close\r\n\r\n")
    })
}
