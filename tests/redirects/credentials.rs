//! What a request says to one origin goes to no other.

use clientcookie::{
    CookieJar, Handler, Hook, HttpCookieProcessor, HttpEquivProcessor, HttpErrorCause, HttpRefreshProcessor, Parent,
    Request, Result, build_opener,
};
use http::HeaderValue;
use std::sync::{Arc, Mutex};

use super::world::{Way, World};
use super::{http_error, opener, redirect, script};
use crate::support::{Recorded, Reply};

/// Headers that belong to one origin.
const SECRETS: [&str; 6] =
    ["Authorization", "Cookie", "Cookie2", "WWW-Authenticate", "Proxy-Authenticate", "X-Marked-Sensitive"];

/// `Authorization`, `authorization` and `AUTHORIZATION`: the first remedy of this in other clients
/// knew one of them.
const SPELLINGS: [fn(&str) -> String; 3] = [str::to_owned, str::to_lowercase, str::to_uppercase];

fn request_with_secrets(url: &str, spelling: fn(&str) -> String) -> Request {
    let mut request = Request::new(url).unwrap();
    for name in SECRETS {
        let mut value = HeaderValue::from_static("secret");
        value.set_sensitive(name.starts_with("X-"));
        request.add_header(&spelling(name), value).unwrap();
    }
    request.add_header(&spelling("Proxy-Authorization"), "secret").unwrap();
    request.add_header(&spelling("Referer"), "https://a.test/page").unwrap();
    request.add_header(&spelling("X-Plain"), "plain").unwrap();
    request
}

#[test]
fn r5_credentials_stay_within_their_origin() {
    let rows = [
        ("another path", "http://a.test/start", "http://a.test/end", true),
        ("another path over https", "https://a.test/start", "/end", true),
        ("another spelling of the host", "http://A.TEST/start", "http://a.TesT/end", true),
        ("the scheme's port, spelled out", "http://a.test/start", "http://a.test:80/end", true),
        ("the scheme's port, left out", "https://a.test:443/start", "https://a.test/end", true),
        ("another host", "http://a.test/start", "http://b.test/end", false),
        ("another host over https", "https://a.test/start", "https://b.test/end", false),
        ("another port", "http://a.test/start", "http://a.test:81/end", false),
        ("another port over https", "https://a.test/start", "https://a.test:8443/end", false),
        ("from one port to the scheme's", "http://a.test:81/start", "http://a.test/end", false),
        ("https to http", "https://a.test/start", "http://a.test/end", false),
        ("https to http on the same port", "https://a.test:8443/start", "http://a.test:8443/end", false),
        ("http to https", "http://a.test/start", "https://a.test/end", false),
        ("http to https on the same port", "http://a.test:8443/start", "https://a.test:8443/end", false),
        ("a subdomain to its parent", "http://www.a.test/start", "http://a.test/end", false),
        ("a parent to its subdomain", "http://a.test/start", "http://www.a.test/end", false),
        ("a name to one that ends in it", "http://a.test/start", "http://evila.test/end", false),
        ("a name to the same with a dot", "http://a.test/start", "http://a.test./end", false),
        ("an address to a name for it", "http://127.0.0.1:PORT/start", "http://localhost:PORT/end", false),
        ("another spelling of an address", "http://127.1:PORT/start", "http://0x7f000001:PORT/end", true),
        ("slashes", "http://a.test/start", "//b.test/end", false),
        ("backslashes", "http://a.test/start", "\\\\b.test/end", false),
        ("a slash and a backslash", "https://a.test/start", "/\\b.test/end", false),
    ];
    let ways = Way::ALL.into_iter().flat_map(|way| SPELLINGS.map(|spelling| (way, spelling)));
    for (says, from, to, kept) in rows {
        for (way, spelling) in ways.clone() {
            let says = format!("{says} ({way:?})");
            let world = World::leading(way, to);
            let from = from.replace("PORT", &world.plain_port().to_string());
            world.opener().open(request_with_secrets(&from, spelling)).unwrap();

            let requests = world.requests();
            let (url, second) = &requests[1];
            assert_eq!(requests.len(), 2, "{says}");
            assert!(url.ends_with("/end"), "{says}: {url}");
            for name in SECRETS {
                assert_eq!(second.header_count(name), usize::from(kept), "{says}: {} at {url}", spelling(name));
            }
            let downgrade = from.starts_with("https:") && url.starts_with("http:");
            assert_eq!(second.header_count("Referer"), usize::from(!downgrade), "{says}: Referer at {url}");
            assert_eq!(second.header_count("X-Plain"), 1, "{says}: {url}");
            for (url, request) in &requests {
                assert_eq!(request.header_count("Proxy-Authorization"), 0, "{says}: there is no proxy at {url}");
            }
        }
    }
}

#[test]
fn r5_a_host_of_the_callers_own_is_for_its_origin() {
    for (location, hosts) in [
        ("/end", ["own.test", "own.test"]),
        ("http://b.test/end", ["own.test", "b.test"]),
        ("http://a.test:81/end", ["own.test", "a.test:81"]),
    ] {
        for way in Way::ALL {
            let world = World::leading(way, location);
            world.opener().open(Request::get("http://a.test/start").header("hOsT", "own.test")).unwrap();
            let sent: Vec<_> = world.requests().iter().map(|(_, request)| request.header("Host").unwrap()).collect();
            assert_eq!(sent, hosts, "{location} {way:?}");
        }
    }
}

