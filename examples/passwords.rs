//! Passwords: said to who asks for them, in the way they ask, and to nobody else.
//!
//! ```sh
//! cargo run --example passwords
//! ```
//!
//! The site is a server in this example, with a room that asks with Basic and one that asks with Digest.
#![allow(clippy::print_stdout, reason = "an example is a program that prints")]

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use clientcookie::{
    Error, HttpBasicAuthHandler, HttpDigestAuthHandler, HttpPasswordMgrWithDefaultRealm, OpenerDirector, build_opener,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let site = serve()?;
    let passwords = HttpPasswordMgrWithDefaultRealm::new();
    // For every realm of this place, and all that lies below it.
    passwords.add_password(None, &format!("{site}/staff"), "me", "secret")?;
    let passwords = Arc::new(passwords);
    let opener = build_opener((
        HttpDigestAuthHandler::new(Arc::clone(&passwords)),
        HttpBasicAuthHandler::new(Arc::clone(&passwords)),
    ));
    show(&opener, &format!("{site}/staff/basic"))?;
    // No password is for this place, so none is said.
    show(&opener, &format!("{site}/elsewhere/basic"))?;
    // But the URL may say it.
    show(&opener, &format!("{}/elsewhere/basic", site.replace("://", "://me:secret@")))?;
    // A site that has asked for Digest once is not told the password itself any more: so this comes last.
    show(&opener, &format!("{site}/staff/digest"))?;
    Ok(())
}

fn show(opener: &OpenerDirector, url: &str) -> Result<(), Error> {
    let mut response = match opener.open(url).map_err(Error::into_http_error) {
        Ok(response) => response,
        // A refusal is a page too.
        Err(refusal) => refusal?.into_response(),
    };
    let text = response.text()?;
    println!("{}: {text}", response.url().path());
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
    let path = head.first().and_then(|line| line.split(' ').nth(1)).unwrap_or_default();
    let said = head.iter().find_map(|line| line.strip_prefix("Authorization: ")).unwrap_or("nothing");
    let (challenge, right) = match path.ends_with("/digest") {
        true => ("Digest realm=\"Staff\", nonce=\"4b1d\"", is_right(said, path)),
        // That is "me:secret" in base64, for everybody on the way to read.
        false => ("Basic realm=\"Front Desk\"", said == "Basic bWU6c2VjcmV0"),
    };
    let scheme = said.split(' ').next().unwrap_or_default();
    let (status, header) = match right {
        true => ("200 OK", String::new()),
        false => ("401 Who Is There", format!("WWW-Authenticate: {challenge}\r\n")),
    };
    let body = if right { format!("come in, with {scheme}") } else { format!("stay out, with {scheme}") };
    let length = body.len();
    write!(stream, "HTTP/1.1 {status}\r\n{header}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}")
}

/// The password itself never comes; that who answers knows it can be seen all the same (RFC 2069).
fn is_right(said: &str, path: &str) -> bool {
    let hash = |text: String| format!("{:x}", md5::compute(text));
    let (user, request) = (hash("me:Staff:secret".to_owned()), hash(format!("GET:{path}")));
    said.contains(&format!("response=\"{}\"", hash(format!("{user}:4b1d:{request}"))))
}
