//! The debug log of cookies: one line for each cookie that was stored, replaced, deleted, refused,
//! sent or not, with its attributes and never with its value; and the same for those who ask to
//! hear it.

use std::fmt;

use super::{Cookie, CookieDecision, CookieFate, Refusal, time2netscape};

const TARGET: &str = "clientcookie::cookies";

/// Bytes of a name that are logged; the rest tells nobody anything.
const NAME_SHOWN: usize = 64;

/// For a cookie that is a name or a value alone, which is all that its header says and may be a
/// secret.
pub(super) const HIDDEN: &[u8] = b"***";

fn shown_name(cookie: &Cookie) -> &[u8] {
    if cookie.is_nameless() { HIDDEN } else { cookie.name_bytes() }
}

/// Who hears of cookies. No lock is held where it is used, since a logger is code of the user's and
/// may ask the jar.
#[derive(Default)]
pub(super) struct Journal<'a> {
    log: bool,
    hear: Option<&'a mut dyn FnMut(&CookieDecision<'_>)>,
}

impl<'a> Journal<'a> {
    /// For the log alone, so that a silent log costs one comparison.
    pub(super) fn open() -> Self {
        Self { log: log::log_enabled!(target: TARGET, log::Level::Debug), hear: None }
    }

    /// For the log, and whoever wants to hear.
    pub(super) fn for_hearer(hear: &'a mut dyn FnMut(&CookieDecision<'_>)) -> Self {
        Self { hear: Some(hear), ..Self::open() }
    }

    /// Whether somebody hears at all.
    pub(super) fn is_heard(&self) -> bool {
        self.log || self.hear.is_some()
    }

    pub(super) fn decided(&mut self, cookie: &Cookie, fate: CookieFate) {
        self.tell(shown_name(cookie), Some(cookie), fate);
        if self.log {
            let shown = Shown(cookie);
            match fate {
                CookieFate::Stored | CookieFate::Replaced | CookieFate::Deleted => {
                    log::debug!(target: TARGET, "{shown} {fate}: {}", attributes(cookie));
                }
                CookieFate::Refused(_) | CookieFate::Sent | CookieFate::Withheld(_) => {
                    log::debug!(target: TARGET, "{shown} {fate}");
                }
            }
        }
    }

    pub(super) fn not_stored(&mut self, cookie: &Cookie, why: Refusal) {
        self.decided(cookie, CookieFate::Refused(why));
    }

    /// For a cookie that got no further than its header.
    pub(super) fn unreadable(&mut self, name: &[u8], why: Refusal) {
        let name = &name[..name.len().min(NAME_SHOWN)];
        self.tell(name, None, CookieFate::Refused(why));
        if self.log {
            log::debug!(target: TARGET, "cookie {} not stored: {why}", name.escape_ascii());
        }
    }

    fn tell(&mut self, name: &[u8], cookie: Option<&Cookie>, fate: CookieFate) {
        if let Some(hear) = &mut self.hear {
            hear(&CookieDecision { name, cookie, fate });
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
