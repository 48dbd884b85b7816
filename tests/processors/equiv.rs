//! What a page says in `<meta http-equiv>`, and that it is not disturbed by being read.

use std::collections::{BTreeMap, VecDeque};
use std::io::{self, Read};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use clientcookie::transport::{Transport, WireRequest};
use clientcookie::{
    Body, CookieJar, ErrorKind, Headers, HttpCookieProcessor, HttpEquivProcessor, HttpHandler, Request, Response,
    Result, build_opener,
};
use http::StatusCode;

use crate::support::{Reply, Server, assert_linear, can_measure_work};

const GOLDEN: &str = include_str!("../../fixtures/equiv/golden.txt");

/// A page that arrives in given pieces, and how much of it was read.
#[derive(Clone)]
struct Page {
    status: u16,
    headers: &'static str,
    pieces: Vec<Piece>,
    read: Arc<AtomicUsize>,
}

/// Some bytes that arrive at once, or a failure.
#[derive(Clone)]
enum Piece {
    Bytes(Vec<u8>),
    Failure(io::ErrorKind),
}

impl Page {
    fn html(page: impl AsRef<[u8]>) -> Self {
        Self::in_pieces(page, usize::MAX)
    }

    fn in_pieces(page: impl AsRef<[u8]>, size: usize) -> Self {
        let pieces = page.as_ref().chunks(size).map(|piece| Piece::Bytes(piece.to_vec())).collect();
        Self { status: 200, headers: "Content-Type: text/html", pieces, read: Arc::default() }
    }

    /// With other headers, one a line.
    fn headers(self, headers: &'static str) -> Self {
        Self { headers, ..self }
    }

    fn open(&self, processor: HttpEquivProcessor, url: &str) -> Response {
        let http = HttpHandler::with_transport(self.clone());
        build_opener((processor, http)).open(url).unwrap()
    }

    /// What was added to its headers.
    fn added(&self, processor: HttpEquivProcessor) -> Vec<String> {
        let own = self.headers.lines().count();
        lines(&self.open(processor, "http://h.test/")).split_off(own)
    }
}

impl Transport for Page {
    fn send(&self, request: WireRequest<'_>) -> Result<Response> {
        let mut headers = Headers::new();
        for line in self.headers.lines() {
            let (name, value) = line.split_once(": ").unwrap();
            headers.append(name, value)?;
        }
        let body = Body::from_reader(Arriving { pieces: self.pieces.clone().into(), read: self.read.clone() });
        Ok(Response::new(request.url.clone(), StatusCode::from_u16(self.status).unwrap(), body)
            .unwrap()
            .with_headers(headers))
    }
}

struct Arriving {
    pieces: VecDeque<Piece>,
    read: Arc<AtomicUsize>,
}

impl Read for Arriving {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.pieces.pop_front() {
            None => Ok(0),
            Some(Piece::Failure(kind)) => Err(kind.into()),
            Some(Piece::Bytes(mut piece)) => {
                let rest = piece.split_off(piece.len().min(buffer.len()));
                buffer[..piece.len()].copy_from_slice(&piece);
                if !rest.is_empty() {
                    self.pieces.push_front(Piece::Bytes(rest));
                }
                self.read.fetch_add(piece.len(), Ordering::SeqCst);
                Ok(piece.len())
            }
        }
    }
}

/// The headers, a line each, their bytes read as Latin-1.
fn lines(response: &Response) -> Vec<String> {
    let text = |bytes: &[u8]| bytes.iter().map(|&byte| char::from(byte)).collect::<String>();
    response.headers().iter().map(|(name, value)| format!("{name}: {}", text(value.as_bytes()))).collect()
}

fn bytes(mut response: Response) -> Vec<u8> {
    let mut bytes = Vec::new();
    Read::read_to_end(&mut response, &mut bytes).unwrap();
    bytes
}

fn all() -> HttpEquivProcessor {
    HttpEquivProcessor::new().all_names(true)
}

/// The bytes that Python's `string_escape` stands for.
fn unescaped(text: &str) -> Vec<u8> {
    let (mut bytes, mut rest) = (Vec::new(), text.bytes());
    while let Some(byte) = rest.next() {
        let escaped = match byte {
            b'\\' => rest.next().unwrap(),
            byte => {
                bytes.push(byte);
                continue;
            }
        };
        bytes.push(match escaped {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'x' => {
                let hex = [rest.next().unwrap(), rest.next().unwrap()];
                u8::from_str_radix(std::str::from_utf8(&hex).unwrap(), 16).unwrap()
            }
            other => other,
        });
    }
    bytes
}

