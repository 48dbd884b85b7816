//! Digest, beside the examples of its RFCs and the answers of Python and curl.

use std::process::Command;
use std::sync::Arc;
use std::thread;

use clientcookie::transport::{Proxy, ScriptedTransport};
use clientcookie::{
    Error, HttpBasicAuthHandler, HttpDigestAuthHandler, HttpErrorCause, HttpHandler, HttpPasswordMgr,
    HttpPasswordMgrWithDefaultRealm, HttpProxyPasswordMgr, ProxyBasicAuthHandler, ProxyDigestAuthHandler, Request,
    build_opener,
};

use super::{parameter, password, said};
use crate::support::{Recorded, Reply, Server};

/// Asks with these challenges whoever has said nothing.
fn asks(challenges: &'static [&'static str]) -> Server {
    Server::start(move |request| match request.header("Authorization") {
        Some(_) => Reply::ok(""),
        None => challenge(challenges),
    })
}

fn challenge(challenges: &[&str]) -> Reply {
    challenges.iter().fold(Reply::status(401, "Who?"), |reply, challenge| reply.header("WWW-Authenticate", challenge))
}

/// What Python makes of the same: the hash of RFC 7616 section 3.4.1, from the parameters of the
/// answer.
const VERIFY: &str = "
import sys, hashlib
algorithm, user, password, method, realm, nonce, uri, nc, cnonce, qop = sys.argv[1:]
base = algorithm.upper().replace('-SESS', '')
def h(text):
    text = text.encode('utf-8')
    if base == 'MD5':
        return hashlib.md5(text).hexdigest()
    if base == 'SHA-256':
        return hashlib.sha256(text).hexdigest()
    return hashlib.new('sha512_256', text).hexdigest()
secret = h(user + ':' + realm + ':' + password)
if algorithm.lower().endswith('-sess'):
    secret = h(secret + ':' + nonce + ':' + cnonce)
middle = [nonce, nc, cnonce, qop] if qop else [nonce]
print(h(':'.join([secret] + middle + [h(method + ':' + uri)])))
";

fn python(request: &Recorded, algorithm: &str, user: &str, password: &str) -> Option<String> {
    let value = |name| parameter(request, name).unwrap_or_default();
    let arguments = [value("realm"), value("nonce"), value("uri"), value("nc"), value("cnonce"), value("qop")];
    let mut python = Command::new("python3");
    python.args(["-c", VERIFY, algorithm, user, password, request.method()]).args(arguments);
    let Ok(output) = python.output() else {
        println!("skipped: python3 is not installed");
        return None;
    };
    if !output.status.success() {
        println!("skipped: this Python does not know {algorithm}");
        return None;
    }
    Some(String::from_utf8(output.stdout).unwrap().trim().to_owned())
}

#[test]
fn its_hash_is_the_one_that_is_wanted() {
    #[cfg_attr(not(feature = "tls"), expect(unused_mut, reason = "the SHA algorithms come with TLS"))]
    let mut rows = vec![
        ("RFC 2069", "Digest realm=\"a b\", nonce=\"n\"", "MD5"),
        ("MD5", "Digest realm=\"a b\", nonce=\"n\", qop=\"auth\"", "MD5"),
        ("MD5, named", "Digest realm=\"a b\", nonce=\"n\", qop=\"auth\", algorithm=MD5", "MD5"),
        ("in quotes, and small", "Digest realm=\"a b\", nonce=\"n\", qop=auth, algorithm=\"md5\"", "MD5"),
        ("a choice", "Digest realm=\"a b\", nonce=\"n\", qop=\"auth-int, auth\"", "MD5"),
        ("a session", "Digest realm=\"a b\", nonce=\"n\", qop=\"auth\", algorithm=MD5-sess", "MD5-sess"),
    ];
    #[cfg(feature = "tls")]
    rows.extend([
        ("SHA-256", "Digest realm=\"a b\", nonce=\"n\", qop=\"auth\", algorithm=SHA-256", "SHA-256"),
        ("its session", "Digest realm=\"a b\", nonce=\"n\", qop=\"auth\", algorithm=SHA-256-sess", "SHA-256-sess"),
        ("SHA-512-256", "Digest realm=\"a b\", nonce=\"n\", qop=\"auth\", algorithm=SHA-512-256", "SHA-512-256"),
    ]);
    for (says, asked, algorithm) in rows {
        let server = Server::start(move |request| match request.header("Authorization") {
            Some(_) => Reply::ok(""),
            None => challenge(&[asked]),
        });
        let opener = build_opener(HttpDigestAuthHandler::new(password(&server.url("/"), "me", "se:cret")));
        opener.open(Request::post(server.url("/a%20b?c=d"), "x")).unwrap();
        let request = &server.requests()[1];
        assert_eq!(parameter(request, "uri").as_deref(), Some("/a%20b?c=d"), "{says}");
        assert_eq!(parameter(request, "username").as_deref(), Some("me"), "{says}");
        let named = asked.contains("algorithm").then_some(algorithm);
        assert_eq!(parameter(request, "algorithm").as_deref(), named, "{says}");
        if let Some(expected) = python(request, algorithm, "me", "se:cret") {
            assert_eq!(parameter(request, "response").as_deref(), Some(expected.as_str()), "{says}");
        }
    }
}

