//! The `index.dat`, which names the text files.
//!
//! The layout is that of libmsiecf's documentation of the format and of its `msiecf_url_record.h`.

use super::header::{BLOCK, FIRST_RECORD};
use super::record::{self, cookie_location};
use crate::cookie::file::raw::canonical;
use crate::cookie::file::{FormatError, Loaded, Reason};

/// The first bytes of an index, and where its records say at which offsets their URL and their
/// file's name are.
const KINDS: [(&[u8], Offsets); 3] = [
    (b"Client UrlCache MMF Ver 5.", Offsets { location: record::LOCATION, file: record::FILE }),
    (b"Client UrlCache MMF Ver 4.", Offsets { location: 56, file: 64 }),
    (b"WINE URLCache Ver 0.", Offsets { location: record::LOCATION, file: record::FILE }),
];

#[derive(Clone, Copy)]
struct Offsets {
    location: usize,
    file: usize,
}

/// A text file of the index.
#[derive(Debug)]
pub(super) struct Entry {
    /// Which record it is.
    pub(super) number: usize,
    pub(super) host: String,
    pub(super) file: String,
}

pub(super) fn is_index(bytes: &[u8]) -> bool {
    offsets(bytes).is_some()
}

/// The text files of a user, or of all; and what was passed over.
pub(super) fn read(bytes: &[u8], user: Option<&str>) -> Result<(Vec<Entry>, Loaded), FormatError> {
    let offsets = offsets(bytes).ok_or_else(|| FormatError::new("not an index.dat of Internet Explorer"))?;
    if bytes.len() < FIRST_RECORD {
        return Err(FormatError::new("the index.dat ends before its first record"));
    }
    let (mut entries, mut loaded) = (Vec::new(), Loaded::default());
    let (mut number, mut others) = (0, 0);
    let mut rest = &bytes[FIRST_RECORD..];
    while !rest.is_empty() {
        let length = length(rest);
        let (record, behind) = rest.split_at(length.unwrap_or(BLOCK).min(rest.len()));
        rest = behind;
        if !record.starts_with(record::SIGNATURE) {
            continue;
        }
        number += 1;
        match length.ok_or(Reason::CutOff).and_then(|_| entry(record, offsets, number, user)) {
            Ok(Some(entry)) => entries.push(entry),
            Ok(None) => others += 1,
            Err(reason) => loaded.skip_record(number, reason),
        }
    }
    if entries.is_empty() && others > 0 && others == number {
        return Err(FormatError::new("the index.dat is that of a cache or a history, and names no cookies"));
    }
    Ok((entries, loaded))
}

fn offsets(bytes: &[u8]) -> Option<Offsets> {
    KINDS.iter().find(|(first, _)| bytes.starts_with(first)).map(|(_, offsets)| *offsets)
}

/// How many bytes a record has; none if it says that it has none, or more than there are. What is
/// no record, unused blocks among them, is passed over block by block.
fn length(rest: &[u8]) -> Option<usize> {
    let known = [record::SIGNATURE, b"REDR", b"LEAK", b"HASH"].iter().any(|kind| rest.starts_with(kind));
    if !known {
        return Some(BLOCK);
    }
    record::length(rest)
}

/// What the record names, unless it is no cookie. The location is `Cookie:joe@example.com/path`.
fn entry(record: &[u8], offsets: Offsets, number: usize, user: Option<&str>) -> Result<Option<Entry>, Reason> {
    let location = record::text(record, offsets.location).ok_or(Reason::CutOff)?;
    let Some(whose) = cookie_location(location) else {
        return Ok(None);
    };
    let (owner, place) = whose.ok_or(Reason::NoDomain)?;
    let (owner, host) = (latin1(owner), place.split(|&byte| byte == b'/').next().unwrap_or_default());
    if user.is_some_and(|user| user.to_lowercase() != owner.to_lowercase()) {
        return Err(Reason::OtherUser);
    }
    let file = latin1(record::text(record, offsets.file).ok_or(Reason::CutOff)?);
    Ok(Some(Entry { number, host: canonical(host)?, file }))
}

/// Windows writes names in the code page of the country; of most, Latin-1 is the greater part.
pub(in crate::cookie) fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| char::from(byte)).collect()
}
