//! What a server and the threads of its connections share.

use super::{PATIENCE, Recorded};
use std::collections::HashMap;
use std::net::{Shutdown, TcpStream};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The requests so far, the connections that are open, and the signal to stop.
#[derive(Default)]
pub struct Ledger {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    stopping: bool,
    accepted: usize,
    requests: Vec<Recorded>,
    /// Second handles, through which a stopping server ends blocked calls.
    open: HashMap<usize, TcpStream>,
}

impl Ledger {
    /// Enters a new connection and gives its number, or `None` if the server is
    /// stopping.
    pub fn admit(&self, socket: &TcpStream) -> Option<usize> {
        let handle = socket.try_clone().ok()?;
        let mut state = self.lock();
        if state.stopping {
            return None;
        }
        let number = state.accepted;
        state.accepted += 1;
        state.open.insert(number, handle);
        Some(number)
    }

    /// Strikes out a connection that has ended.
    pub fn leave(&self, connection: usize) {
        self.lock().open.remove(&connection);
        self.changed.notify_all();
    }

    pub fn record(&self, request: &Recorded) {
        self.lock().requests.push(request.clone());
    }

    pub fn requests(&self) -> Vec<Recorded> {
        self.lock().requests.clone()
    }

    pub fn accepted(&self) -> usize {
        self.lock().accepted
    }

    pub fn stopping(&self) -> bool {
        self.lock().stopping
    }

    /// Waits, and says whether to go on: not if the server is stopping.
    pub fn pause(&self, pace: Duration) -> bool {
        let (state, _) = self
            .changed
            .wait_timeout_while(self.lock(), pace, |state| !state.stopping)
            .unwrap_or_else(PoisonError::into_inner);
        !state.stopping
    }

    /// Waits until no connection is open, and says whether that came about.
    pub fn wait_until_empty(&self) -> bool {
        let (state, _) = self
            .changed
            .wait_timeout_while(self.lock(), PATIENCE, |state| !state.open.is_empty())
            .unwrap_or_else(PoisonError::into_inner);
        state.open.is_empty()
    }

    /// Turns new connections away and ends every pause.
    pub fn stop(&self) {
        self.lock().stopping = true;
        self.changed.notify_all();
    }

    /// Ends whatever is being read from or written to open connections.
    pub fn cut_connections(&self) {
        for socket in self.lock().open.values() {
            // Fails if the client has gone already, which is as good.
            let _ = socket.shutdown(Shutdown::Both);
        }
    }

    /// A handler that panics does so outside the lock, so a poisoned lock still
    /// guards sound data.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
