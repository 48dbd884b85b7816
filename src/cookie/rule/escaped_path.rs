//! One spelling for each path, as the original had it: what cannot stand in a URL is escaped, and
//! escapes are in upper case. RFC 2965 section 3.3.4, compares paths as RFC 2396 compares URLs,
//! where `%7e` is `%7E`.

use std::borrow::Cow;

/// The path of a URL.
pub(in crate::cookie) fn escaped_path(path: &str) -> Cow<'_, str> {
    match escaped(path.as_bytes(), false) {
        Cow::Borrowed(_) => Cow::Borrowed(path),
        // Nothing but ASCII is ever put in the place of a byte, so this is text as the path was.
        Cow::Owned(path) => Cow::Owned(String::from_utf8_lossy(&path).into_owned()),
    }
}

/// The path of a cookie. Bytes that are not ASCII are kept, and so are control characters, for
/// which a rule refuses the cookie; unless all is to be escaped, as in URLs and in the original.
pub(in crate::cookie) fn escaped(path: &[u8], all: bool) -> Cow<'_, [u8]> {
    let stay = if all { &IS_SAFE } else { &IS_KEPT };
    let stays = |byte: u8| stay[usize::from(byte)];
    if path.iter().all(|&byte| stays(byte)) {
        return Cow::Borrowed(path);
    }
    let mut out = Vec::with_capacity(path.len() + 8);
    let mut rest = path;
    while let [byte, after @ ..] = rest {
        rest = after;
        match (byte, after) {
            (b'%', [high, low, after @ ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                out.extend([b'%', high.to_ascii_uppercase(), low.to_ascii_uppercase()]);
                rest = after;
            }
            (&byte, _) if byte == b'%' || stays(byte) => out.push(byte),
            (&byte, _) => out.extend([b'%', hex(byte >> 4), hex(byte & 15)]),
        }
    }
    Cow::Owned(out)
}

/// What is not ASCII, and what is a control character, beside what is safe.
const IS_KEPT: [bool; 256] = {
    let (mut kept, mut byte) = (IS_SAFE, 0);
    while byte < 256 {
        kept[byte] |= byte >= 128 || (byte as u8).is_ascii_control();
        byte += 1;
    }
    kept
};

/// RFC 2396 section 2: unreserved and reserved characters, but for the `%` that something may be
/// behind.
const IS_SAFE: [bool; 256] = {
    let (mut safe, mut byte) = ([false; 256], 0);
    while byte < 128 {
        let is_mark = matches!(byte as u8, b'_' | b'.' | b'-' | b'~' | b'/' | b';' | b':' | b'@' | b'&' | b'=');
        let is_other = matches!(byte as u8, b'+' | b'$' | b',' | b'!' | b'*' | b'\'' | b'(' | b')');
        safe[byte] = (byte as u8).is_ascii_alphanumeric() || is_mark || is_other;
        byte += 1;
    }
    safe
};

fn hex(digit: u8) -> u8 {
    if digit < 10 { b'0' + digit } else { b'A' - 10 + digit }
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn a_path_has_one_spelling() {
        for (given, kept, all) in [
            ("/a/b", "/a/b", "/a/b"),
            ("/a b", "/a%20b", "/a%20b"),
            ("/%7eme/%2f", "/%7Eme/%2F", "/%7Eme/%2F"),
            ("/%zz%", "/%zz%", "/%zz%"),
            ("/%7z/%z7", "/%7z/%z7", "/%7z/%z7"),
            ("/\"<>[]|", "/%22%3C%3E%5B%5D%7C", "/%22%3C%3E%5B%5D%7C"),
            ("/é", "/é", "/%C3%A9"),
        ] {
            assert_eq!(escaped(given.as_bytes(), false), kept.as_bytes(), "{given}");
            assert_eq!(escaped(given.as_bytes(), true), all.as_bytes(), "{given}");
        }
    }
}
