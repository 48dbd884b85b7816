//! `urlretrieve` and `OpenerDirector::retrieve`: bodies in files.

mod neighbours;
mod others;
mod resume;

use std::fs;
use std::path::PathBuf;

use clientcookie::transport::Timeouts;
use clientcookie::{ErrorKind, Handler, Parent, Request, Response, Result, Retrieve, build_opener};
use url::Url;

use crate::support::{Reply, Server};

/// A folder that is removed at the end of the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("clientcookie-retrieve-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
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
    let block = Retrieve::BLOCK;
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

#[test]
fn a_part_that_nobody_asked_for_is_no_file() {
    let server = Server::start(|_| {
        let reply = Reply::status(206, "Partial Content").header("ETag", "\"a\"");
        reply.header("Content-Range", "bytes 0-99/300").body(&body(300)[..100])
    });
    for existing in [true, false] {
        let folder = Folder::new("unasked");
        if existing {
            fs::write(folder.file(), "old").unwrap();
        }
        for how in [Retrieve::to_temporary(), Retrieve::to(folder.file()), Retrieve::to(folder.file()).resume(true)] {
            let error = build_opener(()).retrieve(server.url("/"), how).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::BadResponse { .. }), "{error}");
            assert!(error.to_string().contains("a part (206) of what was asked for as a whole"), "{error}");
        }
        assert_eq!(folder.names(), if existing { &["page.bin"][..] } else { &[] });
        assert!(!existing || fs::read(folder.file()).unwrap() == b"old");
        let ranged = Request::get(server.url("/")).header("Range", "bytes=0-99");
        build_opener(()).retrieve(ranged, folder.file()).unwrap();
        assert_eq!(fs::read(folder.file()).unwrap(), body(100), "who asks for a part gets one");
    }
}

/// Gives more than it has announced, which no framing of HTTP lets through.
struct Generous;

impl Handler for Generous {
    fn http_response(&self, _: &dyn Parent, _: &Request, mut response: Response) -> Result<Response> {
        response.set_body(body(300));
        Ok(response)
    }
}

#[test]
fn more_than_was_announced_is_no_file() {
    let folder = Folder::new("more");
    fs::write(folder.file(), "old").unwrap();
    let server = Server::start(|_| Reply::ok(body(299)).header("ETag", "\"a\""));
    let opener = build_opener(Generous);
    for how in [Retrieve::to_temporary(), Retrieve::to(folder.file()), Retrieve::to(folder.file()).resume(true)] {
        let error = opener.retrieve(server.url("/"), how).unwrap_err();
        assert!(error.to_string().contains("longer than the server announced"), "{error}");
        assert_eq!(folder.names(), ["page.bin"]);
        assert_eq!(fs::read(folder.file()).unwrap(), b"old");
    }
}
