//! A program that is tested without its network: what a small site says is recorded, the site is
//! taken for gone, and the recording answers in its place.
#![allow(clippy::print_stdout, reason = "an example is a program that prints")]

#[path = "shared/mod.rs"]
mod shared;

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::{env, fs};

use clientcookie::replay::{RecordMode, RecordingTransport, ReplayTransport};
use clientcookie::transport::UreqTransport;
use clientcookie::{HttpHandler, OpenerDirector, Transport, build_opener};

use shared::{page, page_with, serve};

fn main() -> Result<(), Box<dyn Error>> {
    let site = serve(|asked| match (asked.target.as_str(), asked.header("Cookie")) {
        ("/login", _) => page_with("Set-Cookie: sid=31d4; Path=/", "hello"),
        (_, Some(_)) => page("three new letters"),
        _ => page("who are you?"),
    })?;
    let file = env::temp_dir().join(format!("clientcookie-replay-{}.har", std::process::id()));

    let recording = RecordingTransport::open(UreqTransport::new(), &file, RecordMode::Once)?;
    println!("from the site:      {}", letters(recording, &site)?);

    println!("from the recording: {}", letters(ReplayTransport::open(&file)?, &site)?);
    let unknown = opener(ReplayTransport::open(&file)?).open(format!("{site}/logout"));
    println!("what is not in it:  {}", unknown.err().ok_or("there is no such answer")?.to_string().replace(&site, ""));
    show_secrets(&file)?;
    fs::remove_file(&file)?;
    Ok(())
}

/// The program that is tested.
fn letters(transport: impl Transport + 'static, site: &str) -> clientcookie::Result<String> {
    let opener = opener(transport);
    opener.open(format!("{site}/login"))?;
    opener.open(format!("{site}/letters"))?.text()
}

fn opener(transport: impl Transport + 'static) -> OpenerDirector {
    build_opener(HttpHandler::with_transport(Arc::new(transport)))
}

/// The session's number is not in the file.
fn show_secrets(file: &Path) -> std::io::Result<()> {
    println!("the cookie's value is in the file: {}", fs::read_to_string(file)?.contains("31d4"));
    Ok(())
}
