//! Where browsers keep their cookies, in homes that the test builds.

use super::*;

/// A home with these files, each with a text.
fn home(name: &str, files: &[(&str, &str)]) -> Folder {
    let home = Folder::new(&format!("find-{name}"));
    for (file, text) in files {
        let path = home.file(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    home
}

/// What is found, as `browser profile path`, the path from the home on.
fn found(home: &Folder, system: System, more: &[(&str, PathBuf)]) -> Vec<String> {
    let variable = if system == System::Windows { "USERPROFILE" } else { "HOME" };
    let variable = |name: &str| {
        let more = more.iter().find(|(other, _)| *other == name).map(|(_, path)| path.clone());
        more.or_else(|| (name == variable).then(|| home.0.clone())).map(PathBuf::into_os_string)
    };
    let line = |store: BrowserStore| {
        let path = store.path.strip_prefix(&home.0).unwrap().to_str().unwrap().replace('\\', "/");
        assert!(store.path.exists() && store.to_string().starts_with(&store.browser.to_string()));
        format!("{}|{}|{path}", store.browser, store.profile)
    };
    find_browser_stores_on(system, variable).into_iter().map(line).collect()
}

/// The folder of profiles of each browser, or its file, in the order in which they are found.
const LINUX: &[(&str, &str)] = &[
    ("Firefox", ".mozilla/firefox"),
    ("Firefox", ".config/mozilla/firefox"),
    ("Firefox", "snap/firefox/common/.mozilla/firefox"),
    ("Firefox", "snap/firefox/common/.config/mozilla/firefox"),
    ("Firefox", ".var/app/org.mozilla.firefox/.mozilla/firefox"),
    ("Firefox", ".var/app/org.mozilla.firefox/config/mozilla/firefox"),
    ("LibreWolf", ".librewolf"),
    ("LibreWolf", ".config/librewolf/librewolf"),
    ("LibreWolf", ".var/app/io.gitlab.librewolf-community/.librewolf"),
    ("Zen", ".zen"),
    ("Zen", ".config/zen"),
    ("Zen", ".var/app/app.zen_browser.zen/.zen"),
    ("Waterfox", ".waterfox"),
    ("Waterfox", ".var/app/net.waterfox.waterfox/.waterfox"),
    ("Floorp", ".floorp"),
    ("Floorp", ".var/app/one.ablaze.floorp/.floorp"),
    ("GNOME Web", ".local/share/epiphany/cookies.sqlite"),
    ("GNOME Web", ".var/app/org.gnome.Epiphany/data/epiphany/cookies.sqlite"),
    ("GNOME Web", ".config/epiphany/cookies.sqlite"),
    ("GNOME Web", ".gnome2/epiphany/cookies.sqlite"),
    ("Chromium", ".config/chromium"),
    ("Chromium", "snap/chromium/common/chromium"),
    ("Chromium", ".var/app/org.chromium.Chromium/config/chromium"),
    ("Chromium", ".var/app/io.github.ungoogled_software.ungoogled_chromium/config/chromium"),
    ("Chrome", ".config/google-chrome"),
    ("Chrome", ".config/google-chrome-beta"),
    ("Chrome", ".config/google-chrome-unstable"),
    ("Chrome", ".config/google-chrome-canary"),
    ("Chrome", ".var/app/com.google.Chrome/config/google-chrome"),
    ("Edge", ".config/microsoft-edge"),
    ("Edge", ".config/microsoft-edge-beta"),
    ("Edge", ".config/microsoft-edge-dev"),
    ("Edge", ".var/app/com.microsoft.Edge/config/microsoft-edge"),
    ("Brave", ".config/BraveSoftware/Brave-Browser"),
    ("Brave", ".config/BraveSoftware/Brave-Browser-Nightly"),
    ("Brave", "snap/brave/current/.config/BraveSoftware/Brave-Browser"),
    ("Brave", ".var/app/com.brave.Browser/config/BraveSoftware/Brave-Browser"),
    ("Vivaldi", ".config/vivaldi"),
    ("Vivaldi", ".config/vivaldi-snapshot"),
    ("Vivaldi", ".var/app/com.vivaldi.Vivaldi/config/vivaldi"),
    ("Opera", ".config/opera"),
    ("Opera", ".config/opera-beta"),
    ("Opera", ".config/opera-developer"),
    ("Opera", "snap/opera/current/.config/opera"),
    ("Opera", ".var/app/com.opera.Opera/config/opera"),
    ("Opera GX", ".config/opera-gx"),
    ("Thorium", ".config/thorium"),
    ("Whale", ".config/naver-whale"),
    ("Yandex", ".config/yandex-browser"),
    ("Konqueror", ".local/share/kcookiejar/cookies"),
    ("Opera 12", ".opera/cookies4.dat"),
    ("Netscape", ".netscape/cookies"),
];

/// Below `Library/Application Support` but for the last three.
const MAC: &[(&str, &str)] = &[
    ("Firefox", "Firefox"),
    ("LibreWolf", "librewolf"),
    ("Zen", "zen"),
    ("Waterfox", "Waterfox"),
    ("Floorp", "Floorp"),
    ("Chromium", "Chromium"),
    ("Chrome", "Google/Chrome"),
    ("Chrome", "Google/Chrome Beta"),
    ("Chrome", "Google/Chrome Dev"),
    ("Chrome", "Google/Chrome Canary"),
    ("Edge", "Microsoft Edge"),
    ("Edge", "Microsoft Edge Beta"),
    ("Edge", "Microsoft Edge Dev"),
    ("Edge", "Microsoft Edge Canary"),
    ("Brave", "BraveSoftware/Brave-Browser"),
    ("Brave", "BraveSoftware/Brave-Browser-Beta"),
    ("Brave", "BraveSoftware/Brave-Browser-Nightly"),
    ("Vivaldi", "Vivaldi"),
    ("Opera", "com.operasoftware.Opera"),
    ("Opera", "com.operasoftware.OperaNext"),
    ("Opera", "com.operasoftware.OperaDeveloper"),
    ("Opera GX", "com.operasoftware.OperaGX"),
    ("Arc", "Arc/User Data"),
    ("Thorium", "Thorium"),
    ("Whale", "Naver/Whale"),
    ("Yandex", "Yandex/YandexBrowser"),
    ("Safari", "../Containers/com.apple.Safari/Data/Library/Cookies/Cookies.binarycookies"),
    ("Safari", "../Cookies/Cookies.binarycookies"),
    ("Opera 12", "../Opera/cookies4.dat"),
];

/// Below `AppData` but for the last.
const WINDOWS: &[(&str, &str)] = &[
    ("Firefox", "Roaming/Mozilla/Firefox"),
    ("Firefox", "Local/Packages/Mozilla.FirefoxBeta_n80bbvh6b1yt2/LocalCache/Roaming/Mozilla/Firefox"),
    ("Firefox", "Local/Packages/Mozilla.Firefox_n80bbvh6b1yt2/LocalCache/Roaming/Mozilla/Firefox"),
    ("LibreWolf", "Roaming/librewolf"),
    ("Zen", "Roaming/zen"),
    ("Waterfox", "Roaming/Waterfox"),
    ("Floorp", "Roaming/Floorp"),
    ("Chromium", "Local/Chromium/User Data"),
    ("Chrome", "Local/Google/Chrome/User Data"),
    ("Chrome", "Local/Google/Chrome Beta/User Data"),
    ("Chrome", "Local/Google/Chrome Dev/User Data"),
    ("Chrome", "Local/Google/Chrome SxS/User Data"),
    ("Edge", "Local/Microsoft/Edge/User Data"),
    ("Edge", "Local/Microsoft/Edge Beta/User Data"),
    ("Edge", "Local/Microsoft/Edge Dev/User Data"),
    ("Edge", "Local/Microsoft/Edge SxS/User Data"),
    ("Brave", "Local/BraveSoftware/Brave-Browser/User Data"),
    ("Brave", "Local/BraveSoftware/Brave-Browser-Beta/User Data"),
    ("Brave", "Local/BraveSoftware/Brave-Browser-Nightly/User Data"),
    ("Vivaldi", "Local/Vivaldi/User Data"),
    ("Opera", "Roaming/Opera Software/Opera Stable"),
    ("Opera", "Roaming/Opera Software/Opera Next"),
    ("Opera", "Roaming/Opera Software/Opera Developer"),
    ("Opera GX", "Roaming/Opera Software/Opera GX Stable"),
    ("Arc", "Local/Packages/TheBrowserCompany.Arc_ttt1ap7aakyb4/LocalCache/Local/Arc/User Data"),
    ("Arc", "Local/Arc/User Data"),
    ("Thorium", "Local/Thorium/User Data"),
    ("Whale", "Local/Naver/Naver Whale/User Data"),
    ("Yandex", "Local/Yandex/YandexBrowser/User Data"),
    ("Opera 12", "Roaming/Opera/Opera/cookies4.dat"),
    ("Internet Explorer", "Local/Microsoft/Windows/INetCookies"),
    ("Internet Explorer", "Roaming/Microsoft/Windows/Cookies"),
    ("Internet Explorer", "../Cookies"),
];

/// What lies at a place: the name of the profile, the store, and other files, from there on.
fn at_place(system: System, browser: &str) -> (&'static str, &'static str, &'static [(&'static str, &'static str)]) {
    match browser {
        "Firefox" | "LibreWolf" | "Zen" | "Waterfox" | "Floorp" => {
            let list = &[("profiles.ini", "[Profile0]\nName=me\nIsRelative=1\nPath=Profiles/x.me\n")];
            ("me", "/Profiles/x.me/cookies.sqlite", list)
        }
        "Opera" | "Opera GX" if system == System::Windows => ("", "/Network/Cookies", &[]),
        "Opera" | "Opera GX" => ("", "/Cookies", &[]),
        "Internet Explorer" => ("", "", &[("index.dat", "")]),
        "GNOME Web" | "Konqueror" | "Netscape" | "Safari" | "Opera 12" => ("", "", &[]),
        _ if system == System::Windows => ("Default", "/Default/Network/Cookies", &[]),
        _ => ("Default", "/Default/Cookies", &[]),
    }
}

/// Each place is found by itself, and all of them in their order.
#[test]
fn every_browser_has_its_places() {
    for (system, above, places) in [
        (System::Linux, "", LINUX),
        (System::MacOs, "Library/Application Support/", MAC),
        (System::Windows, "AppData/", WINDOWS),
    ] {
        let all = home(&format!("{system:?}"), &[]);
        assert_eq!(found(&all, system, &[]), Vec::<String>::new(), "nothing there");
        let mut expected = Vec::new();
        for (browser, place) in places {
            let place = match place.strip_prefix("../") {
                Some(place) => format!("{}{place}", if system == System::MacOs { "Library/" } else { "" }),
                None => format!("{above}{place}"),
            };
            let (profile, store, others) = at_place(system, browser);
            let mut files: Vec<(String, &str)> =
                others.iter().map(|(file, text)| (format!("{place}/{file}"), *text)).collect();
            if !(store.is_empty() && *browser == "Internet Explorer") {
                files.push((format!("{place}{store}"), ""));
            }
            for (file, text) in files {
                fs::create_dir_all(all.file(&file).parent().unwrap()).unwrap();
                fs::write(all.file(&file), text).unwrap();
            }
            expected.push(format!("{browser}|{profile}|{place}{store}"));
            assert_eq!(found(&all, system, &[]).len(), expected.len(), "{browser}, {place}");
        }
        assert_eq!(found(&all, system, &[]), expected);
    }
}

#[test]
fn a_browser_tells_the_format_of_its_store() {
    use Browser::*;
    let firefox = [Firefox, LibreWolf, Zen, Waterfox, Floorp, GnomeWeb];
    let chromium = [Chromium, Chrome, Edge, Brave, Vivaldi, Opera, OperaGx, Arc, Thorium, Whale, Yandex];
    for (browsers, expected) in [
        (&firefox[..], (true, false)),
        (&chromium, (false, true)),
        (&[Safari, Konqueror, Opera12, Netscape, InternetExplorer], (false, false)),
    ] {
        for browser in browsers {
            assert_eq!((browser.has_firefox_store(), browser.has_chromium_store()), expected, "{browser}");
        }
    }
}

const PROFILES: &str = "[Install4F96D1932A9F858E]\nDefault=abc.default-esr\nLocked=1\n\n\
    [Profile1]\r\nName=old\r\nIsRelative=1\r\nPath=xyz.old\r\nDefault=1\r\n\r\n\
    [Profile0]\nName=default-esr\nIsRelative=1\nPath=abc.default-esr\n\n\
    [Profile2]\nName=empty\nIsRelative=1\nPath=no.such\n\n\
    [Profile3]\nName=nowhere\nIsRelative=0\nPath=relative\n\n\
    [General]\nStartWithLastProfile=1\nVersion=2\nName=x\n";

#[test]
fn firefox_lists_its_profiles() {
    let folder = |place: &str| {
        let list = (format!("{place}/profiles.ini"), PROFILES.to_owned());
        let stores = ["xyz.old", "abc.default-esr", "unlisted"].map(|name| format!("{place}/{name}/cookies.sqlite"));
        std::iter::once(list).chain(stores.map(|path| (path, String::new())))
    };
    let linux = [
        ".mozilla/firefox",
        ".config/mozilla/firefox",
        "snap/firefox/common/.mozilla/firefox",
        ".var/app/org.mozilla.firefox/.mozilla/firefox",
    ];
    for (system, places) in [
        (System::Linux, &linux[..]),
        (System::MacOs, &["Library/Application Support/Firefox"]),
        (System::Windows, &["AppData/Roaming/Mozilla/Firefox"]),
    ] {
        let files: Vec<(String, String)> = places.iter().flat_map(|place| folder(place)).collect();
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let home = home(&format!("firefox-{system:?}"), &files);
        let expected: Vec<String> = places
            .iter()
            .flat_map(|place| {
                let store = |name: &str, path: &str| format!("Firefox|{name}|{place}/{path}/cookies.sqlite");
                // That of the installation first.
                [store("default-esr", "abc.default-esr"), store("old", "xyz.old")]
            })
            .collect();
        assert_eq!(found(&home, system, &[]), expected);
    }
    let old = PROFILES.replace("[Install", "[Other");
    let files = [".mozilla/firefox/xyz.old/cookies.sqlite", ".mozilla/firefox/abc.default-esr/cookies.sqlite"];
    let absolute = home("firefox-elsewhere", &[("disk/profile/cookies.sqlite", "")]);
    let list =
        format!("{old}\n[Profile9]\nName=elsewhere\nIsRelative=0\nPath={}\n", absolute.file("disk/profile").display());
    let home = home("firefox-old", &[(".mozilla/firefox/profiles.ini", &list), (files[0], ""), (files[1], "")]);
    let variable = |name: &str| (name == "HOME").then(|| home.0.clone().into_os_string());
    let stores = find_browser_stores_on(System::Linux, variable);
    let names: Vec<&str> = stores.iter().map(|store| store.profile.as_str()).collect();
    assert_eq!(names, ["old", "default-esr", "elsewhere"], "without installations there is one default");
    assert_eq!(stores[2].path, absolute.file("disk/profile/cookies.sqlite"));
}

#[test]
fn chromium_numbers_its_profiles() {
    let names = [
        "Profile 10/Cookies",
        "Profile 2/Network/Cookies",
        "Default/Cookies",
        "Default/Network/Cookies",
        "Profile x/Cookies",
        "Guest Profile/Cookies",
        "Crashpad/settings.dat",
        "Profile 3/Cookies/is a folder",
        "Local State",
    ];
    let files: Vec<String> = names.iter().map(|name| format!(".config/chromium/{name}")).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|file| (file.as_str(), "")).collect();
    let home = home("chromium", &files);
    let expected = [
        "Chromium|Default|.config/chromium/Default/Network/Cookies",
        "Chromium|Profile 2|.config/chromium/Profile 2/Network/Cookies",
        "Chromium|Profile 10|.config/chromium/Profile 10/Cookies",
        "Chromium|Guest Profile|.config/chromium/Guest Profile/Cookies",
        "Chromium|Profile x|.config/chromium/Profile x/Cookies",
    ];
    assert_eq!(found(&home, System::Linux, &[]), expected);
}

#[cfg(unix)]
#[test]
fn the_environment_names_the_folders() {
    let home = home(
        "environment",
        &[("c/chromium/Default/Cookies", ""), ("d/kcookiejar/cookies", ""), ("r/Opera/Opera/cookies4.dat", "")],
    );
    let (config, data) = (("XDG_CONFIG_HOME", home.file("c")), ("XDG_DATA_HOME", home.file("d")));
    let expected = ["Chromium|Default|c/chromium/Default/Cookies", "Konqueror||d/kcookiejar/cookies"];
    assert_eq!(found(&home, System::Linux, &[config, data]), expected);
    assert_eq!(found(&home, System::Windows, &[("APPDATA", home.file("r"))]), ["Opera 12||r/Opera/Opera/cookies4.dat"]);
    // A folder that is not named from the root on would be another for every program.
    let up = env::current_dir().unwrap().ancestors().skip(1).map(|_| "..").collect::<PathBuf>();
    let relative = up.join(home.file("c").strip_prefix("/").unwrap());
    assert!(relative.join("chromium").is_dir(), "{relative:?}");
    assert_eq!(found(&home, System::Linux, &[("XDG_CONFIG_HOME", relative)]), Vec::<String>::new());
    assert_eq!(find_browser_stores_on(System::this(), |_| None), []);
}

#[test]
fn odd_homes_are_no_errors() {
    let long = "[Profile0]\nName=late\nIsRelative=1\nPath=late\n";
    let list = format!("{}{long}", "# filling\n".repeat(7000));
    let home = home(
        "odd",
        &[
            (".mozilla/firefox/profiles.ini", &list),
            (".mozilla/firefox/late/cookies.sqlite", ""),
            (".config/mozilla/firefox/profiles.ini", "\u{0}\u{1}[[[]]]\n=\n[Profile\nPath"),
            (".config/chromium", "a file"),
            (".opera/cookies4.dat/folder", ""),
        ],
    );
    assert_eq!(
        found(&home, System::Linux, &[]),
        Vec::<String>::new(),
        "a list that is too long is not read to its end"
    );
    let odd = find_browser_stores_on(System::Linux, |_| Some("/dev/null".into()));
    assert_eq!(odd, []);
}
