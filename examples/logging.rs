//! What goes on inside: the library's log, as the original offered to show "what is going on in its
//! tiny mind".
//!
//! ```sh
//! cargo run --example logging
//! RUST_LOG=clientcookie::cookies=debug cargo run --example logging
//! RUST_LOG=clientcookie=info cargo run --example logging
//! ```
//!
//! - `clientcookie::cookies` (debug): each cookie that was stored, replaced, deleted, refused, sent
//!   or not, and why.
//! - `clientcookie::wire` (debug): both heads of every exchange.
//! - `clientcookie::http_redirects` (info): every redirect, from [`HttpRedirectDebugProcessor`].
//! - `clientcookie::http_responses` (info): every response with its body, from
//!   [`HttpResponseDebugProcessor`].
//!
//! Secrets are hidden in all of them, but for what stands in a body. It talks to a server of its
//! own on the loopback interface.
#![allow(clippy::print_stdout, reason = "an example is a program that prints")]

mod shared;

use std::error::Error;

use clientcookie::{HttpRedirectDebugProcessor, HttpResponseDebugProcessor, build_opener};
use env_logger::Env;

fn main() -> Result<(), Box<dyn Error>> {
    env_logger::Builder::from_env(Env::default().default_filter_or("clientcookie=debug")).init();

    // What is logged at info level comes from processors that somebody has to ask for.
    let opener = build_opener((HttpRedirectDebugProcessor::new(), HttpResponseDebugProcessor::new()));
    let site = serve()?;
    let mut page = opener.open(format!("{site}/old"))?;
    // It was logged, and can still be read.
    println!("{}", page.text()?);
    Ok(())
}

fn serve() -> std::io::Result<String> {
    shared::serve(|asked| match asked.target.as_str() {
        "/old" => "HTTP/1.1 302 Found\r\nLocation: /new\r\nSet-Cookie: sid=31d4\r\n\
                   Set-Cookie: x=y; Domain=example.com\r\nConnection: close\r\n\r\nmoved"
            .to_owned(),
        // The cookie is given another value, and then taken back.
        _ => "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nSet-Cookie: sid=31d5; HttpOnly\r\n\
              Set-Cookie: sid=; Max-Age=0\r\nConnection: close\r\n\r\n<p>here</p>"
            .to_owned(),
    })
}
