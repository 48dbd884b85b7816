//! Headers as observers are shown them.

use http::HeaderValue;

use crate::readable;
use crate::redact::{self, Level};

/// A header's name and value; control characters are escaped.
pub(crate) fn header(name: &str, value: &HeaderValue, level: Level) -> (String, String) {
    (name.to_owned(), readable::escaped(&redact::header(name, value, level)))
}

/// All of these.
pub(crate) fn headers<'a>(
    lines: impl IntoIterator<Item = (&'a str, &'a HeaderValue)>,
    level: Level,
) -> Vec<(String, String)> {
    lines.into_iter().map(|(name, value)| header(name, value, level)).collect()
}
