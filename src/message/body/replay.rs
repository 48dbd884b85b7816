//! [`Cache`]: a body that is kept while it is read, so that it can be read again, by several readers.

use std::io::{self, Read, SeekFrom};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::message::body::Body;
use crate::message::body::spool::Spool;
use crate::message::error::{self, Error, ErrorKind};
use crate::observe::Watch;

/// How many bytes are fetched at once to get to a position further on: 64 KiB.
const STEP: usize = 64 * 1024;

/// One reader of a body that is kept: a position of its own in bytes that it shares with others.
///
/// The body is fetched no further than the furthest of them reads.
pub(crate) struct Cache {
    shared: Arc<Shared>,
    position: u64,
}

/// The two locks are taken in this order. Who waits for the network holds the first alone: others
/// can read what is kept already meanwhile.
struct Shared {
    source: Mutex<Body>,
    kept: Mutex<Kept>,
    total_limit: u64,
    wire_length: Option<u64>,
}

struct Kept {
    spool: Spool,
    end: Option<End>,
}

/// What is behind the bytes that are kept.
enum End {
    /// Nothing: they are the whole body.
    Whole,
    /// No more bytes, but this error for whoever wants some.
    Failed(io::Error),
}

impl Cache {
    /// The first reader of what is left of this body.
    pub(crate) fn new(source: Body, memory_limit: usize, total_limit: u64) -> Self {
        let wire_length = source.wire_length();
        let kept = Kept { spool: Spool::new(memory_limit), end: None };
        let shared = Shared { source: Mutex::new(source), kept: Mutex::new(kept), total_limit, wire_length };
        Self { shared: Arc::new(shared), position: 0 }
    }

    /// Another reader, at the start.
    pub(crate) fn share(&self) -> Self {
        Self { shared: Arc::clone(&self.shared), position: 0 }
    }

    /// The limits of the bytes in memory and of all.
    pub(crate) fn limits(&self) -> (usize, u64) {
        (self.shared.kept().spool.memory_limit(), self.shared.total_limit)
    }

    /// Has the fetching watched, and what was fetched already; once all of it is here, nothing is
    /// left to be watched.
    pub(crate) fn set_watch(&self, mut watch: Watch) {
        let mut source = self.shared.source();
        let mut kept = self.shared.kept();
        let mut bytes = vec![0; STEP];
        let mut at = 0;
        while let Ok(amount @ 1..) = kept.spool.read_at(at, &mut bytes) {
            watch.saw(&bytes[..amount]);
            at += amount as u64;
        }
        match &kept.end {
            None => source.set_watch(watch),
            Some(End::Whole) => watch.saw_read(&Ok(0), &bytes),
            Some(End::Failed(error)) => watch.saw_read(&Err(error::again(error)), &bytes),
        }
    }

    pub(crate) fn position(&self) -> u64 {
        self.position
    }

    pub(crate) fn wire_length(&self) -> Option<u64> {
        self.shared.wire_length
    }

    /// Moves, and fetches nothing unless the place is counted from the end. `ahead` bytes were
    /// read, and not yet taken by whoever asks.
    pub(crate) fn seek(&mut self, to: SeekFrom, ahead: u64) -> io::Result<u64> {
        let (base, offset) = match to {
            SeekFrom::Start(position) => (position, 0),
            SeekFrom::Current(offset) => (self.position.saturating_sub(ahead), offset),
            SeekFrom::End(offset) => (self.shared.fetch_all()?, offset),
        };
        let position = base.checked_add_signed(offset);
        self.position = position.ok_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidInput, "the response cannot be sought before its start")
        })?;
        Ok(self.position)
    }

    /// Reads on so that the connection can be used again; what nobody else reads is not kept.
    pub(crate) fn drain(&mut self, limit: u64) -> io::Result<u64> {
        match Arc::strong_count(&self.shared) {
            1 => self.shared.source().drain(limit),
            _ => io::copy(&mut self.take(limit), &mut io::sink()),
        }
    }
}

impl Read for Cache {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        let read = self.shared.read_at(self.position, out)?;
        self.position += read as u64;
        Ok(read)
    }
}

impl Shared {
    fn read_at(&self, position: u64, out: &mut [u8]) -> io::Result<usize> {
        if let Some(read) = self.kept().read_at(position, out) {
            return read;
        }
        let mut source = self.source();
        loop {
            let mut kept = self.kept();
            // Another reader may have fetched it while this one waited.
            if let Some(read) = kept.read_at(position, out) {
                return read;
            }
            let at = kept.spool.len();
            drop(kept);
            if at == position {
                return self.fetch(&mut source, at, out);
            }
            let wanted = usize::try_from(position - at).unwrap_or(STEP).min(STEP);
            self.fetch(&mut source, at, &mut vec![0; wanted])?;
        }
    }

    /// Fetches to the end; says how long the body is.
    fn fetch_all(&self) -> io::Result<u64> {
        let mut step = vec![0; STEP];
        let mut source = self.source();
        loop {
            let at = match &*self.kept() {
                Kept { spool, end: None } => spool.len(),
                Kept { spool, end: Some(End::Whole) } => return Ok(spool.len()),
                Kept { end: Some(End::Failed(error)), .. } => return Err(error::again(error)),
            };
            self.fetch(&mut source, at, &mut step)?;
        }
    }

    /// The next bytes of the source, which are behind the `at` bytes that are kept. Whoever holds
    /// the source is the only one to add to them.
    fn fetch(&self, source: &mut Body, at: u64, out: &mut [u8]) -> io::Result<usize> {
        let room = usize::try_from(self.total_limit.saturating_sub(at)).unwrap_or(usize::MAX);
        let mut one_too_many = [0];
        let out = match room.min(out.len()) {
            0 => &mut one_too_many[..],
            wanted => &mut out[..wanted],
        };
        let fetched = source.read(out).and_then(|read| match read {
            1.. if room == 0 => Err(Error::from(ErrorKind::TooLarge { limit: self.total_limit }).into()),
            read => Ok(read),
        });
        if fetched.as_ref().is_err_and(error::may_pass) {
            return fetched;
        }
        let mut kept = self.kept();
        let fetched = fetched.and_then(|read| kept.spool.append(&out[..read]).map(|()| read));
        match &fetched {
            Ok(0) => kept.end = Some(End::Whole),
            Ok(_) => {}
            Err(error) => kept.end = Some(End::Failed(error::again(error))),
        }
        if kept.end.is_some() {
            // Its connection is of no more use here.
            *source = Body::empty();
        }
        fetched
    }

    /// What a lock guards is sound also after a panic of a reader of the user's.
    fn source(&self) -> MutexGuard<'_, Body> {
        self.source.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    /// Reads what is kept, or tells the end; `None` if it has to be fetched.
    fn read_at(&mut self, position: u64, out: &mut [u8]) -> Option<io::Result<usize>> {
        if position < self.spool.len() {
            return Some(self.spool.read_at(position, out));
        }
        match &self.end {
            None => None,
            Some(End::Whole) => Some(Ok(0)),
            Some(End::Failed(error)) => Some(Err(error::again(error))),
        }
    }
}
