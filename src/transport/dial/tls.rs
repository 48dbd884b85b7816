//! TLS as ureq speaks it, and what it does not look at: keys that do not fit.

use std::io;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use http::Uri;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use ureq::Agent;
use ureq::config::Config;
use ureq::tls::{Certificate, ClientCert, PemItem, PrivateKey, RootCerts, TlsConfig, TlsConfigBuilder};
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{Connector, NextTimeout, RustlsConnector};
use url::Url;

use crate::message::error::{Error, ErrorKind, Result};
use crate::message::urls;
use crate::observe::{self, Step};
use crate::transport::TlsSettings;
use crate::transport::dial::below::Below;
use crate::transport::dial::carried::{BUFFER, Bottom, Carried, details, io_error};
use crate::transport::dial::hello::Hello;
use crate::transport::dial::seen;
use crate::transport::line::Stream;

/// Puts TLS around connections, with the settings of one transport.
pub(super) struct Tls {
    connector: RustlsConnector,
    config: Config,
    settings: TlsSettings,
    /// For connections that somebody observes: the same, and it tells what it sees.
    telling: OnceLock<(RustlsConnector, Config)>,
}

impl Tls {
    pub(super) fn new(settings: &TlsSettings) -> Result<Self> {
        let config = of_agent(config(settings)?.build());
        let (connector, settings) = (RustlsConnector::default(), settings.clone());
        Ok(Self { connector, config, settings, telling: OnceLock::new() })
    }

    /// TLS with whom this URL names, over this connection.
    pub(super) fn wrap(&self, stream: Box<dyn Stream>, url: &Url) -> io::Result<Box<dyn Stream>> {
        if !observe::is_heard() {
            return connect(&self.connector, &self.config, stream, url, None);
        }
        let (connector, config) = self.telling.get_or_init(|| {
            // These settings were good before.
            let telling = |builder: TlsConfigBuilder| builder.unversioned_rustls_crypto_provider(seen::provider());
            let config = config(&self.settings).map(|builder| of_agent(telling(builder).build()));
            (RustlsConnector::default(), config.unwrap_or_else(|_| self.config.clone()))
        });
        let hello = Arc::new(Mutex::new(Hello::default()));
        drop(seen::take());
        let stream = connect(connector, config, stream, url, Some(Arc::clone(&hello)))?;
        let agreed = hello.lock().unwrap_or_else(PoisonError::into_inner).agreed();
        if let Some((version, cipher)) = agreed {
            let certificate = seen::take();
            let names = certificate.as_ref().map_or_else(Vec::new, |certificate| certificate.names.clone());
            observe::tell(|_| Step::Tls {
                host: url.host_str().unwrap_or_default().to_owned(),
                version: version.clone(),
                cipher: cipher.clone(),
                names: names.clone(),
                until: certificate.as_ref().map(|certificate| certificate.until.clone()),
            });
        }
        Ok(stream)
    }
}

fn connect(
    connector: &RustlsConnector,
    config: &Config,
    stream: Box<dyn Stream>,
    url: &Url,
    hello: Option<Arc<Mutex<Hello>>>,
) -> io::Result<Box<dyn Stream>> {
    let uri = Uri::try_from(format!("https://{}/", urls::host_and_port(url))).map_err(io::Error::other)?;
    let details = details(&uri, config, &Nobody)?;
    let wrapped = connector.connect(&details, Some(Below::new(stream, hello))).map_err(io_error)?;
    // A connector that is given a connection gives one.
    let wrapped = wrapped.ok_or_else(|| io::Error::other("no connection"))?;
    Ok(Box::new(Carried::new(wrapped, Bottom::Ours)))
}

fn of_agent(tls: TlsConfig) -> Config {
    Agent::config_builder().input_buffer_size(BUFFER).output_buffer_size(BUFFER).tls_config(tls).build()
}

/// Looks nobody up: the connection is there.
#[derive(Debug)]
struct Nobody;

impl Resolver for Nobody {
    fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        Err(ureq::Error::HostNotFound)
    }
}

/// The settings as ureq takes them.
fn config(tls: &TlsSettings) -> Result<TlsConfigBuilder> {
    let mut config = TlsConfig::builder().disable_verification(tls.insecure);
    if let Some(roots) = roots(tls)? {
        config = config.root_certs(RootCerts::new_with_certs(&roots));
    }
    if let Some((pem, key)) = &tls.client {
        let key = PrivateKey::from_pem(key).map_err(|error| not_pem(&error.to_string()))?;
        let certificates = certificates(pem)?;
        check_pair(&certificates, &key)?;
        config = config.client_cert(Some(ClientCert::new_with_certs(&certificates, key)));
    }
    Ok(config)
}

/// Whose certificates are trusted; `None` for Mozilla's alone, which ureq has in a form of its own.
fn roots(tls: &TlsSettings) -> Result<Option<Vec<Certificate<'static>>>> {
    let own = tls.ca.as_deref().map(certificates).transpose()?;
    if own.is_none() && tls.added.is_empty() && !tls.native {
        return Ok(None);
    }
    let mut roots = own.unwrap_or_else(mozillas);
    for pem in &tls.added {
        roots.extend(certificates(pem)?);
    }
    #[cfg(feature = "native-certs")]
    if tls.native {
        roots.extend(systems());
    }
    Ok(Some(roots))
}

fn mozillas() -> Vec<Certificate<'static>> {
    webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().map(|der| Certificate::from_der(der)).collect()
}

#[cfg(feature = "native-certs")]
fn systems() -> Vec<Certificate<'static>> {
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        log::warn!(target: "clientcookie", "a certificate of the system cannot be used: {error}");
    }
    found.certs.iter().map(|der| Certificate::from_der(der).to_owned()).collect()
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

/// ureq panics at the first connection when a key is none, or not the certificate's, so that is
/// found out before.
fn check_pair(certificates: &[Certificate<'static>], key: &PrivateKey<'static>) -> Result<()> {
    let chain = certificates.iter().map(|one| CertificateDer::from(one.der().to_vec())).collect();
    let key = PrivateKeyDer::try_from(key.der().to_vec()).map_err(not_pem)?;
    let pair = CertifiedKey::from_der(chain, key, &ring::default_provider());
    pair.map(drop).map_err(|error| not_pem(&error.to_string()))
}

fn not_pem(reason: &str) -> Error {
    ErrorKind::Tls { reason: format!("the PEM text cannot be used: {reason}") }.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whom_to_trust_is_named_or_added() {
        let pem = || std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/tls/ca.pem")).unwrap();
        let many = webpki_root_certs::TLS_SERVER_ROOT_CERTS.len();
        assert!(many > 100, "{many}");
        for (says, settings, expected) in [
            ("nothing said", TlsSettings::new(), None),
            ("in place of Mozilla's", TlsSettings::new().ca_pem(pem()), Some(1)),
            ("besides Mozilla's", TlsSettings::new().add_ca_pem(pem()), Some(many + 1)),
            ("besides one's own", TlsSettings::new().ca_pem(pem()).add_ca_pem(pem()), Some(2)),
            ("several", TlsSettings::new().add_ca_pem(pem()).add_ca_pem(pem()), Some(many + 2)),
        ] {
            assert_eq!(roots(&settings).unwrap().map(|roots| roots.len()), expected, "{says}");
        }
    }
}
