//! What changes from one run of a program to the next, and must not keep it from its recording.

use std::sync::Arc;

use clientcookie::replay::{RecordMode, RecordingTransport, ReplayTransport};
use clientcookie::transport::ScriptedTransport;
use clientcookie::*;

use super::{Folder, over};

#[test]
fn a_cookie_of_an_hour_lasts_an_hour_from_the_replay_on() {
    let replay = |started: &str| {
        let har = format!(
            r#"{{"log": {{"entries": [{{{started} "request": {{"method": "GET", "url": "http://h.test/"}},
            "response": {{"status": 200, "content": {{}}, "headers": [
                {{"name": "set-cookie", "value": "sid=***; Expires=Wed, 09 Feb 1994 23:23:32 GMT\nold=; Expires=Wed, 09 Feb 1994 22:00:00 GMT"}}
            ]}}}}]}}}}"#
        );
        let jar = CookieJar::new();
        let http = HttpHandler::with_transport(ReplayTransport::read(har.as_bytes()).unwrap());
        let opener = build_opener((http, HttpCookieProcessor::new(&jar), ProxyHandler::without_proxies()));
        opener.open("http://h.test/").unwrap();
        jar.len()
    };
    for (says, started, cookies) in [
        ("it had an hour", r#""startedDateTime": "1994-02-09T22:23:32.000Z","#, 1),
        ("the same, as Firefox writes it", r#""startedDateTime": "1994-02-09T23:23:32.000+01:00","#, 1),
        ("it had expired then", r#""startedDateTime": "1994-02-10T22:23:32.000Z","#, 0),
        ("nobody knows when", "", 0),
        ("nor from this", r#""startedDateTime": "yesterday","#, 0),
    ] {
        assert_eq!(replay(started), cookies, "{says}");
    }
}

#[test]
fn the_boundary_of_a_form_does_not_count() {
    let folder = Folder::new("boundary");
    let file = folder.file("tape.har");
    let form = |content: &'static str| Data::from(Data::multipart().field("user", "me").field("file", content));
    let request = |content| Request::post("http://h.test/upload", form(content)).build().unwrap();
    let network = ScriptedTransport::new().reply("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone");
    let recording = RecordingTransport::open(network.clone(), &file, RecordMode::Once).unwrap();
    over(Arc::new(recording)).open(request("a\u{e9}")).unwrap();
    let replay = ReplayTransport::open(&file).unwrap().match_data(true).match_headers(["Content-Type"]);
    let opener = over(Arc::new(replay));
    let error = opener.open(request("b")).unwrap_err().to_string();
    assert!(error.contains("(its data is another)"), "{error}");
    assert_eq!(opener.open(request("a\u{e9}")).unwrap().text().unwrap(), "done");
}
