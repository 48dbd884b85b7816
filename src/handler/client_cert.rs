//! [`HttpsClientCertMgr`]: which certificate shows who we are, to which server.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use url::Url;

use super::auth::Scope;
use crate::message::error::{Error, ErrorKind, Result};
use crate::message::response::Response;
use crate::redact;
use crate::transport::{Transport, UreqTransport, WireRequest};

/// Client certificates, each with the place it is for (mechanize's `HTTPSClientCertMgr`).
///
/// ```no_run
/// use clientcookie::{HttpsClientCertMgr, HttpsHandler, build_opener};
///
/// let certs = HttpsClientCertMgr::new();
/// certs.add_key_cert("https://bank.example/", "me.key", "me.pem")?;
/// let opener = build_opener(HttpsHandler::new().client_certs(certs));
/// # Ok::<(), clientcookie::Error>(())
/// ```
///
/// A place is what it is for a password: a URL and what lies below it, or `host` or `host:port`.
/// The narrowest one that a URL lies in decides, and of two the same the one added last. A server
/// that asks for a certificate, and has none here, is shown none: the target of a redirect too.
///
/// Each certificate has its own connections. One that was made with a certificate is never used for
/// what lies outside its place, nor with another certificate, and one that was made without is
/// never used within it.
pub struct HttpsClientCertMgr {
    /// Whose settings the certificates' own transports have.
    base: UreqTransport,
    entries: RwLock<Vec<Entry>>,
}

struct Entry {
    scope: Scope,
    transport: Arc<UreqTransport>,
}

impl Default for HttpsClientCertMgr {
    fn default() -> Self {
        Self::new()
    }
}

impl HttpsClientCertMgr {
    /// No certificates yet. Servers are believed as by [`UreqTransport::new`].
    pub fn new() -> Self {
        Self::with_transport(UreqTransport::new())
    }

    /// No certificates yet. Connections are made as this transport makes them: with its
    /// authorities, its resolver and its limits, and the certificate.
    ///
    /// ```no_run
    /// use clientcookie::transport::{TlsSettings, UreqTransport};
    /// use clientcookie::{HttpsClientCertMgr, HttpsHandler, build_opener};
    ///
    /// let transport = || -> clientcookie::Result<_> {
    ///     Ok(UreqTransport::new().tls(TlsSettings::new().ca_file("company-ca.pem")?))
    /// };
    /// let certs = HttpsClientCertMgr::with_transport(transport()?);
    /// certs.add_key_cert("intranet.example", "me.key", "me.pem")?;
    /// let opener = build_opener(HttpsHandler::with_transport(transport()?).client_certs(certs));
    /// # Ok::<(), clientcookie::Error>(())
    /// ```
    pub fn with_transport(transport: UreqTransport) -> Self {
        Self { base: transport, entries: RwLock::default() }
    }

    /// Adds a certificate (with those that lead to its authority) and its key for a place, in the
    /// stead of an earlier one for the same place. Both files are PEM, and may be one.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidUrl`] when the place is no https URL, `host` or `host:port`;
    /// [`ErrorKind::Tls`] when a file cannot be read or the key is not that of the certificate.
    pub fn add_key_cert(&self, place: &str, key_file: impl AsRef<Path>, cert_file: impl AsRef<Path>) -> Result<()> {
        let scope = Scope::parse(place).filter(Scope::is_for_https).ok_or_else(|| {
            let reason = "a certificate is for an https URL, a host, or host:port".to_owned();
            Error::from(ErrorKind::InvalidUrl { url: redact::unparsed_url(place), reason })
        })?;
        let (key_file, cert_file) = (key_file.as_ref(), cert_file.as_ref());
        let transport = self.base.with_client_pem(read(cert_file)?, read(key_file)?).map_err(|error| {
            let reason = match error.into_kind() {
                ErrorKind::Tls { reason } => reason,
                other => other.to_string(),
            };
            tls(format!("{} and {}: {reason}", cert_file.display(), key_file.display()))
        })?;
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        entries.retain(|entry| entry.scope != scope);
        entries.push(Entry { scope, transport: Arc::new(transport) });
        Ok(())
    }

    /// Forgets all certificates, and with each its connections.
    pub fn clear(&self) {
        self.entries.write().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// What shows the certificate for this URL, if there is one.
    fn transport(&self, url: &Url) -> Option<Arc<UreqTransport>> {
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        let fitting = entries.iter().filter_map(|entry| Some((entry.scope.matches(url)?, entry)));
        fitting.max_by_key(|(narrowness, _)| *narrowness).map(|(_, entry)| Arc::clone(&entry.transport))
    }
}

/// Shows how many certificates there are, and no key.
impl fmt::Debug for HttpsClientCertMgr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.entries.read().unwrap_or_else(PoisonError::into_inner).len();
        f.debug_struct("HttpsClientCertMgr").field("certificates", &count).finish_non_exhaustive()
    }
}

/// Takes the transport whose certificate is for the URL, or the one without.
pub(super) struct ByCertificate {
    certs: Arc<HttpsClientCertMgr>,
    others: Arc<dyn Transport>,
}

impl ByCertificate {
    pub(super) fn new(certs: Arc<HttpsClientCertMgr>, others: Arc<dyn Transport>) -> Self {
        Self { certs, others }
    }
}

impl Transport for ByCertificate {
    fn send(&self, request: WireRequest<'_>) -> Result<Response> {
        match self.certs.transport(request.url) {
            Some(transport) => transport.send(request),
            None => self.others.send(request),
        }
    }
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|error| tls(format!("{}: {error}", path.display())))
}

fn tls(reason: String) -> Error {
    ErrorKind::Tls { reason }.into()
}
