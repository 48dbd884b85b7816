//! [`Data`]: what a request carries to the server.

mod into;
mod multipart;
mod read;

use std::fmt;
use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::HeaderValue;

pub use into::IntoData;
pub use multipart::Multipart;

use read::{InTurn, Told, exactly};

/// The data of a request (urllib2's `data` argument): bytes, a form, a form with files, a file or a
/// reader.
///
/// Bytes, forms and files can be sent a second time ([`Data::can_replay`]), which a redirect with
/// 307, a login or a connection that has gone stale needs; a reader is gone once it was read. Data
/// may say what it is ([`Data::with_content_type`], [`Data::multipart`]); if neither it nor a
/// header does, it is said to be a form, as in urllib2.
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
pub struct Data {
    source: Source,
    content_type: Option<HeaderValue>,
    report: Option<Arc<Report>>,
}

enum Source {
    Bytes(Bytes),
    Factory {
        open: Arc<Factory>,
        length: Option<u64>,
    },
    Reader {
        /// `None` once it was taken. The mutex is never locked; it makes the reader `Sync`.
        reader: Mutex<Option<Box<dyn Read + Send>>>,
        length: Option<u64>,
    },
    /// One behind the other.
    Pieces(Vec<Data>),
}

type Factory = dyn Fn() -> io::Result<Box<dyn Read + Send>> + Send + Sync;
type Report = dyn Fn(u64, Option<u64>) + Send + Sync;

impl Data {
    /// Pairs of names and values as an HTML form sends them (the original's `urlencode`).
    #[doc(alias = "urlencode")]
    pub fn form<N: AsRef<str>, V: AsRef<str>>(pairs: impl IntoIterator<Item = (N, V)>) -> Self {
        Self::from(url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish())
            .with_content_type(HeaderValue::from_static("application/x-www-form-urlencoded"))
    }

    /// A form with files, to which fields are added: see [`Multipart`].
    #[doc(alias = "MultipartPostHandler")]
    pub fn multipart() -> Multipart {
        Multipart::new()
    }

    /// A value as JSON (feature `json`): what `serde` can write, or a `serde_json::Value`. It says
    /// that it is `application/json`.
    ///
    /// ```
    /// use clientcookie::Data;
    ///
    /// let data = Data::json(&["a", "b"])?;
    /// assert_eq!(data.len(), Some(9));
    /// assert_eq!(data.content_type().unwrap(), "application/json");
    /// # Ok::<(), clientcookie::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::RequestData`](crate::message::error::ErrorKind::RequestData) when the value
    /// refuses to be written, or is a map whose keys are no strings.
    #[cfg(feature = "json")]
    pub fn json(value: &(impl serde_core::Serialize + ?Sized)) -> crate::message::error::Result<Self> {
        let text = serde_json::to_vec(value);
        let text = text.map_err(|error| crate::message::error::ErrorKind::RequestData { source: error.into() })?;
        Ok(Self::from(text).with_content_type(HeaderValue::from_static("application/json")))
    }

    /// A file, read when the request is sent and again when it is sent again. Its length now is the
    /// length that is announced. What is no regular file, a pipe or a device, is a
    /// [`Data::reader`]: sent once, its length unknown.
    ///
    /// # Errors
    /// When the file cannot be opened, or is a directory.
    pub fn file(path: impl AsRef<Path>) -> io::Result<Self> {
        let file = File::open(&path)?;
        let metadata = file.metadata()?;
        if metadata.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        if !metadata.is_file() {
            return Ok(Self::reader(file));
        }
        let path = path.as_ref().to_owned();
        Ok(Self::from_fn(metadata.len(), move || File::open(&path)))
    }

