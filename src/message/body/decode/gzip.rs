//! [`Gzip`]: the coding `gzip` (RFC 1952): members, each a header, deflated data, and a checksum.

use flate2::{Crc, Decompress};

use super::zlib::inflate_step;
use super::{Coding, Step};

/// How many bytes the header of a member may have: 64 KiB, as its longest field of known length.
const HEADER_LIMIT: usize = 64 * 1024;

/// How many members are decoded whatever they hold. Each is work, as much as some thousand bytes
/// are, so beyond these there may be one for each [`MEMBER`] bytes.
const FREE_MEMBERS: u64 = 1000;

/// Bytes of a member, packed and unpacked: 256. Tools that cut a file into members make them of
/// kilobytes, and servers that send each event as one of hundreds of bytes.
const MEMBER: u64 = 256;

const MAGIC: [u8; 3] = [0x1f, 0x8b, 8];

// RFC 1952 section 2.3.1.
const FHCRC: u8 = 2;
const FEXTRA: u8 = 4;
const FNAME: u8 = 8;
const FCOMMENT: u8 = 16;

/// Any number of members, one after the other.
pub(super) struct Gzip {
    stage: Stage,
    inflate: Decompress,
    crc: Crc,
    /// Members that were whole, and the bytes of all, packed and unpacked.
    members: u64,
    bytes: u64,
}

/// What the next byte is part of.
enum Stage {
    Header(Header),
    Data,
    /// The last eight bytes: so many have come.
    Trailer([u8; 8], usize),
}

/// How much of a header has come.
#[derive(Default)]
struct Header {
    part: Part,
    flags: u8,
    /// Bytes of this part, and of all.
    here: usize,
    all: usize,
    extra: usize,
}

#[derive(Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    #[default]
    Fixed,
    ExtraLength,
    Extra,
    Name,
    Comment,
    Crc,
    Over,
}

impl Gzip {
    pub(super) fn new() -> Self {
        Self {
            stage: Stage::Header(Header::default()),
            inflate: Decompress::new(false),
            crc: Crc::new(),
            members: 0,
            bytes: 0,
        }
    }

    fn finish_member(&mut self, trailer: [u8; 8]) -> Result<(), String> {
        let [a, b, c, d, rest @ ..] = trailer;
        if u32::from_le_bytes([a, b, c, d]) != self.crc.sum() || u32::from_le_bytes(rest) != self.crc.amount() {
            return Err("its checksum is another's".to_owned());
        }
        self.members += 1;
        self.bytes += self.inflate.total_in() + self.inflate.total_out();
        if self.members > FREE_MEMBERS + self.bytes / MEMBER {
            return Err(format!("its {} members hold next to nothing", self.members));
        }
        self.inflate.reset(false);
        self.crc.reset();
        self.stage = Stage::Header(Header::default());
        Ok(())
    }
}

impl Coding for Gzip {
    fn step(&mut self, input: &[u8], out: &mut [u8]) -> Result<Step, String> {
        let mut taken = 0;
        loop {
            match &mut self.stage {
                Stage::Header(header) => {
                    let Some(&byte) = input.get(taken) else {
                        return Ok(Step { taken, ..Step::default() });
                    };
                    if header.all < MAGIC.len() && byte != MAGIC[header.all] {
                        return match self.members {
                            0 => Err("it does not begin as gzip data does".to_owned()),
                            _ => Ok(Step { taken, given: 0, ended: true }),
                        };
                    }
                    taken += 1;
                    if header.take(byte)? {
                        self.stage = Stage::Data;
                    }
                }
                Stage::Data => {
                    let step = inflate_step(&mut self.inflate, &input[taken..], out)?;
                    taken += step.taken;
                    self.crc.update(&out[..step.given]);
                    if step.ended {
                        self.stage = Stage::Trailer([0; 8], 0);
                    }
                    if step.given > 0 || !step.ended {
                        return Ok(Step { taken, given: step.given, ended: false });
                    }
                }
                Stage::Trailer(trailer, have) => {
                    let Some(&byte) = input.get(taken) else {
                        return Ok(Step { taken, ..Step::default() });
                    };
                    taken += 1;
                    trailer[*have] = byte;
                    *have += 1;
                    if let &mut Stage::Trailer(trailer, 8) = &mut self.stage {
                        self.finish_member(trailer)?;
                    }
                }
            }
        }
    }

    /// At the start, where an empty body is nothing, to browsers too; behind a member; and behind
    /// one and the beginning of what may have been another's first bytes, or anything.
    fn may_end(&self) -> bool {
        match &self.stage {
            Stage::Header(header) => header.all == 0 || (self.members > 0 && header.all < MAGIC.len()),
            Stage::Data | Stage::Trailer(..) => false,
        }
    }
}

impl Header {
    /// Takes a byte; says whether it was the last one.
    fn take(&mut self, byte: u8) -> Result<bool, String> {
        self.all += 1;
        if self.all > HEADER_LIMIT {
            return Err(format!("a header has more than {HEADER_LIMIT} bytes"));
        }
        self.here += 1;
        let over = match self.part {
            Part::Fixed => {
                if self.here == 4 {
                    self.flags = byte;
                }
                self.here == 10
            }
            Part::ExtraLength => {
                self.extra |= usize::from(byte) << (8 * (self.here - 1));
                self.here == 2
            }
            Part::Extra => self.here == self.extra,
            Part::Name | Part::Comment => byte == 0,
            Part::Crc => self.here == 2,
            Part::Over => true,
        };
        if over {
            self.here = 0;
            self.part = self.next();
        }
        Ok(self.part == Part::Over)
    }

    /// The first of the following parts that this header has.
    fn next(&self) -> Part {
        let parts = [
            (Part::ExtraLength, self.flags & FEXTRA != 0),
            (Part::Extra, self.extra > 0),
            (Part::Name, self.flags & FNAME != 0),
            (Part::Comment, self.flags & FCOMMENT != 0),
            (Part::Crc, self.flags & FHCRC != 0),
        ];
        let next = parts.into_iter().find(|&(part, is_there)| part > self.part && is_there);
        next.map_or(Part::Over, |(part, _)| part)
    }
}
