//! [`Control`]: the connection on which commands are given and replies come.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use crate::clock::{self, deadline};
use crate::handler::ftp::reply::{self, Reply, bad};
use crate::handler::ftp::target::Account;
use crate::message::Timeouts;
use crate::message::error::late;
use crate::message::error::{Error, ErrorKind, Phase, Result};
use crate::readable;
use crate::redact;

/// The longest line an FTP server may send: 8 KiB, as CPython's ftplib since its "unlimited read"
/// was mended.
pub const FTP_LINE_LIMIT: usize = 8 * 1024;

/// The most lines of one reply of an FTP server: 200. Greetings of public servers have twenty or
/// thirty.
pub const FTP_REPLY_LIMIT: usize = 200;

/// A conversation. Dropping it closes the connection.
pub(super) struct Control {
    stream: BufReader<TcpStream>,
    /// Whom data connections are made to, whatever the server says.
    peer: SocketAddr,
    timeouts: Timeouts,
    /// When the server must be done with talking.
    until: Option<Instant>,
    /// Where it is, seen from where the login led.
    folders: Vec<Vec<u8>>,
    /// Whether `EPSV` may lead to the data.
    is_extended: bool,
    /// The password, not to be shown if the server repeats it.
    secret: Option<String>,
}

impl Control {
    /// Connects, and reads the greeting.
    pub(super) fn connect(addresses: &[SocketAddr], host: &str, timeouts: Timeouts) -> Result<Self> {
        let stream = dial(addresses, host, timeouts.connect)?;
        let peer = stream.peer_addr().map_err(ErrorKind::Io)?;
        // Commands are small, and each waits for its reply. It works without, too.
        let _ = stream.set_nodelay(true);
        let mut control = Self {
            stream: BufReader::new(stream),
            peer,
            timeouts,
            until: None,
            folders: Vec::new(),
            is_extended: true,
            secret: None,
        };
        control.renew(timeouts);
        let mut greeting = control.reply()?;
        if greeting.code == 120 {
            // Ready in a few minutes, if that is soon enough.
            greeting = control.reply()?;
        }
        control.expect(greeting, Reply::is_success)?;
        Ok(control)
    }

    /// Begins the time of another request.
    pub(super) fn renew(&mut self, timeouts: Timeouts) {
        self.timeouts = timeouts;
        self.until = timeouts.head.and_then(clock::monotonic_in);
    }

    pub(super) fn timeouts(&self) -> Timeouts {
        self.timeouts
    }

    /// `USER`, and `PASS` if it is asked for. An account besides, `ACCT`, is nothing that a URL
    /// could hold.
    pub(super) fn login(&mut self, account: &Account) -> Result<()> {
        self.secret = account.is_secret.then(|| account.password.clone());
        let mut reply = self.command("USER", account.user.as_bytes())?;
        if reply.code == 331 {
            reply = self.command("PASS", account.password.as_bytes())?;
        }
        self.expect(reply, Reply::is_success)?;
        Ok(())
    }

    /// `TYPE`: text or bytes.
    pub(super) fn set_type(&mut self, is_text: bool) -> Result<()> {
        let reply = self.command("TYPE", if is_text { b"A" } else { b"I" })?;
        self.expect(reply, Reply::is_success)?;
        Ok(())
    }

    /// Where it is, seen from where the login led.
    pub(super) fn folders(&self) -> &[Vec<u8>] {
        &self.folders
    }

    /// `CWD`.
    pub(super) fn enter(&mut self, folder: &[u8]) -> Result<()> {
        let reply = self.command("CWD", folder)?;
        self.expect(reply, Reply::is_success)?;
        self.folders.push(folder.to_vec());
        Ok(())
    }

    /// A data connection, to where the control connection leads: by `EPSV`, or by `PASV` where that
    /// leads nowhere.
    pub(super) fn data(&mut self) -> Result<TcpStream> {
        if !self.is_extended {
            return self.passive();
        }
        // What is no reply ends the conversation; whatever the reply is, and wherever it leads, the
        // other way is open.
        let reply = self.exchange("EPSV", b"")?;
        let error = match self.extended(reply) {
            Ok(stream) => return Ok(stream),
            Err(error) => error,
        };
        log::debug!(target: "clientcookie", "EPSV leads to no data, and PASV is tried: {error}");
        self.is_extended = false;
        match self.passive() {
            // The server had gone with that reply, or the time: that reply tells more.
            Err(last)
                if matches!(last.kind(), ErrorKind::Disconnected | ErrorKind::Timeout { during: Phase::Write }) =>
            {
                Err(error)
            }
            outcome => outcome,
        }
    }

