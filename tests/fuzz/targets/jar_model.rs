//! `Set-Cookie` histories, beside a jar that is a list: what is sent was set, by that site, not
//! refused, and is neither gone nor replaced; and whatever is so, is sent.

use std::borrow::Cow;
use std::sync::Arc;

use clientcookie::clock::FixedClock;
use clientcookie::cookie::{CookieJar, DefaultCookiePolicy, MemoryStore, RequestView, ResponseView};
use url::Url;

const NOW: i64 = 1_767_225_600;
const HOSTS: [&str; 8] =
    ["shop.test", "www.shop.test", "a.www.shop.test", "bank.test", "badshop.test", "shop.co.uk", "127.0.0.1", "[::1]"];
const PATHS: [&str; 6] = ["/", "/a", "/a/", "/a/b", "/ab", "/a/b/c"];
const DOMAINS: [&str; 11] = [
    "shop.test",
    ".shop.test",
    "www.shop.test",
    "SHOP.test",
    "bank.test",
    "test",
    "co.uk",
    "127.0.0.1",
    "0.0.1",
    ".",
    "a.www.shop.test",
];
const NAMES: [&str; 4] = ["a", "b", "__Secure-a", "__Host-a"];

/// One cookie as it was set.
#[derive(Debug, Clone)]
struct Set {
    name: &'static str,
    value: String,
    /// Of whom: a host, or with hosts below it.
    domain: String,
    below: bool,
    path: String,
    secure: bool,
    expires: Option<i64>,
}

pub fn run(bytes: &[u8]) {
    let clock = Arc::new(FixedClock::new(NOW));
    let jar = CookieJar::with_parts(MemoryStore::new(), DefaultCookiePolicy::new(), clock.clone());
    let mut model: Vec<Set> = Vec::new();
    let mut now = NOW;
    // Few enough for no limit to be reached.
    for (number, step) in bytes.chunks_exact(6).take(100).enumerate() {
        let &[kind, host, path, domain, attributes, life] = step else {
            return;
        };
        let page = Page::new(pick(&HOSTS, host), pick(&PATHS, path), host & 0x80 != 0);
        if kind % 4 == 0 {
            now += i64::from(life);
            clock.set(now);
        } else if kind % 4 != 1 {
            let set = Attempt::new(&page, number, (kind >> 2, domain, attributes, life), now);
            let refused = !jar.extract_cookies_report(&Line(set.header.as_bytes()), &page).is_empty();
            assert!(refused || !set.must_be_refused(&page), "{} from {}", set.header, page.url);
            if !refused {
                let Attempt { cookie, .. } = set;
                model.retain(|old| {
                    (old.name, &old.domain, old.below, &old.path)
                        != (cookie.name, &cookie.domain, cookie.below, &cookie.path)
                });
                model.push(cookie);
            }
        }
        model.retain(|set| set.expires.is_none_or(|expires| expires > now));
        check(&jar, &model, &page);
    }
}

fn check(jar: &CookieJar, model: &[Set], page: &Page) {
    let mut request = Page { url: page.url.clone(), sent: Vec::new() };
    jar.add_cookie_header(&mut request);
    let text = String::from_utf8(request.sent).expect("as it was set");
    let mut sent: Vec<&str> = text.split("; ").filter(|pair| !pair.is_empty()).collect();
    let mut due: Vec<String> =
        model.iter().filter(|set| set.is_for(&page.url)).map(|set| format!("{}={}", set.name, set.value)).collect();
    sent.sort_unstable();
    due.sort_unstable();
    assert_eq!(sent, due, "to {}, of {model:#?}", page.url);
}

/// A `Set-Cookie` line, and what it means if it is not refused.
struct Attempt {
    header: String,
    cookie: Set,
    domain: Option<&'static str>,
}

impl Set {
    fn is_for(&self, url: &Url) -> bool {
        let host = url.host_str().unwrap_or_default();
        let of_host = host == self.domain || (self.below && host.ends_with(&format!(".{}", self.domain)));
        let path = url.path();
        let rest = path.strip_prefix(&*self.path);
        let of_path = rest.is_some_and(|rest| rest.is_empty() || self.path.ends_with('/') || rest.starts_with('/'));
        of_host && of_path && (!self.secure || url.scheme() == "https")
    }
}

