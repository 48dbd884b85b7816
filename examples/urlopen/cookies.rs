//! The cookies of the command line: where they come from, and where they go.

use std::error::Error;
use std::ffi::OsStr;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

#[cfg(feature = "json")]
use clientcookie::cookie::JsonFormat;
use clientcookie::cookie::{
    CookieFormat, ElinksFormat, FILE_LIMIT, FileCookieJar, FileError, FileKind, KdeFormat, LoadReport, LwpFormat,
    MozillaFormat, MsieFormat, OperaFormat, ResponseHeadFormat, SafariFormat, SaveReport, W3mFormat, WriteFormat,
};
use clientcookie::{CookieJar, DefaultCookiePolicy, Request};
use url::Url;

use crate::options::Options;
use crate::place::with_scheme;

/// What there is on every system of curl's kind to mean no file.
const NOTHING: &str = "/dev/null";

/// The jar of the command line.
pub struct Cookies {
    pub jar: CookieJar,
    /// The files of which something is not in the jar.
    lossy: Vec<PathBuf>,
}

/// The jar, with the cookies of all `-b`. What could not be saved at the end is an error now,
/// before the first request.
pub fn load(options: &Options) -> Result<Cookies, Box<dyn Error>> {
    let policy = match options.classic {
        true => DefaultCookiePolicy::classic(),
        false => DefaultCookiePolicy::new(),
    };
    let policy = if options.rfc2965 { policy.rfc2965(true) } else { policy };
    let mut cookies = Cookies { jar: jar(policy, options)?, lossy: Vec::new() };
    if let Some(Target::File(file)) = target(options) {
        FileCookieJar::<MozillaFormat>::new(file).can_save()?;
    }
    let urls: Vec<Url> =
        options.urls.iter().filter_map(|url| Some(Request::new(&with_scheme(url)).ok()?.url().clone())).collect();
    for source in &options.cookies {
        cookies.add(source, &urls, options)?;
    }
    Ok(cookies)
}

/// Where the jar lives: on a server, if `-b` or `-c` names one, else in memory.
fn jar(policy: DefaultCookiePolicy, options: &Options) -> Result<CookieJar, Box<dyn Error>> {
    let named = options.cookie_jar.iter().map(|file| file.as_os_str()).chain(options.cookies.iter().map(|one| &**one));
    match named.filter_map(OsStr::to_str).find(|name| is_server(name)) {
        None => Ok(CookieJar::with_policy(policy)),
        #[cfg(feature = "redis")]
        Some(url) => {
            let store = clientcookie::cookie::RedisSettings::new(url).connect()?;
            Ok(CookieJar::with_parts(store, policy, std::sync::Arc::new(clientcookie::clock::SystemClock)))
        }
        #[cfg(not(feature = "redis"))]
        Some(_) => Err("a jar on a server needs the feature redis".into()),
    }
}

fn is_server(name: &str) -> bool {
    name.starts_with("redis://") || name.starts_with("rediss://")
}

impl Cookies {
    /// As with curl, what has a `=` in it are cookies, `-` is stdin, and all else a file, which may
    /// not be there.
    fn add(&mut self, source: &OsStr, urls: &[Url], options: &Options) -> Result<(), Box<dyn Error>> {
        match source.to_str() {
            Some(name) if is_server(name) => Ok(()),
            Some(pairs) if pairs.contains('=') => Ok(self.add_pairs(pairs, urls)?),
            Some("" | NOTHING) => Ok(()),
            Some("-") => {
                let mut bytes = Vec::new();
                io::stdin().take(FILE_LIMIT as u64 + 1).read_to_end(&mut bytes)?;
                let report = read(&self.jar, FileKind::of(&bytes), &Source::Bytes(&bytes), urls)?;
                self.tell("stdin", &report);
                Ok(())
            }
            _ => self.add_file(Path::new(source), urls, options),
        }
    }

    fn add_pairs(&self, pairs: &str, urls: &[Url]) -> Result<(), String> {
        let mut of_the_web = urls.iter().filter(|url| url.has_host()).peekable();
        if of_the_web.peek().is_none() {
            return Err("-b with cookies in place of a file takes a URL to send them to".to_owned());
        }
        of_the_web
            .try_for_each(|url| self.jar.set_from_cookie_header(pairs, url))
            .map_err(|why| format!("-b takes 'NAME=VALUE; NAME=VALUE' or a file, and one of these is refused: {why}"))
    }

