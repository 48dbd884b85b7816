//! What the new request is made of, and how a program decides about it itself.

use std::io::Read;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use clientcookie::transport::ScriptedTransport;
use clientcookie::{
    Data, Handler, Hook, HttpErrorCause, HttpErrorProcessor, HttpHandler, HttpRedirectHandler, HttpsHandler,
    OpenerDirector, Parent, Request, RequestBuilder, Response, Result, Timeouts, build_opener,
};
use http::Method;

use super::world::World;
use super::{OK, http_error, redirect, script, visited};

fn opener(script: &ScriptedTransport, handler: HttpRedirectHandler) -> OpenerDirector {
    let transports = (HttpHandler::with_transport(script.clone()), HttpsHandler::with_transport(script.clone()));
    build_opener((transports.0, transports.1, handler))
}

#[test]
fn r17_what_describes_the_data_goes_with_it() {
    let post = |data: Data| Request::post("http://a.test/start", data);
    type Make = fn() -> Data;
    let kinds: [(&str, Make); 3] = [
        ("bytes", || Data::from("a=1")),
        ("a reader of known length", || Data::sized_reader(&b"a=1"[..], 3)),
        ("a reader of unknown length", || Data::reader(&b"a=1"[..])),
    ];
    for status in [301, 302, 303] {
        for location in ["/end", "http://b.test/end"] {
            for (kind, data) in kinds {
                let world = World::redirecting(status, location);
                let mut request = post(data())
                    .header("CONTENT-Type", "text/plain")
                    .header("content-encoding", "x")
                    .header("Content-Language", "de")
                    .header("Content-MD5", "x")
                    .unredirected_header("Content-Disposition", "x")
                    .header("X-Kept", "yes");
                if data().len().is_some() {
                    request = request.header("content-LENGTH", "3");
                } else {
                    request = request.header("transfer-ENCODING", "chunked");
                }
                world.opener().open(request).unwrap();
                let requests = world.requests();
                let (first, second) = (&requests[0].1, &requests[1].1);
                let says = format!("{status} to {location} of {kind}: {}", second.head);
                assert_eq!((first.method(), first.body.as_slice()), ("POST", &b"a=1"[..]), "{says}");
                assert_eq!((second.method(), second.body.len()), ("GET", 0), "{says}");
                let head = second.head.to_lowercase();
                assert!(!head.contains("\r\ncontent-") && !head.contains("transfer-encoding"), "{says}");
                assert_eq!(second.header("X-Kept").as_deref(), Some("yes"), "{says}");
            }
        }
    }
}

