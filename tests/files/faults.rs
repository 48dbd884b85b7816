//! What has gone wrong with cookie files elsewhere, F1 to F7.

use super::*;

#[test]
fn f1_no_cookie_becomes_two() {
    let evil = "x\nb.test\tTRUE\t/\tFALSE\t0\tsid\tstolen\nSet-Cookie3: sid=stolen; domain=.b.test";
    for end in ["\n", "\r\n", "\r", "\0", "\t"] {
        let evil = evil.replace('\n', end);
        let cookies = [
            Cookie::new(evil.as_str(), "v", "a.test"),
            Cookie::new("n", evil.as_str(), "a.test"),
            Cookie::new("n", "v", "a.test").with_path(evil.as_str()),
            Cookie::new("n", "v", &evil),
        ];
        for cookie in cookies {
            let written = MozillaFormat::new().write(std::slice::from_ref(&cookie)).unwrap();
            assert_eq!(written.left_out.len(), 1, "{cookie:?}");
            assert!(!written.bytes.windows(6).any(|bytes| bytes == b"stolen"), "{cookie:?}");
            assert!(!written.left_out[0].reason.contains("stolen"));
            let written = LwpFormat::new().write(std::slice::from_ref(&cookie)).unwrap();
            let lines = written.bytes.split(|byte| b"\r\n".contains(byte)).filter(|line| !line.is_empty());
            assert_eq!(lines.count(), 2, "{cookie:?}");
            assert_eq!(LwpFormat::new().read(&written.bytes).unwrap().cookies, [cookie]);
        }
    }
    for domain in ["#a.test", "#HttpOnly_a.test", "$a.test", ".#a.test"] {
        let written = MozillaFormat::new().write(&[Cookie::new("n", "v", domain)]).unwrap();
        assert_eq!(written.left_out.len(), 1, "{domain}");
    }
    for name in ["#n", "$n", "#HttpOnly_n"] {
        let cookie = Cookie::new(name, name, "a.test");
        let written = MozillaFormat::new().write(&[cookie]).unwrap();
        assert_eq!(MozillaFormat::new().read(&written.bytes).unwrap().cookies[0].name(), name);
    }
}

#[test]
fn f1_long_lines_and_files_are_errors() {
    let line = format!("#LWP-Cookies-2.0\nSet-Cookie3: n={}; domain=a.test\n", "v".repeat(100 * 1024));
    assert_eq!(LwpFormat::new().read(line.as_bytes()).unwrap().skipped, [skipped(2, Reason::TooLong)]);
    let error = MozillaFormat::new().read(line.as_bytes()).unwrap_err();
    let sentence = "line 1: not a cookies.txt file: this is an LWP cookie file; load it with LwpFormat";
    assert_eq!(error.to_string(), sentence);
    assert_eq!(LwpFormat::new().line_limit(200_000).read(line.as_bytes()).unwrap().cookies.len(), 1);
    let cookie = [Cookie::new("n", "v".repeat(100 * 1024), "a.test")];
    for written in [LwpFormat::new().write(&cookie), MozillaFormat::new().write(&cookie)] {
        assert_eq!(written.unwrap().left_out[0].reason, "its line would be too long");
    }
    a_line_may_be_as_long_as_its_limit(LwpFormat::new(), LwpFormat::line_limit);
    a_line_may_be_as_long_as_its_limit(MozillaFormat::new(), MozillaFormat::line_limit);

    let jar = lwp().file_limit(1000);
    let endless = std::io::repeat(b'\n');
    let error = jar.load_from(endless).unwrap_err();
    assert_eq!(error.to_string(), "the file would have more than 1000 bytes, which is its limit");
    (0..100).for_each(|i| jar.set_cookie(Cookie::new(format!("n{i}"), "v", "a.test")));
    assert!(jar.ignore_discard(true).save_to(std::io::sink()).is_err(), "no file that could not be loaded");
}

fn a_line_may_be_as_long_as_its_limit<F>(format: F, line_limit: fn(F, usize) -> F)
where
    F: CookieFormat + WriteFormat + Clone,
{
    let cookies = [Cookie::new("a", "1", "a.test"), Cookie::new("b", "2", "a.test")];
    let file = format.write(&cookies).unwrap().bytes;
    let length = file.trim_ascii_end().split(|&byte| byte == b'\n').next_back().unwrap().len();
    let enough = line_limit(format.clone(), length);
    assert_eq!(enough.write(&cookies).unwrap().bytes, file);
    assert_eq!(enough.read(&file).unwrap().cookies.len(), 2);
    let short = line_limit(format, length - 1);
    assert_eq!(short.write(&cookies).unwrap().left_out.len(), 2);
    assert_eq!(short.read(&file).unwrap().skipped.iter().filter(|line| line.reason == Reason::TooLong).count(), 2);
}

