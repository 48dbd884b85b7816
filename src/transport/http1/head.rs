//! The two heads of an exchange: writing the request's, reading the response's.
//!
//! Reading is lenient where nothing hangs on it (a line that is no header is left out, a folded
//! line is joined) and strict where the body's length does: two programs that disagree on where a
//! body ends can be played against each other (response smuggling), so a head whose framing leaves
//! room for doubt is refused.

use bytes::Bytes;
use http::{HeaderValue, StatusCode};
use url::Position;

use crate::message::error::{Error, ErrorKind, Result};
use crate::message::headers::{self, Headers, Name};
use crate::message::urls;
use crate::readable;
use crate::transport::{Limits, ProxyRoute, WireRequest};

/// The head of a request as it goes on the wire. Through a plain proxy its target is the whole URL
/// (RFC 9112 section 3.2.2), else the path and query.
pub(crate) fn render(request: &WireRequest<'_>) -> Vec<u8> {
    let url = request.url;
    let mut head = Vec::with_capacity(512);
    head.extend_from_slice(request.method.as_str().as_bytes());
    head.push(b' ');
    if request.route() == Some(ProxyRoute::WholeUrl) {
        head.extend_from_slice(url.scheme().as_bytes());
        head.extend_from_slice(b"://");
        head.extend_from_slice(urls::host_and_port(url).as_bytes());
    }
    head.extend_from_slice(url[Position::BeforePath..Position::AfterQuery].as_bytes());
    head.extend_from_slice(b" HTTP/1.1\r\n");
    render_lines(&mut head, &request.headers);
    head
}

/// The header lines, and the empty one that ends a head.
pub(crate) fn render_lines(head: &mut Vec<u8>, headers: &[(&str, &HeaderValue)]) {
    for (name, value) in headers {
        head.extend_from_slice(name.as_bytes());
        head.extend_from_slice(b": ");
        head.extend_from_slice(value.as_bytes());
        head.extend_from_slice(b"\r\n");
    }
    head.extend_from_slice(b"\r\n");
}

/// The head of a response, understood.
pub(crate) struct ResponseHead {
    pub(crate) status: StatusCode,
    pub(crate) reason: String,
    pub(crate) headers: Headers,
    pub(crate) framing: Framing,
    /// Whether the connection may serve another request once the body has been read.
    pub(crate) keep_alive: bool,
}

/// Where the body of a response ends (RFC 9112 section 6.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    None,
    Length(u64),
    Chunked,
    UntilClose,
}

/// How many bytes a head takes up, its closing empty line and any empty lines before it included.
/// `from` is how many bytes an earlier call has seen, so that a head that comes byte by byte is not
/// searched again and again.
pub(crate) fn find_end(input: &[u8], from: usize) -> Option<usize> {
    let start = input.iter().position(|byte| !matches!(byte, b'\r' | b'\n'))?;
    let mut at = from.saturating_sub(2).max(start);
    while let Some(newline) = memchr::memchr(b'\n', &input[at..]) {
        at += newline + 1;
        match &input[at..] {
            [b'\n', ..] => return Some(at + 1),
            [b'\r', b'\n', ..] => return Some(at + 2),
            _ => {}
        }
    }
    None
}

/// Refuses what cannot become a head, however much follows: the greeting of a server of another
/// kind, which then waits for us as we would for it.
pub(crate) fn check_start(input: &[u8]) -> Result<()> {
    let start = from_first_line(input);
    let amount = start.len().min(VERSION.len());
    match start[..amount] == VERSION[..amount] {
        true => Ok(()),
        false => Err(not_a_status_line(start)),
    }
}

/// Empty lines may stand before a head (as RFC 9112 section 2.2 lets them stand before a
/// request's); blanks may not.
fn from_first_line(input: &[u8]) -> &[u8] {
    let start = input.iter().position(|byte| !matches!(byte, b'\r' | b'\n')).unwrap_or(input.len());
    &input[start..]
}

/// What the head answers, where that changes what it says of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    Anything,
    /// The answer has no body.
    Head,
    /// One of success has no body, whatever its headers say, and what they say must be ignored (RFC
    /// 9110 section 9.3.6).
    Connect,
}