/// A page of the golden file: what it shows, its bytes, and the headers that mechanize finds.
type Case = (&'static str, Vec<u8>, Vec<String>);

fn golden() -> Vec<Case> {
    let case = |block: &'static str| {
        let says = block.lines().next().unwrap().strip_prefix("case: ").unwrap();
        let page = block.lines().find_map(|line| line.strip_prefix("page: ")).unwrap_or_default();
        let found = block.lines().filter_map(|line| line.strip_prefix("head: ")).map(|line| {
            let bytes = unescaped(line);
            bytes.iter().map(|&byte| char::from(byte)).collect()
        });
        (says, unescaped(page), found.collect())
    };
    GOLDEN.split("\n\n").skip(1).map(case).collect()
}

const REFRESH: &[&str] = &["Refresh: 0; url=/a"];
const CONTROL: &str = "a control character ends a header, or begins another";
const LINE_END: &str = "a line end is a blank in HTML, and would begin another header elsewhere";
const NO_NAME: &str = "that is no name of a header";
const BODY: &str = "what stands in the body is not looked at; the original ends at an element of the body alone";
const HTML: &str = "HTML5 has settled how this is read";

/// What we find in the place of what the original does, and why.
const DIFFERENCES: &[(&str, &[&str], &str)] = &[
    ("a line end in the content", REFRESH, LINE_END),
    ("a header smuggled in the content", &["X: a Set-Cookie: sid=evil"], LINE_END),
    ("a header smuggled by entities", &["X: a  Set-Cookie: sid=evil"], LINE_END),
    ("a NUL in the content", &[], CONTROL),
    ("blanks around the content", &["Refresh: 0"], "blanks around a value are no part of it (RFC 9110 section 5.5)"),
    ("entities for other characters", &["X: â\u{82}¬â\u{82}¬"], "they become UTF-8 instead of staying entities"),
    ("the first of two attributes of one name", &["Refresh: 1"], HTML),
    ("a content without a value", &["Refresh: "], "its value is empty, not its name"),
    ("an empty name", &[], NO_NAME),
    ("a name with a blank", &[], NO_NAME),
    ("a name with a colon", &[], NO_NAME),
    ("a name with a line end", &[], NO_NAME),
    ("a comment that ends at once", REFRESH, HTML),
    ("a script", &[], "markup in a script is text, which the original does not know"),
    ("behind a script", REFRESH, "markup in a script is text, which the original does not know"),
    ("a script that does not end", &[], "markup in a script is text, which the original does not know"),
    ("a title", &[], "markup in a title is text, which the original does not know"),
    ("a title that does not end", &[], "markup in a title is text, which the original does not know"),
    ("a style", &[], "markup in a style is text, which the original does not know"),
    ("noscript", REFRESH, "there are no scripts, so this is for us; the original ends at an element it does not know"),
    ("behind a template", REFRESH, "the original ends at an element it does not know"),
    ("behind noframes", REFRESH, "the original ends at an element it does not know"),
    ("behind base and link", &["Refresh: 0; url=http://h.test/a"], "the URL is relative to the base"),
    ("behind the head", &[], BODY),
    ("behind text", &[], BODY),
    ("behind a character as an entity", &[], BODY),
    ("behind a non-breaking space", &[], BODY),
    ("behind the end of the page", &[], BODY),
    ("a less-than sign before the tag", &[], "it is text, and behind text is the body"),
    ("a quote that does not end", &[], HTML),
    ("a quote that does not end, and a whole tag behind it", &[], HTML),
    ("a stray quote", &["Refresh: 0"], HTML),
    ("UTF-16, big end first", REFRESH, "the original knows no UTF-16"),
    ("UTF-16, little end first", &["X: Ã©"], "the original knows no UTF-16; the bytes are those of UTF-8"),
    ("a content type that names UTF-16", &[], "it was read as ASCII, so it cannot be true"),
];

