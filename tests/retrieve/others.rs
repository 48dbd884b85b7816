//! Going on with a file that another program left unfinished.

use std::fs::{self, File};
use std::time::{Duration, UNIX_EPOCH};

use clientcookie::{ErrorKind, Retrieve, build_opener};

use super::{Folder, body};
use crate::support::{Recorded, Reply, Server};

const LENGTH: usize = 1000;
const THERE: usize = 300;
/// Wed, 09 Feb 1994 22:23:32 GMT.
const CHANGED: u64 = 760_832_612;

/// The rest to whoever asks for it, and the whole to everybody else.
fn site(headers: &'static [(&'static str, &'static str)]) -> impl Fn(&Recorded) -> Reply + Send + Sync {
    move |request| {
        let start: usize = request.header("Range").map_or(0, |range| range[6..range.len() - 1].parse().unwrap());
        let range = format!("bytes {start}-{}/{LENGTH}", LENGTH - 1);
        let reply = match start {
            0 => Reply::ok(body(LENGTH)),
            LENGTH.. => Reply::status(416, "No").header("Content-Range", &format!("bytes */{LENGTH}")),
            _ => Reply::status(206, "Partial Content").header("Content-Range", &range).body(&body(LENGTH)[start..]),
        };
        headers.iter().fold(reply, |reply, (name, value)| reply.header(name, value))
    }
}

/// The target, of so many bytes and as old as the content is.
fn left(folder: &Folder, bytes: &[u8]) {
    fs::write(folder.file(), bytes).unwrap();
    let file = File::options().write(true).open(folder.file()).unwrap();
    file.set_modified(UNIX_EPOCH + Duration::from_secs(CHANGED)).unwrap();
}

#[test]
fn only_the_rest_is_fetched_where_nothing_speaks_against_it() {
    const SAME: (&str, &str) = ("Last-Modified", "Wed, 09 Feb 1994 22:23:32 GMT");
    const NEWER: (&str, &str) = ("Last-Modified", "Wed, 09 Feb 1994 22:23:33 GMT");
    const TAG: (&str, &str) = ("ETag", "\"a\"");
    for (says, headers, there, asked) in [
        ("as old as the file", &[SAME][..], THERE, &[Some(THERE)][..]),
        ("with a tag", &[TAG, SAME], THERE, &[Some(THERE)]),
        ("of no age: longer than the file", &[], THERE, &[Some(THERE)]),
        ("newer than the file", &[NEWER, TAG], THERE, &[Some(THERE), None]),
        ("of an age that is none", &[("Last-Modified", "once")], THERE, &[Some(THERE), None]),
        ("no longer than the file", &[TAG], LENGTH, &[Some(LENGTH), None]),
        ("shorter than the file", &[TAG], LENGTH + 1, &[Some(LENGTH + 1), None]),
        ("there is nothing yet", &[TAG], 0, &[None]),
    ] {
        let folder = Folder::new("others");
        left(&folder, &body(there));
        let server = Server::start(site(headers));
        let how = Retrieve::to(folder.file()).resume_others(true);
        build_opener(()).retrieve(server.url("/"), how).unwrap_or_else(|error| panic!("{says}: {error}"));
        let ranges: Vec<_> = server.requests().iter().map(|request| request.header("Range")).collect();
        let expected: Vec<_> = asked.iter().map(|start| start.map(|start| format!("bytes={start}-"))).collect();
        assert_eq!(ranges, expected, "{says}");
        assert_eq!(fs::read(folder.file()).unwrap(), body(LENGTH), "{says}");
        assert_eq!(folder.names(), ["page.bin"], "{says}");
    }
}

#[test]
fn without_the_switch_it_is_replaced() {
    let folder = Folder::new("others-off");
    left(&folder, b"something else");
    let server = Server::start(site(&[("ETag", "\"a\"")]));
    build_opener(()).retrieve(server.url("/"), Retrieve::to(folder.file()).resume(true)).unwrap();
    assert_eq!(server.requests()[0].header("Range"), None);
    assert_eq!(fs::read(folder.file()).unwrap(), body(LENGTH));
}

#[test]
fn what_fails_leaves_the_file_and_from_then_on_goes_by_the_tag() {
    let folder = Folder::new("others-cut");
    left(&folder, &body(THERE));
    let server = Server::start(|request| {
        let start = if request.header("If-Range").is_some() { 400 } else { THERE };
        let head = format!(
            "HTTP/1.1 206 Partial Content\r\nETag: \"a\"\r\nContent-Range: bytes {start}-{}/{LENGTH}\r\n\r\n",
            LENGTH - 1
        );
        let end = if start == THERE { 400 } else { LENGTH };
        Reply::raw([head.as_bytes(), &body(LENGTH)[start..end]].concat()).then_close()
    });
    let retrieve = || build_opener(()).retrieve(server.url("/"), Retrieve::to(folder.file()).resume_others(true));
    let error = retrieve().unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::ContentTooShort { got: 400, expected: Some(1000), .. }), "{error}");
    assert_eq!(fs::read(folder.file()).unwrap(), body(THERE), "it is what it was");
    assert_eq!(folder.names(), ["page.bin", "page.bin.part", "page.bin.part.info"]);
    retrieve().unwrap();
    let last = server.requests().pop().unwrap();
    assert_eq!((last.header("Range"), last.header("If-Range")), (Some("bytes=400-".into()), Some("\"a\"".into())));
    assert_eq!(fs::read(folder.file()).unwrap(), body(LENGTH));
    assert_eq!(folder.names(), ["page.bin"]);
}

#[test]
fn of_a_rest_that_is_too_long_nothing_stays() {
    let folder = Folder::new("others-long");
    left(&folder, &body(THERE));
    let server = Server::start(|_| {
        let head = format!(
            "HTTP/1.1 206 Partial Content\r\nETag: \"a\"\r\nContent-Range: bytes {THERE}-{}/{LENGTH}\r\n\r\n",
            LENGTH - 1
        );
        Reply::raw([head.as_bytes(), &body(LENGTH)[THERE..], b"!"].concat()).then_close()
    });
    let how = Retrieve::to(folder.file()).resume_others(true);
    let error = build_opener(()).retrieve(server.url("/"), how).unwrap_err();
    assert!(error.to_string().contains("longer than the server announced"), "{error}");
    assert_eq!(folder.names(), ["page.bin"]);
    assert_eq!(fs::read(folder.file()).unwrap(), body(THERE));
}

#[cfg(unix)]
#[test]
fn a_file_that_others_may_write_to_is_not_gone_on_with() {
    let folder = Folder::new("others-own");
    left(&folder, &body(THERE));
    fs::set_permissions(folder.file(), std::os::unix::fs::PermissionsExt::from_mode(0o666)).unwrap();
    let server = Server::start(site(&[]));
    let how = Retrieve::to(folder.file()).resume_others(true);
    let error = build_opener(()).retrieve(server.url("/"), how).unwrap_err();
    assert!(error.to_string().contains("others may write to it"), "{error}");
    assert!(server.requests().is_empty());
    assert_eq!(fs::read(folder.file()).unwrap(), body(THERE));
}
