//! What a jar on a server costs beside what the server and its crate cost bare: the Cookie header
//! beside a round trip that asks for the same keys, and storing a Set-Cookie header beside one
//! script that does nothing; then both beside a jar in a database and one in memory, as the jar
//! grows.
//!
//! `cargo bench --features redis,sqlite --bench redis_jar` starts a redis-server of its own on a
//! free port, with nothing on the disk, and prints ratios of turns in the same run. `-- 1000000`
//! fills the jar so far; 100,000 cookies unless that is said.
#![allow(clippy::expect_used, clippy::print_stdout, reason = "a benchmark is a program that may fail loudly")]

#[allow(dead_code, reason = "the benchmarks of other jars need more of it")]
mod pages;

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use clientcookie::cookie::{Cookie, CookieJar, CookieStore, RedisSettings, RedisStore, SqliteStore};

use self::pages::{COOKIES_A_HOST, FEW, median, page, responses, set_cookie};

const ROUNDS: usize = 9;
const CALLS: usize = 1_000;

fn main() {
    let Some(server) = Server::start() else {
        println!("skipped: redis-server is not installed");
        return;
    };
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let most = arguments.iter().find_map(|argument| argument.parse().ok()).unwrap_or(100_000);
    let sizes: Vec<usize> = [1_000, 10_000, 100_000, 1_000_000].into_iter().filter(|size| *size <= most).collect();
    for size in sizes {
        let namespace = format!("bench-{size}");
        let store = server.store(&namespace);
        let before = server.memory();
        let cookies = fill(&store, size);
        println!("{size} cookies of {} hosts, {} bytes each on the server:", size / COOKIES_A_HOST, {
            (server.memory() - before) / size
        });
        let memory = CookieJar::new();
        let folder = std::env::temp_dir().join(format!("clientcookie-bench-redis-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let database = SqliteStore::create(folder.join("cookies.db")).expect("a database").synchronous(false);
        database.put_all(cookies.clone(), true).expect("cookies");
        cookies.into_iter().for_each(|cookie| memory.set_cookie((*cookie).clone()));
        let jars = [CookieJar::with_store(store), CookieJar::with_store(database), memory];
        headers(&server, &namespace, size, &jars);
        storing(&server, size, &jars);
        std::fs::remove_dir_all(&folder).expect("the folder");
    }
}

/// Ten cookies a host, as its pages set them.
fn fill(store: &RedisStore, size: usize) -> Vec<Arc<Cookie>> {
    let jar = CookieJar::new();
    let mut all = Vec::with_capacity(size);
    for (page, headers) in responses(size, FEW) {
        headers.for_each(|header| jar.extract_cookies(&header, &page));
        all.extend(jar.iter().map(Arc::new));
        jar.clear();
    }
    for some in all.chunks(10_000) {
        store.put_all(some.to_vec(), false).expect("cookies");
    }
    assert_eq!(store.len().expect("a number"), size);
    all
}

fn headers(server: &Server, namespace: &str, size: usize, jars: &[CookieJar]) {
    let mut bare = server.connection();
    let host = size / COOKIES_A_HOST / 2;
    let keys = [format!("com.host{host}.www"), format!("com.host{host}"), "com".to_owned()];
    let keys = keys.map(|owner| format!("clientcookie:{{{namespace}}}:o:{owner}"));
    let round_trip = || {
        let mut pipe = redis::pipe();
        keys.iter().for_each(|key| {
            pipe.cmd("HVALS").arg(key);
        });
        let found: Vec<Vec<Vec<u8>>> = pipe.query(&mut bare).expect("an answer");
        assert_eq!(found.iter().map(Vec::len).sum::<usize>(), COOKIES_A_HOST);
    };
    let [redis, sqlite, memory] = jars else { return };
    let mut works: [Box<dyn FnMut() + '_>; 4] =
        [Box::new(round_trip), sending(redis, host), sending(sqlite, host), sending(memory, host)];
    compare("the Cookie header", "a bare round trip", &mut works);
    println!("  the server is busy for {:.1} us with each", server.busy(&mut *sending(redis, host)));
}

fn storing(server: &Server, size: usize, jars: &[CookieJar]) {
    let mut bare = server.connection();
    let nothing = redis::Script::new("return 0");
    let hosts = size / COOKIES_A_HOST;
    let empty = || nothing.key("k").arg("a").invoke::<()>(&mut bare).expect("an answer");
    let [redis, sqlite, memory] = jars else { return };
    let mut works: [Box<dyn FnMut() + '_>; 4] =
        [Box::new(empty), taking(redis, hosts), taking(sqlite, hosts), taking(memory, hosts)];
    compare("Set-Cookie", "an empty script", &mut works);
    println!("  the server is busy for {:.1} us with each", server.busy(&mut *taking(redis, hosts)));
    assert!(jars.iter().all(|jar| jar.take_store_error().is_none()));
}

/// Writes the header of this host.
fn sending(jar: &CookieJar, host: usize) -> Box<dyn FnMut() + '_> {
    let mut page = page(host);
    Box::new(move || {
        jar.add_cookie_header(&mut page);
        assert!(page.sent > COOKIES_A_HOST * 40, "ten cookies");
    })
}

/// Takes a cookie of another host each time, which replaces one.
fn taking(jar: &CookieJar, hosts: usize) -> Box<dyn FnMut() + '_> {
    let mut count = 0;
    Box::new(move || {
        count += 1;
        let host = count * 7 % hosts;
        jar.extract_cookies(&set_cookie(host, count % COOKIES_A_HOST, FEW), &page(host));
    })
}

fn compare(what: &str, peer: &str, works: &mut [Box<dyn FnMut() + '_>]) {
    let mut times = vec![Vec::new(); works.len()];
    for round in 0..=ROUNDS {
        for (work, times) in works.iter_mut().zip(&mut times) {
            let begun = Instant::now();
            (0..CALLS).for_each(|_| work());
            if round > 0 {
                times.push(begun.elapsed().as_secs_f64() / CALLS as f64 * 1e6);
            }
        }
    }
    for (name, one) in ["on a server", "in a database", "in memory"].into_iter().zip(&times[1..]) {
        let ratios: Vec<f64> = one.iter().zip(&times[0]).map(|(one, bare)| one / bare).collect();
        let (least, most) =
            (ratios.iter().copied().fold(f64::MAX, f64::min), ratios.iter().copied().fold(0.0, f64::max));
        let middle = median(ratios.into_iter());
        let absolute = median(one.iter().copied());
        println!("  {what:17} {name:13} {middle:5.2} x {peer} ({least:.2} to {most:.2}; {absolute:.1} us)");
    }
}

/// A server on a free port, as long as this lives.
struct Server(Child, u16);

impl Server {
    fn start() -> Option<Self> {
        let port = TcpListener::bind("127.0.0.1:0").ok()?.local_addr().ok()?.port();
        let mut command = Command::new("redis-server");
        command.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", ""]);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().ok()?;
        let server = Self(child, port);
        (0..500).find(|_| {
            thread::sleep(Duration::from_millis(10));
            TcpStream::connect(("127.0.0.1", port)).is_ok()
        })?;
        Some(server)
    }

    fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.1)
    }

    fn store(&self, namespace: &str) -> RedisStore {
        RedisSettings::new(&self.url())
            .namespace(namespace)
            .timeout(Duration::from_secs(60))
            .connect()
            .expect("a server")
    }

    fn connection(&self) -> redis::Connection {
        redis::Client::open(self.url()).and_then(|client| client.get_connection()).expect("a connection")
    }

    /// Bytes that the server uses.
    fn memory(&self) -> usize {
        self.info("memory", "used_memory:") as usize
    }

    /// Microseconds of the server's CPU for one call.
    fn busy(&self, work: &mut dyn FnMut()) -> f64 {
        let cpu = || self.info("cpu", "used_cpu_user:") + self.info("cpu", "used_cpu_sys:");
        let before = cpu();
        (0..10 * CALLS).for_each(|_| work());
        (cpu() - before) / (10 * CALLS) as f64 * 1e6
    }

    fn info(&self, section: &str, line: &str) -> f64 {
        let info: String = redis::cmd("INFO").arg(section).query(&mut self.connection()).expect("an answer");
        let value = info.lines().find_map(|one| one.strip_prefix(line)).expect("a line");
        value.trim().parse().expect("a number")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
