//! [`Chunks`]: a body in chunks (RFC 9112 section 7.1), taken apart strictly.
//!
//! Two programs that disagree on where a chunk ends can be played against each other, so a size is
//! hexadecimal digits and nothing else, and every line ends with CR LF.

use std::io;

use crate::message::error::{Error, Result};
use crate::transport::http1::head::{bad, flood};
use crate::transport::line::Line;

/// How far a body in chunks was read.
#[derive(Debug)]
pub(super) struct Chunks {
    at: At,
    /// How many bytes may come without one of them being data.
    limit: u64,
    /// How many came since the last byte of data.
    overhead: u64,
    /// How many of the bytes ahead hold no end of a line.
    searched: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    /// Before the line with the size of a chunk.
    Size,
    /// So far from the end of a chunk's data.
    Data(u64),
    /// Between the data and the line end behind it.
    DataEnd,
    /// Before a line of the trailers, or the empty one behind them.
    Trailers,
    End,
}

impl Chunks {
    pub(super) fn new(limit: u64) -> Self {
        Self { at: At::Size, limit, overhead: 0, searched: 0 }
    }

    /// Whether the last chunk was read, and all that belongs to it.
    pub(super) fn has_ended(&self) -> bool {
        self.at == At::End
    }

    /// Reads data: at least a byte, or none at the end of the body; `None` where the connection has
    /// ended before it.
    pub(super) fn read(&mut self, line: &mut Line, out: &mut [u8]) -> io::Result<Option<usize>> {
        loop {
            match self.at {
                At::End => return Ok(Some(0)),
                At::Data(left) => {
                    let wanted = usize::try_from(left).unwrap_or(usize::MAX).min(out.len());
                    let amount = line.read(&mut out[..wanted])?;
                    if amount == 0 {
                        return Ok(None);
                    }
                    self.overhead = 0;
                    self.at = match left.saturating_sub(amount as u64) {
                        0 => At::DataEnd,
                        left => At::Data(left),
                    };
                    // The end may be here already, and who knows it does not ask again.
                    while !matches!(self.at, At::Data(_) | At::End) && self.step(line)? {}
                    return Ok(Some(amount));
                }
                _ => {
                    let stepped = self.step(line)?;
                    let unread = if stepped { 0 } else { line.ahead().len() as u64 };
                    if self.overhead.saturating_add(unread) > self.limit {
                        return Err(self.flood().into());
                    }
                    if !stepped && line.fill()? == 0 {
                        // With the last chunk all the data has come, unless it is a trailer that is
                        // cut.
                        let is_whole = self.at == At::Trailers && line.ahead().is_empty();
                        return Ok(is_whole.then_some(0));
                    }
                }
            }
        }
    }

    /// Takes one line from what is ahead, if it is there whole.
    fn step(&mut self, line: &mut Line) -> Result<bool> {
        let ahead = line.ahead();
        let Some(newline) = memchr::memchr(b'\n', &ahead[self.searched..]).map(|at| self.searched + at) else {
            self.searched = ahead.len();
            return match self.at {
                At::DataEnd if !b"\r".starts_with(ahead) => Err(longer_than_said()),
                _ => Ok(false),
            };
        };
        let text = ahead[..newline].strip_suffix(b"\r");
        let text = text.ok_or_else(|| bad("a line between chunks ends with a bare line feed"))?;
        let next = match self.at {
            At::Size => match size(text)? {
                0 => At::Trailers,
                size => At::Data(size),
            },
            At::DataEnd if !text.is_empty() => return Err(longer_than_said()),
            At::DataEnd => At::Size,
            At::Trailers if !text.is_empty() => At::Trailers,
            _ => At::End,
        };
        self.overhead += newline as u64 + 1;
        (self.at, self.searched) = (next, 0);
        line.take(newline + 1);
        Ok(true)
    }

    fn flood(&self) -> Error {
        let what = if self.at == At::Trailers { "trailers" } else { "chunk extensions" };
        flood(format!("too many {what} (limit {} bytes)", self.limit))
    }
}

fn longer_than_said() -> Error {
    bad("a chunk is longer than its size")
}

/// RFC 9112 section 7.1: `1*HEXDIG`, and extensions, which mean nothing here.
fn size(line: &[u8]) -> Result<u64> {
    let (digits, extensions) = line.split_at(line.iter().take_while(|byte| byte.is_ascii_hexdigit()).count());
    let blanks = extensions.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let is_extended = extensions.get(blanks) == Some(&b';') && !extensions.contains(&b'\r');
    let digits = std::str::from_utf8(digits).unwrap_or_default();
    match u64::from_str_radix(digits, 16) {
        Ok(size) if extensions.is_empty() || is_extended => Ok(size),
        _ => Err(bad("the size of a chunk is no hexadecimal number")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_hexadecimal_digits_and_nothing_else() {
        for (line, expected) in [
            ("0", Some(0)),
            ("5", Some(5)),
            ("aF", Some(0xaf)),
            ("0000000000000000005", Some(5)),
            ("ffffffffffffffff", Some(u64::MAX)),
            ("10000000000000000", None),
            ("", None),
            ("+5", None),
            ("-5", None),
            (" 5", None),
            ("5 ", None),
            ("0x5", None),
            ("5g", None),
            ("5,5", None),
            ("5;", Some(5)),
            ("5;a=b", Some(5)),
            ("5 \t; a = \"b c\"", Some(5)),
            ("5;a\rb", None),
            (";a", None),
            ("5 a;b", None),
        ] {
            assert_eq!(size(line.as_bytes()).ok(), expected, "{line:?}");
        }
    }
}
