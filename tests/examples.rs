//! Every program in `examples/` is run as a user runs it.

mod classics;
#[cfg(unix)]
mod copied;
mod fetching;
mod processing;
#[cfg(unix)]
mod sent;
#[cfg(target_os = "linux")]
mod uploading;

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::{env, fs};

use crate::support::{Reply, Server};

/// A program of `examples/`, built if it is not: `cargo test` builds them all,
/// `cargo test --test all` none.
pub fn example(name: &str) -> Command {
    let path = env::current_exe().unwrap().ancestors().nth(2).unwrap().join("examples").join(name);
    let path = PathBuf::from(format!("{}{}", path.display(), env::consts::EXE_SUFFIX));
    if !path.exists() {
        let mut build = Command::new(env!("CARGO"));
        // An example may need a feature, and then so does its test.
        let features = [
            ("har", cfg!(feature = "har")),
            ("redis", cfg!(feature = "redis")),
            ("trace", cfg!(feature = "trace")),
            ("ftp", cfg!(feature = "ftp")),
            ("sqlite", cfg!(feature = "sqlite")),
        ];
        let features: Vec<&str> = features.into_iter().filter(|(_, is_on)| *is_on).map(|(name, _)| name).collect();
        let built =
            build.args(["build", "--quiet", "--features", &features.join(","), "--example", name]).status().unwrap();
        assert!(built.success(), "the example {name} does not build");
    }
    let mut command = Command::new(path);
    // What the machine is set to must not change what the example does.
    command.env_remove("RUST_LOG").stdin(Stdio::null());
    for name in PROXIES {
        command.env_remove(name).env_remove(name.to_uppercase());
    }
    command
}

const PROXIES: [&str; 5] = ["http_proxy", "https_proxy", "ftp_proxy", "all_proxy", "no_proxy"];

