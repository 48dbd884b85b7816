//! What became of the lines of a file, and of the cookies of a jar.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{FileError, FileKind};
use crate::cookie::{Cookie, Refusal, Rejected};

/// Skipped lines that are kept, with their reasons; of those after them only the number is known,
/// so that a file of nonsense does not fill the memory.
const SKIPPED_KEPT: usize = 1000;

/// What a format has read.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Loaded {
    /// The cookies, in the order of the file. Some may have expired.
    pub cookies: Vec<Cookie>,
    /// The lines, records or rows that were skipped, the first thousand of them. Comments and empty
    /// lines do not count.
    pub skipped: Vec<Skipped>,
    /// How many were skipped in all.
    pub skipped_lines: usize,
    /// The lines or records that were read though there is something odd about them, the first
    /// thousand of them.
    pub odd: Vec<Odd>,
    /// What the file was, where a format reads several kinds: `JsonFormat` does.
    pub kind: Option<FileKind>,
    /// Files that were found, and are read when a request needs their cookies.
    pub(in crate::cookie) later: Vec<Later>,
}

impl Loaded {
    /// These cookies, and no line skipped.
    pub fn new(cookies: Vec<Cookie>) -> Self {
        Self { cookies, ..Self::default() }
    }

    /// Notes that a line was skipped.
    pub fn skip(&mut self, line: usize, reason: Reason) {
        self.note(Skipped { file: None, unit: Unit::Line, line, reason });
    }

    /// Notes that a record of a binary file was skipped; the first is 1.
    pub fn skip_record(&mut self, number: usize, reason: Reason) {
        self.note(Skipped { file: None, unit: Unit::Record, line: number, reason });
    }

    /// Notes that a line was read though there is something odd about it, and what was made of it.
    pub fn remark(&mut self, line: usize, oddity: Oddity) {
        self.remark_on(Unit::Line, line, oddity);
    }

    /// The same of a record.
    pub fn remark_record(&mut self, number: usize, oddity: Oddity) {
        self.remark_on(Unit::Record, number, oddity);
    }

    fn remark_on(&mut self, unit: Unit, line: usize, oddity: Oddity) {
        if self.odd.len() < SKIPPED_KEPT {
            self.odd.push(Odd { unit, line, oddity });
        }
    }

    /// Adds what was read of a file that the loaded one names.
    pub(super) fn absorb(&mut self, file: &Path, part: Self) {
        self.cookies.extend(part.cookies);
        self.skipped_lines += part.skipped_lines - part.skipped.len();
        for skipped in part.skipped {
            self.note(Skipped { file: Some(file.to_owned()), ..skipped });
        }
    }

    fn note(&mut self, skipped: Skipped) {
        self.skipped_lines += 1;
        if self.skipped.len() < SKIPPED_KEPT {
            self.skipped.push(skipped);
        }
    }
}

/// A file whose cookies are read when a request first needs those of its owner.
#[derive(Clone)]
pub(in crate::cookie) struct Later {
    /// The host whose cookies they are, as a store files them.
    pub(in crate::cookie) owner: String,
    pub(in crate::cookie) path: PathBuf,
    pub(in crate::cookie) read: Arc<dyn Fn() -> Result<Loaded, FileError> + Send + Sync>,
}

impl fmt::Debug for Later {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Later").field("owner", &self.owner).field("path", &self.path).finish_non_exhaustive()
    }
}

/// A line, or a record of a binary file or a database, that was skipped. It prints as `line 7:
/// there is no domain`, or `joe@example[1].txt, line 7: there is no domain`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// The file, unless it is the one that was loaded: an index names others.
    pub file: Option<PathBuf>,
    /// What `line` counts.
    pub unit: Unit,
    /// Its number; the first is 1.
    pub line: usize,
    /// Why.
    pub reason: Reason,
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{}, ", file.to_string_lossy().escape_debug())?;
        }
        write!(f, "{} {}: {}", self.unit, self.line, self.reason)
    }
}

/// A line or a record that was read though there is something odd about it. It prints as `line 7: `
/// and what was made of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Odd {
    /// What `line` counts.
    pub unit: Unit,
    /// Its number; the first is 1.
    pub line: usize,
    /// What is odd.
    pub oddity: Oddity,
}

impl fmt::Display for Odd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.unit, self.line, self.oddity)
    }
}

