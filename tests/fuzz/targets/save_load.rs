//! Jars of any cookies, as a site sets them and as a user puts them in: the format of libwww-perl
//! gives back every one, that of Mozilla what it has room for, and what was read is written the
//! same.

use clientcookie::cookie::{Cookie, CookieFormat, CookieJar, LwpFormat, MozillaFormat, WriteFormat};
use url::Url;

pub fn run(bytes: &[u8]) {
    let jar = CookieJar::new();
    let page = Url::parse("https://www.shop.test/a/b").expect("a URL");
    for line in bytes.split(|&byte| byte == b'\n').take(32) {
        match line.split_first() {
            Some((b'=', rest)) => {
                // Some lines are refused.
                let _ = jar.set_from_str(&String::from_utf8_lossy(rest), &page);
            }
            Some((&flags, rest)) => put(&jar, flags, rest),
            None => {}
        }
    }
    let cookies: Vec<Cookie> = jar.iter().collect();
    let lwp = LwpFormat::new().write(&cookies).expect("cookies");
    assert!(lwp.left_out.is_empty());
    let read = LwpFormat::new().read(&lwp.bytes).expect("what was written");
    assert_eq!(read.cookies, cookies);

    let mozilla = MozillaFormat::new();
    let written = mozilla.write(&cookies).expect("cookies");
    let read = mozilla.read(&written.bytes).expect("what was written");
    assert_eq!(read.cookies.len() + written.left_out.len(), cookies.len());
    let again = mozilla.write(&read.cookies).expect("cookies");
    assert!(again.left_out.is_empty());
    assert_eq!(again.bytes.escape_ascii().to_string(), written.bytes.escape_ascii().to_string());
}

/// A cookie by hand: name, value, path, comment, port and an attribute, with tabs between.
fn put(jar: &CookieJar, flags: u8, rest: &[u8]) {
    let mut parts = rest.split(|&byte| byte == b'\t');
    let mut next = || parts.next().unwrap_or_default();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let is = |bit: u8| flags & (1 << bit) != 0;
    let domain = ["shop.test", ".shop.test", "127.0.0.1", "[::1]"][usize::from(flags & 3)];
    let mut cookie = Cookie::new(next(), next(), domain).with_path(next());
    cookie = cookie.with_secure(is(2)).with_http_only(is(3)).with_domain_specified(is(4)).with_rfc2109(is(5));
    if is(6) {
        cookie = cookie.with_comment(&*text(next())).with_port(&*text(next())).with_attribute(&text(next()), None);
    }
    if is(7) {
        cookie = cookie.with_expires(i64::from(flags) << (flags & 31)).with_version(u32::from(flags));
    }
    jar.set_cookie(cookie);
}
