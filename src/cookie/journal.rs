//! The debug log of cookies: one line for each cookie that was refused, never with its value; and the list of them,
//! for those who ask.

use super::{Cookie, Refusal, Rejected};

const TARGET: &str = "clientcookie::cookies";

/// Bytes of a name that are logged; the rest tells nobody anything.
const NAME_SHOWN: usize = 64;

/// For the name of a cookie without a value, which is all that its header says and may be a secret.
pub(super) const HIDDEN: &[u8] = b"***";

fn shown_name(cookie: &Cookie) -> &[u8] {
    if cookie.has_value() { cookie.name_bytes() } else { HIDDEN }
}

/// Who hears of a refusal. No lock is held where it is used, since a logger is code of the user's and may ask the jar.
pub(super) struct Journal {
    log: bool,
    list: Option<Vec<Rejected>>,
}

impl Journal {
    /// For the log alone, so that a silent log costs one comparison.
    pub(super) fn open() -> Self {
        Self { log: log::log_enabled!(target: TARGET, log::Level::Debug), list: None }
    }

    /// For the log and a list.
    pub(super) fn collecting() -> Self {
        Self { list: Some(Vec::new()), ..Self::open() }
    }

    pub(super) fn into_list(self) -> Vec<Rejected> {
        self.list.unwrap_or_default()
    }

    pub(super) fn not_stored(&mut self, cookie: &Cookie, why: Refusal) {
        if let Some(list) = &mut self.list {
            let name = String::from_utf8_lossy(shown_name(cookie)).into_owned();
            list.push(Rejected { name, cookie: Some(cookie.clone()), refusal: why });
        }
        self.line(cookie, "not stored", why);
    }

    pub(super) fn not_sent(&mut self, cookie: &Cookie, why: Refusal) {
        self.line(cookie, "not sent", why);
    }

    /// For a cookie that got no further than its header.
    pub(super) fn unreadable(&mut self, name: &[u8], why: Refusal) {
        let name = &name[..name.len().min(NAME_SHOWN)];
        if let Some(list) = &mut self.list {
            list.push(Rejected { name: String::from_utf8_lossy(name).into_owned(), cookie: None, refusal: why });
        }
        if self.log {
            log::debug!(target: TARGET, "cookie {} not stored: {why}", name.escape_ascii());
        }
    }

    /// "cookie sid for .example.com/ not stored: ..."
    fn line(&self, cookie: &Cookie, fate: &str, why: Refusal) {
        if self.log {
            let name = shown_name(cookie);
            let (name, domain) = (name[..name.len().min(NAME_SHOWN)].escape_ascii(), cookie.domain().escape_debug());
            let path = cookie.path_bytes().escape_ascii();
            log::debug!(target: TARGET, "cookie {name} for {domain}{path} {fate}: {why}");
        }
    }
}

pub(super) fn store_failed(error: &super::StoreError) {
    log::warn!(target: TARGET, "the cookie store failed: {error}");
}
