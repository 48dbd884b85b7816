//! `urlretrieve` and `OpenerDirector::retrieve`: bodies in files.

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use clientcookie::transport::Timeouts;
use clientcookie::{Error, ErrorKind, OpenerDirector, RETRIEVE_BLOCK, Request, Retrieve, build_opener};
use url::Url;

use crate::support::{Recorded, Reply, Server};

/// A folder that is removed at the end of the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let folder = std::env::temp_dir().join(format!("clientcookie-retrieve-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        Folder(folder)
    }

    fn file(&self) -> PathBuf {
        self.0.join("page.bin")
    }

    /// The names in it, sorted.
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A body that is like itself nowhere.
fn body(length: usize) -> Vec<u8> {
    (0..length as u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
}

#[test]
fn a_body_becomes_a_file() {
    let folder = Folder::new("file");
    let server = Server::start(|request| match request.target() {
        "/old" => Reply::redirect(302, "/new/..%2Fname"),
        _ => Reply::ok(body(700_000)).header("Content-Disposition", "attachment; filename=\"../../evil\""),
    });
    let opener = build_opener(());
    let retrieved = opener.retrieve(server.url("/old"), folder.file()).unwrap();
    assert_eq!(retrieved.path(), folder.file());
    assert_eq!(retrieved.url().path(), "/new/..%2Fname");
    assert_eq!(retrieved.headers().get_str("Content-Length").as_deref(), Some("700000"));
    assert!(!retrieved.is_temporary());
    drop(retrieved);
    assert_eq!(fs::read(folder.file()).unwrap(), body(700_000), "it is still there");
    assert_eq!(folder.names(), ["page.bin"], "and nothing else");

    fs::write(folder.file(), "what was there before, and is longer than it ought to be".repeat(20_000)).unwrap();
    opener.retrieve(server.url("/new"), folder.file()).unwrap().close().unwrap();
    assert_eq!(fs::read(folder.file()).unwrap(), body(700_000), "it is replaced as a whole");
}

#[test]
fn the_hook_is_told_of_each_block() {
    let folder = Folder::new("hook");
    let block = RETRIEVE_BLOCK;
    let server = Server::start(move |request| match request.target() {
        "/chunked" => {
            Reply::raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
        }
        target => Reply::ok(body(target[1..].parse().unwrap())),
    });
    let size = Some;
    for (says, target, calls) in [
        ("nothing", "/0".to_owned(), vec![(0, size(0))]),
        ("less than a block", "/5".to_owned(), vec![(0, size(5)), (1, size(5))]),
        ("a block", format!("/{block}"), vec![(0, size(block as u64)), (1, size(block as u64))]),
        (
            "a block and a bit",
            format!("/{}", block + 1),
            (0..3).map(|number| (number, size(block as u64 + 1))).collect(),
        ),
        ("of unknown size", "/chunked".to_owned(), vec![(0, None), (1, None)]),
    ] {
        let mut told = Vec::new();
        let how = Retrieve::to(folder.file()).reporthook(|number, size, total| {
            assert_eq!(size, block);
            told.push((number, total));
        });
        build_opener(()).retrieve(server.url(&target), how).unwrap();
        assert_eq!(told, calls, "{says}");
    }
}

#[test]
fn a_temporary_file_goes_when_nobody_needs_it() {
    let server = Server::start(|_| Reply::ok("hello"));
    let opener = build_opener(());
    let retrieved = opener.retrieve(server.url("/a.txt"), ()).unwrap();
    let path = retrieved.path().to_owned();
    assert_eq!(fs::read(&path).unwrap(), b"hello");
    assert!(retrieved.is_temporary() && path.starts_with(std::env::temp_dir()));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    drop(retrieved);
    assert!(!path.exists(), "dropped");

    let retrieved = opener.retrieve(server.url("/"), ()).unwrap();
    let path = retrieved.path().to_owned();
    retrieved.close().unwrap();
    assert!(!path.exists(), "closed");

    let path = opener.retrieve(server.url("/"), Retrieve::to_temporary()).unwrap().keep();
    assert_eq!(fs::read(&path).unwrap(), b"hello", "kept");
    fs::remove_file(path).unwrap();

    let retrieved = opener.retrieve(server.url("/"), ()).unwrap();
    fs::remove_file(retrieved.path()).unwrap();
    assert!(retrieved.close().is_err(), "somebody else has removed it");
}

#[test]
fn its_name_tells_no_more_than_an_extension() {
    let server = Server::start(|_| Reply::ok("hello"));
    for (target, extension) in [
        ("/a.txt", ".txt"),
        ("/a.tar.gz", ".gz"),
        ("/a.TXT?b.html", ".TXT"),
        ("/a", ""),
        ("/", ""),
        ("/a.", ""),
        ("/.bashrc", ""),
        ("/a.b/c", ""),
        ("/a.123456789", ""),
        ("/a.t%78t", ""),
        ("/a.%2F..%2Fx", ""),
        ("/a.%00", ""),
        ("/a.b:c", ""),
        ("/a.b~", ""),
        ("/a.é", ""),
    ] {
        let retrieved = build_opener(()).retrieve(server.url(target), ()).unwrap();
        let name = retrieved.path().file_name().unwrap().to_str().unwrap().to_owned();
        let random = name.strip_prefix("clientcookie-").and_then(|name| name.strip_suffix(extension)).unwrap();
        assert!(random.len() == 16 && random.bytes().all(|byte| byte.is_ascii_hexdigit()), "{target}: {name}");
    }
}

#[test]
fn a_failure_leaves_what_was_there() {
    let server = Server::start(|request| match request.target() {
        "/missing" => Reply::status(404, "Gone").body("sorry"),
        "/cut" => Reply::raw("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello").then_close(),
        "/chunks" => Reply::raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n").then_close(),
        "/stall" => Reply::raw("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello").then_stall(),
        _ => Reply::raw("").then_close(),
    });
    let opener = build_opener(())
        .timeouts(Timeouts { read: Some(std::time::Duration::from_millis(100)), ..Timeouts::default() });
    for existing in [true, false] {
        for target in ["/missing", "/cut", "/chunks", "/stall", "/none"] {
            for resume in [true, false] {
                let folder = Folder::new("failure");
                if existing {
                    fs::write(folder.file(), "old").unwrap();
                }
                let how = Retrieve::to(folder.file()).resume(resume);
                assert!(opener.retrieve(server.url(target), how).is_err(), "{target}");
                let names: &[&str] = if existing { &["page.bin"] } else { &[] };
                assert_eq!(folder.names(), names, "{target}: nothing is left over");
                assert!(!existing || fs::read(folder.file()).unwrap() == b"old", "{target}");
            }
        }
    }
}

#[test]
fn what_is_too_short_is_in_the_error() {
    let folder = Folder::new("short");
    let server =
        Server::start(|_| Reply::raw("HTTP/1.1 200 OK\r\nContent-Length: 9\r\nX-A: b\r\n\r\nhello").then_close());
    for how in [Retrieve::to(folder.file()), Retrieve::to_temporary()] {
        let error = build_opener(()).retrieve(server.url("/"), how).unwrap_err();
        assert!(error.to_string().ends_with("/: the file is too short: 5 of 9 bytes arrived"), "{error}");
        let ErrorKind::ContentTooShort { retrieved, got: 5, expected: Some(9) } = error.into_kind() else {
            panic!("another error");
        };
        assert_eq!(fs::read(retrieved.path()).unwrap(), b"hello");
        assert_eq!(retrieved.headers().get_str("X-A").as_deref(), Some("b"));
        let path = retrieved.path().to_owned();
        assert!(retrieved.is_temporary() && path != folder.file());
        drop(retrieved);
        assert!(!path.exists());
    }
}

#[cfg(unix)]
#[test]
fn only_a_file_is_replaced() {
    let folder = Folder::new("only");
    let server = Server::start(|_| Reply::ok("hello"));
    fs::write(folder.0.join("real"), "old").unwrap();
    std::os::unix::fs::symlink(folder.0.join("real"), folder.0.join("link")).unwrap();
    std::os::unix::fs::symlink(folder.0.join("nothing"), folder.0.join("dangling")).unwrap();
    fs::create_dir(folder.0.join("folder")).unwrap();
    for (path, words) in [
        (folder.0.join("link"), "symbolic link"),
        (folder.0.join("dangling"), "symbolic link"),
        (folder.0.join("folder"), "it is a folder"),
        (PathBuf::from("/dev/null"), "it is a pipe or a device"),
        (folder.0.join("missing/file"), "o such file"),
        (PathBuf::from(""), ""),
    ] {
        for resume in [false, true] {
            let error = build_opener(()).retrieve(server.url("/"), Retrieve::to(&path).resume(resume)).unwrap_err();
            assert!(error.to_string().contains(words), "{path:?}: {error}");
        }
    }
    assert_eq!(fs::read(folder.0.join("real")).unwrap(), b"old");
    assert_eq!(folder.names(), ["dangling", "folder", "link", "real"]);
}

#[test]
fn a_file_of_this_machine_is_where_it_is() {
    let folder = Folder::new("local");
    let original = folder.0.join("a b.txt");
    fs::write(&original, "hello").unwrap();
    let url = Url::from_file_path(&original).unwrap();
    let opener = build_opener(());

    let retrieved = opener.retrieve(&url, ()).unwrap();
    assert_eq!(retrieved.path(), original);
    assert_eq!(retrieved.headers().get_str("Content-Type").as_deref(), Some("text/plain"));
    drop(retrieved);
    assert!(original.exists());

    opener.retrieve(&url, folder.file()).unwrap();
    assert_eq!(fs::read(folder.file()).unwrap(), b"hello", "copied");
    opener.retrieve("data:,hi", folder.file()).unwrap();
    assert_eq!(fs::read(folder.file()).unwrap(), b"hi");
    assert!(opener.retrieve("file:///no/such/file", ()).is_err());
    assert!(opener.retrieve("file://evil/etc/passwd", ()).is_err());
}

/// A download that is cut off after 600,000 bytes the first time, and what the server does then.
struct Resuming {
    folder: Folder,
    opener: OpenerDirector,
    server: Server,
}

const LENGTH: usize = 1_000_000;
const CUT: usize = 600_000;
/// Whole blocks are kept.
const KEPT: usize = CUT / RETRIEVE_BLOCK * RETRIEVE_BLOCK;

impl Resuming {
    fn new(name: &str, headers: &'static str, then: impl Fn(&Recorded) -> Reply + Send + Sync + 'static) -> Resuming {
        let first = Mutex::new(true);
        let server = Server::start(move |request| {
            if std::mem::take(&mut *first.lock().unwrap()) {
                let mut bytes = format!("HTTP/1.1 200 OK\r\nContent-Length: {LENGTH}\r\n{headers}\r\n").into_bytes();
                bytes.extend(&body(LENGTH)[..CUT]);
                return Reply::raw(bytes).then_close();
            }
            then(request)
        });
        let resuming = Resuming { folder: Folder::new(name), opener: build_opener(()), server };
        let error = resuming.retrieve("/").unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::ContentTooShort { got, .. } if *got == CUT as u64), "{error}");
        resuming
    }

    fn retrieve(&self, target: &str) -> Result<Vec<(u64, Option<u64>)>, Error> {
        let told = RefCell::new(Vec::new());
        let how = Retrieve::to(self.folder.file()).resume(true);
        let how = how.reporthook(|number, _, total| told.borrow_mut().push((number, total)));
        self.opener.retrieve(self.server.url(target), how)?;
        Ok(told.take())
    }

    /// The headers of the last request that ask for the rest.
    fn asked(&self) -> (Option<String>, Option<String>) {
        let last = self.server.requests().pop().unwrap();
        (last.header("Range"), last.header("If-Range"))
    }

    fn is_whole(&self) -> bool {
        self.folder.names() == ["page.bin"] && fs::read(self.folder.file()).unwrap() == body(LENGTH)
    }
}

