//! Where browsers keep their cookies: the places they choose unless told otherwise.

use std::env;
use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use super::profiles;

/// Entries of a folder that are looked at. A browser with more profiles has those found that come first.
const ENTRIES: usize = 1000;

/// A browser that has a place for its cookies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Browser {
    /// Firefox; see `FirefoxFormat`.
    Firefox,
    /// GNOME Web, once called Epiphany; see `FirefoxFormat`.
    GnomeWeb,
    /// Chromium; for it and the next five see `ChromiumFormat`.
    Chromium,
    /// Google Chrome.
    Chrome,
    /// Microsoft Edge.
    Edge,
    /// Brave.
    Brave,
    /// Vivaldi.
    Vivaldi,
    /// Opera, since it is made from Chromium.
    Opera,
    /// Safari: a `Cookies.binarycookies`.
    Safari,
    /// Konqueror and KDE's other programs: the file of kcookiejar.
    Konqueror,
    /// Opera up to 12: a `cookies4.dat`.
    Opera12,
    /// Netscape; see [`MozillaFormat`](crate::cookie::MozillaFormat).
    Netscape,
    /// Internet Explorer. Its store is a folder, of text files and mostly an `index.dat`.
    InternetExplorer,
}

impl fmt::Display for Browser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Firefox => "Firefox",
            Self::GnomeWeb => "GNOME Web",
            Self::Chromium => "Chromium",
            Self::Chrome => "Chrome",
            Self::Edge => "Edge",
            Self::Brave => "Brave",
            Self::Vivaldi => "Vivaldi",
            Self::Opera => "Opera",
            Self::Safari => "Safari",
            Self::Konqueror => "Konqueror",
            Self::Opera12 => "Opera 12",
            Self::Netscape => "Netscape",
            Self::InternetExplorer => "Internet Explorer",
        })
    }
}

/// A place where a browser keeps cookies. It prints as `Firefox, profile default-release: /home/me/...`.
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

/// A kind of operating system, which says where programs keep what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum System {
    /// Linux and the BSDs.
    Linux,
    /// macOS.
    MacOs,
    /// Windows.
    Windows,
}

impl System {
    /// That of this machine.
    pub fn this() -> Self {
        match () {
            () if cfg!(windows) => Self::Windows,
            () if cfg!(target_vendor = "apple") => Self::MacOs,
            () => Self::Linux,
        }
    }
}

/// The cookie stores of this user's browsers, as far as they are where browsers put them: those that exist, of each
/// browser its default profile first.
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

/// The same for any system and any user, whose environment `variable` tells: `HOME`, `XDG_CONFIG_HOME` and
/// `XDG_DATA_HOME`; on Windows `USERPROFILE`, `APPDATA` and `LOCALAPPDATA`. It is for a disk of another machine, and for
/// tests.
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
        let Some(path) = place.below.folder(system, &variable).map(|folder| below(&folder, place.path)) else {
            continue;
        };
        let stores = match place.kind {
            Kind::File if path.is_file() => vec![(String::new(), path)],
            Kind::Folder if path.is_dir() => vec![(String::new(), path)],
            Kind::Firefox => profiles::of_firefox(&path),
            Kind::Chromium => of_chromium(&path),
            Kind::File | Kind::Folder => vec![],
        };
        let browser = place.browser;
        found.extend(stores.into_iter().map(|(profile, path)| BrowserStore { browser, profile, path }));
    }
    found
}

/// A place, below one of the folders that a system has for such things.
struct Place {
    system: System,
    browser: Browser,
    kind: Kind,
    below: Below,
    path: &'static str,
}

#[derive(Clone, Copy)]
enum Kind {
    /// The store.
    File,
    /// The store, which is a folder.
    Folder,
    /// A folder with a `profiles.ini`.
    Firefox,
    /// A folder of profiles, or a profile.
    Chromium,
}

#[derive(Clone, Copy)]
enum Below {
    Home,
    Config,
    Data,
    Roaming,
    Local,
}

