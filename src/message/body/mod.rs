//! [`Body`]: the bytes of a response, from wherever they come.

pub(crate) mod decode;
pub(crate) mod parts;
mod replay;
mod spool;

use std::fmt;
use std::io::{self, BufRead, Cursor, Read, Seek, SeekFrom};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use self::decode::Decoder;
use self::replay::Cache;
use crate::clock::deadline;
use crate::message::error::Phase;
use crate::observe::Watch;

/// How many bytes are fetched at once for [`BufRead`]: 64 KiB, past which larger steps gain
/// nothing.
const BUFFER: usize = 64 * 1024;

pub(crate) const SEEKABLE_MEMORY_LIMIT: usize = 1 << 20;

pub(crate) const SEEKABLE_TOTAL_LIMIT: u64 = 1 << 30;

/// The bytes of a [`Response`](crate::Response): a stream that is read once, unless it was made to
/// be [`seekable`](Body::into_seekable).
///
/// `read` hands its buffer straight to the source; only `BufRead` copies through a buffer of its
/// own.
///
/// ```
/// use clientcookie::Body;
/// use std::io::Read;
///
/// let mut body = Body::from_reader("and the rest".as_bytes());
/// body.prepend(b"the start ");
/// let mut text = String::new();
/// body.read_to_string(&mut text)?;
/// assert_eq!(text, "the start and the rest");
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Body {
    source: Source,
    /// Bytes that were fetched or put back, and not yet handed out: `buffer[start..end]`.
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    patience: Patience,
    watch: Option<Box<Watch>>,
}

/// How long a reader of a body may be kept waiting.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Patience {
    /// For each read.
    pub(crate) read: Option<Duration>,
    /// For all of them.
    pub(crate) until: Option<Instant>,
}

impl Patience {
    /// One read of whatever lies below, which waits within these limits.
    fn keep<T>(self, read: impl FnOnce() -> T) -> T {
        deadline::until(self.until, Phase::Total, || deadline::within(self.read, Phase::Read, read))
    }
}

/// Where the bytes come from. The mutexes are never locked: `get_mut` alone is used. They make a
/// body `Sync` whatever its reader is, which an error that holds a response must be to pass through
/// `?` into `Box<dyn Error + Send + Sync>`.
enum Source {
    Stream(Mutex<Box<dyn Read + Send>>),
    Decoded {
        decoder: Mutex<Box<Decoder>>,
        /// How long it was said to be before it was decoded.
        wire_length: Option<u64>,
    },
    Kept(Cache),
}

impl Body {
    /// No bytes.
    pub fn empty() -> Self {
        Self::from_reader(io::empty())
    }

    /// What the reader gives until it ends. An error of the reader is the error of whoever reads
    /// the body.
    pub fn from_reader(reader: impl Read + Send + 'static) -> Self {
        Self::from_source(Source::Stream(Mutex::new(Box::new(reader))))
    }

    /// What the decoder makes of another body, which was said to be so long.
    pub(crate) fn decoded(decoder: Decoder, wire_length: Option<u64>) -> Self {
        Self::from_source(Source::Decoded { decoder: Mutex::new(Box::new(decoder)), wire_length })
    }

    fn from_source(source: Source) -> Self {
        Self { source, buffer: Vec::new(), start: 0, end: 0, patience: Patience::default(), watch: None }
    }

    /// Puts bytes in front of what is still to be read. With a body that can be sought this makes a
    /// new one, which starts with these bytes.
    pub fn prepend(&mut self, bytes: &[u8]) {
        if let Source::Kept(cache) = &self.source {
            let (memory_limit, total_limit) = cache.limits();
            let rest = std::mem::replace(self, Self::empty());
            let bytes = Cursor::new(bytes.to_vec());
            *self = Self::from_reader(bytes.chain(rest)).into_kept(memory_limit, total_limit);
            return;
        }
        self.buffer.truncate(self.end);
        self.buffer.splice(..self.start, bytes.iter().copied());
        (self.start, self.end) = (0, self.buffer.len());
    }

