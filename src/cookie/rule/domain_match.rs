//! RFC 6265, section 5.1.3: which hosts are below a domain.

use crate::cookie::destination::Destination;

/// Whether the host is `domain` or a host below it. `domain` is canonical and has no leading dot.
pub(super) fn domain_match(host: &Destination<'_>, domain: &str) -> bool {
    // "The domain string and the string are identical. (Note that both the domain string and the string will have
    // been canonicalized to lower case at this point.)"
    let Some(before) = host.host.strip_suffix(domain) else {
        return false;
    };
    // An empty domain is a suffix of every host, and matches none.
    !domain.is_empty()
        && (before.is_empty()
            // "The domain string is a suffix of the string. The last character of the string that is not included
            // in the domain string is a %x2E (".") character. The string is a host name (i.e., not an IP address)."
            || (before.ends_with('.') && !host.host_is_ip))
}
