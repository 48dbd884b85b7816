//! Which account the thread is working on. It is kept for the thread, as deadlines are, because
//! what lies between an opener and a socket may be anyone's.

use std::cell::RefCell;
use std::sync::Arc;

use super::{Account, Step};
use crate::redact::Level;

thread_local! {
    static CURRENT: RefCell<Option<Arc<Account>>> = const { RefCell::new(None) };
}

/// Does this work on this account, or on none.
pub(crate) fn within<T>(account: Option<Arc<Account>>, work: impl FnOnce() -> T) -> T {
    /// Goes back to the one before, also when the work panics.
    struct Restore(Option<Arc<Account>>);
    impl Drop for Restore {
        fn drop(&mut self) {
            CURRENT.set(self.0.take());
        }
    }
    if account.is_none() && !is_heard() {
        return work();
    }
    let _restore = Restore(CURRENT.replace(account));
    work()
}

/// Whether somebody hears what this thread does.
pub(crate) fn is_heard() -> bool {
    CURRENT.with_borrow(Option::is_some)
}

/// The account that this thread is working on.
pub(crate) fn current() -> Option<Arc<Account>> {
    CURRENT.with_borrow(Clone::clone)
}

/// Tells of a step, if somebody hears.
pub(crate) fn tell(step: impl Fn(Level) -> Step) {
    // An observer may open a URL itself: nothing is borrowed while it hears.
    if let Some(account) = current() {
        account.tell(step);
    }
}
