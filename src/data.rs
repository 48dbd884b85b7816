//! [`Data`]: what a request carries to the server.

use std::fmt;
use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;

/// The data of a request (urllib2's `data` argument): bytes, a form, a file or a reader.
///
/// Bytes, forms and files can be sent a second time ([`Data::can_replay`]), which a redirect with 307 or a login
/// needs; a reader is gone once it was read. Without a `Content-Type` of one's own, data is said to be a form.
///
/// ```
/// use clientcookie::{Data, IntoData};
///
/// let form = Data::form([("user", "me"), ("pass", "a&b")]);
/// assert_eq!((form.len(), form.can_replay()), (Some(18), true));
///
/// let stream = Data::reader(std::io::repeat(b'x'));
/// assert_eq!((stream.len(), stream.can_replay()), (None, false));
/// assert!("text".into_data().is_some() && ().into_data().is_none());
/// ```
pub struct Data(Source);

enum Source {
    Bytes(Bytes),
    File {
        path: PathBuf,
        length: u64,
    },
    Reader {
        /// `None` once it was taken. The mutex is never locked; it makes the reader `Sync`.
        reader: Mutex<Option<Box<dyn Read + Send>>>,
        length: Option<u64>,
    },
}

impl Data {
    /// Pairs of names and values as an HTML form sends them (the original's `urlencode`).
    #[doc(alias = "urlencode")]
    pub fn form<N: AsRef<str>, V: AsRef<str>>(pairs: impl IntoIterator<Item = (N, V)>) -> Data {
        Data::from(url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish())
    }

    /// A file, read when the request is sent and again when it is sent again. Its length now is the length that is
    /// announced. What is no regular file, a pipe or a device, is a [`Data::reader`]: sent once, its length unknown.
    ///
    /// # Errors
    /// When the file cannot be opened, or is a directory.
    pub fn file(path: impl AsRef<Path>) -> io::Result<Data> {
        let file = File::open(&path)?;
        let metadata = file.metadata()?;
        if metadata.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        if !metadata.is_file() {
            return Ok(Data::reader(file));
        }
        Ok(Data(Source::File { path: path.as_ref().to_owned(), length: metadata.len() }))
    }

    /// A reader of unknown length: sent with `Transfer-Encoding: chunked`.
    pub fn reader(reader: impl Read + Send + 'static) -> Data {
        Data(Source::Reader { reader: Mutex::new(Some(Box::new(reader))), length: None })
    }

    /// A reader of a known length in bytes. One that ends sooner makes the request fail; more is not read.
    pub fn sized_reader(reader: impl Read + Send + 'static, length: u64) -> Data {
        Data(Source::Reader { reader: Mutex::new(Some(Box::new(reader))), length: Some(length) })
    }

    /// The length in bytes, where it is known.
    pub fn len(&self) -> Option<u64> {
        match &self.0 {
            Source::Bytes(bytes) => Some(bytes.len() as u64),
            Source::File { length, .. } => Some(*length),
            Source::Reader { length, .. } => *length,
        }
    }

    /// Whether it is known to be empty.
    pub fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }

    /// Whether it can be sent a second time.
    pub fn can_replay(&self) -> bool {
        !matches!(self.0, Source::Reader { .. })
    }

    /// The same data again, if it can be sent a second time.
    pub fn try_clone(&self) -> Option<Data> {
        match &self.0 {
            Source::Bytes(bytes) => Some(Data(Source::Bytes(bytes.clone()))),
            Source::File { path, length } => Some(Data(Source::File { path: path.clone(), length: *length })),
            Source::Reader { .. } => None,
        }
    }

    /// The bytes to send, from the start; for transports. Of data with a length exactly that many are given, or an
    /// error.
    ///
    /// # Errors
    /// When the file cannot be opened, or the reader was read before.
    pub fn open(&mut self) -> io::Result<Box<dyn Read + Send>> {
        let length = self.len();
        let reader: Box<dyn Read + Send> = match &mut self.0 {
            Source::Bytes(bytes) => return Ok(Box::new(Cursor::new(bytes.clone()))),
            Source::File { path, .. } => Box::new(File::open(path)?),
            Source::Reader { reader, .. } => {
                let reader = reader.get_mut().unwrap_or_else(PoisonError::into_inner).take();
                reader.ok_or_else(|| io::Error::other("the reader was sent once and cannot be read again"))?
            }
        };
        Ok(match length {
            Some(length) => Box::new(Exactly { reader, left: length }),
            None => reader,
        })
    }
}

/// Gives so many bytes; fewer are an error, because the length has been announced.
struct Exactly {
    reader: Box<dyn Read + Send>,
    left: u64,
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

impl From<Bytes> for Data {
    fn from(bytes: Bytes) -> Data {
        Data(Source::Bytes(bytes))
    }
}

impl From<Vec<u8>> for Data {
    fn from(bytes: Vec<u8>) -> Data {
        Data(Source::Bytes(bytes.into()))
    }
}

impl From<String> for Data {
    fn from(text: String) -> Data {
        Data::from(text.into_bytes())
    }
}

impl From<&str> for Data {
    fn from(text: &str) -> Data {
        Data::from(text.to_owned())
    }
}

impl From<&[u8]> for Data {
    fn from(bytes: &[u8]) -> Data {
        Data::from(bytes.to_vec())
    }
}

/// Anything that may be a request's data; `()` and `None` are no data.
pub trait IntoData {
    /// The data, if there is any.
    fn into_data(self) -> Option<Data>;
}

impl<T: Into<Data>> IntoData for T {
    fn into_data(self) -> Option<Data> {
        Some(self.into())
    }
}

impl IntoData for () {
    fn into_data(self) -> Option<Data> {
        None
    }
}

impl<T: IntoData> IntoData for Option<T> {
    fn into_data(self) -> Option<Data> {
        self.and_then(IntoData::into_data)
    }
}

/// Shows the length, not the bytes: they may hold a password.
impl fmt::Debug for Data {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.len() {
            Some(length) => write!(f, "Data({length} bytes)"),
            None => f.write_str("Data(of unknown length)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn what_is_no_regular_file_is_read_until_it_ends() -> io::Result<()> {
        let device = Data::file("/dev/null")?;
        assert_eq!((device.len(), device.can_replay()), (None, false));
        assert_eq!(Data::file("/").map(|_| ()).map_err(|error| error.kind()), Err(io::ErrorKind::IsADirectory));
        Ok(())
    }

    #[test]
    fn a_reader_gives_exactly_what_was_announced() -> io::Result<()> {
        let mut sent = Vec::new();
        Data::sized_reader(io::repeat(b'x'), 5).open()?.read_to_end(&mut sent)?;
        assert_eq!(sent, b"xxxxx", "more is not read");

        let mut short = Data::sized_reader(&b"abc"[..], 5);
        let error = short.open()?.read_to_end(&mut Vec::new()).expect_err("it is too short");
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
        assert!(short.open().is_err(), "and it is gone");
        Ok(())
    }
}
