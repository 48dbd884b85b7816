//! Reading and writing headers that are lists of words: `Set-Cookie2` (RFC 2965), and the lines of
//! LWP's cookie files.
//!
//! Cookies are separated by commas, their attributes by semicolons or blanks, and values may be
//! quoted, with `\` before a `"` or `\` inside. The reading is as liberal as libwww-perl's: what
//! fits nowhere is passed over.

use std::borrow::Cow;

use super::attributes::{ParseOptions, ParsedCookie, Text};
use crate::cookie::{Reading, Refusal, bytes};

/// A name, and a value if there was a `=`.
pub(in crate::cookie) type Pair<'a> = (Text<'a>, Option<Text<'a>>);

/// The cookies of one `Set-Cookie2` header, or why one of them cannot be read.
pub(in crate::cookie) fn split<'a>(
    header: &'a [u8],
    options: &ParseOptions<'_>,
) -> Vec<Result<ParsedCookie<'a>, Refusal>> {
    if options.reading == Reading::Rfc6265 && bytes::any(header, |byte| byte != b'\t' && byte.is_ascii_control()) {
        return vec![Err(Refusal::ControlCharacter)];
    }
    split_words(header).into_iter().map(|pairs| said(pairs, options)).collect()
}

fn said<'a>(pairs: Vec<Pair<'a>>, options: &ParseOptions<'_>) -> Result<ParsedCookie<'a>, Refusal> {
    let mut pairs = pairs.into_iter();
    let (name, value) = pairs.next().ok_or(Refusal::NoName)?;
    let mut said = ParsedCookie { name, value, ..ParsedCookie::default() };
    for (attribute, value) in pairs {
        said.read(&attribute, value, options);
    }
    said.finish(options)?;
    Ok(said)
}

/// The lists of pairs between the commas. One pass: no byte is looked at more than a few times.
pub(in crate::cookie) fn split_words(header: &[u8]) -> Vec<Vec<Pair<'_>>> {
    let mut words = Words { text: header, at: 0, no_more_quotes: false };
    let (mut lists, mut pairs) = (Vec::new(), Vec::new());
    while words.at < header.len() {
        words.skip(is_space);
        let name = words.take(|byte| !is_space(byte) && !b"=;,".contains(&byte));
        if !name.is_empty() {
            let value = words.value();
            pairs.push((Cow::Borrowed(name), value));
        } else if words.peek() == Some(b',') {
            words.at += 1;
            if !pairs.is_empty() {
                lists.push(std::mem::take(&mut pairs));
            }
        } else {
            words.skip(|byte| is_space(byte) || byte == b'=' || byte == b';');
        }
    }
    if !pairs.is_empty() {
        lists.push(pairs);
    }
    lists
}

struct Words<'a> {
    text: &'a [u8],
    at: usize,
    /// Whether a search for a closing quote has come to the end in vain. Every later one would,
    /// too: it would begin behind a quote that this search has passed as an escaped one.
    no_more_quotes: bool,
}

impl<'a> Words<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn take(&mut self, is_part: impl Fn(u8) -> bool) -> &'a [u8] {
        let start = self.at;
        self.skip(is_part);
        &self.text[start..self.at]
    }

    fn skip(&mut self, is_part: impl Fn(u8) -> bool) {
        let rest = &self.text[self.at..];
        self.at += rest.iter().position(|&byte| !is_part(byte)).unwrap_or(rest.len());
    }

    /// What follows a name: `= value`, `= "a value"`, or nothing, in which case nothing is taken.
    fn value(&mut self) -> Option<Text<'a>> {
        let before = self.at;
        self.skip(is_space);
        if self.peek() != Some(b'=') {
            self.at = before;
            return None;
        }
        self.at += 1;
        self.skip(is_space);
        if self.peek() == Some(b'"')
            && let Some(value) = self.quoted()
        {
            return Some(value);
        }
        Some(Cow::Borrowed(self.take(|byte| !is_space(byte) && byte != b';' && byte != b',')))
    }

    /// The text between two quotes, or None if there is no second.
    fn quoted(&mut self) -> Option<Text<'a>> {
        let inside = &self.text[self.at + 1..];
        let (mut end, mut escaped) = (0, false);
        loop {
            match inside.get(end) {
                Some(b'"') => break,
                Some(b'\\') => (end, escaped) = (end + 2, true),
                Some(_) => end += 1,
                None => self.no_more_quotes = true,
            }
            if self.no_more_quotes {
                return None;
            }
        }
        self.at += end + 2;
        let inside = &inside[..end];
        Some(if escaped { Cow::Owned(unescape(inside)) } else { Cow::Borrowed(inside) })
    }
}

