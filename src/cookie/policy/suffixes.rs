//! Names below which anybody can have one, and which therefore own no cookies: `co.uk`,
//! `github.io`.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use crate::cookie::transaction::with_parents;
use crate::cookie::{Transaction, host};

/// How many bytes at the end of a host are a public suffix.
type SuffixLength = dyn Fn(&str) -> Option<usize> + Send + Sync;

/// How a policy knows that a domain is a public suffix.
///
/// Without such a list, `evil.co.uk` could set a cookie for all of `co.uk`. Top-level domains,
/// being names without a dot, are refused even without one.
#[derive(Clone, Default)]
pub enum PublicSuffixes {
    /// The list of publicsuffix.org, as it was when the `psl` crate was published. Without this
    /// crate's feature `psl` it holds no name.
    #[default]
    BuiltIn,
    /// A list, or a way to find out, of your own; made by [`list`](Self::list) and
    /// [`own`](Self::own). It is asked with a host in lower case and in its `xn--` form, and
    /// answers how many bytes at its end are a public suffix, if any.
    Own(Arc<SuffixLength>),
    /// No domain is one, and domains are not looked at closely either: `Domain=com.` passes on the
    /// host `example.com.` as it did in the original.
    Off,
}

impl PublicSuffixes {
    /// Asks `is_public_suffix` about a host, then about its parents; the first that is one is the
    /// suffix of the host.
    pub fn own(is_public_suffix: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        Self::Own(Arc::new(move |host| with_parents(host).find(|name| is_public_suffix(name)).map(str::len)))
    }

    /// These rules, and no other, in the notation of publicsuffix.org: a domain; `*.example`, which
    /// is every name directly below `example`; and `!www.example`, which takes one of these
    /// out. Case, a leading dot, and the two spellings of an international name make no
    /// difference. Empty lines and those that begin with `//` are passed over, so that the
    /// lines of that site's file are such rules.
    ///
    /// ```
    /// use clientcookie::cookie::{CookiePolicy, DefaultCookiePolicy, PublicSuffixes};
    ///
    /// let policy = DefaultCookiePolicy::new()
    ///     .public_suffixes(PublicSuffixes::list(["users.intranet.example"]));
    /// assert!(policy.is_public_suffix("users.intranet.example"));
    /// assert!(!policy.is_public_suffix("co.uk"));
    /// ```
    pub fn list<D: Into<String>>(rules: impl IntoIterator<Item = D>) -> Self {
        let rules: Rules = rules.into_iter().map(Into::into).collect();
        Self::Own(Arc::new(move |host| rules.suffix_length(host)))
    }

    /// Whether the domain is a public suffix.
    pub(in crate::cookie) fn contains(&self, domain: &str) -> bool {
        self.suffix_length(domain) == Some(domain.len())
    }

    /// Whether a domain that the host lies below is below the host's public suffix too, and so may
    /// be owned there. That it is no suffix itself is not enough: `amazonaws.com` is none, but
    /// `s3.amazonaws.com` is, and of two names below that neither may own what is above both.
    pub(in crate::cookie) fn leave_to(&self, host: &str, domain: &[u8]) -> bool {
        self.suffix_length(host).is_none_or(|length| domain.len() > length)
    }

    /// The same for the host of a request, about which the compiled-in list is asked but once.
    pub(in crate::cookie) fn leave_to_host_of(&self, request: &Transaction<'_>, host: &str, domain: &[u8]) -> bool {
        match self {
            Self::BuiltIn => request.built_in_suffix(|| built_in(host)).is_none_or(|length| domain.len() > length),
            _ => self.leave_to(host, domain),
        }
    }

    /// How many bytes at the end of the host are a public suffix; None if the list has no rule for
    /// it.
    fn suffix_length(&self, host: &str) -> Option<usize> {
        match self {
            Self::BuiltIn => built_in(host),
            Self::Own(suffix_length) => suffix_length(host),
            Self::Off => None,
        }
    }
}

/// The list's "default rule" takes every unknown top-level domain for a suffix; so does the rule of
/// the inner dot, and `localhost` is to be a host like any other.
#[cfg(feature = "psl")]
fn built_in(host: &str) -> Option<usize> {
    psl::suffix(host.as_bytes()).filter(psl::Suffix::is_known).map(|suffix| suffix.as_bytes().len())
}

#[cfg(not(feature = "psl"))]
fn built_in(_: &str) -> Option<usize> {
    None
}

/// A list of the user's own.
#[derive(Default)]
struct Rules {
    plain: HashSet<String>,
    /// The parents of the names that are suffixes.
    wildcards: HashSet<String>,
    exceptions: HashSet<String>,
}

impl FromIterator<String> for Rules {
    fn from_iter<I: IntoIterator<Item = String>>(lines: I) -> Self {
        let mut rules = Self::default();
        for line in lines {
            let rule = line.split_whitespace().next().unwrap_or_default();
            let (set, domain) = match (rule.strip_prefix('!'), rule.strip_prefix("*.")) {
                (Some(domain), _) => (&mut rules.exceptions, domain),
                (_, Some(domain)) => (&mut rules.wildcards, domain),
                _ => (&mut rules.plain, rule.strip_prefix('.').unwrap_or(rule)),
            };
            if !domain.is_empty() && !domain.starts_with("//") {
                set.insert(host::spell_domain(domain).into_owned());
            }
        }
        rules
    }
}

impl Rules {
    /// "If more than one rule matches, the prevailing rule is the one which is an exception rule.
    /// [Else it] is the one with the most labels. If the prevailing rule is an exception rule,
    /// modify it by removing the leftmost label."
    fn suffix_length(&self, host: &str) -> Option<usize> {
        let parent = |name: &str| name.split_once('.').map_or(0, |(_, parent)| parent.len());
        if let Some(exception) = with_parents(host).find(|name| self.exceptions.contains(*name)) {
            return Some(parent(exception));
        }
        let is_suffix =
            |name: &&str| self.plain.contains(*name) || self.wildcards.contains(&name[name.len() - parent(name)..]);
        with_parents(host).find(is_suffix).map(str::len)
    }
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
