//! What each mode records, and what it answers.

use std::fs;
use std::sync::Arc;

use clientcookie::replay::{RecordMode, RecordingTransport, ReplayTransport};
use clientcookie::transport::{ScriptedTransport, UreqTransport};
use clientcookie::*;
use serde_json::Value;

use super::{Folder, over};
use crate::support::{Reply, Server};

fn counting() -> ScriptedTransport {
    (1..=9).fold(ScriptedTransport::new(), |transport, number| {
        transport.reply(format!("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n{number}"))
    })
}

/// Opens these paths with a recording of this mode: what came, and how often the network was asked.
fn run(folder: &Folder, mode: RecordMode, paths: &[&str]) -> (String, usize) {
    let network = counting();
    let transport = match RecordingTransport::open(network.clone(), folder.file("tape.har"), mode) {
        Ok(transport) => Arc::new(transport),
        Err(_) => return ("no file".to_owned(), 0),
    };
    let opener = over(Arc::clone(&transport));
    let open = |path: &&str| match opener.open(format!("http://h.test/{path}")) {
        Ok(mut response) => response.text().unwrap(),
        Err(_) => "-".to_owned(),
    };
    let said: Vec<String> = paths.iter().map(open).collect();
    transport.save().unwrap();
    (said.join(""), network.requests().len())
}

/// A mode, the paths that are opened, what came of them (`-` for an error), and how often the
/// network was asked.
type Run<'a> = (RecordMode, &'a [&'a str], &'a str, usize);

#[test]
fn each_mode_does_what_it_says() {
    use RecordMode::{All, NewEpisodes, None, Once};
    let rows: &[(&str, &[Run<'_>])] = &[
        ("none without a file", &[(None, &["a"], "no file", 0)]),
        ("once records, then replays", &[(Once, &["a", "b"], "12", 2), (Once, &["b", "a"], "21", 0)]),
        ("once records nothing new", &[(Once, &["a"], "1", 1), (Once, &["a", "c"], "1-", 0)]),
        ("the second time the second answer", &[(Once, &["a", "a"], "12", 2), (None, &["a", "a", "a"], "12-", 0)]),
        (
            "what is new is recorded",
            &[(Once, &["a"], "1", 1), (NewEpisodes, &["a", "b"], "11", 1), (None, &["a", "b"], "11", 0)],
        ),
        (
            "all records anew",
            &[(Once, &["a", "b"], "12", 2), (All, &["b", "a"], "12", 2), (None, &["a", "b"], "21", 0)],
        ),
    ];
    for (index, (says, runs)) in rows.iter().enumerate() {
        let folder = Folder::new(&format!("modes-{index}"));
        for (mode, paths, said, asked) in *runs {
            assert_eq!(run(&folder, *mode, paths), ((*said).to_owned(), *asked), "{says}: {mode:?}");
        }
    }
}

const LOGIN: &str =
    "HTTP/1.1 302 Found\r\nLocation: /home\r\nSet-Cookie: sid=31d4; Path=/; HttpOnly\r\nContent-Length: 0\r\n\r\n";

#[test]
fn secrets_stay_at_home_and_the_session_works_all_the_same() {
    for (shows, hidden) in [(false, true), (true, false)] {
        let folder = Folder::new(&format!("secrets-{shows}"));
        let file = folder.file("tape.har");
        let network = ScriptedTransport::new().reply(LOGIN).reply("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhome");
        let recording = RecordingTransport::open(network, &file, RecordMode::Once).unwrap().secrets(shows);
        let opener = over(Arc::new(recording));
        let request = || {
            let request = Request::post("http://h.test/login", Data::form([("user", "me")]));
            request.header("Authorization", "Basic c2VjcmV0").build().unwrap()
        };
        assert_eq!(opener.open(request()).unwrap().text().unwrap(), "home");
        // Dropping it writes the file.
        drop(opener);
        let text = fs::read_to_string(&file).unwrap();
        assert_eq!(!text.contains("31d4") && !text.contains("c2VjcmV0"), hidden, "{text}");
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&file).unwrap().permissions()) & 0o777, 0o600);

        crate::trace::har::assert_valid(file.to_str().unwrap());

        let replay = ReplayTransport::open(&file).unwrap().match_headers(["Cookie", "Authorization"]).match_data(true);
        let replay = Arc::new(replay);
        let jar = CookieJar::new();
        let https = HttpHandler::with_transport(Arc::clone(&replay));
        let opener = build_opener((HttpCookieProcessor::new(&jar), https, ProxyHandler::without_proxies()));
        assert_eq!(opener.open(request()).unwrap().text().unwrap(), "home");
        assert_eq!(jar.len(), 1, "the cookie is set, whatever its value");
        assert_eq!(replay.unused(), Vec::<String>::new());
    }
}

#[test]
fn what_is_recorded_is_unpacked_and_replays_so() {
    let folder = Folder::new("packed");
    let file = folder.file("tape.har");
    let packed: &[u8] = b"\x1f\x8b\x08\0\0\0\0\0\x02\x03\xcbH\xcd\xc9\xc9W\xc8\xc0N\x02\0\xf6\xd2S8\x1d\0\0\0";
    let server = Server::start(move |request| match request.target() {
        "/packed" => Reply::ok(packed).header("Content-Encoding", "gzip").header("Content-Type", "text/plain"),
        "/broken" => Reply::ok(b"no gzip").header("Content-Encoding", "gzip"),
        _ => Reply::ok(b"\xff\x00").header("Content-Type", "image/x"),
    });
    let paths = ["/packed", "/broken", "/image"];
    let open = |opener: &OpenerDirector| -> Vec<(Option<String>, Vec<u8>)> {
        let open = |path| {
            let mut response = opener.open(server.url(path)).unwrap();
            let mut body = Vec::new();
            response.copy_to(&mut body).unwrap();
            (response.headers().get_str("Content-Encoding").map(|value| value.into_owned()), body)
        };
        paths.map(open).into()
    };
    let recording = RecordingTransport::open(UreqTransport::new(), &file, RecordMode::All).unwrap();
    let live = open(&over(Arc::new(recording)));
    assert_eq!(live[0], (Some("gzip".to_owned()), packed.to_vec()), "as it came");
    let har: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    let plain = "hello hello hello hello hello";
    assert_eq!(har.pointer("/log/entries/0/response/content/text").unwrap(), plain, "as other programs read it");
    let replayed = open(&over(Arc::new(ReplayTransport::open(&file).unwrap())));
    assert_eq!(replayed[0], (None, plain.as_bytes().to_vec()));
    assert_eq!(replayed[1..], live[1..], "what cannot be unpacked stays as it is");
}

#[test]
fn what_is_no_recording_is_refused_in_words() {
    for (says, bytes, expected) in [
        ("no JSON", &b"<html>"[..], "it is no JSON"),
        ("another JSON", b"{}", "it is no HAR: it has no log with entries"),
        (
            "an entry without a URL",
            br#"{"log":{"entries":[{"request":{"method":"GET"}}]}}"#,
            "its entry 1: its request has no url",
        ),
        (
            "a URL that is none",
            br#"{"log":{"entries":[{"request":{"method":"GET","url":"//"}}]}}"#,
            "its entry 1: its url: ",
        ),
    ] {
        let error = ReplayTransport::read(bytes).map(drop).unwrap_err().to_string();
        assert!(error.starts_with("the recording cannot be replayed: ") && error.contains(expected), "{says}: {error}");
    }
    let deep = "[".repeat(100_000);
    assert!(ReplayTransport::read(deep.as_bytes()).is_err(), "no depth is too much to say no to");
}
