//! [`NetrcPasswordMgr`]: the passwords of a `.netrc`, the file that ftp, curl and wget read.

use std::env;
use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use url::Url;

use super::password_mgr::PasswordMgr;
use crate::urls::Userinfo;

/// Bytes that a netrc may have: 1 MiB, more than anybody has passwords.
pub const NETRC_LIMIT: usize = 1024 * 1024;

/// The passwords of a `.netrc`, as a password manager. It is never read unless you ask for it.
///
/// ```
/// use clientcookie::{HttpBasicAuthHandler, NetrcPasswordMgr, build_opener};
///
/// let netrc = NetrcPasswordMgr::parse("machine example.com login me password secret")?;
/// let opener = build_opener(HttpBasicAuthHandler::new(netrc));
/// # Ok::<(), clientcookie::NetrcError>(())
/// ```
///
/// A machine is a host, whatever the scheme and port, and no other host, neither above nor below; `default` is for those
/// that have no entry. An entry without a password gives none, and borrows none. A user in the URL
/// (`https://me@example.com/`) chooses the entry with that login. Macros (`macdef`) and accounts are passed over.
#[derive(Clone, Default)]
pub struct NetrcPasswordMgr {
    entries: Vec<Entry>,
}

#[derive(Clone, Default)]
struct Entry {
    /// `None` for `default`.
    machine: Option<String>,
    login: Option<String>,
    password: Option<String>,
}

/// Why a netrc could not be read. No password is in it.
#[derive(Debug)]
#[non_exhaustive]
pub enum NetrcError {
    /// The file cannot be read.
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A word stands where none is expected, or one is missing.
    Syntax {
        /// The line; the first is 1.
        line: usize,
        /// What is wrong.
        reason: &'static str,
    },
    /// There is no home to look in.
    NoHome,
}

impl fmt::Display for NetrcError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NetrcError::Io { path, source } => write!(f, "{path:?} cannot be read: {source}"),
            NetrcError::Syntax { line, reason } => write!(f, "line {line} of the netrc: {reason}"),
            NetrcError::NoHome => f.write_str("there is no home to look for a .netrc in"),
        }
    }
}

impl std::error::Error for NetrcError {}

impl NetrcPasswordMgr {
    /// That of the user: the file that `NETRC` names, else `.netrc` at home (`_netrc` on Windows).
    ///
    /// # Errors
    /// There is no such file, or it cannot be read.
    pub fn of_user() -> Result<NetrcPasswordMgr, NetrcError> {
        NetrcPasswordMgr::read(&place(cfg!(windows), |name| env::var_os(name)).ok_or(NetrcError::NoHome)?)
    }

    /// That of a file.
    ///
    /// # Errors
    /// It cannot be read, is larger than [`NETRC_LIMIT`], or no netrc.
    pub fn read(path: &Path) -> Result<NetrcPasswordMgr, NetrcError> {
        let failed = |source| NetrcError::Io { path: path.to_owned(), source };
        let mut bytes = Vec::new();
        File::open(path).and_then(|file| file.take(NETRC_LIMIT as u64 + 1).read_to_end(&mut bytes)).map_err(failed)?;
        if bytes.len() > NETRC_LIMIT {
            return Err(failed(io::Error::new(io::ErrorKind::InvalidData, "it is too large")));
        }
        NetrcPasswordMgr::parse(&String::from_utf8_lossy(&bytes))
    }

    /// That of a text.
    ///
    /// # Errors
    /// It is no netrc.
    pub fn parse(text: &str) -> Result<NetrcPasswordMgr, NetrcError> {
        let mut words = Words { rest: text, line: 1 };
        let mut entries: Vec<Entry> = Vec::new();
        while let Some(word) = words.next()? {
            let line = words.line;
            let syntax = |reason| NetrcError::Syntax { line, reason };
            let mut value = || words.next()?.ok_or(syntax("a value is missing at the end"));
            match word.as_str() {
                "machine" => entries.push(Entry { machine: Some(value()?.to_ascii_lowercase()), ..Entry::default() }),
                "default" => entries.push(Entry::default()),
                "macdef" => words.skip_macro(),
                "login" | "user" | "password" | "account" => {
                    let value = value()?;
                    let entry = entries.last_mut().ok_or(syntax("there is no machine yet"))?;
                    match word.as_str() {
                        "password" => entry.password = Some(value),
                        "account" => {}
                        _ => entry.login = Some(value),
                    }
                }
                _ => return Err(syntax("a word that means nothing here")),
            }
        }
        Ok(NetrcPasswordMgr { entries })
    }
}