#[test]
fn the_strongest_is_answered() {
    let md5 = "Digest realm=\"a\", nonce=\"m\", qop=\"auth\", algorithm=MD5";
    let sha = "Digest realm=\"a\", nonce=\"s\", qop=\"auth\", algorithm=SHA-256";
    let sha512 = "Digest realm=\"a\", nonce=\"t\", qop=\"auth\", algorithm=SHA-512-256";
    let basic = "Basic realm=\"a\"";
    let unknown = "Digest realm=\"a\", nonce=\"u\", algorithm=SHA-9";
    let joined = [md5, basic, sha].join(", ");
    let sha_or = |weaker| if cfg!(feature = "tls") { "s" } else { weaker };
    for (says, challenges, nonce) in [
        ("in any order", vec![md5, sha], sha_or("m")),
        ("the other way round", vec![sha, md5], sha_or("m")),
        ("in one header", vec![joined.as_str()], sha_or("m")),
        ("beside Basic", vec![basic, md5], "m"),
        ("what nobody knows is passed over", vec![unknown, md5], "m"),
        ("of two as strong the first", vec![md5, "Digest realm=\"a\", nonce=\"n\", qop=\"auth\""], "m"),
        ("of all", vec![basic, unknown, md5, sha, sha512], if cfg!(feature = "tls") { "t" } else { "m" }),
    ] {
        let challenges: Vec<String> = challenges.into_iter().map(str::to_owned).collect();
        let server = Server::start(move |request| match request.header("Authorization") {
            Some(_) => Reply::ok(""),
            None => challenge(&challenges.iter().map(String::as_str).collect::<Vec<_>>()),
        });
        let passwords = || password(&server.url("/"), "me", "secret");
        let opener = build_opener((HttpBasicAuthHandler::new(passwords()), HttpDigestAuthHandler::new(passwords())));
        opener.open(server.url("/")).unwrap();
        assert_eq!(parameter(&server.requests()[1], "nonce").as_deref(), Some(nonce), "{says}");
    }
}

#[test]
fn a_nonce_that_is_stale_is_replaced_once() {
    for (says, stale_times, requests, expected) in
        [("never", 0, 2, 200), ("once", 1, 3, 200), ("twice", 2, 3, 401), ("for ever", 99, 3, 401)]
    {
        let server = Server::start(move |request| {
            let nonce = parameter(request, "nonce");
            let used = nonce.and_then(|nonce| nonce.strip_prefix('n')?.parse::<usize>().ok());
            match used {
                Some(used) if used >= stale_times => Reply::ok(""),
                Some(used) => {
                    let next = format!("Digest realm=\"a\", nonce=\"n{}\", qop=\"auth\", stale=TRUE", used + 1);
                    challenge(&[&next])
                }
                None => challenge(&["Digest realm=\"a\", nonce=\"n0\", qop=\"auth\""]),
            }
        });
        let opener = build_opener(HttpDigestAuthHandler::new(password(&server.url("/"), "me", "secret")));
        let status = match opener.open(server.url("/")).map_err(Error::into_http_error) {
            Ok(response) => response.status(),
            Err(error) => error.unwrap().status(),
        };
        assert_eq!((status.as_u16(), server.requests().len()), (expected, requests), "{says}");
    }
}

