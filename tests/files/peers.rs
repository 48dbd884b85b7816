//! Real programs: what they load of files written here, and what is loaded here of theirs. One that
//! is not installed is reported as skipped.
//!
//! The `Cookie` header of the page tells which cookies a program has. Names on the loopback
//! interface other than addresses are not to be had everywhere, so all is on 127.0.0.1.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use super::*;
use crate::support::{Reply, Server};

/// Runs a program on a cookie file: it loads the file, opens the URL, and saves if it can.
type Run = fn(url: &str, file: &Path) -> Command;

struct Peer {
    name: &'static str,
    format: Format,
    run: Run,
    /// What it sends after it has loaded a file written here.
    sends: &'static str,
    /// What is sent here after it has saved the server's cookies.
    gives: &'static str,
}

#[derive(Clone, Copy)]
enum Format {
    Lwp,
    Mozilla,
    /// With Python's session cookies.
    Python,
}

const ALL: &str = "deep=1; lasting=\"a b\"; session=s; hidden=h; empty=";

const PEERS: &[Peer] = &[
    Peer {
        name: "curl",
        format: Format::Mozilla,
        run: curl,
        // Plain http to this machine is secure to it.
        sends: "deep=1; lasting=\"a b\"; session=s; hidden=h; empty=; secure=1",
        gives: "deep=d; lasting=l; session=s; hidden=h",
    },
    Peer {
        name: "wget",
        format: Format::Mozilla,
        run: wget,
        // The line of an HttpOnly cookie is a comment to it.
        sends: "deep=1; lasting=\"a b\"; session=s; empty=",
        gives: "deep=d; lasting=l; session=s; hidden=h",
    },
    Peer {
        name: "python3",
        format: Format::Python,
        run: |url, file| python("MozillaCookieJar", url, file),
        sends: ALL,
        gives: "deep=d; lasting=l; session=s; hidden=h",
    },
    Peer {
        name: "python3",
        format: Format::Lwp,
        run: |url, file| python("LWPCookieJar", url, file),
        sends: ALL,
        gives: "deep=d; lasting=l; session=s; hidden=h",
    },
    Peer {
        name: "perl",
        format: Format::Lwp,
        run: |url, file| perl("HTTP::Cookies", url, file),
        sends: ALL,
        gives: "deep=d; lasting=l; session=s; hidden=h",
    },
    Peer {
        name: "perl",
        format: Format::Mozilla,
        run: |url, file| perl("HTTP::Cookies::Netscape", url, file),
        // It takes a 0 for a date, and saves no session cookie.
        sends: "deep=1; lasting=\"a b\"; hidden=h; empty=",
        gives: "deep=d; lasting=l",
    },
    Peer {
        name: "aria2c",
        format: Format::Mozilla,
        run: aria2,
        // The line of an HttpOnly cookie is a comment to it.
        sends: "deep=1; lasting=\"a b\"; session=s; empty=",
        gives: "deep=d; lasting=l; session=s; hidden=h",
    },
    Peer {
        name: "lynx",
        format: Format::Mozilla,
        run: lynx,
        // It takes a 0 for a date, and the line of an HttpOnly cookie for a comment.
        sends: "deep=1; lasting=\"a b\"; empty=",
        gives: "deep=d; lasting=l",
    },
    Peer {
        name: "ruby",
        format: Format::Mozilla,
        run: ruby,
        // It quotes once more what has quotes.
        sends: "deep=1; lasting=\"\\\"a b\\\"\"; session=s; hidden=h; empty=",
        gives: "deep=d; lasting=l; session=s; hidden=h",
    },
];

fn curl(url: &str, file: &Path) -> Command {
    let mut command = Command::new("curl");
    command.args(["--disable", "-sS", "--noproxy", "*", "-b"]).arg(file).arg("-c").arg(file).arg(url);
    command
}

