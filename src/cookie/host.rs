//! RFC 6265 section 5.1.2: one spelling for each host, so that two names of one host are one owner.

use std::borrow::Cow;
use std::net::Ipv4Addr;

use url::Host;

use super::bytes;

/// RFC 1035 section 2.3.4: "names 255 octets or less". A longer host cannot be dialled, and walking
/// up the labels of one that a hostile redirect made would take quadratic time.
pub(super) const LONGEST_HOST: usize = 255;

/// The host as URLs spell it: lower case, `xn--` labels, IP addresses in full (`127.1` is
/// `127.0.0.1`). None if it is not a host.
pub(super) fn canonical(host: &str) -> Option<Cow<'_, str>> {
    if is_plain(host) {
        return Some(Cow::Borrowed(host));
    }
    Host::parse(host).ok().map(|host| Cow::Owned(host.to_string()))
}

/// A domain for a cookie put in by hand: a leading dot is kept, an IPv6 address gets its brackets,
/// and what is not a host stays as it was given, in lower case, where it matches nothing.
pub(super) fn spell_domain(domain: &str) -> Cow<'_, str> {
    let (dot, host) = match domain.strip_prefix('.') {
        Some(host) => (".", host),
        None => ("", domain),
    };
    match canonical(host) {
        Some(Cow::Borrowed(_)) => Cow::Borrowed(domain),
        Some(Cow::Owned(host)) => Cow::Owned(format!("{dot}{host}")),
        None => match host.parse() {
            Ok(address) => Cow::Owned(format!("{dot}{}", Host::<&str>::Ipv6(address))),
            Err(_) => lower_case(domain),
        },
    }
}

/// Whether a request can go to a host of this name, which is spelled as hosts are.
pub(super) fn is_host(host: &[u8]) -> bool {
    let is_address = || str::from_utf8(host).is_ok_and(|host| is_ip(host) && canonical(host).is_some());
    host.len() <= LONGEST_HOST && (is_labels(host.strip_suffix(b".").unwrap_or(host)) || is_address())
}

/// Labels with a dot between two of them.
fn is_labels(name: &[u8]) -> bool {
    let (mut fits, mut before) = (true, b'.');
    for &byte in name {
        fits &= (IS_PLAIN[usize::from(byte)] || byte.is_ascii_uppercase()) && (byte, before) != (b'.', b'.');
        before = byte;
    }
    fits && before != b'.'
}

/// An IPv4 address, or an IPv6 address in its brackets, as URLs have them.
pub(super) fn is_ip(host: &str) -> bool {
    let may_be = host.as_bytes().last().is_some_and(u8::is_ascii_digit);
    host.starts_with('[') || (may_be && host.parse::<Ipv4Addr>().is_ok())
}

/// RFC 2965 section 1: "If a host name contains no dots, the effective host name is that name with
/// the string .local appended to it." An IPv6 address has no dots either, and is not a name.
pub(super) fn needs_local(host: &str, is_ip: bool) -> bool {
    !is_ip && !host.contains('.')
}

/// `example.com` as `moc.elpmaxe`, so that the names below it follow it.
pub(super) fn backwards(name: &str) -> Box<str> {
    name.chars().rev().collect::<String>().into()
}

/// Lower case in ASCII, copied only where there is something to change.
pub(super) fn lower_case(text: &str) -> Cow<'_, str> {
    if bytes::any(text.as_bytes(), |byte| byte.is_ascii_uppercase()) {
        return Cow::Owned(text.to_ascii_lowercase());
    }
    Cow::Borrowed(text)
}

const IS_PLAIN: [bool; 256] = {
    let (mut plain, mut byte) = ([false; 256], 0);
    while byte < 256 {
        plain[byte] = matches!(byte as u8, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.');
        byte += 1;
    }
    plain
};

/// Whether nothing needs doing: lower-case letters, digits, `-` and `_`, no `xn--` to verify (nor
/// anything else with two hyphens), and a last label that no address can have.
fn is_plain(host: &str) -> bool {
    let host = host.as_bytes();
    let last = memchr::memrchr(b'.', host).map_or(0, |dot| dot + 1);
    let (mut plain, mut before) = (host.get(last).is_some_and(u8::is_ascii_lowercase), b'.');
    for &byte in host {
        plain &= IS_PLAIN[usize::from(byte)] && (byte, before) != (b'-', b'-');
        before = byte;
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_host_has_one_spelling() {
        for (given, expected) in [
            ("example.com", Some("example.com")),
            ("EXAMPLE.com", Some("example.com")),
            ("bücher.de", Some("xn--bcher-kva.de")),
            ("xn--bcher-kva.de", Some("xn--bcher-kva.de")),
            ("127.1", Some("127.0.0.1")),
            ("0x7f.1", Some("127.0.0.1")),
            ("[::FFFF:1.2.3.4]", Some("[::ffff:102:304]")),
            ("exa mple.com", None),
            ("example.com/@evil", None),
            ("", None),
        ] {
            assert_eq!(canonical(given).as_deref(), expected, "{given}");
        }
    }
}
