//! What is shown in the place of secrets: of headers, cookies and URLs.

use std::borrow::Cow;

use http::HeaderValue;
use url::Url;

use crate::readable::{escaped, text};

/// What stands in a secret's place.
pub(crate) const HIDDEN: &str = "***";

/// How much of a `data:` URL is shown, in bytes; a URL is ASCII.
const DATA_SHOWN: usize = 60;

/// Whose secrets are hidden.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    /// Nothing.
    None,
    /// Passwords only: what someone debugging a login needs to see, its cookies, stays.
    Passwords,
    /// The credentials a request carries: passwords and the `Cookie` header.
    Request,
    /// Those, and the cookies that a server sets.
    All,
}

/// A header's value as it may be shown.
pub(crate) fn header<'a>(name: &str, value: &'a HeaderValue, level: Level) -> Cow<'a, str> {
    if value.is_sensitive() && level != Level::None {
        return Cow::Borrowed(HIDDEN);
    }
    if hides(name, level) {
        return Cow::Owned(escaped(&hidden(name, &text(value.as_bytes()))));
    }
    let shown = text(value.as_bytes());
    if level != Level::None && holds_url(name) { without_userinfo(shown) } else { shown }
}

/// What may be shown of a header's value that is a secret: of cookies the names, and of those that
/// a server sets the attributes (`sid=***; Path=/; HttpOnly`); of all else nothing.
pub(crate) fn hidden(name: &str, value: &str) -> String {
    let of_server = name.len() > "Cookie2".len();
    match name.to_ascii_lowercase().as_str() {
        "cookie" | "cookie2" | "set-cookie" | "set-cookie2" => {
            let pieces = value.split(';').enumerate();
            let shown = pieces.map(|(index, piece)| match of_server && index > 0 {
                true => hidden_attribute(piece.trim()),
                false => hidden_pair(piece.trim()),
            });
            shown.collect::<Vec<_>>().join("; ")
        }
        _ => HIDDEN.to_owned(),
    }
}

/// A cookie without its value; one without a name may be nothing but a secret.
fn hidden_pair(pair: &str) -> String {
    match pair.split_once('=') {
        Some((name, _)) if !name.trim().is_empty() => format!("{}={HIDDEN}", name.trim_end()),
        _ if pair.is_empty() => String::new(),
        _ => HIDDEN.to_owned(),
    }
}

/// An attribute as it is, if it is one; what only stands where they do may be another cookie.
fn hidden_attribute(attribute: &str) -> String {
    const ATTRIBUTES: [&str; 14] = [
        "Path",
        "Domain",
        "Expires",
        "Max-Age",
        "Secure",
        "HttpOnly",
        "SameSite",
        "Partitioned",
        "Priority",
        "Version",
        "Port",
        "Comment",
        "CommentURL",
        "Discard",
    ];
    let (name, value) = attribute.split_once('=').unwrap_or((attribute, ""));
    let is_known = ATTRIBUTES.iter().any(|known| known.eq_ignore_ascii_case(name.trim()));
    match is_known && !value.contains('=') {
        true => attribute.to_owned(),
        false => hidden_pair(attribute),
    }
}

/// Whether this header's value is a URL, or holds one.
pub(crate) fn holds_url(name: &str) -> bool {
    const NAMES: [&str; 5] = ["Location", "Content-Location", "URI", "Referer", "Refresh"];
    NAMES.iter().any(|other| other.eq_ignore_ascii_case(name))
}

