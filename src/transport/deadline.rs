//! A deadline for what is done on the side, such as emptying a body that nobody wants.

use std::cell::Cell;
use std::time::{Duration, Instant};

use crate::clock;

thread_local! {
    /// When the work that this thread is in must be over.
    static UNTIL: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// Does this work; whatever it waits for on this thread is given no more than so long,
/// and no more than an outer deadline leaves.
pub(crate) fn within<T>(limit: Duration, work: impl FnOnce() -> T) -> T {
    /// Puts the outer deadline back, also when the work panics.
    struct Restore(Option<Instant>);
    impl Drop for Restore {
        fn drop(&mut self) {
            UNTIL.set(self.0);
        }
    }
    let (outer, due) = (UNTIL.get(), clock::monotonic() + limit);
    UNTIL.set(Some(outer.map_or(due, |outer| outer.min(due))));
    let _restore = Restore(outer);
    work()
}

/// How long a wait may last, if there is a deadline; zero once it has passed.
pub(crate) fn left() -> Option<Duration> {
    UNTIL.get().map(|until| until.saturating_duration_since(clock::monotonic()))
}
