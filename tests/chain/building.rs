//! How a chain is put together: `build_opener`, and which default an own handler replaces.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use clientcookie::transport::ScriptedTransport;
use clientcookie::{
    CookieJar, Error, Handler, Hook, HttpCookieProcessor, HttpError, HttpErrorProcessor, HttpHandler,
    HttpRedirectHandler, HttpsHandler, Kind, OpenerDirector, Parent, Request, Response, Result, build_opener,
};

use super::mock::{Calls, Mock};

/// A handler of one's own that stands for a default one and does nothing.
struct Own(Option<Kind>);

impl Handler for Own {
    fn kind(&self) -> Option<Kind> {
        self.0
    }
}

fn names(opener: &OpenerDirector) -> String {
    opener.handlers().map(Handler::name).collect::<Vec<_>>().join(" ")
}

#[test]
fn an_own_handler_replaces_the_default_of_its_kind() {
    let own = |kind| build_opener(Own(Some(kind)));
    let jar = CookieJar::new();
    let rows = [
        (
            "the defaults",
            build_opener(()),
            "ProxyHandler HttpDigestAuthHandler ProxyDigestAuthHandler UnknownHandler HttpHandler HttpsHandler FileHandler DataHandler HttpBasicAuthHandler HttpDefaultErrorHandler HttpRedirectHandler \
             HttpCookieProcessor HttpErrorProcessor",
        ),
        (
            "one of no kind is added behind the defaults of its order",
            build_opener(Own(None)),
            "ProxyHandler HttpDigestAuthHandler ProxyDigestAuthHandler UnknownHandler HttpHandler HttpsHandler FileHandler DataHandler HttpBasicAuthHandler HttpDefaultErrorHandler HttpRedirectHandler \
             HttpCookieProcessor Own HttpErrorProcessor",
        ),
        (
            "UnknownHandler",
            own(Kind::Unknown),
            "ProxyHandler HttpDigestAuthHandler ProxyDigestAuthHandler HttpHandler HttpsHandler FileHandler DataHandler HttpBasicAuthHandler HttpDefaultErrorHandler HttpRedirectHandler HttpCookieProcessor Own \
             HttpErrorProcessor",
        ),
        (
            "HttpHandler, but not HttpsHandler",
            own(Kind::Http),
            "ProxyHandler HttpDigestAuthHandler ProxyDigestAuthHandler UnknownHandler HttpsHandler FileHandler DataHandler HttpBasicAuthHandler HttpDefaultErrorHandler HttpRedirectHandler HttpCookieProcessor Own \
             HttpErrorProcessor",
        ),
        (
            "HttpsHandler, but not HttpHandler",
            own(Kind::Https),
            "ProxyHandler HttpDigestAuthHandler ProxyDigestAuthHandler UnknownHandler HttpHandler FileHandler DataHandler HttpBasicAuthHandler HttpDefaultErrorHandler HttpRedirectHandler HttpCookieProcessor Own \
             HttpErrorProcessor",
        ),
        (
            "HttpDefaultErrorHandler",
            own(Kind::DefaultError),
            "ProxyHandler HttpDigestAuthHandler ProxyDigestAuthHandler UnknownHandler HttpHandler HttpsHandler FileHandler DataHandler HttpBasicAuthHandler HttpRedirectHandler HttpCookieProcessor Own HttpErrorProcessor",
        ),
        (
            "HttpRedirectHandler",
            own(Kind::Redirect),
            "ProxyHandler HttpDigestAuthHandler ProxyDigestAuthHandler UnknownHandler HttpHandler HttpsHandler FileHandler DataHandler HttpBasicAuthHandler HttpDefaultErrorHandler HttpCookieProcessor Own \
             HttpErrorProcessor",
        ),
        (
            "HttpErrorProcessor, whose order the own one need not have",
            own(Kind::ErrorProcessor),
            "ProxyHandler HttpDigestAuthHandler ProxyDigestAuthHandler UnknownHandler HttpHandler HttpsHandler FileHandler DataHandler HttpBasicAuthHandler HttpDefaultErrorHandler HttpRedirectHandler \
             HttpCookieProcessor Own",
        ),
        (
            "HttpCookieProcessor",
            own(Kind::Cookie),
            "ProxyHandler HttpDigestAuthHandler ProxyDigestAuthHandler UnknownHandler HttpHandler HttpsHandler FileHandler DataHandler HttpBasicAuthHandler HttpDefaultErrorHandler HttpRedirectHandler Own \
             HttpErrorProcessor",
        ),
        (
            "ProxyHandler",
            own(Kind::Proxy),
            "HttpDigestAuthHandler ProxyDigestAuthHandler UnknownHandler HttpHandler HttpsHandler FileHandler DataHandler HttpBasicAuthHandler HttpDefaultErrorHandler HttpRedirectHandler \
             HttpCookieProcessor Own HttpErrorProcessor",
        ),
        (
            "HttpBasicAuthHandler",
            own(Kind::BasicAuth),
            "ProxyHandler HttpDigestAuthHandler ProxyDigestAuthHandler UnknownHandler HttpHandler HttpsHandler FileHandler DataHandler HttpDefaultErrorHandler HttpRedirectHandler \
             HttpCookieProcessor Own HttpErrorProcessor",
        ),
        (
            "HttpDigestAuthHandler",
            own(Kind::DigestAuth),
            "ProxyHandler ProxyDigestAuthHandler UnknownHandler HttpHandler HttpsHandler FileHandler DataHandler HttpBasicAuthHandler HttpDefaultErrorHandler HttpRedirectHandler \
             HttpCookieProcessor Own HttpErrorProcessor",
        ),
        (
            "ProxyDigestAuthHandler",
            own(Kind::ProxyDigestAuth),
            "ProxyHandler HttpDigestAuthHandler UnknownHandler HttpHandler HttpsHandler FileHandler DataHandler HttpBasicAuthHandler HttpDefaultErrorHandler HttpRedirectHandler \
             HttpCookieProcessor Own HttpErrorProcessor",
        ),
        (
            "the library's own types replace theirs; a tuple may mix all kinds",
            build_opener((HttpCookieProcessor::new(&jar), Own(Some(Kind::Unknown)), HttpRedirectHandler::new())),
            "ProxyHandler HttpDigestAuthHandler ProxyDigestAuthHandler HttpHandler HttpsHandler FileHandler DataHandler HttpBasicAuthHandler HttpDefaultErrorHandler HttpCookieProcessor Own HttpRedirectHandler \
             HttpErrorProcessor",
        ),
        (
            "two of one kind are both kept",
            build_opener((Own(Some(Kind::Cookie)), HttpCookieProcessor::new(&jar))),
            "ProxyHandler HttpDigestAuthHandler ProxyDigestAuthHandler UnknownHandler HttpHandler HttpsHandler FileHandler DataHandler HttpBasicAuthHandler HttpDefaultErrorHandler HttpRedirectHandler Own \
             HttpCookieProcessor HttpErrorProcessor",
        ),
        (
            "a shared one stands for the kind of what it shares",
            build_opener(Arc::new(HttpErrorProcessor::new())),
            "ProxyHandler HttpDigestAuthHandler ProxyDigestAuthHandler UnknownHandler HttpHandler HttpsHandler FileHandler DataHandler HttpBasicAuthHandler HttpDefaultErrorHandler HttpRedirectHandler \
             HttpCookieProcessor HttpErrorProcessor",
        ),
        ("a new OpenerDirector has nobody", OpenerDirector::new(), ""),
    ];
    for (says, opener, expected) in rows {
        let expected = match cfg!(feature = "ftp") {
            true => expected.replace("FileHandler", "FtpHandler FileHandler"),
            false => expected.to_owned(),
        };
        assert_eq!(names(&opener), expected, "{says}");
    }
    assert!(!names(&own(Kind::Ftp)).contains("FtpHandler"), "FtpHandler");
    #[cfg(feature = "ftp")]
    assert!(!names(&build_opener(clientcookie::CacheFtpHandler::new())).contains(" FtpHandler"), "its relative");
}

