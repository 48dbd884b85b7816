//! Which bytes a cookie may hold.

use crate::cookie::{Cookie, Refusal, bytes};

/// What even a cookie put in by hand must keep to, or it would write headers and cookies of its
/// own.
pub(in crate::cookie) fn storable(cookie: &Cookie, strict: bool) -> Result<(), Refusal> {
    // RFC 9110 section 5.5: "Field values containing CR, LF, or NUL characters are invalid and
    // dangerous", and the other control characters "are also invalid". Servers that reject them
    // would lock the user out of sister sites (CVE-2022-35252). A TAB inside is one of them: it
    // would split a line of a cookie file.
    let refused = |byte: u8| byte.is_ascii_control() && (strict || b"\r\n\0".contains(&byte));
    if cookie.has_control && bytes::any(cookie.texts(), refused) {
        return Err(Refusal::ControlCharacter);
    }
    // RFC 6265 section 4.2.1: `cookie-string = cookie-pair *( ";" SP cookie-pair )`, and a pair is
    // split at its first "=". Only a quoted value of Set-Cookie2 and a cookie put in by hand can
    // hold them.
    if cookie.name_bytes().contains(&b'=') || bytes::any(cookie.pair_bytes(), |byte| byte == b';') {
        return Err(Refusal::Separator);
    }
    port_is_plain(cookie)?;
    stays_in_quotes(cookie)
}

/// RFC 2965 section 3.2.2: `portlist = 1#portnum`. The list is written into the header as it is.
fn port_is_plain(cookie: &Cookie) -> Result<(), Refusal> {
    let plain = |byte: u8| byte.is_ascii_digit() || b", ".contains(&byte);
    if cookie.port().is_none_or(|port| port.bytes().all(plain)) { Ok(()) } else { Err(Refusal::MalformedPort) }
}

/// RFC 2965 section 3.3.4, puts path and domain between quotes, out of which they must not lead.
fn stays_in_quotes(cookie: &Cookie) -> Result<(), Refusal> {
    let quoted = || cookie.path_bytes().iter().chain(cookie.domain_bytes());
    if cookie.version == 0 {
        return Ok(());
    }
    if quoted().any(u8::is_ascii_control) {
        return Err(Refusal::ControlCharacter);
    }
    if quoted().any(|&byte| byte == b'"') { Err(Refusal::Separator) } else { Ok(()) }
}

/// What a header can hold: RFC 9110 section 5.5, allows "SP / HTAB" and visible characters. One
/// cookie with another would keep all of them at home, since HTTP libraries refuse such a header as
/// a whole.
pub(in crate::cookie) fn sendable(cookie: &Cookie) -> Result<(), Refusal> {
    let refused = |byte: u8| byte.is_ascii_control() && byte != b'\t';
    let is_refused = cookie.has_control && bytes::any(cookie.pair_bytes(), refused);
    if is_refused { Err(Refusal::ControlCharacter) } else { Ok(()) }
}

/// RFC 2965 section 3.3.4, puts `$Version`, `$Path`, `$Domain` and `$Port` among the cookies. A
/// server that speaks it would take a Netscape cookie of that name for its protocol, and then read
/// `$Version=1,__Host-sid=evil` as a cookie with a prefix that nobody has checked.
pub(in crate::cookie) fn no_reserved_name(cookie: &Cookie) -> Result<(), Refusal> {
    const RESERVED: [&[u8]; 4] = [b"$Version", b"$Path", b"$Domain", b"$Port"];
    // A cookie without a name may say as much in its value.
    let sent = cookie.as_pair().0;
    // Hardly a cookie goes further than this.
    if !sent.first().is_some_and(|&first| first == b'$' || first <= b' ') {
        return Ok(());
    }
    let name = trim(sent.split(|&byte| byte == b'=').next().unwrap_or_default());
    if cookie.version == 0 && RESERVED.iter().any(|reserved| reserved.eq_ignore_ascii_case(name)) {
        return Err(Refusal::DollarBeforeName);
    }
    Ok(())
}

/// Not in an RFC: servers that strip Unicode blanks, in UTF-8 or in Latin-1, would read
/// `\u{a0}__Host-sid` as `__Host-sid`, and so see a prefix that nobody has checked.
pub(in crate::cookie) fn no_blank_before_name(cookie: &Cookie) -> Result<(), Refusal> {
    const LATIN1_BLANKS: [u8; 2] = [0x85, 0xa0];
    let sent = cookie.as_pair().0;
    if !sent.first().is_some_and(|&byte| !byte.is_ascii() || byte.is_ascii_whitespace()) {
        return Ok(());
    }
    // Four bytes are the longest character.
    let start = String::from_utf8_lossy(&sent[..sent.len().min(4)]);
    if LATIN1_BLANKS.contains(&sent[0]) || start.starts_with(char::is_whitespace) {
        return Err(Refusal::BlankBeforeName);
    }
    Ok(())
}

/// RFC 6265 section 5.2: "Remove any leading or trailing WSP characters". Where a control character
/// does not refuse the header, the original strips these as well.
pub(in crate::cookie) fn trim(mut text: &[u8]) -> &[u8] {
    if let [first, .., last] = text
        && *first > b' '
        && *last > b' '
    {
        return text;
    }
    while let [b' ' | b'\t'..=b'\r', rest @ ..] | [rest @ .., b' ' | b'\t'..=b'\r'] = text {
        text = rest;
    }
    text
}
