//! One cookie, in the names of whoever wrote it.

use serde_json::{Map, Value};

use crate::cookie::file::browser::Partition;
use crate::cookie::file::raw::{Raw, slashed};
use crate::cookie::file::{Oddity, Reason};
use crate::cookie::{Cookie, bytes, iso2time, str2time};

/// The last second of the year 9999; what is more is milliseconds.
const LAST_SECOND: f64 = 253_402_300_799.0;

/// The cookie of an element, and what is odd about it.
pub(super) fn cookie(element: &str) -> Result<(Cookie, Option<Oddity>), Reason> {
    let object: Map<String, Value> = serde_json::from_str(element).map_err(|_| Reason::Malformed)?;
    let fields = Fields(object.into_iter().map(|(name, value)| (plain(&name), value)).collect());
    match fields.get(&["rawcookie"]) {
        Some(Value::String(raw)) => cookie_store(raw, &fields),
        _ => listed(&fields),
    }
}

/// What an object says, under its names without capitals and separators: `httpOnly`, `http_only`
/// and `HTTP only` are one.
struct Fields(Map<String, Value>);

impl Fields {
    fn get(&self, names: &[&str]) -> Option<&Value> {
        names.iter().find_map(|name| self.0.get(*name)).filter(|value| !value.is_null())
    }

    fn text(&self, names: &[&str]) -> Option<String> {
        match self.get(names)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// None if it does not say.
    fn flag(&self, names: &[&str]) -> Result<Option<bool>, Reason> {
        Ok(Some(match self.get(names) {
            None => return Ok(None),
            Some(Value::Bool(on)) => *on,
            Some(Value::Number(number)) => number.as_f64() != Some(0.0),
            Some(Value::String(text)) if ["false", "0", ""].iter().any(|no| text.eq_ignore_ascii_case(no)) => false,
            Some(Value::String(text)) if ["true", "1"].iter().any(|yes| text.eq_ignore_ascii_case(yes)) => true,
            Some(_) => return Err(Reason::BadFlags),
        }))
    }
}

fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

/// A cookie in a list. The names that end in `raw` are those of Cookie Quick Manager, `key` is
/// tough-cookie's.
fn listed(fields: &Fields) -> Result<(Cookie, Option<Oddity>), Reason> {
    let name = fields.text(&["name", "key", "nameraw"]).ok_or(Reason::Malformed)?;
    let value = fields.text(&["value", "contentraw"]).unwrap_or_default();
    let domain = domain(fields).ok_or(Reason::NoDomain)?;
    let path = fields.text(&["path", "pathraw"]).unwrap_or_default();
    let (path, mut oddity) = slashed(path.as_bytes());
    let (dotted, host_only) = (domain.starts_with('.'), fields.flag(&["hostonly", "thisdomainonlyraw"])?);
    if dotted && host_only == Some(true) {
        oddity = Some(Oddity::DotAgainstFlag);
    }
    let raw = Raw {
        name: name.as_bytes(),
        value: value.as_bytes(),
        host: domain.as_bytes(),
        below: host_only.map_or(dotted, |host_only| !host_only),
        path,
        path_specified: true,
        secure: fields.flag(&["secure", "issecure", "sendforraw"])?.unwrap_or(false),
        http_only: fields.flag(&["httponly", "ishttponly", "httponlyraw"])?.unwrap_or(false),
        expires: match fields.flag(&["session"])? {
            Some(true) => None,
            _ => fields.get(&["expirationdate", "expiry", "expiresraw", "expires"]).map_or(Ok(None), expires)?,
        },
    };
    let mut cookie = raw.cookie()?;
    if let Some(site) = fields.text(&["samesite", "samesiteraw"]).as_deref().and_then(same_site) {
        cookie = cookie.with_attribute("SameSite", site);
    }
    if let Some(partition) = partition(fields)? {
        partition.is_own_of(domain.as_bytes(), raw.secure)?;
        cookie = cookie.with_attribute("Partitioned", None);
    }
    Ok((cookie, oddity))
}

/// The domain; or the host of a URL, which may stand in its place.
fn domain(fields: &Fields) -> Option<String> {
    let text = fields.text(&["domain", "host", "hostraw", "url"])?;
    match text.split_once("://") {
        // A URL may have a dot before its host here.
        Some((_, rest)) => rest.split(['/', '?', '#']).next().map(str::to_owned),
        None => Some(text),
    }
    .filter(|domain| !domain.is_empty())
}

/// When it expires; none for the end of the session.
fn expires(value: &Value) -> Result<Option<i64>, Reason> {
    match value {
        Value::Number(number) => seconds(number.as_f64().ok_or(Reason::BadExpiry)?),
        Value::String(text) => match text.trim() {
            "" | "Infinity" => Ok(None),
            word if word.eq_ignore_ascii_case("session") || word.eq_ignore_ascii_case("SessionEnd") => Ok(None),
            text => match text.parse::<f64>() {
                Ok(number) => seconds(number),
                Err(_) => iso2time(text).or_else(|| str2time(text)).map(Some).ok_or(Reason::BadExpiry),
            },
        },
        // cookie_store's.
        Value::Object(object) => match object.get("AtUtc") {
            Some(Value::String(date)) => iso2time(date).map(Some).ok_or(Reason::BadExpiry),
            _ => Err(Reason::BadExpiry),
        },
        _ => Err(Reason::BadExpiry),
    }
}

fn seconds(number: f64) -> Result<Option<i64>, Reason> {
    if !number.is_finite() {
        return Err(Reason::BadExpiry);
    }
    let number = if number > LAST_SECOND { number / 1000.0 } else { number };
    // A float beyond all integers becomes the last of them.
    #[allow(clippy::cast_possible_truncation)]
    let whole = number.floor() as i64;
    Ok(Some(whole).filter(|seconds| !matches!(seconds, -1 | 0)))
}

/// The value of `SameSite`, in the spelling of the header.
fn same_site(text: &str) -> Option<&'static str> {
    match &*plain(text) {
        "strict" => Some("Strict"),
        "lax" => Some("Lax"),
        "none" | "norestriction" => Some("None"),
        _ => None,
    }
}

