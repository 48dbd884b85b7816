//! Which recorded request is the one that is asked for, and which come near.

use std::borrow::Cow;
use std::fmt;

use http::HeaderValue;
use url::Url;

use crate::har::read::Entry;
use crate::har::{parameter, values};
use crate::readable;
use crate::redact::{self, Level};
use crate::transport::WireRequest;

/// How many of those that come near are named.
const NAMED: usize = 3;

/// What is compared beside method and URL.
#[derive(Debug, Clone, Default)]
pub(super) struct Matching {
    pub(super) headers: Vec<String>,
    pub(super) data: bool,
}

/// A request that is looked for. Its secrets are hidden, as those of the recorded ones are.
pub(super) struct Asked {
    pub(super) method: String,
    pub(super) url: Url,
    pub(super) headers: Vec<(String, String)>,
    pub(super) data: Vec<u8>,
}

impl Asked {
    pub(super) fn new(request: &WireRequest<'_>, data: Vec<u8>) -> Self {
        let mut url = request.url.clone();
        url.set_fragment(None);
        let headers = request.headers.iter().map(|&(name, value)| hidden(name, value));
        Self { method: request.method.to_string(), url, headers: headers.collect(), data }
    }
}

/// A header line without its secrets.
pub(super) fn hidden(name: &str, value: &HeaderValue) -> (String, String) {
    (name.to_owned(), redact::header(name, value, Level::All).into_owned())
}

impl Matching {
    /// In what a recorded request differs, those differences first that weigh more; nothing if it
    /// is the same.
    pub(super) fn differences(&self, asked: &Asked, entry: &Entry) -> Vec<Difference> {
        let (one, other) = (&asked.url, &entry.url);
        let place =
            |url: &Url| (url.scheme().to_owned(), url.host_str().map(str::to_owned), url.port_or_known_default());
        let mut found = Vec::new();
        let mut compare = |differs: bool, difference: Difference| found.extend(differs.then_some(difference));
        compare(place(one) != place(other), Difference::Site);
        compare(one.path() != other.path(), Difference::Path);
        compare(asked.method != entry.method, Difference::Method);
        compare(one.query() != other.query(), Difference::Query);
        for name in &self.headers {
            let lines = |lines: &[(String, String)]| -> Vec<String> {
                let is_it = |(other, _): &&(String, String)| other.eq_ignore_ascii_case(name);
                lines.iter().filter(is_it).map(|(other, value)| shared(other, masked(other, value))).collect()
            };
            compare(lines(&asked.headers) != lines(&entry.headers), Difference::Header(name.clone()));
        }
        compare(self.data && !is_same_data(asked, entry), Difference::Data);
        found
    }
}

/// What stands in the place of a form's boundary, which is another each time.
const BOUNDARY: &str = "boundary";

/// Whether the data is the same but for its boundary.
fn is_same_data(asked: &Asked, entry: &Entry) -> bool {
    let sent = &entry.data;
    if asked.data == sent.bytes || sent.or_bytes.as_ref() == Some(&asked.data) {
        return true;
    }
    let (Some(one), Some(other)) = (boundary(&asked.headers), boundary(&entry.headers)) else {
        return false;
    };
    let asked = without(&asked.data, one);
    let recorded = [Some(&sent.bytes), sent.or_bytes.as_ref()];
    recorded.into_iter().flatten().any(|recorded| asked == without(recorded, other))
}

fn boundary(headers: &[(String, String)]) -> Option<&str> {
    let boundary = values(headers, "Content-Type").next().and_then(|value| parameter(value, BOUNDARY));
    boundary.filter(|boundary| !boundary.is_empty())
}

/// Data of a form, with nothing of its boundary but that there is one.
fn without<'a>(data: &'a [u8], boundary: &str) -> Cow<'a, [u8]> {
    let (mut left, mut end) = (Vec::new(), 0);
    for at in memchr::memmem::find_iter(data, boundary) {
        left.extend_from_slice(&data[end..at]);
        left.extend_from_slice(BOUNDARY.as_bytes());
        end = at + boundary.len();
    }
    match end {
        0 => Cow::Borrowed(data),
        _ => Cow::Owned([&left, &data[end..]].concat()),
    }
}

/// A value without what is another each time.
fn shared(name: &str, value: String) -> String {
    match parameter(&value, BOUNDARY).filter(|_| name.eq_ignore_ascii_case("Content-Type")) {
        Some(boundary) if !boundary.is_empty() => value.replace(boundary, BOUNDARY),
        _ => value,
    }
}

/// A recorded value with its secrets hidden, whoever recorded it.
fn masked(name: &str, value: &str) -> String {
    match HeaderValue::from_bytes(value.as_bytes()) {
        Ok(value) => hidden(name, &value).1,
        Err(_) => value.to_owned(),
    }
}

/// In what two requests differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Difference {
    Site,
    Path,
    Method,
    Query,
    Header(String),
    Data,
}

impl Difference {
    fn weight(&self) -> u32 {
        match self {
            Self::Site => 8,
            Self::Path => 6,
            Self::Method => 3,
            Self::Query => 2,
            Self::Header(_) | Self::Data => 1,
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Site => f.write_str("its scheme, host or port is another"),
            Self::Path => f.write_str("its path is another"),
            Self::Method => f.write_str("its method is another"),
            Self::Query => f.write_str("its query is another"),
            Self::Header(name) => write!(f, "its {} is another", readable::escaped(name)),
            Self::Data => f.write_str("its data is another"),
        }
    }
}

/// A request that no answer was recorded for: the error inside an
/// [`ErrorKind::Other`](crate::ErrorKind::Other).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotRecorded {
    /// The request: `GET http://example.com/`.
    pub request: String,
    /// Why it gets no answer, where it was recorded all the same.
    pub reason: Option<String>,
    /// Recorded requests that come near, up to three, and in what each differs.
    pub nearest: Vec<String>,
}

impl NotRecorded {
    pub(super) fn new(asked: &Asked, entries: &[Entry], matching: &Matching) -> Self {
        let mut near: Vec<(u32, String)> = Vec::new();
        for entry in entries {
            let differences = matching.differences(asked, entry);
            let weight = differences.iter().map(Difference::weight).sum();
            let words: Vec<String> = differences.iter().map(ToString::to_string).collect();
            let line = format!("{} ({})", shown(&entry.method, &entry.url), words.join(", "));
            if !near.iter().any(|(_, other)| *other == line) {
                near.push((weight, line));
            }
        }
        near.sort_by_key(|(weight, _)| *weight);
        let nearest = near.into_iter().take(NAMED).map(|(_, line)| line).collect();
        Self { request: shown(&asked.method, &asked.url), reason: None, nearest }
    }

    pub(super) fn because(asked: &Asked, reason: String) -> Self {
        Self { request: shown(&asked.method, &asked.url), reason: Some(reason), nearest: Vec::new() }
    }
}

/// "GET http://example.com/"
pub(super) fn shown(method: &str, url: &Url) -> String {
    format!("{} {}", readable::escaped(method), redact::url(url))
}

impl fmt::Display for NotRecorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(reason) = &self.reason {
            return write!(f, "no answer to {} can be replayed: {reason}", self.request);
        }
        write!(f, "no answer to {} was recorded", self.request)?;
        match self.nearest.as_slice() {
            [] => f.write_str(", nor anything else"),
            [one] => write!(f, "; the nearest is {one}"),
            several => write!(f, "; the nearest are {}", several.join(", ")),
        }
    }
}

impl std::error::Error for NotRecorded {}
