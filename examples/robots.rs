//! A small crawler that keeps to robots.txt.
//!
//! ```sh
//! cargo run --example robots
//! ```
//!
//! It follows every link of a site of its own on the loopback interface, which does not want all of
//! it to be seen.
#![allow(clippy::print_stdout, reason = "an example is a program that prints")]

mod shared;

use std::collections::VecDeque;
use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;

use clientcookie::transport::{FixedResolver, UreqTransport};
use clientcookie::{HttpErrorCause, HttpHandler, HttpRobotRulesProcessor, build_opener};
use url::Url;

/// The pages of the site, and the links on each.
const PAGES: [(&str, &str); 6] = [
    ("/", "/about /drafts/novel /drafts/index.html /old"),
    ("/about", "/ /search?q=me /missing"),
    ("/drafts/index.html", "/drafts/poem"),
    ("/drafts/novel", "nobody was to see this"),
    ("/search?q=me", "nor this"),
    (
        "/robots.txt",
        "User-agent: *\nDisallow: /drafts/\nAllow: /drafts/*.html$\nDisallow: /*?q=\nCrawl-delay: 1.5\n\
         Sitemap: http://site.test/map.xml\n\nUser-agent: BadBot\nDisallow: /\n",
    ),
];

fn main() -> Result<(), Box<dyn Error>> {
    let resolver = FixedResolver::new().host("site.test", 80, [serve()?]);
    let http = HttpHandler::with_transport(UreqTransport::new().resolver(resolver));
    let robots = Arc::new(HttpRobotRulesProcessor::new());
    let mut opener = build_opener((Arc::clone(&robots), http));
    opener.addheaders.insert("User-Agent", "Mozilla/5.0 (compatible; ExampleCrawler/0.1)")?;

    let start = Url::parse("http://site.test/")?;
    let (mut seen, mut next) = (vec![start.clone()], VecDeque::from([start.clone()]));
    while let Some(url) = next.pop_front() {
        let mut page = match opener.open(&url) {
            Ok(page) => page,
            Err(error) => {
                let cause = error.as_http_error().map(|error| error.cause());
                match cause {
                    Some(HttpErrorCause::RobotExclusion { reason, .. }) => println!("{url}: not fetched, {reason}"),
                    _ => println!("{error}"),
                }
                continue;
            }
        };
        println!("{}: fetched", page.url());
        let base = page.url().clone();
        for link in page.text()?.split_whitespace().filter_map(|link| base.join(link).ok()) {
            if !seen.contains(&link) {
                seen.push(link.clone());
                next.push_back(link);
            }
        }
    }
    // A crawler that goes on would wait for so long between two pages.
    println!("Crawl-delay: {:?}", robots.crawl_delay(&start));
    println!("Sitemaps: {:?}", robots.sitemaps(&start));
    Ok(())
}

fn serve() -> Result<SocketAddr, Box<dyn Error>> {
    let site = shared::serve(|asked| match PAGES.iter().find(|(path, _)| *path == asked.target) {
        Some((_, body)) => shared::page(body),
        None if asked.target == "/old" => {
            "HTTP/1.1 302 Found\r\nLocation: /drafts/poem\r\nConnection: close\r\n\r\n".to_owned()
        }
        None => "HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n".to_owned(),
    })?;
    Ok(site.trim_start_matches("http://").parse()?)
}
