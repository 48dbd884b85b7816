//! `SeekableProcessor`: what can be read again, what it fetches for that, and where it keeps it.

use std::io::{self, BufRead, Cursor, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use clientcookie::{
    Body, Error, ErrorKind, Handler, HttpHandler, OpenerDirector, Parent, Request, Response, Result, SeekableProcessor,
    build_opener,
};

use super::bodies::{Count, Dripping, Made, Once, bytes, cut};
use crate::support::{Reply, Server};
use crate::transport::outcome::describe;

const KIB: usize = 1024;

/// An opener whose one response has this body.
fn opener(processor: SeekableProcessor, body: Body) -> OpenerDirector {
    let body = Mutex::new(Some(body));
    let answer = move |_: &str| ((200, &[][..]), body.lock().unwrap().take().expect("one request"));
    build_opener((processor, HttpHandler::with_transport(Made(answer))))
}

fn open(processor: SeekableProcessor, body: impl Read + Send + 'static) -> Response {
    opener(processor, Body::from_reader(body)).open("http://h.test/").unwrap()
}

#[test]
fn nothing_is_fetched_before_it_is_asked_for() {
    let count = Count::default();
    let body = count.body(Cursor::new(bytes(1000 * KIB)));
    let mut response = opener(SeekableProcessor::new(), body).open("http://h.test/").unwrap();
    let mut steps = Vec::new();
    let mut ten = [0; 10];
    steps.push(("opening", count.bytes()));
    response.read_exact(&mut ten).unwrap();
    steps.push(("reading ten bytes", count.bytes()));
    response.seek(SeekFrom::Start(200_000)).unwrap();
    steps.push(("seeking forward", count.bytes()));
    response.seek(SeekFrom::Current(-100_000)).unwrap();
    steps.push(("seeking forward and back again", count.bytes()));
    response.read_exact(&mut ten).unwrap();
    assert_eq!(ten[..], bytes(100_010)[100_000..]);
    steps.push(("reading there", count.bytes()));
    response.rewind().unwrap();
    response.read_exact(&mut ten).unwrap();
    steps.push(("reading again", count.bytes()));
    assert_eq!(response.seek(SeekFrom::End(0)).unwrap(), 1000 * KIB as u64);
    steps.push(("seeking from the end", count.bytes()));
    let expected = [0, 10, 10, 10, 100_010, 100_010, 1000 * KIB as u64];
    let came: Vec<u64> = steps.iter().map(|(_, count)| *count).collect();
    assert_eq!(came, expected, "{steps:?}");
}

#[test]
fn it_is_a_file_to_whoever_reads_it() {
    for (memory_limit, chunky) in [(0, false), (1, true), (KIB, false), (KIB, true), (64 * KIB, false)] {
        let all = bytes(10 * KIB + 17);
        let body: Box<dyn Read + Send> = match chunky {
            true => Box::new(Dripping(Cursor::new(all.clone()))),
            false => Box::new(Cursor::new(all.clone())),
        };
        let mut ours = open(SeekableProcessor::new().memory_limit(memory_limit), body);
        let mut file = Cursor::new(all);
        let mut random = 12345_u64;
        let mut next = |below: u64| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (random >> 33) % below
        };
        for step in 0..500 {
            let amount = next(3000) as i64;
            match next(6) {
                0 => assert_eq!(
                    ours.seek(SeekFrom::Start(amount as u64 * 4)).unwrap(),
                    file.seek(SeekFrom::Start(amount as u64 * 4)).unwrap()
                ),
                1 => {
                    let to = SeekFrom::Current(amount - 1500);
                    assert_eq!(ours.seek(to).ok(), file.seek(to).ok(), "step {step}");
                }
                2 => assert_eq!(ours.seek(SeekFrom::End(-amount)).unwrap(), file.seek(SeekFrom::End(-amount)).unwrap()),
                3 => {
                    let (mut one, mut other) = (Vec::new(), Vec::new());
                    ours.read_until(7, &mut one).unwrap();
                    file.read_until(7, &mut other).unwrap();
                    assert!(one == other, "step {step}");
                }
                _ => {
                    let (mut one, mut other) = (Vec::new(), Vec::new());
                    ours.by_ref().take(amount as u64).read_to_end(&mut one).unwrap();
                    file.by_ref().take(amount as u64).read_to_end(&mut other).unwrap();
                    assert!(one == other, "step {step}");
                }
            }
            assert_eq!(ours.stream_position().unwrap(), file.stream_position().unwrap(), "step {step}");
        }
    }
}

