//! Passwords, certificates, files and repetitions: what `urlopen` does about them, and the programs
//! that show them.

use std::{env, fs};

use super::{example, text, urlopen};
use crate::support::{Reply, Server};

/// "me:se:cret".
const ME: &str = "Basic bWU6c2U6Y3JldA==";

#[test]
fn urlopen_says_a_password_to_the_servers_it_is_sent_to() {
    let other = Server::start(|request| {
        assert_eq!(request.header("Authorization"), None);
        Reply::status(401, "Who").header("WWW-Authenticate", "Basic realm=\"r\"").body("other")
    });
    let away = other.url("/");
    let site = Server::start(move |request| match (request.target(), request.header("Authorization").as_deref()) {
        ("/digest", Some(said)) if said.starts_with("Digest ") => Reply::ok("in"),
        ("/digest", _) => Reply::status(401, "Who")
            .header("WWW-Authenticate", "Basic realm=\"r\"")
            .header("WWW-Authenticate", "Digest realm=\"r\", nonce=\"n\", qop=\"auth\""),
        ("/away", Some(ME)) => Reply::redirect(302, &away),
        (_, Some(ME)) => Reply::ok("in"),
        _ => Reply::status(401, "Who").header("WWW-Authenticate", "Basic realm=\"r\"").body("out"),
    });
    let user = "me:se:cret";
    for (sentence, arguments, code, body) in [
        ("Basic", vec!["-u", user, "/"], 0, "in"),
        ("the long flag", vec!["--user", user, "/"], 0, "in"),
        ("Digest, where it is offered", vec!["-u", user, "/digest"], 0, "in"),
        ("nothing to say", vec!["/"], 22, "out"),
        ("the wrong thing", vec!["-u", "me:", "/"], 22, "out"),
        ("to a server it was not sent to", vec!["-u", user, "/away"], 22, "other"),
    ] {
        let arguments = arguments.iter().map(|word| match word.strip_prefix('/') {
            Some(_) => site.url(word),
            None => (*word).to_owned(),
        });
        let output = example("urlopen").arg("-s").args(arguments).output().unwrap();
        assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(code), body), "{sentence}");
        assert!(!text(&output.stderr).contains("cret"), "{sentence}");
    }
}

#[test]
fn urlopen_says_a_password_to_a_proxy() {
    let digest = "Digest realm=\"p\", nonce=\"n\", qop=\"auth\"";
    for (challenge, expected) in [("Basic realm=\"p\"", "Basic bWU6cHc="), (digest, "Digest username=\"me\"")] {
        let proxy = Server::start(move |request| match request.header("Proxy-Authorization") {
            Some(said) => Reply::ok(said),
            None => Reply::status(407, "Who").header("Proxy-Authenticate", challenge).body("out"),
        });
        let address = format!("127.0.0.1:{}", proxy.port());
        let flags = ["-s", "--noproxy", "", "-x", &address, "http://a.test/"];
        let output = example("urlopen").args(flags).args(["-U", "me:pw"]).output().unwrap();
        assert!(text(&output.stdout).starts_with(expected), "{}", text(&output.stdout));
        let output = urlopen(&flags);
        assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(22), "out"));
    }
}

#[cfg(feature = "tls")]
#[test]
fn urlopen_shows_its_certificate_to_the_servers_it_is_sent_to() {
    let served = |_: &crate::support::Recorded| Reply::ok("served");
    let other = Server::start_tls_with_client_auth("localhost", served);
    let away = other.url("/");
    let server = Server::start_tls_with_client_auth("localhost", move |request| match request.target() {
        "/away" => Reply::redirect(302, &away),
        _ => Reply::ok("served"),
    });
    let file = |name: &str| crate::support::fixture(name).to_str().unwrap().to_owned();
    let (ca, pem, key) = (file("ca.pem"), file("client.pem"), file("client.key"));
    let one = env::temp_dir().join(format!("urlopen-one-{}.pem", std::process::id()));
    fs::write(&one, fs::read_to_string(&pem).unwrap() + &fs::read_to_string(&key).unwrap()).unwrap();
    let one = one.to_str().unwrap();
    let (url, to_other, both_servers) = (server.url("/"), server.url("/away"), other.url("/"));
    for (sentence, arguments, code, body) in [
        ("two files", vec!["-E", &pem, "--key", &key, &url], 0, "served"),
        ("one file", vec!["--cert", one, &url], 0, "served"),
        ("none", vec![&url], 1, ""),
        ("to a server it was not sent to", vec!["-E", one, &to_other], 1, ""),
        ("to both", vec!["-E", one, &to_other, &both_servers], 0, "servedserved"),
    ] {
        let output = example("urlopen").args(["-s", "--cacert", &ca]).args(arguments).output().unwrap();
        let stderr = text(&output.stderr);
        assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(code), body), "{sentence}: {stderr}");
    }
    fs::remove_file(one).unwrap();
    let wrong = file("other-client.key");
    let output = urlopen(&["-E", &pem, "--key", &wrong, &url]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).starts_with("error: TLS failed: ") && text(&output.stderr).contains("client.pem and"));
}

