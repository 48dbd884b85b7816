//! `Timeouts::total`: all that one open leads to, its body included.

use std::io::{self, Read, Seek, Write};
use std::time::{Duration, Instant};

use clientcookie::{
    Data, HttpBasicAuthHandler, HttpPasswordMgrWithDefaultRealm, HttpRedirectHandler, HttpRefreshProcessor,
    HttpRetryProcessor, OpenerDirector, Request, SeekableProcessor, Timeouts, build_opener,
};

use super::outcome::{describe, outcome};
use crate::support::Server;

const PACE: Duration = Duration::from_millis(10);
const TOTAL: Duration = Duration::from_millis(250);

/// What a test waits for at the most: without a total these opens would take minutes.
const PATIENCE: Duration = Duration::from_secs(20);

fn in_all(total: Duration) -> Timeouts {
    Timeouts { total: Some(total), ..Timeouts::default() }
}

/// A server of which everything takes long.
fn slow() -> Server {
    Server::raw(|_, connection| {
        while let Some(request) = connection.read_request()? {
            match request.target() {
                "/silence" => while connection.pause(PACE) {},
                "/head" => {
                    connection.write_all(b"HTTP/1.1 200 OK\r\nA: ")?;
                    while connection.pause(PACE) {
                        connection.write_all(b"b")?;
                    }
                }
                "/body" => {
                    connection.write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
                    while connection.pause(PACE) {
                        connection.write_all(b"b")?;
                    }
                }
                "/busy" => {
                    connection.write_all(b"HTTP/1.1 503 Busy\r\nRetry-After: 40\r\nContent-Length: 4\r\n\r\nbusy")?
                }
                "/refresh" => {
                    connection.write_all(b"HTTP/1.1 200 OK\r\nRefresh: 40; url=/next\r\nContent-Length: 0\r\n\r\n")?;
                }
                "/quick" => connection.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nquick")?,
                path => {
                    // No hop takes long.
                    if !connection.pause(3 * PACE) {
                        return Ok(());
                    }
                    let head = "HTTP/1.1 302 On\r\nContent-Length: 0\r\nLocation";
                    write!(connection, "{head}: {path}x\r\n\r\n")?;
                }
            }
        }
        Ok(())
    })
}

fn check(sentence: &str, opener: OpenerDirector, request: impl clientcookie::IntoRequest, expected: &str) {
    let start = Instant::now();
    let came = outcome(&opener, request);
    let came = if came.starts_with("\"bb") { came.replace('b', "") } else { came };
    assert_eq!(came, expected, "{sentence}");
    assert!(start.elapsed() < PATIENCE, "{sentence}");
}

#[test]
fn it_bounds_all_that_an_open_leads_to() {
    let server = slow();
    let hops = HttpRedirectHandler::new().max_redirections(10_000);
    for (sentence, opener, path, expected) in [
        ("no answer", build_opener(()), "/silence", "Timeout Total"),
        ("a head that does not end", build_opener(()), "/head", "Timeout Total"),
        ("a body that does not end", build_opener(()), "/body", "\"\", Timeout Total"),
        ("and is kept", build_opener(SeekableProcessor::new()), "/body", "\"\", Timeout Total"),
        ("redirects that do not end", build_opener(hops), "/hop", "Timeout Total"),
        (
            "a wait before the next",
            build_opener(HttpRefreshProcessor::new().max_time(PATIENCE * 9)),
            "/refresh",
            "Timeout Total",
        ),
        (
            "a wait that would be too long is not begun",
            build_opener(HttpRetryProcessor::new().max_wait(PATIENCE * 9)),
            "/busy",
            "Http 503",
        ),
    ] {
        let url = server.url(path);
        check(sentence, opener.timeouts(in_all(TOTAL)), url.as_str(), expected);
    }
    let own = Request::get(server.url("/silence")).timeouts(in_all(TOTAL));
    check("the request's goes before the opener's", build_opener(()).timeouts(in_all(PATIENCE)), own, "Timeout Total");
    check(
        "zero is a short one",
        build_opener(()).timeouts(in_all(Duration::ZERO)),
        server.url("/quick").as_str(),
        "Timeout Total",
    );
    check("what comes in time", build_opener(()).timeouts(in_all(PATIENCE)), server.url("/quick").as_str(), "quick");
}

#[test]
fn it_bounds_challenges_too() {
    // Each answer is a moment late, and each asks again.
    let server = Server::raw(|_, connection| {
        while connection.read_request()?.is_some() && connection.pause(TOTAL) {
            connection
                .write_all(b"HTTP/1.1 401 Who?\r\nContent-Length: 0\r\nWWW-Authenticate: Basic realm=\"r\"\r\n\r\n")?;
        }
        Ok(())
    });
    let passwords = HttpPasswordMgrWithDefaultRealm::new();
    passwords.add_password(None, &server.url("/"), "me", "secret").unwrap();
    let opener = build_opener(HttpBasicAuthHandler::new(passwords)).timeouts(in_all(TOTAL * 3 / 2));
    check("the second answer is late", opener, server.url("/").as_str(), "Timeout Total");
}

#[test]
fn it_bounds_an_upload() {
    let server = Server::raw(|_, connection| {
        while connection.pause(PACE) {}
        Ok(())
    });
    let request = Request::post(server.url("/"), Data::reader(io::repeat(b'x').take(64 << 20)));
    check("nobody takes it", build_opener(()).timeouts(in_all(TOTAL)), request, "Timeout Total");
}

#[cfg(feature = "tls")]
#[test]
fn it_bounds_a_handshake() {
    let server = slow();
    let url = server.url("/").replace("http:", "https:");
    check("no hello", build_opener(()).timeouts(in_all(TOTAL)), url.as_str(), "Timeout Total");
}

#[test]
fn what_has_come_can_be_read_when_it_is_over() {
    let server = slow();
    let total = Duration::from_secs(1);
    let opener = build_opener(SeekableProcessor::new()).timeouts(in_all(total));
    let start = Instant::now();
    let mut response = opener.open(server.url("/quick")).unwrap();
    assert_eq!(response.text().unwrap(), "quick");
    let mut late = opener.open(server.url("/body")).unwrap();
    assert_eq!(describe(&late.read_to_end(&mut Vec::new()).unwrap_err().into()), "Timeout Total");
    assert!(start.elapsed() >= total, "the second open, and with it the first, are over");
    response.rewind().unwrap();
    assert_eq!(response.text().unwrap(), "quick");
    assert_eq!(outcome(&opener, server.url("/quick").as_str()), "quick", "and the next open has time of its own");
}

#[test]
fn its_error_says_what_took_too_long() {
    let server = slow();
    let error = build_opener(()).timeouts(in_all(TOTAL)).open(server.url("/silence")).unwrap_err();
    let url = server.url("/silence");
    assert_eq!(error.to_string(), format!("{url}: timed out while opening and reading, in all"));
    assert_eq!(io::Error::from(error).kind(), io::ErrorKind::TimedOut);
}
