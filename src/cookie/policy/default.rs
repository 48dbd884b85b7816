//! The standard rules: their switches.

use super::domain_list::{self, DomainList};
use super::{Protocols, PublicSuffixes, Reading, StrictNsDomain};
use crate::cookie::{Limits, host};

/// The standard rules for cookies, with all the switches of Python's class of that name, and one
/// for each rule in which today's web asks for more than the original did.
///
/// [`new`](Self::new) is safe on today's web. [`classic`](Self::classic) goes back to the
/// original's rules at once. The switches are consuming setters:
///
/// ```
/// use clientcookie::cookie::{CookieJar, DefaultCookiePolicy, StrictNsDomain};
///
/// let policy = DefaultCookiePolicy::new()
///     .rfc2965(true)
///     .strict_ns_domain(StrictNsDomain::DOMAIN_STRICT)
///     .blocked_domains(["ads.example", ".ads.example"]);
/// assert!(policy.is_blocked("www.ads.example"));
/// let jar = CookieJar::with_policy(policy);
/// # let _ = jar;
/// ```
///
/// # Where the safe default departs from the original
///
/// | switch | `new()` | `classic()` | what it does |
/// |---|---|---|---|
/// | [`host_only`](Self::host_only) | true | false | a cookie without `Domain` does not go to the hosts below its own |
/// | [`public_suffixes`](Self::public_suffixes) | `BuiltIn` | `Off` | nobody sets or gets a cookie for `co.uk`, nor for what is above the public suffix of the host, nor for a malformed domain |
/// | [`local_domains`](Self::local_domains) | false | true | hosts without a dot are `.local`, and may share cookies under it |
/// | [`leave_secure_alone`](Self::leave_secure_alone) | true | false | http does not replace, delete, shadow or evict a `Secure` cookie |
/// | [`strict_secure`](Self::strict_secure) | true | false | http does not set a `Secure` cookie, and `SameSite=None` and `Partitioned` need `Secure` |
/// | [`prefixes`](Self::prefixes) | true | false | names with `__Secure-`, `__Host-`, `__Http-` and `__Host-Http-` keep their promise |
/// | [`strict_characters`](Self::strict_characters) | true | false | control characters refuse a cookie |
/// | [`limits`](Self::limits) | [`Limits::DEFAULT`] | [`Limits::NONE`] | how much a server may set |
/// | [`reading`](Self::reading) | `Rfc6265` | `Classic` | how attributes are read |
///
/// There is no way back from these, which never did anybody good: an IP address is not a name with
/// labels, a domain matches at the end of a host only, and no cookie holds CR, LF, NUL or a `;`.
#[derive(Debug, Clone)]
pub struct DefaultCookiePolicy {
    pub(super) protocols: Protocols,
    pub(super) strict_domain: bool,
    pub(super) strict_rfc2965_unverifiable: bool,
    pub(super) strict_ns_unverifiable: bool,
    pub(super) strict_ns_domain: StrictNsDomain,
    pub(super) strict_ns_set_initial_dollar: bool,
    pub(super) strict_ns_set_path: bool,
    pub(super) secure_protocols: Vec<String>,
    pub(super) blocked: DomainList,
    pub(super) allowed: DomainList,
    pub(super) host_only: bool,
    pub(super) public_suffixes: PublicSuffixes,
    pub(super) local_domains: bool,
    pub(super) leave_secure_alone: bool,
    pub(super) strict_secure: bool,
    pub(super) trust_localhost: bool,
    pub(super) prefixes: bool,
    pub(super) strict_characters: bool,
    pub(super) limits: Limits,
}

impl DefaultCookiePolicy {
    /// Netscape cookies under rules that are safe on today's web.
    pub fn new() -> Self {
        Self {
            protocols: Protocols::default(),
            strict_domain: false,
            strict_rfc2965_unverifiable: true,
            strict_ns_unverifiable: false,
            strict_ns_domain: StrictNsDomain::DOMAIN_LIBERAL,
            strict_ns_set_initial_dollar: false,
            strict_ns_set_path: false,
            secure_protocols: vec!["https".to_owned(), "wss".to_owned()],
            blocked: DomainList::default(),
            allowed: DomainList::default(),
            host_only: true,
            public_suffixes: PublicSuffixes::BuiltIn,
            local_domains: false,
            leave_secure_alone: true,
            strict_secure: true,
            trust_localhost: false,
            prefixes: true,
            strict_characters: true,
            limits: Limits::DEFAULT,
        }
    }

