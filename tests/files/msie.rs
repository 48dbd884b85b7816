//! The cookies of Internet Explorer: the text files, the index, and what it names.

use std::path::Path;

use super::*;

const LATER: &str = "1024\n3138338816\n32108254\n0\n0\n*\n";

fn text(lines: &str) -> Result<Loaded, FormatError> {
    MsieFormat::new().read(lines.as_bytes())
}

fn ie5() -> MsieCookieJar {
    everything(MsieCookieJar::new("fixtures/files/msie/ie5/index.dat")).with_jar(&memory())
}

/// An `index.dat` of version 5.2 with these records.
pub(super) fn index(records: &[Vec<u8>]) -> Vec<u8> {
    let mut file = b"Client UrlCache MMF Ver 5.2\0".to_vec();
    file.resize(0x4000, 0);
    records.iter().for_each(|record| file.extend(record));
    file
}

/// A record of two blocks.
pub(super) fn url(location: &str, file: &str) -> Vec<u8> {
    let mut record = b"URL \x02\0\0\0".to_vec();
    record.resize(104, 0);
    record[52] = 104;
    record[60] = 180;
    record.extend(location.as_bytes());
    record.resize(180, 0);
    record.extend(file.as_bytes());
    record.resize(256, 0);
    record
}

pub(super) fn cookie(name: &str, value: &str, place: &str) -> String {
    format!("{name}\n{value}\n{place}\n{LATER}")
}

fn reasons(loaded: &Loaded) -> Vec<(usize, Reason)> {
    loaded.skipped.iter().map(|skipped| (skipped.line, skipped.reason)).collect()
}

#[test]
fn an_index_is_read_as_mechanize_reads_it_but_for_the_meaning_of_the_flags() {
    let jar = ie5().username("Joe");
    jar.load().unwrap();
    let read: Vec<String> = cookies(&jar).iter().map(line).collect();
    let golden = fs::read_to_string("fixtures/files/msie/mechanize.txt").unwrap();
    let expected: Vec<String> = golden.lines().map(|line| line.rsplitn(4, '\t').last().unwrap().to_owned()).collect();
    assert_eq!(read, expected);

    let secure = |cookie: &Cookie| {
        golden.lines().find(|one| one.starts_with(&line(cookie))).unwrap().contains("\tTrue\tFalse\t")
    };
    let differ: Vec<_> = cookies(&jar).into_iter().filter(|cookie| secure(cookie) != cookie.secure()).collect();
    let differ: Vec<_> = differ.iter().map(|cookie| (cookie.name(), cookie.secure(), cookie.http_only())).collect();
    let (hidden, sid) = (("hidden".into(), false, true), ("sid".into(), true, false));
    assert_eq!(differ, [hidden, sid], "mechanize takes HttpOnly for Secure, and Secure for nothing");

    fn line(cookie: &Cookie) -> String {
        let expires = cookie.expires().unwrap().to_string();
        [cookie.domain(), &cookie.path(), &cookie.name(), &cookie.value_str(), &expires].join("\t")
    }
}

#[test]
fn text_files_are_read() {
    for (sentence, lines, expected) in [
        ("a cookie", cookie("n", "v", "a.test/"), "<Cookie n=v for a.test/> 2038-01-01 00:00:00Z"),
        (
            "with lines as Windows ends them",
            cookie("n", "v", "a.test/x").replace('\n', "\r\n"),
            "<Cookie n=v for a.test/x> 2038-01-01 00:00:00Z",
        ),
        (
            "without the last end",
            cookie("n", "v", "a.test/").trim_end().to_owned(),
            "<Cookie n=v for a.test/> 2038-01-01 00:00:00Z",
        ),
        (
            "a domain that says so",
            cookie("n", "v", ".a.test/"),
            "<Cookie n=v for .a.test/> 2038-01-01 00:00:00Z domain_specified",
        ),
        ("no value", cookie("n", "", "a.test/"), "<Cookie n= for a.test/> 2038-01-01 00:00:00Z"),
        ("no name", cookie("", "v", "a.test/"), "<Cookie v for a.test/> 2038-01-01 00:00:00Z"),
        ("a name that looks like an end", cookie("*", "*", "a.test/"), "<Cookie *=* for a.test/> 2038-01-01 00:00:00Z"),
        (
            "the highest bit of the flags",
            "n\nv\na.test/\n2147484673\n0\n0\n0\n0\n*\n".to_owned(),
            "<Cookie n=v for a.test/> 1601-01-01 00:00:00Z secure",
        ),
        (
            "a time of all bits",
            "n\nv\na.test/\n0\n4294967295\n4294967295\n0\n0\n*\n".to_owned(),
            "<Cookie n=v for a.test/> 9999-12-31 23:59:59Z",
        ),
        (
            "a creation that is no number",
            cookie("n", "v", "a.test/").replace("\n0\n0\n*", "\n-\n\n*"),
            "<Cookie n=v for a.test/> 2038-01-01 00:00:00Z",
        ),
    ] {
        let loaded = text(&lines).unwrap();
        assert_eq!(
            loaded.cookies.iter().map(shown).collect::<Vec<_>>(),
            [expected],
            "{sentence}: {:?}",
            loaded.skipped
        );
    }
    assert!(text("").unwrap().cookies.is_empty() && text("\n\n").unwrap().skipped.is_empty());
}

