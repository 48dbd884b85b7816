//! Passwords: who is asked, who is told, and in which words.

mod basic;
mod challenges;
mod digest;
mod managers;
mod netrc;

use clientcookie::transport::{FixedResolver, UreqTransport};
use clientcookie::{HttpHandler, HttpPasswordMgrWithDefaultRealm};

use crate::support::{Recorded, Server};

/// A manager with one password, for every realm of a place.
fn password(place: &str, user: &str, password: &str) -> HttpPasswordMgrWithDefaultRealm {
    let passwords = HttpPasswordMgrWithDefaultRealm::new();
    passwords.add_password(None, place, user, password).unwrap();
    passwords
}

/// What each request said of who is there.
fn said(server: &Server) -> Vec<Option<String>> {
    server.requests().iter().map(|request| request.header("Authorization")).collect()
}

/// To the servers by these names.
fn names(servers: &[(&str, &Server)]) -> HttpHandler {
    let mut resolver = FixedResolver::new();
    for (name, server) in servers {
        resolver = resolver.host(name, server.port(), [([127, 0, 0, 1], server.port())]);
    }
    HttpHandler::with_transport(UreqTransport::new().resolver(resolver))
}

/// The parameters of a `Digest` answer.
fn parameter(request: &Recorded, name: &str) -> Option<String> {
    let header = request.header("Authorization").or_else(|| request.header("Proxy-Authorization"))?;
    let parameters = header.strip_prefix("Digest ")?;
    parameters.split(", ").find_map(|parameter| {
        let (other, value) = parameter.split_once('=')?;
        (other == name).then(|| value.trim_matches('"').to_owned())
    })
}
