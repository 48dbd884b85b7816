//! Why a cookie was not taken, or not sent.

use std::error::Error;
use std::fmt;

use super::Cookie;

/// The reason why a cookie was not stored, or was not sent with a request.
///
/// Policies answer with it, and so does
/// [`CookieJar::set_cookie_if_ok`](super::CookieJar::set_cookie_if_ok). For the cookies of a
/// response, ask [`extract_cookies_report`](super::CookieJar::extract_cookies_report); for those
/// missing in a request, [`why_not_sent`](super::CookieJar::why_not_sent). All of them are logged
/// at debug level with the target `clientcookie::cookies`, and the cookie's value never is.
///
/// ```
/// use clientcookie::cookie::Refusal;
///
/// assert_eq!(Refusal::NoName.to_string(), "it has no name");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Refusal {
    /// The request's URL has no host, as `file:///tmp/page`, or none that the domain name system
    /// could hold.
    NoHost,
    /// The name is empty, and the value too; or the name is, and the jar reads as the original did,
    /// or RFC 2965 asks for a name.
    NoName,
    /// The name begins with a blank that is not ASCII. Servers that strip it would see another
    /// name.
    BlankBeforeName,
    /// The name of a Netscape cookie begins with `$`, and `strict_ns_set_initial_dollar` is set; or
    /// it is one of `$Version`, `$Path`, `$Domain` and `$Port`, which mean something else to a
    /// server that speaks RFC 2965.
    DollarBeforeName,
    /// A control character in the name, value, domain or path (RFC 9110 section 5.5;
    /// CVE-2022-35252).
    ControlCharacter,
    /// A `;` in the name or value, a `=` in the name, or a `"` in the path or domain of an RFC 2965
    /// cookie: what follows would be sent as a cookie of its own.
    Separator,
    /// An attribute that needs a value has none, or one that is no number. Only a jar that reads as
    /// the original did refuses that; see [`Reading`](super::Reading).
    BadAttribute,
    /// A `Set-Cookie2` header without `Version` (RFC 2965 section 3.2.2), or with one that is no
    /// number.
    NoVersion,
    /// The policy has `netscape` switched off.
    NetscapeOff,
    /// The policy has `rfc2965` switched off.
    Rfc2965Off,
    /// The response sets the same cookie by `Set-Cookie2`, and that one counts (RFC 2965 section
    /// 9.1).
    SupersededByRfc2965,
    /// Name and value are longer than [`Limits::name_and_value`](super::Limits::name_and_value).
    TooLong,
    /// The response had [`Limits::per_response`](super::Limits::per_response) cookies before it.
    TooManyInResponse,
    /// `Domain` is not a host name: `.`, `..example.com`, `example.com.`, or by hand
    /// `http://example.com`.
    MalformedDomain,
    /// `Domain` is a single label such as `com`, and not the host itself.
    NoInnerDot,
    /// `Domain` is a name below which anybody can have one, such as `co.uk` or `github.io`, or lies
    /// above such a name that the host has: `amazonaws.com` for a host below
    /// `s3.amazonaws.com`.
    PublicSuffix,
    /// `Domain` looks like `co.uk`, and `strict_domain` is set.
    CountryCodeDomain,
    /// The host is neither the cookie's domain nor, for a domain cookie, below it.
    DomainMismatch,
    /// More than one label stands before the domain: `a.b.example.com` setting for `.example.com`
    /// (RFC 2965, section 3.3.2; `DOMAIN_STRICT_NO_DOTS` for Netscape cookies).
    DotsBeforeDomain,
    /// The cookie's domain is the host's parent, but the cookie was set without `Domain` and stays
    /// on its host.
    HostOnly,
    /// The domain is among the policy's `blocked_domains`.
    Blocked,
    /// The policy has `allowed_domains`, and the domain is not among them.
    NotAllowed,
    /// The path of a cookie put in by hand, or read from a file, does not begin with `/`: no
    /// request is below it.
    RelativePath,
    /// The request's path is not at or below the cookie's (RFC 6265 section 5.1.4).
    PathMismatch,
    /// The cookie's `Port` is not a list of numbers.
    MalformedPort,
    /// The request's port is not among the cookie's.
    PortMismatch,
    /// The user did not ask for this request, and it goes to another site than the one he asked for
    /// (RFC 2965, section 3.3.6).
    ThirdParty,
    /// `Secure`, and the request is neither https nor wss.
    InsecureRequest,
    /// `SameSite=None` without `Secure` (6265bis section 5.7).
    InsecureSameSiteNone,
    /// `Partitioned` without `Secure` (CHIPS).
    InsecurePartitioned,
    /// An insecure response would replace, delete or shadow a `Secure` cookie.
    ShadowsSecure,
    /// The name begins with `__Secure-` and the cookie is not `Secure`.
    SecurePrefix,
    /// The name begins with `__Host-` and the cookie is not `Secure`, not bound to its host, or not
    /// for `Path=/`.
    HostPrefix,
    /// The name begins with `__Http-` or `__Host-Http-`, and the cookie is not both `Secure` and
    /// `HttpOnly`.
    HttpPrefix,
    /// No name, and the value begins with `__Secure-`, `__Host-` or `__Http-`: it would be sent as
    /// a prefixed cookie.
    NamelessPrefix,
    /// There is no room: [`Limits::per_domain`](super::Limits::per_domain) or
    /// [`Limits::total`](super::Limits::total) is reached, and nothing that may be evicted is
    /// there. An insecure response evicts no `Secure` cookie, and none evicts what the user put
    /// in.
    DomainFull,
    /// Other threads kept storing `Secure` cookies of its name while it was judged by them.
    Contended,
    /// The cookie has expired.
    Expired,
    /// The `Cookie` header has reached [`Limits::header_bytes`](super::Limits::header_bytes) or
    /// [`Limits::header_cookies`](super::Limits::header_cookies).
    HeaderFull,
    /// The store under the jar failed;
    /// [`CookieJar::take_store_error`](super::CookieJar::take_store_error) says how.
    StoreFailed,
    /// For policies of your own: a reason of theirs, in words that follow "because".
    Other(&'static str),
}

