//! 6265bis section 5.7: what is secure, and that secure cookies are left alone.

use super::path_match;
use crate::cookie::{Cookie, Refusal};

/// Whether a cookie is set as safely as it says it is to be kept.
pub(in crate::cookie) fn is_secure_enough(cookie: &Cookie, connection: impl Fn() -> bool) -> Result<(), Refusal> {
    if cookie.secure {
        // Step 13: "If the request-uri does not denote a 'secure' connection [...], and the
        // cookie's secure-only-flag is true, then abort these steps and ignore the cookie
        // entirely."
        return if connection() { Ok(()) } else { Err(Refusal::InsecureRequest) };
    }
    // Step 19: "If the cookie's "same-site-flag" is "None", abort this algorithm and ignore the
    // cookie entirely unless the cookie's secure-only-flag is true."
    if cookie.find(b"SameSite").flatten().is_some_and(|value| value.eq_ignore_ascii_case(b"None")) {
        return Err(Refusal::InsecureSameSiteNone);
    }
    // Cookies Having Independent Partitioned State (CHIPS), section 2.1: "The Partitioned attribute
    // must be set with Secure".
    if cookie.find(b"Partitioned").is_some() { Err(Refusal::InsecurePartitioned) } else { Ok(()) }
}

/// Whether a cookie set by an insecure response keeps out of the way of a secure one that is in the
/// jar. Both are known to lie on one line of domains.
pub(in crate::cookie) fn leaves_secure_alone(new: &Cookie, old: &Cookie, now: i64) -> Result<(), Refusal> {
    // Step 16: "Their name matches the name of the newly-created cookie. Their secure-only-flag is
    // true. [...] The path of the newly-created cookie path-matches the path of the existing
    // cookie."
    let shadows = new.name_bytes() == old.name_bytes()
        && old.secure
        && !old.is_expired(now)
        && path_match(new.path_bytes(), old.path_bytes());
    if shadows { Err(Refusal::ShadowsSecure) } else { Ok(()) }
}
