//! A cookie as a record, and back: nothing that a cookie can hold is lost. What the scripts look at
//! stands first, where they find it (`lua/common.lua`).

use crate::cookie::Cookie;
use crate::cookie::cookie::Key;
use crate::cookie::extension_av::Attributes;
use crate::cookie::extras::Extras;
use crate::cookie::store::{Stored, owner};

/// How much of a record the body does not have: the creation, and whether the user put it in.
const BEFORE_BODY: usize = 9;

const SECURE: u8 = 1;
const DISCARD: u8 = 1 << 1;
const EXPIRES: u8 = 1 << 2;

// What no script asks for.
const HTTP_ONLY: u16 = 1;
const PATH_SPECIFIED: u16 = 1 << 1;
const DOMAIN_SPECIFIED: u16 = 1 << 2;
const DOMAIN_INITIAL_DOT: u16 = 1 << 3;
const PORT_SPECIFIED: u16 = 1 << 4;
const RFC2109: u16 = 1 << 5;
const HAS_VALUE: u16 = 1 << 6;
const HAS_PORT: u16 = 1 << 7;
const HAS_COMMENT: u16 = 1 << 8;
const HAS_COMMENT_URL: u16 = 1 << 9;

/// The owner of a domain with its labels backwards, `com.example.www`: what lies below
/// `com.example` begins with `com.example.`, and stands together.
pub(super) fn backwards(owner: &str) -> String {
    owner.rsplit('.').collect::<Vec<_>>().join(".")
}

/// Where a cookie lies in the hash of its owner.
pub(super) fn field([domain, path, name]: Key<'_>) -> Vec<u8> {
    let mut field = field_of_path(domain, path);
    field.extend(name);
    field
}

/// What the fields of a domain begin with.
pub(super) fn field_of_domain(domain: &[u8]) -> Vec<u8> {
    vec![if domain.starts_with(b".") { b'.' } else { b' ' }]
}

/// What the fields of a domain and path begin with.
pub(super) fn field_of_path(domain: &[u8], path: &[u8]) -> Vec<u8> {
    let mut field = field_of_domain(domain);
    field.extend(u32::try_from(path.len()).unwrap_or(u32::MAX).to_be_bytes());
    field.extend(path);
    field
}

/// The part of a record that is the cookie.
pub(super) fn body(cookie: &Cookie) -> Vec<u8> {
    let extras = cookie.extras.as_deref();
    let port = extras.and_then(|extras| extras.port.as_deref()).map(str::as_bytes);
    let comment = extras.and_then(|extras| extras.comment.as_deref());
    let comment_url = extras.and_then(|extras| extras.comment_url.as_deref());
    let flag = |on: bool, bit: u16| if on { bit } else { 0 };
    let mark = |on: bool, bit: u8| if on { bit } else { 0 };
    let seen = mark(cookie.secure, SECURE) | mark(cookie.discard, DISCARD) | mark(cookie.expires.is_some(), EXPIRES);
    let flags = flag(cookie.http_only, HTTP_ONLY)
        | flag(cookie.path_specified, PATH_SPECIFIED)
        | flag(cookie.domain_specified, DOMAIN_SPECIFIED)
        | flag(cookie.domain_initial_dot, DOMAIN_INITIAL_DOT)
        | flag(cookie.port_specified, PORT_SPECIFIED)
        | flag(cookie.rfc2109, RFC2109)
        | flag(cookie.value_if_any().is_some(), HAS_VALUE)
        | flag(port.is_some(), HAS_PORT)
        | flag(comment.is_some(), HAS_COMMENT)
        | flag(comment_url.is_some(), HAS_COMMENT_URL);
    let mut body = vec![seen];
    body.extend(cookie.expires.unwrap_or_default().to_be_bytes());
    body.extend(flags.to_be_bytes());
    body.extend(cookie.version.to_be_bytes());
    let texts = [cookie.domain().as_bytes(), cookie.path_bytes(), cookie.name_bytes()];
    let others = [cookie.value_if_any(), port, comment, comment_url];
    for text in texts.into_iter().chain(others.into_iter().flatten()) {
        body.extend(u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes());
        body.extend(text);
    }
    body.extend(cookie.packed());
    body
}