#[test]
fn a_password_that_is_wrong_is_proved_once() {
    let server = Server::start(|_| challenge(&["Digest realm=\"a\", nonce=\"n\", qop=\"auth\""]));
    let opener = build_opener(HttpDigestAuthHandler::new(password(&server.url("/"), "me", "wrong")));
    assert!(opener.open(server.url("/")).is_err());
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn each_use_of_a_nonce_has_its_number() {
    let server = asks(&["Digest realm=\"a\", nonce=\"n\", qop=\"auth\", algorithm=MD5-sess"]);
    let opener = build_opener(HttpDigestAuthHandler::new(password(&server.url("/"), "me", "secret")));
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..5 {
                    opener.open(server.url("/")).unwrap();
                }
            });
        }
    });
    let answers: Vec<_> =
        server.requests().into_iter().filter(|request| request.header("Authorization").is_some()).collect();
    let mut numbers: Vec<_> = answers.iter().map(|request| parameter(request, "nc").unwrap()).collect();
    numbers.sort();
    let expected: Vec<_> = (1..=40).map(|number| format!("{number:08x}")).collect();
    assert_eq!(numbers, expected);
    let mut cnonces: Vec<_> = answers.iter().map(|request| parameter(request, "cnonce").unwrap()).collect();
    cnonces.dedup();
    assert!(cnonces.len() == 1 && cnonces[0].len() == 32, "128 bits, the same for the session");
}

#[test]
fn nothing_is_said_elsewhere() {
    let asking = asks(&["Digest realm=\"a\", nonce=\"n\", qop=\"auth\""]);
    let other = Server::start(|_| Reply::ok(""));
    let passwords = password("127.0.0.1", "me", "secret");
    for server in [&asking, &other] {
        passwords.add_password(None, &server.url("/"), "me", "secret").unwrap();
    }
    let opener = build_opener(HttpDigestAuthHandler::new(passwords));
    opener.open(asking.url("/")).unwrap();
    opener.open(other.url("/")).unwrap();
    assert_eq!(said(&other), [None], "nor where nobody has asked");
}

#[test]
fn a_realm_does_not_change_its_mind_to_basic() {
    for (says, realm, allow, refused) in
        [("the same realm", "a", false, true), ("if that is allowed", "a", true, false), ("another", "b", false, true)]
    {
        let basic = format!("Basic realm=\"{realm}\"");
        let server = Server::start(move |request| match (request.target(), request.header("Authorization")) {
            (_, Some(_)) => Reply::ok(""),
            ("/digest", None) => challenge(&["Digest realm=\"a\", nonce=\"n\", qop=\"auth\""]),
            _ => challenge(&[&basic]),
        });
        let passwords = || password(&server.url("/"), "me", "secret");
        let opener = build_opener((
            HttpDigestAuthHandler::new(passwords()).allow_downgrade(allow),
            HttpBasicAuthHandler::new(passwords()),
        ));
        opener.open(server.url("/digest")).unwrap();
        match opener.open(server.url("/basic")).map_err(Error::into_http_error) {
            Ok(_) => assert!(!refused, "{says}"),
            Err(error) => {
                assert!(refused && *error.unwrap().cause() == HttpErrorCause::AuthDowngrade, "{says}");
            }
        }
    }
}

