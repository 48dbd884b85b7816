//! What a record and a text file are called.

use std::sync::Arc;

use super::ledger::Location;
use crate::cookie::Cookie;
use crate::cookie::file::canonical;
use crate::cookie::file::msie::{cookie_location, index::latin1};

/// Bytes of a location; a cookie with a longer one stays in memory. 2083, as
/// `INTERNET_MAX_URL_LENGTH` of `wininet.h`.
const LOCATION_LIMIT: usize = 2083;

/// Bytes of a user's name and of a host's in the name of a text file, which may have 255.
const NAME_PART: usize = 80;

/// The record that a cookie goes to, if there can be one.
///
/// A path that no server named has a slash at its end there, as Internet Explorer's and Wine's own:
/// `/shop` is the path of `/shop/cart` for RFC 6265, and `/shop/` for them. They look it up in
/// lower case.
pub(super) fn location(user: &str, cookie: &Cookie) -> Option<Location> {
    let mut location = format!("Cookie:{user}@{}", cookie.owner()).into_bytes();
    location.extend(cookie.path_bytes().iter().map(u8::to_ascii_lowercase));
    if !cookie.path_specified() && !location.ends_with(b"/") {
        location.push(b'/');
    }
    (location.len() <= LOCATION_LIMIT).then(|| Arc::from(location))
}

/// The user of a location; none if it is not a cookie's.
pub(super) fn user_of(location: &[u8]) -> Option<String> {
    cookie_location(location)?.map(|(user, _)| spelled(user))
}

/// The host of a location, as a store files its cookies.
pub(super) fn owner_of(location: &[u8]) -> Option<String> {
    let (_, place) = cookie_location(location)??;
    canonical(place.split(|&byte| byte == b'/').next().unwrap_or_default()).ok()
}

/// A name of a user as it can stand in a location.
pub(super) fn usable(user: &str) -> String {
    let is_usable = |one: char| !one.is_control() && !['/', '\\', '@'].contains(&one);
    let name: String = user.chars().map(|one| if is_usable(one) { one } else { '_' }).collect();
    if name.is_empty() { "user".to_owned() } else { name }
}

/// How the names of a host's text files begin, as Internet Explorer 5 has them: `joe@www.example`.
pub(super) fn file_stem(user: &str, owner: &str) -> String {
    let host = owner.rsplit_once('.').map_or(owner, |(labels, _)| labels);
    format!("{}@{}", plain(user), plain(host))
}

/// Letters that are the same on every system and in every code page.
fn plain(text: &str) -> String {
    let letters = text.chars().map(|one| if one.is_ascii_alphanumeric() || ".-_".contains(one) { one } else { '_' });
    letters.take(NAME_PART).collect::<String>().to_ascii_lowercase()
}

/// Wine writes names in UTF-8, and Windows in the code page of the country.
pub(super) fn spelled(name: &[u8]) -> String {
    std::str::from_utf8(name).map_or_else(|_| latin1(name), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_goes_to_the_record_in_which_other_programs_look_for_it() {
        let cookie = |path: &str| Cookie::new("n", "v", ".example.com").with_path(path).with_expires(1);
        for (sentence, cookie, expected) in [
            ("the domain has no dot", cookie("/"), Some("Cookie:joe@example.com/")),
            ("the path is in lower case", cookie("/Shop/"), Some("Cookie:joe@example.com/shop/")),
            ("a path that was named stays", cookie("/shop"), Some("Cookie:joe@example.com/shop")),
            (
                "one that was not has a slash at its end",
                cookie("/shop").with_path_specified(false),
                Some("Cookie:joe@example.com/shop/"),
            ),
            ("one that is too long there is not", cookie(&"/a".repeat(1100)), None),
        ] {
            let found = location("joe", &cookie);
            assert_eq!(found.as_deref(), expected.map(str::as_bytes), "{sentence}");
        }
    }

    #[test]
    fn names_of_files_lead_nowhere_else() {
        for (user, owner, expected) in [
            ("Joe", "example.com", "joe@example"),
            ("joe", "www.other.test", "joe@www.other"),
            ("joe", "localhost", "joe@localhost"),
            ("../x", "[::1]", ".._x@___1_"),
            ("j\u{f6}rg", "127.0.0.1", "j_rg@127.0.0"),
        ] {
            assert_eq!(file_stem(&usable(user), owner), expected);
        }
        assert_eq!((usable(""), usable("a@b/c\n").as_str()), ("user".to_owned(), "a_b_c_"));
    }
}
