//! What is saved comes back: cookies at random, from a seed.

use super::*;

/// xorshift64*: the same numbers on every machine.
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        usize::try_from(self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33).unwrap() % end
    }

    fn one_in(&mut self, number: usize) -> bool {
        self.below(number) == 0
    }

    /// Bytes that mean something to one format or the other.
    fn bytes(&mut self) -> Vec<u8> {
        const PIECES: &[&[u8]] = &[
            b"a",
            b"sid",
            b"=",
            b";",
            b"\"",
            b"\\",
            b",",
            b" ",
            b"\t",
            b"#",
            b"#HttpOnly_",
            b"$",
            b"%",
            b"+",
            b"\n",
            b"\r",
            b"\0",
            b"\xff",
            b"\xc3\xa9",
            b"\xc2\xa0",
            b"\xe2\x80\xa8",
            b"\x01",
            b"\x7f",
            b"/",
            b"domain",
            b"; secure",
            b"version=0",
            b"TRUE",
            b"0",
            b"\nSet-Cookie3: x=y; domain=b.test",
            b"\r\nb.test\tTRUE\t/\tFALSE\t0\tx\ty",
        ];
        (0..self.below(5)).flat_map(|_| PIECES[self.below(PIECES.len())]).copied().collect()
    }

    fn text(&mut self) -> String {
        String::from_utf8_lossy(&self.bytes()).into_owned()
    }

    fn cookie(&mut self) -> Cookie {
        const DOMAINS: &[&str] =
            &[".a.test", "a.test", "www.a.test", "127.0.0.1", "[::1]", "localhost", "", ".", "#x", "a b", "é.test"];
        const DATES: &[i64] = &[NOW + 1, NOW + DAY, NOW - 1, 0, -1, 1, i64::MAX, i64::MIN, 253_402_300_800];
        let domain = if self.one_in(9) { self.text() } else { DOMAINS[self.below(DOMAINS.len())].to_owned() };
        let mut cookie = Cookie::new(self.bytes(), self.bytes(), domain);
        if self.one_in(2) {
            cookie = cookie.with_path([b"/", self.bytes().as_slice()].concat());
        }
        if self.one_in(2) {
            cookie = cookie.with_expires(DATES[self.below(DATES.len())]);
        }
        for change in 0..12 {
            if !self.one_in(6) {
                continue;
            }
            cookie = match change {
                0 => cookie.without_value(),
                1 => cookie.with_secure(true),
                2 => cookie.with_http_only(true),
                3 => cookie.with_version(u32::try_from(self.below(3)).unwrap()),
                4 => cookie.with_port(&*self.text()),
                5 => cookie.with_port_specified(false),
                6 => cookie.with_domain_specified(self.one_in(2)).with_domain_initial_dot(self.one_in(2)),
                7 => cookie.with_comment(&*self.text()).with_comment_url(&*self.text()),
                8 => cookie.with_rfc2109(true),
                9 => cookie.with_discard(self.one_in(2)),
                10 => cookie.with_attribute(&self.text(), &*self.text()).with_attribute(&self.text(), None),
                _ => cookie.with_path(self.bytes()),
            };
        }
        cookie
    }

    /// A jar with whatever its policy lets in.
    fn jar(&mut self) -> CookieJar {
        let clock = Arc::new(FixedClock::new(0));
        let policy = if self.one_in(2) { DefaultCookiePolicy::new() } else { DefaultCookiePolicy::classic() };
        let jar = CookieJar::with_parts(MemoryStore::new(), policy, clock);
        for _ in 0..self.below(12) {
            jar.set_cookie(self.cookie());
        }
        jar
    }
}

