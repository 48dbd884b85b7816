//! To whom it is told, when, and what is kept from them.

use std::sync::Mutex;

use clientcookie::observe::{BodyEnd, Event, Observer, Outcome, Step};
use clientcookie::*;

use super::{Ear, opener};

const LOGIN: &str = "HTTP/1.1 200 OK\r\nSet-Cookie: sid=31d4\r\nContent-Length: 5\r\n\r\nhello";

/// A word for each step.
fn words(events: &[Event]) -> String {
    let word = |event: &Event| match &event.step {
        Step::Begin { .. } => "begin".to_owned(),
        Step::Calling { handler, hook } => format!("({handler}.{hook}"),
        Step::Called { .. } => ")".to_owned(),
        Step::Sent { .. } => "sent".to_owned(),
        Step::FirstByte => "byte".to_owned(),
        Step::Head { .. } => "head".to_owned(),
        Step::Cookie { fate, .. } => format!("cookie {fate}"),
        Step::End { .. } => "end".to_owned(),
        Step::Body { .. } => "body".to_owned(),
        other => format!("{other:?}"),
    };
    events.iter().map(word).collect::<Vec<_>>().join(" ")
}

#[test]
fn steps_come_in_the_order_in_which_they_happen() {
    let mut opener = OpenerDirector::new();
    let transport = transport::ScriptedTransport::new().reply(LOGIN);
    opener.add_handler(HttpHandler::with_transport(transport));
    opener.add_handler(HttpCookieProcessor::default());
    let ear = Ear { body_limit: 3, ..Ear::default() };
    opener.observe(ear.clone());
    let mut response = opener.open("http://h.test/").unwrap();
    let before = "begin (HttpHandler.http_request ) (HttpCookieProcessor.http_request ) (HttpHandler.open sent byte \
                  head ) (HttpCookieProcessor.http_response cookie stored ) end";
    assert_eq!(words(&ear.events()), before);
    assert_eq!(response.text().unwrap(), "hello");
    assert_eq!(words(&ear.events()), format!("{before} body"), "the body is told of when it was read");
    drop(response);
    let events = ear.events();
    assert_eq!(words(&events), format!("{before} body"), "and once");
    let Step::Body { wire_bytes, bytes, end, start } = &events.last().unwrap().step else { panic!() };
    assert_eq!((wire_bytes, bytes, end, &start[..]), (&5, &5, &BodyEnd::Whole, &b"hel"[..]));
    assert!(events.is_sorted_by_key(|event| event.at), "time goes on");
}

#[test]
fn secrets_are_for_those_who_ask_for_them() {
    let mut opener = opener(&[LOGIN, LOGIN], ());
    let (plain, secret) = (Ear::default(), Ear { shows_secrets: true, ..Ear::default() });
    opener.observe(plain.clone());
    opener.observe(secret.clone());
    opener.open("http://h.test/").unwrap();
    let request = Request::get("http://h.test/").header("Authorization", "Basic c2VjcmV0").build().unwrap();
    opener.open(request).unwrap();
    let (plain, secret) = (plain.events(), secret.events());
    assert_eq!(words(&plain), words(&secret), "both hear the same");
    let shown = format!("{secret:?}");
    assert!(shown.contains("31d4") && shown.contains("c2VjcmV0"), "{shown}");
    let masked = format!("{plain:?}");
    assert!(!masked.contains("31d4") && !masked.contains("c2VjcmV0"), "{masked}");
}

#[test]
fn a_handler_that_names_no_hooks_is_told_of_where_it_acts() {
    struct German;
    impl Handler for German {
        fn http_request(&self, _: &dyn Parent, request: &mut Request) -> Result<()> {
            request.add_unredirected_header("Accept-Language", "de")
        }
    }
    let mut opener = opener(&[LOGIN], German);
    let ear = Ear::default();
    opener.observe(ear.clone());
    opener.open("http://h.test/").unwrap();
    let of_it = |event: &&Event| matches!(&event.step, Step::Called { handler, .. } if handler == "German");
    let events = ear.events();
    let calls: Vec<&Event> = events.iter().filter(of_it).collect();
    assert_eq!(calls.len(), 1, "of fifteen hooks one: {calls:?}");
    let Step::Called { hook, outcome, changes, .. } = &calls[0].step else { panic!() };
    assert_eq!((*hook, outcome), ("http_request", &Outcome::Passes));
    assert_eq!(changes.iter().map(ToString::to_string).collect::<Vec<_>>(), ["+ Accept-Language: de"]);
}

#[test]
fn an_observer_may_open_urls_itself() {
    struct Curious(Mutex<Option<OpenerDirector>>, Mutex<u32>);
    impl Observer for Curious {
        fn event(&self, event: &Event) {
            if matches!(event.step, Step::End { .. })
                && let Some(own) = self.0.lock().unwrap().take()
            {
                own.open("data:,x").unwrap();
                *self.1.lock().unwrap() += 1;
            }
        }
    }
    let curious = std::sync::Arc::new(Curious(Mutex::new(Some(build_opener(()))), Mutex::new(0)));
    let mut opener = opener(&[LOGIN], ());
    let ear = Ear::default();
    opener.observe(std::sync::Arc::clone(&curious));
    opener.observe(ear.clone());
    opener.open("http://h.test/").unwrap();
    assert_eq!(*curious.1.lock().unwrap(), 1);
    let begins = ear.events().iter().filter(|event| matches!(event.step, Step::Begin { .. })).count();
    assert_eq!(begins, 1, "what another opener does is not told here");
}

#[test]
fn a_trace_that_is_full_counts_what_it_misses() {
    let trace = trace::Trace::new();
    let mut opener = OpenerDirector::new();
    opener.add_handler(DataHandler::new());
    opener.observe(trace.clone());
    opener.open("data:,x").unwrap();
    let per_open = trace.events().len();
    for _ in 0..trace::Trace::EVENT_LIMIT / per_open {
        opener.open("data:,x").unwrap();
    }
    let kept = trace.events().len();
    assert!(kept <= trace::Trace::EVENT_LIMIT, "{kept}");
    assert!(trace.missed() > 0 && trace.to_string().ends_with("events more were not kept)\n"));
    trace.clear();
    assert_eq!((trace.events().len(), trace.missed()), (0, 0));
}

/// A body that is read on another thread is told of from there.
#[test]
fn a_body_may_be_read_anywhere() {
    let mut opener = opener(&[LOGIN], SeekableProcessor::new());
    let ear = Ear::default();
    opener.observe(ear.clone());
    let mut response = opener.open("http://h.test/").unwrap();
    let text = std::thread::spawn(move || response.text().unwrap()).join().unwrap();
    assert_eq!(text, "hello");
    let events = ear.events();
    let last = &events.last().unwrap().step;
    assert!(matches!(last, Step::Body { bytes: 5, wire_bytes: 5, end: BodyEnd::Whole, .. }), "{last:?}");
}
