//! Which cookies are taken, and which are sent: the trait, and the answers it is asked for.

mod default;
mod domain_list;
mod judge;
mod strict;
mod suffixes;

pub use default::DefaultCookiePolicy;
pub use strict::StrictNsDomain;
pub use suffixes::PublicSuffixes;

use std::sync::Arc;

use super::{Cookie, Limits, Refusal, Transaction, rule};

/// The rules by which a [`CookieJar`](super::CookieJar) takes and sends cookies.
///
/// [`DefaultCookiePolicy`] has all the standard rules, each with a switch. A policy of your own
/// wraps it and adds a check of its own. Name the wrapped policy in [`inner`](Self::inner), and it
/// answers whatever yours does not; only the two questions that every policy must answer are handed
/// on by hand:
///
/// ```
/// use clientcookie::cookie::*;
///
/// /// The standard rules, and no cookie that lives longer than an hour.
/// struct ShortLived(DefaultCookiePolicy);
///
/// impl CookiePolicy for ShortLived {
///     fn set_ok(&self, cookie: &Cookie, transaction: &Transaction<'_>) -> Result<(), Refusal> {
///         if cookie.expires().is_some_and(|expires| expires > transaction.now() + 3600) {
///             return Err(Refusal::Other("it lives too long"));
///         }
///         self.0.set_ok(cookie, transaction)
///     }
///     fn return_ok(&self, cookie: &Cookie, transaction: &Transaction<'_>) -> Result<(), Refusal> {
///         self.0.return_ok(cookie, transaction)
///     }
///     fn inner(&self) -> Option<&dyn CookiePolicy> {
///         Some(&self.0)
///     }
/// }
///
/// let jar = CookieJar::with_policy(ShortLived(DefaultCookiePolicy::new()));
/// let url = url::Url::parse("https://example.com/")?;
/// assert!(jar.set_from_str("a=1; Max-Age=60", &url).is_ok());
/// assert_eq!(
///     jar.set_from_str("b=1; Max-Age=7200", &url),
///     Err(Refusal::Other("it lives too long"))
/// );
/// # Ok::<(), url::ParseError>(())
/// ```
///
/// A policy that wraps none, and so has no `inner`, answers what it leaves out as
/// [`DefaultCookiePolicy::new`] would.
///
/// No lock of the jar is held while it asks, so that a policy may look into the jar, and even
/// change it.
pub trait CookiePolicy: Send + Sync {
    /// Whether this cookie may be stored, given the request that it answers. Expired cookies are
    /// asked about too: they delete.
    fn set_ok(&self, cookie: &Cookie, transaction: &Transaction<'_>) -> Result<(), Refusal>;

    /// Whether this cookie goes with this request. It is the last word: what must hold must hold
    /// here, and not only in the two quicker questions below.
    fn return_ok(&self, cookie: &Cookie, transaction: &Transaction<'_>) -> Result<(), Refusal>;

    /// The policy that answers what this one leaves out. None: the safe rules do.
    fn inner(&self) -> Option<&dyn CookiePolicy> {
        None
    }

    /// Whether any cookie of this domain could go with the request. The jar asks it first about the
    /// cookies that lie near, once for several of one domain and path, and spares itself the
    /// other questions if the answer is no.
    fn domain_return_ok(&self, domain: &str, transaction: &Transaction<'_>) -> Result<(), Refusal> {
        self.inner().map_or(Ok(()), |inner| inner.domain_return_ok(domain, transaction))
    }

    /// Whether any cookie of this path could go with the request; asked between
    /// [`domain_return_ok`](Self::domain_return_ok) and [`return_ok`](Self::return_ok).
    fn path_return_ok(&self, path: &[u8], transaction: &Transaction<'_>) -> Result<(), Refusal> {
        self.inner().map_or_else(|| rule::path_ok(path, transaction), |inner| inner.path_return_ok(path, transaction))
    }

    /// Whether a cookie that passed [`set_ok`](Self::set_ok) may be stored beside, or in the place
    /// of, a `Secure` cookie of the same name that the jar holds for the same domain, a parent
    /// or a host below it. Asked only if [`guards_secure`](Self::guards_secure).
    fn replace_ok(&self, cookie: &Cookie, existing: &Cookie, transaction: &Transaction<'_>) -> Result<(), Refusal> {
        if let Some(inner) = self.inner() {
            return inner.replace_ok(cookie, existing, transaction);
        }
        if transaction.is_secure() { Ok(()) } else { rule::leaves_secure_alone(cookie, existing, transaction.now()) }
    }

    /// Whether [`replace_ok`](Self::replace_ok) is to be asked about this transaction. If not, the
    /// jar need not look for `Secure` cookies, which may be many. [`DefaultCookiePolicy`]
    /// guards them from insecure responses only; answer true if your `replace_ok` is about
    /// others too.
    fn guards_secure(&self, transaction: &Transaction<'_>) -> bool {
        self.inner().is_none_or(|inner| inner.guards_secure(transaction))
    }

    /// Whether storing a cookie for this transaction may evict a `Secure` one.
    fn may_evict_secure(&self, transaction: &Transaction<'_>) -> bool {
        self.inner().map_or_else(|| transaction.is_secure(), |inner| inner.may_evict_secure(transaction))
    }

    /// What even a cookie that the user puts in must keep to, because it could not be sent without
    /// damage.
    fn storable(&self, cookie: &Cookie) -> Result<(), Refusal> {
        self.inner().map_or_else(|| rule::storable(cookie, true), |inner| inner.storable(cookie))
    }

    /// Whether anybody can have a name below this domain, as below `co.uk`. A host that is such a
    /// name itself, and says so in `Domain`, gets a cookie for itself alone.
    fn is_public_suffix(&self, domain: &str) -> bool {
        self.inner().map_or_else(|| PublicSuffixes::BuiltIn.contains(domain), |inner| inner.is_public_suffix(domain))
    }

    /// Which protocols are spoken.
    fn protocols(&self) -> Protocols {
        self.inner().map_or_else(Protocols::default, CookiePolicy::protocols)
    }

    /// How much is taken from servers, and given to them.
    fn limits(&self) -> Limits {
        self.inner().map_or(Limits::DEFAULT, CookiePolicy::limits)
    }
}

/// Which cookie protocols a policy speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Protocols {
    /// `Set-Cookie` as Netscape defined it and RFC 6265 describes it: what the web uses. On.
    pub netscape: bool,
    /// `Set-Cookie2` of RFC 2965, and the cookies of RFC 2109. Off: hardly a server ever spoke it.
    pub rfc2965: bool,
    /// Whether the cookies of RFC 2109, which are those in `Set-Cookie` with `Version=1`, are
    /// treated as Netscape cookies. `None` is yes, unless `rfc2965` is on.
    pub rfc2109_as_netscape: Option<bool>,
    /// Whether the jar keeps to itself that it speaks RFC 2965: no `Cookie2: $Version="1"`.
    pub hide_cookie2: bool,
    /// How attributes are read.
    pub reading: Reading,
}

impl Default for Protocols {
    fn default() -> Self {
        Self {
            netscape: true,
            rfc2965: false,
            rfc2109_as_netscape: None,
            hide_cookie2: false,
            reading: Reading::Rfc6265,
        }
    }
}

/// How the attributes of a cookie are read where RFC 6265 and the original differ.
///
/// | | RFC 6265 | the original |
/// |---|---|---|
/// | `seen` or `=seen` | is a value without a name, and there is one such cookie | is a name without a value; the second is ignored |
/// | `Expires` | is a date of RFC 6265 section 5.1.1 | is a date of [`str2time`](super::str2time) |
/// | `Domain` that is not ASCII | refuses the cookie | is spelled as URLs spell it |
/// | a control character anywhere in the header | refuses the cookie | is judged by the policy, if it is kept |
/// | `Path` that does not begin with `/` | is ignored | is kept, and matches nothing |
/// | `Domain` without a value | is ignored | refuses the cookie |
/// | `Path` or `Version` without a value, `Max-Age` or `Version` that is no number | is ignored | refuses the cookie |
/// | no `Domain`, on a host without dots | its domain is the host | its domain is the host and `.local` |
/// | `Port` of a Netscape cookie | is ignored | is kept, and must be the request's |
/// | what is sent of an RFC 2965 cookie's value | is quoted, unless it is a token | is never quoted |
/// | `Domain=localhost` on `localhost` | is the host alone | is `.localhost` |
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reading {
    /// As RFC 6265 and its successor draft say.
    #[default]
    Rfc6265,
    /// As ClientCookie and Python's `http.cookiejar` do.
    Classic,
}

/// A shared policy is a policy: keep one handle, give the jar the other, and change its lists of
/// domains later.
impl<P: CookiePolicy + ?Sized> CookiePolicy for Arc<P> {
    fn set_ok(&self, cookie: &Cookie, transaction: &Transaction<'_>) -> Result<(), Refusal> {
        (**self).set_ok(cookie, transaction)
    }

