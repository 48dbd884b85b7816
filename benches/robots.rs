//! What robots.txt costs: a check against a file of 500 kB, reading it, and the worst that a
//! hostile one can do.
//!
//! `cargo bench --bench robots` prints ratios of peers that took turns in the same run; absolute
//! figures are for orientation. The peers are the matcher of the `robotstxt` crate, which reads the
//! whole file for each check, and the `robotparser` of whatever `python3` there is, which times
//! itself.
//!
//! The file is one group of rules, one in ten of them with wildcards; the URLs are those of a shop.
#![allow(clippy::expect_used, clippy::print_stdout, reason = "a benchmark is a program that may fail loudly")]

use std::hint::black_box;
use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Instant;
use std::{fs, thread};

use clientcookie::{RobotRefusal, RobotRules};
use robotstxt::DefaultMatcher;
use url::Url;

const ROUNDS: usize = 9;
const CHECKS: usize = 20_000;
/// Of those that take so much longer.
const FEW_CHECKS: usize = 10;

/// Reads the file from its input and the URLs from its arguments, and prints the seconds of a check
/// and of reading.
const PYTHON: &str = "
import sys, time, urllib.robotparser
text, urls = sys.stdin.read(), sys.argv[1:]
def least(work):
    times = []
    for _ in range(5):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)
rules = urllib.robotparser.RobotFileParser()
lines = text.splitlines()
rules.parse(lines)
print(least(lambda: [rules.can_fetch('MyProgram/0.1', url) for url in urls]) / len(urls))
print(least(lambda: urllib.robotparser.RobotFileParser().parse(lines)))
";

fn main() {
    let file = file();
    let urls: Vec<Url> = (0..20).map(url).collect();
    ordinary(&file, &urls);
    worst();
}

fn file() -> String {
    let mut file = "User-agent: Other\nDisallow: /other/\n\nUser-agent: *\nCrawl-delay: 1\n".to_owned();
    for number in 0_usize.. {
        let hash = number.wrapping_mul(0x9e37_79b9) % 100_000;
        let rule = match number % 20 {
            0 => format!("Disallow: /*?sort{hash}=\n"),
            7 => format!("Disallow: /shop/*/print-{hash}$\n"),
            3 | 13 => format!("Allow: /shop/department-{hash}/public/\n"),
            _ => format!("Disallow: /shop/department-{hash}/\n"),
        };
        if file.len() + rule.len() > 500_000 {
            break;
        }
        file += &rule;
    }
    file
}

fn url(number: usize) -> Url {
    let url = format!("http://example.com/shop/department-{}/item-{number}?color=blue&page={number}", number * 4_999);
    Url::parse(&url).expect("a URL")
}

fn ordinary(file: &str, urls: &[Url]) {
    println!("a file of {} bytes and {} lines:", file.len(), file.lines().count());
    let rules = RobotRules::parse(file);
    let (mut ours, mut crates, mut reading) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.push(seconds(CHECKS, |check| {
            black_box(rules.can_fetch("MyProgram/0.1", &urls[check % urls.len()]));
        }));
        crates.push(seconds(FEW_CHECKS, |check| {
            let url = urls[check % urls.len()].as_str();
            black_box(DefaultMatcher::default().one_agent_allowed_by_robots(file, "MyProgram", url));
        }));
        reading.push(seconds(FEW_CHECKS, |_| {
            black_box(RobotRules::parse(file));
        }));
    }
    for (number, url) in urls.iter().enumerate() {
        let theirs = DefaultMatcher::default().one_agent_allowed_by_robots(file, "MyProgram", url.as_str());
        assert_eq!(rules.can_fetch("MyProgram/0.1", url), theirs, "URL {number}");
    }
    let (ours, crates, reading) = (median(ours), median(crates), median(reading));
    println!("  a check: {:.2} µs", ours * 1e6);
    println!("    {:8.1} x as fast as the robotstxt crate's matcher   ({:.0} µs)", crates / ours, crates * 1e6);
    match python(file, urls) {
        Some((check, parse)) => {
            println!("    {:8.1} x as fast as Python's robotparser   ({:.0} µs)", check / ours, check * 1e6);
            println!("  reading it: {:.2} ms", reading * 1e3);
            println!("    {:8.1} x as fast as Python's robotparser   ({:.0} ms)", parse / reading, parse * 1e3);
        }
        None => println!("  reading it: {:.2} ms\n    skipped: python3 is not installed", reading * 1e3),
    }
}

