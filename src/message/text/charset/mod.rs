//! In which charset a text is, as browsers find it (WHATWG HTML section 13.2.3), and that text.

mod prescan;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, X_USER_DEFINED};

pub(crate) use prescan::{in_content, prescan};

/// The charset of this label, if anybody knows it.
pub(crate) fn known(label: impl AsRef<[u8]>) -> Option<&'static Encoding> {
    Encoding::for_label(label.as_ref())
}

/// The charset of a page that names this one in its own markup: what can be read as ASCII is not in
/// UTF-16.
pub(crate) fn of_markup(named: &'static Encoding) -> &'static Encoding {
    match named {
        _ if is_utf16(named) => UTF_8,
        _ if named == X_USER_DEFINED => WINDOWS_1252,
        _ => named,
    }
}

pub(crate) fn is_utf16(encoding: &Encoding) -> bool {
    encoding == UTF_16LE || encoding == UTF_16BE
}

/// The labels in a `Content-Type`, in lower case. It is read generously: the media type may be
/// missing, and a comma or a blank stand where a semicolon should. What is in quotes is no
/// parameter.
pub(crate) fn labels(content_type: &[u8]) -> Vec<String> {
    let is_border = |byte: u8| byte.is_ascii_whitespace() || matches!(byte, b';' | b',');
    let (mut labels, mut at) = (Vec::new(), 0);
    let mut begins = true;
    while let Some(&byte) = content_type.get(at) {
        let rest = content_type.get(at..).unwrap_or_default();
        if byte == b'"' {
            at += quoted(rest).map_or(rest.len(), |text| text.len() + 2);
        } else if let Some(text) = after_name(rest).filter(|_| begins) {
            let (value, behind) = value(text, is_border);
            at = content_type.len() - behind.len();
            let label = String::from_utf8_lossy(value.trim_ascii()).to_ascii_lowercase();
            labels.extend(Some(label).filter(|label| !label.is_empty()));
            continue;
        } else {
            at += 1;
        }
        begins = is_border(byte);
    }
    labels
}

/// What follows `charset =` at the beginning of this text.
fn after_name(text: &[u8]) -> Option<&[u8]> {
    let (name, rest) = text.split_at_checked(b"charset".len())?;
    let rest = rest.trim_ascii_start().strip_prefix(b"=")?;
    name.eq_ignore_ascii_case(b"charset").then(|| rest.trim_ascii_start())
}

/// A value, in quotes of either kind (the second of which may be missing) or up to a byte that ends
/// it; and what is behind it.
fn value(text: &[u8], is_end: impl Fn(u8) -> bool) -> (&[u8], &[u8]) {
    match text.first() {
        Some(b'"' | b'\'') => match quoted(text) {
            Some(value) => (value, text.get(value.len() + 2..).unwrap_or_default()),
            None => (text.get(1..).unwrap_or_default(), &[]),
        },
        _ => text.split_at(text.iter().position(|&byte| is_end(byte)).unwrap_or(text.len())),
    }
}

/// What stands between the quote at the beginning and the next one.
fn quoted(text: &[u8]) -> Option<&[u8]> {
    let (quote, rest) = text.split_first()?;
    rest.get(..rest.iter().position(|byte| byte == quote)?)
}

/// Bytes in the charset of their mark, else in this one, else in the likeliest, as text.
pub(crate) fn decode(bytes: Vec<u8>, named: Option<&'static Encoding>) -> String {
    match named {
        Some(encoding) => encoding.decode(&bytes).0.into_owned(),
        None if Encoding::for_bom(&bytes).is_some() => UTF_8.decode(&bytes).0.into_owned(),
        None => String::from_utf8(bytes)
            .unwrap_or_else(|error| WINDOWS_1252.decode_without_bom_handling(error.as_bytes()).0.into_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_content_type_is_read_generously() {
        for (says, content_type, expected) in [
            ("as it should be", "text/html; charset=UTF-8", "utf-8"),
            ("in any case, with blanks", "text/html;\tCharSet = Utf-8 ; a=b", "utf-8"),
            ("in quotes", "text/html; charset=\"utf-8\"", "utf-8"),
            ("in quotes that are none", "text/html; charset='utf-8'", "utf-8"),
            ("in half of them", "text/html; charset=\"utf-8", "utf-8"),
            ("without a media type", "charset=koi8-r", "koi8-r"),
            ("behind a semicolon alone", "; charset=koi8-r", "koi8-r"),
            ("behind a comma", "text/html, charset=koi8-r", "koi8-r"),
            ("behind a blank", "text/html charset=koi8-r", "koi8-r"),
            ("behind two semicolons", "text/html;; charset=koi8-r;", "koi8-r"),
            ("before another media type", "text/html; charset=koi8-r, text/html", "koi8-r"),
            ("several", "text/html; charset=a; charset=b, text/html;charset=c", "a b c"),
            ("an empty one, and another", "text/html; charset=; charset=b", "b"),
            ("nothing in quotes", "text/html; charset=\"\"", ""),
            ("no value", "text/html; charset", ""),
            ("another word", "text/html; xcharset=a; charsets=b; charset=c", "c"),
            ("within the value of another", "text/html; a=\"; charset=b\"; charset=c", "c"),
            ("nothing", "", ""),
        ] {
            assert_eq!(labels(content_type.as_bytes()).join(" "), expected, "{says}");
        }
    }
}
