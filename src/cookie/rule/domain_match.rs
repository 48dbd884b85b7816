//! Which hosts are below a domain: RFC 6265 section 5.1.3, and RFC 2965 section 1.

/// Whether `host` is `domain` or a name below it. `domain` has no leading dot. Not for addresses.
pub(in crate::cookie) fn suffix_at_label(host: &[u8], domain: &[u8]) -> bool {
    // "The domain string and the string are identical. (Note that both the domain string and the
    // string will have been canonicalized to lower case at this point.)"
    let Some(before) = host.strip_suffix(domain) else {
        return false;
    };
    // An empty domain is a suffix of every host, and matches none.
    // "The domain string is a suffix of the string. The last character of the string that is not
    // included in the domain string is a %x2E (".") character."
    !domain.is_empty() && (before.is_empty() || before.ends_with(b"."))
}

/// Whether `a` domain-matches `b` as RFC 2965 has it: `x.y.com` matches `.y.com`, and `y.com` does
/// not.
pub(in crate::cookie) fn rfc2965_match(a: &str, b: &str) -> bool {
    // "Host A's name domain-matches host B's if their host name strings string-compare equal; or A
    // is a HDN string and has the form NB, where N is a non-empty name string, B has the form .B',
    // and B' is a HDN string." The original looked for B anywhere in A, so that
    // `x.acme.com.evil.net` matched `.acme.com`.
    a == b
        || (is_host_name(a)
            && b.strip_prefix('.').is_some_and(is_host_name)
            && a.strip_suffix(b).is_some_and(|before| !before.is_empty()))
}

/// RFC 2965 section 1: "The term host domain name (HDN)", which is no address and has no dot at
/// either end.
pub(in crate::cookie) fn is_host_name(text: &str) -> bool {
    let last = text.rsplit('.').next().unwrap_or_default();
    let is_address = (text.contains('.') && last.bytes().all(|byte| byte.is_ascii_digit())) || text.starts_with('[');
    !text.is_empty() && !text.starts_with('.') && !text.ends_with('.') && !is_address
}

#[cfg(test)]
mod tests {
    use super::{is_host_name, rfc2965_match, suffix_at_label};

    #[test]
    fn a_host_name_is_no_address_and_has_no_dot_at_either_end() {
        for (text, expected) in [
            ("a", true),
            ("a.b", true),
            ("1", true),
            ("a.1b", true),
            ("", false),
            (".a", false),
            ("a.", false),
            (".", false),
            ("192.168.1.2", false),
            ("[::1]", false),
        ] {
            assert_eq!(is_host_name(text), expected, "{text}");
        }
    }

    #[test]
    fn domains_match_at_a_label_only() {
        for (host, domain, liberal, strict) in [
            ("acme.com", "acme.com", true, false),
            ("www.acme.com", "acme.com", true, true),
            ("x.y.acme.com", "acme.com", true, true),
            ("badacme.com", "acme.com", false, false),
            ("x.acme.com.evil.net", "acme.com", false, false),
            ("com", "acme.com", false, false),
            ("acme.com", "", false, false),
        ] {
            assert_eq!(suffix_at_label(host.as_bytes(), domain.as_bytes()), liberal, "{host} {domain}");
            assert_eq!(rfc2965_match(host, &format!(".{domain}")), strict, "{host} .{domain}");
        }
        for (a, b, expected) in [
            ("192.168.1.2", "192.168.1.2", true),
            ("192.168.1.2", ".168.1.2", false),
            ("x.y.com", "y.com", false),
            ("y.com", "y.com", true),
            ("", "", true),
        ] {
            assert_eq!(rfc2965_match(a, b), expected, "{a} {b}");
        }
    }
}
