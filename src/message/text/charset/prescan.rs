//! [`prescan`]: the charset that a page names in its first kilobyte (WHATWG HTML section 13.2.3.2).
//!
//! This is the standard's own reading of bytes, which is not that of its tokenizer: a page is
//! prescanned before anybody knows what its bytes mean. Each function is one of the standard's
//! algorithms.

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};

use super::{known, of_markup, quoted};

/// How many bytes are looked at: 1024, as the standard recommends and browsers do.
const PRESCAN_LIMIT: usize = 1024;

/// The charset that the beginning of an HTML page names.
pub(crate) fn prescan(page: &[u8]) -> Option<&'static Encoding> {
    let page = page.get(..PRESCAN_LIMIT).unwrap_or(page);
    match page {
        // An XML declaration in UTF-16.
        [b'<', 0, b'?', 0, b'x', 0, ..] => Some(UTF_16LE),
        [0, b'<', 0, b'?', 0, b'x', ..] => Some(UTF_16BE),
        _ => Bytes(page).charset().or_else(|| in_xml_declaration(page)),
    }
}

/// The charset in the `content` of a meta element ("extracting a character encoding from a meta
/// element"): what follows `charset` and `=`, wherever that stands.
pub(crate) fn in_content(content: &[u8]) -> Option<&'static Encoding> {
    const NAME: &[u8] = b"charset";
    let mut rest = content;
    loop {
        let at = rest.windows(NAME.len()).position(|word| word.eq_ignore_ascii_case(NAME))?;
        rest = rest.get(at + NAME.len()..)?.trim_ascii_start();
        if let Some(value) = rest.strip_prefix(b"=") {
            let value = value.trim_ascii_start();
            let is_end = |&byte: &u8| byte.is_ascii_whitespace() || byte == b';';
            return match value.first()? {
                b'"' | b'\'' => known(quoted(value)?),
                _ => known(value.split(is_end).next()?),
            };
        }
    }
}

/// "Get an XML encoding".
fn in_xml_declaration(page: &[u8]) -> Option<&'static Encoding> {
    const NAME: &[u8] = b"encoding";
    let declaration = page.strip_prefix(b"<?xml")?;
    let declaration = declaration.get(..declaration.iter().position(|&byte| byte == b'>')?)?;
    let at = declaration.windows(NAME.len()).position(|word| word == NAME)?;
    let rest = without_blanks(declaration.get(at + NAME.len()..)?).strip_prefix(b"=")?;
    let value = without_blanks(rest);
    let label = quoted(value).filter(|_| matches!(value.first(), Some(b'"' | b'\'')))?;
    if label.iter().any(|&byte| byte <= b' ') {
        return None;
    }
    known(label).map(of_markup)
}

/// Control characters are blanks in an XML declaration.
fn without_blanks(text: &[u8]) -> &[u8] {
    text.get(text.iter().take_while(|&&byte| byte <= b' ').count()..).unwrap_or_default()
}

/// What is left of the page. Where it ends before what was begun, there is nothing more to be
/// found.
struct Bytes<'a>(&'a [u8]);

/// A name and a value, in lower case.
type Attribute = (Vec<u8>, Vec<u8>);

