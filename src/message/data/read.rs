//! The readers that data is sent through.

use std::io::{self, Read};
use std::sync::Arc;

use super::{Data, Report};
use crate::message::body::parts::Exactly;

/// The reader, held to the length that was announced, if one was.
pub(super) fn exactly(reader: Box<dyn Read + Send>, length: Option<u64>) -> Box<dyn Read + Send> {
    let missing = |got, expected| {
        let reason = format!("it ended {} bytes before its announced length", expected - got);
        io::Error::new(io::ErrorKind::UnexpectedEof, reason)
    };
    match length {
        Some(expected) => Box::new(Exactly { reader, got: 0, expected, missing }),
        None => reader,
    }
}

/// One piece behind the other. Each is opened when its turn comes, so that a thousand files are
/// never open at once.
pub(super) struct InTurn {
    waiting: std::vec::IntoIter<Data>,
    reader: Box<dyn Read + Send>,
}

impl InTurn {
    pub(super) fn new(pieces: Vec<Data>) -> Self {
        Self { waiting: pieces.into_iter(), reader: Box::new(io::empty()) }
    }
}

impl Read for InTurn {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let got = self.reader.read(buffer)?;
            if got > 0 || buffer.is_empty() {
                return Ok(got);
            }
            match self.waiting.next() {
                Some(mut next) => self.reader = next.open()?,
                None => return Ok(0),
            }
        }
    }
}

/// Tells how far it has got.
pub(super) struct Told {
    reader: Box<dyn Read + Send>,
    sent: u64,
    total: Option<u64>,
    report: Arc<Report>,
}

impl Told {
    pub(super) fn new(reader: Box<dyn Read + Send>, total: Option<u64>, report: Arc<Report>) -> Self {
        report(0, total);
        Self { reader, sent: 0, total, report }
    }
}

impl Read for Told {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let got = self.reader.read(buffer)?;
        if got > 0 {
            self.sent += got as u64;
            (self.report)(self.sent, self.total);
        }
        Ok(got)
    }
}
