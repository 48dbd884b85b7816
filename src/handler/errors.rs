//! [`HttpErrorProcessor`] finds answers that are no success, [`HttpDefaultErrorHandler`] makes them
//! errors.

use crate::handler::{Answer, Handler, Hook, Kind, Parent};
use crate::message::error::{HttpError, HttpErrorCause, Result};
use crate::message::request::Request;
use crate::message::response::Response;

/// Sends every answer whose status is not 2xx through the error hooks of the chain, last of all
/// processors. Without it, errors and redirects are responses like any other.
#[doc(alias = "HTTPErrorProcessor")]
#[derive(Debug, Default, Clone, Copy)]
#[non_exhaustive]
pub struct HttpErrorProcessor;

impl HttpErrorProcessor {
    /// The processor.
    pub fn new() -> Self {
        Self
    }
}

impl Handler for HttpErrorProcessor {
    /// After every other processor has seen the answer.
    fn order(&self) -> i32 {
        1000
    }

    fn kind(&self) -> Option<Kind> {
        Some(Kind::ErrorProcessor)
    }

    fn hooks(&self) -> &[Hook] {
        &[Hook::HttpResponse]
    }

    fn http_response(&self, parent: &dyn Parent, request: &Request, response: Response) -> Result<Response> {
        match response.status().is_success() {
            true => Ok(response),
            false => parent.error(request, response),
        }
    }
}

/// Makes an answer that no error hook took over an [`HttpError`].
///
/// A handler of the kind [`Kind::DefaultError`] in its place can return the response instead:
///
/// ```
/// use clientcookie::handler::{Answer, Handler, Kind, Parent};
/// use clientcookie::transport::ScriptedTransport;
/// use clientcookie::{HttpHandler, Request, Response, Result, build_opener};
///
/// struct Tolerant;
///
/// impl Handler for Tolerant {
///     fn kind(&self) -> Option<Kind> {
///         Some(Kind::DefaultError)
///     }
///     fn http_error_default(
///         &self,
///         _: &dyn Parent,
///         _: &Request,
///         response: Response,
///     ) -> Result<Answer> {
///         Ok(Answer::Break(response))
///     }
/// }
///
/// let transport = ScriptedTransport::new().reply("HTTP/1.1 404 Not Found\r\n\r\n");
/// let opener = build_opener((Tolerant, HttpHandler::with_transport(transport)));
/// assert_eq!(opener.open("http://example.com/")?.status(), 404);
/// # Ok::<(), clientcookie::Error>(())
/// ```
#[doc(alias = "HTTPDefaultErrorHandler")]
#[derive(Debug, Default, Clone, Copy)]
#[non_exhaustive]
pub struct HttpDefaultErrorHandler;

impl HttpDefaultErrorHandler {
    /// The handler.
    pub fn new() -> Self {
        Self
    }
}

impl Handler for HttpDefaultErrorHandler {
    fn kind(&self) -> Option<Kind> {
        Some(Kind::DefaultError)
    }

    fn hooks(&self) -> &[Hook] {
        &[Hook::HttpErrorDefault]
    }

    fn http_error_default(&self, _: &dyn Parent, _: &Request, response: Response) -> Result<Answer> {
        Err(HttpError::new(response, HttpErrorCause::Status).into())
    }
}
