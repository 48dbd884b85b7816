//! From the bytes of a robots.txt to its records. The `robotstxt` crate tells the lines apart; what
//! it must not see, a text with more than ASCII or a line without end, is taken from them before.

use std::borrow::Cow;
use std::collections::HashMap;
use std::time::Duration;

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};
use robotstxt::{RobotsParseHandler, parse_robotstxt};

use crate::handler::robots::agent::product_token;
use crate::handler::robots::escape;
use crate::handler::robots::pattern::Pattern;
use crate::handler::robots::rules::{Group, RequestRate, RobotRules, Rule};

impl RobotRules {
    /// The rules of a file. There is no file that has none: what is not understood is passed over,
    /// and an empty file allows everything.
    pub fn parse(file: impl AsRef<[u8]>) -> Self {
        parse(file.as_ref())
    }
}

/// The rules in these bytes.
fn parse(bytes: &[u8]) -> RobotRules {
    let mut reader = Reader::default();
    parse_robotstxt(&plain_text(bytes), &mut reader);
    reader.finish()
}

/// The first [`RobotRules::SIZE_LIMIT`] bytes as ASCII: UTF-16 becomes UTF-8, bytes outside ASCII
/// are escaped, one by one, as a URL escapes them, and escapes are written in upper case, so that
/// the crate finds nothing to change. A byte order mark is left out, and so are the ends of lines
/// too long and the line that the limit cuts in two: half a path is another path.
fn plain_text(bytes: &[u8]) -> String {
    let is_end = |byte: &u8| matches!(byte, b'\n' | b'\r');
    let first = bytes.get(..RobotRules::SIZE_LIMIT).unwrap_or(bytes);
    let bytes_of_text = match utf16(first) {
        Some(charset) => Cow::Owned(charset.decode(first).0.into_owned().into_bytes()),
        None => Cow::Borrowed(first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(first)),
    };
    let lines = match bytes.len() > first.len() {
        true => bytes_of_text.iter().rposition(is_end).map_or(0, |end| end + 1),
        false => bytes_of_text.len(),
    };
    let bytes = bytes_of_text.get(..lines).unwrap_or_default();
    let mut text = String::with_capacity(bytes.len());
    // A line keeps its end, so that lines are counted as they were.
    for line in bytes.split_inclusive(is_end) {
        let (line, end) = match line {
            [line @ .., b'\n'] => (line, "\n"),
            [line @ .., b'\r'] => (line, "\r"),
            _ => (line, ""),
        };
        plain_line(&mut text, line.get(..RobotRules::LINE_LIMIT).unwrap_or(line));
        text.push_str(end);
    }
    text
}

/// The UTF-16 that these bytes are in: by their mark, or since every other byte of ASCII is a NUL
/// there.
fn utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    match *bytes {
        [0xff, 0xfe, ..] => Some(UTF_16LE),
        [0xfe, 0xff, ..] => Some(UTF_16BE),
        [first, 0, ..] if first != 0 => Some(UTF_16LE),
        [0, second, ..] if second != 0 => Some(UTF_16BE),
        _ => None,
    }
}

fn plain_line(text: &mut String, line: &[u8]) {
    let mut escape_digits = 0;
    for (at, &byte) in line.iter().enumerate() {
        let is_digit = |ahead: usize| line.get(at + ahead).is_some_and(u8::is_ascii_hexdigit);
        if byte == b'%' && is_digit(1) && is_digit(2) {
            escape_digits = 3;
        }
        match byte {
            0x80.. => escape::escape(text, byte),
            _ if escape_digits > 0 => text.push(char::from(byte.to_ascii_uppercase())),
            _ => text.push(char::from(byte)),
        }
        escape_digits = usize::saturating_sub(escape_digits, 1);
    }
}

/// Takes the records in their order.
#[derive(Default)]
struct Reader {
    rules: RobotRules,
    /// The group that is being read.
    group: Group,
    /// The agents it is for, and whether a rule has followed them.
    agents: Vec<String>,
    begun: bool,
    /// The agents before these have got what they were told of a delay, and of a rate.
    without_delay: usize,
    without_rate: usize,
}

impl Reader {
    fn finish(mut self) -> RobotRules {
        self.end_group();
        self.rules
    }

    fn end_group(&mut self) {
        let group = std::mem::take(&mut self.group);
        self.rules.add_group(std::mem::take(&mut self.agents), group);
        (self.begun, self.without_delay, self.without_rate) = (false, 0, 0);
    }

    /// What stands before any `User-agent` is for nobody.
    fn add_rule(&mut self, line: u32, allow: bool, value: &str) {
        if !self.agents.is_empty() {
            self.begun = true;
            self.group.add(Pattern::new(value).map(|pattern| Rule { pattern, allow, line }));
        }
    }
}

