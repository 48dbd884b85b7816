//! [`Spool`]: bytes that are kept to be read again, a few of them in memory and the rest in a file without a name.

use std::env;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;

use crate::fresh_file::{self, Access};

/// How many bytes go to the file at once, if there is one already, and not through memory: 32 KiB.
/// Fewer would cost a system call each for little.
const DIRECT: usize = 32 * 1024;

/// Bytes that are written once, at the end, and read anywhere and often.
pub(crate) struct Spool {
    /// The newest bytes: all of them until there are more than `memory_limit`, then those behind
    /// the file's.
    newest: Vec<u8>,
    file: Option<TemporaryFile>,
    /// How many bytes the file holds.
    in_file: u64,
    memory_limit: usize,
}

impl Spool {
    /// Nothing yet. At most so many bytes are held in memory.
    pub(crate) fn new(memory_limit: usize) -> Self {
        Self { newest: Vec::new(), file: None, in_file: 0, memory_limit }
    }

    /// How many bytes there are.
    pub(crate) fn len(&self) -> u64 {
        self.in_file + self.newest.len() as u64
    }

    pub(crate) fn memory_limit(&self) -> usize {
        self.memory_limit
    }

    /// Adds bytes at the end; all of them, or none and why not.
    pub(crate) fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let is_direct = bytes.len() > self.memory_limit || (self.file.is_some() && bytes.len() >= DIRECT);
        if is_direct || bytes.len() > self.memory_limit - self.newest.len() {
            self.flush()?;
        }
        if is_direct {
            return self.write(bytes);
        }
        self.grow(bytes.len());
        self.newest.extend_from_slice(bytes);
        Ok(())
    }

    /// Reads from a position; nothing at the end and beyond.
    pub(crate) fn read_at(&mut self, position: u64, out: &mut [u8]) -> io::Result<usize> {
        if let Some(ahead) = position.checked_sub(self.in_file) {
            let newest = usize::try_from(ahead).ok().and_then(|ahead| self.newest.get(ahead..));
            return newest.unwrap_or_default().read(out);
        }
        let wanted = usize::try_from(self.in_file - position).unwrap_or(usize::MAX).min(out.len());
        let read = self.file()?.read_at(position, &mut out[..wanted])?;
        match read {
            0 if wanted > 0 => Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the temporary file was cut short")),
            read => Ok(read),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.newest.is_empty() {
            return Ok(());
        }
        let newest = std::mem::take(&mut self.newest);
        let written = self.write(&newest);
        self.newest = newest;
        if written.is_ok() {
            self.newest.clear();
        }
        written
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let end = self.in_file;
        self.file()?.write_at(end, bytes)?;
        self.in_file += bytes.len() as u64;
        Ok(())
    }

    fn file(&mut self) -> io::Result<&mut TemporaryFile> {
        match &mut self.file {
            Some(file) => Ok(file),
            none => Ok(none.insert(TemporaryFile::create()?)),
        }
    }

    /// Makes room as `Vec` does, by doubling, but for no more than the limit.
    fn grow(&mut self, more: usize) {
        let (length, capacity) = (self.newest.len(), self.newest.capacity());
        if capacity - length < more {
            let wanted = capacity.saturating_mul(2).clamp(length + more, self.memory_limit);
            self.newest.reserve_exact(wanted - length);
        }
    }
}

/// A file for this process alone: 0600, and without a name where the system allows it.
struct TemporaryFile {
    file: File,
    /// Where the next byte would be read or written.
    at: u64,
    /// Its name, where it needs one as long as it is open.
    name: Option<PathBuf>,
}

impl TemporaryFile {
    fn create() -> io::Result<Self> {
        let folder = env::temp_dir();
        let named = |random: &str| folder.join(format!("clientcookie-{random}.tmp"));
        let (file, path) = fresh_file::create(Access::Private, named)?;
        let mut name = Some(path);
        if cfg!(unix) {
            // The file lives until it is closed, however the program ends.
            name = name.filter(|path| fs::remove_file(path).is_err());
        }
        Ok(Self { file, at: 0, name })
    }

    fn read_at(&mut self, position: u64, out: &mut [u8]) -> io::Result<usize> {
        self.move_to(position)?;
        let read = self.file.read(out)?;
        self.at += read as u64;
        Ok(read)
    }

    fn write_at(&mut self, position: u64, bytes: &[u8]) -> io::Result<()> {
        self.move_to(position)?;
        // Where a failed write ends, nobody knows.
        self.at = u64::MAX;
        self.file.write_all(bytes)?;
        self.at = position + bytes.len() as u64;
        Ok(())
    }

    fn move_to(&mut self, position: u64) -> io::Result<()> {
        if self.at != position {
            self.at = self.file.seek(SeekFrom::Start(position))?;
        }
        Ok(())
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        if let Some(name) = &self.name {
            // The system's own cleaning is left to find it.
            let _ = fs::remove_file(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes that tell where they stand.
    fn bytes(range: std::ops::Range<usize>) -> Vec<u8> {
        range.map(|number| (number % 251) as u8).collect()
    }

    #[test]
    fn what_went_in_comes_out_whatever_the_pieces_and_the_limit() -> io::Result<()> {
        for memory_limit in [0, 1, 7, 64, 100, 10_000, 200_000] {
            let mut spool = Spool::new(memory_limit);
            let (mut end, mut step) = (0, 1);
            while end < 500_000 {
                spool.append(&bytes(end..end + step))?;
                end += step;
                step = if step < 150 { step * 3 % 200 + 1 } else { (step * 7) % (2 * DIRECT) };
                assert!(spool.newest.capacity() <= memory_limit, "{} bytes held", spool.newest.capacity());
                // A read between two writes moves the file.
                let mut one = [0];
                assert_eq!(spool.read_at((end / 2) as u64, &mut one)?, 1);
                assert_eq!(one[0], bytes(end / 2..end / 2 + 1)[0]);
            }
            assert_eq!(spool.len(), end as u64);
            let mut read = Vec::new();
            let mut piece = [0; 33];
            loop {
                match spool.read_at(read.len() as u64, &mut piece)? {
                    0 => break,
                    amount => read.extend_from_slice(&piece[..amount]),
                }
            }
            assert_eq!(read, bytes(0..end), "memory limit {memory_limit}");
            assert_eq!(spool.read_at(u64::MAX, &mut piece)?, 0);
        }
        Ok(())
    }

    #[test]
    fn there_is_no_file_until_the_limit_is_passed() -> io::Result<()> {
        let mut spool = Spool::new(8);
        spool.append(b"12345678")?;
        assert!(spool.file.is_none());
        spool.append(b"9")?;
        assert!(spool.file.is_some());
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn the_file_is_its_owners_and_has_no_name() -> io::Result<()> {
        use std::os::unix::fs::MetadataExt;

        let mut spool = Spool::new(0);
        spool.append(b"secret")?;
        let metadata = spool.file()?.file.metadata()?;
        assert_eq!((metadata.mode() & 0o777, metadata.nlink(), metadata.len()), (0o600, 0, 6));
        Ok(())
    }
}
