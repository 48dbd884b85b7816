//! Which bytes a cookie may hold.

use crate::cookie::{Cookie, Refusal};

/// What even a cookie put in by hand must keep to, or it would write headers and cookies of its own.
pub(in crate::cookie) fn storable(cookie: &Cookie, strict: bool) -> Result<(), Refusal> {
    let name = cookie.name_bytes();
    let fields = [name, cookie.value(), cookie.path_bytes(), cookie.domain_bytes()];
    // RFC 9110, section 5.5: "Field values containing CR, LF, or NUL characters are invalid and dangerous", and the
    // other control characters "are also invalid". Servers that reject them would lock the user out of sister sites
    // (CVE-2022-35252). A TAB inside is one of them: it would split a line of a cookie file.
    let refused = |byte: &u8| byte.is_ascii_control() && (strict || b"\r\n\0".contains(byte));
    if fields.into_iter().flatten().any(refused) {
        return Err(Refusal::ControlCharacter);
    }
    // RFC 6265, section 4.2.1: `cookie-string = cookie-pair *( ";" SP cookie-pair )`, and a pair is split at its
    // first "=". Only a quoted value of Set-Cookie2 and a cookie put in by hand can hold them.
    if name.iter().any(|byte| b";=".contains(byte)) || cookie.value().contains(&b';') {
        return Err(Refusal::Separator);
    }
    Ok(())
}

/// Not in an RFC: servers that strip Unicode blanks, in UTF-8 or in Latin-1, would read `\u{a0}__Host-sid` as
/// `__Host-sid`, and so see a prefix that nobody has checked.
pub(in crate::cookie) fn no_blank_before_name(cookie: &Cookie) -> Result<(), Refusal> {
    const LATIN1_BLANKS: [u8; 2] = [0x85, 0xa0];
    let in_latin1 = cookie.name_bytes().first().is_some_and(|byte| LATIN1_BLANKS.contains(byte));
    if in_latin1 || cookie.name().starts_with(char::is_whitespace) {
        return Err(Refusal::BlankBeforeName);
    }
    Ok(())
}

/// RFC 6265, section 5.2: "Remove any leading or trailing WSP characters". Where a control character does not refuse
/// the header, the original strips these as well.
pub(in crate::cookie) fn trim(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t'..=b'\r', rest @ ..] | [rest @ .., b' ' | b'\t'..=b'\r'] = text {
        text = rest;
    }
    text
}
