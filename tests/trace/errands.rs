//! Whose child an exchange is.

use clientcookie::observe::{Reason, Step};
use clientcookie::*;

use super::{Ear, opener};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
const MOVED: &str = "HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n";

#[test]
fn each_exchange_knows_what_it_follows_upon() {
    struct Asks;
    impl Handler for Asks {
        fn http_response(&self, parent: &dyn Parent, request: &Request, response: Response) -> Result<Response> {
            if request.url().path() == "/b" {
                parent.open(Request::new("http://h.test/c")?)?;
            }
            Ok(response)
        }
    }
    let mut opener = opener(&[OK, MOVED, OK, OK, OK], (HttpRobotRulesProcessor::new(), Asks));
    let ear = Ear::default();
    opener.observe(ear.clone());
    opener.open("http://h.test/a").unwrap();
    opener.open("http://h.test/d").unwrap();
    let begun = ear.events().into_iter().filter_map(|event| match event.step {
        Step::Begin { url, reason, .. } => Some((event.exchange, event.parent, url, reason)),
        _ => None,
    });
    let url = |path: &str| format!("http://h.test{path}");
    assert_eq!(
        begun.collect::<Vec<_>>(),
        [
            (1, None, url("/a"), Reason::Asked),
            (2, Some(1), url("/robots.txt"), Reason::Errand),
            (3, Some(1), url("/b"), Reason::Redirected),
            (4, Some(3), url("/c"), Reason::Handler),
            (5, None, url("/d"), Reason::Asked),
        ]
    );
}