/// The partition that the cookie is in: a site, or an object with one.
fn partition(fields: &Fields) -> Result<Option<Partition>, Reason> {
    let (site, ancestor) = match fields.get(&["partitionkey"]) {
        None => return Ok(None),
        Some(Value::String(site)) => (site.clone(), fields.flag(&["crhascrosssiteancestor", "hascrosssiteancestor"])?),
        Some(Value::Object(key)) => {
            let key = Fields(key.iter().map(|(name, value)| (plain(name), value.clone())).collect());
            let Some(site) = key.text(&["toplevelsite"]) else {
                return Ok(None);
            };
            (site, key.flag(&["hascrosssiteancestor"])?)
        }
        Some(_) => return Err(Reason::BadPartition),
    };
    if site.is_empty() {
        return Ok(None);
    }
    Partition::of_chromium(site.as_bytes(), ancestor.unwrap_or(false)).map(Some)
}

/// A cookie of the crate `cookie_store`: the header's text, and beside it what it was judged to be.
fn cookie_store(raw_cookie: &str, fields: &Fields) -> Result<(Cookie, Option<Oddity>), Reason> {
    let mut parts = bytes::split(raw_cookie.as_bytes(), b';').map(<[u8]>::trim_ascii);
    let pair = parts.next().unwrap_or_default();
    let (name, value) = match pair.iter().position(|&byte| byte == b'=') {
        Some(equals) => (pair[..equals].trim_ascii(), pair[equals + 1..].trim_ascii()),
        None => (&b""[..], pair),
    };
    let attributes: Vec<&[u8]> = parts.collect();
    let has = |name: &str| attributes.iter().any(|attribute| attribute.eq_ignore_ascii_case(name.as_bytes()));
    let (host, below) = match fields.get(&["domain"]) {
        Some(Value::Object(domain)) => match (domain.get("Suffix"), domain.get("HostOnly")) {
            (Some(Value::String(host)), _) => (host, true),
            (_, Some(Value::String(host))) => (host, false),
            _ => return Err(Reason::NoDomain),
        },
        _ => return Err(Reason::NoDomain),
    };
    let (path, named) = match fields.get(&["path"]) {
        Some(Value::Array(path)) => match path.as_slice() {
            [Value::String(path), named] => (path.as_str(), named.as_bool().unwrap_or(false)),
            _ => return Err(Reason::NoPath),
        },
        _ => ("", false),
    };
    let (path, oddity) = slashed(path.as_bytes());
    let raw = Raw {
        name,
        value,
        host: host.as_bytes(),
        below,
        path,
        path_specified: named,
        secure: has("Secure"),
        http_only: has("HttpOnly"),
        expires: fields.get(&["expires"]).map_or(Ok(None), expires)?,
    };
    let mut cookie = raw.cookie()?;
    let same_site =
        attributes.iter().filter_map(|attribute| attribute.split_first_chunk::<9>()).find_map(|(name, value)| {
            name.eq_ignore_ascii_case(b"SameSite=").then(|| same_site(&String::from_utf8_lossy(value)))?
        });
    if let Some(site) = same_site {
        cookie = cookie.with_attribute("SameSite", site);
    }
    Ok((cookie, oddity))
}
