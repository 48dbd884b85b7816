//! Basic.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use clientcookie::transport::{Proxy, ScriptedTransport};
use clientcookie::{
    CookieJar, Data, Error, HttpBasicAuthHandler, HttpCookieProcessor, HttpPasswordMgr,
    HttpPasswordMgrWithDefaultRealm, HttpPasswordMgrWithPriorAuth, HttpsHandler, PasswordMgr, ProxyBasicAuthHandler,
    Request, Userinfo, build_opener,
};
use url::Url;

use super::{names, password, said};
use crate::support::{Recorded, Reply, Server};

/// "me:secret".
const ME: &str = "Basic bWU6c2VjcmV0";

/// Asks whoever has not said the right thing.
fn asks(right: &'static str) -> impl Fn(&Recorded) -> Reply + Send + Sync + 'static {
    move |request| match request.header("Authorization") {
        Some(said) if said == right => Reply::ok("come in"),
        _ => Reply::status(401, "Who?").header("WWW-Authenticate", "Basic realm=\"Staff\"").body("go away"),
    }
}

fn status(outcome: clientcookie::Result<clientcookie::Response>) -> u16 {
    match outcome.map_err(Error::into_http_error) {
        Ok(response) => response.status().as_u16(),
        Err(error) => error.unwrap().status().as_u16(),
    }
}

#[test]
fn it_is_said_once_and_after_it_was_asked_for() {
    let server = Server::start(asks(ME));
    let opener = build_opener(HttpBasicAuthHandler::new(password(&server.url("/"), "me", "secret")));
    for _ in 0..2 {
        assert_eq!(opener.open(server.url("/")).unwrap().text().unwrap(), "come in");
    }
    assert_eq!(said(&server), [None, Some(ME.to_owned()), None, Some(ME.to_owned())], "nothing is said unasked");
    assert_eq!(server.connections(), 1, "the refusal's body is read, and its connection used again");
}

#[test]
fn a_password_that_is_wrong_is_said_once() {
    let server = Server::start(asks(ME));
    let opener = build_opener(HttpBasicAuthHandler::new(password(&server.url("/"), "me", "wrong")));
    let mut error = opener.open(server.url("/")).map_err(Error::into_http_error).unwrap_err().unwrap();
    assert_eq!(error.text().unwrap(), "go away");
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn the_url_says_who_is_there_as_well() {
    for (says, userinfo, manager, expected) in [
        ("a user and a password, escaped, once", "u:p%23w@", None, Some("Basic dTpwI3c=")),
        ("they go before the manager", "u:p%23w@", Some(("me", "secret")), Some("Basic dTpwI3c=")),
        ("a user chooses the password", "me@", Some(("me", "secret")), Some(ME)),
        ("another user has none", "you@", Some(("me", "secret")), None),
        ("nobody", "", Some(("me", "secret")), Some(ME)),
        ("outside ASCII, as UTF-8", "%C3%A9:%E2%82%AC@", None, Some("Basic w6k64oKs")),
        ("a colon in the user would move the border", "a%3Ab:c@", None, None),
        ("a colon in the password is none of its business", "a:b%3Ac@", None, Some("Basic YTpiOmM=")),
    ] {
        let server = Server::start(asks("nothing is right"));
        let passwords = HttpPasswordMgr::new();
        if let Some((user, secret)) = manager {
            passwords.add_password("Staff", &server.url("/"), user, secret).unwrap();
        }
        let opener = build_opener(HttpBasicAuthHandler::new(passwords));
        let url = server.url("/").replace("http://", &format!("http://{userinfo}"));
        assert_eq!(status(opener.open(url)), 401, "{says}");
        let expected: Vec<_> =
            [None, expected.map(str::to_owned)].into_iter().take(1 + expected.iter().count()).collect();
        assert_eq!(said(&server), expected, "{says}");
    }
}

#[test]
fn it_is_for_its_place_alone() {
    let server = Server::start(asks(ME));
    let other = Server::start(asks(ME));
    let http = names(&[("a.test", &server), ("b.test", &other)]);
    let passwords = password(&server.url_for("a.test", "/staff"), "me", "secret");
    let opener = build_opener((HttpBasicAuthHandler::new(passwords), http));
    for (url, expected) in [
        (server.url_for("a.test", "/staff"), 200),
        (server.url_for("a.test", "/staff/list"), 200),
        (server.url_for("a.test", "/staffroom"), 401),
        (server.url_for("a.test", "/staff/../boss"), 401),
        (server.url_for("a.test", "/staff%2f..%2fboss"), 401),
        (server.url_for("a.test", "/"), 401),
        (server.url_for("a.test", "/robots.txt"), 401),
        (other.url_for("b.test", "/staff"), 401),
    ] {
        assert_eq!(status(opener.open(url.as_str())), expected, "{url}");
    }
    assert!(said(&other).iter().all(Option::is_none));
}

#[test]
fn a_redirect_does_not_carry_it_along() {
    let other = Server::start(|_| Reply::ok("other"));
    let location = other.url("/");
    let server = Server::start(move |request| match (request.target(), request.header("Authorization")) {
        (_, None) => Reply::status(401, "Who?").header("WWW-Authenticate", "Basic realm=\"Staff\""),
        ("/away", _) => Reply::redirect(302, &location),
        ("/here", _) => Reply::redirect(302, "/there"),
        _ => Reply::ok("there"),
    });
    let opener = build_opener(HttpBasicAuthHandler::new(password(&server.url("/"), "me", "secret")));
    assert_eq!(opener.open(server.url("/away")).unwrap().text().unwrap(), "other");
    assert_eq!(said(&other), [None]);
    assert_eq!(opener.open(server.url("/here")).unwrap().text().unwrap(), "there", "asked for again, and said again");
}

#[test]
fn what_is_said_again_is_the_whole_request() {
    let server = Server::start(|request| match request.header("Authorization") {
        None => Reply::status(401, "Who?")
            .header("WWW-Authenticate", "Basic realm=\"Staff\"")
            .header("Set-Cookie", "seen=once"),
        Some(_) => Reply::ok(""),
    });
    let jar = CookieJar::new();
    let passwords = password(&server.url("/"), "me", "secret");
    let opener = build_opener((HttpBasicAuthHandler::new(passwords), HttpCookieProcessor::new(&jar)));
    let request = Request::post(server.url("/form"), "a=b").header("X-Mine", "1").unredirected_header("X-Here", "2");
    opener.open(request).unwrap();
    let again = &server.requests()[1];
    assert_eq!((again.method(), again.body.as_slice()), ("POST", b"a=b".as_slice()));
    for (name, value) in [("X-Mine", "1"), ("X-Here", "2"), ("Cookie", "seen=once"), ("Content-Length", "3")] {
        assert_eq!((again.header(name).as_deref(), again.header_count(name)), (Some(value), 1), "{name}");
    }

    let request = Request::post(server.url("/form"), Data::reader(&b"a=b"[..]));
    let error = opener.open(request).unwrap_err();
    assert!(error.to_string().contains("401"), "{error}");
    assert!(
        error
            .to_string()
            .contains("(the data is not sent again: a password is asked for, and the data was read already)"),
        "{error}"
    );
}

#[test]
fn the_callers_own_is_replaced_once() {
    let server = Server::start(asks(ME));
    let opener = build_opener(HttpBasicAuthHandler::new(password(&server.url("/"), "me", "secret")));
    opener.open(Request::get(server.url("/")).header("Authorization", "Basic bWU6b2xk")).unwrap();
    assert_eq!(said(&server), [Some("Basic bWU6b2xk".to_owned()), Some(ME.to_owned())]);
    assert_eq!(server.requests()[1].header_count("Authorization"), 1);
    let wrong = Server::start(asks("nothing is right"));
    let opener = build_opener(HttpBasicAuthHandler::new(password(&wrong.url("/"), "me", "secret")));
    assert_eq!(status(opener.open(Request::get(wrong.url("/")).header("Authorization", ME))), 401);
    assert_eq!(wrong.requests().len(), 1, "what was said already is not said again");
}

/// A manager that never runs out of passwords.
struct Guesses(AtomicUsize);

impl PasswordMgr for Guesses {
    fn find_user_password(&self, _: Option<&str>, _: &Url) -> Option<Userinfo> {
        Some(Userinfo::new("me", self.0.fetch_add(1, Ordering::SeqCst).to_string()))
    }
}

#[test]
fn three_challenges_to_one_request_are_answered() {
    let server = Server::start(asks("nothing is right"));
    let opener = build_opener(HttpBasicAuthHandler::new(Guesses(AtomicUsize::new(0))));
    assert_eq!(status(opener.open(server.url("/"))), 401);
    assert_eq!(server.requests().len(), 4);
}

#[test]
fn a_server_behind_a_tunnel_is_answered_and_no_proxy_that_it_pretends_to_be() {
    let proxy = || Some(Proxy::new("http://p.test:3128").unwrap());
    for (says, status, header, answered) in [
        ("the server asks", 401, "WWW-Authenticate", true),
        ("it asks for what is the proxy's", 407, "Proxy-Authenticate", false),
    ] {
        let script = ScriptedTransport::new()
            .reply(format!("HTTP/1.1 {status} Who\r\n{header}: Basic realm=\"a\"\r\n\r\n"))
            .reply("HTTP/1.1 200 OK\r\n\r\n");
        let anywhere = || {
            let passwords = HttpPasswordMgrWithDefaultRealm::new();
            for place in ["https://h.test/", "http://p.test:3128/"] {
                passwords.add_password(None, place, "me", "secret").unwrap();
            }
            passwords
        };
        let https = HttpsHandler::with_transport(script.clone());
        let handlers = (HttpBasicAuthHandler::new(anywhere()), ProxyBasicAuthHandler::new(anywhere()), https);
        let mut request = Request::new("https://h.test/").unwrap();
        request.set_proxy(proxy());
        assert_eq!(build_opener(handlers).open(request).is_ok(), answered, "{says}");
        let requests = script.requests();
        assert_eq!(requests.len(), 1 + usize::from(answered), "{says}");
        let last = requests.last().unwrap().headers.get_str("Authorization").map(|value| value.into_owned());
        assert_eq!(last.as_deref(), answered.then_some(ME), "{says}");
    }
}

#[test]
fn what_is_known_to_be_asked_is_said_unasked() {
    let server = Server::start(asks(ME));
    for (is_authenticated, expected) in [(true, vec![Some(ME), Some(ME)]), (false, vec![None, Some(ME), Some(ME)])] {
        let server = Server::start(asks(ME));
        let passwords = HttpPasswordMgrWithPriorAuth::new();
        passwords.add_password("Staff", &server.url("/api"), "me", "secret", is_authenticated).unwrap();
        // An `Arc` hands all questions on.
        let opener = build_opener(HttpBasicAuthHandler::new(Arc::new(passwords)));
        for _ in 0..2 {
            opener.open(server.url("/api/x")).unwrap();
        }
        let expected: Vec<_> = expected.into_iter().map(|said| said.map(str::to_owned)).collect();
        assert_eq!(said(&server), expected);
        assert_eq!(status(opener.open(server.url("/elsewhere"))), 401);
        assert_eq!(said(&server).last(), Some(&None), "only in its place");
    }
    let passwords = HttpPasswordMgrWithPriorAuth::new();
    passwords.add_password(None, &server.url("/"), "me", "old", true).unwrap();
    let opener = build_opener(HttpBasicAuthHandler::new(passwords));
    for _ in 0..2 {
        assert_eq!(status(opener.open(server.url("/"))), 401);
    }
    assert_eq!(said(&server)[1], None, "what was refused is not said unasked again");
}

#[test]
fn what_is_said_unasked_is_the_user_of_the_url_or_nothing() {
    for (says, userinfo, unasked) in [
        ("nobody is named", "", Some(ME)),
        ("the same user", "me@", Some(ME)),
        ("another user", "you@", None),
        ("the same with a password of the URL's own", "me:other@", None),
    ] {
        let server = Server::start(asks(ME));
        let passwords = HttpPasswordMgrWithPriorAuth::new();
        passwords.add_password(None, &server.url("/"), "me", "secret", true).unwrap();
        let opener = build_opener(HttpBasicAuthHandler::new(passwords));
        let _ = opener.open(server.url("/").replace("://", &format!("://{userinfo}")));
        assert_eq!(said(&server)[0].as_deref(), unasked, "{says}");
    }
}

#[test]
fn the_weaker_is_not_said_where_the_stronger_is_offered() {
    for (allow, expected) in [(false, 401), (true, 200)] {
        let server = Server::start(|request| match request.header("Authorization") {
            Some(_) => Reply::ok(""),
            None => Reply::status(401, "Who?")
                .header("WWW-Authenticate", "Basic realm=\"Staff\"")
                .header("WWW-Authenticate", "Digest realm=\"Staff\", nonce=\"n\", qop=\"auth\""),
        });
        let passwords = password(&server.url("/"), "me", "secret");
        let opener = build_opener(HttpBasicAuthHandler::new(passwords).allow_downgrade(allow));
        assert_eq!(status(opener.open(server.url("/"))), expected);
    }
}

#[test]
fn a_page_that_asks_nobody_is_told_nothing() {
    let server = Server::start(|_| Reply::ok(""));
    let passwords = HttpPasswordMgrWithPriorAuth::new();
    passwords.add_password(None, &server.url("/"), "me", "secret", false).unwrap();
    let opener = build_opener(HttpBasicAuthHandler::new(passwords));
    for _ in 0..2 {
        opener.open(server.url("/")).unwrap();
    }
    assert_eq!(said(&server), [None, None]);

    let passwords = HttpPasswordMgrWithPriorAuth::new();
    passwords.add_password(None, &server.url("/"), "a:b", "secret", true).unwrap();
    build_opener(HttpBasicAuthHandler::new(passwords)).open(server.url("/")).unwrap();
    let passwords = HttpPasswordMgrWithPriorAuth::new();
    passwords.add_password(None, &server.url("/"), "me", "secret", true).unwrap();
    let of_another = server.url("/").replace("http://", "http://bob:pw@");
    build_opener(HttpBasicAuthHandler::new(passwords)).open(of_another).unwrap();
    assert_eq!(said(&server), [None, None, None, None], "nor by a user that Basic cannot name, nor by another's URL");
}

/// The default chain answers with what the URL says, and with nothing else.
#[test]
fn the_default_chain_knows_the_user_of_the_url() {
    let other = Server::start(asks(ME));
    let away = other.url("/");
    let server = Server::start(move |request| match request.target() {
        "/away" => Reply::redirect(302, &away),
        "/home" => Reply::redirect(302, "/staff"),
        "/as-it-says" => Reply::redirect(302, &format!("http://me:secret@{}/staff", request.header("Host").unwrap())),
        _ => asks(ME)(request),
    });
    let with_user = |path: &str| server.url(path).replace("http://", "http://me:secret@");
    for (says, url, right, last_said) in [
        ("asked, answered", with_user("/staff"), true, true),
        ("nobody", server.url("/staff"), false, false),
        ("another one", server.url("/staff").replace("http://", "http://you:secret@"), false, true),
        ("a redirect within the origin", with_user("/home"), true, true),
        ("a redirect to another", with_user("/away"), false, false),
        ("who a server says one is", server.url("/as-it-says"), false, false),
    ] {
        let outcome = build_opener(()).open(url);
        assert_eq!(outcome.is_ok(), right, "{says}");
        let answered = [&server, &other].map(|server| server.requests().pop());
        let last = if says.contains("another") && says.contains("redirect") { &answered[1] } else { &answered[0] };
        assert_eq!(last.as_ref().unwrap().header("Authorization").is_some(), last_said, "{says}");
    }
    assert!(server.requests()[0].header("Authorization").is_none(), "nothing is said unasked");
    assert_eq!(other.requests().len(), 1, "nor elsewhere");
}