impl Below {
    /// The folder. A relative one would be another for every program, and is none (XDG Base Directory Specification).
    fn folder(self, system: System, variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
        let folder = |name: &str| variable(name).map(PathBuf::from).filter(|path| path.has_root());
        let home = || folder(if system == System::Windows { "USERPROFILE" } else { "HOME" });
        let or_in_home = |name: &str, path: &str| folder(name).or_else(|| home().map(|home| below(&home, path)));
        match self {
            Self::Home => home(),
            Self::Config => or_in_home("XDG_CONFIG_HOME", ".config"),
            Self::Data => or_in_home("XDG_DATA_HOME", ".local/share"),
            Self::Roaming => or_in_home("APPDATA", "AppData/Roaming"),
            Self::Local => or_in_home("LOCALAPPDATA", "AppData/Local"),
        }
    }
}

const fn place(system: System, browser: Browser, kind: Kind, below: Below, path: &'static str) -> Place {
    Place { system, browser, kind, below, path }
}

/// Each browser's own place first, then those of its snap and its flatpak.
#[rustfmt::skip]
const PLACES: &[Place] = {
    use Below::*;
    use System::*;
    &[
        place(Linux, Browser::Firefox, Kind::Firefox, Home, ".mozilla/firefox"),
        place(Linux, Browser::Firefox, Kind::Firefox, Config, "mozilla/firefox"),
        place(Linux, Browser::Firefox, Kind::Firefox, Home, "snap/firefox/common/.mozilla/firefox"),
        place(Linux, Browser::Firefox, Kind::Firefox, Home, ".var/app/org.mozilla.firefox/.mozilla/firefox"),
        place(Linux, Browser::Firefox, Kind::Firefox, Home, ".var/app/org.mozilla.firefox/config/mozilla/firefox"),
        place(Linux, Browser::GnomeWeb, Kind::File, Data, "epiphany/cookies.sqlite"),
        place(Linux, Browser::GnomeWeb, Kind::File, Home, ".var/app/org.gnome.Epiphany/data/epiphany/cookies.sqlite"),
        place(Linux, Browser::GnomeWeb, Kind::File, Config, "epiphany/cookies.sqlite"),
        place(Linux, Browser::GnomeWeb, Kind::File, Home, ".gnome2/epiphany/cookies.sqlite"),
        place(Linux, Browser::Chromium, Kind::Chromium, Config, "chromium"),
        place(Linux, Browser::Chromium, Kind::Chromium, Home, "snap/chromium/common/chromium"),
        place(Linux, Browser::Chromium, Kind::Chromium, Home, ".var/app/org.chromium.Chromium/config/chromium"),
        place(Linux, Browser::Chrome, Kind::Chromium, Config, "google-chrome"),
        place(Linux, Browser::Chrome, Kind::Chromium, Config, "google-chrome-beta"),
        place(Linux, Browser::Chrome, Kind::Chromium, Home, ".var/app/com.google.Chrome/config/google-chrome"),
        place(Linux, Browser::Edge, Kind::Chromium, Config, "microsoft-edge"),
        place(Linux, Browser::Edge, Kind::Chromium, Home, ".var/app/com.microsoft.Edge/config/microsoft-edge"),
        place(Linux, Browser::Brave, Kind::Chromium, Config, "BraveSoftware/Brave-Browser"),
        place(Linux, Browser::Brave, Kind::Chromium, Home, ".var/app/com.brave.Browser/config/BraveSoftware/Brave-Browser"),
        place(Linux, Browser::Vivaldi, Kind::Chromium, Config, "vivaldi"),
        place(Linux, Browser::Vivaldi, Kind::Chromium, Home, ".var/app/com.vivaldi.Vivaldi/config/vivaldi"),
        place(Linux, Browser::Opera, Kind::Chromium, Config, "opera"),
        place(Linux, Browser::Opera, Kind::Chromium, Home, ".var/app/com.opera.Opera/config/opera"),
        place(Linux, Browser::Konqueror, Kind::File, Data, "kcookiejar/cookies"),
        place(Linux, Browser::Konqueror, Kind::File, Home, ".kde4/share/apps/kcookiejar/cookies"),
        place(Linux, Browser::Konqueror, Kind::File, Home, ".kde/share/apps/kcookiejar/cookies"),
        place(Linux, Browser::Opera12, Kind::File, Home, ".opera/cookies4.dat"),
        place(Linux, Browser::Netscape, Kind::File, Home, ".netscape/cookies"),

        place(MacOs, Browser::Firefox, Kind::Firefox, Home, "Library/Application Support/Firefox"),
        place(MacOs, Browser::Chromium, Kind::Chromium, Home, "Library/Application Support/Chromium"),
        place(MacOs, Browser::Chrome, Kind::Chromium, Home, "Library/Application Support/Google/Chrome"),
        place(MacOs, Browser::Edge, Kind::Chromium, Home, "Library/Application Support/Microsoft Edge"),
        place(MacOs, Browser::Brave, Kind::Chromium, Home, "Library/Application Support/BraveSoftware/Brave-Browser"),
        place(MacOs, Browser::Vivaldi, Kind::Chromium, Home, "Library/Application Support/Vivaldi"),
        place(MacOs, Browser::Opera, Kind::Chromium, Home, "Library/Application Support/com.operasoftware.Opera"),
        place(MacOs, Browser::Safari, Kind::File, Home,
            "Library/Containers/com.apple.Safari/Data/Library/Cookies/Cookies.binarycookies"),
        place(MacOs, Browser::Safari, Kind::File, Home, "Library/Cookies/Cookies.binarycookies"),
        place(MacOs, Browser::Opera12, Kind::File, Home, "Library/Opera/cookies4.dat"),

        place(Windows, Browser::Firefox, Kind::Firefox, Roaming, "Mozilla/Firefox"),
        place(Windows, Browser::Chromium, Kind::Chromium, Local, "Chromium/User Data"),
        place(Windows, Browser::Chrome, Kind::Chromium, Local, "Google/Chrome/User Data"),
        place(Windows, Browser::Edge, Kind::Chromium, Local, "Microsoft/Edge/User Data"),
        place(Windows, Browser::Brave, Kind::Chromium, Local, "BraveSoftware/Brave-Browser/User Data"),
        place(Windows, Browser::Vivaldi, Kind::Chromium, Local, "Vivaldi/User Data"),
        place(Windows, Browser::Opera, Kind::Chromium, Roaming, "Opera Software/Opera Stable"),
        place(Windows, Browser::Opera12, Kind::File, Roaming, "Opera/Opera/cookies4.dat"),
        place(Windows, Browser::InternetExplorer, Kind::Folder, Local, "Microsoft/Windows/INetCookies"),
        place(Windows, Browser::InternetExplorer, Kind::Folder, Roaming, "Microsoft/Windows/Cookies"),
        place(Windows, Browser::InternetExplorer, Kind::Folder, Home, "Cookies"),
    ]
};

