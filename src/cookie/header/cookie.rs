//! Writing the `Cookie` header.

use crate::cookie::Cookie;

const BETWEEN: &[u8] = b"; ";

/// The value of the header: `sid=31d4; seen`, in the order given.
pub(in crate::cookie) fn write(cookies: &[&Cookie]) -> Vec<u8> {
    let room = cookies.iter().map(|cookie| length(cookie) + BETWEEN.len()).sum();
    let mut header = Vec::with_capacity(room);
    for cookie in cookies {
        if !header.is_empty() {
            header.extend_from_slice(BETWEEN);
        }
        header.extend_from_slice(&cookie.name);
        if let Some(value) = &cookie.value {
            header.push(b'=');
            header.extend_from_slice(value);
        }
    }
    header
}

/// The bytes that a cookie takes in the header, without what stands between two.
pub(in crate::cookie) fn length(cookie: &Cookie) -> usize {
    cookie.name.len() + cookie.value.as_ref().map_or(0, |value| 1 + value.len())
}
