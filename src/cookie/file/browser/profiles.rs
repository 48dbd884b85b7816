//! Firefox's list of profiles, `profiles.ini`.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::known::below;

/// Bytes of the list that are read. An entry has about a hundred.
const LIST_LIMIT: u64 = 64 * 1024;

#[derive(Default)]
struct Profile {
    name: String,
    path: String,
    is_relative: bool,
    is_default: bool,
}

/// The stores of the profiles in the list, that of the default profile first.
pub(super) fn of_firefox(folder: &Path) -> Vec<(String, PathBuf)> {
    let (path, mut list) = (folder.join("profiles.ini"), Vec::new());
    // Opening a pipe would wait for its other end.
    if !path.is_file() {
        return Vec::new();
    }
    let read = File::open(path).and_then(|file| file.take(LIST_LIMIT).read_to_end(&mut list));
    if read.is_err() {
        return Vec::new();
    }
    let (mut profiles, installed) = parse(&String::from_utf8_lossy(&list));
    // What an installation has chosen counts; before Firefox 67 there was one default for all.
    profiles.sort_by_key(|profile| (!installed.contains(&profile.path), !profile.is_default));
    let stores = profiles.into_iter().map(|profile| {
        let place = if profile.is_relative { below(folder, &profile.path) } else { PathBuf::from(&profile.path) };
        (profile.name, place.join("cookies.sqlite"))
    });
    stores.filter(|(_, path)| path.has_root() && path.is_file()).collect()
}

/// The profiles, and the paths of those that an installation has as its default.
fn parse(list: &str) -> (Vec<Profile>, Vec<String>) {
    let (mut profiles, mut installed) = (Vec::new(), Vec::new());
    let mut section = "";
    for line in list.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix('[') {
            section = name.trim_end_matches(']');
            if section.starts_with("Profile") {
                profiles.push(Profile { is_relative: true, ..Profile::default() });
            }
            continue;
        }
        let Some((key, value)) = line.split_once('=') else {
            continue;
        };
        if section.starts_with("Install") && key == "Default" {
            installed.push(value.to_owned());
        }
        if let Some(profile) = profiles.last_mut().filter(|_| section.starts_with("Profile")) {
            match key {
                "Name" => value.clone_into(&mut profile.name),
                "Path" => value.clone_into(&mut profile.path),
                "IsRelative" => profile.is_relative = value != "0",
                "Default" => profile.is_default = value == "1",
                _ => {}
            }
        }
    }
    (profiles, installed)
}