#[test]
fn heads_are_read_as_the_original_reads_them() {
    let differences: BTreeMap<_, _> = DIFFERENCES.iter().map(|(case, ours, why)| (*case, (*ours, *why))).collect();
    let cases = golden();
    assert!(cases.len() > 75, "{}", cases.len());
    let mut met = 0;
    for (says, page, theirs) in &cases {
        let ours = Page::html(page).added(all());
        match differences.get(says) {
            None => assert_eq!(ours, *theirs, "{says}"),
            Some((expected, why)) => {
                assert_eq!(ours, *expected, "{says}: {why}");
                assert_ne!(ours, *theirs, "{says} is no difference any more");
                met += 1;
            }
        }
    }
    assert_eq!(met, differences.len(), "every difference is met");
}

#[test]
fn pages_stay_as_they_are_however_they_arrive() {
    for (says, page, _) in golden() {
        let expected = Page::html(&page).added(all());
        for size in [1, 2, 7, 511, 4096] {
            let response = Page::in_pieces(&page, size).open(all(), "http://h.test/");
            assert_eq!(lines(&response)[1..], expected, "{says}, {size} bytes at a time");
            assert_eq!(bytes(response), page, "{says}, {size} bytes at a time");
        }
    }
}

#[test]
fn only_safe_names_may_be_set() {
    let head = |name: &str| format!("<meta http-equiv=\"{name}\" content=\"x; url=x\">");
    for (name, safe) in [
        ("Refresh", true),
        ("rEFRESH", true),
        ("Content-Type", true),
        ("Content-Language", true),
        ("Default-Style", true),
        ("Set-Cookie", false),
        ("Set-Cookie2", false),
        ("Location", false),
        ("WWW-Authenticate", false),
        ("Content-Length", false),
        ("Transfer-Encoding", false),
        ("Content-Encoding", false),
        ("Content-Security-Policy", false),
        ("X-UA-Compatible", false),
        ("Link", false),
    ] {
        let expected = [format!("{name}: x; url=x")];
        let added = Page::html(head(name)).added(HttpEquivProcessor::new());
        assert_eq!(added, expected[..usize::from(safe)], "{name}");
        assert_eq!(Page::html(head(name)).added(all()), expected, "{name}: as the original");
    }
    for bad in ["Refresh ", " Refresh", "Refresh\r\nX", "Refresh:", ""] {
        for processor in [HttpEquivProcessor::new(), all()] {
            assert!(Page::html(head(bad)).added(processor).is_empty(), "{bad:?}");
        }
    }
}

#[test]
fn a_page_sets_no_cookie_unless_all_names_may_be_set() {
    for (processor, cookies) in [(HttpEquivProcessor::new(), 0), (all(), 1)] {
        let page = Page::html("<meta http-equiv=Set-Cookie content='sid=31d4; Path=/'>");
        let jar = CookieJar::new();
        let http = HttpHandler::with_transport(page);
        build_opener((processor, HttpCookieProcessor::new(&jar), http)).open("http://h.test/").unwrap();
        assert_eq!(jar.len(), cookies);
    }
}

#[test]
fn what_is_a_page() {
    const XHTML: &str = "only with xhtml";
    // The first nine are mechanize's own.
    for (headers, path, scanned) in [
        ("Content-Type: text/html", "/foo.html", "yes"),
        ("Content-Type: text/html\nContent-Type: text/plain", "/foo.html", "yes"),
        ("Content-Type: text/html", "/foo.txt", "yes"),
        ("Content-Type: text/plain", "/foo.html", "no"),
        ("", "/foo.html", "yes"),
        ("", "/foo.gif", "no"),
        ("", "/foo.xhtml", XHTML),
        ("Content-Type: text/xhtml", "/foo.xhtml", XHTML),
        ("Content-Type: ", "/foo.txt", "no"),
        ("", "/foo.HTM?x=y.gif", "yes"),
        ("Content-Type: ", "/foo.html", "yes"),
        ("", "/.html", "no"),
        ("", "/", "no"),
        ("", "/foo.html/", "no"),
        ("", "/a.html/foo", "no"),
        ("content-type: Text/HTML; charset=x", "/", "yes"),
        ("Content-Type: text/html;", "/", "yes"),
        ("Content-Type: text/html , text/plain", "/", "yes"),
        ("Content-Type: text/htmlx", "/foo.html", "no"),
        ("Content-Type: application/octet-stream", "/foo.html", "no"),
        ("Content-Type: application/xhtml+xml", "/", XHTML),
        ("Content-Type: application/xml", "/", XHTML),
        ("Content-Type: image/svg+xml", "/", "no"),
        ("Content-Type: text/html\nContent-Encoding: gzip", "/", "no"),
        ("Content-Type: text/html\nContent-Encoding: identity, br", "/", "no"),
        ("Content-Type: text/html\nContent-Encoding: IDENTITY", "/", "yes"),
        ("Content-Type: text/html\nContent-Encoding: ", "/", "yes"),
    ] {
        for xhtml in [false, true] {
            let page = Page::html("<meta http-equiv=Refresh content=9>").headers(headers);
            let response = page.open(HttpEquivProcessor::new().xhtml(xhtml), &format!("http://h.test{path}"));
            let expected = scanned == "yes" || (scanned == XHTML && xhtml);
            assert_eq!(response.headers().contains("Refresh"), expected, "{headers} {path} {xhtml}");
            assert_eq!(page.read.load(Ordering::SeqCst) > 0, expected, "{headers} {path} {xhtml}");
        }
    }
}

