//! Where a redirect may lead.

use std::sync::{Arc, Mutex};

use clientcookie::{
    Handler, Headers, Hook, HttpErrorCause, HttpErrorProcessor, HttpHandler, HttpRedirectHandler, Kind, OpenerDirector,
    Parent, Request, Response, Result, build_opener,
};
use http::StatusCode;

use super::{OK, http_error, opener, redirect, script, visited};

/// Opens a URL that redirects there, and gives why that was refused.
fn refusal(location: &[u8]) -> String {
    let mut reply = b"HTTP/1.1 302 Found\r\nContent-Length: 5\r\nLocation: ".to_vec();
    reply.extend_from_slice(location);
    reply.extend_from_slice(b"\r\n\r\nmoved");
    let script = script([reply.as_slice(), OK.as_bytes()]);
    let shown = String::from_utf8_lossy(location).into_owned();
    let error = opener(&script).open("http://h.test/start").expect_err(&shown);
    assert_eq!(script.requests().len(), 1, "{shown}");
    let mut error = http_error(error);
    assert_eq!(error.text().unwrap(), "moved", "{shown}: the response is whole");
    match error.cause() {
        HttpErrorCause::RefusedRedirect { reason } => reason.clone(),
        cause => panic!("{shown}: {cause:?}"),
    }
}

#[test]
fn r1_a_redirect_never_reads_a_file() {
    for location in ["file:///etc/passwd", "FILE:/etc/passwd", " file:/etc/passwd", "\tfile:///etc/passwd", "file:x"] {
        assert!(refusal(location.as_bytes()).contains("scheme is \"file\""), "{location:?}");
    }
}

#[test]
fn r2_only_http_https_and_ftp_are_followed() {
    for location in [
        "data:text/html,x",
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "gopher://h/",
        "ldap://h/",
        "jar:http://h/",
        "dict://h/",
        "unix:/x",
        "ssh://h/",
        "about:blank",
        "x:",
        "ws://h/",
        "view-source:http://h/",
        "httpx://h/",
    ] {
        let reason = refusal(location.as_bytes());
        assert!(reason.ends_with("and only http, https and ftp are followed"), "{location}: {reason}");
    }
}

#[test]
fn r2_what_is_no_scheme_is_a_path() {
    let script = script([redirect(302, "local_file:///etc/passwd").as_str(), OK]);
    opener(&script).open("http://h.test/a/start").unwrap();
    assert_eq!(visited(&script)[1], "http://h.test/a/local_file:///etc/passwd", "no scheme has an underscore");
}

#[test]
fn r3_leading_blanks_hide_no_scheme() {
    let location = |value: &[u8]| [b"HTTP/1.1 302 Found\r\nLocation: ", value, b"\r\n\r\n"].concat();
    // The header itself is none with such a byte in it.
    let vertical_tab = script([location(b"\x0bhttps://h/"), OK.as_bytes().to_vec()]);
    let error = http_error(opener(&vertical_tab).open("http://h.test/").unwrap_err());
    assert_eq!(*error.cause(), HttpErrorCause::Status);

    assert!(refusal(b"x\thttps://h/").contains("control character"), "a tab is not dropped in silence");
    let error = build_opener(()).open(" gopher://x").unwrap_err();
    assert_eq!(error.to_string(), "gopher://x: no handler answers for the scheme \"gopher\"");
}

/// Answers `ftp:` without a network, and keeps the requests' headers.
struct Ftp(Arc<Mutex<Vec<Headers>>>);

impl Handler for Ftp {
    fn kind(&self) -> Option<Kind> {
        Some(Kind::Ftp)
    }
    fn schemes(&self) -> &[&str] {
        &["ftp"]
    }
    fn hooks(&self) -> &[Hook] {
        &[Hook::Open]
    }
    fn open(&self, _: &dyn Parent, request: &mut Request) -> Result<Option<Response>> {
        self.0.lock().unwrap().push(request.headers().clone());
        self.0.lock().unwrap().push(request.unredirected_headers().clone());
        Ok(Some(Response::new(request.url().clone(), StatusCode::OK, "listing").unwrap()))
    }
}

#[test]
fn r4_ftp_is_followed_only_if_somebody_answers_for_it() {
    let mut without = OpenerDirector::new();
    without.add_handler(HttpHandler::with_transport(script([redirect(302, "ftp://h.test/.bashrc")])));
    without.add_handler(HttpRedirectHandler::new());
    without.add_handler(HttpErrorProcessor::new());
    let error = http_error(without.open("http://h.test/").unwrap_err());
    let reason = "no handler answers for the scheme \"ftp\"".to_owned();
    assert_eq!(*error.cause(), HttpErrorCause::RefusedRedirect { reason });

    let seen = Arc::new(Mutex::new(Vec::new()));
    let script = script([redirect(302, "FTP://h.test/.bashrc")]);
    let opener = build_opener((HttpHandler::with_transport(script), Ftp(seen.clone())));
    let request = Request::get("http://h.test/")
        .header("Authorization", "Bearer secret")
        .header("Cookie", "a=secret")
        .header("Accept", "x/y");
    let response = opener.open(request).unwrap();
    assert_eq!(response.url().as_str(), "ftp://h.test/.bashrc");
    let seen = seen.lock().unwrap();
    assert_eq!(seen[0].to_string(), "Accept: x/y\n");
    assert!(seen[1].is_empty());
}

