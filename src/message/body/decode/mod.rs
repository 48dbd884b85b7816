//! [`Decoder`]: a body as it was before its server compressed it (RFC 9110 section 8.4), decoded while it is read.
//!
//! Each coding is a [`Coding`]: a machine that is fed bytes and gives bytes, in steps, and can stop
//! anywhere. What they have in common is done here: input and its end, limits, and errors that
//! stay.

#[cfg(feature = "brotli")]
mod brotli;
mod gzip;
mod list;
mod zlib;

use std::io::{self, BufRead, Read};

use crate::message::body::Body;
use crate::message::error::{self, Error, ErrorKind};

pub(crate) use list::CODINGS_LIMIT;
pub(crate) use list::{codings, unpack};

pub(crate) const DECODED_RATIO_LIMIT: u64 = 1000;

/// How many bytes a body unpacks to before its ratio counts: 1 MiB.
const UNPACKED_FREELY: u64 = 1 << 20;

/// How many bytes of packed data may give next to nothing: 64 KiB, beyond eight for each byte that
/// they give. What a compressor packs hardly grows; blocks that hold nothing, of which there can be
/// any number, are work for nothing.
const BARREN_LIMIT: u64 = 64 * 1024;

/// How many bytes behind the end of the compressed data are read, so that the connection can be
/// used again.
const GARBAGE_LIMIT: u64 = 64 * 1024;

/// One coding, as a machine.
trait Coding: Send {
    /// Takes of the input and gives output, as much as it can; or says what is wrong with the
    /// input. Without input it gives what it still has.
    fn step(&mut self, input: &[u8], out: &mut [u8]) -> Result<Step, String>;

    /// Whether the data is whole if no more comes.
    fn may_end(&self) -> bool;
}

/// What a step did.
#[derive(Debug, Default, Clone, Copy)]
struct Step {
    taken: usize,
    given: usize,
    /// Whatever comes now is no longer part of the data.
    ended: bool,
}

/// How much a body may unpack to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct UnpackLimits {
    /// In bytes.
    pub(crate) total: u64,
    /// In times its size on the wire.
    pub(crate) ratio: u64,
}

/// Reads a body and gives what it was before it was compressed.
pub(crate) struct Decoder {
    input: Body,
    name: &'static str,
    coding: Box<dyn Coding>,
    limits: UnpackLimits,
    taken: u64,
    given: u64,
    /// The last step filled all it was given: there may be more without further input.
    full: bool,
    ended: bool,
    /// Says so to whoever asks again.
    failed: Option<io::Error>,
}