#[test]
fn r17_data_is_sent_again_only_where_that_was_allowed_and_is_possible() {
    const POST: Method = Method::POST;
    let request = |data: Data| Request::post("http://h.test/start", data).header("Content-Type", "x/y");
    let off = "replay_data is off";
    let elsewhere = "it would go to another origin";
    type Expected = Result<(Method, &'static str), &'static str>;
    let rows: [(&str, bool, RequestBuilder, &str, Expected); 10] = [
        ("as in urllib2", false, request("a=1".into()), "/end", Err(off)),
        ("even without data", false, request("a=1".into()).method(Method::DELETE).data(()), "/end", Err(off)),
        ("if allowed", true, request("a=1".into()), "/end", Ok((POST, "a=1"))),
        ("in any method", true, request("a=1".into()).method(Method::PUT), "/end", Ok((Method::PUT, "a=1"))),
        ("without data", true, Request::get("http://h.test/start").method("DELETE"), "/end", Ok((Method::DELETE, ""))),
        ("the same origin, spelled out", true, request("a=1".into()), "http://H.TEST:80/end", Ok((POST, "a=1"))),
        ("not elsewhere", true, request("a=1".into()), "http://other.test/end", Err(elsewhere)),
        ("not by another scheme", true, request("a=1".into()), "https://h.test/end", Err(elsewhere)),
        (
            "a reader is gone",
            true,
            request(Data::sized_reader(&b"a=1"[..], 3)),
            "/end",
            Err("the data was read already"),
        ),
        (
            "which is said first",
            false,
            request(Data::sized_reader(&b"a=1"[..], 3)),
            "/end",
            Err("the data was read already"),
        ),
    ];
    // The builder of a row is used up by a status, so the statuses share one.
    for (index, (says, replay_data, request, location, expected)) in rows.into_iter().enumerate() {
        let status = [307, 308][index % 2];
        let script = script([redirect(status, location).as_str(), OK]);
        let outcome = opener(&script, HttpRedirectHandler::new().replay_data(replay_data)).open(request);
        match expected {
            Ok((method, data)) => {
                outcome.unwrap();
                let second = &script.requests()[1];
                assert_eq!((&second.method, second.data.as_slice()), (&method, data.as_bytes()), "{says}");
                let described = second.headers.get_str("Content-Type").map(|value| value.into_owned());
                assert_eq!(described.as_deref(), Some("x/y").filter(|_| !data.is_empty()), "{says}");
            }
            Err(reason) => {
                let mut error = http_error(outcome.expect_err(says));
                assert!(error.to_string().contains(reason), "{says}: {error}");
                let has_data = matches!(error.cause(), HttpErrorCause::CannotReplay { .. });
                assert_eq!(has_data, !says.contains("without data"), "{says}: of data only where there is some");
                assert_eq!(error.text().unwrap(), "moved", "{says}");
                assert_eq!(script.requests().len(), 1, "{says}");
            }
        }
    }
}

#[test]
fn a_file_is_read_again_for_every_hop() {
    let path = std::env::temp_dir().join(format!("clientcookie-replayed-{}", std::process::id()));
    std::fs::write(&path, "from a file").unwrap();
    let world = World::redirecting(308, "/end");
    let (http, https) = world.handlers();
    let opener = build_opener((http, https, HttpRedirectHandler::new().replay_data(true)));
    opener.open(Request::post("http://a.test/start", Data::file(&path).unwrap())).unwrap();
    std::fs::remove_file(&path).unwrap();
    let bodies: Vec<_> = world.requests().into_iter().map(|(_, request)| request.body).collect();
    assert_eq!(bodies, [b"from a file", b"from a file"]);
}

/// Keeps what a handler sees of each request.
#[derive(Clone, Default)]
struct Watch(Arc<Mutex<Vec<Seen>>>);

/// Whether it is unverifiable, the host the user asked for, and the time limits.
type Seen = (bool, String, Option<Timeouts>);

impl Handler for Watch {
    fn hooks(&self) -> &[Hook] {
        &[Hook::HttpRequest]
    }
    fn http_request(&self, _: &dyn Parent, request: &mut Request) -> Result<()> {
        let seen = (request.is_unverifiable(), request.origin_req_host().to_owned(), request.timeouts());
        self.0.lock().unwrap().push(seen);
        Ok(())
    }
}

#[test]
fn a_redirected_request_is_unverifiable_and_remembers_its_origin() {
    let limit = Timeouts::from(Duration::from_secs(7));
    let get = || Request::get("http://first.test/").timeouts(limit);
    for (request, origin) in [(get(), "first.test"), (get().origin_req_host("page.test"), "page.test")] {
        let script =
            script([redirect(302, "http://second.test/"), redirect(302, "https://third.test/"), OK.to_owned()]);
        let watch = Watch::default();
        let transports = (HttpHandler::with_transport(script.clone()), HttpsHandler::with_transport(script));
        build_opener((transports.0, transports.1, watch.clone())).open(request).unwrap();
        let expected = [false, true, true].map(|unverifiable| (unverifiable, origin.to_owned(), Some(limit)));
        assert_eq!(*watch.0.lock().unwrap(), expected);
    }
}

#[test]
fn a_program_may_decide_about_each_redirect() {
    let stay = || {
        HttpRedirectHandler::new().redirect_request(|redirect| match redirect.is_same_origin() {
            true => redirect.next(),
            false => Err(HttpErrorCause::RefusedRedirect { reason: "no further".to_owned() }),
        })
    };
    let script = script([redirect(301, "/2"), redirect(302, "http://other.test/"), OK.to_owned()]);
    let error = http_error(opener(&script, stay()).open("http://h.test/1").unwrap_err());
    assert_eq!(*error.cause(), HttpErrorCause::RefusedRedirect { reason: "no further".to_owned() });
    assert_eq!(visited(&script), ["http://h.test/1", "http://h.test/2"]);
}

#[test]
fn a_decision_sees_everything_and_may_be_another_request() {
    let handler = HttpRedirectHandler::new().redirect_request(|redirect| {
        assert_eq!(redirect.previous().url().as_str(), "http://h.test/1");
        assert_eq!(redirect.response().status(), 302);
        assert_eq!(redirect.url().as_str(), "http://h.test/2");
        assert!(!format!("{redirect:?}").contains("secret"));
        let mut request = Request::new("http://mirror.test/2").unwrap();
        request.set_method(Method::PUT);
        Ok(request)
    });
    let script = script([redirect(302, "/2").as_str(), OK]);
    let request = Request::get("http://h.test/1").header("Authorization", "secret");
    let response = opener(&script, handler).open(request).unwrap();
    let second = &script.requests()[1];
    assert_eq!((second.url.as_str(), &second.method), ("http://mirror.test/2", &Method::PUT));
    assert!(!second.headers.contains("Authorization"), "a new request has what it was given");
    assert_eq!(response.redirections().len(), 1);
}

#[test]
fn no_decision_gets_around_schemes_and_limits() {
    let to = |url: &'static str| {
        HttpRedirectHandler::new().redirect_request(move |_| Ok(Request::new(url).expect("a good URL")))
    };
    let replies = || (0..50).map(|number| redirect(302, &format!("/{number}")));
    let files = script(replies());
    let error = http_error(opener(&files, to("file:///etc/passwd")).open("http://h.test/").unwrap_err());
    assert!(matches!(error.cause(), HttpErrorCause::RefusedRedirect { .. }), "{error}");
    let looping = script(replies());
    let error = http_error(opener(&looping, to("http://h.test/again")).open("http://h.test/").unwrap_err());
    assert_eq!(*error.cause(), HttpErrorCause::RedirectLoop { limit: 4 });
    assert_eq!(looping.requests().len(), 5);
}

