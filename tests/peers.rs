//! Real servers, proxies and a real client, run beside this crate: nginx, Python's http.server,
//! httpbin, squid, tinyproxy and curl. One that is not installed is reported as skipped.

mod httpbin;
mod msie;
mod multipart;
mod nginx;
#[cfg(feature = "tls")]
mod proxies;

use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use std::{env, fs};

use clientcookie::{Error, Request, build_opener};

use crate::examples::example;
use crate::support::{Reply, Server};

/// A program that is stopped, and a folder that is removed, at the end of the test.
struct Peer {
    child: Child,
    folder: PathBuf,
}

impl Drop for Peer {
    fn drop(&mut self) {
        // Both may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Whether a program is there; says so if it is not.
pub fn is_there(program: &str, version: &str) -> bool {
    let found = Command::new(program).arg(version).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    if !found {
        println!("skipped: {program} is not installed");
    }
    found
}

fn folder(name: &str) -> PathBuf {
    let folder = env::temp_dir().join(format!("clientcookie-{name}-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn pythons_http_server_is_read_as_it_writes() {
    if !is_there("python3", "--version") {
        return;
    }
    let folder = folder("python");
    fs::create_dir(folder.join("sub")).unwrap();
    fs::write(folder.join("a.txt"), "hello\n").unwrap();
    let arguments = ["-u", "-m", "http.server", "0", "--bind", "127.0.0.1"];
    let mut python = Command::new("python3");
    let mut child =
        python.args(arguments).current_dir(&folder).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let peer = Peer { child, folder };
    // "Serving HTTP on 127.0.0.1 port 41234 (http://127.0.0.1:41234/) ..."
    let base = line.split(['(', ')']).nth(1).unwrap();

    let opener = build_opener(());
    let mut file = opener.open(format!("{base}a.txt")).unwrap();
    assert_eq!((file.status().as_u16(), file.reason()), (200, "OK"));
    assert_eq!(file.text().unwrap(), "hello\n");
    assert!(file.headers().contains("Last-Modified"));

    let listing = opener.open(format!("{base}sub")).unwrap();
    assert_eq!(listing.url().as_str(), format!("{base}sub/"), "a folder without its slash redirects");
    assert_eq!(listing.redirections()[0].status(), 301);

    let missing = opener.open(format!("{base}missing")).map_err(Error::into_http_error).unwrap_err().unwrap();
    assert_eq!((missing.status().as_u16(), missing.reason()), (404, "File not found"));
    let post = opener.open(Request::post(base, "a=1")).map_err(Error::into_http_error).unwrap_err().unwrap();
    assert_eq!((post.status().as_u16(), post.reason()), (501, "Unsupported method ('POST')"));
    drop(peer);
}

const NGINX: &str = "
daemon off; master_process off; worker_processes 1; pid nginx.pid; error_log stderr crit;
events { worker_connections 64; }
http {
    access_log off; default_type text/plain;
    client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    server {
        listen 127.0.0.1:PORT; root FOLDER;
        add_header Set-Cookie \"seen=$request_id; Path=/\";
        location = /connection { return 200 \"$connection $http_cookie\"; }
        location = /old { return 301 /connection; }
        location = /temporary { return 307 /connection; }
        location = /teapot { return 418 \"short and stout\"; }
        location /files/ { }
    }
}
";

#[test]
fn nginx_keeps_one_connection_and_its_cookie() {
    if !is_there("nginx", "-v") {
        return;
    }
    let folder = folder("nginx");
    fs::create_dir(folder.join("files")).unwrap();
    let big: Vec<u8> = (0..3_000_000_u32).map(|number| (number % 251) as u8).collect();
    fs::write(folder.join("files/big"), &big).unwrap();
    let Some((peer, port)) = start_nginx(&folder) else {
        return;
    };
    let url = |path: &str| format!("http://127.0.0.1:{port}{path}");

    let opener = build_opener(());
    let mut first = opener.open(url("/connection")).unwrap();
    let connection = first.text().unwrap();
    let cookie = first.headers().get_str("Set-Cookie").unwrap().split(';').next().unwrap().to_owned();
    let expected = format!("{} {cookie}", connection.trim_end());
    let mut second = opener.open(url("/connection")).unwrap();
    assert_eq!(second.text().unwrap(), expected, "the same connection, and the cookie of the first answer");

    let mut redirected = opener.open(url("/old")).unwrap();
    assert_eq!(redirected.url().path(), "/connection");
    assert!(redirected.text().unwrap().starts_with(connection.trim_end()), "a redirect keeps the connection too");
    let refused = opener.open(Request::post(url("/temporary"), "a=1")).unwrap_err();
    assert_eq!(refused.as_http_error().unwrap().status(), 307, "data is not sent again without being asked");

    let mut teapot = opener.open(url("/teapot")).unwrap_err().into_http_error().unwrap().into_response();
    assert_eq!((teapot.status().as_u16(), teapot.text().unwrap().as_str()), (418, "short and stout"));

    let mut file = opener.open(url("/files/big")).unwrap();
    let mut bytes = Vec::new();
    std::io::copy(&mut file, &mut bytes).unwrap();
    assert!(bytes == big, "three million bytes arrive as they were");
    drop(peer);
}

fn start_nginx(folder: &Path) -> Option<(Peer, u16)> {
    start(folder, |port| {
        let config = NGINX.replace("PORT", &port.to_string()).replace("FOLDER", folder.to_str().unwrap());
        fs::write(folder.join("nginx.conf"), config).unwrap();
        let mut nginx = Command::new("nginx");
        nginx.arg("-p").arg(folder).args(["-c", "nginx.conf", "-e", "stderr"]);
        nginx
    })
}

/// Starts a program that takes no port 0: a free one is asked for and given back, and should
/// someone else take it meanwhile, the next one is tried. It has started when it takes connections;
/// one that does not, on this machine, is reported as skipped.
fn start(folder: &Path, command: impl Fn(u16) -> Command) -> Option<(Peer, u16)> {
    let mut name = String::new();
    for _ in 0..5 {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = command(port);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        name = command.get_program().to_string_lossy().into_owned();
        let mut peer = Peer { child: command.spawn().unwrap(), folder: folder.to_owned() };
        let started = Instant::now();
        while peer.child.try_wait().unwrap().is_none() && started.elapsed() < Duration::from_secs(60) {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Some((peer, port));
            }
            thread::yield_now();
        }
        // The folder stays for the next attempt.
        peer.folder = folder.join("nothing");
    }
    println!("skipped: {name} is installed, but does not start here");
    None
}

/// What a client made of a reply: whether it was content, and the body it wrote.
#[derive(Debug, PartialEq)]
struct Outcome {
    success: bool,
    body: Vec<u8>,
}

/// The replies, and whether curl and this crate agree on them; where not, why.
const REPLIES: &[(&str, &str, Result<(), &str>)] = &[
    ("a plain answer", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", Ok(())),
    ("until the connection closes", "HTTP/1.0 200 OK\r\n\r\nhi", Ok(())),
    ("chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nh\r\n1\r\ni\r\n0\r\nX: y\r\n\r\n", Ok(())),
    ("an error with a body", "HTTP/1.1 503 Busy\r\nContent-Length: 2\r\n\r\nhi", Ok(())),
    ("a cut body", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi", Ok(())),
    ("a cut chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhi", Ok(())),
    ("no last chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n", Ok(())),
    ("nothing at all", "", Ok(())),
    (
        "an informational answer first",
        "HTTP/1.1 103 Early Hints\r\nA: 1\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
        Ok(()),
    ),
    (
        "lengths that differ",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nhi!",
        Err("curl takes the last one"),
    ),
    ("a negative length", "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nhi", Ok(())),
    ("a folded header", "HTTP/1.1 200 OK\r\nA: 1\r\n 2\r\nContent-Length: 2\r\n\r\nhi", Ok(())),
    ("a 204 has no body", "HTTP/1.1 204 None\r\nContent-Length: 2\r\n\r\n", Ok(())),
    (
        "both framings",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
        Err("curl lets the chunks win"),
    ),
    (
        "another encoding",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\nContent-Length: 2\r\n\r\nhi",
        Err("curl ignores it"),
    ),
];

#[test]
fn curl_and_urlopen_make_the_same_of_an_answer() {
    if !is_there("curl", "--version") {
        return;
    }
    for (sentence, reply, expected) in REPLIES {
        let server = Server::start(move |_| Reply::raw(reply).then_close());
        let url = server.url("/");
        let ours = outcome(example("urlopen").args(["-s", &url]));
        let mut curl = Command::new("curl");
        let curls = outcome(curl.args(["-s", "-L", "--fail-with-body", "--noproxy", "*", "--max-time", "10", &url]));
        match expected {
            Ok(()) => assert_eq!(ours, curls, "{sentence}"),
            // Another version of curl may come round to it.
            Err(why) if ours == curls => println!("{sentence}: this curl agrees, though others differ: {why}"),
            Err(_) => assert!(!ours.success, "{sentence}: what is not trusted is refused"),
        }
    }
}

fn outcome(command: &mut Command) -> Outcome {
    let output = command.output().unwrap();
    Outcome { success: output.status.success(), body: output.stdout }
}

#[test]
fn curl_and_urlopen_send_the_same_form() {
    if !is_there("curl", "--version") {
        return;
    }
    let server = Server::start(|_| Reply::ok(""));
    let arguments = ["-s", "-d", "name=Zo%C3%AB", "-H", "X-CaSe: kept", "-H", "User-Agent: same", "-H", "Accept:"];
    let url = server.url("/form?q=1");
    assert!(example("urlopen").args(arguments).arg(&url).status().unwrap().success());
    assert!(Command::new("curl").args(arguments).args(["--noproxy", "*", &url]).status().unwrap().success());
    let [ours, curls] = server.requests().try_into().unwrap_or_else(|_| panic!("two requests"));
    assert_eq!((ours.request_line(), &ours.body), (curls.request_line(), &curls.body));
    for name in ["Host", "X-CaSe", "User-Agent", "Content-Type", "Content-Length", "Accept"] {
        assert_eq!(ours.header(name), curls.header(name), "{name}");
    }
}