    /// Keeps what is read from here on, so that it can be sought and [shared](Body::share) (the
    /// original's `response_seek_wrapper`). [`SeekableProcessor`](crate::SeekableProcessor) does
    /// this to every response, and says what is kept where; the limits are
    /// [`SeekableProcessor::MEMORY_LIMIT`](crate::SeekableProcessor::MEMORY_LIMIT) and
    /// [`SeekableProcessor::TOTAL_LIMIT`](crate::SeekableProcessor::TOTAL_LIMIT).
    ///
    /// ```
    /// use clientcookie::Body;
    /// use std::io::{Read, Seek};
    ///
    /// let mut body = Body::from_reader("once only".as_bytes()).into_seekable();
    /// assert_eq!(std::io::read_to_string(&mut body)?, "once only");
    /// body.rewind()?;
    /// assert_eq!(std::io::read_to_string(&mut body)?, "once only");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias = "response_seek_wrapper")]
    #[must_use]
    pub fn into_seekable(self) -> Self {
        self.into_kept(SEEKABLE_MEMORY_LIMIT, SEEKABLE_TOTAL_LIMIT)
    }

    /// The same with other limits. A body that can be sought already stays as it is.
    pub(crate) fn into_kept(self, memory_limit: usize, total_limit: u64) -> Self {
        match self.is_seekable() {
            true => self,
            false => Self::from_source(Source::Kept(Cache::new(self, memory_limit, total_limit))),
        }
    }

    /// Whether it can be sought and shared.
    pub fn is_seekable(&self) -> bool {
        matches!(self.source, Source::Kept(_))
    }

    /// Another reader of the same body, at its start, with a position of its own; `None` if the
    /// body cannot be sought.
    ///
    /// Both may be read at the same time, by different threads too. What one has fetched the other
    /// reads from what is kept; together they fetch the body once.
    ///
    /// ```
    /// use clientcookie::Body;
    ///
    /// let mut first = Body::from_reader("one body".as_bytes()).into_seekable();
    /// assert_eq!(std::io::read_to_string(&mut first)?, "one body");
    /// let second = first.share().ok_or("a body that cannot be sought")?;
    /// assert_eq!(std::io::read_to_string(second)?, "one body");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn share(&self) -> Option<Self> {
        match &self.source {
            Source::Kept(cache) => Some(Self::from_source(Source::Kept(cache.share()))),
            _ => None,
        }
    }

    /// How long it is on the wire, if it was decoded and its length was known before.
    pub(crate) fn wire_length(&self) -> Option<u64> {
        match &self.source {
            Source::Stream(_) => None,
            Source::Decoded { wire_length, .. } => *wire_length,
            Source::Kept(cache) => cache.wire_length(),
        }
    }

    /// How many bytes of the wire were decoded, if it is decoded at all.
    pub(crate) fn wire_taken(&mut self) -> Option<u64> {
        match &mut self.source {
            Source::Decoded { decoder, .. } => Some(exclusive(decoder).wire_taken()),
            Source::Stream(_) | Source::Kept(_) => None,
        }
    }

    /// Reads and forgets what is left, so that its connection can be used again: no more than so
    /// many bytes, as they come from the wire.
    pub(crate) fn drain(&mut self, limit: u64) -> io::Result<u64> {
        match &mut self.source {
            Source::Stream(_) => io::copy(&mut self.take(limit), &mut io::sink()),
            Source::Decoded { decoder, .. } => exclusive(decoder).drain(limit),
            Source::Kept(cache) => cache.drain(limit),
        }
    }

    /// Sets how long its readers may be kept waiting. What is kept already keeps nobody waiting;
    /// who fetches it has limits of its own.
    pub(crate) fn set_patience(&mut self, patience: Patience) {
        if !self.is_seekable() {
            self.patience = patience;
        }
    }

    /// Wraps this one: whoever waits for the other waits for this one too, and no longer.
    pub(crate) fn wrapped_by(&self, mut other: Self) -> Self {
        if other.patience == Patience::default() {
            other.set_patience(self.patience);
        }
        other
    }

    /// Leaves an empty body, which knows still how patient its readers are.
    pub(crate) fn take_out(&mut self) -> Self {
        let empty = self.wrapped_by(Self::empty());
        std::mem::replace(self, empty)
    }

    /// Has its reading watched from here on, unless it is already; what was read before and is
    /// kept, or put back, counts as read.
    pub(crate) fn set_watch(&mut self, mut watch: Watch) {
        match &mut self.source {
            _ if self.watch.is_some() => watch.dismiss(),
            Source::Kept(cache) => cache.set_watch(watch),
            _ => {
                watch.saw(self.ahead());
                self.watch = Some(Box::new(watch));
            }
        }
    }

    fn read_source(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let patience = self.patience;
        let read = patience.keep(|| self.source().read(out));
        if self.watch.is_some() {
            self.tell_watch(&read, out);
        }
        read
    }

    #[cold]
    fn tell_watch(&mut self, read: &io::Result<usize>, out: &[u8]) {
        if let Some(watch) = &mut self.watch {
            watch.saw_read(read, out);
        }
    }

    fn source(&mut self) -> &mut dyn Read {
        match &mut self.source {
            Source::Stream(reader) => &mut **exclusive(reader),
            Source::Decoded { decoder, .. } => &mut **exclusive(decoder),
            Source::Kept(cache) => cache,
        }
    }

    fn ahead(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }
}