impl Bytes<'_> {
    fn charset(&mut self) -> Option<&'static Encoding> {
        loop {
            match self.0 {
                [] => return None,
                // A comment may end with the two dashes that begin it.
                [b'<', b'!', b'-', b'-', ..] => {
                    self.skip(2);
                    self.skip_behind(b"-->")?;
                }
                [b'<', m, e, t, a, b'/' | b'\t' | b'\n' | 0x0c | b'\r' | b' ', ..]
                    if [*m, *e, *t, *a].eq_ignore_ascii_case(b"meta") =>
                {
                    self.skip(5);
                    if let Some(charset) = self.meta()? {
                        return Some(charset);
                    }
                }
                [b'<', b'/', letter, ..] | [b'<', letter, ..] if letter.is_ascii_alphabetic() => {
                    let is_end = |&byte: &u8| byte.is_ascii_whitespace() || byte == b'>';
                    self.skip(self.0.iter().position(is_end)?);
                    while self.attribute()?.is_some() {}
                }
                [b'<', b'!' | b'/' | b'?', ..] => self.skip_behind(b">")?,
                [_, ..] => self.skip(1),
            }
        }
    }

    /// The charset of a meta element. The outer `None` is the end of the page.
    fn meta(&mut self) -> Option<Option<&'static Encoding>> {
        // Of the charset: null, failure, or one.
        let (mut names, mut got_pragma, mut need_pragma, mut charset) = (Vec::new(), false, None, None);
        while let Some((name, value)) = self.attribute()? {
            if names.contains(&name) {
                continue;
            }
            match name.as_slice() {
                b"http-equiv" => got_pragma = value == b"content-type",
                b"content" if charset.is_none() => {
                    if let Some(found) = in_content(&value) {
                        (charset, need_pragma) = (Some(Some(found)), Some(true));
                    }
                }
                b"charset" => (charset, need_pragma) = (Some(known(&value)), Some(false)),
                _ => {}
            }
            names.push(name);
        }
        let counts = need_pragma.is_some_and(|needed| got_pragma || !needed);
        Some(charset.flatten().filter(|_| counts).map(of_markup))
    }

    /// "Get an attribute". The outer `None` is the end of the page, the inner one that of the tag.
    fn attribute(&mut self) -> Option<Option<Attribute>> {
        self.skip_while(|byte| byte.is_ascii_whitespace() || byte == b'/');
        if *self.0.first()? == b'>' {
            return Some(None);
        }
        // An equals sign may begin a name, and not stand within.
        let within = self.0.get(1..)?;
        let is_end = |&byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>' | b'=');
        let name = self.0.get(..within.iter().position(is_end)? + 1)?.to_ascii_lowercase();
        self.skip(name.len());
        self.skip_while(|byte| byte.is_ascii_whitespace());
        if *self.0.first()? != b'=' {
            return Some(Some((name, Vec::new())));
        }
        self.skip(1);
        self.skip_while(|byte| byte.is_ascii_whitespace());
        let value = match self.0.first()? {
            b'"' | b'\'' => {
                let value = quoted(self.0)?;
                self.skip(value.len() + 2);
                value.to_ascii_lowercase()
            }
            _ => {
                let is_end = |&byte: &u8| byte.is_ascii_whitespace() || byte == b'>';
                let value = self.0.get(..self.0.iter().position(is_end)?)?.to_ascii_lowercase();
                self.skip(value.len());
                value
            }
        };
        Some(Some((name, value)))
    }

    fn skip(&mut self, count: usize) {
        self.0 = self.0.get(count..).unwrap_or_default();
    }

    fn skip_while(&mut self, passes: impl Fn(u8) -> bool) {
        self.skip(self.0.iter().take_while(|&&byte| passes(byte)).count());
    }

    fn skip_behind(&mut self, end: &[u8]) -> Option<()> {
        let at = self.0.windows(end.len()).position(|part| part == end)?;
        self.skip(at + end.len());
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected is what html5lib's and web-platform-tests' pages of the prescan expect, or a
    /// sentence of the standard.
    #[test]
    fn a_page_is_prescanned_as_the_standard_says() {
        for (page, expected) in [
            ("", None),
            ("<meta charset=koi8-r>", Some("KOI8-R")),
            ("<META\u{c}CharSet = ' KOI8-R '>", Some("KOI8-R")),
            ("<meta/charset=koi8-r/>", None),
            ("<meta/charset=koi8-r />", Some("KOI8-R")),
            ("<meta charset=koi8-r", None),
            ("<meta charset='koi8-r>", None),
            ("<metacharset=koi8-r>", None),
            ("<metadata charset=koi8-r>", None),
            ("<meta><meta charset=koi8-r>", Some("KOI8-R")),
            ("<meta charset=koi8-r charset=utf-8>", Some("KOI8-R")),
            ("<meta charset=own><meta charset=koi8-r>", Some("KOI8-R")),
            ("<meta charset=own http-equiv=content-type content='charset=koi8-r'>", None),
            ("<meta http-equiv=content-type content='charset=koi8-r' charset=utf-8>", Some("UTF-8")),
            ("<meta http-equiv=content-type content='charset=koi8-r'>", Some("KOI8-R")),
            ("<meta content='charset=koi8-r' http-equiv='CONTENT-TYPE'>", Some("KOI8-R")),
            ("<meta http-equiv=refresh content='charset=koi8-r'>", None),
            ("<meta http-equiv=refresh http-equiv=content-type content='charset=koi8-r'>", None),
            ("<meta content='charset=koi8-r'>", None),
            ("<!-- <meta charset=utf-8> --><meta charset=koi8-r>", Some("KOI8-R")),
            ("<!--><meta charset=koi8-r>", Some("KOI8-R")),
            ("<!-- <meta charset=koi8-r>", None),
            ("<title a='<meta charset=utf-8>'></title><meta charset=koi8-r>", Some("KOI8-R")),
            ("<script>'<meta charset=koi8-r>'</script>", Some("KOI8-R")),
            ("<p <meta charset=koi8-r>", None),
            ("</p <x><meta charset=koi8-r>", Some("KOI8-R")),
            ("<!doctype '><meta charset=koi8-r>", Some("KOI8-R")),
            ("<?php '<meta charset=utf-8>' ?><meta charset=koi8-r>", Some("KOI8-R")),
            ("< meta charset=utf-8><meta charset=koi8-r>", Some("KOI8-R")),
            ("<meta =charset=utf-8 charset=koi8-r>", Some("KOI8-R")),
            ("<meta charset=utf-16be>", Some("UTF-8")),
            ("<meta charset=x-user-defined>", Some("windows-1252")),
            ("<?xml version='1.0' encoding='koi8-r'?>", Some("KOI8-R")),
            ("<?xml encoding = \"koi8-r\"?><meta charset=utf-8>", Some("UTF-8")),
            ("<?xml encoding='koi8-r ' ?>", None),
            ("<?xml encoding=koi8-r ?>", None),
            ("<?xml ?><a encoding='koi8-r'>", None),
            (" <?xml encoding='koi8-r'?>", None),
            ("<\0?\0x\0", Some("UTF-16LE")),
            ("\0<\0?\0x", Some("UTF-16BE")),
        ] {
            assert_eq!(prescan(page.as_bytes()).map(Encoding::name), expected, "{page}");
        }
    }

    #[test]
    fn the_charset_of_a_content_is_what_follows_the_word() {
        for (content, expected) in [
            ("text/html; charset=koi8-r", Some("KOI8-R")),
            ("text/html, charset = koi8-r", Some("KOI8-R")),
            ("charset\n=\t'koi8-r'x", Some("KOI8-R")),
            ("xcharset=koi8-r;", Some("KOI8-R")),
            ("charset charset=koi8-r", Some("KOI8-R")),
            ("charset=\"koi8-r", None),
            ("charset='koi8-r", None),
            ("charset=koi8-r, utf-8", None),
            ("charset=", None),
            ("charset=own; charset=koi8-r", None),
            ("koi8-r", None),
        ] {
            assert_eq!(in_content(content.as_bytes()).map(Encoding::name), expected, "{content}");
        }
    }
}
