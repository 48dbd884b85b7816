//! A file to a site that asks for a password: as a form with files, with a progress bar, and as a
//! stream, whatever its size.
//!
//! ```sh
//! cargo run --example upload
//! cargo run --example upload -- http://me:secret@127.0.0.1:8000/upload FILM
//! ```
//!
//! The bar is on stderr, and only where that is a terminal; it begins anew when the file is sent
//! again, as it is after the challenge. Without a URL the site is a server in this example.
#![allow(clippy::print_stdout, reason = "an example is a program that prints")]

mod shared;

use std::error::Error;
use std::path::Path;
use std::{env, fs};

use clientcookie::{Data, Request, build_opener};
use indicatif::{ProgressBar, ProgressStyle};

fn main() -> Result<(), Box<dyn Error>> {
    if let [_, url, file] = env::args().collect::<Vec<_>>().as_slice() {
        return upload(url, Path::new(file));
    }
    let film = env::temp_dir().join(format!("upload-{}.mp4", std::process::id()));
    fs::write(&film, vec![b'x'; 3_000_000])?;
    let outcome = upload(&serve()?.replace("://", "://me:secret@"), &film);
    fs::remove_file(&film)?;
    outcome
}

fn upload(url: &str, file: &Path) -> Result<(), Box<dyn Error>> {
    let bar = ProgressBar::no_length().with_style(ProgressStyle::with_template("{bar:40} {bytes} of {total_bytes}")?);
    let form = Data::multipart().field("title", "The sea").file("film", file)?;
    let shown = bar.clone();
    let data = Data::from(form).report(move |sent, total| {
        shown.set_length(total.unwrap_or_default());
        shown.set_position(sent);
    });
    let outcome = build_opener(()).open(Request::post(url, data));
    bar.finish_and_clear();
    let mut response = outcome?;
    println!("status {}: {}", response.status().as_u16(), response.text()?);
    Ok(())
}

fn serve() -> std::io::Result<String> {
    shared::serve(|asked| match asked.header("Authorization") {
        Some(said) if said.starts_with("Digest ") => shared::page("thanks"),
        _ => "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest realm=\"films\", nonce=\"31d4\", qop=\"auth\"\r\n\
              Content-Length: 0\r\nConnection: close\r\n\r\n"
            .to_owned(),
    })
}