    /// The rules of ClientCookie and of Python's `http.cookiejar`, for a program that relies on
    /// them.
    pub fn classic() -> Self {
        Self::new()
            .host_only(false)
            .public_suffixes(PublicSuffixes::Off)
            .local_domains(true)
            .leave_secure_alone(false)
            .strict_secure(false)
            .prefixes(false)
            .strict_characters(false)
            .limits(Limits::NONE)
            .reading(Reading::Classic)
    }
}

/// The original's switches, under their own names.
impl DefaultCookiePolicy {
    /// Whether Netscape cookies are taken and sent; those are what servers set. On.
    #[must_use]
    pub fn netscape(mut self, on: bool) -> Self {
        self.protocols.netscape = on;
        self
    }

    /// Whether cookies of RFC 2965 are taken and sent. Off.
    #[must_use]
    pub fn rfc2965(mut self, on: bool) -> Self {
        self.protocols.rfc2965 = on;
        self
    }

    /// Whether cookies of RFC 2109 are treated as Netscape cookies. `None`, the default: unless
    /// `rfc2965` is on.
    #[must_use]
    pub fn rfc2109_as_netscape(mut self, on: impl Into<Option<bool>>) -> Self {
        self.protocols.rfc2109_as_netscape = on.into();
        self
    }

    /// Whether to send no `Cookie2` header, which tells servers that RFC 2965 is spoken. Off.
    #[must_use]
    pub fn hide_cookie2(mut self, on: bool) -> Self {
        self.protocols.hide_cookie2 = on;
        self
    }

    /// Whether domains are refused that look like a country's second level, such as `.co.uk`. Off;
    /// it guesses, and [`public_suffixes`](Self::public_suffixes) knows.
    #[must_use]
    pub fn strict_domain(mut self, on: bool) -> Self {
        self.strict_domain = on;
        self
    }

    /// Whether RFC 2965 cookies are neither taken nor sent when a request that the user did not ask
    /// for goes to another site (section 3.3.6). On.
    #[must_use]
    pub fn strict_rfc2965_unverifiable(mut self, on: bool) -> Self {
        self.strict_rfc2965_unverifiable = on;
        self
    }

    /// The same for Netscape cookies. Off.
    #[must_use]
    pub fn strict_ns_unverifiable(mut self, on: bool) -> Self {
        self.strict_ns_unverifiable = on;
        self
    }

    /// How strictly the domains of Netscape cookies are taken.
    #[must_use]
    pub fn strict_ns_domain(mut self, flags: StrictNsDomain) -> Self {
        self.strict_ns_domain = flags;
        self
    }

    /// Whether Netscape cookies are refused whose names begin with `$`; to a server that speaks RFC
    /// 2965 they would look like attributes. Off.
    #[must_use]
    pub fn strict_ns_set_initial_dollar(mut self, on: bool) -> Self {
        self.strict_ns_set_initial_dollar = on;
        self
    }

    /// Whether Netscape cookies are refused whose `Path` is not that of the request or above it.
    /// Off.
    #[must_use]
    pub fn strict_ns_set_path(mut self, on: bool) -> Self {
        self.strict_ns_set_path = on;
        self
    }

    /// The URL schemes over which `Secure` cookies are sent. `https` and `wss`.
    #[must_use]
    pub fn secure_protocols<S: Into<String>>(mut self, schemes: impl IntoIterator<Item = S>) -> Self {
        self.secure_protocols = schemes.into_iter().map(|scheme| scheme.into().to_ascii_lowercase()).collect();
        self
    }

    /// The domains from which no cookie is taken and to which none is sent. `acme.com` is that name
    /// only; `.acme.com` is every name that ends in it, which `acme.com` does not. An IP
    /// address is that address only. Capitals and international names are spelled as hosts are:
    /// `Bücher.de` is `xn--bcher-kva.de`.
    #[must_use]
    pub fn blocked_domains<D: Into<String>>(self, domains: impl IntoIterator<Item = D>) -> Self {
        self.set_blocked_domains(domains);
        self
    }

    /// The only domains from which cookies are taken and to which they are sent, written as for
    /// [`blocked_domains`](Self::blocked_domains). `None`, the default, is all.
    ///
    /// ```
    /// use clientcookie::cookie::DefaultCookiePolicy;
    ///
    /// let policy = DefaultCookiePolicy::new().allowed_domains(Some(["acme.com", ".acme.com"]));
    /// assert!(policy.is_not_allowed("example.com"));
    /// policy.set_allowed_domains(None::<[&str; 0]>);
    /// assert!(!policy.is_not_allowed("example.com"));
    /// ```
    #[must_use]
    pub fn allowed_domains<D: Into<String>>(self, domains: Option<impl IntoIterator<Item = D>>) -> Self {
        self.set_allowed_domains(domains);
        self
    }

