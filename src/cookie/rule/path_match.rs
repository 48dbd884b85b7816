//! RFC 6265 section 5.1.4: which requests are below a cookie's path.

use super::escaped_path::escaped;
use crate::cookie::{Refusal, Transaction};

/// Whether a cookie of this path goes with the request.
pub(in crate::cookie) fn path_ok(path: &[u8], transaction: &Transaction<'_>) -> Result<(), Refusal> {
    if path_match(transaction.path().as_bytes(), path) { Ok(()) } else { Err(Refusal::PathMismatch) }
}

/// Whether `request_path` is at or below `cookie_path`. Both are compared byte for byte: `%2F` is
/// not `/`.
pub(in crate::cookie) fn path_match(request_path: &[u8], cookie_path: &[u8]) -> bool {
    // Not in an RFC: servers write raw UTF-8 into Path, and the same bytes are escaped in the path
    // of a URL.
    matches(request_path, cookie_path)
        || (!cookie_path.is_ascii() && matches(request_path, &escaped(cookie_path, true)))
}

fn matches(request_path: &[u8], cookie_path: &[u8]) -> bool {
    let Some(rest) = request_path.strip_prefix(cookie_path) else {
        return false;
    };
    // "The cookie-path and the request-path are identical."
    rest.is_empty()
        // "The cookie-path is a prefix of the request-path, and the last character of the
        // cookie-path is %x2F."
        || cookie_path.ends_with(b"/")
        // "The cookie-path is a prefix of the request-path, and the first character of the
        // request-path that is not included in the cookie-path is a %x2F ("/") character."
        || rest.starts_with(b"/")
}

#[cfg(test)]
mod tests {
    use super::path_match;

    #[test]
    fn paths_match_at_a_slash_only() {
        for (request, cookie, expected) in [
            ("/any", "/any", true),
            ("/any/", "/any", true),
            ("/any/x", "/any/", true),
            ("/x", "/", true),
            ("/anybad", "/any", false),
            ("/an", "/any", false),
            ("/any%2fx", "/any", false),
            ("/any", "/any/", false),
            ("/ANY", "/any", false),
            ("/%C3%A9/x", "/é", true),
        ] {
            assert_eq!(path_match(request.as_bytes(), cookie.as_bytes()), expected, "{request} {cookie}");
        }
    }
}