#[test]
fn in_xhtml_a_slash_closes_an_element() {
    let page = "<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><head><title/><script src='x'/>\
                <template/><meta http-equiv='Refresh' content='9'/></head>";
    for (headers, found) in [("Content-Type: application/xhtml+xml", 1), ("Content-Type: text/html", 0)] {
        let added = Page::html(page).headers(headers).added(HttpEquivProcessor::new().xhtml(true));
        assert_eq!(added.len(), found, "{headers}");
    }
}

#[test]
fn redirects_are_not_looked_at_and_errors_are() {
    for (status, found) in [(200, 1), (201, 1), (302, 0), (304, 0), (404, 1), (500, 1)] {
        let page = Page { status, ..Page::html("<meta http-equiv=Content-Language content=de>") };
        let http = HttpHandler::with_transport(page.clone());
        let outcome = build_opener((HttpEquivProcessor::new(), http)).open("http://h.test/");
        let response = outcome.unwrap_or_else(|error| error.into_http_error().unwrap().into_response());
        assert_eq!(response.headers().get_all("Content-Language").count(), found, "{status}");
        assert_eq!(page.read.load(Ordering::SeqCst) > 0, found > 0, "{status}");
    }
}

#[test]
fn what_has_no_body_has_no_head() {
    let server = Server::start(|request| match request.target() {
        "/none" => Reply::status(204, "No Content").header("Content-Type", "text/html"),
        _ => Reply::ok("<meta http-equiv=Refresh content=9>").header("Content-Type", "text/html"),
    });
    let opener = build_opener(HttpEquivProcessor::new());
    let head = opener.open(Request::get(server.url("/")).method("HEAD")).unwrap();
    let none = opener.open(server.url("/none")).unwrap();
    let page = opener.open(server.url("/")).unwrap();
    for (response, found, length) in [(head, false, Some("35")), (none, false, None), (page, true, Some("35"))] {
        assert_eq!(response.headers().contains("Refresh"), found);
        assert_eq!(response.headers().get_str("Content-Length").as_deref(), length, "the length stays true");
        assert_eq!(bytes(response).is_empty(), !found);
    }
    assert_eq!(server.connections(), 1);
}

/// So many bytes of head, and a megabyte of body behind it.
fn megabyte(head: usize) -> Vec<u8> {
    let begin = "<html><head><meta http-equiv=Refresh content=9><script>";
    let end = "</script></head><body>";
    let script = "x".repeat(head - begin.len() - end.len());
    format!("{begin}{script}{end}{}", "<p>body</p>".repeat(95_000)).into_bytes()
}

#[test]
fn nothing_is_read_beyond_the_chunk_in_which_the_head_ends() {
    let limit = HttpEquivProcessor::SCAN_LIMIT;
    for (head, size, read) in [
        (2_000, usize::MAX, 4096),
        (4_096, usize::MAX, 4096),
        (4_200, usize::MAX, 8192),
        (60_000, usize::MAX, 61_440),
        (70_000, usize::MAX, limit),
        // What arrives in small pieces is looked at piece by piece.
        (2_000, 100, 2_000),
        (2_007, 100, 2_100),
        (5_000, 1460, 5_840),
    ] {
        let bytes_of_page = megabyte(head);
        let page = Page::in_pieces(&bytes_of_page, size);
        let response = page.open(HttpEquivProcessor::new(), "http://h.test/");
        assert_eq!(page.read.load(Ordering::SeqCst), read, "{head} bytes, {size} a piece");
        assert!(response.headers().contains("Refresh"));
        assert_eq!(bytes(response), bytes_of_page);
    }
}

