//! Any bytes as `Set-Cookie` and `Set-Cookie2` lines, under the safe and the classic rules: what is
//! kept can be sent.

use std::borrow::Cow;

use clientcookie::CookieJar;
use clientcookie::cookie::{DefaultCookiePolicy, RequestView, ResponseView, lwp_cookie_str};
use url::Url;

struct Lines<'a>(&'a [u8]);

impl ResponseView for Lines<'_> {
    fn header_values<'a>(&'a self, name: &str, each: &mut dyn FnMut(&'a [u8])) {
        // The first byte of a line says which header it is.
        let is_second = name.eq_ignore_ascii_case("Set-Cookie2");
        let lines = self.0.split(|&byte| byte == b'\n').filter_map(<[u8]>::split_first);
        lines.filter(|(first, _)| (**first == b'2') == is_second).for_each(|(_, rest)| each(rest));
    }
}

struct Page(Url);

impl RequestView for Page {
    fn url(&self) -> Cow<'_, Url> {
        Cow::Borrowed(&self.0)
    }
    fn has_header(&self, _: &str) -> bool {
        false
    }
    fn add_unredirected_header(&mut self, _: &str, value: &[u8]) {
        assert!(http::HeaderValue::from_bytes(value).is_ok());
    }
}

pub fn run(bytes: &[u8]) {
    for policy in [DefaultCookiePolicy::new(), DefaultCookiePolicy::classic().rfc2965(true)] {
        let jar = CookieJar::with_policy(policy);
        let mut page = Page(Url::parse("https://www.example.com/a/b").unwrap());
        jar.extract_cookies(&Lines(bytes), &page);
        jar.add_cookie_header(&mut page);
        for cookie in &jar {
            let _ = (cookie.to_string(), format!("{cookie:?}"), lwp_cookie_str(&cookie));
        }
    }
}
