//! Any bytes as `Set-Cookie` lines: what is kept can be sent.
#![no_main]

use std::borrow::Cow;

use clientcookie::CookieJar;
use clientcookie::cookie::{RequestView, ResponseView};
use libfuzzer_sys::fuzz_target;
use url::Url;

struct Lines<'a>(&'a [u8]);

impl ResponseView for Lines<'_> {
    fn header_values<'a>(&'a self, name: &str, each: &mut dyn FnMut(&'a [u8])) {
        if name.eq_ignore_ascii_case("Set-Cookie") {
            self.0.split(|&byte| byte == b'\n').for_each(each);
        }
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

fuzz_target!(|bytes: &[u8]| {
    let jar = CookieJar::new();
    let mut page = Page(Url::parse("https://www.example.com/a/b").unwrap());
    jar.extract_cookies(&Lines(bytes), &page);
    jar.add_cookie_header(&mut page);
});
