//! RFC 2965 section 1: which hosts count as the same site.

use std::borrow::Cow;

use super::domain_match::is_host_name;

/// The reach of a host: `.acme.com` for `www.acme.com`, and `acme.com` for itself.
pub(in crate::cookie) fn reach(host: &str) -> Cow<'_, str> {
    // "If H is the host domain name of a host; and, H has the form A.B; and A has no embedded (that
    // is, interior) dots; and B has at least one embedded dot, or B is the string "local", then the
    // reach of H is .B. Otherwise, the reach of H is H."
    match host.split_once('.') {
        Some((_, parent)) if is_host_name(host) && (parent.contains('.') || parent == "local") => {
            Cow::Owned(format!(".{parent}"))
        }
        _ => Cow::Borrowed(host),
    }
}

#[cfg(test)]
mod tests {
    use super::reach;

    #[test]
    fn a_host_reaches_its_siblings() {
        for (host, expected) in [
            ("www.acme.com", ".acme.com"),
            ("acme.com", "acme.com"),
            ("acme.local", ".local"),
            ("localhost", "localhost"),
            ("192.168.1.2", "192.168.1.2"),
            ("www.acme.com.", "www.acme.com."),
            ("", ""),
        ] {
            assert_eq!(reach(host), expected, "{host}");
        }
    }
}