#[test]
fn what_is_no_cookie_is_skipped_and_the_others_are_not() {
    let good = cookie("n", "v", "a.test/");
    for (sentence, bad, skipped) in [
        ("a record that ends early", "n\nv\na.test/\n1024\n*\n".to_owned(), (10, Reason::CutOff)),
        ("a record without its end", cookie("n", "v", "a.test/").replace('*', "x") + "y\n*\n", (10, Reason::CutOff)),
        ("no path", cookie("n", "v", "a.test"), (10, Reason::NoPath)),
        ("no host", cookie("n", "v", "/x"), (10, Reason::NoDomain)),
        ("a host that is none", cookie("n", "v", "a b/"), (10, Reason::BadDomain)),
        ("flags that are no number", cookie("n", "v", "a.test/").replace("1024", "x"), (10, Reason::BadFlags)),
        ("a time that is no number", cookie("n", "v", "a.test/").replace("32108254", "-1"), (10, Reason::BadExpiry)),
        (
            "a time of too many bits",
            cookie("n", "v", "a.test/").replace("32108254", "4294967296"),
            (10, Reason::BadExpiry),
        ),
        ("a control character", cookie("n\x01", "v", "a.test/"), (10, Reason::ControlCharacter)),
        ("neither name nor value", cookie("", "", "a.test/"), (10, Reason::NoName)),
    ] {
        let loaded = text(&format!("{good}{bad}{good}")).unwrap();
        assert_eq!((loaded.cookies.len(), reasons(&loaded)), (2, vec![skipped]), "{sentence}");
    }
    assert_eq!(reasons(&text(&format!("{good}n\nv\n")).unwrap()), [(10, Reason::CutOff)], "the last one is cut off");
    for (sentence, file) in
        [("a page", "<!DOCTYPE html>\n<html>\n"), ("NULs", "\0\0\0\n\0"), ("half a cookie", "n\nv\n")]
    {
        let error = text(file).unwrap_err();
        assert_eq!(
            (error.line(), error.reason()),
            (Some(1), "not a cookie file of Internet Explorer: it is cut off"),
            "{sentence}"
        );
    }
    assert_eq!(text(&"x".repeat(LINE_LIMIT + 1)).unwrap_err().line(), Some(1));
}

#[test]
fn the_records_of_one_user_are_read_or_of_all() {
    let report = ie5().username("JANE").load().unwrap();
    let told: Vec<String> = report.skipped.iter().map(ToString::to_string).collect();
    assert_eq!(report.stored, 1);
    assert_eq!(told[0], "record 1: it is another user's");
    if cfg!(not(windows)) {
        let report = ie5().load().unwrap();
        assert_eq!((report.stored, report.skipped_lines), (9, 1), "here the user of the folder is nobody");
    }
}

#[test]
fn an_index_is_to_be_loaded_by_name() {
    let bytes = fs::read("fixtures/files/msie/ie5/index.dat").unwrap();
    for error in [ie5().load_from(&bytes[..]).unwrap_err(), ie5().load_cookie_data(ie5().path().unwrap()).unwrap_err()]
    {
        assert!(error.to_string().ends_with("names the files that do: load it by name"), "{error}");
    }
}