/// Seconds of a check and of reading.
fn python(file: &str, urls: &[Url]) -> Option<(f64, f64)> {
    let mut child = Command::new("python3")
        .args(["-c", PYTHON])
        .args(urls.iter().map(Url::as_str))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    child.stdin.take()?.write_all(file.as_bytes()).ok()?;
    let output = child.wait_with_output().ok()?;
    let numbers = String::from_utf8(output.stdout).ok()?;
    let mut numbers = numbers.lines().map_while(|line| line.parse().ok());
    Some((numbers.next()?, numbers.next()?))
}

/// The longest of each kind that takes long, with a path of 60 KiB.
fn worst() {
    println!("files and a URL made to take long:");
    // Every two of these characters are neighbours somewhere, so that nothing is ruled out at a
    // glance.
    let letters = "0123456789abcdefx";
    let pairs: String = letters.chars().flat_map(|one| letters.chars().flat_map(move |two| [one, two])).collect();
    let path = |piece: &str| {
        let url = format!("http://example.com/{pairs}{}", piece.repeat(60 * 1024 / piece.len()));
        Url::parse(&url).expect("a URL")
    };
    let numbered = |piece: &str| {
        let lines = (0..).map(|number: u32| piece.replace('N', &format!("{number:x}")));
        let mut file = "user-agent: *\n".to_owned();
        file.extend(lines.take(80_000));
        file
    };
    let stars = format!("user-agent: *\ndisallow: /{}$\n", "*a".repeat(1_000));
    for (what, file, url) in [
        ("a thousand stars", stars.clone(), path("a")),
        ("a thousand stars, in all lines", "user-agent: *\n".to_owned() + &stars[14..].repeat(250), path("b")),
        ("a star in each of 80,000 lines", numbered("allow:*xxNxx\n"), path("ab")),
        ("three stars in each", numbered("allow:*a*x*xxNxx\n"), path("ax")),
        ("what repeats itself", numbered("allow:*aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabN\n"), path("a")),
        ("nothing but beginnings", numbered("allow:/000102N\n"), path("a")),
        ("a group for each line", numbered("user-agent:*\nallow:*xxNxx\n"), path("ab")),
    ] {
        let reading = seconds(1, |_| {
            black_box(RobotRules::parse(&file));
        });
        let rules = RobotRules::parse(&file);
        let refusal = rules.check("a", &url).err();
        let times = (0..ROUNDS).map(|_| seconds(1, |_| drop(black_box(rules.check("a", &url)))));
        let most = times.fold(0.0, f64::max);
        let outcome = match refusal {
            None => "allowed",
            Some(RobotRefusal::TooComplex) => "too complex",
            Some(_) => "refused",
        };
        println!("  {what:32} {:6.2} ms at most, {outcome}; {:6.1} ms to read", most * 1e3, reading * 1e3);
    }
}

/// Seconds of CPU for one call.
fn seconds(calls: usize, mut call: impl FnMut(usize)) -> f64 {
    let before = cpu();
    (0..calls).for_each(&mut call);
    (cpu() - before) / calls as f64
}

/// Seconds of CPU that this thread has used; where the system does not say, seconds that have
/// passed.
fn cpu() -> f64 {
    thread_local!(static START: Instant = Instant::now());
    // Linux counts when a thread steps back.
    thread::yield_now();
    let schedstat = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    match schedstat.split(' ').next().and_then(|nanoseconds| nanoseconds.parse::<f64>().ok()) {
        Some(nanoseconds) => nanoseconds / 1e9,
        None => START.with(Instant::elapsed).as_secs_f64(),
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