fn urlopen(arguments: &[&str]) -> Output {
    example("urlopen").args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn urlopen_without_a_url_takes_the_tour() {
    let output = urlopen(&[]);
    let shown = text(&output.stdout);
    assert!(output.status.success(), "{shown}\n{}", text(&output.stderr));
    for expected in [
        "│ HttpRedirectHandler",
        "this is visit 2.",
        "name = Zoë",
        "! HTTP error 404: No Such Page",
        "this text can still be read",
        "<Cookie user=guest for 127.0.0.1/>",
        "-- --serve",
    ] {
        assert!(shown.contains(expected), "{expected:?} is missing in:\n{shown}");
    }
    let told = [
        "sent GET /old-home HTTP/1.1",
        "received HTTP/1.1 301 Moved Permanently",
        "< Content-Type",
        "> Cookie: visits=1\n",
        "cookie spy=1 for .example.com/ not stored: ",
        "> Host: 127.0.0.1:",
    ];
    for expected in told {
        assert_eq!(shown.contains(expected), cfg!(feature = "trace"), "{expected:?} in:\n{shown}");
    }
}

#[test]
fn urlopen_shows_url_status_headers_and_body() {
    let server = Server::start(|request| match request.target() {
        "/old" => Reply::redirect(302, "/new?x=1"),
        "/new?x=1" => Reply::status(200, "Just Fine").header("X-CaSe", "1").header("x-case", "2").body("a body\n"),
        other => Reply::status(404, "Not\x1bHere").body(format!("no {other}\n")),
    });
    let output = urlopen(&[&server.url("/old"), &server.url("/missing")]);
    let (new, missing) = (server.url("/new?x=1"), server.url("/missing"));
    assert_eq!(
        text(&output.stdout),
        format!(
            "{new}\n200 Just Fine\nX-CaSe: 1\nx-case: 2\nContent-Length: 7\n\na body\n\
             {missing}\n404 Not\\u{{1b}}Here\nContent-Length: 12\n\nno /missing\n"
        )
    );
    assert_eq!(text(&output.stderr), format!("error: {missing}: HTTP error 404: Not\\u{{1b}}Here\n"));
    assert_eq!(output.status.code(), Some(22));
    assert_eq!(server.connections(), 1, "one connection is kept for all of them");
}

#[test]
fn urlopen_exits_as_it_says() {
    let server = Server::start(|request| match request.target() {
        "/ok" => Reply::ok("fine"),
        "/cut" => Reply::raw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc").then_close(),
        _ => Reply::status(500, "Broken").body("oh"),
    });
    let url = |path: &str| server.url(path);
    let table = [
        ("success", vec![url("/ok"), url("/ok")], 0, "finefine", vec![]),
        ("an HTTP error, its body shown", vec![url("/bad")], 22, "oh", vec!["HTTP error 500: Broken"]),
        ("the rest is opened after an error", vec![url("/bad"), url("/ok")], 22, "ohfine", vec!["HTTP error 500"]),
        (
            "a failure weighs more",
            vec![url("/bad"), "foo:bar".into()],
            1,
            "oh",
            vec!["HTTP error 500", "foo:bar: no handler"],
        ),
        ("a cut body", vec![url("/cut")], 1, "abc", vec!["/cut: the body was cut short: 3 of 10 bytes arrived"]),
        ("no URL at all", vec!["http://".into()], 1, "", vec!["\"http://\" is not a URL"]),
        ("a secret stays one", vec!["http://me:secret@h:99999/".into()], 1, "", vec!["http://***@h:99999/"]),
    ];
    for (sentence, urls, code, body, errors) in table {
        let output = example("urlopen").arg("-s").args(&urls).output().unwrap();
        assert_eq!(text(&output.stdout), body, "{sentence}");
        assert_eq!(output.status.code(), Some(code), "{sentence}");
        let stderr = text(&output.stderr);
        assert_eq!(stderr.lines().count(), errors.len(), "{sentence}: {stderr}");
        for (line, expected) in stderr.lines().zip(errors) {
            assert!(line.starts_with("error: ") && line.contains(expected), "{sentence}: {line}");
        }
    }
}

#[test]
fn urlopen_speaks_curls_flags() {
    let server = Server::start(|request| Reply::ok(format!("{}{}", request.head, text(&request.body))));
    let file = env::temp_dir().join(format!("urlopen-data-{}", std::process::id()));
    fs::write(&file, "from a\r\nfile").unwrap();
    let from_file = format!("@{}", file.display());
    let named = format!("n{from_file}");
    let file_name = file.display().to_string();
    let name = file.file_name().unwrap().to_str().unwrap();
    let port = server.port();
    let resolve = format!("shop.test:{port}:127.0.0.1");
    let shop = server.url_for("shop.test", "/");
    let agent = "User-Agent: clientcookie/0.1.0\r\n";
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    let at = |host: &str| format!("Host: {host}:{port}\r\n");
    let here = at("127.0.0.1");
    let url = server.url("/p");
    let (folder, with_query) = (server.url("/"), server.url("/p?q=0#frag"));
    let table: Vec<(&str, Vec<&str>, String)> = vec![
        (
            "headers in their order",
            vec!["-H", "b: 1", "-H", "A:2", "-HB: 3", &url],
            format!("GET /p HTTP/1.1\r\n{here}b: 1\r\nA: 2\r\nB: 3\r\n{agent}\r\n"),
        ),
        (
            "a header left out, one empty",
            vec!["-H", "User-Agent:", "-H", "X;", &url],
            format!("GET /p HTTP/1.1\r\n{here}X: \r\n\r\n"),
        ),
        (
            "data is a form",
            vec!["-d", "a=1", "--data", "b=2", &url],
            format!("POST /p HTTP/1.1\r\n{here}{form}Content-Length: 7\r\n{agent}\r\na=1&b=2"),
        ),
        (
            "a method and a type of its own",
            vec!["-X", "PUT", "-d", "{}", "-H", "content-type: application/json", &url],
            format!("PUT /p HTTP/1.1\r\n{here}content-type: application/json\r\nContent-Length: 2\r\n{agent}\r\n{{}}"),
        ),
        (
            "a file as it is",
            vec!["--data-binary", &from_file, &url],
            format!("POST /p HTTP/1.1\r\n{here}{form}Content-Length: 12\r\n{agent}\r\nfrom a\r\nfile"),
        ),
        (
            "a file's text without its line ends",
            vec!["-d", &from_file, "-d", "b=2", &url],
            format!("POST /p HTTP/1.1\r\n{here}{form}Content-Length: 14\r\n{agent}\r\nfrom afile&b=2"),
        ),
        (
            "an @ that means nothing",
            vec!["--data-raw", "@x", &url],
            format!("POST /p HTTP/1.1\r\n{here}{form}Content-Length: 2\r\n{agent}\r\n@x"),
        ),
        (
            "data encoded in four ways",
            vec![
                "--data-urlencode",
                "a b",
                "--data-urlencode",
                "=c=d",
                "--data-urlencode",
                "e=f g",
                "--data-urlencode",
                &named,
                &url,
            ],
            format!(
                "POST /p HTTP/1.1\r\n{here}{form}Content-Length: 34\r\n{agent}\r\na+b&c%3Dd&e=f+g&n=from+a%0D%0Afile"
            ),
        ),
        (
            "JSON says what it is",
            vec!["--json", "{\"a\"", "--json", ":1}", &url],
            format!(
                "POST /p HTTP/1.1\r\n{here}Content-Type: application/json\r\nAccept: application/json\r\nContent-Length: 7\r\n{agent}\r\n{{\"a\":1}}"
            ),
        ),
        (
            "data in the URL",
            vec!["-G", "-d", "a=1", "--data-urlencode", "b=x y", &with_query],
            format!("GET /p?q=0&a=1&b=x+y HTTP/1.1\r\n{here}{agent}\r\n"),
        ),
        (
            "who asks and from where",
            vec!["-A", "me/1", "-e", "http://ref.test/", "-r", "0-9", &url],
            format!(
                "GET /p HTTP/1.1\r\n{here}User-Agent: me/1\r\nReferer: http://ref.test/\r\nRange: bytes=0-9\r\n\r\n"
            ),
        ),
        (
            "a file sent",
            vec!["-T", &file_name, &folder],
            format!("PUT /{name} HTTP/1.1\r\n{here}Content-Length: 12\r\n{agent}\r\nfrom a\r\nfile"),
        ),
        (
            "headers left out whoever adds them",
            vec!["-H", "Host:", "-H", "Content-Type:", "-d", "a=1", &url],
            format!("POST /p HTTP/1.1\r\nContent-Length: 3\r\n{agent}\r\na=1"),
        ),
        ("no scheme", vec![&url["http://".len()..]], format!("GET /p HTTP/1.1\r\n{here}{agent}\r\n")),
        (
            "a name of one's own",
            vec!["--resolve", &resolve, &shop],
            format!("GET / HTTP/1.1\r\n{}{agent}\r\n", at("shop.test")),
        ),
        ("a time limit", vec!["--timeout=5.5", &url], format!("GET /p HTTP/1.1\r\n{here}{agent}\r\n")),
    ];
    for (sentence, arguments, expected) in table {
        let output = example("urlopen").arg("-s").args(&arguments).output().unwrap();
        assert_eq!(text(&output.stdout), expected, "{sentence}: {}", text(&output.stderr));
        assert!(output.status.success(), "{sentence}");
    }
    fs::remove_file(file).unwrap();

    let verbose = urlopen(&["-sv", "-H", "Authorization: Basic c2VjcmV0", "-H", "Cookie: a=1", &url]);
    let heads = text(&verbose.stderr);
    assert!(heads.starts_with("> GET /p HTTP/1.1\n> Host: 127.0.0.1"), "{heads}");
    assert!(
        heads.contains("> Authorization: ***\n> Cookie: a=1\n") && heads.contains("< HTTP/1.1 200 OK\n"),
        "{heads}"
    );
    let everything = text(&urlopen(&["-svv", "-H", "Authorization: Basic c2VjcmV0", &url]).stderr);
    assert!(everything.contains("> Authorization: Basic c2VjcmV0\n"), "{everything}");
}

#[test]
fn urlopen_asks_the_proxy_it_is_told_to() {
    let proxy = Server::start(|request| match request.method() {
        "CONNECT" => Reply::status(403, "No").body("no tunnel"),
        _ => Reply::ok(format!("proxy {} {:?}", request.target(), request.header("Proxy-Authorization"))),
    });
    let site = Server::start(|request| Reply::ok(format!("site {}", request.target())));
    let (url, address) = (site.url("/p"), format!("127.0.0.1:{}", proxy.port()));
    let (by_proxy, straight) = (format!("proxy {url} None"), "site /p".to_owned());
    let (with_user, of_me) = (format!("me:pw@{address}"), format!("proxy {url} Some(\"Basic bWU6cHc=\")"));
    let broken = "ftp://me:secret@h";
    for (sentence, variables, arguments, expected) in [
        ("none", &[][..], &[][..], &straight),
        ("a flag", &[], &["-x", &address], &by_proxy),
        ("a user", &[], &["--proxy", &with_user], &of_me),
        ("a host that goes without", &[], &["-x", &address, "--noproxy", "127.0.0.1"], &straight),
        ("another host", &[], &["-x", &address, "--noproxy", "127.0.0.2"], &by_proxy),
        ("a variable", &[("http_proxy", address.as_str())], &[], &by_proxy),
        ("a variable for all", &[("ALL_PROXY", &address)], &[], &by_proxy),
        ("a flag before a variable", &[("http_proxy", broken)], &["-x", &address], &by_proxy),
        ("an empty flag", &[("http_proxy", broken)], &["-x", ""], &straight),
        ("no_proxy", &[("http_proxy", &address), ("no_proxy", "127.0.0.0/8")], &[], &straight),
        ("a flag before no_proxy", &[("http_proxy", &address), ("no_proxy", "*")], &["--noproxy", ""], &by_proxy),
        ("httpoxy", &[("HTTP_PROXY", &address), ("REQUEST_METHOD", "GET")], &[], &straight),
    ] {
        let mut command = example("urlopen");
        let output = command.envs(variables.iter().copied()).args(["-s", &url]).args(arguments).output().unwrap();
        assert_eq!(text(&output.stdout), *expected, "{sentence}: {}", text(&output.stderr));
    }
    let output = example("urlopen").env("http_proxy", broken).args(["-s", &url]).output().unwrap();
    let stderr = text(&output.stderr);
    assert!(stderr.contains("the proxy failed: http_proxy cannot be used: its scheme is \"ftp\""), "{stderr}");
    assert!(!stderr.contains("secret"), "{stderr}");
    #[cfg(feature = "tls")]
    {
        let output = urlopen(&["-s", "-x", &address, "https://a.test/"]);
        assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(22), ""), "no page of the site's");
        assert!(
            text(&output.stderr)
                .starts_with("no tunnelerror: https://a.test/: HTTP error 403: No (said the proxy http://"),
            "{}",
            text(&output.stderr)
        );
    }
}