#[test]
fn a_text_file_and_a_folder_are_loaded_too() {
    let jar = ie5();
    assert_eq!(jar.load_cookie_data("fixtures/files/msie/wine/IK2TR9T4.txt").unwrap().stored, 4);
    assert_eq!(jar.load_file("fixtures/files/msie/wine/dir[0].txt").unwrap().stored, 2);
    assert_eq!(ie5().load_file("fixtures/files/msie/wine").unwrap().stored, 6);

    let folder = Folder::new("msie-folder");
    fs::write(folder.file("ABCD.cookie"), cookie("n", "v", "a.test/")).unwrap();
    fs::write(folder.file("bad.TXT"), "nonsense\n").unwrap();
    fs::write(folder.file("container.dat"), cookie("m", "v", "a.test/")).unwrap();
    let report = ie5().load_file(&folder.0).unwrap();
    let told: Vec<String> = report.skipped.iter().map(ToString::to_string).collect();
    assert_eq!((report.stored, told), (1, vec!["bad.TXT, line 1: the file cannot be read".to_owned()]));
    assert!(ie5().load_file(folder.file("none")).unwrap_err().is_not_found());
}

#[test]
fn damaged_records_are_skipped_and_the_others_are_not() {
    let folder = Folder::new("msie-damaged");
    fs::write(folder.file("a.txt"), cookie("n", "v", "a.test/")).unwrap();
    let good = || url("Cookie:joe@a.test/", "a.txt");
    let changed = |at: usize, number: u32| {
        let mut record = good();
        record[at..at + 4].copy_from_slice(&number.to_le_bytes());
        record
    };
    let without_nul = |at: usize| {
        let mut record = good();
        record[at..].fill(b'x');
        record
    };
    for (sentence, record, expected) in [
        ("no length", changed(4, 0), vec![(1, Reason::CutOff)]),
        ("a length beyond the file", changed(4, 3000), vec![(1, Reason::CutOff)]),
        ("a length beyond all numbers", changed(4, u32::MAX), vec![(1, Reason::CutOff)]),
        ("a location beyond the record", changed(52, 256), vec![(1, Reason::CutOff)]),
        ("a location beyond the file", changed(52, u32::MAX), vec![(1, Reason::CutOff)]),
        ("a location without end", without_nul(104), vec![(1, Reason::CutOff)]),
        ("a name beyond the record", changed(60, u32::MAX), vec![(1, Reason::CutOff)]),
        ("a name without end", without_nul(180), vec![(1, Reason::CutOff)]),
        ("no user", url("Cookie:a.test/", "a.txt"), vec![(1, Reason::NoDomain)]),
        ("no host", url("Cookie:joe@/", "a.txt"), vec![(1, Reason::NoDomain)]),
        ("a host that is none", url("Cookie:joe@a b/", "a.txt"), vec![(1, Reason::BadDomain)]),
        ("no name", url("Cookie:joe@a.test/", ""), vec![(1, Reason::NoFile)]),
        ("no such file", url("Cookie:joe@a.test/", "b.txt"), vec![(1, Reason::NoFile)]),
        ("no cookie", url("Visited: joe@http://a.test/", "a.txt"), vec![]),
        ("no record at all", vec![0xef; 256], vec![]),
        ("a name that another record has too", good(), vec![]),
        ("a user with an @", url("Cookie:joe@work@a.test/p@q", "a.txt"), vec![]),
    ] {
        fs::write(folder.file("index.dat"), index(&[record, good()])).unwrap();
        let loaded = MsieFormat::new().read_file(&folder.file("index.dat"), FILE_LIMIT).unwrap();
        assert_eq!((loaded.cookies.len(), reasons(&loaded)), (1, expected), "{sentence}");
        assert!(loaded.skipped.iter().all(|skipped| skipped.unit == Unit::Record));
    }
    for (sentence, file, error) in [
        ("cut off", b"Client UrlCache MMF Ver 5.2\0".to_vec(), "the index.dat ends before its first record"),
        (
            "a history",
            index(&[url("Visited: joe@http://a.test/", "")]),
            "the index.dat is that of a cache or a history, and names no cookies",
        ),
        (
            "another version",
            b"Client UrlCache MMF Ver 6.0\0".to_vec(),
            "line 1: not a cookie file of Internet Explorer: it is cut off",
        ),
    ] {
        fs::write(folder.file("index.dat"), file).unwrap();
        let told = MsieFormat::new().read_file(&folder.file("index.dat"), FILE_LIMIT).unwrap_err().to_string();
        assert!(told.ends_with(error), "{sentence}: {told}");
    }
}

