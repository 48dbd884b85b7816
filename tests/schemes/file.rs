//! `file:` URLs.

use std::fs::{self, File};
use std::io::Read;
use std::path::PathBuf;
use std::process::Command;

use clientcookie::ErrorKind;
use url::Url;

use super::{open, python};

/// A folder that is removed at the end of the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("clientcookie-file-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn url(&self, name: &str) -> String {
        Url::from_file_path(self.0.join(name)).unwrap().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_file_is_a_response() {
    let folder = Folder::new("response");
    fs::write(folder.0.join("a b.html"), "<p>hi").unwrap();
    let date = std::time::UNIX_EPOCH + std::time::Duration::from_secs(760_832_612);
    File::options().write(true).open(folder.0.join("a b.html")).unwrap().set_modified(date).unwrap();

    let url = folder.url("a b.html");
    assert!(url.contains("a%20b.html"));
    let mut response = open(&url).unwrap();
    assert_eq!(
        response.headers().to_string(),
        "Content-Type: text/html\nContent-Length: 5\nLast-Modified: Wed, 09 Feb 1994 22:23:32 GMT\n"
    );
    assert_eq!((response.status().as_u16(), response.reason(), response.url().as_str()), (200, "OK", url.as_str()));
    assert_eq!(response.text().unwrap(), "<p>hi");
}

#[test]
fn the_host_is_this_one() {
    let folder = Folder::new("host");
    fs::write(folder.0.join("a"), "hi").unwrap();
    let path = folder.url("a").strip_prefix("file://").unwrap().to_owned();
    for (says, url, opens) in [
        ("none", format!("file://{path}"), true),
        ("none, and no slashes", format!("file:{path}"), true),
        ("localhost", format!("file://localhost{path}"), true),
        ("in capitals", format!("FILE://LOCALHOST{path}"), true),
        ("loopback", format!("file://127.0.0.1{path}"), true),
        ("loopback of IPv6", format!("file://[::1]{path}"), true),
        ("another", format!("file://evil{path}"), false),
        ("another with a dot", format!("file://localhost.evil.test{path}"), false),
        ("another address", format!("file://10.0.0.1{path}"), false),
        ("a port", format!("file://evil:80{path}"), false),
        ("a port here", format!("file://localhost:80{path}"), false),
        ("a user", format!("file://me@evil{path}"), false),
    ] {
        match open(url.as_str()) {
            Ok(mut response) => assert!(opens && response.text().unwrap() == "hi", "{says}"),
            Err(error) => {
                assert!(!opens && matches!(error.kind(), ErrorKind::InvalidUrl { .. }), "{says}: {error}");
            }
        }
    }
}

#[test]
fn what_is_no_file_is_an_error_that_says_so() {
    let folder = Folder::new("nofile");
    fs::create_dir(folder.0.join("sub")).unwrap();
    fs::write(folder.0.join("a"), "hi").unwrap();
    for (says, name, words) in [
        ("a folder", "sub", "it is a folder"),
        ("a folder with a slash", "sub/", "it is a folder"),
        ("nothing", "missing", "o such file"),
        ("a NUL", "%00", "an escape that no file name has"),
        ("a NUL at the end", "a%00.txt", "an escape that no file name has"),
        ("an escaped slash", "sub%2f..%2fa", "an escape that no file name has"),
        ("in capitals", "sub%2F..%2Fa", "an escape that no file name has"),
    ] {
        let url = format!("{}/{name}", folder.url("").trim_end_matches('/'));
        let error = open(url.as_str()).expect_err(says).to_string();
        assert!(error.contains(words) && error.contains("file:"), "{says}: {error}");
    }
    let dots = format!("{}/sub/%2e%2e/a", folder.url("").trim_end_matches('/'));
    assert_eq!(open(dots.as_str()).unwrap().url().as_str(), folder.url("a"), "escaped dots are dots");
}

#[cfg(unix)]
#[test]
fn pipes_and_devices_are_not_waited_for() {
    let folder = Folder::new("pipe");
    match Command::new("mkfifo").arg(folder.0.join("pipe")).status() {
        Ok(status) if status.success() => {
            let error = open(folder.url("pipe")).unwrap_err().to_string();
            assert!(error.contains("it is a pipe or a device"), "{error}");
        }
        _ => println!("skipped: mkfifo is not installed"),
    }
    let error = open("file:///dev/zero").unwrap_err().to_string();
    assert!(error.contains("it is a pipe or a device"), "{error}");
}

