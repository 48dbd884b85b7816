//! Requests: which URLs, methods and headers are sent, in which bytes, and which are refused before
//! anything is sent. Tests named `q1`, `q2`, ... keep one class of mistakes each out that HTTP
//! clients have made.

mod conversions;
mod data;
mod headers;
mod heads;
mod multipart;
mod secrets;
mod text;
mod urls;

use clientcookie::transport::UreqTransport;
use clientcookie::{HttpHandler, OpenerDirector, build_opener};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use crate::support::Server;

/// An opener for which every name and port is this server.
fn opener_to(server: &Server) -> OpenerDirector {
    build_opener(HttpHandler::with_transport(UreqTransport::new().resolver(Everywhere(server.port()))))
}

struct Everywhere(u16);

impl clientcookie::transport::Resolver for Everywhere {
    fn resolve(&self, _: &str, _: u16) -> io::Result<Vec<SocketAddr>> {
        Ok(vec![SocketAddr::from((Ipv4Addr::LOCALHOST, self.0))])
    }
}
