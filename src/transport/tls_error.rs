//! What TLS says of a connection, in words that help.

use std::io;

/// What TLS complains of, in words that help; `None` for an error of another kind. Nothing else
/// below gives that kind of error, which may come late: with TLS 1.3 a server looks at our
/// certificate only after our side is done.
pub(crate) fn reason(error: &io::Error) -> Option<String> {
    if error.kind() != io::ErrorKind::InvalidData {
        return None;
    }
    #[cfg(feature = "tls")]
    if let Some(error) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        return Some(explained(error));
    }
    Some(error.to_string())
}

/// What is wrong with TLS, and what to do about it where that is known.
#[cfg(feature = "tls")]
fn explained(error: &rustls::Error) -> String {
    use rustls::{AlertDescription, CertificateError as Bad, Error, InvalidMessage};
    let advice = match error {
        Error::InvalidCertificate(Bad::UnknownIssuer) => {
            "it is self-signed, or of an authority that is not trusted here; if it is the right one, trust it by \
             TlsSettings::add_ca_file (urlopen: --add-cacert FILE; curl: --cacert FILE)"
        }
        Error::InvalidCertificate(Bad::Other(other)) if format!("{other:?}").contains("CaUsedAsEndEntity") => {
            "the server shows the certificate of an authority (basicConstraints CA:TRUE) as its own, as `openssl req \
             -x509` makes it; it needs one that is signed by it, or has CA:FALSE (-addext basicConstraints=CA:FALSE)"
        }
        Error::InvalidCertificate(
            Bad::Expired | Bad::ExpiredContext { .. } | Bad::NotValidYet | Bad::NotValidYetContext { .. },
        ) => "if it should be valid, the clock of this machine is wrong",
        Error::InvalidMessage(InvalidMessage::InvalidContentType) => {
            "what answers speaks no TLS; perhaps the URL should begin with http:// and not https://"
        }
        Error::AlertReceived(AlertDescription::CertificateRequired) => {
            "the server wants a certificate of ours: TlsSettings::client_files, or HttpsClientCertMgr (urlopen: --cert FILE)"
        }
        _ => return error.to_string(),
    };
    format!("{error}; {advice}")
}
