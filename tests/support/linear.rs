//! Whether twice the input takes no more than three times the work.
//!
//! What is compared is the CPU time of this thread, the least of several runs, so that neither the
//! machine's other work nor its clock has a say.

use std::{fs, thread};

/// Nanoseconds below which a run is too short to be compared, and too short to matter.
const TOO_SHORT: u64 = 200_000;

/// Whether the system tells a thread's CPU time; says so if it does not.
pub fn can_measure_work() -> bool {
    let can = cpu().is_some();
    if !can {
        println!("skipped: this system does not tell a thread's CPU time");
    }
    can
}

/// Does the work of `size` and of half of it. What is quadratic takes four times as long every
/// time; what is linear does so when the machine is busy, and not five times in a row.
pub fn assert_linear(what: &str, size: usize, work: &dyn Fn(usize)) {
    let measure = || (least(&|| work(size / 2)), least(&|| work(size)));
    let measured: Vec<_> = (0..5).map(|_| measure()).take_while(|times| !is_linear(*times)).collect();
    assert!(measured.len() < 5, "{what}: nanoseconds for half and for the whole: {measured:?}");
}

fn is_linear((half, whole): (u64, u64)) -> bool {
    whole < TOO_SHORT || whole < half * 3
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

/// Nanoseconds of CPU that this thread has used.
fn cpu() -> Option<u64> {
    // The system counts when it schedules, and this makes it.
    thread::yield_now();
    fs::read_to_string("/proc/thread-self/schedstat").ok()?.split(' ').next()?.parse().ok()
}

#[test]
fn four_times_the_work_is_not_linear() {
    for (half, whole, expected) in
        [(1_000_000, 2_000_000, true), (1_000_000, 4_000_000, false), (1, TOO_SHORT - 1, true)]
    {
        assert_eq!(is_linear((half, whole)), expected, "{half} {whole}");
    }
}
