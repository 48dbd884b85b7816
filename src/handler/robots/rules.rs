//! [`RobotRules`]: what a robots.txt says, and to whom.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::time::Duration;

use url::Url;

use crate::handler::robots::agent::product_token;
use crate::handler::robots::escape;
use crate::handler::robots::pattern::{Path, Pattern, TooMuch, Work};
use crate::handler::robots::refusal::RobotRefusal;

/// The rules of one robots.txt (RFC 9309; Python's `robotparser.RobotFileParser`). They need no
/// network: whoever has the file can ask them.
///
/// ```
/// use clientcookie::{RobotRefusal, RobotRules};
///
/// let rules = RobotRules::parse(
///     "
///     User-agent: *
///     Disallow: /private/
///     Allow: /private/*.html$
///     Crawl-delay: 2.5
///
///     User-agent: MyProgram
///     Disallow: /search?
/// ",
/// );
/// let url = |path: &str| url::Url::parse("http://example.com").unwrap().join(path).unwrap();
/// assert!(rules.can_fetch("Other/1.0", &url("/private/page.html")));
/// let refusal = rules.check("Other/1.0", &url("/private/data")).unwrap_err();
/// assert_eq!(refusal, RobotRefusal::Rule { line: 3, rule: "Disallow: /private/".to_owned() });
///
/// assert!(rules.can_fetch("MyProgram/0.1", &url("/private/data")), "it has a group of its own");
/// assert!(!rules.can_fetch("Mozilla/5.0 (compatible; MyProgram/0.1)", &url("/search?q=x")));
/// assert_eq!(rules.crawl_delay("Other/1.0").unwrap().as_millis(), 2500);
/// ```
///
/// - An agent is known by its product token: the word before the `/` of its version, or the one
///   after `compatible;`. Upper and lower case are the same. All groups with exactly this token
///   count as one; an agent that has none is under those of `*`, and without these it may fetch
///   everything.
/// - Of the rules that match, the longest pattern decides; `Allow` wins a tie. `*` in a pattern is
///   any text, `$` at its end is the end of the URL. Both are compared in one spelling of their
///   percent-escapes.
/// - `/robots.txt` itself may always be fetched.
/// - Lines are told apart by the [`robotstxt`](https://crates.io/crates/robotstxt) crate, as Google
///   does it: a missing colon and common misspellings (`Disalow`) are understood, and a key may be
///   longer (`Disallowed`).
///
/// A question costs no more than the work of [`WORK_LIMIT`](Self::WORK_LIMIT), whatever the file
/// and the URL are.
#[doc(alias = "RobotFileParser")]
#[doc(alias = "MechanizeRobotFileParser")]
#[derive(Debug, Default)]
pub struct RobotRules {
    groups: Vec<Group>,
    /// Of each agent, by its token in lower case: the places of its groups.
    agents: HashMap<String, Vec<usize>>,
    pub(super) delays: HashMap<String, Duration>,
    pub(super) rates: HashMap<String, RequestRate>,
    sitemaps: Vec<String>,
}

/// So many requests in so many seconds, as Python's named tuple of this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RequestRate {
    /// The requests.
    pub requests: u32,
    /// The seconds.
    pub seconds: u32,
}

impl RobotRules {
    /// How many bytes of a robots.txt are read: 500 KiB, the least that RFC 9309 section 2.5 asks
    /// for. What follows is passed over, and so is the line in which it ends.
    pub const SIZE_LIMIT: usize = 500 * 1024;

    /// How many bytes of a line are read: 4096, twice what browsers once took for a URL.
    pub const LINE_LIMIT: usize = 4096;

    /// How many bytes may be looked at to compare one URL with patterns that have wildcards: 8 MiB,
    /// which takes some milliseconds. That is enough for any file and URLs of 140 bytes;
    /// ordinary ones need some thousands. A file that would need more refuses the URL
    /// ([`RobotRefusal::TooComplex`]).
    pub const WORK_LIMIT: usize = 8 << 20;

    /// Whether the agent may fetch the URL, or what keeps it from that. The agent is a product
    /// token or a whole `User-Agent`. Of the URL, the path and the query count.
    ///
    /// # Errors
    /// The rule that disallows it.
    pub fn check(&self, agent: &str, url: &Url) -> Result<(), RobotRefusal> {
        if is_robots_txt(url) {
            return Ok(());
        }
        let path = Path::new(escape::path(url));
        let mut work = Work::new(Self::WORK_LIMIT);
        let mut best = None;
        for group in self.groups_of(agent) {
            best = group.best(&path, best, &mut work).map_err(|TooMuch| RobotRefusal::TooComplex)?;
        }
        match best {
            Some(Rule { allow: false, line, pattern }) => Err(RobotRefusal::rule(*line, pattern)),
            _ => Ok(()),
        }
    }