#[cfg(feature = "tls")]
#[test]
fn proxies_are_chosen_by_scheme_host_and_request() {
    let output = example("proxy").output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(text(&output.stdout), fs::read_to_string("fixtures/examples/proxy.txt").unwrap());
}

#[test]
fn urlopen_says_what_is_wrong_with_its_flags() {
    for (arguments, expected) in [
        (vec!["--nonsense"], "error: there is no flag --nonsense; --help lists those that there are\n"),
        (vec!["--compresed"], "error: there is no flag --compresed; did you mean --compressed?\n"),
        (vec!["--limit-rate", "x"], "error: curl's --limit-rate is not offered here; --help lists what is\n"),
        (vec!["-W"], "error: there is no flag -W; --help lists those that there are\n"),
        (vec!["-Z"], "error: curl's -Z is not offered here; --help lists what is\n"),
        (vec!["-F", "x", "http://h/"], "error: -F takes NAME=CONTENT, not \"x\"\n"),
        (
            vec!["-F", "x=y;encoder=base64", "http://h/"],
            "error: -F knows ;type= and ;filename=, not \";encoder=base64\"; a content that holds a ; stands in double quotes\n",
        ),
        (vec!["--max-redirs", "-2", "http://h/"], "error: --max-redirs takes a number, not \"-2\"\n"),
        (vec!["-H", "no colon", "http://h/"], "error: -H takes 'NAME: VALUE', not \"no colon\"\n"),
        (vec!["--timeout", "soon", "http://h/"], "error: --timeout takes a number of seconds, not \"soon\"\n"),
        (vec!["--resolve", "h:80", "http://h/"], "error: --resolve takes HOST:PORT:ADDRESS, not \"h:80\"\n"),
        (vec!["-X", "G T", "http://me:pw@h/"], "error: http://h/: \"G T\" is not a request method\n"),
        (
            vec!["-H", "A B: 1", "http://me:pw@h/"],
            "error: http://h/: the header \"A B\" cannot be sent: the name is not a token\n",
        ),
        (
            vec!["--data-binary", "@/no/such", "http://me:pw@h/"],
            "error: http://h/: the file \"/no/such\" cannot be sent: No such file or directory (os error 2)\n",
        ),
    ] {
        let output = urlopen(&arguments);
        assert_eq!((text(&output.stderr).as_str(), output.status.code()), (expected, Some(1)), "{arguments:?}");
    }
    let help = urlopen(&["--help"]);
    assert!(help.status.success() && text(&help.stdout).contains("--resolve HOST:PORT:ADDRESS"));
}

