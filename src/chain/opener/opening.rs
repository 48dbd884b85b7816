//! [`Opening`]: one `open`, from the first request to the answer. It goes round flat: a hook that wants another request
//! in the place of this one answers with it, and no open stands within another.

use std::sync::atomic::{AtomicUsize, Ordering};

use http::StatusCode;

use super::OpenerDirector;
use super::outcome::Outcome;
use super::record::Record;
use super::told::{Calls, Silent, Told};
use crate::clock::{self, deadline};
use crate::handler::{Answer, Hook, Parent, unknown_scheme};
use crate::message::error::{Error, ErrorKind, HttpError, HttpErrorCause, Phase, Result};
use crate::message::headers::Headers;
use crate::message::request::{Purpose, Request};
use crate::message::response::Response;
use crate::transport::{Timeouts, give_back};

pub(crate) const MAX_EXCHANGES: usize = 60;

pub(crate) const MAX_DEPTH: usize = 8;

/// One `open`, and what the handlers are given as their parent meanwhile.
pub(super) struct Opening<'a> {
    opener: &'a OpenerDirector,
    /// Of this one, those within it and those that it stands in.
    exchanges: &'a AtomicUsize,
    depth: usize,
    purpose: Purpose,
}

impl<'a> Opening<'a> {
    pub(super) fn new(opener: &'a OpenerDirector, exchanges: &'a AtomicUsize) -> Self {
        Opening { opener, exchanges, depth: 0, purpose: Purpose::User }
    }

    pub(super) fn open(mut self, request: Request) -> Result<Response> {
        self.purpose = request.purpose();
        if !self.count() {
            let limit = self.opener.max_exchanges;
            return Err(Error::from(ErrorKind::TooManyExchanges { limit }).at(request.url()));
        }
        let total = request.timeouts().unwrap_or(self.opener.timeouts).total;
        deadline::until(total.and_then(clock::monotonic_in), Phase::Total, || self.go_round(request))
    }

    /// The loop: each round is one exchange.
    fn go_round(&self, mut request: Request) -> Result<Response> {
        let mut record = Record::new(&self.opener.accounts, self.depth > 0);
        loop {
            request.begin();
            let outcome = record.exchange(&mut request, |request| {
                self.exchange_or_tell(request).map_err(|error| error.at(request.url()))
            });
            match outcome? {
                Outcome::Answer(response) => return Ok(response),
                Outcome::Next(next, before) => {
                    record.within(|| self.leave(before)).map_err(|error| error.at(request.url()))?;
                    request = *next;
                    request.set_purpose(self.purpose);
                }
            }
        }
    }

    fn exchange_or_tell(&self, request: &mut Request) -> Result<Outcome> {
        match self.is_heard() {
            false => self.exchange::<Silent>(request),
            true => self.exchange::<Told>(request),
        }
    }

    fn is_heard(&self) -> bool {
        !self.opener.accounts.is_empty()
    }

    /// One exchange: the three phases, top to bottom.
    fn exchange<C: Calls>(&self, request: &mut Request) -> Result<Outcome> {
        self.prepare::<C>(request)?;
        let mut response = match self.answer::<C>(request) {
            Ok(response) => response,
            Err(error) if is_challenge_to(request, &error) => return self.ask_for_credentials::<C>(request, error),
            Err(error) => return self.open_error::<C>(request, error),
        };
        if !request.redirections().is_empty() {
            response.set_redirections(request.redirections().to_vec());
        }
        self.adjust::<C>(request, response)
    }

    /// Leaves what there is for the next request, unless that is one too many.
    fn leave(&self, before: Result<Response>) -> Result<()> {
        match (self.count(), before) {
            (true, Ok(response)) => give_back(response),
            (true, Err(_)) => {}
            (false, Err(error)) => return Err(error),
            (false, Ok(response)) => {
                let cause = HttpErrorCause::TooManyExchanges { limit: self.opener.max_exchanges };
                return Err(HttpError::new(response, cause).into());
            }
        }
        Ok(())
    }