#[test]
fn a_program_continues_as_if_nobody_had_read() {
    let mut response = open(SeekableProcessor::new(), Cursor::new("one\ntwo\nthree"));
    assert_eq!(response.text().unwrap(), "one\ntwo\nthree");
    assert_eq!(response.text().unwrap(), "");
    response.rewind().unwrap();
    let mut line = String::new();
    response.read_line(&mut line).unwrap();
    assert_eq!((line.as_str(), response.stream_position().unwrap()), ("one\n", 4));
    response.seek(SeekFrom::Start(4)).unwrap();
    assert_eq!(io::read_to_string(&mut response).unwrap(), "two\nthree");
    response.seek(SeekFrom::End(-5)).unwrap();
    assert_eq!(response.lines().next().unwrap().unwrap(), "three");
}

#[test]
fn without_it_seeking_says_what_is_missing() {
    let answer = |_: &str| ((200, &[][..]), Body::from("a page"));
    let mut response = build_opener(HttpHandler::with_transport(Made(answer))).open("http://h.test/").unwrap();
    let error = response.rewind().unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::NotSeekable);
    assert!(error.to_string().contains("SeekableProcessor"), "{error}");
    assert!(response.stream_position().is_err() && response.share_body().is_none());
    assert_eq!(response.text().unwrap(), "a page", "and nothing is lost by trying");
}

#[test]
fn a_place_before_the_start_is_refused_and_one_behind_the_end_is_empty() {
    let mut response = open(SeekableProcessor::new(), Cursor::new("abc"));
    for to in [SeekFrom::Current(-1), SeekFrom::End(-4), SeekFrom::Current(i64::MIN)] {
        let error = response.seek(to).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput, "{to:?}");
        assert_eq!(response.stream_position().unwrap(), 0, "{to:?}");
    }
    assert_eq!(response.seek(SeekFrom::End(1000)).unwrap(), 1003);
    assert_eq!(response.text().unwrap(), "");
    assert!(response.seek(SeekFrom::Start(u64::MAX)).is_ok());
    assert_eq!(response.text().unwrap(), "");
    assert_eq!(response.seek(SeekFrom::Current(1)).unwrap_err().kind(), io::ErrorKind::InvalidInput);
}

/// Answers a scheme that nobody knows.
struct Foo;

impl Handler for Foo {
    fn schemes(&self) -> &[&str] {
        &["foo"]
    }

    fn open(&self, _: &dyn Parent, request: &mut Request) -> Result<Option<Response>> {
        let body = Body::from_reader(Cursor::new("bar"));
        Ok(Some(Response::new(request.url().clone(), http::StatusCode::OK, body).unwrap()))
    }
}

#[test]
fn every_scheme_and_every_error_can_be_sought() {
    let server = Server::start(|request| match request.target() {
        "/missing" => Reply::status(404, "Not Found").body("nothing here"),
        "/loop" => Reply::redirect(302, "/loop").body("round and round"),
        "/data" => Reply::status(307, "Again").header("Location", "/").body("data again"),
        _ => Reply::ok("http"),
    });
    let opener = build_opener((SeekableProcessor::new(), Foo));
    let twice = |response: &mut Response| {
        let first = response.text().unwrap();
        response.rewind().unwrap();
        assert_eq!(response.text().unwrap(), first);
        first
    };
    assert_eq!(twice(&mut opener.open("foo:bar").unwrap()), "bar");
    assert_eq!(twice(&mut opener.open("data:,some%20data").unwrap()), "some data");
    let file = url::Url::from_file_path(concat!(env!("CARGO_MANIFEST_DIR"), "/rustfmt.toml")).unwrap();
    assert!(twice(&mut opener.open(file).unwrap()).contains("120"));
    assert_eq!(twice(&mut opener.open(server.url("/")).unwrap()), "http");
    for (path, body) in [("/missing", "nothing here"), ("/loop", "round and round")] {
        let mut error = opener.open(server.url(path)).unwrap_err().into_http_error().unwrap();
        assert_eq!(twice(&mut error), body);
    }
    let error = opener.open(Request::post(server.url("/data"), "a=1")).unwrap_err();
    assert_eq!(twice(&mut error.into_http_error().unwrap().into_response()), "data again");
}

