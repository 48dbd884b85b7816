//! 6265bis, section 4.1.3: names that promise how the cookie was set.

use crate::cookie::{Cookie, Refusal};

const SECURE: &[u8] = b"__Secure-";
const HOST: &[u8] = b"__Host-";

/// Whether a cookie whose name has a prefix was set as the prefix says.
pub(in crate::cookie) fn keeps_its_promise(cookie: &Cookie) -> Result<(), Refusal> {
    let secure = has_prefix(cookie, SECURE);
    let host = has_prefix(cookie, HOST);
    // 6265bis, section 5.7: a cookie with an empty name, whose value begins with one of the prefixes, is ignored
    // entirely. A header without "=" makes such a cookie: what 6265bis calls its value, Python calls its name.
    if (secure || host) && !cookie.has_value() {
        return Err(Refusal::NamelessPrefix);
    }
    // Section 5.4: clients compare prefixes without regard to case. Section 4.1.3.1: behind "__Secure-", "the cookie
    // will have been set with a Secure attribute."
    if secure && !cookie.secure {
        return Err(Refusal::SecurePrefix);
    }
    // Section 4.1.3.2: behind "__Host-", "the cookie will have been set with a Secure attribute, a Path attribute
    // with a value of /, and no Domain attribute."
    let at_root = cookie.path_specified && cookie.path_bytes() == b"/";
    let bound = cookie.secure && !cookie.is_dotted() && !cookie.domain_specified && at_root;
    if host && !bound {
        return Err(Refusal::HostPrefix);
    }
    Ok(())
}

fn has_prefix(cookie: &Cookie, prefix: &[u8]) -> bool {
    cookie.name_bytes().get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}
