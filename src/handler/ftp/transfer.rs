//! [`Transfer`]: the bytes of a file or a listing, and the server's word that they are all.

use std::io::{self, Read};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use crate::handler::ftp::cache::Cache;
use crate::handler::ftp::control::{Control, shortest};
use crate::handler::ftp::reply::Reply;
use crate::handler::ftp::target::{Account, Target};
use crate::message::error::late;
use crate::message::error::{Error, ErrorKind, Phase, Result};

/// A transfer that the server has begun.
pub(super) struct Content {
    control: Control,
    data: TcpStream,
    /// How many bytes the server has announced.
    pub(super) size: Option<u64>,
    /// Whether it is the listing of a folder.
    pub(super) is_listing: bool,
}

/// Asks for the file; where there is none of that name, for the listing of the folder of that name
/// (as urllib2).
pub(super) fn begin(mut control: Control, target: &Target) -> Result<Content> {
    let entered = control.folders().len();
    for folder in target.folders.iter().skip(entered) {
        control.enter(folder)?;
    }
    let Some(name) = &target.name else {
        return list(control);
    };
    // The size of text depends on its line ends, which the server has yet to write.
    let size = match target.is_text() {
        true => None,
        false => control.command("SIZE", name)?.size(),
    };
    let data = control.data()?;
    let reply = control.command("RETR", name)?;
    if reply.code != 550 {
        control.expect(reply, Reply::is_preliminary)?;
        return Ok(Content { control, data, size, is_listing: false });
    }
    drop(data);
    match control.enter(name) {
        Ok(()) => {
            control.set_type(true)?;
            list(control)
        }
        // It is no folder either: what was said of the file tells more.
        Err(error) if matches!(error.kind(), ErrorKind::Ftp { .. }) => Err(control.refused(reply)),
        Err(error) => Err(error),
    }
}

fn list(mut control: Control) -> Result<Content> {
    let data = control.data()?;
    let reply = control.command("LIST", b"")?;
    control.expect(reply, Reply::is_preliminary)?;
    Ok(Content { control, data, size: None, is_listing: true })
}

/// The body of the response. Dropping it closes both connections.
pub(super) struct Transfer {
    /// Both connections, until all is read or something failed.
    open: Option<(Control, TcpStream)>,
    /// Whether the server vouched for what was read.
    is_complete: bool,
    expected: Option<u64>,
    got: u64,
    /// Where the control connection goes afterwards.
    keep: Option<(Arc<Cache>, Account)>,
}

impl Transfer {
    pub(super) fn new(content: Content, keep: Option<(Arc<Cache>, Account)>) -> Self {
        let open = Some((content.control, content.data));
        Self { open, is_complete: false, expected: content.size, got: 0, keep }
    }

    /// At the end of the data, which may be the end of the connection as well: only the server
    /// knows.
    fn finish(&mut self) -> Result<()> {
        let Some((mut control, data)) = self.open.take() else {
            return Err(self.incomplete());
        };
        drop(data);
        control.renew(control.timeouts());
        let is_short = self.expected.is_some_and(|expected| self.got < expected);
        match control.reply() {
            Ok(reply) if reply.is_success() && !is_short => {}
            Ok(_) => return Err(self.incomplete()),
            // Routers forget a control connection that was silent for a long transfer.
            Err(_) if self.expected == Some(self.got) => {
                self.is_complete = true;
                return Ok(());
            }
            Err(error) if matches!(error.kind(), ErrorKind::Timeout { .. }) => {
                return Err(late::timeout(Phase::Read).into());
            }
            Err(_) => return Err(self.incomplete()),
        }
        self.is_complete = true;
        match self.keep.take() {
            Some((cache, account)) => cache.put(account, control),
            None => control.quit(),
        }
        Ok(())
    }

    fn incomplete(&self) -> Error {
        let expected = self.expected.filter(|&expected| expected > self.got);
        ErrorKind::IncompleteRead { got: self.got, expected }.into()
    }
}

impl Read for Transfer {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() || self.is_complete {
            return Ok(0);
        }
        let Some((control, data)) = &mut self.open else {
            return Err(self.incomplete().into());
        };
        match read_in_time(data, control.timeouts().read, buffer) {
            Ok(0) => self.finish().map(|()| 0).map_err(io::Error::from),
            Ok(amount) => {
                self.got += amount as u64;
                Ok(amount)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) => {
                self.open = None;
                Err(match error.kind() {
                    io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Error::from(late::timeout(Phase::Read)),
                    _ => self.incomplete(),
                }
                .into())
            }
        }
    }
}

/// Reads, and waits no longer for it than for one read, and for all that it is part of.
fn read_in_time(data: &mut TcpStream, limit: Option<Duration>, buffer: &mut [u8]) -> io::Result<usize> {
    let limit = limit.into_iter().chain(late::for_wait()?).min();
    data.set_read_timeout(shortest(limit))?;
    data.read(buffer)
}
