//! Files from the web: with a progress bar, and what to do when a download is cut short.
//!
//! ```sh
//! cargo run --example retrieve
//! ```
//!
//! The bar is on stderr, and only where that is a terminal. The site is a server in this example;
//! its connection breaks in the middle of the file, once.
#![allow(clippy::print_stdout, reason = "an example is a program that prints")]

use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::{env, fs, thread};

use clientcookie::{ErrorKind, Retrieve, build_opener, urlretrieve};
use indicatif::{ProgressBar, ProgressStyle};

const SIZE: usize = 3_000_000;

fn main() -> Result<(), Box<dyn Error>> {
    let site = serve()?;

    // Into a temporary file, which goes when `page` does.
    let page = urlretrieve(format!("{site}/page.html"), ())?;
    println!("{} bytes in a temporary file", fs::metadata(page.path())?.len());

    let folder = env::temp_dir().join(format!("retrieve-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let outcome = download(&format!("{site}/film"), &folder.join("film"));
    fs::remove_dir_all(&folder)?;
    outcome
}

fn download(url: &str, file: &Path) -> Result<(), Box<dyn Error>> {
    let style = ProgressStyle::with_template("{bar:40} {bytes} of {total_bytes}")?;
    let opener = build_opener(());
    // What has arrived is kept beside the file, and the next attempt asks for the rest.
    let attempt = || {
        let bar = ProgressBar::no_length().with_style(style.clone());
        let how = Retrieve::to(file).resume(true).reporthook(|blocks, size, total| {
            let total = total.unwrap_or_default();
            bar.set_length(total);
            bar.set_position((blocks * size as u64).min(total));
        });
        let outcome = opener.retrieve(url, how);
        bar.finish_and_clear();
        outcome
    };
    match attempt() {
        Ok(retrieved) => println!("status {}", retrieved.status().as_u16()),
        Err(error) => match error.kind() {
            ErrorKind::ContentTooShort { got, .. } => println!("cut short after {got} bytes"),
            _ => return Err(error.into()),
        },
    }
    println!("the file is there: {}", file.exists());
    let retrieved = attempt()?;
    println!("status {}: {} bytes", retrieved.status().as_u16(), fs::metadata(retrieved.path())?.len());
    Ok(())
}

fn serve() -> Result<String, std::io::Error> {
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

fn answer(mut stream: TcpStream) -> Result<(), std::io::Error> {
    let lines = BufReader::new(&stream).lines().map_while(Result::ok);
    let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
    let start = head.iter().find_map(|line| line.strip_prefix("Range: bytes=")?.strip_suffix('-')?.parse().ok());
    let film = vec![b'x'; SIZE];
    match (head.first(), start) {
        (Some(line), _) if line.starts_with("GET /page.html ") => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 13\r\nConnection: close\r\n\r\n<p>Hello.</p>")
        }
        (_, Some(start)) if start < SIZE => {
            let (rest, last) = (SIZE - start, SIZE - 1);
            let range = format!("Content-Range: bytes {start}-{last}/{SIZE}\r\nContent-Length: {rest}");
            write!(stream, "HTTP/1.1 206 Partial Content\r\nETag: \"1\"\r\n{range}\r\nConnection: close\r\n\r\n")?;
            stream.write_all(&film[start..])
        }
        _ => {
            write!(stream, "HTTP/1.1 200 OK\r\nETag: \"1\"\r\nContent-Length: {SIZE}\r\nConnection: close\r\n\r\n")?;
            stream.write_all(&film[..SIZE / 3])
        }
    }
}
