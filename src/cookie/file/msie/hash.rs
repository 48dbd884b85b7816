//! The hash of a location, and the tables in which records are found by it.
//!
//! A table is a record of 32 blocks with 64 buckets of 7 items each; where a bucket is full, the
//! next table has more of it. An item is the hash, whose lowest six bits, which tell the bucket,
//! are flags, and where the record is.

use super::header::{BLOCK, FIRST_RECORD, Kind, set_u32};
use crate::cookie::file::bytes::{place_le, u32_le};

/// Blocks of a table.
pub(super) const TABLE_BLOCKS: usize = 32;

const BUCKETS: usize = 64;
const ITEMS_OF_BUCKET: usize = 7;
const FLAGS: u32 = 63;

/// Where a table says where the next one is, which of them it is, and where its items begin.
pub(super) const NEXT: usize = 8;
pub(super) const NUMBER: usize = 12;
const ITEMS: usize = 16;

/// The flags of an item whose record was deleted, and of one that was never used.
const DELETED: u32 = 1;
const UNUSED: u32 = 3;

/// An item of a table.
#[derive(Clone, Copy)]
pub(super) struct Item {
    /// Where it is in the file.
    pub(super) place: usize,
    key: u32,
    bucket: u32,
    /// Where its record is.
    pub(super) record: usize,
}

impl Item {
    fn at(file: &[u8], place: usize, bucket: usize) -> Option<Self> {
        let (key, record) = (u32_le(file, place)?, place_le(file, place + 4)?);
        Some(Self { place, key, bucket: u32::try_from(bucket).ok()?, record })
    }

    pub(super) fn is_free(&self) -> bool {
        [DELETED, UNUSED].contains(&self.key)
    }

    /// Whether it was never written, which is said of tables of other programs.
    pub(super) fn is_unwritten(&self) -> bool {
        [0x0bad_f00d, 0xdead_beef].contains(&self.key)
    }

    /// Whether it is one of a record of a URL. That of a redirection has 5.
    pub(super) fn is_of_url(&self) -> bool {
        self.key & 1 == 0
    }

    pub(super) fn has_hash(&self, hash: u32) -> bool {
        self.key & !FLAGS == hash & !FLAGS && self.bucket == hash & FLAGS
    }
}

/// The items of a table that starts at an offset, bucket by bucket. None if the file is shorter.
pub(super) fn items(file: &[u8], table: usize) -> impl Iterator<Item = Option<Item>> {
    (0..BUCKETS * ITEMS_OF_BUCKET)
        .map(move |number| Item::at(file, table + ITEMS + 8 * number, number / ITEMS_OF_BUCKET))
}

/// The items of the bucket of a hash, in all tables.
pub(super) fn bucket(file: &[u8], tables: &[usize], hash: u32) -> impl Iterator<Item = Item> {
    let bucket = (hash & FLAGS) as usize;
    let first = ITEMS + 8 * ITEMS_OF_BUCKET * bucket;
    let places =
        tables.iter().flat_map(move |table| (0..ITEMS_OF_BUCKET).map(move |number| table + first + 8 * number));
    places.filter_map(move |place| Item::at(file, place, bucket))
}

/// Lets an item say where the record of a hash is.
pub(super) fn set_item(file: &mut [u8], place: usize, hash: u32, record: usize) {
    set_u32(file, place, hash & !FLAGS);
    set_u32(file, place + 4, u32::try_from(record).unwrap_or(u32::MAX));
}

/// Lets an item say that its record was deleted. Its bucket goes on behind it.
pub(super) fn free_item(file: &mut [u8], place: usize) {
    set_u32(file, place, DELETED);
}

/// Writes a table without records, which is the one of this number, to a place.
pub(super) fn write_table(file: &mut [u8], table: usize, number: usize) {
    let record = &mut file[table..table + TABLE_BLOCKS * BLOCK];
    record.fill(0);
    record[..4].copy_from_slice(b"HASH");
    set_u32(record, 4, TABLE_BLOCKS as u32);
    set_u32(record, NUMBER, u32::try_from(number).unwrap_or(u32::MAX));
    for item in record[ITEMS..ITEMS + 8 * BUCKETS * ITEMS_OF_BUCKET].chunks_exact_mut(4) {
        item.copy_from_slice(&UNUSED.to_le_bytes());
    }
}