/// What a server before RFC 7616 knows is what curl 7.88 sends.
#[test]
fn users_outside_ascii_are_named() {
    for (says, user, more, expected) in [
        ("as UTF-8, where nothing is said", "Jäs", "", &b"username=\"J\xc3\xa4s\", "[..]),
        ("as an extended value, where that is known", "Jäs", ", charset=UTF-8", b"username*=UTF-8''J%C3%A4s, "),
        ("whatever the case", "Jäs", ", charset=\"utf-8\"", b"username*=UTF-8''J%C3%A4s, "),
        ("in the charset that is asked for", "Jäs", ", charset=ISO-8859-1", b"username=\"J\xe4s\", "),
        (
            "as UTF-8, where that one has no such letter",
            "Жс",
            ", charset=ISO-8859-1",
            b"username=\"\xd0\x96\xd1\x81\", ",
        ),
        ("as UTF-8, where nobody knows it", "Jäs", ", charset=x-unknown", b"username=\"J\xc3\xa4s\", "),
        ("hashed, if wanted", "Jäs", ", userhash=true", b"userhash=true, "),
        ("plainly, if it is plain", "Jas", ", charset=UTF-8", b"username=\"Jas\", "),
        ("with its quotes escaped", "J\"a\\s", "", b"username=\"J\\\"a\\\\s\", "),
    ] {
        let asked = format!("Digest realm=\"a\", nonce=\"n\", qop=\"auth\"{more}");
        let server = Server::start(move |request| match request.header("Authorization") {
            Some(_) => Reply::ok(""),
            None => challenge(&[&asked]),
        });
        let opener = build_opener(HttpDigestAuthHandler::new(password(&server.url("/"), user, "pä")));
        opener.open(server.url("/")).unwrap();
        // A head is recorded byte by byte.
        let expected: String = expected.iter().copied().map(char::from).collect();
        let request = &server.requests()[1];
        let said = request.header("Authorization").unwrap();
        assert!(said.contains(&expected), "{says}: {said}");
        if !more.contains("ISO")
            && let Some(hash) = python(request, "MD5", user, "pä")
        {
            assert_eq!(parameter(request, "response").as_deref(), Some(hash.as_str()), "{says}");
        }
    }
}

/// No quoted string of a header may hold one, and there is no other way to say it where UTF-8 is
/// not agreed on.
#[test]
fn a_user_with_a_control_character_is_not_named() {
    for user in ["J\ts", "J\ns"] {
        let server = asks(&["Digest realm=\"a\", nonce=\"n\", qop=\"auth\""]);
        let opener = build_opener(HttpDigestAuthHandler::new(password(&server.url("/"), user, "secret")));
        assert!(opener.open(server.url("/")).is_err(), "{user:?}");
        assert_eq!(said(&server), [None], "{user:?}");
    }
}