/// What a coding is called, and how a machine for it is made.
type Known = (&'static str, fn() -> Box<dyn Coding>);

/// The coding of this name, in lower case.
fn coding_named(name: &str) -> Option<Known> {
    match name {
        // RFC 9110 section 8.4.1.3: `x-gzip` is to be taken for it.
        "gzip" | "x-gzip" => Some(("gzip", || Box::new(gzip::Gzip::new()))),
        "deflate" => Some(("deflate", || Box::new(zlib::Deflate::default()))),
        #[cfg(feature = "brotli")]
        "br" => Some(("brotli", || Box::new(brotli::Brotli::new()))),
        _ => None,
    }
}

impl Decoder {
    /// The decoder of this coding, in lower case; the body back, if there is none.
    pub(crate) fn new(coding: &str, body: Body, limits: UnpackLimits) -> Result<Self, Body> {
        let Some((name, coding)) = coding_named(coding) else {
            return Err(body);
        };
        let coding = coding();
        Ok(Self { input: body, name, coding, limits, taken: 0, given: 0, full: false, ended: false, failed: None })
    }

    /// How many bytes of the wire were unpacked, whatever this one was packed in.
    pub(crate) fn wire_taken(&mut self) -> u64 {
        self.input.wire_taken().unwrap_or(self.taken)
    }

    /// Reads and forgets what is left on the wire, without decoding it.
    pub(crate) fn drain(&mut self, limit: u64) -> io::Result<u64> {
        self.input.drain(limit)
    }

    fn decode(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let room = usize::try_from(self.limits.total.saturating_sub(self.given)).unwrap_or(usize::MAX);
        let mut one_too_many = [0];
        let out = match room.min(out.len()) {
            0 => &mut one_too_many[..],
            wanted => &mut out[..wanted],
        };
        while !self.ended {
            let step = match self.full {
                true => self.coding.step(&[], out),
                false => match self.input.fill_buf()? {
                    [] if self.coding.may_end() => return Ok(0),
                    [] => return Err(Error::from(ErrorKind::IncompleteRead { got: self.given, expected: None }).into()),
                    input => self.coding.step(input, out),
                },
            };
            let step = step.map_err(|reason| self.broken(&reason))?;
            self.input.consume(step.taken);
            self.taken += step.taken as u64;
            if step.given == 0 && step.taken == 0 && !step.ended && !std::mem::take(&mut self.full) {
                return Err(self.broken("it leads nowhere"));
            }
            if self.taken > BARREN_LIMIT + self.given.saturating_add(step.given as u64).saturating_mul(8) {
                return Err(self.broken("it unpacks to next to nothing"));
            }
            self.full = step.given == out.len();
            self.ended = step.ended;
            if step.given > 0 {
                return self.counted(step.given, room);
            }
        }
        self.pass_garbage()
    }

    fn counted(&mut self, given: usize, room: usize) -> io::Result<usize> {
        if room == 0 {
            return Err(Error::from(ErrorKind::TooLarge { limit: self.limits.total }).into());
        }
        self.given += given as u64;
        let ratio = self.limits.ratio;
        if self.given > UNPACKED_FREELY && self.given > self.wire_taken().saturating_mul(ratio) {
            return Err(self.broken(&format!("it unpacks to more than {ratio} times its size")));
        }
        Ok(given)
    }

    /// Browsers pass over what stands behind the data, and so does this; but if the body is cut
    /// short there, that is told.
    fn pass_garbage(&mut self) -> io::Result<usize> {
        io::copy(&mut (&mut self.input).take(GARBAGE_LIMIT), &mut io::sink())?;
        self.input = Body::empty();
        Ok(0)
    }

    fn broken(&self, reason: &str) -> io::Error {
        let reason = format!("its {} data is broken, after {} bytes of it: {reason}", self.name, self.taken);
        Error::from(ErrorKind::BadResponse { reason }).into()
    }
}

impl Read for Decoder {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if let Some(failed) = &self.failed {
            return Err(error::again(failed));
        }
        if out.is_empty() {
            return Ok(0);
        }
        let read = self.decode(out);
        if let Err(error) = &read
            && !error::may_pass(error)
        {
            self.failed = Some(error::again(error));
        }
        read
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A coding that does these steps, whatever comes, and then says that its data has ended.
    struct Scripted(Vec<Step>);

    impl Coding for Scripted {
        fn step(&mut self, _: &[u8], _: &mut [u8]) -> Result<Step, String> {
            Ok(self.0.pop().unwrap_or(ENDED))
        }

        fn may_end(&self) -> bool {
            false
        }
    }

    const ENDED: Step = Step { taken: 0, given: 0, ended: true };

    fn step(taken: usize, given: usize) -> Step {
        Step { taken, given, ended: false }
    }

    /// What comes of a read into so many bytes, of a body that has so many, with a ratio of two.
    fn read(mut steps: Vec<Step>, room: usize, length: usize) -> Result<usize, String> {
        steps.reverse();
        let mut decoder = Decoder {
            input: Body::from(vec![0; length]),
            name: "scripted",
            coding: Box::new(Scripted(steps)),
            limits: UnpackLimits { total: u64::MAX, ratio: 2 },
            taken: 0,
            given: 0,
            full: false,
            ended: false,
            failed: None,
        };
        let mut out = vec![0; room];
        let mut came = 0;
        loop {
            match decoder.read(&mut out).map_err(|error| error.to_string())? {
                0 => return Ok(came),
                amount => came += amount,
            }
        }
    }

    #[test]
    fn a_step_that_neither_takes_nor_gives_is_an_error_unless_it_ends_or_follows_a_full_one() {
        for (says, steps, expected) in [
            ("nothing but the end", vec![], Ok(0)),
            ("nothing at all", vec![step(0, 0)], Err("it leads nowhere")),
            ("one that takes", vec![step(1, 0)], Ok(0)),
            ("one that gives", vec![step(0, 1)], Ok(1)),
            ("nothing behind one that took", vec![step(1, 0), step(0, 0)], Err("it leads nowhere")),
            ("nothing behind one that gave a part", vec![step(1, 1), step(0, 0)], Err("it leads nowhere")),
            ("nothing behind one that filled all", vec![step(1, 4), step(0, 0)], Ok(4)),
            ("twice", vec![step(1, 4), step(0, 0), step(0, 0)], Err("it leads nowhere")),
        ] {
            match (read(steps, 4, 8), expected) {
                (Err(error), Err(expected)) => assert!(error.contains(expected), "{says}: {error}"),
                (came, expected) => assert_eq!(came, expected.map_err(str::to_owned), "{says}"),
            }
        }
    }

    #[test]
    fn the_ratio_holds_at_its_number_and_breaks_one_further() {
        let mebibyte = UNPACKED_FREELY as usize;
        let taken = mebibyte / 2 + 1;
        let came = |given| read(vec![step(taken, given)], 2 * mebibyte, taken);
        assert_eq!(came(2 * taken), Ok(2 * taken));
        assert!(came(2 * taken + 1).unwrap_err().contains("it unpacks to more than 2 times its size"));
    }
}