    /// Exchanges the blocked domains, also of a policy that a jar is using.
    pub fn set_blocked_domains<D: Into<String>>(&self, domains: impl IntoIterator<Item = D>) {
        let domains = domain_list::spelled(domains);
        self.blocked.set((!domains.is_empty()).then_some(domains));
    }

    /// Exchanges the allowed domains, also of a policy that a jar is using.
    pub fn set_allowed_domains<D: Into<String>>(&self, domains: Option<impl IntoIterator<Item = D>>) {
        self.allowed.set(domains.map(domain_list::spelled));
    }

    /// The blocked domains now. Python's `blocked_domains()` without arguments.
    pub fn current_blocked_domains(&self) -> Vec<String> {
        self.blocked.get().map(|domains| domains.to_vec()).unwrap_or_default()
    }

    /// The allowed domains now. Python's `allowed_domains()` without arguments.
    pub fn current_allowed_domains(&self) -> Option<Vec<String>> {
        self.allowed.get().map(|domains| domains.to_vec())
    }

    /// Whether a cookie's domain is blocked. It begins with a dot where
    /// [`Cookie::domain`](crate::cookie::Cookie::domain) does.
    pub fn is_blocked(&self, domain: &str) -> bool {
        self.blocked.matches(host::spell_domain(domain).as_bytes()).unwrap_or(false)
    }

    /// Whether there is a list of allowed domains, and this one is not on it.
    pub fn is_not_allowed(&self, domain: &str) -> bool {
        self.allowed.matches(host::spell_domain(domain).as_bytes()).is_some_and(|allowed| !allowed)
    }
}

/// The switches of the safe default.
impl DefaultCookiePolicy {
    /// Whether a Netscape cookie without `Domain` goes back to the very host that set it, and to no
    /// host below it (RFC 6265 section 5.4).
    #[must_use]
    pub fn host_only(mut self, on: bool) -> Self {
        self.host_only = on;
        self
    }

    /// Which domains own no cookies because anybody can have a name below them (RFC 6265 section
    /// 5.3, step 5). A host sets and gets cookies for itself, and for what is at or below its
    /// registrable domain, which is its public suffix and one label more.
    #[must_use]
    pub fn public_suffixes(mut self, suffixes: PublicSuffixes) -> Self {
        self.public_suffixes = suffixes;
        self
    }

    /// Whether a host without dots is taken for one in the domain `.local`, as RFC 2965 says, and
    /// may share cookies with the others there.
    #[must_use]
    pub fn local_domains(mut self, on: bool) -> Self {
        self.local_domains = on;
        self
    }

    /// Whether an insecure response may neither replace, delete, shadow nor evict a `Secure` cookie
    /// (6265bis section 5.7).
    #[must_use]
    pub fn leave_secure_alone(mut self, on: bool) -> Self {
        self.leave_secure_alone = on;
        self
    }

    /// Whether an insecure response may not set a `Secure` cookie, and no response sets
    /// `SameSite=None` (6265bis section 5.7) or `Partitioned` (CHIPS) without `Secure`.
    #[must_use]
    pub fn strict_secure(mut self, on: bool) -> Self {
        self.strict_secure = on;
        self
    }

    /// Whether plain http to `localhost`, a name below it, or a loopback address counts as secure,
    /// as in browsers. Off in both: another user of the machine may be listening there.
    #[must_use]
    pub fn trust_localhost(mut self, on: bool) -> Self {
        self.trust_localhost = on;
        self
    }

    /// Whether cookies whose names begin with `__Secure-`, `__Host-`, `__Http-` or `__Host-Http-`,
    /// in any case, must have been set as the prefix says (6265bis section 4.1.3). Texts by
    /// which other cookies could pose as such a one are refused too: cookies without a name
    /// that begin so, `$Version` and its like, and what begins with a blank that is not ASCII.
    #[must_use]
    pub fn prefixes(mut self, on: bool) -> Self {
        self.prefixes = on;
        self
    }

    /// Whether control characters refuse a cookie. If not, CR, LF and NUL still do, and a cookie
    /// with any other than TAB is stored but stays at home: no HTTP library sends a header that
    /// holds one, nor the cookies beside it.
    #[must_use]
    pub fn strict_characters(mut self, on: bool) -> Self {
        self.strict_characters = on;
        self
    }

    /// How much is taken from servers, and given to them.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// How attributes are read.
    #[must_use]
    pub fn reading(mut self, reading: Reading) -> Self {
        self.protocols.reading = reading;
        self
    }
}

impl Default for DefaultCookiePolicy {
    fn default() -> Self {
        Self::new()
    }
}
