//! A file to a site that asks for a password: as a form with files, with a progress bar, and as a stream, whatever its
//! size.
//!
//! ```sh
//! cargo run --example upload
//! cargo run --example upload -- http://me:secret@127.0.0.1:8000/upload FILM
//! ```
//!
//! The bar is on stderr, and only where that is a terminal; it begins anew when the file is sent again, as it is after
//! the challenge. Without a URL the site is a server in this example.
#![allow(clippy::print_stdout, reason = "an example is a program that prints")]

use std::error::Error;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::{env, fs, io, thread};

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

fn serve() -> io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let site = format!("http://{}", listener.local_addr()?);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // A visitor who went away is not waited for.
            let _ = answer(stream);
        }
    });
    Ok(site)
}

fn answer(mut stream: TcpStream) -> io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let lines = reader.by_ref().lines().map_while(Result::ok);
    let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
    let length = head.iter().find_map(|line| line.strip_prefix("Content-Length: ")?.parse().ok()).unwrap_or_default();
    io::copy(&mut reader.take(length), &mut io::sink())?;
    if head.iter().any(|line| line.starts_with("Authorization: Digest ")) {
        return stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nthanks");
    }
    let challenge = "WWW-Authenticate: Digest realm=\"films\", nonce=\"31d4\", qop=\"auth\"";
    write!(stream, "HTTP/1.1 401 Unauthorized\r\n{challenge}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
}
