//! What time it is, and waiting for a later one: the one place in the crate that asks the operating
//! system.
//!
//! Cookies expire, and a test of expiry that waits for the wall clock is slow at best and wrong in
//! some later year at worst. So everything that needs the time asks a [`Clock`], and a test hands
//! in a [`FixedClock`]:
//!
//! ```
//! use clientcookie::clock::{Clock, FixedClock};
//! use clientcookie::cookie::{Cookie, CookieJar};
//! use std::sync::Arc;
//!
//! let clock = Arc::new(FixedClock::new(1_000_000_000));
//! let jar = CookieJar::with_clock(clock.clone());
//! jar.set_cookie(Cookie::new("sid", "31d4", "example.com").with_expires(clock.now() + 60));
//!
//! clock.advance(61);
//! jar.clear_expired_cookies();
//! assert!(jar.is_empty());
//! ```

pub(crate) mod deadline;

use std::fmt::Debug;
use std::sync::atomic::{AtomicI64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// A source of the current time, in whole seconds, and a way to wait.
///
/// Cookies need no finer grain: `Expires` and `Max-Age` both count seconds.
pub trait Clock: Send + Sync + Debug {
    /// The current time in seconds since 1970-01-01 00:00:00 UTC; negative before then.
    fn now(&self) -> i64;

    /// Waits for so long: puts the thread to sleep, unless the clock knows better. Within an open
    /// that has a [total](crate::Timeouts::total) it ends no later than that.
    fn sleep(&self, duration: Duration) {
        thread::sleep(deadline::left().map_or(duration, |left| left.min(duration)));
    }
}

/// The wall clock of the operating system, and the default everywhere.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    // Every request asks twice. The clock's last tick, some milliseconds old, tells the second as
    // well, at a tenth of what the processor's own counter costs in a virtual machine.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    fn now(&self) -> i64 {
        rustix::time::clock_gettime(rustix::time::ClockId::RealtimeCoarse).tv_sec
    }

    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    fn now(&self) -> i64 {
        use std::time::{SystemTime, UNIX_EPOCH};
        match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
            // A machine whose clock was never set may well stand before 1970.
            Err(before) => i64::try_from(before.duration().as_secs()).map_or(i64::MIN, |seconds| -seconds),
        }
    }
}

/// A clock that stands still until it is moved, for tests. Who sleeps by it moves it on, in whole
/// seconds rounded up, and goes on at once.
///
/// It is moved through `&self`, so that the test and the jar can share one behind an `Arc`.
#[derive(Debug, Default)]
pub struct FixedClock(AtomicI64);

impl FixedClock {
    /// A clock that shows `now`, in seconds since 1970-01-01 00:00:00 UTC.
    pub const fn new(now: i64) -> Self {
        Self(AtomicI64::new(now))
    }

    /// Sets the clock to `now`, in seconds since 1970-01-01 00:00:00 UTC; backwards is allowed.
    pub fn set(&self, now: i64) {
        self.0.store(now, Ordering::SeqCst);
    }

    /// Moves the clock on by `seconds`.
    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }

    fn sleep(&self, duration: Duration) {
        let begun = u64::from(duration.subsec_nanos() > 0);
        self.advance(i64::try_from(duration.as_secs().saturating_add(begun)).unwrap_or(i64::MAX));
    }
}

/// Milliseconds since 1970-01-01 00:00:00 UTC, to write down when something began; negative before
/// then.
pub(crate) fn unix_millis() -> i64 {
    use std::time::{SystemTime, UNIX_EPOCH};
    let millis = |duration: Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
    SystemTime::now().duration_since(UNIX_EPOCH).map_or_else(|before| -millis(before.duration()), millis)
}

/// A moment by the clock that no setting of the wall clock disturbs, to measure elapsed time.
pub(crate) fn monotonic() -> Instant {
    Instant::now()
}

/// The moment that is so far away; `None` if no clock goes on for so long.
pub(crate) fn monotonic_in(duration: Duration) -> Option<Instant> {
    monotonic().checked_add(duration)
}
