//! Deadlines: when what a thread does must be over, whatever it waits for meanwhile.
//!
//! A limit that is given to each wait bounds nothing: a server lets a byte come before each one is
//! over. So whoever begins something says how long all of it may take, and whoever waits, at the
//! bottom, asks how long that may last. It is kept for the thread, because what lies in between may
//! be anyone's: a decoder, a reader of the user's, ureq.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use crate::clock;

/// What was being waited for when time ran out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Phase {
    /// The connection, TLS and a proxy's tunnel included.
    Connect,
    /// The request being taken by the server.
    Write,
    /// The head of the response.
    Head,
    /// The next bytes of the body.
    Read,
    /// All that one open leads to, its body included.
    Total,
}

/// The system takes a limit of zero for none, so this is the shortest one.
const SHORTEST: Duration = Duration::from_millis(1);

/// The system counts in ticks, 10 ms at the most, and the one that it begins in is a whole one to
/// it: so much too soon it may say that a time is over.
const TICK: Duration = Duration::from_millis(10);

thread_local! {
    /// Those that hold for what this thread is doing, the outermost first.
    static DUES: RefCell<Vec<Due>> = const { RefCell::new(Vec::new()) };
}

struct Due {
    when: When,
    during: Phase,
}

#[derive(Clone, Copy)]
enum When {
    /// So long after the first wait: what need not wait need not ask for the time either.
    After(Duration),
    At(Instant),
    /// Later than any clock shows.
    Never,
}

impl Due {
    /// When it is; from now on it stands.
    fn at(&mut self, now: Instant) -> Option<Instant> {
        if let When::After(limit) = self.when {
            self.when = now.checked_add(limit.max(SHORTEST)).map_or(When::Never, When::At);
        }
        match self.when {
            When::At(due) => Some(due),
            _ => None,
        }
    }
}

/// Does this work; it may wait for so long in all, counted from its first wait, and no longer than
/// what it is part of.
pub(crate) fn within<T>(limit: Option<Duration>, during: Phase, work: impl FnOnce() -> T) -> T {
    hold(limit.map(When::After), during, work)
}

/// Does this work, which is to be over then.
pub(crate) fn until<T>(due: Option<Instant>, during: Phase, work: impl FnOnce() -> T) -> T {
    hold(due.map(When::At), during, work)
}

fn hold<T>(when: Option<When>, during: Phase, work: impl FnOnce() -> T) -> T {
    /// Forgets those of the work, also when it panics.
    struct Restore(usize);
    impl Drop for Restore {
        fn drop(&mut self) {
            DUES.with_borrow_mut(|dues| dues.truncate(self.0));
        }
    }
    let Some(when) = when else {
        return work();
    };
    let _restore = DUES.with_borrow_mut(|dues| {
        dues.push(Due { when, during });
        Restore(dues.len() - 1)
    });
    work()
}

/// How long a wait may last, if there is a deadline, in whole milliseconds, rounded up: the second
/// wait then mostly gets the same limit as the first, and a socket needs no further system call for
/// it. Zero once it has passed.
pub(crate) fn left() -> Option<Duration> {
    let (due, now, _) = next()?;
    let left = due.saturating_duration_since(now);
    let millis = left.as_nanos().div_ceil(SHORTEST.as_nanos());
    Some(Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX)))
}

/// What took too long, once it has, by the system's clock or ours.
pub(crate) fn passed() -> Option<Phase> {
    next().filter(|(due, now, _)| due.saturating_duration_since(*now) <= TICK).map(|(_, _, during)| during)
}

/// When the open that this thread is in must be over: what it opens must be over then, too.
pub(crate) fn of_open() -> Option<Instant> {
    DUES.with_borrow(|dues| {
        let totals = dues.iter().filter(|due| due.during == Phase::Total);
        let totals = totals.filter_map(|due| if let When::At(at) = due.when { Some(at) } else { None });
        totals.min()
    })
}

/// The earliest of those that hold.
fn next() -> Option<(Instant, Instant, Phase)> {
    DUES.with_borrow_mut(|dues| {
        if dues.is_empty() {
            return None;
        }
        let now = clock::monotonic();
        let dues = dues.iter_mut().filter_map(|due| Some((due.at(now)?, now, due.during)));
        dues.min_by_key(|&(due, ..)| due)
    })
}
