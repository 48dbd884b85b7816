//! What is said of a request that was not recorded.

use std::sync::Arc;

use clientcookie::replay::{NotRecorded, ReplayTransport};
use clientcookie::*;

use super::over;

const TAPE: &str = r#"{"log": {"entries": [
    {"request": {"method": "GET", "url": "http://shop.test/list?page=1", "headers": [{"name": "Accept", "value": "text/html"}]},
     "response": {"status": 200, "headers": [], "content": {"text": "one"}}},
    {"request": {"method": "POST", "url": "http://shop.test/list?page=1", "postData": {"text": "a=1"}},
     "response": {"status": 200, "headers": [], "content": {"text": "two"}}},
    {"request": {"method": "GET", "url": "http://other.test/"}, "response": {"status": 200, "content": {}}}
]}}"#;

#[test]
fn the_nearest_are_named_and_in_what_they_differ() {
    let get = |url: &str| Request::new(url).unwrap();
    let post = |data: &'static str| Request::post("http://shop.test/list?page=1", data).build().unwrap();
    for (says, request, expected) in [
        ("as recorded", get("http://shop.test/list?page=1#top"), "one"),
        (
            "another query",
            get("http://shop.test/list?page=2"),
            "no answer to GET http://shop.test/list?page=2 was recorded; the nearest are \
             GET http://shop.test/list?page=1 (its query is another, its Accept is another), ",
        ),
        (
            "another method",
            Request::get("http://shop.test/list?page=1").method("PUT").build().unwrap(),
            "no answer to PUT http://shop.test/list?page=1 was recorded; the nearest are \
             GET http://shop.test/list?page=1 (its method is another, its Accept is another), POST ",
        ),
        ("another place", get("https://shop.test/list?page=1"), "its scheme, host or port is another"),
        ("the same data", post("a=1"), "two"),
        ("other data", post("a=2"), "POST http://shop.test/list?page=1 (its data is another)"),
        ("no secret of the URL", get("http://me:secret@shop.test/x"), "no answer to GET http://shop.test/x was"),
    ] {
        let replay = ReplayTransport::read(TAPE.as_bytes()).unwrap().match_headers(["Accept"]).match_data(true);
        let opener = over(Arc::new(replay));
        let mut request = request;
        if expected == "one" {
            request.add_header("Accept", "text/html").unwrap();
        }
        let said = match opener.open(request) {
            Ok(mut response) => response.text().unwrap(),
            Err(error) => {
                let ErrorKind::Other(inner) = error.kind() else { panic!("{says}: {error:?}") };
                assert!(inner.downcast_ref::<NotRecorded>().is_some(), "{says}");
                error.to_string()
            }
        };
        assert!(said.contains(expected), "{says}: {said}");
    }
}

#[test]
fn answers_repeat_if_they_are_to() {
    for (repeats, expected) in [(false, "one-"), (true, "oneone")] {
        let replay = Arc::new(ReplayTransport::read(TAPE.as_bytes()).unwrap().repeats(repeats));
        let opener = over(Arc::clone(&replay));
        let open = |_| match opener.open("http://shop.test/list?page=1") {
            Ok(mut response) => response.text().unwrap(),
            Err(error) => {
                let words = "it was recorded 1 times, and each answer was given already";
                assert!(error.to_string().contains(words), "{error}");
                "-".to_owned()
            }
        };
        assert_eq!([1, 2].map(open).concat(), expected);
        assert_eq!(replay.unused(), ["POST http://shop.test/list?page=1", "GET http://other.test/"]);
    }
}
