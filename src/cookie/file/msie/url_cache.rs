//! An index that is whole, in memory, and changes to it that leave it so.

use super::bitmap;
use super::check::{Found, check};
use super::hash::{self, Item, NEXT, TABLE_BLOCKS, block_at, hash};
use super::header::{self, BLOCK, BLOCKS, BLOCKS_IN_USE, FIRST_RECORD, FIRST_TABLE, Kind, set_number};
use super::record::{self, Record};
use crate::cookie::file::FormatError;
use crate::cookie::file::bytes::place_le;

/// What stands in blocks that are free, four bytes again and again.
const FREE: [u8; 4] = 0x0bad_f00d_u32.to_le_bytes();

/// The bytes of an `index.dat`.
#[derive(Clone)]
pub(in crate::cookie) struct UrlCache {
    file: Vec<u8>,
    kind: Kind,
    tables: Vec<usize>,
}

/// A record of a URL.
pub(in crate::cookie) struct Entry<'a> {
    pub(in crate::cookie) location: &'a [u8],
    /// The name of its text file; empty if it has none.
    pub(in crate::cookie) file: &'a [u8],
    /// All of it.
    pub(in crate::cookie) record: &'a [u8],
}

impl UrlCache {
    /// One without records.
    pub(in crate::cookie) fn new(kind: Kind) -> Self {
        let mut file = header::new_file(kind);
        hash::write_table(&mut file, FIRST_RECORD, 0);
        bitmap::set(&mut file, 0..TABLE_BLOCKS, true);
        set_number(&mut file, BLOCKS_IN_USE, TABLE_BLOCKS);
        set_number(&mut file, FIRST_TABLE, FIRST_RECORD);
        Self { file, kind, tables: vec![FIRST_RECORD] }
    }

    /// One that is there.
    ///
    /// # Errors
    /// It is not of a kind that can be written, or anything in it is not as it should be.
    pub(in crate::cookie) fn read(file: Vec<u8>) -> Result<Self, FormatError> {
        let Found { kind, tables } = check(&file)?;
        Ok(Self { file, kind, tables })
    }

    pub(in crate::cookie) fn bytes(&self) -> &[u8] {
        &self.file
    }

    /// The records, table by table.
    pub(in crate::cookie) fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        let items = self.tables.iter().flat_map(|table| hash::items(&self.file, *table)).flatten();
        items.filter(|item| !item.is_free() && item.is_of_url()).filter_map(|item| self.entry(item.record))
    }

    /// Puts a record in the place of the one with its location, or where there is room.
    ///
    /// # Errors
    /// The file is as long as it can be. Then no record is other than it was.
    pub(in crate::cookie) fn put(&mut self, new: &Record<'_>) -> Result<(), FormatError> {
        let (hash, needed) = (hash(self.kind, new.location), new.blocks());
        let (mut hits, mut lost) = (0, 0);
        let place = match self.find(new.location, hash) {
            Some(item) => {
                let old = &self.file[item.record..];
                let blocks = record::length(old).unwrap_or_default() / BLOCK;
                (hits, lost) = (record::hits(old), record::size(old));
                if needed <= blocks {
                    self.free(item.record + needed * BLOCK, blocks - needed);
                    item.record
                } else {
                    let place = self.allocate(needed)?;
                    self.free(item.record, blocks);
                    hash::set_item(&mut self.file, item.place, hash, place);
                    place
                }
            }
            None => {
                let item = self.free_item(hash)?;
                let place = self.allocate(needed)?;
                hash::set_item(&mut self.file, item, hash, place);
                place
            }
        };
        new.write(&mut self.file[place..place + needed * BLOCK], hits.saturating_add(1));
        header::note_change(&mut self.file, new.size, lost);
        Ok(())
    }

    /// Takes out the record with this location, if there is one. Its item says that it was deleted,
    /// and its blocks are free.
    pub(in crate::cookie) fn remove(&mut self, location: &[u8]) {
        if let Some(item) = self.find(location, hash(self.kind, location)) {
            let old = &self.file[item.record..];
            let (blocks, lost) = (record::length(old).unwrap_or_default() / BLOCK, record::size(old));
            hash::free_item(&mut self.file, item.place);
            self.free(item.record, blocks);
            header::note_change(&mut self.file, 0, lost);
        }
    }

    fn find(&self, location: &[u8], hash: u32) -> Option<Item> {
        let is_it = |item: &Item| {
            !item.is_free() && item.is_of_url() && item.has_hash(hash) && self.is_at(item.record, location)
        };
        hash::bucket(&self.file, &self.tables, hash).find(is_it)
    }

    fn entry(&self, place: usize) -> Option<Entry<'_>> {
        let rest = self.file.get(place..)?;
        let record = &rest[..record::length(rest)?];
        let location = record::text(record, record::LOCATION)?;
        let has_file = place_le(record, record::FILE) != Some(0);
        let file = record::text(record, record::FILE).filter(|_| has_file).unwrap_or_default();
        Some(Entry { location, file, record })
    }

    fn is_at(&self, place: usize, location: &[u8]) -> bool {
        self.entry(place).is_some_and(|entry| entry.location == location)
    }

    /// The first item of a bucket that is free, of a new table if there is none.
    fn free_item(&mut self, hash: u32) -> Result<usize, FormatError> {
        if let Some(item) = hash::bucket(&self.file, &self.tables, hash).find(Item::is_free) {
            return Ok(item.place);
        }
        let table = self.allocate(TABLE_BLOCKS)?;
        hash::write_table(&mut self.file, table, self.tables.len());
        set_number(&mut self.file, self.tables.last().map_or(FIRST_TABLE, |last| last + NEXT), table);
        self.tables.push(table);
        hash::bucket(&self.file, &self.tables, hash).find(Item::is_free).map(|item| item.place).ok_or_else(full)
    }

    /// The first so many free blocks in a row, for which the file grows if it must.
    fn allocate(&mut self, blocks: usize) -> Result<usize, FormatError> {
        loop {
            let end = place_le(&self.file, BLOCKS).unwrap_or_default();
            if let Some(first) = bitmap::find_free(&self.file, blocks, end) {
                self.set_used(first, blocks, true);
                return Ok(FIRST_RECORD + first * BLOCK);
            }
            if !header::grow(&mut self.file, end) {
                return Err(full());
            }
        }
    }

    fn free(&mut self, place: usize, blocks: usize) {
        if let Some(first) = block_at(place) {
            self.set_used(first, blocks, false);
            let freed = &mut self.file[place..place + blocks * BLOCK];
            freed.chunks_exact_mut(FREE.len()).for_each(|four| four.copy_from_slice(&FREE));
        }
    }

    fn set_used(&mut self, first: usize, blocks: usize, used: bool) {
        bitmap::set(&mut self.file, first..first + blocks, used);
        let in_use = bitmap::count(&self.file);
        set_number(&mut self.file, BLOCKS_IN_USE, in_use);
    }
}

fn full() -> FormatError {
    FormatError::new("the index.dat is full: it has room for no more blocks (limit 125952)")
}
