//! [`Outcome`]: what came of one exchange, and how that is told.

use crate::message::error::Result;
use crate::message::request::Request;
use crate::message::response::Response;
use crate::observe;
use crate::redact;

/// What came of one round.
pub(super) enum Outcome {
    Answer(Response),
    /// And what it follows upon.
    Next(Box<Request>, Result<Response>),
}

impl From<Response> for Outcome {
    fn from(mut response: Response) -> Self {
        match response.take_next() {
            Some(next) => Self::Next(next, Ok(response)),
            None => Self::Answer(response),
        }
    }
}

/// That this response is the answer.
pub(super) fn answers(response: &Response) -> observe::Outcome {
    observe::Outcome::Answers { status: response.status().as_u16() }
}

/// That this request is next.
pub(super) fn next(request: &Request) -> observe::Outcome {
    observe::Outcome::Next { method: request.method().to_string(), url: redact::url(request.url()) }
}
