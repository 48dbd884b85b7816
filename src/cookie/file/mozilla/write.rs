//! A cookie, as a line.

use super::read;
use crate::cookie::Cookie;

/// The line, or why it cannot be written: it is read back, and must be this cookie and no other.
pub(super) fn line(cookie: &Cookie, python_sessions: bool) -> Result<Vec<u8>, &'static str> {
    let downgraded = downgrade(cookie);
    let expires = match downgraded.expires {
        Some(expires) => expires.to_string(),
        None if python_sessions => String::new(),
        None => "0".to_owned(),
    };
    // As in Python and in browsers, a cookie without a value is one without a name.
    let (name, value) = match cookie.has_value() {
        true => (cookie.name_bytes(), cookie.value()),
        false => (&b""[..], cookie.name_bytes()),
    };
    let columns = [
        cookie.domain_bytes(),
        truth(cookie.is_dotted()),
        cookie.path_bytes(),
        truth(cookie.secure),
        expires.as_bytes(),
        name,
        value,
    ];
    if columns.iter().copied().flatten().any(u8::is_ascii_control) {
        return Err("there is a control character in it");
    }
    let prefix = if cookie.http_only { read::HTTP_ONLY } else { b"" };
    let line = [prefix, &columns.join(&b'\t')].concat();
    match read::line(&line) {
        Ok(Some(back)) if back == downgraded => Ok(line),
        Ok(Some(_)) => Err("it would be read as another cookie"),
        Ok(None) => Err("it would be read as a comment"),
        Err(_) => Err("it could not be read again"),
    }
}

fn truth(yes: bool) -> &'static [u8] {
    if yes { b"TRUE" } else { b"FALSE" }
}

/// What of the cookie the format has room for.
fn downgrade(cookie: &Cookie) -> Cookie {
    let value = cookie.value_if_any();
    let mut down = Cookie::assemble(cookie.name_bytes(), value, cookie.path_bytes(), cookie.domain());
    // A `0` would bring an expired cookie back to life for a session.
    down.expires = cookie.expires.map(|expires| expires.max(1));
    down.discard = down.expires.is_none();
    (down.secure, down.http_only) = (cookie.secure, cookie.http_only);
    (down.domain_specified, down.domain_initial_dot) = (cookie.is_dotted(), cookie.is_dotted());
    down
}
