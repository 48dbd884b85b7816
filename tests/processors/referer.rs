//! Which page a request says it comes from, and to whom.

use std::sync::Arc;

use clientcookie::transport::ScriptedTransport;
use clientcookie::{
    Handler, HttpBasicAuthHandler, HttpHandler, HttpPasswordMgrWithDefaultRealm, HttpRefererProcessor, HttpsHandler,
    OpenerDirector, Parent, Request, Response, Result, build_opener,
};
use url::Url;

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

/// An opener with this processor, whose http and https are both answered by this script.
fn opener(referer: &Arc<HttpRefererProcessor>, script: &ScriptedTransport) -> OpenerDirector {
    build_opener((
        Arc::clone(referer),
        HttpHandler::with_transport(script.clone()),
        HttpsHandler::with_transport(script.clone()),
        Elsewhere,
    ))
}

/// Answers URLs that are not on the web.
struct Elsewhere;

impl Handler for Elsewhere {
    fn schemes(&self) -> &[&str] {
        &["elsewhere"]
    }

    fn open(&self, _: &dyn Parent, request: &mut Request) -> Result<Option<Response>> {
        Ok(Some(Response::new(request.url().clone(), http::StatusCode::OK, "").unwrap()))
    }
}

fn script(replies: &[&str]) -> ScriptedTransport {
    replies.iter().fold(ScriptedTransport::new(), |script, reply| script.reply(reply))
}

/// The `Referer` of each request, in order.
fn referers(script: &ScriptedTransport) -> Vec<Option<String>> {
    script.requests().iter().map(|request| request.headers.get_str("Referer").map(|value| value.into_owned())).collect()
}

#[test]
fn a_page_is_told_to_the_next_as_browsers_tell_it() {
    let long = format!("http://a.test/{}", "x".repeat(HttpRefererProcessor::LENGTH_LIMIT));
    let just_short_enough = &long[..HttpRefererProcessor::LENGTH_LIMIT];
    let (whole, origin, nothing) = (None, Some("http://a.test/"), Some(""));
    // What is sent by default, and with full_url: the page itself where nothing stands.
    for (sentence, page, target, default, full) in [
        ("the same origin", "http://a.test/p?q=1", "http://a.test/x", whole, whole),
        ("the same origin, its port spelled out", "http://a.test/p", "http://A.test:80/x", whole, whole),
        ("another host", "http://a.test/p", "http://b.test/x", origin, whole),
        ("another host of the same site", "http://a.test/p", "http://www.a.test/x", origin, whole),
        ("another port", "http://a.test/p", "http://a.test:81/x", origin, whole),
        ("from another port", "http://a.test:81/p", "http://a.test/x", Some("http://a.test:81/"), whole),
        ("http to https", "http://a.test/p", "https://a.test/x", origin, whole),
        ("https to https", "https://a.test/p", "https://a.test/x", whole, whole),
        ("https to another https", "https://a.test/p", "https://b.test/x", Some("https://a.test/"), whole),
        ("https to http", "https://a.test/p", "http://a.test/x", nothing, nothing),
        ("a very long URL", &long, "http://a.test/x", origin, origin),
        ("one that is just short enough", just_short_enough, "http://a.test/x", whole, whole),
        ("no page of the web", "elsewhere:p", "http://a.test/x", nothing, nothing),
    ] {
        for (full_url, expected) in [(false, default), (true, full)] {
            let script = script(&[OK, OK]);
            let opener = opener(&Arc::new(HttpRefererProcessor::new().full_url(full_url)), &script);
            opener.open(page).unwrap();
            opener.open(target).unwrap();
            let expected = expected.unwrap_or(page);
            let sent = referers(&script).pop().unwrap().unwrap_or_default();
            assert_eq!(sent, expected, "{sentence}, full_url({full_url})");
        }
    }
}

#[test]
fn userinfo_and_fragment_are_nobodys_business() {
    for full_url in [false, true] {
        let script = script(&[OK, OK, OK]);
        let referer = Arc::new(HttpRefererProcessor::new().full_url(full_url));
        let opener = opener(&referer, &script);
        opener.open("http://me:secret@a.test/p#here").unwrap();
        opener.open("http://a.test/x").unwrap();
        referer.set_referer(&Url::parse("http://me:secret@a.test/set#here").unwrap());
        opener.open("http://a.test/y").unwrap();
        let expected = [None, Some("http://a.test/p"), Some("http://a.test/set")];
        assert_eq!(referers(&script), expected.map(|value| value.map(str::to_owned)));
        assert!(!format!("{referer:?}").contains("secret"));
    }
}

#[test]
fn a_response_may_have_come_from_anywhere() {
    /// Says that the answer came from a URL with a userinfo.
    struct Pretender;
    impl Handler for Pretender {
        fn order(&self) -> i32 {
            400
        }
        fn http_response(&self, _: &dyn Parent, _: &Request, response: Response) -> Result<Response> {
            let url = Url::parse("http://me:secret@a.test/pretended#x").unwrap();
            Ok(Response::new(url, response.status(), "").unwrap())
        }
    }
    let script = script(&[OK, OK]);
    let http = HttpHandler::with_transport(script.clone());
    let opener = build_opener((HttpRefererProcessor::new(), Pretender, http));
    opener.open("http://a.test/").unwrap();
    opener.open("http://a.test/").unwrap();
    assert_eq!(referers(&script)[1].as_deref(), Some("http://a.test/pretended"));
}

