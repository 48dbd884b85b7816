//! What the environment says of proxies, and what Python makes of the same.

use std::io::Write;
use std::process::{Command, Stdio};

use clientcookie::{NetrcPasswordMgr, PasswordMgr, ProxyHandler};

/// A program's own environment cannot be changed safely while it runs: this one runs once more,
/// with another.
#[test]
fn the_environment_of_this_program_is_asked() {
    let test = "proxies::environment::the_environment_of_this_program_is_asked";
    let netrc = std::env::temp_dir().join(format!("clientcookie-environment-netrc-{}", std::process::id()));
    if std::env::var_os("CLIENTCOOKIE_TEST_ENVIRONMENT").is_some() {
        let url = "http://h.test/".parse().unwrap();
        let proxy = |handler: &ProxyHandler| handler.proxy(&url).unwrap().map(|proxy| proxy.url().to_string());
        assert_eq!(proxy(&ProxyHandler::new()).as_deref(), Some("http://p.test:3128/"));
        assert_eq!(proxy(&ProxyHandler::without_proxies()), None, "whatever it says");
        let netrc = NetrcPasswordMgr::of_user().unwrap();
        assert_eq!(netrc.find_user_password(None, &url).unwrap().user(), "me");
        return;
    }
    std::fs::write(&netrc, "machine h.test login me password secret").unwrap();
    let mut again = Command::new(std::env::current_exe().unwrap());
    again.args(["--exact", test, "--nocapture"]).env("CLIENTCOOKIE_TEST_ENVIRONMENT", "1").env("NETRC", &netrc);
    for name in ["no_proxy", "NO_PROXY", "all_proxy", "ALL_PROXY", "REQUEST_METHOD"] {
        again.env_remove(name);
    }
    let output = again.env("http_proxy", "p.test:3128").output().unwrap();
    std::fs::remove_file(&netrc).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

/// A sentence, the environment, and the proxies it gives: by scheme, in order, with the user and
/// never the password.
type Row = (&'static str, &'static [(&'static str, &'static str)], &'static str);

/// What CPython's `getproxies_environment` says as well.
const ALIKE: &[Row] = &[
    ("nothing is set", &[], ""),
    ("one for each scheme", &[("http_proxy", "a:1"), ("https_proxy", "b:2")], "http=a:1 https=b:2"),
    ("capitals will do", &[("HTTP_PROXY", "a:1"), ("HTTPS_PROXY", "b:2")], "http=a:1 https=b:2"),
    ("small letters go before", &[("HTTP_PROXY", "a:1"), ("http_proxy", "b:2")], "http=b:2"),
    ("an empty one is none", &[("http_proxy", ""), ("https_proxy", "b:2")], "https=b:2"),
    ("an empty one in small letters hides the other", &[("http_proxy", ""), ("HTTP_PROXY", "a:1")], ""),
    ("an empty one in capitals does not", &[("http_proxy", "b:2"), ("HTTP_PROXY", "")], "http=b:2"),
    ("a CGI program's HTTP_PROXY is its visitor's", &[("REQUEST_METHOD", "GET"), ("HTTP_PROXY", "evil:1")], ""),
    ("also if the method is empty", &[("REQUEST_METHOD", ""), ("HTTP_PROXY", "evil:1")], ""),
    (
        "its http_proxy is its own",
        &[("REQUEST_METHOD", "GET"), ("HTTP_PROXY", "evil:1"), ("http_proxy", "a:1")],
        "http=a:1",
    ),
    ("and so is HTTPS_PROXY", &[("REQUEST_METHOD", "GET"), ("HTTPS_PROXY", "b:2")], "https=b:2"),
    ("no_proxy alone is no proxy", &[("no_proxy", "*")], ""),
];

/// What this crate alone says.
const OURS: &[Row] = &[
    ("all_proxy stands for both", &[("all_proxy", "c:3")], "http=c:3 https=c:3"),
    ("in capitals too, also in CGI programs", &[("ALL_PROXY", "c:3"), ("REQUEST_METHOD", "GET")], "http=c:3 https=c:3"),
    ("one of its own goes before", &[("ALL_PROXY", "c:3"), ("https_proxy", "b:2")], "http=c:3 https=b:2"),
    (
        "an empty one is none, so all_proxy's is taken",
        &[("all_proxy", "c:3"), ("http_proxy", "")],
        "http=c:3 https=c:3",
    ),
    ("a space is as good as nothing", &[("http_proxy", " ")], ""),
    ("a URL, with a user", &[("http_proxy", "http://me:pw@a:1/")], "http=me@a:1"),
    ("a user without a scheme", &[("http_proxy", "me:p%40w@a:1")], "http=me@a:1"),
    ("no port", &[("http_proxy", "a"), ("https_proxy", "https://b")], "http=a:80 https=b:443"),
    ("an IPv6 address", &[("http_proxy", "[::1]:3128")], "http=[::1]:3128"),
    ("letters of both kinds are another variable", &[("Http_Proxy", "a:1")], ""),
    ("no_proxy names the host", &[("http_proxy", "a:1"), ("no_proxy", "origin.test")], ""),
    ("so does NO_PROXY", &[("http_proxy", "a:1"), ("NO_PROXY", "*")], ""),
    ("but no_proxy goes before", &[("http_proxy", "a:1"), ("NO_PROXY", "*"), ("no_proxy", "other.test")], "http=a:1"),
    ("even empty", &[("http_proxy", "a:1"), ("NO_PROXY", "*"), ("no_proxy", "")], "http=a:1"),
];

fn handler(environment: &[(&str, &str)]) -> ProxyHandler {
    let value = |name: &str| environment.iter().find(|(other, _)| *other == name).map(|(_, value)| (*value).to_owned());
    ProxyHandler::from_env_with(value)
}

fn proxies(handler: &ProxyHandler) -> String {
    let shown = |scheme: &str| {
        let url = format!("{scheme}://origin.test/").parse().unwrap();
        let proxy = handler.proxy(&url).unwrap()?;
        let user = proxy.userinfo().map(|info| format!("{}@", info.user())).unwrap_or_default();
        let (host, port) = (proxy.url().host_str().unwrap(), proxy.url().port_or_known_default().unwrap());
        Some(format!("{scheme}={user}{host}:{port}"))
    };
    ["http", "https"].into_iter().filter_map(shown).collect::<Vec<_>>().join(" ")
}

#[test]
fn variables_as_programs_read_them() {
    for (sentence, environment, expected) in ALIKE.iter().chain(OURS) {
        assert_eq!(proxies(&handler(environment)), *expected, "{sentence}");
    }
}

#[test]
fn python_reads_the_same() {
    const SCRIPT: &str = "import os, sys, urllib.request as r\n\
                          for line in sys.stdin.read().split('\\n'):\n \
                          os.environ.clear()\n \
                          os.environ.update(pair.split('=', 1) for pair in line.split('|') if pair)\n \
                          p = r.getproxies_environment()\n \
                          print(*(f'{s}={p[s]}' for s in ('http', 'https') if s in p))";
    let python = Command::new("python3").args(["-c", SCRIPT]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let Ok(mut python) = python else {
        println!("skipped: python3 is not installed");
        return;
    };
    let rows = ALIKE.iter().map(|(_, environment, _)| {
        environment.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("|")
    });
    let input = rows.collect::<Vec<_>>().join("\n");
    python.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = String::from_utf8(python.wait_with_output().unwrap().stdout).unwrap();
    assert_eq!(output.lines().count(), ALIKE.len());
    for ((sentence, _, expected), line) in ALIKE.iter().zip(output.lines()) {
        assert_eq!(line, *expected, "{sentence}");
    }
}

#[test]
fn what_is_no_proxy_is_an_error_that_names_the_variable() {
    for (environment, url, expected) in [
        (
            &[("HTTP_PROXY", "http://me:secret@")][..],
            "http://h.test/",
            "the proxy failed: HTTP_PROXY cannot be used: \"http://\" is not a URL that can be opened: empty host",
        ),
        (
            &[("all_proxy", "gopher://me:secret@h")],
            "https://h.test/",
            "the proxy failed: all_proxy cannot be used: its scheme is \"gopher\"; http",
        ),
        (
            &[("https_proxy", "a:b:c")],
            "https://h.test/",
            "the proxy failed: https_proxy cannot be used: \"http://a:b:c\" is not a URL that can be opened: invalid port",
        ),
        (
            &[("http_proxy", "a\u{fffd}")],
            "http://h.test/",
            "the proxy failed: http_proxy cannot be used: \"http://a\u{fffd}\" is not a URL",
        ),
    ] {
        let handler = handler(environment);
        let error = handler.proxy(&url.parse().unwrap()).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{environment:?}: {error}");
        assert!(!format!("{error}{handler:?}").contains("secret"), "{error} {handler:?}");
    }
    let broken = handler(&[("http_proxy", "a:b:c"), ("all_proxy", ":"), ("no_proxy", "h.test")]);
    for unaffected in
        ["http://h.test/", "https://www.h.test/", "ftp://h.test/", "file:///etc/hosts", "data:,x", "foo:bar"]
    {
        assert_eq!(broken.proxy(&unaffected.parse().unwrap()).unwrap(), None, "{unaffected}");
    }
}

#[test]
fn a_map_says_the_same_without_an_environment() {
    let with = |proxies: &[(&str, &str)]| ProxyHandler::with_proxies(proxies.iter().copied());
    for (map, expected) in [
        (&[][..], ""),
        (&[("http", "a:1"), ("HTTPS", "me:pw@b:2")], "http=a:1 https=me@b:2"),
        (&[("all", "c:3"), ("https", "")], "http=c:3 https=c:3"),
        (&[("all", "c:3"), ("https", "b:2")], "http=c:3 https=b:2"),
        (&[("all", "")], ""),
        (&[("foo", "a:1")], ""),
    ] {
        assert_eq!(proxies(&with(map)), expected, "{map:?}");
    }
    let foo = with(&[("foo", "a:1"), ("http", "a:b:c")]);
    assert!(foo.proxy(&"foo://bar".parse().unwrap()).unwrap().is_some(), "a scheme of one's own");
    let error = foo.proxy(&"http://h/".parse().unwrap()).unwrap_err().to_string();
    assert!(error.starts_with("the proxy failed: the proxy for http cannot be used:"), "{error}");
    assert_eq!(proxies(&with(&[("all", "c:3")]).no_proxy("origin.test:443")), "http=c:3");
    assert_eq!(proxies(&handler(&[("all_proxy", "c:3"), ("no_proxy", "*")]).no_proxy("")), "http=c:3 https=c:3");
    assert_eq!(proxies(&ProxyHandler::without_proxies()), "");
}
