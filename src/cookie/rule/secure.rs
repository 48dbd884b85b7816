//! 6265bis, section 5.7: secure cookies are left alone.

use super::path_match;
use crate::cookie::{Cookie, Refusal};

/// Whether a cookie set by an insecure response keeps out of the way of a secure one that is in the jar. Both are known
/// to lie on one line of domains.
pub(in crate::cookie) fn leaves_secure_alone(new: &Cookie, old: &Cookie, now: i64) -> Result<(), Refusal> {
    // "Their name matches the name of the newly-created cookie. Their secure-only-flag is true. [...] The path of
    // the newly-created cookie path-matches the path of the existing cookie."
    let shadows = new.name_bytes() == old.name_bytes()
        && old.secure
        && !old.is_expired(now)
        && path_match(new.path_bytes(), old.path_bytes());
    if shadows { Err(Refusal::ShadowsSecure) } else { Ok(()) }
}
