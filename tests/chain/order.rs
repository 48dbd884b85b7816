//! Which hook is called when.

use std::sync::Arc;

use clientcookie::{Handler, OpenerDirector, Parent, Request, Response, Result};
use http::StatusCode;

use super::mock::{Calls, Mock, open, response};

struct Row {
    says: &'static str,
    url: &'static str,
    handlers: &'static [&'static str],
    happens: &'static str,
}

fn check(rows: &[Row]) {
    for row in rows {
        assert_eq!(open(row.url, row.handlers), row.happens, "{}", row.says);
    }
}

#[test]
fn the_first_open_hook_that_answers_is_the_last_one_asked() {
    check(&[
        Row {
            says: "one that passes lets the next one try",
            url: "http://h/",
            handlers: &["a http: open", "b http: open=200", "c http: open=201"],
            happens: "a.open b.open -> 200",
        },
        Row {
            says: "default_open of all comes before any open, whatever the orders",
            url: "http://h/",
            handlers: &["a @1 http: open=200", "b @900 default_open", "c default_open"],
            happens: "c.default_open b.default_open a.open -> 200",
        },
        Row {
            says: "a default_open that answers spares all the others",
            url: "http://h/",
            handlers: &["a http: open=200", "b default_open=201", "c default_open=202", "d unknown_open=203"],
            happens: "b.default_open -> 201",
        },
        Row {
            says: "unknown_open comes last, when those who named the scheme passed",
            url: "http://h/",
            handlers: &["a unknown_open=202", "b http: open", "c default_open", "d unknown_open=203"],
            happens: "c.default_open b.open a.unknown_open -> 202",
        },
        Row {
            says: "open is asked for the schemes that were named, and for no other",
            url: "foo:bar",
            handlers: &["a http: open=200", "b open=201", "c ftp: foo: open=202"],
            happens: "c.open -> 202",
        },
        Row {
            says: "https is another scheme to open hooks",
            url: "https://h/",
            handlers: &["a http: open=200", "b https: open=201"],
            happens: "b.open -> 201",
        },
        Row {
            says: "a handler that fills in several hooks is asked at each",
            url: "http://h/",
            handlers: &["a http: unknown_open=200 open default_open"],
            happens: "a.default_open a.open a.unknown_open -> 200",
        },
        Row { says: "nobody there", url: "foo:bar", handlers: &[], happens: "-> unknown scheme foo" },
        Row {
            says: "everybody passes",
            url: "foo:bar",
            handlers: &["a foo: open", "b unknown_open", "c default_open"],
            happens: "c.default_open a.open b.unknown_open -> unknown scheme foo",
        },
        Row {
            says: "UnknownHandler is asked in its turn",
            url: "foo:bar",
            handlers: &["a unknown_open", "UnknownHandler", "b unknown_open=200"],
            happens: "a.unknown_open -> unknown scheme foo",
        },
    ]);
}

#[test]
fn smaller_orders_come_first_and_equal_ones_as_they_were_added() {
    check(&[
        Row {
            says: "orders, negative ones and the greatest included",
            url: "http://h/",
            handlers: &[
                "a @2147483647 http_request",
                "b http_request http: open=200",
                "c @-7 http_request",
                "d @499 http_request",
                "e @-2147483648 http_request",
            ],
            happens: "e.http_request c.http_request d.http_request b.http_request a.http_request b.open -> 200",
        },
        Row {
            says: "ties, also where another order was added in between",
            url: "http://h/",
            handlers: &["c default_open", "a default_open", "d @1 default_open", "b default_open", "a http: open=200"],
            happens: "d.default_open c.default_open a.default_open b.default_open a.open -> 200",
        },
        Row {
            says: "responses and errors go down the chain in the same order, not back up",
            url: "http://h/",
            handlers: &[
                "b @2 http_response http_error http_error_default",
                "a @1 http_response http_error http_error_default http: open=404",
                "HttpErrorProcessor",
            ],
            happens: "a.open a.http_response(404) b.http_response(404) a.http_error(404) b.http_error(404) \
                      a.http_error_default(404) b.http_error_default(404) -> 404",
        },
    ]);
}

#[test]
fn request_and_response_hooks_all_run() {
    check(&[
        Row {
            says: "any_request comes right before the hook of the scheme, handler by handler",
            url: "http://h/",
            handlers: &[
                "a http_request any_request http: open=200",
                "b any_request",
                "c https_request other_request http_request",
            ],
            happens: "a.any_request a.http_request b.any_request c.http_request a.open -> 200",
        },
        Row {
            says: "https has hooks of its own",
            url: "https://h/",
            handlers: &["a any_request https_request https: open=200", "b https_response any_response"],
            happens: "a.any_request a.https_request a.open b.any_response(200) b.https_response(200) -> 200",
        },
        Row {
            says: "all other schemes share one",
            url: "foo:bar",
            handlers: &["a other_request any_request foo: open=200", "b http_request https_request http_response"],
            happens: "a.any_request a.other_request a.open -> 200",
        },
        Row {
            says: "responses of other schemes likewise",
            url: "foo:bar",
            handlers: &["a foo: open=200", "b other_response any_response", "c other_response http_response"],
            happens: "a.open b.any_response(200) b.other_response(200) c.other_response(200) -> 200",
        },
        Row {
            says: "a response hook may put another response in place, which the next one sees",
            url: "http://h/",
            handlers: &["a http: open=200", "b any_response=201 http_response=202", "c http_response"],
            happens: "a.open b.any_response(200) b.http_response(201) c.http_response(202) -> 202",
        },
    ]);
}

