//! `ftp:` URLs, with a server that plays along.

mod broken;
mod cache;
mod peers;
mod server;

use std::io::Read;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{io, net::SocketAddr};

use clientcookie::transport::{FixedResolver, Resolver};
use clientcookie::{
    Error, ErrorKind, FtpHandler, HttpBasicAuthHandler, IntoRequest, OpenerDirector, ProxyHandler, Request, Response,
    build_opener,
};

use crate::support::{Reply, Server, assert_linear, can_measure_work};
use server::FtpServer;

/// The body as Latin-1, or the error without its URL; if there is an error within the body, what
/// came before as well.
fn outcome(opener: &OpenerDirector, request: impl IntoRequest) -> String {
    opener.open(request).map_or_else(|error| said(&error), read)
}

fn read(mut response: Response) -> String {
    let mut body = Vec::new();
    let ended = response.read_to_end(&mut body);
    let text: String = body.iter().copied().map(char::from).collect();
    match ended {
        Ok(_) => text,
        Err(error) => format!("{text:?}, {}", said(&error.into())),
    }
}

fn said(error: &Error) -> String {
    error.kind().to_string()
}

/// What is said before any command of the table's, but for the TYPE, and at the end.
const LOGIN: &str = "USER anonymous, PASS anonymous@";

#[test]
fn the_path_is_walked_and_the_file_fetched() {
    let get = |name: &str| format!("SIZE {name}, EPSV, RETR {name}, QUIT");
    for (says, path, commands, content_type, length, body) in [
        ("a file", "/a.txt", format!("TYPE I, {}", get("a.txt")), "text/plain", Some(6), "hello\n"),
        ("an empty one", "/empty", format!("TYPE I, {}", get("empty")), "application/octet-stream", Some(0), ""),
        (
            "bytes in a folder",
            "/pub/b.gz",
            format!("TYPE I, CWD pub, {}", get("b.gz")),
            "application/gzip",
            Some(7),
            "\u{1f}\u{8b}\r\n\u{ff}\u{ff}\0",
        ),
        (
            "a folder at a time, decoded",
            "/pub/deep/er/c%20d.html",
            format!("TYPE I, CWD pub, CWD deep, CWD er, {}", get("c d.html")),
            "text/html",
            Some(3),
            "<p>",
        ),
        (
            "names of any bytes",
            "/pub/%ff",
            format!("TYPE I, CWD pub, {}", get("\u{fffd}")),
            "application/octet-stream",
            Some(4),
            "byte",
        ),
        (
            "odd names",
            "/pub/é?;x",
            format!("TYPE I, CWD pub, {}", get("é?;x")),
            "application/octet-stream",
            Some(3),
            "odd",
        ),
        (
            "from the root",
            "/%2Fetc/motd",
            format!("TYPE I, CWD /etc, {}", get("motd")),
            "application/octet-stream",
            Some(14),
            "from the root\n",
        ),
        (
            "from the root, by two slashes",
            "//etc/motd",
            format!("TYPE I, CWD /etc, {}", get("motd")),
            "application/octet-stream",
            Some(14),
            "from the root\n",
        ),
        (
            "text, whose size nobody knows",
            "/a.txt;type=a",
            "TYPE A, EPSV, RETR a.txt, QUIT".into(),
            "text/plain",
            None,
            "hello\n",
        ),
        (
            "a listing",
            "/pub/",
            "TYPE A, CWD pub, EPSV, LIST, QUIT".into(),
            "text/plain",
            None,
            "-rw-r--r-- 1 a b 6 ../../pub\r\n",
        ),
        (
            "a listing of where the login leads",
            "",
            "TYPE A, EPSV, LIST, QUIT".into(),
            "text/plain",
            None,
            "-rw-r--r-- 1 a b 6 ../../\r\n",
        ),
        (
            "a listing by its type",
            "/pub/deep;type=d",
            "TYPE A, CWD pub, CWD deep, EPSV, LIST, QUIT".into(),
            "text/plain",
            None,
            "-rw-r--r-- 1 a b 6 ../../pub/deep\r\n",
        ),
        (
            "a folder whose slash is missing",
            "/pub/deep",
            "TYPE I, CWD pub, SIZE deep, EPSV, RETR deep, CWD deep, TYPE A, EPSV, LIST, QUIT".into(),
            "text/plain",
            None,
            "-rw-r--r-- 1 a b 6 ../../pub/deep\r\n",
        ),
    ] {
        let server = FtpServer::start(&[]);
        let url = server.url(path);
        let response = build_opener(()).open(&url).unwrap_or_else(|error| panic!("{says}: {error}"));
        let header = |name| response.headers().get_str(name).map(|value| value.into_owned());
        assert_eq!(header("Content-Type").as_deref(), Some(content_type), "{says}");
        assert_eq!(header("Content-Length"), length.map(|length: u64| length.to_string()), "{says}");
        assert_eq!((response.status().as_u16(), response.reason()), (200, "OK"), "{says}");
        assert_eq!(response.url().as_str(), Request::new(&url).unwrap().url().as_str(), "{says}");
        assert_eq!(read(response), body, "{says}");
        assert_eq!(server.said(), format!("{LOGIN}, {commands}"), "{says}");
    }
}

