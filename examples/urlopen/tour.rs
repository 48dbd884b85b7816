//! The tour: every page of the demo site, with what was sent and what came back.

use std::error::Error as StdError;
use std::io::{self, Write};

use clientcookie::{
    CookieJar, Data, Error, Handler, Hook, HttpCookieProcessor, Parent, Request, Response, Result, build_opener,
};

use crate::demo_site::DemoSite;

/// Visits every page with one opener.
pub fn visit() -> std::result::Result<(), Box<dyn StdError>> {
    let site = DemoSite::start()?;
    let jar = CookieJar::new();
    let opener = build_opener((HttpCookieProcessor::new(&jar), Narrator(jar.clone())));

    say(&format!("A small site is up at {}, and this opener visits it:\n\n{opener}", site.url("/")))?;
    for (number, stop) in DemoSite::tour().iter().enumerate() {
        say(&format!("\n== {}. {}  {}\n", number + 1, stop.path, stop.watch))?;
        let mut request = Request::get(site.url(stop.path));
        if !stop.form.is_empty() {
            request = request.data(Data::form(stop.form.iter().copied()));
        }
        // An error is an answer too: its page is read like any other.
        let mut response = match opener.open(request).map_err(Error::into_http_error) {
            Ok(response) => response,
            Err(Ok(error)) => {
                say(&format!("! {error}"))?;
                error.into_response()
            }
            Err(Err(error)) => return Err(error.into()),
        };
        let page = response.text()?;
        say(&format!("= {}\n{}", response.url(), page.trim_end()))?;
    }
    let cookies: String = jar.iter().map(|cookie| format!("\n  {cookie}")).collect();
    say(&format!("\nThe jar at the end of the tour:{cookies}\n"))?;
    say("Three commands to go on with; the first keeps this site up for the other two, say at http://127.0.0.1:PORT/:
  cargo run --example urlopen -- --serve
  cargo run --example urlopen -- -v -c cookies.txt http://127.0.0.1:PORT/login
  RUST_LOG=clientcookie=debug cargo run --example urlopen -- -b cookies.txt -d name=Zoe http://127.0.0.1:PORT/form
--help lists all it can do.")?;
    Ok(())
}

/// A handler that tells what passes it: after the cookies were added (500), before errors are found
/// (1000). Of the cookies that the jar refused it tells why.
struct Narrator(CookieJar);

impl Handler for Narrator {
    fn order(&self) -> i32 {
        900
    }

    fn hooks(&self) -> &[Hook] {
        &[Hook::HttpRequest, Hook::HttpResponse]
    }

    fn http_request(&self, _: &dyn Parent, request: &mut Request) -> Result<()> {
        say(&format!("> {} {}", request.method(), request.url().path()))?;
        // As on the wire: `Host`, the caller's, and what handlers added.
        let added = || request.unredirected_headers().iter();
        let is_host = |name: &str| name.eq_ignore_ascii_case("Host");
        let host = added().filter(|(name, _)| is_host(name));
        let rest = added().filter(|(name, _)| !is_host(name));
        for (name, value) in host.chain(request.headers().iter()).chain(rest) {
            say(&format!("> {name}: {}", String::from_utf8_lossy(value.as_bytes())))?;
        }
        Ok(())
    }

    fn http_response(&self, _: &dyn Parent, request: &Request, response: Response) -> Result<Response> {
        say(&format!("< {} {}", response.status().as_u16(), response.reason()))?;
        for (name, value) in response.headers().iter() {
            say(&format!("< {name}: {}", String::from_utf8_lossy(value.as_bytes())))?;
        }
        // A jar of its own, so that nothing is stored twice.
        for rejected in self.0.deep_clone().extract_cookies_report(&response, request) {
            say(&format!("! {rejected}"))?;
        }
        Ok(response)
    }
}

fn say(text: &str) -> io::Result<()> {
    writeln!(io::stdout(), "{text}")
}
