//! [`UnknownHandler`]: says that nobody answers for a scheme.

use crate::handler::{Handler, Hook, Kind, Parent};
use crate::message::error::{Error, ErrorKind, Result};
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
        Err(unknown_scheme(request))
    }
}

/// Nobody answers for it: what an opener without this handler says as well.
pub(crate) fn unknown_scheme(request: &Request) -> Error {
    ErrorKind::UnknownScheme { scheme: request.scheme().to_owned() }.into()
}
