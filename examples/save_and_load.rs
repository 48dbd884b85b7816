//! A program that remembers: its cookies are in a file, which curl and wget read as well.
//!
//! ```sh
//! cargo run --example save_and_load
//! ```
//!
//! It runs twice in one, as two visits on two days would be, with a server of its own that counts
//! the visits.
#![allow(clippy::print_stdout, reason = "an example is a program that prints")]

mod shared;

use std::error::Error;
use std::path::Path;
use std::{env, fs};

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

fn serve() -> std::io::Result<String> {
    let site = shared::serve(|asked| {
        let cookie = asked.header("Cookie").and_then(|cookie| cookie.strip_prefix("visits="));
        let visits = cookie.and_then(|visits| visits.parse::<u32>().ok()).unwrap_or(0) + 1;
        shared::page_with(&format!("Set-Cookie: visits={visits}"), &format!("this is visit {visits}"))
    })?;
    Ok(format!("{site}/"))
}
