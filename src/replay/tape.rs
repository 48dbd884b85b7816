//! [`Tape`]: what is recorded, and how far each request has got in it.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use super::matching::{Asked, Matching, NotRecorded, shown};
use super::{ReplayTransport, expiry, no_har};
use crate::clock;
use crate::har;
use crate::har::answer::Answer;
use crate::har::read::{self, Entry};
use crate::message::error::{ErrorKind, Result};
use crate::transport::WireRequest;

/// A recording.
pub(super) struct Tape {
    matching: Matching,
    repeats: bool,
    kept: Mutex<Kept>,
}

/// What is recorded so far.
pub(super) struct Kept {
    /// The whole document, for those who add to it.
    pub(super) document: Value,
    entries: Vec<Entry>,
    /// Whether each was asked for.
    used: Vec<bool>,
}

impl Tape {
    pub(super) fn empty() -> Self {
        Self::of(har::document(Vec::new()), Vec::new())
    }

    fn of(document: Value, entries: Vec<Entry>) -> Self {
        let used = vec![false; entries.len()];
        let kept = Mutex::new(Kept { document, entries, used });
        Self { matching: Matching::default(), repeats: false, kept }
    }

    pub(super) fn open(path: &Path) -> Result<Self> {
        let mut bytes = Vec::new();
        let file = File::open(path).map_err(super::io)?;
        file.take(ReplayTransport::SIZE_LIMIT + 1).read_to_end(&mut bytes).map_err(super::io)?;
        Self::parse(Some(path), &bytes)
    }

    pub(super) fn read(bytes: &[u8]) -> Result<Self> {
        Self::parse(None, bytes)
    }

    fn parse(path: Option<&Path>, bytes: &[u8]) -> Result<Self> {
        if bytes.len() as u64 > ReplayTransport::SIZE_LIMIT {
            let reason = format!("it is too large (limit {} bytes)", ReplayTransport::SIZE_LIMIT);
            return Err(no_har(path, &reason));
        }
        let (document, entries) = read::read(bytes).map_err(|reason| no_har(path, &reason))?;
        Ok(Self::of(document, entries))
    }

    pub(super) fn match_headers(self, headers: Vec<String>) -> Self {
        Self { matching: Matching { headers, ..self.matching }, ..self }
    }

    pub(super) fn match_data(self, data: bool) -> Self {
        Self { matching: Matching { data, ..self.matching }, ..self }
    }

    pub(super) fn repeats(self, repeats: bool) -> Self {
        Self { repeats, ..self }
    }

    pub(super) fn unused(&self) -> Vec<String> {
        let kept = self.lock();
        let unused = kept.entries.iter().zip(&kept.used).filter(|(_, used)| !**used);
        unused.map(|(entry, _)| shown(&entry.method, &entry.url)).collect()
    }

    /// The request as it is looked for. Its data is read only where that is compared.
    pub(super) fn asked(&self, request: &mut WireRequest<'_>) -> Result<Asked> {
        let mut data = Vec::new();
        if let Some(source) = request.data.as_deref_mut().filter(|_| self.matching.data) {
            let read = source.open().and_then(|mut reader| reader.read_to_end(&mut data));
            read.map_err(|source| ErrorKind::RequestData { source })?;
        }
        Ok(Asked::new(request, data))
    }

    /// The bytes of the next answer to it.
    pub(super) fn answer(&self, asked: &Asked) -> Result<Vec<u8>, NotRecorded> {
        let mut kept = self.lock();
        let is_it = |entry: &Entry| self.matching.differences(asked, entry).is_empty();
        let same: Vec<usize> = (0..kept.entries.len()).filter(|&index| is_it(&kept.entries[index])).collect();
        let next = same.iter().copied().find(|&index| !kept.used[index]);
        let index = match (next, same.last()) {
            (Some(next), _) => next,
            (None, Some(&last)) if self.repeats => last,
            (None, Some(_)) => {
                let reason = format!("it was recorded {} times, and each answer was given already", same.len());
                return Err(NotRecorded::because(asked, reason));
            }
            (None, None) => return Err(NotRecorded::new(asked, &kept.entries, &self.matching)),
        };
        kept.used[index] = true;
        let entry = &kept.entries[index];
        match &entry.answer {
            Answer::Missing(reason) => Err(NotRecorded::because(asked, reason.clone())),
            Answer::Reply { status, reason, headers, body } => {
                let headers = expiry::as_of(clock::unix_millis() / 1000, entry.started, headers);
                Ok(reply(*status, reason, &headers, body))
            }
        }
    }

    /// Adds an exchange, which answers no later request of this run.
    pub(super) fn add(&self, entry: Value) {
        let mut kept = self.lock();
        if let Some(entries) = kept.document.pointer_mut("/log/entries").and_then(Value::as_array_mut) {
            entries.push(entry);
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An answer as a server would have said it.
fn reply(status: u16, reason: &str, headers: &[(String, String)], body: &[u8]) -> Vec<u8> {
    let mut reply = format!("HTTP/1.1 {status} ").into_bytes();
    let on_one_line = |bytes: &[u8]| {
        bytes.iter().map(|&byte| if matches!(byte, b'\r' | b'\n') { b' ' } else { byte }).collect::<Vec<u8>>()
    };
    reply.extend(on_one_line(reason.as_bytes()));
    for (name, value) in headers {
        reply.extend(b"\r\n");
        reply.extend(name.as_bytes());
        reply.extend(b": ");
        reply.extend(on_one_line(value.as_bytes()));
    }
    reply.extend(b"\r\n\r\n");
    reply.extend(body);
    reply
}

/// Replaces the file with these bytes, whole or not at all, readable by its owner only.
pub(super) fn save(path: &Path, bytes: &[u8]) -> io::Result<()> {
    use std::io::Write;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let beside = |random: &str| path.with_file_name(format!(".{name}.{random}.tmp"));
    let (mut file, temporary) = crate::fresh_file::create(crate::fresh_file::Access::Private, beside)?;
    let saved = file.write_all(bytes).and_then(|()| file.sync_all()).and_then(|()| std::fs::rename(&temporary, path));
    if saved.is_err() {
        let _ = std::fs::remove_file(&temporary);
    }
    saved
}
