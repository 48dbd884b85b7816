//! Random headers, from a seed: nothing panics, and what is sent was once set.

use super::*;

/// xorshift64*: the same numbers on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() >> 33).unwrap() % end
    }

    fn pick<'a, T: ?Sized>(&mut self, all: &[&'a T]) -> &'a T {
        all[self.below(all.len())]
    }

    /// Bytes, of which some mean something.
    fn header(&mut self) -> Vec<u8> {
        let pieces: &[&[u8]] = &[
            b"a",
            b"sid",
            b"=",
            b"=",
            b";",
            b"; ",
            b"\"",
            b"\\",
            b",",
            b" ",
            b"\t",
            b"Path=/",
            b"Path",
            b"Domain=a.test",
            b"Domain=.",
            b"domain=test",
            b"Max-Age=60",
            b"Max-Age=-",
            b"expires=Wed, 09 Feb 2030 22:23:32 GMT",
            b"Secure",
            b"HttpOnly",
            b"Version=1",
            b"Port=\"80,81\"",
            b"Port",
            b"Comment=x",
            b"$x",
            b"__Host-",
            b"\xff",
            b"\xc3\xa9",
            b"\x01",
            b"%7e",
            b"/",
            b"1",
            b"SameSite=Lax",
            b"Discard",
        ];
        let mut header = if self.below(3) == 0 { b"Set-Cookie2:".to_vec() } else { Vec::new() };
        for _ in 0..self.below(16) {
            header.extend_from_slice(self.pick(pieces));
            if self.below(8) == 0 {
                header.push(u8::try_from(self.below(256)).unwrap());
            }
        }
        header
    }
}

const URLS: &[&str] = &[
    "http://a.test/",
    "https://a.test/x/%7ey",
    "http://b.a.test:81/",
    "https://localhost/",
    "http://127.0.0.1/x",
    "http://[::1]/",
    "http://x.co.uk/",
    "file:///x",
    "http://é.test/é",
];

fn without_backslashes(text: &[u8]) -> Vec<u8> {
    text.iter().copied().filter(|&byte| byte != b'\\').collect()
}

#[test]
fn any_bytes_do() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let policies = [
        DefaultCookiePolicy::new(),
        DefaultCookiePolicy::new().rfc2965(true),
        DefaultCookiePolicy::classic(),
        DefaultCookiePolicy::classic()
            .rfc2965(true)
            .strict_domain(true)
            .strict_ns_domain(StrictNsDomain::DOMAIN_STRICT),
    ];
    for policy in policies {
        let jar = jar_with(policy);
        let mut once_set: Vec<Vec<u8>> = Vec::new();
        for _ in 0..1_500 {
            let header = random.header();
            let url = random.pick(URLS);
            extract(&jar, url, &[&header]);
            once_set.push(without_backslashes(&header));
            for cookie in jar.cookies_for_request(&Request::new(random.pick(URLS))) {
                let (name, value) = (cookie.name_bytes(), cookie.value());
                let parts = [without_backslashes(name), without_backslashes(value)];
                let holds = |header: &Vec<u8>, part: &Vec<u8>| {
                    part.is_empty() || header.windows(part.len()).any(|window| window == part)
                };
                let set = once_set.iter().rev().any(|header| parts.iter().all(|part| holds(header, part)));
                assert!(set, "never set: {cookie}");
                assert!((!name.is_empty() || !value.is_empty()) && !name.contains(&b';') && !value.contains(&b';'));
            }
            if once_set.len().is_multiple_of(100) {
                assert!(jar.iter().eq(jar.deep_clone().iter()));
                assert!(!format!("{jar} {jar:?}").is_empty());
                jar.iter().for_each(|cookie| assert!(!lwp_cookie_str(&cookie).is_empty()));
                jar.clear();
                once_set.clear();
            }
        }
    }
}

#[test]
fn any_text_is_a_date_or_none() {
    let mut random = Random(42);
    let pieces: &[&str] =
        &["1994", "-", "02", "/", "9", " ", ":", "22", "T", "Z", "z", "+0800", ".", "75", "é", "Feb", "GMT"];
    for _ in 0..10_000 {
        let text: String = (0..random.below(12)).map(|_| random.pick(pieces)).collect();
        for time in [str2time(&text), iso2time(&text)].into_iter().flatten() {
            assert_eq!(iso2time(&time2iso(time)), Some(time), "{text}");
            assert!(str2time(&time2netscape(time)).is_some() || time < -11_644_473_600, "{text}");
        }
    }
    for time in [i64::MIN, -1, 0, i64::MAX] {
        assert!(time2iso(time).ends_with('Z') && time2netscape(time).ends_with("GMT"));
    }
}