/// As curl 7.88 answers them; what it sends is the golden value.
#[test]
fn challenges_as_they_are_met() {
    let plain = &["qop=", "nc=", "cnonce="];
    let rows: &[(&str, &str, &[&str], &[&str])] = &[
        ("an empty qop", "Digest realm=\"r\", nonce=\"n\", qop=\"\"", &["realm=\"r\", nonce=\"n\""], plain),
        ("a qop nobody knows", "Digest realm=\"r\", nonce=\"n\", qop=\"token\"", &["nonce=\"n\""], plain),
        ("two of them", "Digest realm=\"r\", nonce=\"n\", qop=\"x, y\"", &["nonce=\"n\""], plain),
        ("one beside auth", "Digest realm=\"r\", nonce=\"n\", qop=\"token,auth\"", &["qop=auth, nc=00000001"], &[]),
        ("a qop without a value", "Digest realm=\"r\", nonce=\"n\", qop", &["nonce=\"n\""], plain),
        ("in single quotes", "Digest realm='r', nonce='n', qop='auth'", &["realm=\"'r'\", nonce=\"'n'\""], plain),
        (
            "in capitals",
            "DIGEST REALM=\"r\", NONCE=\"n\", QOP=\"AUTH\"",
            &["realm=\"r\", nonce=\"n\"", "qop=auth"],
            &[],
        ),
        ("no realm", "Digest nonce=\"n\", qop=\"auth\"", &["realm=\"\", nonce=\"n\"", "qop=auth"], &[]),
        ("an empty realm", "Digest realm=\"\", nonce=\"n\", qop=\"auth\"", &["realm=\"\"", "qop=auth"], &[]),
        ("an empty nonce", "Digest realm=\"r\", nonce=\"\", qop=\"auth\"", &["nonce=\"\""], &[]),
        ("a nonce that ends in equals", "Digest realm=\"r\", nonce=a/b+==, qop=auth", &["nonce=\"a/b+==\""], &[]),
        ("an equals within", "Digest realm=r, nonce=a=b, qop=auth", &["realm=\"r\", nonce=\"a=b\""], &[]),
        ("so an opaque", "Digest realm=\"r\", nonce=n, opaque=x/y=, qop=auth", &["opaque=\"x/y=\""], &[]),
        ("a realm of two words", "Digest realm=my realm, nonce=\"n\", qop=\"auth\"", &["realm=\"my realm\""], &[]),
        ("an empty opaque", "Digest realm=\"r\", nonce=\"n\", opaque=\"\"", &["opaque=\"\""], plain),
        ("options nobody knows", "Digest realm=\"r\", x=y, nonce=\"n\", stale=no, z=\"\"", &["nonce=\"n\""], plain),
        ("no commas", "Digest realm=\"r\" nonce=\"n\" qop=\"auth\"", &["realm=\"r\", nonce=\"n\"", "qop=auth"], &[]),
    ];
    for (says, asked, parts, missing) in rows {
        let server = asks_once(asked);
        let opener = build_opener(HttpDigestAuthHandler::new(password(&server.url("/"), "me", "secret")));
        opener.open(server.url("/")).unwrap_or_else(|error| panic!("{says}: {error}"));
        let said = server.requests()[1].header("Authorization").unwrap();
        for part in *parts {
            assert!(said.contains(part), "{says}: {part}: {said}");
        }
        for part in *missing {
            assert!(!said.contains(part), "{says}: {part}: {said}");
        }
        if let Some(hash) = python(&server.requests()[1], "MD5", "me", "secret") {
            assert_eq!(parameter(&server.requests()[1], "response").as_deref(), Some(hash.as_str()), "{says}");
        }
    }
    for (says, asked) in [
        ("no nonce", "Digest realm=\"r\", qop=\"auth\""),
        ("an algorithm nobody knows", "Digest realm=\"r\", nonce=\"n\", algorithm=SHA-9"),
        ("auth-int alone", "Digest realm=\"r\", nonce=\"n\", qop=\"auth-int\""),
    ] {
        let server = asks_once(asked);
        let opener = build_opener(HttpDigestAuthHandler::new(password(&server.url("/"), "me", "secret")));
        assert!(opener.open(server.url("/")).is_err(), "{says}");
        assert_eq!(server.requests().len(), 1, "{says}: nothing is said");
    }
}

fn asks_once(asked: &str) -> Server {
    let asked = asked.to_owned();
    Server::start(move |request| match request.header("Authorization") {
        Some(_) => Reply::ok(""),
        None => challenge(&[&asked]),
    })
}

#[test]
fn the_next_nonce_is_used_before_it_is_asked_for() {
    // Each nonce is good for one request; after three there are no more.
    let server = Server::start(|request| {
        let used = parameter(request, "nonce").and_then(|nonce| nonce.strip_prefix('n')?.parse::<u32>().ok());
        match used {
            Some(used @ 0..3) => Reply::ok("").header("Authentication-Info", &format!("nextnonce=\"n{}\"", used + 1)),
            Some(3) => Reply::ok("").header("Authentication-Info", "qop=auth"),
            _ => challenge(&["Digest realm=\"a\", nonce=\"n0\", qop=\"auth\", opaque=\"o\""]),
        }
    });
    let other = asks_once("Digest realm=\"a\", nonce=\"m\"");
    let passwords = HttpProxyPasswordMgr::new();
    passwords.add_password(None, server.url("/").as_str(), "me", "secret").unwrap();
    let opener = build_opener(HttpDigestAuthHandler::new(passwords));
    let urls = ["/1", "/2", "/3", "/4", "/5"];
    for url in urls {
        opener.open(server.url(url)).unwrap();
        assert!(opener.open(other.url("/")).is_err(), "another server is told nothing");
    }
    let said: Vec<_> = server
        .requests()
        .iter()
        .map(|request| {
            let value = |name| parameter(request, name).unwrap_or_default();
            format!("{} {} {} {}", request.target(), value("nonce"), value("nc"), value("opaque")).trim_end().to_owned()
        })
        .collect();
    let first = ["/1", "/1 n0 00000001 o", "/2 n1 00000001 o", "/3 n2 00000001 o", "/4 n3 00000001 o"];
    // Where none was handed out the server asks again; it had forgotten nothing, so the count goes
    // on.
    let asked = ["/5", "/5 n0 00000002 o"];
    assert_eq!(said, [&first[..], &asked[..]].concat());
    assert!(other.requests().iter().all(|request| request.header("Authorization").is_none()));
}