/// Gives the agents that have none yet this value. Delays and rates do not end a group (RFC 9309
/// section 2.2.4), so an agent may be named behind one; it is for those before it alone.
fn tell<T: Copy>(told: &mut HashMap<String, T>, agents: &[String], since: &mut usize, value: Option<T>) {
    if let Some(value) = value {
        for agent in agents.get(*since..).unwrap_or_default() {
            told.entry(agent.clone()).or_insert(value);
        }
        *since = agents.len();
    }
}

impl RobotsParseHandler for Reader {
    fn handle_robots_start(&mut self) {}

    fn handle_robots_end(&mut self) {}

    fn handle_user_agent(&mut self, _: u32, value: &str) {
        if self.begun {
            self.end_group();
        }
        let name = if value.split_whitespace().next() == Some("*") { "*" } else { product_token(value) };
        self.agents.push(name.to_ascii_lowercase());
    }

    fn handle_allow(&mut self, line: u32, value: &str) {
        self.add_rule(line, true, value);
    }

    fn handle_disallow(&mut self, line: u32, value: &str) {
        self.add_rule(line, false, value);
    }

    fn handle_sitemap(&mut self, _: u32, value: &str) {
        self.rules.add_sitemap(value);
    }

    fn handle_unknown_action(&mut self, _: u32, key: &str, value: &str) {
        if key.eq_ignore_ascii_case("Crawl-delay") {
            tell(&mut self.rules.delays, &self.agents, &mut self.without_delay, delay(value));
        } else if key.eq_ignore_ascii_case("Request-rate") {
            tell(&mut self.rules.rates, &self.agents, &mut self.without_rate, rate(value));
        }
    }
}

/// Seconds, with decimals or without.
fn delay(value: &str) -> Option<Duration> {
    let is_number = value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let seconds = value.parse().ok().filter(|_| is_number)?;
    Duration::try_from_secs_f64(seconds).ok()
}

/// Requests, a slash, and seconds.
fn rate(value: &str) -> Option<RequestRate> {
    let number = |text: &str| {
        let text = text.trim();
        text.parse::<u32>().ok().filter(|&number| number > 0 && text.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let (requests, seconds) = value.split_once('/')?;
    Some(RequestRate { requests: number(requests)?, seconds: number(seconds)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_crate_is_given_short_lines_of_ascii() {
        let long = "a".repeat(RobotRules::LINE_LIMIT);
        for (sentence, given, expected) in [
            ("a byte order mark", b"\xef\xbb\xbfa\r\n".to_vec(), "a\r\n".to_owned()),
            ("UTF-16, little end first", b"\xff\xfea\0\n\0/\0\xe9\0".to_vec(), "a\n/%C3%A9".to_owned()),
            ("UTF-16, big end first", b"\xfe\xff\0a\0\n\0/\0\xe9".to_vec(), "a\n/%C3%A9".to_owned()),
            ("UTF-16 without a mark", b"a\0\n\0b\0".to_vec(), "a\nb".to_owned()),
            ("the other", b"\0a\0\n\0b".to_vec(), "a\nb".to_owned()),
            ("UTF-8 and Latin-1", b"/caf\xc3\xa9\n/caf\xe9".to_vec(), "/caf%C3%A9\n/caf%E9".to_owned()),
            ("escapes in upper case", b"a%c3%a9%2f%a%zz%%aa".to_vec(), "a%C3%A9%2F%a%zz%%AA".to_owned()),
            ("the end of a long line", format!("{long}b\nc").into_bytes(), format!("{long}\nc")),
            ("nothing", Vec::new(), String::new()),
        ] {
            assert_eq!(plain_text(&given), expected, "{sentence}");
        }
    }

    #[test]
    fn the_line_that_is_cut_in_two_is_left_out() {
        let mut given = b"#\n".repeat(RobotRules::SIZE_LIMIT / 2 - 1);
        given.extend(b"ab");
        assert_eq!(given.len(), RobotRules::SIZE_LIMIT);
        assert!(plain_text(&given).ends_with("#\nab"), "all of it is there");
        given.extend(b"c");
        assert!(plain_text(&given).ends_with("#\n"), "the line was longer");
        assert_eq!(plain_text(&vec![b'a'; RobotRules::SIZE_LIMIT + 1]), "");
        let marked = [b"\xef\xbb\xbf".as_slice(), &[b'a'; RobotRules::SIZE_LIMIT - 2]].concat();
        assert_eq!(plain_text(&marked), "", "a mark is among the bytes");
    }

    #[test]
    fn numbers_that_are_none_are_passed_over() {
        for value in ["", "x", "-1", "+1", "1e3", "inf", "NaN", "0x10", ".", "1.2.3", "9".repeat(400).as_str()] {
            assert_eq!(delay(value), None, "{value:?}");
        }
        assert_eq!(delay("2.5"), Some(Duration::from_millis(2500)));
        for value in ["", "1", "1/", "/5", "0/5", "1/0", "-1/5", "+1/5", "1/5s", "1/2/3", "99999999999/1"] {
            assert_eq!(rate(value), None, "{value:?}");
        }
        assert_eq!(rate("3 / 20"), Some(RequestRate { requests: 3, seconds: 20 }));
    }
}