#[test]
fn the_login_is_that_of_the_url() {
    for (says, userinfo, script, commands, expected) in [
        ("none", "", &[][..], "USER anonymous, PASS anonymous@", "hello\n"),
        ("a user", "me@", &[], "USER me, PASS ", "hello\n"),
        ("a user and a password", "me:secret@", &[], "USER me, PASS secret", "hello\n"),
        ("both decoded", "m%40e:p%3aw%25@", &[], "USER m@e, PASS p:w%", "hello\n"),
        ("anonymous with an address", "anonymous:me%40h@", &[], "USER anonymous, PASS me@h", "hello\n"),
        ("a password alone", ":secret@", &[], "USER anonymous, PASS secret", "hello\n"),
        ("no password is asked for", "me@", &[("USER", "230 Come in.")], "USER me", "hello\n"),
        (
            "a refusal",
            "me:secret@",
            &[("PASS", "530-No.\r\n530 Not \"secret\", me.\x1b[2J")],
            "USER me, PASS secret",
            "the FTP server refused the login: 530 Not \"***\", me.\\u{1b}[2J",
        ),
        (
            "an account",
            "me:secret@",
            &[("PASS", "332 And the account?")],
            "USER me, PASS secret",
            "the FTP server refused the login: 332 And the account?",
        ),
        (
            "nobody is let in",
            "",
            &[("HELLO", "421 Too many.")],
            "",
            "the FTP server ended the conversation: 421 Too many.",
        ),
        ("soon", "", &[("HELLO", "120 Wait.\r\n220-Hello\r\n220 Now.")], "USER anonymous, PASS anonymous@", "hello\n"),
    ] {
        let server = FtpServer::start(script);
        assert_eq!(outcome(&build_opener(()), server.url_for(userinfo, "/a.txt")), expected, "{says}");
        let rest = if expected == "hello\n" { ", TYPE I, SIZE a.txt, EPSV, RETR a.txt, QUIT" } else { "" };
        assert_eq!(server.said(), format!("{commands}{rest}"), "{says}");
    }
}

#[test]
fn commands_in_a_url_are_refused_before_anything_is_connected() {
    let server = FtpServer::start(&[]);
    for (says, userinfo, path) in [
        ("in the path", "", "/a%0d%0aDELE%20x"),
        ("in a folder", "", "/a%0a/b"),
        ("a carriage return", "", "/a%0D"),
        ("a NUL", "", "/a%00"),
        ("in the user", "u%0d%0aDELE%20x@", "/a"),
        ("in the password", "u:p%0aDELE%20x@", "/a"),
        ("a NUL in the password", "u:p%00@", "/a"),
        ("in the type", "", "/a;type=a%0d%0aDELE%20x"),
        ("no type", "", "/a;type=x"),
        ("an escaped slash", "", "/a/..%2f..%2fb"),
    ] {
        let error = build_opener(()).open(server.url_for(userinfo, path)).expect_err(says);
        assert!(matches!(error.kind(), ErrorKind::InvalidUrl { .. }), "{says}: {error}");
    }
    assert_eq!(server.connections(), 0);
}

