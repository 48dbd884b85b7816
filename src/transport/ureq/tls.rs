//! TLS as ureq speaks it, with two corners rounded off: bytes that wait below it, and a panic.

use std::panic::{AssertUnwindSafe, catch_unwind};

use ureq::tls::{Certificate, ClientCert, PemItem, PrivateKey, RootCerts, TlsConfig};
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, Either, NextTimeout, RustlsConnector, Transport,
};

use crate::error::{Error, ErrorKind, Result};
use crate::transport::TlsSettings;
use crate::transport::ureq::wire;

/// ureq's TLS. It panics when a client certificate and its key do not belong together, and tells nobody beforehand.
#[derive(Debug, Default)]
pub(super) struct TlsConnector(RustlsConnector);

impl<In: Transport> Connector<In> for TlsConnector {
    type Out = <RustlsConnector as Connector<In>>::Out;

    fn connect(&self, details: &ConnectionDetails<'_>, chained: Option<In>) -> Result<Option<Self::Out>, ureq::Error> {
        if details.config.tls_config().client_cert().is_none() {
            return self.0.connect(details, chained);
        }
        // No code of the user's runs in here, and what is left half done is dropped.
        catch_unwind(AssertUnwindSafe(|| self.0.connect(details, chained)))
            .unwrap_or_else(|_| Err(wire::other(not_pem("the key is none, or not the certificate's"))))
    }
}

/// Wraps each connection that TLS will be spoken over, to see whether a server has said more than it was asked.
///
/// A connection with bytes left over must not serve again, or they answer the next request. ureq looks for them above
/// TLS and in the socket. Between the two is a buffer of bytes that were fetched with the last record and not yet
/// decrypted, and that is looked at here.
#[derive(Debug)]
pub(super) struct BelowTlsConnector;

impl<In: Transport> Connector<In> for BelowTlsConnector {
    type Out = Either<In, BelowTls<In>>;

    fn connect(&self, details: &ConnectionDetails<'_>, chained: Option<In>) -> Result<Option<Self::Out>, ureq::Error> {
        let is_tls = details.uri.scheme_str() == Some("https");
        Ok(chained.map(|inner| if is_tls { Either::B(BelowTls(inner)) } else { Either::A(inner) }))
    }
}

#[derive(Debug)]
pub(super) struct BelowTls<T>(T);

impl<T: Transport> Transport for BelowTls<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.0.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        self.0.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        self.0.await_input(timeout)
    }

    fn is_open(&mut self) -> bool {
        self.0.buffers().input().is_empty() && self.0.is_open()
    }

    fn is_tls(&self) -> bool {
        self.0.is_tls()
    }
}

/// The settings as ureq takes them.
pub(super) fn config(tls: &TlsSettings) -> Result<TlsConfig> {
    let mut config = TlsConfig::builder().disable_verification(tls.insecure);
    if let Some(pem) = &tls.ca {
        config = config.root_certs(RootCerts::new_with_certs(&certificates(pem)?));
    }
    if let Some((pem, key)) = &tls.client {
        let key = PrivateKey::from_pem(key).map_err(|error| not_pem(&error.to_string()))?;
        config = config.client_cert(Some(ClientCert::new_with_certs(&certificates(pem)?, key)));
    }
    Ok(config.build())
}

fn certificates(pem: &[u8]) -> Result<Vec<Certificate<'static>>> {
    let mut certificates = Vec::new();
    for item in ureq::tls::parse_pem(pem) {
        if let PemItem::Certificate(certificate) = item.map_err(|error| not_pem(&error.to_string()))? {
            certificates.push(certificate);
        }
    }
    if certificates.is_empty() {
        return Err(not_pem("it holds no certificate"));
    }
    Ok(certificates)
}

fn not_pem(reason: &str) -> Error {
    ErrorKind::Tls { reason: format!("the PEM text cannot be used: {reason}") }.into()
}
