//! Handlers that say in a line what they do, in the idea of `add_ordered_mock_handlers` of
//! CPython's tests.
//!
//! `"b @100 foo: open=200 http_error"` is a handler named `b`, of order 100, that answers `foo:`
//! URLs with a 200 and hands on what its `http_error` is given. What a hook does stands behind its
//! name:
//!
//! - nothing: passes on;
//! - a status: answers with it, or puts a response with it in the place of the one it is given;
//! - `fail`: is an error that names handler and hook;
//! - `again`: first opens another URL (`/inner`) through the parent.

use std::sync::{Arc, Mutex};

use clientcookie::{
    Answer, Error, ErrorKind, Handler, Hook, HttpDefaultErrorHandler, HttpErrorProcessor, OpenerDirector, Parent,
    Request, Response, Result, UnknownHandler,
};
use http::StatusCode;
use url::Url;

/// Opens a URL with a chain of these handlers and no others, and tells what happened: the hooks in
/// the order in which they were called, each response hook with the status it was shown, and the
/// outcome.
pub(super) fn open(url: &str, handlers: &[&str]) -> String {
    let calls = Calls::default();
    let mut opener = OpenerDirector::new();
    for line in handlers {
        match *line {
            "HttpErrorProcessor" => opener.add_handler(HttpErrorProcessor::new()),
            "HttpDefaultErrorHandler" => opener.add_handler(HttpDefaultErrorHandler::new()),
            "UnknownHandler" => opener.add_handler(UnknownHandler::new()),
            line => opener.add_handler(Mock::new(line, &calls)),
        }
    }
    let outcome = outcome(&opener.open(url));
    calls.add(&format!("-> {outcome}"));
    calls.take()
}

fn outcome(result: &Result<Response>) -> String {
    match result.as_ref().map_err(Error::kind) {
        Ok(response) => response.status().as_str().to_owned(),
        Err(ErrorKind::Http(error)) => format!("HTTP error {}", error.status().as_str()),
        Err(ErrorKind::UnknownScheme { scheme }) => format!("unknown scheme {scheme}"),
        Err(kind) => kind.to_string(),
    }
}

/// What was called, shared by all handlers of a chain.
#[derive(Clone, Default)]
pub(super) struct Calls(Arc<Mutex<Vec<String>>>);

impl Calls {
    pub(super) fn add(&self, call: &str) {
        self.0.lock().unwrap().push(call.to_owned());
    }

    /// The calls so far, which are forgotten.
    pub(super) fn take(&self) -> String {
        std::mem::take(&mut *self.0.lock().unwrap()).join(" ")
    }
}

pub(super) struct Mock {
    name: String,
    order: i32,
    schemes: Vec<&'static str>,
    hooks: Vec<Hook>,
    acts: Vec<Act>,
    calls: Calls,
}

#[derive(Clone, Copy)]
enum Act {
    Pass,
    Answer(StatusCode),
    Fail,
    Again,
}

impl Mock {
    pub(super) fn new(line: &str, calls: &Calls) -> Self {
        let mut words = line.split(' ');
        let name = words.next().unwrap_or_default().to_owned();
        let mut mock = Self { name, order: 500, schemes: vec![], hooks: vec![], acts: vec![], calls: calls.clone() };
        for word in words {
            if let Some(order) = word.strip_prefix('@') {
                mock.order = order.parse().unwrap();
            } else if let Some(scheme) = word.strip_suffix(':') {
                let known = ["http", "https", "ftp", "foo"];
                mock.schemes.extend(known.iter().find(|known| **known == scheme));
            } else {
                let (hook, act) = word.split_once('=').unwrap_or((word, ""));
                mock.hooks.push(hook_named(hook));
                mock.acts.push(Act::new(act));
            }
        }
        mock
    }

    fn called(&self, hook: Hook, shown: &str, parent: &dyn Parent, request: &Request) -> Result<Act> {
        // Every hook is called; the others pass on, as the trait's own would.
        let Some(at) = self.hooks.iter().position(|other| *other == hook) else {
            return Ok(Act::Pass);
        };
        let act = self.acts[at];
        self.calls.add(&format!("{}.{}{shown}", self.name, hook.name()));
        match act {
            Act::Fail => return Err(Error::other(format!("{}.{} failed", self.name, hook.name()))),
            Act::Again if request.url().path() != "/inner" => {
                self.calls.add("[");
                parent.open(Request::new(request.url().join("/inner").unwrap().as_str())?)?;
                self.calls.add("]");
            }
            Act::Pass | Act::Answer(_) | Act::Again => {}
        }
        Ok(act)
    }

    fn adjust(&self, hook: Hook, parent: &dyn Parent, request: &Request) -> Result<()> {
        self.called(hook, "", parent, request).map(drop)
    }

