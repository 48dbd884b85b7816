//! Which bytes a cookie may hold.

use crate::cookie::{Cookie, Refusal};

/// What even a cookie put in by hand must keep to, or it would write headers and cookies of its own.
pub(in crate::cookie) fn storable(cookie: &Cookie) -> Result<(), Refusal> {
    // RFC 9110, section 5.5: "Field values containing CR, LF, or NUL characters are invalid and dangerous", and the
    // other control characters "are also invalid". Servers that reject them would lock the user out of sister sites
    // (CVE-2022-35252). A TAB inside is one of them: it would split a line of a cookie file.
    let fields = [&cookie.name, cookie.value(), &cookie.path, cookie.domain.as_bytes()];
    if fields.into_iter().flatten().any(u8::is_ascii_control) {
        return Err(Refusal::ControlCharacter);
    }
    // RFC 6265, section 4.2.1: `cookie-string = cookie-pair *( ";" SP cookie-pair )`, and a pair is split at its
    // first "=". No parser lets these through, but a cookie put in by hand may hold them.
    if cookie.name.iter().any(|byte| b";=".contains(byte)) || cookie.value().contains(&b';') {
        return Err(Refusal::Separator);
    }
    Ok(())
}

/// Not in an RFC: servers that strip Unicode blanks, in UTF-8 or in Latin-1, would read `\u{a0}__Host-sid` as
/// `__Host-sid`, and so see a prefix that nobody has checked.
pub(super) fn no_blank_before_name(cookie: &Cookie) -> Result<(), Refusal> {
    const LATIN1_BLANKS: [u8; 2] = [0x85, 0xa0];
    let in_latin1 = cookie.name.first().is_some_and(|byte| LATIN1_BLANKS.contains(byte));
    if in_latin1 || cookie.name().starts_with(char::is_whitespace) {
        return Err(Refusal::BlankBeforeName);
    }
    Ok(())
}

/// RFC 6265, section 5.2: "Remove any leading or trailing WSP characters", which are the space and the TAB.
pub(in crate::cookie) fn trim(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = text {
        text = rest;
    }
    text
}