/// The stores in a user data folder of Chromium: of the folder itself, as Opera has it, of `Default`, and of `Profile 1`
/// and so on.
fn of_chromium(folder: &Path) -> Vec<(String, PathBuf)> {
    let entries = fs::read_dir(folder).into_iter().flatten().take(ENTRIES).flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let mut profiles: Vec<(u32, String)> = names.filter_map(|name| Some((number(&name)?, name))).collect();
    profiles.sort();
    let itself = store_in(folder).map(|path| (String::new(), path));
    let others = profiles.into_iter().filter_map(|(_, name)| Some((name.clone(), store_in(&folder.join(name))?)));
    itself.into_iter().chain(others).collect()
}

/// The place of a profile in the order; none if it is something else.
fn number(name: &str) -> Option<u32> {
    if name == "Default" { Some(0) } else { name.strip_prefix("Profile ")?.parse().ok() }
}

/// The store of a profile. It moved in Chromium 96, and what may still lie in the old place is old.
fn store_in(profile: &Path) -> Option<PathBuf> {
    ["Network/Cookies", "Cookies"].into_iter().map(|path| below(profile, path)).find(|path| path.is_file())
}

/// A path with `/` in it, below a folder, in the spelling of this machine.
pub(super) fn below(folder: &Path, path: &str) -> PathBuf {
    folder.components().collect::<PathBuf>().join(path.split('/').collect::<PathBuf>())
}
