//! One pattern of a rule: `/private/*.html$`.

use crate::handler::robots::escape;

/// How much comparing a question may cost.
pub(super) struct Work {
    left: usize,
}

/// There was too much to compare.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooMuch;

impl Work {
    /// So many bytes to look at.
    pub(super) fn new(bytes: usize) -> Self {
        Self { left: bytes }
    }

    fn spend(&mut self, bytes: usize) -> Result<(), TooMuch> {
        self.left = self.left.checked_sub(bytes).ok_or(TooMuch)?;
        Ok(())
    }
}

/// A path, and the pairs of characters in it.
pub(super) struct Path {
    text: String,
    pairs: u128,
}

impl Path {
    pub(super) fn new(text: String) -> Self {
        Self { pairs: pairs(&text), text }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }
}

/// A pattern: text, in which `*` stands for any text (RFC 9309 section 2.2.3). It matches the
/// beginning of a path, or the whole if it is anchored.
#[derive(Debug)]
pub(super) struct Pattern {
    text: Box<str>,
    /// The bytes before the first `*`.
    prefix: usize,
    anchored: bool,
    /// Those that a path must have.
    pairs: u128,
}

impl Pattern {
    /// `None` where it matches nothing: a path begins with a slash.
    pub(super) fn new(value: &str) -> Option<Self> {
        let (text, anchored) = value.strip_suffix('$').map_or((value, false), |text| (text, true));
        if !text.starts_with(['/', '*']) {
            return None;
        }
        let text = escape::pattern(text).into_boxed_str();
        let prefix = text.find('*').unwrap_or(text.len());
        let pairs = text.split('*').fold(0, |set, piece| set | pairs(piece));
        Some(Self { text, prefix, anchored, pairs })
    }

    /// What a path must begin with.
    pub(super) fn prefix(&self) -> &str {
        self.text.get(..self.prefix).unwrap_or_default()
    }

    /// The octets that say how specific it is, wildcards included.
    pub(super) fn len(&self) -> usize {
        self.text.len() + usize::from(self.anchored)
    }

    /// Whether it matches a path that begins with its prefix. The pieces between wildcards are
    /// looked for one after the other, each at the first place that is left: trying a later
    /// place could not help the pieces after it.
    pub(super) fn matches(&self, path: &Path, work: &mut Work) -> Result<bool, TooMuch> {
        work.spend(1)?;
        if self.pairs & !path.pairs != 0 {
            return Ok(false);
        }
        let mut left = path.text.get(self.prefix..).unwrap_or_default();
        let Some(pieces) = self.text.get(self.prefix + 1..) else {
            return Ok(!self.anchored || left.is_empty());
        };
        let mut pieces = pieces.split('*').peekable();
        while let Some(piece) = pieces.next() {
            if self.anchored && pieces.peek().is_none() {
                work.spend(piece.len())?;
                return Ok(left.ends_with(piece));
            }
            let found = left.find(piece).map(|at| at + piece.len());
            work.spend(1 + piece.len() + found.unwrap_or(left.len()))?;
            let Some(end) = found else {
                return Ok(false);
            };
            left = left.get(end..).unwrap_or_default();
        }
        Ok(true)
    }
}

impl std::fmt::Display for Pattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", self.text, if self.anchored { "$" } else { "" })
    }
}

/// The pairs of neighbours in a text as a set of 128 bits. Many share one, so it tells that a pair
/// is missing, not that it is there; of an ordinary path and a pattern that does not match it, it
/// mostly does.
fn pairs(text: &str) -> u128 {
    let neighbours = text.bytes().zip(text.bytes().skip(1));
    neighbours.fold(0, |set, (one, two)| set | 1 << (one.wrapping_mul(37).wrapping_add(two) & 127))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, path: &str) -> bool {
        let path = Path::new(path.to_owned());
        let pattern = Pattern::new(pattern).unwrap();
        path.as_str().starts_with(pattern.prefix()) && pattern.matches(&path, &mut Work::new(1_000)).unwrap()
    }

    /// The meaning of a pattern, without a thought for its cost.
    fn plainly(pattern: &[u8], path: &[u8]) -> bool {
        match pattern {
            [] => true,
            b"$" => path.is_empty(),
            [b'*', rest @ ..] => (0..=path.len()).any(|skipped| plainly(rest, &path[skipped..])),
            [byte, rest @ ..] => path.first() == Some(byte) && plainly(rest, &path[1..]),
        }
    }

    #[test]
    fn every_short_pattern_means_what_it_says() {
        let words = |letters: &[u8], longest: u32| {
            let base = letters.len();
            let word = |number: usize, length: u32| -> String {
                (0..length).map(|place| char::from(letters[number / base.pow(place) % base])).collect()
            };
            (0..=longest)
                .flat_map(|length| (0..base.pow(length)).map(move |number| word(number, length)))
                .collect::<Vec<_>>()
        };
        let paths = words(b"ab", 5);
        let mut checked = 0;
        for pattern in words(b"ab*", 4) {
            for end in ["", "$"] {
                let pattern = format!("/{pattern}{end}");
                for path in paths.iter().map(|path| format!("/{path}")) {
                    assert_eq!(
                        matches(&pattern, &path),
                        plainly(pattern.as_bytes(), path.as_bytes()),
                        "{pattern} {path}"
                    );
                    checked += 1;
                }
            }
        }
        assert_eq!(checked, 121 * 2 * 63);
    }

    #[test]
    fn what_matches_nothing_is_no_pattern() {
        for value in ["", "$", "private", "?a", "http://h/"] {
            assert!(Pattern::new(value).is_none(), "{value:?}");
        }
        assert_eq!(Pattern::new("/é$").unwrap().to_string(), "/%C3%A9$");
    }

    #[test]
    fn comparing_stops_when_it_costs_too_much() {
        let path = Path::new(format!("/{}", "a".repeat(10_000)));
        let pattern = Pattern::new("/*aab").unwrap();
        assert_eq!(
            pattern.matches(&path, &mut Work::new(1)),
            Ok(false),
            "there is no pair of a and b: nothing to compare"
        );
        let path = Path::new(format!("/ab{}", "a".repeat(10_000)));
        assert_eq!(pattern.matches(&path, &mut Work::new(20_000)), Ok(false));
        assert_eq!(pattern.matches(&path, &mut Work::new(9_000)), Err(TooMuch));
        // One for the pattern; for its piece one more, its length, and all that was looked at.
        let (path, pattern) = (Path::new("/ab".to_owned()), Pattern::new("/*b").unwrap());
        assert_eq!(pattern.matches(&path, &mut Work::new(5)), Ok(true));
        assert_eq!(pattern.matches(&path, &mut Work::new(4)), Err(TooMuch));
    }
}
