//! [`WireLog`]: both heads of an exchange, shown as they pass.

use std::io::{self, Write};

use crate::readable;
use crate::redact::{self, Level};
use crate::transport::WireRequest;

/// Shows heads on stderr, as much as `http_debuglevel` asks for, and to `log` at debug level under
/// the target "clientcookie::wire", without any secret.
#[derive(Debug, Clone)]
pub(crate) struct WireLog {
    debuglevel: u8,
    /// The names of the headers whose values the caller marked as secret.
    secret: Vec<String>,
}

impl WireLog {
    pub(crate) fn new(request: &WireRequest<'_>) -> Self {
        let secret = request.headers.iter().filter(|(_, value)| value.is_sensitive());
        Self { debuglevel: request.debuglevel, secret: secret.map(|(name, _)| (*name).to_owned()).collect() }
    }

    /// The head of a request, marked with `>` as curl marks it.
    pub(crate) fn sent(&self, head: &[u8]) {
        self.show('>', head);
    }

    /// The head of a response, marked with `<`.
    pub(crate) fn received(&self, head: &[u8]) {
        self.show('<', head);
    }

    fn show(&self, mark: char, head: &[u8]) {
        if log::log_enabled!(target: "clientcookie::wire", log::Level::Debug) {
            for line in lines(head, Level::All, &self.secret) {
                log::debug!(target: "clientcookie::wire", "{mark} {line}");
            }
        }
        if self.debuglevel > 0 {
            let level = if self.debuglevel == 1 { Level::Passwords } else { Level::None };
            let shown: String = lines(head, level, &self.secret).map(|line| format!("{mark} {line}\n")).collect();
            // Who closed stderr does not want to see it.
            let _ = io::stderr().write_all(shown.as_bytes());
        }
    }
}

/// The lines of a head with what this level hides replaced, and control characters escaped.
fn lines(head: &[u8], level: Level, secret: &[String]) -> impl Iterator<Item = String> {
    let mut hidden = false;
    let without_end = head.strip_suffix(b"\n").unwrap_or(head);
    without_end.split(|&byte| byte == b'\n').map(move |line| {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if let [b' ' | b'\t', ..] = line {
            // A folded line continues the header above, secret or not.
            return if hidden { redact::HIDDEN.to_owned() } else { escaped(line) };
        }
        let Some(colon) = line.iter().position(|&byte| byte == b':') else {
            return escaped(line);
        };
        let name = readable::text(&line[..colon]);
        let is_secret = |name: &str| secret.iter().any(|other| other.eq_ignore_ascii_case(name));
        let marked = level != Level::None && is_secret(name.trim());
        hidden = marked || redact::hides(name.trim(), level);
        match hidden {
            true if marked => format!("{name}: {}", redact::HIDDEN),
            true => {
                let value = readable::text(&line[colon + 1..]);
                readable::escaped(&format!("{name}: {}", redact::hidden(name.trim(), &value)))
            }
            false if level != Level::None && redact::holds_url(name.trim()) => {
                readable::escaped(&redact::without_userinfo(readable::text(line)))
            }
            false => escaped(line),
        }
    })
}

fn escaped(line: &[u8]) -> String {
    readable::escaped(&readable::text(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_caller_marked_and_what_urls_carry_is_hidden_too() {
        let head = b"GET / HTTP/1.1\r\nX-Api-Key: secret\r\nReferer: http://me:pw@h/a@b\r\nLocation: /x@y\r\n\r\n";
        let secret = ["x-api-key".to_owned()];
        for (level, expected) in [
            (Level::None, "X-Api-Key: secret|Referer: http://me:pw@h/a@b|Location: /x@y|"),
            (Level::Passwords, "X-Api-Key: ***|Referer: http://***@h/a@b|Location: /x@y|"),
        ] {
            assert_eq!(lines(head, level, &secret).skip(1).collect::<Vec<_>>().join("|"), expected);
        }
    }

    #[test]
    fn each_level_hides_what_it_says() {
        let head = b"GET /\x1b HTTP/1.1\r\nauthorization: Basic c2VjcmV0\r\n folded\r\nCookie: a=1\r\nSet-Cookie: b=2\r\nX: y\r\n\r\n";
        for (level, expected) in [
            (
                Level::None,
                "GET /\\u{1b} HTTP/1.1|authorization: Basic c2VjcmV0| folded|Cookie: a=1|Set-Cookie: b=2|X: y|",
            ),
            (Level::Passwords, "GET /\\u{1b} HTTP/1.1|authorization: ***|***|Cookie: a=1|Set-Cookie: b=2|X: y|"),
            (Level::All, "GET /\\u{1b} HTTP/1.1|authorization: ***|***|Cookie: a=***|Set-Cookie: b=***|X: y|"),
        ] {
            assert_eq!(lines(head, level, &[]).collect::<Vec<_>>().join("|"), expected);
        }
    }
}
