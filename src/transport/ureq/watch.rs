//! [`Watch`]: what a connection saw of a body beyond its bytes.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::transport::head;

/// What the connection saw while the body was being read; shared with its reader, which may be on another thread.
#[derive(Debug, Default)]
pub(super) struct Watch {
    /// How many bytes may arrive without one of them being part of the body.
    limit: u64,
    /// Bytes that arrived since the reader last asked.
    raw: AtomicU64,
    /// The connection failed, and was not closed in order.
    broken: AtomicBool,
}

impl Watch {
    pub(super) fn new(limit: u64) -> Watch {
        Watch { limit, ..Watch::default() }
    }

    /// Refuses to wait for more once the reader has waited for too much. `held` bytes are there already, of which
    /// nothing can be made without more: an end of line that does not come.
    pub(super) fn check(&self, held: usize) -> Result<(), ureq::Error> {
        match self.raw.load(Ordering::Relaxed).max(held as u64) > self.limit {
            true => {
                Err(ureq::Error::Other(Box::new(head::flood(format!("more than {} bytes of trailers", self.limit)))))
            }
            false => Ok(()),
        }
    }

    /// The reader asks for more.
    pub(super) fn reset(&self) {
        self.raw.store(0, Ordering::Relaxed);
    }

    /// Whether the connection failed while the body was being read.
    pub(super) fn is_broken(&self) -> bool {
        self.broken.load(Ordering::Relaxed)
    }

    /// So many bytes arrived, or the connection broke.
    pub(super) fn arrived(&self, amount: usize, broken: bool) {
        self.raw.fetch_add(amount as u64, Ordering::Relaxed);
        if broken {
            self.broken.store(true, Ordering::Relaxed);
        }
    }
}
