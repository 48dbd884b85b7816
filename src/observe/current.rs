//! Which account the thread is working on. It is kept for the thread, as deadlines are, because
//! what lies between an opener and a socket may be anyone's.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use super::{Account, Step};
use crate::redact::Level;

thread_local! {
    static CURRENT: RefCell<Option<Arc<Account>>> = const { RefCell::new(None) };
    /// Whether there is one: so that the silence of most programs costs no more than a look.
    static IS_HEARD: Cell<bool> = const { Cell::new(false) };
}

/// Does this work on this account, or on none.
pub(crate) fn within<T>(account: Option<Arc<Account>>, work: impl FnOnce() -> T) -> T {
    /// Goes back to the one before, also when the work panics.
    struct Restore(Option<Arc<Account>>);
    impl Drop for Restore {
        fn drop(&mut self) {
            set(self.0.take());
        }
    }
    let _restore = (account.is_some() || is_heard()).then(|| Restore(set(account)));
    work()
}

fn set(account: Option<Arc<Account>>) -> Option<Arc<Account>> {
    IS_HEARD.set(account.is_some());
    CURRENT.replace(account)
}

/// Whether somebody hears what this thread does.
#[inline]
pub(crate) fn is_heard() -> bool {
    IS_HEARD.get()
}

/// The account that this thread is working on.
#[inline]
pub(crate) fn current() -> Option<Arc<Account>> {
    is_heard().then(|| CURRENT.with_borrow(Clone::clone)).flatten()
}

/// Tells of a step, if somebody hears.
#[inline]
pub(crate) fn tell(step: impl Fn(Level) -> Step) {
    if is_heard() {
        tell_account(&step);
    }
}

#[cold]
fn tell_account(step: &dyn Fn(Level) -> Step) {
    // An observer may open a URL itself: nothing is borrowed while it hears.
    if let Some(account) = current() {
        account.tell(step);
    }
}
