//! robots.txt: what its rules mean, how it is fetched, and what a hostile one can do.

mod fetching;
mod golden;
mod hostile;
mod rules;

use clientcookie::RobotRules;
use url::Url;

/// The URL of a path on some host.
fn at(path: &str) -> Url {
    Url::parse(&format!("http://example.com{path}")).unwrap()
}

fn can_fetch(rules: &RobotRules, agent: &str, path: &str) -> bool {
    rules.can_fetch(agent, &at(path))
}
