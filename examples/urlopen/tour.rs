//! The tour: every page of the demo site, and what the chain did to get it.

use std::error::Error as StdError;
use std::io::{self, Write};

use clientcookie::{CookieJar, Data, Error, HttpCookieProcessor, Request, build_opener};

use crate::demo_site::DemoSite;

/// Visits every page with one opener.
pub fn visit() -> Result<(), Box<dyn StdError>> {
    let site = DemoSite::start()?;
    let jar = CookieJar::new();
    let mut opener = build_opener(HttpCookieProcessor::new(&jar));

    say(&format!("A small site is up at {}, and this opener visits it:\n\n{opener}", site.url("/")))?;
    let narrator = Narrator::listening_to(&mut opener);
    for (number, stop) in DemoSite::tour().iter().enumerate() {
        say(&format!("\n== {}. {}  {}\n", number + 1, stop.path, stop.watch))?;
        let mut request = Request::get(site.url(stop.path));
        if !stop.form.is_empty() {
            request = request.data(Data::form(stop.form.iter().copied()));
        }
        // An error is an answer too: its page is read like any other.
        let answer = opener.open(request).map_err(Error::into_http_error);
        let (mut response, problem) = match answer {
            Ok(response) => (response, None),
            Err(Ok(error)) => {
                let problem = format!("! {error}");
                (error.into_response(), Some(problem))
            }
            Err(Err(error)) => return Err(error.into()),
        };
        let page = response.text()?;
        narrator.tell()?;
        problem.map_or(Ok(()), |problem| say(&problem))?;
        say(&format!("= {}\n{}", response.url(), page.trim_end()))?;
    }
    let cookies: String = jar.iter().map(|cookie| format!("\n  {cookie}")).collect();
    say(&format!("\nThe jar at the end of the tour:{cookies}\n"))?;
    say("Four commands to go on with; the first keeps this site up for the others, say at http://127.0.0.1:PORT/:
  cargo run --example urlopen -- --serve
  cargo run --example urlopen -- -v -c cookies.txt http://127.0.0.1:PORT/login
  cargo run --example urlopen -- --trace-html trace.html http://127.0.0.1:PORT/old-home
  RUST_LOG=clientcookie=debug cargo run --example urlopen -- -b cookies.txt -d name=Zoe http://127.0.0.1:PORT/form
--help lists all it can do.")?;
    Ok(())
}

/// Who tells what the chain did; here cookies' values too, since the site is our own.
#[cfg(feature = "trace")]
struct Narrator(clientcookie::trace::Trace);

#[cfg(feature = "trace")]
impl Narrator {
    fn listening_to(opener: &mut clientcookie::OpenerDirector) -> Self {
        let trace = clientcookie::trace::Trace::new().secrets(true);
        opener.observe(trace.clone());
        Self(trace)
    }

    fn tell(&self) -> io::Result<()> {
        write!(io::stdout(), "{}", self.0)?;
        self.0.clear();
        Ok(())
    }
}

/// Nobody, where the library was built without the feature.
#[cfg(not(feature = "trace"))]
struct Narrator;

#[cfg(not(feature = "trace"))]
impl Narrator {
    fn listening_to(_: &mut clientcookie::OpenerDirector) -> Self {
        Self
    }

    fn tell(&self) -> io::Result<()> {
        Ok(())
    }
}

fn say(text: &str) -> io::Result<()> {
    writeln!(io::stdout(), "{text}")
}
