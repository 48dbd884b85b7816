//! RFC 6265 section 5.1.4: the path of a cookie that names none.

/// The directory of the request's path: `/shop` for `/shop/cart`, and `/shop/` for a cookie of RFC
/// 2965.
pub(in crate::cookie) fn default_path(request_path: &str, rfc2965: bool) -> &str {
    // "If the uri-path is empty or if the first character of the uri-path is not a %x2F ("/")
    // character, output %x2F ("/") and skip the remaining steps."
    if !request_path.starts_with('/') {
        return "/";
    }
    match request_path.rfind('/') {
        // RFC 2965 section 3.3.1: "Path Defaults to the path of the request URL that generated the
        // Set-Cookie2 response, up to and including the right-most /."
        Some(end) if rfc2965 => &request_path[..=end],
        // "If the uri-path contains no more than one %x2F ("/") character, output %x2F ("/")".
        None | Some(0) => "/",
        // "Output the characters of the uri-path from the first character up to, but not including,
        // the right-most %x2F ("/")."
        Some(end) => &request_path[..end],
    }
}

#[cfg(test)]
mod tests {
    use super::default_path;

    #[test]
    fn the_default_path_is_the_directory() {
        for (request, expected) in
            [("", "/"), ("x", "/"), ("/", "/"), ("/x", "/"), ("/x/", "/x"), ("/x/y", "/x"), ("/x//y", "/x/")]
        {
            assert_eq!(default_path(request, false), expected, "{request}");
        }
        assert_eq!(default_path("/x/y", true), "/x/");
    }
}
