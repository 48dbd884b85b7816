//! [`Deflate`]: the coding `deflate`, as RFC 9110 section 8.4.1.2 has it and as some servers misread it.

use flate2::{Decompress, FlushDecompress, Status};

use super::{Coding, Step};

/// RFC 1950 data, or RFC 1951 data without that envelope, which is what some servers take `deflate`
/// for. Browsers accept both.
#[derive(Default)]
pub(super) struct Deflate {
    /// `None` before the first byte, which tells the two apart.
    inflate: Option<Decompress>,
    ended: bool,
}

impl Coding for Deflate {
    fn step(&mut self, input: &[u8], out: &mut [u8]) -> Result<Step, String> {
        let inflate = match (&mut self.inflate, input) {
            (Some(inflate), _) => inflate,
            (None, []) => return Ok(Step::default()),
            (none, [first, ..]) => none.insert(Decompress::new(begins_zlib(*first))),
        };
        let step = inflate_step(inflate, input, out)?;
        self.ended |= step.ended;
        Ok(step)
    }

    fn may_end(&self) -> bool {
        // A body that should be compressed and is empty is nothing, to browsers too.
        self.ended || self.inflate.is_none()
    }
}

/// RFC 1950 section 2.2: method 8, and a window of at most 32 KiB. In RFC 1951 data this would be a
/// stored block with bits set that every compressor leaves zero.
fn begins_zlib(first: u8) -> bool {
    first & 0x0f == 8 && first >> 4 <= 7
}

/// A step of flate2's.
pub(super) fn inflate_step(inflate: &mut Decompress, input: &[u8], out: &mut [u8]) -> Result<Step, String> {
    let (taken, given) = (inflate.total_in(), inflate.total_out());
    let status = inflate.decompress(input, out, FlushDecompress::None).map_err(|error| error.to_string())?;
    let since = |before: u64, now: u64| usize::try_from(now - before).unwrap_or_default();
    Ok(Step {
        taken: since(taken, inflate.total_in()),
        given: since(given, inflate.total_out()),
        ended: status == Status::StreamEnd,
    })
}
