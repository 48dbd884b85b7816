//! Where browsers keep their cookies: the places they choose unless told otherwise.

use std::env;
use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use super::known::{Browser, System, below};
use super::places::{Kind, PLACES};
use super::profiles;

/// Entries of a folder that are looked at. A browser with more profiles has those found that come
/// first.
const ENTRIES: usize = 1000;

/// A place where a browser keeps cookies. It prints as `Firefox, profile default-release:
/// /home/me/...`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BrowserStore {
    /// The browser.
    pub browser: Browser,
    /// The name of the profile; empty if the browser has only one.
    pub profile: String,
    /// The file; for Internet Explorer the folder.
    pub path: PathBuf,
}

impl fmt::Display for BrowserStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.browser)?;
        if !self.profile.is_empty() {
            write!(f, ", profile {}", self.profile.escape_debug())?;
        }
        // A name may hold anything, and this may be printed on a terminal.
        write!(f, ": {}", self.path.to_string_lossy().escape_debug())
    }
}

/// The cookie stores of this user's browsers, as far as they are where browsers put them: those
/// that exist, of each browser its default profile first.
///
/// Nothing is opened but Firefox's lists of profiles, and what cannot be read is not there.
///
/// ```
/// for store in clientcookie::cookie::find_browser_stores() {
///     println!("{store}");
/// }
/// ```
pub fn find_browser_stores() -> Vec<BrowserStore> {
    find_browser_stores_on(System::this(), |name| env::var_os(name))
}

/// The same for any system and any user, whose environment `variable` tells: `HOME`,
/// `XDG_CONFIG_HOME` and `XDG_DATA_HOME`; on Windows `USERPROFILE`, `APPDATA` and `LOCALAPPDATA`.
/// It is for a disk of another machine, and for tests.
///
/// ```
/// use clientcookie::cookie::{System, find_browser_stores_on};
///
/// let disk = |name: &str| (name == "HOME").then(|| "/mnt/old-laptop/Users/me".into());
/// assert_eq!(find_browser_stores_on(System::MacOs, disk), []);
/// ```
pub fn find_browser_stores_on(system: System, variable: impl Fn(&str) -> Option<OsString>) -> Vec<BrowserStore> {
    let mut found: Vec<BrowserStore> = Vec::new();
    for place in PLACES.iter().filter(|place| place.system == system) {
        let Some(folder) = place.below.folder(system, &variable) else {
            continue;
        };
        let stores = matching(&folder, place.path).into_iter().flat_map(|path| stores_at(place.kind, path));
        let browser = place.browser;
        found.extend(stores.map(|(profile, path)| BrowserStore { browser, profile, path }));
    }
    found
}

/// The stores at a place, each with the name of its profile.
fn stores_at(kind: Kind, path: PathBuf) -> Vec<(String, PathBuf)> {
    match kind {
        Kind::File if path.is_file() => vec![(String::new(), path)],
        Kind::Folder if path.is_dir() => vec![(String::new(), path)],
        Kind::Firefox => profiles::of_firefox(&path),
        Kind::Chromium => of_chromium(&path),
        Kind::File | Kind::Folder => vec![],
    }
}

/// The stores in a user data folder of Chromium: of the folder itself, as Opera has it, of
/// `Default`, of `Profile 1` and so on, and of any other, as `Guest Profile`.
fn of_chromium(folder: &Path) -> Vec<(String, PathBuf)> {
    let mut profiles = names(folder);
    // Where the folder is a profile, this is a part of it.
    profiles.retain(|name| name != "Network");
    profiles.sort_by_cached_key(|name| (place_of(name), name.clone()));
    let itself = store_in(folder).map(|path| (String::new(), path));
    let others = profiles.into_iter().filter_map(|name| Some((name.clone(), store_in(&folder.join(name))?)));
    itself.into_iter().chain(others).collect()
}

/// The place of a profile in the order.
fn place_of(name: &str) -> u32 {
    match name.strip_prefix("Profile ").and_then(|number| number.parse().ok()) {
        _ if name == "Default" => 0,
        Some(number) => number,
        None => u32::MAX,
    }
}

/// The store of a profile. It moved in Chromium 96, and what may still lie in the old place is old.
fn store_in(profile: &Path) -> Option<PathBuf> {
    ["Network/Cookies", "Cookies"].into_iter().map(|path| below(profile, path)).find(|path| path.is_file())
}

/// The paths below a folder: one, or, where a part of it ends in `*`, one for each name that begins
/// so.
fn matching(folder: &Path, path: &str) -> Vec<PathBuf> {
    let Some((before, after)) = path.split_once("*/") else {
        return vec![below(folder, path)];
    };
    let (parent, beginning) = before.rsplit_once('/').unwrap_or(("", before));
    let parent = below(folder, parent);
    let mut names = names(&parent);
    names.retain(|name| name.starts_with(beginning));
    names.sort();
    names.iter().map(|name| below(&parent.join(name), after)).collect()
}

/// What lies in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().take(ENTRIES).flatten();
    entries.filter_map(|entry| entry.file_name().into_string().ok()).collect()
}