#[test]
fn the_first_open_error_hook_that_answers_is_the_last_one_asked() {
    check(&[
        Row {
            says: "one that hands the error on lets the next one try, and no response hook sees the answer",
            url: "foo:bar",
            handlers: &[
                "a foo: open=fail any_response",
                "b @2 open_error=200",
                "c @1 open_error",
                "d @3 open_error=201",
            ],
            happens: "a.open c.open_error b.open_error -> 200",
        },
        Row {
            says: "the error is the outcome if all hand it on",
            url: "http://h/",
            handlers: &["a http: open=fail http_error=200 open_error", "b open_error", "HttpErrorProcessor"],
            happens: "a.open a.open_error b.open_error -> a.open failed",
        },
        Row {
            says: "a URL that nobody opens has failed too",
            url: "foo:bar",
            handlers: &["a open_error=200"],
            happens: "a.open_error -> 200",
        },
        Row {
            says: "an error of an error hook ends it",
            url: "foo:bar",
            handlers: &["a foo: open=fail open_error=fail", "b open_error=200"],
            happens: "a.open a.open_error -> a.open_error failed",
        },
        Row {
            says: "request and response hooks that fail are no failure to open",
            url: "http://h/",
            handlers: &["a http: open=200 open_error=201 http_response=fail"],
            happens: "a.open a.http_response(200) -> a.http_response failed",
        },
        Row {
            says: "an answer that is an error is an answer",
            url: "http://h/",
            handlers: &["a http: open=404 open_error=200", "HttpErrorProcessor", "HttpDefaultErrorHandler"],
            happens: "a.open -> HTTP error 404",
        },
    ]);
}

#[test]
fn error_hooks_run_until_one_takes_over() {
    check(&[
        Row {
            says: "a success is none of their business",
            url: "http://h/",
            handlers: &["a http: open=299 http_error=200", "HttpErrorProcessor", "HttpDefaultErrorHandler"],
            happens: "a.open -> 299",
        },
        Row {
            says: "the first that breaks with an answer ends it",
            url: "http://h/",
            handlers: &[
                "a http: open=302",
                "b http_error",
                "c http_error=200",
                "d http_error=201",
                "HttpErrorProcessor",
            ],
            happens: "a.open b.http_error(302) c.http_error(302) -> 200",
        },
        Row {
            says: "http_error_default comes after every http_error, whatever the orders",
            url: "http://h/",
            handlers: &[
                "a @1 http_error_default=200",
                "b @900 http_error",
                "c http: open=500 http_error",
                "HttpErrorProcessor",
            ],
            happens: "c.open c.http_error(500) b.http_error(500) a.http_error_default(500) -> 200",
        },
        Row {
            says: "HttpDefaultErrorHandler makes it an error",
            url: "http://h/",
            handlers: &["a http: open=404 http_error", "HttpErrorProcessor", "HttpDefaultErrorHandler"],
            happens: "a.open a.http_error(404) -> HTTP error 404",
        },
        Row {
            says: "if nobody takes over, the response itself is the answer",
            url: "http://h/",
            handlers: &["a http: open=404 http_error", "HttpErrorProcessor"],
            happens: "a.open a.http_error(404) -> 404",
        },
        Row {
            says: "without HttpErrorProcessor nobody asks the error hooks",
            url: "http://h/",
            handlers: &["a http: open=404 http_error=200 http_error_default=200", "HttpDefaultErrorHandler"],
            happens: "a.open -> 404",
        },
        Row {
            says: "what took over passes the response hooks behind HttpErrorProcessor, and no earlier ones",
            url: "http://h/",
            handlers: &[
                "a http: open=404 http_error=200",
                "b http_response",
                "HttpErrorProcessor",
                "c @1001 http_response",
            ],
            happens: "a.open b.http_response(404) a.http_error(404) c.http_response(200) -> 200",
        },
        Row {
            says: "https answers take the same way",
            url: "https://h/",
            handlers: &["a https: open=404", "HttpErrorProcessor", "HttpDefaultErrorHandler"],
            happens: "a.open -> HTTP error 404",
        },
        Row {
            says: "answers of other schemes are never sent there",
            url: "foo:bar",
            handlers: &["a foo: open=404 http_error=200", "HttpErrorProcessor", "HttpDefaultErrorHandler"],
            happens: "a.open -> 404",
        },
    ]);
}