#[test]
fn f2_values_inject_no_attributes() {
    for value in
        ["x\"; domain=\".bank.test\"", "\\", "\\\"", "a\\\\\"; secure", "\"", "a, b=c; domain=.bank.test", " x "]
    {
        // In a jar a value with a semicolon is refused; the format takes it all the same.
        let cookie = Cookie::new("n", value, "a.test");
        let written = LwpFormat::new().write(std::slice::from_ref(&cookie)).unwrap();
        assert_eq!(LwpFormat::new().read(&written.bytes).unwrap().cookies, [cookie], "{value}");
    }
}

#[cfg(unix)]
mod on_unix {
    use super::*;
    use std::io::{BufRead, BufReader, Write};
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::path::Path;
    use std::process::{Command, Stdio};
    use std::time::{Duration, SystemTime};

    fn jar(path: &Path) -> MozillaCookieJar {
        let jar = MozillaCookieJar::new(path).with_jar(&memory()).ignore_discard(true);
        jar.set_cookie(Cookie::new("n", "v", "a.test"));
        jar
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    #[test]
    fn f3_nobody_else_can_read_the_file() {
        let folder = Folder::new("f3");
        let (new, old) = (folder.file("new"), folder.file("old"));
        fs::write(&old, "public").unwrap();
        fs::set_permissions(&old, fs::Permissions::from_mode(0o644)).unwrap();
        for path in [&new, &old] {
            jar(path).save().unwrap();
            assert_eq!(mode(path), 0o600, "{path:?}");
        }
        assert_eq!(folder.names(), ["new", "old"], "nothing is left beside them");
    }

    #[test]
    fn f3_nobody_else_can_read_the_file_whatever_the_umask() {
        const FILE: &str = "CLIENTCOOKIE_SAVE_ONCE";
        if let Some(path) = env::var_os(FILE) {
            return drop(jar(Path::new(&path)).save().unwrap());
        }
        let folder = Folder::new("f3-umask");
        let path = folder.file("cookies");
        let test = "files::faults::on_unix::f3_nobody_else_can_read_the_file_whatever_the_umask";
        let mut shell = Command::new("sh");
        shell.args(["-c", "umask 000; exec \"$0\" --exact \"$1\""]).arg(env::current_exe().unwrap()).arg(test);
        let saved = shell.env(FILE, &path).stdout(Stdio::null()).status().unwrap();
        assert!(saved.success() && mode(&path) == 0o600, "{:o}", mode(&path));
    }

    #[test]
    fn f4_links_are_not_followed_unless_asked_for() {
        let folder = Folder::new("f4");
        let (target, link, dangling) = (folder.file("target"), folder.file("link"), folder.file("dangling"));
        fs::write(&target, "old").unwrap();
        symlink(&target, &link).unwrap();
        symlink(folder.file("nowhere"), &dangling).unwrap();
        for link in [&link, &dangling] {
            assert!(matches!(jar(link).save(), Err(FileError::Symlink { .. })), "{link:?}");
        }
        assert_eq!(fs::read_to_string(&target).unwrap(), "old");
        jar(&link).follow_symlinks(true).save().unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink(), "the link stays");
        assert!(fs::read_to_string(&target).unwrap().ends_with("\tn\tv\n"));
        assert_eq!(mode(&target), 0o600);
        let error = jar(&dangling).follow_symlinks(true).save().unwrap_err();
        assert!(error.is_not_found() && !folder.file("nowhere").exists(), "{error}");
    }

    #[test]
    fn f4_only_files_are_replaced() {
        let folder = Folder::new("f4-kinds");
        let (below, pipe) = (folder.file("below"), folder.file("pipe"));
        fs::create_dir(&below).unwrap();
        let made = Command::new("mkfifo").arg(&pipe).status().is_ok_and(|status| status.success());
        for path in [Some(&below), made.then_some(&pipe)].into_iter().flatten() {
            let error = jar(path).save().unwrap_err();
            assert!(matches!(error, FileError::NotAFile { .. }), "{error}");
        }
        let planted = folder.file("cookies.tmp");
        symlink(folder.file("elsewhere"), &planted).unwrap();
        jar(&folder.file("cookies")).save().unwrap();
        assert!(fs::symlink_metadata(&planted).unwrap().is_symlink() && !folder.file("elsewhere").exists());
        for path in ["", "/", ".."] {
            assert!(jar(Path::new(path)).save().is_err(), "{path:?}");
        }
    }

