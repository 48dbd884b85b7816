//! The solutions of the lesson's exercises (`src/manual/lesson.md`).

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use clientcookie::cookie::CookieFate;
use clientcookie::observe::{Event, Observer, Step};
use clientcookie::*;

use super::{opener, traced};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

#[test]
fn politeness() {
    struct Politeness;
    handler! {
        impl Handler for Politeness {
            fn http_request(&self, _: &dyn Parent, request: &mut Request) -> Result<()> {
                match request.host() {
                    "127.0.0.1" => request.add_unredirected_header("From", "you@example.com"),
                    _ => Ok(()),
                }
            }
        }
    }
    for (url, is_polite) in [("http://127.0.0.1/", true), ("http://elsewhere.test/", false)] {
        let mut opener = opener(&[OK], Politeness);
        let trace = traced(&mut opener);
        opener.open(url).unwrap();
        let text = trace.to_string();
        assert_eq!(text.contains("Politeness.http_request\n"), is_polite, "{text}");
        assert_eq!(text.contains("+ From: you@example.com\n"), is_polite, "{text}");
    }
}

/// `http_error`: an answer that a hook breaks with is the answer, and nobody is asked after it.
#[test]
fn a_second_opinion() {
    struct SecondOpinion;
    handler! {
        impl Handler for SecondOpinion {
            fn http_error(&self, _: &dyn Parent, request: &Request, response: Response) -> Result<Answer> {
                match response.status().as_u16() {
                    404 => Ok(Answer::Break(Response::new(request.url().clone(), 200, "nothing here, but be welcome")?)),
                    _ => Ok(Answer::Continue(response)),
                }
            }
        }
    }
    let mut opener = opener(&["HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"], SecondOpinion);
    let trace = traced(&mut opener);
    let page = opener.open("http://127.0.0.1/missing").unwrap().text().unwrap();
    assert_eq!(page, "nothing here, but be welcome");
    let text = trace.to_string();
    assert!(text.contains("SecondOpinion.http_error: answers 200\n"), "{text}");
    assert!(!text.contains("HttpDefaultErrorHandler"), "{text}");
}

#[test]
fn curiosity() {
    #[derive(Default)]
    struct Curiosity(Mutex<BTreeMap<String, (u32, u32)>>);
    impl Observer for Curiosity {
        fn event(&self, event: &Event) {
            if let Step::Cookie { name, fate, .. } = &event.step {
                let mut counts = self.0.lock().unwrap();
                let (sent, withheld) = counts.entry(name.clone()).or_default();
                match fate {
                    CookieFate::Sent => *sent += 1,
                    CookieFate::Withheld(_) => *withheld += 1,
                    _ => {}
                }
            }
        }
    }
    let first = "HTTP/1.1 200 OK\r\nSet-Cookie: everywhere=1; Path=/\r\nSet-Cookie: below=1; Path=/below\r\n\r\n";
    let mut opener = opener(&[first, OK, OK], ());
    let curiosity = Arc::new(Curiosity::default());
    opener.observe(Arc::clone(&curiosity));
    for path in ["", "", "below/it"] {
        opener.open(format!("http://127.0.0.1/{path}")).unwrap();
    }
    let counts = curiosity.0.lock().unwrap();
    assert_eq!(*counts, BTreeMap::from([("below".to_owned(), (1, 1)), ("everywhere".to_owned(), (2, 0))]));
}
