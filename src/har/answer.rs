//! The answer of an entry, as the bytes that a server would have sent.

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};
use serde_json::Value;

/// What came of a request.
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

/// What an entry tells of its answer, whose header lines these are.
pub(super) fn read(entry: &Value, mut headers: Vec<(String, String)>, method: &str) -> Answer {
    let (response, content) = (&entry["response"], &entry["response"]["content"]);
    let mut status = response["status"].as_u64().and_then(|status| u16::try_from(status).ok()).unwrap_or_default();
    if !(100..=999).contains(&status) {
        let why = failure(entry).unwrap_or("no reason is given");
        return Answer::Missing(format!("it had no answer when it was recorded: {why}"));
    }
    if status < 200 {
        return Answer::Missing(format!("its answer was no HTTP any more (status {status})"));
    }
    let mut reason = response["statusText"].as_str().unwrap_or_default();
    if status == 304 && content["text"].as_str().is_some_and(|text| !text.is_empty()) {
        // What the browser had, and showed: whoever asks now has nothing.
        (status, reason) = (200, "OK");
        let has_type = super::values(&headers, "Content-Type").next().is_some();
        if let Some(mime) = content["mimeType"].as_str().filter(|_| !has_type) {
            headers.push(("Content-Type".to_owned(), mime.to_owned()));
        }
    }
    let has_body = method != "HEAD" && !matches!(status, 204 | 304);
    let reply = |headers, body| Answer::Reply { status, reason: reason.to_owned(), headers, body };
    if !has_body {
        return reply(headers, Vec::new());
    }
    match body(content, &headers, status) {
        Ok(body) => reply(describing(headers, content, body.len()), body),
        Err(why) => Answer::Missing(why),
    }
}

/// Why there was no answer, as Chromium, Playwright and this crate say it.
fn failure(entry: &Value) -> Option<&str> {
    let response = &entry["response"];
    let said = [&response["_error"], &response["_failureText"], &response["statusText"], &entry["_error"]];
    said.into_iter().filter_map(Value::as_str).find(|words| !words.is_empty())
}

/// The body, or why there is none.
fn body(content: &Value, headers: &[(String, String)], status: u16) -> Result<Vec<u8>, String> {
    if let Some(why) = content["_incomplete"].as_str() {
        return Err(why.to_owned());
    }
    match (content["text"].as_str(), content["encoding"].as_str()) {
        (Some(text), Some("base64")) => {
            super::from_base64(text).map_err(|error| format!("its body is no base64: {error}"))
        }
        (Some(text), _) => Ok(in_charset(text, headers)),
        (None, _) if content["_file"].is_string() => {
            Err("its body is in another file, and none but the recording is read".to_owned())
        }
        (None, _) if size(content).is_some_and(|size| size > 0.0) && !(300..400).contains(&status) => {
            Err("its body was not recorded".to_owned())
        }
        (None, _) => Ok(Vec::new()),
    }
}

/// How many bytes of the body came, where that is known.
fn size(content: &Value) -> Option<f64> {
    content["size"].as_f64().filter(|size| *size >= 0.0)
}

/// The headers as they are of a body that is there as it is: unpacked, and of this length.
fn describing(headers: Vec<(String, String)>, content: &Value, length: usize) -> Vec<(String, String)> {
    let is_packed = content["_packed"].as_bool().unwrap_or_default();
    let length = cut(&headers, content, length).unwrap_or(length as u64);
    let goes = |name: &str| {
        let is = |other: &str| name.eq_ignore_ascii_case(other);
        is("Content-Length") || is("Transfer-Encoding") || is("Connection") || (is("Content-Encoding") && !is_packed)
    };
    let mut headers: Vec<_> = headers.into_iter().filter(|(name, _)| !goes(name)).collect();
    headers.push(("Content-Length".to_owned(), length.to_string()));
    headers
}

/// How long a body was to become of which less came: whoever reads it again shall hear of it too.
fn cut(headers: &[(String, String)], content: &Value, length: usize) -> Option<u64> {
    /// Decoders leave out a byte order mark, the longest of which is UTF-8's.
    const MARK: u64 = 3;
    if super::values(headers, "Content-Encoding").next().is_some() {
        // The length is that of the packed body.
        return None;
    }
    let announced: u64 = super::values(headers, "Content-Length").next()?.parse().ok()?;
    let came_less = size(content)? < announced as f64 && (length as u64).saturating_add(MARK) < announced;
    came_less.then_some(announced)
}

/// A text as the bytes that it was read from, as far as the headers say how.
fn in_charset(text: &str, headers: &[(String, String)]) -> Vec<u8> {
    let content_type = super::values(headers, "Content-Type").next().unwrap_or_default();
    let label = super::parameter(content_type, "charset");
    let charset = label.and_then(|label| Encoding::for_label(label.as_bytes()));
    match charset {
        // No form is sent in these, so the standard's encoders have them not.
        Some(charset) if charset == UTF_16LE => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        Some(charset) if charset == UTF_16BE => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        Some(charset) => match charset.encode(text) {
            (bytes, _, false) => bytes.into_owned(),
            _ => text.as_bytes().to_vec(),
        },
        None => text.as_bytes().to_vec(),
    }
}
