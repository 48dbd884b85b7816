//! [`Body`]: the bytes of a response, from wherever they come.

use std::fmt;
use std::io::{self, BufRead, Cursor, Read};
use std::sync::{Mutex, PoisonError};

/// How many bytes are fetched at once for [`BufRead`]: 64 KiB, past which larger steps gain nothing.
const BUFFER: usize = 64 * 1024;

/// The bytes of a [`Response`](crate::Response): a stream that is read once.
///
/// `read` hands its buffer straight to the source; only `BufRead` copies through a buffer of its own.
///
/// ```
/// use std::io::Read;
/// use clientcookie::Body;
///
/// let mut body = Body::from_reader("and the rest".as_bytes());
/// body.prepend(b"the start ");
/// let mut text = String::new();
/// body.read_to_string(&mut text)?;
/// assert_eq!(text, "the start and the rest");
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Body {
    /// A mutex that is never locked: `get_mut` alone is used. It makes a body `Sync` whatever its reader is, which
    /// an error that holds a response must be to pass through `?` into `Box<dyn Error + Send + Sync>`.
    source: Mutex<Box<dyn Read + Send>>,
    /// Bytes that were fetched or put back, and not yet handed out: `buffer[start..]`.
    buffer: Vec<u8>,
    start: usize,
}

impl Body {
    /// No bytes.
    pub fn empty() -> Body {
        Body::from_reader(io::empty())
    }

    /// What the reader gives until it ends. An error of the reader is the error of whoever reads the body.
    pub fn from_reader(reader: impl Read + Send + 'static) -> Body {
        Body { source: Mutex::new(Box::new(reader)), buffer: Vec::new(), start: 0 }
    }

    /// Puts bytes in front of what is still to be read.
    pub fn prepend(&mut self, bytes: &[u8]) {
        self.buffer.splice(..self.start, bytes.iter().copied());
        self.start = 0;
    }

    fn source(&mut self) -> &mut dyn Read {
        self.source.get_mut().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Read for Body {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.start == self.buffer.len() {
            return self.source().read(out);
        }
        let amount = (&self.buffer[self.start..]).read(out)?;
        self.start += amount;
        Ok(amount)
    }
}

impl BufRead for Body {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.start == self.buffer.len() {
            let mut buffer = std::mem::take(&mut self.buffer);
            buffer.resize(BUFFER, 0);
            let read = self.source().read(&mut buffer);
            buffer.truncate(*read.as_ref().unwrap_or(&0));
            self.buffer = buffer;
            self.start = 0;
            read?;
        }
        Ok(&self.buffer[self.start..])
    }

    fn consume(&mut self, amount: usize) {
        self.start = (self.start + amount).min(self.buffer.len());
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Body {
        Body::from_reader(Cursor::new(bytes))
    }
}

impl From<String> for Body {
    fn from(text: String) -> Body {
        Body::from(text.into_bytes())
    }
}

impl From<&'static str> for Body {
    fn from(text: &'static str) -> Body {
        Body::from_reader(text.as_bytes())
    }
}

impl From<&'static [u8]> for Body {
    fn from(bytes: &'static [u8]) -> Body {
        Body::from_reader(bytes)
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body").field("buffered", &(self.buffer.len() - self.start)).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_by_line_and_by_bytes_mixes() -> io::Result<()> {
        let mut body = Body::from("one\ntwo\nthree");
        let mut line = String::new();
        body.read_line(&mut line)?;
        assert_eq!(line, "one\n");
        body.prepend(b"again\n");
        let mut rest = Vec::new();
        body.read_to_end(&mut rest)?;
        assert_eq!(rest, b"again\ntwo\nthree");
        assert!(body.fill_buf()?.is_empty());
        Ok(())
    }

    #[test]
    fn an_error_of_the_source_is_the_readers() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::ErrorKind::TimedOut.into())
            }
        }
        let mut body = Body::from_reader(Broken);
        assert!(body.fill_buf().is_err());
        assert!(body.read(&mut [0; 8]).is_err(), "the failed fill left nothing behind that could be read");
    }
}