#[test]
fn a_proxy_is_told_in_its_own_words() {
    let asks = |challenge: &'static str| {
        Server::start(move |request| match request.header("Proxy-Authorization") {
            Some(_) => Reply::ok("through"),
            None => Reply::status(407, "Who?").header("Proxy-Authenticate", challenge),
        })
    };
    for (says, challenge, start) in [
        ("Basic", "Basic realm=\"Gate\"", "Basic bWU6c2VjcmV0"),
        ("Digest", "Digest realm=\"Gate\", nonce=\"n\", qop=\"auth\"", "Digest username=\"me\""),
    ] {
        let proxy = asks(challenge);
        let passwords = || {
            let passwords = HttpProxyPasswordMgr::new();
            passwords.add_password(None, format!("127.0.0.1:{}", proxy.port()).as_str(), "me", "secret").unwrap();
            passwords
        };
        let opener = build_opener((ProxyBasicAuthHandler::new(passwords()), ProxyDigestAuthHandler::new(passwords())));
        let request = Request::get("http://origin.test/a?b").proxy(Proxy::new(&proxy.url("/")).unwrap());
        assert_eq!(opener.open(request).unwrap().text().unwrap(), "through", "{says}");
        let requests = proxy.requests();
        let said = requests[1].header("Proxy-Authorization").unwrap();
        assert!(said.starts_with(start), "{says}: {said}");
        assert!(requests.iter().all(|request| request.header("Authorization").is_none()), "{says}");
        let uri = parameter(&requests[1], "uri");
        assert!(uri.is_none_or(|uri| uri == requests[1].target()), "{says}: what is on the request line");
    }
}

#[test]
fn no_proxy_is_told_without_end() {
    let proxy = Server::start(|_| {
        Reply::status(407, "Who?")
            .header("Proxy-Authenticate", "Digest realm=\"a\", nonce=\"n\", qop=\"auth\", stale=true")
            .header("Proxy-Authenticate", "Basic realm=\"a\"")
    });
    let passwords = || {
        let passwords = HttpProxyPasswordMgr::new();
        passwords.add_password(None, None, "me", "secret").unwrap();
        passwords
    };
    let opener = build_opener((
        ProxyBasicAuthHandler::new(passwords()).allow_downgrade(true),
        ProxyDigestAuthHandler::new(passwords()),
    ));
    let request = Request::get("http://origin.test/").proxy(Proxy::new(&proxy.url("/")).unwrap());
    let error = opener.open(request).map_err(Error::into_http_error).unwrap_err().unwrap();
    assert_eq!(error.status(), 407);
    assert_eq!(proxy.requests().len(), 4, "unasked, two proofs and a password");
}

#[test]
fn a_repetition_proves_anew() {
    let server =
        Server::start(|request| match (request.header("Authorization"), parameter(request, "nonce").as_deref()) {
            (Some(_), Some("first")) => Reply::status(503, "Busy").header("Retry-After", "0"),
            (Some(_), _) => Reply::ok(""),
            (None, _) => challenge(&["Digest realm=\"a\", nonce=\"first\", qop=\"auth\""]),
        });
    let clock = Arc::new(clientcookie::clock::FixedClock::new(0));
    let retry = clientcookie::HttpRetryProcessor::new().max_retries(2).clock(clock);
    let handler = HttpDigestAuthHandler::new(password(&server.url("/"), "me", "secret"));
    assert!(build_opener((handler, retry)).open(server.url("/")).is_err());
    let numbers: Vec<_> = server.requests().iter().filter_map(|request| parameter(request, "nc")).collect();
    assert_eq!(numbers, ["00000001", "00000002", "00000003"], "no number is used twice");
}

