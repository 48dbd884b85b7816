//! Looking whether an index is whole: who would write into one that is not could only make it
//! worse.

use std::collections::HashSet;

use super::hash::{self, NEXT, NUMBER, TABLE_BLOCKS, block_at, hash};
use super::header::{BITMAP, BLOCK, BLOCKS, BLOCKS_IN_USE, FILE_SIZE, FIRST_RECORD, FIRST_TABLE, Kind, MOST_BLOCKS};
use super::{bitmap, record};
use crate::cookie::file::FormatError;
use crate::cookie::file::bytes::place_le;

/// What was found in an index that is whole.
pub(super) struct Found {
    pub(super) kind: Kind,
    /// Where its hash tables are.
    pub(super) tables: Vec<usize>,
}

/// Reads all that is reached from the header, and says what is not as it should be.
pub(super) fn check(file: &[u8]) -> Result<Found, FormatError> {
    let kind =
        Kind::of(file).ok_or_else(|| wrong("this is not an index.dat of Internet Explorer 5 to 9 or of Wine"))?;
    let mut blocks = Claims::of(file)?;
    let tables = tables(file, &mut blocks)?;
    let (mut names, mut files) = (HashSet::new(), HashSet::new());
    for item in tables.iter().flat_map(|table| hash::items(file, *table)) {
        let item = item.ok_or_else(cut)?;
        if item.is_free() {
            continue;
        }
        if item.is_unwritten() {
            return Err(wrong("a hash table was never written"));
        }
        let record = blocks.claim(item.record)?;
        if !item.is_of_url() {
            continue;
        }
        if !record.starts_with(record::SIGNATURE) {
            return Err(wrong("a hash leads to what is no record of a URL"));
        }
        let location = record::text(record, record::LOCATION).ok_or_else(cut)?;
        if !item.has_hash(hash(kind, location)) {
            return Err(wrong("a record has another hash than its location"));
        }
        if !names.insert(location) {
            return Err(wrong("two records have one location"));
        }
        if place_le(record, record::FILE) != Some(0) {
            let name = record::text(record, record::FILE).ok_or_else(cut)?;
            if !files.insert(name.to_ascii_lowercase()) {
                return Err(wrong("two records have one text file"));
            }
        }
    }
    Ok(Found { kind, tables })
}

/// The tables, from the first to the last. Each takes blocks of its own, so that they end.
fn tables(file: &[u8], blocks: &mut Claims<'_>) -> Result<Vec<usize>, FormatError> {
    let mut tables = Vec::new();
    let mut next = place_le(file, FIRST_TABLE).ok_or_else(cut)?;
    while next != 0 {
        let table = blocks.claim(next)?;
        let is_next = place_le(table, NUMBER) == Some(tables.len());
        if !table.starts_with(b"HASH") || table.len() != TABLE_BLOCKS * BLOCK || !is_next {
            return Err(wrong("a hash table is none, or is out of order"));
        }
        tables.push(next);
        next = place_le(table, NEXT).ok_or_else(cut)?;
    }
    Ok(tables)
}

/// Which blocks belong to something.
struct Claims<'a> {
    file: &'a [u8],
    claimed: Vec<bool>,
}

impl<'a> Claims<'a> {
    /// Of a file whose header agrees with its length and its bitmap.
    fn of(file: &'a [u8]) -> Result<Self, FormatError> {
        let number = |offset| place_le(file, offset).ok_or_else(cut);
        let (size, blocks, in_use) = (number(FILE_SIZE)?, number(BLOCKS)?, number(BLOCKS_IN_USE)?);
        if blocks > MOST_BLOCKS || size != FIRST_RECORD + blocks * BLOCK || size != file.len() {
            return Err(wrong("the file is shorter or longer than its header says"));
        }
        if file[BITMAP + blocks.div_ceil(8)..FIRST_RECORD].iter().any(|byte| *byte != 0) || !blocks.is_multiple_of(8) {
            return Err(wrong("blocks are in use beyond the end of the file"));
        }
        if bitmap::count(file) != in_use {
            return Err(wrong("more or fewer blocks are in use than the header says"));
        }
        Ok(Self { file, claimed: vec![false; blocks] })
    }

    /// The record at an offset, whose blocks are in use and belong to no other.
    fn claim(&mut self, offset: usize) -> Result<&'a [u8], FormatError> {
        let first = block_at(offset).filter(|block| *block < self.claimed.len());
        let first = first.ok_or_else(|| wrong("a record is said to be where none can be"))?;
        let rest = &self.file[offset..];
        let record = &rest[..record::length(rest).ok_or_else(cut)?];
        for block in first..first + record.len() / BLOCK {
            if !bitmap::is_used(self.file, block) {
                return Err(wrong("a record has blocks that are not in use"));
            }
            if std::mem::replace(&mut self.claimed[block], true) {
                return Err(wrong("two records have one block"));
            }
        }
        Ok(record)
    }
}

fn cut() -> FormatError {
    wrong("a record is cut off")
}

fn wrong(what: &str) -> FormatError {
    FormatError::new(format!("the index.dat is not whole, and is not written: {what}"))
}
