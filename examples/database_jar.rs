//! Programs that share a jar: the cookies are in a database, and whoever runs at the same time sees
//! them at once.
//!
//! ```sh
//! cargo run --example database_jar --features sqlite
//! ```
//!
//! It runs itself twice more as programs of their own, one after the other, with a server that
//! greets by name whoever logged in.
#![allow(clippy::print_stdout, reason = "an example is a program that prints")]

mod shared;

use std::error::Error;
use std::io::Write;
use std::process::Command;
use std::{env, fs, process};

use clientcookie::{HttpCookieProcessor, SqliteCookieJar, build_opener};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.as_slice() {
        [file, url] => visit(file, url),
        _ => share(),
    }
}

/// All of a program's life. There is nothing to load, and nothing to save.
fn visit(file: &str, url: &str) -> Result<(), Box<dyn Error>> {
    let jar = SqliteCookieJar::create(file)?;
    let opener = build_opener(HttpCookieProcessor::new(&jar));
    println!("{}", opener.open(url)?.text()?);
    Ok(())
}

fn share() -> Result<(), Box<dyn Error>> {
    let folder = env::temp_dir().join(format!("database_jar-{}", process::id()));
    fs::create_dir_all(&folder)?;
    let file = folder.join("cookies.db");
    let site = serve()?;
    let jar = SqliteCookieJar::create(&file)?;
    for page in ["/", "/login", "/"] {
        let output = Command::new(env::current_exe()?).arg(&file).arg(format!("{site}{page}")).output()?;
        print!("another program opens {page:7} {}", String::from_utf8_lossy(&output.stdout));
        std::io::stderr().write_all(&output.stderr)?;
        println!("this one sees {} cookie(s)", jar.len());
    }
    // A session of several programs ends when you say so.
    jar.clear_session_cookies();
    println!("the session is over: {} cookie(s)", jar.len());
    drop(jar);
    fs::remove_dir_all(&folder)?;
    Ok(())
}

fn serve() -> std::io::Result<String> {
    shared::serve(|asked| match (asked.target.as_str(), asked.header("Cookie").unwrap_or_default()) {
        ("/login", _) => shared::page_with("Set-Cookie: user=guest; Path=/", "Welcome."),
        (_, cookie) => match cookie.strip_prefix("user=") {
            Some(name) => shared::page(&format!("Hello, {name}.")),
            None => shared::page("Who are you?"),
        },
    })
}
