//! [`Nonces`]: how often each nonce was used.

use std::sync::{Mutex, MutexGuard, PoisonError};

use url::{Position, Url};

use crate::handler::auth::Audience;
use crate::request::Request;

/// Nonces that are remembered. Servers use one at a time; of a forgotten one the count begins anew, and
/// the server asks again.
const REMEMBERED: usize = 256;

/// What is shared by all requests that one handler answers for.
#[derive(Default)]
pub(super) struct Nonces(Mutex<State>);

#[derive(Default)]
struct State {
    /// The one used last at the end.
    nonces: Vec<Nonce>,
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
