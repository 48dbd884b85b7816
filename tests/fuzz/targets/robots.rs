//! Any bytes as a robots.txt, behind a line with the path that is asked for: nothing panics, and
//! the answer is the same however the path is escaped.

use clientcookie::RobotRules;
use url::Url;

pub fn run(bytes: &[u8]) {
    let (path, file) = bytes.split_at(bytes.iter().position(|&byte| byte == b'\n').unwrap_or(0));
    let rules = RobotRules::parse(file);
    let _ = (rules.crawl_delay("a"), rules.request_rate("a"), rules.sitemaps().len());
    let Ok(url) = Url::parse(&format!("http://h/{}", String::from_utf8_lossy(path))) else {
        return;
    };
    let answer = rules.check("a", &url);
    assert_eq!(answer.is_ok(), rules.can_fetch("A/1.0", &url));
    let _ = answer.map_err(|refusal| refusal.to_string());

    // Letters mean the same when they are escaped.
    let (target, query) = (url.path().to_owned(), url.query().map(str::to_owned));
    let mut escaped = String::from("http://h");
    let mut rest = target.as_str();
    while let Some(first) = rest.chars().next() {
        // What is an escape already stays one.
        let length = if first == '%' { rest.len().min(3) } else { first.len_utf8() };
        match first {
            'g'..='z' => escaped += &format!("%{:02x}", first as u32),
            _ => escaped += &rest[..length],
        }
        rest = &rest[length..];
    }
    escaped.extend(query.map(|query| format!("?{query}")));
    if let Ok(escaped) = Url::parse(&escaped)
        && target != "/robots.txt"
        && !target.contains('.')
    {
        assert_eq!(rules.can_fetch("a", &escaped), rules.can_fetch("a", &url), "{escaped}");
    }
}