#[test]
fn r5_unredirected_headers_stay_behind_even_within_the_origin() {
    for way in Way::ALL {
        let world = World::leading(way, "/end");
        let request = Request::get("http://a.test/start").unredirected_header("X-Once", "1").header("X-Always", "1");
        world.opener().open(request).unwrap();
        let count = |(_, sent): &(String, Recorded)| (sent.header_count("X-Once"), sent.header_count("X-Always"));
        assert_eq!(world.requests().iter().map(count).collect::<Vec<_>>(), [(1, 1), (0, 1)], "{way:?}");
    }
}

#[test]
fn r6_what_was_left_behind_does_not_come_back() {
    let rows = [
        ("two hops on the other host", "http://b.test/1", "http://b.test/2"),
        ("back to the first host", "http://b.test/1", "http://a.test/2"),
        ("back to the first URL's scheme", "https://a.test/1", "http://a.test/2"),
    ];
    for (way, (says, second, third)) in Way::ALL.into_iter().flat_map(|way| rows.map(|row| (way, row))) {
        let world = World::new(move |url| match url {
            "http://a.test/" => way.to(second),
            url if url == second => way.to(third),
            _ => Reply::ok("done"),
        });
        let request = Request::get("http://a.test/").header("Authorization", "secret");
        world.opener().open(request).unwrap();
        let sent: Vec<_> =
            world.requests().into_iter().map(|(url, request)| (url, request.header_count("Authorization"))).collect();
        let expected = [("http://a.test/".to_owned(), 1), (second.to_owned(), 0), (third.to_owned(), 0)];
        assert_eq!(sent, expected, "{says} ({way:?})");
    }
}

#[test]
fn r7_a_subdomain_is_another_host() {
    let script = script([redirect(302, "http://www.foo.test/").as_str(), super::OK]);
    let request = Request::get("http://foo.test/").header("Authorization", "secret");
    opener(&script).open(request).unwrap();
    assert!(!script.requests()[1].headers.contains("Authorization"));

    let script = super::script([redirect(302, "http://[::1%25.foo.test]/").as_str(), super::OK]);
    let error = opener(&script).open("https://foo.test/").unwrap_err();
    assert!(matches!(http_error(error).cause(), HttpErrorCause::RefusedRedirect { .. }));
    assert_eq!(script.requests().len(), 1);
}

/// The `Cookie` headers of each request.
fn cookies(world: &World) -> Vec<(String, Vec<String>)> {
    let each = world.requests().into_iter().map(|(url, request)| {
        let lines = request.head.lines().filter_map(|line| line.strip_prefix("Cookie: "));
        assert_eq!(lines.clone().count(), request.header_count("cookie"));
        (url, lines.map(str::to_owned).collect())
    });
    each.collect()
}

#[test]
fn r8_each_hop_gets_the_cookies_of_its_own_url_once() {
    type Cookies = &'static [&'static str];
    let rows: [(&str, Option<&str>, &str, [Cookies; 2]); 5] = [
        ("the jar's, for each path", None, "/end", [&["s=start; a=a"], &["a=a"]]),
        ("the jar's, for each host", None, "http://b.test/end", [&["s=start; a=a"], &["b=b"]]),
        ("the caller's, within the origin", Some("x=1"), "/end", [&["x=1"], &["x=1"]]),
        ("the jar's in place of the caller's elsewhere", Some("x=1"), "http://b.test/end", [&["x=1"], &["b=b"]]),
        ("none for a stranger", Some("x=1"), "http://c.test/end", [&["x=1"], &[]]),
    ];
    for (way, (says, own, location, expected)) in Way::ALL.into_iter().flat_map(|way| rows.map(|row| (way, row))) {
        let jar = CookieJar::new();
        for (name, host, path) in [("a", "a.test", "/"), ("b", "b.test", "/"), ("s", "a.test", "/start")] {
            let value = path.strip_prefix('/').filter(|path| !path.is_empty()).unwrap_or(name);
            jar.set_cookie(clientcookie::Cookie::new(name, value, host).with_path(path));
        }
        let world = World::leading(way, location);
        let (http, https) = world.handlers();
        let mut request = Request::new("http://a.test/start").unwrap();
        if let Some(own) = own {
            request.add_header("Cookie", own).unwrap();
        }
        let cookie = HttpCookieProcessor::new(&jar);
        let opener = build_opener((http, https, cookie, HttpEquivProcessor::new(), HttpRefreshProcessor::new()));
        opener.open(request).unwrap();
        let sent: Vec<_> = cookies(&world).into_iter().map(|(_, cookies)| cookies).collect();
        assert_eq!(sent, expected, "{says} ({way:?})");
    }
}