impl PasswordMgr for NetrcPasswordMgr {
    fn find_user_password(&self, _: Option<&str>, url: &Url) -> Option<Userinfo> {
        let host = url.host_str()?.trim_matches(['[', ']']);
        let wanted = Some(url.username()).filter(|user| !user.is_empty());
        let wanted = wanted.map(|user| percent_encoding::percent_decode_str(user).decode_utf8_lossy().into_owned());
        let is_wanted = |entry: &&Entry| wanted.is_none() || wanted == entry.login;
        let of_host = |entry: &&Entry| entry.machine.as_deref() == Some(host);
        let mut known = self.entries.iter().filter(of_host).peekable();
        let entry = match known.peek() {
            Some(_) => known.find(is_wanted),
            None => self.entries.iter().filter(|entry| entry.machine.is_none()).find(is_wanted),
        }?;
        Some(Userinfo::new(entry.login.as_deref()?, entry.password.as_deref()?))
    }
}

/// Where the user's is.
fn place(is_windows: bool, variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let path = |name| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let (home, name) = if is_windows { ("USERPROFILE", "_netrc") } else { ("HOME", ".netrc") };
    path("NETRC").or_else(|| Some(path(home)?.join(name)))
}

/// Shows how many entries there are, and none of them.
impl fmt::Debug for NetrcPasswordMgr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NetrcPasswordMgr").field("entries", &self.entries.len()).finish()
    }
}

/// The words of a netrc, between blanks; those in double quotes may hold blanks, and a backslash takes the next
/// character as it is. A `#` where a word would begin is the start of a comment.
struct Words<'a> {
    rest: &'a str,
    line: usize,
}

impl Words<'_> {
    fn next(&mut self) -> Result<Option<String>, NetrcError> {
        loop {
            let trimmed = self.rest.trim_start();
            self.pass(self.rest.len() - trimmed.len());
            if !self.rest.starts_with('#') {
                break;
            }
            self.pass(self.rest.find('\n').unwrap_or(self.rest.len()));
        }
        if self.rest.is_empty() {
            return Ok(None);
        }
        let is_quoted = self.rest.starts_with('"');
        let (mut word, mut length) = (String::new(), 0);
        let mut characters = self.rest.char_indices().skip(usize::from(is_quoted));
        loop {
            let Some((at, character)) = characters.next() else {
                if is_quoted {
                    return Err(NetrcError::Syntax { line: self.line, reason: "a quote is not closed" });
                }
                break;
            };
            length = at + character.len_utf8();
            match character {
                '"' if is_quoted => break,
                '\\' => {
                    if let Some((at, character)) = characters.next() {
                        word.push(character);
                        length = at + character.len_utf8();
                    }
                }
                blank if blank.is_whitespace() && !is_quoted => {
                    length = at;
                    break;
                }
                other => word.push(other),
            }
        }
        self.pass(length);
        Ok(Some(word))
    }

    /// A macro goes on until an empty line.
    fn skip_macro(&mut self) {
        let lines = self.rest.split_inclusive('\n').skip(1);
        let first = self.rest.find('\n').map_or(self.rest.len(), |at| at + 1);
        let body: usize = lines.take_while(|line| !line.trim_end_matches(['\r', '\n']).is_empty()).map(str::len).sum();
        self.pass(first + body);
    }

    fn pass(&mut self, length: usize) {
        let (passed, rest) = self.rest.split_at(length);
        self.line += passed.bytes().filter(|byte| *byte == b'\n').count();
        self.rest = rest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_users_own_is_named_or_at_home() {
        for (says, is_windows, variables, expected) in [
            ("at home", false, vec![("HOME", "/home/me")], Some("/home/me/.netrc")),
            ("with another name", true, vec![("USERPROFILE", "/users/me")], Some("/users/me/_netrc")),
            ("named", false, vec![("HOME", "/home/me"), ("NETRC", "/etc/netrc")], Some("/etc/netrc")),
            ("named with nothing", false, vec![("HOME", "/home/me"), ("NETRC", "")], Some("/home/me/.netrc")),
            ("no home", false, vec![("USERPROFILE", "/users/me")], None),
        ] {
            let variable =
                |name: &str| variables.iter().find(|(other, _)| *other == name).map(|(_, value)| value.into());
            assert_eq!(place(is_windows, variable).as_deref(), expected.map(Path::new), "{says}");
        }
    }
}
