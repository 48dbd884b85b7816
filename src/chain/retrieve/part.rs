//! [`Part`]: `NAME.part`, the beginning of a file, and `NAME.part.info`, which says what it is the beginning of.

use std::fs;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::names::{failed, with_affixes};
use super::own_file::{self, For, OwnFile};
use crate::fresh_file::{self, Access};
use crate::message::error::Result;
use crate::message::urls;

/// Bytes of a `NAME.part.info`: two URLs, a validator as long as a header may be, a number, and
/// their line ends.
const INFO_LIMIT: u64 = 3 * urls::URL_LIMIT as u64;

/// How often a part is looked for that other programs finish or take away at that moment.
const ATTEMPTS: usize = 16;

/// The beginning of a file, open, this user's own, and locked: no other download has it as long as
/// this is there.
pub(super) struct Part {
    pub(super) file: OwnFile,
    pub(super) path: PathBuf,
    pub(super) info: PathBuf,
}

/// What a part is a part of: the lines of `NAME.part.info`.
pub(super) struct Info {
    /// The URL that was asked for.
    pub(super) asked: String,
    /// The URL that answered, after redirects.
    pub(super) answered: String,
    /// What tells this version from another.
    pub(super) validator: String,
    /// How long the whole is, where the server has said it.
    pub(super) length: Option<u64>,
}

impl Part {
    /// The part that a download of this target left, and what it is a part of; that is missing
    /// where the part is empty.
    ///
    /// # Errors
    /// When somebody else has written it or has access to it, or another download is under way.
    pub(super) fn find(target: &Path) -> Result<Option<(Self, Option<Info>)>> {
        let (path, info) = (with_affixes(target, "", ".part"), with_affixes(target, "", ".part.info"));
        let found = lock_in_place(&path).map_err(|error| failed(&path, &error))?;
        let known = Info::read(&info).map_err(|error| failed(&info, &error))?;
        let Some(file) = found else {
            return Ok(None);
        };
        let length = file.metadata().map_err(|error| failed(&path, &error))?.len();
        if known.is_none() && length > 0 {
            return Err(failed(&path, &nobodys()));
        }
        Ok(Some((Self { file, path, info }, known)))
    }

    /// The same, or a new one; none where the file system does not say whose a file is.
    pub(super) fn claim(target: &Path) -> Result<Option<Self>> {
        for _ in 0..ATTEMPTS {
            if let Some((part, _)) = Self::find(target)? {
                return Ok(Some(part));
            }
            let (path, info) = (with_affixes(target, "", ".part"), with_affixes(target, "", ".part.info"));
            match fresh_file::create(Access::UsualToRead, |_| path.clone()) {
                Ok((file, _)) if own_file::check(&file).is_err() => {
                    return fs::remove_file(&path).map(|()| None).map_err(|error| failed(&path, &error));
                }
                // From here on somebody else can find it, and it is theirs who lock it first.
                Ok((file, _)) => {
                    let file = own_file::lock(file).map_err(|error| failed(&path, &error))?;
                    if own_file::is_at(&file, &path).map_err(|error| failed(&path, &error))? {
                        return Ok(Some(Self { file, path, info }));
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(failed(&path, &error)),
            }
        }
        Err(failed(target, &restless()))
    }

    pub(super) fn length(&self) -> Result<u64> {
        self.file.metadata().map(|metadata| metadata.len()).map_err(|error| failed(&self.path, &error))
    }

    /// Keeps these first bytes: what is written comes behind them.
    pub(super) fn keep(&mut self, length: u64) -> Result<()> {
        let outcome = self.must_be_in_place().and_then(|()| {
            self.file.set_len(length)?;
            (&*self.file).seek(SeekFrom::Start(length)).map(drop)
        });
        outcome.map_err(|error| failed(&self.path, &error))
    }

    /// Forgets what is there: from now on it is a part of this.
    pub(super) fn restart(&mut self, known: &Info) -> Result<()> {
        // In this order: no program that is killed in between leaves bytes of the one version as
        // those of the other.
        self.keep(0)?;
        let named = |random: &str| with_affixes(&self.path, ".", &format!(".{random}.info"));
        let written = fresh_file::create(Access::Private, named).and_then(|(mut file, path)| {
            let outcome = file.write_all(known.text().as_bytes()).and_then(|()| fs::rename(&path, &self.info));
            outcome.inspect_err(|_| drop(fs::remove_file(&path)))
        });
        written.map_err(|error| failed(&self.info, &error))
    }

    /// Takes it away: emptied first, since a part of nothing needs nothing that says what of.
    pub(super) fn discard(mut self) -> Result<()> {
        self.keep(0)?;
        remove_info(&self.info).map_err(|error| failed(&self.info, &error))?;
        fs::remove_file(&self.path).map_err(|error| failed(&self.path, &error))
    }

    fn must_be_in_place(&self) -> io::Result<()> {
        match own_file::is_at(&self.file, &self.path)? {
            true => Ok(()),
            false => Err(own_file::replaced()),
        }
    }
}

/// Removes a `NAME.part.info`, if it is there. That is done before the part goes, which is locked
/// as long as it has its name: behind it, the file of this name may be that of another download,
/// which has begun meanwhile.
pub(super) fn remove_info(info: &Path) -> io::Result<()> {
    match fs::remove_file(info) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// The file of this name, locked. Whoever had the lock before may have renamed it: then that is not
/// the one.
fn lock_in_place(path: &Path) -> io::Result<Option<OwnFile>> {
    for _ in 0..ATTEMPTS {
        let Some(file) = own_file::open(path, For::Writing)? else {
            return Ok(None);
        };
        let file = own_file::lock(file)?;
        if own_file::is_at(&file, path)? {
            return Ok(Some(file));
        }
    }
    Err(restless())
}

impl Info {
    fn read(path: &Path) -> io::Result<Option<Self>> {
        let Some(file) = own_file::open(path, For::Reading)? else {
            return Ok(None);
        };
        let mut text = Vec::new();
        file.take(INFO_LIMIT).read_to_end(&mut text)?;
        Self::parse(&text).map(Some).ok_or_else(nobodys)
    }

    fn parse(text: &[u8]) -> Option<Self> {
        let mut lines = std::str::from_utf8(text).ok()?.strip_suffix('\n')?.split('\n');
        let mut line = || lines.next().map(str::to_owned);
        let (asked, answered, validator, length) = (line()?, line()?, line()?, line()?);
        let are_urls = [&asked, &answered].into_iter().all(|url| url::Url::parse(url).is_ok());
        let is_all = lines.next().is_none() && are_urls && !validator.contains(char::is_control);
        let length = if length.is_empty() { None } else { Some(length.parse().ok()?) };
        is_all.then_some(Self { asked, answered, validator, length })
    }

    fn text(&self) -> String {
        let length = self.length.map(|length| length.to_string()).unwrap_or_default();
        format!("{}\n{}\n{}\n{length}\n", self.asked, self.answered, self.validator)
    }
}

fn nobodys() -> io::Error {
    io::Error::new(io::ErrorKind::AlreadyExists, "it is there, and no download left it")
}

fn restless() -> io::Error {
    io::Error::new(io::ErrorKind::ResourceBusy, "other programs make and remove it all the time")
}
