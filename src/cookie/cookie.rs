//! One cookie.

use std::borrow::Cow;

use super::host;

/// One cookie: a name and a value, the hosts and paths it goes to, and how long it lasts.
///
/// Names, values and paths are bytes: servers send what they like, and expect it back unchanged. `name()` and `path()`
/// show them as text, in which bytes that are not UTF-8 become U+FFFD; the `_bytes` accessors do not.
///
/// ```
/// use clientcookie::cookie::Cookie;
///
/// let cookie = Cookie::new("sid", "31d4", ".example.com").with_path("/shop").with_secure(true);
/// assert_eq!(cookie.to_string(), "<Cookie sid=31d4 for .example.com/shop>");
/// assert!(cookie.domain_specified());
/// // The value may be a secret, so only Display shows it.
/// assert!(!format!("{cookie:?}").contains("31d4"));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Cookie {
    pub(super) name: Box<[u8]>,
    /// None: the header had no `=`, as in `Set-Cookie: seen`.
    pub(super) value: Option<Box<[u8]>>,
    /// With a leading dot exactly if the cookie goes to the hosts below as well.
    pub(super) domain: Box<str>,
    pub(super) path: Box<[u8]>,
    pub(super) path_specified: bool,
    pub(super) secure: bool,
    pub(super) http_only: bool,
    pub(super) expires: Option<i64>,
}

impl Cookie {
    /// A session cookie for all paths of `domain`, to be put into a jar by hand.
    ///
    /// `domain` is spelled as in Python: `example.com` is that host only, `.example.com` is that host and all below
    /// it. The `with_` setters change the rest. Nothing is checked here; the jar does that.
    pub fn new(name: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>, domain: impl AsRef<str>) -> Self {
        Self {
            name: name.into().into(),
            value: Some(value.into().into()),
            domain: host::spell_domain(domain.as_ref()).into(),
            path: Box::from(*b"/"),
            path_specified: false,
            secure: false,
            http_only: false,
            expires: None,
        }
    }

    /// Sets the path at and below which the cookie is sent: `/shop` covers `/shop/cart`, but not `/shopping`.
    #[must_use]
    pub fn with_path(mut self, path: impl Into<Vec<u8>>) -> Self {
        self.path = path.into().into();
        self.path_specified = true;
        self
    }

    /// Sets whether the cookie is kept for https and wss.
    #[must_use]
    pub fn with_secure(mut self, secure: bool) -> Self {
        self.secure = secure;
        self
    }

    /// Sets whether the cookie is marked `HttpOnly`.
    #[must_use]
    pub fn with_http_only(mut self, http_only: bool) -> Self {
        self.http_only = http_only;
        self
    }

    /// Sets when the cookie expires, in seconds since 1970-01-01 00:00:00 UTC; `None` makes it a session cookie.
    #[must_use]
    pub fn with_expires(mut self, expires: impl Into<Option<i64>>) -> Self {
        self.expires = expires.into();
        self
    }

    /// The name, as text.
    pub fn name(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.name)
    }

    /// The name, as the server sent it.
    pub fn name_bytes(&self) -> &[u8] {
        &self.name
    }

    /// The value as the server sent it, quotes included; empty if there was none.
    pub fn value(&self) -> &[u8] {
        self.value.as_deref().unwrap_or_default()
    }

    /// The value, as text.
    pub fn value_str(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.value())
    }

    /// Whether there is a value, even an empty one. `Set-Cookie: seen` has none, and is sent back as `seen`, where
    /// `Set-Cookie: seen=` is sent back as `seen=`.
    pub fn has_value(&self) -> bool {
        self.value.is_some()
    }

    /// The domain in lower case: `.example.com` if the hosts below it get the cookie too, else `example.com`.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// Whether the server named a domain, so that the hosts below it get the cookie too. If not, the cookie is
    /// host-only: it goes back to the very host that set it.
    pub fn domain_specified(&self) -> bool {
        self.domain.starts_with('.')
    }

    /// The path at and below which the cookie is sent, as text.
    pub fn path(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.path)
    }

    /// The path, as the server sent it.
    pub fn path_bytes(&self) -> &[u8] {
        &self.path
    }

    /// Whether the server named the path. If not, it is the directory of the URL that set the cookie.
    pub fn path_specified(&self) -> bool {
        self.path_specified
    }

    /// Whether the cookie is sent over https and wss only.
    pub fn secure(&self) -> bool {
        self.secure
    }

    /// Whether the server asked to keep the cookie from scripts in a page. It changes nothing here, where no script
    /// runs, but a browser that reads the saved cookie wants to know.
    pub fn http_only(&self) -> bool {
        self.http_only
    }

    /// When the cookie expires, in seconds since 1970-01-01 00:00:00 UTC; `None` for a session cookie, which lasts
    /// until [`clear_session_cookies`](super::CookieJar::clear_session_cookies) is called.
    pub fn expires(&self) -> Option<i64> {
        self.expires
    }

    /// Whether the cookie has expired at `now`, in seconds since 1970-01-01 00:00:00 UTC.
    pub fn is_expired(&self, now: i64) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }

    /// The domain without its dot: the name under which a jar files the cookie.
    pub(super) fn owner(&self) -> &str {
        self.domain.strip_prefix('.').unwrap_or(&self.domain)
    }

    /// Whether one of the two replaces the other in a jar.
    pub(super) fn has_same_key(&self, other: &Self) -> bool {
        self.has_key(&other.domain, &other.path, &other.name)
    }

    pub(super) fn has_key(&self, domain: &str, path: &[u8], name: &[u8]) -> bool {
        *self.name == *name && *self.path == *path && *self.domain == *domain
    }
}