#[test]
fn handlers_come_alone_in_tuples_and_in_vectors() {
    let calls = Calls::default();
    let mock = |line| Mock::new(line, &calls);
    let shared = || Arc::new(mock("s other_request")) as Arc<dyn Handler>;
    let answers = "z foo: open=200";
    let rows = [
        ("one", build_opener(mock("a other_request foo: open=200")), "a.other_request a.open"),
        ("a tuple of one", build_opener((mock("a other_request foo: open=200"),)), "a.other_request a.open"),
        (
            "a tuple, in its order",
            build_opener((mock("b other_request"), mock("a other_request"), mock(answers))),
            "b.other_request a.other_request z.open",
        ),
        (
            "a tuple of twelve",
            build_opener((
                mock(answers),
                mock("b other_request"),
                shared(),
                Own(None),
                Own(None),
                Own(None),
                Own(None),
                Own(None),
                Own(None),
                Own(None),
                mock("k other_request"),
                mock("l other_request"),
            )),
            "b.other_request s.other_request k.other_request l.other_request z.open",
        ),
        ("a vector of one type", build_opener(vec![mock("b other_request"), mock(answers)]), "b.other_request z.open"),
        (
            "a vector of any types, shared",
            build_opener(vec![shared(), Arc::new(mock(answers)), Arc::new(Own(None))]),
            "s.other_request z.open",
        ),
    ];
    for (says, opener, happens) in rows {
        opener.open("foo:bar").unwrap();
        assert_eq!(calls.take(), happens, "{says}");
    }
    assert_eq!(build_opener(Vec::<Own>::new()).handlers().count(), build_opener(()).handlers().count());
}

