//! [`Certificate`]: for whom it is, and until when (RFC 5280), to be shown. Whether it is good, others
//! have said.

use std::net::{Ipv4Addr, Ipv6Addr};

/// How many names are shown.
const NAMES: usize = 20;

const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;
const EXTENSIONS: u8 = 0xa3;
const OCTETS: u8 = 0x04;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const DNS_NAME: u8 = 0x82;
const IP_ADDRESS: u8 = 0x87;

/// `id-ce-subjectAltName`, 2.5.29.17, as an object identifier.
const ALTERNATIVE_NAMES: &[u8] = &[0x06, 0x03, 0x55, 0x1d, 0x11];

/// What of a certificate is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Certificate {
    pub(super) names: Vec<String>,
    /// "2027-01-31 23:59:59Z"
    pub(super) until: String,
}

impl Certificate {
    /// Of a `TBSCertificate` (RFC 5280 section 4.1), the part that is signed; `None` if it is none.
    pub(super) fn of_signed(bytes: &[u8]) -> Option<Self> {
        let mut rest = take(SEQUENCE, bytes)?.0;
        if let Some((_, behind)) = take(VERSION, rest) {
            rest = behind;
        }
        // The serial number, the algorithm, the issuer.
        for _ in 0..3 {
            rest = any(rest)?.2;
        }
        let (validity, mut rest) = take(SEQUENCE, rest)?;
        let (kind, end, _) = any(any(validity)?.2)?;
        let until = time(kind, end)?;
        let mut names = Vec::new();
        while let Some((kind, content, behind)) = any(rest) {
            if kind == EXTENSIONS {
                names = alternative_names(take(SEQUENCE, content)?.0);
            }
            rest = behind;
        }
        Some(Self { names, until })
    }
}

/// The names in the extension that has them.
fn alternative_names(mut extensions: &[u8]) -> Vec<String> {
    let mut names = Vec::new();
    while let Some((extension, behind)) = take(SEQUENCE, extensions) {
        extensions = behind;
        let Some(mut rest) = extension.strip_prefix(ALTERNATIVE_NAMES) else { continue };
        // It may be marked as critical.
        while let Some((kind, content, behind)) = any(rest) {
            if kind == OCTETS {
                names.extend(take(SEQUENCE, content).into_iter().flat_map(|(all, _)| general_names(all)));
            }
            rest = behind;
        }
    }
    names.truncate(NAMES);
    names
}

fn general_names(mut all: &[u8]) -> Vec<String> {
    let mut names = Vec::new();
    while let Some((kind, content, behind)) = any(all) {
        all = behind;
        match (kind, content) {
            (DNS_NAME, name) => names.push(name.escape_ascii().to_string()),
            (IP_ADDRESS, &[a, b, c, d]) => names.push(Ipv4Addr::new(a, b, c, d).to_string()),
            (IP_ADDRESS, address) => {
                names.extend(<[u8; 16]>::try_from(address).ok().map(|address| Ipv6Addr::from(address).to_string()));
            }
            _ => {}
        }
    }
    names
}

/// RFC 5280 section 4.1.2.5: `YYMMDDHHMMSSZ` until 2049, `YYYYMMDDHHMMSSZ` from then on.
fn time(kind: u8, text: &[u8]) -> Option<String> {
    let digits = std::str::from_utf8(text).ok()?.strip_suffix('Z')?;
    let digits = match kind {
        UTC_TIME if digits.get(..2)? < "50" => format!("20{digits}"),
        UTC_TIME => format!("19{digits}"),
        GENERALIZED_TIME => digits.to_owned(),
        _ => return None,
    };
    if digits.len() != 14 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    let (date, clock) = ([part(0, 4), part(4, 6), part(6, 8)], [part(8, 10), part(10, 12), part(12, 14)]);
    Some(format!("{} {}Z", date.join("-"), clock.join(":")))
}

/// The content of an element of this kind, and what stands behind it.
fn take(kind: u8, bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    any(bytes).filter(|(found, ..)| *found == kind).map(|(_, content, behind)| (content, behind))
}

/// The next element of DER: its kind, its content, and what stands behind it.
fn any(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&kind, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        ..=0x7f => (usize::from(first), rest),
        0x81..=0x84 => {
            let (digits, rest) = rest.split_at_checked(usize::from(first - 0x80))?;
            (
                digits.iter().try_fold(0_usize, |sum, digit| sum.checked_mul(256)?.checked_add(usize::from(*digit)))?,
                rest,
            )
        }
        _ => return None,
    };
    let (content, behind) = rest.split_at_checked(length)?;
    Some((kind, content, behind))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(name: &str) -> Vec<u8> {
        let pem = std::fs::read(format!("{}/fixtures/tls/{name}.pem", env!("CARGO_MANIFEST_DIR"))).unwrap();
        let der = rustls::pki_types::pem::PemObject::from_pem_slice(&pem);
        let der: rustls::pki_types::CertificateDer<'static> = der.unwrap();
        // What is signed is the first element, its own head included.
        let (content, _) = take(SEQUENCE, &der).unwrap();
        let (.., behind) = any(content).unwrap();
        content[..content.len() - behind.len()].to_vec()
    }

    #[test]
    fn names_and_end_are_read() {
        let localhost = Certificate::of_signed(&signed("localhost")).unwrap();
        assert_eq!(localhost.names, ["localhost", "127.0.0.1", "*.test", "a.test", "b.test"]);
        assert_eq!(localhost.until, "2120-01-01 00:00:00Z");
        for (kind, text, expected) in [
            (UTC_TIME, &b"491231235959Z"[..], Some("2049-12-31 23:59:59Z")),
            (UTC_TIME, b"500101000000Z", Some("1950-01-01 00:00:00Z")),
            (GENERALIZED_TIME, b"20500101000000Z", Some("2050-01-01 00:00:00Z")),
            (GENERALIZED_TIME, b"2050", None),
            (UTC_TIME, b"49123123595\xffZ", None),
            (OCTETS, b"491231235959Z", None),
        ] {
            assert_eq!(time(kind, text).as_deref(), expected);
        }
    }

    #[test]
    fn what_is_none_is_none_and_never_a_panic() {
        let whole = signed("localhost");
        for end in 0..whole.len() {
            assert_eq!(Certificate::of_signed(&whole[..end]), None, "cut at {end}");
        }
        for at in 0..whole.len() {
            let mut other = whole.clone();
            other[at] ^= 0xff;
            let _ = Certificate::of_signed(&other);
        }
        assert_eq!(Certificate::of_signed(b"\x30\x84\xff\xff\xff\xff"), None);
    }
}