/// No part of it is like another.
static FILM: std::sync::LazyLock<Vec<u8>> =
    std::sync::LazyLock::new(|| (0..100_000_u32).flat_map(u32::to_be_bytes).collect());

#[test]
fn urlopen_puts_bodies_into_files() {
    let server = Server::start(|request| match (request.target(), request.header("Range").as_deref()) {
        ("/film", Some("bytes=300000-")) => Reply::status(206, "Partial")
            .header("ETag", "\"1\"")
            .header("Content-Range", "bytes 300000-399999/400000")
            .body(&FILM[300_000..]),
        ("/film", _) => {
            let head = b"HTTP/1.1 200 OK\r\nETag: \"1\"\r\nContent-Length: 400000\r\n\r\n".as_slice();
            Reply::raw([head, &FILM[..300_000]].concat()).then_close()
        }
        ("/missing", _) => Reply::status(404, "Missing").body("nothing here"),
        (target, _) => Reply::ok(target),
    });
    let folder = env::temp_dir().join(format!("urlopen-files-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let name = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (one, two, film, none) = (name("one"), name("two"), name("film"), name("none"));
    let url = |path: &str| server.url(path);
    let read = |file: &str| fs::read_to_string(file).ok();

    let output = urlopen(&["-o", &one, "--output", &two, &url("/a"), &url("/b"), &url("/c")]);
    let head = |path: &str| format!("{}\n200 OK\nContent-Length: 2\n\n", url(path));
    assert_eq!(text(&output.stdout), format!("{}{}{}/c", head("/a"), head("/b"), head("/c")));
    assert_eq!((text(&output.stderr).as_str(), output.status.code()), ("", Some(0)), "no bar where nobody looks");
    assert_eq!((read(&one).as_deref(), read(&two).as_deref()), (Some("/a"), Some("/b")));

    let output = urlopen(&["-s", "-o", &none, &url("/missing")]);
    assert_eq!(
        (output.status.code(), text(&output.stdout).as_str(), read(&none)),
        (Some(22), "", Some("nothing here".into()))
    );
    let output = urlopen(&["-s", "-f", "-o", &one, &url("/missing")]);
    assert_eq!(
        (output.status.code(), text(&output.stdout).as_str(), read(&one).as_deref()),
        (Some(22), "", Some("/a"))
    );
    let output = urlopen(&["-s", "--continue", "-o", &one, &url("/missing")]);
    assert_eq!(
        (output.status.code(), text(&output.stdout).as_str(), read(&one).as_deref()),
        (Some(22), "", Some("/a"))
    );

    for (expected, error) in [(None, "the file is too short: 300000 of 400000 bytes arrived"), (Some(&FILM[..]), "")] {
        let output = urlopen(&["-s", "--continue", "-o", &film, &url("/film")]);
        let stderr = text(&output.stderr);
        assert_eq!(output.status.code(), Some(i32::from(expected.is_none())), "{stderr}");
        assert!(stderr.contains(error) && (expected.is_none() || stderr.is_empty()), "{stderr}");
        assert!(fs::read(&film).ok().as_deref() == expected && output.stdout.is_empty());
    }

    // What another program left: there is no part beside it.
    fs::write(&film, &FILM[..300_000]).unwrap();
    let output = urlopen(&["-s", "--continue", "-o", &film, &url("/film")]);
    assert_eq!((text(&output.stderr).as_str(), output.status.code()), ("", Some(0)));
    assert!(fs::read(&film).unwrap() == *FILM);
    assert_eq!(server.requests().pop().unwrap().header("Range").as_deref(), Some("bytes=300000-"));
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn urlopen_tries_again_if_told_to() {
    let asked = std::sync::atomic::AtomicUsize::new(0);
    let server = Server::start(move |_| match asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst) % 3 {
        2 => Reply::ok("here"),
        _ => Reply::status(503, "Busy").header("Retry-After", "0").body("busy"),
    });
    for (times, code, body) in [("2", 0, "here"), ("1", 22, "busy"), ("0", 0, "here")] {
        let output = urlopen(&["-s", "--retry", times, &server.url("/")]);
        assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(code), body), "{times}");
    }
    assert_eq!(server.requests().len(), 6);
}

