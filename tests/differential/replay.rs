//! Playing a scenario through this crate's jar, and writing down what it did in the words of the
//! fixtures.

use std::borrow::Cow;
use std::sync::Arc;

use clientcookie::clock::FixedClock;
use clientcookie::cookie::{Cookie, CookieJar, DefaultCookiePolicy, RequestView, ResponseView, StrictNsDomain};
use url::Url;

use super::golden::{Outcome, escape, unescape};

/// The clock of every scenario when it starts, as in `generate.py`.
const NOW: i64 = 1_560_000_000;

/// The end of the year 9999, where the fixtures stop counting.
const NEVER: i64 = 253_402_300_799;

pub fn play(steps: &[&str]) -> Outcome {
    let clock = Arc::new(FixedClock::new(NOW));
    let jar = CookieJar::with_clock(clock.clone());
    jar.set_policy(DefaultCookiePolicy::classic());
    let mut lines = Outcome::new();
    let mut answer: Option<(Page, Headers)> = None;
    for step in steps {
        let (word, rest) = step.split_once(' ').unwrap_or((step, ""));
        if let ("set" | "set2", Some((_, headers))) = (word, &mut answer) {
            headers.0.push((if word == "set" { "Set-Cookie" } else { "Set-Cookie2" }, unescape(rest)));
            continue;
        }
        if let Some((page, headers)) = answer.take() {
            jar.extract_cookies(&headers, &page);
        }
        match word {
            "policy" => jar.set_policy(policy(rest)),
            "wait" => clock.advance(rest.parse().expect("seconds")),
            "from" => answer = Some((Page::new(rest), Headers(Vec::new()))),
            "to" => {
                let mut request = Page::new(rest);
                jar.add_cookie_header(&mut request);
                lines.push(format!("sent {}", request.sent("Cookie").unwrap_or_default()).trim_end().to_owned());
                lines.extend(request.sent("Cookie2").map(|value| format!("sent2 {value}")));
            }
            _ => panic!("a scenario says {step:?}"),
        }
    }
    if let Some((page, headers)) = answer {
        jar.extract_cookies(&headers, &page);
    }
    jar.clear_expired_cookies();
    let mut cookies: Vec<String> = jar.iter().map(|cookie| format!("jar {}", show(&cookie))).collect();
    cookies.sort_unstable();
    lines.extend(cookies);
    lines
}

/// The classic policy with the switches of a scenario.
fn policy(switches: &str) -> DefaultCookiePolicy {
    let list = |text: &str| text.split(',').filter(|_| !text.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    switches.split(' ').fold(DefaultCookiePolicy::classic(), |policy, switch| {
        let (name, value) = switch.split_once('=').expect("a switch and its value");
        let on = value == "1";
        match name {
            "netscape" => policy.netscape(on),
            "rfc2965" => policy.rfc2965(on),
            "rfc2109_as_netscape" => policy.rfc2109_as_netscape(on),
            "hide_cookie2" => policy.hide_cookie2(on),
            "strict_domain" => policy.strict_domain(on),
            "strict_rfc2965_unverifiable" => policy.strict_rfc2965_unverifiable(on),
            "strict_ns_unverifiable" => policy.strict_ns_unverifiable(on),
            "strict_ns_domain" => policy.strict_ns_domain(flags(value)),
            "strict_ns_set_initial_dollar" => policy.strict_ns_set_initial_dollar(on),
            "strict_ns_set_path" => policy.strict_ns_set_path(on),
            "blocked_domains" => policy.blocked_domains(list(value)),
            "allowed_domains" => policy.allowed_domains(Some(list(value))),
            _ => panic!("a scenario has the switch {switch:?}"),
        }
    })
}

/// The flags that Python writes as a number.
fn flags(number: &str) -> StrictNsDomain {
    let number: u8 = number.parse().expect("a number of flags");
    [
        (1, StrictNsDomain::DOMAIN_STRICT_NO_DOTS),
        (2, StrictNsDomain::DOMAIN_STRICT_NON_DOMAIN),
        (4, StrictNsDomain::DOMAIN_RFC2965_MATCH),
    ]
    .into_iter()
    .filter(|(bit, _)| number & bit != 0)
    .fold(StrictNsDomain::DOMAIN_LIBERAL, |flags, (_, flag)| flags | flag)
}

/// A request, and the headers that the jar gave it.
struct Page {
    url: Url,
    origin: Option<String>,
    headers: Vec<(String, Vec<u8>)>,
}

impl Page {
    /// From a URL and, if the request is unverifiable, the host of its origin.
    fn new(text: &str) -> Self {
        let (url, origin) = text.split_once(' ').unzip();
        let url = Url::parse(url.unwrap_or(text)).expect("a URL");
        Self { url, origin: origin.map(str::to_owned), headers: Vec::new() }
    }

    fn sent(&self, name: &str) -> Option<String> {
        self.headers.iter().find(|(header, _)| header == name).map(|(_, value)| escape(value))
    }
}

impl RequestView for Page {
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

/// The cookie headers of a response.
struct Headers(Vec<(&'static str, Vec<u8>)>);

impl ResponseView for Headers {
    fn header_values<'a>(&'a self, name: &str, each: &mut dyn FnMut(&'a [u8])) {
        for (_, value) in self.0.iter().filter(|(header, _)| header.eq_ignore_ascii_case(name)) {
            each(value);
        }
    }
}

/// A cookie as `oracle.py` writes it.
fn show(cookie: &Cookie) -> String {
    let letters: String = [
        ('d', cookie.domain_specified()),
        ('.', cookie.domain_initial_dot()),
        ('p', cookie.path_specified()),
        ('s', cookie.secure()),
        ('x', cookie.discard()),
        ('#', cookie.port_specified()),
        ('r', cookie.rfc2109()),
    ]
    .iter()
    .filter(|(_, holds)| *holds)
    .map(|(letter, _)| *letter)
    .collect();
    let mut fields = vec![
        escape(cookie.domain().as_bytes()),
        escape(cookie.path_bytes()),
        escape(cookie.name_bytes()),
        if cookie.has_value() { format!("={}", escape(cookie.value())) } else { String::new() },
        if letters.is_empty() { "-".to_owned() } else { letters },
        cookie.version().to_string(),
    ];
    fields.extend(cookie.expires().map(|expires| format!("expires={}", expires.min(NEVER))));
    fields.extend(cookie.port().map(|port| format!("port={}", escape(port.as_bytes()))));
    fields.extend(cookie.comment().map(|comment| format!("comment={}", escape(comment.as_bytes()))));
    fields.extend(cookie.comment_url().map(|url| format!("comment_url={}", escape(url.as_bytes()))));
    let rest = cookie.nonstandard_attributes().map(|(name, value)| {
        let value = value.map(|value| format!("={value}")).unwrap_or_default();
        escape(format!("rest:{name}{value}").as_bytes())
    });
    let mut rest: Vec<String> = rest.collect();
    rest.sort_unstable();
    fields.extend(rest);
    fields.join("\t")
}
