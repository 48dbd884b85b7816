//! The header of an `index.dat`: which program's it is, how long the file is, and the numbers that
//! are kept up to date.

use crate::cookie::file::bytes::{at, u32_le};

/// Records begin at multiples of this behind the header, and are as long as some.
pub(super) const BLOCK: usize = 128;

/// Behind the header and the bitmap of the blocks in use.
pub(super) const FIRST_RECORD: usize = 0x4000;

/// Blocks by which a file grows: 16 KiB.
pub(super) const STEP: usize = 0x4000 / BLOCK;

/// Where the bitmap is, which has a bit for each block up to the first record.
pub(super) const BITMAP: usize = 0x250;

/// Blocks that the bitmap has room for.
pub(super) const MOST_BLOCKS: usize = (FIRST_RECORD - BITMAP) * 8;

// Where the numbers are, of four bytes each unless it says otherwise.
pub(super) const FILE_SIZE: usize = 28;
pub(super) const FIRST_TABLE: usize = 32;
pub(super) const BLOCKS: usize = 36;
pub(super) const BLOCKS_IN_USE: usize = 40;
/// Bytes that the text files may have together; eight.
const CACHE_LIMIT: usize = 48;
/// Bytes that they have; eight.
const CACHE_SIZE: usize = 56;
/// Counted up with every change, so that other programs that have read the cookies notice.
const COOKIE_CHANGES: usize = 468;

/// What Windows 2000 sets for the text files together, 128 MiB less some KiB: nobody needs as much.
const USUAL_CACHE_LIMIT: u64 = 0x07ff_5400;

/// Whose file it is. The two differ in nothing but their first bytes and in how they hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cookie) enum Kind {
    /// Of Internet Explorer 5 to 9.
    Windows,
    /// Of Wine since 1.5.
    Wine,
}

impl Kind {
    const ALL: [Self; 2] = [Self::Windows, Self::Wine];

    const fn signature(self) -> &'static [u8; 28] {
        match self {
            Self::Windows => b"Client UrlCache MMF Ver 5.2\0",
            Self::Wine => b"WINE URLCache Ver 0.2012001\0",
        }
    }

    /// The kind of a file, if it is one that can be written.
    pub(super) fn of(file: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| file.starts_with(kind.signature()))
    }
}

/// An empty file, without a hash table.
pub(super) fn new_file(kind: Kind) -> Vec<u8> {
    let mut file = vec![0; FIRST_RECORD + STEP * BLOCK];
    file[..28].copy_from_slice(kind.signature());
    set_number(&mut file, FILE_SIZE, FIRST_RECORD + STEP * BLOCK);
    set_number(&mut file, BLOCKS, STEP);
    file[CACHE_LIMIT..CACHE_LIMIT + 8].copy_from_slice(&USUAL_CACHE_LIMIT.to_le_bytes());
    file
}

/// Adds a step of free blocks; false if the bitmap has no room for them.
pub(super) fn grow(file: &mut Vec<u8>, blocks: usize) -> bool {
    if blocks + STEP > MOST_BLOCKS {
        return false;
    }
    file.resize(file.len() + STEP * BLOCK, 0);
    set_number(file, FILE_SIZE, FIRST_RECORD + (blocks + STEP) * BLOCK);
    set_number(file, BLOCKS, blocks + STEP);
    true
}

/// Notes a change by which the text files have gained or lost bytes.
pub(super) fn note_change(file: &mut [u8], gained: u64, lost: u64) {
    let size = at(file, CACHE_SIZE).map_or(0, u64::from_le_bytes).saturating_add(gained).saturating_sub(lost);
    file[CACHE_SIZE..CACHE_SIZE + 8].copy_from_slice(&size.to_le_bytes());
    let changes = u32_le(file, COOKIE_CHANGES).unwrap_or_default().wrapping_add(1);
    set_u32(file, COOKIE_CHANGES, changes);
}

/// Sets a number that is within a file, which is shorter than 4 GiB.
pub(super) fn set_number(file: &mut [u8], offset: usize, number: usize) {
    set_u32(file, offset, u32::try_from(number).unwrap_or(u32::MAX));
}

pub(super) fn set_u32(bytes: &mut [u8], offset: usize, number: u32) {
    bytes[offset..offset + 4].copy_from_slice(&number.to_le_bytes());
}
