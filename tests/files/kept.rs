//! What a load could not take is told, and kept where a save would lose it.

use std::io::Write;

use super::*;
use crate::transport::debug::{is_child, stderr_of};

const LOSSY: &str = "# Netscape HTTP Cookie File\n.q.example\tTRUE\t/\tFALSE\t1999999999\tq\t\"a; b\"\n\
                     .q.example\tTRUE\t/\tFALSE\t1999999999\tn\tv\tenc\n.q.example\tTRUE\t/\tFALSE\t1999999999\tok\t1\n";

fn jar_of(folder: &Folder, content: &str) -> MozillaCookieJar {
    fs::write(folder.file("F"), content).unwrap();
    MozillaCookieJar::new(folder.file("F")).with_jar(&memory())
}

/// A logger belongs to a whole process, so this test runs the program once more for itself alone.
#[test]
fn what_a_load_has_lost_is_a_warning_in_the_log() {
    if is_child() {
        let mut builder = env_logger::builder();
        builder.filter(None, log::LevelFilter::Warn);
        builder.format(|out, record| writeln!(out, "{} {}|{}", record.level(), record.target(), record.args())).init();
        let folder = Folder::new("kept-log");
        assert!(jar_of(&folder, LOSSY).load().unwrap().is_lossy());
        let odd = jar_of(&folder, "# Netscape HTTP Cookie File\n.q.example\tTRUE\tx\tFALSE\t1999999999\tok\t1\n");
        assert!(!odd.load().unwrap().is_lossy());
        return;
    }
    let log = stderr_of("files::kept::what_a_load_has_lost_is_a_warning_in_the_log", &[]);
    assert_eq!(
        log.lines().collect::<Vec<_>>(),
        [
            "WARN clientcookie::cookies|cookie file: skipped, line 3: it has more than seven columns",
            "WARN clientcookie::cookies|cookie file: refused, cookie q for .q.example/: its name or value holds a separator",
            "WARN clientcookie::cookies|cookie file: odd, line 2: the path does not begin with a slash; / is taken",
        ]
    );
}

#[test]
fn a_file_from_which_a_load_has_lost_something_is_kept() {
    let folder = Folder::new("kept");
    let jar = jar_of(&folder, LOSSY);
    let report = jar.load().unwrap();
    assert!(report.is_lossy());
    assert_eq!(
        report.problems().collect::<Vec<_>>(),
        [
            "skipped, line 3: it has more than seven columns",
            "refused, cookie q for .q.example/: its name or value holds a separator"
        ]
    );
    // A clone is the same jar.
    let saved = jar.clone().save().unwrap();
    assert_eq!((saved.saved, saved.backup), (1, Some(folder.file("F.bak"))));
    assert_eq!(fs::read_to_string(folder.file("F.bak")).unwrap(), LOSSY);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(folder.file("F.bak")).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(jar.save().unwrap().backup, None, "what is replaced now was saved here");
    assert_eq!(folder.names(), ["F", "F.bak"]);

    let other = LOSSY.replace("enc", "other");
    let again = jar_of(&folder, &other);
    again.load().unwrap();
    assert_eq!(again.save().unwrap().backup, Some(folder.file("F.bak2")), "no backup is replaced");
    assert_eq!(fs::read_to_string(folder.file("F.bak2")).unwrap(), other);
}

#[test]
fn a_file_is_kept_where_that_helps_and_nowhere_else() {
    let whole = LOSSY
        .lines()
        .filter(|line| !line.contains("\tn\t") && !line.contains(';'))
        .fold(String::new(), |text, line| text + line + "\n");
    for (sentence, content, load, keep, expected) in [
        ("nothing is lost", whole.as_str(), true, None, false),
        ("nothing was loaded: the program knows what it does", LOSSY, false, None, false),
        ("something is lost", LOSSY, true, None, true),
        ("all of it", "{\"a\": 1}\n", true, None, true),
        ("told not to", LOSSY, true, Some(false), false),
        ("told to", whole.as_str(), false, Some(true), true),
    ] {
        let folder = Folder::new("kept-where");
        let mut jar = jar_of(&folder, content);
        if let Some(keep) = keep {
            jar = jar.keep_backup(keep);
        }
        if load {
            let _ = jar.load();
        }
        assert_eq!(jar.save().unwrap().backup.is_some(), expected, "{sentence}");
        assert_eq!(folder.file("F.bak").exists(), expected, "{sentence}");
    }
    let folder = Folder::new("kept-not-there");
    let jar = MozillaCookieJar::new(folder.file("F")).keep_backup(true);
    assert!(jar.load().unwrap_err().is_not_found());
    assert_eq!(jar.save().unwrap().backup, None, "there was none");
}

#[test]
fn whether_a_file_can_be_saved_is_told_before() {
    let folder = Folder::new("can-save");
    for (sentence, name, expected) in [
        ("a new file", "F", true),
        ("a folder", "", false),
        ("no folder to save in", "none/F", false),
        ("a file for a folder", "file/F", false),
    ] {
        fs::write(folder.file("file"), "").unwrap();
        let jar = MozillaCookieJar::new(folder.file(name));
        assert_eq!(jar.can_save().is_ok(), expected, "{sentence}");
        assert_eq!(jar.save().is_ok(), expected, "{sentence}: and so it is");
        let _ = fs::remove_file(folder.file("F"));
    }
    assert!(matches!(MozillaCookieJar::without_filename().can_save(), Err(FileError::NoFilename)));
}

#[cfg(unix)]
#[test]
fn only_regular_files_are_loaded() {
    let folder = Folder::new("regular");
    let pipe = folder.file("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    // Nobody writes into the pipe: who opened it would wait for ever.
    for path in [pipe, folder.0.clone(), "/dev/null".into(), "/dev/zero".into()] {
        let errors = [
            everything(mozilla()).load_file(&path).unwrap_err(),
            everything(lwp()).revert_file(&path).unwrap_err(),
            FileKind::of_file(&path).unwrap_err(),
        ];
        for error in errors {
            assert!(matches!(error, FileError::NotAFile { .. }), "{error}");
            let sentence = format!("{}: is not a regular file, and is neither loaded nor replaced", path.display());
            assert_eq!(error.to_string(), sentence);
        }
    }
    std::os::unix::fs::symlink(folder.file("F"), folder.file("link")).unwrap();
    jar_of(&folder, LOSSY);
    assert_eq!(mozilla().load_file(folder.file("link")).unwrap().stored, 1, "a link to a file is one");
}

#[test]
fn a_long_list_of_problems_has_an_end() {
    let jar = mozilla();
    let report = jar.load_from(format!("# Netscape HTTP Cookie File\n{}", "x\n".repeat(1500)).as_bytes()).unwrap();
    let problems: Vec<String> = report.problems().collect();
    assert_eq!((problems.len(), problems[1000].as_str()), (1001, "skipped, 500 more"));
}
