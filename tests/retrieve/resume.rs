//! Going on with what was cut short, and what the server has to prove for it.

use std::cell::RefCell;
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use clientcookie::{Error, ErrorKind, OpenerDirector, Retrieve, build_opener};

use super::{Folder, body};
use crate::support::{Recorded, Reply, Server};

/// A download that is cut off after 600,000 bytes the first time, and what the server does then.
pub struct Resuming {
    pub folder: Folder,
    pub opener: OpenerDirector,
    pub server: Server,
}

pub const LENGTH: usize = 1_000_000;
pub const CUT: usize = 600_000;

impl Resuming {
    pub fn new(name: &str, headers: &'static str, then: impl Fn(&Recorded) -> Reply + Send + Sync + 'static) -> Self {
        let first = Mutex::new(true);
        let server = Server::start(move |request| {
            if std::mem::take(&mut *first.lock().unwrap()) {
                return cut(headers);
            }
            then(request)
        });
        let resuming = Self { folder: Folder::new(name), opener: build_opener(()), server };
        let error = resuming.retrieve("/").unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::ContentTooShort { got, .. } if *got == CUT as u64), "{error}");
        resuming
    }

    pub fn retrieve(&self, target: &str) -> Result<Vec<(u64, Option<u64>)>, Error> {
        let told = RefCell::new(Vec::new());
        let how = Retrieve::to(self.folder.file()).resume(true);
        let how = how.reporthook(|number, _, total| told.borrow_mut().push((number, total)));
        self.opener.retrieve(self.server.url(target), how)?;
        Ok(told.take())
    }

    /// The headers of the last request that ask for the rest.
    pub fn asked(&self) -> (Option<String>, Option<String>) {
        let last = self.server.requests().pop().unwrap();
        (last.header("Range"), last.header("If-Range"))
    }

    pub fn is_whole(&self) -> bool {
        self.folder.names() == ["page.bin"] && fs::read(self.folder.file()).unwrap() == body(LENGTH)
    }
}

/// The first bytes of the whole, and no more.
pub fn cut(headers: &str) -> Reply {
    let mut bytes = format!("HTTP/1.1 200 OK\r\nContent-Length: {LENGTH}\r\n{headers}\r\n").into_bytes();
    bytes.extend(&body(LENGTH)[..CUT]);
    Reply::raw(bytes).then_close()
}

pub fn rest(start: usize) -> Reply {
    rest_of(start, &LENGTH.to_string())
}

fn rest_of(start: usize, whole: &str) -> Reply {
    let range = format!("bytes {start}-{}/{whole}", LENGTH - 1);
    Reply::status(206, "Partial Content").header("Content-Range", &range).body(&body(LENGTH)[start..])
}

#[test]
fn a_download_goes_on_where_it_was_cut_off() {
    let resuming = Resuming::new("resume", "ETag: \"a\"\r\n", |_| rest(CUT).header("ETag", "\"a\""));
    assert_eq!(resuming.folder.names(), ["page.bin.part", "page.bin.part.info"]);
    let total = Some(LENGTH as u64);
    assert_eq!(resuming.retrieve("/").unwrap(), [(2, total), (3, total), (4, total)]);
    assert_eq!(resuming.asked(), (Some(format!("bytes={CUT}-")), Some("\"a\"".to_owned())));
    assert!(resuming.is_whole());
}

