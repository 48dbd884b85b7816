//! SOCKS: ureq's connector, with errors that say it was the proxy.

use std::io;
use std::sync::Arc;

use http::Uri;
use ureq::config::Config;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver as UreqResolver};
use ureq::unversioned::transport::{Connector, Either, NextTimeout, SocksConnector};
use ureq::{Agent, ProxyProtocol};
use url::Url;

use crate::message::error::{Error, ErrorKind, Result};
use crate::message::urls;
use crate::observe::{self, Step};
use crate::transport::dial::carried::{BUFFER, Bottom, Carried, details, io_error, no_addresses};
use crate::transport::dial::{connecting, tcp};
use crate::transport::line::Stream;
use crate::transport::{Proxy, Resolver};

/// A connection to whom this URL names, through this proxy.
pub(super) fn connect(url: &Url, proxy: &Proxy, resolver: &Arc<dyn Resolver>) -> Result<Box<dyn Stream>> {
    let at_proxy = |error: Error| error.of_proxy(proxy.url());
    let protocol = match proxy.url().scheme() {
        "socks4" => ProxyProtocol::Socks4,
        "socks4a" => ProxyProtocol::Socks4A,
        "socks5" => ProxyProtocol::Socks5,
        _ => ProxyProtocol::Socks5h,
    };
    let builder = ureq::Proxy::builder(protocol).host(proxy.url().host_str().unwrap_or_default()).port(proxy.port());
    let builder = match proxy.userinfo() {
        Some(userinfo) => builder.username(userinfo.user()).password(userinfo.password()),
        None => builder,
    };
    let built = builder.build().map_err(|error| at_proxy(connecting(io_error(error), proxy.url())))?;
    let config =
        Agent::config_builder().input_buffer_size(BUFFER).output_buffer_size(BUFFER).proxy(Some(built)).build();
    let uri = Uri::try_from(format!("{}://{}/", url.scheme(), urls::host_and_port(url)));
    let uri = uri.map_err(|error| ErrorKind::InvalidUrl { url: url.to_string(), reason: error.to_string() })?;
    let lookup = Lookup(Arc::clone(resolver));
    let mut details = details(&uri, &config, &lookup)?;
    if matches!(protocol, ProxyProtocol::Socks4 | ProxyProtocol::Socks5) {
        // It is told an address, which is looked up here; who has none is no fault of the proxy's.
        details.addrs = lookup.of(&uri)?;
    }
    let connected = SocksConnector::default().connect(&details, None::<()>);
    match connected.map_err(|error| at_proxy(named(error, proxy.url())))? {
        Some(Either::B(transport)) => {
            observe::tell(|_| Step::Connected { address: None });
            Ok(Box::new(Carried::new(transport, Bottom::Ureqs)))
        }
        _ => Err(at_proxy(ErrorKind::Proxy { reason: "no connection".to_owned() }.into())),
    }
}

fn named(error: ureq::Error, proxy: &Url) -> Error {
    use io::ErrorKind::{InvalidData, InvalidInput, Other, PermissionDenied, UnexpectedEof};
    let error = match error {
        // Our own error, where it took the way through ureq.
        ureq::Error::Other(error) => match error.downcast::<Error>() {
            Ok(own) => return *own,
            Err(error) => io::Error::other(error.to_string()),
        },
        error => io_error(error),
    };
    match error.kind() {
        InvalidData | InvalidInput | Other | PermissionDenied | UnexpectedEof => {
            ErrorKind::Proxy { reason: error.to_string() }.into()
        }
        _ => connecting(error, proxy),
    }
}

/// Our resolver as ureq asks for one.
struct Lookup(Arc<dyn Resolver>);

impl Lookup {
    fn of(&self, uri: &Uri) -> Result<ResolvedSocketAddrs> {
        let host = uri.host().unwrap_or_default();
        let port = uri.port_u16().unwrap_or(if uri.scheme_str() == Some("https") { 443 } else { 80 });
        let mut found = no_addresses();
        for address in tcp::addresses(&*self.0, host.trim_matches(['[', ']']), port)? {
            found.push(address);
        }
        Ok(found)
    }
}

impl UreqResolver for Lookup {
    fn resolve(&self, uri: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        self.of(uri).map_err(|error| ureq::Error::Other(Box::new(error)))
    }
}

impl std::fmt::Debug for Lookup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Lookup")
    }
}