    /// Counts one more exchange, if there may be one.
    fn count(&self) -> bool {
        let limit = self.opener.max_exchanges;
        let one_more = |count| (count < limit).then_some(count + 1);
        self.exchanges.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more).is_ok()
    }

    /// Phase 1: every handler may adjust the request.
    fn prepare<C: Calls>(&self, request: &mut Request) -> Result<()> {
        for link in &self.opener.links {
            C::ask(link, Hook::AnyRequest, request, |handler, it| handler.any_request(self, it))?;
            match request.scheme() {
                "http" => C::ask(link, Hook::HttpRequest, request, |handler, it| handler.http_request(self, it))?,
                "https" if link.is_for_http_alone => {}
                "https" => C::ask(link, Hook::HttpsRequest, request, |handler, it| handler.https_request(self, it))?,
                _ => C::ask(link, Hook::OtherRequest, request, |handler, it| handler.other_request(self, it))?,
            }
        }
        Ok(())
    }

    /// Phase 2: the first handler that answers.
    fn answer<C: Calls>(&self, request: &mut Request) -> Result<Response> {
        for link in &self.opener.links {
            if let Some(response) =
                C::ask_to_open(link, Hook::DefaultOpen, request, |handler, it| handler.default_open(self, it))?
            {
                return Ok(response);
            }
        }
        for link in &self.opener.links {
            if link.handler.schemes().contains(&request.scheme())
                && let Some(response) = C::ask_to_open(link, Hook::Open, request, |handler, it| handler.open(self, it))?
            {
                return Ok(response);
            }
        }
        for link in &self.opener.links {
            if let Some(response) =
                C::ask_to_open(link, Hook::UnknownOpen, request, |handler, it| handler.unknown_open(self, it))?
            {
                return Ok(response);
            }
        }
        Err(unknown_scheme(request))
    }

    /// A proxy that wants to know who asks before it opens a tunnel (407 to CONNECT) is answered by
    /// an error hook, if one can. What a proxy says in the server's place concerns nobody else:
    /// no response hook sees it, the error hooks see no more of its head than the challenge,
    /// and it never is the answer.
    fn ask_for_credentials<C: Calls>(&self, request: &Request, error: Error) -> Result<Outcome> {
        let mut response = error.into_http_error()?.into_response();
        response.set_redirections(request.redirections().to_vec());
        let head = response.headers().clone();
        response.headers_mut().retain(|name, _| CHALLENGE.iter().any(|one| name.eq_ignore_ascii_case(one)));
        for link in &self.opener.links {
            response = match C::ask_about(link, Hook::HttpError, |handler| handler.http_error(self, request, response))?
            {
                Answer::Break(answer) => return Ok(answer.into()),
                Answer::Continue(response) => response,
                Answer::Next(next, mut response) => {
                    *response.headers_mut() = head;
                    return Ok(Outcome::Next(Box::new(next), Ok(response)));
                }
            };
        }
        *response.headers_mut() = head;
        Err(ErrorKind::Http(HttpError::new(response, HttpErrorCause::TunnelRefused)).into())
    }

    /// Where phase 2 failed: the first handler that knows another way.
    fn open_error<C: Calls>(&self, request: &Request, mut error: Error) -> Result<Outcome> {
        for link in &self.opener.links {
            error = match C::ask_about(link, Hook::OpenError, |handler| handler.open_error(self, request, error))? {
                Answer::Break(answer) => return Ok(answer.into()),
                Answer::Continue(error) => error,
                Answer::Next(next, error) => return Ok(Outcome::Next(Box::new(next), Err(error))),
            };
        }
        Err(error)
    }

    /// Phase 3: every handler may adjust or replace the response, until one names the next request.
    fn adjust<C: Calls>(&self, request: &Request, mut response: Response) -> Result<Outcome> {
        for link in &self.opener.links {
            if response.next_request().is_none() {
                response =
                    C::show(link, Hook::AnyResponse, response, |handler, it| handler.any_response(self, request, it))?;
            }
            if response.next_request().is_some() {
                break;
            }
            response = match request.scheme() {
                "http" => {
                    C::show(link, Hook::HttpResponse, response, |handler, it| handler.http_response(self, request, it))?
                }
                "https" if link.is_for_http_alone => response,
                "https" => C::show(link, Hook::HttpsResponse, response, |handler, it| {
                    handler.https_response(self, request, it)
                })?,
                _ => C::show(link, Hook::OtherResponse, response, |handler, it| {
                    handler.other_response(self, request, it)
                })?,
            };
        }
        Ok(response.into())
    }

    /// The error hooks, until one takes the answer over.
    fn error_hooks<C: Calls>(&self, request: &Request, mut response: Response) -> Result<Response> {
        for link in &self.opener.links {
            response = match C::ask_about(link, Hook::HttpError, |handler| handler.http_error(self, request, response))?
            {
                Answer::Break(answer) => return Ok(answer),
                Answer::Continue(response) => response,
                Answer::Next(next, response) => return Ok(response.then(next)),
            };
        }
        for link in &self.opener.links {
            response = match C::ask_about(link, Hook::HttpErrorDefault, |handler| {
                handler.http_error_default(self, request, response)
            })? {
                Answer::Break(answer) => return Ok(answer),
                Answer::Continue(response) => response,
                Answer::Next(next, response) => return Ok(response.then(next)),
            };
        }
        Ok(response)
    }

    /// The error hooks, and, where one names the next request, all that this leads to.
    pub(super) fn error_and_on(self, request: &Request, response: Response) -> Result<Response> {
        match Outcome::from(Parent::error(&self, request, response)?) {
            Outcome::Answer(response) => Ok(response),
            Outcome::Next(next, before) => {
                before.map(give_back)?;
                self.open(*next)
            }
        }
    }
}

