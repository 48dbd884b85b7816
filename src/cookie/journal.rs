//! The debug log of cookies: one line for each cookie that was stored, replaced, deleted, refused,
//! sent or not, with its attributes and never with its value; and the list of those refused, for
//! those who ask.

use std::fmt;

use super::{Cookie, Refusal, Rejected, time2netscape};

const TARGET: &str = "clientcookie::cookies";

/// Bytes of a name that are logged; the rest tells nobody anything.
const NAME_SHOWN: usize = 64;

/// For a cookie that is a name or a value alone, which is all that its header says and may be a
/// secret.
pub(super) const HIDDEN: &[u8] = b"***";

fn shown_name(cookie: &Cookie) -> &[u8] {
    if cookie.is_nameless() { HIDDEN } else { cookie.name_bytes() }
}

/// What became of a cookie that the jar took.
#[derive(Clone, Copy)]
pub(super) enum Fate {
    Stored,
    Replaced,
    /// It expired already, and took the one before it away.
    Deleted,
    /// It expired already, and there was none.
    Expired,
}

/// Who hears of cookies. No lock is held where it is used, since a logger is code of the user's and
/// may ask the jar.
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

    /// Whether somebody hears of what is refused.
    pub(super) fn is_heard(&self) -> bool {
        self.log || self.list.is_some()
    }

    /// Whether somebody hears of what is taken and sent.
    pub(super) fn is_logging(&self) -> bool {
        self.log
    }

    pub(super) fn taken(&self, cookie: &Cookie, fate: Fate) {
        if !self.log {
            return;
        }
        let fate = match fate {
            Fate::Stored => "stored",
            Fate::Replaced => "stored in the place of another",
            Fate::Deleted => "deleted",
            Fate::Expired => "not stored: it has expired",
        };
        self.line(cookie, format_args!("{fate}: {}", attributes(cookie)));
    }

    pub(super) fn sent(&self, cookie: &Cookie) {
        self.line(cookie, format_args!("sent"));
    }

    /// Those refused: first those whose headers could not be read.
    pub(super) fn into_list(self) -> Vec<Rejected> {
        let mut list = self.list.unwrap_or_default();
        list.sort_by_key(|rejected| rejected.cookie.is_some());
        list
    }

    pub(super) fn not_stored(&mut self, cookie: &Cookie, why: Refusal) {
        if let Some(list) = &mut self.list {
            let name = String::from_utf8_lossy(shown_name(cookie)).into_owned();
            list.push(Rejected { name, cookie: Some(cookie.clone()), refusal: why });
        }
        self.line(cookie, format_args!("not stored: {why}"));
    }

    pub(super) fn not_sent(&mut self, cookie: &Cookie, why: Refusal) {
        self.line(cookie, format_args!("not sent: {why}"));
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
    fn line(&self, cookie: &Cookie, fate: fmt::Arguments<'_>) {
        if self.log {
            log::debug!(target: TARGET, "{} {fate}", Shown(cookie));
        }
    }
}

/// The cookie as the server set it, but for its value: "sid=***; Path=/; HttpOnly".
fn attributes(cookie: &Cookie) -> String {
    let name = shown_name(cookie);
    let mut shown = format!("{}=***", name[..name.len().min(NAME_SHOWN)].escape_ascii());
    let mut add = |attribute: &str, value: String| {
        shown.push_str("; ");
        shown.push_str(attribute);
        shown.push_str(&value);
    };
    if cookie.domain_specified() {
        add("Domain=", cookie.domain().escape_debug().to_string());
    }
    add("Path=", cookie.path_bytes().escape_ascii().to_string());
    if let Some(expires) = cookie.expires() {
        add("Expires=", time2netscape(expires));
    }
    for (attribute, is_set) in [("Secure", cookie.secure()), ("HttpOnly", cookie.http_only())] {
        if is_set {
            add(attribute, String::new());
        }
    }
    if let Some(same_site) = cookie.attribute("SameSite") {
        add("SameSite=", same_site.escape_debug().to_string());
    }
    if cookie.has_nonstandard_attr("Partitioned") {
        add("Partitioned", String::new());
    }
    shown
}

/// "cookie sid for .example.com/"
struct Shown<'a>(&'a Cookie);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = shown_name(self.0);
        let (name, domain) = (name[..name.len().min(NAME_SHOWN)].escape_ascii(), self.0.domain().escape_debug());
        write!(f, "cookie {name} for {domain}{}", self.0.path_bytes().escape_ascii())
    }
}

/// What the user puts in and the jar does not take is told louder: there is a mistake to mend, and
/// nobody else says so.
pub(super) fn not_admitted(cookie: &Cookie, why: Refusal) {
    log::warn!(target: TARGET, "{} not stored: {why}", Shown(cookie));
}

pub(super) fn store_failed(error: &super::StoreError) {
    log::warn!(target: TARGET, "the cookie store failed: {error}");
}
