//! When it is enough.

use clientcookie::{HttpErrorCause, HttpHandler, HttpRedirectHandler, OpenerDirector, Response, Result, build_opener};

use super::{OK, http_error, redirect, script, visited};

/// Opens the first of these paths; each redirects to the next one, and the last one is fine.
fn follow(handler: HttpRedirectHandler, paths: &[String]) -> (Result<Response>, usize) {
    let redirects = paths.iter().skip(1).map(|path| redirect(302, path));
    let script = script(redirects.chain([OK.to_owned()]));
    let opener: OpenerDirector = build_opener((HttpHandler::with_transport(script.clone()), handler));
    let outcome = opener.open("http://h.test".to_owned() + &paths[0]);
    let visited = visited(&script);
    let expected = paths.iter().map(|path| format!("http://h.test{path}"));
    assert!(expected.zip(&visited).all(|(expected, visited)| expected == *visited), "{visited:?}");
    (outcome, visited.len())
}

fn different(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("/{number}")).collect()
}

#[test]
fn ten_redirects_are_followed_and_no_more() {
    for (handler, limit) in [
        (HttpRedirectHandler::new as fn() -> HttpRedirectHandler, 10),
        (|| HttpRedirectHandler::new().max_redirections(1), 1),
        (|| HttpRedirectHandler::new().max_redirections(0), 0),
        (|| HttpRedirectHandler::new().max_redirections(30), 30),
    ] {
        let (outcome, requests) = follow(handler(), &different(limit + 1));
        assert_eq!((outcome.unwrap().redirections().len(), requests), (limit, limit + 1));

        let (outcome, requests) = follow(handler(), &different(limit + 2));
        let mut error = http_error(outcome.unwrap_err());
        assert_eq!(*error.cause(), HttpErrorCause::TooManyRedirects { limit });
        assert_eq!(requests, limit + 1, "the redirect beyond {limit} is not followed");
        assert_eq!((error.text().unwrap().as_str(), error.redirections().len()), ("moved", limit));
    }
}

#[test]
fn one_url_is_redirected_to_four_times_and_no_more() {
    let path = |path: &str| path.to_owned();
    let alternating = |count: usize| (0..count).map(|number| path(["/a", "/b"][number % 2])).collect::<Vec<_>>();
    let many = || HttpRedirectHandler::new().max_redirections(100);
    let rows = [
        ("to itself", many(), vec![path("/a"); 5], vec![path("/a"); 6], 4),
        // The first visit was no redirect: /b has been the target 4 times before it is /a's turn to
        // be it.
        ("in turns", many(), alternating(9), alternating(10), 4),
        ("as was said", many().max_repeats(1), vec![path("/a"); 2], vec![path("/a"); 3], 1),
    ];
    for (says, handler, enough, too_many, limit) in rows {
        let handler_again = many().max_repeats(limit);
        let (outcome, requests) = follow(handler, &enough);
        assert_eq!(outcome.unwrap().status(), 200, "{says}");
        assert_eq!(requests, enough.len(), "{says}");

        let (outcome, requests) = follow(handler_again, &too_many);
        let mut error = http_error(outcome.unwrap_err());
        assert_eq!(*error.cause(), HttpErrorCause::RedirectLoop { limit }, "{says}");
        assert_eq!(requests, enough.len(), "{says}");
        assert_eq!(error.text().unwrap(), "moved", "{says}: the loop's last response is whole");
    }
}

/// Cookies are why a URL may be visited more than once, so a query that changes each time must not
/// get around it.
#[test]
fn a_loop_that_changes_its_query_or_fragment_ends_too() {
    for separator in ["?", "#"] {
        let paths: Vec<String> = (0..50).map(|number| format!("/{separator}{number}")).collect();
        let script = script(paths.iter().map(|path| redirect(302, path)));
        let opener = build_opener(HttpHandler::with_transport(script.clone()));
        let error = http_error(opener.open("http://h.test/").unwrap_err());
        assert!(matches!(error.cause(), HttpErrorCause::TooManyRedirects { limit: 10 }), "{error}");
        assert_eq!(script.requests().len(), 11);
    }
}

#[test]
fn the_way_is_recorded_in_the_response_and_in_its_error() {
    let replies = || [redirect(301, "/2#x"), redirect(307, "http://other.test/"), OK.to_owned()];
    let way = |response: &Response| -> Vec<String> {
        let steps = response.redirections().iter();
        steps.map(|step| format!("{} {}", step.status().as_u16(), step.url())).collect()
    };
    let response = super::opener(&script(replies())).open("http://h.test/1").unwrap();
    assert_eq!(way(&response), ["301 http://h.test/1", "307 http://h.test/2#x"]);

    let mut failing = replies();
    failing[2] = "HTTP/1.1 404 Not Found\r\n\r\n".to_owned();
    let error = http_error(super::opener(&script(failing)).open("http://h.test/1").unwrap_err());
    assert_eq!(way(&error), ["301 http://h.test/1", "307 http://h.test/2#x"]);
    assert_eq!(error.url().as_str(), "http://other.test/#x");
}