#[test]
fn an_error_stops_the_chain_where_it_is() {
    check(&[
        Row {
            says: "in a request hook: nothing is opened",
            url: "http://h/",
            handlers: &["a http_request", "b any_request=fail http_request", "c http_request http: open=200"],
            happens: "a.http_request b.any_request -> b.any_request failed",
        },
        Row {
            says: "in an open hook: no other is asked",
            url: "http://h/",
            handlers: &["a http: open=fail http_response", "b http: open=200", "c unknown_open=200"],
            happens: "a.open -> a.open failed",
        },
        Row {
            says: "in a response hook",
            url: "http://h/",
            handlers: &["a http: open=200 http_response=fail", "b http_response any_response"],
            happens: "a.open a.http_response(200) -> a.http_response failed",
        },
        Row {
            says: "in an error hook",
            url: "http://h/",
            handlers: &[
                "a http: open=404 http_error=fail",
                "b http_error=200 http_error_default",
                "HttpErrorProcessor",
            ],
            happens: "a.open a.http_error(404) -> a.http_error failed",
        },
    ]);
}

#[test]
fn a_handler_may_call_back_from_every_hook() {
    check(&[
        Row {
            says: "from a request hook: the inner request goes through the whole chain",
            url: "http://h/outer",
            handlers: &["a http_request=again", "b http_request http: open=200 http_response"],
            happens: "a.http_request [ a.http_request b.http_request b.open b.http_response(200) ] \
                      b.http_request b.open b.http_response(200) -> 200",
        },
        Row {
            says: "from an open hook",
            url: "foo://h/outer",
            handlers: &["a other_request foo: open=again other_response"],
            happens: "a.other_request a.open [ a.other_request a.open a.other_response(200) ] a.other_response(200) -> 200",
        },
        Row {
            says: "from a response hook, which goes on with its own response",
            url: "http://h/outer",
            handlers: &["a http: open=201 http_response=again", "b any_response"],
            happens: "a.open a.http_response(201) [ a.open a.http_response(201) b.any_response(201) ] b.any_response(201) -> 201",
        },
        Row {
            says: "from an error hook, whose inner request may fail in turn",
            url: "http://h/outer",
            handlers: &["a http: open=404 http_error=again", "HttpErrorProcessor", "HttpDefaultErrorHandler"],
            happens: "a.open a.http_error(404) [ a.open a.http_error(404) -> HTTP error 404",
        },
    ]);
}

/// Fills in nothing but the hooks for http, and says nothing about which.
struct HttpOnly(Calls);

impl Handler for HttpOnly {
    fn http_request(&self, _: &dyn Parent, _: &mut Request) -> Result<()> {
        self.0.add("http_request");
        Ok(())
    }

    fn default_open(&self, _: &dyn Parent, request: &mut Request) -> Result<Option<Response>> {
        Ok(Some(response(request.url(), StatusCode::OK)))
    }

    fn http_response(&self, _: &dyn Parent, _: &Request, response: Response) -> Result<Response> {
        self.0.add("http_response");
        Ok(response)
    }
}

#[test]
fn https_hooks_are_those_of_http_unless_filled_in() {
    for (url, happens) in
        [("http://h/", "http_request http_response"), ("https://h/", "http_request http_response"), ("foo:bar", "")]
    {
        let calls = Calls::default();
        let mut opener = OpenerDirector::new();
        opener.add_handler(HttpOnly(calls.clone()));
        opener.open(url).unwrap();
        assert_eq!(calls.take(), happens, "{url}");
    }
}

#[test]
fn a_handler_added_later_takes_its_place() {
    let calls = Calls::default();
    let mut opener = OpenerDirector::new();
    opener.add_handler(Mock::new("a http: open=200", &calls));
    opener.open("http://h/").unwrap();
    assert_eq!(calls.take(), "a.open");

    opener.add_handler(Mock::new("b @100 http: open http_request", &calls));
    opener.add_handler(Mock::new("c http: open=404", &calls));
    opener.open("http://h/").unwrap();
    assert_eq!(calls.take(), "b.http_request b.open a.open");
}

#[test]
fn a_shared_handler_is_asked_by_every_opener_it_is_part_of() {
    let calls = Calls::default();
    let shared = Arc::new(Mock::new("a @7 foo: any_request open=200 other_response", &calls));
    let shared_as_any: Arc<dyn Handler> = shared.clone();
    let mut openers = [OpenerDirector::new(), OpenerDirector::new()];
    openers[0].add_handler(shared);
    openers[1].add_handler(shared_as_any);
    for opener in openers {
        opener.open("foo:bar").unwrap();
        assert_eq!(calls.take(), "a.any_request a.open a.other_response(200)");
        let told: Vec<_> = opener.handlers().map(|handler| (handler.name(), handler.order())).collect();
        assert_eq!(told, [("a", 7)]);
    }
}
