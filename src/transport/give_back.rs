//! [`give_back`]: what becomes of an answer that nobody reads.

use std::time::Duration;

use crate::clock::deadline;
use crate::message::error::Phase;
use crate::message::response::Response;

/// How long reading such a body may keep the next request waiting.
const DRAIN_TIME: Duration = Duration::from_secs(1);

/// How many bytes of such a body are read so that its connection can be used again: 64 KiB. A
/// longer one costs its connection.
const DRAIN_LIMIT: u64 = 64 * 1024;

/// Reads a small body to its end, so that the connection can serve the next request: that of a
/// redirect, say.
pub(crate) fn give_back(response: Response) {
    let is_small = response.wire_length().is_some_and(|length| length <= DRAIN_LIMIT);
    if is_small || response.headers().contains("Transfer-Encoding") {
        deadline::within(Some(DRAIN_TIME), Phase::Read, || response.drain(DRAIN_LIMIT));
    }
}
