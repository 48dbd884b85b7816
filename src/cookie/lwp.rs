//! One cookie as a line of libwww-perl's cookie files.

use std::borrow::Cow;

use super::{Cookie, header, time2iso};

/// A cookie as libwww-perl writes it behind `Set-Cookie3:`, with the additions of ClientCookie. It keeps all that a
/// cookie holds.
///
/// Bytes that are not UTF-8 become U+FFFD.
///
/// ```
/// use clientcookie::cookie::{Cookie, lwp_cookie_str};
///
/// let cookie = Cookie::new("sid", "31d4", ".example.com").with_expires(760_832_612).with_secure(true);
/// assert_eq!(
///     lwp_cookie_str(&cookie),
///     r#"sid=31d4; path="/"; domain=".example.com"; domain_dot; secure; expires="1994-02-09 22:23:32Z"; version=0"#
/// );
/// ```
pub fn lwp_cookie_str(cookie: &Cookie) -> String {
    String::from_utf8_lossy(&lwp_cookie_bytes(cookie)).into_owned()
}

/// The same, with all bytes as they are.
pub(super) fn lwp_cookie_bytes(cookie: &Cookie) -> Vec<u8> {
    type Text<'a> = Cow<'a, [u8]>;
    let plain = |text: &'static str| -> Text<'_> { Cow::Borrowed(text.as_bytes()) };
    let owned = |text: Cow<'_, str>| -> Text<'_> { Cow::Owned(text.into_owned().into_bytes()) };
    let mut pairs: Vec<(Text<'_>, Option<Text<'_>>)> = vec![
        (Cow::Borrowed(cookie.name_bytes()), cookie.value_if_any().map(Cow::Borrowed)),
        (plain("path"), Some(Cow::Borrowed(cookie.path_bytes()))),
        (plain("domain"), Some(Cow::Borrowed(cookie.domain_bytes()))),
    ];
    if let Some(port) = cookie.port() {
        pairs.push((plain("port"), Some(Cow::Borrowed(port.as_bytes()))));
    }
    let mut flag = |set: bool, name: &'static str| {
        if set {
            pairs.push((plain(name), None));
        }
    };
    flag(cookie.path_specified, "path_spec");
    flag(cookie.port_specified, "port_spec");
    flag(cookie.domain_initial_dot, "domain_dot");
    flag(cookie.secure, "secure");
    if let Some(expires) = cookie.expires {
        pairs.push((plain("expires"), Some(Cow::Owned(time2iso(expires).into_bytes()))));
    }
    if cookie.discard {
        pairs.push((plain("discard"), None));
    }
    pairs.extend(cookie.comment().map(|comment| (plain("comment"), Some(owned(comment)))));
    pairs.extend(cookie.comment_url().map(|url| (plain("commenturl"), Some(owned(url)))));
    if cookie.rfc2109 {
        pairs.push((plain("rfc2109"), None));
    }
    let mut rest: Vec<_> = cookie.nonstandard_attributes().collect();
    rest.sort();
    pairs.extend(rest.into_iter().map(|(name, value)| (owned(name), value.map(owned))));
    pairs.push((plain("version"), Some(Cow::Owned(cookie.version.to_string().into_bytes()))));
    header::join_words(&pairs)
}