#[test]
fn the_limit_is_the_limit() {
    let page = |length: usize| {
        let meta = "<meta http-equiv=Refresh content=9>";
        format!("{}{meta}<p>", " ".repeat(length - meta.len())).into_bytes()
    };
    let mebibyte = 1 << 20;
    for (set, limit) in
        [(None, HttpEquivProcessor::SCAN_LIMIT), (Some(4096), 4096), (Some(1000), 1000), (Some(usize::MAX), mebibyte)]
    {
        let processor = || set.map_or(HttpEquivProcessor::new(), |set| HttpEquivProcessor::new().scan_limit(set));
        for (length, found) in [(limit, 1), (limit + 1, 0)] {
            let page = Page::html(page(length));
            assert_eq!(page.added(processor()).len(), found, "{length} bytes of {limit}");
            assert_eq!(page.read.load(Ordering::SeqCst), limit, "{length} bytes of {limit}");
        }
    }
    let page = Page::html(page(100));
    assert!(page.added(HttpEquivProcessor::new().scan_limit(0)).is_empty());
    assert_eq!(page.read.load(Ordering::SeqCst), 0);
}

#[test]
fn a_tag_of_more_than_two_thousand_words_ends_the_search() {
    let words = |count: usize| (0..count).map(|number| format!(" a{number}")).collect::<String>();
    let meta = "<meta http-equiv=Refresh content=9>";
    for (says, page, found) in [
        ("many attributes", format!("<html{}>{meta}", words(2_000)), 1),
        ("too many", format!("<html{}>{meta}", words(3_000)), 0),
        ("too many, without blanks", format!("<html {}>{meta}", words(3_000).replace(' ', "=''")), 0),
        ("too many, with slashes", format!("<html {}>{meta}", words(3_000).replace(' ', "/")), 0),
        ("one long value", format!("<link href='data:;base64,{}'>{meta}", "QUJDRA".repeat(8_000)), 1),
        ("a comment", format!("<!--{}-->{meta}", words(2_000)), 1),
        ("a long comment", format!("<!--{}-->{meta}", words(3_000)), 0),
        ("a long script", format!("<script>{}</script>{meta}", words(8_000)), 1),
        ("before it is too late", format!("{meta}<html{}>{meta}", words(3_000)), 1),
    ] {
        for size in [1, 100, 4096] {
            let page = Page::in_pieces(&page, size);
            assert_eq!(page.added(HttpEquivProcessor::new()).len(), found, "{says}, {size} bytes at a time");
        }
    }
    for count in (2_000..2_300).step_by(10) {
        let page = format!("<html{}>{meta}", words(count));
        let found = |size| Page::in_pieces(&page, size).added(HttpEquivProcessor::new()).len();
        let all = found(usize::MAX);
        assert_eq!([1, 7, 511].map(found), [all; 3], "{count} words");
    }
}

#[test]
fn an_error_comes_where_it_came() {
    let broken = |kind| {
        let pieces = ["<meta http-equiv=Refresh content=9>", "<title>", "</title>the rest"];
        let mut pieces: Vec<Piece> = pieces.iter().map(|piece| Piece::Bytes(piece.as_bytes().to_vec())).collect();
        pieces.insert(2, Piece::Failure(kind));
        let page = Page { pieces, ..Page::html("") };
        let response = page.open(HttpEquivProcessor::new(), "http://h.test/");
        assert!(response.headers().contains("Refresh"), "what was found before counts");
        response
    };
    let mut response = broken(io::ErrorKind::TimedOut);
    let mut read = Vec::new();
    let error = response.read_to_end(&mut read).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    assert_eq!(read, b"<meta http-equiv=Refresh content=9><title>");
    assert_eq!(bytes(response), b"</title>the rest", "it comes once, as it would have");

    let all = b"<meta http-equiv=Refresh content=9><title></title>the rest";
    assert_eq!(bytes(broken(io::ErrorKind::Interrupted)), all, "which is no error");
}