#[test]
fn what_the_server_answers_decides() {
    let date = "Last-Modified: Wed, 09 Feb 1994 22:23:32 GMT\r\nDate: Wed, 09 Feb 1994 22:23:33 GMT\r\n";
    let same_second = "Last-Modified: Wed, 09 Feb 1994 22:23:32 GMT\r\nDate: Wed, 09 Feb 1994 22:23:32 GMT\r\n";
    type Then = fn(&Recorded) -> Reply;
    let whole: Then = |_| Reply::ok(body(LENGTH));
    let rows: [(&str, &'static str, Then, bool); 17] = [
        ("the rest, by its date", date, |_| rest(CUT), true),
        ("the whole: it has changed", "ETag: \"a\"\r\n", whole, true),
        (
            "the rest of something else",
            "ETag: \"a\"\r\n",
            |request| wrong(request, rest(CUT).header("ETag", "\"b\"")),
            true,
        ),
        ("another part", "ETag: \"a\"\r\n", |request| wrong(request, rest(CUT + 1)), true),
        (
            "many parts",
            "ETag: \"a\"\r\n",
            |request| {
                wrong(
                    request,
                    Reply::status(206, "Parts").header("Content-Type", "multipart/byteranges; boundary=a").body("--a"),
                )
            },
            true,
        ),
        (
            "the rest of what has another date",
            date,
            |request| wrong(request, rest(CUT).header("Last-Modified", "Thu, 10 Feb 1994 22:23:32 GMT")),
            true,
        ),
        (
            "more than anything can have",
            "ETag: \"a\"\r\n",
            |request| {
                let reply = Reply::status(206, "Parts").header("Content-Length", "18446744073709551615");
                wrong(request, reply.header("Content-Range", &format!("bytes {CUT}-18446744073709551615/*")))
            },
            true,
        ),
        (
            "less than it says",
            "ETag: \"a\"\r\n",
            |request| {
                let range = format!("bytes {CUT}-{}/{LENGTH}", LENGTH - 1);
                wrong(request, Reply::status(206, "Parts").header("Content-Range", &range).body("short"))
            },
            true,
        ),
        ("no tag", "ETag: \"a\"\r\n", |request| wrong(request, rest(CUT)), true),
        (
            "the rest of something longer",
            "ETag: \"a\"\r\n",
            |request| wrong(request, rest_of(CUT, "1000001").header("ETag", "\"a\"")),
            true,
        ),
        (
            "the rest of nobody knows what",
            "ETag: \"a\"\r\n",
            |request| wrong(request, rest_of(CUT, "*").header("ETag", "\"a\"")),
            true,
        ),
        ("there is no more", "ETag: \"a\"\r\n", |request| wrong(request, Reply::status(416, "No")), true),
        ("a weak tag is not asked with", "ETag: W/\"a\"\r\n", whole, false),
        ("nor a date that may be another's as well", same_second, whole, false),
        ("nor a date alone", "Last-Modified: Wed, 09 Feb 1994 22:23:32 GMT\r\n", whole, false),
        ("nor what is no tag", "ETag: a\r\n", whole, false),
        ("nothing to ask with", "", whole, false),
    ];
    for (says, headers, then, asks) in rows {
        let resuming = Resuming::new("decides", headers, then);
        assert_eq!(resuming.folder.names().is_empty(), !asks, "{says}: what cannot be gone on with is not kept");
        resuming.retrieve("/").unwrap_or_else(|error| panic!("{says}: {error}"));
        assert_eq!(resuming.server.requests()[1].header("If-Range").is_some(), asks, "{says}");
        assert!(resuming.is_whole(), "{says}");
    }
}

/// This to whoever asks for the rest, the whole to whoever does not.
fn wrong(request: &Recorded, reply: Reply) -> Reply {
    match request.header("Range") {
        Some(_) => reply,
        None => Reply::ok(body(LENGTH)),
    }
}

#[test]
fn a_part_is_of_one_url() {
    let resuming = Resuming::new("other", "ETag: \"a\"\r\n", |_| Reply::ok(body(LENGTH)));
    resuming.retrieve("/other").unwrap();
    assert_eq!(resuming.asked(), (None, None));
    assert!(resuming.is_whole());
}

#[test]
fn a_part_of_nothing_is_not_asked_with() {
    let resuming = Resuming::new("empty", "ETag: \"a\"\r\n", |_| Reply::ok(body(LENGTH)));
    fs::write(resuming.folder.0.join("page.bin.part"), "").unwrap();
    resuming.retrieve("/").unwrap();
    assert_eq!(resuming.asked(), (None, None));
    assert!(resuming.is_whole());
}

#[test]
fn a_part_of_somebody_else_is_not_touched() {
    for (says, spoil) in [
        ("no information", (|info| fs::remove_file(info).unwrap()) as fn(&Path)),
        ("nonsense", |info| fs::write(info, "x").unwrap()),
        ("two lines", |info| fs::write(info, "http://h/\n\"a\"\n").unwrap()),
        ("a header in it", |info| {
            let text = fs::read_to_string(info).unwrap().replace("\"a\"", "\"a\"\rX: y");
            fs::write(info, text).unwrap();
        }),
    ] {
        let resuming = Resuming::new("foreign", "ETag: \"a\"\r\n", |_| Reply::ok(body(LENGTH)).header("ETag", "\"a\""));
        spoil(&resuming.folder.0.join("page.bin.part.info"));
        let before = resuming.folder.names();
        for _ in 0..2 {
            let error = resuming.retrieve("/").unwrap_err().to_string();
            assert!(error.contains("no download left it"), "{says}: {error}");
            assert_eq!(resuming.folder.names(), before, "{says}");
            assert_eq!(fs::read(resuming.folder.0.join("page.bin.part")).unwrap().len(), CUT, "{says}");
        }
    }
}

#[test]
fn a_rest_that_is_too_short_is_a_part_still() {
    let range = |length: usize| format!("bytes {CUT}-{}/{LENGTH}", CUT + length - 1);
    let short = move |_: &Recorded| {
        let reply = Reply::status(206, "Partial Content").header("Content-Range", &range(10)).header("ETag", "\"a\"");
        reply.body(&body(LENGTH)[CUT..CUT + 10])
    };
    let resuming = Resuming::new("short-rest", "ETag: \"a\"\r\n", short);
    let error = resuming.retrieve("/").unwrap_err();
    let expected = Some(LENGTH as u64);
    assert!(
        matches!(error.kind(), ErrorKind::ContentTooShort { got, expected: all, .. } if *got == CUT as u64 + 10 && *all == expected),
        "{error}"
    );
    assert_eq!(resuming.folder.names(), ["page.bin.part", "page.bin.part.info"], "it can be gone on with");
}

/// The head and body of a rest that is longer than it says: framed by chunks, or by the end of the
/// connection.
fn too_long(chunked: bool) -> Reply {
    let range = format!("Content-Range: bytes {CUT}-{}/{LENGTH}\r\nETag: \"a\"\r\n", LENGTH - 1);
    let mut bytes = format!("HTTP/1.1 206 Partial Content\r\n{range}").into_bytes();
    let rest = [&body(LENGTH)[CUT..], b"!"].concat();
    match chunked {
        true => {
            bytes.extend(format!("Transfer-Encoding: chunked\r\n\r\n{:x}\r\n", rest.len()).bytes());
            bytes.extend([&rest[..], b"\r\n0\r\n\r\n"].concat());
        }
        false => bytes.extend([b"\r\n", &rest[..]].concat()),
    }
    Reply::raw(bytes).then_close()
}

#[test]
fn of_a_rest_that_is_longer_than_announced_nothing_is_believed() {
    for chunked in [true, false] {
        let asked = AtomicUsize::new(0);
        let resuming =
            Resuming::new("longer", "ETag: \"a\"\r\n", move |_| match asked.fetch_add(1, Ordering::SeqCst) {
                0 => too_long(chunked),
                _ => rest(CUT).header("ETag", "\"a\""),
            });
        let error = resuming.retrieve("/").unwrap_err();
        assert!(error.to_string().contains("longer than the server announced"), "{error}");
        assert_eq!(resuming.folder.names(), ["page.bin.part", "page.bin.part.info"]);
        assert!(fs::read(resuming.folder.0.join("page.bin.part")).unwrap() == body(LENGTH)[..CUT], "what was there");
        resuming.retrieve("/").unwrap();
        assert!(resuming.is_whole());
    }
}

#[test]
fn chunks_that_are_none_take_back_what_came_with_them() {
    let resuming = Resuming::new("chunks", "ETag: \"a\"\r\n", |_| {
        let range = format!("Content-Range: bytes {CUT}-{}/{LENGTH}\r\nETag: \"a\"\r\n", LENGTH - 1);
        let head = format!("HTTP/1.1 206 Partial Content\r\n{range}Transfer-Encoding: chunked\r\n\r\n");
        Reply::raw(format!("{head}5\r\nwrong\r\nno size\r\n")).then_close()
    });
    let error = resuming.retrieve("/").unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::BadResponse { .. }), "{error}");
    assert!(fs::read(resuming.folder.0.join("page.bin.part")).unwrap() == body(LENGTH)[..CUT]);
}