#[cfg(target_os = "linux")]
#[test]
fn urlopen_lives_with_outputs_that_are_gone() {
    let server = Server::start(|_| Reply::ok("x"));
    let full = || fs::File::options().write(true).open("/dev/full").unwrap();
    let url = server.url("/");
    let verbose = example("urlopen").args(["-sv", &url]).stderr(full()).output().unwrap();
    assert_eq!((verbose.status.code(), text(&verbose.stdout).as_str()), (Some(0), "x"));
    let unread = example("urlopen").args(["-s", &url, &url]).stdout(full()).stderr(Stdio::piped()).output().unwrap();
    let expected = format!("error: {url}: No space left on device (os error 28)\n");
    assert_eq!((unread.status.code(), text(&unread.stderr)), (Some(1), expected), "it stops at the first");
}

#[test]
fn the_jar_works_without_an_opener() {
    let output = example("jar_without_opener").output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let expected = fs::read_to_string("fixtures/examples/jar_without_opener.txt").unwrap();
    assert_eq!(text(&output.stdout), expected);
}

/// Examples whose output was read once, found right, and kept.
#[test]
fn examples_print_what_they_printed() {
    for name in ["dates", "own_jar", "own_retry", "referer", "requests", "robots", "unverifiable"] {
        let output = example(name).output().unwrap();
        assert!(output.status.success(), "{name}: {}", text(&output.stderr));
        let expected = fs::read_to_string(format!("fixtures/examples/{name}.txt")).unwrap();
        assert_eq!(text(&output.stdout), expected, "{name}");
    }
}

#[test]
fn cookies_are_saved_and_loaded() {
    let output = example("save_and_load").output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let expected = "no cookies yet\nthis is visit 1\n1 cookie(s) saved\n\
                    1 cookie(s) loaded\nthis is visit 2\n1 cookie(s) saved\n";
    assert_eq!(text(&output.stdout), expected);
}

