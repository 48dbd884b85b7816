//! `println!("{opener}")`: the chain as a picture, letter by letter.

use clientcookie::{Handler, HttpRedirectHandler, OpenerDirector, Parent, Request, Response, Result, build_opener};

use super::mock::{Calls, Mock};

const CAPTION: &str = "\
A URL goes down the requests, stops at the first open that answers, and its answer goes down the
responses; one that is not a success goes down the errors from there.
";

/// With the feature, `FtpHandler` stands before `FileHandler`.
fn with_ftp(picture: &str) -> String {
    let is_file = |line: &&str| cfg!(feature = "ftp") && line.contains(" FileHandler ");
    let lines = picture.lines().flat_map(|line| {
        let ftp = Some(line).filter(is_file);
        [
            ftp.map(|line| line.replace("FileHandler", "FtpHandler ").replace("file_open", "ftp_open ")),
            Some(line.into()),
        ]
    });
    lines.flatten().map(|line| format!("{line}\n")).collect()
}

#[test]
fn the_default_chain() {
    let picture = "\
┌───────┬─────────────────────────┬─────────────────┬──────────────┬──────────────────┬─────────────────────┐
│ order │ handler                 │ request         │ open         │ response         │ error               │
├───────┼─────────────────────────┼─────────────────┼──────────────┼──────────────────┼─────────────────────┤
│   100 │ ProxyHandler            │ any_request     │              │                  │                     │
│   490 │ HttpDigestAuthHandler   │ http(s)_request │              │ http(s)_response │ http_error          │
│   490 │ ProxyDigestAuthHandler  │ http(s)_request │              │ http(s)_response │ http_error          │
│   500 │ UnknownHandler          │                 │ unknown_open │                  │                     │
│   500 │ HttpHandler             │ http_request    │ http_open    │                  │                     │
│   500 │ HttpsHandler            │ https_request   │ https_open   │                  │                     │
│   500 │ FileHandler             │                 │ file_open    │                  │                     │
│   500 │ DataHandler             │                 │ data_open    │                  │                     │
│   500 │ HttpBasicAuthHandler    │ http(s)_request │              │ http(s)_response │ http_error          │
│   500 │ HttpDefaultErrorHandler │                 │              │                  │ http_error_default  │
│   500 │ HttpRedirectHandler     │                 │              │                  │ http_error, refresh │
│   500 │ HttpCookieProcessor     │ http(s)_request │              │ http(s)_response │                     │
│  1000 │ HttpErrorProcessor      │                 │              │ http(s)_response │                     │
└───────┴─────────────────────────┴─────────────────┴──────────────┴──────────────────┴─────────────────────┘
";
    assert_eq!(build_opener(()).to_string(), format!("{}{CAPTION}", with_ftp(picture)));
}

/// Does not say which hooks it fills in.
struct Silent;

impl Handler for Silent {}

/// Has it looked up.
struct Looked;

clientcookie::handler! {
    impl Handler for Looked {
        /// Not a hook.
        fn order(&self) -> i32 {
            700
        }

        fn schemes(&self) -> &[&str] {
            &["gopher"]
        }

        fn any_request(&self, _: &dyn Parent, _: &mut Request) -> Result<()> {
            Ok(())
        }

        fn open(&self, _: &dyn Parent, _: &mut Request) -> Result<Option<Response>> {
            Ok(None)
        }

        fn http_response(&self, _: &dyn Parent, _: &Request, response: Response) -> Result<Response> {
            Ok(response)
        }
    }
}

#[test]
fn a_handler_that_is_looked_at_is_drawn_as_it_is() {
    let picture = build_opener(Looked).to_string();
    let line = picture.lines().find(|line| line.contains("Looked")).unwrap();
    let cells: Vec<&str> = line.split('│').map(str::trim).collect();
    assert_eq!(cells, ["", "700", "Looked", "any_request", "gopher_open", "http(s)_response", "", ""]);
}

#[test]
fn a_chain_with_handlers_of_ones_own() {
    let calls = Calls::default();
    let opener = build_opener((
        Mock::new("Proxies @100 any_request", &calls),
        Mock::new("Mirror @-1 foo: ftp: default_open open", &calls),
        Mock::new("Überwacher other_request any_response https_response", &calls),
        // It has the hook, and no scheme to be asked for.
        Mock::new("Idle default_open open", &calls),
        Silent,
        HttpRedirectHandler::new(),
    ));
    let picture = "\
┌───────┬─────────────────────────┬───────────────────────┬──────────────────────────────────┬──────────────────────────────┬─────────────────────┐
│ order │ handler                 │ request               │ open                             │ response                     │ error               │
├───────┼─────────────────────────┼───────────────────────┼──────────────────────────────────┼──────────────────────────────┼─────────────────────┤
│    -1 │ Mirror                  │                       │ default_open, foo_open, ftp_open │                              │                     │
│   100 │ ProxyHandler            │ any_request           │                                  │                              │                     │
│   100 │ Proxies                 │ any_request           │                                  │                              │                     │
│   490 │ HttpDigestAuthHandler   │ http(s)_request       │                                  │ http(s)_response             │ http_error          │
│   490 │ ProxyDigestAuthHandler  │ http(s)_request       │                                  │ http(s)_response             │ http_error          │
│   500 │ UnknownHandler          │                       │ unknown_open                     │                              │                     │
│   500 │ HttpHandler             │ http_request          │ http_open                        │                              │                     │
│   500 │ HttpsHandler            │ https_request         │ https_open                       │                              │                     │
│   500 │ FileHandler             │                       │ file_open                        │                              │                     │
│   500 │ DataHandler             │                       │ data_open                        │                              │                     │
│   500 │ HttpBasicAuthHandler    │ http(s)_request       │                                  │ http(s)_response             │ http_error          │
│   500 │ HttpDefaultErrorHandler │                       │                                  │                              │ http_error_default  │
│   500 │ HttpCookieProcessor     │ http(s)_request       │                                  │ http(s)_response             │                     │
│   500 │ Überwacher              │ other_request         │                                  │ any_response, https_response │                     │
│   500 │ Idle                    │                       │ default_open                     │                              │                     │
│   500 │ Silent                  │ (asked at every hook) │                                  │                              │                     │
│   500 │ HttpRedirectHandler     │                       │                                  │                              │ http_error, refresh │
│  1000 │ HttpErrorProcessor      │                       │                                  │ http(s)_response             │                     │
└───────┴─────────────────────────┴───────────────────────┴──────────────────────────────────┴──────────────────────────────┴─────────────────────┘
";
    assert_eq!(opener.to_string(), format!("{}{CAPTION}", with_ftp(picture)));
}

#[test]
fn an_empty_chain() {
    let picture = "\
┌───────┬─────────┬─────────┬──────┬──────────┬───────┐
│ order │ handler │ request │ open │ response │ error │
├───────┼─────────┼─────────┼──────┼──────────┼───────┤
└───────┴─────────┴─────────┴──────┴──────────┴───────┘
";
    assert_eq!(OpenerDirector::new().to_string(), format!("{picture}{CAPTION}"));
}
