//! Cookie files. Tables have a sentence a row; the clock stands still.

mod delayload;
mod faults;
mod find;
mod golden;
#[cfg(feature = "json")]
mod json;
mod kde;
mod kept;
mod kinds;
mod linear;
mod lwp;
mod mozilla;
mod msie;
mod odd;
mod opera;
mod peers;
mod read_only;
mod round_trip;
mod safari;
mod saving;
#[cfg(feature = "sqlite")]
mod stores;

use std::path::PathBuf;
use std::sync::Arc;
use std::{env, fs};

use clientcookie::clock::FixedClock;
use clientcookie::cookie::*;

/// 2026-01-01 00:00:00 UTC.
const NOW: i64 = 1_767_225_600;
const DAY: i64 = 24 * 60 * 60;

fn memory() -> CookieJar {
    CookieJar::with_clock(Arc::new(FixedClock::new(NOW)))
}

fn lwp() -> LwpCookieJar {
    LwpCookieJar::without_filename().with_jar(&memory())
}

fn mozilla() -> MozillaCookieJar {
    MozillaCookieJar::without_filename().with_jar(&memory())
}

/// A line that was skipped.
fn skipped(line: usize, reason: Reason) -> Skipped {
    Skipped { file: None, unit: Unit::Line, line, reason }
}

/// All that it takes to save a jar whole.
fn everything<F>(jar: FileCookieJar<F>) -> FileCookieJar<F> {
    jar.ignore_discard(true).ignore_expires(true)
}

fn saved<F: WriteFormat>(jar: &FileCookieJar<F>) -> String {
    let mut bytes = Vec::new();
    jar.save_to(&mut bytes).unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A cookie with all that the formats of browsers hold.
fn shown(cookie: &Cookie) -> String {
    let expires = cookie.expires().map_or("session".to_owned(), time2iso);
    let flags = [
        (cookie.secure(), "secure"),
        (cookie.http_only(), "http_only"),
        (cookie.domain_specified(), "domain_specified"),
        (cookie.path_specified(), "path_specified"),
        (cookie.rfc2109(), "rfc2109"),
    ];
    let flags = flags.iter().filter(|(on, _)| *on).map(|(_, name)| *name);
    let words = [cookie.to_string(), expires]
        .into_iter()
        .chain(flags.map(str::to_owned))
        .chain(cookie.comment().map(Into::into));
    words.collect::<Vec<String>>().join(" ")
}

/// The cookies of a jar, in the order of files.
fn cookies(jar: &CookieJar) -> Vec<Cookie> {
    let mut all: Vec<Cookie> = jar.iter().collect();
    all.sort_by_key(|cookie| (cookie.domain().to_owned(), cookie.path_bytes().to_vec(), cookie.name_bytes().to_vec()));
    all
}

/// The `Cookie` header of a request.
fn header(jar: &CookieJar, url: &str) -> String {
    let mut request = http::Request::get(url).body(()).unwrap();
    jar.add_cookie_header(&mut request);
    let header = request.headers().get("cookie").map(|value| value.as_bytes().to_vec()).unwrap_or_default();
    String::from_utf8_lossy(&header).into_owned()
}

/// A folder that is removed at the end of the test.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let folder = env::temp_dir().join(format!("clientcookie-files-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// What lies in it.
    fn names(&self) -> Vec<String> {
        let name = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
        let mut names: Vec<String> = fs::read_dir(&self.0).unwrap().map(name).collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