/// What is odd about a line or a record that was read all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Oddity {
    /// There is a dot before the domain, which asks for the hosts below it, and a flag says that it
    /// is for one host; or the other way round. The flag is followed, as curl and wget do.
    DotAgainstFlag,
    /// The path does not begin with a slash, and so would match nothing. `/` is taken, as curl
    /// does.
    RelativePath,
    /// There are blanks, or several TABs, where one TAB should be.
    Blanks,
}

impl fmt::Display for Oddity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DotAgainstFlag => {
                "the dot before the domain and the flag for the hosts below it disagree; the flag is followed"
            }
            Self::RelativePath => "the path does not begin with a slash; / is taken",
            Self::Blanks => "its columns are not set apart by one TAB each; they are read all the same",
        })
    }
}

/// What a file is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unit {
    /// Lines of text.
    Line,
    /// Records of a binary file, rows of a database, or elements of a list, each for one cookie or
    /// one file of cookies.
    Record,
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Line => "line",
            Self::Record => "record",
        })
    }
}

/// Why a line or a record holds no cookie that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// There is a control character in it, which would end a line or a header somewhere.
    ControlCharacter,
    /// It has fewer columns than six; the seventh, the value, may be missing.
    TooFewFields,
    /// It has more columns than seven: there is text behind a TAB behind the value. curl skips such
    /// a line too; wget makes it part of the value, which then cannot be sent.
    TooManyFields,
    /// A column that is `TRUE` or `FALSE` is something else.
    NotTrueOrFalse,
    /// There is no domain.
    NoDomain,
    /// The domain is no host name and no address.
    BadDomain,
    /// The expiry is no number.
    BadExpiry,
    /// There is no name, and no value that could stand for it.
    NoName,
    /// The version is no number.
    BadVersion,
    /// The port is not text.
    BadPort,
    /// A `%` is not followed by two hexadecimal digits, in a line where everything is escaped.
    BadEscape,
    /// There is no path.
    NoPath,
    /// The flags are no number.
    BadFlags,
    /// It ends before all of it has come, or a part of it lies beyond its end.
    CutOff,
    /// It shares bytes with others, which together claim more than there are.
    Overlap,
    /// It is another user's.
    OtherUser,
    /// The file that it names is not in the folder of the index.
    NoFile,
    /// The file, or that which the record names, cannot be read, is too large, or holds something
    /// else.
    BadFile,
    /// It is JSON, but not that of a cookie.
    Malformed,
    /// The line, or in a browser's store the cookie's texts, are longer than a line may be
    /// ([`LINE_LIMIT`](super::LINE_LIMIT)).
    TooLong,
    /// In a browser's store, the cookie belongs to a container.
    OtherContainer,
    /// In a browser's store, the cookie belongs to a private window.
    PrivateWindow,
    /// In a browser's store, the cookie belongs to an app, as Firefox OS had them, or to an
    /// extension.
    OtherApp,
    /// In a browser's store, the cookie is that of a site where it is embedded in pages of one
    /// other site.
    Partitioned,
    /// In a browser's store, the cookie is that of a site where it is embedded in its own pages,
    /// with a page of another site between.
    CrossSiteAncestor,
    /// In a browser's store, the site whose pages the cookie belongs to is no site.
    BadPartition,
    /// In a browser's store, the value is encrypted with a key that is in the system's keyring
    /// (`v11`).
    InKeyring,
    /// In a browser's store, the value is encrypted with a key that is not known here.
    Undecodable,
    /// In the head of a response, the header sets no cookie.
    Refused(Refusal),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ControlCharacter => "there is a control character in it",
            Self::TooFewFields => "it has fewer than six columns",
            Self::TooManyFields => "it has more than seven columns",
            Self::NotTrueOrFalse => "a flag is neither TRUE nor FALSE",
            Self::NoDomain => "there is no domain",
            Self::BadDomain => "the domain is no host",
            Self::BadExpiry => "the expiry is no number",
            Self::NoName => "there is neither name nor value",
            Self::BadVersion => "the version is no number",
            Self::BadPort => "the port is not text",
            Self::BadEscape => "a % is not followed by two hexadecimal digits",
            Self::NoPath => "there is no path",
            Self::BadFlags => "the flags are no number",
            Self::CutOff => "it is cut off",
            Self::Overlap => "it shares its bytes with others",
            Self::OtherUser => "it is another user's",
            Self::NoFile => "its file is not there",
            Self::BadFile => "the file cannot be read",
            Self::Malformed => "it does not describe a cookie",
            Self::TooLong => "it is too long",
            Self::OtherContainer => "it belongs to a container",
            Self::PrivateWindow => "it belongs to a private window",
            Self::OtherApp => "it belongs to an app",
            Self::Partitioned => "it belongs to a site embedded in another",
            Self::CrossSiteAncestor => "it belongs to its site embedded below another",
            Self::BadPartition => "the site that it is kept apart for is no site",
            Self::InKeyring => "its value is encrypted with a key in the system's keyring",
            Self::Undecodable => "its value is encrypted with a key that is not known here",
            Self::Refused(refusal) => return write!(f, "it sets no cookie: {refusal}"),
        })
    }
}

