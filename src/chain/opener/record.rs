//! [`Record`]: one open as it is told, exchange after exchange.

use std::sync::Arc;

use super::outcome::{Outcome, answers, next};
use crate::clock;
use crate::message::error::Result;
use crate::message::request::{Challenger, Purpose, Request};
use crate::observe::{self, Account, Accounts, Reason, Step, Watch, shown};
use crate::redact;

/// Tells the exchanges of one open, each of which follows upon the one before.
pub(super) struct Record<'a> {
    accounts: &'a Accounts,
    is_nested: bool,
    last: Option<(Arc<Account>, Past)>,
}

/// What had happened to a request; what comes next shows why it is made.
#[derive(Clone, Copy)]
struct Past {
    redirections: usize,
    attempts: u32,
    challenges: u32,
}

impl Past {
    fn of(request: &Request) -> Self {
        let challenges = [Challenger::Server, Challenger::Proxy].map(|one| request.challenges(one).in_all);
        Self {
            redirections: request.redirections().len(),
            attempts: request.attempts(),
            challenges: challenges.iter().sum(),
        }
    }
}

impl<'a> Record<'a> {
    pub(super) fn new(accounts: &'a Accounts, is_nested: bool) -> Self {
        Self { accounts, is_nested, last: None }
    }

    /// One exchange.
    pub(super) fn exchange(
        &mut self,
        request: &mut Request,
        work: impl FnOnce(&mut Request) -> Result<Outcome>,
    ) -> Result<Outcome> {
        if self.accounts.is_empty() {
            return observe::within(None, || work(request));
        }
        let around = observe::current();
        let before = self.last.as_ref().map(|(account, _)| account).or(around.as_ref());
        let account = self.accounts.begin(before.map(|before| &**before));
        let reason = self.reason(request);
        self.last = Some((Arc::clone(&account), Past::of(request)));
        account.tell(|level| Step::Begin {
            method: request.method().to_string(),
            url: redact::url(request.url()),
            reason,
            headers: shown::headers(request.headers().iter().chain(request.unredirected_headers().iter()), level),
            unix_millis: clock::unix_millis(),
        });
        let mut outcome = observe::within(Some(Arc::clone(&account)), || work(request));
        let told = match &outcome {
            Ok(Outcome::Answer(response)) => answers(response),
            Ok(Outcome::Next(request, _)) => next(request),
            Err(error) => observe::Outcome::Fails { error: error.to_string() },
        };
        account.tell(|_| Step::End { outcome: told.clone() });
        let response = match &mut outcome {
            Ok(Outcome::Answer(response) | Outcome::Next(_, Ok(response))) => Some(response),
            Ok(Outcome::Next(_, Err(error))) | Err(error) => error.http_error_mut().map(|error| &mut **error),
        };
        if let Some(response) = response {
            response.set_watch(Watch::new(account));
        }
        outcome
    }

    /// What is done between two exchanges belongs to the first.
    pub(super) fn within<T>(&self, work: impl FnOnce() -> T) -> T {
        match &self.last {
            Some((account, _)) => observe::within(Some(Arc::clone(account)), work),
            None => work(),
        }
    }

    fn reason(&self, request: &Request) -> Reason {
        match (&self.last, Past::of(request)) {
            (None, _) if request.purpose() == Purpose::Errand => Reason::Errand,
            (None, _) if self.is_nested => Reason::Handler,
            (None, _) => Reason::Asked,
            (Some((_, before)), now) if now.redirections > before.redirections => Reason::Redirected,
            (Some((_, before)), now) if now.attempts > before.attempts => Reason::Repeated,
            (Some((_, before)), now) if now.challenges > before.challenges => Reason::Credentials,
            _ => Reason::Handler,
        }
    }
}
