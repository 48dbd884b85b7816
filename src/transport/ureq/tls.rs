//! TLS as ureq speaks it, and two things that it does not look at: bytes that wait below, and keys that do not fit.

use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use ureq::tls::{Certificate, ClientCert, PemItem, PrivateKey, RootCerts, TlsConfig};
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, Either, NextTimeout, Transport};

use crate::error::{Error, ErrorKind, Result};
use crate::transport::TlsSettings;

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
        let certificates = certificates(pem)?;
        check_pair(&certificates, &key)?;
        config = config.client_cert(Some(ClientCert::new_with_certs(&certificates, key)));
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

/// ureq panics at the first connection when a key is none, or not the certificate's, so that is found out before.
fn check_pair(certificates: &[Certificate<'static>], key: &PrivateKey<'static>) -> Result<()> {
    let chain = certificates.iter().map(|one| CertificateDer::from(one.der().to_vec())).collect();
    let key = PrivateKeyDer::try_from(key.der().to_vec()).map_err(not_pem)?;
    let pair = CertifiedKey::from_der(chain, key, &ring::default_provider());
    pair.map(drop).map_err(|error| not_pem(&error.to_string()))
}

fn not_pem(reason: &str) -> Error {
    ErrorKind::Tls { reason: format!("the PEM text cannot be used: {reason}") }.into()
}