    fn extended(&mut self, reply: Reply) -> Result<TcpStream> {
        let reply = self.expect(reply, |reply| reply.code == 229)?;
        let port = reply.extended_port().ok_or_else(|| bad("the reply to EPSV names no port"))?;
        // Half of the time is for the other way.
        self.dial_data(port, 2)
    }

    fn passive(&mut self) -> Result<TcpStream> {
        let reply = self.command("PASV", b"")?;
        let reply = self.expect(reply, |reply| reply.code == 227)?;
        let port = reply.passive_port().ok_or_else(|| bad("the reply to PASV names no port"))?;
        self.dial_data(port, 1)
    }

    /// Connects within this part of the time.
    fn dial_data(&mut self, port: u16, part: u32) -> Result<TcpStream> {
        let mut address = self.peer;
        address.set_port(port);
        let left = self.left().map_err(|error| broken(error, Phase::Head))?;
        let limit = self.timeouts.connect.into_iter().chain(left).min();
        dial(&[address], &address.to_string(), limit.map(|limit| limit / part))
    }

    /// Gives a command, and waits for the reply to it. A farewell is a reply to none.
    pub(super) fn command(&mut self, verb: &str, argument: &[u8]) -> Result<Reply> {
        let reply = self.exchange(verb, argument)?;
        self.expect(reply, |reply| reply.code != 421)
    }

    /// The same, whatever the reply is.
    fn exchange(&mut self, verb: &str, argument: &[u8]) -> Result<Reply> {
        self.send(verb, argument).map_err(|error| broken(error, Phase::Write))?;
        self.reply()
    }

    /// The next reply, of one or more lines.
    pub(super) fn reply(&mut self) -> Result<Reply> {
        let mut line = self.line()?;
        let (code, mut goes_on) = reply::begins(&line).ok_or_else(|| bad(&no_reply(&line)))?;
        let mut lines = 1;
        while goes_on {
            if lines == FTP_REPLY_LIMIT {
                return Err(bad(&format!("a reply of the FTP server has more than {FTP_REPLY_LIMIT} lines")));
            }
            lines += 1;
            line = self.line()?;
            goes_on = reply::begins(&line) != Some((code, false));
        }
        Ok(Reply::new(code, &line))
    }

    /// The reply, if it is one of those.
    pub(super) fn expect(&self, reply: Reply, fits: impl Fn(&Reply) -> bool) -> Result<Reply> {
        if fits(&reply) { Ok(reply) } else { Err(self.refused(reply)) }
    }

    /// The reply as an error.
    pub(super) fn refused(&self, reply: Reply) -> Error {
        reply.into_error(self.secret.as_deref())
    }

    /// Says goodbye, and does not wait for an answer.
    pub(super) fn quit(mut self) {
        let _ = self.send("QUIT", b"");
    }

    /// Whether nothing came since the last reply: neither a farewell nor what would be taken for
    /// the next reply.
    pub(super) fn is_quiet(&self) -> bool {
        let stream = self.stream.get_ref();
        let peeked = stream.set_nonblocking(true).and_then(|()| stream.peek(&mut [0]));
        let is_quiet = matches!(peeked, Err(error) if error.kind() == io::ErrorKind::WouldBlock);
        self.stream.buffer().is_empty() && is_quiet && stream.set_nonblocking(false).is_ok()
    }

