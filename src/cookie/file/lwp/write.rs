//! A cookie, as the words of a line.

use std::borrow::Cow;
use std::str;

use super::escape::escape;
use super::read;
use crate::cookie::{Cookie, header, time2iso};

type Text<'a> = Cow<'a, [u8]>;
type Pair<'a> = (Text<'a>, Option<Text<'a>>);

/// The line, if every reader of the format takes it for this cookie: it is read back, and compared.
pub(super) fn faithful_line(cookie: &Cookie) -> Option<Vec<u8>> {
    let pairs = standard(cookie, time2iso).into_iter().chain(rest(cookie)).collect::<Vec<_>>();
    // Python reads the file as UTF-8 and takes all of Unicode's blanks for the end of a name.
    let is_name = |(name, _): &Pair<'_>| str::from_utf8(name).is_ok_and(|name| !name.contains(char::is_whitespace));
    if !pairs.iter().all(is_name) {
        return None;
    }
    let line = header::join_words(&pairs);
    let text = str::from_utf8(&line).ok()?;
    if text.contains(|character: char| character.is_control() && character != '\t') {
        return None;
    }
    let mut lists = header::split_lists(&line);
    let (Some(pairs), None) = (lists.pop(), lists.pop()) else {
        return None;
    };
    read::plain(pairs, false).is_ok_and(|back| back == *cookie).then_some(line)
}

/// The line as it is, for [`as_lwp_str`](crate::cookie::FileCookieJar::as_lwp_str).
pub(in crate::cookie::file) fn plain_line(cookie: &Cookie) -> Vec<u8> {
    faithful_line(cookie).map_or_else(
        || [super::ESCAPED, b" ", &escaped_line(cookie)].concat(),
        |line| [super::PLAIN, b" ", &line].concat(),
    )
}

/// The line with every text escaped.
pub(super) fn escaped_line(cookie: &Cookie) -> Vec<u8> {
    let escaped = |text: &Text<'_>| Cow::Owned(escape(text));
    let mut pairs = standard(cookie, |expires| expires.to_string());
    for (_, value) in &mut pairs {
        *value = value.as_ref().map(escaped);
    }
    if let Some((name, _)) = pairs.first_mut() {
        *name = Cow::Owned(escape(name));
    }
    // The plain form derives these; here everything is said.
    pairs.retain(|(name, _)| **name != *b"domain_spec");
    if cookie.domain_specified {
        pairs.push((Cow::Borrowed(b"domain_spec"), None));
    }
    let rest = rest(cookie).map(|(name, value)| {
        let name = [b"+", escape(&name).as_slice()].concat();
        (Cow::Owned(name), value.as_ref().map(escaped))
    });
    pairs.extend(rest);
    header::join_words(&pairs)
}

/// The name and all but the attributes that no protocol knows.
fn standard(cookie: &Cookie, date: impl Fn(i64) -> String) -> Vec<Pair<'_>> {
    let extras = cookie.extras.as_deref();
    let text = |text: Option<&Box<[u8]>>| -> Option<Text<'_>> { text.map(|text| Cow::Owned(text.to_vec())) };
    let version = Cow::Owned(cookie.version.to_string().into_bytes());
    let expires = cookie.expires.map(|expires| Cow::Owned(date(expires).into_bytes()));
    let port = cookie.port().map(|port| Cow::Borrowed(port.as_bytes()));
    // Whether each is there, and what it says. The domain is taken for specified if it begins with a dot.
    let words: [(&'static str, bool, Option<Text<'_>>); 13] = [
        ("path", true, Some(Cow::Borrowed(cookie.path_bytes()))),
        ("domain", true, Some(Cow::Borrowed(cookie.domain_bytes()))),
        ("port", port.is_some(), port),
        ("path_spec", cookie.path_specified, None),
        ("port_spec", cookie.port_specified, None),
        ("domain_dot", cookie.domain_initial_dot, None),
        ("domain_spec", cookie.domain_specified && !cookie.is_dotted(), None),
        ("secure", cookie.secure, None),
        ("expires", expires.is_some(), expires),
        ("discard", cookie.discard, None),
        ("comment", extras.is_some_and(|e| e.comment.is_some()), text(extras.and_then(|e| e.comment.as_ref()))),
        (
            "commenturl",
            extras.is_some_and(|e| e.comment_url.is_some()),
            text(extras.and_then(|e| e.comment_url.as_ref())),
        ),
        ("rfc2109", cookie.rfc2109, None),
    ];
    let mut pairs: Vec<Pair<'_>> = vec![(Cow::Borrowed(cookie.name_bytes()), cookie.value_if_any().map(Cow::Borrowed))];
    let said = words.into_iter().filter(|(_, there, _)| *there);
    pairs.extend(said.map(|(name, _, value)| (Cow::Borrowed(name.as_bytes()), value)));
    pairs.push((Cow::Borrowed(b"version"), Some(version)));
    pairs
}

/// The attributes that no protocol knows, in the order in which they came.
fn rest(cookie: &Cookie) -> impl Iterator<Item = Pair<'_>> {
    let http_only = cookie.http_only.then_some((Cow::Borrowed(&b"HttpOnly"[..]), None));
    let extras = cookie.extras.iter().flat_map(|extras| &extras.rest);
    let rest = extras.map(|(name, value)| (Cow::Borrowed(&**name), value.as_deref().map(Cow::Borrowed)));
    http_only.into_iter().chain(rest)
}
