//! What came of a request, in one line: so that tables can say what they expect.

use clientcookie::{Error, ErrorKind, IntoRequest, OpenerDirector, Response};
use std::io::Read;

/// The body, or the error; if there is an error within the body, what arrived before it as well.
pub fn outcome(opener: &OpenerDirector, request: impl IntoRequest) -> String {
    opener.open(request).map_or_else(|error| describe(&error), read)
}

/// The body of this answer, to its end.
pub fn read(mut response: Response) -> String {
    let mut body = Vec::new();
    let ended = response.read_to_end(&mut body);
    // Latin-1, so that a body that should not be there can be seen whatever it is.
    let text: String = body.iter().copied().map(char::from).collect();
    match ended {
        Ok(_) => text,
        Err(error) => format!("{text:?}, {}", describe(&error.into())),
    }
}

/// The kind of the error, and the numbers it knows.
pub fn describe(error: &Error) -> String {
    match error.kind() {
        ErrorKind::IncompleteRead { got, expected: Some(expected) } => format!("IncompleteRead {got} of {expected}"),
        ErrorKind::IncompleteRead { got, expected: None } => format!("IncompleteRead {got}"),
        ErrorKind::Timeout { during } => format!("Timeout {during:?}"),
        ErrorKind::Http(error) => format!("Http {}", error.status().as_u16()),
        kind => format!("{kind:?}").split([' ', '(']).next().unwrap_or_default().to_owned(),
    }
}
