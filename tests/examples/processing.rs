//! The processors that `urlopen` adds when it is asked to.

use super::example;
use crate::support::{Reply, Server};

const NEWS: &str = "<html><head><meta http-equiv=Refresh content='0; url=/headlines'></head><body>News</body></html>";

fn site() -> Server {
    Server::start(|request| match request.target() {
        "/robots.txt" => Reply::ok("User-agent: *\nDisallow: /private\n"),
        "/news" => Reply::ok(NEWS).header("Content-Type", "text/html"),
        "/late" => Reply::ok("later").header("Refresh", "5; url=/headlines"),
        "/old" => Reply::redirect(302, "/headlines"),
        _ => Reply::ok("headlines"),
    })
}

#[test]
fn urlopen_adds_the_processors_it_is_asked_for() {
    for (sentence, flags, path, code, body) in [
        ("none", "", "/news", 0, NEWS),
        ("what a page says is a header", "--equiv --refresh", "/news", 0, "headlines"),
        ("and none without being read", "--refresh", "/news", 0, NEWS),
        ("only what comes at once", "--refresh", "/late", 0, "later"),
        ("or within the time that is given", "--refresh=4", "/late", 0, "later"),
        ("robots.txt is not asked for", "", "/private", 0, "headlines"),
        ("and heeded", "--robots", "/private", 22, ""),
        ("all at once", "--gzip --equiv --refresh --auto-referer --robots --seekable --debug", "/news", 0, "headlines"),
    ] {
        let site = site();
        let output = example("urlopen").arg("-s").args(flags.split_whitespace()).arg(site.url(path)).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{sentence}: {}", String::from_utf8_lossy(&output.stderr));
        if code == 0 {
            assert_eq!(String::from_utf8_lossy(&output.stdout), body, "{sentence}");
        }
        let asked = |name: &str| site.requests().iter().filter_map(|request| request.header(name)).next();
        assert_eq!(asked("Accept-Encoding").is_some(), flags.contains("--gzip"), "{sentence}");
        assert_eq!(asked("Referer").is_some(), flags.contains("--auto-referer"), "{sentence}");
    }
}

#[test]
fn urlopen_tells_of_redirections_and_bodies() {
    let site = site();
    let output = example("urlopen").args(["-s", "--debug"]).arg(site.url("/old")).output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    for word in ["clientcookie::http_redirects", "302", "/headlines", "clientcookie::http_responses", "headlines"] {
        assert!(told.contains(word), "{word}: {told}");
    }
    let quiet = example("urlopen").arg("-s").arg(site.url("/old")).output().unwrap();
    assert!(quiet.stderr.is_empty());

    let refused = example("urlopen").args(["-s", "--refresh=soon"]).arg(site.url("/")).output().unwrap();
    assert!(String::from_utf8(refused.stderr).unwrap().contains("--refresh takes a number of seconds"));
}
