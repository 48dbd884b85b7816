//! Calling a hook, and telling whoever hears it what the hook did. Nothing here is done while
//! nobody does.

use std::sync::Arc;

use http::HeaderValue;

use super::Link;
use super::outcome::{answers, next};
use crate::handler::{Answer, Handler, Hook};
use crate::message::error::Result;
use crate::message::headers::Headers;
use crate::message::request::Request;
use crate::message::response::Response;
use crate::observe::{self, Account, Change, Outcome, Step, shown};
use crate::redact::{self, Level};

/// How the hooks are called: in silence, or told of. Each exchange chooses once, so that silence
/// costs nothing.
pub(super) trait Calls {
    /// Calls a hook that adjusts a request.
    fn ask(
        link: &Link,
        hook: Hook,
        request: &mut Request,
        call: impl FnOnce(&dyn Handler, &mut Request) -> Result<()>,
    ) -> Result<()>;

    /// Calls a hook that may answer a request.
    fn ask_to_open(
        link: &Link,
        hook: Hook,
        request: &mut Request,
        call: impl FnOnce(&dyn Handler, &mut Request) -> Result<Option<Response>>,
    ) -> Result<Option<Response>>;

    /// Calls a hook that is shown a response and gives one.
    fn show(
        link: &Link,
        hook: Hook,
        response: Response,
        call: impl FnOnce(&dyn Handler, Response) -> Result<Response>,
    ) -> Result<Response>;

    /// Calls an error hook, about a response or an error.
    fn ask_about<Given>(
        link: &Link,
        hook: Hook,
        call: impl FnOnce(&dyn Handler) -> Result<Answer<Given>>,
    ) -> Result<Answer<Given>>;
}

/// Nobody hears.
pub(super) struct Silent;

impl Calls for Silent {
    fn ask(
        link: &Link,
        _: Hook,
        request: &mut Request,
        call: impl FnOnce(&dyn Handler, &mut Request) -> Result<()>,
    ) -> Result<()> {
        call(&*link.handler, request)
    }

    fn ask_to_open(
        link: &Link,
        _: Hook,
        request: &mut Request,
        call: impl FnOnce(&dyn Handler, &mut Request) -> Result<Option<Response>>,
    ) -> Result<Option<Response>> {
        call(&*link.handler, request)
    }

    fn show(
        link: &Link,
        _: Hook,
        response: Response,
        call: impl FnOnce(&dyn Handler, Response) -> Result<Response>,
    ) -> Result<Response> {
        call(&*link.handler, response)
    }

    fn ask_about<Given>(
        link: &Link,
        _: Hook,
        call: impl FnOnce(&dyn Handler) -> Result<Answer<Given>>,
    ) -> Result<Answer<Given>> {
        call(&*link.handler)
    }
}

/// Somebody hears, on the account that the thread works on.
pub(super) struct Told;

impl Calls for Told {
    fn ask(
        link: &Link,
        hook: Hook,
        request: &mut Request,
        call: impl FnOnce(&dyn Handler, &mut Request) -> Result<()>,
    ) -> Result<()> {
        ask(link, hook, request, call, |()| Outcome::Passes)
    }

    fn ask_to_open(
        link: &Link,
        hook: Hook,
        request: &mut Request,
        call: impl FnOnce(&dyn Handler, &mut Request) -> Result<Option<Response>>,
    ) -> Result<Option<Response>> {
        ask(link, hook, request, call, |answer| answer.as_ref().map_or(Outcome::Passes, answers))
    }

    fn show(
        link: &Link,
        hook: Hook,
        response: Response,
        call: impl FnOnce(&dyn Handler, Response) -> Result<Response>,
    ) -> Result<Response> {
        let Some(mut told) = Call::begin(link, hook) else {
            return call(&*link.handler, response);
        };
        let before = Sight::of_response(&response);
        let result = call(&*link.handler, response);
        if let Ok(response) = &result {
            told.changes = before.changes(&Sight::of_response(response));
        }
        told.end(&result, |response| response.next_request().map_or(Outcome::Passes, next));
        result
    }

    fn ask_about<Given>(
        link: &Link,
        hook: Hook,
        call: impl FnOnce(&dyn Handler) -> Result<Answer<Given>>,
    ) -> Result<Answer<Given>> {
        let Some(told) = Call::begin(link, hook) else {
            return call(&*link.handler);
        };
        let result = call(&*link.handler);
        told.end(&result, |answer| match answer {
            Answer::Break(response) => answers(response),
            Answer::Continue(_) => Outcome::Passes,
            Answer::Next(request, _) => next(request),
        });
        result
    }
}

