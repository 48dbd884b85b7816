//! [`Hello`]: what a server says first in TLS, for those who want to know what was agreed on. ureq
//! keeps that to itself; the first message of a server is not encrypted (RFC 8446 section 4.1.3).

use rustls::{CipherSuite, ProtocolVersion};

/// The most of it that is kept: a ServerHello has some 130 bytes.
const LIMIT: usize = 1024;

/// The beginning of what a server sent.
#[derive(Default)]
pub(super) struct Hello(Vec<u8>);

impl Hello {
    pub(super) fn saw(&mut self, bytes: &[u8]) {
        let room = LIMIT - self.0.len();
        self.0.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    /// The version of TLS and the cipher suite, if it is a ServerHello.
    pub(super) fn agreed(&self) -> Option<(String, String)> {
        let hello = self.0.strip_prefix(&[22])?.get(4..)?.strip_prefix(&[2])?.get(3..)?;
        let (version, rest) = number(hello)?;
        let (&session, rest) = rest.get(32..)?.split_first()?;
        let (cipher, rest) = number(rest.get(usize::from(session)..)?)?;
        let version = selected(rest.get(3..).unwrap_or_default()).unwrap_or(version);
        let version = match ProtocolVersion::from(version) {
            ProtocolVersion::TLSv1_2 => "TLSv1.2".to_owned(),
            ProtocolVersion::TLSv1_3 => "TLSv1.3".to_owned(),
            other => format!("{other:?}"),
        };
        Some((version, format!("{:?}", CipherSuite::from(cipher)).replacen("TLS13_", "TLS_", 1)))
    }
}

/// The version in the extension `supported_versions`, where TLS 1.3 has it.
fn selected(mut extensions: &[u8]) -> Option<u16> {
    loop {
        let (kind, rest) = number(extensions)?;
        let (length, rest) = number(rest)?;
        if kind == 43 {
            return number(rest).map(|(version, _)| version);
        }
        extensions = rest.get(usize::from(length)..)?;
    }
}

fn number(bytes: &[u8]) -> Option<(u16, &[u8])> {
    let (number, rest) = bytes.split_first_chunk()?;
    Some((u16::from_be_bytes(*number), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A record with a ServerHello of this version, cipher and extensions.
    fn record(version: [u8; 2], cipher: [u8; 2], extensions: &[u8]) -> Vec<u8> {
        let mut hello = version.to_vec();
        hello.extend([7; 32]);
        hello.extend([2, 1, 1]);
        hello.extend(cipher);
        hello.push(0);
        hello.extend((extensions.len() as u16).to_be_bytes());
        hello.extend(extensions);
        let mut record = vec![22, 3, 3, 0, 0, 2, 0, 0, hello.len() as u8];
        record.extend(hello);
        record
    }

    #[test]
    fn what_was_agreed_on_is_read() {
        let new = record([3, 3], [0x13, 0x01], &[0, 51, 0, 1, 9, 0, 43, 0, 2, 3, 4]);
        let old = record([3, 3], [0xc0, 0x2f], &[]);
        for (says, bytes, expected) in [
            ("TLS 1.3", &new[..], Some(("TLSv1.3", "TLS_AES_128_GCM_SHA256"))),
            ("TLS 1.2", &old, Some(("TLSv1.2", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"))),
            ("cut off", &old[..30], None),
            ("an alert", b"\x15\x03\x03\0\x02\x02\x28", None),
            ("nothing", b"", None),
            ("no TLS", b"HTTP/1.1 400 Bad Request\r\n", None),
        ] {
            let mut hello = Hello::default();
            bytes.chunks(7).for_each(|chunk| hello.saw(chunk));
            let agreed = hello.agreed();
            assert_eq!(agreed.as_ref().map(|(version, cipher)| (&**version, &**cipher)), expected, "{says}");
        }
    }
}