#[test]
fn a_server_that_fails_in_the_head_fails_whoever_reads() {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 99\r\n\r\n";
    let begin = "<meta http-equiv=Refresh content=9><title>";
    let server = Server::start(move |request| match request.target() {
        "/stalls" => Reply::raw(format!("{head}{begin}")).then_stall(),
        "/stalls-behind" => Reply::raw(format!("{head}{begin}</title><p>")).then_stall(),
        _ => Reply::raw(format!("{head}{begin}")).then_close(),
    });
    let opener = build_opener(HttpEquivProcessor::new());
    for path in ["/stalls", "/cut", "/stalls-behind"] {
        let patience = Duration::from_millis(if path == "/stalls" { 700 } else { 5_000 });
        let response = opener.open(Request::get(server.url(path)).timeout(patience));
        let mut response = response.unwrap_or_else(|error| panic!("{path}: {error}"));
        assert!(response.headers().contains("Refresh"), "{path}");
        if path == "/stalls-behind" {
            continue;
        }
        let mut read = Vec::new();
        let error = clientcookie::Error::from(response.read_to_end(&mut read).unwrap_err());
        assert_eq!(read, begin.as_bytes(), "{path}");
        match error.kind() {
            ErrorKind::Timeout { .. } => assert_eq!(path, "/stalls"),
            ErrorKind::IncompleteRead { got: 42, expected: Some(99) } => assert_eq!(path, "/cut"),
            kind => panic!("{path}: {kind}"),
        }
    }
}

#[test]
fn the_pages_own_charset_counts_behind_the_servers() {
    let meta = "<meta http-equiv=Content-Type content='text/html; charset=ISO-8859-2'>";
    let page = [meta.as_bytes(), b"\xb1"].concat();
    for (headers, last) in [("Content-Type: text/html", 'ą'), ("Content-Type: text/html; charset=ISO-8859-1", '±')] {
        let mut response = Page::html(&page).headers(headers).open(HttpEquivProcessor::new(), "http://h.test/");
        assert_eq!(response.text().unwrap().chars().last(), Some(last), "{headers}");
    }
    let named =
        Page::html("<meta http-equiv=X content=é>".encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<_>>());
    let named = named.headers("Content-Type: text/html; charset=UTF-16BE");
    assert_eq!(named.added(all()), ["X: Ã©"], "a charset that the server names needs no mark");
}

#[test]
fn a_page_names_its_charset_in_any_form() {
    const PAGE: &str = "<title>\u{41f}";
    let koi8 = "Content-Type: text/html; charset=koi8-r";
    for (says, meta, added) in [
        ("in short", "<meta charset='koi8-r'>", vec![koi8]),
        (
            "in both ways",
            "<meta http-equiv=Content-Type content='text/html; charset=utf-8' charset=koi8-r>",
            vec![koi8, "Content-Type: text/html; charset=utf-8"],
        ),
        (
            "with a line end",
            "<meta http-equiv=Content-Type content='text/html;\n charset=koi8-r'>",
            vec!["Content-Type: text/html;  charset=koi8-r"],
        ),
        (
            "with a comma",
            "<meta http-equiv=Content-Type content='text/html, charset=koi8-r'>",
            vec!["Content-Type: text/html, charset=koi8-r"],
        ),
        (
            "behind one that nobody knows",
            "<meta charset=own><meta charset=koi8-r>",
            vec!["Content-Type: text/html; charset=own", koi8],
        ),
        (
            "behind one that cannot be true, and is UTF-8",
            "<meta charset=utf-16><meta charset=koi8-r>",
            vec!["Content-Type: text/html; charset=UTF-8", koi8],
        ),
    ] {
        // Where the first kilobyte says nothing, too.
        for blanks in [0, 2000] {
            let page = [" ".repeat(blanks).as_bytes(), meta.as_bytes(), b"<title>\xf0"].concat();
            let mut response = Page::html(&page).open(HttpEquivProcessor::new(), "http://h.test/");
            assert_eq!(lines(&response)[1..], added, "{says}");
            let is_read = !meta.contains("utf-16");
            assert_eq!(response.text().unwrap().ends_with(PAGE), is_read, "{says}, {blanks}");
        }
    }
}