#[test]
fn a_request_keeps_its_own() {
    let script = script(&[OK, OK, OK]);
    let opener = opener(&Arc::default(), &script);
    opener.open("http://a.test/p").unwrap();
    opener.open(Request::get("http://a.test/x").header("referer", "http://own.test/")).unwrap();
    opener.open(Request::get("http://a.test/y").unredirected_header("REFERER", "http://own.test/")).unwrap();
    assert_eq!(referers(&script)[1..], [Some("http://own.test/".to_owned()), Some("http://own.test/".to_owned())]);
    assert!(script.requests().iter().all(|request| request.headers.get_all("Referer").count() < 2));
}

#[test]
fn the_chain_can_be_set_and_forgotten() {
    let script = script(&[OK, OK, OK, OK]);
    let referer = Arc::new(HttpRefererProcessor::new());
    let opener = opener(&referer, &script);
    referer.set_referer(&Url::parse("http://a.test/bookmarks").unwrap());
    opener.open("http://a.test/1").unwrap();
    referer.clear();
    opener.open("http://a.test/2").unwrap();
    referer.set_referer(&Url::parse("file:///home/me/page.html").unwrap());
    assert_eq!(referer.referer(), None, "a file is nobody's business");
    opener.open("http://a.test/3").unwrap();
    opener.open("elsewhere:page").unwrap();
    assert_eq!(referer.referer(), None, "the page before is not the last one any more");
    opener.open("http://a.test/4").unwrap();
    assert_eq!(referers(&script), [Some("http://a.test/bookmarks".to_owned()), None, None, None]);
}

#[test]
fn redirects_come_from_the_page_before_them() {
    let redirect = |to: &str| format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n");
    let script = script(&[
        OK,
        &redirect("/second"),
        &redirect("https://a.test/third"),
        &redirect("http://b.test/fourth"),
        &redirect("http://a.test/fifth"),
        OK,
        OK,
        &redirect("http://a.test/end"),
        OK,
        OK,
    ]);
    let opener = opener(&Arc::default(), &script);
    opener.open("http://a.test/page").unwrap();
    opener.open("http://a.test/first").unwrap();
    opener.open("https://a.test/secure").unwrap();
    opener.open("https://a.test/leave").unwrap();
    opener.open("http://a.test/next").unwrap();
    let expected = [
        ("http://a.test/page", ""),
        ("http://a.test/first", "http://a.test/page"),
        ("http://a.test/second", "http://a.test/page"),
        ("https://a.test/third", "http://a.test/"),
        ("http://b.test/fourth", "http://a.test/"),
        ("http://a.test/fifth", "http://a.test/page"),
        ("https://a.test/secure", "http://a.test/"),
        ("https://a.test/leave", "https://a.test/secure"),
        ("http://a.test/end", ""),
        ("http://a.test/next", "http://a.test/end"),
    ];
    let sent: Vec<_> = script
        .requests()
        .iter()
        .map(|request| {
            let referer = request.headers.get_str("Referer").unwrap_or_default().into_owned();
            (request.url.to_string(), referer)
        })
        .collect();
    assert_eq!(sent, expected.map(|(url, referer)| (url.to_owned(), referer.to_owned())));
}

#[test]
fn a_question_for_a_password_is_no_page() {
    let asks = "HTTP/1.1 401 Who\r\nWWW-Authenticate: Basic realm=\"r\"\r\nContent-Length: 0\r\n\r\n";
    let script = script(&[OK, asks, OK]);
    let passwords = HttpPasswordMgrWithDefaultRealm::new();
    passwords.add_password(None, "http://a.test/", "me", "secret").unwrap();
    let http = HttpHandler::with_transport(script.clone());
    let opener = build_opener((HttpRefererProcessor::new(), HttpBasicAuthHandler::new(passwords), http));
    opener.open("http://a.test/page").unwrap();
    opener.open("http://a.test/closed").unwrap();
    let page = Some("http://a.test/page".to_owned());
    assert_eq!(referers(&script), [None, page.clone(), page]);
}

#[test]
fn an_error_is_a_page_and_a_redirect_that_is_not_followed_is_none() {
    let script = script(&[
        OK,
        "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n\r\n",
        "HTTP/1.1 404 Not Found\r\n\r\n",
        OK,
    ]);
    let opener = opener(&Arc::default(), &script);
    opener.open("http://a.test/page").unwrap();
    opener.open("http://a.test/refused").unwrap_err();
    opener.open("http://a.test/missing").unwrap_err();
    opener.open("http://a.test/").unwrap();
    let sent = referers(&script);
    assert_eq!(sent[2].as_deref(), Some("http://a.test/page"));
    assert_eq!(sent[3].as_deref(), Some("http://a.test/missing"));
}