    fn send(&mut self, verb: &str, argument: &[u8]) -> io::Result<()> {
        let shown = if verb == "PASS" { redact::HIDDEN.into() } else { readable::escaped(&readable::text(argument)) };
        log::debug!(target: "clientcookie::wire", "> {verb} {shown}");
        let mut line = verb.as_bytes().to_vec();
        if !argument.is_empty() || verb == "PASS" {
            line.push(b' ');
        }
        // By RFC 959 a byte 255 were doubled, as Telnet has it. No client does so, and vsftpd would
        // not undo it.
        line.extend(argument);
        line.extend(b"\r\n");
        let limit = self.timeouts.write.into_iter().chain(self.left()?).min();
        let stream = self.stream.get_mut();
        stream.set_write_timeout(shortest(limit))?;
        stream.write_all(&line)
    }

    /// The next line, without its end.
    fn line(&mut self) -> Result<Vec<u8>> {
        let mut line = Vec::new();
        loop {
            let (taken, is_end) = self.take_line(&mut line).map_err(|error| broken(error, Phase::Head))?;
            self.stream.consume(taken);
            if line.len() > FTP_LINE_LIMIT {
                return Err(bad(&format!("a line of the FTP server is longer than {FTP_LINE_LIMIT} bytes")));
            }
            if taken == 0 {
                return Err(ErrorKind::Disconnected.into());
            }
            if is_end {
                break;
            }
        }
        line.truncate(line.trim_ascii_end().len());
        if log::log_enabled!(target: "clientcookie::wire", log::Level::Debug) {
            let text = readable::text(&line);
            let text = self.secret.as_deref().map_or(text.to_string(), |secret| text.replace(secret, redact::HIDDEN));
            log::debug!(target: "clientcookie::wire", "< {}", readable::escaped(&text));
        }
        Ok(line)
    }

    /// Takes what has come of the line: how many bytes, and whether they end it. None is the end of
    /// the connection.
    fn take_line(&mut self, line: &mut Vec<u8>) -> io::Result<(usize, bool)> {
        if self.stream.buffer().is_empty() {
            let limit = self.timeouts.read.into_iter().chain(self.left()?).min();
            self.stream.get_ref().set_read_timeout(shortest(limit))?;
        }
        let bytes = loop {
            match self.stream.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
                Ok(_) => break self.stream.buffer(),
            }
        };
        let bytes = bytes.split_inclusive(|&byte| byte == b'\n').next().unwrap_or_default();
        line.extend_from_slice(bytes);
        Ok((bytes.len(), bytes.ends_with(b"\n")))
    }

    /// How long the server may go on with talking; an error if it may no longer.
    fn left(&self) -> io::Result<Option<Duration>> {
        let left = self.until.map(|until| until.saturating_duration_since(clock::monotonic()));
        let left = left.into_iter().chain(deadline::left()).min();
        if left == Some(Duration::ZERO) { Err(io::ErrorKind::TimedOut.into()) } else { Ok(left) }
    }
}

/// Connects to the first address that answers; each is given its share of the time.
fn dial(addresses: &[SocketAddr], host: &str, limit: Option<Duration>) -> Result<TcpStream> {
    let limit = limit.into_iter().chain(deadline::left()).min();
    let until = limit.and_then(clock::monotonic_in);
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    for (address, to_try) in addresses.iter().zip((1..=addresses.len()).rev()) {
        let share = until.map(|until| {
            let left = until.saturating_duration_since(clock::monotonic());
            left / u32::try_from(to_try).unwrap_or(u32::MAX)
        });
        let connected = match shortest(share) {
            Some(share) => TcpStream::connect_timeout(address, share),
            None => TcpStream::connect(address),
        };
        match connected {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(match last.kind() {
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => late::timeout(Phase::Connect),
        _ => ErrorKind::Connect { host: host.to_owned(), source: last },
    }
    .into())
}

/// A limit that a socket takes: none is no limit, and zero an error.
pub(super) fn shortest(limit: Option<Duration>) -> Option<Duration> {
    limit.map(|limit| limit.max(Duration::from_millis(1)))
}

fn broken(error: io::Error, during: Phase) -> Error {
    match error.kind() {
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => late::timeout(during),
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::UnexpectedEof => ErrorKind::Disconnected,
        _ => ErrorKind::Io(error),
    }
    .into()
}

fn no_reply(line: &[u8]) -> String {
    let start = line.get(..line.len().min(60)).unwrap_or_default();
    format!("\"{}\" is no reply of an FTP server", readable::escaped(&readable::text(start)))
}