    fn add_file(&mut self, file: &Path, urls: &[Url], options: &Options) -> Result<(), Box<dyn Error>> {
        let kind = match FileKind::of_file(file) {
            Ok(kind) => kind,
            Err(error) if error.is_not_found() => {
                // The first time, it is yet to be saved.
                if options.cookie_jar.as_deref() != Some(file) {
                    eprintln!("warning: {}: there is no such file, and so no cookies of it", file.display());
                }
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        };
        let report = read(&self.jar, kind, &Source::File(file), urls)?;
        if report.is_lossy() {
            self.lossy.push(file.canonicalize()?);
        }
        self.tell(&file.display().to_string(), &report);
        Ok(())
    }

    fn tell(&self, whose: &str, report: &LoadReport) {
        for problem in report.problems() {
            eprintln!("warning: {whose}: {problem}");
        }
    }

    /// Saves the jar, if that was asked for: as LWP or as Playwright's JSON if the name ends so,
    /// else as a cookies.txt.
    pub fn save(&self, options: &Options) -> Result<(), Box<dyn Error>> {
        let Some(target) = target(options) else {
            return Ok(());
        };
        let extension = options.cookie_jar.as_deref().and_then(Path::extension).and_then(OsStr::to_str);
        let report = match extension {
            Some("lwp") => self.write(LwpFormat::new(), &target)?,
            #[cfg(feature = "json")]
            Some("json") => self.write(JsonFormat::new(), &target)?,
            _ => self.write(MozillaFormat::new(), &target)?,
        };
        for left_out in report.left_out {
            eprintln!("warning: the cookie {:?} is not saved: {}", left_out.cookie.name(), left_out.reason);
        }
        if let Some(backup) = report.backup {
            eprintln!("warning: what was not loaded is in {}", backup.display());
        }
        Ok(())
    }

    fn write<F: WriteFormat>(&self, format: F, target: &Target<'_>) -> Result<SaveReport, FileError> {
        let jar = FileCookieJar::with_format(format).with_jar(&self.jar).ignore_discard(true);
        match target {
            Target::Stdout => jar.save_to(io::stdout()),
            Target::File(file) => {
                let is_lossy = file.canonicalize().is_ok_and(|file| self.lossy.contains(&file));
                jar.keep_backup(is_lossy).save_file(file)
            }
        }
    }
}

/// Where the cookies go.
enum Target<'a> {
    Stdout,
    File(&'a Path),
}

fn target(options: &Options) -> Option<Target<'_>> {
    let file = options.cookie_jar.as_deref()?;
    match file.to_str() {
        Some("-") => Some(Target::Stdout),
        Some(NOTHING) => None,
        // Every change is there already.
        Some(name) if is_server(name) => None,
        _ => Some(Target::File(file)),
    }
}

enum Source<'a> {
    File(&'a Path),
    Bytes(&'a [u8]),
}

/// Reads cookies in the format that they seem to have. What is of none that can be read here is an
/// error that says so.
fn read(jar: &CookieJar, kind: Option<FileKind>, source: &Source<'_>, urls: &[Url]) -> Result<LoadReport, FileError> {
    match kind {
        Some(FileKind::Lwp) => read_as(LwpFormat::new(), jar, source),
        #[cfg(feature = "json")]
        Some(FileKind::Json(_)) => read_as(JsonFormat::new(), jar, source),
        Some(FileKind::W3m) => read_as(W3mFormat::new(), jar, source),
        Some(FileKind::Elinks) => read_as(ElinksFormat::new(), jar, source),
        Some(FileKind::Kde) => read_as(KdeFormat::new(), jar, source),
        Some(FileKind::Opera) => read_as(OperaFormat::new(), jar, source),
        Some(FileKind::Safari) => read_as(SafariFormat::new(), jar, source),
        Some(FileKind::Msie) => read_as(MsieFormat::new(), jar, source),
        Some(FileKind::ResponseHead) => {
            // A head does not say whose it is. To curl its cookies are every host's; here, those of
            // the URLs' hosts.
            let mut hosts = urls.iter().filter(|url| url.has_host());
            let first = match hosts.next() {
                Some(url) => ResponseHeadFormat::new().url(&of_host(url)),
                None => ResponseHeadFormat::new(),
            };
            let report = read_as(first, jar, source)?;
            for url in hosts {
                read_as(ResponseHeadFormat::new().url(&of_host(url)), jar, source)?;
            }
            Ok(report)
        }
        _ => read_as(MozillaFormat::new(), jar, source),
    }
}

/// The root of a URL's host: whichever page the head is of, its cookies without a path are for all.
fn of_host(url: &Url) -> Url {
    url.join("/").unwrap_or_else(|_| url.clone())
}

fn read_as<F: CookieFormat>(format: F, jar: &CookieJar, source: &Source<'_>) -> Result<LoadReport, FileError> {
    let jar = FileCookieJar::with_format(format).with_jar(jar).ignore_discard(true);
    match source {
        Source::File(file) => jar.load_file(file),
        Source::Bytes(bytes) => jar.load_from(*bytes),
    }
}
