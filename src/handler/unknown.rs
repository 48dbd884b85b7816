//! [`UnknownHandler`]: says that nobody answers for a scheme.

use crate::handler::{Handler, Hook, Kind, Parent};
use crate::message::error::{ErrorKind, Result};
use crate::message::request::Request;
use crate::message::response::Response;

/// Makes a request that no handler answered an [`ErrorKind::UnknownScheme`] (urllib2's "unknown url
/// type").
#[derive(Debug, Default, Clone, Copy)]
#[non_exhaustive]
pub struct UnknownHandler;

impl UnknownHandler {
    /// The handler.
    pub fn new() -> Self {
        Self
    }
}

impl Handler for UnknownHandler {
    fn kind(&self) -> Option<Kind> {
        Some(Kind::Unknown)
    }

    fn hooks(&self) -> &[Hook] {
        &[Hook::UnknownOpen]
    }

    fn unknown_open(&self, _: &dyn Parent, request: &mut Request) -> Result<Option<Response>> {
        Err(ErrorKind::UnknownScheme { scheme: request.scheme().to_owned() }.into())
    }
}