impl Refusal {
    /// Where it is written that such a cookie is not stored, or not sent; for the limits and
    /// switches of this crate, which of them it is.
    ///
    /// ```
    /// use clientcookie::cookie::Refusal;
    ///
    /// assert_eq!(Refusal::PathMismatch.rule(), "RFC 6265 section 5.4");
    /// ```
    pub fn rule(self) -> &'static str {
        match self {
            Self::NoHost | Self::MalformedDomain => "RFC 6265 section 5.1.2",
            Self::NoName => "RFC 6265 section 5.2",
            Self::BlankBeforeName | Self::NamelessPrefix => "6265bis section 5.7",
            Self::DollarBeforeName => "RFC 2965 section 3.2.2",
            Self::ControlCharacter => "RFC 9110 section 5.5",
            Self::Separator => "RFC 6265 section 4.1.1",
            Self::BadAttribute | Self::NoVersion => "RFC 2965 section 3.2.2",
            Self::NetscapeOff => "DefaultCookiePolicy::netscape",
            Self::Rfc2965Off => "DefaultCookiePolicy::rfc2965",
            Self::SupersededByRfc2965 => "RFC 2965 section 9.1",
            Self::TooLong => "Limits::name_and_value",
            Self::TooManyInResponse => "Limits::per_response",
            Self::NoInnerDot | Self::CountryCodeDomain | Self::DotsBeforeDomain => "RFC 2965 section 3.3.2",
            Self::PublicSuffix => "RFC 6265 section 5.3, step 5",
            Self::DomainMismatch => "RFC 6265 section 5.3, step 6",
            Self::HostOnly | Self::PathMismatch | Self::InsecureRequest => "RFC 6265 section 5.4",
            Self::Blocked => "DefaultCookiePolicy::blocked_domains",
            Self::NotAllowed => "DefaultCookiePolicy::allowed_domains",
            Self::RelativePath => "RFC 6265 section 5.2.4",
            Self::MalformedPort => "RFC 2965 section 3.2.2",
            Self::PortMismatch => "RFC 2965 section 3.3.4",
            Self::ThirdParty => "RFC 2965 section 3.3.6",
            Self::InsecureSameSiteNone | Self::ShadowsSecure => "6265bis section 5.7",
            Self::InsecurePartitioned => "CHIPS, section 2.1",
            Self::SecurePrefix | Self::HostPrefix | Self::HttpPrefix => "6265bis section 4.1.3",
            Self::DomainFull => "Limits::per_domain, Limits::total",
            Self::Contended => "CookieStore::put",
            Self::Expired => "RFC 6265 section 5.3",
            Self::HeaderFull => "Limits::header_bytes, Limits::header_cookies",
            Self::StoreFailed => "CookieJar::take_store_error",
            Self::Other(_) => "a policy of one's own",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoHost => "the URL has no host to file it under",
            Self::NoName => "it has no name",
            Self::BlankBeforeName => "its name begins with a blank that is not ASCII",
            Self::DollarBeforeName => "its name begins with a dollar sign",
            Self::ControlCharacter => "it holds a control character",
            Self::Separator => "its name or value holds a separator",
            Self::BadAttribute => "an attribute has no value that can be read",
            Self::NoVersion => "Set-Cookie2 must name a version",
            Self::NetscapeOff => "Netscape cookies are switched off",
            Self::Rfc2965Off => "RFC 2965 cookies are switched off",
            Self::SupersededByRfc2965 => "Set-Cookie2 sets the same cookie",
            Self::TooLong => "its name and value are too long",
            Self::TooManyInResponse => "the response sets too many cookies",
            Self::MalformedDomain => "its domain is not a host name",
            Self::NoInnerDot => "its domain has no dot inside",
            Self::PublicSuffix => "its domain is a public suffix, or above that of the host",
            Self::CountryCodeDomain => "its domain looks like a country's own top-level domain",
            Self::DomainMismatch => "the host does not belong to its domain",
            Self::DotsBeforeDomain => "the host is more than one label below its domain",
            Self::HostOnly => "it was set without a domain and stays on its own host",
            Self::Blocked => "its domain is blocked",
            Self::NotAllowed => "its domain is not among the allowed ones",
            Self::PathMismatch => "the request's path is not below its path",
            Self::MalformedPort => "its port is not a list of numbers",
            Self::PortMismatch => "the request's port is not one of its ports",
            Self::ThirdParty => "nobody asked for this request to another site",
            Self::InsecureRequest => "it is for secure connections and this is none",
            Self::ShadowsSecure => "an insecure response may not replace or shadow a secure cookie",
            Self::InsecureSameSiteNone => "SameSite=None asks for Secure",
            Self::InsecurePartitioned => "Partitioned asks for Secure",
            Self::HttpPrefix => "the name prefixes __Http- and __Host-Http- ask for Secure and HttpOnly",
            Self::RelativePath => "its path does not begin with a slash",
            Self::SecurePrefix => "the name prefix __Secure- asks for Secure",
            Self::HostPrefix => "the name prefix __Host- asks for Secure, Path=/ and no Domain",
            Self::NamelessPrefix => "a name prefix asks for a name and a value",
            Self::DomainFull => "there is no room for it",
            Self::Contended => "the secure cookies beside it kept changing",
            Self::Expired => "it has expired",
            Self::HeaderFull => "the Cookie header is full",
            Self::StoreFailed => "the store failed",
            Self::Other(reason) => reason,
        })
    }
}

impl Error for Refusal {}

/// A cookie of a response that was not stored, and why:
/// [`CookieJar::extract_cookies_report`](super::CookieJar::extract_cookies_report).
///
/// Displayed, it is a sentence without the value: `cookie sid for .b.test/: the host does not
/// belong to its domain`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rejected {
    /// The cookie's name as text, cut to 64 bytes if it could not be read further. `***` if the
    /// header had no `=`: what is a name here may be a secret to the server.
    pub name: String,
    /// The cookie, unless its header could not be read.
    pub cookie: Option<Cookie>,
    /// Why it was not stored.
    pub refusal: Refusal,
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cookie {}", self.name.escape_debug())?;
        if let Some(cookie) = &self.cookie {
            write!(f, " for {}{}", cookie.domain().escape_debug(), cookie.path_bytes().escape_ascii())?;
        }
        write!(f, ": {}", self.refusal)
    }
}
