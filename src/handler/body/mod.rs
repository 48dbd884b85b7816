//! Handlers that give a response another body: unpacked, or one that is read twice.

pub(super) mod gzip;
pub(super) mod seekable;
