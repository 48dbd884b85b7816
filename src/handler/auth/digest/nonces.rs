//! [`Nonces`]: how often each nonce was used, and which one is next.

use std::sync::{Mutex, MutexGuard, PoisonError};

use url::Position;

use crate::handler::auth::Challenger;
use crate::handler::auth::challenge::Challenge;
use crate::message::request::Request;

/// Nonces that are remembered. Servers use one at a time; of a forgotten one the count begins anew,
/// and the server asks again.
const REMEMBERED: usize = 256;

/// What is shared by all requests that one handler answers for.
#[derive(Default)]
pub(super) struct Nonces(Mutex<State>);

#[derive(Default)]
struct State {
    /// The one used last at the end.
    nonces: Vec<Nonce>,
    /// The challenges that were answered, by place, the last one at the end.
    answered: Vec<(String, Challenge)>,
    /// The same with a nonce that the place has handed out for the next request, which it then need
    /// not ask for.
    next: Vec<(String, Challenge)>,
}

struct Nonce {
    place: String,
    realm: String,
    nonce: String,
    cnonce: String,
    used: u32,
}

/// The use of a nonce.
pub(super) struct Count {
    /// 1 for the first.
    pub(super) number: u32,
    /// The same for each use of the nonce, on which `-sess` builds.
    pub(super) cnonce: String,
}

/// The origin that a nonce is for: of the server, or of the proxy.
pub(super) fn place(challenger: Challenger, request: &Request) -> Option<&str> {
    let url = match challenger {
        Challenger::Server => request.url(),
        Challenger::Proxy => request.proxy()?.url(),
    };
    Some(&url[..Position::BeforePath])
}

impl Nonces {
    /// Counts one more use: no two threads get the same number. `None` if the system has no
    /// randomness to give.
    pub(super) fn count(&self, place: &str, realm: &str, nonce: &str) -> Option<Count> {
        let mut state = self.lock();
        let is_it = |known: &Nonce| known.nonce == nonce && known.place == place && known.realm == realm;
        let mut known = match state.nonces.iter().position(is_it) {
            Some(at) => state.nonces.remove(at),
            None => {
                let (place, realm, nonce) = (place.to_owned(), realm.to_owned(), nonce.to_owned());
                Nonce { place, realm, nonce, cnonce: random()?, used: 0 }
            }
        };
        known.used = known.used.saturating_add(1);
        let count = Count { number: known.used, cnonce: known.cnonce.clone() };
        push(&mut state.nonces, known);
        Some(count)
    }

    /// Remembers a challenge that was answered here.
    pub(super) fn saw_answer(&self, place: &str, challenge: &Challenge) {
        let mut state = self.lock();
        state.answered.retain(|(other, known)| other != place || known.realm() != challenge.realm());
        push(&mut state.answered, (place.to_owned(), challenge.clone()));
    }

    /// Remembers the nonce that is to be used next by whoever answered with this one (RFC 7616
    /// section 3.5).
    pub(super) fn saw_next(&self, place: &str, realm: &str, nonce: &str, next: &str) {
        let mut state = self.lock();
        let is_it = |(other, known): &&(String, Challenge)| {
            other == place && known.realm() == realm && known.parameter("nonce") == Some(nonce)
        };
        let Some(challenge) = state.answered.iter().find(is_it).map(|(_, challenge)| challenge.clone()) else {
            return;
        };
        let challenge = challenge.with("nonce", next);
        state.next.retain(|(other, known)| other != place || known.realm() != realm);
        push(&mut state.next, (place.to_owned(), challenge));
    }

    /// The challenge to answer before this place asks, if there is one: it is given once.
    pub(super) fn take_next(&self, place: &str) -> Option<Challenge> {
        let mut state = self.lock();
        let at = state.next.iter().rposition(|(other, _)| other == place)?;
        Some(state.next.remove(at).1)
    }

    /// The challenge of this place that was answered last.
    pub(super) fn last(&self, place: &str) -> Option<Challenge> {
        let state = self.lock();
        state.answered.iter().rev().find(|(other, _)| other == place).map(|(_, challenge)| challenge.clone())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn push<T>(list: &mut Vec<T>, last: T) {
    if list.len() == REMEMBERED {
        list.remove(0);
    }
    list.push(last);
}

/// 128 bits from the operating system, in hexadecimal digits.
fn random() -> Option<String> {
    let mut bytes = [0; 16];
    getrandom::getrandom(&mut bytes).ok()?;
    Some(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handler::auth::challenge;

    fn asked(realm: &str, nonce: &str) -> Challenge {
        challenge::credentials(format!("Digest realm={realm}, nonce={nonce}").as_bytes()).unwrap()
    }

    #[test]
    fn each_realm_of_a_place_has_its_own_nonce_and_its_own_next_one() {
        let nonces = Nonces::default();
        let nonce = |challenge: Option<Challenge>| challenge.and_then(|one| one.parameter("nonce").map(str::to_owned));
        for (place, realm, said) in [("a", "r", "1"), ("b", "r", "2"), ("a", "s", "3"), ("a", "r", "4")] {
            nonces.saw_answer(place, &asked(realm, said));
            assert_eq!(nonce(nonces.last(place)).as_deref(), Some(said));
        }
        assert_eq!(nonce(nonces.last("b")).as_deref(), Some("2"), "another place's stays");
        for (says, place, realm, said) in [
            ("it was replaced", "a", "r", "1"),
            ("another place's", "a", "r", "2"),
            ("another realm's", "a", "r", "3"),
            ("nobody's", "c", "r", "4"),
        ] {
            nonces.saw_next(place, realm, said, "next");
            assert!(nonces.take_next(place).is_none(), "{says}");
        }
        for (place, realm, said, next) in
            [("a", "r", "4", "5"), ("b", "r", "2", "6"), ("a", "s", "3", "7"), ("a", "r", "4", "8")]
        {
            nonces.saw_next(place, realm, said, next);
        }
        let taken = ["a", "a", "a", "b", "b"].map(|place| nonce(nonces.take_next(place)).unwrap_or_default());
        assert_eq!(taken, ["8", "7", "", "6", ""], "the newest first, each once");
    }
}
