//! A cookie as a row of the database, and back: nothing that a cookie can hold is lost.

use rusqlite::types::ValueRef;
use rusqlite::{Row, Statement, params};

use crate::cookie::Cookie;
use crate::cookie::extras::{Attribute, Extras};
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
    let attributes = extras.map(|extras| encode(&extras.rest)).filter(|bytes| !bytes.is_empty());
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

/// The cookie in a row of the columns that the statements name; `None` if whoever wrote the row put something else
/// there.
pub(super) fn to_stored(row: &Row<'_>) -> rusqlite::Result<Option<Stored>> {
    let column = |index| row.get_ref(index);
    let (domain, path, name) = (column(0)?, column(1)?, column(2)?);
    let (value, expires) = (column(3)?, column(4)?);
    let (secure, discard, by_user) = (column(5)?, column(6)?, column(7)?);
    let (created, flags, version) = (column(8)?, column(9)?, column(10)?);
    let extras = [column(11)?, column(12)?, column(13)?, column(14)?];
    Ok((|| {
        let domain = domain.as_str().ok()?;
        let (path, name, value) = (path.as_blob().ok()?, name.as_blob().ok()?, value.as_blob_or_null().ok()?);
        let flags = flags.as_i64().ok()?;
        let mut cookie = Cookie::assemble(name, value, path, domain);
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

/// The owner of a domain with its labels backwards, `com.example.www`: what lies below `com.example` begins with
/// `com.example.`, and stands together.
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

fn to_extras([port, comment, comment_url, attributes]: [ValueRef<'_>; 4]) -> Option<Extras> {
    Some(Extras {
        port: port.as_str_or_null().ok()?.map(Box::from),
        comment: comment.as_blob_or_null().ok()?.map(Box::from),
        comment_url: comment_url.as_blob_or_null().ok()?.map(Box::from),
        rest: decode(attributes.as_blob_or_null().ok()?.unwrap_or_default())?,
    })
}

/// Each attribute is the length of its name, the name, one more than the length of its value or 0 if it has none, and
/// the value; lengths are four bytes, the lowest first.
fn encode(attributes: &[Attribute]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let push_length = |bytes: &mut Vec<u8>, length: usize| {
        // SQLite takes no text of more than 10^9 bytes, so this one will be refused.
        bytes.extend_from_slice(&u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
    };
    for (name, value) in attributes {
        push_length(&mut bytes, name.len());
        bytes.extend_from_slice(name);
        push_length(&mut bytes, value.as_ref().map_or(0, |value| value.len() + 1));
        bytes.extend_from_slice(value.as_deref().unwrap_or_default());
    }
    bytes
}

fn decode(mut bytes: &[u8]) -> Option<Vec<Attribute>> {
    let mut attributes = Vec::new();
    while !bytes.is_empty() {
        let name = take_length(&mut bytes)?;
        let name = take(&mut bytes, name)?.into();
        let value = match take_length(&mut bytes)?.checked_sub(1) {
            Some(length) => Some(take(&mut bytes, length)?.into()),
            None => None,
        };
        attributes.push((name, value));
    }
    Some(attributes)
}

fn take_length(bytes: &mut &[u8]) -> Option<usize> {
    let (length, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    usize::try_from(u32::from_le_bytes(*length)).ok()
}

fn take<'a>(bytes: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(taken)
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

    #[test]
    fn attributes_come_back_and_nonsense_is_none() {
        let attributes: Vec<Attribute> = vec![
            (Box::from(&b"SameSite"[..]), Some(Box::from(&b"Lax"[..]))),
            (Box::from(&b"Partitioned"[..]), None),
            (Box::from(&b""[..]), Some(Box::from(&b""[..]))),
        ];
        let bytes = encode(&attributes);
        assert!(decode(&bytes) == Some(attributes));
        assert!(decode(b"") == Some(Vec::new()));
        for end in 1..bytes.len() {
            let whole = decode(&bytes[..end]).map(|some| some.len());
            assert!(whole.is_none() || encode(&decode(&bytes[..end]).unwrap()).len() == end, "cut at {end}");
        }
        assert!(decode(b"\xff\xff\xff\xffx").is_none(), "no room for that");
    }
}