#[test]
fn a_new_version_that_is_cut_does_not_mix_with_the_old_one() {
    let new = || body(LENGTH).into_iter().rev().collect::<Vec<u8>>();
    for (says, tag, kept) in [("it has a tag", "ETag: \"b\"\r\n", 100), ("it has none", "", 0)] {
        let asked = AtomicUsize::new(0);
        let resuming = Resuming::new("cut", "ETag: \"a\"\r\n", move |request| {
            if asked.fetch_add(1, Ordering::SeqCst) == 0 {
                let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {LENGTH}\r\n{tag}\r\n").into_bytes();
                return Reply::raw([&head, &new()[..100]].concat()).then_close();
            }
            match request.header("If-Range").as_deref() {
                Some("\"b\"") => {
                    let range = format!("bytes 100-{}/{LENGTH}", LENGTH - 1);
                    let reply = Reply::status(206, "Partial Content").header("Content-Range", &range);
                    reply.header("ETag", "\"b\"").body(&new()[100..])
                }
                _ => Reply::ok(new()),
            }
        });
        let error = resuming.retrieve("/").unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::ContentTooShort { got: 100, .. }), "{says}: {error}");
        drop(error);
        let part = fs::read(resuming.folder.0.join("page.bin.part")).unwrap_or_default();
        assert!(part == new()[..kept], "{says}: of the old one nothing, and of the new one what can be told");
        resuming.retrieve("/").unwrap();
        assert_eq!(resuming.asked().0.is_some(), kept > 0, "{says}");
        assert!(fs::read(resuming.folder.file()).unwrap() == new(), "{says}");
    }
}

