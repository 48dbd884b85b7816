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
        // The ends of time, of the calendar, and of the session.
        const DATES: &[i64] = &[
            NOW + 1,
            NOW + DAY,
            NOW - 1,
            0,
            -1,
            1,
            i64::MAX,
            i64::MIN,
            i64::MIN + 1,
            253_402_300_799,
            253_402_300_800,
            -62_167_219_200,
            -62_167_219_201,
            -377_705_116_800,
            -377_705_116_801,
        ];
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
                3 => cookie.with_version([0, 1, 2, u32::MAX][self.below(4)]),
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

    /// A header of a server that says whatever comes to its mind.
    fn header(&mut self) -> Vec<u8> {
        const ATTRIBUTES: &[&str] = &[
            "Path",
            "Domain",
            "Version",
            "Port",
            "Comment",
            "CommentURL",
            "Discard",
            "Secure",
            "HttpOnly",
            "Expires",
            "Max-Age",
            "SameSite",
            "samesite",
            "Priority",
            "\u{e9}",
        ];
        const VALUES: &[&[u8]] =
            &[b"/", b".a.test", b"1", b"\"80,8080\"", b"2100-01-01", b"Fri, 01 Jan 2038", b"\xff", b""];
        let mut header = [b"n".as_slice(), &self.bytes(), b"=", &self.bytes()].concat();
        for _ in 0..self.below(6) {
            header.extend_from_slice(b"; ");
            header.extend_from_slice(ATTRIBUTES[self.below(ATTRIBUTES.len())].as_bytes());
            if !self.one_in(4) {
                header.push(b'=');
                header.extend(if self.one_in(3) { self.bytes() } else { VALUES[self.below(VALUES.len())].to_vec() });
            }
        }
        header
    }

    /// A jar with whatever its policy lets in, from the user and from a server.
    fn jar(&mut self) -> CookieJar {
        // To the first of these clocks hardly anything has expired, and the jar holds it.
        let clock = Arc::new(FixedClock::new([i64::MIN, 0, NOW][self.below(3)]));
        let policy = if self.one_in(2) { DefaultCookiePolicy::new() } else { DefaultCookiePolicy::classic() };
        let policy = policy.rfc2965(self.one_in(2)).rfc2109_as_netscape(self.one_in(2));
        let jar = CookieJar::with_parts(MemoryStore::new(), policy, clock);
        for _ in 0..self.below(12) {
            jar.set_cookie(self.cookie());
        }
        let response = SetCookies((0..self.below(6)).map(|_| self.header()).collect());
        jar.extract_cookies(&response, &http::Request::get("http://www.a.test:8080/x").body(()).unwrap());
        jar
    }
}

/// The same headers as `Set-Cookie` and as `Set-Cookie2`, with bytes that the http crate would not
/// take.
struct SetCookies(Vec<Vec<u8>>);

impl ResponseView for SetCookies {
    fn header_values<'a>(&'a self, _name: &str, each: &mut dyn FnMut(&'a [u8])) {
        self.0.iter().for_each(|header| each(header));
    }
}