#[test]
fn no_name_leads_out_of_the_folder() {
    let folder = Folder::new("msie-names");
    fs::create_dir(folder.file("cookies")).unwrap();
    fs::create_dir(folder.file("cookies/sub")).unwrap();
    for file in ["secret.txt", "cookies/sub/s.txt", "cookies/a.txt"] {
        fs::write(folder.file(file), cookie("n", "v", "a.test/")).unwrap();
    }
    let absolute = folder.file("secret.txt").to_string_lossy().into_owned();
    let mut names =
        vec!["../secret.txt", "..\\secret.txt", "sub/s.txt", "./a.txt", "sub", "..", ".", "a.txt/", "CON", &absolute];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(folder.file("secret.txt"), folder.file("cookies/link.txt")).unwrap();
        names.push("link.txt");
        if std::process::Command::new("mkfifo")
            .arg(folder.file("cookies/pipe.txt"))
            .status()
            .is_ok_and(|made| made.success())
        {
            names.push("pipe.txt");
        } else {
            println!("skipped: mkfifo is not installed");
        }
    }
    for name in names {
        let mut record = url("Cookie:joe@a.test/", "");
        record.resize(180, 0);
        record.extend(name.as_bytes());
        record.resize(512, 0);
        record[4] = 4;
        let index = index(&[record]);
        fs::write(folder.file("cookies/index.dat"), index).unwrap();
        let loaded = MsieFormat::new().read_file(&folder.file("cookies/index.dat"), FILE_LIMIT).unwrap();
        assert_eq!((loaded.cookies.len(), reasons(&loaded)), (0, vec![(1, Reason::NoFile)]), "{name}");
    }
    let loaded = MsieFormat::new().read_file(&folder.file("cookies"), FILE_LIMIT).unwrap();
    assert_eq!(loaded.cookies.len(), 1, "a folder is read without its folders, links and pipes");
}

#[test]
fn text_files_together_have_a_limit_too() {
    let folder = Folder::new("msie-limit");
    let big = cookie("n", &"v".repeat(9_000), "a.test/");
    let records: Vec<Vec<u8>> = (0..4).map(|i| url("Cookie:joe@a.test/", &format!("{i}.txt"))).collect();
    (0..4).for_each(|i| fs::write(folder.file(&format!("{i}.txt")), &big).unwrap());
    fs::write(folder.file("index.dat"), index(&records)).unwrap();
    let load = |limit| MsieFormat::new().read_file(&folder.file("index.dat"), limit);
    assert_eq!(load(40_000).unwrap().cookies.len(), 4);
    let loaded = load(20_000).unwrap();
    assert_eq!((loaded.cookies.len(), reasons(&loaded)), (2, vec![(3, Reason::BadFile), (4, Reason::BadFile)]));
    assert!(load(17_000).unwrap_err().to_string().ends_with("more than 17000 bytes, which is its limit"), "the index");
}

#[test]
fn a_jar_of_internet_explorer_is_saved_in_another_format() {
    let (jar, other) = (ie5().username("joe"), everything(lwp()));
    jar.load().unwrap();
    let other = other.with_jar(&jar);
    assert!(saved(&other).contains("Set-Cookie3: cart=7; path=\"/shop/\"; domain=\"example.com\""));
}

#[cfg(not(windows))]
#[test]
fn other_systems_than_windows_have_no_registry() {
    let error = MsieCookieJar::default().username("joe").load_from_registry().unwrap_err();
    assert!(matches!(error, FileError::Unsupported { .. }) && error.path().is_none());
    let expected = "the registry with the folder of Internet Explorer's cookies is not to be had on this system";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn a_missing_index_is_not_found() {
    assert!(MsieCookieJar::new(Path::new("/no/such/index.dat")).load().unwrap_err().is_not_found());
}
