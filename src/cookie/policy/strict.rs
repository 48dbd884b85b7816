//! The flags that tighten the domain rules of Netscape cookies.

use std::fmt;
use std::ops::{BitOr, BitOrAssign};

/// How strictly the domains of Netscape cookies are taken: flags, combined with `|`. Python's
/// `DefaultCookiePolicy.Domain...` constants.
///
/// ```
/// use clientcookie::cookie::{DefaultCookiePolicy, StrictNsDomain};
///
/// let flags = StrictNsDomain::DOMAIN_STRICT_NO_DOTS | StrictNsDomain::DOMAIN_STRICT_NON_DOMAIN;
/// assert_eq!(flags, StrictNsDomain::DOMAIN_STRICT);
/// let policy = DefaultCookiePolicy::new().strict_ns_domain(flags);
/// # let _ = policy;
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct StrictNsDomain(u8);

impl StrictNsDomain {
    /// No flag.
    #[doc(alias = "DomainLiberal")]
    pub const DOMAIN_LIBERAL: Self = Self(0);
    /// A host may set cookies for its parent, but not for the parent of that: `www.foo.bar.com`
    /// cannot set one for `.bar.com`, because `www.foo` has a dot in it.
    #[doc(alias = "DomainStrictNoDots")]
    pub const DOMAIN_STRICT_NO_DOTS: Self = Self(1);
    /// A cookie without `Domain` goes back to the very host that set it. The safe default does so
    /// anyway: [`DefaultCookiePolicy::host_only`](super::DefaultCookiePolicy::host_only).
    #[doc(alias = "DomainStrictNonDomain")]
    pub const DOMAIN_STRICT_NON_DOMAIN: Self = Self(2);
    /// A host sets cookies only for domains that it domain-matches as RFC 2965 defines it:
    /// `acme.com` cannot set one for `.acme.com`.
    #[doc(alias = "DomainRFC2965Match")]
    #[doc(alias = "DomainRfc2965Match")]
    pub const DOMAIN_RFC2965_MATCH: Self = Self(4);
    /// `DOMAIN_STRICT_NO_DOTS` and `DOMAIN_STRICT_NON_DOMAIN`.
    #[doc(alias = "DomainStrict")]
    pub const DOMAIN_STRICT: Self = Self(3);

    /// Whether all flags of `other` are set.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

impl BitOr for StrictNsDomain {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for StrictNsDomain {
    fn bitor_assign(&mut self, other: Self) {
        *self = *self | other;
    }
}

impl fmt::Debug for StrictNsDomain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = [
            (Self::DOMAIN_STRICT_NO_DOTS, "DOMAIN_STRICT_NO_DOTS"),
            (Self::DOMAIN_STRICT_NON_DOMAIN, "DOMAIN_STRICT_NON_DOMAIN"),
            (Self::DOMAIN_RFC2965_MATCH, "DOMAIN_RFC2965_MATCH"),
        ];
        let set: Vec<&str> = names.iter().filter(|(flag, _)| self.contains(*flag)).map(|(_, name)| *name).collect();
        f.write_str(if set.is_empty() { "DOMAIN_LIBERAL" } else { "" })?;
        f.write_str(&set.join(" | "))
    }
}
