//! Twice the input takes no more than three times the work, whatever the input: K20 and K21.
//!
//! What is compared is the CPU time of this thread, the least of several runs, so that neither the machine's other
//! work nor its clock has a say. Where the system does not tell it, the test says that it was skipped.

use std::{fs, thread};

use super::*;

/// Bytes of the larger input.
const SIZE: usize = 64 * 1024;

/// Nanoseconds below which a run is too short to be compared, and too short to matter: 5 ms are the bound of K20.
const TOO_SHORT: u64 = 200_000;

/// What makes a reader of words and quotes work hardest: a start, and a piece to repeat.
pub(super) const WORDS: [(&str, &str); 12] = [
    ("", ","),
    ("", "a,"),
    ("a=1; Version=1", ";"),
    ("a=\"", "\\"),
    ("a=\"", "\\\""),
    ("", "a=\"\\\" "),
    ("", "=\""),
    ("a", "="),
    ("a=1; Version=1; ", "x;"),
    ("a=1; Version=1; Port=\"", "1,"),
    ("", " "),
    ("a=1; Version=1; Path=\"", "/"),
];

/// Nanoseconds of CPU that this thread has used.
fn cpu() -> Option<u64> {
    // The system counts when it schedules, and this makes it.
    thread::yield_now();
    fs::read_to_string("/proc/thread-self/schedstat").ok()?.split(' ').next()?.parse().ok()
}

/// The least time of seven runs.
fn least(work: &dyn Fn()) -> u64 {
    let once = || {
        let before = cpu().unwrap();
        work();
        cpu().unwrap() - before
    };
    (0..7).map(|_| once()).min().unwrap()
}

/// What is quadratic takes four times as long every time; what is linear does so when the machine is busy, and not
/// five times in a row.
fn assert_linear(what: &str, work: &dyn Fn(usize)) {
    let measure = || (least(&|| work(SIZE / 2)), least(&|| work(SIZE)));
    let is_linear = |(half, whole): (u64, u64)| whole < TOO_SHORT || whole < half * 3;
    let measured: Vec<_> = (0..5).map(|_| measure()).take_while(|times| !is_linear(*times)).collect();
    assert!(measured.len() < 5, "{what}: nanoseconds for half and for the whole: {measured:?}");
}

#[test]
fn twice_the_input_is_no_more_than_three_times_the_work() {
    if cpu().is_none() {
        return println!("skipped: this system does not tell a thread's CPU time");
    }
    for piece in ["1-", "1", " ", "(", "Sun 10:1", ":", ",", "é"] {
        assert_linear(&format!("the date {piece}"), &|size| {
            str2time(&piece.repeat(size / piece.len()));
            iso2time(&piece.repeat(size / piece.len()));
        });
    }
    let netscape = [
        ("a=\"", "\\"),
        ("a=1", ";"),
        ("a", "="),
        ("a=1;", "="),
        ("a=1; ", ","),
        ("a=1; Path=", "/"),
        ("a=1; Domain=", ".a.test"),
        ("a=1; Max-Age=", "9"),
        ("a=1; Expires=", "1-"),
        ("a=1; ", "path=/x;"),
        ("a=1; ", "x;"),
        ("", " "),
    ];
    let policies = [DefaultCookiePolicy::new(), DefaultCookiePolicy::classic().rfc2965(true)];
    let headers = netscape.map(|piece| ("", piece)).into_iter().chain(WORDS.map(|piece| ("Set-Cookie2:", piece)));
    for (name, (start, piece)) in headers {
        for policy in &policies {
            assert_linear(&format!("{name}{start}{piece}"), &|size| {
                let header = format!("{name}{start}{}", piece.repeat(size / piece.len()));
                interact_netscape(&jar_with(policy.clone()), "http://a.test/", &[header]);
            });
        }
    }
}