#[test]
fn a_decision_may_follow_what_is_not_followed_otherwise() {
    let handler = HttpRedirectHandler::new().redirect_request(|redirect| {
        let mut request = Request::new(redirect.url().as_str()).unwrap();
        request.set_method(redirect.previous().method());
        Ok(request)
    });
    let script = script([redirect(302, "/end").as_str(), OK]);
    let mut text = String::new();
    let request = Request::get("http://h.test/").method(Method::DELETE);
    opener(&script, handler).open(request).unwrap().read_to_string(&mut text).unwrap();
    assert_eq!((script.requests()[1].method.as_str(), text.as_str()), ("DELETE", "done"));
}

/// Answers whatever comes, as a cache might.
struct Everything(ScriptedTransport);

impl Handler for Everything {
    fn default_open(&self, parent: &dyn Parent, request: &mut Request) -> Result<Option<Response>> {
        HttpHandler::with_transport(self.0.clone()).open(parent, request)
    }
}

#[test]
fn a_redirect_is_followed_to_whoever_answers() {
    let mut opener = OpenerDirector::new();
    opener.add_handler(Everything(script([redirect(302, "/end"), OK.to_owned()])));
    opener.add_handler(HttpRedirectHandler::new());
    opener.add_handler(HttpErrorProcessor::new());
    assert_eq!(opener.open("http://a.test/").unwrap().url().path(), "/end");
}
