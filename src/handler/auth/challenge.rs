//! [`Challenge`]: what a server wants to know before it answers (RFC 9110 section 11.3).

use crate::message::headers::Headers;
use crate::readable;

/// How many challenges of an answer are looked at. Servers send one or two.
const CHALLENGES: usize = 32;

/// A scheme and its parameters: `Digest realm="Staff", nonce="..."`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Challenge {
    /// In lower case.
    pub(super) scheme: String,
    /// The names in lower case.
    parameters: Vec<(String, String)>,
}

impl Challenge {
    /// The first parameter of this name.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// The same with another value of this parameter.
    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        self.parameters.retain(|(other, _)| other != name);
        self.parameters.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The realm; empty if there is none.
    pub(super) fn realm(&self) -> &str {
        self.parameter("realm").unwrap_or_default()
    }
}

/// The challenges in all headers of this name, in order. What cannot be read is passed over.
pub(super) fn challenges(headers: &Headers, name: &str) -> Vec<Challenge> {
    let mut found = Vec::new();
    for value in headers.get_all(name) {
        parse(&readable::text(value.as_bytes()), &mut found);
    }
    found
}

/// The scheme and parameters of credentials, which are written as a challenge is (RFC 9110 section
/// 11.4).
pub(super) fn credentials(value: &[u8]) -> Option<Challenge> {
    let mut found = Vec::new();
    parse(&readable::text(value), &mut found);
    found.into_iter().next()
}

/// The value of a parameter in a header that holds nothing else, as `Authentication-Info` (RFC 7615
/// section 3).
pub(super) fn parameter(headers: &Headers, header: &str, name: &str) -> Option<String> {
    let value = headers.get(header)?;
    let info = credentials(format!("info {}", readable::text(value.as_bytes())).as_bytes())?;
    info.parameter(name).map(str::to_owned)
}

/// One header may hold several challenges, and the comma between two of them looks like that
/// between two parameters: what follows a comma is a parameter if it has an `=` behind its name,
/// and else the next scheme.
fn parse(text: &str, found: &mut Vec<Challenge>) {
    let mut rest = Rest(text);
    loop {
        rest.skip(|character| matches!(character, ' ' | '\t' | ',' | ';'));
        let name = rest.token();
        if name.is_empty() {
            if !rest.drop_one() {
                return;
            }
            continue;
        }
        let before_equals = rest.0;
        rest.skip(is_space);
        if !rest.eat('=') {
            // Not a parameter: a scheme.
            if found.len() == CHALLENGES {
                return;
            }
            found.push(Challenge { scheme: name.to_ascii_lowercase(), parameters: Vec::new() });
            rest = Rest(before_equals);
            continue;
        }
        rest.skip(is_space);
        let value = match rest.quoted() {
            Quoted::Text(value) => value,
            Quoted::None => rest.up_to_comma().to_owned(),
            Quoted::Unterminated => {
                // Where it ends nobody knows, so its challenge is none.
                found.pop();
                return;
            }
        };
        if let Some(challenge) = found.last_mut() {
            challenge.parameters.push((name.to_ascii_lowercase(), value));
        }
    }
}

fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t')
}

/// What has not been read yet. Each step reads on, and nothing is read twice but the spaces before
/// a scheme's end.
struct Rest<'a>(&'a str);

enum Quoted {
    None,
    Text(String),
    Unterminated,
}

impl<'a> Rest<'a> {
    fn skip(&mut self, skipped: impl Fn(char) -> bool) {
        self.0 = self.0.trim_start_matches(skipped);
    }

    fn eat(&mut self, character: char) -> bool {
        match self.0.strip_prefix(character) {
            Some(rest) => {
                self.0 = rest;
                true
            }
            None => false,
        }
    }