#[test]
fn what_ftp_cannot_do_is_not_left_out_in_silence() {
    let server = FtpServer::start(&[]);
    let opener = build_opener(());
    let data = outcome(&opener, Request::post(server.url("/a.txt"), "data"));
    assert_eq!(data, "the request's data could not be sent: ftp: URLs are only read");
    assert_eq!(server.connections(), 0);
    #[cfg(feature = "socks")]
    {
        let proxy = clientcookie::transport::Proxy::new("socks5://127.0.0.1:9/").unwrap();
        let proxied = outcome(&opener, Request::get(server.url("/a.txt")).proxy(proxy));
        assert!(
            proxied.starts_with("the proxy failed: ftp: URLs are sent through http and https proxies"),
            "{proxied}"
        );
        assert_eq!(server.connections(), 0);
    }
}

/// As urllib and curl ask one.
#[test]
fn a_proxy_is_asked_by_http_for_the_whole_url() {
    let proxy = Server::start(|request| match (request.target(), request.header("Authorization")) {
        ("ftp://ftp.test/none", _) => Reply::status(404, "Not Found"),
        ("ftp://ftp.test/moved", _) => Reply::redirect(302, "/a.txt"),
        ("ftp://ftp.test/secret", None) => {
            Reply::status(401, "Unauthorized").header("WWW-Authenticate", "Basic realm=\"FTP\"")
        }
        (_, authorization) => Reply::ok(authorization.unwrap_or_else(|| request.target().to_owned())),
    });
    let passwords = clientcookie::HttpPasswordMgr::new();
    let opener = build_opener((
        ProxyHandler::with_proxies([("ftp", proxy.url("").replace("//", "//me:pw@"))]),
        HttpBasicAuthHandler::new(passwords),
    ));
    for (says, url, expected) in [
        ("a file", "ftp://ftp.test/a.txt", "ftp://ftp.test/a.txt"),
        ("a folder, whose port is its own", "ftp://ftp.test:21/folder/", "ftp://ftp.test/folder/"),
        ("another port, and a type", "ftp://ftp.test:2121/a%20b;type=a", "ftp://ftp.test:2121/a%20b;type=a"),
        ("without the user and the password", "ftp://u:p@ftp.test/a.txt", "ftp://ftp.test/a.txt"),
        ("which are said when they are asked for", "ftp://u:p@ftp.test/secret", "Basic dTpw"),
        ("a redirect", "ftp://ftp.test/moved", "ftp://ftp.test/a.txt"),
        ("what is not there", "ftp://ftp.test/none", "HTTP error 404: Not Found"),
    ] {
        let came = outcome(&opener, url);
        assert_eq!(came, expected, "{says}");
        let request = proxy.requests().pop().unwrap();
        assert_eq!(request.header("Proxy-Authorization").as_deref(), Some("Basic bWU6cHc="), "{says}");
        assert!(request.header("User-Agent").is_some(), "{says}");
        let host = request.target().split('/').nth(2).map(str::to_owned);
        assert_eq!(request.header("Host"), host, "{says}");
    }
    let dead = build_opener(ProxyHandler::with_proxies([("ftp", "127.0.0.1:1")]));
    let error = dead.open("ftp://ftp.test/").unwrap_err().to_string();
    assert!(error.starts_with("no connection to the proxy 127.0.0.1:1, asked for ftp://ftp.test/: "), "{error}");
}

#[test]
fn what_the_server_does_not_give_is_an_error_with_its_words() {
    for (says, path, script, expected) in [
        ("no file", "/none", &[][..], "the FTP server has no such file, or does not give it: 550 No such file."),
        ("no folder", "/no/a", &[], "the FTP server has no such file, or does not give it: 550 No such folder."),
        ("no files at all", "/a.txt", &[("RETR", "502 No.")], "the FTP server refused: 502 No."),
        ("no types", "/a.txt", &[("TYPE", "504 No.")], "the FTP server refused: 504 No."),
        ("no listing", "/", &[("LIST", "450 Busy.")], "the FTP server refused: 450 Busy."),
        ("no sizes", "/a.txt", &[("SIZE", "500 What?")], "hello\n"),
        ("a size that is none", "/a.txt", &[("SIZE", "213 six")], "hello\n"),
        ("a farewell", "/a.txt", &[("SIZE", "421 Bye.")], "the FTP server ended the conversation: 421 Bye."),
    ] {
        let server = FtpServer::start(script);
        assert_eq!(outcome(&build_opener(()), server.url(path)), expected, "{says}");
    }
}

