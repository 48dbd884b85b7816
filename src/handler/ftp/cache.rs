//! [`Cache`]: conversations that wait for the next request.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::clock;
use crate::handler::ftp::control::Control;
use crate::handler::ftp::target::Account;

/// Connections that were left in order, the one that was used last at the end.
pub(super) struct Cache {
    pub(super) timeout: Duration,
    pub(super) max_conns: usize,
    kept: Mutex<Vec<Kept>>,
}

struct Kept {
    account: Account,
    control: Control,
    since: Instant,
}

impl Cache {
    pub(super) fn new(timeout: Duration, max_conns: usize) -> Self {
        Self { timeout, max_conns, kept: Mutex::default() }
    }

    /// A connection of this account that is on the way to this folder.
    pub(super) fn take(&self, account: &Account, folders: &[Vec<u8>]) -> Option<Control> {
        let fits = |kept: &Kept| kept.account == *account && folders.starts_with(kept.control.folders());
        loop {
            let mut all = self.young();
            let at = all.iter().rposition(fits)?;
            let control = all.remove(at).control;
            if control.is_quiet() {
                return Some(control);
            }
        }
    }

    /// Keeps a connection.
    pub(super) fn put(&self, account: Account, control: Control) {
        let mut all = self.young();
        all.push(Kept { account, control, since: clock::monotonic() });
        let too_many = all.len().saturating_sub(self.max_conns);
        all.drain(..too_many);
    }

    /// Those whose time is not over.
    fn young(&self) -> MutexGuard<'_, Vec<Kept>> {
        let mut all = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let now = clock::monotonic();
        all.retain(|kept| now.duration_since(kept.since) < self.timeout);
        all
    }
}
