//! Server certificates, from `fixtures/tls`.

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The path of a file in `fixtures/tls`, such as `ca.pem` or `client.key`.
pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/tls").join(name)
}

/// A server that shows this certificate and asks for none.
pub fn config(certificate: &str) -> ServerConfig {
    // The provider is named because a crate somewhere in the build might bring a
    // second one in, and then there is no default.
    ServerConfig::builder_with_provider(ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .expect("ring supports the default versions")
        .with_no_client_auth()
        .with_single_cert(chain(certificate), key(certificate))
        .expect("the certificate and the key belong together")
}

/// A server that shows this certificate and demands one that `ca` signed.
pub fn config_with_client_auth(certificate: &str) -> ServerConfig {
    let provider = Arc::new(ring::default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(authorities()), provider.clone())
        .build()
        .expect("there is an authority");
    ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring supports the default versions")
        .with_client_cert_verifier(verifier)
        .with_single_cert(chain(certificate), key(certificate))
        .expect("the certificate and the key belong together")
}

pub fn chain(certificate: &str) -> Vec<CertificateDer<'static>> {
    let path = fixture(&format!("{certificate}.pem"));
    CertificateDer::pem_file_iter(&path)
        .and_then(Iterator::collect)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub fn key(certificate: &str) -> PrivateKeyDer<'static> {
    let path = fixture(&format!("{certificate}.key"));
    PrivateKeyDer::from_pem_file(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The authority that both sides trust.
pub fn authorities() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    for certificate in chain("ca") {
        roots.add(certificate).expect("ca.pem is an authority");
    }
    roots
}
