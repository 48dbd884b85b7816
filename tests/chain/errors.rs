//! Errors: what they say, what is still in them, and how they leave `main`.

use std::error::Error as StdError;
use std::io::{self, BufRead, Read};

use clientcookie::transport::ScriptedTransport;
use clientcookie::{Error, ErrorKind, HttpError, HttpErrorCause, HttpHandler, Phase, Response, build_opener};
use http::StatusCode;

const MISSING: &str = "HTTP/1.1 404 No Such Page\r\nX-A: b\r\nContent-Length: 6\r\n\r\nso\nrry";

fn missing() -> Error {
    let transport = ScriptedTransport::new().reply(MISSING);
    build_opener(HttpHandler::with_transport(transport)).open("http://me:secret@example.com/x").unwrap_err()
}

#[test]
fn an_http_error_is_a_response() {
    let error = missing();
    let seen = error.as_http_error().unwrap();
    assert_eq!(*seen.cause(), HttpErrorCause::Status);
    assert_eq!(
        (seen.status().as_u16(), seen.reason(), seen.url().as_str()),
        (404, "No Such Page", "http://example.com/x")
    );
    assert_eq!(seen.headers().get_str("x-a").as_deref(), Some("b"));

    let mut http_error: HttpError = error.into_http_error().unwrap();
    let mut line = String::new();
    http_error.read_line(&mut line).unwrap();
    assert_eq!(line, "so\n", "it reads through Deref");
    http_error.headers_mut().insert("X-A", "c").unwrap();
    let mut response: Response = http_error.into_response();
    let mut rest = String::new();
    response.read_to_string(&mut rest).unwrap();
    assert_eq!((rest.as_str(), response.headers().get_str("X-A").as_deref()), ("rry", Some("c")));
}

#[test]
fn an_error_of_another_kind_comes_back_whole() {
    let error = build_opener(()).open("foo:bar").unwrap_err();
    assert!(error.as_http_error().is_none());
    let told = error.to_string();
    let error = error.into_http_error().unwrap_err();
    assert_eq!((error.to_string(), error.url()), (told, Some("foo:bar")));
}

#[test]
fn each_kind_is_a_sentence_and_debug_is_the_same_one() {
    let io_error = || io::Error::new(io::ErrorKind::ConnectionRefused, "nobody there");
    let http = |cause| {
        let url = url::Url::parse("http://h/").unwrap();
        ErrorKind::Http(HttpError::new(Response::new(url, StatusCode::FOUND, "").unwrap(), cause))
    };
    let text = str::to_owned;
    let rows = [
        (
            ErrorKind::InvalidUrl { url: text("x"), reason: text("it is odd") },
            "\"x\" is not a URL that can be opened: it is odd",
        ),
        (ErrorKind::InvalidMethod { method: text("G T") }, "\"G T\" is not a request method"),
        (
            ErrorKind::InvalidHeader { name: text("A"), reason: text("it is odd") },
            "the header \"A\" cannot be sent: it is odd",
        ),
        (ErrorKind::UnknownScheme { scheme: text("foo") }, "no handler answers for the scheme \"foo\""),
        (ErrorKind::Resolve { host: text("h"), source: io_error() }, "the host h has no address: nobody there"),
        (ErrorKind::Connect { host: text("h"), source: io_error() }, "no connection to h: nobody there"),
        (ErrorKind::Tls { reason: text("no") }, "TLS failed: no"),
        (ErrorKind::Proxy { reason: text("no") }, "the proxy failed: no"),
        (ErrorKind::Timeout { during: Phase::Connect }, "timed out while connecting"),
        (ErrorKind::Timeout { during: Phase::Write }, "timed out while sending the request"),
        (ErrorKind::Timeout { during: Phase::Head }, "timed out while waiting for the head of the answer"),
        (ErrorKind::Timeout { during: Phase::Read }, "timed out while reading the body"),
        (ErrorKind::Disconnected, "the server closed the connection without an answer"),
        (ErrorKind::BadResponse { reason: text("no") }, "the answer cannot be trusted: no"),
        (ErrorKind::Ftp { code: 452, message: text("no\x07") }, "the FTP server refused: 452 no\\u{7}"),
        (ErrorKind::HeaderFlood { limit: text("too many (limit 2)") }, "too many (limit 2)"),
        (ErrorKind::IncompleteRead { got: 3, expected: Some(5) }, "the body was cut short: 3 of 5 bytes arrived"),
        (ErrorKind::IncompleteRead { got: 3, expected: None }, "the body was cut short after 3 bytes"),
        (ErrorKind::TooLarge { limit: 7 }, "the body is larger than the limit of 7 bytes"),
        (ErrorKind::RequestData { source: io_error() }, "the request's data could not be sent: nobody there"),
        (ErrorKind::Io(io_error()), "nobody there"),
        (ErrorKind::Other("own".into()), "own"),
        (http(HttpErrorCause::Status), "http://h/: HTTP error 302: Found"),
        (
            http(HttpErrorCause::TooManyRedirects { limit: 3 }),
            "http://h/: HTTP error 302: Found (more than 3 redirects, the last one to here)",
        ),
        (
            http(HttpErrorCause::RedirectLoop { limit: 3 }),
            "http://h/: HTTP error 302: Found (a redirect loop: one URL was visited 3 times)",
        ),
        (
            http(HttpErrorCause::RefusedRedirect { reason: text("no") }),
            "http://h/: HTTP error 302: Found (the redirect is not followed: no)",
        ),
        (
            http(HttpErrorCause::CannotReplay { reason: text("no") }),
            "http://h/: HTTP error 302: Found (the data is not sent again: no)",
        ),
    ];
    for (kind, sentence) in rows {
        let error = match kind {
            ErrorKind::Http(error) => Error::from(error),
            kind => Error::from(kind),
        };
        assert_eq!(error.to_string(), sentence);
        assert_eq!(format!("{error:?}"), sentence);
        assert!(error.source().is_none(), "the cause is part of the sentence: {sentence}");
    }
}

