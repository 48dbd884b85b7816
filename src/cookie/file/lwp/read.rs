//! The words of a line, as a cookie.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::str;

use super::escape::unescape;
use crate::cookie::extension_av;
use crate::cookie::extras::Extras;
use crate::cookie::file::raw::{address, slashed};
use crate::cookie::file::{Oddity, Reason};
use crate::cookie::{Cookie, host, iso2time};

type Text<'a> = Cow<'a, [u8]>;
type Pair<'a> = (Text<'a>, Option<Text<'a>>);

/// A cookie, and what is odd about its line.
type Read = (Cookie, Option<Oddity>);

/// What the words behind the name say.
#[derive(Default)]
struct Fields<'a> {
    path: Option<Text<'a>>,
    domain: Option<Text<'a>>,
    port: Option<Text<'a>>,
    expires: Option<Text<'a>>,
    version: Option<Text<'a>>,
    path_spec: bool,
    port_spec: bool,
    domain_dot: bool,
    domain_spec: bool,
    secure: bool,
    discard: bool,
    rfc2109: bool,
    http_only: bool,
    extras: Extras,
    rest: Vec<(Vec<u8>, Option<Vec<u8>>)>,
    /// Where in `rest` an attribute is, by its name in lower case: a line may have thousands.
    places: HashMap<Vec<u8>, usize>,
}

/// A `Set-Cookie3` line. `perl` says that it is of the form 1.0, where a port is what the server
/// named unless a `_` stands before it.
pub(super) fn plain(pairs: Vec<Pair<'_>>, perl: bool) -> Result<Read, Reason> {
    let mut pairs = pairs.into_iter();
    let (name, value) = pairs.next().ok_or(Reason::NoName)?;
    let mut fields = Fields::default();
    for (key, value) in pairs {
        if let Some((key, value)) = fields.standard(key, value) {
            fields.rest(&key, value.as_deref());
        }
    }
    if let Some(port) = fields.port.as_deref().and_then(|port| port.strip_prefix(b"_")) {
        fields.port = Some(Cow::Owned(port.to_vec()));
    } else {
        fields.port_spec |= perl && fields.port.is_some();
    }
    let domain = fields.domain.as_deref().filter(|domain| !domain.is_empty()).ok_or(Reason::NoDomain)?;
    fields.domain_spec |= domain.starts_with(b".");
    let expires = fields.expires.take();
    let expires = expires.and_then(|expires| iso2time(&String::from_utf8_lossy(&expires)));
    fields.discard |= expires.is_none();
    let oddity = fields.path.as_deref().and_then(|path| slashed(path).1);
    // A path that is empty or matches nothing; the default takes its place.
    fields.path = fields.path.take_if(|path| path.starts_with(b"/"));
    Ok((fields.finish(&name, value.as_deref(), expires)?, oddity))
}

/// A `Set-Cookie3-Escaped` line, which says everything.
pub(super) fn escaped(pairs: Vec<Pair<'_>>) -> Result<Read, Reason> {
    let mut pairs = pairs.into_iter();
    let (name, value) = pairs.next().ok_or(Reason::NoName)?;
    let mut fields = Fields::default();
    for (key, value) in pairs {
        let value = value.map(|value| unescape(&value)).transpose()?;
        match key.strip_prefix(b"+") {
            Some(key) => fields.rest(&unescape(key)?, value.as_deref()),
            // What a later version may add is passed over.
            None => drop(fields.standard(key, value.map(Cow::Owned))),
        }
    }
    let expires = fields.expires.take();
    let expires = expires.map(|text| str::from_utf8(&text).ok().and_then(|text| text.parse().ok()));
    let expires = expires.map(|number| number.ok_or(Reason::BadExpiry)).transpose()?;
    let value = value.map(|value| unescape(&value)).transpose()?;
    Ok((fields.finish(&unescape(&name)?, value.as_deref(), expires)?, None))
}

impl<'a> Fields<'a> {
    /// Takes a word that the format knows; gives any other back.
    fn standard(&mut self, key: Text<'a>, value: Option<Text<'a>>) -> Option<Pair<'a>> {
        match key.to_ascii_lowercase().as_slice() {
            b"path" => self.path = value,
            b"domain" => self.domain = value,
            b"port" => self.port = value,
            b"expires" => self.expires = value,
            b"version" => self.version = value,
            b"path_spec" => self.path_spec = true,
            b"port_spec" => self.port_spec = true,
            b"domain_dot" => self.domain_dot = true,
            b"domain_spec" => self.domain_spec = true,
            b"secure" => self.secure = true,
            b"discard" => self.discard = true,
            b"rfc2109" => self.rfc2109 = true,
            b"comment" => self.extras.comment = value.map(|text| text.into()),
            b"commenturl" => self.extras.comment_url = value.map(|text| text.into()),
            _ => return Some((key, value)),
        }
        None
    }

    fn rest(&mut self, key: &[u8], value: Option<&[u8]>) {
        if key.eq_ignore_ascii_case(b"HttpOnly") {
            self.http_only = true;
        } else {
            let value = value.map(<[u8]>::to_vec);
            match self.places.entry(key.to_ascii_lowercase()) {
                Entry::Occupied(place) => {
                    if let Some((_, old)) = self.rest.get_mut(*place.get()) {
                        *old = value;
                    }
                }
                Entry::Vacant(place) => {
                    place.insert(self.rest.len());
                    self.rest.push((key.to_vec(), value));
                }
            }
        }
    }

    fn finish(self, name: &[u8], value: Option<&[u8]>, expires: Option<i64>) -> Result<Cookie, Reason> {
        let domain = self.domain.ok_or(Reason::NoDomain)?;
        let domain = str::from_utf8(&domain).map_err(|_| Reason::BadDomain)?;
        let domain = address(domain).unwrap_or_else(|| host::spell_domain(domain)).into_owned();
        let path = self.path.unwrap_or(Cow::Borrowed(b"/"));
        let rest = extension_av::pack(self.rest.iter().map(|(name, value)| (name.as_slice(), value.as_deref())));
        let mut cookie = Cookie::assemble_from((name, value), &path, ["", &domain], &rest);
        let port = self.port.map(|port| str::from_utf8(&port).map(Box::from).map_err(|_| Reason::BadPort));
        let version = self.version.map_or(Ok(0), |version| number(&version));
        (cookie.version, cookie.expires, cookie.discard) = (version?, expires, self.discard);
        (cookie.path_specified, cookie.port_specified) = (self.path_spec, self.port_spec);
        (cookie.domain_specified, cookie.domain_initial_dot) = (self.domain_spec, self.domain_dot);
        (cookie.secure, cookie.http_only, cookie.rfc2109) = (self.secure, self.http_only, self.rfc2109);
        cookie.extras = Extras { port: port.transpose()?, ..self.extras }.boxed();
        Ok(cookie)
    }
}

fn number(text: &[u8]) -> Result<u32, Reason> {
    let digits = text.iter().all(u8::is_ascii_digit);
    let number = str::from_utf8(text).ok().filter(|_| digits).and_then(|text| text.parse().ok());
    number.ok_or(Reason::BadVersion)
}