/// Reads a whole head.
pub(crate) fn parse(head: &[u8], asked: Asked, limits: &Limits) -> Result<ResponseHead> {
    let (minor, status, reason, mut headers) = lines_of(head, limits)?;
    if asked == Asked::Connect && status.is_success() {
        return Ok(ResponseHead { status, reason, headers, framing: Framing::None, keep_alive: true });
    }
    let is_doubtful = headers.contains("Transfer-Encoding") && headers.contains("Content-Length");
    let framing = framing(&headers, minor, status, asked, limits)?;
    let keep_alive = framing != Framing::UntilClose && keeps_alive(&headers, minor) && !is_doubtful;
    if is_doubtful {
        // RFC 9112 section 6.3: it says nothing of this body.
        headers.remove("Content-Length");
    }
    Ok(ResponseHead { status, reason, headers, framing, keep_alive })
}

fn lines_of(head: &[u8], limits: &Limits) -> Result<(u8, StatusCode, String, Headers)> {
    let head = Bytes::copy_from_slice(from_first_line(head));
    let mut lines = lines(&head);
    let (minor, status, reason) = status_line(lines.next().unwrap_or_default())?;
    // RFC 9110 section 15.2: an interim head ends with its empty line, and what it says of a body
    // means nothing.
    let headers = match status.is_informational() {
        true => Headers::new(),
        false => header_lines(&head, lines, limits.header_lines)?,
    };
    Ok((minor, status, reason, headers))
}

/// The lines without their ends. What stands behind the last one is a line too.
fn lines(head: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(head);
    std::iter::from_fn(move || {
        let text = rest?;
        let (line, behind) = match memchr::memchr(b'\n', text) {
            Some(at) => (&text[..at], Some(&text[at + 1..])),
            None => (text, None),
        };
        rest = behind;
        Some(line.strip_suffix(b"\r").unwrap_or(line))
    })
}

/// RFC 9112 section 4: `HTTP-version SP status-code SP [ reason-phrase ]`, where the last space may
/// be missing.
fn status_line(line: &[u8]) -> Result<(u8, StatusCode, String)> {
    let garbage = || not_a_status_line(line);
    let rest = line.strip_prefix(VERSION).ok_or_else(garbage)?;
    let (&minor, rest) = rest.split_first().filter(|(minor, _)| minor.is_ascii_digit()).ok_or_else(garbage)?;
    let rest = rest.strip_prefix(b" ").ok_or_else(garbage)?.trim_ascii_start();
    let (code, reason) = rest.split_at_checked(3).ok_or_else(garbage)?;
    if !matches!(reason, [] | [b' ', ..]) {
        return Err(garbage());
    }
    let status = StatusCode::from_bytes(code).map_err(|_| garbage())?;
    Ok((minor - b'0', status, readable::text(reason.trim_ascii()).into_owned()))
}

/// How every head starts.
const VERSION: &[u8] = b"HTTP/1.";

fn not_a_status_line(line: &[u8]) -> Error {
    bad(format!("its first line is {:?}", readable::escaped(&readable::text(&line[..line.len().min(60)]))))
}

fn header_lines<'a>(head: &Bytes, lines: impl Iterator<Item = &'a [u8]>, limit: usize) -> Result<Headers> {
    let mut headers = Headers::with_capacity(12);
    // A header waits here until the next line shows that it is not folded.
    let mut pending: Option<(Name, Line<'a>)> = None;
    for (index, line) in lines.take_while(|line| !line.is_empty()).enumerate() {
        if index == limit {
            return Err(flood(format!("too many header lines (limit {limit})")));
        }
        if let [b' ' | b'\t', ..] = line {
            match &mut pending {
                Some((name, _)) if is_framing(name.as_str()) => return Err(bad("a framing header is folded")),
                Some((_, value)) => value.fold(line.trim_ascii()),
                None => log::debug!(target: "clientcookie::wire", "left out a folded line that continues nothing"),
            }
            continue;
        }
        if let Some((name, value)) = pending.take() {
            add(&mut headers, head, name, value)?;
        }
        pending = header_line(line)?;
    }
    if let Some((name, value)) = pending {
        add(&mut headers, head, name, value)?;
    }
    Ok(headers)
}

/// The value of a header: a part of the head, or, if it was folded, bytes of its own.
enum Line<'a> {
    Plain(&'a [u8]),
    Folded(Vec<u8>),
}

impl Line<'_> {
    /// RFC 9112 section 5.2: a fold is replaced by one space.
    fn fold(&mut self, more: &[u8]) {
        let mut value = match self {
            Line::Plain(value) => value.to_vec(),
            Line::Folded(value) => std::mem::take(value),
        };
        value.push(b' ');
        value.extend_from_slice(more);
        *self = Line::Folded(value);
    }
}