fn wget(url: &str, file: &Path) -> Command {
    let mut command = Command::new("wget");
    command.args(["--no-config", "--no-hsts", "--no-proxy", "-q", "-O", "-", "--keep-session-cookies"]);
    command.arg("--load-cookies").arg(file).arg("--save-cookies").arg(file).arg(url);
    command
}

/// It prints no page, but saves it.
fn aria2(url: &str, file: &Path) -> Command {
    let mut command = Command::new("sh");
    let program =
        "aria2c --no-conf -q --all-proxy= --load-cookies=\"$1\" --save-cookies=\"$1\" -d / -o \"$1.page\" \"$0\"";
    command.args(["-c", &format!("{program} && cat \"$1.page\"")]).arg(url).arg(file);
    command
}

/// It loads and saves cookies only if its configuration says so.
fn lynx(url: &str, file: &Path) -> Command {
    let mut command = Command::new("lynx");
    let configuration = file.with_extension("cfg");
    fs::write(&configuration, "SET_COOKIES:TRUE\nACCEPT_ALL_COOKIES:TRUE\nPERSISTENT_COOKIES:TRUE\n").unwrap();
    for (option, path) in [("cfg", &*configuration), ("cookie_file", file), ("cookie_save_file", file)] {
        command.arg(format!("-{option}={}", path.to_str().unwrap()));
    }
    command.args(["-accept_all_cookies", "-source", url]).env_remove("http_proxy");
    command
}

const RUBY: &str = r#"
require "http/cookie_jar"
require "net/http"
uri, file = URI(ARGV[0]), ARGV[1]
jar = HTTP::CookieJar.new
jar.load(file, format: :cookiestxt)
Net::HTTP.new(uri.host, uri.port, nil).start do |http|
  cookie = HTTP::Cookie.cookie_value(jar.cookies(uri))
  response = http.get(uri.path, "Cookie" => cookie)
  response.get_fields("Set-Cookie")&.each { |header| jar.parse(header, uri) }
  print response.body
end
jar.save(file, format: :cookiestxt, session: true)
"#;

fn ruby(url: &str, file: &Path) -> Command {
    let mut command = Command::new("ruby");
    command.args(["-e", RUBY, url]).arg(file);
    command
}

const PYTHON: &str = "
import http.cookiejar, os, sys, urllib.request
kind, url, file = sys.argv[1:]
jar = getattr(http.cookiejar, kind)(file)
if os.path.getsize(file):
    jar.load(ignore_discard=True)
handlers = urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(jar)
sys.stdout.write(urllib.request.build_opener(*handlers).open(url).read().decode())
jar.save(ignore_discard=True)
";

fn python(kind: &str, url: &str, file: &Path) -> Command {
    let mut command = Command::new("python3");
    command.args(["-c", PYTHON, kind, url]).arg(file);
    command
}

/// Without LWP::UserAgent, which is a package of its own: the header is put on a request, and sent
/// by hand.
const PERL: &str = r#"
use HTTP::Cookies; use HTTP::Request; use HTTP::Response; use IO::Socket::INET;
my ($kind, $url, $file) = @ARGV;
my $jar = $kind->new(file => $file, ignore_discard => 1);
my $request = HTTP::Request->new(GET => $url);
$jar->add_cookie_header($request);
my $uri = $request->uri;
my $socket = IO::Socket::INET->new(PeerAddr => $uri->host, PeerPort => $uri->port) or die $!;
my $cookie = $request->header("Cookie");
print $socket "GET " . $uri->path . " HTTP/1.0\r\nHost: " . $uri->host_port . "\r\n" . ($cookie ? "Cookie: $cookie\r\n" : "") . "\r\n";
my $response = HTTP::Response->parse(join "", <$socket>);
$response->request($request);
$jar->extract_cookies($response);
print $response->content;
$jar->save;
"#;

fn perl(kind: &str, url: &str, file: &Path) -> Command {
    let mut command = Command::new("perl");
    command.args(["-e", PERL, kind, url]).arg(file);
    command
}

