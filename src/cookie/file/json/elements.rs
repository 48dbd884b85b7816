//! The elements of a list, wherever it is, without keeping more of the JSON than one.

use std::borrow::Cow;
use std::fmt;

use serde_core::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::cookie::file::FormatError;

/// Gives the text of each element to a function: those of a list, those of an object's `cookies`,
/// or objects one behind the other. False if there was no such thing.
pub(super) fn each(text: &[u8], take: &mut dyn FnMut(&str)) -> Result<bool, FormatError> {
    let mut is_list = false;
    for value in serde_json::Deserializer::from_slice(text).into_iter::<&RawValue>() {
        is_list |= top(value.map_err(|error| failed(&error))?.get(), take).map_err(|error| failed(&error))?;
    }
    Ok(is_list)
}

/// A value that stands alone.
fn top(value: &str, take: &mut dyn FnMut(&str)) -> serde_json::Result<bool> {
    if value.starts_with('[') {
        return serde_json::Deserializer::from_str(value).deserialize_seq(List(take)).map(|()| true);
    }
    if !value.starts_with('{') {
        return Ok(false);
    }
    let found = serde_json::Deserializer::from_str(value).deserialize_map(Container(take))?;
    match found {
        Found::List => Ok(true),
        // The object is a cookie itself, one of many that stand in lines.
        Found::Cookie => {
            take(value);
            Ok(true)
        }
        Found::Nothing => Ok(false),
    }
}

/// What the parser says of where, for what it says of what may quote a value.
fn failed(error: &serde_json::Error) -> FormatError {
    let what = if error.is_eof() { "the JSON is cut off" } else { "not JSON: it breaks off" };
    FormatError::new(format!("{what} at column {}", error.column())).at_line(error.line().max(1))
}

struct List<'a>(&'a mut dyn FnMut(&str));

impl<'de> Visitor<'de> for List<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of cookies")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(element) = list.next_element::<&RawValue>()? {
            (self.0)(element.get());
        }
        Ok(())
    }
}

struct Container<'a>(&'a mut dyn FnMut(&str));

enum Found {
    List,
    Cookie,
    Nothing,
}

impl<'de> Visitor<'de> for Container<'_> {
    type Value = Found;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Found, A::Error> {
        let mut found = Found::Nothing;
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            match &*key {
                "cookies" => {
                    let value = map.next_value::<&RawValue>()?.get();
                    if value.starts_with('[') {
                        // It has been parsed once, and so is a list.
                        let _ = serde_json::Deserializer::from_str(value).deserialize_seq(List(self.0));
                        found = Found::List;
                    }
                    continue;
                }
                "raw_cookie" | "name" | "key" if !matches!(found, Found::List) => found = Found::Cookie,
                _ => {}
            }
            map.next_value::<IgnoredAny>()?;
        }
        Ok(found)
    }
}
