//! The page for a browser.

use super::{opener, traced};

const LOGIN: &str =
    "HTTP/1.1 302 Found\r\nLocation: /home\r\nSet-Cookie: spy=1; Domain=ads.example\r\nContent-Length: 0\r\n\r\n";
const HOME: &str =
    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 34\r\n\r\n<script>alert('evil')</script></p>";

fn page() -> String {
    let mut opener = opener(&[LOGIN, HOME], ());
    let trace = traced(&mut opener);
    opener.open("http://www.example.com/login?a=<b>").unwrap().text().unwrap();
    trace.html()
}

#[test]
fn it_stands_by_itself_and_runs_nothing() {
    let page = page();
    for (says, word) in [
        ("the cookie's reason", "cookie spy for .ads.example/ not stored: the host does not belong to its domain"),
        ("and the rule", "<cite class=\"\">RFC 6265 section 5.3, step 6</cite>"),
        ("a lane for each exchange", "<section id=\"x2\" class=\"lane\">"),
        ("what it follows upon", "after <a href=\"#x1\">#1</a>"),
        ("the body as text", "&lt;script&gt;alert('evil')&lt;/script&gt;"),
    ] {
        assert!(page.contains(word), "{says}: {word:?} is not in\n{page}");
    }
    for word in ["<script", "http-equiv", "src=", "url(", "@import", "<link", "onclick"] {
        assert!(!page.contains(word), "{word:?} is in the page");
    }
}

/// A browser on whose element of every kind an end tag waits.
#[test]
fn every_element_is_closed() {
    let page = page();
    for name in ["html", "head", "body", "header", "main", "nav", "section", "details", "summary", "div", "pre", "ol"] {
        let opened = page.matches(&format!("<{name}>")).count() + page.matches(&format!("<{name} ")).count();
        assert_eq!(opened, page.matches(&format!("</{name}>")).count(), "{name}");
    }
}
