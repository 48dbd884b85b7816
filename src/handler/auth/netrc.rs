//! [`NetrcPasswordMgr`]: the passwords of a `.netrc`, the file that ftp, curl and wget read.

use std::env;
use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use url::Url;

use super::password_mgr::PasswordMgr;
use crate::message::urls::Userinfo;

pub(crate) const NETRC_LIMIT: usize = 1024 * 1024;

/// The passwords of a `.netrc`, as a password manager. It is never read unless you ask for it.
///
/// ```
/// use clientcookie::{HttpBasicAuthHandler, NetrcPasswordMgr, build_opener};
///
/// let netrc = NetrcPasswordMgr::parse("machine example.com login me password secret");
/// let opener = build_opener(HttpBasicAuthHandler::new(netrc));
/// ```
///
/// A machine is a host, whatever the scheme and port, and no other host, neither above nor below;
/// `default` is for those that have no entry. An entry without a password gives none, and borrows
/// none. A user in the URL (`https://me@example.com/`) chooses the entry with that login. Macros
/// (`macdef`) and accounts are passed over.
///
/// A value is the next word as it stands, `#password` included; a `#` where no value is due begins
/// a comment. What is not known, or not whole, costs no other entry: it is passed over, and
/// [`skipped`](NetrcPasswordMgr::skipped) has its line.
#[derive(Clone, Default)]
pub struct NetrcPasswordMgr {
    entries: Vec<Entry>,
    skipped: Vec<NetrcSkipped>,
}

#[derive(Clone, Default)]
struct Entry {
    /// `None` for `default`.
    machine: Option<String>,
    login: Option<String>,
    password: Option<String>,
}

/// Why a netrc could not be read.
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
    /// There is no home to look in.
    NoHome,
}

impl fmt::Display for NetrcError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { path, source } => write!(f, "{path:?} cannot be read: {source}"),
            Self::NoHome => f.write_str("there is no home to look for a .netrc in"),
        }
    }
}

impl std::error::Error for NetrcError {}

/// A part of a netrc that was passed over. The words themselves are not told: they may be half of a
/// password.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NetrcSkipped {
    /// The line; the first is 1.
    pub line: usize,
    /// What is wrong.
    pub reason: &'static str,
}

impl fmt::Display for NetrcSkipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} of the netrc: {}", self.line, self.reason)
    }
}

impl NetrcPasswordMgr {
    /// Bytes that a netrc may have: 1 MiB, more than anybody has passwords.
    pub const SIZE_LIMIT: usize = NETRC_LIMIT;

    /// That of the user: the file that `NETRC` names, else `.netrc` at home (`_netrc` on Windows).
    ///
    /// # Errors
    /// There is no such file, or it cannot be read.
    pub fn of_user() -> Result<Self, NetrcError> {
        Self::read(&place(cfg!(windows), |name| env::var_os(name)).ok_or(NetrcError::NoHome)?)
    }

    /// That of a file.
    ///
    /// # Errors
    /// It cannot be read, or is larger than
    /// [`NetrcPasswordMgr::SIZE_LIMIT`](crate::NetrcPasswordMgr::SIZE_LIMIT).
    pub fn read(path: &Path) -> Result<Self, NetrcError> {
        let failed = |source| NetrcError::Io { path: path.to_owned(), source };
        let mut bytes = Vec::new();
        File::open(path).and_then(|file| file.take(NETRC_LIMIT as u64 + 1).read_to_end(&mut bytes)).map_err(failed)?;
        if bytes.len() > NETRC_LIMIT {
            return Err(failed(io::Error::new(io::ErrorKind::InvalidData, "it is too large")));
        }
        // By its mark, if it has one: editors on Windows write UTF-16 too.
        let (text, ..) = encoding_rs::UTF_8.decode(&bytes);
        Ok(Self::parse(&text))
    }

    /// That of a text. What is none is passed over: see [`skipped`](NetrcPasswordMgr::skipped).
    pub fn parse(text: &str) -> Self {
        let mut reader = Reader::new(text);
        while let Some(word) = reader.words.next_word() {
            reader.take(&word);
        }
        for skipped in reader.found.skipped.iter().take(LOGGED) {
            log::warn!(target: "clientcookie", "{skipped}");
        }
        reader.found
    }

    /// What was passed over, in the order of its lines.
    ///
    /// ```
    /// use clientcookie::NetrcPasswordMgr;
    ///
    /// let netrc = NetrcPasswordMgr::parse(
    ///     "machine a.test login me password my secret\nmachine b.test login you",
    /// );
    /// assert_eq!(netrc.skipped()[0].to_string(), "line 1 of the netrc: a word that is not known");
    /// ```
    pub fn skipped(&self) -> &[NetrcSkipped] {
        &self.skipped
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

/// The words that begin a machine, or have a value.
const KEYWORDS: [&str; 7] = ["machine", "default", "macdef", "login", "user", "password", "account"];

/// Words with a value that other programs write (curl, Emacs), and that say nothing here.
const PASSED_OVER: [&str; 3] = ["protocol", "method", "port"];

/// How many remarks go to the log.
const LOGGED: usize = 10;

struct Reader<'a> {
    words: Words<'a>,
    found: NetrcPasswordMgr,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Reader { words: Words { rest: text, line: 1 }, found: NetrcPasswordMgr::default() }
    }

