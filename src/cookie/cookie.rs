//! One cookie: what it holds, and how it is asked.

use std::borrow::Cow;
use std::str;

use super::bytes;
use super::extension_av::Attributes;
use super::extras::Extras;

/// One cookie: a name and a value, the hosts and paths it goes to, and how long it lasts.
///
/// Names, values and paths are bytes: servers send what they like, and expect it back unchanged.
/// `name()` and `path()` show them as text, in which bytes that are not UTF-8 become U+FFFD; the
/// `_bytes` accessors do not.
///
/// The attributes are those of Python's `http.cookiejar.Cookie`, which has the same names for them.
/// Most cookies are Netscape cookies, for which `version`, `port`, `comment` and the like say
/// nothing.
///
/// ```
/// use clientcookie::cookie::Cookie;
///
/// let cookie = Cookie::new("sid", "31d4", ".example.com").with_path("/shop").with_secure(true);
/// assert_eq!(cookie.to_string(), "<Cookie sid=31d4 for .example.com/shop>");
/// assert!(cookie.domain_specified() && cookie.discard());
/// // The value may be a secret, so only Display shows it.
/// assert!(!format!("{cookie:?}").contains("31d4"));
/// ```
#[derive(Clone)]
pub struct Cookie {
    /// Name, value, path and domain, one after the other, and packed attributes: one allocation,
    /// and one cache line for most cookies.
    text: Box<[u8]>,
    name_end: u32,
    value_end: u32,
    path_end: u32,
    domain_end: u32,
    /// Whether there is a control character among the texts, which is asked with every request.
    pub(super) has_control: bool,
    pub(super) expires: Option<i64>,
    /// What few cookies have.
    pub(super) extras: Option<Box<Extras>>,
    pub(super) version: u32,
    /// False: the header had no `=`, as in `Set-Cookie: seen`.
    has_value: bool,
    pub(super) port_specified: bool,
    pub(super) domain_specified: bool,
    pub(super) domain_initial_dot: bool,
    pub(super) path_specified: bool,
    pub(super) secure: bool,
    pub(super) http_only: bool,
    pub(super) discard: bool,
    pub(super) rfc2109: bool,
}

/// Domain, path and name.
pub(super) type Key<'a> = [&'a [u8]; 3];

impl Cookie {
    /// A session cookie for all of `path`, every flag false.
    pub(super) fn assemble(name: &[u8], value: Option<&[u8]>, path: &[u8], domain: &str) -> Self {
        Self::assemble_from((name, value), path, ["", domain], &[])
    }

    /// The same with the domain in two parts, of which the first is a dot or nothing, and with
    /// packed attributes.
    pub(super) fn assemble_from(
        (name, value): (&[u8], Option<&[u8]>),
        path: &[u8],
        [dot, domain]: [&str; 2],
        attributes: &[u8],
    ) -> Self {
        let parts = [name, value.unwrap_or_default(), path, dot.as_bytes(), domain.as_bytes(), attributes];
        let mut text = Vec::with_capacity(parts.iter().map(|part| part.len()).sum());
        parts.iter().for_each(|part| text.extend_from_slice(part));
        let domain_end = text.len() - attributes.len();
        // Four bytes do: past four GiB, which nothing lets in, the texts would be cut at other
        // places, and no more.
        let end = |end: usize| u32::try_from(end).unwrap_or(u32::MAX);
        let value_end = name.len() + value.map_or(0, <[u8]>::len);
        Self {
            name_end: end(name.len()),
            value_end: end(value_end),
            path_end: end(value_end + path.len()),
            domain_end: end(domain_end),
            has_control: bytes::any(&text[..domain_end], |byte| byte.is_ascii_control()),
            text: text.into(),
            expires: None,
            extras: None,
            version: 0,
            has_value: value.is_some(),
            port_specified: false,
            domain_specified: false,
            domain_initial_dot: false,
            path_specified: false,
            secure: false,
            http_only: false,
            discard: true,
            rfc2109: false,
        }
    }

    /// The same cookie with other texts.
    pub(super) fn with_texts(&self, name: &[u8], value: Option<&[u8]>, path: &[u8], domain: &str) -> Self {
        self.with_text_of(Self::assemble_from((name, value), path, ["", domain], self.packed()))
    }

    /// The same cookie with these packed attributes and no others.
    pub(super) fn with_packed(&self, attributes: &[u8]) -> Self {
        let pair = (self.name_bytes(), self.value_if_any());
        self.with_text_of(Self::assemble_from(pair, self.path_bytes(), ["", self.domain()], attributes))
    }

    fn with_text_of(&self, other: Self) -> Self {
        let Self { text, name_end, value_end, path_end, domain_end, has_control, has_value, .. } = other;
        let extras = self.extras.clone();
        Self { text, name_end, value_end, path_end, domain_end, has_control, has_value, extras, ..*self }
    }

