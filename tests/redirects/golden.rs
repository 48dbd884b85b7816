//! What CPython's urllib.request does with every status and method, and where we mean to differ.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use clientcookie::{Data, IntoData, Request};

use super::{OK, http_error, opener, redirect, script};

const GOLDEN: &str = include_str!("../../fixtures/redirects/golden.txt");

/// What we do in the place of what is recorded.
const DIFFERENCES: [(&str, &str, &str); 10] = [
    ("301 HEAD", "HEAD 0 -", "a HEAD stays a HEAD, as in CPython since 3.13"),
    ("302 HEAD", "HEAD 0 -", "likewise"),
    ("303 HEAD", "HEAD 0 -", "likewise"),
    ("307 HEAD", "HEAD 0 -", "likewise"),
    ("308 HEAD", "HEAD 0 -", "likewise"),
    ("301 POST", "GET 0 -", "no header stays that describes data that is gone, Content-Language included"),
    ("302 POST", "GET 0 -", "likewise"),
    ("303 POST", "GET 0 -", "likewise"),
    ("303 PUT", "GET 0 -", "after 303 any method becomes GET: RFC 9110 section 15.4.4, browsers, curl"),
    ("303 DELETE", "GET 0 -", "likewise"),
];

fn golden(text: &str) -> BTreeMap<&str, &str> {
    text.lines().filter(|line| !line.starts_with('#')).map(|line| line.split_once(": ").unwrap()).collect()
}

#[test]
fn redirects_are_followed_as_urllib_follows_them() {
    let golden = golden(GOLDEN);
    let mut ours = BTreeMap::new();
    for status in [300, 301, 302, 303, 304, 305, 307, 308] {
        for (method, data) in
            [("GET", None), ("HEAD", None), ("POST", Some("a=1")), ("PUT", Some("a=1")), ("DELETE", None)]
        {
            ours.insert(format!("{status} {method}"), second_hop(status, method, data.map(Data::from)));
        }
    }
    ours.insert("/loop".to_owned(), endless(|_| "/loop".to_owned()));
    ours.insert("/chain/0".to_owned(), endless(|hop| format!("/chain/{hop}")));

    let differences: BTreeMap<_, _> =
        DIFFERENCES.iter().map(|(case, outcome, why)| (*case, (*outcome, *why))).collect();
    assert_eq!(golden.len(), ours.len(), "the same cases");
    for (case, recorded) in golden {
        let ours = ours[case].as_str();
        match differences.get(case) {
            None => assert_eq!(ours, recorded, "{case}"),
            Some((meant, why)) => {
                assert_eq!(ours, *meant, "{case}: {why}");
                assert_ne!(ours, recorded, "{case} is no difference any more");
            }
        }
    }
}

/// The second request, in the words of `make_golden.py`, or the error.
fn second_hop(status: u16, method: &str, data: impl IntoData) -> String {
    let script = script([redirect(status, "/end"), OK.to_owned()]);
    let mut request = Request::get("http://h/start").method(method).data(data).build().unwrap();
    if request.data().is_some() {
        request.add_header("Content-Type", "text/plain").unwrap();
        request.add_header("Content-Language", "de").unwrap();
    }
    match opener(&script).open(request) {
        Err(error) => format!("HTTPError {}", http_error(error).status().as_u16()),
        Ok(_) => {
            let second = &script.requests()[1];
            let names = second.headers.iter().map(|(name, _)| name.to_lowercase());
            let mut described: Vec<String> = names.filter(|name| name.starts_with("content-")).collect();
            described.sort();
            let described = if described.is_empty() { "-".to_owned() } else { described.join(" ") };
            format!("{} {} {described}", second.method, second.data.len())
        }
    }
}

fn endless(location: impl Fn(usize) -> String) -> String {
    let script = script((1..100).map(|hop| redirect(302, &location(hop))));
    let error = http_error(opener(&script).open("http://h".to_owned() + &location(0)).unwrap_err());
    format!("HTTPError {} after {} requests", error.status().as_u16(), script.requests().len())
}

#[test]
fn the_recording_is_what_cpython_does() {
    let python = Command::new("python3").arg("--version").output();
    let version = python.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    match version {
        Ok(version) if version.starts_with("Python 3.11.") => {}
        found => return println!("skipped: the recording is of Python 3.11, and python3 here is {found:?}"),
    }
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/redirects/make_golden.py");
    let output = Command::new("python3").arg(program).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(golden(&String::from_utf8(output.stdout).unwrap()), golden(GOLDEN));
}
