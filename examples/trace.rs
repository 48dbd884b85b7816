//! What the chain did: an opener is observed while it logs in to a small site, and the trace is
//! printed. `trace.html` beside it is the same as a page, if a name for it is given.
//!
//! ```sh
//! cargo run --example trace
//! cargo run --example trace -- trace.html
//! ```
#![allow(clippy::print_stdout, reason = "an example is a program that prints")]

#[path = "shared/mod.rs"]
mod shared;

use std::error::Error;
use std::{env, fs};

use clientcookie::trace::Trace;
use clientcookie::{Data, Request, build_opener};

use shared::{Asked, page, page_with, serve};

fn main() -> Result<(), Box<dyn Error>> {
    let site = serve(answer)?;
    let mut opener = build_opener(());
    let trace = Trace::new();
    opener.observe(trace.clone());

    let login = Request::post(format!("{site}/login"), Data::form([("user", "me"), ("password", "secret")]));
    println!("{}\n", opener.open(login)?.text()?);
    print!("{trace}");

    if let Some(file) = env::args_os().nth(1) {
        fs::write(file, trace.html())?;
    }
    Ok(())
}

/// Knows who has logged in by a cookie.
fn answer(asked: &Asked) -> String {
    match (asked.target.as_str(), asked.header("Cookie")) {
        ("/login", _) => "HTTP/1.1 303 See Other\r\nLocation: /home\r\nSet-Cookie: sid=31d4; Path=/; HttpOnly\r\n\
                          Set-Cookie: spy=1; Domain=ads.example\r\nConnection: close\r\n\r\n"
            .to_owned(),
        ("/home", Some(cookie)) if cookie.contains("sid=31d4") => {
            page_with("Content-Type: text/plain\r\nSet-Cookie: seen=home; Path=/home", "Welcome back.")
        }
        _ => page("Who are you?"),
    }
}
