//! [`Headers`]: the header lines of a message, in order and as they were spelled.
//!
//! `http::HeaderMap` groups equal names and lower-cases them. Someone who compares a head with a
//! browser's needs what was really sent: this type keeps every line in its place and looks names up
//! without regard to case. It converts to and from [`http::HeaderMap`] for programs that already
//! speak that.

use std::borrow::Cow;
use std::fmt;

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::message::error::{Error, ErrorKind, Result};
use crate::readable;
use crate::redact;

/// An ordered, case-insensitive, case-preserving list of header lines (RFC 9110 section 5; the
/// original's `response.info()`).
///
/// Names and values are checked by the `http` crate's rules when they are added, so that no CR or
/// LF can slip into a request. `Display` writes one header a line; the credentials in
/// `Authorization`, `Proxy-Authorization` and `Cookie` are shown as `***`, and `Debug` hides
/// `Set-Cookie` too.
///
/// ```
/// use clientcookie::Headers;
///
/// let mut headers = Headers::new();
/// headers.append("X-CaSe", "kept")?;
/// headers.append("Set-Cookie", "a=1")?;
/// headers.append("Set-Cookie", "b=2")?;
/// assert_eq!(headers.get_str("x-case").as_deref(), Some("kept"));
/// assert_eq!(headers.get_all("set-cookie").count(), 2);
/// assert_eq!(headers.to_string(), "X-CaSe: kept\nSet-Cookie: a=1\nSet-Cookie: b=2\n");
/// # Ok::<(), clientcookie::Error>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Headers {
    lines: Vec<(Name, HeaderValue)>,
}

/// A name as it was spelled; known to be a valid `http::HeaderName`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Name(Box<str>);

impl Name {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The name, if it is a token (RFC 9110 section 5.6.2).
    pub(crate) fn parse(name: &str) -> Option<Self> {
        is_token(name.as_bytes()).then(|| Self(name.into()))
    }
}

/// A header value from text or bytes; what [`Headers::append`] and its kin accept.
pub trait IntoHeaderValue {
    /// The value, or why it is none.
    ///
    /// # Errors
    /// When the value holds a control character other than TAB.
    fn into_header_value(self) -> std::result::Result<HeaderValue, http::Error>;
}

macro_rules! into_header_value {
    ($($type:ty => |$value:ident| $body:expr),* $(,)?) => {$(
        impl IntoHeaderValue for $type {
            fn into_header_value(self) -> std::result::Result<HeaderValue, http::Error> {
                let $value = self;
                Ok($body)
            }
        }
    )*};
}

into_header_value! {
    HeaderValue => |value| value,
    &HeaderValue => |value| value.clone(),
    // `from_bytes` and not `from_str`: text outside ASCII is sent as its UTF-8 bytes.
    &str => |value| HeaderValue::from_bytes(value.as_bytes())?,
    &String => |value| HeaderValue::from_bytes(value.as_bytes())?,
    &[u8] => |value| HeaderValue::from_bytes(value)?,
    String => |value| HeaderValue::try_from(value.into_bytes())?,
    Vec<u8> => |value| HeaderValue::try_from(value)?,
    u64 => |value| HeaderValue::from(value),
}

impl Headers {
    /// No headers yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a line at the end, beside those of the same name.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidHeader`] when the name is no token or the value holds a control
    /// character.
    pub fn append(&mut self, name: &str, value: impl IntoHeaderValue) -> Result<()> {
        let (name, value) = checked(name, value)?;
        self.lines.push((name, value));
        Ok(())
    }

    /// Sets the one value of a name: the first line of that name is replaced where it stands,
    /// further ones are removed, and without one the line is added at the end.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidHeader`] when the name is no token or the value holds a control
    /// character.
    pub fn insert(&mut self, name: &str, value: impl IntoHeaderValue) -> Result<()> {
        let line = checked(name, value)?;
        match self.position(name) {
            Some(first) => {
                self.lines[first] = line;
                let mut index = 0;
                self.lines.retain(|(other, _)| {
                    index += 1;
                    index - 1 <= first || !same(other.as_str(), name)
                });
            }
            None => self.lines.push(line),
        }
        Ok(())
    }

    /// Removes every line of this name; says how many there were.
    pub fn remove(&mut self, name: &str) -> usize {
        let before = self.lines.len();
        self.lines.retain(|(other, _)| !same(other.as_str(), name));
        before - self.lines.len()
    }

    /// The first value of this name.
    pub fn get(&self, name: &str) -> Option<&HeaderValue> {
        self.position(name).map(|index| &self.lines[index].1)
    }

