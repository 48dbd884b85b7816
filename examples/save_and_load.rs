//! A program that remembers: its cookies are in a file, which curl and wget read as well.
//!
//! ```sh
//! cargo run --example save_and_load
//! ```
//!
//! It runs twice in one, as two visits on two days would be, with a server of its own that counts the visits.
#![allow(clippy::print_stdout, reason = "an example is a program that prints")]

use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;
use std::{env, fs, thread};

use clientcookie::{HttpCookieProcessor, MozillaCookieJar, build_opener};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = env::temp_dir().join(format!("save_and_load-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let site = serve()?;
    let file = folder.join("cookies.txt");
    let visits = visit(&site, &file).and_then(|()| visit(&site, &file));
    fs::remove_dir_all(&folder)?;
    visits
}

/// All of a program's life.
fn visit(site: &str, file: &Path) -> Result<(), Box<dyn Error>> {
    // Session cookies, which a browser would forget, are kept as well.
    let jar = MozillaCookieJar::new(file).ignore_discard(true);
    match jar.load() {
        Ok(report) => {
            println!("{} cookie(s) loaded", report.stored);
            // Lines that were skipped, cookies that were refused: nothing is lost without a word.
            report.problems().for_each(|problem| println!("{problem}"));
        }
        Err(error) if error.is_not_found() => println!("no cookies yet"),
        Err(error) => return Err(error.into()),
    }
    let opener = build_opener(HttpCookieProcessor::new(&jar));
    println!("{}", opener.open(site)?.text()?);
    // Whole or not at all, and for no other user of this machine to read.
    let report = jar.save()?;
    println!("{} cookie(s) saved", report.saved);
    for left_out in report.left_out {
        println!("{} was left out: {}", left_out.cookie.name(), left_out.reason);
    }
    Ok(())
}

/// Counts the visits of each visitor, in a cookie.
fn serve() -> Result<String, Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let site = format!("http://{}/", listener.local_addr()?);
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let head = BufReader::new(&stream).lines().map_while(Result::ok).take_while(|line| !line.is_empty());
            let cookie = head.filter_map(|line| line.strip_prefix("Cookie: visits=").map(str::to_owned)).last();
            let visits = cookie.and_then(|visits| visits.parse::<u32>().ok()).unwrap_or(0) + 1;
            let body = format!("this is visit {visits}");
            // A visitor who went away is not waited for.
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\nSet-Cookie: visits={visits}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
        }
    });
    Ok(site)
}