/// What a format has written.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Written {
    /// The file.
    pub bytes: Vec<u8>,
    /// The cookies that are not in it.
    pub left_out: Vec<LeftOut>,
}

impl Written {
    /// These bytes, and no cookie left out.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self { bytes, left_out: Vec::new() }
    }

    /// Notes that a cookie is not in the file.
    pub(super) fn leave_out(&mut self, cookie: &Cookie, reason: &'static str) {
        self.left_out.push(LeftOut { cookie: cookie.clone(), reason });
    }
}

/// A cookie that a format cannot hold.
#[derive(Debug, Clone)]
pub struct LeftOut {
    /// The cookie.
    pub cookie: Cookie,
    /// Why, as a sentence that does not tell its value.
    pub reason: &'static str,
}

/// What [`load`](super::FileCookieJar::load) has done.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct LoadReport {
    /// How many cookies were put into the jar.
    pub stored: usize,
    /// How many were passed over because they have expired or are session cookies.
    pub passed_over: usize,
    /// The lines, or rows of a database, that hold no cookie that can be read, the first thousand
    /// of them.
    pub skipped: Vec<Skipped>,
    /// How many such lines there are.
    pub skipped_lines: usize,
    /// The cookies that could not be sent without damage, and so were not stored.
    pub refused: Vec<Rejected>,
    /// The lines or records that were read though there is something odd about them, the first
    /// thousand of them.
    pub odd: Vec<Odd>,
    /// What the file was, where the format reads several kinds: `JsonFormat` does.
    pub kind: Option<FileKind>,
    /// How many files are read later, when a request needs their cookies:
    /// [`delayload`](super::FileCookieJar::delayload).
    pub later: usize,
}

impl LoadReport {
    /// Whether there is something in the file that is not in the jar: lines that were skipped, or
    /// cookies that were refused. Expired and session cookies do not count.
    pub fn is_lossy(&self) -> bool {
        self.skipped_lines > 0 || !self.refused.is_empty()
    }

    /// All there is to tell a user, a sentence each, without the value of any cookie: what was
    /// skipped, refused, or odd.
    ///
    /// ```
    /// use clientcookie::cookie::MozillaCookieJar;
    ///
    /// let file = b"# Netscape HTTP Cookie File\n\
    ///     www.example.com\tFALSE\t/\tFALSE\t1893456000\tquoted\t\"a; b\"\n\
    ///     www.example.com\tFALSE\t/\tFALSE\tsoon\tlang\tde\n";
    /// let report = MozillaCookieJar::without_filename().load_from(&file[..])?;
    /// let problems: Vec<String> = report.problems().collect();
    /// assert_eq!(problems, [
    ///     "skipped, line 3: the expiry is no number",
    ///     "refused, cookie quoted for www.example.com/: its name or value holds a separator",
    /// ]);
    /// # Ok::<(), clientcookie::cookie::FileError>(())
    /// ```
    pub fn problems(&self) -> impl Iterator<Item = String> {
        let more = self.skipped_lines - self.skipped.len().min(self.skipped_lines);
        let more = (more > 0).then(|| format!("skipped, {more} more"));
        let skipped = self.skipped.iter().map(|skipped| format!("skipped, {skipped}")).chain(more);
        let refused = self.refused.iter().map(|refused| format!("refused, {refused}"));
        skipped.chain(refused).chain(self.odd.iter().map(|odd| format!("odd, {odd}")))
    }
}

/// What [`save`](super::FileCookieJar::save) has done.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct SaveReport {
    /// How many cookies are in the file.
    pub saved: usize,
    /// How many were passed over because they have expired or are session cookies.
    pub passed_over: usize,
    /// The cookies that the format cannot hold.
    pub left_out: Vec<LeftOut>,
    /// The file that was replaced, if it was kept:
    /// [`keep_backup`](super::FileCookieJar::keep_backup).
    pub backup: Option<PathBuf>,
}
