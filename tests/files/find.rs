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

#[test]
fn every_browser_has_its_places() {
    let linux: &[(&str, &str, &str)] = &[
        ("GNOME Web", "", ".local/share/epiphany/cookies.sqlite"),
        ("GNOME Web", "", ".var/app/org.gnome.Epiphany/data/epiphany/cookies.sqlite"),
        ("GNOME Web", "", ".config/epiphany/cookies.sqlite"),
        ("Chromium", "Default", ".config/chromium/Default/Cookies"),
        ("Chromium", "Default", "snap/chromium/common/chromium/Default/Cookies"),
        ("Chromium", "Default", ".var/app/org.chromium.Chromium/config/chromium/Default/Cookies"),
        ("Chrome", "Default", ".config/google-chrome/Default/Cookies"),
        ("Edge", "Default", ".config/microsoft-edge/Default/Cookies"),
        ("Brave", "Default", ".config/BraveSoftware/Brave-Browser/Default/Cookies"),
        ("Vivaldi", "Default", ".config/vivaldi/Default/Cookies"),
        ("Opera", "", ".config/opera/Cookies"),
        ("Konqueror", "", ".local/share/kcookiejar/cookies"),
        ("Opera 12", "", ".opera/cookies4.dat"),
        ("Netscape", "", ".netscape/cookies"),
    ];
    let mac: &[(&str, &str, &str)] = &[
        ("Chromium", "Default", "Library/Application Support/Chromium/Default/Cookies"),
        ("Chrome", "Default", "Library/Application Support/Google/Chrome/Default/Cookies"),
        ("Edge", "Default", "Library/Application Support/Microsoft Edge/Default/Cookies"),
        ("Brave", "Default", "Library/Application Support/BraveSoftware/Brave-Browser/Default/Cookies"),
        ("Vivaldi", "Default", "Library/Application Support/Vivaldi/Default/Cookies"),
        ("Opera", "", "Library/Application Support/com.operasoftware.Opera/Cookies"),
        ("Safari", "", "Library/Containers/com.apple.Safari/Data/Library/Cookies/Cookies.binarycookies"),
        ("Safari", "", "Library/Cookies/Cookies.binarycookies"),
        ("Opera 12", "", "Library/Opera/cookies4.dat"),
    ];
    let windows: &[(&str, &str, &str)] = &[
        ("Chromium", "Default", "AppData/Local/Chromium/User Data/Default/Network/Cookies"),
        ("Chrome", "Default", "AppData/Local/Google/Chrome/User Data/Default/Network/Cookies"),
        ("Edge", "Default", "AppData/Local/Microsoft/Edge/User Data/Default/Network/Cookies"),
        ("Brave", "Default", "AppData/Local/BraveSoftware/Brave-Browser/User Data/Default/Network/Cookies"),
        ("Vivaldi", "Default", "AppData/Local/Vivaldi/User Data/Default/Network/Cookies"),
        ("Opera", "", "AppData/Roaming/Opera Software/Opera Stable/Network/Cookies"),
        ("Opera 12", "", "AppData/Roaming/Opera/Opera/cookies4.dat"),
        ("Internet Explorer", "", "AppData/Local/Microsoft/Windows/INetCookies"),
        ("Internet Explorer", "", "AppData/Roaming/Microsoft/Windows/Cookies"),
        ("Internet Explorer", "", "Cookies"),
    ];
    for (system, places) in [(System::Linux, linux), (System::MacOs, mac), (System::Windows, windows)] {
        let home = home(&format!("{system:?}"), &[]);
        assert_eq!(found(&home, system, &[]), Vec::<String>::new(), "nothing there");
        for (browser, _, path) in places {
            let path = home.file(path);
            let path = if *browser == "Internet Explorer" { path.join("index.dat") } else { path };
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let expected: Vec<String> = places.iter().map(|(a, b, c)| format!("{a}|{b}|{c}")).collect();
        assert_eq!(found(&home, system, &[]), expected);
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
        "Guest Profile/Cookies",
        "System Profile/Cookies",
        "Profile x/Cookies",
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
