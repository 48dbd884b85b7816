//! A server without a socket: what it says to each request is written down beforehand, in pieces,
//! each of which is one read.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use clientcookie::transport::{Connection, Dial};

/// What is said to the requests, one after the other, over whatever connection they come; then what
/// is said to all others.
#[derive(Clone)]
pub struct Server(Arc<Mutex<Words>>);

struct Words {
    answers: VecDeque<Vec<Vec<u8>>>,
    others: Vec<u8>,
}

impl Server {
    pub fn new(first: &[&[u8]], others: &[u8]) -> Self {
        let first = first.iter().map(|piece| piece.to_vec()).collect();
        Self(Arc::new(Mutex::new(Words { answers: [first].into(), others: others.to_vec() })))
    }

    fn lock(&self) -> MutexGuard<'_, Words> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Dial for Server {
    fn dial(&self, _: &str, _: u16, _: Option<Duration>) -> clientcookie::Result<Box<dyn Connection>> {
        Ok(Box::new(Spoken { server: self.clone(), asked: Vec::new(), coming: VecDeque::new() }))
    }
}

struct Spoken {
    server: Server,
    /// The request so far.
    asked: Vec<u8>,
    coming: VecDeque<Vec<u8>>,
}

impl Read for Spoken {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(piece) = self.coming.front_mut() else {
            return Ok(0);
        };
        let amount = piece.len().min(buffer.len());
        buffer[..amount].copy_from_slice(&piece[..amount]);
        piece.drain(..amount);
        if piece.is_empty() {
            self.coming.pop_front();
        }
        Ok(amount)
    }
}

impl Write for Spoken {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.asked.extend_from_slice(bytes);
        if self.asked.ends_with(b"\r\n\r\n") {
            self.asked.clear();
            let mut words = self.server.lock();
            let others = vec![words.others.clone()];
            let answer = words.answers.pop_front().unwrap_or(others);
            self.coming.extend(answer.into_iter().filter(|piece| !piece.is_empty()));
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Connection for Spoken {
    fn set_read_timeout(&mut self, _: Option<Duration>) -> io::Result<()> {
        Ok(())
    }

    fn set_write_timeout(&mut self, _: Option<Duration>) -> io::Result<()> {
        Ok(())
    }

    fn is_quiet(&mut self) -> bool {
        self.coming.is_empty()
    }
}

/// A count, so many lengths, and the bytes, cut into pieces of these lengths.
pub fn cut(bytes: &[u8]) -> (Vec<&[u8]>, &[u8]) {
    let Some((&count, rest)) = bytes.split_first() else {
        return (vec![b""], b"");
    };
    let (lengths, whole) = rest.split_at(rest.len().min(usize::from(count % 8)));
    let (mut pieces, mut left) = (Vec::new(), whole);
    for &length in lengths {
        let (piece, rest) = left.split_at(left.len().min(usize::from(length)));
        pieces.push(piece);
        left = rest;
    }
    pieces.push(left);
    (pieces, whole)
}