#[test]
fn no_realm_makes_the_guard_forget_another() {
    // Of one origin that has a password too, and of the guarded one itself.
    for (says, host) in [("of another origin", "evil.test"), ("of the same", "bank.test")] {
        for flood in [0, 15, 16, 300, 1500] {
            let digest = |realm: &str| {
                format!(
                    "HTTP/1.1 401 -\r\nWWW-Authenticate: Digest realm=\"{realm}\", nonce=\"n\", qop=\"auth\"\r\n\r\n"
                )
            };
            let ok = "HTTP/1.1 200 OK\r\n\r\n";
            let mut transport = ScriptedTransport::new().reply(digest("bank")).reply(ok);
            for index in 0..flood {
                transport = transport.reply(digest(&format!("realm {index}"))).reply(ok);
            }
            transport = transport.reply("HTTP/1.1 401 -\r\nWWW-Authenticate: Basic realm=\"bank\"\r\n\r\n").reply(ok);
            let passwords = Arc::new(HttpPasswordMgrWithDefaultRealm::new());
            for place in ["http://bank.test/", "http://evil.test/"] {
                passwords.add_password(None, place, "me", "secret").unwrap();
            }
            let opener = build_opener((
                HttpBasicAuthHandler::new(Arc::clone(&passwords)),
                HttpDigestAuthHandler::new(passwords),
                HttpHandler::with_transport(transport.clone()),
            ));
            opener.open("http://bank.test/").unwrap();
            for _ in 0..flood {
                opener.open(format!("http://{host}/")).unwrap();
            }
            let error = opener.open("http://bank.test/").unwrap_err().into_http_error().unwrap();
            assert_eq!(*error.cause(), HttpErrorCause::AuthDowngrade, "{flood} realms {says}");
        }
    }
}

#[test]
fn a_realm_with_a_password_of_its_own_may_ask_for_basic() {
    let server = Server::start(|request| match (request.target(), request.header("Authorization")) {
        (_, Some(_)) => Reply::ok(""),
        ("/digest", None) => challenge(&["Digest realm=\"a\", nonce=\"n\", qop=\"auth\""]),
        _ => challenge(&["Basic realm=\"b\""]),
    });
    let passwords = Arc::new(HttpPasswordMgr::new());
    passwords.add_password("a", &server.url("/"), "me", "secret").unwrap();
    passwords.add_password("b", &server.url("/"), "me", "less secret").unwrap();
    let opener =
        build_opener((HttpDigestAuthHandler::new(Arc::clone(&passwords)), HttpBasicAuthHandler::new(passwords)));
    opener.open(server.url("/digest")).unwrap();
    opener.open(server.url("/basic")).unwrap();
}

/// A proof is for one sending: when the server asks after the proxy did, both are proved anew.
#[test]
fn proxy_and_server_may_both_ask_for_digest() {
    let both = Server::start(|request| {
        let asks = |status, header, nonce| {
            let challenge = format!("Digest realm=\"a\", nonce=\"{nonce}\", qop=\"auth\"");
            Reply::status(status, "Who?").header(header, &challenge)
        };
        let proof = |name| request.header(name).filter(|value| value.starts_with("Digest "));
        match (proof("Proxy-Authorization"), proof("Authorization")) {
            (None, _) => asks(407, "Proxy-Authenticate", "p"),
            (Some(_), None) => asks(401, "WWW-Authenticate", "s"),
            (Some(_), Some(_)) => Reply::ok("both"),
        }
    });
    let url = format!("http://me:secret@127.0.0.1:{}", both.port());
    let request = Request::get(&url).proxy(Proxy::new(&url).unwrap());
    assert_eq!(build_opener(()).open(request).unwrap().text().unwrap(), "both");
    let sent = both.requests();
    assert_eq!(sent.len(), 3);
    let proofs = sent.iter().filter_map(|request| request.header("Proxy-Authorization"));
    let proofs: Vec<_> = proofs.filter(|value| value.starts_with("Digest ")).collect();
    assert!(proofs[0].contains("nc=00000001") && proofs[1].contains("nc=00000002"), "{proofs:?}");
}