    /// Whether the agent may fetch the URL: [`RobotRules::check`] as yes or no.
    pub fn can_fetch(&self, agent: &str, url: &Url) -> bool {
        self.check(agent, url).is_ok()
    }

    /// How long the agent is asked to wait between two requests (`Crawl-delay`, in seconds; no
    /// standard). Nothing in this crate waits by itself.
    pub fn crawl_delay(&self, agent: &str) -> Option<Duration> {
        self.delays.get(self.name_of(agent).as_str()).copied()
    }

    /// How many requests the agent may make in what time (`Request-rate: 3/20`; no standard).
    pub fn request_rate(&self, agent: &str) -> Option<RequestRate> {
        self.rates.get(self.name_of(agent).as_str()).copied()
    }

    /// The values of all `Sitemap` lines, in their order and as they stand there, but for bytes
    /// outside ASCII, which are escaped. They may be anything.
    #[doc(alias = "site_maps")]
    pub fn sitemaps(&self) -> &[String] {
        &self.sitemaps
    }

    pub(super) fn add_group(&mut self, agents: Vec<String>, mut group: Group) {
        if agents.is_empty() {
            return;
        }
        group.sort();
        let place = self.groups.len();
        for agent in agents {
            let places = self.agents.entry(agent).or_default();
            // An agent may be named twice.
            if places.last() != Some(&place) {
                places.push(place);
            }
        }
        self.groups.push(group);
    }

    pub(super) fn add_sitemap(&mut self, value: &str) {
        if !value.is_empty() {
            self.sitemaps.push(value.to_owned());
        }
    }

    fn groups_of(&self, agent: &str) -> impl Iterator<Item = &Group> {
        let places = self.agents.get(self.name_of(agent).as_str());
        places.into_iter().flatten().filter_map(|&place| self.groups.get(place))
    }

    /// The name under which the agent stands in the file, in lower case.
    fn name_of(&self, agent: &str) -> String {
        let token = product_token(agent).to_ascii_lowercase();
        if !token.is_empty() && self.agents.contains_key(&token) { token } else { "*".to_owned() }
    }
}

/// RFC 9309 section 2.2.2: robots.txt is implicitly allowed.
pub(super) fn is_robots_txt(url: &Url) -> bool {
    url.path() == "/robots.txt"
}

/// A rule: `Allow` or `Disallow`.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) pattern: Pattern,
    pub(super) allow: bool,
    pub(super) line: u32,
}

impl Rule {
    /// RFC 9309 section 2.2.2: the most octets; of equals, `Allow`.
    fn rank(&self) -> (usize, bool) {
        (self.pattern.len(), self.allow)
    }
}

/// The rules of some agents, sorted so that those for one beginning of a path stand together and
/// are found at once, the best of them first.
#[derive(Debug, Default)]
pub(super) struct Group {
    rules: Vec<Rule>,
    /// The lengths that prefixes have, in ascending order, each once.
    lengths: Vec<usize>,
}

impl Group {
    pub(super) fn add(&mut self, rule: Option<Rule>) {
        self.rules.extend(rule);
    }

    fn sort(&mut self) {
        self.rules.sort_by(|a, b| {
            let rank = |rule: &Rule| (Reverse(rule.rank()), rule.line);
            a.pattern.prefix().cmp(b.pattern.prefix()).then_with(|| rank(a).cmp(&rank(b)))
        });
        self.rules.shrink_to_fit();
        self.lengths = self.rules.iter().map(|rule| rule.pattern.prefix().len()).collect();
        self.lengths.sort_unstable();
        self.lengths.dedup();
        self.lengths.shrink_to_fit();
    }

    /// The best of the rules that match and of the one found before.
    fn best<'a>(
        &'a self,
        path: &Path,
        mut best: Option<&'a Rule>,
        work: &mut Work,
    ) -> Result<Option<&'a Rule>, TooMuch> {
        for start in self.lengths.iter().map_while(|&length| path.as_str().get(..length)) {
            let first = self.rules.partition_point(|rule| rule.pattern.prefix() < start);
            let rules = self.rules.get(first..).unwrap_or_default();
            for rule in rules.iter().take_while(|rule| rule.pattern.prefix() == start) {
                if best.is_some_and(|best| best.rank() >= rule.rank()) {
                    break;
                }
                if rule.pattern.matches(path, work)? {
                    best = Some(rule);
                    break;
                }
            }
        }
        Ok(best)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_looked_at_once_however_often_it_names_an_agent() {
        let rules =
            RobotRules::parse("user-agent: a\nuser-agent: b\nuser-agent: A\nallow: /\nuser-agent: a\nallow: /x\n");
        let counts = ["a", "b", "c"].map(|agent| rules.groups_of(agent).count());
        assert_eq!(counts, [2, 1, 0]);
    }
}
