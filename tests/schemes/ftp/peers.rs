//! Servers of others, and what urllib and curl get from them.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use clientcookie::{CacheFtpHandler, FtpHandler, OpenerDirector, build_opener};

use super::super::python;
use super::outcome;

/// A program that is stopped, and a folder that is removed, at the end of the test.
struct Peer {
    child: Child,
    port: u16,
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

/// A folder with what is fetched.
fn folder(name: &str) -> PathBuf {
    let folder = env::temp_dir().join(format!("clientcookie-ftp-{name}-{}", std::process::id()));
    fs::create_dir_all(folder.join("pub/deep er")).unwrap();
    fs::write(folder.join("a.txt"), "hello\nand bye\n").unwrap();
    fs::write(folder.join("empty"), "").unwrap();
    let big: Vec<u8> = (0..3_000_000_u32).map(|number| (number % 251) as u8).collect();
    fs::write(folder.join("pub/big.bin"), big).unwrap();
    fs::write(folder.join("pub/deep er/ü;x.html"), "<p>hi\r\n").unwrap();
    folder
}

const PYFTPDLIB: &str = "
import logging, sys
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.servers import FTPServer
logging.disable(logging.CRITICAL)
users = DummyAuthorizer()
users.add_anonymous(sys.argv[1])
users.add_user('me', 's3cret:@', sys.argv[1])
FTPHandler.authorizer = users
server = FTPServer(('127.0.0.1', 0), FTPHandler)
print(server.address[1], flush=True)
server.serve_forever()
";

fn start_pyftpdlib() -> Option<Peer> {
    let found = Command::new("python3").args(["-c", "import pyftpdlib"]).stderr(Stdio::null()).status();
    if !found.is_ok_and(|status| status.success()) {
        println!("skipped: pyftpdlib is not installed for python3");
        return None;
    }
    let folder = folder("pyftpdlib");
    let mut python = Command::new("python3");
    let python = python.args(["-W", "ignore", "-c", PYFTPDLIB]).arg(&folder);
    let mut child = python.stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    Some(Peer { child, port: line.trim().parse().unwrap(), folder })
}

const VSFTPD: &str = "listen=YES
listen_address=127.0.0.1
listen_port=PORT
background=NO
anonymous_enable=YES
anon_root=FOLDER
secure_chroot_dir=FOLDER/empty-folder
xferlog_enable=NO
seccomp_sandbox=NO
ascii_download_enable=YES
";

/// vsftpd takes no port 0, so a free one is asked for and given back; should someone else take it
/// meanwhile, the next one is tried.
fn start_vsftpd() -> Option<Peer> {
    if Command::new("vsftpd").arg("-v").stdin(Stdio::null()).stdout(Stdio::null()).status().is_err() {
        println!("skipped: vsftpd is not installed");
        return None;
    }
    let id = Command::new("id").arg("-u").output().map(|output| output.stdout).unwrap_or_default();
    if id.trim_ascii() != b"0" {
        println!("skipped: vsftpd is run by root only");
        return None;
    }
    let folder = folder("vsftpd");
    fs::create_dir(folder.join("empty-folder")).unwrap();
    for _ in 0..5 {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let config = folder.with_extension("conf");
        let text = VSFTPD.replace("PORT", &port.to_string()).replace("FOLDER", folder.to_str().unwrap());
        fs::write(&config, text).unwrap();
        let child = Command::new("vsftpd").arg(&config).stdout(Stdio::null()).spawn().unwrap();
        let mut peer = Peer { child, port, folder: folder.clone() };
        let started = Instant::now();
        while peer.child.try_wait().unwrap().is_none() && started.elapsed() < Duration::from_secs(10) {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                fs::remove_file(config).unwrap();
                return Some(peer);
            }
            thread::yield_now();
        }
        // The folder stays for the next attempt.
        peer.folder = folder.join("nothing");
    }
    panic!("vsftpd did not start");
}

const PATHS: &[&str] = &[
    "/a.txt",
    "/a.txt;type=a",
    "/a.txt;type=i",
    "/empty",
    "/pub/big.bin",
    "/pub/deep%20er/%C3%BC;x.html",
    "//a.txt",
    "/%2Fpub/big.bin",
    "/",
    "/pub/",
    "/pub",
    "/pub/deep%20er/",
    "/pub;type=d",
    "/missing",
    "/missing/",
    "/missing/a",
];

/// Where urllib goes another way.
const URLLIBS: &[(&str, &str)] = &[
    ("/pub/deep%20er/%C3%BC;x.html", "it cuts the path off at the first semicolon"),
    ("/pub;type=d", "it gives a name to LIST, which not every server takes"),
];

