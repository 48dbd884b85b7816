//! [`Resumption`]: going on with a download that was cut short (RFC 9110 sections 13.1.5 and 14).

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use http::{Method, StatusCode};

use super::RETRIEVE_BLOCK;
use super::target::{Download, failed, with_affixes};
use crate::cookie::str2time;
use crate::error::{ErrorKind, Result};
use crate::fresh_file::{self, Access};
use crate::request::Request;
use crate::response::Response;
use crate::urls;

/// Bytes of a `NAME.part.info`: a URL, a validator as long as a header may be, and their line ends.
const INFO_LIMIT: u64 = 2 * urls::URL_LIMIT as u64;

/// What there is to go on with, and what is to be gone on with.
pub(super) struct Resumption {
    target: PathBuf,
    part: PathBuf,
    info: PathBuf,
    url: String,
    /// The part that is there: its validator, and how much of it is kept.
    known: Option<(String, u64)>,
}

/// Whether the answer to this request can be asked for piece by piece.
pub(super) fn is_possible(request: &Request) -> bool {
    request.method() == Method::GET
        && request.data().is_none()
        && urls::is_http(request.url())
        && !request.has_header("Range")
}

impl Resumption {
    /// Looks for a part of this target.
    pub(super) fn of(request: &Request, target: &Path) -> Resumption {
        let (part, info) = (with_affixes(target, "", ".part"), with_affixes(target, "", ".part.info"));
        let url = request.url().to_string();
        let known = known(&part, &info, &url);
        Resumption { target: target.to_owned(), part, info, url, known }
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
        let again = request.try_clone().filter(|_| self.known.is_some());
        if let (Some((validator, start)), Some(mut ranged)) = (&self.known, again) {
            ranged.add_header("Range", format!("bytes={start}-"))?;
            ranged.add_header("If-Range", validator.as_str())?;
            match open(ranged) {
                Ok(response) if response.status() != StatusCode::PARTIAL_CONTENT => {
                    self.known = None;
                    return Ok(response);
                }
                Ok(response) if continues(&response, validator, *start) => return Ok(response),
                // Another part, or none: not what was asked for.
                Ok(_) => {}
                Err(error) if !is_unsatisfiable(error.kind()) => return Err(error),
                Err(_) => {}
            }
            self.known = None;
        }
        open(request)
    }

    /// The file to go on with, or a new one.
    pub(super) fn into_download(self, response: &Response) -> Result<Download> {
        let fail = |error| failed(&self.part, &error);
        if let Some((_, start)) = self.known {
            let mut file = OpenOptions::new().write(true).open(&self.part).map_err(fail)?;
            file.set_len(start).and_then(|()| file.seek(SeekFrom::End(0))).map_err(fail)?;
            return Ok(Download::part(file, start, self.part, &self.target, Some(self.info)));
        }
        for old in [&self.info, &self.part] {
            match fs::remove_file(old) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(old, &error)),
                _ => {}
            }
        }
        let (file, _) = fresh_file::create(Access::Usual, |_| self.part.clone()).map_err(fail)?;
        let Some(validator) = validator(response) else {
            return Ok(Download::part(file, 0, self.part, &self.target, None));
        };
        let (mut info, _) = fresh_file::create(Access::Private, |_| self.info.clone()).map_err(fail)?;
        writeln!(info, "{}\n{validator}", self.url).map_err(fail)?;
        Ok(Download::part(file, 0, self.part, &self.target, Some(self.info)))
    }
}

/// The validator of the part that is there, if it is one of this URL, and how many whole blocks of it there are: what
/// was reported of it holds then.
fn known(part: &Path, info: &Path, url: &str) -> Option<(String, u64)> {
    let regular = |path: &Path| fs::symlink_metadata(path).ok().filter(fs::Metadata::is_file);
    let (length, _) = (regular(part)?.len(), regular(info)?);
    let mut text = String::new();
    File::open(info).ok()?.take(INFO_LIMIT).read_to_string(&mut text).ok()?;
    let (its_url, validator) = text.strip_suffix('\n')?.split_once('\n')?;
    let block = RETRIEVE_BLOCK as u64;
    let whole = length / block * block;
    (its_url == url && whole > 0 && !validator.contains(char::is_control)).then(|| (validator.to_owned(), whole))
}

/// What tells one version of the content from another, for sure: a strong `ETag`, else a `Last-Modified` that is older
/// than the answer (RFC 9110 section 8.8.2.2).
fn validator(response: &Response) -> Option<String> {
    let header = |name| response.headers().get_str(name).map(|value| value.trim().to_owned());
    if let Some(tag) = header("ETag") {
        return (tag.starts_with('"') && !tag.contains(char::is_control)).then_some(tag);
    }
    let modified = header("Last-Modified")?;
    (str2time(&modified)? < str2time(&header("Date")?)?).then_some(modified)
}

/// Whether this is the rest of what is there.
fn continues(response: &Response, validator: &str, start: u64) -> bool {
    let header = |name| response.headers().get_str(name);
    let starts = header("Content-Range").and_then(|range| {
        let (first, _) = range.trim().strip_prefix("bytes ")?.split_once('-')?;
        first.trim().parse::<u64>().ok()
    });
    let same = !validator.starts_with('"') || header("ETag").is_none_or(|tag| tag.trim() == validator);
    starts == Some(start) && same
}

fn is_unsatisfiable(kind: &ErrorKind) -> bool {
    matches!(kind, ErrorKind::Http(error) if error.status() == StatusCode::RANGE_NOT_SATISFIABLE)
}
