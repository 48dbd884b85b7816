//! [`Brotli`]: the coding `br` (RFC 7932).

use brotli_decompressor::{BrotliDecompressStream, BrotliResult, BrotliState, StandardAlloc};

use super::{Coding, Step};

/// A brotli stream with a window of at most 16 MiB, as RFC 7932 has it; the larger ones of a later
/// draft are refused.
pub(super) struct Brotli {
    state: Box<BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>>,
    begun: bool,
    ended: bool,
}

impl Brotli {
    pub(super) fn new() -> Self {
        let alloc = StandardAlloc::default;
        Self { state: Box::new(BrotliState::new_strict(alloc(), alloc(), alloc())), begun: false, ended: false }
    }
}

impl Coding for Brotli {
    fn step(&mut self, input: &[u8], out: &mut [u8]) -> Result<Step, String> {
        let (mut input_left, mut taken, mut out_left, mut given) = (input.len(), 0, out.len(), 0);
        let result = BrotliDecompressStream(
            &mut input_left,
            &mut taken,
            input,
            &mut out_left,
            &mut given,
            out,
            &mut 0,
            &mut self.state,
        );
        self.begun |= !input.is_empty();
        match result {
            BrotliResult::ResultFailure => Err("it cannot be decoded".to_owned()),
            BrotliResult::ResultSuccess => {
                self.ended = true;
                Ok(Step { taken, given, ended: true })
            }
            BrotliResult::NeedsMoreInput | BrotliResult::NeedsMoreOutput => Ok(Step { taken, given, ended: false }),
        }
    }

    fn may_end(&self) -> bool {
        // A body that should be compressed and is empty is nothing, to browsers too.
        self.ended || !self.begun
    }
}