/// What handlers may ask for meanwhile.
impl Parent for Opening<'_> {
    fn open(&self, mut request: Request) -> Result<Response> {
        if self.depth >= MAX_DEPTH {
            return Err(Error::from(ErrorKind::NestedTooDeep { limit: MAX_DEPTH }).at(request.url()));
        }
        if self.purpose != Purpose::User {
            request.set_purpose(self.purpose);
        }
        Opening { depth: self.depth + 1, ..*self }.open(request)
    }

    fn error(&self, request: &Request, response: Response) -> Result<Response> {
        match self.is_heard() {
            false => self.error_hooks::<Silent>(request, response),
            true => self.error_hooks::<Told>(request, response),
        }
    }

    fn refresh(&self, request: &Request, response: &Response, url: &str) -> Option<Result<Request, HttpErrorCause>> {
        self.opener.links.iter().find_map(|link| link.handler.refresh(self, request, response, url))
    }

    fn answers(&self, scheme: &str) -> bool {
        self.opener.answers(scheme)
    }

    fn addheaders(&self) -> &Headers {
        &self.opener.addheaders
    }

    fn default_timeouts(&self) -> Timeouts {
        self.opener.timeouts
    }
}

/// What of a proxy's refusal is shown to the error hooks: the challenge (RFC 9110 section 11.7.1),
/// and what its body is.
const CHALLENGE: [&str; 3] = ["Proxy-Authenticate", "Content-Type", "Content-Length"];

/// Whether the proxy of this request, and not one of another request that a handler opened, wants
/// credentials.
fn is_challenge_to(request: &Request, error: &Error) -> bool {
    error.as_http_error().is_some_and(|refusal| {
        *refusal.cause() == HttpErrorCause::TunnelRefused
            && refusal.status() == StatusCode::PROXY_AUTHENTICATION_REQUIRED
            && request.proxy().is_some_and(|proxy| proxy.url() == refusal.url())
    })
}