fn ask<T>(
    link: &Link,
    hook: Hook,
    request: &mut Request,
    call: impl FnOnce(&dyn Handler, &mut Request) -> Result<T>,
    outcome: impl FnOnce(&T) -> Outcome,
) -> Result<T> {
    let Some(mut told) = Call::begin(link, hook) else {
        return call(&*link.handler, request);
    };
    let before = Sight::of_request(request);
    let result = call(&*link.handler, request);
    told.changes = before.changes(&Sight::of_request(request));
    told.end(&result, outcome);
    result
}

/// One call of a hook.
struct Call<'a> {
    link: &'a Link,
    account: Arc<Account>,
    /// By the name under which the handler fills it in.
    hook: Hook,
    /// It names no hooks of its own, and so is told of only where it does something.
    is_quiet: bool,
    changes: Vec<Difference>,
}

impl<'a> Call<'a> {
    /// `None` if nobody hears, or the handler has no such hook.
    fn begin(link: &'a Link, hook: Hook) -> Option<Self> {
        let account = observe::current()?;
        let hooks = link.handler.hooks();
        // What is not filled in for https is what is done for http.
        let like = match hook {
            Hook::HttpsRequest => Hook::HttpRequest,
            Hook::HttpsResponse => Hook::HttpResponse,
            hook => hook,
        };
        let hook = [hook, like].into_iter().find(|hook| hooks.contains(hook))?;
        let call = Call { link, account, hook, is_quiet: hooks.len() == Hook::ALL.len(), changes: Vec::new() };
        if !call.is_quiet {
            call.tell_begin();
        }
        Some(call)
    }

    fn tell_begin(&self) {
        let (handler, hook) = (self.link.handler.name(), self.hook.name());
        self.account.tell(|_| Step::Calling { handler: handler.to_owned(), hook });
    }

    fn end<T>(self, result: &Result<T>, outcome: impl FnOnce(&T) -> Outcome) {
        let outcome = match result {
            Ok(given) => outcome(given),
            Err(error) => Outcome::Fails { error: error.to_string() },
        };
        if self.is_quiet {
            if outcome == Outcome::Passes && self.changes.is_empty() {
                return;
            }
            self.tell_begin();
        }
        self.account.tell(|level| Step::Called {
            handler: self.link.handler.name().to_owned(),
            hook: self.hook.name(),
            outcome: outcome.clone(),
            changes: self.changes.iter().map(|change| change.shown(level)).collect(),
        });
    }
}

/// What can be seen of a message from outside.
struct Sight {
    lines: Vec<(String, HeaderValue)>,
    others: Vec<(&'static str, String)>,
}

impl Sight {
    fn of_request(request: &Request) -> Self {
        let proxy = request.proxy().map(|proxy| redact::url(proxy.url()));
        let data = request.data().map(|data| data.len().map_or("unknown".to_owned(), |bytes| format!("{bytes} bytes")));
        Self {
            lines: lines(request.headers()).chain(lines(request.unredirected_headers())).collect(),
            others: vec![
                ("method", request.method().to_string()),
                ("url", redact::url(request.url())),
                ("proxy", proxy.unwrap_or_default()),
                ("data", data.unwrap_or_default()),
            ],
        }
    }

    fn of_response(response: &Response) -> Self {
        Self {
            lines: lines(response.headers()).collect(),
            others: vec![
                ("status", response.status().as_u16().to_string()),
                ("reason", response.reason().to_owned()),
                ("url", redact::url(response.url())),
            ],
        }
    }

    /// What is another in the other.
    fn changes(self, after: &Self) -> Vec<Difference> {
        let others = self.others.into_iter().zip(&after.others);
        let replaced =
            others.filter(|((_, before), (_, after))| before != after).map(|((what, before), (_, after))| {
                Difference::Replaced(Change::Replaced { what, before, after: after.clone() })
            });
        let mut added: Vec<&(String, HeaderValue)> = after.lines.iter().collect();
        let mut removed = Vec::new();
        for line in self.lines {
            match added.iter().position(|other| **other == line) {
                Some(at) => drop(added.remove(at)),
                None => removed.push(Difference::Removed(line)),
            }
        }
        let added = added.into_iter().cloned().map(Difference::Added);
        replaced.chain(removed).chain(added).collect()
    }
}

fn lines(headers: &Headers) -> impl Iterator<Item = (String, HeaderValue)> {
    headers.iter().map(|(name, value)| (name.to_owned(), value.clone()))
}

/// A [`Change`], before anybody has said what may be shown of it.
enum Difference {
    Added((String, HeaderValue)),
    Removed((String, HeaderValue)),
    Replaced(Change),
}

impl Difference {
    fn shown(&self, level: Level) -> Change {
        match self {
            Self::Added((name, value)) => {
                let (name, value) = shown::header(name, value, level);
                Change::Added { name, value }
            }
            Self::Removed((name, value)) => {
                let (name, value) = shown::header(name, value, level);
                Change::Removed { name, value }
            }
            Self::Replaced(change) => change.clone(),
        }
    }
}
