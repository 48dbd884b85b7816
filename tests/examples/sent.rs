//! Command lines for curl in the forms in which API documentation and Postman have them: what
//! arrives of each at a server is what curl 7.88.1 sends, which is asked as well where it is on
//! this machine.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use super::copied::{link_as_curl, shell};
use super::text;
use crate::support::{Recorded, Reply, Server};

/// What there is to send.
const FILES: &[(&str, &str)] = &[
    ("a.txt", "hello\n"),
    ("x y.json", "{}"),
    ("heads", "X-One: 1\nX-Two: 2\n"),
    ("netrc", "machine 127.0.0.1 login me password pw\n"),
    ("jar", "# Netscape HTTP Cookie File\n127.0.0.1\tFALSE\t/\tFALSE\t0\tsid\t31d4\n"),
];

/// Whose form it is, the line, and what arrives.
const LINES: &[(&str, &str, &[&str])] = &[
    (
        "an API's key is its user, without a password, and nobody asks",
        "curl http://site/v1/charges -u sk_test: -d amount=2000 -d 'description=My first (test) charge'",
        &["POST /v1/charges, Authorization: Basic c2tfdGVzdDo=, form: amount=2000&description=My first (test) charge"],
    ),
    (
        "and a query",
        "curl http://site/v1 -u a:b -G -d limit=3 -d x=1",
        &["GET /v1?limit=3&x=1, Authorization: Basic YTpi"],
    ),
    ("unless that is to be waited for", "curl --anyauth -u a:b http://site/open", &["GET /open"]),
    (
        "a method of one's own",
        r#"curl -L -X PATCH -H "Accept: application/vnd.x+json" -H "Authorization: Bearer <TOKEN>" http://site/repos -d '{"a":true}'"#,
        &[r#"PATCH /repos, Authorization: Bearer <TOKEN>, form: {"a":true}"#],
    ),
    ("a token", "curl --oauth2-bearer 31d4 http://site/x", &["GET /x, Authorization: Bearer 31d4"]),
    (
        "a file and a comment",
        r#"curl -F file=@a.txt -F "comment=Hello, you" http://site/up"#,
        &["POST /up, multipart/form-data: \
           [name=\"file\"; filename=\"a.txt\"|Content-Type: text/plain||hello\n][name=\"comment\"||Hello, you]"],
    ),
    (
        "who says what it is, and not what stands in between",
        "curl -H 'Content-Type: multipart/form-data' -F a=1 http://site/up",
        &["POST /up, multipart/form-data: [name=\"a\"||1]"],
    ),
    (
        "Postman's quotes",
        r#"curl --location --request POST 'http://site/up' --form 'a="b"' --form 'c="d \"e\" \\ ; f"' --form 'g=@"x y.json"'"#,
        &["POST /up, multipart/form-data: [name=\"a\"||b][name=\"c\"||d \"e\" \\ ; f]\
           [name=\"g\"; filename=\"x y.json\"|Content-Type: application/octet-stream||{}]"],
    ),
    (
        "types and names",
        r#"curl -F 'a=@a.txt;type=text/x; charset=utf-8;filename="b\"c"' -F 'j={"a":1};type=application/json' http://site/up"#,
        &[
            "POST /up, multipart/form-data: [name=\"a\"; filename=\"b%22c\"|Content-Type: text/x; charset=utf-8||hello\n]\
           [name=\"j\"|Content-Type: application/json||{\"a\":1}]",
        ],
    ),
    ("a blank is a plus", "curl -d a --data-urlencode 'b=c d&e' http://site/x", &["POST /x, form: a&b=c+d%26e"]),
    (
        "a query beside data",
        "curl --url-query 'a=b c' --url-query '+x=%20' 'http://site/x?q' -d data",
        &["POST /x?q&a=b+c&x=%20, form: data"],
    ),
    ("no query at all", "curl -G http://site/x", &["GET /x"]),
    ("a file is no form", "curl -T a.txt http://site/up/", &["PUT /up/a.txt, -: hello\n"]),
    ("its name in the URL", "curl -T 'x y.json' http://site", &["PUT /x%20y.json, -: {}"]),
    ("stdin", "curl -T - http://site/up <a.txt", &["PUT /up, -: hello\n"]),
    ("nobody asks", "curl -A '' -e '' http://site/x", &["GET /x, no User-Agent"]),
    ("heads in a file", "curl -H @heads http://site/x", &["GET /x, X-One: 1, X-Two: 2"]),
    ("what a browser does to brackets", r"curl 'http://site/x?a\[\]=1&b=\{2\}'", &["GET /x?a[]=1&b={2}"]),
    ("brackets as they stand", "curl -g 'http://site/x?a[1-2]={b,c}'", &["GET /x?a[1-2]={b,c}"]),
    ("and those that are no pattern", "curl -g 'http://site/x?filter[a]=1'", &["GET /x?filter[a]=1"]),
    ("one slash is enough", "u=http://site/x; curl \"http:/${u#http://}\"", &["GET /x"]),
    ("an installer", "curl --proto '=http' --tlsv1.2 -sSf http://site/x", &["GET /x"]),
    ("data goes along", "curl -L -d a=b http://site/307", &["POST /307, form: a=b", "POST /x, form: a=b"]),
    ("cookies of a file", "curl -b jar http://site/x", &["GET /x, Cookie: sid=31d4"]),
    (
        "cookies of a header",
        "curl -L -H 'Cookie: a=b' http://site/set",
        &["GET /set, Cookie: a=b", "GET /x, Cookie: a=b"],
    ),
];

/// Where ours departs: whose form it is, the line, and what arrives.
const DEPARTURES: &[(&str, &str, &[&str])] = &[
    (
        "cookies of a header beside a jar: in one header (curl sends two, which RFC 6265 section 5.4 forbids)",
        "curl -L -H 'Cookie: a=b' -c new http://site/set",
        &["GET /set, Cookie: a=b", "GET /x, Cookie: jar=1; a=b"],
    ),
    (
        "and to the hosts of the URLs alone",
        "curl -L -H 'Cookie: a=b' -b jar http://site/away",
        &["GET /away, Cookie: sid=31d4; a=b", "GET /x"],
    ),
    (
        "-b as well (curl takes them anywhere)",
        "curl -L -b 'a=b' http://site/away",
        &["GET /away, Cookie: a=b", "GET /x"],
    ),
    (
        "a netrc once it is asked for",
        "curl --netrc-file netrc http://site/401",
        &["GET /401", "GET /401, Authorization: Basic bWU6cHc="],
    ),
    ("nothing is said with Basic where Digest is wanted", "curl --digest -u a:b http://site/401", &["GET /401"]),
];

/// What matters of a request, on one line.
fn arrived(request: &Recorded) -> String {
    let mut line = format!("{} {}", request.method(), request.target());
    for name in ["Authorization", "Cookie", "X-One", "X-Two"] {
        if let Some(value) = request.header(name) {
            line += &format!(", {name}: {value}");
        }
    }
    if request.header("User-Agent").is_none() {
        line += ", no User-Agent";
    }
    let body = text(&request.body);
    let content_type = request.header("Content-Type").unwrap_or_else(|| "-".to_owned());
    match content_type.split_once("; boundary=") {
        _ if body.is_empty() => line,
        Some((content_type, boundary)) => {
            let boundary = format!("--{boundary}");
            let parts = body.split(boundary.as_str()).filter_map(|part| part.strip_prefix("\r\n"));
            let part = |part: &str| {
                let part = part.trim_end_matches("\r\n").replace("\r\n", "|");
                format!("[{}]", part.replace("Content-Disposition: form-data; ", ""))
            };
            format!("{line}, {content_type}: {}", parts.map(part).collect::<String>())
        }
        None => format!("{line}, {}: {body}", content_type.replace("application/x-www-form-urlencoded", "form")),
    }
}

/// Runs the line in a fresh folder, and tells what arrives of it and what it ends with.
fn run(line: &str, folder: &Path, is_ours: bool) -> (Vec<String>, Option<i32>, String) {
    let other = Server::start(|_| Reply::ok("elsewhere"));
    // The same host at another port would get the cookies.
    let away = format!("http://localhost:{}/x", other.port());
    let server = Server::start(move |request| match (request.target(), request.header("Authorization")) {
        ("/307", _) => Reply::redirect(307, "/x"),
        ("/away", _) => Reply::redirect(302, &away),
        ("/set", _) => Reply::redirect(302, "/x").header("Set-Cookie", "jar=1; Path=/"),
        ("/401", None) => Reply::status(401, "Who").header("WWW-Authenticate", "Basic realm=\"r\""),
        _ => Reply::ok("fine"),
    });
    let _ = fs::remove_dir_all(folder);
    fs::create_dir_all(folder).unwrap();
    for (name, content) in FILES {
        fs::write(folder.join(name), content).unwrap();
    }
    if is_ours {
        link_as_curl(folder);
    }
    let output = shell(folder, &line.replace("http://site", server.url("/").trim_end_matches('/')));
    let requests = server.requests().into_iter().chain(other.requests());
    (requests.map(|request| arrived(&request)).collect(), output.status.code(), text(&output.stderr))
}

fn folder(name: &str) -> PathBuf {
    env::temp_dir().join(format!("clientcookie-sent-{name}-{}", std::process::id()))
}

#[test]
fn what_is_said_to_curl_is_what_arrives() {
    let folder = folder("ours");
    for (whose, line, expected) in LINES.iter().chain(DEPARTURES) {
        let (arrived, _, told) = run(line, &folder, true);
        assert_eq!(arrived, *expected, "{whose}: {line}\n{told}");
    }
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn curl_sends_the_same() {
    // Since 7.87 it has `--url-query`.
    let version = Command::new("curl").arg("--version").output().map(|output| text(&output.stdout));
    if !version.is_ok_and(|version| ["curl 7.88", "curl 8."].iter().any(|known| version.starts_with(known))) {
        return println!("skipped: there is no curl here, or one that does not know all of these flags");
    }
    let folder = folder("curls");
    for (whose, line, expected) in LINES {
        let (arrived, code, told) = run(line, &folder, false);
        assert_eq!(
            (arrived.as_slice(), code),
            (expected.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>().as_slice(), Some(0)),
            "{whose}: {line}\n{told}"
        );
    }
    fs::remove_dir_all(folder).unwrap();
}
