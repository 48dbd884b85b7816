//! Which hosts `no_proxy` names, beside what curl and Python make of the same list.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use clientcookie::{NoProxy, Request};

use crate::support::{Reply, Server, assert_linear, can_measure_work};

#[test]
fn a_list_may_be_a_str_or_a_string() {
    let named = |list: NoProxy| ["a.test", "b.test"].map(|host| list.matches(host, 80));
    assert_eq!(named("a.test".into()), [true, false]);
    assert_eq!(named(String::from("a.test").into()), [true, false]);
}

/// Who says otherwise.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Peers {
    Agree,
    Curl,
    Python,
    Both,
    /// Some versions of curl: they differ in what they know of IPv6 and of networks that are none.
    SomeCurls,
    /// Those, and Python.
    SomeCurlsAndPython,
}
use Peers::{Agree, Both, Curl, Python, SomeCurls, SomeCurlsAndPython};

/// A list, a host as a URL has it, whether it is named, and who says otherwise.
type Row = (&'static str, &'static str, bool, Peers);

/// Where each peer differs, and why, is said above the rows.
const TABLE: &[Row] = &[
    // Names, and those below them.
    ("example.com", "example.com", true, Agree),
    ("example.com", "www.example.com", true, Agree),
    ("example.com", "a.b.example.com", true, Agree),
    ("example.com", "badexample.com", false, Agree),
    ("example.com", "example.com.evil.test", false, Agree),
    ("example.com", "example.co", false, Agree),
    ("example.com", "com", false, Agree),
    ("www.example.com", "example.com", false, Agree),
    ("com", "example.com", true, Agree),
    (".example.com", "example.com", true, Agree),
    (".example.com", "www.example.com", true, Agree),
    (".example.com", "badexample.com", false, Agree),
    ("EXAMPLE.com", "www.example.COM", true, Agree),
    ("localhost", "localhost", true, Agree),
    ("localhost", "other.test", false, Agree),
    // Neither takes a star for anything but all hosts.
    ("*.example.com", "www.example.com", true, Both),
    ("*.example.com", "example.com", true, Both),
    ("*.example.com", "badexample.com", false, Agree),
    ("*example.com", "badexample.com", false, Agree),
    ("www.*", "www.example.com", false, Agree),
    ("exa*", "example.com", false, Agree),
    // Python takes the dot for a part of the name.
    ("example.com.", "example.com", true, Python),
    ("example.com", "example.com.", true, Python),
    ("example.com.", "www.example.com.", true, Agree),
    // Lists, and what separates them: for Python, commas alone.
    ("a.test,b.test", "b.test", true, Agree),
    (" a.test , b.test ", "b.test", true, Agree),
    ("a.test b.test", "b.test", true, Python),
    ("a.test\tb.test", "b.test", true, Python),
    ("a.test,b.test", "c.test", false, Agree),
    // What names nobody.
    ("", "example.com", false, Agree),
    (",", "example.com", false, Agree),
    (" , ,,", "example.com", false, Agree),
    (",,example.com,", "example.com", true, Agree),
    (".", "example.com", false, Agree),
    ("..", "example.com", false, Agree),
    ("http://example.com", "example.com", false, Agree),
    ("example.com/", "example.com", false, Agree),
    ("exam;ple.com", "example.com", false, Agree),
    // All hosts: for both only if it stands alone.
    ("*", "example.com", true, Agree),
    ("*", "127.0.0.1", true, Agree),
    ("*", "[::1]", true, Agree),
    ("a.test,*", "example.com", true, Both),
    // Addresses. curl knows networks, Python does not.
    ("127.0.0.1", "127.0.0.1", true, Agree),
    ("127.0.0.1", "127.0.0.2", false, Agree),
    ("127.0.0.1", "localhost", false, Agree),
    ("localhost", "127.0.0.1", false, Agree),
    ("127.1", "127.0.0.1", true, Both),
    ("10.", "10.evil.test", false, Agree),
    ("10.", "10.1.2.3", false, Agree),
    ("10.1", "10.1.2.3", false, Agree),
    // Python compares the ends of addresses as those of names.
    ("2.3", "10.1.2.3", false, Python),
    ("10.0.0.0/8", "10.1.2.3", true, Python),
    ("10.0.0.0/8", "11.1.2.3", false, Agree),
    ("10.0.0.0/8", "10.evil.test", false, Agree),
    ("10.9.9.9/8", "10.1.2.3", true, Python),
    ("192.168.1.128/25", "192.168.1.200", true, Python),
    ("192.168.1.128/25", "192.168.1.100", false, Agree),
    ("10.1.2.3/32", "10.1.2.3", true, Python),
    ("10.1.2.3/32", "10.1.2.2", false, Agree),
    ("10.0.0.0/33", "10.0.0.0", false, Agree),
    ("10.0.0.0/-1", "10.0.0.0", false, Agree),
    ("10.0.0.0/x", "10.0.0.0", false, SomeCurls),
    ("example.com/8", "example.com", false, Agree),
    // Python knows IPv6 in brackets alone, as a URL has it.
    ("[::1]", "[::1]", true, SomeCurls),
    ("::1", "[::1]", true, Python),
    ("0:0:0:0:0:0:0:1", "[::1]", true, SomeCurlsAndPython),
    ("::2", "[::1]", false, Agree),
    ("fe80::/10", "[fe80::1]", true, SomeCurlsAndPython),
    ("fe80::/10", "[fec0::1]", false, Agree),
    ("::/129", "[::1]", false, Agree),
    ("[::1%25.example.com]", "[::1]", false, Agree),
    ("::1", "127.0.0.1", false, Agree),
    // An address in the other's clothes. Both compare what is written.
    ("127.0.0.0/8", "[::ffff:127.0.0.1]", true, Both),
    // Ports: curl knows none.
    ("example.com:PORT", "example.com", true, Curl),
    ("example.com:PORT", "www.example.com", true, Curl),
    ("example.com:1", "example.com", false, Agree),
    ("example.com:", "example.com", false, Agree),
    ("example.com:x", "example.com", false, Agree),
    (".example.com:PORT", "www.example.com", true, Curl),
    ("127.0.0.1:PORT", "127.0.0.1", true, Curl),
    ("[::1]:PORT", "[::1]", true, Curl),
    ("[::1]:1", "[::1]", false, Agree),
    ("*:PORT", "example.com", true, Both),
    ("*:1", "example.com", false, Agree),
    // Names outside ASCII, as they are written and as they are sent.
    ("bücher.test", "www.xn--bcher-kva.test", true, Both),
    ("xn--bcher-kva.test", "bücher.test", true, Agree),
];

