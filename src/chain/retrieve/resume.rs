//! [`Resumption`]: going on with a download that was cut short (RFC 9110 sections 13.1.5 and 14).

use std::fs::{File, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use http::{Method, StatusCode};

use super::content_range::ContentRange;
use super::names::failed;
use super::own_file::{self, For};
use super::part::{Info, Part};
use super::target::Download;
use crate::cookie::str2time;
use crate::message::error::{ErrorKind, Result};
use crate::message::request::Request;
use crate::message::response::Response;
use crate::message::urls;

/// What there is to go on with, and what is to be gone on with.
pub(super) struct Resumption {
    target: PathBuf,
    /// The URL that is asked for.
    asked: String,
    /// What a download left, locked from now on.
    part: Option<Part>,
    beginning: Option<Beginning>,
    /// What of the whole is coming, if not all of it.
    rest: Option<ContentRange>,
}

/// The first bytes of the whole, which are there already.
struct Beginning {
    length: u64,
    of: Of,
}

/// What they are the beginning of.
enum Of {
    /// The part is one of ours, and this is known of it.
    Ours(Info),
    /// Another program wrote the file, and was done with it at this time (seconds since 1970).
    Another { file: File, since: i64 },
}

/// Whether the answer to this request can be asked for piece by piece.
pub(super) fn is_possible(request: &Request) -> bool {
    request.method() == Method::GET && request.data().is_none() && urls::is_http(request.url())
}

impl Resumption {
    /// Looks for a part of this target, or else, if it may be, for the target itself.
    pub(super) fn of(request: &Request, target: &Path, may_be_of_others: bool) -> Result<Self> {
        let asked = request.url().to_string();
        let (part, info) = Part::find(target)?.unzip();
        let mut beginning = None;
        if let (Some(part), Some(info)) = (&part, info.flatten().filter(|info| info.asked == asked)) {
            beginning = Beginning::new(part.length()?, Of::Ours(info));
        }
        if beginning.is_none() && may_be_of_others {
            beginning = Beginning::by_another(target).map_err(|error| failed(target, &error))?;
        }
        Ok(Self { target: target.to_owned(), asked, part, beginning, rest: None })
    }

    /// Asks for the rest, or for the whole where that is not to be had.
    pub(super) fn open(
        &mut self,
        mut request: Request,
        open: impl Fn(Request) -> Result<Response>,
    ) -> Result<Response> {
        if !request.has_header("Accept-Encoding") {
            // A part of something packed is no part of what it is unpacked.
            request.add_header("Accept-Encoding", "identity")?;
        }
        let again = request.try_clone().filter(|_| self.beginning.is_some());
        if let (Some(beginning), Some(mut ranged)) = (&self.beginning, again) {
            ranged.add_header("Range", format!("bytes={}-", beginning.length))?;
            if let Of::Ours(info) = &beginning.of {
                ranged.add_header("If-Range", info.validator.as_str())?;
            }
            match open(ranged) {
                Ok(response) if response.status() == StatusCode::PARTIAL_CONTENT => {
                    self.rest = beginning.rest_in(&response);
                    if self.rest.is_some() {
                        return Ok(response);
                    }
                    // Another part, or of another version: not what was asked for, and nothing of
                    // it is taken.
                }
                Err(error) if is_unsatisfiable(error.kind()) => {}
                outcome => return outcome,
            }
        }
        super::refuse_part(open(request)?)
    }

    /// The file to go on with, or a new one.
    pub(super) fn into_download(mut self, response: &Response) -> Result<Download> {
        let Some(rest) = self.rest.take() else {
            return self.new_download(response);
        };
        let mut download = match (self.beginning.take(), self.part.take()) {
            (Some(Beginning { length, of: Of::Ours(_) }), Some(mut part)) => {
                part.keep(length)?;
                Download::part(part, &self.target, length)
            }
            (Some(Beginning { length, of: Of::Another { mut file, .. } }), part) => {
                let mut download = Self { part, ..self }.new_download(response)?;
                download.copy_from(&mut file, length)?;
                download
            }
            _ => return self.new_download(response),
        };
        download.expect(rest);
        Ok(download)
    }

    /// A part of what this is the answer of; where that does not say what it is, no part.
    fn new_download(self, response: &Response) -> Result<Download> {
        let target = &self.target;
        let Some(validator) = validator(response) else {
            self.part.map_or(Ok(()), Part::discard)?;
            return Download::beside(target);
        };
        let part = self.part.map_or_else(|| Part::claim(target), |part| Ok(Some(part)))?;
        let Some(mut part) = part else {
            return Download::beside(target);
        };
        let length = match ContentRange::of(response) {
            Some(range) => Some(range.whole),
            None => super::announced(response, &Method::GET),
        };
        let answered = response.url().to_string();
        part.restart(&Info { asked: self.asked, answered, validator, length })?;
        Ok(Download::part(part, target, 0))
    }
}

impl Beginning {
    fn new(length: u64, of: Of) -> Option<Self> {
        (length > 0).then_some(Self { length, of })
    }

    /// The target, as another program left it.
    fn by_another(target: &Path) -> io::Result<Option<Self>> {
        let Some(file) = own_file::open(target, For::Reading)? else {
            return Ok(None);
        };
        let metadata = file.metadata()?;
        let since = since(&metadata)?;
        Ok(Self::new(metadata.len(), Of::Another { file, since }))
    }

    /// What this answer is of the whole, if that comes behind these bytes: of the same version, and
    /// from where they end. A server may send less than was asked for; then more is missing.
    fn rest_in(&self, response: &Response) -> Option<ContentRange> {
        let range = ContentRange::of(response)?;
        let is_same = match &self.of {
            Of::Ours(info) => info.is_of(response, range.whole),
            Of::Another { since, .. } => match header(response, "Last-Modified") {
                Some(modified) => str2time(&modified)? <= *since,
                None => true,
            },
        };
        (is_same && range.first == self.length).then_some(range)
    }
}

impl Info {
    /// Whether this is an answer with the same version of the content.
    fn is_of(&self, response: &Response, length: u64) -> bool {
        let is_tag = self.validator.starts_with('"');
        let is_version = match is_tag {
            true => header(response, "ETag").is_some_and(|tag| tag == self.validator),
            // A server that has compared the date need not repeat it (RFC 9110 section 15.3.7).
            false => header(response, "Last-Modified").is_none_or(|date| date == self.validator),
        };
        let is_length = self.length.is_none_or(|known| known == length);
        // A tag speaks for one address. At another one, such as a redirect's that is signed anew,
        // the same tag for the same length is taken for the same.
        let is_place = response.url().as_str() == self.answered || (is_tag && self.length.is_some());
        is_version && is_length && is_place
    }
}

/// Since when, in seconds, a file is what it is: what changed on the server after that is not in
/// it. Its beginning may be older than its last change.
fn since(metadata: &Metadata) -> io::Result<i64> {
    let changed = metadata.modified()?;
    // Few file systems do not know when a file was made.
    let since = metadata.created().map_or(changed, |created| created.min(changed));
    Ok(since.duration_since(UNIX_EPOCH).map_or(i64::MIN, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX)))
}

/// What tells one version of the content from another, for sure: a strong `ETag`, else a
/// `Last-Modified` that is older than the answer (RFC 9110 section 8.8.2.2).
fn validator(response: &Response) -> Option<String> {
    if let Some(tag) = header(response, "ETag") {
        return (tag.starts_with('"') && !tag.contains(char::is_control)).then_some(tag);
    }
    let modified = header(response, "Last-Modified")?;
    (str2time(&modified)? < str2time(&header(response, "Date")?)?).then_some(modified)
}

fn header(response: &Response, name: &str) -> Option<String> {
    response.headers().get_str(name).map(|value| value.trim().to_owned())
}

fn is_unsatisfiable(kind: &ErrorKind) -> bool {
    matches!(kind, ErrorKind::Http(error) if error.status() == StatusCode::RANGE_NOT_SATISFIABLE)
}
