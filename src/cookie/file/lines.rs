//! A file as numbered lines.

use super::FormatError;
use crate::cookie::bytes::{any, split};

/// The lines with their numbers, without their ends (`\n` or `\r\n`) and without a byte order mark.
pub(super) fn lines(bytes: &[u8], limit: usize) -> impl Iterator<Item = Result<(usize, &[u8]), FormatError>> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    split(bytes, b'\n').enumerate().map(move |(index, line)| {
        if line.len() > limit {
            let reason = format!("the line has {} bytes; {limit} are allowed", line.len());
            return Err(FormatError::new(reason).at_line(index + 1));
        }
        Ok((index + 1, line.strip_suffix(b"\r").unwrap_or(line)))
    })
}

/// Whether there is a byte that would end a line or a header somewhere, or be dropped on the way. A TAB is for the format to judge.
pub(super) fn has_control(text: &[u8]) -> bool {
    any(text, |byte| byte.is_ascii_control() && byte != b'\t')
}
