//! HAR 1.2 (W3C Web Performance Group, "HTTP Archive format", 2012): the pieces that whoever writes
//! such a file needs, and reading it ([`read`]).

pub(crate) mod answer;
pub(crate) mod read;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use time::OffsetDateTime;
use url::Url;

use crate::cookie::{str2time, time2iso};

/// A file with these entries.
pub(crate) fn document(entries: Vec<Value>) -> Value {
    json!({
        "log": {
            "version": "1.2",
            "creator": { "name": "clientcookie", "version": env!("CARGO_PKG_VERSION") },
            "entries": entries,
        }
    })
}

/// Header lines.
pub(crate) fn headers(lines: &[(String, String)]) -> Vec<Value> {
    lines.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect()
}

/// The values of the header lines of this name.
pub(crate) fn values<'a>(lines: &'a [(String, String)], name: &'static str) -> impl Iterator<Item = &'a str> {
    let lines = lines.iter().filter(move |(other, _)| other.eq_ignore_ascii_case(name));
    lines.map(|(_, value)| value.as_str())
}

/// The cookies of a request with these header lines.
pub(crate) fn cookies(lines: &[(String, String)]) -> Vec<Value> {
    let pairs = values(lines, "Cookie").flat_map(|line| line.split("; "));
    let cookies = pairs.map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or(("", pair));
        json!({ "name": name, "value": value })
    });
    cookies.collect()
}

/// The cookies that a response with these header lines sets.
pub(crate) fn set_cookies(lines: &[(String, String)]) -> Vec<Value> {
    values(lines, "Set-Cookie").map(set_cookie).collect()
}

fn set_cookie(line: &str) -> Value {
    let mut pieces = line.split(';').map(str::trim);
    let pair = pieces.next().unwrap_or_default();
    let (name, value) = pair.split_once('=').unwrap_or(("", pair));
    let mut cookie = json!({ "name": name, "value": value, "httpOnly": false, "secure": false });
    for piece in pieces {
        let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
        match name.to_ascii_lowercase().as_str() {
            "path" => cookie["path"] = json!(value),
            "domain" => cookie["domain"] = json!(value),
            "httponly" => cookie["httpOnly"] = json!(true),
            "secure" => cookie["secure"] = json!(true),
            "expires" => {
                if let Some(expires) = str2time(value) {
                    cookie["expires"] = json!(time2iso(expires).replacen(' ', "T", 1));
                }
            }
            _ => {}
        }
    }
    cookie
}

/// The pairs of a URL's query.
pub(crate) fn query(url: &str) -> Vec<Value> {
    let url = Url::parse(url).ok();
    let pairs = url.iter().flat_map(Url::query_pairs);
    pairs.map(|(name, value)| json!({ "name": name, "value": value })).collect()
}

/// Bytes as `text`, in base64 where they are none.
pub(crate) fn put_text(content: &mut Value, bytes: &[u8]) {
    match std::str::from_utf8(bytes) {
        Ok(text) => content["text"] = json!(text),
        Err(_) => {
            content["text"] = json!(STANDARD.encode(bytes));
            content["encoding"] = json!("base64");
        }
    }
}

/// The bytes of a `text` in base64, wherever its lines end.
pub(crate) fn from_base64(text: &str) -> Result<Vec<u8>, base64::DecodeError> {
    STANDARD.decode(text.split_ascii_whitespace().collect::<String>())
}

/// A parameter of a header's value: the `utf-8` of `text/html; charset="utf-8"`.
pub(crate) fn parameter<'a>(value: &'a str, name: &str) -> Option<&'a str> {
    let mut parameters = value.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
    let found = parameters.find(|(other, _)| other.trim().eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.trim().trim_matches('"'))
}

/// A number of bytes.
pub(crate) fn number(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

/// "2026-11-25T10:00:00.123Z"
pub(crate) fn date(unix_millis: i64) -> String {
    let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(unix_millis) * 1_000_000);
    let at = at.unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let (year, month, day) = at.to_calendar_date();
    let (hour, minute, second, milli) = at.to_hms_milli();
    format!("{year:04}-{:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z", u8::from(month))
}