    /// The first value of this name as text: UTF-8 where it is that, else read as Latin-1.
    #[doc(alias = "getheader")]
    pub fn get_str(&self, name: &str) -> Option<Cow<'_, str>> {
        self.get(name).map(|value| readable::text(value.as_bytes()))
    }

    /// Every value of this name, in order.
    #[doc(alias = "getheaders")]
    #[doc(alias = "getallmatchingheaders")]
    pub fn get_all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a HeaderValue> {
        self.lines.iter().filter(move |(other, _)| same(other.as_str(), name)).map(|(_, value)| value)
    }

    /// Whether there is a line of this name.
    pub fn contains(&self, name: &str) -> bool {
        self.position(name).is_some()
    }

    /// The lines in order: the name as it was spelled, and the value.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &HeaderValue)> {
        self.lines.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// How many lines there are.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether there are no lines.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Adds a line whose name is known to be good.
    pub(crate) fn push(&mut self, name: Name, value: HeaderValue) {
        self.lines.push((name, value));
    }

    pub(crate) fn with_capacity(lines: usize) -> Self {
        Self { lines: Vec::with_capacity(lines) }
    }

    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&str, &HeaderValue) -> bool) {
        self.lines.retain(|(name, value)| keep(name.as_str(), value));
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.lines.iter().position(|(other, _)| same(other.as_str(), name))
    }
}

fn checked(name: &str, value: impl IntoHeaderValue) -> Result<(Name, HeaderValue)> {
    let invalid = |reason: &str| {
        Error::from(ErrorKind::InvalidHeader { name: readable::escaped(name), reason: reason.to_owned() })
    };
    let parsed = Name::parse(name).ok_or_else(|| invalid("the name is not a token"))?;
    let value = value.into_header_value().map_err(|_| invalid("the value holds a control character"))?;
    Ok((parsed, value))
}

#[inline]
fn same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}

/// RFC 9110 section 5.6.2: `token = 1*tchar`.
pub(crate) fn is_token(name: &[u8]) -> bool {
    !name.is_empty() && name.iter().all(|&byte| TCHAR[usize::from(byte)])
}

/// RFC 9110 section 5.6.2: which bytes are a `tchar`. A table, because every byte of every header's
/// name is asked.
const TCHAR: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    let marks = b"!#$%&'*+-.^_`|~";
    let mut mark = 0;
    while mark < marks.len() {
        table[marks[mark] as usize] = true;
        mark += 1;
    }
    table
};

impl fmt::Display for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in self.iter() {
            let value = redact::header(name, value, redact::Level::Request);
            // What a server sent may drive the terminal it is shown on (C1 controls); a TAB is none
            // of that.
            let parts: Vec<String> = value.split('\t').map(readable::escaped).collect();
            writeln!(f, "{name}: {}", parts.join("\t"))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = self.iter().map(|(name, value)| (name, redact::header(name, value, redact::Level::All)));
        f.debug_map().entries(lines).finish()
    }
}

impl From<HeaderMap> for Headers {
    fn from(map: HeaderMap) -> Self {
        Self::from(&map)
    }
}

impl From<&HeaderMap> for Headers {
    fn from(map: &HeaderMap) -> Self {
        let lines = map.iter().map(|(name, value)| (Name(name.as_str().into()), value.clone()));
        Self { lines: lines.collect() }
    }
}

impl From<&Headers> for HeaderMap {
    fn from(headers: &Headers) -> Self {
        let mut map = Self::with_capacity(headers.len());
        for (name, value) in headers.iter() {
            // A token is always a valid HeaderName; were it ever not, leaving the line out beats a
            // panic.
            if let Ok(name) = HeaderName::from_bytes(name.as_bytes()) {
                map.append(name, value.clone());
            }
        }
        map
    }
}

impl From<Headers> for HeaderMap {
    fn from(headers: Headers) -> Self {
        Self::from(&headers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn insert_replaces_the_first_and_drops_the_rest() -> Result<()> {
        let mut headers = Headers::new();
        for (name, value) in [("A", "1"), ("B", "1"), ("a", "2"), ("C", "1"), ("A", "3")] {
            headers.append(name, value)?;
        }
        headers.insert("a", "new")?;
        assert_eq!(headers.to_string(), "a: new\nB: 1\nC: 1\n");
        assert_eq!(headers.remove("B"), 1);
        assert_eq!(headers.len(), 2);
        Ok(())
    }

    #[test]
    fn a_name_or_value_that_could_split_a_head_is_refused() {
        let bad = [
            ("A B", "v"),
            ("", "v"),
            ("A:", "v"),
            ("Ä", "v"),
            ("A\r\nB", "v"),
            ("A", "v\r\nB: w"),
            ("A", "\0"),
            ("A", "\x7f"),
        ];
        for (name, value) in bad {
            let error = Headers::new().append(name, value).expect_err(name);
            assert!(matches!(error.kind(), ErrorKind::InvalidHeader { .. }), "{name:?} {value:?}: {error}");
        }
    }

    #[test]
    fn a_header_map_keeps_values_and_loses_only_spelling() -> Result<()> {
        let mut headers = Headers::new();
        headers.append("X-CaSe", "1")?;
        headers.append("X-Case", vec![0xe9])?;
        let map = HeaderMap::from(&headers);
        assert_eq!(map.get_all("x-case").iter().count(), 2);
        assert_eq!(Headers::from(map).get_str("X-CASE").as_deref(), Some("1"));
        Ok(())
    }
}
