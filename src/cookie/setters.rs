//! Making a cookie by hand: [`Cookie::new`] and the consuming setters.

use super::{Cookie, extension_av, host};

impl Cookie {
    /// A session cookie for all paths of `domain`, to be put into a jar by hand.
    ///
    /// `domain` is spelled as in Python: `example.com` is that host only, `.example.com` is that
    /// host and all below it. The `with_` setters change the rest. Nothing is checked here; the
    /// jar does that.
    pub fn new(name: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>, domain: impl AsRef<str>) -> Self {
        let domain = host::spell_domain(domain.as_ref());
        let dotted = domain.starts_with('.');
        let mut cookie = Self::assemble(&name.into(), Some(&value.into()), b"/", &domain);
        (cookie.domain_specified, cookie.domain_initial_dot) = (dotted, dotted);
        cookie
    }

    /// Takes the value away: the cookie is sent as a name alone, without `=`. A jar with the safe
    /// default files it as a value without a name; see [`has_value`](Self::has_value).
    #[must_use]
    pub fn without_value(self) -> Self {
        self.with_texts(self.name_bytes(), None, self.path_bytes(), self.domain())
    }

    /// Sets the value.
    #[must_use]
    pub fn with_value(self, value: impl Into<Vec<u8>>) -> Self {
        self.with_texts(self.name_bytes(), Some(&value.into()), self.path_bytes(), self.domain())
    }

    /// Sets the path at and below which the cookie is sent: `/shop` covers `/shop/cart`, but not
    /// `/shopping`.
    #[must_use]
    pub fn with_path(self, path: impl Into<Vec<u8>>) -> Self {
        let path = path.into();
        let mut cookie = self.with_texts(self.name_bytes(), self.value_if_any(), &path, self.domain());
        cookie.path_specified = true;
        cookie
    }

    /// Sets whether the server named the path, which [`with_path`](Self::with_path) says it did.
    #[must_use]
    pub fn with_path_specified(mut self, specified: bool) -> Self {
        self.path_specified = specified;
        self
    }

    /// Sets whether the server named the domain. [`Cookie::new`] takes it from the dot.
    #[must_use]
    pub fn with_domain_specified(mut self, specified: bool) -> Self {
        self.domain_specified = specified;
        self
    }

    /// Sets whether the domain that the server named began with a dot.
    #[must_use]
    pub fn with_domain_initial_dot(mut self, dot: bool) -> Self {
        self.domain_initial_dot = dot;
        self
    }

    /// Sets the protocol: 0 for Netscape, 1 for RFC 2965.
    #[must_use]
    pub fn with_version(mut self, version: u32) -> Self {
        self.version = version;
        self
    }

    /// Sets the ports that the cookie may be sent to, as `80,8080`; `None` for all.
    #[must_use]
    pub fn with_port<'a>(mut self, port: impl Into<Option<&'a str>>) -> Self {
        let port = port.into();
        self.port_specified = port.is_some();
        self.change_extras(|extras| extras.port = port.map(Box::from));
        self
    }

    /// Sets whether the server named the ports, which [`with_port`](Self::with_port) says it did.
    #[must_use]
    pub fn with_port_specified(mut self, specified: bool) -> Self {
        self.port_specified = specified;
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

    /// Sets when the cookie expires, in seconds since 1970-01-01 00:00:00 UTC; `None` makes it a
    /// session cookie.
    #[must_use]
    pub fn with_expires(mut self, expires: impl Into<Option<i64>>) -> Self {
        self.expires = expires.into();
        self.discard = self.expires.is_none();
        self
    }

    /// Sets whether the cookie is forgotten at the end of the session, whatever its expiry.
    #[must_use]
    pub fn with_discard(mut self, discard: bool) -> Self {
        self.discard = discard;
        self
    }

    /// Sets what the cookie is for.
    #[must_use]
    pub fn with_comment<'a>(mut self, comment: impl Into<Option<&'a str>>) -> Self {
        let comment = comment.into().map(|text| Box::from(text.as_bytes()));
        self.change_extras(|extras| extras.comment = comment);
        self
    }

    /// Sets the URL that says what the cookie is for.
    #[must_use]
    pub fn with_comment_url<'a>(mut self, url: impl Into<Option<&'a str>>) -> Self {
        let url = url.into().map(|text| Box::from(text.as_bytes()));
        self.change_extras(|extras| extras.comment_url = url);
        self
    }

    /// Sets whether the cookie came in a `Set-Cookie` header with `Version=1`.
    #[must_use]
    pub fn with_rfc2109(mut self, rfc2109: bool) -> Self {
        self.rfc2109 = rfc2109;
        self
    }

    /// Sets an attribute that no cookie protocol knows, such as `SameSite`; `None` is one without a
    /// value.
    #[doc(alias = "set_nonstandard_attr")]
    #[must_use]
    pub fn with_attribute<'a>(self, name: &str, value: impl Into<Option<&'a str>>) -> Self {
        if name.eq_ignore_ascii_case("HttpOnly") {
            return self.with_http_only(true);
        }
        let (name, value) = (name.as_bytes(), value.into().map(str::as_bytes));
        let is_new = self.find(name).is_none();
        let others =
            self.attributes().map(|(old, text)| (old, if old.eq_ignore_ascii_case(name) { value } else { text }));
        let all = others.chain(is_new.then_some((name, value)));
        self.with_packed(&extension_av::pack(all))
    }

    fn change_extras(&mut self, change: impl FnOnce(&mut super::extras::Extras)) {
        let mut extras = self.extras.take().map(|extras| *extras).unwrap_or_default();
        change(&mut extras);
        self.extras = extras.boxed();
    }
}