#[test]
fn urlopen_takes_more_of_a_head_if_told_to() {
    let server = Server::start(|request| match request.target() {
        "/lines" => (0..300).fold(Reply::ok("ok"), |reply, _| reply.header("A", "1")),
        "/bytes" => Reply::ok("ok").header("A", &"x".repeat(70_000)),
        _ => {
            Reply::raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 9\r\n\r\n2\r\nok\r\n0\r\n\r\n")
        }
    });
    for (path, flags) in [
        ("/lines", vec!["--header-lines", "400"]),
        ("/bytes", vec!["--head-size", "100000"]),
        ("/chunks", vec!["--chunked-despite-length"]),
    ] {
        let url = server.url(path);
        assert_eq!(urlopen(&["-s", &url]).status.code(), Some(1), "{path}");
        let output = urlopen(&[vec!["-s", &url], flags].concat());
        assert_eq!(String::from_utf8_lossy(&output.stdout), "ok", "{path}");
    }
}

#[test]
fn urlopen_says_what_is_wrong_with_these_flags() {
    for (arguments, expected) in [
        (vec!["-u", "secret", "http://h/"], "-u takes USER:PASSWORD"),
        (vec!["-U", "secret", "http://h/"], "-U takes USER:PASSWORD"),
        (vec!["--header-lines", "some", "http://h/"], "--header-lines takes a number, not \"some\""),
        (vec!["--retry", "often", "http://h/"], "--retry takes a number of times, not \"often\""),
        (vec!["--continue", "http://h/"], "--continue goes on with a file: name it with -o"),
        (vec!["--key", "k", "http://h/"], "--key is the key of a certificate: name that with -E"),
        (vec!["-o", "a", "-o", "b", "http://h/"], "-o names 2 file(s), for 1 URL(s)"),
        (vec!["-E", "/no/such.pem", "https://h/"], "TLS failed: /no/such.pem: No such file or directory (os error 2)"),
    ] {
        let output = urlopen(&arguments);
        let expected = format!("error: {expected}\n");
        assert_eq!((text(&output.stderr), output.status.code()), (expected, Some(1)), "{arguments:?}");
    }
}

#[test]
fn the_programs_show_what_they_say() {
    let text_of_data = "Content-Type: text/plain;charset=utf-8\nContent-Length: 11\n\nGrüß Gott\n";
    let file = format!(
        "{text_of_data}Content-Type: text/html\nContent-Length: 14\n<p>Hello.</p>\nin place: true\n\
         gone: the file's URL: No such file or directory (os error 2)\n"
    );
    let retrieve = "13 bytes in a temporary file\ncut short after 1000000 bytes\nthe file is there: false\n\
                    status 206: 3000000 bytes\n";
    let passwords = "/staff/basic: come in, with Basic\n/elsewhere/basic: stay out, with nothing\n\
                     /elsewhere/basic: come in, with Basic\n/staff/digest: come in, with Digest\n";
    let retry = "a page of a busy server\n  waits for 2s\n  waits for 1s\n  here you are\n\
                 a form, which might be taken twice\n  /page: HTTP error 429: Too Many Requests\n\
                 a server that needs longer than we have\n  /tomorrow: HTTP error 503: Closed Today\n";
    for (name, expected) in
        [("file_and_data", file.as_str()), ("retrieve", retrieve), ("passwords", passwords), ("retry", retry)]
    {
        let output = example(name).output().unwrap();
        assert_eq!((text(&output.stderr).as_str(), text(&output.stdout).as_str()), ("", expected), "{name}");
    }
}

#[cfg(feature = "tls")]
#[test]
fn a_certificate_is_shown_to_the_bank_alone() {
    let output = example("client_cert").output().unwrap();
    let expected = "the bank was shown 1 certificate(s)\nthe shop sees no certificate, and does not answer\n";
    assert_eq!((text(&output.stderr).as_str(), text(&output.stdout).as_str()), ("", expected));
}
