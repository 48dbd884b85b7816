//! Bodies that are made while they are read, and a transport that answers with them.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use clientcookie::transport::{Transport, WireRequest};
use clientcookie::{Body, Error, ErrorKind, Headers, Response, Result};
use http::StatusCode;

/// Answers every request with 200 (or another status) and a body from a function; the path is its
/// argument.
pub struct Made<F>(pub F);

/// A head in short: a status and header lines.
pub type Head = (u16, &'static [(&'static str, &'static str)]);

impl<F: Fn(&str) -> (Head, Body) + Send + Sync> Transport for Made<F> {
    fn send(&self, request: WireRequest<'_>) -> Result<Response> {
        let ((status, lines), body) = self.0(request.url.path());
        let mut headers = Headers::new();
        for (name, value) in lines {
            headers.append(name, *value)?;
        }
        Ok(Response::new(request.url.clone(), StatusCode::from_u16(status).unwrap(), body)
            .unwrap()
            .with_headers(headers))
    }
}

/// Counts what is read through it.
#[derive(Clone, Default)]
pub struct Count(Arc<AtomicU64>);

impl Count {
    pub fn bytes(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }

    pub fn body(&self, reader: impl Read + Send + 'static) -> Body {
        Body::from_reader(Counted(reader, self.clone()))
    }
}

struct Counted<R>(R, Count);

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.0.read(out)?;
        self.1.0.fetch_add(read as u64, Ordering::SeqCst);
        Ok(read)
    }
}

/// So many bytes that tell where they stand.
pub fn bytes(length: usize) -> Vec<u8> {
    (0..length).map(|number| (number % 251) as u8).collect()
}

/// These bytes, and then what a connection says that breaks; but only once, as a careless reader
/// would.
pub fn cut(bytes: &[u8]) -> impl Read + Send + 'static {
    let got = bytes.len() as u64;
    let kind = ErrorKind::IncompleteRead { got, expected: Some(got + 1) };
    io::Cursor::new(bytes.to_vec()).chain(Once(Some(Error::from(kind).into())))
}

/// An error, and then the end.
pub struct Once(pub Option<io::Error>);

impl Read for Once {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// Bytes one at a time, as from a slow server.
pub struct Dripping<R>(pub R);

impl<R: Read> Read for Dripping<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let one = out.len().min(1);
        self.0.read(&mut out[..one])
    }
}