    #[test]
    fn f5_a_failed_save_leaves_the_old_file() {
        let folder = Folder::new("f5");
        let path = folder.file("cookies");
        fs::write(&path, "old").unwrap();
        let error = jar(&path).file_limit(10).save().unwrap_err();
        assert!(error.to_string().contains("more than 10 bytes"), "{error}");
        assert_eq!((fs::read_to_string(&path).unwrap().as_str(), folder.names()), ("old", vec!["cookies".to_owned()]));
        let error = jar(&folder.file("missing/cookies")).save().unwrap_err();
        assert!(error.is_not_found() && error.to_string().contains("missing/cookies: cannot be written: "), "{error}");
        // A disk that is full, where there is one to try.
        let full = Path::new("/dev/full");
        if let Ok(device) = fs::OpenOptions::new().write(true).open(full) {
            assert!(matches!(jar(&path).save_to(device), Err(FileError::Io { doing: "written", .. })));
            assert!(matches!(jar(full).save(), Err(FileError::NotAFile { .. })));
        }
    }

    /// Two sets of cookies, of which the file has the one or the other; a line is printed after
    /// each.
    fn save_forever(path: &Path) {
        let jars = ["one", "other"].map(|name| {
            let jar = jar(path);
            (0..300).for_each(|i| jar.set_cookie(Cookie::new(format!("{name}{i}"), "v", "a.test")));
            jar
        });
        let mut output = std::io::stdout();
        for jar in jars.iter().cycle() {
            let saved = jar.save().map_err(std::io::Error::other);
            if saved.and_then(|_| output.write_all(b"saved\n")).is_err() {
                return; // Whoever reads the lines is gone.
            }
        }
    }

    #[test]
    fn f5_a_killed_saver_leaves_a_whole_file() {
        const FILE: &str = "CLIENTCOOKIE_SAVE_FOREVER";
        const KILLS: usize = 200;
        if let Some(path) = env::var_os(FILE) {
            return save_forever(Path::new(&path));
        }
        let folder = Folder::new("f5-killed");
        let path = folder.file("cookies");
        let test = "files::faults::on_unix::f5_a_killed_saver_leaves_a_whole_file";
        for round in 0..KILLS {
            let mut saver = Command::new(env::current_exe().unwrap());
            let saver = saver.args(["--exact", test, "--nocapture"]).env(FILE, &path).stdout(Stdio::piped());
            let mut saver = saver.spawn().unwrap();
            let mut lines = BufReader::new(saver.stdout.take().unwrap()).lines().map_while(Result::ok);
            assert!(lines.any(|line| line.ends_with("saved")), "{round}");
            // It is killed while it saves again, at another moment each time.
            (0..round * 300).for_each(|_| std::hint::spin_loop());
            saver.kill().unwrap();
            assert!(!saver.wait().unwrap().success(), "{round}: it was still at it");
            let report = mozilla().ignore_discard(true).load_file(&path).unwrap();
            assert_eq!((report.stored, report.skipped_lines), (301, 0), "{round}");
        }
        // Else it was never killed where it matters.
        let left = folder.names().len() - 1;
        assert!(left > 0, "no kill came between the first byte and the last");
        println!("{left} of {KILLS} were killed with half a file beside the whole one");
    }

