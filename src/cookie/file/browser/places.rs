//! The places that browsers choose for their cookies unless told otherwise: data, one row a place.

use std::ffi::OsString;
use std::path::PathBuf;

use super::known::{Browser, System, below};

/// A place, below one of the folders that a system has for such things.
pub(super) struct Place {
    pub(super) system: System,
    pub(super) browser: Browser,
    pub(super) kind: Kind,
    pub(super) below: Below,
    /// A part of it may end in `*`, for packages whose names end in a number of their publisher's.
    pub(super) path: &'static str,
}

#[derive(Clone, Copy)]
pub(super) enum Kind {
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
pub(super) enum Below {
    Home,
    Config,
    Data,
    /// macOS.
    Support,
    Roaming,
    Local,
}

impl Below {
    /// The folder. A relative one would be another for every program, and is none (XDG Base
    /// Directory Specification).
    pub(super) fn folder(self, system: System, variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
        let folder = |name: &str| variable(name).map(PathBuf::from).filter(|path| path.has_root());
        let home = || folder(if system == System::Windows { "USERPROFILE" } else { "HOME" });
        let in_home = |path: &str| home().map(|home| below(&home, path));
        match self {
            Self::Home => home(),
            Self::Config => folder("XDG_CONFIG_HOME").or_else(|| in_home(".config")),
            Self::Data => folder("XDG_DATA_HOME").or_else(|| in_home(".local/share")),
            Self::Support => in_home("Library/Application Support"),
            Self::Roaming => folder("APPDATA").or_else(|| in_home("AppData/Roaming")),
            Self::Local => folder("LOCALAPPDATA").or_else(|| in_home("AppData/Local")),
        }
    }
}

const fn place(system: System, browser: Browser, kind: Kind, below: Below, path: &'static str) -> Place {
    Place { system, browser, kind, below, path }
}

/// Each browser's own place first, then those of its other channels, its snap, its flatpak and its
/// package in a shop.
#[rustfmt::skip]
pub(super) const PLACES: &[Place] = {
    use Below::*;
    use System::*;
    use {Browser as B, Kind as K};
    &[
        place(Linux, B::Firefox, K::Firefox, Home, ".mozilla/firefox"),
        place(Linux, B::Firefox, K::Firefox, Config, "mozilla/firefox"),
        place(Linux, B::Firefox, K::Firefox, Home, "snap/firefox/common/.mozilla/firefox"),
        place(Linux, B::Firefox, K::Firefox, Home, "snap/firefox/common/.config/mozilla/firefox"),
        place(Linux, B::Firefox, K::Firefox, Home, ".var/app/org.mozilla.firefox/.mozilla/firefox"),
        place(Linux, B::Firefox, K::Firefox, Home, ".var/app/org.mozilla.firefox/config/mozilla/firefox"),
        place(Linux, B::LibreWolf, K::Firefox, Home, ".librewolf"),
        place(Linux, B::LibreWolf, K::Firefox, Config, "librewolf/librewolf"),
        place(Linux, B::LibreWolf, K::Firefox, Home, "snap/librewolf/common/.librewolf"),
        place(Linux, B::LibreWolf, K::Firefox, Home, ".var/app/io.gitlab.librewolf-community/.librewolf"),
        place(Linux, B::LibreWolf, K::Firefox, Home, ".var/app/io.gitlab.librewolf-community/config/librewolf/librewolf"),
        place(Linux, B::Zen, K::Firefox, Home, ".zen"),
        place(Linux, B::Zen, K::Firefox, Config, "zen"),
        place(Linux, B::Zen, K::Firefox, Home, ".var/app/app.zen_browser.zen/.zen"),
        place(Linux, B::Zen, K::Firefox, Home, ".var/app/app.zen_browser.zen/config/zen"),
        place(Linux, B::Waterfox, K::Firefox, Home, ".waterfox"),
        place(Linux, B::Waterfox, K::Firefox, Config, "waterfox"),
        place(Linux, B::Waterfox, K::Firefox, Home, ".var/app/net.waterfox.waterfox/.waterfox"),
        place(Linux, B::Waterfox, K::Firefox, Home, ".var/app/net.waterfox.waterfox/config/waterfox"),
        place(Linux, B::Floorp, K::Firefox, Home, ".floorp"),
        place(Linux, B::Floorp, K::Firefox, Config, "floorp"),
        place(Linux, B::Floorp, K::Firefox, Home, ".var/app/one.ablaze.floorp/.floorp"),
        place(Linux, B::Floorp, K::Firefox, Home, ".var/app/one.ablaze.floorp/config/floorp"),
        place(Linux, B::GnomeWeb, K::File, Data, "epiphany/cookies.sqlite"),
        place(Linux, B::GnomeWeb, K::File, Home, ".var/app/org.gnome.Epiphany/data/epiphany/cookies.sqlite"),
        place(Linux, B::GnomeWeb, K::File, Config, "epiphany/cookies.sqlite"),
        place(Linux, B::GnomeWeb, K::File, Home, ".gnome2/epiphany/cookies.sqlite"),
        place(Linux, B::Chromium, K::Chromium, Config, "chromium"),
        place(Linux, B::Chromium, K::Chromium, Home, "snap/chromium/common/chromium"),
        place(Linux, B::Chromium, K::Chromium, Home, ".var/app/org.chromium.Chromium/config/chromium"),
        place(Linux, B::Chromium, K::Chromium, Home, ".var/app/io.github.ungoogled_software.ungoogled_chromium/config/chromium"),
        place(Linux, B::Chrome, K::Chromium, Config, "google-chrome"),
        place(Linux, B::Chrome, K::Chromium, Config, "google-chrome-beta"),
        place(Linux, B::Chrome, K::Chromium, Config, "google-chrome-unstable"),
        place(Linux, B::Chrome, K::Chromium, Config, "google-chrome-canary"),
        place(Linux, B::Chrome, K::Chromium, Config, "google-chrome-for-testing"),
        place(Linux, B::Chrome, K::Chromium, Home, ".var/app/com.google.Chrome/config/google-chrome"),
        place(Linux, B::Chrome, K::Chromium, Home, ".var/app/com.google.ChromeDev/config/google-chrome-unstable"),
        place(Linux, B::Edge, K::Chromium, Config, "microsoft-edge"),
        place(Linux, B::Edge, K::Chromium, Config, "microsoft-edge-beta"),
        place(Linux, B::Edge, K::Chromium, Config, "microsoft-edge-dev"),
        place(Linux, B::Edge, K::Chromium, Config, "microsoft-edge-canary"),
        place(Linux, B::Edge, K::Chromium, Home, ".var/app/com.microsoft.Edge/config/microsoft-edge"),
        place(Linux, B::Edge, K::Chromium, Home, ".var/app/com.microsoft.EdgeDev/config/microsoft-edge-dev"),
        place(Linux, B::Brave, K::Chromium, Config, "BraveSoftware/Brave-Browser"),
        place(Linux, B::Brave, K::Chromium, Config, "BraveSoftware/Brave-Browser-Beta"),
        place(Linux, B::Brave, K::Chromium, Config, "BraveSoftware/Brave-Browser-Nightly"),
        place(Linux, B::Brave, K::Chromium, Home, "snap/brave/current/.config/BraveSoftware/Brave-Browser"),
        place(Linux, B::Brave, K::Chromium, Home, ".var/app/com.brave.Browser/config/BraveSoftware/Brave-Browser"),
        place(Linux, B::Vivaldi, K::Chromium, Config, "vivaldi"),
        place(Linux, B::Vivaldi, K::Chromium, Config, "vivaldi-snapshot"),
        place(Linux, B::Vivaldi, K::Chromium, Home, "snap/vivaldi/current/.config/vivaldi"),
        place(Linux, B::Vivaldi, K::Chromium, Home, ".var/app/com.vivaldi.Vivaldi/config/vivaldi"),
        place(Linux, B::Opera, K::Chromium, Config, "opera"),
        place(Linux, B::Opera, K::Chromium, Config, "opera-beta"),
        place(Linux, B::Opera, K::Chromium, Config, "opera-developer"),
        place(Linux, B::Opera, K::Chromium, Home, "snap/opera/current/.config/opera"),
        place(Linux, B::Opera, K::Chromium, Home, "snap/opera-beta/current/.config/opera-beta"),
        place(Linux, B::Opera, K::Chromium, Home, "snap/opera-developer/current/.config/opera-developer"),
        place(Linux, B::Opera, K::Chromium, Home, ".var/app/com.opera.Opera/config/opera"),
        place(Linux, B::OperaGx, K::Chromium, Config, "opera-gx"),
        place(Linux, B::Thorium, K::Chromium, Config, "thorium"),
        place(Linux, B::Whale, K::Chromium, Config, "naver-whale"),
        place(Linux, B::Yandex, K::Chromium, Config, "yandex-browser"),
        place(Linux, B::Yandex, K::Chromium, Config, "yandex-browser-beta"),
        place(Linux, B::Yandex, K::Chromium, Home, ".var/app/ru.yandex.Browser/config/yandex-browser"),
        place(Linux, B::Konqueror, K::File, Data, "kcookiejar/cookies"),
        place(Linux, B::Konqueror, K::File, Home, ".kde4/share/apps/kcookiejar/cookies"),
        place(Linux, B::Konqueror, K::File, Home, ".kde/share/apps/kcookiejar/cookies"),
        place(Linux, B::Opera12, K::File, Home, ".opera/cookies4.dat"),
        place(Linux, B::Netscape, K::File, Home, ".netscape/cookies"),

        place(MacOs, B::Firefox, K::Firefox, Support, "Firefox"),
        place(MacOs, B::LibreWolf, K::Firefox, Support, "librewolf"),
        place(MacOs, B::Zen, K::Firefox, Support, "zen"),
        place(MacOs, B::Waterfox, K::Firefox, Support, "Waterfox"),
        place(MacOs, B::Floorp, K::Firefox, Support, "Floorp"),
        place(MacOs, B::Chromium, K::Chromium, Support, "Chromium"),
        place(MacOs, B::Chrome, K::Chromium, Support, "Google/Chrome"),
        place(MacOs, B::Chrome, K::Chromium, Support, "Google/Chrome Beta"),
        place(MacOs, B::Chrome, K::Chromium, Support, "Google/Chrome Dev"),
        place(MacOs, B::Chrome, K::Chromium, Support, "Google/Chrome Canary"),
        place(MacOs, B::Chrome, K::Chromium, Support, "Google/Chrome for Testing"),
        place(MacOs, B::Edge, K::Chromium, Support, "Microsoft Edge"),
        place(MacOs, B::Edge, K::Chromium, Support, "Microsoft Edge Beta"),
        place(MacOs, B::Edge, K::Chromium, Support, "Microsoft Edge Dev"),
        place(MacOs, B::Edge, K::Chromium, Support, "Microsoft Edge Canary"),
        place(MacOs, B::Brave, K::Chromium, Support, "BraveSoftware/Brave-Browser"),
        place(MacOs, B::Brave, K::Chromium, Support, "BraveSoftware/Brave-Browser-Beta"),
        place(MacOs, B::Brave, K::Chromium, Support, "BraveSoftware/Brave-Browser-Nightly"),
        place(MacOs, B::Vivaldi, K::Chromium, Support, "Vivaldi"),
        place(MacOs, B::Vivaldi, K::Chromium, Support, "Vivaldi Snapshot"),
        place(MacOs, B::Opera, K::Chromium, Support, "com.operasoftware.Opera"),
        place(MacOs, B::Opera, K::Chromium, Support, "com.operasoftware.OperaNext"),
        place(MacOs, B::Opera, K::Chromium, Support, "com.operasoftware.OperaDeveloper"),
        place(MacOs, B::OperaGx, K::Chromium, Support, "com.operasoftware.OperaGX"),
        place(MacOs, B::Arc, K::Chromium, Support, "Arc/User Data"),
        place(MacOs, B::Thorium, K::Chromium, Support, "Thorium"),
        place(MacOs, B::Whale, K::Chromium, Support, "Naver/Whale"),
        place(MacOs, B::Yandex, K::Chromium, Support, "Yandex/YandexBrowser"),
        place(MacOs, B::Safari, K::File, Home,
            "Library/Containers/com.apple.Safari/Data/Library/Cookies/Cookies.binarycookies"),
        place(MacOs, B::Safari, K::File, Home, "Library/Cookies/Cookies.binarycookies"),
        place(MacOs, B::Opera12, K::File, Home, "Library/Opera/cookies4.dat"),

        place(Windows, B::Firefox, K::Firefox, Roaming, "Mozilla/Firefox"),
        place(Windows, B::Firefox, K::Firefox, Local, "Packages/Mozilla.*/LocalCache/Roaming/Mozilla/Firefox"),
        place(Windows, B::LibreWolf, K::Firefox, Roaming, "librewolf"),
        place(Windows, B::Zen, K::Firefox, Roaming, "zen"),
        place(Windows, B::Waterfox, K::Firefox, Roaming, "Waterfox"),
        place(Windows, B::Floorp, K::Firefox, Roaming, "Floorp"),
        place(Windows, B::Chromium, K::Chromium, Local, "Chromium/User Data"),
        place(Windows, B::Chrome, K::Chromium, Local, "Google/Chrome/User Data"),
        place(Windows, B::Chrome, K::Chromium, Local, "Google/Chrome Beta/User Data"),
        place(Windows, B::Chrome, K::Chromium, Local, "Google/Chrome Dev/User Data"),
        place(Windows, B::Chrome, K::Chromium, Local, "Google/Chrome SxS/User Data"),
        place(Windows, B::Chrome, K::Chromium, Local, "Google/Chrome for Testing/User Data"),
        place(Windows, B::Edge, K::Chromium, Local, "Microsoft/Edge/User Data"),
        place(Windows, B::Edge, K::Chromium, Local, "Microsoft/Edge Beta/User Data"),
        place(Windows, B::Edge, K::Chromium, Local, "Microsoft/Edge Dev/User Data"),
        place(Windows, B::Edge, K::Chromium, Local, "Microsoft/Edge SxS/User Data"),
        place(Windows, B::Brave, K::Chromium, Local, "BraveSoftware/Brave-Browser/User Data"),
        place(Windows, B::Brave, K::Chromium, Local, "BraveSoftware/Brave-Browser-Beta/User Data"),
        place(Windows, B::Brave, K::Chromium, Local, "BraveSoftware/Brave-Browser-Nightly/User Data"),
        place(Windows, B::Vivaldi, K::Chromium, Local, "Vivaldi/User Data"),
        place(Windows, B::Opera, K::Chromium, Roaming, "Opera Software/Opera Stable"),
        place(Windows, B::Opera, K::Chromium, Roaming, "Opera Software/Opera Next"),
        place(Windows, B::Opera, K::Chromium, Roaming, "Opera Software/Opera Developer"),
        place(Windows, B::OperaGx, K::Chromium, Roaming, "Opera Software/Opera GX Stable"),
        place(Windows, B::Arc, K::Chromium, Local, "Packages/TheBrowserCompany.Arc_*/LocalCache/Local/Arc/User Data"),
        place(Windows, B::Arc, K::Chromium, Local, "Arc/User Data"),
        place(Windows, B::Thorium, K::Chromium, Local, "Thorium/User Data"),
        place(Windows, B::Whale, K::Chromium, Local, "Naver/Naver Whale/User Data"),
        place(Windows, B::Yandex, K::Chromium, Local, "Yandex/YandexBrowser/User Data"),
        place(Windows, B::Opera12, K::File, Roaming, "Opera/Opera/cookies4.dat"),
        place(Windows, B::InternetExplorer, K::Folder, Local, "Microsoft/Windows/INetCookies"),
        place(Windows, B::InternetExplorer, K::Folder, Roaming, "Microsoft/Windows/Cookies"),
        place(Windows, B::InternetExplorer, K::Folder, Home, "Cookies"),
    ]
};