#[test]
fn an_error_names_the_url_that_failed() {
    let told = missing().to_string();
    assert_eq!(told, "http://example.com/x: HTTP error 404: No Such Page");

    let transport = ScriptedTransport::new().reply("HTTP/1.1 302 Found\r\nLocation: /second\r\n\r\n");
    let error = build_opener(HttpHandler::with_transport(transport)).open("http://example.com/first").unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Disconnected), "{error}");
    assert_eq!(error.url(), Some("http://example.com/second"), "the second hop failed, not the first");
}

#[test]
fn a_reason_phrase_cannot_drive_a_terminal() {
    let transport = ScriptedTransport::new().reply(b"HTTP/1.1 404 \x1b[2J\x9b2J\r\n\r\n".as_slice());
    let error = build_opener(HttpHandler::with_transport(transport)).open("http://example.com/").unwrap_err();
    assert_eq!(error.to_string(), "http://example.com/: HTTP error 404: \\u{1b}[2J\\u{9b}2J");
    let response = error.into_http_error().unwrap().into_response();
    assert_eq!(response.reason(), "\u{1b}[2J\u{9b}2J", "a program gets what was sent");
    assert!(!format!("{response:?}").contains(char::is_control));
}

#[test]
fn the_question_mark_takes_errors_anywhere() {
    fn boxed() -> Result<(), Box<dyn StdError + Send + Sync>> {
        Err(missing())?
    }
    fn through_io() -> Result<(), Error> {
        fn inner() -> io::Result<()> {
            Err(missing())?
        }
        Ok(inner()?)
    }
    fn own_error() -> Result<(), Error> {
        Err(Error::other("17".parse::<i8>().map(drop).and("x".parse::<i8>().map(drop)).unwrap_err()))
    }
    let error = boxed().unwrap_err();
    assert_eq!(error.downcast_ref::<Error>().unwrap().as_http_error().unwrap().status(), 404);
    let error = through_io().unwrap_err();
    assert_eq!(error.as_http_error().unwrap().status(), 404, "unwrapped again on its way back");
    assert_eq!(own_error().unwrap_err().to_string(), "invalid digit found in string");
    assert_eq!(size_of::<Error>(), size_of::<usize>());
}

#[test]
fn the_kinds_of_io_errors_say_what_they_can() {
    for (kind, expected) in [
        (ErrorKind::Timeout { during: Phase::Read }, io::ErrorKind::TimedOut),
        (ErrorKind::IncompleteRead { got: 1, expected: None }, io::ErrorKind::UnexpectedEof),
        (ErrorKind::Disconnected, io::ErrorKind::UnexpectedEof),
        (ErrorKind::BadResponse { reason: String::new() }, io::ErrorKind::InvalidData),
        (ErrorKind::Io(io::ErrorKind::ConnectionReset.into()), io::ErrorKind::ConnectionReset),
        (ErrorKind::TooLarge { limit: 1 }, io::ErrorKind::Other),
    ] {
        assert_eq!(io::Error::from(Error::from(kind)).kind(), expected);
    }
}
