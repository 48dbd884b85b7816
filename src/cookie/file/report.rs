//! What became of the lines of a file, and of the cookies of a jar.

use std::fmt;

use crate::cookie::{Cookie, Rejected};

/// Skipped lines that are kept, with their reasons; of those after them only the number is known, so that a file of
/// nonsense does not fill the memory.
const SKIPPED_KEPT: usize = 1000;

/// What a format has read.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Loaded {
    /// The cookies, in the order of the file. Some may have expired.
    pub cookies: Vec<Cookie>,
    /// The lines that were skipped, or rows of a database, the first thousand of them. Comments and empty lines do not
    /// count.
    pub skipped: Vec<Skipped>,
    /// How many lines were skipped in all.
    pub skipped_lines: usize,
}

impl Loaded {
    /// These cookies, and no line skipped.
    pub fn new(cookies: Vec<Cookie>) -> Self {
        Self { cookies, ..Self::default() }
    }

    /// Notes that a line was skipped.
    pub fn skip(&mut self, line: usize, reason: Reason) {
        self.skipped_lines += 1;
        if self.skipped.len() < SKIPPED_KEPT {
            self.skipped.push(Skipped { line, reason });
        }
    }
}

/// A line that was skipped, or a row of a database. It prints as `line 7: there is no domain`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// Its number; the first line, or row, is 1.
    pub line: usize,
    /// Why.
    pub reason: Reason,
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.reason)
    }
}

/// Why a line, or a row of a database, holds no cookie that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// There is a control character in it, which would end a line or a header somewhere.
    ControlCharacter,
    /// It has fewer columns than six; the seventh, the value, may be missing.
    TooFewFields,
    /// A column that is `TRUE` or `FALSE` is something else.
    NotTrueOrFalse,
    /// There is no domain.
    NoDomain,
    /// The domain is no host name and no address.
    BadDomain,
    /// The expiry is no number.
    BadExpiry,
    /// There is no name, and no value that could stand for it.
    NoName,
    /// The version is no number.
    BadVersion,
    /// The port is not text.
    BadPort,
    /// A `%` is not followed by two hexadecimal digits, in a line where everything is escaped.
    BadEscape,
    /// In a browser's store, a cookie's texts are longer than a line may be ([`LINE_LIMIT`](super::LINE_LIMIT)).
    TooLong,
    /// In a browser's store, the cookie belongs to a container, a private window or an app.
    OtherContainer,
    /// In a browser's store, the cookie belongs to a site embedded in pages of one other site.
    Partitioned,
    /// In a browser's store, the value is encrypted with a key that is in the system's keyring (`v11`).
    InKeyring,
    /// In a browser's store, the value is encrypted with a key that is not known here.
    Undecodable,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ControlCharacter => "there is a control character in it",
            Self::TooFewFields => "it has fewer than six columns",
            Self::NotTrueOrFalse => "a flag is neither TRUE nor FALSE",
            Self::NoDomain => "there is no domain",
            Self::BadDomain => "the domain is no host",
            Self::BadExpiry => "the expiry is no number",
            Self::NoName => "there is neither name nor value",
            Self::BadVersion => "the version is no number",
            Self::BadPort => "the port is not text",
            Self::BadEscape => "a % is not followed by two hexadecimal digits",
            Self::TooLong => "it is too long",
            Self::OtherContainer => "it belongs to a container, a private window or an app",
            Self::Partitioned => "it belongs to a site embedded in another",
            Self::InKeyring => "its value is encrypted with a key in the system's keyring",
            Self::Undecodable => "its value is encrypted with a key that is not known here",
        })
    }
}

/// What a format has written.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Written {
    /// The file.
    pub bytes: Vec<u8>,
    /// The cookies that are not in it.
    pub left_out: Vec<LeftOut>,
}

impl Written {
    /// These bytes, and no cookie left out.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self { bytes, left_out: Vec::new() }
    }
}

/// A cookie that a format cannot hold.
#[derive(Debug, Clone)]
pub struct LeftOut {
    /// The cookie.
    pub cookie: Cookie,
    /// Why, as a sentence that does not tell its value.
    pub reason: &'static str,
}

/// What [`load`](super::FileCookieJar::load) has done.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct LoadReport {
    /// How many cookies were put into the jar.
    pub stored: usize,
    /// How many were passed over because they have expired or are session cookies.
    pub passed_over: usize,
    /// The lines, or rows of a database, that hold no cookie that can be read, the first thousand of them.
    pub skipped: Vec<Skipped>,
    /// How many such lines there are.
    pub skipped_lines: usize,
    /// The cookies that could not be sent without damage, and so were not stored.
    pub refused: Vec<Rejected>,
}

/// What [`save`](super::FileCookieJar::save) has done.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct SaveReport {
    /// How many cookies are in the file.
    pub saved: usize,
    /// How many were passed over because they have expired or are session cookies.
    pub passed_over: usize,
    /// The cookies that the format cannot hold.
    pub left_out: Vec<LeftOut>,
}
