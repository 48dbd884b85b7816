//! Sockets that can be closed gently or rudely.

use super::PATIENCE;
use rustls::{ServerConnection, StreamOwned};
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Instant;

/// The bytes of a connection, with or without TLS around them.
pub enum Wire {
    Plain(Socket),
    Tls(Box<StreamOwned<ServerConnection, Socket>>),
}

impl Wire {
    /// Ends the connection so that the client receives all that was written.
    ///
    /// The client has to close as well before this returns: closing a socket on
    /// bytes that were not read would send a reset, which can overtake the reply.
    pub fn close_gently(&mut self) -> io::Result<()> {
        if let Self::Tls(stream) = self {
            stream.conn.send_close_notify();
            stream.flush()?;
        }
        let socket = self.socket();
        socket.stream.shutdown(Shutdown::Write)?;
        let deadline = Instant::now() + PATIENCE;
        let mut ignored = [0; 4096];
        while socket.read(&mut ignored)? > 0 && Instant::now() < deadline {}
        socket.release()
    }

    /// Sees to it that dropping the connection resets it.
    pub fn prepare_reset(&mut self) -> io::Result<()> {
        let socket = self.socket();
        if !socket.holding {
            socket.holding = socket.stream.peek(&mut [0])? > 0;
        }
        Ok(())
    }

    pub fn socket(&mut self) -> &mut Socket {
        match self {
            Self::Plain(socket) => socket,
            Self::Tls(stream) => &mut stream.sock,
        }
    }
}

impl Read for Wire {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => socket.read(buffer),
            Self::Tls(stream) => stream.read(buffer),
        }
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => socket.write(bytes),
            Self::Tls(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(socket) => socket.flush(),
            Self::Tls(stream) => stream.flush(),
        }
    }
}

/// A TCP stream that always leaves the last byte it has seen in the kernel.
///
/// Linux resets a connection that is closed on unread data. The byte held back
/// makes that possible at any moment, without a linger option, which stable Rust
/// does not offer.
pub struct Socket {
    stream: TcpStream,
    holding: bool,
}

impl Socket {
    pub fn new(stream: TcpStream) -> io::Result<Self> {
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, holding: false })
    }

    /// Takes the byte that was held back.
    fn release(&mut self) -> io::Result<()> {
        if self.holding {
            self.stream.read_exact(&mut [0])?;
            self.holding = false;
        }
        Ok(())
    }
}

impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        self.release()?;
        let seen = self.stream.peek(buffer)?;
        if let Some(taken) = seen.checked_sub(1) {
            self.stream.read_exact(&mut buffer[..taken])?;
            self.holding = true;
        }
        Ok(seen)
    }
}

impl Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}
