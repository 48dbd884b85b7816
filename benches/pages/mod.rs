//! What the benchmarks of jars have in common: pages and the cookies that they set, and the time.
//!
//! The data are ten cookies a host, half of them with `Domain`, all persistent, with values of 34
//! characters; with no more attributes than that, or with those of today's servers.

use std::borrow::Cow;
use std::time::Instant;
use std::{fs, thread};

use clientcookie::cookie::{CookieJar, RequestView, ResponseView};
use url::Url;

pub const COOKIES_A_HOST: usize = 10;

/// A page of a host, as the jar sees it, and the length of the header that it got.
pub struct Page {
    pub url: Url,
    pub sent: usize,
}

impl RequestView for Page {
    fn url(&self) -> Cow<'_, Url> {
        Cow::Borrowed(&self.url)
    }

    fn has_header(&self, _name: &str) -> bool {
        false
    }

    fn add_unredirected_header(&mut self, _name: &str, value: &[u8]) {
        self.sent = value.len();
    }
}

/// A response with one Set-Cookie header.
pub struct SetCookie(pub String);

impl ResponseView for SetCookie {
    fn header_values<'a>(&'a self, name: &str, each: &mut dyn FnMut(&'a [u8])) {
        if name.eq_ignore_ascii_case("Set-Cookie") {
            each(self.0.as_bytes());
        }
    }
}

pub fn page(host: usize) -> Page {
    Page { url: Url::parse(&format!("https://www.host{host}.com/shop/cart")).expect("a URL"), sent: 0 }
}

/// What stands at the end of a header that says no more than it must.
pub const FEW: &str = "Max-Age=8640000";

pub fn set_cookie(host: usize, number: usize, attributes: &str) -> SetCookie {
    let value = host.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ number;
    let domain = if number.is_multiple_of(2) { format!("; Domain=host{host}.com") } else { String::new() };
    SetCookie(format!("name{number}={value:034x}; Path=/{domain}; {attributes}"))
}

/// Every page, and the cookies that it sets.
pub fn responses(cookies: usize, attributes: &str) -> impl Iterator<Item = (Page, impl Iterator<Item = SetCookie>)> {
    (0..cookies / COOKIES_A_HOST)
        .map(move |host| (page(host), (0..COOKIES_A_HOST).map(move |number| set_cookie(host, number, attributes))))
}

pub fn filled(cookies: usize, attributes: &str) -> CookieJar {
    let jar = CookieJar::new();
    for (page, headers) in responses(cookies, attributes) {
        headers.for_each(|header| jar.extract_cookies(&header, &page));
    }
    assert_eq!(jar.len(), cookies);
    jar
}

/// Seconds of CPU that this thread has used; where the system does not say, seconds that have
/// passed.
pub fn cpu() -> f64 {
    thread_local!(static START: Instant = Instant::now());
    // Linux counts at its ticks, some milliseconds apart, and when a thread steps back.
    thread::yield_now();
    let schedstat = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    match schedstat.split(' ').next().and_then(|nanoseconds| nanoseconds.parse::<f64>().ok()) {
        Some(nanoseconds) => nanoseconds / 1e9,
        None => START.with(Instant::elapsed).as_secs_f64(),
    }
}

pub fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
