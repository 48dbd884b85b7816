//! What bodies and data are put together from beside the sources themselves.

use std::io::{self, Read};

/// Nothing but an error, as often as there is one; then nothing at all.
pub(crate) struct Failing<F>(pub(crate) F);

impl<F: FnMut() -> Option<io::Error>> Read for Failing<F> {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        (self.0)().map_or(Ok(0), Err)
    }
}

/// So many bytes of a reader: more are not read, and fewer are an error, because the length has
/// been announced.
pub(crate) struct Exactly<R> {
    pub(crate) reader: R,
    pub(crate) got: u64,
    pub(crate) expected: u64,
    /// The error of so many bytes, where so many were expected.
    pub(crate) missing: fn(u64, u64) -> io::Error,
}

impl<R: Read> Read for Exactly<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let amount = (&mut self.reader).take(self.expected - self.got).read(buffer)?;
        self.got += amount as u64;
        if amount == 0 && self.got < self.expected && !buffer.is_empty() {
            return Err((self.missing)(self.got, self.expected));
        }
        Ok(amount)
    }
}