/// Keeps what it is asked, and answers with this port of the loopback interface.
struct Asked(u16, Mutex<Vec<String>>);

impl Resolver for &'static Asked {
    fn resolve(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        self.1.lock().unwrap().push(format!("{host}:{port}"));
        match host {
            "missing.test" => Ok(Vec::new()),
            _ => Ok(vec![SocketAddr::from(([127, 0, 0, 1], self.0))]),
        }
    }
}

#[test]
fn names_are_looked_up_by_the_resolver() {
    let server = FtpServer::start(&[]);
    let asked: &'static Asked = Box::leak(Box::new(Asked(server.port(), Mutex::default())));
    let opener = build_opener(FtpHandler::new().resolver(asked));
    assert_eq!(outcome(&opener, "ftp://FTP.test/a.txt"), "hello\n");
    assert_eq!(outcome(&opener, "ftp://ftp.test:2121/a.txt"), "hello\n");
    assert_eq!(outcome(&opener, server.url("/a.txt")), "hello\n", "an address is not looked up");
    assert_eq!(outcome(&opener, "ftp://missing.test/"), "the host missing.test has no address: entity not found");
    assert_eq!(asked.1.lock().unwrap().join(" "), "ftp.test:21 ftp.test:2121 missing.test:21");
    assert!(opener.open("ftp://a;b/").is_err_and(|error| matches!(error.kind(), ErrorKind::InvalidUrl { .. })));
}

#[test]
fn the_next_address_is_tried() {
    let server = FtpServer::start(&[]);
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let addresses = [closed, SocketAddr::from(([127, 0, 0, 1], server.port()))];
    let resolver = FixedResolver::new().host("two.test", 21, addresses).host("none.test", 21, [closed]);
    let opener = build_opener(FtpHandler::new().resolver(resolver));
    assert_eq!(outcome(&opener, "ftp://two.test/a.txt"), "hello\n");
    assert!(outcome(&opener, "ftp://none.test/a.txt").starts_with("no connection to none.test: "));
}

#[test]
fn a_redirect_leads_here_and_takes_no_password_along() {
    let ftp = FtpServer::start(&[]);
    let target = ftp.url_for("them:theirs@", "/a.txt");
    let http = Server::start(move |_| Reply::redirect(302, &target));
    let url = http.url("/").replace("://", "://me:secret@");
    let response = build_opener(()).open(Request::get(url).header("Authorization", "Basic c2VjcmV0")).unwrap();
    assert_eq!(response.url().as_str(), ftp.url("/a.txt"));
    assert_eq!(read(response), "hello\n");
    assert_eq!(ftp.said(), format!("{LOGIN}, TYPE I, SIZE a.txt, EPSV, RETR a.txt, QUIT"));
}

#[test]
fn a_response_that_is_dropped_closes_both_connections() {
    let server = FtpServer::start(&[("DATA", "(endless)")]);
    let opener = build_opener(());
    let mut response = opener.open(server.url("/pub/")).unwrap();
    response.read_exact(&mut [0; 10_000]).unwrap();
    drop(response);
    assert!(!server.said().ends_with("QUIT"), "there is nothing to be said any more");

    // It may be read on another thread.
    let server = FtpServer::start(&[]);
    let response = opener.open(server.url("/a.txt")).unwrap();
    assert_eq!(std::thread::spawn(move || read(response)).join().unwrap(), "hello\n");
}

#[test]
fn a_path_of_any_length_costs_what_it_is_long() {
    if !can_measure_work() {
        return;
    }
    static OPENED: AtomicUsize = AtomicUsize::new(0);
    for unit in ["a/", "%2e%", ";type=", "%0a", "\u{e9}", "/"] {
        assert_linear(unit, 1 << 14, &|size| {
            // The type is refused at the end, after all of the path was looked at, and nothing is
            // connected.
            let url = format!("ftp://127.0.0.1:1/{};type=x", unit.repeat(size / unit.len()));
            drop(build_opener(()).open(url.as_str()));
            OPENED.fetch_add(1, Ordering::Relaxed);
        });
    }
    assert!(OPENED.load(Ordering::Relaxed) > 0);
}
