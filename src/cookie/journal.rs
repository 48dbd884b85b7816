//! The debug log of cookies: one line for each cookie that was refused, never with its value.

use std::fmt::Display;

use super::{Cookie, Refusal};

const TARGET: &str = "clientcookie::cookies";

/// Bytes of a name that are logged; the rest tells nobody anything.
const NAME_SHOWN: usize = 64;

/// Log lines kept back until the jar's lock is released, since a logger is code of the user's and may ask the jar.
pub(super) struct Journal {
    /// None while nobody listens, so that a silent log costs one comparison.
    lines: Option<Vec<String>>,
}

impl Journal {
    pub(super) fn open() -> Self {
        let heard = log::log_enabled!(target: TARGET, log::Level::Debug);
        Self { lines: heard.then(Vec::new) }
    }

    /// "cookie sid for .example.com/ not stored: ..."
    pub(super) fn refused(&mut self, cookie: &Cookie, fate: &str, why: Refusal) {
        if self.lines.is_some() {
            let place = format!("{}{}", cookie.domain().escape_debug(), cookie.path_bytes().escape_ascii());
            self.refused_in(cookie.name_bytes(), place, fate, why);
        }
    }

    /// The same for a cookie that got no further than its header, in a response from `place`.
    pub(super) fn refused_in(&mut self, name: &[u8], place: impl Display, fate: &str, why: Refusal) {
        if let Some(lines) = &mut self.lines {
            let name = name[..name.len().min(NAME_SHOWN)].escape_ascii();
            lines.push(format!("cookie {name} for {place} {fate}: {why}"));
        }
    }

    /// Hands the lines to the logger. Call it with no lock held.
    pub(super) fn publish(self) {
        for line in self.lines.into_iter().flatten() {
            log::debug!(target: TARGET, "{line}");
        }
    }
}
