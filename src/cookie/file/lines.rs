//! A text file, whatever its encoding and line ends, as numbered lines of UTF-8.

use std::borrow::Cow;
use std::iter;

use encoding_rs::{UTF_16BE, UTF_16LE};

use super::FormatError;
use crate::cookie::bytes::any;

/// The text without a byte order mark, and UTF-16 as UTF-8. Editors and shells of Windows save it
/// so.
pub(super) fn decoded(bytes: &[u8]) -> Result<Cow<'_, [u8]>, FormatError> {
    let (encoding, text) = match bytes {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => {
            return Err(FormatError::new("the file is UTF-32; save it as UTF-8"));
        }
        [0xff, 0xfe, text @ ..] => (UTF_16LE, text),
        [0xfe, 0xff, text @ ..] => (UTF_16BE, text),
        // Without a mark, two ASCII characters tell.
        [1..=0x7f, 0, 1..=0x7f, 0, ..] => (UTF_16LE, bytes),
        [0, 1..=0x7f, 0, 1..=0x7f, ..] => (UTF_16BE, bytes),
        _ => return Ok(Cow::Borrowed(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes))),
    };
    match encoding.decode_without_bom_handling_and_without_replacement(text) {
        Some(text) => Ok(Cow::Owned(text.into_owned().into_bytes())),
        None => Err(FormatError::new("the file is UTF-16, but damaged or cut off")),
    }
}

/// The lines with their numbers and without their ends, which may be `\n`, `\r\n` or `\r`. Several
/// `\r` are one end, as that of a file that was turned to `\r\n` twice.
pub(super) fn lines(text: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let (mut rest, mut number) = (Some(text), 0);
    iter::from_fn(move || {
        let text = rest?;
        let end = memchr::memchr2(b'\r', b'\n', text);
        rest = end.map(|end| {
            let returns = text[end..].iter().take_while(|&&byte| byte == b'\r').count();
            let behind = &text[end + returns..];
            behind.strip_prefix(b"\n").unwrap_or(behind)
        });
        number += 1;
        Some((number, end.map_or(text, |end| &text[..end])))
    })
}

/// Whether there is a byte that would end a line or a header somewhere, or be dropped on the way. A
/// TAB is for the format to judge.
pub(super) fn has_control(text: &[u8]) -> bool {
    any(text, |byte| byte.is_ascii_control() && byte != b'\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_as_all_systems_end_them() {
        for (sentence, text, expected) in [
            ("nothing", "", vec![""]),
            ("no end", "a", vec!["a"]),
            ("Unix", "a\nb\n", vec!["a", "b", ""]),
            ("Windows", "a\r\n\r\nb", vec!["a", "", "b"]),
            ("old Macs", "a\rb\r", vec!["a", "b", ""]),
            ("turned to Windows' twice", "a\r\r\nb\r\r\n", vec!["a", "b", ""]),
            ("all in one file", "a\nb\r\nc\rd\r\r\ne", vec!["a", "b", "c", "d", "e"]),
        ] {
            let found: Vec<&[u8]> = lines(text.as_bytes()).map(|(_, line)| line).collect();
            assert_eq!(found, expected.iter().map(|line| line.as_bytes()).collect::<Vec<_>>(), "{sentence}");
            assert!(lines(text.as_bytes()).map(|(number, _)| number).eq(1..=expected.len()), "{sentence}");
        }
    }

    #[test]
    fn encodings_are_told_by_their_marks() {
        let utf16 = |text: &str, order: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(order).collect::<Vec<u8>>();
        for (sentence, bytes, expected) in [
            ("none", b"# \xff".to_vec(), Ok(&b"# \xff"[..])),
            ("UTF-8", b"\xef\xbb\xbfa".to_vec(), Ok(b"a")),
            ("UTF-16, little end first", utf16("\u{feff}# \u{e9}", u16::to_le_bytes), Ok("# \u{e9}".as_bytes())),
            ("UTF-16, big end first", utf16("\u{feff}# \u{e9}", u16::to_be_bytes), Ok("# \u{e9}".as_bytes())),
            ("the same without its mark", utf16("# a", u16::to_le_bytes), Ok(b"# a")),
            ("and in the other order", utf16("# a", u16::to_be_bytes), Ok(b"# a")),
            ("a mark alone", b"\xff\xfe".to_vec(), Ok(b"")),
            ("half a character", b"\xff\xfea\0b".to_vec(), Err("the file is UTF-16, but damaged or cut off")),
            ("half a pair", b"\xff\xfe\0\xd8a\0".to_vec(), Err("the file is UTF-16, but damaged or cut off")),
            ("UTF-32", b"\xff\xfe\0\0a\0\0\0".to_vec(), Err("the file is UTF-32; save it as UTF-8")),
        ] {
            let found = decoded(&bytes);
            assert_eq!(found.as_deref().map_err(FormatError::reason), expected, "{sentence}");
        }
    }
}
