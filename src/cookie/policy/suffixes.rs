//! Names below which anybody can have one, and which therefore own no cookies: `co.uk`, `github.io`.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use crate::cookie::host;

/// How a policy knows that a domain is a public suffix.
///
/// Without such a list, `evil.co.uk` could set a cookie for all of `co.uk`. Top-level domains, being names without a
/// dot, are refused even without one.
#[derive(Clone, Default)]
pub enum PublicSuffixes {
    /// The list of publicsuffix.org, as it was when the `psl` crate was published. Without this crate's feature `psl`
    /// it holds no name.
    #[default]
    BuiltIn,
    /// A list, or a way to find out, of your own; see [`own`](Self::own) and [`list`](Self::list). It is asked with a
    /// domain in lower case, in its `xn--` form, and without a leading dot.
    Own(Arc<dyn Fn(&str) -> bool + Send + Sync>),
    /// No domain is one, and domains are not looked at closely either: `Domain=com.` passes on the host `example.com.`
    /// as it did in the original.
    Off,
}

impl PublicSuffixes {
    /// Asks `is_public_suffix` about each domain.
    pub fn own(is_public_suffix: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        Self::Own(Arc::new(is_public_suffix))
    }

    /// These domains, and no other. Case, a leading dot, and the two spellings of an international name make no
    /// difference.
    ///
    /// ```
    /// use clientcookie::cookie::{CookiePolicy, DefaultCookiePolicy, PublicSuffixes};
    ///
    /// let policy = DefaultCookiePolicy::new().public_suffixes(PublicSuffixes::list(["users.intranet.example"]));
    /// assert!(policy.is_public_suffix("users.intranet.example") && !policy.is_public_suffix("co.uk"));
    /// ```
    pub fn list<D: Into<String>>(domains: impl IntoIterator<Item = D>) -> Self {
        let spelled = |domain: String| host::spell_domain(domain.strip_prefix('.').unwrap_or(&domain)).into_owned();
        let domains: HashSet<String> = domains.into_iter().map(|domain| spelled(domain.into())).collect();
        Self::own(move |domain| domains.contains(domain))
    }

    pub(in crate::cookie) fn contains(&self, domain: &str) -> bool {
        match self {
            Self::BuiltIn => built_in(domain),
            Self::Own(is_public_suffix) => is_public_suffix(domain),
            Self::Off => false,
        }
    }
}

/// The list's "default rule" takes every unknown top-level domain for a suffix; so does the rule of the inner dot, and
/// `localhost` is to be a host like any other.
#[cfg(feature = "psl")]
fn built_in(domain: &str) -> bool {
    psl::suffix(domain.as_bytes()).is_some_and(|suffix| suffix.is_known() && suffix.as_bytes() == domain.as_bytes())
}

#[cfg(not(feature = "psl"))]
fn built_in(_: &str) -> bool {
    false
}

impl fmt::Debug for PublicSuffixes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BuiltIn => "BuiltIn",
            Self::Own(_) => "Own(..)",
            Self::Off => "Off",
        })
    }
}
