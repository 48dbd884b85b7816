//! A jar of one's own, with a policy, in the opener that everybody uses (the original's section on
//! using your own `CookieJar` instance).
//!
//! ```sh
//! cargo run --example own_jar
//! ```
//!
//! The servers are a script, so nothing leaves this machine.
#![allow(clippy::print_stdout, reason = "an example is a program that prints")]

use clientcookie::cookie::StrictNsDomain;
use clientcookie::transport::ScriptedTransport;
use clientcookie::{
    CookieJar, DefaultCookiePolicy, HttpCookieProcessor, HttpHandler, build_opener, install_opener, urlopen,
};

fn main() -> Result<(), clientcookie::Error> {
    let policy = DefaultCookiePolicy::new()
        .rfc2965(true)
        .strict_ns_domain(StrictNsDomain::DOMAIN_STRICT)
        .blocked_domains(["ads.example.net", ".example.org"]);
    let jar = CookieJar::with_policy(policy);

    let server = ScriptedTransport::new()
        .reply("HTTP/1.1 200 OK\r\nSet-Cookie: sid=31d4\r\n\r\n")
        .reply("HTTP/1.1 200 OK\r\nSet-Cookie: track=me\r\n\r\n")
        .reply("HTTP/1.1 200 OK\r\nSet-Cookie: track=me; Domain=.example.org\r\n\r\n");
    install_opener(build_opener((HttpCookieProcessor::new(&jar), HttpHandler::with_transport(server))));

    for url in ["http://www.example.com/", "http://ads.example.net/", "http://www.example.org/"] {
        let before = jar.len();
        urlopen(url)?;
        println!("{url} set {} cookie(s)", jar.len() - before);
    }
    for cookie in &jar {
        println!("{cookie}");
    }
    Ok(())
}
