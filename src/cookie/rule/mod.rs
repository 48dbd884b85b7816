//! The rules, one a file, each sentence of the law above the line that obeys it. Here they are put in order.

mod characters;
mod default_path;
mod domain;
mod domain_match;
mod path_match;
mod prefix;

pub(super) use characters::{storable, trim};
pub(super) use default_path::default_path;
pub(super) use domain::has_inner_dot;
pub(super) use path_match::path_match;

use super::destination::Destination;
use super::limits::MAX_NAME_AND_VALUE;
use super::{Cookie, Refusal};

/// Whether a response from `from` may set this cookie, as far as that can be said without looking into the jar.
pub(super) fn set_ok(cookie: &Cookie, from: &Destination<'_>) -> Result<(), Refusal> {
    if cookie.name.is_empty() {
        return Err(Refusal::NoName);
    }
    if cookie.name.len() + cookie.value().len() > MAX_NAME_AND_VALUE {
        return Err(Refusal::TooLong);
    }
    storable(cookie)?;
    characters::no_blank_before_name(cookie)?;
    domain::may_own(cookie, from)?;
    // 6265bis, section 5.7: "If the request-uri does not denote a 'secure' connection [...], and the cookie's
    // secure-only-flag is true, then abort these steps and ignore the cookie entirely."
    if cookie.secure && !from.secure {
        return Err(Refusal::InsecureRequest);
    }
    prefix::keeps_its_promise(cookie)
}

/// Whether this cookie goes with a request to `to`. RFC 6265, section 5.4, step 1, a sentence a line.
pub(super) fn return_ok(cookie: &Cookie, to: &Destination<'_>, now: i64) -> Result<(), Refusal> {
    // "The cookie's host-only-flag is true and the canonicalized request-host is identical to the cookie's domain.
    // Or: the cookie's host-only-flag is false and the canonicalized request-host domain-matches the cookie's domain."
    domain::owns(cookie, to)?;
    // "The request-uri's path path-matches the cookie's path."
    if !path_match(to.path.as_bytes(), &cookie.path) {
        return Err(Refusal::PathMismatch);
    }
    // "If the cookie's secure-only-flag is true, then the request-uri's scheme must denote a 'secure' protocol".
    if cookie.secure && !to.secure {
        return Err(Refusal::InsecureRequest);
    }
    // Section 5.3: "The user agent MUST evict all expired cookies". They may lie about, but they stay at home.
    if cookie.is_expired(now) {
        return Err(Refusal::Expired);
    }
    Ok(())
}

/// Whether a cookie set by an insecure response gets in the way of a secure one that is in the jar. Both are known
/// to lie on one line of domains. 6265bis, section 5.7, on leaving secure cookies alone.
pub(super) fn shadows_secure(new: &Cookie, old: &Cookie, now: i64) -> bool {
    // "Their name matches the name of the newly-created cookie. Their secure-only-flag is true. [...] The path of
    // the newly-created cookie path-matches the path of the existing cookie."
    new.name == old.name && old.secure && !old.is_expired(now) && path_match(&new.path, &old.path)
}
