//! No duration is too short or too long for whoever takes one.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use clientcookie::clock::{Clock, FixedClock};
use clientcookie::transport::{CachingResolver, Limits, ScriptedTransport, SystemResolver, UreqTransport};
use clientcookie::{
    HttpEquivProcessor, HttpHandler, HttpRefreshProcessor, HttpRetryProcessor, HttpRobotRulesProcessor, OpenerDirector,
    Request, Timeouts, build_opener,
};

use crate::support::{Reply, Server};

/// Every public function that takes a duration, and every public field that is one.
/// [`none_is_missing`] reads the sources for others.
const TAKERS: &[&str] = &[
    "age",
    "busy_timeout",
    "connect",
    "head",
    "idle_age",
    "max_age",
    "max_time",
    "max_wait",
    "read",
    "read_time",
    "scan_time",
    "sleep",
    "timeout",
    "total",
    "write",
];

#[test]
fn none_is_too_short_or_too_long() {
    for duration in [Duration::ZERO, Duration::from_nanos(1), Duration::from_secs(i64::MAX as u64), Duration::MAX] {
        for opener in openers(duration) {
            // Whatever comes of it: it comes, and is no panic.
            for _ in 0..2 {
                let _ = opener.open("http://h.test/").and_then(|mut response| response.text());
            }
        }
        clocks(duration);
        connections(duration);
        ftp(duration);
        databases(duration);
    }
}

/// With each of the handlers that take one.
fn openers(duration: Duration) -> [OpenerDirector; 4] {
    let clock = || Arc::new(FixedClock::new(0));
    let http = || {
        let page = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nRefresh: 1; url=/next\r\n\r\n<p>page";
        let busy = "HTTP/1.1 503 Busy\r\nRetry-After: 1\r\n\r\n";
        let script = ScriptedTransport::new();
        HttpHandler::with_transport((0..9).fold(script, |script, _| script.reply(busy).reply(page)))
    };
    [
        build_opener((HttpRefreshProcessor::new().max_time(duration).clock(clock()), http())),
        build_opener((HttpRetryProcessor::new().max_wait(duration).clock(clock()), http())),
        build_opener((HttpEquivProcessor::new().scan_time(duration), http())),
        build_opener((HttpRobotRulesProcessor::new().max_age(duration).read_time(duration), http())),
    ]
}

fn clocks(duration: Duration) {
    for now in [i64::MIN, 0, i64::MAX] {
        FixedClock::new(now).sleep(duration);
    }
}

/// Those of a transport, one at a time and all at once, for two requests on one connection.
fn connections(duration: Duration) {
    let server = Server::start(|_| Reply::ok("x"));
    let some = Some(duration);
    for timeouts in [
        Timeouts { connect: some, ..Timeouts::NONE },
        Timeouts { write: some, ..Timeouts::NONE },
        Timeouts { head: some, ..Timeouts::NONE },
        Timeouts { read: some, ..Timeouts::NONE },
        Timeouts { total: some, ..Timeouts::NONE },
        Timeouts { total: some, ..Timeouts::from(duration) },
    ] {
        let transport = UreqTransport::new()
            .limits(Limits { idle_age: duration, ..Limits::default() })
            .resolver(CachingResolver::new(SystemResolver).age(duration));
        let opener = build_opener(HttpHandler::with_transport(transport)).timeouts(timeouts);
        for url in [server.url("/"), server.url_for("localhost", "/")] {
            for request in [Request::get(&url), Request::get(&url).timeout(duration)] {
                let came = opener.open(request).and_then(|mut response| response.text());
                assert!(came.is_ok() || duration < Duration::from_secs(1), "{timeouts:?}: {came:?}");
            }
        }
    }
}

#[cfg(feature = "ftp")]
fn ftp(duration: Duration) {
    let opener = build_opener(clientcookie::CacheFtpHandler::new().timeout(duration)).timeouts(duration);
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert!(opener.open(format!("ftp://{nobody}/a")).is_err());
}

#[cfg(not(feature = "ftp"))]
fn ftp(_: Duration) {}

#[cfg(feature = "sqlite")]
fn databases(duration: Duration) {
    let folder = crate::files::Folder::new("durations");
    let store = clientcookie::cookie::SqliteStore::create(folder.file("jar.db")).unwrap();
    drop(store.busy_timeout(duration));
}

#[cfg(not(feature = "sqlite"))]
fn databases(_: Duration) {}

#[test]
fn none_is_missing() {
    let mut found = Vec::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    found.sort();
    found.dedup();
    assert_eq!(found, TAKERS, "the list above is to hold them all, and the test to call them");
}

/// The names of what takes a duration, in these sources.
fn read(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.ends_with("src/observe") {
            // What is told is nobody's to set.
            continue;
        }
        if path.is_dir() {
            read(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let source = fs::read_to_string(&path).unwrap();
            let source = source.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
            found.extend(takers(source));
        }
    }
}

fn takers(source: &str) -> Vec<String> {
    let is_public = |line: &str| line.starts_with("pub ") || line.starts_with("fn sleep(&self");
    let lines = source.lines().map(str::trim_start).filter(|line| is_public(line));
    lines.filter_map(taker).collect()
}

/// `pub fn name(.., duration: Duration..)`, or `pub name: ..Duration..,`.
fn taker(line: &str) -> Option<String> {
    let (before, taken) = match line.split_once("fn ") {
        Some((_, function)) => {
            let (name, rest) = function.split_once('(')?;
            (name, rest.rsplit_once(')').map_or(rest, |(arguments, _)| arguments))
        }
        None => line.strip_prefix("pub ")?.split_once(": ")?,
    };
    let is_name = before.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    (is_name && taken.split("->").next()?.contains("Duration")).then(|| before.to_owned())
}
