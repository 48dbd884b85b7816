//! [`Opening`]: one `open`, from the first request to the answer. It goes round flat: a hook that wants another request
//! in the place of this one answers with it, and no open stands within another.

use std::sync::atomic::{AtomicUsize, Ordering};

use http::StatusCode;

use super::OpenerDirector;
use crate::clock::{self, deadline};
use crate::handler::{Answer, Parent, unknown_scheme};
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

/// What came of one round.
enum Outcome {
    Answer(Response),
    /// And what it follows upon.
    Next(Box<Request>, Result<Response>),
}

impl From<Response> for Outcome {
    fn from(mut response: Response) -> Self {
        match response.take_next() {
            Some(next) => Self::Next(next, Ok(response)),
            None => Self::Answer(response),
        }
    }
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
        loop {
            request.begin();
            match self.exchange(&mut request).map_err(|error| error.at(request.url()))? {
                Outcome::Answer(response) => return Ok(response),
                Outcome::Next(next, before) => {
                    self.leave(before).map_err(|error| error.at(request.url()))?;
                    request = *next;
                    request.set_purpose(self.purpose);
                }
            }
        }
    }

    /// One exchange: the three phases, top to bottom.
    fn exchange(&self, request: &mut Request) -> Result<Outcome> {
        self.prepare(request)?;
        let mut response = match self.answer(request) {
            Ok(response) => response,
            Err(error) if is_challenge_to(request, &error) => return self.ask_for_credentials(request, error),
            Err(error) => return self.open_error(request, error),
        };
        if !request.redirections().is_empty() {
            response.set_redirections(request.redirections().to_vec());
        }
        self.adjust(request, response)
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
    fn prepare(&self, request: &mut Request) -> Result<()> {
        for link in &self.opener.links {
            let handler = &link.handler;
            handler.any_request(self, request)?;
            match request.scheme() {
                "http" => handler.http_request(self, request)?,
                "https" if link.is_for_http_alone => {}
                "https" => handler.https_request(self, request)?,
                _ => handler.other_request(self, request)?,
            }
        }
        Ok(())
    }

    /// Phase 2: the first handler that answers.
    fn answer(&self, request: &mut Request) -> Result<Response> {
        for link in &self.opener.links {
            if let Some(response) = link.handler.default_open(self, request)? {
                return Ok(response);
            }
        }
        for link in &self.opener.links {
            if link.handler.schemes().contains(&request.scheme())
                && let Some(response) = link.handler.open(self, request)?
            {
                return Ok(response);
            }
        }
        for link in &self.opener.links {
            if let Some(response) = link.handler.unknown_open(self, request)? {
                return Ok(response);
            }
        }
        Err(unknown_scheme(request))
    }

    /// A proxy that wants to know who asks before it opens a tunnel (407 to CONNECT) is answered by
    /// an error hook, if one can. What a proxy says in the server's place concerns nobody else:
    /// no response hook sees it, the error hooks see no more of its head than the challenge,
    /// and it never is the answer.
    fn ask_for_credentials(&self, request: &Request, error: Error) -> Result<Outcome> {
        let mut response = error.into_http_error()?.into_response();
        response.set_redirections(request.redirections().to_vec());
        let head = response.headers().clone();
        response.headers_mut().retain(|name, _| CHALLENGE.iter().any(|one| name.eq_ignore_ascii_case(one)));
        for link in &self.opener.links {
            response = match link.handler.http_error(self, request, response)? {
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
    fn open_error(&self, request: &Request, mut error: Error) -> Result<Outcome> {
        for link in &self.opener.links {
            error = match link.handler.open_error(self, request, error)? {
                Answer::Break(answer) => return Ok(answer.into()),
                Answer::Continue(error) => error,
                Answer::Next(next, error) => return Ok(Outcome::Next(Box::new(next), Err(error))),
            };
        }
        Err(error)
    }

    /// Phase 3: every handler may adjust or replace the response, until one names the next request.
    fn adjust(&self, request: &Request, mut response: Response) -> Result<Outcome> {
        for link in &self.opener.links {
            let handler = &link.handler;
            if response.next_request().is_none() {
                response = handler.any_response(self, request, response)?;
            }
            if response.next_request().is_some() {
                break;
            }
            response = match request.scheme() {
                "http" => handler.http_response(self, request, response)?,
                "https" if link.is_for_http_alone => response,
                "https" => handler.https_response(self, request, response)?,
                _ => handler.other_response(self, request, response)?,
            };
        }
        Ok(response.into())
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

    fn error(&self, request: &Request, mut response: Response) -> Result<Response> {
        for link in &self.opener.links {
            response = match link.handler.http_error(self, request, response)? {
                Answer::Break(answer) => return Ok(answer),
                Answer::Continue(response) => response,
                Answer::Next(next, response) => return Ok(response.then(next)),
            };
        }
        for link in &self.opener.links {
            response = match link.handler.http_error_default(self, request, response)? {
                Answer::Break(answer) => return Ok(answer),
                Answer::Continue(response) => response,
                Answer::Next(next, response) => return Ok(response.then(next)),
            };
        }
        Ok(response)
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