#[cfg(feature = "ftp")]
#[test]
fn files_come_by_ftp() {
    let output = example("ftp").env("RUST_LOG", "clientcookie=debug").output().unwrap();
    let (shown, told) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{told}");
    assert_eq!(
        shown,
        "/\nContent-Type: text/plain\n\nnotes.txt\npub\n\n\
         /notes.txt\nContent-Type: text/plain\nContent-Length: 10\n\nBuy milk.\n\n\
         /pub/page.html\nContent-Type: text/html\nContent-Length: 15\n\n<h1>Hello</h1>\n\n\
         the FTP server has no such file, or does not give it: 550 There is no none.\n"
    );
    assert!(told.contains("> USER me\n") && told.contains("> PASS ***\n") && told.contains("< 230 Come in."), "{told}");
    assert!(!told.contains("secret"), "{told}");
    assert_eq!(told.matches("> USER").count(), 1, "one login: {told}");
}

/// What an example that succeeds says.
fn said(name: &str) -> String {
    let output = example(name).output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

#[test]
fn responses_are_read_twice() {
    let expected = "what came: \"one line\\nand\\nanother one\"\nline: one line\nline: and\nline: another one\n\
                    from 9 to 24: \"and\\nanother one\"\n5 words\n\
                    404 Not Found: \"nothing here\"\nagain: \"nothing here\"\n";
    assert_eq!(said("seekable"), expected);
}

#[test]
fn compressed_pages_are_decoded_or_raw() {
    let shown = said("gzip");
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(lines[0], "24000 bytes; Content-Encoding: None");
    assert!(lines[1].ends_with(" bytes; Content-Encoding: Some(\"gzip\")"), "{shown}");
    assert!(lines[2].starts_with("http://example.com/song: the body was cut short after "), "{shown}");
    let asked = ["gzip, deflate", "gzip", "gzip, deflate"].map(|value| format!("asked with Accept-Encoding: {value}"));
    assert_eq!(lines[3..], asked);
}

#[test]
fn pages_are_mended_and_tidied() {
    assert_eq!(
        said("comment_clean"),
        "Content-Type: text/html\nContent-Length: 80\n\n\
         <p>one</p><!--half a comment--><p>two</p><!--a whole one--><!-- and - dashes -->\n"
    );
    assert_eq!(
        said("tidy"),
        "Content-Type: text/html; charset=utf-8\nContent-Length: 171\n\n\
         <html><head><title>Café</title></head><body><p>one</p><p>two <b>bold <i>both</i></b><i> italic</i>\
         <table><tbody><tr><td>cell</td></tr></tbody></table>©</p></body></html>\n"
    );
}

#[test]
fn the_log_shows_what_goes_on() {
    const COOKIES: &str = "[DEBUG clientcookie::cookies] cookie x for .example.com/ not stored: ";
    const WIRE: &str = "[DEBUG clientcookie::wire] > GET /new HTTP/1.1\n";
    const REDIRECT: &str = "[INFO  clientcookie::http_redirects] 302 http://127.0.0.1:";
    const RESPONSE: &str = "[INFO  clientcookie::http_responses] <p>here</p>\n";
    for (filter, there, missing) in [
        (None, vec![COOKIES, WIRE, REDIRECT, RESPONSE], vec![]),
        (Some("clientcookie=info"), vec![REDIRECT, RESPONSE], vec![COOKIES, WIRE]),
        (Some("clientcookie::cookies=debug"), vec![COOKIES], vec![WIRE, REDIRECT, RESPONSE]),
        (Some("off"), vec![], vec![COOKIES, WIRE, REDIRECT, RESPONSE]),
    ] {
        let mut command = example("logging");
        let output = command.envs(filter.map(|filter| ("RUST_LOG", filter))).output().unwrap();
        let logged = text(&output.stderr);
        assert_eq!((output.status.success(), text(&output.stdout).as_str()), (true, "<p>here</p>\n"), "{logged}");
        assert!(there.iter().all(|line| logged.contains(line)), "{filter:?}: {logged}");
        assert!(!missing.iter().any(|line| logged.contains(line)), "{filter:?}: {logged}");
        assert!(!logged.contains("31d"), "{filter:?}: {logged}");
    }
    // What became of each cookie, in order.
    let output = example("logging").env("RUST_LOG", "clientcookie::cookies=debug").output().unwrap();
    let logged = text(&output.stderr);
    let lines = logged.lines().filter_map(|line| line.split_once("] ")).map(|(_, line)| line);
    // When it expired is told by the clock.
    let lines: Vec<&str> = lines.map(|line| line.split("; Expires=").next().unwrap()).collect();
    assert_eq!(
        lines,
        [
            "cookie sid for 127.0.0.1/ stored: sid=***; Path=/",
            "cookie x for .example.com/ not stored: the host does not belong to its domain",
            "cookie sid for 127.0.0.1/ sent",
            "cookie sid for 127.0.0.1/ stored in the place of another: sid=***; Path=/; HttpOnly",
            "cookie sid for 127.0.0.1/ deleted: sid=***; Path=/",
        ]
    );
}

#[cfg(feature = "sqlite")]
#[test]
fn programs_share_a_jar() {
    let output = example("database_jar").output().unwrap();
    assert_eq!(text(&output.stderr), "");
    let expected = "another program opens /       Who are you?\nthis one sees 0 cookie(s)\n\
                    another program opens /login  Welcome.\nthis one sees 1 cookie(s)\n\
                    another program opens /       Hello, guest.\nthis one sees 1 cookie(s)\n\
                    the session is over: 0 cookie(s)\n";
    assert_eq!(text(&output.stdout), expected);
}

#[cfg(feature = "sqlite")]
#[test]
fn the_cookies_of_firefox_are_listed() {
    let output = example("read_firefox").arg("fixtures/files/browsers/firefox-12.sqlite").output().unwrap();
    let shown = text(&output.stdout);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let (lines, expected) = (shown.lines().collect::<Vec<_>>(), "www.shop.test/  far=…  until 9999-12-31 23:59:59Z");
    assert!(lines.contains(&expected) && shown.contains(" cookie(s), "), "{shown}");
    assert!(shown.ends_with("skipped, record 38: there is no domain\n"), "{shown}");
    assert!(!shown.contains("a b\""), "values are not shown: {shown}");

    let home = env::temp_dir().join(format!("read_firefox-{}", std::process::id()));
    let profile = home.join(".mozilla/firefox/abc.default");
    let mut example = example("read_firefox");
    example.env_clear().env("HOME", &home);
    assert_eq!(text(&example.output().unwrap().stdout), "no profile of Firefox was found\n");
    if cfg!(target_os = "linux") {
        fs::create_dir_all(&profile).unwrap();
        fs::write(home.join(".mozilla/firefox/profiles.ini"), "[Profile0]\nName=me\nPath=abc.default\n").unwrap();
        fs::copy("fixtures/files/browsers/gnome-web.sqlite", profile.join("cookies.sqlite")).unwrap();
        let shown = text(&example.output().unwrap().stdout);
        let place = profile.join("cookies.sqlite");
        assert!(shown.starts_with(&format!("Firefox, profile me: {}\n", place.display())), "{shown}");
        fs::remove_dir_all(home).unwrap();
    }
}

#[test]
fn cookies_are_shared_with_curl() {
    let output = example("share_with_curl").output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let shown = text(&output.stdout);
    if shown.contains("not installed") {
        return println!("skipped: {shown}");
    }
    let expected = "here: /login got the cookies none\nhere: 2 cookie(s) saved\n\
                    curl: /basket got the cookies hint=new, sid=31d4\n\
                    here: 2 cookie(s) loaded\nhere: /account got the cookies basket=1, sid=31d4\n";
    assert_eq!(shown, expected);
    let output = example("share_with_curl").env("PATH", "").output().unwrap();
    assert_eq!(text(&output.stdout), "curl is not installed, so there is nobody to share with\n");
}

#[test]
fn urlopen_takes_cookies_as_curl_does_or_says_why_not() {
    let server = Server::start(|request| {
        Reply::ok(request.header("Cookie").unwrap_or_default()).header("Set-Cookie", "set=1").then_close()
    });
    let folder = env::temp_dir().join(format!("urlopen-front-door-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let name = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let file = |file: &str, content: &str| {
        fs::write(folder.join(file), content).unwrap();
        name(file)
    };
    const HEAD: &str = "# Netscape HTTP Cookie File\n";
    let url = server.url("/");
    let eighth = file("eighth", &format!("{HEAD}127.0.0.1\tFALSE\t/\tFALSE\t1999999999\tn\tv\tenc\n"));
    let quoted = file("quoted", &format!("{HEAD}127.0.0.1\tFALSE\t/\tFALSE\t1999999999\tq\t\"a; b\"\n"));
    let heads = file("heads", "HTTP/1.1 200 OK\r\nSet-Cookie: h=1\r\n\r\n");
    let (lwp, none) = (name("new.lwp"), name("no/such"));
    let told = |file: &str, what: &str| format!("warning: {file}: {what}\n");
    let kept = |file: &str| format!("warning: what was not loaded is in {file}.bak\n");
    let long = told(&eighth, "skipped, line 2: it has more than seven columns") + &kept(&eighth);
    let refused =
        told(&quoted, "refused, cookie q for 127.0.0.1/: its name or value holds a separator") + &kept(&quoted);
    for (sentence, arguments, body, error) in [
        ("cookies in place of a file", vec!["-b", "sid=31d4; x=1", &url], "sid=31d4; x=1", String::new()),
        ("no file, to switch cookies on", vec!["-b", "", &url], "", String::new()),
        ("a head", vec!["-b", &heads, &url], "h=1", String::new()),
        ("what is skipped is told, and kept", vec!["-b", &eighth, "-c", &eighth, &url], "", long),
        ("what is refused is told, and kept", vec!["-b", &quoted, "-c", &quoted, &url], "", refused),
        ("an LWP file, by its name", vec!["-c", &lwp, &url], "", String::new()),
        ("and again", vec!["-b", &lwp, &url], "set=1", String::new()),
        (
            "no folder to save in, before the first request",
            vec!["-c", &none, &url],
            "",
            format!("error: {none}: cannot be written: No such file or directory (os error 2)\n"),
        ),
    ] {
        let output = example("urlopen").arg("-s").args(&arguments).output().unwrap();
        assert_eq!((text(&output.stdout).as_str(), text(&output.stderr)), (body, error), "{sentence}");
        assert_eq!(output.status.success(), !text(&output.stderr).starts_with("error"), "{sentence}");
    }
    assert!(fs::read_to_string(&lwp).unwrap().starts_with("#LWP-Cookies-2.0\n"));
    assert!(fs::read_to_string(name("eighth.bak")).unwrap().ends_with("\tenc\n"));
    let output = example("urlopen").args(["-s", "-c", "-", &url]).current_dir(&folder).output().unwrap();
    assert!(text(&output.stdout).ends_with("\n127.0.0.1\tFALSE\t/\tFALSE\t0\tset\t1\n"), "on stdout");
    assert!(!folder.join("-").exists());
    let mut reader = example("urlopen");
    let reader = reader.args(["-s", "-b", "-", &url]).stdin(fs::File::open(&lwp).unwrap());
    assert_eq!(text(&reader.output().unwrap().stdout), "set=1", "from stdin");
    if cfg!(unix) {
        for (sentence, arguments, begin) in [
            ("nowhere to save", vec!["-c", "/dev/null", &url], String::new()),
            ("no file to load", vec!["-b", "/dev/null", &url], String::new()),
            ("a folder", vec!["-b", folder.to_str().unwrap(), &url], format!("error: {}: ", folder.display())),
            ("a device", vec!["-c", "/dev/full", &url], "error: /dev/full: is not a regular file".to_owned()),
            ("a pipe", vec!["-b", "/proc/self/fd/0", &url], "error: /proc/self/fd/0: is not a reg".to_owned()),
        ] {
            let mut command = example("urlopen");
            let command = command.arg("-s").args(&arguments).stdin(Stdio::piped());
            let output = command.output().unwrap();
            let said = text(&output.stderr);
            assert!(said.starts_with(&begin) && said.is_empty() == begin.is_empty(), "{sentence}: {said}");
            assert_eq!(output.status.success(), begin.is_empty(), "{sentence}");
        }
    }
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn urlopen_loads_and_saves_cookie_files() {
    let server = Server::start(|request| {
        let reply = Reply::ok(request.header("Cookie").unwrap_or_default());
        match request.target() {
            "/set" => reply.header("Set-Cookie", "sid=1; HttpOnly").header("Set-Cookie2", "two=2; Version=1"),
            "/odd" => reply.header("Set-Cookie", "odd=a\tb"),
            _ => reply,
        }
    });
    let folder = env::temp_dir().join(format!("urlopen-cookies-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let name = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (saved, lwp, missing, bad) = (name("saved"), name("lwp"), name("missing"), name("bad"));
    fs::write(&lwp, "#LWP-Cookies-1.0\nSet-Cookie3: a=1; path=/; domain=127.0.0.1; discard\n").unwrap();
    fs::write(&bad, "<html>\n").unwrap();
    let (set, page, odd) = (server.url("/set"), server.url("/"), server.url("/odd"));
    let said = "warning: the cookie \"odd\" is not saved: there is a control character in it\n".to_owned();
    let no_file = format!("error: {bad}: line 1: not a cookies.txt file: this is a page of HTML or XML\n");
    let not_there = format!("warning: {missing}: there is no such file, and so no cookies of it\n");
    for (sentence, arguments, body, error) in [
        ("a file that is not there is empty", vec!["-b", &missing, "-c", &saved, &set], "", not_there),
        ("the first time, it is yet to be saved", vec!["-b", &saved, "-c", &saved, &set], "sid=1", String::new()),
        ("what was saved is loaded", vec!["-b", &saved, &page], "sid=1", String::new()),
        ("two files of two formats", vec!["-b", &saved, "-b", &lwp, &page], "sid=1; a=1", String::new()),
        ("RFC 2965", vec!["--rfc2965", &set, &page], "$Version=1; two=2; sid=1", String::new()),
        ("a cookie that cannot be saved", vec!["--classic", "-c", &saved, &odd], "", said),
        ("no cookie file", vec!["-b", &bad, &page], "", no_file),
    ] {
        let output = example("urlopen").arg("-s").args(&arguments).output().unwrap();
        assert_eq!((text(&output.stdout).as_str(), text(&output.stderr)), (body, error), "{sentence}");
    }
    fs::remove_dir_all(folder).unwrap();
}

#[cfg(feature = "tls")]
#[test]
fn urlopen_trusts_whom_it_is_told_to() {
    let server = Server::start_tls("localhost", |_| Reply::ok("secret page"));
    let url = server.url("/");
    let ca = crate::support::fixture("ca.pem");
    let ca = ca.to_str().unwrap();
    for (sentence, arguments, code, body, error) in [
        ("strangers are not trusted", vec!["-s", &url], 1, "", "TLS failed: invalid peer certificate: UnknownIssuer"),
        ("a CA of one's own", vec!["-s", "--cacert", ca, &url], 0, "secret page", ""),
        ("anyone, if told so", vec!["-sk", &url], 0, "secret page", ""),
        ("a CA besides others", vec!["-s", "--add-cacert", ca, &url], 0, "secret page", ""),
        ("a CA nobody named", vec!["-s", &url], 1, "", "--cacert FILE"),
        ("a CA file that is not there", vec!["--cacert", "/no/such.pem", &url], 1, "", "/no/such.pem: No such file"),
    ] {
        let output = urlopen(&arguments);
        assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(code), body), "{sentence}");
        assert!(text(&output.stderr).contains(error), "{sentence}: {}", text(&output.stderr));
    }
}

#[test]
fn a_page_says_what_it_is() {
    let output = example("http_equiv").output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let plain = "Content-Type: text/html\n";
    let safe = format!("{plain}Content-Type: text/html; charset=ISO-8859-2\nContent-Language: pl\n");
    let expected = format!(
        "without the processor:\n{plain}\n<body>Życie zająca</body>\n\n\
         with it:\n{safe}\n<body>Życie zająca</body>\n\n\
         with every name, as the original:\n{safe}Set-Cookie: sid=31d4\n\n<body>Życie zająca</body>\n\n"
    );
    assert_eq!(text(&output.stdout), expected);
}

#[test]
fn a_refresh_is_followed_or_said_not_to_be() {
    let output = example("refresh").env("RUST_LOG", "clientcookie::http_redirects=debug").output().unwrap();
    let log = text(&output.stderr);
    assert!(output.status.success(), "{log}");
    let url = |path: &str| format!("http://example.com{path}");
    let expected = format!(
        "(waiting for 3s)\n302 Found {}\n200 OK {}\n200 OK {}\n200 OK {}\nthe result\n\n\
         200 OK {}\nthe news\n\n200 OK {}\na page that means no good\n\n",
        url("/start"),
        url("/job"),
        url("/job?try=2"),
        url("/result"),
        url("/news"),
        url("/trap"),
    );
    assert_eq!(text(&output.stdout), expected);
    for line in [
        "/news: the refresh is not followed: it is to wait 330s, and the limit is 10s\n",
        "/trap: the refresh is not followed: its scheme is \"javascript\", and only http, https and ftp are followed\n",
    ] {
        assert!(log.contains(line), "{log}");
    }
    assert_eq!(log.lines().count(), 2, "{log}");
}

/// For ten minutes it is run by hand; see `docs/soak.md`.
#[test]
fn many_threads_get_what_a_server_that_misbehaves_has_sent() {
    let output = example("soak").arg("1").output().unwrap();
    let shown = text(&output.stdout);
    assert!(output.status.success(), "{shown}\n{}", text(&output.stderr));
    assert!(shown.ends_with("all is well\n"), "{shown}");
}

#[cfg(feature = "har")]
#[test]
fn replay_answers_without_the_site() {
    let shown = said("replay");
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(lines[..2], ["from the site:      three new letters", "from the recording: three new letters"]);
    assert!(
        lines[2].contains("no answer to GET /logout was recorded; the nearest are GET /login (its path is another)")
    );
    assert_eq!(lines[3], "the cookie's value is in the file: false");
}

#[cfg(feature = "har")]
#[test]
fn urlopen_writes_a_trace_and_replays_it() {
    let server = Server::start(|_| Reply::ok("from the site").header("Set-Cookie", "sid=31d4"));
    let folder = env::temp_dir().join(format!("clientcookie-urlopen-trace-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let (page, har) = (folder.join("trace.html"), folder.join("trace.har"));
    let (page, har) = (page.to_str().unwrap(), har.to_str().unwrap());
    let url = server.url("/page");
    let output = urlopen(&["-s", "--trace", "--trace-html", page, "--har", har, &url]);
    assert_eq!(text(&output.stdout), "from the site");
    let told = text(&output.stderr);
    assert!(told.contains("cookie sid for 127.0.0.1/ stored\n") && !told.contains("31d4"), "{told}");
    assert!(fs::read_to_string(page).unwrap().contains("cookie sid for 127.0.0.1/ stored"));
    drop(server);
    let output = urlopen(&["-s", "--har", har, "--replay", &url]);
    assert_eq!(text(&output.stdout), "from the site", "{}", text(&output.stderr));
    let output = urlopen(&["-s", "--har", har, "--replay", "http://h.test/"]);
    assert!(text(&output.stderr).contains("no answer to GET http://h.test/ was recorded"), "{}", text(&output.stderr));
    fs::remove_dir_all(&folder).unwrap();
}

#[cfg(feature = "redis")]
#[test]
fn one_machine_of_a_fleet_logs_in_for_all() {
    let shown = said("fleet");
    if shown.starts_with("skipped: ") {
        return println!("{shown}");
    }
    let expected = "machine 1 opens /letters: who are you?\nmachine 2 opens /login: you are logged in\n\
                    machine 3 opens /letters: three new letters\n";
    assert_eq!(shown, expected);
}