#[test]
fn r8_cookies_do_not_pile_up_from_hop_to_hop() {
    let world = World::new(|url| match url {
        "http://a.test/1" => Reply::redirect(302, "/2").header("Set-Cookie", "n=1"),
        "http://a.test/2" => Reply::redirect(302, "/3").header("Set-Cookie", "n=2"),
        "http://a.test/3" => Reply::redirect(302, "/4").header("Set-Cookie", "n=gone; Max-Age=0"),
        _ => Reply::ok("done"),
    });
    world.opener().open("http://a.test/1").unwrap();
    let sent: Vec<_> = cookies(&world).into_iter().map(|(_, cookies)| cookies.join(" and ")).collect();
    assert_eq!(sent, ["", "n=1", "n=2", ""]);
}

#[test]
fn r9_a_redirects_cookies_belong_to_who_redirects() {
    let world = World::new(|url| match url {
        "http://a.test/" => Reply::redirect(302, "http://b.test/").header("Set-Cookie", "s=evil"),
        _ => Reply::ok("done"),
    });
    let jar = CookieJar::new();
    let (http, https) = world.handlers();
    let opener = build_opener((http, https, HttpCookieProcessor::new(&jar)));
    opener.open("http://a.test/").unwrap();
    assert_eq!(jar.iter().map(|cookie| cookie.domain().to_owned()).collect::<Vec<_>>(), ["a.test"]);
    opener.open("http://a.test/again").unwrap();
    let expected = [("http://a.test/", ""), ("http://b.test/", ""), ("http://a.test/again", "s=evil")];
    let sent = cookies(&world).into_iter().map(|(url, cookies)| (url, cookies.join(" and ")));
    assert_eq!(sent.collect::<Vec<_>>(), expected.map(|(url, cookies)| (url.to_owned(), cookies.to_owned())));
}

#[test]
fn r10_cookies_for_this_request_are_for_no_other_host() {
    for location in ["http://b.test/end", "http://a.test:81/end", "https://a.test/end", "//evil.test/"] {
        let world = World::redirecting(307, location);
        world.opener().open(Request::get("http://a.test/start").header("cookie", "session=secret")).unwrap();
        assert_eq!(world.requests().len(), 2, "{location}");
        assert!(!world.requests()[1].1.head.contains("secret"), "{location}");
    }
}

/// What handlers are told about the user at each hop.
#[derive(Clone, Default)]
struct Users(Arc<Mutex<Vec<User>>>);

/// Name and password.
type User = Option<(String, String)>;

impl Handler for Users {
    fn hooks(&self) -> &[Hook] {
        &[Hook::HttpRequest]
    }
    fn http_request(&self, _: &dyn Parent, request: &mut Request) -> Result<()> {
        let user = request.userinfo().map(|info| (info.user().to_owned(), info.password().to_owned()));
        self.0.lock().unwrap().push(user);
        Ok(())
    }
}

#[test]
fn r15_r18_a_userinfo_is_joined_to_no_other_url() {
    let me = || Some(("a".to_owned(), "p@ss/#?".to_owned()));
    let rows = [
        ("a path: the same host is dialled, by the same user", "/end", "http://a.test/end", me()),
        ("another host", "//b.test/end", "http://b.test/end", None),
        ("another port", "http://a.test:81/end", "http://a.test:81/end", None),
        ("another user, whom the server made up", "http://evil:x@b.test/end", "http://b.test/end", None),
        ("another user of the same host", "http://evil:x@a.test/end", "http://a.test/end", me()),
    ];
    let ways = Way::ALL.into_iter().flat_map(|way| rows.clone().map(|row| (way, row)));
    for (way, (says, location, target, user)) in ways {
        let says = format!("{says} ({way:?})");
        let world = World::leading(way, location);
        let users = Users::default();
        let (http, https) = world.handlers();
        let refresh = (HttpEquivProcessor::new(), HttpRefreshProcessor::new());
        let opener = build_opener((http, https, users.clone(), refresh.0, refresh.1));
        let response = opener.open("http://a:p%40ss%2F%23%3F@a.test/start").unwrap();
        assert_eq!(world.visited(), ["http://a.test/start", target], "{says}");
        assert_eq!(*users.0.lock().unwrap(), [me(), user], "{says}");
        assert_eq!(response.url().as_str(), target, "{says}");
        assert_eq!(response.redirections()[0].url().as_str(), "http://a.test/start", "{says}");
        for (url, request) in world.requests() {
            assert!(!request.head.contains(['@', '#']), "{says}: {url}: {}", request.head);
            assert_eq!(request.header_count("Authorization"), 0, "{says}: nobody has asked for it");
        }
    }
}

#[test]
fn r15_no_error_shows_a_userinfo() {
    let ftp = if cfg!(feature = "ftp") { "gopher://me:secret@h/" } else { "ftp://me:secret@h/" };
    for location in ["http://me:secret@h:99999/", "//me:secret@h h/", "gopher://me:secret@h/", ftp] {
        let script = script([redirect(302, location)]);
        let error = opener(&script).open("http://me:secret@h.test/").unwrap_err();
        let cause = format!("{:?}", error.as_http_error().unwrap().cause());
        assert!(!format!("{error} {error:?} {cause}").contains("secret"), "{location}: {error}");
    }
}