const PORT: u16 = 8080;

#[test]
fn the_lists_of_people() {
    for &(list, host, expected, _) in TABLE {
        let no_proxy = NoProxy::new(&list.replace("PORT", &PORT.to_string()));
        let request = Request::new(&format!("http://{host}:{PORT}/")).unwrap();
        assert_eq!(no_proxy.matches(request.host(), PORT), expected, "{list:?} and {host}");
        assert_eq!(no_proxy.matches(host, PORT), expected, "{list:?} and {host}, as it is written");
    }
}

#[test]
fn hosts_as_no_url_has_them() {
    let local = NoProxy::new("127.0.0.1 ::1 example.com");
    for (host, expected) in [
        ("127.1", true),
        ("0x7f000001", true),
        ("2130706433", true),
        ("::1", true),
        ("[::1]", true),
        ("0:0:0:0:0:0:0:1", true),
        ("www.EXAMPLE.com.", true),
        ("", false),
        (".", false),
        ("[::1%25.example.com]", false),
        ("a b.example.com", false),
        ("x@example.com", false),
    ] {
        assert_eq!(local.matches(host, 80), expected, "{host:?}");
        assert!(NoProxy::new("*").matches(host, 80), "{host:?}");
    }
    assert!(!NoProxy::default().matches("", 0));
}

