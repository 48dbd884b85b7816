//! The readers that data is sent through.

use std::io::{self, Read};
use std::sync::Arc;

use super::{Data, Report};

/// Gives so many bytes; fewer are an error, because the length has been announced.
pub(super) struct Exactly {
    reader: Box<dyn Read + Send>,
    left: u64,
}

impl Exactly {
    /// The reader itself where no length was announced.
    pub(super) fn of(reader: Box<dyn Read + Send>, length: Option<u64>) -> Box<dyn Read + Send> {
        match length {
            Some(left) => Box::new(Self { reader, left }),
            None => reader,
        }
    }
}

impl Read for Exactly {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        if wanted == 0 {
            return Ok(0);
        }
        let got = self.reader.read(&mut buffer[..wanted])?;
        if got == 0 {
            let reason = format!("it ended {} bytes before its announced length", self.left);
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, reason));
        }
        self.left -= got as u64;
        Ok(got)
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
