//! One cookie as a line of libwww-perl's cookie files.

use super::{Cookie, file};

/// A cookie as libwww-perl writes it behind `Set-Cookie3:`, with the additions of ClientCookie. It
/// keeps all that a cookie holds.
///
/// Bytes that are not UTF-8 become U+FFFD.
///
/// ```
/// use clientcookie::cookie::{Cookie, lwp_cookie_str};
///
/// let cookie = Cookie::new("sid", "31d4", ".example.com");
/// let cookie = cookie.with_expires(760_832_612).with_secure(true);
/// assert_eq!(
///     lwp_cookie_str(&cookie),
///     "sid=31d4; path=\"/\"; domain=\".example.com\"; domain_dot; secure; \
///      expires=\"1994-02-09 22:23:32Z\"; version=0"
/// );
/// ```
pub fn lwp_cookie_str(cookie: &Cookie) -> String {
    String::from_utf8_lossy(&file::lwp_words(cookie)).into_owned()
}