/// A text with a URL in it, without the URL's userinfo.
pub(crate) fn without_userinfo(text: Cow<'_, str>) -> Cow<'_, str> {
    let Some(authority) = text.find("//").map(|at| at + 2) else {
        return text;
    };
    let end = text[authority..].find(['/', '?', '#', '\\']).map_or(text.len(), |at| authority + at);
    match text[authority..end].rfind('@') {
        Some(at) => Cow::Owned(format!("{}{HIDDEN}{}", &text[..authority], &text[authority + at..])),
        None => text,
    }
}

/// Whether this header's value is a secret at this level.
pub(crate) fn hides(name: &str, level: Level) -> bool {
    let is_one_of = |names: &[&str]| names.iter().any(|other| other.eq_ignore_ascii_case(name));
    (level != Level::None && is_one_of(&["Authorization", "Proxy-Authorization"]))
        || (matches!(level, Level::Request | Level::All) && is_one_of(&["Cookie"]))
        || (level == Level::All && is_one_of(&["Set-Cookie", "Set-Cookie2"]))
}

/// A URL without its password: the user's name may be shown, what follows the colon may not. Of a
/// `data:` URL, which is its own content, the beginning is shown.
pub(crate) fn url(url: &Url) -> String {
    if url.scheme() == "data" {
        let text = url.as_str();
        return text.get(..DATA_SHOWN).map_or_else(|| text.to_owned(), |start| format!("{start}..."));
    }
    if let Some((_, rest)) = url.as_str().split_once('@').filter(|_| url.cannot_be_a_base()) {
        // `user:password@host`, which somebody wrote without its `http://`, is a URL whose scheme
        // is the user.
        return format!("{}:{HIDDEN}@{}", url.scheme(), rest.rsplit('@').next().unwrap_or(rest));
    }
    if url.password().is_none() {
        return url.to_string();
    }
    let mut shown = url.clone();
    match shown.set_password(Some(HIDDEN)) {
        Ok(()) => shown.to_string(),
        Err(()) => url.scheme().to_owned(),
    }
}

/// The text of a URL that could not be parsed: everything before the last `@` of the authority may
/// be a password.
pub(crate) fn unparsed_url(text: &str) -> String {
    // Slashes behind anything but a scheme do not begin an authority: they may be part of the
    // password themselves.
    let is_after_scheme = |at: &usize| text[..*at].split_once(':').map_or(*at == 0, |(_, rest)| rest.is_empty());
    let authority = text.find("//").filter(is_after_scheme).map_or(0, |at| at + 2);
    let end = text[authority..].find(['/', '?', '#']).map_or(text.len(), |at| authority + at);
    // A password may hold an unescaped slash, so an `@` anywhere counts when there is none in the
    // authority.
    let at = text[authority..end].rfind('@').or_else(|| text[authority..].rfind('@'));
    match at {
        Some(at) => escaped(&format!("{}{HIDDEN}{}", &text[..authority], &text[authority + at..])),
        None => escaped(text),
    }
}

/// `Debug` for what holds code, connections or secrets: the name alone.
macro_rules! opaque_debug {
    ($($name:ident)*) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    )*};
}

pub(crate) use opaque_debug;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_cookies_the_names_are_shown() {
        for (name, given, shown) in [
            ("Cookie", "sid=31d4; a=1", "sid=***; a=***"),
            ("cookie", "31d4", "***"),
            ("Cookie", "=31d4;", "***; "),
            ("Set-Cookie", "sid=31d4; Path=/; HttpOnly", "sid=***; Path=/; HttpOnly"),
            (
                "set-cookie",
                "sid=31=d4; expires=Wed, 09 Feb 1994 22:23:32 GMT",
                "sid=***; expires=Wed, 09 Feb 1994 22:23:32 GMT",
            ),
            ("Set-Cookie", "31d4; Secure", "***; Secure"),
            ("Set-Cookie", "a=1; Path=/, b=31d4; c=31d4; 31d4", "a=***; Path=***; c=***; ***"),
            ("Authorization", "Basic c2VjcmV0; Path=/", "***"),
        ] {
            assert_eq!(hidden(name, given), shown, "{name}: {given}");
        }
    }

    #[test]
    fn no_password_is_ever_shown() {
        for (given, shown) in [
            ("http://user:secret@h/", "http://user:***@h/"),
            ("http://user@h/", "http://user@h/"),
            ("http://h/a@b", "http://h/a@b"),
            ("user:secret@h/a?b", "user:***@h/a?b"),
            ("user:sec@r?e#t@h", "user:***@h"),
        ] {
            assert_eq!(Url::parse(given).map(|parsed| url(&parsed)).as_deref(), Ok(shown));
        }
        for (given, shown) in [
            ("http://user:secret@h:99999/", "http://***@h:99999/"),
            ("http://user:sec/ret@h:99999/", "http://***@h:99999/"),
            ("user:secret@h", "***@h"),
            ("http:/user:secret@h:99999//", "***@h:99999//"),
            ("user:sec//ret@h", "***@h"),
            ("//user:secret@h/", "//***@h/"),
            ("http://h\r\n/", "http://h\\r\\n/"),
        ] {
            assert_eq!(unparsed_url(given), shown);
        }
    }
}
