//! Command lines for curl, in the forms in which browsers' developer tools copy them and curl's
//! manual shows them: run as they are by a shell to which `curl` is our tool, against the demo site
//! that it serves itself.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;
use std::{env, fs};

use super::{example, text};
use crate::support::{Reply, Server};

/// The demo site, up until this is dropped, and a folder whose `curl` is our tool.
struct Site {
    process: Child,
    url: String,
    folder: PathBuf,
}

impl Site {
    fn start(name: &str) -> Self {
        let mut serve = example("urlopen");
        let mut process =
            serve.arg("--serve").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut url = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut url).unwrap();
        let folder = env::temp_dir().join(format!("clientcookie-copied-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        link_as_curl(&folder);
        Self { process, url: url.trim_end().trim_end_matches('/').to_owned(), folder }
    }

    /// What the line prints, and what it ends with.
    fn run(&self, line: &str) -> (String, String, Option<i32>) {
        let output = shell(&self.folder, &line.replace("http://site", &self.url));
        (text(&output.stdout).replace(&self.url, "http://site"), text(&output.stderr), output.status.code())
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

#[test]
fn what_takes_too_long_is_given_up() {
    let (slow, silent) = (Duration::from_millis(100), "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n");
    let server = Server::start(move |request| match request.target() {
        "/drip" => Reply::trickle("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", "x", slow),
        _ => Reply::raw(silent).then_stall(),
    });
    for (flags, path, told) in [
        (vec!["-m", "0.3"], "/drip", "timed out while opening and reading, in all"),
        (vec!["-m", "0.3"], "/silent", "timed out while opening and reading, in all"),
        (vec!["-Y", "1000", "-y", "1"], "/drip", "it is slower than 1000 bytes a second for 1 seconds"),
        (vec!["-y", "1"], "/silent", "timed out while reading the body"),
    ] {
        let output = example("urlopen").arg("-s").args(&flags).arg(server.url(path)).output().unwrap();
        let stderr = text(&output.stderr);
        assert_eq!((output.status.code(), stderr.lines().count()), (Some(1), 1), "{flags:?}: {stderr}");
        assert!(stderr.contains(told), "{flags:?}: {stderr}");
    }
}

/// Our tool under the name of curl, first in the path of a [`shell`] in this folder.
pub fn link_as_curl(folder: &Path) {
    let _ = fs::remove_file(folder.join("curl"));
    symlink(example("urlopen").get_program(), folder.join("curl")).unwrap();
}

/// Runs a line of the shell in this folder.
pub fn shell(folder: &Path, line: &str) -> Output {
    let path = format!("{}:{}", folder.display(), env::var("PATH").unwrap());
    let mut shell = Command::new("bash");
    shell.arg("-c").arg(line).env("PATH", path).env("HOME", folder).current_dir(folder).stdin(Stdio::null());
    for name in super::PROXIES {
        shell.env_remove(name);
    }
    shell.output().unwrap()
}

/// Whose form it is, the line, and what stands in the output.
const LINES: &[(&str, &str, &[&str])] = &[
    (
        "Chromium, a page",
        r#"curl 'http://site/echo' \
  -H 'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8' \
  -H 'Accept-Language: en-US,en;q=0.9' \
  -H 'Cache-Control: max-age=0' \
  -H 'Connection: keep-alive' \
  -H 'Sec-Fetch-Dest: document' \
  -H 'Upgrade-Insecure-Requests: 1' \
  -H 'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36' \
  -H 'sec-ch-ua: "Chromium";v="140", "Not=A?Brand";v="24"' \
  -H 'sec-ch-ua-mobile: ?0'"#,
        &["GET /echo HTTP/1.1", "Sec-Fetch-Dest: document", "sec-ch-ua: \"Chromium\";v=\"140\"", "Chrome/140.0.0.0"],
    ),
    (
        "Chromium, a form",
        r#"curl 'http://site/form' \
  -H 'Accept: */*' \
  -H 'Content-Type: application/x-www-form-urlencoded' \
  -H 'Origin: http://site' \
  --data-raw 'name=Zo%C3%AB&dish=fish+%26+chips' \
  --insecure"#,
        &["name = Zoë\ndish = fish & chips\n"],
    ),
    (
        "Chromium, JSON with a quote in it",
        r#"curl 'http://site/form' \
  -X 'POST' \
  -H 'content-type: application/json' \
  --data-raw $'{"text":"it\'s\u0021"}'"#,
        &["{\"text\":\"it's!\"}"],
    ),
    (
        "Chromium, another method",
        r#"curl 'http://site/echo' -X 'DELETE' -H 'Authorization: Bearer 31d4' --compressed"#,
        &["DELETE /echo HTTP/1.1", "Authorization: Bearer 31d4", "Accept-Encoding: gzip"],
    ),
    (
        "Chromium, a page with cookies",
        r#"curl 'http://site/visit' -H 'accept: */*' -b 'visits=41; user=guest' -H 'dnt: 1'"#,
        &["Hello, guest. You sent visits=41: this is visit 42."],
    ),
    (
        "Chromium, a form with files",
        r#"curl 'http://site/form' \
  -H 'Content-Type: multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW' \
  --data-raw $'------WebKitFormBoundary7MA4YWxkTrZu0gW\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n------WebKitFormBoundary7MA4YWxkTrZu0gW--\r\n'"#,
        &["Content-Disposition: form-data; name"],
    ),
    (
        "Firefox, a page that comes packed",
        r#"curl 'http://site/headlines' --compressed -H 'User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0' -H 'Accept: text/html' -H 'Accept-Encoding: gzip, deflate, br, zstd' -H 'Referer: http://site/news' -H 'Connection: keep-alive' -H 'Cookie: user=guest' -H 'Priority: u=0, i'"#,
        &["Hello, guest, who comes from http://site/news. No news today."],
    ),
    (
        "Firefox, a form",
        r#"curl 'http://site/form' --compressed -X POST -H 'Content-Type: application/x-www-form-urlencoded' -H 'Origin: http://site' --data-raw 'name=a&dish=b%26c'"#,
        &["name = a\ndish = b&c\n"],
    ),
    (
        "the manual: a form",
        r#"curl --data "birthyear=1905&press=%20OK%20" http://site/form"#,
        &["birthyear = 1905", "press =  OK "],
    ),
    (
        "the manual: data encoded",
        r#"curl -sS --data-urlencode "name=I am Daniel" http://site/form"#,
        &["name = I am Daniel"],
    ),
    (
        "the manual: a query",
        r#"curl -sG -d "q=a" --data-urlencode "w=x y" http://site/echo"#,
        &["GET /echo?q=a&w=x+y HTTP/1.1"],
    ),
    ("the manual: heads alone", "curl -I http://site/old-home", &["HTTP/1.1 200 OK\n", "Content-Length: 26"]),
    (
        "the manual: where redirects lead",
        r#"curl -sSL -o /dev/null -w '%{url_effective} %{http_code} %{num_redirects}\n' http://site/old-home"#,
        &["http://site/ 200 1\n"],
    ),
    (
        "the manual: an upload of a form",
        "echo hello >up.txt; curl -s -F upload=@up.txt -F press=OK http://site/echo",
        &["Content-Type: multipart/form-data; boundary="],
    ),
    (
        "the manual: JSON",
        r#"curl --json '{ "drink": "coffee" }' http://site/echo"#,
        &["Content-Type: application/json", "Accept: application/json"],
    ),
    (
        "the manual: an upload",
        "echo hello >up.txt; curl -s -T up.txt http://site/echo/",
        &["PUT /echo/up.txt HTTP/1.1"],
    ),
    (
        "the manual: a login, kept",
        "curl -s -c jar.txt -L http://site/login; curl -s -b jar.txt http://site/visit",
        &["visit 1", "Hello, guest. You sent visits=1: this is visit 2."],
    ),
    (
        "the manual: cookies on stdout",
        "curl -s -c - http://site/visit",
        &["# Netscape HTTP Cookie File", "\tvisits\t1"],
    ),
    (
        "the manual: the heads in a file",
        "curl -sL -D heads -o - http://site/old-home; grep -c HTTP/1.1 heads; curl -sD - -o /dev/null http://site/",
        &["Welcome to the demo site.\n2\nHTTP/1.1 200 OK\n"],
    ),
    (
        "the manual: files in folders",
        "curl -s --create-dirs --output-dir new/er -o it -O http://site/ http://site/visit; cat new/er/it new/er/visit",
        &["Welcome to the demo site.\n", "this is visit 1"],
    ),
    (
        "the manual: every file named as there",
        "curl -s --remote-name-all http://site/visit http://site/chunked; cat visit chunked",
        &["this is visit 1", "One piece"],
    ),
    ("the manual: going on", "curl -s -C - -o it http://site/; cat it", &["Welcome to the demo site.\n"]),
    ("the manual: named as there", "curl -sO http://site/visit; cat visit", &["this is visit 1"]),
    (
        "one-liners: bundled flags, no scheme",
        r#"u=http://site/; curl --tlsv1.2 -sSfL --http1.1 -# "${u#http://}""#,
        &["Welcome to the demo site."],
    ),
];

#[test]
fn command_lines_for_curl_run_as_they_are() {
    let site = Site::start("lines");
    for (whose, line, expected) in LINES {
        let (shown, told, code) = site.run(line);
        assert_eq!(code, Some(0), "{whose}: {shown}{told}");
        for expected in *expected {
            assert!(shown.contains(expected), "{whose}: {expected:?} is missing in:\n{shown}{told}");
        }
    }
}

#[test]
fn failures_are_one_line_on_stderr() {
    let site = Site::start("failures");
    for (sentence, line, shown, told, code) in [
        ("the page of an error is shown", "curl -s http://site/missing", "There is no such page", "HTTP error 404", 22),
        ("unless it is a failure", "curl -sfS http://site/missing", "", "HTTP error 404", 22),
        (
            "no redirect is followed",
            "curl -s --max-redirs 0 http://site/old-home",
            "Moved to /",
            "more than 0 redirects",
            22,
        ),
        (
            "where it would have gone on",
            "curl -s -o /dev/null --max-redirs 0 -w '%{redirect_url}\\n' http://site/old-home",
            "http://site/\n",
            "more than 0 redirects",
            22,
        ),
        (
            "a code and nothing else",
            "curl -s -o /dev/null -w '%{http_code}' http://site/missing",
            "404",
            "HTTP error 404",
            22,
        ),
        (
            "the page of an error in a file",
            "curl -s -o page http://site/missing; code=$?; cat page; exit $code",
            "There is",
            "404",
            22,
        ),
        ("a scheme that is not allowed", "curl -s --proto =https http://site/", "", "--proto does not allow http", 1),
        ("a pattern", "curl -s 'http://site/{a,b}'", "", "-g takes {a,b} as it stands", 1),
        ("two bodies", "curl -s -d a -F b=c http://site/", "", "-d, -F and -T each make a body", 1),
        ("a head with data", "curl -s -I -d a http://site/", "", "-I asks for a head alone", 1),
        ("a field that is cut", "curl -s -F 'a={\"b\":\"c;d\"}' http://site/", "", "in double quotes", 1),
        ("-C with a number", "curl -s -C 10 -o x http://site/", "", "say -C -", 1),
        ("what is known and not offered", "curl -s --limit-rate 1 http://site/", "", "curl's --limit-rate is not", 1),
        ("nothing to be had by -O", "curl -s -O http://site/", "", "-O finds no name", 1),
    ] {
        let (stdout, stderr, status) = site.run(line);
        assert_eq!((status, stderr.lines().count()), (Some(code), 1), "{sentence}: {stderr}");
        assert!(stdout.starts_with(shown) && shown.is_empty() == stdout.is_empty(), "{sentence}: {stdout}");
        assert!(stderr.starts_with("error: ") && stderr.contains(told), "{sentence}: {stderr}");
    }
}