/// One line, if it is a header. What is none is left out, unless someone else could read framing
/// into it.
fn header_line(line: &[u8]) -> Result<Option<(Name, Line<'_>)>> {
    let colon = memchr::memchr(b':', line).unwrap_or(line.len());
    let (name, value) = line.split_at(colon);
    let parsed = std::str::from_utf8(name.trim_ascii_end()).ok().and_then(Name::parse);
    let spelled_well = parsed.as_ref().is_some_and(|parsed| parsed.as_str().len() == name.len()) && !value.is_empty();
    if !spelled_well {
        let letters: Vec<u8> = name.iter().copied().filter(|byte| headers::is_token(&[*byte])).collect();
        if std::str::from_utf8(&letters).is_ok_and(is_framing) {
            return Err(bad("a framing header is misspelled"));
        }
    }
    match parsed {
        Some(name) if !value.is_empty() => Ok(Some((name, Line::Plain(value[1..].trim_ascii())))),
        _ => {
            log::debug!(target: "clientcookie::wire", "left out a line that is no header ({} bytes)", line.len());
            Ok(None)
        }
    }
}

fn add(headers: &mut Headers, head: &Bytes, name: Name, value: Line<'_>) -> Result<()> {
    let value = match value {
        Line::Plain(value) => HeaderValue::from_maybe_shared(head.slice_ref(value)),
        Line::Folded(value) => HeaderValue::from_maybe_shared(Bytes::from(value)),
    };
    match value {
        Ok(value) => headers.push(name, value),
        Err(_) if is_framing(name.as_str()) => return Err(bad("a framing header holds a control character")),
        Err(_) => {
            log::debug!(target: "clientcookie::wire", "left out {}: it holds a control character", name.as_str());
        }
    }
    Ok(())
}

fn is_framing(name: &str) -> bool {
    name.eq_ignore_ascii_case("Content-Length") || name.eq_ignore_ascii_case("Transfer-Encoding")
}

/// RFC 9112 section 6.3, without its room for guessing: `Transfer-Encoding` is exactly `chunked`,
/// stands alone and not in HTTP/1.0; several `Content-Length`s agree.
fn framing(headers: &Headers, minor: u8, status: StatusCode, asked: Asked, limits: &Limits) -> Result<Framing> {
    let mut encodings = headers.get_all("Transfer-Encoding");
    let chunked = match encodings.next() {
        None => false,
        Some(value) if minor == 0 => {
            return Err(bad(format!("Transfer-Encoding {:?} in HTTP/1.0", readable::text(value.as_bytes()))));
        }
        Some(value) if value.as_bytes().eq_ignore_ascii_case(b"chunked") && encodings.next().is_none() => true,
        Some(value) => return Err(bad(format!("Transfer-Encoding {:?}", readable::text(value.as_bytes())))),
    };
    let length = content_length(headers)?;
    if chunked && length.is_some() && !limits.chunked_despite_length {
        return Err(bad("both Transfer-Encoding and Content-Length"));
    }
    Ok(match length {
        _ if asked == Asked::Head || status.is_informational() || matches!(status.as_u16(), 204 | 304) => Framing::None,
        _ if chunked => Framing::Chunked,
        Some(length) => Framing::Length(length),
        None => Framing::UntilClose,
    })
}

/// RFC 9110 section 8.6: `Content-Length = 1*DIGIT`; equal repetitions may be taken as one.
fn content_length(headers: &Headers) -> Result<Option<u64>> {
    let mut length = None;
    for value in headers.get_all("Content-Length") {
        for one in value.as_bytes().split(|&byte| byte == b',') {
            let one = one.trim_ascii();
            let digits = std::str::from_utf8(one).ok().filter(|_| one.iter().all(u8::is_ascii_digit));
            let parsed = digits.and_then(|digits| digits.parse::<u64>().ok());
            match (parsed, length) {
                (None, _) => return Err(bad(format!("Content-Length {:?}", readable::text(value.as_bytes())))),
                (Some(new), Some(old)) if new != old => return Err(bad("Content-Lengths that differ")),
                (Some(new), _) => length = Some(new),
            }
        }
    }
    Ok(length)
}

