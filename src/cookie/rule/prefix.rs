//! 6265bis section 4.1.3: names that promise how the cookie was set.

use crate::cookie::{Cookie, Refusal};

/// The prefixes, and what each of them promises. `__Host-Http-` begins with `__Host-`, and promises
/// that as well.
const PREFIXES: [(&[u8], Promise, Refusal); 4] = [
    (b"__Secure-", |cookie| cookie.secure, Refusal::SecurePrefix),
    (b"__Host-", is_bound_to_its_host, Refusal::HostPrefix),
    (b"__Http-", |cookie| cookie.secure && cookie.http_only, Refusal::HttpPrefix),
    (b"__Host-Http-", |cookie| cookie.http_only, Refusal::HttpPrefix),
];

type Promise = fn(&Cookie) -> bool;

/// Whether a cookie whose name has a prefix was set as the prefix says.
pub(in crate::cookie) fn keeps_its_promise(cookie: &Cookie) -> Result<(), Refusal> {
    // Hardly a cookie goes further than this.
    if !cookie.as_pair().0.starts_with(b"__") {
        return Ok(());
    }
    for (prefix, promise, refusal) in PREFIXES {
        // Section 5.4: clients compare prefixes without regard to case.
        let start = cookie.as_pair().0.get(..prefix.len());
        if !start.is_some_and(|start| start.eq_ignore_ascii_case(prefix)) {
            continue;
        }
        // 6265bis section 5.7, step 22: "If the cookie-name is empty and [...] the cookie-value
        // begins with a case-insensitive match for" a prefix, "abort this algorithm and ignore the
        // cookie entirely".
        if cookie.is_nameless() {
            return Err(Refusal::NamelessPrefix);
        }
        if !promise(cookie) {
            return Err(refusal);
        }
    }
    Ok(())
}

/// Section 4.1.3.2: "set with a Secure attribute, a Path attribute with a value of /, and no Domain
/// attribute."
fn is_bound_to_its_host(cookie: &Cookie) -> bool {
    let at_root = cookie.path_specified && cookie.path_bytes() == b"/";
    cookie.secure && !cookie.is_dotted() && !cookie.domain_specified && at_root
}