    /// What this function opens, each time that the data is sent: a large upload that can be sent
    /// again. Its length in bytes, or `None` where that is not known. A reader that ends before
    /// its length makes the request fail; more is not read.
    ///
    /// ```
    /// use clientcookie::Data;
    /// use std::io::Read;
    ///
    /// // A gigabyte that is never in memory.
    /// let data = Data::from_fn(1 << 30, || Ok(std::io::repeat(b'x').take(1 << 30)));
    /// assert_eq!((data.len(), data.can_replay()), (Some(1 << 30), true));
    /// ```
    pub fn from_fn<R: Read + Send + 'static>(
        length: impl Into<Option<u64>>,
        open: impl Fn() -> io::Result<R> + Send + Sync + 'static,
    ) -> Self {
        let open = Arc::new(move || Ok(Box::new(open()?) as Box<dyn Read + Send>));
        Source::Factory { open, length: length.into() }.into()
    }

    /// A reader of unknown length: sent with `Transfer-Encoding: chunked`.
    pub fn reader(reader: impl Read + Send + 'static) -> Self {
        Source::Reader { reader: Mutex::new(Some(Box::new(reader))), length: None }.into()
    }

    /// A reader of a known length in bytes. One that ends sooner makes the request fail; more is
    /// not read.
    pub fn sized_reader(reader: impl Read + Send + 'static, length: u64) -> Self {
        Source::Reader { reader: Mutex::new(Some(Box::new(reader))), length: Some(length) }.into()
    }

    /// One behind the other, as one.
    fn pieces(pieces: Vec<Self>) -> Self {
        Source::Pieces(pieces).into()
    }

    /// The same data, which says what it is. A `Content-Type` header of the request goes before it.
    ///
    /// A type of your own becomes data with its `Content-Type` by [`From`]:
    ///
    /// ```
    /// use clientcookie::{Data, Request};
    /// use http::HeaderValue;
    ///
    /// struct Feed(String);
    ///
    /// impl From<Feed> for Data {
    ///     fn from(feed: Feed) -> Data {
    ///         let atom = HeaderValue::from_static("application/atom+xml");
    ///         Data::from(feed.0).with_content_type(atom)
    ///     }
    /// }
    ///
    /// let request = Request::post("http://example.com/feed", Feed("<feed/>".to_owned())).build()?;
    /// assert_eq!(request.data().unwrap().content_type().unwrap(), "application/atom+xml");
    /// # Ok::<(), clientcookie::Error>(())
    /// ```
    #[must_use]
    pub fn with_content_type(self, content_type: HeaderValue) -> Self {
        Self { content_type: Some(content_type), ..self }
    }

    /// What it says it is, if it does.
    pub fn content_type(&self) -> Option<&HeaderValue> {
        self.content_type.as_ref()
    }

    /// The same data, which tells how far it has got (the `reporthook` of `urlretrieve`, the other
    /// way round): how many bytes were handed to the connection, and how many there are, where
    /// that is known. It is told so with 0 when a sending begins, so also when it begins again,
    /// and after each piece; what it does delays the sending.
    ///
    /// ```
    /// # use clientcookie::transport::ScriptedTransport;
    /// # use clientcookie::{HttpHandler, build_opener};
    /// use std::sync::{Arc, Mutex};
    /// use clientcookie::{Data, Request};
    ///
    /// # let opener = build_opener(HttpHandler::with_transport(ScriptedTransport::new().reply("HTTP/1.1 200 OK\r\n\r\n")));
    /// let told = Arc::new(Mutex::new(Vec::new()));
    /// let log = Arc::clone(&told);
    /// let data = Data::from("twelve bytes");
    /// let data = data.report(move |sent, total| log.lock().unwrap().push((sent, total)));
    /// opener.open(Request::post("http://example.com/", data))?;
    /// assert_eq!(*told.lock().unwrap(), [(0, Some(12)), (12, Some(12))]);
    /// # Ok::<(), clientcookie::Error>(())
    /// ```
    #[must_use]
    pub fn report(self, report: impl Fn(u64, Option<u64>) + Send + Sync + 'static) -> Self {
        Self { report: Some(Arc::new(report)), ..self }
    }

    /// The length in bytes, where it is known.
    pub fn len(&self) -> Option<u64> {
        match &self.source {
            Source::Bytes(bytes) => Some(bytes.len() as u64),
            Source::Factory { length, .. } | Source::Reader { length, .. } => *length,
            Source::Pieces(pieces) => pieces.iter().try_fold(0_u64, |sum, piece| sum.checked_add(piece.len()?)),
        }
    }

    /// Whether it is known to be empty.
    pub fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }

    /// Whether it can be sent a second time.
    pub fn can_replay(&self) -> bool {
        match &self.source {
            Source::Bytes(_) | Source::Factory { .. } => true,
            Source::Reader { .. } => false,
            Source::Pieces(pieces) => pieces.iter().all(Self::can_replay),
        }
    }

    /// The same data again, if it can be sent a second time.
    pub fn try_clone(&self) -> Option<Self> {
        let source = match &self.source {
            Source::Bytes(bytes) => Source::Bytes(bytes.clone()),
            Source::Factory { open, length } => Source::Factory { open: Arc::clone(open), length: *length },
            Source::Reader { .. } => return None,
            Source::Pieces(pieces) => Source::Pieces(pieces.iter().map(Self::try_clone).collect::<Option<_>>()?),
        };
        Some(Self { source, content_type: self.content_type.clone(), report: self.report.clone() })
    }

    /// The bytes to send, from the start; for transports. Of data with a length exactly that many
    /// are given, or an error.
    ///
    /// # Errors
    /// When the file cannot be opened, or the reader was read before.
    pub fn open(&mut self) -> io::Result<Box<dyn Read + Send>> {
        let length = self.len();
        let reader: Box<dyn Read + Send> = match &mut self.source {
            Source::Bytes(bytes) => Box::new(Cursor::new(bytes.clone())),
            Source::Factory { open, .. } => exactly(open()?, length),
            Source::Reader { reader, .. } => exactly(take(reader)?, length),
            Source::Pieces(pieces) => {
                Box::new(InTurn::new(pieces.iter_mut().map(Self::for_one_sending).collect::<io::Result<_>>()?))
            }
        };
        Ok(match &self.report {
            Some(report) => Box::new(Told::new(reader, length, Arc::clone(report))),
            None => reader,
        })
    }

    /// The same data again, or itself where that cannot be: to be opened when its turn comes.
    fn for_one_sending(&mut self) -> io::Result<Self> {
        if let Some(data) = self.try_clone() {
            return Ok(data);
        }
        let source = match &mut self.source {
            Source::Reader { reader, length } => {
                Source::Reader { reader: Mutex::new(Some(take(reader)?)), length: *length }
            }
            Source::Pieces(pieces) => {
                Source::Pieces(pieces.iter_mut().map(Self::for_one_sending).collect::<io::Result<_>>()?)
            }
            // These can be cloned.
            Source::Bytes(_) | Source::Factory { .. } => return Err(io::ErrorKind::Unsupported.into()),
        };
        Ok(Self { source, content_type: None, report: self.report.clone() })
    }
}

fn take(reader: &mut Mutex<Option<Box<dyn Read + Send>>>) -> io::Result<Box<dyn Read + Send>> {
    let reader = reader.get_mut().unwrap_or_else(PoisonError::into_inner).take();
    reader.ok_or_else(|| io::Error::other("the reader was sent once and cannot be read again"))
}

impl From<Source> for Data {
    fn from(source: Source) -> Self {
        Self { source, content_type: None, report: None }
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
