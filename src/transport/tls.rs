//! [`TlsSettings`]: whom to trust, and who we are.

use std::fmt;
use std::path::Path;

use crate::message::error::{ErrorKind, Result};

/// How https connections are made: whose certificates are trusted, and with which certificate we
/// show who we are.
///
/// Unless told otherwise, a server's certificate must lead to one of Mozilla's roots, be valid
/// today and name the host. No environment variable changes that, unless the system's store is
/// asked for (feature `native-certs`). Each transport keeps its own connections, so two transports
/// with different settings never share one.
///
/// ```no_run
/// use clientcookie::transport::{TlsSettings, UreqTransport};
/// use clientcookie::{HttpsHandler, build_opener};
///
/// // Besides Mozilla's.
/// let tls = TlsSettings::new().add_ca_file("company-ca.pem")?;
/// let opener = build_opener(HttpsHandler::with_transport(UreqTransport::new().tls(tls)));
/// # Ok::<(), clientcookie::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct TlsSettings {
    /// PEM certificates to trust in place of the built-in roots.
    pub(crate) ca: Option<Vec<u8>>,
    /// PEM certificates to trust besides.
    pub(crate) added: Vec<Vec<u8>>,
    /// Whether the system's are trusted besides.
    pub(crate) native: bool,
    /// Our certificate chain and its key, in PEM.
    pub(crate) client: Option<(Vec<u8>, Vec<u8>)>,
    pub(crate) insecure: bool,
}

impl TlsSettings {
    /// Mozilla's roots, no certificate of our own.
    pub fn new() -> Self {
        Self::default()
    }

    /// Trusts the certificates of this PEM text, and no others.
    #[must_use]
    pub fn ca_pem(self, pem: impl Into<Vec<u8>>) -> Self {
        Self { ca: Some(pem.into()), ..self }
    }

    /// Trusts the certificates of this PEM file, and no others (curl's `--cacert`).
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn ca_file(self, path: impl AsRef<Path>) -> Result<Self> {
        let pem = read(path.as_ref())?;
        Ok(self.ca_pem(pem))
    }

    /// Trusts the certificates of this PEM text as well, besides the built-in roots or those of
    /// [`ca_pem`](TlsSettings::ca_pem).
    #[must_use]
    pub fn add_ca_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.added.push(pem.into());
        self
    }

    /// Trusts the certificates of this PEM file as well, besides the built-in roots or those of
    /// [`ca_file`](TlsSettings::ca_file): an authority of one's own, or a self-signed certificate.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn add_ca_file(self, path: impl AsRef<Path>) -> Result<Self> {
        let pem = read(path.as_ref())?;
        Ok(self.add_ca_pem(pem))
    }

    /// With `true`, trusts the certificates of the system's store as well, where an administrator
    /// puts those of the house (curl's `--ca-native`). On Linux the variables `SSL_CERT_FILE`
    /// and `SSL_CERT_DIR` name another store, as OpenSSL has it. What of it cannot be read is
    /// passed over, with a word in the log.
    #[cfg(feature = "native-certs")]
    #[must_use]
    pub fn native_certs(self, native: bool) -> Self {
        Self { native, ..self }
    }

    /// Shows this certificate chain when a server asks who we are; both in PEM.
    #[must_use]
    pub fn client_pem(self, certificates: impl Into<Vec<u8>>, key: impl Into<Vec<u8>>) -> Self {
        Self { client: Some((certificates.into(), key.into())), ..self }
    }

    /// Shows the certificate chain of one PEM file with the key of another (curl's `--cert` and
    /// `--key`).
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn client_files(self, certificates: impl AsRef<Path>, key: impl AsRef<Path>) -> Result<Self> {
        let (certificates, key) = (read(certificates.as_ref())?, read(key.as_ref())?);
        Ok(self.client_pem(certificates, key))
    }

    /// **Insecure**: with `true`, any certificate of anyone is taken for the server's (curl's
    /// `-k`), so that whoever sits in between reads and changes everything. For a test server,
    /// and for this transport alone.
    #[must_use]
    pub fn insecure(self, insecure: bool) -> Self {
        Self { insecure, ..self }
    }
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|error| ErrorKind::Tls { reason: format!("{}: {error}", path.display()) }.into())
}

/// Never shows a key.
impl fmt::Debug for TlsSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsSettings")
            .field("own_ca", &self.ca.is_some())
            .field("added_ca", &self.added.len())
            .field("native_certs", &self.native)
            .field("client_certificate", &self.client.is_some())
            .field("insecure", &self.insecure)
            .finish()
    }
}
