//! The browsers and the systems that are known.

use std::fmt;
use std::path::{Path, PathBuf};

/// A browser that has a place for its cookies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Browser {
    /// Firefox; for it and the next five see `FirefoxFormat`.
    Firefox,
    /// LibreWolf.
    LibreWolf,
    /// Zen.
    Zen,
    /// Waterfox.
    Waterfox,
    /// Floorp.
    Floorp,
    /// GNOME Web, once called Epiphany.
    GnomeWeb,
    /// Chromium; for it and the next ten see `ChromiumFormat`.
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
    /// Opera GX.
    OperaGx,
    /// Arc.
    Arc,
    /// Thorium.
    Thorium,
    /// Whale.
    Whale,
    /// Yandex Browser.
    Yandex,
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

impl Browser {
    /// Whether its store is one for `FirefoxFormat`.
    pub fn has_firefox_store(self) -> bool {
        use Browser::*;
        matches!(self, Firefox | LibreWolf | Zen | Waterfox | Floorp | GnomeWeb)
    }

    /// Whether its store is one for `ChromiumFormat`.
    pub fn has_chromium_store(self) -> bool {
        use Browser::*;
        matches!(self, Chromium | Chrome | Edge | Brave | Vivaldi | Opera | OperaGx | Arc | Thorium | Whale | Yandex)
    }
}

impl fmt::Display for Browser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Firefox => "Firefox",
            Self::LibreWolf => "LibreWolf",
            Self::Zen => "Zen",
            Self::Waterfox => "Waterfox",
            Self::Floorp => "Floorp",
            Self::GnomeWeb => "GNOME Web",
            Self::Chromium => "Chromium",
            Self::Chrome => "Chrome",
            Self::Edge => "Edge",
            Self::Brave => "Brave",
            Self::Vivaldi => "Vivaldi",
            Self::Opera => "Opera",
            Self::OperaGx => "Opera GX",
            Self::Arc => "Arc",
            Self::Thorium => "Thorium",
            Self::Whale => "Whale",
            Self::Yandex => "Yandex",
            Self::Safari => "Safari",
            Self::Konqueror => "Konqueror",
            Self::Opera12 => "Opera 12",
            Self::Netscape => "Netscape",
            Self::InternetExplorer => "Internet Explorer",
        })
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

/// A path with `/` in it, below a folder, in the spelling of this machine.
pub(super) fn below(folder: &Path, path: &str) -> PathBuf {
    folder.components().collect::<PathBuf>().join(path.split('/').collect::<PathBuf>())
}
