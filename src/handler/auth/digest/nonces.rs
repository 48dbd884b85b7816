//! [`Nonces`]: how often each nonce was used, and who has asked for Digest.

use std::sync::{Mutex, MutexGuard, PoisonError};

use url::{Position, Url};

use crate::handler::auth::Audience;
use crate::handler::auth::challenge;
use crate::request::Request;
use crate::response::Response;

/// Nonces that are remembered, and realms. Servers use one at a time; of a forgotten one the count begins anew, and
/// the server asks again.
const REMEMBERED: usize = 256;

/// What is shared by all requests that one handler answers for.
#[derive(Default)]
pub(super) struct Nonces(Mutex<State>);

#[derive(Default)]
struct State {
    /// The one used last at the end.
    nonces: Vec<Nonce>,
    /// The places and realms that have asked for Digest, the last one at the end.
    digest: Vec<(String, String)>,
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
pub(super) fn place(audience: Audience, request: &Request) -> Option<String> {
    let origin = |url: &Url| url[..Position::BeforePath].to_owned();
    match audience {
        Audience::Server => Some(origin(request.url())),
        Audience::Proxy => request.proxy().map(|proxy| origin(proxy.url())),
    }
}

impl Nonces {
    /// Counts one more use: no two threads get the same number. `None` if the system has no randomness to give.
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

    /// Remembers that Digest was asked for here.
    pub(super) fn saw_digest(&self, place: &str, realm: &str) {
        let mut state = self.lock();
        let it = (place.to_owned(), realm.to_owned());
        state.digest.retain(|known| *known != it);
        push(&mut state.digest, it);
    }

    /// Whether this answer asks for Basic alone in a realm that has asked for Digest before.
    pub(super) fn is_downgrade(&self, audience: Audience, request: &Request, response: &Response) -> bool {
        if response.status() != audience.status() {
            return false;
        }
        let challenges = challenge::challenges(response.headers(), audience.challenge());
        let is = |scheme: &str| challenges.iter().find(|challenge| challenge.scheme == scheme);
        let (Some(basic), None, Some(place)) = (is("basic"), is("digest"), place(audience, request)) else {
            return false;
        };
        self.lock().digest.contains(&(place, basic.realm().to_owned()))
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
