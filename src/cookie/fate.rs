//! [`CookieDecision`]: what a jar decided about a cookie.

use std::fmt;

use super::{Cookie, Refusal};

/// What became of a cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CookieFate {
    /// The jar has it now.
    Stored,
    /// The jar has it now, in the place of one with its name.
    Replaced,
    /// It has expired, and took the one with its name away.
    Deleted,
    /// The jar did not take it.
    Refused(Refusal),
    /// It goes with the request.
    Sent,
    /// The jar has it, and it does not go with the request.
    Withheld(Refusal),
}

impl CookieFate {
    /// Why not, where it was refused or withheld.
    pub fn refusal(self) -> Option<Refusal> {
        match self {
            Self::Refused(why) | Self::Withheld(why) => Some(why),
            _ => None,
        }
    }
}

impl fmt::Display for CookieFate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stored => f.write_str("stored"),
            Self::Replaced => f.write_str("stored in the place of another"),
            Self::Deleted => f.write_str("deleted"),
            Self::Refused(why) => write!(f, "not stored: {why}"),
            Self::Sent => f.write_str("sent"),
            Self::Withheld(why) => write!(f, "not sent: {why}"),
        }
    }
}

/// What a jar decided about a cookie, as it tells
/// [`CookieJar::extract_cookies_with`](super::CookieJar::extract_cookies_with) and
/// [`add_cookie_header_with`](super::CookieJar::add_cookie_header_with).
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct CookieDecision<'a> {
    /// The cookie's name; `***` if the header had no `=`, since what is a name here may be a secret
    /// to the server, and no more than 64 bytes of one that could not be read further.
    pub name: &'a [u8],
    /// The cookie, unless its header could not be read.
    pub cookie: Option<&'a Cookie>,
    /// What became of it.
    pub fate: CookieFate,
}
