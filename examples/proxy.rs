//! Through a proxy: by scheme, but not for every host, and with a word of the request's own.
//!
//! ```sh
//! cargo run --example proxy
//! ```
//!
//! The proxy is one of this program's own. Who writes `build_opener(())` gets those that the
//! environment names, in `http_proxy`, `https_proxy` and `no_proxy`.
#![allow(clippy::print_stdout, reason = "an example is a program that prints")]

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use clientcookie::transport::Proxy;
use clientcookie::{Error, HttpErrorCause, ProxyHandler, Request, build_opener};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let office = serve("the office's proxy")?;
    let own = serve("a proxy of one's own")?;
    let site = serve("the site")?;

    let proxies = ProxyHandler::with_proxies([("http", format!("me:secret@{office}")), ("https", office.clone())]);
    let opener = build_opener(proxies.no_proxy("localhost, 10.0.0.0/8"));
    let show = |what: &str, request: Request| -> Result<(), Error> {
        println!("{what}:\n{}", opener.open(request)?.text()?);
        Ok(())
    };
    show("as the opener has it", Request::new("http://example.com/page")?)?;
    let exempt = format!("http://{site}/page").replace("127.0.0.1", "localhost");
    show("a host of no_proxy", Request::new(&exempt)?)?;
    let with = Request::get("http://example.com/page").proxy(Proxy::new(&own)?);
    show("with a proxy of its own", with.build()?)?;
    let without = Request::get(format!("http://{site}/page")).proxy(None);
    show("without any", without.build()?)?;

    // For https a proxy is asked for a tunnel. This one refuses, and what it says is an error,
    // never an answer.
    match opener.open("https://example.com/").map_err(Error::into_http_error) {
        Err(Ok(mut refusal)) if *refusal.cause() == HttpErrorCause::TunnelRefused => {
            println!("no tunnel: {} {}", refusal.status().as_u16(), refusal.reason());
            println!("{}", refusal.text()?);
        }
        Err(Err(error)) => println!("no answer: {error}"),
        other => println!("{other:?}"),
    }
    Ok(())
}

/// Tells each visitor what was asked for. It is all that a proxy has to do here.
fn serve(name: &'static str) -> Result<String, std::io::Error> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?.to_string();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // A visitor who went away is not waited for.
            let _ = answer(stream, name);
        }
    });
    Ok(address)
}

fn answer(mut stream: TcpStream, name: &str) -> Result<(), std::io::Error> {
    let head = BufReader::new(&stream).lines().map_while(Result::ok).take_while(|line| !line.is_empty());
    let (mut asked, mut user) = (String::new(), "nobody");
    for line in head {
        if asked.is_empty() {
            asked = line;
        } else if line == "Proxy-Authorization: Basic bWU6c2VjcmV0" {
            user = "me";
        }
    }
    let status = if asked.starts_with("CONNECT") { "403 Not From Here" } else { "200 OK" };
    let body = format!("  {name} was asked by {user}: {asked}");
    let length = body.len();
    write!(stream, "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}")
}
