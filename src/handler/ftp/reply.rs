//! What an FTP server replies (RFC 959 section 4.2).

use crate::message::error::{Error, ErrorKind};
use crate::readable;
use crate::redact;

/// The last line of a reply, which is the one that counts.
pub(super) struct Reply {
    pub(super) code: u16,
    /// What follows the code.
    text: String,
}

impl Reply {
    /// From the last line.
    pub(super) fn new(code: u16, line: &[u8]) -> Self {
        Self { code, text: readable::text(line.get(4..).unwrap_or_default()).into_owned() }
    }

    /// 1xx: more is to come.
    pub(super) fn is_preliminary(&self) -> bool {
        self.code / 100 == 1
    }

    /// 2xx.
    pub(super) fn is_success(&self) -> bool {
        self.code / 100 == 2
    }

    /// The reply as the error that it is; what it repeats of a secret is hidden.
    pub(super) fn into_error(self, secret: Option<&str>) -> Error {
        if self.code < 400 && self.code != 332 {
            return bad(&format!("{} is no reply to what was asked", self.code));
        }
        let message = match secret {
            Some(secret) => self.text.replace(secret, redact::HIDDEN),
            None => self.text,
        };
        ErrorKind::Ftp { code: self.code, message }.into()
    }

    /// The size of a file (RFC 3659 section 4).
    pub(super) fn size(&self) -> Option<u64> {
        let digits = self.text.trim();
        let is_number = self.code == 213 && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| digits.parse().ok()).flatten()
    }

    /// The port of an extended passive mode, `(|||6446|)` (RFC 2428 section 3). What else may stand
    /// between the bars is not asked for.
    pub(super) fn extended_port(&self) -> Option<u16> {
        let (_, inner) = self.text.split_once('(')?;
        let (inner, _) = inner.split_once(')')?;
        let mut parts = inner.split(inner.chars().next()?);
        let port = parts.nth(3)?;
        (parts.next() == Some("") && parts.next().is_none()).then(|| number(port)).flatten().filter(|&port| port > 0)
    }

    /// The port of a passive mode, `(10,0,0,1,25,46)`, with or without parentheses (RFC 1123
    /// section 4.1.2.6). The address before it is the server's word, and not trusted.
    pub(super) fn passive_port(&self) -> Option<u16> {
        let mut runs = self.text.split(|one: char| !one.is_ascii_digit() && one != ',');
        let numbers = runs.find_map(|run| {
            let numbers: Option<Vec<u16>> = run.split(',').map(|part| number(part).filter(|&one| one < 256)).collect();
            numbers.filter(|numbers| numbers.len() == 6)
        })?;
        match numbers.as_slice() {
            [.., high, low] => Some(high * 256 + low).filter(|&port| port > 0),
            _ => None,
        }
    }
}

/// The code that a line begins with, and whether more lines follow; `None` if it is no line of a
/// reply.
pub(super) fn begins(line: &[u8]) -> Option<(u16, bool)> {
    let digits = line.get(..3).filter(|digits| digits.iter().all(u8::is_ascii_digit))?;
    let code = std::str::from_utf8(digits).ok()?.parse().ok().filter(|code| (100..600).contains(code))?;
    match line.get(3) {
        None | Some(b' ') => Some((code, false)),
        Some(b'-') => Some((code, true)),
        Some(_) => None,
    }
}

pub(super) fn bad(reason: &str) -> Error {
    ErrorKind::BadResponse { reason: reason.to_owned() }.into()
}

fn number(text: &str) -> Option<u16> {
    // `parse` would take a sign.
    text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_begins_with_a_code() {
        for (line, expected) in [
            ("220 hello", Some((220, false))),
            ("220-hello", Some((220, true))),
            ("220", Some((220, false))),
            ("220 ", Some((220, false))),
            ("220hello", None),
            ("22", None),
            ("", None),
            ("+20 hello", None),
            ("099 hello", None),
            ("600 hello", None),
            ("SSH-2.0-OpenSSH", None),
            ("\u{0662}\u{0662}\u{0660} hello", None),
        ] {
            assert_eq!(begins(line.as_bytes()), expected, "{line:?}");
        }
    }

    #[test]
    fn ports_are_read_and_addresses_are_not() {
        for (line, expected) in [
            ("229 Entering Extended Passive Mode (|||6446|)", Some(6446)),
            ("229 x (!!!65535!) y", Some(65535)),
            ("229 (|1|10.0.0.1|80|)", Some(80)),
            ("229 (|||0|)", None),
            ("229 (|||65536|)", None),
            ("229 (|||+80|)", None),
            ("229 (|||80)", None),
            ("229 (|||80||)", None),
            ("229 ()", None),
            ("229 (", None),
            ("229 |||80|", None),
        ] {
            assert_eq!(Reply::new(229, line.as_bytes()).extended_port(), expected, "{line:?}");
        }
        for (line, expected) in [
            ("227 Entering Passive Mode (10,0,0,1,25,46).", Some(25 * 256 + 46)),
            ("227 Entering Passive Mode. 127,0,0,1,0,80", Some(80)),
            ("227 =1,2,3,4,255,255", Some(65535)),
            ("227 v1.2 (1,2,3,4,5,6)", Some(5 * 256 + 6)),
            ("227 (1,2,3,4,0,0)", None),
            ("227 (1,2,3,4,256,6)", None),
            ("227 (1,2,3,4,5)", None),
            ("227 (1,2,3,4,5,6,7)", None),
            ("227 (,,,,,)", None),
            ("227 nothing", None),
        ] {
            assert_eq!(Reply::new(227, line.as_bytes()).passive_port(), expected, "{line:?}");
        }
        for (line, expected) in [
            ("213 5", Some(5)),
            ("213  18446744073709551615 ", Some(u64::MAX)),
            ("213 18446744073709551616", None),
            ("213 -1", None),
            ("213 +1", None),
            ("213 ", None),
            ("213 five", None),
        ] {
            assert_eq!(Reply::new(213, line.as_bytes()).size(), expected, "{line:?}");
        }
    }
}
