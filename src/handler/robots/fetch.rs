//! How a robots.txt is fetched: through the opener, with care.

use std::time::Duration;

use http::StatusCode;
use url::Url;

use crate::clock::deadline;
use crate::handler::Parent;
use crate::handler::robots::body;
use crate::message::error::{Error, ErrorKind, HttpError, HttpErrorCause, Phase, Result};
use crate::message::headers::Headers;
use crate::message::request::Request;
use crate::message::response::Response;
use crate::transport::give_back;

/// How many redirects are followed: the five of RFC 9309 section 2.3.1.2.
pub(super) const MAX_REDIRECTIONS: usize = 5;

/// What came of it.
pub(super) enum Answer {
    /// The beginning of the file: one byte more than is read, if it is longer.
    File(Vec<u8>),
    /// No success.
    Status(StatusCode),
    /// No answer.
    Failed(Error),
}

/// Fetches the robots.txt that governs this request, through the whole chain. Its body may take so
/// long in all: time limits are for each read, and a server could drip for hours.
pub(super) fn fetch(parent: &dyn Parent, request: &Request, robots: &Url, read_time: Duration) -> Answer {
    let answer = match parent.open(request.errand(robots.clone())) {
        Ok(response) => Ok(response),
        Err(error) => error.into_http_error().map(HttpError::into_response),
    };
    match answer.and_then(|response| read(response, read_time)) {
        Ok(answer) => answer,
        Err(error) => Answer::Failed(error),
    }
}

/// Refuses the hop that is one too many.
///
/// # Errors
/// As the redirect handler would.
pub(super) fn check_hop(request: &Request) -> Result<()> {
    if request.redirections().len() <= MAX_REDIRECTIONS {
        return Ok(());
    }
    let response = Response::of(request.url().clone(), StatusCode::FOUND, Headers::new(), "");
    Err(HttpError::new(response, HttpErrorCause::TooManyRedirects { limit: MAX_REDIRECTIONS }).into())
}

fn read(response: Response, read_time: Duration) -> Result<Answer> {
    let status = response.status();
    if !status.is_success() {
        give_back(response);
        return Ok(Answer::Status(status));
    }
    deadline::within(Some(read_time), Phase::Read, || body::read(response)).map(Answer::File)
}

/// A status as a reason.
pub(super) fn reason(status: StatusCode) -> String {
    format!("HTTP error {}", status.as_u16())
}

/// An error as a reason: without its URL, which is said already.
pub(super) fn failure(error: Error) -> String {
    match error.into_kind() {
        ErrorKind::Io(error) => error.to_string(),
        kind => kind.to_string(),
    }
}
