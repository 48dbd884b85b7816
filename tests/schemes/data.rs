//! `data:` URLs, beside Python's `urllib.request`.

use std::io::Read;

use clientcookie::{ErrorKind, Request};

use super::{open, python};
use crate::support::{assert_linear, can_measure_work};

/// A sentence, a URL, the Content-Type, the content, and whether Python gives the same.
const ROWS: &[(&str, &str, &str, &[u8], bool)] = &[
    ("nothing at all is US-ASCII text", "data:,", "text/plain;charset=US-ASCII", b"", true),
    ("text", "data:,a%20b%2C", "text/plain;charset=US-ASCII", b"a b,", true),
    ("a type of its own", "data:text/html,<p>hi</p>", "text/html", b"<p>hi</p>", true),
    ("bytes", "data:image/png,%89PNG%0d%0a%00", "image/png", b"\x89PNG\r\n\0", true),
    ("commas after the first are content", "data:text/plain,a,b,c", "text/plain", b"a,b,c", true),
    ("so is what looks like a query", "data:text/plain,a?b=c", "text/plain", b"a?b=c", true),
    ("parameters stay", "data:text/plain;charset=utf-8,%c3%a9", "text/plain;charset=utf-8", "é".as_bytes(), true),
    ("base64", "data:text/plain;base64,SGVsbG8=", "text/plain", b"Hello", true),
    (
        "base64 with a charset",
        "data:text/plain;charset=utf-8;base64,w6k=",
        "text/plain;charset=utf-8",
        b"\xc3\xa9",
        true,
    ),
    ("base64 of no type", "data:;base64,SGk=", "text/plain;charset=US-ASCII", b"Hi", true),
    ("escapes in base64 are undone first", "data:;base64,SGk%3D", "text/plain;charset=US-ASCII", b"Hi", true),
    ("spaces in base64 are nothing", "data:;base64,SG%20k%0A=", "text/plain;charset=US-ASCII", b"Hi", true),
    ("no content in base64", "data:;base64,", "text/plain;charset=US-ASCII", b"", true),
    (
        "base64 without its padding, as browsers take it",
        "data:;base64,SGk",
        "text/plain;charset=US-ASCII",
        b"Hi",
        false,
    ),
    ("base64 in capitals", "data:;BASE64,SGk=", "text/plain;charset=US-ASCII", b"Hi", false),
    ("a parameter without a type is one of text", "data:;charset=utf-8,a", "text/plain;charset=utf-8", b"a", false),
    ("a fragment is not content, as browsers take it", "data:,a#b", "text/plain;charset=US-ASCII", b"a", false),
    ("what is no escape stays", "data:,100%", "text/plain;charset=US-ASCII", b"100%", true),
    ("a scheme in capitals", "DATA:,a", "text/plain;charset=US-ASCII", b"a", true),
    // What follows is what web-platform-tests expect (fetch/data-urls).
    ("a type without a subtype is none", "data:a,x", "text/plain;charset=US-ASCII", b"x", false),
    ("nor is one that is empty", "data:text/,x", "text/plain;charset=US-ASCII", b"x", false),
    ("nor one of nothing", "data:/html,x", "text/plain;charset=US-ASCII", b"x", false),
    ("nor what is no token", "data:te xt/html,x", "text/plain;charset=US-ASCII", b"x", false),
    ("whatever parameters it has", "data:a;charset=utf-8,x", "text/plain;charset=US-ASCII", b"x", false),
    ("base64 counts all the same", "data:a;base64,SGk=", "text/plain;charset=US-ASCII", b"Hi", false),
    ("a semicolon is no type", "data:;,x", "text/plain", b"x", false),
    ("types have no case", "data:iMAGE/gIf,x", "image/gif", b"x", false),
    ("nor have names of parameters", "data:text/plain;Charset=UTF-8,x", "text/plain;charset=UTF-8", b"x", false),
    ("blanks around a parameter", "data:text/html ; charset=x ;y=z,x", "text/html;charset=x;y=z", b"x", false),
    ("a parameter without a value is none", "data:text/plain;charset,x", "text/plain", b"x", false),
    ("nor is one with an empty value", "data:;charset=,x", "text/plain", b"x", false),
    ("of two the first counts", "data:text/plain;a=1;A=2;b=3,x", "text/plain;a=1;b=3", b"x", false),
    ("a value in quotes", "data:text/plain;a=\"b;c\"z;d=\"e\",x", "text/plain;a=\"b;c\";d=e", b"x", false),
    ("a quote that does not end", "data:text/plain;a=\"b\\\"c;d\\,x", "text/plain;a=\"b\\\"c;d\\\\\"", b"x", false),
    ("a value that needs quotes", "data:text/plain;a=b/c,x", "text/plain;a=\"b/c\"", b"x", false),
    ("base64 is the last word alone", "data:text/plain;base64;a=b,SGk=", "text/plain;a=b", b"SGk=", false),
];