    fn answer(&self, hook: Hook, parent: &dyn Parent, request: &Request) -> Result<Option<Response>> {
        Ok(match self.called(hook, "", parent, request)? {
            Act::Answer(status) => Some(response(request.url(), status)),
            // The inner request of `again` has to be answered by somebody.
            Act::Again => Some(response(request.url(), StatusCode::OK)),
            Act::Pass | Act::Fail => None,
        })
    }

    fn replace(&self, hook: Hook, parent: &dyn Parent, request: &Request, given: Response) -> Result<Response> {
        Ok(match self.called(hook, &shown(&given), parent, request)? {
            Act::Answer(status) => response(request.url(), status),
            Act::Pass | Act::Fail | Act::Again => given,
        })
    }

    fn take_over(&self, hook: Hook, parent: &dyn Parent, request: &Request, given: Response) -> Result<Answer> {
        Ok(match self.called(hook, &shown(&given), parent, request)? {
            Act::Answer(status) => Answer::Break(response(request.url(), status)),
            Act::Pass | Act::Fail | Act::Again => Answer::Continue(given),
        })
    }
}

impl Act {
    fn new(word: &str) -> Self {
        match word {
            "" => Self::Pass,
            "fail" => Self::Fail,
            "again" => Self::Again,
            status => Self::Answer(StatusCode::from_bytes(status.as_bytes()).unwrap()),
        }
    }
}

pub(super) fn response(url: &Url, status: StatusCode) -> Response {
    Response::new(url.clone(), status, "").unwrap()
}

fn shown(response: &Response) -> String {
    format!("({})", response.status().as_str())
}

pub(super) fn hook_named(name: &str) -> Hook {
    let found = Hook::ALL.iter().find(|hook| hook.name() == name);
    *found.unwrap_or_else(|| panic!("there is no hook {name}"))
}

impl Handler for Mock {
    fn order(&self) -> i32 {
        self.order
    }
    fn schemes(&self) -> &[&str] {
        &self.schemes
    }
    fn hooks(&self) -> &[Hook] {
        &self.hooks
    }
    fn name(&self) -> &str {
        &self.name
    }
    fn any_request(&self, parent: &dyn Parent, request: &mut Request) -> Result<()> {
        self.adjust(Hook::AnyRequest, parent, request)
    }
    fn http_request(&self, parent: &dyn Parent, request: &mut Request) -> Result<()> {
        self.adjust(Hook::HttpRequest, parent, request)
    }
    fn https_request(&self, parent: &dyn Parent, request: &mut Request) -> Result<()> {
        self.adjust(Hook::HttpsRequest, parent, request)
    }
    fn other_request(&self, parent: &dyn Parent, request: &mut Request) -> Result<()> {
        self.adjust(Hook::OtherRequest, parent, request)
    }
    fn default_open(&self, parent: &dyn Parent, request: &mut Request) -> Result<Option<Response>> {
        self.answer(Hook::DefaultOpen, parent, request)
    }
    fn open(&self, parent: &dyn Parent, request: &mut Request) -> Result<Option<Response>> {
        self.answer(Hook::Open, parent, request)
    }
    fn unknown_open(&self, parent: &dyn Parent, request: &mut Request) -> Result<Option<Response>> {
        self.answer(Hook::UnknownOpen, parent, request)
    }
    fn open_error(&self, parent: &dyn Parent, request: &Request, error: Error) -> Result<Answer<Error>> {
        Ok(match self.called(Hook::OpenError, "", parent, request)? {
            Act::Answer(status) => Answer::Break(response(request.url(), status)),
            Act::Pass | Act::Fail | Act::Again => Answer::Continue(error),
        })
    }
    fn any_response(&self, parent: &dyn Parent, request: &Request, given: Response) -> Result<Response> {
        self.replace(Hook::AnyResponse, parent, request, given)
    }
    fn http_response(&self, parent: &dyn Parent, request: &Request, given: Response) -> Result<Response> {
        self.replace(Hook::HttpResponse, parent, request, given)
    }
    fn https_response(&self, parent: &dyn Parent, request: &Request, given: Response) -> Result<Response> {
        self.replace(Hook::HttpsResponse, parent, request, given)
    }
    fn other_response(&self, parent: &dyn Parent, request: &Request, given: Response) -> Result<Response> {
        self.replace(Hook::OtherResponse, parent, request, given)
    }
    fn http_error(&self, parent: &dyn Parent, request: &Request, given: Response) -> Result<Answer> {
        self.take_over(Hook::HttpError, parent, request, given)
    }
    fn http_error_default(&self, parent: &dyn Parent, request: &Request, given: Response) -> Result<Answer> {
        self.take_over(Hook::HttpErrorDefault, parent, request, given)
    }
}
