//! What the stores of all browsers have in common: rows become cookies, or there is a reason.

use super::database::{Database, Row};
use crate::cookie::Cookie;
use crate::cookie::file::{FormatError, LINE_LIMIT, Loaded, Reason, lines::has_control, mozilla};

/// The cookies of a table, in the order in which they were made: in that order they are sent.
/// `cookie` gives a row's, and when it was made.
pub(super) fn cookies(
    database: &Database,
    table: &str,
    needed: &[&'static str],
    wanted: &[&'static str],
    cookie: impl Fn(&Row<'_>) -> Result<(i64, Cookie), Reason>,
) -> Result<Loaded, FormatError> {
    let (mut made, mut loaded, mut number) = (Vec::new(), Loaded::default(), 0);
    database.read(table, needed, wanted, |row| {
        number += 1;
        match cookie(row) {
            Ok(cookie) => made.push(cookie),
            Err(reason) => loaded.skip_record(number, reason),
        }
    })?;
    made.sort_by_key(|(time, _)| *time);
    loaded.cookies = made.into_iter().map(|(_, cookie)| cookie).collect();
    Ok(loaded)
}

/// A session cookie. A dot before the host says that hosts below it get the cookie too.
pub(super) fn assemble(name: &[u8], value: &[u8], host: &[u8], path: &[u8]) -> Result<Cookie, Reason> {
    let texts = [name, value, host, path];
    if texts.iter().map(|text| text.len()).sum::<usize>() > LINE_LIMIT {
        return Err(Reason::TooLong);
    }
    if texts.into_iter().any(has_control) {
        return Err(Reason::ControlCharacter);
    }
    let (name, value) = match (name, value) {
        (b"", b"") => return Err(Reason::NoName),
        // As `Set-Cookie: seen` sets it.
        (b"", value) => (value, None),
        (name, value) => (name, Some(value)),
    };
    let domain = mozilla::domain(host, host.starts_with(b"."))?;
    let path = if path.is_empty() { b"/" } else { path };
    let mut cookie = Cookie::assemble(name, value, path, &domain);
    (cookie.domain_specified, cookie.domain_initial_dot) = (cookie.is_dotted(), cookie.is_dotted());
    Ok(cookie)
}

/// The cookie with the attribute `SameSite`, if the number is one: 0, 1 and 2 are the same in all
/// browsers.
pub(super) fn with_same_site(cookie: Cookie, number: Option<i64>) -> Cookie {
    match number {
        Some(0) => cookie.with_attribute("SameSite", "None"),
        Some(1) => cookie.with_attribute("SameSite", "Lax"),
        Some(2) => cookie.with_attribute("SameSite", "Strict"),
        _ => cookie,
    }
}
