//! [`HttpRedirectDebugProcessor`]: logs redirects.

use crate::handler::{Handler, Hook, Parent};
use crate::message::error::Result;
use crate::message::request::Request;
use crate::redact;

const TARGET: &str = "clientcookie::http_redirects";

/// Logs every redirect that is followed, at info level under the target
/// "clientcookie::http_redirects" (the original's `HTTPRedirectDebugProcessor`): its status, where
/// it was, and where it leads, without passwords.
///
/// ```
/// use clientcookie::{HttpRedirectDebugProcessor, build_opener};
///
/// // With `env_logger::init()` and RUST_LOG=clientcookie=info:
/// // [INFO  clientcookie::http_redirects] 302 http://example.com/old -> http://example.com/new
/// let opener = build_opener(HttpRedirectDebugProcessor::new());
/// ```
#[doc(alias = "HTTPRedirectDebugProcessor")]
#[derive(Debug, Default, Clone, Copy)]
#[non_exhaustive]
pub struct HttpRedirectDebugProcessor;

impl HttpRedirectDebugProcessor {
    /// The processor.
    pub fn new() -> Self {
        Self
    }
}

impl Handler for HttpRedirectDebugProcessor {
    fn hooks(&self) -> &[Hook] {
        &[Hook::AnyRequest]
    }

    fn any_request(&self, _: &dyn Parent, request: &mut Request) -> Result<()> {
        // A request that is opened again, with a password or after a while, was redirected once.
        if let Some(from) = request.redirections().last()
            && request.is_first()
            && log::log_enabled!(target: TARGET, log::Level::Info)
        {
            let (status, from, to) = (from.status().as_u16(), redact::url(from.url()), redact::url(request.url()));
            log::info!(target: TARGET, "{status} {from} -> {to}");
        }
        Ok(())
    }
}