/// What makes a page costly, and such a page of a given length.
type Costly = (&'static str, fn(usize) -> String);

fn costly() -> Vec<Costly> {
    fn names(size: usize) -> String {
        format!("<html {}", (0..size / 5).map(|number| format!("{number:x} ")).collect::<String>())
    }
    vec![
        ("attributes", names),
        ("attributes, tag by tag", |size| names(5_000).replacen(' ', "><html ", 1).repeat(size / 5_000)),
        ("attributes of one name", |size| format!("<html {}", "a ".repeat(size / 2))),
        ("a long name", |size| format!("<{}", "a".repeat(size))),
        ("a long value", |size| format!("<html a=\"{}", "a".repeat(size))),
        ("a comment", |size| format!("<!--{}", "-".repeat(size))),
        ("a declaration", |size| format!("<!DOCTYPE {}", "a".repeat(size))),
        ("entities", |size| format!("<title>{}", "&a".repeat(size / 2))),
        ("entities in a value", |size| format!("<html a=\"{}", "&notin".repeat(size / 6))),
        ("a script", |size| format!("<script>{}", "</scrip".repeat(size / 7))),
        ("an escaped script", |size| format!("<script><!--{}", "<script".repeat(size / 7))),
        ("templates", |size| "<template>".repeat(size / 10)),
        ("what is to be added", |size| "<meta http-equiv=Refresh content=1>".repeat(size / 36)),
        ("what is not to be added", |size| "<meta http-equiv=X content=1>".repeat(size / 30)),
        ("less-than signs in a title", |size| format!("<title>{}", "<".repeat(size))),
        ("line ends", |size| "\r".repeat(size)),
        ("bytes outside ASCII", |size| format!("<!--{}", "é".repeat(size / 2))),
    ]
}

#[test]
fn twice_the_head_is_no_more_than_twice_the_work() {
    if !can_measure_work() {
        return;
    }
    for (says, page) in costly() {
        assert_linear(says, 40_000, &|size| {
            let page = Page::html(page(size));
            let response = page.open(HttpEquivProcessor::new().scan_limit(usize::MAX), "http://h.test/");
            drop(response);
        });
    }
}

/// Numbers that are always the same (Knuth's MMIX generator).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }
}

#[test]
fn any_bytes_are_read_alike_in_any_pieces() {
    const WORDS: [&[u8]; 32] = [
        b"<",
        b">",
        b"/",
        b"\"",
        b"'",
        b"=",
        b" ",
        b"\r",
        b"\n",
        b"\0",
        b"&",
        b";",
        b"\xff",
        b"\xfe",
        b"\xef\xbb\xbf",
        b"meta ",
        b"http-equiv=",
        b"content=",
        b"Refresh",
        b"<meta http-equiv=Refresh content=1>",
        b"<!--",
        b"-->",
        b"<title>",
        b"</title>",
        b"<script>",
        b"</script>",
        b"<template>",
        b"</template>",
        b"<![CDATA[",
        b"&lt;",
        b"</head>",
        b"<p>",
    ];
    let mut numbers = Numbers(1);
    for _ in 0..2_000 {
        let mut page = Vec::new();
        for _ in 0..numbers.below(60) {
            match numbers.below(8) {
                0 => page.push(u8::try_from(numbers.below(256)).unwrap()),
                _ => page.extend_from_slice(WORDS[numbers.below(WORDS.len())]),
            }
        }
        let whole = Page::html(&page).open(all(), "http://h.test/");
        for size in [1, 7] {
            let pieces = Page::in_pieces(&page, size).open(all(), "http://h.test/");
            assert_eq!(lines(&pieces), lines(&whole), "{page:?}");
        }
        assert_eq!(bytes(whole), page);
    }
}

#[test]
fn an_openers_pages_are_independent() {
    let order = Mutex::new(Vec::new());
    let opener = build_opener((
        HttpEquivProcessor::new(),
        HttpHandler::with_transport(Page::html("<meta http-equiv=Content-Language content=de>")),
    ));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let response = opener.open("http://h.test/").unwrap();
                order.lock().unwrap().push(response.headers().get_all("Content-Language").count());
            });
        }
    });
    assert_eq!(order.into_inner().unwrap(), [1; 4]);
}

#[test]
fn a_server_that_drips_its_head_does_not_keep_the_page_closed() {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<meta http-equiv=Refresh content=9><!--";
    let server = Server::start(move |_| Reply::raw(head).then_stall());
    let opener = build_opener(HttpEquivProcessor::new().scan_time(Duration::from_millis(200)));
    let response = opener.open(Request::get(server.url("/")).timeout(Duration::from_secs(60))).unwrap();
    assert!(response.headers().contains("Refresh"), "what was found in time counts");
    let mut start = vec![0; 39];
    { response }.read_exact(&mut start).unwrap();
    assert!(start.ends_with(b"<!--"), "and what was read is there to be read");
}