fn is_there(name: &str) -> bool {
    let arguments: &[&str] = match name {
        "perl" => &["-MHTTP::Cookies", "-e1"],
        "ruby" => &["-rhttp/cookie_jar", "-e1"],
        _ => &["--version"],
    };
    let status = Command::new(name).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let found = status.is_ok_and(|status| status.success());
    if !found {
        println!("skipped: {name} is not installed, or not with what it takes");
    }
    found
}

/// Echoes the `Cookie` header.
fn echo() -> Server {
    Server::start(|request| Reply::ok(request.header("Cookie").unwrap_or_default()).then_close())
}

/// Sets a cookie of each kind.
fn setter() -> Server {
    Server::start(|_| {
        let later = "Expires=Fri, 01 Jan 2038 00:00:00 GMT";
        Reply::ok("")
            .header("Set-Cookie", &format!("deep=d; Path=/a; {later}"))
            .header("Set-Cookie", &format!("lasting=l; Path=/; {later}"))
            .header("Set-Cookie", "session=s; Path=/")
            .header("Set-Cookie", "hidden=h; Path=/; HttpOnly")
            .header("Set-Cookie", &format!("elsewhere=e; Path=/elsewhere; {later}"))
            .then_close()
    })
}

/// `a=1; b=2` without what programs disagree about: the order of cookies with paths of one length,
/// and the blanks between them, of which aria2 sends none.
fn normal(header: &str) -> Vec<String> {
    let pairs = header.split(';').map(|pair| pair.trim().to_owned());
    let mut pairs: Vec<String> = pairs.filter(|pair| !pair.is_empty()).collect();
    pairs.sort();
    pairs
}

fn run(peer: &Peer, url: &str, file: &Path) -> String {
    let output = (peer.run)(url, file).stdin(Stdio::null()).output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{}: {error}", peer.name);
    String::from_utf8(output.stdout).unwrap()
}

/// The cookies that are saved for a peer, of which some are not for the page.
fn sent_jar() -> CookieJar {
    let jar = CookieJar::new();
    let lasting = |name: &str, value: &str| Cookie::new(name, value, "127.0.0.1").with_expires(2_145_916_800);
    jar.set_cookie(lasting("deep", "1").with_path("/a"));
    jar.set_cookie(lasting("lasting", "\"a b\""));
    jar.set_cookie(Cookie::new("session", "s", "127.0.0.1"));
    jar.set_cookie(lasting("hidden", "h").with_http_only(true));
    jar.set_cookie(lasting("empty", ""));
    jar.set_cookie(lasting("elsewhere", "1").with_path("/elsewhere"));
    jar.set_cookie(lasting("secure", "1").with_secure(true));
    jar.set_cookie(Cookie::new("other", "1", ".other.test").with_expires(2_145_916_800));
    jar
}

fn save(jar: &CookieJar, format: Format, file: &Path) {
    let mozilla = |format| FileCookieJar::with_format(format).with_jar(jar).ignore_discard(true);
    match format {
        Format::Lwp => LwpCookieJar::new(file).with_jar(jar).ignore_discard(true).save(),
        Format::Mozilla => mozilla(MozillaFormat::new()).save_file(file),
        Format::Python => mozilla(MozillaFormat::new().python_sessions(true)).save_file(file),
    }
    .unwrap();
}

fn load(format: Format, file: &Path) -> CookieJar {
    let jar = CookieJar::new();
    let report = match format {
        Format::Lwp => LwpCookieJar::new(file).with_jar(&jar).ignore_discard(true).load(),
        Format::Mozilla | Format::Python => MozillaCookieJar::new(file).with_jar(&jar).ignore_discard(true).load(),
    };
    let report = report.unwrap();
    assert_eq!((report.skipped, report.refused.len()), (vec![], 0));
    jar
}

