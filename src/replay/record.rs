//! [`RecordingTransport`]: answers from a recording, or from the network into it.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use super::matching::Asked;
use super::tape::{self, Tape};
use crate::clock;
use crate::har;
use crate::message::body::Body;
use crate::message::body::decode::{UnpackLimits, codings, unpack};
use crate::message::error::{Error, Result};
use crate::message::response::Response;
use crate::readable;
use crate::redact::{self, Level};
use crate::transport::{Transport, WireRequest};

/// When something is recorded: vcrpy's record modes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum RecordMode {
    /// Never: what is not in the file is an error.
    None,
    /// Once: all of it if there is no file yet, else nothing.
    #[default]
    Once,
    /// What is in the file is answered from it, and what is not is recorded.
    NewEpisodes,
    /// All of it, in the place of what was recorded before.
    All,
}

/// Records what another transport brings into a HAR file, or answers from that file, as its
/// [`RecordMode`] says; see the [module](super).
///
/// An answer is read whole before it is handed on; of a body above
/// [`BODY_LIMIT`](Self::BODY_LIMIT) nothing is recorded but that it was too long. The file is
/// written by [`save`](Self::save), and when the transport is dropped.
pub struct RecordingTransport {
    tape: Tape,
    inner: Box<dyn Transport>,
    path: PathBuf,
    replays: bool,
    records: bool,
    shows_secrets: bool,
    is_changed: AtomicBool,
}

impl RecordingTransport {
    /// How many bytes of a body are recorded, of an answer or of data that is sent: 10 MiB.
    pub const BODY_LIMIT: u64 = 10 << 20;

    /// Records into this file, or answers from it.
    ///
    /// # Errors
    /// As [`ReplayTransport::open`](super::ReplayTransport::open), where the file is there and the
    /// mode looks into it, or it is not there and the mode is [`RecordMode::None`].
    pub fn open(inner: impl Transport + 'static, path: impl AsRef<Path>, mode: RecordMode) -> Result<Self> {
        let path = path.as_ref().to_owned();
        let is_there = path.exists();
        let (replays, records) = match mode {
            RecordMode::None => (true, false),
            RecordMode::Once => (is_there, !is_there),
            RecordMode::NewEpisodes => (true, true),
            RecordMode::All => (false, true),
        };
        let looks = replays && (is_there || mode == RecordMode::None);
        let tape = if looks { Tape::open(&path)? } else { Tape::empty() };
        let (inner, is_changed) = (Box::new(inner), AtomicBool::new(false));
        Ok(Self { tape, inner, path, replays, records, shows_secrets: false, is_changed })
    }

    /// Compares these headers as well; what of them is secret does not count.
    #[must_use]
    pub fn match_headers<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        let tape = std::mem::replace(&mut self.tape, Tape::empty());
        self.tape = tape.match_headers(names.into_iter().map(Into::into).collect());
        self
    }

    /// Whether the data is compared as well. Off. Data that can be read only once
    /// ([`Data::can_replay`](crate::Data::can_replay)) is sent and not recorded, as is what is
    /// above [`BODY_LIMIT`](Self::BODY_LIMIT).
    #[must_use]
    pub fn match_data(mut self, match_data: bool) -> Self {
        let tape = std::mem::replace(&mut self.tape, Tape::empty());
        self.tape = tape.match_data(match_data);
        self
    }

    /// Whether the last of several answers to the same request is given again. Off.
    #[must_use]
    pub fn repeats(mut self, repeats: bool) -> Self {
        let tape = std::mem::replace(&mut self.tape, Tape::empty());
        self.tape = tape.repeats(repeats);
        self
    }

    /// Whether passwords and the values of cookies are recorded. Off.
    #[must_use]
    pub fn secrets(mut self, shows_secrets: bool) -> Self {
        self.shows_secrets = shows_secrets;
        self
    }

    /// Writes the file, if something was recorded since: whole or not at all, readable by its owner
    /// only.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) when it cannot be written; the old one is left then.
    pub fn save(&self) -> Result<()> {
        if !self.is_changed.swap(false, Ordering::Relaxed) {
            return Ok(());
        }
        let text = format!("{:#}\n", self.tape.lock().document);
        tape::save(&self.path, text.as_bytes()).map_err(|error| {
            self.is_changed.store(true, Ordering::Relaxed);
            super::io(error)
        })
    }

    /// Brings the answer, and records it.
    fn record(&self, mut request: WireRequest<'_>) -> Result<Response> {
        let level = if self.shows_secrets { Level::None } else { Level::All };
        let shown = |name: &str, value| (name.to_owned(), redact::header(name, value, level).into_owned());
        let headers: Vec<_> = request.headers.iter().map(|&(name, value)| shown(name, value)).collect();
        let data = data(&mut request);
        let (method, url) = (request.method.to_string(), redact::url(request.url));
        let (begun, started) = (clock::unix_millis(), clock::monotonic());
        let mut response = self.inner.send(request)?;
        let took = clock::monotonic().saturating_duration_since(started).as_secs_f64() * 1000.0;
        let sent = json!({
            "method": method,
            "url": url,
            "httpVersion": "HTTP/1.1",
            "cookies": har::cookies(&headers),
            "headers": har::headers(&headers),
            "queryString": har::query(&url),
            "headersSize": -1,
            "bodySize": data.as_ref().map_or(0, |data| har::number(data.len() as u64)),
        });
        let said: Vec<_> = response.headers().iter().map(|(name, value)| shown(name, value)).collect();
        let content = content(&mut response)?;
        let mut entry = json!({
            "startedDateTime": har::date(begun),
            "time": took,
            "request": sent,
            "response": {
                "status": response.status().as_u16(),
                "statusText": readable::escaped(response.reason()),
                "httpVersion": "HTTP/1.1",
                "cookies": har::set_cookies(&said),
                "headers": har::headers(&said),
                "content": content,
                "redirectURL": har::values(&said, "Location").next().unwrap_or_default(),
                "headersSize": -1,
                "bodySize": -1,
            },
            "cache": {},
            "timings": { "blocked": -1, "dns": -1, "connect": -1, "ssl": -1, "send": 0, "wait": took, "receive": 0 },
        });
        if let Some(data) = data.filter(|data| !data.is_empty()) {
            let mut post = json!({ "mimeType": har::values(&headers, "Content-Type").next().unwrap_or_default() });
            har::put_text(&mut post, &data);
            entry["request"]["postData"] = post;
        }
        self.tape.add(entry);
        self.is_changed.store(true, Ordering::Relaxed);
        Ok(response)
    }
}