/// What a cookie can have, by a sentence; each must have been tried.
type Kind = (&'static str, fn(&Cookie) -> bool);

const KINDS: &[Kind] = &[
    ("no value", |cookie| !cookie.has_value()),
    ("an empty value", |cookie| cookie.has_value() && cookie.value().is_empty()),
    ("a value that is not UTF-8", |cookie| std::str::from_utf8(cookie.value()).is_err()),
    ("a path that is not UTF-8", |cookie| std::str::from_utf8(cookie.path_bytes()).is_err()),
    ("an end of line in the path", |cookie| cookie.path_bytes().contains(&b'\n') || cookie.path_bytes().contains(&1)),
    ("an odd domain", |cookie| cookie.domain().contains(['#', ' '])),
    ("the end of time", |cookie| cookie.expires() == Some(i64::MAX)),
    ("long before the calendar", |cookie| cookie.expires().is_some_and(|end| end < -377_705_116_800)),
    ("an end in a session", |cookie| cookie.expires().is_some() && cookie.discard()),
    ("neither end nor session", |cookie| cookie.expires().is_none() && !cookie.discard()),
    ("the port of the request", |cookie| cookie.port().is_some() && !cookie.port_specified()),
    ("ports", |cookie| cookie.port().is_some_and(|port| port.contains(',')) && cookie.port_specified()),
    ("the largest version", |cookie| cookie.version() == u32::MAX),
    ("a cookie of RFC 2109", |cookie| cookie.rfc2109()),
    ("comments", |cookie| cookie.comment().is_some() && cookie.comment_url().is_some()),
    ("a domain that was named, and no dot", |cookie| cookie.domain_specified() && !cookie.domain().starts_with('.')),
    ("a dot, and no domain that was named", |cookie| !cookie.domain_specified() && cookie.domain().starts_with('.')),
    ("an attribute without a value", |cookie| {
        cookie.nonstandard_attributes().any(|(name, value)| name != "HttpOnly" && value.is_none())
    }),
    ("an attribute that is not UTF-8", |cookie| {
        cookie.nonstandard_attributes().any(|(_, value)| value.is_some_and(|value| value.contains('\u{fffd}')))
    }),
    ("three attributes", |cookie| cookie.nonstandard_attributes().count() >= 3),
];

#[test]
fn an_lwp_file_gives_back_every_cookie_a_jar_can_hold() {
    let mut random = Random(0x1d_c00c);
    let (mut seen, mut kinds) = (0, vec![0; KINDS.len()]);
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
        for cookie in &jar {
            kinds.iter_mut().zip(KINDS).for_each(|(count, (_, is_such))| *count += usize::from(is_such(&cookie)));
        }
    }
    assert!(seen > 3000, "{seen}");
    for (count, (kind, _)) in kinds.iter().zip(KINDS) {
        assert!(*count > 0, "no cookie had {kind}");
    }
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
        // The format alone: to a jar with the classic policy, a value without a name would be a
        // name.
        let loaded = MozillaFormat::new().read(&bytes).unwrap();
        assert_eq!(loaded.skipped, [], "{round}");
        let is_out = |cookie: &Cookie| report.left_out.iter().any(|out| out.cookie == *cookie);
        let written = cookies(&jar).into_iter().filter(|cookie| !is_out(cookie));
        let (mut again, mut expected): (_, Vec<Cookie>) = (loaded.cookies, written.map(downgraded).collect());
        for cookies in [&mut again, &mut expected] {
            cookies.sort_by_key(|cookie| (cookie.to_string(), cookie.expires()));
        }
        assert!(again == expected, "{round}: {again:#?}\n{expected:#?}");
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
    if cookie.name_bytes().is_empty() {
        // The format, as Python, reads it as a name without a value; a jar with the safe default
        // knows better.
        down = Cookie::new(cookie.value(), "", cookie.domain()).without_value().with_path(cookie.path_bytes());
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

#[test]
fn files_of_real_programs_with_faults_are_survived() {
    let mut random = Random(0x4d_c00c);
    let read = |name: &&str| fs::read(format!("fixtures/files/{name}")).unwrap();
    let files: Vec<Vec<u8>> = golden::FILES.iter().map(read).collect();
    let (mut loaded, mut failed) = (0, 0);
    for _ in 0..4000 {
        let mut file = files[random.below(files.len())].clone();
        for _ in 0..=random.below(8) {
            let at = random.below(file.len());
            let end = (at + random.below(200)).min(file.len());
            match random.below(5) {
                0 => file[at] = u8::try_from(random.below(256)).unwrap(),
                1 => drop(file.splice(at..at, random.bytes())),
                2 => drop(file.drain(at..end)),
                3 => file.extend_from_within(at..end),
                _ => file.truncate(at + 1),
            }
            if file.is_empty() {
                file.push(b'\n');
            }
        }
        let (netscape, perl) = (everything(mozilla()), everything(lwp()));
        for (jar, result) in [(netscape.jar(), netscape.load_from(&file[..])), (perl.jar(), perl.load_from(&file[..]))]
        {
            match result {
                // Each line has its place in the report, so that nothing is lost in silence.
                Ok(report) => {
                    let lines = file.split(|byte| b"\r\n".contains(byte)).count();
                    assert!(jar.len() <= report.stored && report.skipped_lines <= lines);
                    assert!(report.skipped.iter().all(|skipped| (1..=lines).contains(&skipped.line)));
                    loaded += 1;
                }
                Err(error) => {
                    assert!(jar.is_empty(), "{error}");
                    failed += 1;
                }
            }
        }
    }
    assert!(loaded > 1000 && failed > 1000, "{loaded} {failed}");
}
