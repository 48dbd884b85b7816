//! httpbin, under gunicorn.

use std::process::{Command, Stdio};
use std::time::Duration;

use clientcookie::{
    CookieJar, Error, ErrorKind, HttpBasicAuthHandler, HttpCookieProcessor, HttpDigestAuthHandler, HttpErrorCause,
    HttpGzipProcessor, HttpPasswordMgrWithDefaultRealm, HttpPasswordMgrWithPriorAuth, HttpRobotRulesProcessor, Request,
    Response, Result, build_opener,
};

use super::{Peer, folder, start};

/// The server, if Python has httpbin and gunicorn.
pub(super) fn httpbin(name: &str) -> Option<(Peer, String)> {
    let python = || {
        let mut python = Command::new("python3");
        python.stdout(Stdio::null()).stderr(Stdio::null());
        python
    };
    if !python().args(["-c", "import httpbin, gunicorn"]).status().is_ok_and(|status| status.success()) {
        println!("skipped: httpbin and gunicorn are not installed for python3");
        return None;
    }
    let started = start(&folder(name), |port| {
        let mut python = python();
        python.args(["-m", "gunicorn", "--threads", "4", "-b", &format!("127.0.0.1:{port}"), "httpbin:app"]);
        python
    });
    started.map(|(peer, port)| (peer, format!("http://127.0.0.1:{port}")))
}

fn status(outcome: Result<Response>) -> u16 {
    match outcome.map_err(Error::into_http_error) {
        Ok(response) => response.status().as_u16(),
        Err(error) => error.unwrap().status().as_u16(),
    }
}

#[test]
fn httpbins_redirects_cookies_and_packed_bodies_are_understood() {
    let Some((peer, base)) = httpbin("httpbin") else {
        return;
    };
    let url = |path: &str| format!("{base}{path}");
    let jar = CookieJar::new();
    let opener = build_opener((HttpCookieProcessor::new(&jar), HttpGzipProcessor::new()));

    for path in ["/redirect/3", "/relative-redirect/3", "/absolute-redirect/3"] {
        let response = opener.open(url(path)).unwrap();
        assert_eq!((response.url().path(), response.redirections().len()), ("/get", 3), "{path}");
    }
    let error = opener.open(url("/redirect/20")).map_err(Error::into_http_error).unwrap_err().unwrap();
    assert!(matches!(error.cause(), HttpErrorCause::TooManyRedirects { .. }), "{error}");

    let mut cookies = opener.open(url("/cookies/set?a=1&b=2")).unwrap();
    assert_eq!(cookies.url().path(), "/cookies");
    let text = cookies.text().unwrap();
    assert!(text.contains("\"a\": \"1\"") && text.contains("\"b\": \"2\""), "{text}");
    opener.open(url("/cookies/delete?a")).unwrap();
    assert_eq!(jar.len(), 1);

    for (path, word) in [("/gzip", "\"gzipped\": true"), ("/deflate", "\"deflated\": true")] {
        let text = opener.open(url(path)).unwrap().text().unwrap();
        assert!(text.contains(word), "{path}: {text}");
    }
    #[cfg(feature = "brotli")]
    assert!(opener.open(url("/brotli")).unwrap().text().unwrap().contains("\"brotli\": true"));

    let posted = opener.open(Request::post(url("/post"), "name=Zo%C3%AB")).unwrap().text().unwrap();
    assert!(posted.contains("\"name\": \"Zo\\u00eb\"") || posted.contains("\"name\": \"Zoë\""), "{posted}");
    assert_eq!(status(opener.open(url("/status/418"))), 418);
    let slow = opener.open(Request::get(url("/delay/10")).timeout(Duration::from_millis(300))).unwrap_err();
    assert!(matches!(slow.kind(), ErrorKind::Timeout { .. }), "{slow}");
    let dripped = opener.open(url("/drip?numbytes=5&duration=0.1&delay=0")).unwrap().text().unwrap();
    assert_eq!(dripped, "*****");
    assert_eq!(
        opener.open(url("/stream-bytes/1000?seed=1")).unwrap().text().map(|text| !text.is_empty()).ok(),
        Some(true)
    );

    let heeding = build_opener(HttpRobotRulesProcessor::new());
    assert_eq!(status(heeding.open(url("/deny"))), 403);
    assert_eq!(status(heeding.open(url("/get"))), 200);
    drop(peer);
}

#[test]
fn httpbin_lets_in_who_knows_the_password() {
    let Some((peer, base)) = httpbin("httpbin-passwords") else {
        return;
    };
    let url = |path: &str| format!("{base}{path}");
    let rows: &[(&str, &str, u16)] = &[
        ("Basic", "/basic-auth/me/secret", 200),
        ("Basic, with another password", "/basic-auth/me/other", 401),
        ("Digest of RFC 2617", "/digest-auth/auth/me/secret", 200),
        ("Digest with MD5", "/digest-auth/auth/me/secret/MD5", 200),
        ("Digest, with another password", "/digest-auth/auth/me/other/MD5", 401),
        ("Digest with SHA-256", "/digest-auth/auth/me/secret/SHA-256", if cfg!(feature = "tls") { 200 } else { 401 }),
        ("Digest with an algorithm that no RFC knows", "/digest-auth/auth/me/secret/SHA-512", 401),
        ("of a choice, the one without the body", "/digest-auth/auth-int,auth/me/secret/MD5", 200),
    ];
    for (says, path, expected) in rows {
        let passwords = || {
            let passwords = HttpPasswordMgrWithDefaultRealm::new();
            passwords.add_password(None, &base, "me", "secret").unwrap();
            passwords
        };
        let opener = build_opener((HttpBasicAuthHandler::new(passwords()), HttpDigestAuthHandler::new(passwords())));
        assert_eq!(status(opener.open(url(path))), *expected, "{says}");
    }
    let passwords = HttpPasswordMgrWithPriorAuth::new();
    passwords.add_password(None, &base, "me", "secret", true).unwrap();
    let unasked = build_opener(HttpBasicAuthHandler::new(passwords));
    assert_eq!(status(unasked.open(url("/hidden-basic-auth/me/secret"))), 200, "said unasked");
    assert_eq!(status(build_opener(()).open(url("/hidden-basic-auth/me/secret"))), 404);
    drop(peer);
}
