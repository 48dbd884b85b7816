//! Percent-escaping, for texts that quoting cannot carry.

use crate::cookie::file::Reason;

/// A text of letters, digits, `-_./:` and `%`, never empty. What is UTF-8 stays so, but for its
/// blanks and controls.
pub(super) fn escape(text: &[u8]) -> Vec<u8> {
    if text.is_empty() {
        return b"%".to_vec();
    }
    let mut out = Vec::with_capacity(text.len());
    for chunk in text.utf8_chunks() {
        for character in chunk.valid().chars() {
            let mut buffer = [0; 4];
            let utf8 = character.encode_utf8(&mut buffer).bytes();
            if character.is_alphanumeric() || "-_./:".contains(character) {
                out.extend(utf8);
            } else {
                utf8.for_each(|byte| escape_byte(byte, &mut out));
            }
        }
        chunk.invalid().iter().for_each(|&byte| escape_byte(byte, &mut out));
    }
    out
}

fn escape_byte(byte: u8, out: &mut Vec<u8>) {
    out.extend_from_slice(format!("%{byte:02X}").as_bytes());
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

#[cfg(test)]
mod tests {
    use super::{escape, unescape};

    #[test]
    fn letters_digits_and_a_few_signs_stay_as_they_are() {
        for (text, escaped) in [
            (&b""[..], "%"),
            ("aZ09é-_./:".as_bytes(), "aZ09é-_./:"),
            ("%,; \u{a0}\n".as_bytes(), "%25%2C%3B%20%C2%A0%0A"),
            (b"\xff\xc3z", "%FF%C3z"),
        ] {
            assert_eq!(escape(text), escaped.as_bytes(), "{escaped}");
            assert_eq!(unescape(escaped.as_bytes()).unwrap(), text, "{escaped}");
        }
        assert_eq!(unescape(b"%c3%aF%0a").unwrap(), b"\xc3\xaf\n", "digits of either case");
        for cut in [&b"a%"[..], b"%a", b"%ag", b"%ga"] {
            assert!(unescape(cut).is_err(), "{cut:?}");
        }
    }
}
