//! A cookie as a row of the database, and back: nothing that a cookie can hold is lost.

use rusqlite::types::ValueRef;
use rusqlite::{Row, Statement, params};

use crate::cookie::Cookie;
use crate::cookie::extension_av::Attributes;
use crate::cookie::extras::Extras;
use crate::cookie::store::{Stored, owner};

// What SQL never asks for is a bit in `flags`.
const HTTP_ONLY: i64 = 1;
const PATH_SPECIFIED: i64 = 1 << 1;
const DOMAIN_SPECIFIED: i64 = 1 << 2;
const DOMAIN_INITIAL_DOT: i64 = 1 << 3;
const PORT_SPECIFIED: i64 = 1 << 4;
const RFC2109: i64 = 1 << 5;

/// Executes [`PUT`](super::statements::PUT).
pub(super) fn put(statement: &mut Statement<'_>, cookie: &Cookie, by_user: bool) -> rusqlite::Result<()> {
    let extras = cookie.extras.as_deref();
    let attributes = Some(cookie.packed()).filter(|packed| !packed.is_empty());
    statement.execute(params![
        backwards(cookie.owner()),
        cookie.domain(),
        cookie.path_bytes(),
        cookie.name_bytes(),
        cookie.value_if_any(),
        cookie.expires,
        cookie.secure,
        cookie.discard,
        by_user,
        flags(cookie),
        cookie.version,
        extras.and_then(|extras| extras.port.as_deref()),
        extras.and_then(|extras| extras.comment.as_deref()),
        extras.and_then(|extras| extras.comment_url.as_deref()),
        attributes,
    ])?;
    Ok(())
}

/// The cookie in a row of the columns that the statements name; `None` if whoever wrote the row put
/// something else there.
pub(super) fn to_stored(row: &Row<'_>) -> rusqlite::Result<Option<Stored>> {
    let column = |index| row.get_ref(index);
    let (domain, path, name) = (column(0)?, column(1)?, column(2)?);
    let (value, expires) = (column(3)?, column(4)?);
    let (secure, discard, by_user) = (column(5)?, column(6)?, column(7)?);
    let (created, flags, version) = (column(8)?, column(9)?, column(10)?);
    let (extras, attributes) = ([column(11)?, column(12)?, column(13)?], column(14)?);
    Ok((|| {
        let domain = domain.as_str().ok()?;
        let (path, name, value) = (path.as_blob().ok()?, name.as_blob().ok()?, value.as_blob_or_null().ok()?);
        let flags = flags.as_i64().ok()?;
        let attributes = attributes.as_blob_or_null().ok()?.unwrap_or_default();
        if !Attributes(attributes).are_whole() {
            return None;
        }
        let mut cookie = Cookie::assemble_from((name, value), path, ["", domain], attributes);
        cookie.expires = expires.as_i64_or_null().ok()?;
        cookie.secure = truth(secure)?;
        cookie.discard = truth(discard)?;
        cookie.version = u32::try_from(version.as_i64().ok()?).ok()?;
        cookie.http_only = flags & HTTP_ONLY != 0;
        cookie.path_specified = flags & PATH_SPECIFIED != 0;
        cookie.domain_specified = flags & DOMAIN_SPECIFIED != 0;
        cookie.domain_initial_dot = flags & DOMAIN_INITIAL_DOT != 0;
        cookie.port_specified = flags & PORT_SPECIFIED != 0;
        cookie.rfc2109 = flags & RFC2109 != 0;
        if extras.iter().any(|column| *column != ValueRef::Null) {
            cookie.extras = to_extras(extras)?.boxed();
        }
        let created = u64::try_from(created.as_i64().ok()?).ok()?;
        Some(Stored { cookie: cookie.into(), created, by_user: truth(by_user)? })
    })())
}

/// The owner of a domain with its labels backwards, `com.example.www`: what lies below
/// `com.example` begins with `com.example.`, and stands together.
pub(super) fn backwards(owner: &str) -> String {
    let mut text = String::with_capacity(owner.len());
    for label in owner.rsplit('.') {
        text.push_str(label);
        text.push('.');
    }
    text.pop();
    text
}

/// [`backwards`], of the owner that a domain has.
pub(super) fn owner_backwards(domain: &str) -> String {
    backwards(owner(domain))
}

fn flags(cookie: &Cookie) -> i64 {
    let all = [
        (cookie.http_only, HTTP_ONLY),
        (cookie.path_specified, PATH_SPECIFIED),
        (cookie.domain_specified, DOMAIN_SPECIFIED),
        (cookie.domain_initial_dot, DOMAIN_INITIAL_DOT),
        (cookie.port_specified, PORT_SPECIFIED),
        (cookie.rfc2109, RFC2109),
    ];
    all.into_iter().filter(|(on, _)| *on).map(|(_, bit)| bit).sum()
}

fn truth(value: ValueRef<'_>) -> Option<bool> {
    match value {
        ValueRef::Integer(0) => Some(false),
        ValueRef::Integer(1) => Some(true),
        _ => None,
    }
}

fn to_extras([port, comment, comment_url]: [ValueRef<'_>; 3]) -> Option<Extras> {
    Some(Extras {
        port: port.as_str_or_null().ok()?.map(Box::from),
        comment: comment.as_blob_or_null().ok()?.map(Box::from),
        comment_url: comment_url.as_blob_or_null().ok()?.map(Box::from),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owners_are_spelled_backwards_label_by_label() {
        for (owner, expected) in [
            ("www.example.com", "com.example.www"),
            ("com", "com"),
            ("", ""),
            ("a..b", "b..a"),
            ("example.", ".example"),
            ("127.0.0.1", "1.0.0.127"),
        ] {
            assert_eq!(backwards(owner), expected);
            assert_eq!(backwards(expected), owner, "and back");
        }
    }
}