    /// A token, or a token68 up to its `=`: all up to a separator, which may be nothing.
    fn token(&mut self) -> &'a str {
        let ends = |character: char| matches!(character, ' ' | '\t' | ',' | '=' | '"');
        let (token, rest) = self.0.split_at(self.0.find(ends).unwrap_or(self.0.len()));
        self.0 = rest;
        token
    }

    /// A value without quotes, whole: not all servers put those with an `=` or a blank into quotes.
    fn up_to_comma(&mut self) -> &'a str {
        let (value, rest) = self.0.split_at(self.0.find(',').unwrap_or(self.0.len()));
        self.0 = rest;
        value.trim_end_matches(is_space)
    }

    /// Passes over a character, if there is one.
    fn drop_one(&mut self) -> bool {
        let mut characters = self.0.chars();
        let is_there = characters.next().is_some();
        self.0 = characters.as_str();
        is_there
    }

    /// A quoted string (RFC 9110 section 5.6.4), its escapes undone.
    fn quoted(&mut self) -> Quoted {
        if !self.eat('"') {
            return Quoted::None;
        }
        let mut text = String::new();
        let mut characters = self.0.chars();
        while let Some(character) = characters.next() {
            match character {
                '"' => {
                    self.0 = characters.as_str();
                    return Quoted::Text(text);
                }
                '\\' => text.extend(characters.next()),
                other => text.push(other),
            }
        }
        Quoted::Unterminated
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sentence, a header, and what is in it: each challenge as `scheme name=value ...`.
    const ROWS: &[(&str, &str, &[&str])] = &[
        ("one", "Basic realm=\"Staff\"", &["basic realm=Staff"]),
        ("a realm without quotes", "Basic realm=Staff", &["basic realm=Staff"]),
        ("a realm in single quotes, which are none", "Basic realm='a b'", &["basic realm='a b'"]),
        ("a realm of two words without quotes", "Basic realm=a b, x=y", &["basic realm=a b x=y"]),
        ("a nonce that ends in equals", "Digest nonce=a/b+==, qop=auth", &["digest nonce=a/b+== qop=auth"]),
        ("an equals within", "Digest nonce=a=b=c", &["digest nonce=a=b=c"]),
        ("blanks behind a value without quotes", "Digest nonce=a== \t, qop=auth ", &["digest nonce=a== qop=auth"]),
        ("semicolons", "Digest realm=\"a\"; nonce=\"b\"", &["digest realm=a nonce=b"]),
        ("no commas", "Digest realm=\"a\" nonce=\"b\"", &["digest realm=a nonce=b"]),
        ("spaces around the equals", "Basic realm = \"a\"", &["basic realm=a"]),
        ("names in capitals", "BASIC REALM=\"a\"", &["basic realm=a"]),
        ("no parameters", "Negotiate", &["negotiate"]),
        ("a token68", "Negotiate abc==", &["negotiate abc=="]),
        ("two, of which one has one", "Negotiate abc==, Basic realm=a", &["negotiate abc==", "basic realm=a"]),
        ("two", "Basic realm=\"a\", Digest realm=\"b\", nonce=\"c\"", &["basic realm=a", "digest realm=b nonce=c"]),
        ("two, of which one has none", "Negotiate, Basic realm=\"a\"", &["negotiate", "basic realm=a"]),
        ("two without spaces", "Basic realm=a,Digest realm=b", &["basic realm=a", "digest realm=b"]),
        ("empty elements", ", ,Basic realm=\"a\",, ,Digest realm=b,", &["basic realm=a", "digest realm=b"]),
        ("commas and equals in quotes", "Basic realm=\"a, Digest b=c\"", &["basic realm=a, Digest b=c"]),
        ("escapes in quotes", r#"Basic realm="a\"b\\c""#, &[r#"basic realm=a"b\c"#]),
        ("a name twice", "Basic realm=a, realm=b", &["basic realm=a realm=b"]),
        ("a parameter of nothing", "realm=\"a\", Basic realm=b", &["basic realm=b"]),
        ("an unterminated quote", "Basic realm=\"a, Digest realm=b", &[]),
        ("one behind a good one", "Basic realm=a, Digest realm=\"b", &["basic realm=a"]),
        ("an empty value", "Basic realm=, x=", &["basic realm= x="]),
        ("nothing", "", &[]),
        ("nonsense", "=\"\",,==", &[]),
        ("one behind nonsense", "=\"\",,== Basic realm=a", &["basic realm=a"]),
    ];

    fn shown(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        parse(text, &mut found);
        let show = |challenge: &Challenge| {
            let parameters = challenge.parameters.iter().map(|(name, value)| format!(" {name}={value}"));
            format!("{}{}", challenge.scheme, parameters.collect::<String>())
        };
        found.iter().map(show).collect()
    }

    #[test]
    fn challenges_are_read_as_they_are_meant() {
        for (says, text, expected) in ROWS {
            assert_eq!(shown(text), *expected, "{says}");
        }
    }

    #[test]
    fn no_more_than_a_few_are_looked_at() {
        assert_eq!(shown(&"a,".repeat(1000)).len(), CHALLENGES);
    }
}