#[cfg(feature = "tls")]
#[test]
fn https_can_be_sought() {
    let server = Server::start_tls("localhost", |_| Reply::ok("secret page"));
    let mut opener = crate::tls::openers::trusting("ca.pem");
    opener.add_handler(SeekableProcessor::new());
    let mut response = opener.open(server.url("/")).unwrap();
    assert_eq!(response.text().unwrap(), "secret page");
    response.seek(SeekFrom::Start(7)).unwrap();
    assert_eq!(response.text().unwrap(), "page");
}

#[test]
fn a_cut_body_is_told_every_time_and_what_came_is_kept() {
    for memory_limit in [0, 64 * KIB] {
        let mut response = open(SeekableProcessor::new().memory_limit(memory_limit), cut(b"what came"));
        for _ in 0..3 {
            let mut read = Vec::new();
            let error = response.read_to_end(&mut read).unwrap_err();
            assert_eq!(
                (read.as_slice(), describe(&error.into()).as_str()),
                (&b"what came"[..], "IncompleteRead 9 of 10")
            );
            let again = response.read(&mut [0; 5]).unwrap_err();
            assert_eq!(again.kind(), io::ErrorKind::UnexpectedEof);
            let text = response.text().unwrap_err();
            assert_eq!(describe(&text), "IncompleteRead 9 of 10", "text is never short");
            assert!(response.seek(SeekFrom::End(0)).is_err(), "there is no end to count from");
            response.rewind().unwrap();
        }
        let mut behind = response.share_body().unwrap();
        behind.seek(SeekFrom::Start(1000)).unwrap();
        assert!(behind.read(&mut [0; 5]).is_err(), "what is behind the cut is no end either");
    }
}

#[test]
fn a_read_that_took_too_long_may_be_tried_again() {
    let slow = io::Error::from(io::ErrorKind::TimedOut);
    let body = Cursor::new("first ").chain(Once(Some(slow)).chain(Cursor::new("second")));
    let mut response = open(SeekableProcessor::new(), body);
    let mut read = String::new();
    let error = response.read_to_string(&mut read).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    response.rewind().unwrap();
    assert_eq!(response.text().unwrap(), "first second");
}

#[test]
fn the_total_limit_holds_at_its_number_and_breaks_one_further() {
    for (length, fits) in [(999, true), (1000, true), (1001, false)] {
        let mut response = open(SeekableProcessor::new().total_limit(1000), Cursor::new(bytes(length)));
        let mut read = Vec::new();
        let outcome = response.read_to_end(&mut read).map_err(Error::from);
        assert_eq!(read, bytes(length.min(1000)), "{length}");
        match outcome {
            Ok(_) => assert!(fits, "{length}"),
            Err(error) => {
                assert!(!fits && matches!(error.kind(), ErrorKind::TooLarge { limit: 1000 }), "{length}: {error}");
                response.rewind().unwrap();
                assert!(response.read_exact(&mut [0; 1000]).is_ok() && response.read(&mut [0]).is_err());
                assert!(response.seek(SeekFrom::End(0)).is_err());
            }
        }
    }
    let mut endless = open(SeekableProcessor::new().total_limit(1 << 20), io::repeat(b'x'));
    assert!(endless.seek(SeekFrom::End(0)).is_err(), "an endless body ends at the limit");
}

#[test]
fn a_large_body_goes_to_a_file_that_nobody_sees() {
    const LENGTH: u64 = 64 << 20;
    let mut response = open(SeekableProcessor::new().memory_limit(1 << 20), io::repeat(0).take(LENGTH));
    assert_eq!(response.seek(SeekFrom::End(0)).unwrap(), LENGTH);
    response.rewind().unwrap();
    assert_eq!(io::copy(&mut response, &mut io::sink()).unwrap(), LENGTH);
    #[cfg(target_os = "linux")]
    assert_eq!(open_and_deleted(LENGTH - (1 << 20)), 1, "it is open, and has no name");
    drop(response);
    #[cfg(target_os = "linux")]
    assert_eq!(open_and_deleted(LENGTH - (1 << 20)), 0, "it is gone with the response");
}

/// How many open files of this process have no name, and are so large.
#[cfg(target_os = "linux")]
fn open_and_deleted(at_least: u64) -> usize {
    let links = std::fs::read_dir("/proc/self/fd").unwrap().flatten();
    let ours = links.filter(|link| {
        let name = std::fs::read_link(link.path()).unwrap_or_default();
        let name = name.to_string_lossy().into_owned();
        let is_large = std::fs::metadata(link.path()).is_ok_and(|metadata| metadata.len() >= at_least);
        name.contains("clientcookie-") && name.ends_with(" (deleted)") && is_large
    });
    ours.count()
}

