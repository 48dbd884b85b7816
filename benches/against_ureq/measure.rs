//! Rounds of taking turns, and what the system says of this process.

use std::fs;
#[cfg(not(target_os = "linux"))]
use std::time::Instant;

use crate::peers::Peer;

/// What came of the peers' turns.
pub struct Turns {
    title: String,
    names: Vec<&'static str>,
    what: &'static str,
    unit: &'static str,
    /// For each peer, a value for each round.
    values: Vec<Vec<f64>>,
}

impl Turns {
    pub fn new(title: &str, peers: &[Peer], what: &'static str, unit: &'static str) -> Self {
        let names: Vec<_> = peers.iter().map(|peer| peer.name).collect();
        Self::named(title, &names, what, unit)
    }

    pub fn named(title: &str, names: &[&'static str], what: &'static str, unit: &'static str) -> Self {
        let values = vec![Vec::new(); names.len()];
        Self { title: title.to_owned(), names: names.to_vec(), what, unit, values }
    }

    /// So many rounds, after one to warm up.
    pub fn take(&mut self, rounds: usize, mut turn: impl FnMut(usize) -> f64) {
        for round in 0..=rounds {
            for (index, values) in self.values.iter_mut().enumerate() {
                let value = turn(index);
                if round > 0 {
                    values.push(value);
                }
            }
        }
    }

    /// The median of the rounds' ratios to the first peer, the smallest and the largest.
    pub fn print(&self) {
        println!("{}, {} rounds:", self.title, self.values[0].len());
        for (name, values) in self.names.iter().zip(&self.values) {
            let mut ratios: Vec<f64> = values.iter().zip(&self.values[0]).map(|(&one, &first)| one / first).collect();
            ratios.sort_by(f64::total_cmp);
            let (least, middle, most) = (ratios[0], median(ratios.clone()), ratios[ratios.len() - 1]);
            let absolute = median(values.clone());
            println!(
                "  {name:16} {} {middle:5.2} x {} ({least:.2} to {most:.2}; {absolute:.2} {})",
                self.what, self.names[0], self.unit
            );
        }
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Seconds of CPU that this process has used; where the system does not say, seconds that have
/// passed.
pub fn cpu() -> f64 {
    #[cfg(target_os = "linux")]
    {
        use rustix::time::{ClockId, clock_gettime};
        let time = clock_gettime(ClockId::ProcessCPUTime);
        time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
    }
    #[cfg(not(target_os = "linux"))]
    {
        thread_local!(static START: Instant = Instant::now());
        START.with(Instant::elapsed).as_secs_f64()
    }
}

/// A line of /proc/self/status in KiB, or 0 where there is none.
pub fn memory(line: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let value = status.lines().find_map(|one| one.strip_prefix(line)?.strip_prefix(':'));
    value.and_then(|value| value.trim().split(' ').next()?.parse().ok()).unwrap_or(0)
}
