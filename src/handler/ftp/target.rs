//! What an `ftp:` URL asks for, and in whose name.

use percent_encoding::percent_decode_str;
use url::{Position, Url};

use crate::handler::ftp::unfit;
use crate::message::error::Result;
use crate::message::request::Request;

/// Who asks whom. Connections are shared only where all of it is the same.
#[derive(PartialEq, Eq)]
pub(super) struct Account {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) user: String,
    pub(super) password: String,
    /// Whether the password is the user's own, and no word of courtesy.
    pub(super) is_secret: bool,
}

impl Account {
    pub(super) fn of(request: &Request) -> Result<Self> {
        let url = request.url();
        let (user, password) = request.userinfo().map_or(("", ""), |info| (info.user(), info.password()));
        if [user, password].iter().any(|text| has_line_end(text.as_bytes())) {
            return Err(unfit(url, "its user or password holds the end of a line"));
        }
        let user = if user.is_empty() { "anonymous" } else { user };
        let is_secret = !password.is_empty();
        // Most servers take anything from anonymous; RFC 1635 asks for an address, which urllib
        // leaves at this.
        let password = if user == "anonymous" && !is_secret { "anonymous@" } else { password };
        Ok(Self {
            host: url.host_str().unwrap_or_default().to_owned(),
            port: url.port_or_known_default().unwrap_or(21),
            user: user.to_owned(),
            password: password.to_owned(),
            is_secret,
        })
    }
}

/// The file or folder (RFC 1738 section 3.2.2).
pub(super) struct Target {
    /// The folders to enter, one after the other.
    pub(super) folders: Vec<Vec<u8>>,
    /// The file; `None` for a listing of the folder.
    pub(super) name: Option<Vec<u8>>,
    /// `;type=a`: the file is text.
    ascii: bool,
}

impl Target {
    pub(super) fn of(url: &Url) -> Result<Self> {
        // There is no query in FTP: a question mark is part of a name, as urllib and curl have it.
        let path = &url[Position::BeforePath..Position::AfterQuery];
        let (path, typecode) = without_typecode(path);
        let typecode = match typecode.map(str::to_ascii_lowercase).as_deref() {
            None | Some("i") => b'i',
            Some("a") => b'a',
            Some("d") => b'd',
            Some(_) => return Err(unfit(url, "its type is none of a, i and d")),
        };
        let path = path.strip_prefix('/').unwrap_or(path);
        let from_root = ["/", "%2f", "%2F"].iter().find_map(|root| path.strip_prefix(root));
        let segments: Vec<&str> = from_root.unwrap_or(path).split('/').collect();
        let mut parts = Vec::with_capacity(segments.len());
        for segment in segments {
            let part: Vec<u8> = percent_decode_str(segment).collect();
            if has_line_end(&part) {
                return Err(unfit(url, "its path holds the end of a line"));
            }
            if part.contains(&b'/') {
                return Err(unfit(url, "its path holds an escaped slash, which is allowed at its beginning only"));
            }
            parts.push(part);
        }
        let mut name = parts.pop().filter(|name| !name.is_empty());
        let mut folders = parts;
        folders.retain(|folder| !folder.is_empty());
        if from_root.is_some() {
            match (folders.first_mut(), &mut name) {
                (Some(first), _) | (None, Some(first)) => first.insert(0, b'/'),
                (None, None) => folders.push(b"/".to_vec()),
            }
        }
        if typecode == b'd' {
            folders.extend(name.take());
        }
        Ok(Self { folders, name, ascii: typecode == b'a' })
    }

    /// Whether it is transferred as text; a listing is.
    pub(super) fn is_text(&self) -> bool {
        self.ascii || self.name.is_none()
    }
}

/// The path without a `;type=` at its end, and what that says.
fn without_typecode(path: &str) -> (&str, Option<&str>) {
    let typecode = path.rsplit_once(';').and_then(|(before, parameter)| {
        let (name, value) = parameter.split_once('=')?;
        (name.eq_ignore_ascii_case("type") && !value.contains('/')).then_some((before, value))
    });
    typecode.map_or((path, None), |(before, value)| (before, Some(value)))
}

/// What would end a command, and begin another (RFC 959 section 5.3); a NUL is nothing that a name
/// holds.
fn has_line_end(text: &[u8]) -> bool {
    text.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The folders, the name and the type, as text.
    fn shown(url: &str) -> String {
        let url = Url::parse(url).expect("a URL");
        match Target::of(&url) {
            Ok(target) => {
                let text = |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).into_owned();
                let folders: Vec<_> = target.folders.iter().map(text).collect();
                let name = target.name.as_ref().map_or_else(|| "(list)".to_owned(), text);
                format!("{} > {name}{}", folders.join(", "), if target.ascii { " as text" } else { "" })
            }
            Err(error) => error.to_string().rsplit(": ").next().map(str::to_owned).unwrap_or_default(),
        }
    }

    #[test]
    fn the_path_of_a_url_is_a_way() {
        for (says, path, expected) in [
            ("nothing is where the login leads", "", " > (list)"),
            ("so is a slash", "/", " > (list)"),
            ("a file", "/a.txt", " > a.txt"),
            ("a file in folders", "/a/b/c", "a, b > c"),
            ("a folder", "/a/b/", "a, b > (list)"),
            ("each segment is decoded", "/a%20b/%c3%a9", "a b > é"),
            ("once", "/%252f", " > %2f"),
            ("a slash escaped at the beginning is the root", "/%2fetc/motd", "/etc > motd"),
            ("in capitals", "/%2Fmotd", " > /motd"),
            ("alone", "/%2f", "/ > (list)"),
            ("and so are two slashes", "//etc/motd", "/etc > motd"),
            ("three are two", "///etc/motd", "/etc > motd"),
            ("slashes after each other are one", "/a//b", "a > b"),
            ("text", "/a.txt;type=a", " > a.txt as text"),
            ("bytes", "/a.txt;TYPE=I", " > a.txt"),
            ("a listing", "/a/b;type=d", "a, b > (list)"),
            ("a listing from the root", "/%2fa;type=d", "/a > (list)"),
            ("a semicolon is part of a name", "/a;b/c;d=e", "a;b > c;d=e"),
            ("a type inside is, too", "/a;type=a/b", "a;type=a > b"),
            ("so is a question mark", "/a?b/c", "a?b > c"),
            ("a fragment is not", "/a#b", " > a"),
            ("dots are resolved before", "/a/../../b", " > b"),
            ("the end of a line", "/a%0d%0aDELE%20x", "its path holds the end of a line"),
            ("half of it", "/a%0Ab/", "its path holds the end of a line"),
            ("a NUL", "/a%00", "its path holds the end of a line"),
            ("in the type", "/a;type=a%0d", "its type is none of a, i and d"),
            ("no type at all", "/a;type=", "its type is none of a, i and d"),
            (
                "an escaped slash inside",
                "/a%2fb",
                "its path holds an escaped slash, which is allowed at its beginning only",
            ),
            ("two of them", "/%2f%2fa", "its path holds an escaped slash, which is allowed at its beginning only"),
        ] {
            assert_eq!(shown(&format!("ftp://h{path}")), expected, "{says}");
        }
    }
}
