//! Handlers that tell what comes: redirects, and bodies.

pub(super) mod redirect;
pub(super) mod response;
