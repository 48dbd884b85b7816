//! [`Watch`]: tells when a body has been read.

use std::io;
use std::sync::Arc;

use super::{Account, BodyEnd, Step};

/// Follows the reading of a body, and tells once how it ended; a body that is dropped before was
/// left.
pub(crate) struct Watch {
    account: Arc<Account>,
    bytes: u64,
    start: Vec<u8>,
    limit: usize,
    is_told: bool,
}

impl Watch {
    pub(crate) fn new(account: Arc<Account>) -> Self {
        let limit = account.body_limit();
        Self { account, bytes: 0, start: Vec::new(), limit, is_told: false }
    }

    /// Bytes were read.
    pub(crate) fn saw(&mut self, bytes: &[u8]) {
        self.bytes = self.bytes.saturating_add(bytes.len() as u64);
        let room = self.limit.saturating_sub(self.start.len());
        self.start.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    /// What a read of the source came to, that was to fill this buffer.
    pub(crate) fn saw_read(&mut self, read: &io::Result<usize>, buffer: &[u8]) {
        match read {
            Ok(0) if !buffer.is_empty() => self.tell(BodyEnd::Whole),
            Ok(amount) => self.saw(buffer.get(..*amount).unwrap_or_default()),
            Err(error) => {
                // One that may pass is told where nothing comes behind it.
                let is_wait = matches!(error.kind(), io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock);
                if !is_wait {
                    self.tell(BodyEnd::Failed(error.to_string()));
                }
            }
        }
    }

    /// Tells nothing: somebody else does.
    pub(crate) fn dismiss(&mut self) {
        self.is_told = true;
    }

    fn tell(&mut self, end: BodyEnd) {
        if std::mem::replace(&mut self.is_told, true) {
            return;
        }
        let (account, bytes, start) = (&self.account, self.bytes, &self.start);
        let wire_bytes = account.wire_bytes();
        account.tell(|_| Step::Body { wire_bytes, bytes, end: end.clone(), start: start.clone() });
    }
}

/// Who reads by a length never asks for what is behind it.
impl Drop for Watch {
    fn drop(&mut self) {
        let end = if self.account.has_ended() { BodyEnd::Whole } else { BodyEnd::Left };
        self.tell(end);
    }
}
