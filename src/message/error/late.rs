//! The errors of waits that a deadline bounds.

use std::time::Duration;

use super::{ErrorKind, Phase, Result};
use crate::clock::deadline;

/// How long the next wait may last, if that is bounded.
///
/// # Errors
/// [`ErrorKind::Timeout`] once there is no time left.
pub(crate) fn for_wait() -> Result<Option<Duration>> {
    match deadline::left() {
        Some(Duration::ZERO) => Err(timeout(Phase::Total).into()),
        left => Ok(left),
    }
}

/// The error of a wait that was too long, or that has taken too long what it is part of.
pub(crate) fn timeout(during: Phase) -> ErrorKind {
    ErrorKind::Timeout { during: deadline::passed().unwrap_or(during) }
}