#[test]
fn peers_send_the_cookies_that_are_saved_here() {
    let server = echo();
    for peer in PEERS.iter().filter(|peer| is_there(peer.name)) {
        let folder = Folder::new("peers-load");
        let file = folder.file("cookies");
        save(&sent_jar(), peer.format, &file);
        let sent = run(peer, &server.url("/a/b"), &file);
        assert_eq!(normal(&sent), normal(peer.sends), "{}\n{}", peer.name, fs::read_to_string(&file).unwrap());
        // And what it made of the file can be loaded here.
        assert!(!load(peer.format, &file).is_empty(), "{}", peer.name);
    }
}

#[test]
fn cookies_that_peers_save_are_sent_here() {
    let server = setter();
    for peer in PEERS.iter().filter(|peer| is_there(peer.name)) {
        let folder = Folder::new("peers-save");
        let file = folder.file("cookies");
        fs::write(
            &file,
            if peer.name == "perl" && matches!(peer.format, Format::Lwp) { "#LWP-Cookies-1.0\n" } else { "" },
        )
        .unwrap();
        run(peer, &server.url("/a/b"), &file);
        let jar = load(peer.format, &file);
        let text = fs::read_to_string(&file).unwrap();
        assert_eq!(normal(&header(&jar, &server.url("/a/b"))), normal(peer.gives), "{}\n{text}", peer.name);
    }
}

/// What is asked of every line: the program has one cookie, or none.
fn ask(program: fn(&str, &Path) -> Command, url: &str, file: &Path) -> String {
    let output = program(url, file).stdin(Stdio::null()).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn programs_still_read_odd_lines_so() {
    let server = Server::start(|request| Reply::ok(request.header("Cookie").unwrap_or("-".into())).then_close());
    for (name, program, sent) in [
        ("curl", curl as fn(&str, &Path) -> Command, (|row| row.2) as fn(&odd::OddLine) -> &'static str),
        ("wget", wget, |row| row.3),
    ] {
        if !is_there(name) {
            continue;
        }
        for row in odd::ODD_LINES {
            let folder = Folder::new("peers-odd");
            let file = folder.file("cookies");
            fs::write(&file, format!("# Netscape HTTP Cookie File\n{}\n", row.1.replace("{}", "127.0.0.1"))).unwrap();
            assert_eq!(ask(program, &server.url("/"), &file), sent(row), "{name}, {}", row.0);
        }
    }
}

#[test]
fn addresses_travel_between_programs() {
    let Ok(url) = serve_over_ipv6() else {
        return println!("skipped: this machine has no IPv6");
    };
    for (name, format, program) in [
        ("curl", Format::Mozilla, (|url, file| with_flag(curl(url, file), "-g")) as Run),
        ("wget", Format::Mozilla, wget),
        ("python3", Format::Mozilla, |url, file| python("MozillaCookieJar", url, file)),
        ("python3", Format::Lwp, |url, file| python("LWPCookieJar", url, file)),
    ] {
        if !is_there(name) {
            continue;
        }
        let folder = Folder::new("peers-ipv6");
        let file = folder.file("cookies");
        let jar = CookieJar::new();
        jar.set_cookie(Cookie::new("ours", "1", "[::1]").with_expires(2_145_916_800));
        save(&jar, format, &file);
        let sent = ask(program, &url, &file);
        // Python has a spelling of its own.
        assert_eq!(sent, if name == "python3" { "-" } else { "ours=1" }, "{name}");
        assert!(
            header(&load(format, &file), &url).contains("theirs=1"),
            "{name}: {}",
            fs::read_to_string(&file).unwrap()
        );
    }
}

/// Echoes the `Cookie` header and sets a cookie, on an address with colons. It lasts as long as the
/// tests.
fn serve_over_ipv6() -> std::io::Result<String> {
    let listener = TcpListener::bind("[::1]:0")?;
    let url = format!("http://[::1]:{}/", listener.local_addr()?.port());
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let lines = BufReader::new(&stream).lines().map_while(Result::ok);
            let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
            let cookies = head.iter().find_map(|line| line.strip_prefix("Cookie: ")).unwrap_or("-");
            let set = "Set-Cookie: theirs=1; Path=/; Max-Age=86400";
            let length = cookies.len();
            // A peer that went away is not waited for.
            let _ = write!(stream, "HTTP/1.0 200 OK\r\n{set}\r\nContent-Length: {length}\r\n\r\n{cookies}");
        }
    });
    Ok(url)
}