#[test]
fn an_lwp_file_gives_back_every_cookie_a_jar_can_hold() {
    let mut random = Random(0x1d_c00c);
    let mut seen = 0;
    for round in 0..3000 {
        let jar = random.jar();
        let file = everything(LwpCookieJar::without_filename().with_jar(&jar));
        let text = saved(&file);
        let again = everything(LwpCookieJar::without_filename());
        again.set_policy(DefaultCookiePolicy::classic());
        let report = again.load_from(text.as_bytes()).unwrap();
        assert_eq!((report.skipped, report.refused.len()), (vec![], 0), "{round}: {text}");
        assert!(cookies(&again) == cookies(&jar), "{round}: {text}\n{:#?}\n{:#?}", cookies(&again), cookies(&jar));
        seen += jar.len();
    }
    assert!(seen > 3000, "{seen}");
}

#[test]
fn a_mozilla_file_gives_back_what_it_has_room_for() {
    let mut random = Random(0x2d_c00c);
    let (mut seen, mut left) = (0, 0);
    for round in 0..3000 {
        let jar = random.jar();
        let file = everything(MozillaCookieJar::without_filename().with_jar(&jar));
        let mut bytes = Vec::new();
        let report = file.save_to(&mut bytes).unwrap();
        let again = everything(MozillaCookieJar::without_filename());
        again.set_policy(DefaultCookiePolicy::classic());
        let loaded = again.load_from(&bytes[..]).unwrap();
        assert_eq!((loaded.skipped, loaded.refused.len()), (vec![], 0), "{round}");
        let is_out = |cookie: &Cookie| report.left_out.iter().any(|out| out.cookie == *cookie);
        let expected: Vec<Cookie> =
            cookies(&jar).into_iter().filter(|cookie| !is_out(cookie)).map(downgraded).collect();
        assert!(cookies(&again) == expected, "{round}: {:#?}\n{expected:#?}", cookies(&again));
        (seen, left) = (seen + expected.len(), left + report.left_out.len());
        assert_eq!(report.saved, expected.len(), "{round}");
    }
    assert!(seen > 500 && left > 500, "{seen} {left}: too few were tried");
}

/// The losses that the documentation tells of.
fn downgraded(cookie: Cookie) -> Cookie {
    let mut down = Cookie::new(cookie.name_bytes(), cookie.value(), cookie.domain()).with_path(cookie.path_bytes());
    if !cookie.has_value() {
        down = down.without_value();
    }
    let expires = cookie.expires().map(|expires| expires.max(1));
    down.with_path_specified(false)
        .with_secure(cookie.secure())
        .with_http_only(cookie.http_only())
        .with_expires(expires)
}

#[test]
fn hosts_stay_alone_through_both_formats() {
    // K2: the flag that a cookie is for one host only must not be lost on the way.
    let jar = memory();
    for (name, domain) in [("alone", "a.test"), ("below", ".a.test")] {
        jar.set_cookie(Cookie::new(name, "1", domain));
    }
    let (perl, netscape) = (everything(lwp()), everything(mozilla()));
    perl.load_from(saved(&everything(lwp()).with_jar(&jar)).as_bytes()).unwrap();
    netscape.load_from(saved(&everything(mozilla()).with_jar(&jar)).as_bytes()).unwrap();
    for jar in [&jar, perl.jar(), netscape.jar()] {
        assert_eq!(header(jar, "http://www.a.test/"), "below=1");
        assert!(header(jar, "http://a.test/").contains("alone=1"));
    }
}

#[test]
fn random_files_are_survived() {
    let mut random = Random(0x3d_c00c);
    let starts: [&[u8]; 4] = [
        b"",
        b"#LWP-Cookies-2.0\nSet-Cookie3: ",
        b"#LWP-Cookies-1.0\nSet-Cookie3-Escaped: ",
        b"a.test\tTRUE\t/\tFALSE\t",
    ];
    for _ in 0..20_000 {
        let mut file = starts[random.below(4)].to_vec();
        for _ in 0..random.below(6) {
            file.extend(random.bytes());
            file.push(u8::try_from(random.below(256)).unwrap());
        }
        for ignore in [true, false] {
            let _ = lwp().ignore_discard(ignore).load_from(&file[..]);
            let _ = mozilla().ignore_expires(ignore).load_from(&file[..]);
        }
    }
}
