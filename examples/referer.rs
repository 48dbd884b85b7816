//! A chain of requests, each of which says which page it comes from.
//!
//! ```sh
//! cargo run --example referer
//! ```
//!
//! It talks to a server of its own on the loopback interface, which has two names and shows what it
//! was told.
#![allow(clippy::print_stdout, reason = "an example is a program that prints")]

mod shared;

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;

use clientcookie::transport::{FixedResolver, UreqTransport};
use clientcookie::{HttpHandler, HttpRefererProcessor, OpenerDirector, Request, Result, build_opener};

fn main() -> Result<(), Box<dyn Error>> {
    let address = serve()?;
    let resolver = FixedResolver::new().host("shop.test", 80, [address]).host("bank.test", 80, [address]);
    let http = HttpHandler::with_transport(UreqTransport::new().resolver(resolver));
    let referer = Arc::new(HttpRefererProcessor::new());
    let opener = build_opener((Arc::clone(&referer), http));

    println!("From the first page to the next:");
    show(&opener, Request::new("http://shop.test/cart?item=7#total")?)?;
    show(&opener, Request::new("http://shop.test/checkout")?)?;
    println!("Through a redirect, and to another site, which is told the origin alone:");
    show(&opener, Request::new("http://shop.test/pay")?)?;
    println!("A request that has its own keeps it:");
    show(&opener, Request::get("http://shop.test/help").header("Referer", "http://search.test/?q=help").build()?)?;
    println!("After a new start there is none:");
    referer.clear();
    show(&opener, Request::new("http://shop.test/")?)?;
    Ok(())
}

fn show(opener: &OpenerDirector, request: Request) -> Result<()> {
    let mut page = opener.open(request)?;
    let text = page.text()?;
    println!("  {}: {text}", page.url());
    Ok(())
}

fn serve() -> Result<SocketAddr, Box<dyn Error>> {
    let site = shared::serve(|asked| {
        let told = asked.header("Referer").map_or("no Referer".to_owned(), |told| format!("Referer: {told}"));
        match asked.target.as_str() {
            "/pay" => "HTTP/1.1 302 Found\r\nLocation: http://bank.test/card\r\nConnection: close\r\n\r\n".to_owned(),
            _ => shared::page(&told),
        }
    })?;
    Ok(site.trim_start_matches("http://").parse()?)
}