/// The data, if it can be read now and sent all the same.
fn data(request: &mut WireRequest<'_>) -> Option<Vec<u8>> {
    let source = request.data.as_deref_mut().filter(|data| data.can_replay())?;
    let mut data = Vec::new();
    let reader = source.open().ok()?;
    reader.take(RecordingTransport::BODY_LIMIT + 1).read_to_end(&mut data).ok()?;
    (data.len() as u64 <= RecordingTransport::BODY_LIMIT).then_some(data)
}

/// What HAR calls the content: the body, unpacked. It is read here and put back.
fn content(response: &mut Response) -> Result<Value> {
    let mime = response.headers().get_str("Content-Type").map(|value| readable::escaped(&value)).unwrap_or_default();
    let mut content = json!({ "size": 0, "mimeType": mime });
    let mut body = response.take_body();
    let mut bytes = Vec::new();
    (&mut body).take(RecordingTransport::BODY_LIMIT + 1).read_to_end(&mut bytes).map_err(Error::from)?;
    if bytes.len() as u64 > RecordingTransport::BODY_LIMIT {
        let limit = RecordingTransport::BODY_LIMIT;
        content["_incomplete"] = json!(format!("its body was too long to be recorded (limit {limit} bytes)"));
        body.prepend(&bytes);
        response.set_body(body);
        return Ok(content);
    }
    let codings = codings(response.headers().get_all("Content-Encoding").map(http::HeaderValue::as_bytes));
    let unpacked = unpacked(&bytes, &codings);
    if unpacked.is_none() {
        content["_packed"] = json!(true);
    }
    let plain = unpacked.as_deref().unwrap_or(&bytes);
    content["size"] = json!(har::number(plain.len() as u64));
    har::put_text(&mut content, plain);
    response.set_body(bytes);
    Ok(content)
}

/// The body as it was before it was packed; `None` if that cannot be found out.
fn unpacked(bytes: &[u8], codings: &[String]) -> Option<Vec<u8>> {
    let limits = UnpackLimits { total: RecordingTransport::BODY_LIMIT, ratio: u64::MAX };
    let (mut body, left) = unpack(Body::from(bytes.to_vec()), codings, limits, None);
    let mut plain = Vec::new();
    (left == 0 && body.read_to_end(&mut plain).is_ok()).then_some(plain)
}

impl Transport for RecordingTransport {
    fn send(&self, mut request: WireRequest<'_>) -> Result<Response> {
        if !self.replays {
            return self.record(request);
        }
        let asked: Asked = self.tape.asked(&mut request)?;
        match self.tape.answer(&asked) {
            Ok(reply) => crate::transport::answer(reply, &request),
            Err(_) if self.records => self.record(request),
            Err(missing) => Err(Error::other(missing)),
        }
    }
}

/// Whoever wants to know whether it can be written saves it himself.
impl Drop for RecordingTransport {
    fn drop(&mut self) {
        if let Err(error) = self.save() {
            log::warn!(target: "clientcookie", "{} cannot be written: {error}", self.path.display());
        }
    }
}
