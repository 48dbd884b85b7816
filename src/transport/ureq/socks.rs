//! SOCKS: ureq's connector, with errors that say it was the proxy.

use ureq::unversioned::transport::{ConnectionDetails, Connector, SocksConnector, Transport};
use url::Url;

use crate::error::ErrorKind;
use crate::transport::ureq::{errors, wire};

/// Connects through the SOCKS proxy that ureq is told of; where there is none, the next in the chain does.
#[derive(Debug, Default)]
pub(super) struct Socks(SocksConnector);

impl<In: Transport> Connector<In> for Socks {
    type Out = <SocksConnector as Connector<In>>::Out;

    fn connect(&self, details: &ConnectionDetails<'_>, chained: Option<In>) -> Result<Option<Self::Out>, ureq::Error> {
        let proxy = wire::current(wire::Exchange::begin_socks)?;
        let connected = self.0.connect(details, chained);
        let Some(proxy) = proxy else {
            return connected;
        };
        let connected = connected.map_err(|error| named(error, &proxy))?;
        // From here on it is the server who answers.
        wire::current(|exchange| exchange.proxy = None)?;
        Ok(connected)
    }
}

fn named(error: ureq::Error, proxy: &Url) -> ureq::Error {
    use std::io::ErrorKind::{InvalidData, InvalidInput, Other, PermissionDenied, UnexpectedEof};
    let error = match error {
        ureq::Error::Io(error) => error,
        error => return error,
    };
    // A limit of time, say, took its way through `io::Error`.
    let error = match error.downcast::<ureq::Error>() {
        Ok(ureq::Error::Io(error)) | Err(error) => error,
        Ok(error) => return error,
    };
    let said_by_proxy = matches!(error.kind(), InvalidData | InvalidInput | Other | PermissionDenied | UnexpectedEof);
    wire::other(match said_by_proxy {
        true => ErrorKind::Proxy { reason: error.to_string() }.into(),
        false => errors::connecting(error, proxy).into(),
    })
}
