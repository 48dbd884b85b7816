//! Reading a HAR file, whoever wrote it.
//!
//! Browsers write what they have understood and not what was on the wire: bodies are unpacked and
//! decoded while the headers still speak of what they were; names are in lower case, and with
//! HTTP/2 there are pseudo-headers; several lines of one name are joined by line ends; sizes are
//! missing or -1; and a request that failed is an answer with the status 0.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use encoding_rs::Encoding;
use serde_json::Value;
use url::Url;

/// An exchange that was recorded.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) method: String,
    /// Without its fragment, which is not sent.
    pub(crate) url: Url,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) data: Vec<u8>,
    pub(crate) answer: Answer,
}

/// What came of it.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    Reply {
        status: u16,
        reason: String,
        headers: Vec<(String, String)>,
        body: Vec<u8>,
    },
    /// None that can be given again, for this reason.
    Missing(String),
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
    let method = text(request, "method").ok_or("its request has no method")?;
    let url = text(request, "url").ok_or("its request has no url")?;
    let mut url = Url::parse(&url).map_err(|error| format!("its url: {error}"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Ok(None);
    }
    url.set_fragment(None);
    // A URL with a host takes these; they are said in headers.
    let _ = url.set_username("").and_then(|()| url.set_password(None));
    let answer = answer(entry, response, &method);
    Ok(Some(Entry { method, url, headers: lines(&request["headers"]), data: data(&request["postData"]), answer }))
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

fn data(data: &Value) -> Vec<u8> {
    if let Some(text) = data["text"].as_str().filter(|text| !text.is_empty()) {
        let is_base64 = data["encoding"].as_str() == Some("base64");
        return is_base64.then(|| STANDARD.decode(text).ok()).flatten().unwrap_or_else(|| text.as_bytes().to_vec());
    }
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    for param in data["params"].as_array().into_iter().flatten() {
        form.append_pair(param["name"].as_str().unwrap_or_default(), param["value"].as_str().unwrap_or_default());
    }
    form.finish().into_bytes()
}

fn answer(entry: &Value, response: &Value, method: &str) -> Answer {
    let status = response["status"].as_u64().and_then(|status| u16::try_from(status).ok()).unwrap_or_default();
    if !(100..=999).contains(&status) {
        let words = ["_error", "statusText"].iter().find_map(|name| response[name].as_str());
        let words = words.or(entry["_error"].as_str()).filter(|words| !words.is_empty());
        return Answer::Missing(format!(
            "it had no answer when it was recorded: {}",
            words.unwrap_or("no reason is given")
        ));
    }
    let headers = lines(&response["headers"]);
    let content = &response["content"];
    let has_body = method != "HEAD" && !matches!(status, 100..=199 | 204 | 304);
    let body = match (content["text"].as_str(), content["encoding"].as_str()) {
        _ if !has_body => Vec::new(),
        (Some(text), Some("base64")) => match STANDARD.decode(text.trim()) {
            Ok(body) => body,
            Err(error) => return Answer::Missing(format!("its body is no base64: {error}")),
        },
        (Some(text), _) => in_charset(text, &headers),
        (None, _) if content["size"].as_i64().unwrap_or_default() > 0 && !(300..400).contains(&status) => {
            return Answer::Missing("its body was not recorded".to_owned());
        }
        (None, _) => Vec::new(),
    };
    if let Some(why) = content["_incomplete"].as_str() {
        return Answer::Missing(why.to_owned());
    }
    let is_packed = content["_packed"].as_bool().unwrap_or_default();
    let headers = describing(headers, has_body.then_some(body.len()), is_packed);
    Answer::Reply { status, reason: response["statusText"].as_str().unwrap_or_default().to_owned(), headers, body }
}

/// The headers as they are of a body that is there as it is: unpacked, and whole.
fn describing(headers: Vec<(String, String)>, length: Option<usize>, is_packed: bool) -> Vec<(String, String)> {
    let Some(length) = length else {
        return headers;
    };
    let goes = |name: &str| {
        let is = |other: &str| name.eq_ignore_ascii_case(other);
        is("Content-Length") || is("Transfer-Encoding") || is("Connection") || (is("Content-Encoding") && !is_packed)
    };
    let mut headers: Vec<_> = headers.into_iter().filter(|(name, _)| !goes(name)).collect();
    headers.push(("Content-Length".to_owned(), length.to_string()));
    headers
}

/// A text as the bytes that it was read from, as far as the headers say how.
fn in_charset(text: &str, headers: &[(String, String)]) -> Vec<u8> {
    let content_type = super::values(headers, "Content-Type").next().unwrap_or_default();
    let label =
        content_type.split(';').skip(1).filter_map(|parameter| parameter.split_once('=')).find_map(|(name, value)| {
            name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"').to_owned())
        });
    let charset = label.and_then(|label| Encoding::for_label(label.as_bytes()));
    match charset.map(|charset| charset.encode(text)) {
        Some((bytes, _, false)) => bytes.into_owned(),
        _ => text.as_bytes().to_vec(),
    }
}