/// RFC 9112 section 9.3.
fn keeps_alive(headers: &Headers, minor: u8) -> bool {
    let said = |option: &str| {
        headers.get_all("Connection").any(|value| {
            let options = value.as_bytes().split(|&byte| byte == b',');
            options.map(<[u8]>::trim_ascii).any(|one| one.eq_ignore_ascii_case(option.as_bytes()))
        })
    };
    if minor == 0 { said("keep-alive") && !said("close") } else { !said("close") }
}

pub(crate) fn bad(reason: impl Into<String>) -> Error {
    ErrorKind::BadResponse { reason: reason.into() }.into()
}

pub(crate) fn flood(limit: impl Into<String>) -> Error {
    ErrorKind::HeaderFlood { limit: limit.into() }.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A head's header lines, framing and keep-alive in one line; or the sentence that refuses it.
    fn read(head: &str) -> String {
        let bytes: Vec<u8> = head.chars().map(|character| character as u8).collect();
        match parse(&bytes, Asked::Anything, &Limits::default()) {
            Ok(head) => {
                let headers: Vec<String> = head
                    .headers
                    .iter()
                    .map(|(name, value)| format!("{name}={}", readable::text(value.as_bytes())))
                    .collect();
                let kept = if head.keep_alive { "keep" } else { "close" };
                format!("{} {:?} [{}] {:?} {kept}", head.status.as_u16(), head.reason, headers.join("|"), head.framing)
            }
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn heads_as_servers_write_them() {
        let table = [
            (
                "the plain case",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
                r#"200 "OK" [Content-Length=5] Length(5) keep"#,
            ),
            ("no reason", "HTTP/1.1 200\r\n\r\n", r#"200 "" [] UntilClose close"#),
            ("a Latin-1 reason", "HTTP/1.1 299 caf\u{e9}\r\n\r\n", r#"299 "café" [] UntilClose close"#),
            ("bare line feeds", "HTTP/1.0 200 OK\nA: 1\n\n", r#"200 "OK" [A=1] UntilClose close"#),
            ("empty lines before it", "\r\n\r\nHTTP/1.1 204 None\r\n\r\n", r#"204 "None" [] None keep"#),
            (
                "names keep case, order and repetition",
                "HTTP/1.1 304 -\r\nb: 1\r\nA: 2\r\nB: 3\r\n\r\n",
                r#"304 "-" [b=1|A=2|B=3] None keep"#,
            ),
            (
                "a folded line is joined by one space",
                "HTTP/1.1 304 -\r\nA: 1\r\n  \t2\r\n\t3\r\n\r\n",
                r#"304 "-" [A=1 2 3] None keep"#,
            ),
            (
                "lines that are no headers are left out",
                "HTTP/1.1 304 -\r\n folded\r\nnonsense\r\n: x\r\nA B: 1\r\nC\u{e9}: 1\r\nD: \u{0}\r\nE: \u{e9}\r\n\r\n",
                r#"304 "-" [E=é] None keep"#,
            ),
            ("a space before the colon is dropped", "HTTP/1.1 304 -\r\nA : 1\r\n\r\n", r#"304 "-" [A=1] None keep"#),
            (
                "chunked, any case",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n",
                r#"200 "OK" [Transfer-Encoding=Chunked] Chunked keep"#,
            ),
            (
                "lengths that agree",
                "HTTP/1.1 200 OK\r\nContent-Length: 4, 04\r\n\r\n",
                r#"200 "OK" [Content-Length=4, 04] Length(4) keep"#,
            ),
            (
                "close wins",
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: x, Close\r\n\r\n",
                r#"200 "OK" [Content-Length=0|Connection=x, Close] Length(0) close"#,
            ),
            (
                "1.0 may keep alive",
                "HTTP/1.0 200 OK\r\nContent-Length: 0\r\nConnection: Keep-Alive\r\n\r\n",
                r#"200 "OK" [Content-Length=0|Connection=Keep-Alive] Length(0) keep"#,
            ),
            (
                "but not if it is to close too",
                "HTTP/1.0 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive, close\r\n\r\n",
                r#"200 "OK" [Content-Length=0|Connection=keep-alive, close] Length(0) close"#,
            ),
        ];
        for (sentence, head, expected) in table {
            assert_eq!(read(head), expected, "{sentence}");
        }
    }

    #[test]
    fn heads_that_are_refused() {
        let status = [
            "HTTP/0.9 200 OK",
            "HTTP/2.0 200 OK",
            "http/1.1 200 OK",
            "ICY 200 OK",
            "HTTP/1.1",
            "HTTP/1.1 20 OK",
            "HTTP/1.1 099 x",
            "HTTP/1.1 2000 x",
            "HTTP/1.1 abc",
            "<html>",
            "HTTP/1.x 200 OK",
            " HTTP/1.1 200 OK",
            "\tHTTP/1.1 200 OK",
        ];
        for line in status {
            assert!(read(&format!("{line}\r\n\r\n")).contains("its first line is"), "{line}");
        }
        let framing = [
            "Transfer-Encoding: gzip, chunked",
            "Transfer-Encoding: chunked, identity",
            "Transfer-Encoding: xchunked",
            "Transfer-Encoding: identity",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
            "Transfer-Encoding: chunked\r\nContent-Length: 5",
            "Transfer-Encoding:\r\n chunked",
            "Transfer-Encoding : chunked",
            "Transfer-Encoding\u{b}: chunked",
            "Transfer-Encoding: \u{b}chunked",
            "Content-Length : 5",
            " A: 1\r\nContent Length\u{1}: 5\r\nContent-Length\u{0}: 5",
            "Content-Length: +5",
            "Content-Length: -5",
            "Content-Length: 5x",
            "Content-Length:",
            "Content-Length: 5\r\nContent-Length: 6",
            "Content-Length: 99999999999999999999",
            "Content-Length: 1\r\n 2",
            "Content-Length: 1\r\n ",
            "Transfer-Encoding: chunked\r\n\t",
        ];
        for lines in framing {
            assert!(
                read(&format!("HTTP/1.1 200 OK\r\n{lines}\r\n\r\n")).contains("cannot be trusted"),
                "{lines:?}: {}",
                read(&format!("HTTP/1.1 200 OK\r\n{lines}\r\n\r\n"))
            );
        }
        assert!(read("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").contains("HTTP/1.0"));
        assert!(read(&format!("HTTP/1.1 200 OK\r\n{}\r\n", "A: 1\r\n".repeat(256))).starts_with("200"));
        assert!(
            read(&format!("HTTP/1.1 200 OK\r\n{}\r\n", "A: 1\r\n".repeat(257)))
                .contains("too many header lines (limit 256)")
        );
    }

    #[test]
    fn the_end_of_a_head_is_found_wherever_it_is_cut() {
        let head = b"\r\nHTTP/1.1 200 OK\r\nA: 1\r\n\r\nbody\r\n\r\n";
        let end = head.len() - b"body\r\n\r\n".len();
        for cut in 0..head.len() {
            let first = find_end(&head[..cut], 0);
            assert_eq!(first, (cut >= end).then_some(end), "cut at {cut}");
            if first.is_none() {
                assert_eq!(find_end(head, cut), Some(end), "continued at {cut}");
            }
        }
        assert_eq!(find_end(b"\r\n\r\n", 0), None, "empty lines are no head");
    }

    #[test]
    fn no_bytes_make_it_panic() {
        // A small generator: the same bytes on every run.
        let mut state = 0x2545_f491_4f6c_dd1d_u64;
        let mut next = move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        let tokens: [&[u8]; 14] = [
            b"HTTP/1.1",
            b" ",
            b"200",
            b"\r\n",
            b"\n",
            b"\r",
            b":",
            b"Content-Length",
            b"Transfer-Encoding",
            b"chunked",
            b"\0",
            b"\xff",
            b"5",
            b",",
        ];
        for _ in 0..20_000 {
            let mut head = b"HTTP/1.1 200 OK\r\n".to_vec();
            for _ in 0..next() % 20 {
                head.extend_from_slice(tokens[(next() % 14) as usize]);
            }
            let _ = (parse(&head, Asked::Anything, &Limits::default()), find_end(&head, 0));
        }
    }
}
