//! [`WireLog`]: both heads of an exchange, shown as they pass.

use crate::redact::{self, Level};

/// Shows heads on stderr, as much as `http_debuglevel` asks for, and to `log` at debug level under the target
/// "clientcookie::wire", without any secret.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WireLog {
    debuglevel: u8,
}

impl WireLog {
    pub(crate) fn new(debuglevel: u8) -> WireLog {
        WireLog { debuglevel }
    }

    /// The head of a request, marked with `>` as curl marks it.
    pub(crate) fn sent(self, head: &[u8]) {
        self.show('>', head);
    }

    /// The head of a response, marked with `<`.
    pub(crate) fn received(self, head: &[u8]) {
        self.show('<', head);
    }

    fn show(self, mark: char, head: &[u8]) {
        if log::log_enabled!(target: "clientcookie::wire", log::Level::Debug) {
            for line in lines(head, Level::All) {
                log::debug!(target: "clientcookie::wire", "{mark} {line}");
            }
        }
        if self.debuglevel > 0 {
            let level = if self.debuglevel == 1 { Level::Passwords } else { Level::None };
            let shown: String = lines(head, level).map(|line| format!("{mark} {line}\n")).collect();
            eprint!("{shown}");
        }
    }
}

/// The lines of a head with what this level hides replaced, and control characters escaped.
fn lines(head: &[u8], level: Level) -> impl Iterator<Item = String> {
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
        let name = redact::text(&line[..colon]);
        hidden = redact::hides(name.trim(), level);
        if hidden { format!("{name}: {}", redact::HIDDEN) } else { escaped(line) }
    })
}

fn escaped(line: &[u8]) -> String {
    redact::escaped(&redact::text(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_level_hides_what_it_says() {
        let head = b"GET /\x1b HTTP/1.1\r\nauthorization: Basic c2VjcmV0\r\n folded\r\nCookie: a=1\r\nSet-Cookie: b=2\r\nX: y\r\n\r\n";
        for (level, expected) in [
            (
                Level::None,
                "GET /\\u{1b} HTTP/1.1|authorization: Basic c2VjcmV0| folded|Cookie: a=1|Set-Cookie: b=2|X: y|",
            ),
            (Level::Passwords, "GET /\\u{1b} HTTP/1.1|authorization: ***|***|Cookie: a=1|Set-Cookie: b=2|X: y|"),
            (Level::All, "GET /\\u{1b} HTTP/1.1|authorization: ***|***|Cookie: ***|Set-Cookie: ***|X: y|"),
        ] {
            assert_eq!(lines(head, level).collect::<Vec<_>>().join("|"), expected);
        }
    }
}
