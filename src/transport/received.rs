//! A body of which everything that came is here already.

use std::io::{self, Read};

use crate::body::Body;
use crate::error::{Error, ErrorKind};
use crate::transport::head::Framing;

/// The body with this framing that these bytes are; of one that is not all here, what there is and then an error.
/// `closed` says that the connection was closed in order behind them.
pub(crate) fn body(mut bytes: Vec<u8>, framing: Framing, closed: bool) -> Body {
    let (whole, expected) = match framing {
        Framing::None => return Body::empty(),
        Framing::Length(length) => (bytes.len() as u64 >= length, Some(length)),
        Framing::UntilClose => (closed, None),
        Framing::Chunked => {
            let (data, whole) = without_chunks(&bytes);
            bytes = data;
            (whole, None)
        }
    };
    let got = bytes.len() as u64;
    match (whole, expected) {
        (true, Some(length)) => {
            bytes.truncate(usize::try_from(length).unwrap_or(bytes.len()));
            Body::from(bytes)
        }
        (true, None) => Body::from(bytes),
        (false, expected) => Body::from_reader(io::Cursor::new(bytes).chain(Cut { got, expected })),
    }
}

/// The data of chunks (RFC 9112 section 7.1) as far as they came, and whether the last one did.
fn without_chunks(mut bytes: &[u8]) -> (Vec<u8>, bool) {
    let mut data = Vec::new();
    while let Some((size, rest)) = chunk_size(bytes) {
        if size == 0 {
            return (data, true);
        }
        let (chunk, rest) = rest.split_at(size.min(rest.len()));
        data.extend_from_slice(chunk);
        let Some(rest) = rest.strip_prefix(b"\r\n").filter(|_| chunk.len() == size) else {
            break;
        };
        bytes = rest;
    }
    (data, false)
}

/// The size of the chunk that starts here, and what is behind the line that says it.
fn chunk_size(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let end = bytes.windows(2).position(|pair| pair == b"\r\n")?;
    let digits = bytes[..end].split(|&byte| byte == b';').next()?.trim_ascii_end();
    let digits = std::str::from_utf8(digits).ok().filter(|_| digits.iter().all(u8::is_ascii_hexdigit))?;
    Some((usize::from_str_radix(digits, 16).ok()?, &bytes[end + 2..]))
}

/// The end of a body that is shorter than it should be.
struct Cut {
    got: u64,
    expected: Option<u64>,
}

impl Read for Cut {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        let kind = ErrorKind::IncompleteRead { got: self.got, expected: self.expected };
        Err(Error::from(kind).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_taken_apart_as_far_as_they_came() {
        for (given, expected) in [
            ("0\r\n\r\n", "\"\" whole"),
            ("3\r\nabc\r\n0\r\n\r\n", "\"abc\" whole"),
            ("3;x=y\r\nabc\r\nA \r\n0123456789\r\n0\r\nTrailer: 1\r\n\r\n", "\"abc0123456789\" whole"),
            ("", "\"\" cut"),
            ("3", "\"\" cut"),
            ("3\r\nab", "\"ab\" cut"),
            ("3\r\nabc", "\"abc\" cut"),
            ("3\r\nabc\r\n", "\"abc\" cut"),
            ("3\r\nabcde\r\n0\r\n\r\n", "\"abc\" cut"),
            ("-3\r\nabc\r\n0\r\n\r\n", "\"\" cut"),
            ("+3\r\nabc\r\n0\r\n\r\n", "\"\" cut"),
            ("ffffffffffffffff\r\nabc", "\"abc\" cut"),
            ("fffffffffffffffff\r\nabc", "\"\" cut"),
            ("\r\n", "\"\" cut"),
        ] {
            let mut data = Vec::new();
            let read = body(given.as_bytes().to_vec(), Framing::Chunked, true).read_to_end(&mut data);
            let end = if read.is_ok() { "whole" } else { "cut" };
            assert_eq!(format!("{:?} {end}", String::from_utf8_lossy(&data)), expected, "{given:?}");
        }
    }
}