fn rest(start: usize) -> Reply {
    let range = format!("bytes {start}-{}/{LENGTH}", LENGTH - 1);
    Reply::status(206, "Partial Content").header("Content-Range", &range).body(&body(LENGTH)[start..])
}

#[test]
fn a_download_goes_on_where_it_was_cut_off() {
    let resuming = Resuming::new("resume", "ETag: \"a\"\r\n", |_| rest(KEPT).header("ETag", "\"a\""));
    assert_eq!(resuming.folder.names(), ["page.bin.part", "page.bin.part.info"]);
    let total = Some(LENGTH as u64);
    assert_eq!(resuming.retrieve("/").unwrap(), [(2, total), (3, total), (4, total)]);
    assert_eq!(resuming.asked(), (Some(format!("bytes={KEPT}-")), Some("\"a\"".to_owned())));
    assert!(resuming.is_whole());
}

#[test]
fn what_the_server_answers_decides() {
    let date = "Last-Modified: Wed, 09 Feb 1994 22:23:32 GMT\r\nDate: Wed, 09 Feb 1994 22:23:33 GMT\r\n";
    let same_second = "Last-Modified: Wed, 09 Feb 1994 22:23:32 GMT\r\nDate: Wed, 09 Feb 1994 22:23:32 GMT\r\n";
    type Then = fn(&Recorded) -> Reply;
    let whole: Then = |_| Reply::ok(body(LENGTH));
    let rows: [(&str, &'static str, Then, bool); 14] = [
        ("the rest, by its date", date, |_| rest(KEPT), true),
        ("the whole: it has changed", "ETag: \"a\"\r\n", whole, true),
        (
            "the rest of something else",
            "ETag: \"a\"\r\n",
            |request| wrong(request, rest(KEPT).header("ETag", "\"b\"")),
            true,
        ),
        ("another part", "ETag: \"a\"\r\n", |request| wrong(request, rest(KEPT + 1)), true),
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
            |request| wrong(request, rest(KEPT).header("Last-Modified", "Thu, 10 Feb 1994 22:23:32 GMT")),
            true,
        ),
        (
            "more than anything can have",
            "ETag: \"a\"\r\n",
            |request| {
                let reply = Reply::status(206, "Parts").header("Content-Length", "18446744073709551615");
                wrong(request, reply.header("Content-Range", &format!("bytes {KEPT}-18446744073709551615/*")))
            },
            true,
        ),
        (
            "less than it says",
            "ETag: \"a\"\r\n",
            |request| {
                let range = format!("bytes {KEPT}-{}/{LENGTH}", LENGTH - 1);
                wrong(request, Reply::status(206, "Parts").header("Content-Range", &range).body("short"))
            },
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
fn a_part_that_is_none_is_not_used() {
    for (says, spoil) in [
        ("less than a block", (|folder| fs::write(folder.join("page.bin.part"), "short").unwrap()) as fn(&Path)),
        #[cfg(unix)]
        ("a link", |folder| {
            let part = folder.join("page.bin.part");
            fs::rename(&part, folder.join("elsewhere")).unwrap();
            std::os::unix::fs::symlink(folder.join("elsewhere"), part).unwrap();
        }),
    ] {
        let resuming = Resuming::new("spoiled", "ETag: \"a\"\r\n", |_| Reply::ok(body(LENGTH)));
        spoil(&resuming.folder.0);
        resuming.retrieve("/").unwrap_or_else(|error| panic!("{says}: {error}"));
        assert_eq!(resuming.asked(), (None, None), "{says}");
        assert_eq!(fs::read(resuming.folder.file()).unwrap(), body(LENGTH), "{says}");
        let elsewhere = resuming.folder.0.join("elsewhere");
        assert!(!elsewhere.exists() || fs::read(elsewhere).unwrap().len() == CUT, "{says}: it was not written to");
    }
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
    let range = |length: usize| format!("bytes {KEPT}-{}/{LENGTH}", KEPT + length - 1);
    let short = move |_: &Recorded| {
        let reply = Reply::status(206, "Partial Content").header("Content-Range", &range(10)).header("ETag", "\"a\"");
        reply.body(&body(LENGTH)[KEPT..KEPT + 10])
    };
    let resuming = Resuming::new("short-rest", "ETag: \"a\"\r\n", short);
    let error = resuming.retrieve("/").unwrap_err();
    let expected = Some(LENGTH as u64);
    assert!(
        matches!(error.kind(), ErrorKind::ContentTooShort { got, expected: all, .. } if *got == KEPT as u64 + 10 && *all == expected),
        "{error}"
    );
    assert_eq!(resuming.folder.names(), ["page.bin.part", "page.bin.part.info"], "it can be gone on with");
}

#[test]
fn an_answer_without_a_body_is_a_file_without_one() {
    let folder = Folder::new("none");
    let server = Server::start(|_| Reply::ok("hello"));
    let retrieved = build_opener(()).retrieve(Request::get(server.url("/")).method("HEAD"), folder.file()).unwrap();
    assert_eq!(retrieved.headers().get_str("Content-Length").as_deref(), Some("5"));
    assert_eq!(fs::read(folder.file()).unwrap(), b"");
}

#[test]
fn only_a_get_is_asked_for_in_parts() {
    let folder = Folder::new("post");
    let server = Server::start(|_| Reply::ok("hello").header("ETag", "\"a\""));
    let how = || Retrieve::to(folder.file()).resume(true);
    build_opener(()).retrieve(Request::post(server.url("/"), "a=b"), how()).unwrap();
    build_opener(()).retrieve(Request::get(server.url("/")).header("Range", "bytes=0-4"), how()).unwrap();
    build_opener(()).retrieve("data:,hello", how()).unwrap();
    assert_eq!(folder.names(), ["page.bin"]);
    let asked: Vec<_> = server.requests().iter().map(|request| request.header("Accept-Encoding")).collect();
    assert_eq!(asked, [None, None]);
}
