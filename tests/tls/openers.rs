//! Openers that differ in whom they believe.

use crate::support::fixture;
use clientcookie::transport::{TlsSettings, UreqTransport};
use clientcookie::{HttpsHandler, OpenerDirector, build_opener};

/// Believes this authority of the fixtures, and no other.
pub fn trusting(authority: &str) -> OpenerDirector {
    with(TlsSettings::new().ca_file(fixture(authority)).unwrap())
}

pub fn with(settings: TlsSettings) -> OpenerDirector {
    build_opener(HttpsHandler::with_transport(UreqTransport::new().tls(settings)))
}
