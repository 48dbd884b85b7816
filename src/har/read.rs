//! Reading a HAR file, whoever wrote it.
//!
//! Browsers write what they have understood and not what was on the wire: bodies are unpacked and
//! decoded while the headers still speak of what they were; names are in lower case, and with
//! HTTP/2 there are pseudo-headers; several lines of one name are joined by line ends; sizes are
//! missing or -1; and a request that failed is an answer with the status 0.

use serde_json::Value;
use url::Url;

use super::answer::{self, Answer};
use crate::cookie::iso2time;

/// An exchange that was recorded.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) method: String,
    /// Without its fragment, which is not sent.
    pub(crate) url: Url,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) data: Sent,
    /// When it was sent, in seconds since 1970, if that is told.
    pub(crate) started: Option<i64>,
    pub(crate) answer: Answer,
}

/// The data of a request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sent {
    pub(crate) bytes: Vec<u8>,
    /// What it was if each character stands for a byte: browsers write so what is no text, and say
    /// nothing.
    pub(crate) or_bytes: Option<Vec<u8>>,
}

/// The document (which is nested 128 deep at the most, serde_json's limit), and the http and https
/// exchanges in it; what else browsers have (`data:`, `blob:`, extensions) never was on a wire.
///
/// # Errors
/// What is wrong with the file, in words.
pub(crate) fn read(bytes: &[u8]) -> Result<(Value, Vec<Entry>), String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let document: Value = serde_json::from_slice(bytes).map_err(|error| format!("it is no JSON: {error}"))?;
    let entries = document.pointer("/log/entries").and_then(Value::as_array);
    let entries = entries.ok_or("it is no HAR: it has no log with entries")?;
    let mut read = Vec::with_capacity(entries.len());
    for (index, entry) in entries.iter().enumerate() {
        read.extend(self::entry(entry).map_err(|reason| format!("its entry {}: {reason}", index + 1))?);
    }
    Ok((document, read))
}

fn entry(entry: &Value) -> Result<Option<Entry>, String> {
    let (request, response) = (&entry["request"], &entry["response"]);
    let text = |value: &Value, name: &str| value[name].as_str().map(str::to_owned);
    let method = text(request, "method").filter(|method| http::Method::from_bytes(method.as_bytes()).is_ok());
    let method = method.ok_or("its request has no method")?;
    let url = text(request, "url").ok_or("its request has no url")?;
    let mut url = Url::parse(&url).map_err(|error| format!("its url: {error}"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Ok(None);
    }
    url.set_fragment(None);
    // A URL with a host takes these; they are said in headers.
    let _ = url.set_username("").and_then(|()| url.set_password(None));
    let (headers, data) = (lines(&request["headers"]), sent(&request["postData"]));
    let started = entry["startedDateTime"].as_str().and_then(iso2time);
    let answer = answer::read(entry, lines(&response["headers"]), &method);
    Ok(Some(Entry { method, url, headers, data, started, answer }))
}

/// Names and values; what cannot be a header is none.
fn lines(headers: &Value) -> Vec<(String, String)> {
    let pair = |header: &Value| Some((header["name"].as_str()?.to_owned(), header["value"].as_str()?.to_owned()));
    let pairs = headers.as_array().into_iter().flatten().filter_map(pair);
    let pairs = pairs.filter(|(name, _)| http::HeaderName::from_bytes(name.as_bytes()).is_ok());
    let split = pairs.flat_map(|(name, values)| {
        let values: Vec<String> = values.split('\n').map(|value| value.trim().to_owned()).collect();
        values.into_iter().map(move |value| (name.clone(), value))
    });
    split.collect()
}

fn sent(data: &Value) -> Sent {
    if let Some(text) = data["text"].as_str().filter(|text| !text.is_empty()) {
        let decoded = (data["encoding"].as_str() == Some("base64")).then(|| super::from_base64(text).ok()).flatten();
        let or_bytes = (decoded.is_none() && !text.is_ascii()).then(|| text.chars().map(|one| u8::try_from(one).ok()));
        let or_bytes = or_bytes.and_then(Iterator::collect);
        return Sent { bytes: decoded.unwrap_or_else(|| text.as_bytes().to_vec()), or_bytes };
    }
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    for param in data["params"].as_array().into_iter().flatten() {
        form.append_pair(param["name"].as_str().unwrap_or_default(), param["value"].as_str().unwrap_or_default());
    }
    Sent { bytes: form.finish().into_bytes(), or_bytes: None }
}
