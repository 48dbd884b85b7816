//! [`RobotRefusal`]: why a URL is not fetched.

use std::error::Error;
use std::fmt;

use http::StatusCode;

use crate::handler::robots::pattern::Pattern;

/// How much of a pattern is shown, in bytes.
const SHOWN: usize = 200;

/// Why robots.txt keeps a URL from being fetched.
///
/// ```
/// use clientcookie::RobotRules;
///
/// let rules = RobotRules::parse("User-agent: *\nDisallow: /cgi-bin/");
/// let refusal =
///     rules.check("MyProgram", &"http://example.com/cgi-bin/x".parse().unwrap()).unwrap_err();
/// assert_eq!(refusal.to_string(), "line 2: Disallow: /cgi-bin/");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RobotRefusal {
    /// A rule says so.
    Rule {
        /// Its line, counted from 1.
        line: u32,
        /// The rule in the spelling in which it is compared, cut short if it is very long.
        rule: String,
    },
    /// Its rules would take too long to compare with the URL; see
    /// [`RobotRules::WORK_LIMIT`](crate::RobotRules::WORK_LIMIT).
    TooComplex,
    /// There is no access to it, and
    /// [`unauthorized_disallows`](crate::HttpRobotRulesProcessor::unauthorized_disallows) is on.
    Unauthorized {
        /// The status it was answered with: 401 or 403.
        status: StatusCode,
    },
    /// It could not be had for now: a server error, no connection, a time limit.
    Unreachable {
        /// What happened.
        reason: String,
    },
}

impl RobotRefusal {
    pub(super) fn rule(line: u32, pattern: &Pattern) -> Self {
        let mut rule = format!("Disallow: {pattern}");
        if rule.len() > SHOWN {
            // All of it is ASCII.
            rule.truncate(SHOWN);
            rule.push_str("...");
        }
        Self::Rule { line, rule }
    }

    /// The line of the rule, where it is one.
    pub fn line(&self) -> Option<u32> {
        match self {
            Self::Rule { line, .. } => Some(*line),
            _ => None,
        }
    }

    /// Why, without the line.
    pub(super) fn reason(&self) -> String {
        match self {
            Self::Rule { rule, .. } => rule.clone(),
            other => other.to_string(),
        }
    }
}

impl fmt::Display for RobotRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rule { line, rule } => write!(f, "line {line}: {rule}"),
            Self::TooComplex => f.write_str("its rules take too long to compare with this URL"),
            Self::Unauthorized { status } => write!(f, "there is no access to it ({})", status.as_u16()),
            Self::Unreachable { reason } => {
                write!(f, "it could not be had, so nothing is fetched for now: {reason}")
            }
        }
    }
}

impl Error for RobotRefusal {}
