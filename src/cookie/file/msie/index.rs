//! The `index.dat`, which names the text files.
//!
//! The layout is that of libmsiecf's documentation of the format and of its `msiecf_url_record.h`.

use crate::cookie::file::bytes::{place_le, string};
use crate::cookie::file::raw::canonical;
use crate::cookie::file::{FormatError, Loaded, Reason};

/// The first bytes of an index, and where its records say at which offsets their URL and their
/// file's name are.
const KINDS: [(&[u8], Offsets); 3] = [
    (b"Client UrlCache MMF Ver 5.", Offsets { location: 52, file: 60 }),
    (b"Client UrlCache MMF Ver 4.", Offsets { location: 56, file: 64 }),
    (b"WINE URLCache Ver 0.", Offsets { location: 52, file: 60 }),
];

#[derive(Clone, Copy)]
struct Offsets {
    location: usize,
    file: usize,
}

/// Behind the header and the bitmap of the blocks in use.
const FIRST_RECORD: usize = 0x4000;

/// Records begin at multiples of this, and are as long as some.
const BLOCK: usize = 128;

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
        if !record.starts_with(b"URL ") {
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
    let known = [&b"URL "[..], b"REDR", b"LEAK", b"HASH"].iter().any(|kind| rest.starts_with(kind));
    if !known {
        return Some(BLOCK);
    }
    let length = place_le(rest, 4)?.checked_mul(BLOCK)?;
    Some(length).filter(|&length| length > 0 && length <= rest.len())
}

/// What the record names, unless it is no cookie. The location is `Cookie:joe@example.com/path`.
fn entry(record: &[u8], offsets: Offsets, number: usize, user: Option<&str>) -> Result<Option<Entry>, Reason> {
    let part = |offset| place_le(record, offset).and_then(|offset| string(record, offset)).ok_or(Reason::CutOff);
    let location = part(offsets.location)?;
    let Some((b"Cookie:", whose)) = location.split_at_checked(b"Cookie:".len()) else {
        return Ok(None);
    };
    let whose = whose.split(|&byte| byte == b'/').next().unwrap_or_default();
    let at = whose.iter().rposition(|&byte| byte == b'@').ok_or(Reason::NoDomain)?;
    let (owner, host) = (latin1(&whose[..at]), &whose[at + 1..]);
    if user.is_some_and(|user| user.to_lowercase() != owner.to_lowercase()) {
        return Err(Reason::OtherUser);
    }
    let file = latin1(part(offsets.file)?);
    Ok(Some(Entry { number, host: canonical(host)?, file }))
}

/// Windows writes names in the code page of the country; of most, Latin-1 is the greater part.
fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| char::from(byte)).collect()
}
