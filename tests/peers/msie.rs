//! Internet Explorer's cookie folder, as others see it: libmsiecf's `msiecfexport`, and Wine.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use clientcookie::Request;
use clientcookie::clock::{Clock, FixedClock};
use clientcookie::cookie::*;
use url::Url;

use super::{folder, is_there};
use crate::support::{Reply, Server};

/// xorshift64*: the same numbers on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        usize::try_from(self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33).unwrap() % end
    }

    fn pick(&mut self, all: &[&'static str]) -> &'static str {
        all[self.below(all.len())]
    }
}

/// In the year 2026.
const NOW: i64 = 1_767_225_600;

const HOSTS: &[&str] = &["example.com", "www.example.com", "shop.example.com", "other.org", "a.b.other.org"];

/// Something that happens to a jar, at random and from a seed.
fn happen(random: &mut Random, number: usize, clock: &FixedClock, jars: [&CookieJar; 2]) {
    let host = random.pick(HOSTS);
    let url = Url::parse(&format!("https://{host}{}", random.pick(&["/", "/dir/page", "/Dir/sub/page"]))).unwrap();
    match random.below(20) {
        0 => {
            clock.advance(i64::try_from(random.below(3_000)).unwrap());
            jars.iter().for_each(|jar| jar.clear_expired_cookies());
        }
        1 => {
            let all: Vec<_> = jars[0].iter().collect();
            if !all.is_empty() {
                let gone = &all[random.below(all.len())];
                jars.iter().for_each(|jar| _ = jar.remove(gone.domain(), gone.path_bytes(), gone.name_bytes()));
            }
        }
        2 if random.below(10) == 0 => jars.iter().for_each(|jar| jar.clear_session_cookies()),
        3 => {
            let cookie = Cookie::new(random.pick(&["n1", "hand"]), number.to_string(), host);
            let cookie = cookie.with_expires(NOW + i64::try_from(random.below(100_000)).unwrap());
            jars.iter().for_each(|jar| jar.set_cookie(cookie.clone()));
        }
        _ => {
            let mut line = format!("n{}={number}", random.below(12));
            line += random.pick(&["", "", "; Max-Age=2000", "; Max-Age=100000", "; Max-Age=9999999", "; Max-Age=0"]);
            line += random.pick(&["", "", "; Path=/", "; Path=/dir", "; Path=/dir/"]);
            line += random.pick(&["", "", "; Secure"]);
            line += random.pick(&["", "", "; HttpOnly"]);
            if random.below(3) == 0 {
                line += if host.ends_with("example.com") { "; Domain=example.com" } else { "; Domain=other.org" };
            }
            // The policy may refuse a cookie, and then both do.
            jars.iter().for_each(|jar| _ = jar.set_from_str(&line, &url));
        }
    }
}

/// What a text file tells of a cookie.
fn shown(cookie: &Cookie) -> String {
    let flags = (cookie.secure(), cookie.http_only(), cookie.expires());
    format!("{}={} {}{} {flags:?}", cookie.name(), cookie.value_str(), cookie.domain(), cookie.path())
}

fn all_of(jar: &CookieJar, is_meant: impl Fn(&Cookie) -> bool) -> BTreeSet<String> {
    jar.iter().filter(|cookie| is_meant(cookie)).map(|cookie| shown(&cookie)).collect()
}

/// The locations that an index has, each with its text file, as libmsiecf says.
fn exported(index: &Path) -> BTreeSet<(String, String)> {
    let output = Command::new("msiecfexport").args(["-m", "all"]).arg(index).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.contains("Number of recovered items: 0."), "what was deleted is gone: {text}");
    let values = |name: &str| -> Vec<String> {
        let lines = text.lines().filter_map(|line| line.strip_prefix(name)?.trim_start().strip_prefix(": "));
        lines.map(str::to_owned).collect()
    };
    let (locations, files) = (values("Location"), values("Filename"));
    assert_eq!(locations.len(), files.len(), "{text}");
    locations.into_iter().zip(files).collect()
}

