//! Which hosts a cookie belongs to.

use super::domain_match::domain_match;
use crate::cookie::destination::Destination;
use crate::cookie::{Cookie, Refusal};

/// Whether the host may set a cookie for this domain.
pub(super) fn may_own(cookie: &Cookie, from: &Destination<'_>) -> Result<(), Refusal> {
    if cookie.domain_specified() {
        let domain = cookie.owner();
        // RFC 1034, section 3.5: a domain name is labels with single dots between them. The rooted spelling
        // `example.com.` is a name too, but it is another host, and a way past every list of suffixes.
        if domain.split('.').any(str::is_empty) {
            return Err(Refusal::MalformedDomain);
        }
        // Not in RFC 6265; Netscape's rule, and RFC 2965's: the value "contains no embedded dots".
        if !has_inner_dot(domain) {
            return Err(Refusal::NoInnerDot);
        }
    }
    // RFC 6265, section 5.3, step 6: "If the canonicalized request-host does not domain-match the domain-attribute:
    // Ignore the cookie entirely and abort these steps."
    owns(cookie, from).map_err(|_| Refusal::DomainMismatch)
}

/// Whether the host gets the cookies of this domain.
pub(super) fn owns(cookie: &Cookie, to: &Destination<'_>) -> Result<(), Refusal> {
    if cookie.domain_specified() {
        return if domain_match(to, cookie.owner()) { Ok(()) } else { Err(Refusal::DomainMismatch) };
    }
    if to.host == *cookie.domain { Ok(()) } else { Err(Refusal::HostOnly) }
}

/// `example.com` has one; `com` and `com.` have none.
pub(in crate::cookie) fn has_inner_dot(domain: &str) -> bool {
    domain.trim_matches('.').contains('.')
}
