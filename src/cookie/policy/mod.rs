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
/// [`DefaultCookiePolicy`] has all the standard rules, each with a switch. A policy of your own wraps it and adds a
/// check of its own; hand on what you do not mean to change:
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
///     fn replace_ok(&self, cookie: &Cookie, existing: &Cookie, transaction: &Transaction<'_>) -> Result<(), Refusal> {
///         self.0.replace_ok(cookie, existing, transaction)
///     }
///     fn is_public_suffix(&self, domain: &str) -> bool {
///         self.0.is_public_suffix(domain)
///     }
/// }
///
/// let jar = CookieJar::with_policy(ShortLived(DefaultCookiePolicy::new()));
/// let url = url::Url::parse("https://example.com/")?;
/// assert!(jar.set_from_str("a=1; Max-Age=60", &url).is_ok());
/// assert_eq!(jar.set_from_str("b=1; Max-Age=7200", &url), Err(Refusal::Other("it lives too long")));
/// # Ok::<(), url::ParseError>(())
/// ```
///
/// No lock of the jar is held while it asks, so that a policy may look into the jar, and even change it.
pub trait CookiePolicy: Send + Sync {
    /// Whether this cookie may be stored, given the request that it answers. Expired cookies are asked about too:
    /// they delete.
    fn set_ok(&self, cookie: &Cookie, transaction: &Transaction<'_>) -> Result<(), Refusal>;

    /// Whether this cookie goes with this request. It is the last word: what must hold must hold here, and not only
    /// in the two quicker questions below.
    fn return_ok(&self, cookie: &Cookie, transaction: &Transaction<'_>) -> Result<(), Refusal>;

    /// Whether any cookie of this domain could go with the request. The jar asks it first, once a domain, to spare
    /// looking at the cookies one by one.
    fn domain_return_ok(&self, domain: &str, transaction: &Transaction<'_>) -> Result<(), Refusal> {
        let _ = (domain, transaction);
        Ok(())
    }

    /// Whether any cookie of this path could go with the request; asked between
    /// [`domain_return_ok`](Self::domain_return_ok) and [`return_ok`](Self::return_ok).
    fn path_return_ok(&self, path: &[u8], transaction: &Transaction<'_>) -> Result<(), Refusal> {
        let _ = (path, transaction);
        Ok(())
    }

    /// Whether a cookie that passed [`set_ok`](Self::set_ok) may be stored beside, or in the place of, a `Secure`
    /// cookie of the same name that the jar holds for the same domain, a parent or a host below it.
    fn replace_ok(&self, cookie: &Cookie, existing: &Cookie, transaction: &Transaction<'_>) -> Result<(), Refusal> {
        let _ = (cookie, existing, transaction);
        Ok(())
    }

    /// Whether storing a cookie for this transaction may evict a `Secure` one.
    fn may_evict_secure(&self, transaction: &Transaction<'_>) -> bool {
        transaction.is_secure()
    }

    /// What even a cookie that the user puts in must keep to, because it could not be sent without damage.
    fn storable(&self, cookie: &Cookie) -> Result<(), Refusal> {
        rule::storable(cookie, true)
    }

    /// Whether anybody can have a name below this domain, as below `co.uk`. A host that is such a name itself, and
    /// says so in `Domain`, gets a cookie for itself alone.
    fn is_public_suffix(&self, domain: &str) -> bool {
        let _ = domain;
        false
    }

    /// Which protocols are spoken.
    fn protocols(&self) -> Protocols {
        Protocols::default()
    }

    /// How much is taken from servers, and given to them.
    fn limits(&self) -> Limits {
        Limits::DEFAULT
    }
}

/// Which cookie protocols a policy speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Protocols {
    /// `Set-Cookie` as Netscape defined it and RFC 6265 describes it: what the web uses. On.
    pub netscape: bool,
    /// `Set-Cookie2` of RFC 2965, and the cookies of RFC 2109. Off: hardly a server ever spoke it.
    pub rfc2965: bool,
    /// Whether the cookies of RFC 2109, which are those in `Set-Cookie` with `Version=1`, are treated as Netscape
    /// cookies. `None` is yes, unless `rfc2965` is on.
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
/// | a control character anywhere in the header | refuses the cookie | is judged by the policy, if it is kept |
/// | `Path` that does not begin with `/` | is ignored | is kept, and matches nothing |
/// | `Domain` without a value | is ignored | refuses the cookie |
/// | `Path` or `Version` without a value, `Max-Age` or `Version` that is no number | is ignored | refuses the cookie |
/// | no `Domain`, on a host without dots | its domain is the host | its domain is the host and `.local` |
/// | `Domain=localhost` on `localhost` | is the host alone | is `.localhost` |
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reading {
    /// As RFC 6265 and its successor draft say.
    #[default]
    Rfc6265,
    /// As ClientCookie and Python's `http.cookiejar` do.
    Classic,
}

/// A shared policy is a policy: keep one handle, give the jar the other, and change its lists of domains later.
impl<P: CookiePolicy + ?Sized> CookiePolicy for Arc<P> {
    fn set_ok(&self, cookie: &Cookie, transaction: &Transaction<'_>) -> Result<(), Refusal> {
        (**self).set_ok(cookie, transaction)
    }

    fn return_ok(&self, cookie: &Cookie, transaction: &Transaction<'_>) -> Result<(), Refusal> {
        (**self).return_ok(cookie, transaction)
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
