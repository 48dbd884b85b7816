//! What the cookie jar costs: the Cookie header as the jar grows, taking a Set-Cookie header, and
//! memory.
//!
//! `cargo bench --bench cookie_jar` prints ratios of peers that took turns in the same run;
//! absolute figures are for orientation. The peer is the `cookie_store` crate without its list of
//! public suffixes.
#![allow(clippy::expect_used, clippy::print_stdout, reason = "a benchmark is a program that may fail loudly")]

mod pages;

use std::hint::black_box;
use std::process::Command;
use std::{env, fs};

use clientcookie::cookie::CookieJar;
use cookie_store::CookieStore;

use self::pages::{COOKIES_A_HOST, FEW, Page, SetCookie, cpu, filled, median, page, responses};

/// What servers of today add to a name, a value, a path and a domain.
const MANY: &str = "Expires=Wed, 21 Oct 2099 07:28:00 GMT; Secure; HttpOnly; SameSite=Lax";

const SIZES: [usize; 3] = [1_000, 100_000, 1_000_000];
const STORED: usize = 100_000;
const IN_MEMORY: usize = 1_000_000;
const ROUNDS: usize = 9;
const HEADERS_A_ROUND: usize = 200_000;

fn main() {
    let arguments: Vec<String> = env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    if let [memory, peer, attributes] = arguments.as_slice()
        && memory == "memory"
    {
        return println!("{}", growth(peer, attributes));
    }
    headers();
    storing(FEW);
    storing(MANY);
    memory(FEW);
    memory(MANY);
}

fn headers() {
    println!("the Cookie header of a host with {COOKIES_A_HOST} cookies, {ROUNDS} rounds of {HEADERS_A_ROUND}:");
    let jars = SIZES.map(|size| filled(size, FEW));
    let mut one_host = vec![Vec::new(); jars.len()];
    let mut in_turn = vec![Vec::new(); jars.len()];
    for round in 0..=ROUNDS {
        for (index, (jar, size)) in jars.iter().zip(SIZES).enumerate() {
            let hosts = size / COOKIES_A_HOST;
            let mut same = vec![page(hosts / 2)];
            // Another host each time: the processor's caches do not help, as they would in a loop
            // over one.
            let mut others: Vec<Page> = (0..1_000).map(|step| page((step * 7_919) % hosts)).collect();
            let (same, others) = (header_time(jar, &mut same), header_time(jar, &mut others));
            // The first round is for warming up.
            if round > 0 {
                one_host[index].push(same);
                in_turn[index].push(others);
            }
        }
    }
    for (index, size) in SIZES.iter().enumerate() {
        let ratio = |times: &[Vec<f64>]| median(times[index].iter().zip(&times[0]).map(|(here, least)| here / least));
        println!(
            "  {size:9} cookies: {:5.2} x the time with {}   ({:5.0} ns); another host each time {:5.2} x ({:5.0} ns)",
            ratio(&one_host),
            SIZES[0],
            median(one_host[index].iter().copied()) * 1e9,
            ratio(&in_turn),
            median(in_turn[index].iter().copied()) * 1e9,
        );
    }
}

/// Seconds of CPU for one header.
fn header_time(jar: &CookieJar, pages: &mut [Page]) -> f64 {
    let before = cpu();
    for call in 0..HEADERS_A_ROUND {
        let page = &mut pages[call % pages.len()];
        page.sent = 0;
        jar.add_cookie_header(page);
        assert!(page.sent > COOKIES_A_HOST * 40, "ten cookies");
    }
    (cpu() - before) / HEADERS_A_ROUND as f64
}

fn storing(attributes: &str) {
    println!("Set-Cookie with {attributes:?} read, judged and stored, {ROUNDS} rounds of {STORED}:");
    let data: Vec<(Page, Vec<SetCookie>)> =
        responses(STORED, attributes).map(|(page, headers)| (page, headers.collect())).collect();
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let before = cpu();
        let jar = CookieJar::new();
        for (page, headers) in &data {
            headers.iter().for_each(|header| jar.extract_cookies(header, page));
        }
        let mine = cpu() - before;
        assert_eq!(black_box(jar).len(), STORED);

        let before = cpu();
        let mut store = CookieStore::default();
        for (page, headers) in &data {
            for header in headers {
                store.parse(&header.0, &page.url).expect("a cookie");
            }
        }
        let other = cpu() - before;
        assert_eq!(black_box(store).iter_any().count(), STORED);
        if round > 0 {
            ours.push(mine);
            theirs.push(other);
        }
    }
    println!(
        "  {:4.2} x as many a CPU second as cookie_store   ({:.0} against {:.0} thousand)",
        median(ours.iter().zip(&theirs).map(|(ours, theirs)| theirs / ours)),
        STORED as f64 / median(ours.iter().copied()) / 1e3,
        STORED as f64 / median(theirs.iter().copied()) / 1e3,
    );
}

/// Memory is measured in processes of their own, where nothing that was freed before can be used
/// again.
fn memory(attributes: &str) {
    println!("memory with {IN_MEMORY} cookies with {attributes:?}:");
    let grown = |peer: &str| {
        let program = env::current_exe().expect("this program");
        let output = Command::new(program).args(["memory", peer, attributes]).output().expect("a second process");
        String::from_utf8_lossy(&output.stdout).trim().parse::<f64>().expect("a number of bytes")
    };
    let (ours, theirs) = (grown("ours"), grown("cookie_store"));
    println!("  {ours:.0} bytes a stored cookie, {:4.2} x cookie_store   ({theirs:.0} bytes)", ours / theirs);
}

/// Bytes by which the process grew for each cookie.
fn growth(peer: &str, attributes: &str) -> f64 {
    let before = resident();
    let after = if peer == "cookie_store" {
        let mut store = CookieStore::default();
        for (page, headers) in responses(IN_MEMORY, attributes) {
            for header in headers {
                store.parse(&header.0, &page.url).expect("a cookie");
            }
        }
        let after = resident();
        drop(black_box(store));
        after
    } else {
        let jar = filled(IN_MEMORY, attributes);
        let after = resident();
        drop(black_box(jar));
        after
    };
    (after - before) as f64 * 1024.0 / IN_MEMORY as f64
}

/// The resident memory in KiB, or 0 where the system does not say.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let value = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    value.and_then(|value| value.trim().split(' ').next()?.parse().ok()).unwrap_or(0)
}
