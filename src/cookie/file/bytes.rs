//! Numbers and strings in a binary file, which may end anywhere.

/// The `N` bytes at an offset, unless the file has ended.
pub(super) fn at<const N: usize>(bytes: &[u8], offset: usize) -> Option<[u8; N]> {
    bytes.get(offset..)?.first_chunk().copied()
}

pub(super) fn u32_le(bytes: &[u8], offset: usize) -> Option<u32> {
    at(bytes, offset).map(u32::from_le_bytes)
}

pub(super) fn u32_be(bytes: &[u8], offset: usize) -> Option<u32> {
    at(bytes, offset).map(u32::from_be_bytes)
}

/// A number that says where something lies, or how long it is.
pub(super) fn place_le(bytes: &[u8], offset: usize) -> Option<usize> {
    usize::try_from(u32_le(bytes, offset)?).ok()
}

pub(super) fn place_be(bytes: &[u8], offset: usize) -> Option<usize> {
    usize::try_from(u32_be(bytes, offset)?).ok()
}

/// The string at an offset, without the NUL that must end it.
pub(super) fn string(bytes: &[u8], offset: usize) -> Option<&[u8]> {
    let rest = bytes.get(offset..)?;
    rest.get(..rest.iter().position(|&byte| byte == 0)?)
}
