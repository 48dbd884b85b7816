//! Firefox's session: a file in which a running Firefox notes, beside windows and tabs, the cookies
//! that its store does not have.

use std::borrow::Cow;
use std::fmt;
use std::fs;
use std::path::Path;

use serde_core::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::known::below;
use super::origin::Origin;
use super::row;
use crate::cookie::Cookie;
use crate::cookie::file::{FormatError, LINE_LIMIT, Loaded, Reason, file_bytes};

/// Before one block of LZ4 (toolkit/components/lz4).
pub(super) const MAGIC: &[u8] = b"mozLz40\0";

/// Where a profile has its session: of a running Firefox or one that crashed, the same a moment
/// ago, and of one that was closed (browser/components/sessionstore/SessionFile.sys.mjs).
const FILES: [&str; 3] =
    ["sessionstore-backups/recovery.jsonlz4", "sessionstore-backups/recovery.baklz4", "sessionstore.jsonlz4"];

/// Bytes of a session, unpacked. That of a thousand tabs has some ten million.
const SESSION_LIMIT: usize = 64 * 1024 * 1024;

/// A byte of LZ4 stands for so many at most.
const MOST_PACKED: usize = 255;

/// A byte takes so many where JSON escapes it, and a cookie has names for what it holds.
const COOKIE_LIMIT: usize = 7 * LINE_LIMIT;

/// Adds the cookies of the session of a profile, of which this is the store. Without a session
/// there are none.
pub(super) fn add_beside(store: &Path, limit: usize, all_containers: bool, loaded: &mut Loaded) {
    // The session lies where the store is, not where a link to it is.
    let store = fs::canonicalize(store).unwrap_or_else(|_| store.to_owned());
    let folder = store.parent().unwrap_or(Path::new(""));
    for file in FILES.map(|file| below(folder, file)).iter().filter(|file| file.is_file()) {
        let session = file_bytes(file, limit).ok().and_then(|bytes| read(&bytes, all_containers).ok());
        let is_read = session.is_some();
        loaded.absorb(file, session.unwrap_or_else(unreadable));
        if is_read {
            return;
        }
    }
}

fn unreadable() -> Loaded {
    let mut nothing = Loaded::default();
    nothing.skip_record(1, Reason::BadFile);
    nothing
}

/// The cookies of a session.
pub(super) fn read(bytes: &[u8], all_containers: bool) -> Result<Loaded, FormatError> {
    let session = unpack(bytes)?;
    let (mut loaded, mut number) = (Loaded::default(), 0);
    let each = |text: &str| {
        number += 1;
        match cookie(text, all_containers) {
            Ok(cookie) => loaded.cookies.push(cookie),
            Err(reason) => loaded.skip_record(number, reason),
        }
    };
    // What the parser says may quote a value.
    let failed = |error: serde_json::Error| {
        let (line, column) = (error.line(), error.column());
        FormatError::new(format!("the session is not the JSON that Firefox writes, at line {line}, column {column}"))
    };
    let mut json = serde_json::Deserializer::from_slice(&session);
    json.deserialize_map(Session(each)).and_then(|()| json.end()).map_err(failed)?;
    Ok(loaded)
}

fn unpack(bytes: &[u8]) -> Result<Vec<u8>, FormatError> {
    let packed = bytes.strip_prefix(MAGIC).ok_or_else(|| FormatError::new("not a session of Firefox"))?;
    let (size, block) = packed.split_first_chunk().ok_or_else(|| FormatError::new("the session is cut short"))?;
    let size = usize::try_from(u32::from_le_bytes(*size)).unwrap_or(usize::MAX);
    if size > SESSION_LIMIT {
        let reason = format!("the session would have {size} bytes; {SESSION_LIMIT} are allowed");
        return Err(FormatError::new(reason));
    }
    if size > block.len().saturating_mul(MOST_PACKED) {
        return Err(FormatError::new("the session is cut short"));
    }
    lz4_flex::block::decompress(block, size).map_err(|_| FormatError::new("the session is not what LZ4 packs"))
}

/// Gives the text of each cookie of a session to a function. All else is passed over, and nothing
/// is kept.
struct Session<F>(F);

impl<'de, F: FnMut(&str)> Visitor<'de> for Session<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a session")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            if key == "cookies" {
                map.next_value_seed(List(&mut self.0))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

