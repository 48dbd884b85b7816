//! How much of everything the jar takes from a server, and gives to one.
//!
//! Without limits a single response fills the memory, or makes every later request too long for its server to
//! accept (CVE-2022-32205). "6265bis" is draft-ietf-httpbis-rfc6265bis-22, the successor of RFC 6265.

/// Bytes in a cookie's name and value together; a longer cookie is refused.
///
/// 6265bis, section 5.6: "If the sum of the lengths of the name string and the value string is more than 4096
/// octets, abort this algorithm and ignore the set-cookie-string entirely."
pub const MAX_NAME_AND_VALUE: usize = 4096;

/// Bytes in the value of one attribute such as `Path`; a longer attribute is ignored, the cookie stays.
///
/// 6265bis, section 5.6: "If the attribute-value is longer than 1024 octets, ignore the cookie-av string".
pub const MAX_ATTRIBUTE_VALUE: usize = 1024;

/// Seconds a server may ask a cookie to live: 400 days. A later expiry is brought forward to this.
///
/// 6265bis, section 5.5: "The limit SHOULD NOT be greater than 400 days (34560000 seconds) in the future."
pub const MAX_LIFETIME: i64 = 400 * 24 * 60 * 60;

/// `Set-Cookie` headers looked at in one response; those after them are ignored.
///
/// 6265bis, section 6.1, asks for room for at least 50 cookies a domain; libcurl too reads 50 headers a response.
pub const MAX_SET_COOKIES_PER_RESPONSE: usize = 50;

/// Cookies kept for one domain; one more evicts the oldest of that same domain.
///
/// 6265bis, section 6.1, asks for at least 50; browsers descended from Chromium keep 180.
pub const MAX_COOKIES_PER_DOMAIN: usize = 180;

/// Bytes in the value of one `Cookie` header; a cookie that does not fit any more stays behind.
///
/// 6265bis, section 6.1, leaves the number to the client. Apache's httpd refuses lines over 8190 bytes
/// (`LimitRequestFieldSize`), and libcurl stops there for that reason.
pub const MAX_COOKIE_HEADER: usize = 8190;

/// Cookies in one `Cookie` header; the rest stay behind.
///
/// 6265bis, section 6.1, leaves the number to the client; libcurl sends 150.
pub const MAX_COOKIES_IN_HEADER: usize = 150;
