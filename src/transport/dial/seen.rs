//! The certificate that a server showed, for those who want to know. ureq keeps that to itself, and
//! with TLS 1.3 it is encrypted on the way; but whoever verifies it is given it, and here is told
//! to remember it. Only connections that somebody observes are made so.

use std::cell::RefCell;
use std::sync::{Arc, OnceLock};

use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, ring};
use rustls::pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm};

use crate::transport::dial::certificate::Certificate;

thread_local! {
    /// The first that was verified since this was last asked: a chain begins with the server's own.
    static SEEN: RefCell<Option<Certificate>> = const { RefCell::new(None) };
}

/// The certificate that this thread has verified since this was last asked; `None` of a session
/// that is gone on with, or where nobody verifies.
pub(super) fn take() -> Option<Certificate> {
    SEEN.take()
}

/// ring's algorithms, which remember what they verify.
pub(super) fn provider() -> Arc<CryptoProvider> {
    let provider = ring::default_provider();
    let signature_verification_algorithms = remembering(provider.signature_verification_algorithms);
    Arc::new(CryptoProvider { signature_verification_algorithms, ..provider })
}

/// The same algorithms once more for the whole program, since rustls wants them to live for ever.
fn remembering(given: WebPkiSupportedAlgorithms) -> WebPkiSupportedAlgorithms {
    static ALGORITHMS: OnceLock<WebPkiSupportedAlgorithms> = OnceLock::new();
    let wrap = |one: &&'static dyn SignatureVerificationAlgorithm| -> &'static dyn SignatureVerificationAlgorithm {
        Box::leak(Box::new(Remembering(*one)))
    };
    let all = |given: &[&'static dyn SignatureVerificationAlgorithm]| -> &'static [_] {
        given.iter().map(wrap).collect::<Vec<_>>().leak()
    };
    *ALGORITHMS.get_or_init(|| WebPkiSupportedAlgorithms {
        all: all(given.all),
        mapping: given.mapping.iter().map(|(scheme, those)| (*scheme, all(those))).collect::<Vec<_>>().leak(),
    })
}

#[derive(Debug)]
struct Remembering(&'static dyn SignatureVerificationAlgorithm);

impl SignatureVerificationAlgorithm for Remembering {
    fn verify_signature(&self, key: &[u8], message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        self.0.verify_signature(key, message, signature)?;
        // What is signed of the handshake is no certificate.
        if let Some(certificate) = Certificate::of_signed(message) {
            SEEN.with_borrow_mut(|seen| *seen = seen.take().or(Some(certificate)));
        }
        Ok(())
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        self.0.public_key_alg_id()
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.0.signature_alg_id()
    }

    fn fips(&self) -> bool {
        self.0.fips()
    }
}
