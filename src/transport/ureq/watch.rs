//! [`Watch`]: what a connection saw of a body beyond its bytes.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::transport::head;

/// How many bytes may arrive without one of them being part of the body, as trailers (RFC 9112 section 7.1.2) that
/// do not end: 64 KiB, as for a head.
pub const TRAILER_LIMIT: u64 = 64 * 1024;

/// What the connection saw while the body was being read; shared with its reader, which may be on another thread.
#[derive(Debug, Default)]
pub(super) struct Watch {
    /// Bytes that arrived since the reader last asked.
    raw: AtomicU64,
    /// The connection failed, and was not closed in order.
    broken: AtomicBool,
}

impl Watch {
    /// Refuses to wait for more once the reader has waited for too much. `held` bytes are there already, of which
    /// nothing can be made without more: an end of line that does not come.
    pub(super) fn check(&self, held: usize) -> Result<(), ureq::Error> {
        match self.raw.load(Ordering::Relaxed).max(held as u64) > TRAILER_LIMIT {
            true => {
                Err(ureq::Error::Other(Box::new(head::flood(format!("more than {TRAILER_LIMIT} bytes of trailers")))))
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
