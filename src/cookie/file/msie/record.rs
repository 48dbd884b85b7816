//! The record of a URL, which names a text file with cookies.

use super::header::{BLOCK, set_number, set_u32};
use super::time::{fat_time, filetime};
use crate::cookie::file::bytes::{at, place_le, string, u32_le};

/// How each begins; behind it is how many blocks it has.
pub(super) const SIGNATURE: &[u8] = b"URL ";

/// Where it says where its location and its file's name are.
pub(super) const LOCATION: usize = 52;
pub(super) const FILE: usize = 60;

/// Bytes before the location.
const FIXED: usize = 104;

// What else it says, and where.
const MODIFIED: usize = 8;
const ACCESSED: usize = 16;
const EXPIRES: usize = 24;
const SIZE: usize = 32;
const UNKNOWN_OFFSET: usize = 48;
const FOLDER: usize = 56;
const VERSION: usize = 58;
const KIND: usize = 64;
const CHECKED: usize = 80;
const HITS: usize = 84;
const WRITTEN: usize = 92;
/// Four bytes that mean nothing: Wine sets them to 0, and Windows leaves what was there.
const UNUSED: usize = 100;

/// What this crate writes there. Who replaces a text file writes another record for it, and so the
/// mark is gone when another program has.
const MARK: &[u8; 4] = b"crab";

/// The text file is in the folder of the index itself.
const NO_SUBFOLDER: u8 = 0xfe;
/// `NORMAL_CACHE_ENTRY` and `COOKIE_CACHE_ENTRY` of `wininet.h`.
const COOKIE_ENTRY: u32 = 0x0010_0001;

/// What is written into a record.
#[derive(Debug)]
pub(in crate::cookie) struct Record<'a> {
    /// `Cookie:joe@example.com/path`.
    pub(in crate::cookie) location: &'a [u8],
    /// The name of the text file.
    pub(in crate::cookie) file: &'a [u8],
    /// Its bytes.
    pub(in crate::cookie) size: u64,
    /// When it was written, as a FILETIME. Windows and Wine delete a file only if it was.
    pub(in crate::cookie) modified: u64,
    /// When the last of its cookies expires, in seconds since 1970-01-01 00:00:00 UTC.
    pub(in crate::cookie) expires: i64,
}

impl Record<'_> {
    /// Blocks that it needs.
    pub(super) fn blocks(&self) -> usize {
        (self.file_offset() + self.file.len() + 1).div_ceil(BLOCK)
    }

    fn file_offset(&self) -> usize {
        (FIXED + self.location.len() + 1).next_multiple_of(4)
    }

    /// Writes it over some blocks, as many as it needs.
    pub(super) fn write(&self, blocks: &mut [u8], hits: u32) {
        blocks.fill(0);
        blocks[..4].copy_from_slice(SIGNATURE);
        set_number(blocks, 4, self.blocks());
        for time in [MODIFIED, ACCESSED] {
            blocks[time..time + 8].copy_from_slice(&self.modified.to_le_bytes());
        }
        set_u32(blocks, EXPIRES, fat_time(filetime(self.expires)));
        blocks[SIZE..SIZE + 8].copy_from_slice(&self.size.to_le_bytes());
        set_number(blocks, UNKNOWN_OFFSET, 0x60);
        blocks[FOLDER] = NO_SUBFOLDER;
        blocks[VERSION..VERSION + 2].fill(0x10);
        set_u32(blocks, KIND, COOKIE_ENTRY);
        set_u32(blocks, HITS, hits);
        blocks[UNUSED..UNUSED + 4].copy_from_slice(MARK);
        for time in [CHECKED, WRITTEN] {
            set_u32(blocks, time, fat_time(self.modified));
        }
        for (place, offset, text) in [(LOCATION, FIXED, self.location), (FILE, self.file_offset(), self.file)] {
            set_number(blocks, place, offset);
            blocks[offset..offset + text.len()].copy_from_slice(text);
        }
    }
}

/// How many bytes a record has by what it says, if it has one and no more than there are.
pub(super) fn length(rest: &[u8]) -> Option<usize> {
    let length = place_le(rest, 4)?.checked_mul(BLOCK)?;
    Some(length).filter(|&length| length > 0 && length <= rest.len())
}

/// The string that a record says is at an offset.
pub(super) fn text(record: &[u8], says_where: usize) -> Option<&[u8]> {
    string(record, place_le(record, says_where)?)
}

/// Whether this crate wrote the record, and with it the text file.
pub(in crate::cookie) fn is_ours(record: &[u8]) -> bool {
    at(record, UNUSED) == Some(*MARK)
}

/// Bytes of the text file.
pub(super) fn size(record: &[u8]) -> u64 {
    at(record, SIZE).map_or(0, u64::from_le_bytes)
}

/// How often it was asked for or replaced.
pub(super) fn hits(record: &[u8]) -> u32 {
    u32_le(record, HITS).unwrap_or_default()
}

/// The user, and the host with the path behind it, of a location; none if it is not a cookie's.
pub(in crate::cookie) fn cookie_location(location: &[u8]) -> Option<Option<(&[u8], &[u8])>> {
    let whose = location.strip_prefix(b"Cookie:")?;
    let host_end = whose.iter().position(|&byte| byte == b'/').unwrap_or(whose.len());
    let at = whose[..host_end].iter().rposition(|&byte| byte == b'@');
    Some(at.map(|at| (&whose[..at], &whose[at + 1..])))
}
