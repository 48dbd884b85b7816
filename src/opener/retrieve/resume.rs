//! [`Resumption`]: going on with a download that was cut short (RFC 9110 sections 13.1.5 and 14).

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
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
    known: Option<Known>,
    /// How long the whole is, where the rest of it is coming.
    end: u64,
}

/// The part that is there.
struct Known {
    /// What it is a part of: the URL that answered, after redirects.
    answered: String,
    validator: String,
    /// How much of it is kept.
    start: u64,
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
        Resumption { target: target.to_owned(), part, info, url, known, end: 0 }
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
        if let (Some(known), Some(mut ranged)) = (&self.known, again) {
            ranged.add_header("Range", format!("bytes={}-", known.start))?;
            ranged.add_header("If-Range", known.validator.as_str())?;
            match open(ranged) {
                Ok(response) if response.status() != StatusCode::PARTIAL_CONTENT => {
                    self.known = None;
                    return Ok(response);
                }
                Ok(response) => {
                    if let Some(end) = known.end_of(&response) {
                        self.end = end;
                        return Ok(response);
                    }
                    // Another part, or none: not what was asked for.
                }
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
        if let Some(Known { start, .. }) = self.known {
            let mut file = OpenOptions::new().write(true).open(&self.part).map_err(fail)?;
            file.set_len(start).and_then(|()| file.seek(SeekFrom::End(0))).map_err(fail)?;
            return Ok(Download::part(file, start, Some(self.end), self.part, &self.target, self.info));
        }
        let validator = validator(response);
        if validator.is_some() || information(&self.info).is_some() {
            self.make_way()?;
        }
        let Some(validator) = validator else {
            return Download::beside(&self.target);
        };
        let (mut info, _) = fresh_file::create(Access::Private, |_| self.info.clone()).map_err(fail)?;
        writeln!(info, "{}\n{}\n{validator}", self.url, response.url()).map_err(fail)?;
        let created = fresh_file::create(Access::Usual, |_| self.part.clone());
        let (file, _) = created.inspect_err(|_| drop(fs::remove_file(&self.info))).map_err(fail)?;
        Ok(Download::part(file, 0, None, self.part, &self.target, self.info))
    }
}

impl Resumption {
    /// Removes a part of ours that is of no use. What has no information of ours beside it is not ours.
    fn make_way(&self) -> Result<()> {
        let is_ours = information(&self.info).is_some();
        for old in [&self.part, &self.info] {
            let error = match fs::symlink_metadata(old) {
                Ok(_) if is_ours => fs::remove_file(old).err(),
                Ok(_) => Some(io::Error::new(io::ErrorKind::AlreadyExists, "it is there, and no download left it")),
                Err(_) => None,
            };
            if let Some(error) = error {
                return Err(failed(old, &error));
            }
        }
        Ok(())
    }
}

/// The lines of an information of ours: the URL asked for, the URL that answered, and a validator.
fn information(info: &Path) -> Option<[String; 3]> {
    fs::symlink_metadata(info).ok().filter(fs::Metadata::is_file)?;
    let mut text = String::new();
    File::open(info).ok()?.take(INFO_LIMIT).read_to_string(&mut text).ok()?;
    let lines: Vec<String> = text.strip_suffix('\n')?.split('\n').map(str::to_owned).collect();
    let lines: [String; 3] = lines.try_into().ok()?;
    let [asked, answered, validator] = &lines;
    let are_urls = [asked, answered].into_iter().all(|url| url::Url::parse(url).is_ok());
    (are_urls && !validator.contains(char::is_control)).then_some(lines)
}

/// The part that is there, if it is one of this URL, and how many whole blocks of it there are: what was reported of it
/// holds then.
fn known(part: &Path, info: &Path, url: &str) -> Option<Known> {
    let length = fs::symlink_metadata(part).ok().filter(fs::Metadata::is_file)?.len();
    let [asked, answered, validator] = information(info)?;
    let start = length / RETRIEVE_BLOCK as u64 * RETRIEVE_BLOCK as u64;
    (asked == url && start > 0).then_some(Known { answered, validator, start })
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

impl Known {
    /// How long the whole is, if this is the rest of what is there: of the same version, from where it ends, and as much
    /// as it says (RFC 9110 section 14.4). A server may send less than was asked for; then more is missing.
    fn end_of(&self, response: &Response) -> Option<u64> {
        let header = |name| response.headers().get_str(name).map(|value| value.trim().to_owned());
        let validator = if self.validator.starts_with('"') { "ETag" } else { "Last-Modified" };
        let is_same = header(validator).is_none_or(|value| value == self.validator);
        let range = header("Content-Range")?;
        let (places, total) = range.strip_prefix("bytes ")?.split_once('/')?;
        let (first, last) = places.split_once('-')?;
        let (first, last) = (first.parse::<u64>().ok()?, last.parse::<u64>().ok()?);
        let end = last.checked_add(1)?;
        let total = if total == "*" { end } else { total.parse().ok()? };
        let is_long = header("Content-Length").is_none_or(|length| length.parse() == Ok(end.saturating_sub(first)));
        let fits = first == self.start && first <= last && end <= total && is_long;
        (is_same && fits && response.url().as_str() == self.answered).then_some(total)
    }
}

fn is_unsatisfiable(kind: &ErrorKind) -> bool {
    matches!(kind, ErrorKind::Http(error) if error.status() == StatusCode::RANGE_NOT_SATISFIABLE)
}