/// The number of the block at an offset, if there is one.
pub(super) fn block_at(offset: usize) -> Option<usize> {
    let behind = offset.checked_sub(FIRST_RECORD)?;
    behind.is_multiple_of(BLOCK).then_some(behind / BLOCK)
}

/// The hash of a location: four of Pearson's, side by side, that start with the first byte and the
/// three after it. Windows leaves a slash at the end out, and Wine does not.
pub(super) fn hash(kind: Kind, location: &[u8]) -> u32 {
    // Windows has the table column by column: the halves of a byte change their places.
    let mixed = |byte: u8| PEARSON[usize::from(byte.rotate_left(4))];
    let (&first, rest) = location.split_first().unwrap_or((&0, b""));
    let rest = match kind {
        Kind::Windows => rest.strip_suffix(b"/").unwrap_or(rest),
        Kind::Wine => rest,
    };
    let start = [0, 1, 2, 3].map(|more| mixed(first.wrapping_add(more)));
    u32::from_le_bytes(rest.iter().fold(start, |key, byte| key.map(|one| mixed(one ^ byte))))
}

/// The table of Pearson, "Fast Hashing of Variable-Length Text Strings" (1990).
#[rustfmt::skip]
const PEARSON: [u8; 256] = [
    1, 87, 49, 12, 176, 178, 102, 166, 121, 193, 6, 84, 249, 230, 44, 163,
    14, 197, 213, 181, 161, 85, 218, 80, 64, 239, 24, 226, 236, 142, 38, 200,
    110, 177, 104, 103, 141, 253, 255, 50, 77, 101, 81, 18, 45, 96, 31, 222,
    25, 107, 190, 70, 86, 237, 240, 34, 72, 242, 20, 214, 244, 227, 149, 235,
    97, 234, 57, 22, 60, 250, 82, 175, 208, 5, 127, 199, 111, 62, 135, 248,
    174, 169, 211, 58, 66, 154, 106, 195, 245, 171, 17, 187, 182, 179, 0, 243,
    132, 56, 148, 75, 128, 133, 158, 100, 130, 126, 91, 13, 153, 246, 216, 219,
    119, 68, 223, 78, 83, 88, 201, 99, 122, 11, 92, 32, 136, 114, 52, 10,
    138, 30, 48, 183, 156, 35, 61, 26, 143, 74, 251, 94, 129, 162, 63, 152,
    170, 7, 115, 167, 241, 206, 3, 150, 55, 59, 151, 220, 90, 53, 23, 131,
    125, 173, 15, 238, 79, 95, 89, 16, 105, 137, 225, 224, 217, 160, 37, 123,
    118, 73, 2, 157, 46, 116, 9, 145, 134, 228, 207, 212, 202, 215, 69, 229,
    27, 188, 67, 124, 168, 252, 42, 4, 29, 108, 21, 247, 19, 205, 39, 203,
    233, 40, 186, 147, 198, 192, 155, 33, 164, 191, 98, 204, 165, 180, 117, 76,
    140, 36, 210, 172, 41, 54, 159, 8, 185, 232, 113, 196, 231, 47, 146, 120,
    51, 65, 28, 144, 254, 221, 93, 189, 194, 139, 112, 43, 71, 109, 184, 209,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_every_byte_once() {
        let mut sorted = PEARSON;
        sorted.sort_unstable();
        assert!(sorted.into_iter().eq(0..=255));
    }

    #[test]
    fn only_windows_leaves_a_slash_at_the_end_out() {
        let location = b"Cookie:joe@example.com/";
        assert_eq!(hash(Kind::Windows, location), hash(Kind::Wine, &location[..location.len() - 1]));
        assert_ne!(hash(Kind::Windows, location), hash(Kind::Wine, location));
        assert_eq!(hash(Kind::Windows, b"a/b"), hash(Kind::Wine, b"a/b"));
    }
}
