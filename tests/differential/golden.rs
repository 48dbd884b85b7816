//! Reading `fixtures/differential/`: what was played, what the peers did, and what was decided.

use std::collections::{BTreeMap, BTreeSet};

/// One scenario, and the outcomes of it that are known.
pub struct Case {
    /// The number and the family: `17 domains`.
    pub title: &'static str,
    /// The scenario, line by line.
    pub steps: Vec<&'static str>,
    /// What http.cookiejar did.
    pub python: Outcome,
    /// What mechanize 0.2.5 did.
    pub original: Outcome,
    /// What is to be done.
    pub decided: Outcome,
    /// Why that is not what http.cookiejar did.
    pub mends: Vec<&'static str>,
    /// Why the original did something else than http.cookiejar.
    pub habits: Vec<&'static str>,
}

impl Case {
    pub fn number(&self) -> usize {
        self.title.split(' ').next().and_then(|number| number.parse().ok()).expect("a case number")
    }
}

/// The lines of an outcome: the headers sent, then the cookies left in the jar.
pub type Outcome = Vec<String>;

pub fn cases() -> Vec<Case> {
    blocks(include_str!("../../fixtures/differential/golden.txt")).map(case).collect()
}

fn case((title, lines): (&'static str, Vec<&'static str>)) -> Case {
    let is_heading = |line: &&str| {
        let word = line.split(' ').next();
        matches!(word, Some("agreed" | "python" | "original" | "decided"))
    };
    let end = lines.iter().position(is_heading).expect("an outcome");
    let mut outcomes: BTreeMap<&str, Outcome> = BTreeMap::new();
    let (mut heading, mut mends, mut habits) = ("", Vec::new(), Vec::new());
    for line in &lines[end..] {
        if is_heading(line) {
            let mut words = line.split(' ');
            heading = words.next().expect("a heading");
            if heading == "decided" {
                mends.extend(words)
            } else {
                habits.extend(words)
            }
            outcomes.insert(heading, Outcome::new());
        } else {
            outcomes.get_mut(heading).expect("a heading before it").push(as_text(line));
        }
    }
    let agreed = outcomes.remove("agreed");
    let python = outcomes.remove("python").or_else(|| agreed.clone()).expect("Python's outcome");
    let original = outcomes.remove("original").or(agreed).expect("the original's outcome");
    let decided = outcomes.remove("decided").unwrap_or_else(|| python.clone());
    Case { title, steps: lines[..end].to_vec(), python, original, decided, mends, habits }
}

/// The line with its comments and other attributes as text, which is how cookies of this crate show
/// them: what is not UTF-8 becomes U+FFFD.
pub fn as_text(line: &str) -> String {
    let is_text = |field: &str| field.starts_with("rest:") || field.starts_with("comment");
    let mut fields: Vec<String> = line.split('\t').map(str::to_owned).collect();
    if !line.starts_with("jar ") || !line.contains("\\x") {
        return line.to_owned();
    }
    for field in fields.iter_mut().filter(|field| is_text(field)) {
        *field = escape(String::from_utf8_lossy(&unescape(field)).as_bytes());
    }
    let rest = fields.iter().position(|field| field.starts_with("rest:")).unwrap_or(fields.len());
    fields[rest..].sort_unstable();
    fields.join("\t")
}

/// The blocks of a text: what follows `case` in the first line, and the lines after it.
pub fn blocks(text: &str) -> impl Iterator<Item = (&str, Vec<&str>)> {
    text.split("\n\n").filter_map(|block| {
        let mut lines = block.lines();
        let title = lines.next()?.strip_prefix("case ")?;
        Some((title, lines.collect()))
    })
}

/// Why outcomes differ: by the names that `golden.txt` gives as reasons, and the cases that are not
/// even as decided.
pub struct Differences {
    pub reasons: BTreeSet<&'static str>,
    /// Numbers of the cases whose outcome is not the decided one, and the sentence why.
    pub remaining: BTreeMap<usize, &'static str>,
}

pub fn differences() -> Differences {
    let mut differences = Differences { reasons: BTreeSet::new(), remaining: BTreeMap::new() };
    for line in include_str!("../../fixtures/differential/expected_differences.txt").lines() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (head, sentence) = line.split_once(": ").expect("a colon before the sentence");
        match head.split_once(' ').expect("a word and what it is about") {
            ("mend" | "habit", name) => assert!(differences.reasons.insert(name), "{name} twice"),
            ("remaining", numbers) => {
                for number in numbers.split(' ') {
                    differences.remaining.insert(number.parse().expect("a case number"), sentence);
                }
            }
            (word, _) => panic!("expected_differences.txt says {word:?}"),
        }
    }
    differences
}

/// Undoes the `\xNN` of the fixtures.
pub fn unescape(text: &str) -> Vec<u8> {
    let mut parts = text.split("\\x");
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16).expect("two hexadecimal digits"));
        bytes.extend_from_slice(&part.as_bytes()[2..]);
    }
    bytes
}

/// Bytes as the fixtures write them: printable ASCII, and no blank at an end.
pub fn escape(bytes: &[u8]) -> String {
    let blank = |byte: &&u8| **byte == b' ';
    let left = bytes.iter().take_while(blank).count();
    let right = bytes.len() - bytes.iter().rev().take_while(blank).count();
    let mut text = String::new();
    for (place, &byte) in bytes.iter().enumerate() {
        let plain = (b' '..=b'~').contains(&byte) && byte != b'\\' && (left..right).contains(&place);
        if plain {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("\\x{byte:02x}"));
        }
    }
    text
}
