//! Reading the `Set-Cookie` header.
//!
//! The manner is that of the original's ad-hoc parser, with the attributes of RFC 6265: split at
//! every `;`, split at the first `=`, strip blanks. Nothing is quoted and nothing is escaped, so
//! one pass over the bytes does it.

use std::borrow::Cow;

use super::attributes::{ParseOptions, ParsedCookie};
use crate::cookie::{Reading, Refusal, bytes, rule};

/// The cookie of one header.
pub(in crate::cookie) fn parse<'a>(header: &'a [u8], options: &ParseOptions<'_>) -> Result<ParsedCookie<'a>, Refusal> {
    // 6265bis section 5.6: "If the set-cookie-string contains a %x00-08 / %x0A-1F / %x7F character
    // (CTL characters excluding HTAB): Abort this algorithm and ignore the set-cookie-string
    // entirely."
    if options.reading == Reading::Rfc6265 && bytes::any(header, |byte| byte != b'\t' && byte.is_ascii_control()) {
        return Err(Refusal::ControlCharacter);
    }
    let mut parameters = Parameters(Some(header));
    let (name, value) = match (parameters.next().unwrap_or_default(), options.reading) {
        // "If the name-value-pair string lacks a %x3D ("=") character, then the name string is
        // empty, and the value string is the value of name-value-pair."
        ((text, None), Reading::Rfc6265) => (&[][..], Some(text)),
        (pair, _) => pair,
    };
    // Section 5.7, step 2, ignores what has neither a name nor a value, and the original what has
    // no name.
    if name.is_empty() && (options.reading == Reading::Classic || value.is_none_or(<[u8]>::is_empty)) {
        return Err(Refusal::NoName);
    }
    let mut said =
        ParsedCookie { name: Cow::Borrowed(name), value: value.map(Cow::Borrowed), ..ParsedCookie::default() };
    for (attribute, value) in parameters.filter(|(attribute, _)| !attribute.is_empty()) {
        said.read(attribute, value.map(Cow::Borrowed), options);
    }
    said.finish(options)?;
    Ok(said)
}

/// What stands between the `;`s: `name=value`, or a name alone.
struct Parameters<'a>(Option<&'a [u8]>);

impl<'a> Iterator for Parameters<'a> {
    type Item = (&'a [u8], Option<&'a [u8]>);

    fn next(&mut self) -> Option<Self::Item> {
        let text = self.0?;
        // Names are short, so that looking byte by byte is the quickest; values are not.
        let name_end = text.iter().position(|byte| matches!(byte, b'=' | b';')).unwrap_or(text.len());
        let name = rule::trim(&text[..name_end]);
        if text.get(name_end) != Some(&b'=') {
            self.0 = text.get(name_end + 1..);
            return Some((name, None));
        }
        let text = &text[name_end + 1..];
        let value_end = memchr::memchr(b';', text).unwrap_or(text.len());
        self.0 = text.get(value_end + 1..);
        Some((name, Some(rule::trim(&text[..value_end]))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cookie::Limits;
    use crate::cookie::extension_av::Attributes;

    #[test]
    fn a_repeated_attribute_is_the_last_one() {
        let options = ParseOptions { reading: Reading::Rfc6265, limits: &Limits::DEFAULT };
        let said = parse(b"a=b; Path=/x; PATH = /y ;Secure=;secure; x=1; X=2", &options).unwrap();
        assert!(said.secure && said.path.as_deref() == Some(b"/y"), "{said:?}");
        assert!(Attributes(&said.rest).eq([(&b"X"[..], Some(&b"2"[..]))]), "{said:?}");
    }
}
