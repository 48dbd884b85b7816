//! One spelling for paths and patterns, so that they can be compared byte by byte (RFC 9309 section
//! 2.2.2).

use url::{Position, Url};

/// The path and query of a URL as they are compared: ASCII, and without `*` and `$`, which only
/// patterns have.
pub(super) fn path(url: &Url) -> String {
    normal(&url[Position::BeforePath..Position::AfterQuery], false)
}

/// A pattern as it is compared: ASCII; a `*` in it is a wildcard. The `$` of its end is not part of
/// it.
pub(super) fn pattern(text: &str) -> String {
    normal(text, true)
}

/// Unreserved characters stand for themselves, in escapes too; everything outside the reserved ones
/// is escaped, with hexadecimal digits in upper case. In a query that goes for the delimiters as
/// well, which mean the same there whether they are escaped or not: RFC 9309 has
/// `?baz=https://foo.bar` and `?baz=https%3A%2F%2Ffoo.bar` match.
fn normal(text: &str, wildcards: bool) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let (mut rest, mut in_query) = (text.as_bytes(), false);
    loop {
        rest = match rest {
            [] => return out,
            &[b'%', high, low, ref after @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                let byte = (digit(high) << 4) | digit(low);
                if is_unreserved(byte) || (in_query && b":/?@[]".contains(&byte)) {
                    out.push(char::from(byte));
                } else {
                    escape(&mut out, byte);
                }
                after
            }
            &[byte, ref after @ ..] => {
                in_query |= byte == b'?';
                let stands = match byte {
                    b'*' => wildcards,
                    b'$' => false,
                    // A `%` that escapes nothing is one on both sides.
                    _ => is_unreserved(byte) || b":/?#[]@!&'()+,;=%".contains(&byte),
                };
                if stands {
                    out.push(char::from(byte));
                } else {
                    escape(&mut out, byte);
                }
                after
            }
        };
    }
}

/// RFC 3986 section 2.3.
fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}

pub(super) fn escape(out: &mut String, byte: u8) {
    let digit = |value: u8| char::from(if value < 10 { b'0' + value } else { b'A' - 10 + value });
    out.extend(['%', digit(byte >> 4), digit(byte & 15)]);
}

/// The value of a hexadecimal digit.
fn digit(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => byte - b'0',
        _ => (byte | 0x20).wrapping_sub(b'a') + 10,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_are_spelled_alike() {
        for (given, pattern_form, path_form, sentence) in [
            ("/a-b_c.d~e", "/a-b_c.d~e", "/a-b_c.d~e", "nothing to do"),
            ("/%7Euser/%2d%61", "/~user/-a", "/~user/-a", "what needs no escape has none"),
            ("/a%2fb%3a", "/a%2Fb%3A", "/a%2Fb%3A", "a delimiter in a path keeps its escape"),
            ("/a?b=%2f%3A&c=/", "/a?b=/:&c=/", "/a?b=/:&c=/", "in a query it needs none"),
            ("/é|\" ", "/%C3%A9%7C%22%20", "/%C3%A9%7C%22%20", "what no URL may hold is escaped"),
            ("/a*b$c%2A%24", "/a*b%24c%2A%24", "/a%2Ab%24c%2A%24", "wildcards are those of patterns"),
            ("/100%/%zz%", "/100%/%zz%", "/100%/%zz%", "a percent sign that escapes nothing"),
        ] {
            assert_eq!(pattern(given), pattern_form, "{sentence}: {given:?}");
            assert_eq!(normal(given, false), path_form, "{sentence}: {given:?}");
            assert_eq!(pattern(pattern_form), pattern_form, "{sentence}: twice is once");
        }
    }
}
