//! How much of everything the jar takes from a server, and gives to one.

/// How much of everything the jar takes from a server, and gives to one. `None` is no limit.
///
/// Without limits a single response fills the memory, or makes every later request too long for its
/// server to accept (CVE-2022-32205). They hold for what servers set; what the user puts in or
/// loads neither counts nor is evicted. "6265bis" is draft-ietf-httpbis-rfc6265bis-22, the
/// successor of RFC 6265.
///
/// ```
/// use clientcookie::cookie::{CookieJar, DefaultCookiePolicy, Limits};
///
/// let limits = Limits { per_domain: Some(20), total: Some(300), ..Limits::default() };
/// let jar = CookieJar::with_policy(DefaultCookiePolicy::new().limits(limits));
/// # let _ = jar;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes in a cookie's name and value together; a longer cookie is refused. 4096.
    ///
    /// 6265bis section 5.6: "If the sum of the lengths of the name string and the value string is
    /// more than 4096 octets, abort this algorithm and ignore the set-cookie-string entirely."
    pub name_and_value: Option<usize>,
    /// Bytes in the value of one attribute such as `Path`, or in the name of one that no protocol
    /// knows; a longer attribute is ignored, the cookie stays. 1024.
    ///
    /// 6265bis section 5.6: "If the attribute-value is longer than 1024 octets, ignore the
    /// cookie-av string".
    pub attribute_value: Option<usize>,
    /// Attributes of a cookie that no protocol knows; more are ignored, the cookie stays. 20.
    ///
    /// Not in an RFC: no server sends ten, and each takes memory for as long as its cookie lives.
    pub nonstandard_attributes: Option<usize>,
    /// Seconds a server may ask a cookie to live. A later expiry is brought forward to this. 400
    /// days.
    ///
    /// 6265bis section 5.5: "The limit SHOULD NOT be greater than 400 days (34560000 seconds) in
    /// the future."
    pub lifetime: Option<i64>,
    /// Cookies looked at in one response; those after them are ignored. 50.
    ///
    /// 6265bis section 6.1, asks for room for at least 50 cookies a domain; libcurl too reads 50
    /// headers a response.
    pub per_response: Option<usize>,
    /// Cookies kept for one domain; one more evicts from that same domain what has expired, else
    /// the oldest that is not `Secure`, else the oldest. 180.
    ///
    /// 6265bis section 6.1, asks for at least 50; browsers descended from Chromium keep 180.
    pub per_domain: Option<usize>,
    /// Cookies kept in all; one more evicts what has expired, else the oldest that is not `Secure`,
    /// else the oldest. No limit, since with one a site could push out the cookies of another.
    ///
    /// 6265bis section 6.1, asks for at least 3000.
    pub total: Option<usize>,
    /// Bytes in the value of one `Cookie` header; a cookie that does not fit any more stays behind.
    /// 8190.
    ///
    /// 6265bis section 6.1, leaves the number to the client. Apache's httpd refuses lines over 8190
    /// bytes (`LimitRequestFieldSize`), and libcurl stops there for that reason.
    pub header_bytes: Option<usize>,
    /// Cookies in one `Cookie` header; the rest stay behind. 150, as libcurl.
    pub header_cookies: Option<usize>,
}

impl Limits {
    /// The limits of a jar that nobody has changed.
    pub const DEFAULT: Self = Self {
        name_and_value: Some(4096),
        attribute_value: Some(1024),
        nonstandard_attributes: Some(20),
        lifetime: Some(400 * 24 * 60 * 60),
        per_response: Some(50),
        per_domain: Some(180),
        total: None,
        header_bytes: Some(8190),
        header_cookies: Some(150),
    };

    /// No limits at all, as in the original.
    pub const NONE: Self = Self {
        name_and_value: None,
        attribute_value: None,
        nonstandard_attributes: None,
        lifetime: None,
        per_response: None,
        per_domain: None,
        total: None,
        header_bytes: None,
        header_cookies: None,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// Whether `size` is more than a limit allows.
pub(super) fn exceeds(size: usize, limit: Option<usize>) -> bool {
    limit.is_some_and(|limit| size > limit)
}