/// The list of cookies in it.
struct List<'a, F>(&'a mut F);

impl<'de, F: FnMut(&str)> DeserializeSeed<'de> for List<'_, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'de, F: FnMut(&str)> Visitor<'de> for List<'_, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of cookies")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(cookie) = list.next_element::<&RawValue>()? {
            (self.0)(cookie.get());
        }
        Ok(())
    }
}

/// A cookie, as browser/components/sessionstore/SessionCookies.sys.mjs writes it: what is missing
/// has its usual value.
fn cookie(text: &str, all_containers: bool) -> Result<Cookie, Reason> {
    if text.len() > COOKIE_LIMIT {
        return Err(Reason::TooLong);
    }
    let fields: Map<String, Value> = serde_json::from_str(text).map_err(|_| Reason::Malformed)?;
    let (host, secure) = (string(&fields, "host")?, flag(&fields, "secure"));
    let origin = Origin::new(attributes(&fields));
    if !all_containers {
        origin.is_for_visits(host, secure)?;
    }
    let (name, value) = (string(&fields, "name")?, string(&fields, "value")?);
    let mut cookie = row::assemble(name, value, host, string(&fields, "path")?)?;
    (cookie.secure, cookie.http_only) = (secure, flag(&fields, "httponly"));
    cookie = row::with_same_site(cookie, fields.get("sameSite").and_then(Value::as_i64));
    Ok(origin.mark(cookie, flag(&fields, "isPartitioned")))
}

fn string<'a>(fields: &'a Map<String, Value>, name: &str) -> Result<&'a [u8], Reason> {
    match fields.get(name) {
        None => Ok(b""),
        Some(Value::String(text)) => Ok(text.as_bytes()),
        Some(_) => Err(Reason::Malformed),
    }
}

fn flag(fields: &Map<String, Value>, name: &str) -> bool {
    fields.get(name) == Some(&Value::Bool(true))
}

/// The origin attributes, each value as text.
fn attributes(fields: &Map<String, Value>) -> impl Iterator<Item = (String, String)> {
    let attributes = fields.get("originAttributes").and_then(Value::as_object).into_iter().flatten();
    attributes.map(|(name, value)| (name.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A session file: the text as one literal.
    fn packed(text: &str) -> Vec<u8> {
        let size = u32::try_from(text.len()).unwrap().to_le_bytes();
        [MAGIC, &size, &lz4_flex::block::compress(text.as_bytes())].concat()
    }

    #[test]
    fn what_is_no_session_is_told_so() {
        let whole = packed(r#"{"cookies":[{"host":"a.test","name":"a","value":"secret"}]}"#);
        let not_json = "the session is not the JSON that Firefox writes, at line ";
        let mut huge = whole.clone();
        huge[8..12].copy_from_slice(&u32::MAX.to_le_bytes());
        let mut larger = whole.clone();
        larger[8..12].copy_from_slice(&60_000_000_u32.to_le_bytes());
        let mut smaller = whole.clone();
        smaller[8] -= 1;
        for (sentence, bytes, reason) in [
            ("nothing", vec![], "not a session of Firefox".to_owned()),
            ("another file", b"SQLite format 3\0".to_vec(), "not a session of Firefox".to_owned()),
            ("no size", whole[..11].to_vec(), "the session is cut short".to_owned()),
            ("no block", whole[..12].to_vec(), "the session is cut short".to_owned()),
            ("half a block", whole[..40].to_vec(), "the session is not what LZ4 packs".to_owned()),
            ("a size without end", huge, "the session would have 4294967295 bytes; 67108864 are allowed".to_owned()),
            ("a size that no such block has", larger, "the session is cut short".to_owned()),
            ("a size too small", smaller, "the session is not what LZ4 packs".to_owned()),
            ("an empty text", packed(""), format!("{not_json}1, column 0")),
            ("a list", packed("[1]"), format!("{not_json}1, column 0")),
            ("no list of cookies", packed(r#"{"cookies":"secret"}"#), format!("{not_json}1, column 19")),
            ("an end too early", packed(r#"{"cookies":[{"host":"secret""#), format!("{not_json}1, column 28")),
            ("more after the end", packed("{} {}"), format!("{not_json}1, column 4")),
        ] {
            assert_eq!(read(&bytes, false).unwrap_err().reason(), reason, "{sentence}");
        }
    }
}