    fn return_ok(&self, cookie: &Cookie, transaction: &Transaction<'_>) -> Result<(), Refusal> {
        (**self).return_ok(cookie, transaction)
    }

    fn inner(&self) -> Option<&dyn CookiePolicy> {
        (**self).inner()
    }

    fn domain_return_ok(&self, domain: &str, transaction: &Transaction<'_>) -> Result<(), Refusal> {
        (**self).domain_return_ok(domain, transaction)
    }

    fn path_return_ok(&self, path: &[u8], transaction: &Transaction<'_>) -> Result<(), Refusal> {
        (**self).path_return_ok(path, transaction)
    }

    fn replace_ok(&self, cookie: &Cookie, existing: &Cookie, transaction: &Transaction<'_>) -> Result<(), Refusal> {
        (**self).replace_ok(cookie, existing, transaction)
    }

    fn guards_secure(&self, transaction: &Transaction<'_>) -> bool {
        (**self).guards_secure(transaction)
    }

    fn may_evict_secure(&self, transaction: &Transaction<'_>) -> bool {
        (**self).may_evict_secure(transaction)
    }

    fn storable(&self, cookie: &Cookie) -> Result<(), Refusal> {
        (**self).storable(cookie)
    }

    fn is_public_suffix(&self, domain: &str) -> bool {
        (**self).is_public_suffix(domain)
    }

    fn protocols(&self) -> Protocols {
        (**self).protocols()
    }

    fn limits(&self) -> Limits {
        (**self).limits()
    }
}