    /// Takes in what begins with this word.
    fn take(&mut self, word: &Word) {
        let is = |keyword: &&&str| word.text.eq_ignore_ascii_case(keyword);
        let keyword = KEYWORDS.iter().chain(&PASSED_OVER).find(is).filter(|_| word.is_whole).copied();
        match keyword {
            Some("default") => self.found.entries.push(Entry::default()),
            Some("macdef") => self.words.skip_macro(),
            Some("machine") => {
                // A machine without a name is nobody's; what follows must not be taken for the one
                // before.
                let machine = self.value(word.line).unwrap_or_default().to_ascii_lowercase();
                self.found.entries.push(Entry { machine: Some(machine), ..Entry::default() });
            }
            Some(keyword) => {
                let value = self.value(word.line);
                let Some(entry) = self.found.entries.last_mut() else {
                    return self.skip(word.line, "there is no machine yet");
                };
                match keyword {
                    "password" => entry.password = value.or(entry.password.take()),
                    "login" | "user" => entry.login = value.or(entry.login.take()),
                    "account" => {}
                    _ => self.skip(word.line, "a word that changes nothing here"),
                }
            }
            None if word.is_whole => self.skip(word.line, "a word that is not known"),
            None => self.skip(word.line, "a quote is not closed"),
        }
    }

    /// The value of the keyword in this line: the next word, unless a line begins there with
    /// another keyword.
    fn value(&mut self, line: usize) -> Option<String> {
        let before = self.words.clone();
        let value = self.words.next_value();
        match value {
            Some(word) if !word.is_whole => {
                self.skip(word.line, "a quote is not closed");
                None
            }
            Some(word) if word.line == line || !KEYWORDS.contains(&word.text.as_str()) => Some(word.text),
            _ => {
                self.words = before;
                self.skip(line, "a value is missing");
                None
            }
        }
    }

    fn skip(&mut self, line: usize, reason: &'static str) {
        let skipped = NetrcSkipped { line, reason };
        if self.found.skipped.last() != Some(&skipped) {
            self.found.skipped.push(skipped);
        }
    }
}

/// The words of a netrc, between blanks; those in double quotes may hold blanks, and a backslash
/// takes the next character as it is.
#[derive(Clone)]
struct Words<'a> {
    rest: &'a str,
    line: usize,
}

struct Word {
    text: String,
    /// Where it begins.
    line: usize,
    /// Not so if its quote is open at the end of the line.
    is_whole: bool,
}

/// CPython's: a no-break space, say, may be part of a password.
fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\n')
}

impl Words<'_> {
    /// The next word where no value is due, so that a `#` begins a comment.
    fn next_word(&mut self) -> Option<Word> {
        loop {
            self.pass_blanks();
            if !self.rest.starts_with('#') {
                return self.next_value();
            }
            self.pass_line();
        }
    }

    /// The next word, whatever it is.
    fn next_value(&mut self) -> Option<Word> {
        self.pass_blanks();
        let line = self.line;
        if self.rest.is_empty() {
            return None;
        }
        let is_quoted = self.rest.starts_with('"');
        let (mut text, mut length, mut is_whole) = (String::new(), self.rest.len(), !is_quoted);
        let mut characters = self.rest.char_indices().skip(usize::from(is_quoted));
        while let Some((at, character)) = characters.next() {
            match character {
                '"' if is_quoted => {
                    (length, is_whole) = (at + 1, true);
                    break;
                }
                '\n' if is_quoted => break,
                blank if is_blank(blank) && !is_quoted => {
                    length = at;
                    break;
                }
                '\\' => text.extend(characters.next().map(|(_, escaped)| escaped)),
                other => text.push(other),
            }
        }
        match is_whole {
            true => self.pass(length),
            // Where it ends nobody knows, but the next line is another matter.
            false => self.pass_line(),
        }
        Some(Word { text, line, is_whole })
    }

    /// A macro goes on until an empty line.
    fn skip_macro(&mut self) {
        self.pass_line();
        while !self.rest.is_empty() {
            let is_end = self.rest.starts_with('\n') || self.rest.starts_with("\r\n");
            self.pass_line();
            if is_end {
                return;
            }
        }
    }

    fn pass_blanks(&mut self) {
        self.pass(self.rest.len() - self.rest.trim_start_matches(is_blank).len());
    }

    fn pass_line(&mut self) {
        self.pass(self.rest.find('\n').map_or(self.rest.len(), |at| at + 1));
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
