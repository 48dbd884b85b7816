//! Percent-escaping, for texts that quoting cannot carry.

use crate::cookie::file::Reason;

/// A text of letters, digits, `-_./:` and `%`, never empty.
pub(super) fn escape(text: &[u8]) -> Vec<u8> {
    if text.is_empty() {
        return b"%".to_vec();
    }
    let mut out = Vec::with_capacity(text.len());
    for &byte in text {
        if byte.is_ascii_alphanumeric() || b"-_./:".contains(&byte) {
            out.push(byte);
        } else {
            out.extend_from_slice(format!("%{byte:02X}").as_bytes());
        }
    }
    out
}

/// The text before it was escaped.
pub(super) fn unescape(text: &[u8]) -> Result<Vec<u8>, Reason> {
    if text == b"%" {
        return Ok(Vec::new());
    }
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte == b'%' {
            let (high, low, after) = match after {
                [high, low, after @ ..] => (digit(*high)?, digit(*low)?, after),
                _ => return Err(Reason::BadEscape),
            };
            out.push(high * 16 + low);
            rest = after;
        } else {
            out.push(byte);
        }
    }
    Ok(out)
}

fn digit(byte: u8) -> Result<u8, Reason> {
    match byte {
        b'0'..=b'9' => Ok(byte - b'0'),
        b'a'..=b'f' => Ok(byte - b'a' + 10),
        b'A'..=b'F' => Ok(byte - b'A' + 10),
        _ => Err(Reason::BadEscape),
    }
}
