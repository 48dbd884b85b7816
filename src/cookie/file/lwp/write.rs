//! A cookie, as the words of a line.

use std::io::Write;
use std::str;

use super::escape::escape;
use super::{ESCAPED, PLAIN, read};
use crate::cookie::{Cookie, bytes, header, iso};

/// Appends the line: as it is if every reader of the format takes it for this cookie, and else
/// escaped.
pub(in crate::cookie::file) fn line(cookie: &Cookie, out: &mut Vec<u8>) {
    let start = out.len();
    out.extend_from_slice(PLAIN);
    out.push(b' ');
    let words = out.len();
    Words { out: &mut *out, start: words, escaped: false }.all(cookie, true);
    if is_simple(cookie) || is_faithful(cookie, &out[words..]) {
        return;
    }
    out.truncate(start);
    out.extend_from_slice(ESCAPED);
    out.push(b' ');
    let words = out.len();
    Words { out, start: words, escaped: true }.all(cookie, true);
}

/// The words as the original wrote them, whatever a reader makes of them.
pub(in crate::cookie) fn plain_words(cookie: &Cookie) -> Vec<u8> {
    let mut out = Vec::new();
    Words { out: &mut out, start: 0, escaped: false }.all(cookie, false);
    out
}

/// Whether a look shows that all readers take the line for this cookie, as it does with most: what
/// follows from the rules of reading, without reading.
fn is_simple(cookie: &Cookie) -> bool {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let name = cookie.name_bytes();
    let years = cookie.expires.is_none_or(|expires| (0..iso::YEAR_10000).contains(&expires));
    cookie.extras.is_none()
        && cookie.packed().is_empty()
        && !name.is_empty()
        && !bytes::any(name, |byte| !is_name(byte))
        && !bytes::any(cookie.texts(), |byte| !matches!(byte, b' '..=b'~'))
        && cookie.path_bytes().starts_with(b"/")
        && !cookie.owner_bytes().is_empty()
        && cookie.domain_specified == cookie.is_dotted()
        && cookie.discard == cookie.expires.is_none()
        && years
}

/// Whether the line is read as this cookie. Python reads the file as UTF-8 and takes all of
/// Unicode's blanks for the end of a name.
fn is_faithful(cookie: &Cookie, line: &[u8]) -> bool {
    let is_name = |name: &[u8]| str::from_utf8(name).is_ok_and(|name| !name.contains(char::is_whitespace));
    if !is_name(cookie.name_bytes()) || !cookie.attributes().all(|(name, _)| is_name(name)) {
        return false;
    }
    let Ok(text) = str::from_utf8(line) else {
        return false;
    };
    if text.contains(|character: char| character.is_control() && character != '\t') {
        return false;
    }
    let mut lists = header::split_lists(line);
    let (Some(pairs), None) = (lists.pop(), lists.pop()) else {
        return false;
    };
    read::plain(pairs, false).is_ok_and(|(back, _)| back == *cookie)
}

/// Words that are written one after the other.
struct Words<'a> {
    out: &'a mut Vec<u8>,
    start: usize,
    /// Whether every text is escaped.
    escaped: bool,
}

impl Words<'_> {
    /// All words, in the original's order. `domain_spec` says that a domain was named though it has
    /// no dot, which the original has no word for.
    fn all(&mut self, cookie: &Cookie, domain_spec: bool) {
        let extras = cookie.extras.as_deref();
        let name = if self.escaped { &escape(cookie.name_bytes()) } else { cookie.name_bytes() };
        self.word(name, cookie.value_if_any());
        self.word(b"path", Some(cookie.path_bytes()));
        self.word(b"domain", Some(cookie.domain_bytes()));
        self.text(b"port", cookie.port().map(str::as_bytes));
        self.flag(cookie.path_specified, b"path_spec");
        self.flag(cookie.port_specified, b"port_spec");
        self.flag(cookie.domain_initial_dot, b"domain_dot");
        // The plain form takes the domain for named if it begins with a dot.
        self.flag(domain_spec && cookie.domain_specified && (self.escaped || !cookie.is_dotted()), b"domain_spec");
        self.flag(cookie.secure, b"secure");
        if let Some(expires) = cookie.expires {
            self.expires(expires);
        }
        self.flag(cookie.discard, b"discard");
        self.text(b"comment", extras.and_then(|extras| extras.comment.as_deref()));
        self.text(b"commenturl", extras.and_then(|extras| extras.comment_url.as_deref()));
        self.flag(cookie.rfc2109, b"rfc2109");
        self.rest(cookie);
        self.word(b"version", Some(cookie.version.to_string().as_bytes()));
    }

    /// The attributes that no protocol knows, sorted as in the original: their order means nothing.
    fn rest(&mut self, cookie: &Cookie) {
        let http_only = cookie.http_only.then_some((&b"HttpOnly"[..], None));
        let mut rest: Vec<_> = http_only.into_iter().chain(cookie.attributes()).collect();
        rest.sort_unstable();
        for (name, value) in rest {
            if self.escaped {
                self.word(&[b"+", &*escape(name)].concat(), value);
            } else {
                self.word(name, value);
            }
        }
    }

    fn flag(&mut self, on: bool, name: &[u8]) {
        if on {
            self.word(name, None);
        }
    }

    fn text(&mut self, name: &[u8], text: Option<&[u8]>) {
        if text.is_some() {
            self.word(name, text);
        }
    }

    fn expires(&mut self, expires: i64) {
        self.separate();
        // A vector takes all that is written.
        let _ = match self.escaped {
            true => write!(self.out, "expires={expires}"),
            false => {
                self.out.extend_from_slice(b"expires=\"");
                iso::write_iso(expires, self.out);
                self.out.extend_from_slice(b"\"");
                Ok(())
            }
        };
    }

    fn word(&mut self, name: &[u8], value: Option<&[u8]>) {
        self.separate();
        match value {
            Some(value) if self.escaped => header::write_word(name, Some(&escape(value)), self.out),
            value => header::write_word(name, value, self.out),
        }
    }

    fn separate(&mut self) {
        if self.out.len() > self.start {
            self.out.extend_from_slice(b"; ");
        }
    }
}