fn with_flag(mut command: Command, flag: &str) -> Command {
    command.arg(flag);
    command
}

#[test]
fn heads_that_curl_writes_are_loaded_and_curl_loads_the_same() {
    if !is_there("curl") {
        return;
    }
    let (site, echo) = (setter(), echo());
    let folder = Folder::new("peers-heads");
    let (head, none) = (folder.file("head"), folder.file("none"));
    let output = with_flag(curl(&site.url("/a/b"), &none), "-D").arg(&head).output().unwrap();
    assert!(output.status.success());
    let url = url::Url::parse(&site.url("/a/b")).unwrap();
    let jar = FileCookieJar::with_format(ResponseHeadFormat::new().url(&url)).ignore_discard(true);
    let report = jar.load_file(&head).unwrap();
    assert_eq!((report.stored, report.is_lossy()), (5, false));
    let sent = header(&jar, &echo.url("/a/b"));
    assert_eq!(normal(&sent), normal("deep=d; lasting=l; session=s; hidden=h"));
    assert_eq!(normal(&ask(curl, &echo.url("/a/b"), &head)), normal(&sent), "curl -b, of the same head");
}

/// Loads a storage state, opens a page that shows its cookies and one that sets some, and saves the
/// state.
#[cfg(feature = "json")]
const PLAYWRIGHT: &str = r#"
const { chromium } = require("playwright-core");
const [state, echo, setter] = process.argv.slice(1);
(async () => {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
  const context = await browser.newContext({ storageState: state });
  const page = await context.newPage();
  process.stdout.write(await (await page.goto(echo)).text());
  await page.goto(setter);
  await context.storageState({ path: state });
  await browser.close();
})().catch((error) => { console.error(error); process.exit(1); });
"#;

#[cfg(feature = "json")]
#[test]
fn chromium_loads_a_storage_state_and_saves_one_that_is_loaded() {
    let found = |name: &str, arguments: &[&str]| {
        let status = Command::new(name).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    };
    let Some(chromium) =
        ["/usr/bin/chromium", "/usr/bin/chromium-browser"].iter().find(|path| Path::new(path).exists())
    else {
        return println!("skipped: chromium is not installed");
    };
    if !found("node", &["-e", "require('playwright-core')"]) {
        return println!("skipped: node does not find playwright-core; NODE_PATH names its folder");
    }
    let (echo, setter) = (echo(), setter());
    let folder = Folder::new("peers-playwright");
    let state = folder.file("state.json");
    let json = FileCookieJar::<JsonFormat>::new(&state).ignore_discard(true);
    json.clone().with_jar(&sent_jar()).save().unwrap();
    let mut node = Command::new("node");
    node.args(["-e", PLAYWRIGHT]).arg(&state).arg(echo.url("/a/b")).arg(setter.url("/a/b"));
    let output = node.env("CHROMIUM", chromium).stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // Plain http to this machine is secure to it.
    let expected = "deep=1; lasting=\"a b\"; session=s; hidden=h; empty=; secure=1";
    assert_eq!(normal(&String::from_utf8(output.stdout).unwrap()), normal(expected));
    let report = json.load().unwrap();
    assert_eq!(report.kind, Some(FileKind::Json(JsonKind::StorageState)));
    assert!(!report.is_lossy(), "{:?}", report.problems().collect::<Vec<_>>());
    let sent = header(&json, &setter.url("/a/b"));
    assert_eq!(normal(&sent), normal("deep=d; lasting=l; session=s; hidden=h; empty="));
}
