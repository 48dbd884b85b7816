//! Writing the `Cookie` header.

use crate::cookie::{Cookie, Reading};

const BETWEEN: &[u8] = b"; ";

/// The value of the header, in the order given: `sid=31d4; seen`, or for cookies of RFC 2965
/// `$Version=1; sid=31d4; $Path="/shop"`.
pub(in crate::cookie) fn write<'a>(cookies: impl Iterator<Item = &'a Cookie> + Clone, reading: Reading) -> Vec<u8> {
    let room = cookies.clone().map(|cookie| length(cookie, reading) + BETWEEN.len()).sum();
    let mut header = Vec::with_capacity(room);
    for cookie in cookies {
        if header.is_empty() {
            // RFC 2965 section 3.3.4:
            // `cookie = "Cookie:" cookie-version 1*((";" | ",") cookie-value)`. Nobody ever said
            // what it is if the cookies differ; the original takes that of the first.
            if cookie.version > 0 {
                header.extend_from_slice(format!("$Version={}", cookie.version).as_bytes());
                header.extend_from_slice(BETWEEN);
            }
        } else {
            header.extend_from_slice(BETWEEN);
        }
        write_one(cookie, reading, &mut header);
    }
    header
}

/// The bytes that a cookie takes in the header, without what stands between two.
pub(in crate::cookie) fn length(cookie: &Cookie, reading: Reading) -> usize {
    if cookie.version > 0 {
        let mut scratch = Vec::new();
        write_one(cookie, reading, &mut scratch);
        return scratch.len() + b"$Version=1; ".len();
    }
    let (name, value) = cookie.as_pair();
    name.len() + value.map_or(0, |value| 1 + value.len())
}

fn write_one(cookie: &Cookie, reading: Reading, header: &mut Vec<u8>) {
    // 6265bis section 5.8.3: "If the cookies' name is not empty, output the cookie's name followed
    // by the %x3D ("=") character. If the cookies' value is not empty, output the cookie's value."
    let (name, value) = cookie.as_pair();
    header.extend_from_slice(name);
    if let Some(value) = value {
        header.push(b'=');
        match (cookie.version, reading) {
            // A Netscape value has kept its quotes, if it had any.
            (0, _) => header.extend_from_slice(value),
            // RFC 2965 section 3.1: `value = token | quoted-string`. Without quotes, what stands
            // behind a comma would be another cookie.
            (_, Reading::Rfc6265) if !is_token(value) => {
                header.push(b'"');
                write_escaped(value, header);
                header.push(b'"');
            }
            // The original writes all values without.
            _ => write_escaped(value, header),
        }
    }
    if cookie.version > 0 {
        write_attributes(cookie, header);
    }
}

fn write_escaped(value: &[u8], header: &mut Vec<u8>) {
    for &byte in value {
        if matches!(byte, b'"' | b'\\') {
            header.push(b'\\');
        }
        header.push(byte);
    }
}

/// RFC 9110 section 5.6.2: `token = 1*tchar`.
fn is_token(text: &[u8]) -> bool {
    let is_tchar = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    !text.is_empty() && text.iter().all(is_tchar)
}

/// RFC 2965 section 3.3.4: `[";" path] [";" domain] [";" port]`, as the server sent them.
fn write_attributes(cookie: &Cookie, header: &mut Vec<u8>) {
    if cookie.path_specified {
        write_quoted(b"; $Path", cookie.path_bytes(), header);
    }
    if cookie.is_dotted() {
        let domain = if cookie.domain_initial_dot { cookie.domain() } else { cookie.owner() };
        write_quoted(b"; $Domain", domain.as_bytes(), header);
    }
    match cookie.port() {
        Some(port) if cookie.port_specified => write_quoted(b"; $Port", port.as_bytes(), header),
        Some(_) => header.extend_from_slice(b"; $Port"),
        None => {}
    }
}

fn write_quoted(name: &[u8], value: &[u8], header: &mut Vec<u8>) {
    header.extend_from_slice(name);
    header.extend_from_slice(b"=\"");
    header.extend_from_slice(value);
    header.push(b'"');
}