impl Attempt {
    fn new(page: &Page, number: usize, choices: (u8, u8, u8, u8), now: i64) -> Self {
        let (name, domain, attributes, life) = choices;
        let name = pick(&NAMES, name);
        let value = number.to_string();
        let domain = (domain & 0x80 != 0).then(|| pick(&DOMAINS, domain));
        let path = (attributes & 1 != 0).then(|| pick(&PATHS, attributes >> 4));
        let secure = attributes & 2 != 0;
        let age = (attributes & 4 != 0).then(|| i64::from(life) - 16);
        let mut header = format!("{name}={value}");
        header.extend(domain.map(|domain| format!("; Domain={domain}")));
        header.extend(path.map(|path| format!("; Path={path}")));
        header.extend(secure.then_some("; Secure"));
        header.extend(age.map(|age| format!("; Max-Age={age}")));

        let host = page.host();
        // An address has nobody below it, and a lone dot says nothing.
        let named = domain.filter(|domain| *domain != "." && !is_address(host));
        let domain_of = named.map_or(host.to_owned(), |domain| domain.trim_start_matches('.').to_ascii_lowercase());
        let cookie = Set {
            name,
            value,
            domain: domain_of,
            below: named.is_some(),
            path: path.map_or_else(|| directory(page.url.path()).to_owned(), str::to_owned),
            secure,
            expires: age.map(|age| now + age),
        };
        Self { header, cookie, domain }
    }

    /// What every browser refuses. A cookie may be refused for more, as one that would replace a
    /// secure one.
    fn must_be_refused(&self, page: &Page) -> bool {
        let (host, cookie) = (page.host(), &self.cookie);
        let is_foreign = self.domain.filter(|domain| *domain != ".").is_some_and(|domain| {
            let domain = domain.trim_start_matches('.').to_ascii_lowercase();
            host != domain && (is_address(host) || !host.ends_with(&format!(".{domain}")))
        });
        let is_public = cookie.below && ["test", "co.uk"].contains(&&*cookie.domain);
        let from_http = cookie.secure && page.url.scheme() == "http";
        let breaks_promise = match cookie.name {
            "__Secure-a" => !cookie.secure,
            "__Host-a" => !cookie.secure || cookie.below || cookie.path != "/",
            _ => false,
        };
        is_foreign || is_public || from_http || breaks_promise
    }
}

fn pick(all: &'static [&'static str], choice: u8) -> &'static str {
    all[usize::from(choice & 0x7f) % all.len()]
}

fn is_address(host: &str) -> bool {
    host.starts_with('[') || host.ends_with(|last: char| last.is_ascii_digit())
}

/// RFC 6265 section 5.1.4.
fn directory(path: &str) -> &str {
    match path.rfind('/') {
        None | Some(0) => "/",
        Some(end) => &path[..end],
    }
}

struct Page {
    url: Url,
    sent: Vec<u8>,
}

impl Page {
    fn new(host: &str, path: &str, is_secure: bool) -> Self {
        let scheme = if is_secure { "https" } else { "http" };
        Self { url: Url::parse(&format!("{scheme}://{host}{path}")).expect("a URL"), sent: Vec::new() }
    }

    fn host(&self) -> &str {
        self.url.host_str().expect("a host")
    }
}

impl RequestView for Page {
    fn url(&self) -> Cow<'_, Url> {
        Cow::Borrowed(&self.url)
    }
    fn has_header(&self, _: &str) -> bool {
        false
    }
    fn add_unredirected_header(&mut self, name: &str, value: &[u8]) {
        assert_eq!(name, "Cookie");
        self.sent = value.to_vec();
    }
}

struct Line<'a>(&'a [u8]);

impl ResponseView for Line<'_> {
    fn header_values<'a>(&'a self, name: &str, each: &mut dyn FnMut(&'a [u8])) {
        if name.eq_ignore_ascii_case("Set-Cookie") {
            each(self.0);
        }
    }
}