    /// The name, as text.
    pub fn name(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.name_bytes())
    }

    /// The name, as the server sent it.
    pub fn name_bytes(&self) -> &[u8] {
        &self.text[..self.name_end as usize]
    }

    /// The value as the server sent it, quotes included; empty if there was none. The quotes around
    /// a value in `Set-Cookie2` belong to the header, and are gone.
    pub fn value(&self) -> &[u8] {
        &self.text[self.name_end as usize..self.value_end as usize]
    }

    /// The value, as text.
    pub fn value_str(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.value())
    }

    /// Whether there is a value, even an empty one.
    ///
    /// To 6265bis, and to a jar with the safe default, `Set-Cookie: seen` is a value without a
    /// name: `name` is empty, and the cookie is sent back as `seen`. To the original and to
    /// [`Reading::Classic`](super::Reading) it is a name without a value. Both send
    /// `Set-Cookie: seen=` back as `seen=`.
    pub fn has_value(&self) -> bool {
        self.has_value
    }

    /// What is sent: a name and a value, or one text alone.
    pub(super) fn as_pair(&self) -> (&[u8], Option<&[u8]>) {
        if self.name_end == 0 { (self.value(), None) } else { (self.name_bytes(), self.value_if_any()) }
    }

    /// Whether it is sent without a `=`.
    pub(super) fn is_nameless(&self) -> bool {
        self.as_pair().1.is_none()
    }

    /// Files a Netscape cookie that is one text alone as 6265bis does, without a name, so that a
    /// second one replaces it.
    pub(super) fn drop_name(&mut self) {
        if !self.has_value && self.version == 0 {
            *self = self.with_texts(b"", Some(self.name_bytes()), self.path_bytes(), self.domain());
        }
    }

    pub(super) fn value_if_any(&self) -> Option<&[u8]> {
        self.has_value.then(|| self.value())
    }

    /// Name and value, one after the other.
    pub(super) fn pair_bytes(&self) -> &[u8] {
        &self.text[..self.value_end as usize]
    }

    /// The path at and below which the cookie is sent, as text.
    pub fn path(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.path_bytes())
    }

    /// The path. Characters that cannot stand in a URL are escaped as they are there, a space as
    /// `%20`; bytes that are not ASCII are as the server sent them, unless
    /// [`Reading::Classic`](super::Reading) escapes them too.
    pub fn path_bytes(&self) -> &[u8] {
        &self.text[self.value_end as usize..self.path_end as usize]
    }

    /// Whether the server named the path. If not, it is the directory of the URL that set the
    /// cookie.
    pub fn path_specified(&self) -> bool {
        self.path_specified
    }

    /// The domain in lower case: `.example.com` if the hosts below it get the cookie too, else
    /// `example.com`.
    pub fn domain(&self) -> &str {
        str::from_utf8(self.domain_bytes()).unwrap_or_default()
    }

    pub(super) fn domain_bytes(&self) -> &[u8] {
        &self.text[self.path_end as usize..self.domain_end as usize]
    }

    /// Whether the domain begins with a dot: the cookie goes to the hosts below it as well.
    pub(super) fn is_dotted(&self) -> bool {
        self.domain_bytes().starts_with(b".")
    }

    /// The domain without its dot: the name under which a jar files the cookie.
    pub(super) fn owner(&self) -> &str {
        str::from_utf8(self.owner_bytes()).unwrap_or_default()
    }

    pub(super) fn owner_bytes(&self) -> &[u8] {
        let domain = self.domain_bytes();
        domain.strip_prefix(b".").unwrap_or(domain)
    }

    /// Whether the server named a domain. If not, the domain is the host that set the cookie.
    pub fn domain_specified(&self) -> bool {
        self.domain_specified
    }

    /// Whether the domain that the server named began with a dot. [`domain`](Self::domain) begins
    /// with one in either case; RFC 2965's `$Domain` has to repeat what the server wrote.
    pub fn domain_initial_dot(&self) -> bool {
        self.domain_initial_dot
    }

    /// The protocol: 0 for Netscape cookies, 1 for those of RFC 2965 and, until they are treated as
    /// Netscape cookies, of RFC 2109.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// The ports that the cookie may be sent to, as `80` or `80,8080`; `None` for all.
    pub fn port(&self) -> Option<&str> {
        self.extras.as_ref()?.port.as_deref()
    }

    /// Whether the server named the ports. A bare `Port` means the port of the request that it
    /// answered.
    pub fn port_specified(&self) -> bool {
        self.port_specified
    }

    /// Whether the cookie is sent over https and wss only.
    pub fn secure(&self) -> bool {
        self.secure
    }

    /// Whether the server asked to keep the cookie from scripts in a page. It changes nothing here,
    /// where no script runs, but a browser that reads the saved cookie wants to know.
    pub fn http_only(&self) -> bool {
        self.http_only
    }

    /// When the cookie expires, in seconds since 1970-01-01 00:00:00 UTC; `None` for a cookie
    /// without an end.
    pub fn expires(&self) -> Option<i64> {
        self.expires
    }

    /// Whether the cookie has expired at `now`, in seconds since 1970-01-01 00:00:00 UTC.
    pub fn is_expired(&self, now: i64) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }

    /// Whether this is a session cookie, which lasts until
    /// [`clear_session_cookies`](super::CookieJar::clear_session_cookies) is called: it has no
    /// expiry, or a server that speaks RFC 2965 said `Discard`.
    pub fn discard(&self) -> bool {
        self.discard
    }

    /// What the server says the cookie is for (RFC 2109).
    pub fn comment(&self) -> Option<Cow<'_, str>> {
        self.extras.as_ref()?.comment.as_deref().map(String::from_utf8_lossy)
    }

    /// A URL at which the server says what the cookie is for (RFC 2965).
    pub fn comment_url(&self) -> Option<Cow<'_, str>> {
        self.extras.as_ref()?.comment_url.as_deref().map(String::from_utf8_lossy)
    }

    /// Whether the cookie came in a `Set-Cookie` header with `Version=1`: a cookie of RFC 2109, in
    /// whichever protocol it is now treated.
    pub fn rfc2109(&self) -> bool {
        self.rfc2109
    }

    /// An attribute that no cookie protocol of the original's time knew, such as `SameSite` or
    /// `HttpOnly`; its name is compared without regard to case. An attribute without a value is
    /// there and empty.
    ///
    /// ```
    /// use clientcookie::cookie::Cookie;
    ///
    /// let cookie = Cookie::new("sid", "31d4", "example.com")
    ///     .with_attribute("SameSite", "Lax")
    ///     .with_http_only(true);
    /// assert_eq!(cookie.attribute("samesite").as_deref(), Some("Lax"));
    /// assert_eq!(cookie.attribute("HttpOnly").as_deref(), Some(""));
    /// assert_eq!(cookie.attribute("Priority"), None);
    /// ```
    #[doc(alias = "get_nonstandard_attr")]
    pub fn attribute(&self, name: &str) -> Option<Cow<'_, str>> {
        if name.eq_ignore_ascii_case("HttpOnly") {
            return self.http_only.then_some(Cow::Borrowed(""));
        }
        Some(String::from_utf8_lossy(self.find(name.as_bytes())?.unwrap_or_default()))
    }

    /// Whether there is such an [`attribute`](Self::attribute).
    pub fn has_nonstandard_attr(&self, name: &str) -> bool {
        self.attribute(name).is_some()
    }

    /// The names and values of all such attributes, as the server spelled them, `HttpOnly` first.
    #[doc(alias = "nonstandard_attr_keys")]
    pub fn nonstandard_attributes(&self) -> impl Iterator<Item = (Cow<'_, str>, Option<Cow<'_, str>>)> {
        let http_only = self.http_only.then_some((Cow::Borrowed("HttpOnly"), None));
        let text = |(name, value): (_, Option<_>)| (String::from_utf8_lossy(name), value.map(String::from_utf8_lossy));
        http_only.into_iter().chain(self.attributes().map(text))
    }

    /// The same without `HttpOnly`, as bytes.
    pub(super) fn attributes(&self) -> Attributes<'_> {
        Attributes(self.packed())
    }

    pub(super) fn packed(&self) -> &[u8] {
        &self.text[self.domain_end as usize..]
    }

    /// The value, if any, of such an attribute.
    pub(super) fn find(&self, name: &[u8]) -> Option<Option<&[u8]>> {
        self.attributes().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// Name, value, path and domain, one after the other.
    pub(super) fn texts(&self) -> &[u8] {
        &self.text[..self.domain_end as usize]
    }

    /// Of two cookies in which these are the same, one replaces the other in a jar. Files are
    /// in their order.
    pub(super) fn key(&self) -> Key<'_> {
        [self.domain_bytes(), self.path_bytes(), self.name_bytes()]
    }
}

impl PartialEq for Cookie {
    fn eq(&self, other: &Self) -> bool {
        // All of the fields, so that a new one is not forgotten here.
        let fields = |cookie: &Self| {
            let &Self { text: _, name_end, value_end, path_end, domain_end, has_control: _, .. } = cookie;
            let &Self { expires, extras: _, version, .. } = cookie;
            let &Self { has_value, port_specified, domain_specified, domain_initial_dot, path_specified, .. } = cookie;
            let &Self { secure, http_only, discard, rfc2109, .. } = cookie;
            let ends = (name_end, value_end, path_end, domain_end);
            let named = (has_value, port_specified, domain_specified, domain_initial_dot, path_specified);
            (ends, expires, version, named, (secure, http_only, discard, rfc2109))
        };
        fields(self) == fields(other)
            && self.texts() == other.texts()
            && self.attributes().are(other.attributes())
            && self.extras == other.extras
    }
}

impl Eq for Cookie {}