    #[test]
    fn f5_what_killed_savers_left_is_taken_away_in_time() {
        let folder = Folder::new("f5-stale");
        let path = folder.file("cookies.txt");
        let hour = Duration::from_secs(60 * 60);
        let make = |name: &str, age: Duration| {
            let file = fs::File::create(folder.file(name)).unwrap();
            file.set_modified(SystemTime::now() - age).unwrap();
        };
        let stale = [".cookies.txt.0123456789abcdef.tmp", ".cookies.txt.ffffffffffffffff.tmp"];
        let others = [
            ".cookies.lwp.0123456789abcdef.tmp",
            ".cookies.txt..0123456789abcdef.tmp",
            ".cookies.txt.0123456789ABCDEF.tmp",
            ".cookies.txt.0123456789abcde.tmp",
            ".cookies.txt.0123456789abcdef.tmp~",
            ".cookies.txt.tmp",
            "cookies.txt.0123456789abcdef.tmp",
            "x.cookies.txt.0123456789abcdef.tmp",
        ];
        stale.iter().chain(&others).for_each(|name| make(name, hour * 2));
        let fresh = ".cookies.txt.1111111111111111.tmp";
        make(fresh, hour - Duration::from_secs(60));
        make("precious", hour * 2);
        let (link, below) = (".cookies.txt.2222222222222222.tmp", ".cookies.txt.3333333333333333.tmp");
        symlink(folder.file("precious"), folder.file(link)).unwrap();
        // Where this fails, the link stays for being young.
        let _ = Command::new("touch").args(["-h", "-d", "2 hours ago"]).arg(folder.file(link)).status();
        fs::create_dir(folder.file(below)).unwrap();
        fs::File::open(folder.file(below)).unwrap().set_modified(SystemTime::now() - hour * 2).unwrap();

        let failed = jar(&path).file_limit(10).save();
        assert!(failed.is_err() && folder.file(stale[0]).exists(), "a save that fails takes nothing away");
        jar(&path).save().unwrap();
        let mut expected: Vec<&str> = [&others[..], &[fresh, link, below, "precious", "cookies.txt"]].concat();
        expected.sort_unstable();
        assert_eq!(folder.names(), expected);
    }

    #[test]
    fn f5_two_savers_leave_one_whole_file() {
        let folder = Folder::new("f5-two");
        let path = folder.file("cookies");
        let saver = |name: &'static str| {
            let jar = jar(&path);
            (0..500).for_each(|i| jar.set_cookie(Cookie::new(format!("{name}{i}"), "v", "a.test")));
            move || (0..20).for_each(|_| drop(jar.save().unwrap()))
        };
        let (one, other) = (saver("one"), saver("other"));
        std::thread::scope(|scope| {
            scope.spawn(one);
            scope.spawn(other);
            scope.spawn(|| {
                for _ in 0..100 {
                    let reader = mozilla().ignore_discard(true);
                    match reader.load_file(&path) {
                        Ok(report) => assert_eq!((report.stored, report.skipped_lines), (501, 0)),
                        Err(error) => assert!(error.is_not_found(), "{error}"),
                    }
                }
            });
        });
        assert_eq!(folder.names(), ["cookies"]);
    }

    #[test]
    fn f6_a_name_is_only_a_name() {
        let folder = Folder::new("f6");
        for name in ["|id > stolen", ">x", "| touch stolen", "$(touch stolen)", "-", "cookies.gz", "fd:0"] {
            let path = folder.file(name);
            assert!(jar(&path).load().unwrap_err().is_not_found(), "{name}");
            jar(&path).save().unwrap();
            assert_eq!(folder.names(), [name], "{name}");
            assert_eq!(jar(&path).load().unwrap().stored, 1, "{name}");
            fs::remove_file(path).unwrap();
        }
    }
}

#[test]
fn f7_hostile_files_are_errors_with_a_line_and_leave_the_jar() {
    let files: [(&str, &[u8], usize); 4] = [
        ("NULs", b"\0\0\0\n\0", 1),
        ("a page", b"<!DOCTYPE html>\n<html>\n", 1),
        ("SQLite", b"SQLite format 3\0\x10\0\x01\x01\0@", 1),
        ("a comment, and nonsense", b"# a file\n\nnonsense\n", 3),
    ];
    for (sentence, file, line) in files {
        let (netscape, perl) = (mozilla(), lwp());
        for jar in [netscape.jar(), perl.jar()] {
            jar.set_cookie(Cookie::new("n", "v", "a.test"));
        }
        assert_eq!(netscape.load_from(file).unwrap_err().line(), Some(line), "{sentence}");
        assert_eq!(perl.load_from(file).unwrap_err().line(), Some(1), "{sentence}");
        assert_eq!((netscape.len(), perl.len()), (1, 1), "{sentence}");
    }
}

#[test]
fn f7_a_file_of_nonsense_fills_no_memory() {
    let mut file = b"a.test\tFALSE\t/\tFALSE\t99999999999\tn\tv\n".to_vec();
    file.extend(b"x\n".repeat(100_000));
    let report = mozilla().load_from(&file[..]).unwrap();
    assert_eq!((report.stored, report.skipped.len(), report.skipped_lines), (1, 1000, 100_000));
    assert_eq!(report.skipped[0].to_string(), "line 2: it has fewer than six columns");
}
