//! Forms with files, read back by those who will read them: Python's `email` and `cgi`, node's
//! busboy, and httpbin.

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::{fs, thread};

use clientcookie::{Data, Multipart, Request, build_opener};

use super::httpbin::httpbin;
use super::{folder, is_there, start};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/multipart");

/// Name, file name, type and content, each as JSON.
type Part = (&'static str, &'static str, &'static str, &'static str);

/// What it is, the form, and what arrives.
type Form = (&'static str, fn() -> Multipart, &'static [Part]);

fn forms() -> Vec<Form> {
    fn unknown(content: &'static [u8]) -> Data {
        Data::reader(content.chain(std::io::empty()))
    }
    const TEXT: &str = "\"text/plain\"";
    vec![
        ("nothing", Data::multipart, &[]),
        (
            "fields",
            || Data::multipart().field("b", "1\r\n2").field("a", "").field("b", "é"),
            &[
                ("\"b\"", "null", "null", "\"1\\r\\n2\""),
                ("\"a\"", "null", "null", "\"\""),
                ("\"b\"", "null", "null", "\"\\u00c3\\u00a9\""),
            ],
        ),
        (
            "names that would break a header",
            || Data::multipart().field("a\"b\r\nc", "1").file_named("Zoë", "a\"b\nc é.txt", "2"),
            &[
                ("\"a%22b%0D%0Ac\"", "null", "null", "\"1\""),
                ("\"Zo\\u00eb\"", "\"a%22b%0Ac \\u00e9.txt\"", TEXT, "\"2\""),
            ],
        ),
        (
            "bytes of every kind, which look like a boundary",
            || {
                Data::multipart().file_named(
                    "f",
                    "f.bin",
                    Data::from(&b"\r\n--\0\xff\r\n------clientcookie-\r\n--\r\n"[..]),
                )
            },
            &[(
                "\"f\"",
                "\"f.bin\"",
                "\"application/octet-stream\"",
                "\"\\r\\n--\\u0000\\u00ff\\r\\n------clientcookie-\\r\\n--\\r\\n\"",
            )],
        ),
        (
            "readers, of known length and of unknown",
            || {
                let known = Data::sized_reader(&b"known"[..], 5);
                Data::multipart().file_named("k", "k.txt", known).file_named("u", "u.txt", unknown(b"unknown"))
            },
            &[("\"k\"", "\"k.txt\"", TEXT, "\"known\""), ("\"u\"", "\"u.txt\"", TEXT, "\"unknown\"")],
        ),
    ]
}

/// The form through a parser; its lines, as they should be.
fn read_by(program: &str, script: &str, shown: impl Fn(&Part) -> String) {
    for (says, form, expected) in forms() {
        let mut data = Data::from(form());
        let mut body = Vec::new();
        data.open().unwrap().read_to_end(&mut body).unwrap();
        let content_type = data.content_type().unwrap().to_str().unwrap();
        let mut command = Command::new(program);
        command.arg(format!("{FOLDER}/{script}")).args([content_type, &body.len().to_string()]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let writer = thread::spawn(move || stdin.write_all(&body));
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{script}: {says}");
        writer.join().unwrap().unwrap();
        // JSON is written with blanks by one and without by the other, and beyond ASCII by one and
        // not by the other.
        let read: Vec<String> = String::from_utf8(output.stdout).unwrap().lines().map(plain).collect();
        let expected: Vec<String> = expected.iter().map(|part| plain(&shown(part))).collect();
        assert_eq!(read, expected, "{script}: {says}");
    }
}

/// One spelling for JSON.
fn plain(line: &str) -> String {
    let escaped = |one: char| match one {
        ' '..='~' => one.to_string(),
        _ => format!("\\u{:04x}", u32::from(one)),
    };
    line.replace("\", ", "\",").replace("null, ", "null,").chars().map(escaped).collect()
}

fn list((name, file_name, content_type, content): &Part) -> String {
    format!("[{name},{file_name},{content_type},{content}]")
}

fn can(program: &str, arguments: &[&str], otherwise: &str) -> bool {
    let mut command = Command::new(program);
    let command = command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let can = command.status().is_ok_and(|status| status.success());
    if !can {
        println!("skipped: {otherwise}");
    }
    can
}

#[test]
fn pythons_email_reads_a_form_with_files() {
    if can("python3", &["-c", "import sys; sys.exit(sys.version_info < (3, 8))"], "there is no python3") {
        read_by("python3", "read_with_python.py", list);
    }
}

#[test]
fn pythons_cgi_reads_a_form_with_files() {
    if can("python3", &["-W", "ignore", "-c", "import cgi"], "this python3 has no cgi any more, or is not installed") {
        read_by("python3", "read_with_cgi.py", list);
    }
}

#[test]
fn nodes_busboy_reads_a_form_with_files() {
    if can("node", &["-e", "require('busboy')"], "node is not installed, or has no busboy in NODE_PATH") {
        // What has no type is text to it.
        read_by("node", "read_with_busboy.js", |part| match part {
            (name, "null", "null", content) => list(&(name, "null", "\"text/plain\"", content)),
            part => list(part),
        });
    }
}

#[test]
fn httpbin_reads_a_form_with_files_alone_and_behind_nginx() {
    let Some((peer, base)) = httpbin("httpbin-form") else {
        return;
    };
    httpbin_reads(&base);
    if is_there("nginx", "-v") {
        let folder = folder("nginx-form");
        let started = start(&folder, |port| {
            let config = PROXY.replace("PORT", &port.to_string()).replace("SITE", &base);
            fs::write(folder.join("nginx.conf"), config).unwrap();
            let mut nginx = Command::new("nginx");
            nginx.arg("-p").arg(&folder).args(["-c", "nginx.conf", "-e", "stderr"]);
            nginx
        });
        if let Some((nginx, port)) = started {
            httpbin_reads(&format!("http://127.0.0.1:{port}"));
            drop(nginx);
        }
    }
    drop(peer);
}

/// nginx before another server: it takes the whole form in before it passes it on.
const PROXY: &str = "
daemon off; master_process off; worker_processes 1; pid nginx.pid; error_log stderr crit;
events { worker_connections 64; }
http {
    access_log off; client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi; scgi_temp_path scgi;
    server { listen 127.0.0.1:PORT; location / { proxy_pass SITE; } }
}
";

fn httpbin_reads(base: &str) {
    let opener = build_opener(());
    let lengths = [Data::from("from a file"), Data::reader(&b"from a file"[..])];
    for file in lengths {
        let form = Data::multipart().field("name", "Zoë").file_named("file", "a.txt", file);
        let shown = opener.open(Request::post(format!("{base}/post"), form)).unwrap().text().unwrap();
        for expected in ["\"file\": \"from a file\"", "\"name\": \"Zo"] {
            assert!(shown.contains(expected), "{expected}: {shown}");
        }
    }
}
