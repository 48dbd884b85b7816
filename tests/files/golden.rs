//! Files that real programs wrote, in `fixtures/files`; its README tells how they were made.

use std::path::Path;
use std::process::Command;

use super::*;
use crate::support::{Reply, Server};

pub(super) const FILES: &[&str] = &[
    "curl.txt",
    "wget.txt",
    "aria2.txt",
    "lynx.txt",
    "ruby.txt",
    "python-mozilla.txt",
    "perl-netscape.txt",
    "python.lwp",
    "perl.lwp",
];

fn load(name: &str) -> CookieJar {
    let path = Path::new("fixtures/files").join(name);
    let jar = memory();
    let report = match name.ends_with(".lwp") {
        true => everything(LwpCookieJar::new(path)).with_jar(&jar).load(),
        false => everything(MozillaCookieJar::new(path)).with_jar(&jar).load(),
    };
    let report = report.unwrap();
    assert_eq!((report.skipped, report.refused.len()), (vec![], 0), "{name}");
    jar
}

#[test]
fn files_of_real_programs_are_read() {
    let mut read = String::new();
    for name in FILES {
        let jar = load(name);
        read += &format!("== {name}\n");
        for cookie in cookies(&jar) {
            let expires = cookie.expires().map_or("session".to_owned(), time2iso);
            let rest: Vec<String> =
                cookie.nonstandard_attributes().map(|(name, value)| format!("{name}={value:?}")).collect();
            read += &format!("{cookie} {expires} {}\n", rest.join(" "));
        }
        for url in ["http://www.shop.test/set/x", "http://m.shop.test/", "http://m.www.shop.test/"] {
            read += &format!("{url}: {}\n", header(&jar, url));
        }
    }
    let read: String = read.lines().map(|line| format!("{}\n", line.trim_end())).collect();
    let expected = fs::read_to_string("fixtures/files/expected.txt").unwrap();
    assert!(read == expected, "expected.txt is not what was read:\n{read}");
}

#[test]
fn files_of_real_programs_lose_nothing_when_saved_again_as_lwp() {
    for name in FILES {
        let jar = load(name);
        let again = everything(lwp());
        again.load_from(saved(&everything(lwp()).with_jar(&jar)).as_bytes()).unwrap();
        assert_eq!(cookies(&again), cookies(&jar), "{name}");
    }
}

const PYTHON: &str = "
import http.cookiejar, sys, urllib.request
kind, proxy, file = sys.argv[1:]
jar = getattr(http.cookiejar, kind)(file)
handlers = urllib.request.ProxyHandler({'http': proxy}), urllib.request.HTTPCookieProcessor(jar)
urllib.request.build_opener(*handlers).open('http://www.shop.test/set/page').read()
jar.save(ignore_discard=True)
";

const PERL: &str = r#"
use HTTP::Cookies; use HTTP::Request; use HTTP::Response; use IO::Socket::INET; use URI;
my ($kind, $proxy, $file) = @ARGV;
my $jar = $kind->new(file => $file, ignore_discard => 1);
my $uri = URI->new($proxy);
my $socket = IO::Socket::INET->new(PeerAddr => $uri->host, PeerPort => $uri->port) or die $!;
print $socket "GET http://www.shop.test/set/page HTTP/1.0\r\nHost: www.shop.test\r\n\r\n";
my $response = HTTP::Response->parse(join "", <$socket>);
$response->request(HTTP::Request->new(GET => "http://www.shop.test/set/page"));
$jar->extract_cookies($response);
$jar->save;
"#;

/// It saves its page as well.
const ARIA2: &str = r#"
page=$(mktemp -u) && aria2c --no-conf -q --http-proxy="$0" --save-cookies="$1" -d / -o "$page" http://www.shop.test/set/page
rm "$page"
"#;

/// It saves cookies only if its configuration says so.
const LYNX: &str = r#"
file=$(mktemp) && printf 'SET_COOKIES:TRUE\nACCEPT_ALL_COOKIES:TRUE\nPERSISTENT_COOKIES:TRUE\n' > "$file"
http_proxy="$0" lynx -cfg="$file" -accept_all_cookies -cookie_save_file="$1" -source http://www.shop.test/set/page
rm "$file"
"#;

const RUBY: &str = r#"
require "http/cookie_jar"
require "net/http"
proxy, uri, jar = URI(ARGV[0]), URI("http://www.shop.test/set/page"), HTTP::CookieJar.new
response = Net::HTTP.new(uri.host, uri.port, proxy.host, proxy.port).get(uri.path)
response.get_fields("Set-Cookie").each { |header| jar.parse(header, uri) }
jar.save(ARGV[1], format: :cookiestxt, session: true)
"#;

/// Makes the files anew, and is no test: `cargo test --test all -- --ignored make_golden_files`.
#[test]
#[ignore = "writes to fixtures/files, with the programs of this machine"]
fn make_golden_files() {
    // A proxy is asked for hosts of any name.
    let server = Server::start(|_| {
        let later = "Expires=Fri, 01 Jan 2038 00:00:00 GMT";
        Reply::ok("")
            .header("Set-Cookie", &format!("host=h; {later}"))
            .header("Set-Cookie", &format!("below=b; Domain=shop.test; Path=/; {later}"))
            .header("Set-Cookie", "session=s; Path=/")
            .header("Set-Cookie", &format!("hidden=x; Path=/; HttpOnly; {later}"))
            .header("Set-Cookie", &format!("quoted=\"a b\"; Path=/; {later}"))
            .header("Set-Cookie", &format!("utf8=é; Path=/; {later}"))
            .header("Set-Cookie", &format!("site=1; Path=/; SameSite=Lax; {later}"))
            .header("Set-Cookie", &format!("empty=; Path=/; {later}"))
            .then_close()
    });
    let (proxy, url) = (server.url(""), "http://www.shop.test/set/page");
    let run = |program: &str, arguments: &[&str], name: &str| {
        let file = Path::new("fixtures/files").join(name);
        let mut command = Command::new(program);
        assert!(command.args(arguments).arg(file).status().unwrap().success(), "{name}");
    };
    run("curl", &["--disable", "-sS", "-x", &proxy, url, "-c"], "curl.txt");
    let wget_proxy = format!("http_proxy={proxy}");
    let wget =
        ["--no-config", "-q", "-O", "/dev/null", "-e", "use_proxy=yes", "-e", &wget_proxy, "--keep-session-cookies"];
    run("wget", &[&wget[..], &[url, "--save-cookies"]].concat(), "wget.txt");
    run("sh", &["-c", ARIA2, &proxy], "aria2.txt");
    run("sh", &["-c", LYNX, &proxy], "lynx.txt");
    run("ruby", &["-e", RUBY, &proxy], "ruby.txt");
    run("python3", &["-c", PYTHON, "MozillaCookieJar", &proxy], "python-mozilla.txt");
    run("python3", &["-c", PYTHON, "LWPCookieJar", &proxy], "python.lwp");
    run("perl", &["-e", PERL, "HTTP::Cookies::Netscape", &proxy], "perl-netscape.txt");
    run("perl", &["-e", PERL, "HTTP::Cookies", &proxy], "perl.lwp");
}
