//! What a handler sends back.

use super::{Connection, Recorded};
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::time::Duration;

/// A reply, and what becomes of the connection after it.
///
/// Without a `then_` the connection stays open for the next request, unless the
/// client asked for it to be closed.
#[derive(Clone, Debug)]
pub struct Reply {
    content: Content,
    then: Then,
}

#[derive(Clone, Debug)]
enum Content {
    Message(Message),
    Raw(Vec<u8>),
    Endless { prefix: Vec<u8>, block: Vec<u8> },
    Drip { bytes: Vec<u8>, pace: Duration },
    Trickle { prefix: Vec<u8>, piece: Vec<u8>, pace: Duration },
}

#[derive(Clone, Debug)]
struct Message {
    head: String,
    has_framing: bool,
    body: Vec<u8>,
}

#[derive(Clone, Copy, Debug)]
enum Then {
    KeepOpen,
    Close,
    Reset,
    Stall,
}

impl Reply {
    /// `200 OK` with this body.
    pub fn ok(body: impl AsRef<[u8]>) -> Self {
        Self::status(200, "OK").body(body)
    }

    /// An empty reply with this status, to which headers and a body can be added.
    ///
    /// Nothing is added to them but a `Content-Length`, and not even that where
    /// the message has one (or a `Transfer-Encoding`) or may not have any.
    pub fn status(code: u16, reason: &str) -> Self {
        Self::from(Content::Message(Message {
            head: format!("HTTP/1.1 {code} {reason}\r\n"),
            has_framing: code < 200 || code == 204 || code == 304,
            body: Vec::new(),
        }))
    }

    /// An empty reply that sends the client on to `location`.
    pub fn redirect(code: u16, location: &str) -> Self {
        Self::status(code, "Redirect").header("Location", location)
    }

    /// Exactly these bytes.
    pub fn raw(bytes: impl AsRef<[u8]>) -> Self {
        Self::from(Content::Raw(bytes.as_ref().to_vec()))
    }

    /// These bytes, and then the block over and over until the client goes away.
    pub fn endless(prefix: impl AsRef<[u8]>, block: impl AsRef<[u8]>) -> Self {
        let (prefix, block) = (prefix.as_ref().to_vec(), block.as_ref().to_vec());
        assert!(!block.is_empty(), "an endless reply must have a block");
        Self::from(Content::Endless { prefix, block })
    }

    /// Exactly these bytes, one at a time, with a pause after each.
    pub fn drip(bytes: impl AsRef<[u8]>, pace: Duration) -> Self {
        let bytes = bytes.as_ref().to_vec();
        Self::from(Content::Drip { bytes, pace })
    }

    /// These bytes, and then the piece over and over, with a pause after each, until the client
    /// goes away.
    pub fn trickle(prefix: impl AsRef<[u8]>, piece: impl AsRef<[u8]>, pace: Duration) -> Self {
        let (prefix, piece) = (prefix.as_ref().to_vec(), piece.as_ref().to_vec());
        Self::from(Content::Trickle { prefix, piece, pace })
    }

    /// Adds a header line, even if there is one of that name already.
    ///
    /// # Panics
    ///
    /// If the reply did not come from [`status`](Self::status),
    /// [`ok`](Self::ok) or [`redirect`](Self::redirect).
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let message = self.message();
        message.has_framing |=
            ["Content-Length", "Transfer-Encoding"].iter().any(|framing| name.eq_ignore_ascii_case(framing));
        message.head += &format!("{name}: {value}\r\n");
        self
    }

    /// Sets the body.
    ///
    /// # Panics
    ///
    /// Where [`header`](Self::header) does.
    pub fn body(mut self, body: impl AsRef<[u8]>) -> Self {
        self.message().body = body.as_ref().to_vec();
        self
    }

    /// Closes the connection after the reply, without having announced it.
    pub fn then_close(mut self) -> Self {
        self.then = Then::Close;
        self
    }

    /// Resets the connection after the reply.
    pub fn then_reset(mut self) -> Self {
        self.then = Then::Reset;
        self
    }

    /// Says no more after the reply, but keeps the connection open until the
    /// client goes away.
    pub fn then_stall(mut self) -> Self {
        self.then = Then::Stall;
        self
    }

    pub(super) fn send(&self, request: &Recorded, connection: &mut Connection) -> io::Result<ControlFlow<()>> {
        self.content.send(request, connection)?;
        match self.then {
            Then::KeepOpen if !request.wants_close() => return Ok(ControlFlow::Continue(())),
            Then::KeepOpen | Then::Close => {}
            Then::Reset => connection.end_with_reset(),
            Then::Stall => connection.wait_for_client_to_go()?,
        }
        Ok(ControlFlow::Break(()))
    }

    fn message(&mut self) -> &mut Message {
        match &mut self.content {
            Content::Message(message) => message,
            other => panic!("{other:?} is sent as it is: it takes no header and no body"),
        }
    }
}

impl From<Content> for Reply {
    fn from(content: Content) -> Self {
        let then = Then::KeepOpen;
        Self { content, then }
    }
}

impl Content {
    fn send(&self, request: &Recorded, connection: &mut Connection) -> io::Result<()> {
        match self {
            Self::Message(message) => connection.write_all(&message.to_bytes(request)),
            Self::Raw(bytes) => connection.write_all(bytes),
            Self::Endless { prefix, block } => {
                connection.write_all(prefix)?;
                loop {
                    connection.write_all(block)?;
                }
            }
            Self::Trickle { prefix, piece, pace } => {
                connection.write_all(prefix)?;
                while connection.pause(*pace) {
                    connection.write_all(piece)?;
                }
                Err(io::ErrorKind::ConnectionAborted.into())
            }
            Self::Drip { bytes, pace } => {
                for byte in bytes {
                    connection.write_all(&[*byte])?;
                    if !connection.pause(*pace) {
                        return Err(io::ErrorKind::ConnectionAborted.into());
                    }
                }
                Ok(())
            }
        }
    }
}

impl Message {
    fn to_bytes(&self, request: &Recorded) -> Vec<u8> {
        let mut bytes = self.head.clone().into_bytes();
        if !self.has_framing {
            bytes.extend(format!("Content-Length: {}\r\n", self.body.len()).into_bytes());
        }
        bytes.extend(b"\r\n");
        if request.method() != "HEAD" {
            bytes.extend(&self.body);
        }
        bytes
    }
}
