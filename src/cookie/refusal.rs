//! Why a cookie was not taken, or not sent.

use std::error::Error;
use std::fmt;

/// The reason why a cookie was not stored, or was not sent with a request.
///
/// [`CookieJar::set_cookie_if_ok`](super::CookieJar::set_cookie_if_ok) returns it. For cookies that servers set,
/// and for those left out of a request, it is logged at debug level with the target `clientcookie::cookies`;
/// the cookie's value never is. So to find out where a cookie went, switch that log on and read the sentence.
///
/// ```
/// use clientcookie::cookie::Refusal;
///
/// assert_eq!(Refusal::NoName.to_string(), "it has no name");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Refusal {
    /// The request's URL has no host, as `file:///tmp/page`, or none that the domain name system could hold.
    NoHost,
    /// The name is empty. A nameless cookie `=__Host-sid=1` would read as a prefixed one when it is sent back.
    NoName,
    /// The name begins with a blank that is not ASCII. Servers that strip it would see another name.
    BlankBeforeName,
    /// A control character in the name, value, domain or path (RFC 9110, section 5.5; CVE-2022-35252).
    ControlCharacter,
    /// A `;` in the name or value, or a `=` in the name: what follows would be sent as a cookie of its own.
    Separator,
    /// Name and value are longer than [`MAX_NAME_AND_VALUE`](super::MAX_NAME_AND_VALUE).
    TooLong,
    /// The response had [`MAX_SET_COOKIES_PER_RESPONSE`](super::MAX_SET_COOKIES_PER_RESPONSE) before it.
    TooManyInResponse,
    /// `Domain` is not a host name: `.`, `..example.com`, `example.com.`
    MalformedDomain,
    /// `Domain` is a single label such as `com`, and not the host itself.
    NoInnerDot,
    /// The host is neither the cookie's domain nor, for a domain cookie, below it.
    DomainMismatch,
    /// The cookie's domain is the host's parent, but the cookie was set without `Domain` and stays on its host.
    HostOnly,
    /// The request's path is not at or below the cookie's (RFC 6265, section 5.1.4).
    PathMismatch,
    /// `Secure`, and the request is neither https nor wss.
    InsecureRequest,
    /// An insecure response would replace, delete or shadow a `Secure` cookie.
    ShadowsSecure,
    /// The name begins with `__Secure-` and the cookie is not `Secure`.
    SecurePrefix,
    /// The name begins with `__Host-` and the cookie is not `Secure`, not bound to its host, or not for `Path=/`.
    HostPrefix,
    /// No `=`, and the name begins with `__Secure-` or `__Host-`; some servers read that as a prefixed cookie.
    NamelessPrefix,
    /// The domain holds [`MAX_COOKIES_PER_DOMAIN`](super::MAX_COOKIES_PER_DOMAIN) cookies, all of them `Secure`,
    /// and an insecure response may not evict those.
    DomainFull,
    /// The cookie has expired.
    Expired,
    /// The `Cookie` header has reached [`MAX_COOKIE_HEADER`](super::MAX_COOKIE_HEADER) bytes or
    /// [`MAX_COOKIES_IN_HEADER`](super::MAX_COOKIES_IN_HEADER) cookies.
    HeaderFull,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoHost => "the URL has no host to file it under",
            Self::NoName => "it has no name",
            Self::BlankBeforeName => "its name begins with a blank that is not ASCII",
            Self::ControlCharacter => "it holds a control character",
            Self::Separator => "its name or value holds a separator",
            Self::TooLong => "its name and value are too long",
            Self::TooManyInResponse => "the response sets too many cookies",
            Self::MalformedDomain => "its domain is not a host name",
            Self::NoInnerDot => "its domain has no dot inside",
            Self::DomainMismatch => "the host does not belong to its domain",
            Self::HostOnly => "it was set without a domain and stays on its own host",
            Self::PathMismatch => "the request's path is not below its path",
            Self::InsecureRequest => "it is for secure connections and this is none",
            Self::ShadowsSecure => "an insecure response may not replace or shadow a secure cookie",
            Self::SecurePrefix => "the name prefix __Secure- asks for Secure",
            Self::HostPrefix => "the name prefix __Host- asks for Secure, Path=/ and no Domain",
            Self::NamelessPrefix => "a name prefix asks for a name and a value",
            Self::DomainFull => "its domain is full of secure cookies",
            Self::Expired => "it has expired",
            Self::HeaderFull => "the Cookie header is full",
        })
    }
}

impl Error for Refusal {}
