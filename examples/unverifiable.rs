//! Requests that the user did not ask for, such as a page's images, and the cookies of third
//! parties (the original's section on initiating unverifiable transactions).
//!
//! ```sh
//! cargo run --example unverifiable
//! ```
//!
//! The servers are a script, so nothing leaves this machine.
#![allow(clippy::print_stdout, reason = "an example is a program that prints")]

use clientcookie::transport::ScriptedTransport;
use clientcookie::{
    CookieJar, DefaultCookiePolicy, HttpCookieProcessor, HttpHandler, OpenerDirector, Request, build_opener,
};

fn main() -> Result<(), clientcookie::Error> {
    for strict in [false, true] {
        let jar = CookieJar::with_policy(DefaultCookiePolicy::new().strict_ns_unverifiable(strict));
        let reply = "HTTP/1.1 200 OK\r\nSet-Cookie: seen=1\r\n\r\n";
        let server = ScriptedTransport::new().reply(reply).reply(reply);
        let opener = build_opener((HttpCookieProcessor::new(&jar), HttpHandler::with_transport(server)));
        page_with_image(&opener)?;

        let from: Vec<String> = jar.iter().map(|cookie| cookie.domain().to_owned()).collect();
        println!("strict_ns_unverifiable({strict}): cookies of {}", from.join(", "));
    }
    Ok(())
}

/// A page that the user asked for, and an image in it, which he did not.
fn page_with_image(opener: &OpenerDirector) -> Result<(), clientcookie::Error> {
    let page = Request::new("http://www.example.com/")?;
    let origin = page.origin_req_host().to_owned();
    opener.open(page)?;

    let mut image = Request::new("http://ads.example.net/banner.png")?;
    image.set_unverifiable(true);
    image.set_origin_req_host(origin);
    opener.open(image)?;
    Ok(())
}
