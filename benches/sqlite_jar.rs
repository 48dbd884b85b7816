//! What a jar in a database costs beside one in memory: the Cookie header, and storing a Set-Cookie
//! header.
//!
//! `cargo bench --features sqlite --bench sqlite_jar` prints ratios of the two, which took turns in
//! the same run. The database lies in the folder for temporary files, or in that of the environment
//! variable `BENCH_FOLDER`.
#![allow(clippy::expect_used, clippy::print_stdout, reason = "a benchmark is a program that may fail loudly")]

mod pages;

use std::path::{Path, PathBuf};
use std::time::Instant;
use std::{env, fs, process};

use clientcookie::cookie::{CookieJar, CookieStore, SqliteCookieJar, SqliteStore};

use self::pages::{COOKIES_A_HOST, FEW, Page, cpu, filled, median, page, set_cookie};

const STORED: usize = 100_000;
const ROUNDS: usize = 9;
const HEADERS_A_ROUND: usize = 20_000;
const PUTS_A_ROUND: usize = 200;

fn main() {
    let folder = env::var_os("BENCH_FOLDER").map_or_else(env::temp_dir, PathBuf::from);
    let folder = folder.join(format!("clientcookie-bench-{}", process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let memory = filled(STORED, FEW);
    let database = database(&folder.join("cookies.db"), &memory);
    headers(&memory, &database);
    storing(&memory, &database);
    drop(database);
    fs::remove_dir_all(&folder).expect("the folder");
}

/// The same cookies, in a database.
fn database(path: &Path, memory: &CookieJar) -> SqliteCookieJar {
    let store = SqliteStore::create(path).expect("a database");
    store.put_all(memory.iter().map(Into::into).collect(), true).expect("cookies");
    drop(store);
    let jar = SqliteCookieJar::create(path).expect("the database");
    assert_eq!(jar.len(), STORED);
    jar
}

fn headers(memory: &CookieJar, database: &CookieJar) {
    println!(
        "the Cookie header of a host with {COOKIES_A_HOST} cookies of {STORED}, {ROUNDS} rounds of {HEADERS_A_ROUND}:"
    );
    let hosts = STORED / COOKIES_A_HOST;
    let one = || vec![page(hosts / 2)];
    let others = || (0..1_000).map(|step| page((step * 7_919) % hosts)).collect();
    compare("one host", memory, database, |jar| header_time(jar, one()));
    compare("another each time", memory, database, |jar| header_time(jar, others()));
}

fn storing(memory: &CookieJar, database: &SqliteCookieJar) {
    println!("Set-Cookie read, judged and stored, {ROUNDS} rounds of {PUTS_A_ROUND}:");
    compare("CPU", memory, database, |jar| put_time(jar, cpu));
    let start = Instant::now();
    let passed = || start.elapsed().as_secs_f64();
    compare("until it is on the disk", memory, database, |jar| put_time(jar, passed));
    let unsynced = SqliteStore::create(database.path()).expect("the database").synchronous(false);
    compare("synchronous(false)", memory, &CookieJar::with_store(unsynced), |jar| put_time(jar, passed));
}

/// Seconds of CPU for one header.
fn header_time(jar: &CookieJar, mut pages: Vec<Page>) -> f64 {
    let before = cpu();
    for call in 0..HEADERS_A_ROUND {
        let index = call % pages.len();
        let page = &mut pages[index];
        page.sent = 0;
        jar.add_cookie_header(page);
        assert!(page.sent > COOKIES_A_HOST * 40, "ten cookies");
    }
    (cpu() - before) / HEADERS_A_ROUND as f64
}

/// Seconds for one Set-Cookie header that replaces a cookie.
fn put_time(jar: &CookieJar, now: impl Fn() -> f64) -> f64 {
    let before = now();
    for host in 0..PUTS_A_ROUND {
        jar.extract_cookies(&set_cookie(host * 7, host % COOKIES_A_HOST, FEW), &page(host * 7));
    }
    (now() - before) / PUTS_A_ROUND as f64
}

fn compare(name: &str, memory: &CookieJar, database: &CookieJar, time: impl Fn(&CookieJar) -> f64) {
    // The first round is for warming up.
    let times: Vec<(f64, f64)> = (0..=ROUNDS).map(|_| (time(memory), time(database))).skip(1).collect();
    println!(
        "  {name:23} {:6.1} x that of a jar in memory   ({:.1} against {:.1} microseconds)",
        median(times.iter().map(|(memory, database)| database / memory)),
        median(times.iter().map(|(_, database)| database * 1e6)),
        median(times.iter().map(|(memory, _)| memory * 1e6)),
    );
}
