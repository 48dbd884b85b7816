//! Passwords: who asks for one, who knows one, and how it is said.
//!
//! A server that wants to know who is there answers 401 with challenges, a proxy 407. The handlers
//! here take such an answer over: they look for a user and password with a [`PasswordMgr`], and
//! answer with the request once more, with an `Authorization` or `Proxy-Authorization` that goes
//! with this request alone, no redirect.

mod basic;
mod challenge;
mod digest;
mod netrc;
mod password_mgr;
mod scope;

use http::HeaderValue;

use crate::handler::Answer;
use crate::message::error::{HttpError, HttpErrorCause, Result};
use crate::message::request::{Challenger, Request};
use crate::message::response::Response;
use crate::message::urls::Userinfo;
use crate::observe::{self, Step};
use crate::readable;

use challenge::Challenge;

pub(super) use scope::Scope;

pub use basic::{HttpBasicAuthHandler, ProxyBasicAuthHandler};
pub use digest::{HttpDigestAuthHandler, ProxyDigestAuthHandler};
pub use netrc::{NetrcError, NetrcPasswordMgr, NetrcSkipped};
pub use password_mgr::{
    HttpPasswordMgr, HttpPasswordMgrWithDefaultRealm, HttpPasswordMgrWithPriorAuth, HttpProxyPasswordMgr, PasswordMgr,
};

/// Challenges of a server, or of a proxy, that are answered for one request: with Digest, with
/// Digest once more if the nonce has grown stale meanwhile, and with Basic.
const MOST_ANSWERS: u32 = 3;

/// Challenges of servers, or of proxies, that are answered for all that one `open` leads to: 20,
/// two for each of ten redirects.
pub const MAX_CHALLENGES: u32 = 20;

/// Who the user is: as the URL says, else as the manager does. A user without a password in the URL
/// is who the manager is asked for.
fn user(challenger: Challenger, passwords: &dyn PasswordMgr, realm: &str, request: &Request) -> Option<Userinfo> {
    let (url, userinfo) = match challenger {
        Challenger::Server => (request.url(), request.userinfo()),
        Challenger::Proxy => {
            let proxy = request.proxy()?;
            (proxy.url(), proxy.userinfo())
        }
    };
    match userinfo {
        Some(userinfo) if !userinfo.password().is_empty() => Some(userinfo.clone()),
        Some(userinfo) => {
            let mut url = url.clone();
            // A URL with a host takes a user.
            let _ = url.set_username(userinfo.user());
            passwords.find_user_password(Some(realm), &url).filter(|found| found.user() == userinfo.user())
        }
        None => passwords.find_user_password(Some(realm), url),
    }
}

/// Answers with the request and what `credentials` makes of the challenges, and of how many were
/// answered before; hands the answer on if it makes nothing.
fn answer(
    challenger: Challenger,
    request: &Request,
    response: Response,
    credentials: impl FnOnce(&[Challenge], u32) -> Option<HeaderValue>,
) -> Result<Answer> {
    if response.status() != challenger.status() || !is_asked_by(challenger, request, &response) {
        return Ok(Answer::Continue(response));
    }
    let answered = request.challenges(challenger);
    if answered.here >= MOST_ANSWERS || answered.in_all >= MAX_CHALLENGES {
        return Ok(Answer::Continue(response));
    }
    let challenges = challenge::challenges(response.headers(), challenger.challenge());
    let credentials = credentials(&challenges, answered.here);
    tell(challenger, &challenges, credentials.as_ref());
    let Some(credentials) = credentials else {
        return Ok(Answer::Continue(response));
    };
    match request.with_credentials(challenger, credentials) {
        Some(again) => Ok(Answer::Next(again, response)),
        None => {
            let reason = "a password is asked for, and the data was read already".to_owned();
            Err(HttpError::new(response, HttpErrorCause::CannotReplay { reason }).into())
        }
    }
}

/// Tells observers which challenge is answered, or that none is.
fn tell(challenger: Challenger, challenges: &[Challenge], credentials: Option<&HeaderValue>) {
    let scheme = credentials.and_then(|value| value.as_bytes().split(|&byte| byte == b' ').next());
    let is_meant =
        |challenge: &&Challenge| scheme.is_some_and(|scheme| challenge.scheme.as_bytes().eq_ignore_ascii_case(scheme));
    if let Some(challenge) = challenges.iter().find(is_meant).or(challenges.first()) {
        observe::tell(|_| Step::Challenge {
            scheme: readable::escaped(&challenge.scheme),
            realm: readable::escaped(challenge.realm()),
            by_proxy: challenger == Challenger::Proxy,
            answered: credentials.is_some(),
        });
    }
}

/// Whether the request has said this already.
fn was_sent(request: &Request, challenger: Challenger, value: &HeaderValue) -> bool {
    let name = challenger.credentials();
    request.headers().get_all(name).chain(request.unredirected_headers().get_all(name)).any(|sent| sent == value)
}

/// Whether it is the proxy that asks for what is the proxy's: at the other end of a tunnel, the
/// server may only pretend.
fn is_asked_by(challenger: Challenger, request: &Request, response: &Response) -> bool {
    challenger == Challenger::Server
        || request.tunnel_target().is_none()
        || request.proxy().is_some_and(|proxy| proxy.url() == response.url())
}
