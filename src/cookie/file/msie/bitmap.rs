//! The bitmap of the blocks in use: a bit for each, the lowest of a byte first.

use std::ops::Range;

use super::header::{BITMAP, FIRST_RECORD};

fn bits(file: &[u8]) -> &[u8] {
    &file[BITMAP..FIRST_RECORD]
}

pub(super) fn is_used(file: &[u8], block: usize) -> bool {
    bits(file)[block / 8] & 1 << (block % 8) != 0
}

pub(super) fn set(file: &mut [u8], blocks: Range<usize>, used: bool) {
    for block in blocks {
        let byte = &mut file[BITMAP + block / 8];
        let bit = 1 << (block % 8);
        *byte = if used { *byte | bit } else { *byte & !bit };
    }
}

/// How many blocks are in use, wherever they are.
pub(super) fn count(file: &[u8]) -> usize {
    bits(file).iter().map(|byte| byte.count_ones() as usize).sum()
}

/// The first of so many free blocks in a row, among the first `end`.
pub(super) fn find_free(file: &[u8], needed: usize, end: usize) -> Option<usize> {
    let mut free = 0;
    for block in 0..end {
        free = if is_used(file, block) { 0 } else { free + 1 };
        if free == needed {
            return Some(block + 1 - needed);
        }
    }
    None
}
