//! `CacheFtpHandler`: which conversation goes on, and which does not.

use std::io::Read;
use std::time::Duration;

use clientcookie::{CacheFtpHandler, build_opener};

use super::outcome;
use super::server::{FtpServer, Script};

/// A URL's userinfo and path.
type Opened = (&'static str, &'static str);

#[test]
fn a_connection_serves_again_where_nothing_stands_against_it() {
    let rows: &[(&str, Script, &[Opened], usize)] = &[
        ("the same file twice", &[], &[("", "/a.txt"), ("", "/a.txt")], 1),
        ("files of one folder", &[], &[("", "/pub/b.gz"), ("", "/pub/b.gz;type=a")], 1),
        ("a folder below", &[], &[("", "/a.txt"), ("", "/pub/b.gz"), ("", "/pub/deep/"), ("", "/pub/deep/er/")], 1),
        ("a folder without its slash", &[], &[("", "/pub/deep"), ("", "/pub/deep/"), ("", "/pub/deep/er")], 1),
        ("from the root", &[], &[("", "/a.txt"), ("", "//etc/motd"), ("", "//etc/motd")], 1),
        ("not a folder beside", &[], &[("", "/pub/"), ("", "/a.txt")], 2),
        ("but the first one goes on waiting", &[], &[("", "/pub/"), ("", "/a.txt"), ("", "/pub/b.gz")], 2),
        ("a listing", &[], &[("", "/"), ("", "/")], 1),
        ("another user", &[], &[("me:a@", "/a.txt"), ("you:a@", "/a.txt")], 2),
        ("another password", &[], &[("me:a@", "/a.txt"), ("me:b@", "/a.txt")], 2),
        ("no password", &[], &[("me:a@", "/a.txt"), ("me@", "/a.txt")], 2),
        ("the same user", &[], &[("me:a@", "/a.txt"), ("you:a@", "/a.txt"), ("me:a@", "/a.txt")], 2),
        ("not after a refusal", &[], &[("", "/none"), ("", "/a.txt")], 2),
        ("not after a bad end", &[("END", "426 Broken.")], &[("", "/a.txt"), ("", "/a.txt")], 2),
        ("not after a lost word", &[("END", "(close)")], &[("", "/a.txt"), ("", "/a.txt")], 2),
        ("not after a short file", &[("DATA", "he")], &[("", "/a.txt"), ("", "/a.txt")], 2),
        (
            "a word too many is no reply to the next command",
            &[("END", "226 Done.\r\n200 And more.")],
            &[("", "/a.txt"), ("", "/a.txt")],
            2,
        ),
        ("EPSV is not asked for twice", &[("EPSV", "500 What?")], &[("", "/a.txt"), ("", "/a.txt")], 1),
    ];
    for (says, script, opened, connections) in rows {
        let server = FtpServer::start(script);
        let opener = build_opener(CacheFtpHandler::new());
        for (userinfo, path) in *opened {
            let first = outcome(&opener, server.url_for(userinfo, path));
            let alone = outcome(&build_opener(()), FtpServer::start(script).url_for(userinfo, path));
            assert_eq!(first, alone, "{says}: it is answered as ever");
        }
        assert_eq!(server.connections(), *connections, "{says}");
        drop(opener);
        let said = server.said();
        assert!(!said.contains("EPSV, PASV") || said.matches("EPSV").count() == 1, "{says}: {said}");
    }
}

#[test]
fn what_was_not_read_to_its_end_is_not_kept() {
    let server = FtpServer::start(&[("DATA", "(endless)")]);
    let opener = build_opener(CacheFtpHandler::new());
    for connections in 1..3 {
        let mut response = opener.open(server.url("/pub/")).unwrap();
        response.read_exact(&mut [0; 10]).unwrap();
        drop(response);
        assert_eq!(server.connections(), connections);
    }
    server.said();
}

#[test]
fn at_the_same_time_there_are_two() {
    let server = FtpServer::start(&[]);
    let opener = build_opener(CacheFtpHandler::new());
    let (first, second) = (opener.open(server.url("/a.txt")).unwrap(), opener.open(server.url("/a.txt")).unwrap());
    assert_eq!(super::read(first), "hello\n");
    assert_eq!(super::read(second), "hello\n");
    assert_eq!(outcome(&opener, server.url("/a.txt")), "hello\n");
    assert_eq!(server.connections(), 2);
}

#[test]
fn a_connection_that_the_server_has_closed_is_made_anew() {
    // It goes away after the first transfer: in the one case with a word, in the other when it is
    // spoken to.
    let closed = "the server closed the connection without an answer";
    for (script, connections, listing) in [
        (&[("END", "226 Done.\r\n421 Bye.")][..], 3, "-rw-r--r-- 1 a b 6 ../../\r\n"),
        (&[("TYPE A", "(close)")], 2, closed),
    ] {
        let server = FtpServer::start(script);
        let opener = build_opener(CacheFtpHandler::new());
        for path in ["/a.txt", "/a.txt"] {
            assert_eq!(outcome(&opener, server.url(path)), "hello\n");
        }
        assert_eq!(outcome(&opener, server.url("/")), listing);
        assert_eq!(server.connections(), connections);
    }
}

#[test]
fn how_many_and_for_how_long_is_bounded() {
    for (says, handler, connections) in [
        ("by default, for a minute", CacheFtpHandler::new(), 2),
        ("for no time", CacheFtpHandler::new().timeout(Duration::ZERO), 4),
        ("none", CacheFtpHandler::new().max_conns(0), 4),
        ("one, the last", CacheFtpHandler::new().max_conns(1), 4),
        ("two", CacheFtpHandler::new().max_conns(2).timeout(Duration::MAX), 2),
    ] {
        let server = FtpServer::start(&[]);
        let opener = build_opener(handler);
        for userinfo in ["me@", "you@", "me@", "you@"] {
            assert_eq!(outcome(&opener, server.url_for(userinfo, "/a.txt")), "hello\n", "{says}");
        }
        assert_eq!(server.connections(), connections, "{says}");
        drop(opener);
        server.said();
    }
}
