//! The body of a message that is read: where it ends, and what becomes of its connection then.

use std::io::{self, Read};
use std::sync::Arc;

use crate::message::body::Body;
use crate::message::body::parts::Failing;
use crate::message::error::late;
use crate::message::error::{Error, ErrorKind, Phase};
use crate::observe::{self, Account};
use crate::transport::http1::chunks::Chunks;
use crate::transport::http1::head::Framing;
use crate::transport::http1::{is_close, is_timeout, tls_or_io};
use crate::transport::line::Line;
use crate::transport::pool::Home;

/// The body behind a head with this framing. At its end the connection goes home, if it has one,
/// whichever thread has read it; whoever drops it before closes the connection.
pub(super) fn body(line: Line, framing: Framing, chunk_overhead: u64, home: Option<Home>) -> Body {
    let rest = match framing {
        Framing::None | Framing::Length(0) => {
            give_home(line, home);
            if let Some(account) = observe::current() {
                account.end();
            }
            return Body::empty();
        }
        Framing::Length(length) => Rest::Length(length),
        Framing::Chunked => Rest::Chunks(Chunks::new(chunk_overhead)),
        Framing::UntilClose => Rest::UntilClose,
    };
    let expected = if let Framing::Length(length) = framing { Some(length) } else { None };
    Body::from_reader(Framed {
        line: Some(line),
        home,
        rest,
        got: 0,
        expected,
        cut: false,
        account: observe::current(),
    })
}

fn give_home(line: Line, home: Option<Home>) {
    if let Some(home) = home {
        home.keep(line);
    }
}

struct Framed {
    /// `None` once the body has ended.
    line: Option<Line>,
    /// Where the connection goes at the end.
    home: Option<Home>,
    rest: Rest,
    got: u64,
    expected: Option<u64>,
    /// It ended too soon, and says so to whoever asks again: a caller who passed over the error
    /// must not take what there is for the whole.
    cut: bool,
    /// Who hears how much has come; it may be read on another thread.
    account: Option<Arc<Account>>,
}

/// What is still to come.
enum Rest {
    Length(u64),
    Chunks(Chunks),
    UntilClose,
}

impl Read for Framed {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        let Some(line) = &mut self.line else {
            return if self.cut { Err(self.incomplete()) } else { Ok(0) };
        };
        match self.rest.read(line, out) {
            Ok(Step::Bytes { amount, last }) => {
                self.got += amount as u64;
                if let Some(account) = &self.account {
                    account.count(amount, last);
                }
                if last && let Some(line) = self.line.take() {
                    give_home(line, self.home.take());
                }
                Ok(amount)
            }
            Ok(Step::Cut) => Err(self.incomplete()),
            Err(error) => Err(self.fail(error)),
        }
    }
}

/// What one read came to.
enum Step {
    Bytes {
        amount: usize,
        /// No more will come, and where the body ends is known.
        last: bool,
    },
    /// The connection ended before the body did.
    Cut,
}

impl Rest {
    fn read(&mut self, line: &mut Line, out: &mut [u8]) -> io::Result<Step> {
        match self {
            Self::Length(left) => {
                let wanted = usize::try_from(*left).unwrap_or(usize::MAX).min(out.len());
                let amount = line.read(&mut out[..wanted])?;
                *left = left.saturating_sub(amount as u64);
                Ok(if amount == 0 { Step::Cut } else { Step::Bytes { amount, last: *left == 0 } })
            }
            Self::Chunks(chunks) => Ok(match chunks.read(line, out)? {
                Some(amount) => Step::Bytes { amount, last: chunks.has_ended() },
                None => Step::Cut,
            }),
            Self::UntilClose => {
                let amount = line.read(out)?;
                Ok(Step::Bytes { amount, last: amount == 0 })
            }
        }
    }
}

impl Framed {
    /// A read that took too long may be tried again, and what is no body stays none; else there is
    /// no more to read.
    fn fail(&mut self, error: io::Error) -> io::Error {
        if is_timeout(&error) {
            return Error::from(late::timeout(Phase::Read)).into();
        }
        if is_close(&error) {
            return self.incomplete();
        }
        match error.downcast::<Error>() {
            Ok(own) => own.into(),
            Err(error) => {
                (self.line, self.cut) = (None, true);
                Error::from(tls_or_io(error)).into()
            }
        }
    }

    fn incomplete(&mut self) -> io::Error {
        (self.line, self.cut) = (None, true);
        Error::from(ErrorKind::IncompleteRead { got: self.got, expected: self.expected }).into()
    }
}

/// Reads a body as far as it comes, and no further than so many bytes; then it needs its connection
/// no more. What is missing is an error to whoever reads it.
pub(super) fn collect(mut body: Body, limit: u64, expected: Option<u64>) -> Body {
    let mut bytes = Vec::new();
    let mut end = body.by_ref().take(limit).read_to_end(&mut bytes).map(drop);
    if end.is_ok() && bytes.len() as u64 == limit && !matches!(body.read(&mut [0]), Ok(0)) {
        end = Err(io::ErrorKind::UnexpectedEof.into());
    }
    match end {
        Ok(()) => Body::from(bytes),
        Err(_) => {
            let got = bytes.len() as u64;
            let missing = move || Some(Error::from(ErrorKind::IncompleteRead { got, expected }).into());
            Body::from_reader(io::Cursor::new(bytes).chain(Failing(missing)))
        }
    }
}
