//! Forms with files, and data that says what it is.

use std::io;
use std::sync::{Arc, Mutex};

use clientcookie::{Data, Request};
use http::HeaderValue;

use super::opener_to;
use crate::support::{Recorded, Reply, Server};

/// What arrives, with `B` for the boundary.
fn body(request: &Recorded) -> String {
    let content_type = request.header("Content-Type").unwrap();
    let boundary = content_type.strip_prefix("multipart/form-data; boundary=").unwrap();
    assert!(boundary.len() <= 70, "RFC 2046 section 5.1.1");
    String::from_utf8(request.body.clone()).unwrap().replace(boundary, "B")
}

#[test]
fn a_form_with_files_is_written_as_browsers_write_it() {
    let path = std::env::temp_dir().join(format!("clientcookie-form-{}.txt", std::process::id()));
    std::fs::write(&path, "from a file").unwrap();
    let name = path.file_name().unwrap().to_str().unwrap().to_owned();
    let file = format!(
        "--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"{name}\"\r\nContent-Type: text/plain\r\n\r\n\
         from a file\r\n--B--\r\n"
    );
    let json = HeaderValue::from_static("application/json");
    let form = Data::multipart;
    let head = |rest: &str| format!("--B\r\nContent-Disposition: form-data; {rest}\r\n--B--\r\n");
    let rows = [
        ("nothing", form(), "--B--\r\n".to_owned()),
        ("a field", form().field("a", "1"), head("name=\"a\"\r\n\r\n1")),
        ("an empty one", form().field("", ""), head("name=\"\"\r\n\r\n")),
        (
            "two, in order, of one name",
            form().field("a", "2").field("a", "1"),
            head("name=\"a\"\r\n\r\n2\r\n--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1"),
        ),
        ("line ends in a text stay", form().field("a", "1\n2\r3"), head("name=\"a\"\r\n\r\n1\n2\r3")),
        ("one that says what it is", form().field("a", Data::from("{}").with_content_type(json.clone())), {
            head("name=\"a\"\r\nContent-Type: application/json\r\n\r\n{}")
        }),
        (
            "a quote and a line end would end a name",
            form().field("a\"; x=\"\r\nX: y", "1"),
            head("name=\"a%22; x=%22%0D%0AX: y\"\r\n\r\n1"),
        ),
        ("half a line end", form().field("a\rb\nc", "1"), head("name=\"a%0D%0Ab%0D%0Ac\"\r\n\r\n1")),
        ("a percent sign and a backslash stay", form().field("%22\\é", "1"), head("name=\"%22\\é\"\r\n\r\n1")),
        ("a file", form().file("f", &path).unwrap(), file),
        (
            "a file by another name, and half a line end stays half",
            form().file_named("f", "a\"\n.PNG", Data::file(&path).unwrap()),
            head("name=\"f\"; filename=\"a%22%0A.PNG\"\r\nContent-Type: image/png\r\n\r\nfrom a file"),
        ),
        (
            "nothing is known of its name",
            form().file_named("f", "x", "1"),
            head("name=\"f\"; filename=\"x\"\r\nContent-Type: application/octet-stream\r\n\r\n1"),
        ),
        (
            "but of its data",
            form().file_named("f", "x.txt", Data::from("1").with_content_type(json)),
            head("name=\"f\"; filename=\"x.txt\"\r\nContent-Type: application/json\r\n\r\n1"),
        ),
        (
            "a reader whose length is known",
            form().field("a", Data::sized_reader(&b"12"[..], 2)),
            head("name=\"a\"\r\n\r\n12"),
        ),
        (
            "one whose length is not",
            form().field("a", Data::reader(io::Read::chain(&b"1"[..], &b"2"[..]))),
            head("name=\"a\"\r\n\r\n12"),
        ),
    ];
    for (says, form, expected) in rows {
        let server = Server::start(|_| Reply::ok(""));
        let data = Data::from(form);
        let framing = if data.len().is_some() { "Content-Length" } else { "Transfer-Encoding" };
        assert_eq!(data.len().is_none(), says.starts_with("one whose length is not"), "{says}");
        opener_to(&server).open(Request::post("http://h/", data)).unwrap();
        let request = &server.requests()[0];
        assert_eq!(body(request), expected, "{says}");
        assert_eq!(request.header_count(framing), 1, "{says}");
    }
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn each_form_has_a_boundary_of_its_own() {
    let boundary = || Data::from(Data::multipart()).content_type().unwrap().clone();
    assert_ne!(boundary(), boundary());
}

#[test]
fn a_form_can_be_sent_again_if_each_of_its_fields_can() {
    let file = Data::from_fn(3, || Ok(&b"abc"[..]));
    let again = Data::from(Data::multipart().field("a", "1").file_named("f", "f", file));
    assert!(again.can_replay());
    let copy = again.try_clone().unwrap();
    assert_eq!((copy.len(), copy.content_type()), (again.len(), again.content_type()));
    let once = Data::from(Data::multipart().field("a", "1").field("r", Data::sized_reader(&b"x"[..], 1)));
    assert!(!once.can_replay() && once.try_clone().is_none() && once.len().is_some());
    let mut once = Data::from(Data::multipart().field("form", once));
    io::copy(&mut once.open().unwrap(), &mut io::sink()).unwrap();
    assert!(once.open().is_err(), "its reader is gone");
}

#[test]
fn a_part_that_is_shorter_than_it_said_is_an_error_and_no_request() {
    let server = Server::start(|_| Reply::ok("taken for whole"));
    let form = Data::multipart().field("a", "1").field("short", Data::from_fn(9, || Ok(&b"abc"[..])));
    let error = opener_to(&server).open(Request::post("http://h/", form)).unwrap_err();
    assert!(matches!(error.kind(), clientcookie::ErrorKind::RequestData { .. }), "{error}");
    assert!(server.requests().is_empty());
}

/// A type of somebody's own.
struct Feed;

impl From<Feed> for Data {
    fn from(_: Feed) -> Self {
        Self::from("<feed/>").with_content_type(HeaderValue::from_static("application/atom+xml"))
    }
}

#[test]
fn the_server_is_told_what_the_data_says_it_is() {
    const FORM: &str = "application/x-www-form-urlencoded";
    let rows: Vec<(&str, clientcookie::RequestBuilder, &str)> = vec![
        ("text is taken for a form, as in urllib2", Request::post("http://h/", "a=1"), FORM),
        ("a form is one", Request::post("http://h/", Data::form([("a", "1")])), FORM),
        ("data of one's own", Request::post("http://h/", Feed), "application/atom+xml"),
        ("a header goes before it", Request::post("http://h/", Feed).header("content-type", "text/xml"), "text/xml"),
        #[cfg(feature = "json")]
        ("JSON", Request::post("http://h/", Data::json("a").unwrap()), "application/json"),
    ];
    for (says, request, expected) in rows {
        let server = Server::start(|_| Reply::ok(""));
        opener_to(&server).open(request).unwrap();
        let request = &server.requests()[0];
        assert_eq!(request.header("Content-Type").as_deref(), Some(expected), "{says}");
        assert_eq!(request.header_count("Content-Type"), 1, "{says}");
    }
}

#[test]
fn data_tells_how_far_it_has_got_and_when_it_begins_again() {
    let server = Server::start(|request| match request.target() {
        "/" => Reply::redirect(307, "/x"),
        _ => Reply::ok(""),
    });
    let told = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&told);
    let data = Data::from("abc").report(move |sent, total| log.lock().unwrap().push((sent, total)));
    let request = Request::post("http://h/", data).build().unwrap();
    let again = request.try_clone().unwrap();
    for request in [request, again] {
        // Data is not sent to another URL without being asked, but it can be.
        opener_to(&server).open(request).unwrap_err();
    }
    assert_eq!(*told.lock().unwrap(), [(0, Some(3)), (3, Some(3)), (0, Some(3)), (3, Some(3))]);

    let log = Arc::clone(&told);
    told.lock().unwrap().clear();
    let large = Data::reader(io::Read::take(io::repeat(b'x'), 1_000_000));
    let large = large.report(move |sent, total| log.lock().unwrap().push((sent, total)));
    opener_to(&server).open(Request::post("http://h/x", large)).unwrap();
    let told = told.lock().unwrap();
    assert!(told.len() > 3 && told.iter().all(|(_, total)| total.is_none()), "{told:?}");
    assert!(told.is_sorted() && told.last() == Some(&(1_000_000, None)), "{told:?}");
}

