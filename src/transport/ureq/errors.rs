//! From ureq's errors to ours: which phase failed, and whether the server is to blame.

use std::io;

use url::Url;

use crate::clock::deadline;
use crate::error::{Error, ErrorKind, Phase};
use crate::transport::head;
use crate::transport::ureq::Failure;
#[cfg(feature = "tls")]
use crate::transport::ureq::tls;
use crate::transport::ureq::wire::{Exchange, Stage, is_close};

/// The failure of an exchange.
pub(super) fn failure(error: ureq::Error, exchange: &Exchange, url: &Url) -> Failure {
    let closed = matches!(&error, ureq::Error::Io(error) if is_close(error));
    let stale = closed && !exchange.connected && !exchange.received;
    Failure { error: blamed(of_exchange(error, exchange, url), exchange), stale }
}

/// Says so if it was the proxy that failed. Our own data, and the name of a server that SOCKS is told the address of,
/// are not the proxy's; and a refusal speaks for itself.
fn blamed(error: Error, exchange: &Exchange) -> Error {
    let Some(proxy) = &exchange.proxy else {
        return error;
    };
    match error.kind() {
        ErrorKind::RequestData { .. } | ErrorKind::Http(_) => error,
        ErrorKind::Resolve { host, .. } if proxy.host_str() != Some(host) => error,
        _ => error.of_proxy(proxy),
    }
}

fn of_exchange(error: ureq::Error, exchange: &Exchange, url: &Url) -> Error {
    let error = match own(error) {
        Ok(own) => return own,
        Err(error) => error,
    };
    let kind = match (error, exchange.stage) {
        (ureq::Error::Timeout(_), stage) => deadline::timeout(match stage {
            Stage::Connecting => Phase::Connect,
            Stage::Sending => Phase::Write,
            Stage::Waiting => Phase::Head,
        }),
        #[cfg(feature = "tls")]
        (ureq::Error::Rustls(error), _) => ErrorKind::Tls { reason: tls::explained(&error) },
        (ureq::Error::Tls(reason), _) => ErrorKind::Tls { reason: reason.to_owned() },
        (ureq::Error::Io(error), Stage::Connecting) => connecting(error, url),
        (ureq::Error::Io(error), _) if is_tls(&error) => ErrorKind::Tls { reason: tls_reason(&error) },
        (ureq::Error::Io(error), _) if is_close(&error) && !exchange.received => ErrorKind::Disconnected,
        (ureq::Error::Io(error), _) if is_close(&error) => {
            return head::bad("the connection broke within the head");
        }
        (ureq::Error::Io(error), _) => ErrorKind::Io(error),
        (ureq::Error::Protocol(error), _) => ErrorKind::BadResponse { reason: error.to_string() },
        (error, _) => ErrorKind::Io(io::Error::other(error.to_string())),
    };
    kind.into()
}

/// The failure to connect to whom this URL names. A handshake that fails is an error of input and output to ureq, and
/// may fail late: with TLS 1.3 a server looks at our certificate only after our side is done.
pub(super) fn connecting(error: io::Error, url: &Url) -> ErrorKind {
    if is_tls(&error) {
        return ErrorKind::Tls { reason: tls_reason(&error) };
    }
    if error.kind() == io::ErrorKind::UnexpectedEof {
        return ErrorKind::Tls {
            reason: "the connection was closed within the handshake; perhaps no TLS is spoken there".to_owned(),
        };
    }
    ErrorKind::Connect { host: url.host_str().unwrap_or_default().to_owned(), source: error }
}

/// The error of reading a body, unless it says no more than that the body ended too soon.
pub(super) fn body(error: io::Error) -> Option<Error> {
    if is_close(&error) {
        return None;
    }
    let error = match error.downcast::<ureq::Error>() {
        Ok(error) => error,
        Err(error) if is_tls(&error) => return Some(ErrorKind::Tls { reason: error.to_string() }.into()),
        Err(error) => return Some(Error::from(error)),
    };
    let kind = match own(error) {
        Ok(own) => return Some(own),
        Err(ureq::Error::Timeout(_)) => deadline::timeout(Phase::Read),
        Err(ureq::Error::Protocol(error)) => ErrorKind::BadResponse { reason: error.to_string() },
        // The end of the connection, with bytes left that are half of something: of a chunk's size, say.
        Err(ureq::Error::BodyStalled) => return None,
        Err(error) => ErrorKind::Io(io::Error::other(error.to_string())),
    };
    Some(kind.into())
}

/// Our own error, where it took the way through ureq.
fn own(error: ureq::Error) -> Result<Error, ureq::Error> {
    match error {
        ureq::Error::Other(error) => match error.downcast::<Error>() {
            Ok(own) => Ok(*own),
            Err(error) => Err(ureq::Error::Other(error)),
        },
        ureq::Error::Io(error) => error.downcast::<Error>().map_err(ureq::Error::Io),
        error => Err(error),
    }
}

/// What is wrong, in words that help.
fn tls_reason(error: &io::Error) -> String {
    #[cfg(feature = "tls")]
    if let Some(error) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        return tls::explained(error);
    }
    error.to_string()
}

/// What TLS complains of: nothing else below gives this kind, and our own errors were taken out before.
fn is_tls(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::InvalidData
}
