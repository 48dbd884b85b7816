//! A bindable HTTPHandler: which of this machine's addresses the connection comes from.

use std::error::Error;
use std::net::Ipv4Addr;

use clientcookie::transport::UreqTransport;
use clientcookie::{HttpHandler, build_opener};

use crate::shared::{page, serve};

pub fn show() -> Result<(), Box<dyn Error>> {
    let site = serve(|asked| page(&asked.from.ip().to_string()))?;
    let transport = UreqTransport::new().local_address(Ipv4Addr::LOCALHOST);
    let mut response = build_opener(HttpHandler::with_transport(transport)).open(site)?;
    println!("  the site was asked from {}", response.text()?);
    Ok(())
}
