//! The headers that carry cookies: `Set-Cookie` and `Set-Cookie2` are read here, `Cookie` is
//! written.

mod attributes;
mod cookie;
mod netscape;
mod words;

pub(super) use attributes::{ParseOptions, ParsedCookie};
pub(super) use cookie::{length, write};
pub(super) use netscape::parse as parse_netscape;
pub(super) use words::{split as split_words, split_words as split_lists, write_word};