/// The cookie of a record; `None` if whoever wrote it put something else there.
pub(super) fn to_stored(record: &[u8]) -> Option<Stored> {
    let (created, rest) = record.split_first_chunk()?;
    let (by_user, _) = rest.split_first()?;
    let (seen, rest) = record.get(BEFORE_BODY..)?.split_first()?;
    let (expires, rest) = rest.split_first_chunk()?;
    let (flags, rest) = rest.split_first_chunk()?;
    let (version, mut rest) = rest.split_first_chunk()?;
    let flags = u16::from_be_bytes(*flags);
    let has = |bit: u16| flags & bit != 0;
    let mut text = || {
        let (length, behind) = rest.split_first_chunk()?;
        let (text, behind) = behind.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
        rest = behind;
        Some(text)
    };
    let (domain, path, name) = (std::str::from_utf8(text()?).ok()?, text()?, text()?);
    let mut text_if = |bit: u16| if has(bit) { text().map(Some) } else { Some(None) };
    let value = text_if(HAS_VALUE)?;
    let (port, comment, comment_url) = (text_if(HAS_PORT)?, text_if(HAS_COMMENT)?, text_if(HAS_COMMENT_URL)?);
    if !Attributes(rest).are_whole() {
        return None;
    }
    let mut cookie = Cookie::assemble_from((name, value), path, ["", domain], rest);
    cookie.expires = (seen & EXPIRES != 0).then(|| i64::from_be_bytes(*expires));
    cookie.secure = seen & SECURE != 0;
    cookie.discard = seen & DISCARD != 0;
    cookie.version = u32::from_be_bytes(*version);
    cookie.http_only = has(HTTP_ONLY);
    cookie.path_specified = has(PATH_SPECIFIED);
    cookie.domain_specified = has(DOMAIN_SPECIFIED);
    cookie.domain_initial_dot = has(DOMAIN_INITIAL_DOT);
    cookie.port_specified = has(PORT_SPECIFIED);
    cookie.rfc2109 = has(RFC2109);
    let port = port.map(std::str::from_utf8).transpose().ok()?.map(Box::from);
    cookie.extras = Extras { port, comment: comment.map(Box::from), comment_url: comment_url.map(Box::from) }.boxed();
    Some(Stored { cookie: cookie.into(), created: u64::from_be_bytes(*created), by_user: *by_user == 1 })
}

/// The last two labels of an owner. Whatever a list of suffixes says, now or in ten years, all
/// names of a registrable domain have these in common, and so lie in one shard.
pub(super) fn shard(domain: &str) -> &str {
    let owner = owner(domain);
    let dots = owner.rmatch_indices('.').nth(1);
    dots.map_or(owner, |(dot, _)| &owner[dot + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shard_holds_a_registrable_domain() {
        for (domain, expected) in [
            (".www.example.com", "example.com"),
            ("example.com", "example.com"),
            ("com", "com"),
            ("a.b.co.uk", "co.uk"),
            ("", ""),
            ("127.0.0.1", "0.1"),
            ("a..b", ".b"),
        ] {
            assert_eq!(shard(domain), expected, "{domain}");
        }
    }

    #[test]
    fn what_is_no_record_is_none() {
        let cookie = Cookie::new("n", "v", "a.test").with_port("80").with_attribute("SameSite", "Lax");
        let mut record = vec![0; BEFORE_BODY];
        record.extend(body(&cookie));
        assert_eq!(*to_stored(&record).unwrap().cookie, cookie);
        // The attributes are behind all else, and may be cut where one ends.
        let whole = (0..record.len()).filter(|&end| to_stored(&record[..end]).is_some()).count();
        assert_eq!(whole, 1, "without its attributes");
        assert!(to_stored(&[0xff; 64]).is_none());
    }
}