#[cfg(feature = "json")]
#[test]
fn json_is_read_and_what_is_none_is_an_error_that_says_where() {
    let server = Server::start(|request| match request.target() {
        "/latin1" => Reply::ok(b"[\"caf\xe9\"]").header("Content-Type", "application/json; charset=iso-8859-1"),
        "/mark" => Reply::ok("\u{feff}[\"café\"]"),
        "/utf8" => Reply::ok("[\"café\"]").header("Content-Type", "application/json"),
        _ => Reply::ok("<html>"),
    });
    let opener = opener_to(&server);
    for target in ["latin1", "mark", "utf8"] {
        let read: Vec<String> = opener.open(format!("http://h/{target}")).unwrap().json().unwrap();
        assert_eq!(read, ["café"], "{target}");
    }
    let error = opener.open("http://h/page").unwrap().json::<Vec<String>>().unwrap_err();
    assert!(matches!(error.kind(), clientcookie::ErrorKind::Io(source) if source.kind() == io::ErrorKind::InvalidData));
    assert_eq!(error.url(), Some("http://h/page"), "{error}");
}

#[test]
fn who_says_multipart_himself_need_not_know_the_boundary() {
    let server = Server::start(|request| Reply::ok(request.header("Content-Type").unwrap_or_default()));
    let opener = opener_to(&server);
    let boundary = |data: &Data| data.content_type().unwrap().to_str().unwrap().split_once('=').unwrap().1.to_owned();
    for (sentence, said, expected) in [
        ("it is added", "multipart/form-data", Some("multipart/form-data; boundary=B")),
        ("behind what is there", "Multipart/Mixed; x=\"y\"", Some("Multipart/Mixed; x=\"y\"; boundary=B")),
        ("it is the same", "multipart/form-data; Boundary=\"B\"", Some("multipart/form-data; Boundary=\"B\"")),
        ("it is another", "multipart/form-data; boundary=other", None),
        ("something else is meant", "application/octet-stream", Some("application/octet-stream")),
    ] {
        let data = Data::from(Data::multipart().field("a", "1"));
        let boundary = boundary(&data);
        let said = said.replace("=\"B\"", &format!("=\"{boundary}\""));
        let request = Request::post("http://h/", data).header("Content-Type", said);
        match (opener.open(request), expected) {
            (Ok(mut response), Some(expected)) => {
                assert_eq!(response.text().unwrap().replace(&boundary, "B"), expected, "{sentence}");
            }
            (Err(error), None) => assert!(error.to_string().contains("boundary is not that of the data"), "{error}"),
            (outcome, _) => panic!("{sentence}: {outcome:?}"),
        }
    }
}