fn exclusive<T>(mutex: &mut Mutex<T>) -> &mut T {
    mutex.get_mut().unwrap_or_else(PoisonError::into_inner)
}

impl Read for Body {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.ahead().is_empty() {
            return self.read_source(out);
        }
        let amount = self.ahead().read(out)?;
        self.start += amount;
        Ok(amount)
    }
}

impl BufRead for Body {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.ahead().is_empty() {
            let mut buffer = std::mem::take(&mut self.buffer);
            // It is made once, and not cleared for every piece that comes.
            buffer.resize(BUFFER, 0);
            let read = self.read_source(&mut buffer);
            self.buffer = buffer;
            (self.start, self.end) = (0, read.as_ref().map_or(0, |&read| read.min(BUFFER)));
            read?;
        }
        Ok(self.ahead())
    }

    fn consume(&mut self, amount: usize) {
        self.start = self.start.saturating_add(amount).min(self.end);
    }
}

/// Moves to any place of a body that was made to be seekable; of another this is an error that says
/// how. Nothing is fetched, except that a place counted from the end needs the end.
impl Seek for Body {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let ahead = self.ahead().len() as u64;
        let position = kept(&mut self.source)?.seek(to, ahead)?;
        self.start = self.end;
        Ok(position)
    }

    fn stream_position(&mut self) -> io::Result<u64> {
        let ahead = self.ahead().len() as u64;
        Ok(kept(&mut self.source)?.position().saturating_sub(ahead))
    }
}

fn kept(source: &mut Source) -> io::Result<&mut Cache> {
    match source {
        Source::Kept(cache) => Ok(cache),
        _ => Err(io::Error::new(
            io::ErrorKind::NotSeekable,
            "the response cannot be sought: give its opener a SeekableProcessor, or call make_seekable before reading",
        )),
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Self::from_reader(Cursor::new(bytes))
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Self::from(text.into_bytes())
    }
}

impl From<&'static str> for Body {
    fn from(text: &'static str) -> Self {
        Self::from_reader(text.as_bytes())
    }
}

impl From<&'static [u8]> for Body {
    fn from(bytes: &'static [u8]) -> Self {
        Self::from_reader(bytes)
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body").field("buffered", &self.ahead().len()).finish_non_exhaustive()
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