#[test]
fn what_changes_while_it_is_read_keeps_to_its_length() {
    let folder = Folder::new("changes");
    let path = folder.0.join("a.txt");
    fs::write(&path, "four").unwrap();
    let mut response = open(folder.url("a.txt")).unwrap();
    fs::write(&path, "fourteen").unwrap();
    assert_eq!(response.text().unwrap(), "four", "what came later is not part of it");

    let mut response = open(folder.url("a.txt")).unwrap();
    fs::write(&path, "one").unwrap();
    let mut bytes = Vec::new();
    let error = clientcookie::Error::from(response.read_to_end(&mut bytes).unwrap_err());
    assert!(matches!(error.kind(), ErrorKind::IncompleteRead { got: 3, expected: Some(8) }), "{error}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_does_not_tell_its_length_is_read_to_its_end() {
    let folder = Folder::new("length");
    fs::write(folder.0.join("empty"), "").unwrap();
    for (says, url, length) in [
        ("it says nothing, and has lines", "file:///proc/self/status".to_owned(), None),
        ("it says nothing, and gives all in one read or none", "file:///proc/sys/kernel/pid_max".to_owned(), None),
        ("it says nothing, and is long", "file:///proc/kallsyms".to_owned(), None),
        ("it says a page, and has a word", "file:///sys/kernel/mm/transparent_hugepage/enabled".to_owned(), None),
        ("it says nothing, and that is true", folder.url("empty"), Some("0")),
    ] {
        let path = Url::parse(&url).unwrap().to_file_path().unwrap();
        let Ok(content) = fs::read(path) else {
            println!("skipped: {url} is not there");
            continue;
        };
        let mut response = open(url.as_str()).unwrap();
        assert_eq!(response.headers().get_str("Content-Length").as_deref(), length, "{says}");
        let mut bytes = Vec::new();
        response.read_to_end(&mut bytes).unwrap_or_else(|error| panic!("{says}: {error}"));
        // Numbers within may differ from one read to the next.
        assert_eq!(bytes.is_empty(), content.is_empty(), "{says}");
        assert!(bytes.len() + 100 > content.len(), "{says}: {} of {}", bytes.len(), content.len());
    }
}

/// Extensions whose type Python sees otherwise, and why ours is another.
const OTHERWISE: &[(&str, &str)] = &[
    ("js", "text/javascript is what RFC 9239 says, and Python from 3.12 on"),
    ("mjs", "as js"),
    ("gz", "Python has it as the encoding of something else"),
    ("bz2", "as gz"),
    ("xz", "as gz"),
    ("tgz", "Python unpacks it in its mind"),
    ("jar", "IANA's java-archive is not known to Python 3.11"),
    ("rtf", "unknown to Python 3.11"),
    ("log", "as rtf"),
    ("md", "Python 3.11 does not know it without the system's list"),
    ("ttf", "unknown to Python 3.11, as are the fonts"),
];

#[test]
fn python_guesses_the_same_types() {
    let folder = Folder::new("types");
    let extensions = "html htm txt css csv js mjs json xml pdf ps zip tar png jpg jpeg gif svg bmp tiff ico mp3 wav mp4 \
                      mpeg webm mov avi doc xls ppt sh py rtf tsv wasm gz bz2 xz tgz jar log md ttf nonsense";
    let program = "
import sys, mimetypes
types = mimetypes.MimeTypes(filenames=())
for extension in sys.argv[1].split():
    print(types.guess_type('a.' + extension)[0] or 'application/octet-stream')
";
    let Some(printed) = python(program, &[extensions]) else {
        return;
    };
    for (extension, theirs) in extensions.split_whitespace().zip(printed.lines()) {
        let name = format!("a.{extension}");
        fs::write(folder.0.join(&name), "").unwrap();
        let response = open(folder.url(&name)).unwrap();
        let ours = response.headers().get_str("Content-Type").unwrap();
        let reason = OTHERWISE.iter().find(|(other, _)| *other == extension);
        assert!(ours == theirs || reason.is_some(), "{extension}: {ours}, Python has {theirs}");
    }
}
