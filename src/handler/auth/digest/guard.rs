//! [`Guard`]: who has asked for Digest, and must not ask for the password itself later.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::handler::auth::challenge;
use crate::handler::auth::digest::nonces::place;
use crate::handler::auth::{Challenger, PasswordMgr, user};
use crate::message::request::Request;
use crate::message::response::Response;

/// Origins that are remembered. Only one that a password is known for gets here, so that nobody
/// else can have one forgotten.
const PLACES: usize = 1024;

/// Realms that are remembered of one origin. One with more of them is guarded as a whole.
const REALMS: usize = 16;

/// What is shared by all requests that one handler answers for.
#[derive(Default)]
pub(super) struct Guard(Mutex<VecDeque<Place>>);

/// An origin that has asked for Digest.
struct Place {
    origin: String,
    realms: Vec<String>,
    /// In more realms than are remembered.
    everywhere: bool,
}

impl Guard {
    /// Remembers that Digest was asked for here.
    pub(super) fn saw_digest(&self, origin: &str, realm: &str) {
        let mut places = self.lock();
        let known = places.iter().position(|place| place.origin == origin).and_then(|at| places.remove(at));
        let mut place =
            known.unwrap_or_else(|| Place { origin: origin.to_owned(), realms: Vec::new(), everywhere: false });
        if !place.realms.iter().any(|known| known == realm) {
            match place.realms.len() < REALMS {
                true => place.realms.push(realm.to_owned()),
                false => place.everywhere = true,
            }
        }
        if places.len() == PLACES {
            places.pop_front();
        }
        places.push_back(place);
    }

    /// Whether this answer asks for Basic alone where Digest was asked for before: in the same
    /// realm, or in one that the same user and password are for, since whoever sits in between
    /// can name any.
    pub(super) fn is_downgrade(
        &self,
        challenger: Challenger,
        passwords: &dyn PasswordMgr,
        request: &Request,
        response: &Response,
    ) -> bool {
        if response.status() != challenger.status() {
            return false;
        }
        let challenges = challenge::challenges(response.headers(), challenger.challenge());
        let is = |scheme: &str| challenges.iter().find(|challenge| challenge.scheme == scheme);
        let (Some(basic), None, Some(origin)) = (is("basic"), is("digest"), place(challenger, request)) else {
            return false;
        };
        let Some((realms, everywhere)) = self.realms(origin) else {
            return false;
        };
        let user_of = |realm: &str| user(challenger, passwords, realm, request);
        let wanted = user_of(basic.realm());
        everywhere
            || realms.iter().any(|realm| realm == basic.realm() || (wanted.is_some() && user_of(realm) == wanted))
    }

    /// Copied, so that a manager of the user's is not asked under the lock.
    fn realms(&self, origin: &str) -> Option<(Vec<String>, bool)> {
        let places = self.lock();
        let place = places.iter().find(|place| place.origin == origin)?;
        Some((place.realms.clone(), place.everywhere))
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Place>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_realms_are_told_apart_and_with_one_more_the_origin_is_guarded_as_a_whole() {
        let guard = Guard::default();
        let realms = |number: usize| (0..number).map(|index| index.to_string()).collect::<Vec<_>>();
        for realm in realms(REALMS).iter().chain(&realms(REALMS)) {
            guard.saw_digest("http://a.test", realm);
        }
        assert_eq!(guard.realms("http://a.test"), Some((realms(REALMS), false)));
        guard.saw_digest("http://a.test", "one more");
        assert_eq!(guard.realms("http://a.test"), Some((realms(REALMS), true)));
        assert_eq!(guard.realms("http://b.test"), None);
    }
}