/// Where curl goes another way.
const CURLS: &[(&str, &str)] =
    &[("/pub", "it takes what has no slash for a file"), ("/pub;type=d", "it asks for names alone, by NLST")];

/// What was read of each path, as Latin-1; `None` where it is refused.
type Contents = BTreeMap<&'static str, Option<String>>;

fn latin1(bytes: impl IntoIterator<Item = u8>) -> String {
    bytes.into_iter().map(char::from).collect()
}

fn ours(opener: &OpenerDirector, base: &str) -> Contents {
    let content = |path: &str| match opener.open(format!("{base}{path}")) {
        Ok(response) => Some(super::read(response)),
        Err(error) => {
            assert!(error.to_string().contains("550"), "{path}: {error}");
            None
        }
    };
    PATHS.iter().map(|path| (*path, content(path))).collect()
}

fn urllibs(base: &str) -> Option<Contents> {
    let program = "
import sys, urllib.error, urllib.request
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
for path in sys.argv[2:]:
    try:
        print(opener.open(sys.argv[1] + path).read().hex())
    except urllib.error.URLError:
        print('refused')
";
    let printed = python(program, &[&[base], PATHS].concat())?;
    let byte = |hex: &[u8]| u8::from_str_radix(str::from_utf8(hex).unwrap(), 16).unwrap();
    let content = |line: &str| (line != "refused").then(|| latin1(line.as_bytes().chunks(2).map(byte)));
    Some(PATHS.iter().copied().zip(printed.lines().map(content)).collect())
}

fn curls(base: &str) -> Option<Contents> {
    let mut contents = Contents::new();
    for path in PATHS {
        let mut curl = Command::new("curl");
        let curl = curl.args(["-s", "--noproxy", "*", "--max-time", "20"]).arg(format!("{base}{path}"));
        let Ok(output) = curl.output() else {
            println!("skipped: curl is not installed");
            return None;
        };
        contents.insert(path, output.status.success().then(|| latin1(output.stdout)));
    }
    Some(contents)
}

/// Whether we, urllib and curl read the same, but for the differences that are known.
fn agree(name: &str, base: &str, folder: &Path) {
    let read = ours(&build_opener(FtpHandler::new()), base);
    let big = latin1(fs::read(folder.join("pub/big.bin")).unwrap());
    assert!(read["/pub/big.bin"].as_ref() == Some(&big), "{name}: three million bytes");
    assert!(read["/pub/"].as_ref().is_some_and(|list| list.contains("big.bin\r\n")), "{name}: a listing");
    assert_eq!(read["/missing"], None, "{name}");
    assert!(ours(&build_opener(CacheFtpHandler::new()), base) == read, "{name}: kept connections give the same");

    for (path, theirs) in urllibs(base).unwrap_or_default() {
        let otherwise = URLLIBS.iter().any(|(other, _)| *other == path);
        assert!(
            theirs == read[path] || otherwise,
            "{name}, {path}: urllib has {theirs:.99?}, and we {:.99?}",
            read[path]
        );
    }
    for (path, theirs) in curls(base).unwrap_or_default() {
        let otherwise = CURLS.iter().any(|(other, _)| *other == path);
        // Of text, curl turns the line ends into those of this machine.
        let is_text = path.ends_with('/') || path.ends_with(";type=a");
        let ours = read[path].clone().map(|content| if is_text { content.replace("\r\n", "\n") } else { content });
        assert!(theirs == ours || otherwise, "{name}, {path}: curl has {theirs:.99?}, and we {ours:.99?}");
    }
}

#[test]
fn pyftpdlib_is_read_as_urllib_and_curl_read_it() {
    let Some(peer) = start_pyftpdlib() else {
        return;
    };
    let at = |userinfo: &str| format!("ftp://{userinfo}127.0.0.1:{}", peer.port);
    agree("anonymous", &at(""), &peer.folder);
    agree("a user", &at("me:s3cret%3A%40@"), &peer.folder);
    let refused = outcome(&build_opener(()), format!("{}/a.txt", at("me:wrong@")));
    assert!(refused.starts_with("the FTP server refused the login: 530 "), "{refused}");
}

#[test]
fn vsftpd_is_read_as_urllib_and_curl_read_it() {
    let Some(peer) = start_vsftpd() else {
        return;
    };
    let at = |userinfo: &str| format!("ftp://{userinfo}127.0.0.1:{}", peer.port);
    agree("anonymous", &at(""), &peer.folder);
    let refused = outcome(&build_opener(()), format!("{}/a.txt", at("nobody:wrong@")));
    assert!(refused.starts_with("the FTP server refused the login: 530 "), "{refused}");
}
