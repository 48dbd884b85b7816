//! Servers of others, and what urllib and curl get from them.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use clientcookie::{CacheFtpHandler, FtpHandler, build_opener};

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

/// vsftpd takes no port 0, so a free one is asked for and given back; should someone else take it meanwhile, the next
/// one is tried.
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
    ("/pub/deep%20er/%C3%BC;x.html", "urllib cuts the path off at its first semicolon"),
    ("/pub;type=d", "urllib lists the folder from outside, which not every server does"),
];

/// Each path as urllib reads it: the bytes in hexadecimal, or `error`.
fn urllibs(base: &str) -> Option<BTreeMap<&'static str, String>> {
    let program = "
import sys, urllib.error, urllib.request
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
for path in sys.argv[2:]:
    try:
        response = opener.open(sys.argv[1] + path)
        print(response.read().hex())
    except urllib.error.URLError:
        print('error')
";
    let printed = python(program, &[&[base], PATHS].concat())?;
    Some(PATHS.iter().copied().zip(printed.lines().map(str::to_owned)).collect())
}

/// The same as curl reads it.
fn curls(base: &str) -> Option<BTreeMap<&'static str, String>> {
    let mut read = BTreeMap::new();
    for path in PATHS {
        let mut curl = Command::new("curl");
        let curl = curl.args(["-s", "--noproxy", "*", "--max-time", "20"]).arg(format!("{base}{path}"));
        let Ok(output) = curl.output() else {
            println!("skipped: curl is not installed");
            return None;
        };
        let hex = output.stdout.iter().map(|byte| format!("{byte:02x}")).collect();
        read.insert(*path, if output.status.success() { hex } else { "error".to_owned() });
    }
    Some(read)
}

fn agrees(name: &str, base: &str, folder: &Path) {
    let ours = |opener: &clientcookie::OpenerDirector| -> BTreeMap<&str, String> {
        let hex = |path: &str| match opener.open(format!("{base}{path}")) {
            Ok(response) => super::read(response).chars().map(|byte| format!("{:02x}", u32::from(byte))).collect(),
            Err(error) => {
                assert!(error.to_string().contains("550"), "{path}: {error}");
                "error".to_owned()
            }
        };
        PATHS.iter().map(|path| (*path, hex(path))).collect()
    };
    let read = ours(&build_opener(FtpHandler::new()));
    assert_eq!(ours(&build_opener(CacheFtpHandler::new())), read, "{name}: kept connections give the same");
    let big: String = fs::read(folder.join("pub/big.bin")).unwrap().iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(read["/pub/big.bin"] == big && read["/%2Fpub/big.bin"] == big, "{name}: three million bytes");
    assert_eq!(read["/missing"], "error", "{name}");

    for (path, urllibs) in urllibs(base).unwrap_or_default() {
        let otherwise = URLLIBS.iter().find(|(other, _)| *other == path);
        assert!(
            urllibs == read[path] || otherwise.is_some(),
            "{name}, {path}: urllib has {urllibs:.200}, and we {:.200}",
            read[path]
        );
    }
    for (path, curls) in curls(base).unwrap_or_default() {
        // curl asks for names alone where the type says so, and takes a folder without a slash for a file.
        let otherwise = matches!(path, "/pub;type=d" | "/pub");
        assert!(curls == read[path] || otherwise, "{name}, {path}: curl has {curls:.200}, and we {:.200}", read[path]);
    }
}

#[test]
fn pyftpdlib_is_read_as_urllib_and_curl_read_it() {
    let Some(peer) = start_pyftpdlib() else {
        return;
    };
    let at = |userinfo: &str| format!("ftp://{userinfo}127.0.0.1:{}", peer.port);
    agrees("anonymous", &at(""), &peer.folder);
    agrees("a user", &at("me:s3cret%3A%40@"), &peer.folder);
    let refused = outcome(&build_opener(()), format!("{}/a.txt", at("me:wrong@")));
    assert!(refused.starts_with("the FTP server refused the login: 530 "), "{refused}");
}

#[test]
fn vsftpd_is_read_as_urllib_and_curl_read_it() {
    let Some(peer) = start_vsftpd() else {
        return;
    };
    let at = |userinfo: &str| format!("ftp://{userinfo}127.0.0.1:{}", peer.port);
    agrees("anonymous", &at(""), &peer.folder);
    let refused = outcome(&build_opener(()), format!("{}/a.txt", at("nobody:wrong@")));
    assert!(refused.starts_with("the FTP server refused the login: 530 "), "{refused}");
}
