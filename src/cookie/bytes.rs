//! Looking through bytes, many in one step.

/// Whether there is such a byte. It looks at all, for that can be done many at a time.
pub(super) fn any(bytes: &[u8], is_such: impl Fn(u8) -> bool) -> bool {
    bytes.iter().fold(false, |found, byte| found | is_such(*byte))
}

/// The parts between separators, as the slice's own `split` gives them.
pub(super) fn split(bytes: &[u8], separator: u8) -> impl Iterator<Item = &[u8]> {
    let mut start = 0;
    memchr::memchr_iter(separator, bytes).chain([bytes.len()]).map(move |end| {
        let part = &bytes[start..end];
        start = end + 1;
        part
    })
}