#[test]
fn libmsiecf_finds_what_was_written_in_a_thousand_folders() {
    if !is_there("msiecfexport", "-V") {
        return;
    }
    // In memory where there is such a folder: thousands of changes are brought to the disk one by
    // one.
    let memory = Path::new("/dev/shm");
    let base = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    let folder = base.join(format!("clientcookie-msiecf-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let (mut records, mut cookies) = (0, 0);
    for seed in 1..=1_000_u64 {
        let place = folder.join(seed.to_string());
        fs::create_dir(&place).unwrap();
        if seed % 4 == 0 {
            empty_of_wine(&place);
        }
        let clock = Arc::new(FixedClock::new(NOW));
        let store = MsieStore::create(&place).unwrap().username("joe");
        let policy = DefaultCookiePolicy::new;
        let jar = CookieJar::with_parts(store, policy(), clock.clone());
        let memory = CookieJar::with_parts(MemoryStore::new(), policy(), clock.clone());
        let mut random = Random(seed);
        for number in 0..5 + random.below(60) {
            happen(&mut random, number, &clock, [&memory, &jar]);
        }
        assert!(jar.take_store_error().is_none());
        assert_eq!(all_of(&jar, |_| true), all_of(&memory, |_| true), "{seed}");
        let lasting = all_of(&memory, |cookie| !cookie.discard());

        let index = place.join("index.dat");
        let reader = MsieCookieJar::new(&index).username("joe").ignore_expires(true);
        let report = reader.load().unwrap();
        assert_eq!((report.skipped, report.refused.len()), (vec![], 0), "{seed}");
        assert_eq!(all_of(&reader, |_| true), lasting, "{seed}: this crate's own reader");

        let mut bytes = fs::read(&index).unwrap();
        bytes[..28].copy_from_slice(b"Client UrlCache MMF Ver 5.2\0");
        fs::write(&index, bytes).unwrap();
        let exported = exported(&index);
        let mut found = BTreeSet::new();
        for (location, file) in &exported {
            let owner = location.strip_prefix("Cookie:joe@").unwrap().split('/').next().unwrap();
            let loaded = MsieFormat::new().read(&fs::read(place.join(file)).unwrap()).unwrap();
            for cookie in loaded.cookies {
                assert_eq!(cookie.domain().trim_start_matches('.'), owner, "{seed}: {location} {file}");
                found.insert(shown(&cookie));
            }
        }
        assert_eq!(found, lasting, "{seed}: libmsiecf");
        let texts = fs::read_dir(&place)
            .unwrap()
            .filter(|file| file.as_ref().unwrap().path().extension().is_some_and(|extension| extension == "txt"));
        assert_eq!(texts.count(), exported.len(), "{seed}: no text file is left over");
        records += exported.len();
        cookies += lasting.len();
        fs::remove_dir_all(&place).unwrap();
    }
    println!("1000 folders, {records} records, {cookies} cookies");
    fs::remove_dir_all(&folder).unwrap();
}

/// An index without records, of Wine's kind: as that of Windows but for how it begins.
fn empty_of_wine(place: &Path) {
    let store = MsieStore::create(place).unwrap().username("joe");
    store.put(Arc::new(Cookie::new("n", "v", "a.test").with_expires(NOW)), None).unwrap();
    store.remove("a.test", b"/", b"n").unwrap();
    let mut bytes = fs::read(place.join("index.dat")).unwrap();
    bytes[..28].copy_from_slice(b"WINE URLCache Ver 0.2012001\0");
    fs::write(place.join("index.dat"), bytes).unwrap();
}

/// A Windows of Wine's, with a program that asks its WinINet.
struct Wine {
    folder: PathBuf,
    program: PathBuf,
}

impl Wine {
    /// None if Wine is not there, or no compiler for its programs.
    fn start() -> Option<Self> {
        let compiler = "x86_64-w64-mingw32-gcc";
        if !is_there("wine", "--version") || !is_there("wineserver", "--version") || !is_there(compiler, "--version") {
            return None;
        }
        let folder = folder("wine");
        let program = folder.join("wininet.exe");
        let source = Path::new("tests/peers/wininet.c");
        let built = Command::new(compiler).arg("-o").arg(&program).arg(source).arg("-lwininet").status();
        assert!(built.unwrap().success(), "the program that asks WinINet is built");
        Some(Self { folder, program })
    }

    /// Runs the program, and waits until all of that Windows has ended, so that no file is open.
    fn run(&self, arguments: &[&str]) -> String {
        let mut wine = self.command("wine");
        let output = wine.arg(&self.program).args(arguments).stderr(Stdio::null()).output().unwrap();
        assert!(self.command("wineserver").arg("-k").status().unwrap().success());
        String::from_utf8(output.stdout).unwrap().replace('\r', "")
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env("WINEPREFIX", self.folder.join("prefix")).env("USER", "joe");
        // No debugger, no fonts, no browser: only what is asked for.
        command.env("WINEDEBUG", "-all").env("WINEDLLOVERRIDES", "mscoree,mshtml=").env_remove("DISPLAY");
        command
    }

    fn cookies(&self) -> PathBuf {
        self.folder.join("prefix/drive_c/users/joe/AppData/Local/Microsoft/Windows/INetCookies")
    }

    /// The cookies that WinINet sends to each URL, sorted. A server of ours is its proxy, and sets
    /// one more with each answer.
    fn sends(&self, urls: &[Url], set_cookie: &str) -> Vec<Vec<String>> {
        let answer = Reply::ok("seen").header("Set-Cookie", set_cookie);
        let server = Server::start(move |_| answer.clone());
        let proxy = format!("http=127.0.0.1:{}", server.port());
        let urls: Vec<&str> = urls.iter().map(Url::as_str).collect();
        let answers = self.run(&[&["fetch", &proxy], &urls[..]].concat());
        assert_eq!(answers, "1\n".repeat(urls.len()));
        let requests = server.requests();
        // It names the port as well.
        let targets: Vec<String> = requests.iter().map(|request| request.target().replace(":80/", "/")).collect();
        assert_eq!(targets, urls, "one request for each");
        requests
            .iter()
            .map(|request| request.header("Cookie").map(|header| pairs(&header)).unwrap_or_default())
            .collect()
    }
}

impl Drop for Wine {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

const LATER: &str = "expires=Fri, 01 Jan 2038 00:00:00 GMT";

fn pairs(header: &str) -> Vec<String> {
    let mut pairs: Vec<String> = header.split("; ").map(str::to_owned).collect();
    pairs.sort();
    pairs
}

#[test]
fn wine_sends_what_was_written_and_what_it_sets_is_read() {
    let Some(wine) = Wine::start() else {
        return;
    };
    let first = format!("first=1; {LATER}");
    assert_eq!(wine.run(&["set", "http://first.test.example/", &first]), "1\n");
    let open = || MsieStore::create(wine.cookies()).unwrap();
    let mut random = Random(0x317e);
    let hosts = ["example.com", "www.example.com", "a.www.example.com", "other.org", "x.other.org"];
    let urls: Vec<Url> = hosts
        .iter()
        .flat_map(|host| ["/", "/dir/page", "/dir/sub/page"].map(|path| format!("http://{host}{path}")))
        .chain(["http://first.test.example/".to_owned()])
        .map(|url| Url::parse(&url).unwrap())
        .collect();
    for round in 0..4 {
        // WinINet knows no cookie for one host alone.
        let policy = DefaultCookiePolicy::new().host_only(false);
        let clock = Arc::new(FixedClock::new(2_000_000_000));
        let jar = CookieJar::with_parts(open(), policy, clock.clone());
        for number in 0..60 {
            let name = format!("n{}", random.below(40));
            // Of the hosts above, it looks at `/` alone.
            let path = random.pick(&["/", "/", "/dir/", "/dir/sub/"]);
            let host = if path == "/" { random.pick(HOSTS) } else { "a.www.example.com" };
            // One name at one place, with a dot or without: it can tell no two apart.
            let dot = if name.len() == 2 { "." } else { "" };
            let host = format!("{dot}{host}");
            match random.below(6) {
                0 => _ = jar.remove(&host, path, &name),
                _ => {
                    let value = format!("{round}-{number}{}", random.pick(&["", "=", " a", "*", "\"q\""]));
                    let cookie = Cookie::new(name, value, host).with_path(path);
                    let lasting = cookie.with_expires(clock.now() + 1_000_000);
                    jar.set_cookie(lasting.with_http_only(random.below(4) == 0).with_secure(random.below(4) == 0));
                }
            }
        }
        assert!(jar.take_store_error().is_none());
        let expected: Vec<Vec<String>> = urls.iter().map(|url| sends(&jar, url)).collect();
        let found = wine.sends(&urls, &format!("answer{round}=1; path=/; {LATER}"));
        let by_answers = format!("answer{round}=1");
        for ((url, expected), mut found) in urls.iter().zip(expected).zip(found) {
            // What an answer has set goes with the next request already.
            found.retain(|pair| *pair != by_answers);
            assert_eq!(found, expected, "{round}: {url}");
        }

        // It changes some, and takes others away.
        let lines = [
            format!("wine{round}=new; path=/; {LATER}; httponly"),
            format!("n1=wine{round}; path=/; domain=www.example.com; {LATER}"),
            "n2=; path=/; expires=Thu, 01 Jan 1998 00:00:00 GMT".to_owned(),
            format!("deep=wine{round}; {LATER}"),
        ];
        let mut arguments = vec!["set", "https://www.example.com/dir/page"];
        arguments.extend(lines.iter().map(String::as_str));
        assert_eq!(wine.run(&arguments), "1\n1\n1\n1\n", "{round}");
        let store = open();
        for url in &urls {
            let found = store.get(url.host_str().unwrap(), b"/", format!("answer{round}").as_bytes()).unwrap();
            assert!(found.is_some(), "{round}: {url}");
        }
        let get = |path: &str, name: &str| store.get("www.example.com", path.as_bytes(), name.as_bytes()).unwrap();
        let value = |path: &str, name: &str| get(path, name).map(|cookie| cookie.value_str().into_owned());
        assert_eq!(value("/", &format!("wine{round}")).as_deref(), Some("new"), "{round}");
        assert!(get("/", &format!("wine{round}")).unwrap().http_only());
        assert_eq!(value("/", "n1"), Some(format!("wine{round}")));
        assert_eq!(value("/", "n2"), None);
        assert_eq!(value("/dir/", "deep"), Some(format!("wine{round}")));
    }
}

/// What a jar would send, sorted. WinINet sends cookies that are `Secure` anywhere, under Wine.
fn sends(jar: &CookieJar, url: &Url) -> Vec<String> {
    let secure = url.as_str().replace("http:", "https:");
    let cookies = jar.cookies_for_request(&Request::new(&secure).unwrap());
    let mut pairs: Vec<String> =
        cookies.iter().map(|cookie| format!("{}={}", cookie.name(), cookie.value_str())).collect();
    pairs.sort();
    pairs
}
