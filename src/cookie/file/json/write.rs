//! One cookie, in the names of whoever is to read it.

use std::io::Write;

use crate::cookie::file::{JsonKind, raw};
use crate::cookie::{Cookie, bytes};

/// The last second of the year 9999, beyond which Playwright takes no expiry.
const LAST_SECOND: i64 = 253_402_300_799;

/// The texts of a cookie that JSON can hold.
pub(super) struct Texts<'a> {
    name: &'a str,
    value: &'a str,
    path: &'a str,
}

impl<'a> Texts<'a> {
    /// The texts, or why it cannot be written: it would not be read again as this cookie.
    pub(super) fn of(cookie: &'a Cookie) -> Result<Self, &'static str> {
        if bytes::any(cookie.texts(), |byte| byte.is_ascii_control()) {
            return Err("there is a control character in it");
        }
        // As in browsers, a cookie without a value is one without a name.
        let (name, value) = match cookie.has_value() {
            true => (cookie.name_bytes(), cookie.value()),
            false => (&b""[..], cookie.name_bytes()),
        };
        let known = raw::canonical(cookie.owner_bytes()).is_ok_and(|host| host == cookie.owner());
        if name.is_empty() && (value.is_empty() || cookie.has_value()) {
            return Err("it has no name");
        }
        if !known || !cookie.path_bytes().starts_with(b"/") {
            return Err("it would be read as another cookie");
        }
        let text = |bytes: &'a [u8]| str::from_utf8(bytes).map_err(|_| "its bytes are not UTF-8");
        Ok(Self { name: text(name)?, value: text(value)?, path: text(cookie.path_bytes())? })
    }

    /// Appends an object.
    pub(super) fn write(&self, cookie: &Cookie, kind: JsonKind, out: &mut Vec<u8>) {
        let expires = cookie.expires.filter(|_| !cookie.discard).map(|expires| expires.clamp(1, LAST_SECOND));
        let same_site = same_site(cookie);
        let mut object = Object::open(out);
        object.text("name", self.name);
        object.text("value", self.value);
        object.text("domain", cookie.domain());
        object.text("path", self.path);
        match kind {
            JsonKind::CookieEditor => {
                object.flag("hostOnly", !cookie.is_dotted());
                object.flag("session", expires.is_none());
                if let Some(expires) = expires {
                    object.number("expirationDate", expires);
                }
                object.text(
                    "sameSite",
                    match same_site {
                        Some("None") => "no_restriction",
                        Some("Lax") => "lax",
                        Some(_) => "strict",
                        None => "unspecified",
                    },
                );
                object.text("storeId", "0");
            }
            JsonKind::Selenium => {
                if let Some(expires) = expires {
                    object.number("expiry", expires);
                }
            }
            _ => object.number("expires", expires.unwrap_or(-1)),
        }
        if kind == JsonKind::Puppeteer {
            object.flag("session", expires.is_none());
        }
        object.flag("httpOnly", cookie.http_only);
        object.flag("secure", cookie.secure);
        if let Some(site) = same_site.filter(|_| kind != JsonKind::CookieEditor) {
            object.text("sameSite", site);
        }
        object.close();
    }
}

/// What browsers take for `SameSite`, and take from this cookie.
fn same_site(cookie: &Cookie) -> Option<&'static str> {
    let said = cookie.attribute("SameSite")?;
    let known = ["Strict", "Lax", "None"].into_iter().find(|known| known.eq_ignore_ascii_case(&said))?;
    Some(known).filter(|known| *known != "None" || cookie.secure)
}

/// An object that is being written. A vector takes all that is written.
struct Object<'a>(&'a mut Vec<u8>, bool);

impl<'a> Object<'a> {
    fn open(out: &'a mut Vec<u8>) -> Self {
        out.push(b'{');
        Self(out, true)
    }

    fn name(&mut self, name: &str) {
        let comma = if std::mem::take(&mut self.1) { "" } else { "," };
        let _ = write!(self.0, "{comma}\"{name}\":");
    }

    fn text(&mut self, name: &str, text: &str) {
        self.name(name);
        let _ = serde_json::to_writer(&mut *self.0, text);
    }

    fn flag(&mut self, name: &str, on: bool) {
        self.name(name);
        let _ = write!(self.0, "{on}");
    }

    fn number(&mut self, name: &str, number: i64) {
        self.name(name);
        let _ = write!(self.0, "{number}");
    }

    fn close(self) {
        self.0.push(b'}');
    }
}