#[test]
fn their_content_is_the_body() {
    for (says, url, content_type, content, _) in ROWS {
        let mut response = open(*url).unwrap_or_else(|error| panic!("{says}: {error}"));
        assert_eq!(response.headers().get_str("Content-Type").as_deref(), Some(*content_type), "{says}");
        let length = response.headers().get_str("Content-Length");
        assert_eq!(length.as_deref(), Some(content.len().to_string().as_str()), "{says}");
        let mut body = Vec::new();
        response.read_to_end(&mut body).unwrap();
        assert_eq!(body, *content, "{says}");
        assert_eq!(response.status(), 200, "{says}");
    }
}

#[test]
fn python_gives_the_same() {
    let program = "
import sys, urllib.request
for url in sys.argv[1:]:
    try:
        response = urllib.request.urlopen(url)
        print(response.headers['Content-type'], response.read().hex())
    except Exception as error:
        print(type(error).__name__)
";
    let urls: Vec<&str> = ROWS.iter().map(|row| row.1).collect();
    let Some(printed) = python(program, &urls) else {
        return;
    };
    for ((says, _, content_type, content, same), printed) in ROWS.iter().zip(printed.lines()) {
        let hex: String = content.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(printed == format!("{content_type} {hex}"), *same, "{says}: Python gives {printed:?}");
    }
}

#[test]
fn what_is_no_data_is_refused() {
    for (says, url) in [
        ("there is no comma", "data:text/plain"),
        ("there is nothing", "data:"),
        ("a header in the type", "data:text/html%0d%0aX:1,hi"),
        ("the end of a line in a parameter", "data:;charset=%0a,"),
        ("half of one", "data:text/html;a=%0D,x"),
        ("a NUL", "data:text/html;a=%00,x"),
        ("what is not base64", "data:;base64,!!!!"),
        ("base64 that stops in the middle", "data:;base64,A"),
    ] {
        let error = open(url).expect_err(says);
        assert!(matches!(error.kind(), ErrorKind::InvalidUrl { .. }), "{says}: {error}");
    }
}

#[test]
fn a_long_one_is_read_and_not_shown() {
    let long = format!("data:text/plain,{}", "a".repeat(1_000_000));
    let mut response = open(long.as_str()).unwrap();
    assert_eq!(response.text().unwrap().len(), 1_000_000);
    assert!(format!("{response:?}").len() < 500);

    let bad = format!("data:;base64,!{}", "a".repeat(1_000_000));
    let error = open(bad.as_str()).unwrap_err().to_string();
    assert!(error.len() < 300, "{error}");

    let longer = format!("data:,{}", "a".repeat(Request::DATA_URL_LIMIT));
    assert!(Request::new(&longer).unwrap_err().to_string().contains("longer than 134217728 bytes"));
}

#[test]
fn decoding_is_linear() {
    if !can_measure_work() {
        return;
    }
    for unit in ["%41", "QUJD", "%", ";", ","] {
        assert_linear(unit, 1 << 16, &|size| {
            let url = format!("data:;base64,{}", unit.repeat(size / unit.len()));
            drop(open(url));
        });
    }
}