#[test]
fn r7_no_part_of_a_name_makes_two_hosts_one() {
    for location in ["https://[::1%25.foo.test]/", "http://[::1%.foo.test]/", "http://foo.test%00.evil.test/"] {
        assert!(refusal(location.as_bytes()).contains("is not a URL that can be opened"), "{location}");
    }
}

/// How each of these reads, as the WHATWG's parser has it; that nothing leaks on the way is for
/// `credentials`.
#[test]
fn r19_slashes_of_any_kind_before_a_name_make_it_a_host() {
    for (location, target) in [
        ("//evil.test/x", "http://evil.test/x"),
        ("\\\\evil.test/x", "http://evil.test/x"),
        ("/\\evil.test/x", "http://evil.test/x"),
        ("\\/evil.test/x", "http://evil.test/x"),
        ("http:\\\\evil.test", "http://evil.test/"),
        ("http:/evil.test/x", "http://h.test/evil.test/x"),
        ("/ /evil.test/x", "http://h.test/%20/evil.test/x"),
        ("/a/../../..//evil.test/x", "http://h.test//evil.test/x"),
        ("?q=//evil.test/", "http://h.test/a/start?q=//evil.test/"),
        ("../x", "http://h.test/x"),
        ("", "http://h.test/a/start"),
    ] {
        let script = script([redirect(302, location).as_str(), OK]);
        let request = Request::get("http://h.test/a/start").header("Authorization", "secret");
        opener(&script).open(request).unwrap();
        assert_eq!(visited(&script)[1], target, "{location}");
        let is_same_origin = target.starts_with("http://h.test/");
        assert_eq!(script.requests()[1].headers.contains("Authorization"), is_same_origin, "{location}");
    }
}

#[test]
fn r19_a_host_that_is_left_out_is_not_guessed() {
    assert!(refusal(b"///evil.test/x").contains("empty host"));
}

#[test]
fn r25_which_header_counts() {
    let rows = [
        ("the first Location", "Location: /1\r\nLocation: /2\r\n", Some("/1")),
        ("URI, if there is no Location", "URI: /1\r\n", Some("/1")),
        ("the first URI", "uri: /1\r\nURI: /2\r\n", Some("/1")),
        ("Location, wherever URI stands", "URI: /2\r\nlocation: /1\r\n", Some("/1")),
        ("nothing", "", None),
        ("Content-Location is another matter", "Content-Location: /1\r\n", None),
    ];
    for (says, headers, target) in rows {
        let redirect = format!("HTTP/1.1 302 Found\r\n{headers}Content-Length: 5\r\n\r\nmoved");
        let script = script([redirect.as_str(), OK]);
        match (opener(&script).open("http://h.test/"), target) {
            (Ok(_), Some(target)) => assert_eq!(visited(&script)[1], format!("http://h.test{target}"), "{says}"),
            (Err(error), None) => {
                let mut error = http_error(error);
                assert_eq!((error.status().as_u16(), error.cause()), (302, &HttpErrorCause::Status), "{says}");
                assert_eq!(error.text().unwrap(), "moved", "{says}");
            }
            (outcome, _) => panic!("{says}: {outcome:?}"),
        }
    }
    for location in ["http://", "http://h:99999/", "//", "http://a b/", "https://%"] {
        assert!(refusal(location.as_bytes()).contains("is not a URL that can be opened"), "{location}");
    }
}

#[test]
fn a_redirect_of_more_than_64_kib_is_refused() {
    let longest = 64 * 1024 - "http://h.test/".len();
    // The head of a reply is bounded as well, so that the limit is met by what escaping adds.
    let path = format!("/{}", " ".repeat(longest / 3) + "x");
    assert!(refusal(format!("{path}{}", " é".repeat(3)).as_bytes()).contains("longer than 65536 bytes"));
}

#[test]
fn a_location_is_escaped_byte_by_byte() {
    let rows: [(&str, &[u8], &str); 6] = [
        ("UTF-8 is what most servers mean", "/café".as_bytes(), "http://h.test/caf%C3%A9"),
        ("a server that writes Latin-1 gets Latin-1 back", b"/caf\xe9", "http://h.test/caf%E9"),
        ("in a query too", b"/?q=\xe9 \xc3\xa9", "http://h.test/?q=%E9%20%C3%A9"),
        ("spaces are forgiven", b"/a page", "http://h.test/a%20page"),
        ("what is escaped stays so", b"/%E9%0d%0a%2f", "http://h.test/%E9%0d%0a%2f"),
        ("C1 is no blank", b"\x85file:///x", "http://h.test/%85file:///x"),
    ];
    for (says, location, target) in rows {
        let redirect = [b"HTTP/1.1 302 Found\r\nLocation: ", location, b"\r\n\r\n"].concat();
        let script = script([redirect.as_slice(), OK.as_bytes()]);
        opener(&script).open("http://h.test/").unwrap();
        assert_eq!(visited(&script)[1], target, "{says}");
    }
}

#[test]
fn fragments_are_inherited_and_never_sent() {
    for (url, location, target) in [
        ("http://h.test/1#top", "/2", "http://h.test/2#top"),
        ("http://h.test/1#top", "/2#own", "http://h.test/2#own"),
        ("http://h.test/1#top", "/2#", "http://h.test/2#"),
        ("http://h.test/1", "/2#own", "http://h.test/2#own"),
        ("http://h.test/1#top", "http://other.test/", "http://other.test/#top"),
    ] {
        let script = script([redirect(302, location).as_str(), OK]);
        let response = opener(&script).open(url).unwrap();
        assert_eq!(response.url().as_str(), target, "{url} to {location}");
    }
}
