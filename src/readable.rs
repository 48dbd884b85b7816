//! Bytes from elsewhere as text, and text that can be shown on one line.

use std::borrow::Cow;

/// Bytes of a header as text: UTF-8 where they are that, else Latin-1 (RFC 9110 section 5.5).
pub(crate) fn text(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(bytes.iter().map(|&byte| char::from(byte)).collect()),
    }
}

/// The text with every control character escaped, so that a message stays on its line and cannot
/// drive a terminal.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() || matches!(character, '\u{2028}' | '\u{2029}') {
            out.extend(character.escape_default());
        } else {
            out.push(character);
        }
    }
    out
}