#[test]
fn an_own_cookie_processor_fills_its_own_jar() {
    let jar = CookieJar::new();
    let transport =
        ScriptedTransport::new().reply("HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\n\r\n").reply("HTTP/1.1 200 OK\r\n\r\n");
    let opener = build_opener((HttpCookieProcessor::new(&jar), HttpHandler::with_transport(transport.clone())));
    opener.open("http://example.com/").unwrap();
    assert_eq!(jar.len(), 1);
    opener.open("http://example.com/").unwrap();
    let cookies: Vec<_> = transport.requests()[1].headers.get_all("Cookie").cloned().collect();
    assert_eq!(cookies, ["a=1"], "from one jar, not from two");
}

/// Answers `foo:` URLs, and asks http for the answer.
struct Foo;

impl Handler for Foo {
    fn schemes(&self) -> &[&str] {
        &["foo"]
    }

    fn open(&self, parent: &dyn Parent, request: &mut Request) -> Result<Option<Response>> {
        assert!(parent.answers("foo") && parent.answers("http") && !parent.answers("bar"));
        parent.open(Request::new(&format!("http://example.com/{}", request.url().path()))?).map(Some)
    }
}

#[test]
fn a_scheme_of_ones_own() {
    let transport = ScriptedTransport::new().reply("HTTP/1.1 200 OK\r\n\r\nfoo's");
    let opener = build_opener((HttpHandler::with_transport(transport.clone()), Foo));
    let mut response = opener.open("foo:page").unwrap();
    assert_eq!(response.text().unwrap(), "foo's");
    assert_eq!(transport.requests()[0].url.as_str(), "http://example.com/page");

    let error = opener.open("bar:page").unwrap_err();
    assert_eq!(error.to_string(), "bar:page: no handler answers for the scheme \"bar\"");
}

#[test]
fn without_an_error_processor_every_answer_is_a_response() {
    let transport = ScriptedTransport::new()
        .reply("HTTP/1.1 404 Not Found\r\n\r\nsorry")
        .reply("HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\n");
    let mut opener = OpenerDirector::new();
    opener.add_handler(HttpHandler::with_transport(transport.clone()));
    opener.add_handler(HttpRedirectHandler::new());
    let mut response = opener.open("http://example.com/").unwrap();
    assert_eq!((response.status().as_u16(), response.reason()), (404, "Not Found"));
    assert_eq!(response.text().unwrap(), "sorry");
    assert_eq!(opener.open("http://example.com/").unwrap().status(), 302);
    assert_eq!(transport.requests().len(), 2, "and no redirect is followed");
}

#[test]
fn what_threads_share_is_send_and_sync() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<OpenerDirector>();
    shared::<Error>();
    shared::<HttpError>();
    shared::<Request>();
    shared::<Response>();
    shared::<CookieJar>();
    shared::<HttpsHandler>();
    shared::<Arc<dyn Handler>>();
}

/// Fills in a hook, and names none of those that it fills in.
struct Unnamed(Arc<AtomicUsize>);

impl Handler for Unnamed {
    fn hooks(&self) -> &[Hook] {
        &[]
    }

    fn http_request(&self, _: &dyn Parent, _: &mut Request) -> Result<()> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

#[test]
fn handlers_come_in_any_form_and_are_called_named_or_not() {
    let called = Arc::new(AtomicUsize::new(0));
    let one = || Unnamed(called.clone());
    let answer = || HttpHandler::with_transport(ScriptedTransport::new().reply("HTTP/1.1 200 OK\r\n\r\n"));
    let boxes = |count: usize| (0..count).map(|_| Box::new(one()) as Box<dyn Handler>).collect::<Vec<_>>();
    for (sentence, opener, expected) in [
        ("one", build_opener((answer(), one())), 1),
        ("behind a pointer", build_opener((answer(), Arc::new(one()))), 1),
        ("several of many types", build_opener((answer(), boxes(2))), 2),
        ("one that is there, and one that is not", build_opener((answer(), Some(one()), None::<Unnamed>)), 1),
        ("tuples in a tuple", build_opener((answer(), (one(), (one(), boxes(1)), ()))), 3),
        ("what would be too many in one tuple", build_opener((answer(), boxes(20))), 20),
    ] {
        called.store(0, Ordering::Relaxed);
        opener.open("http://h/").unwrap();
        assert_eq!(called.load(Ordering::Relaxed), expected, "{sentence}");
    }
    // What is no number of a status is an error, and no panic.
    let url = || url::Url::parse("foo:bar").unwrap();
    assert_eq!(Response::new(url(), 599, "").unwrap().status(), 599);
    assert!(Response::new(url(), 99, "").is_err() && Response::new(url(), 1000, "").is_err());
}
