//! What a server says, as a sentence that names it.

use std::error::Error;
use std::fmt;

use redis::RedisError;

use super::RedisSettings;
use crate::cookie::StoreError;

/// Why the server did not do what it was asked to. It tells nothing of what is in it, and no
/// password.
#[derive(Debug)]
pub(super) struct Failure {
    server: String,
    reason: String,
    source: Option<RedisError>,
}

impl Failure {
    pub(super) fn of(settings: &RedisSettings, error: RedisError) -> StoreError {
        let reason = match &error {
            error if error.is_timeout() => format!("no answer in {:?}", settings.timeout),
            error if error.is_connection_refusal() => "no connection: refused".to_owned(),
            error if error.is_connection_dropped() => "the connection was closed".to_owned(),
            // What a script was given stands in what its errors say.
            error => match error.code() {
                Some(code) => format!("the server says {}", code.escape_debug()),
                None => error.category().to_owned(),
            },
        };
        StoreError::new(Self { server: settings.name(), reason, source: None.or(kept(error)) })
    }

    pub(super) fn because(settings: &RedisSettings, reason: &str) -> StoreError {
        StoreError::new(Self { server: settings.name(), reason: reason.to_owned(), source: None })
    }
}

/// The error itself, unless it may hold what a script was given.
fn kept(error: RedisError) -> Option<RedisError> {
    error.code().is_none().then_some(error)
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.server, self.reason)
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_ref().map(|error| error as _)
    }
}