/// A site that sends whoever comes to another address each time, of this form.
fn signing(name: &str, headers: &'static str, form: fn(usize) -> String, then: fn(&Recorded) -> Reply) -> Resuming {
    let (signed, first) = (AtomicUsize::new(0), Mutex::new(true));
    let server = Server::start(move |request| match request.target() {
        "/" => Reply::redirect(302, &form(signed.fetch_add(1, Ordering::SeqCst))),
        _ if std::mem::take(&mut *first.lock().unwrap()) => {
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {LENGTH}\r\n{headers}\r\n").into_bytes();
            Reply::raw([&head, &body(LENGTH)[..CUT]].concat()).then_close()
        }
        _ => then(request),
    });
    let resuming = Resuming { folder: Folder::new(name), opener: build_opener(()), server };
    resuming.retrieve("/").unwrap_err();
    resuming
}

#[test]
fn an_address_that_is_signed_anew_leads_to_the_same() {
    let tag = "ETag: \"a\"\r\n";
    let date = "Last-Modified: Wed, 09 Feb 1994 22:23:32 GMT\r\nDate: Wed, 09 Feb 1994 22:23:33 GMT\r\n";
    let query: fn(usize) -> String = |number| format!("/film?signature={number}");
    let path: fn(usize) -> String = |number| format!("/{number}/film");
    type Then = fn(&Recorded) -> Reply;
    let same: Then = |request| wrong(request, rest(CUT).header("ETag", "\"a\""));
    let dated: Then = |request| wrong(request, rest(CUT));
    let longer: Then = |request| wrong(request, rest_of(CUT, "1000001").header("ETag", "\"a\""));
    for (says, headers, form, then, requests) in [
        ("in the query", tag, query, same, 2),
        ("in the path", tag, path, same, 2),
        ("a date is no proof at another address", date, query, dated, 4),
        ("nor is a tag, if the length is another", tag, query, longer, 4),
    ] {
        let resuming = signing("signed", headers, form, then);
        let before = resuming.server.requests().len();
        resuming.retrieve("/").unwrap_or_else(|error| panic!("{says}: {error}"));
        let asked = resuming.server.requests().split_off(before);
        assert_eq!(asked.len(), requests, "{says}");
        assert_eq!(asked[1].header("Range"), Some(format!("bytes={CUT}-")), "{says}: it goes along");
        assert!(resuming.is_whole(), "{says}");
    }
}