/// Takes the `\` from before each byte that it stands before.
fn unescape(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.iter();
    while let Some(&byte) = bytes.next() {
        out.push(if byte == b'\\' { bytes.next().copied().unwrap_or(byte) } else { byte });
    }
    out
}

/// Writes a word of a list: `foo=bar`, `port="80,81"`, `discard`. What is more than letters, digits
/// and `_` is quoted.
pub(in crate::cookie) fn write_word(name: &[u8], value: Option<&[u8]>, out: &mut Vec<u8>) {
    out.extend_from_slice(name);
    let Some(value) = value else {
        return;
    };
    out.push(b'=');
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if !value.is_empty() && !bytes::any(value, |byte| !is_word(byte)) {
        return out.extend_from_slice(value);
    }
    out.push(b'"');
    if bytes::any(value, |byte| matches!(byte, b'"' | b'\\')) {
        for &byte in value {
            if matches!(byte, b'"' | b'\\') {
                out.push(b'\\');
            }
            out.push(byte);
        }
    } else {
        out.extend_from_slice(value);
    }
    out.push(b'"');
}

/// The original's `\s`, in ASCII.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(header: &str) -> String {
        let text = |bytes: &Text<'_>| String::from_utf8_lossy(bytes).into_owned();
        let pair = |(name, value): &Pair<'_>| match value {
            Some(value) => format!("{}=<{}>", text(name), text(value)),
            None => text(name),
        };
        let list = |pairs: &Vec<Pair<'_>>| pairs.iter().map(pair).collect::<Vec<_>>().join(" ");
        split_words(header.as_bytes()).iter().map(list).collect::<Vec<_>>().join(" | ")
    }

    #[test]
    fn words_are_split_as_in_libwww_perl() {
        for (header, expected) in [
            ("", ""),
            ("foo", "foo"),
            ("foo=bar", "foo=<bar>"),
            ("   foo   ", "foo"),
            ("   foo=   ", "foo=<>"),
            ("   foo= ;", "foo=<>"),
            ("foo= bar=baz", "foo=<bar=baz>"),
            ("foo=bar bar=baz", "foo=<bar> bar=<baz>"),
            ("foo;bar", "foo bar"),
            ("foo=bar;bar=baz", "foo=<bar> bar=<baz>"),
            (r#"foo="bar"; port="80,81"; discard, bar=baz"#, "foo=<bar> port=<80,81> discard | bar=<baz>"),
            (r#"Basic realm="\"foo\\\bar\"""#, r#"Basic realm=<"foo\bar">"#),
            (r#"foo="a b"c"#, "foo=<a b> c"),
            (r#"foo="open; bar"#, r#"foo=<"open> bar"#),
            (r#"foo="open\"; bar="x"#, r#"foo=<open"; bar=> x"#),
            ("a, b,c=d", "a | b | c=<d>"),
            (",,;;=a=", "a=<>"),
            ("n; foo=\"foo;_\", bar=foo,bar", "n foo=<foo;_> | bar=<foo> | bar"),
        ] {
            assert_eq!(shown(header), expected, "{header}");
        }
    }

    #[test]
    fn words_are_written_with_as_few_quotes_as_can_be() {
        for (value, expected) in
            [(Some("bar"), "foo=bar"), (Some("a\"\\ "), r#"foo="a\"\\ ""#), (None, "foo"), (Some(""), r#"foo="""#)]
        {
            let mut out = Vec::new();
            write_word(b"foo", value.map(str::as_bytes), &mut out);
            assert_eq!(String::from_utf8_lossy(&out), expected);
        }
    }
}
