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
        // Chunks are taken apart while they are read, which was not done.
        Framing::Chunked => {
            bytes.clear();
            (false, None)
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
