//! The cookie jar. Tables have a sentence a row and one runner; the clock stands still.

mod classic;
mod helpers;
mod linear;
mod more;
mod random;
mod refusals;
mod rfc2965;
mod rfc6265bis;
mod safe;
mod suffixes;
mod table;

use std::borrow::Cow;
use std::sync::Arc;

use clientcookie::clock::FixedClock;
use clientcookie::cookie::*;
use url::Url;

/// 2026-01-01 00:00:00 UTC.
const NOW: i64 = 1_767_225_600;
const DAY: i64 = 24 * 60 * 60;

#[derive(Clone)]
pub struct Request {
    url: Url,
    headers: Vec<(String, Vec<u8>)>,
    /// The host of the request that the user asked for, if it was another.
    origin: Option<String>,
}

impl Request {
    fn new(url: &str) -> Self {
        let url = Url::parse(url).unwrap_or_else(|error| panic!("{url}: {error}"));
        Self { url, headers: Vec::new(), origin: None }
    }

    /// A request that the user did not ask for: he asked `origin`.
    fn unverifiable(url: &str, origin: &str) -> Self {
        Self { origin: Some(origin.to_owned()), ..Self::new(url) }
    }

    fn header(&self, name: &str) -> String {
        let found = self.headers.iter().find(|(header, _)| header == name);
        found.map(|(_, value)| String::from_utf8_lossy(value).into_owned()).unwrap_or_default()
    }
}

impl RequestView for Request {
    fn url(&self) -> Cow<'_, Url> {
        Cow::Borrowed(&self.url)
    }

    fn is_unverifiable(&self) -> bool {
        self.origin.is_some()
    }

    fn origin_req_host(&self) -> Option<Cow<'_, str>> {
        self.origin.as_deref().map(Cow::Borrowed)
    }

    fn has_header(&self, name: &str) -> bool {
        self.headers.iter().any(|(header, _)| header.eq_ignore_ascii_case(name))
    }

    fn add_unredirected_header(&mut self, name: &str, value: &[u8]) {
        self.headers.push((name.to_owned(), value.to_owned()));
    }
}

/// The headers of a response: `Set-Cookie`, unless they begin with `Set-Cookie2:`.
pub struct Response<'h>(Vec<&'h [u8]>);

impl ResponseView for Response<'_> {
    fn header_values<'a>(&'a self, name: &str, each: &mut dyn FnMut(&'a [u8])) {
        let rfc2965 = name.eq_ignore_ascii_case("Set-Cookie2");
        assert!(rfc2965 || name.eq_ignore_ascii_case("Set-Cookie"));
        for header in &self.0 {
            match header.strip_prefix(b"Set-Cookie2:") {
                Some(value) if rfc2965 => each(value),
                None if !rfc2965 => each(header),
                _ => {}
            }
        }
    }
}

fn jar_with(policy: DefaultCookiePolicy) -> CookieJar {
    CookieJar::with_parts(MemoryStore::new(), policy, Arc::new(FixedClock::new(NOW)))
}

fn jar() -> (CookieJar, Arc<FixedClock>) {
    let clock = Arc::new(FixedClock::new(NOW));
    (CookieJar::with_clock(clock.clone()), clock)
}

fn extract<H: AsRef<[u8]>>(jar: &CookieJar, url: &str, headers: &[H]) {
    let headers = headers.iter().map(AsRef::as_ref).collect();
    jar.extract_cookies(&Response(headers), &Request::new(url));
}

fn next_cookie_header_bytes(jar: &CookieJar, url: &str) -> Vec<u8> {
    let mut request = Request::new(url);
    jar.add_cookie_header(&mut request);
    let mut cookies = request.headers.into_iter().filter(|(name, _)| name == "Cookie").map(|(_, value)| value);
    let header = cookies.next().unwrap_or_default();
    assert!(cookies.next().is_none(), "one Cookie header at most");
    header
}

fn next_cookie_header(jar: &CookieJar, url: &str) -> String {
    String::from_utf8_lossy(&next_cookie_header_bytes(jar, url)).into_owned()
}

/// One exchange: a response from `url`, and the `Cookie` header of the next request to it.
fn interact_netscape<H: AsRef<[u8]>>(jar: &CookieJar, url: &str, set_cookie_headers: &[H]) -> String {
    extract(jar, url, set_cookie_headers);
    next_cookie_header(jar, url)
}

/// A sentence; responses, each a URL and its headers; requests, each a URL and its `Cookie` header.
type Row = (&'static str, &'static [(&'static str, &'static [&'static str])], &'static [(&'static str, &'static str)]);

fn run(rows: &[Row]) {
    run_with(&DefaultCookiePolicy::new(), rows);
}

fn run_with(policy: &DefaultCookiePolicy, rows: &[Row]) {
    for (sentence, responses, requests) in rows {
        let jar = jar_with(policy.clone());
        for (url, headers) in *responses {
            extract(&jar, url, headers);
        }
        for (url, expected) in *requests {
            assert_eq!(next_cookie_header(&jar, url), *expected, "{sentence}: {url}\n{jar}");
        }
    }
}