#[test]
fn several_threads_share_one_body_and_fetch_it_once() {
    let count = Count::default();
    let all = bytes(300 * KIB);
    let body = count.body(Cursor::new(all.clone()));
    let processor = SeekableProcessor::new().memory_limit(10 * KIB);
    let mut response = opener(processor, body).open("http://h.test/").unwrap();
    response.read_exact(&mut [0; 100]).unwrap();
    thread::scope(|scope| {
        for step in [1000, 4096, 7777, 65_536] {
            let mut reader = response.share_body().unwrap();
            let all = &all;
            scope.spawn(move || {
                let (mut read, mut piece) = (Vec::new(), vec![0; step]);
                loop {
                    match reader.read(&mut piece).unwrap() {
                        0 => break,
                        amount => read.extend_from_slice(&piece[..amount]),
                    }
                }
                assert!(read == *all, "steps of {step}");
            });
        }
    });
    assert_eq!(response.stream_position().unwrap(), 100, "each has its own position");
    let mut rest = Vec::new();
    response.read_to_end(&mut rest).unwrap();
    assert!(rest == all[100..]);
    assert_eq!(count.bytes(), all.len() as u64);
}

/// Waits to be told to go on, and then ends.
struct Waiting {
    asked: mpsc::Sender<()>,
    go_on: mpsc::Receiver<()>,
}

impl Read for Waiting {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.asked.send(()).unwrap();
        self.go_on.recv_timeout(Duration::from_secs(10)).map_err(|_| io::Error::other("nobody says to go on"))?;
        Ok(0)
    }
}

#[test]
fn who_waits_for_more_does_not_keep_others_from_what_is_there() {
    let (asked, is_asked) = mpsc::channel();
    let (go_on, is_told) = mpsc::channel();
    let body = Cursor::new("here").chain(Waiting { asked, go_on: is_told });
    let mut response = open(SeekableProcessor::new(), body);
    let mut other = response.share_body().unwrap();
    thread::scope(|scope| {
        let waiting = scope.spawn(move || response.text().unwrap());
        is_asked.recv().unwrap();
        let mut four = [0; 4];
        other.read_exact(&mut four).unwrap();
        assert_eq!(&four, b"here");
        go_on.send(()).unwrap();
        assert_eq!(waiting.join().unwrap(), "here");
    });
    assert_eq!(other.read(&mut [0]).unwrap(), 0);
}

#[test]
fn what_is_put_back_makes_a_new_body() {
    let mut body = Body::from("a <!-comment-> here").into_seekable();
    let mut start = [0; 14];
    body.read_exact(&mut start).unwrap();
    let old = body.share().unwrap();
    body.prepend(b"a <!--comment-->");
    body.seek(SeekFrom::End(-5)).unwrap();
    assert_eq!(io::read_to_string(&mut body).unwrap(), " here");
    body.rewind().unwrap();
    assert_eq!(io::read_to_string(&mut body).unwrap(), "a <!--comment--> here");
    assert_eq!(io::read_to_string(old).unwrap(), "a <!-comment-> here");
}

/// Keeps another reader of each response, as an archive would.
#[derive(Clone, Default)]
struct Archive(Arc<Mutex<Vec<Body>>>);

impl Handler for Archive {
    fn order(&self) -> i32 {
        960
    }

    fn any_response(&self, _: &dyn Parent, _: &Request, response: Response) -> Result<Response> {
        self.0.lock().unwrap().push(response.share_body().expect("a body that can be sought"));
        Ok(response)
    }
}

#[test]
fn a_redirect_takes_nothing_from_who_shares_its_body() {
    let server = Server::start(|request| match request.target() {
        "/old" => Reply::redirect(302, "/new").body("moved"),
        _ => Reply::ok("here"),
    });
    let archive = Archive::default();
    let opener = build_opener((SeekableProcessor::new(), archive.clone()));
    assert_eq!(opener.open(server.url("/old")).unwrap().text().unwrap(), "here");
    let bodies: Vec<Body> = std::mem::take(&mut archive.0.lock().unwrap());
    let texts: Vec<String> = bodies.into_iter().map(|body| io::read_to_string(body).unwrap()).collect();
    assert_eq!(texts, ["moved", "here"]);
    assert_eq!(server.connections(), 1, "and the connection is used again");
}

#[test]
fn its_order_is_behind_all_who_replace_bodies() {
    let shown = build_opener(SeekableProcessor::new()).to_string();
    assert!(shown.contains("│   950 │ SeekableProcessor "), "{shown}");
}