/// curl, told to go through one server or straight to another, whatever the host's name.
#[test]
fn curl_reads_the_same_lists() {
    let Ok(version) = Command::new("curl").arg("--version").output() else {
        println!("skipped: curl is not installed");
        return;
    };
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    let mut numbers = version.split([' ', '.']).skip(1).map(|number| number.parse::<u32>().unwrap_or(0));
    if (numbers.next(), numbers.next()) < (Some(7), Some(86)) {
        println!("skipped: curl learned to read networks in 7.86; this is {version}");
        return;
    }
    // Told where to connect to, curl asks a proxy for a tunnel.
    let proxy = Server::start(|request| match request.method() {
        "CONNECT" => Reply::raw("HTTP/1.1 200 OK\r\n\r\n"),
        _ => Reply::ok("proxy"),
    });
    let direct = Server::start(|_| Reply::ok("direct"));
    let way = format!("::127.0.0.1:{}", direct.port());
    let mut curl = Command::new("curl");
    for (number, (list, host, ..)) in TABLE.iter().enumerate() {
        // An operation for each row; what is asked for says which it is.
        curl.args(["--next", "-s", "--globoff", "-o", "/dev/null", "--max-time", "20", "-x", &proxy.url("")])
            .args(["--noproxy", &list.replace("PORT", &PORT.to_string()), "--connect-to", &way])
            .arg(format!("http://{host}:{PORT}/{number}"));
    }
    let run = curl.env_remove("no_proxy").output().unwrap();
    let went = |server: &Server, number: usize| {
        server.requests().iter().filter(|request| request.target().ends_with(&format!("/{number}"))).count()
    };
    let mut differences = String::new();
    for (number, &(list, host, ours, peers)) in TABLE.iter().enumerate() {
        let theirs = match (went(&proxy, number), went(&direct, number)) {
            (0, 1) => true,
            (1, 0) => false,
            other => panic!("curl went to {other:?} for {list:?} and {host}: {run:?}"),
        };
        if peers != SomeCurls && peers != SomeCurlsAndPython && (theirs != ours) != matches!(peers, Curl | Both) {
            writeln!(differences, "{list:?} and {host}: curl {theirs}, here {ours}").unwrap();
        }
    }
    assert_eq!(differences, "", "differences that the table does not know, or that are none");
}

#[test]
fn python_reads_the_same_lists() {
    const SCRIPT: &str = "import sys, urllib.request as r\nfor line in sys.stdin.buffer.read().decode().split('\\n'):\n \
                          print(r.proxy_bypass_environment(*(lambda l, h: (h, {'no': l}))(*line.split('|'))))";
    let python = Command::new("python3").args(["-c", SCRIPT]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let Ok(mut python) = python else {
        println!("skipped: python3 is not installed");
        return;
    };
    // A list that holds nothing is no variable to Python; the host is what stands in the request.
    let rows = TABLE.iter().map(|(list, host, ..)| {
        let request = Request::new(&format!("http://{host}:{PORT}/")).unwrap();
        format!("{}|{}:{PORT}", list.replace("PORT", &PORT.to_string()), request.host())
    });
    let input = rows.collect::<Vec<_>>().join("\n");
    python.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = String::from_utf8(python.wait_with_output().unwrap().stdout).unwrap();
    assert_eq!(output.lines().count(), TABLE.len());
    let mut differences = String::new();
    for (&(list, host, ours, peers), line) in TABLE.iter().zip(output.lines()) {
        let theirs = line == "True";
        if (theirs != ours) != matches!(peers, Python | Both | SomeCurlsAndPython) {
            writeln!(differences, "{list:?} and {host}: Python {theirs}, here {ours}").unwrap();
        }
    }
    assert_eq!(differences, "", "differences that the table does not know, or that are none");
}

#[test]
fn long_lists_are_read_in_linear_time() {
    if !can_measure_work() {
        return;
    }
    for piece in ["a", ",", ":", "[", "*", ".", "a.test,", "::", "1/", "1.2.3.4,", "é"] {
        assert_linear(piece, 64 * 1024, &|size| {
            let list = piece.repeat(size / piece.len());
            assert!(!NoProxy::new(&list).matches("www.example.org", 80) || piece == "*,");
        });
    }
}

#[test]
fn any_text_is_a_list() {
    // A small generator: the same texts on every run.
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).unwrap()
    };
    let pieces = [
        "a", "test", ".", "..", ",", " ", "*", ":", "::", "[", "]", "/", "8", "129", "80", "1.2.3.4", "é", "%", "\0",
        "@",
    ];
    for _ in 0..20_000 {
        let mut text = |most| (0..next(most)).map(|_| pieces[next(pieces.len())]).collect::<String>();
        let (list, host) = (text(12), text(4));
        let named = NoProxy::new(&list).matches(&host, 80);
        assert_eq!(NoProxy::new(&format!("{list},{list}")).matches(&host, 80), named, "{list:?} {host:?}");
        let _ = clientcookie::transport::Proxy::new(&list);
        let has_labels = |host: &str| host.strip_suffix('.').unwrap_or(host).split('.').all(|label| !label.is_empty());
        if let Some(request) =
            Request::new(&format!("http://{host}/")).ok().filter(|request| has_labels(request.host()))
        {
            assert!(NoProxy::new(request.host()).matches(request.host(), 80), "{host:?} names itself");
        }
    }
}
