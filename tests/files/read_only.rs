//! The formats that are only read, together: what is read of the fixtures, of any bytes, and how
//! much work that is.

use std::path::Path;

use super::round_trip::Random;
use super::*;
use crate::support::{assert_linear, can_measure_work};

type Read = fn(&Path) -> Result<Loaded, FileError>;

const LIMIT: usize = FILE_LIMIT;

/// The files, and whether their bytes are all that is read.
const FIXTURES: &[(&str, Read, bool)] = &[
    ("msie/ie4/index.dat", msie, false),
    ("msie/ie5/index.dat", msie, false),
    ("msie/wine/index.dat", msie, false),
    ("msie/wine/IK2TR9T4.txt", msie, true),
    ("safari/Cookies.binarycookies", |path| SafariFormat::new().read_file(path, LIMIT), true),
    ("kde/cookies", |path| KdeFormat::new().read_file(path, LIMIT), true),
    ("opera/perl.dat", |path| OperaFormat::new().read_file(path, LIMIT), true),
    ("opera/documented.dat", |path| OperaFormat::new().read_file(path, LIMIT), true),
];

fn msie(path: &Path) -> Result<Loaded, FileError> {
    MsieFormat::new().username("joe").read_file(path, LIMIT)
}

fn fixture(name: &str) -> PathBuf {
    Path::new("fixtures/files").join(name)
}

/// Writes a new file; some file systems bring one that is written over to the disk at once.
fn write(file: &Path, bytes: &[u8]) {
    let _ = fs::remove_file(file);
    fs::write(file, bytes).unwrap();
}

#[test]
fn fixtures_are_read() {
    let mut read = String::new();
    for (name, reader, _) in FIXTURES {
        let loaded = reader(&fixture(name)).unwrap();
        read += &format!("== {name}\n");
        loaded.cookies.iter().for_each(|cookie| read += &format!("{}\n", shown(cookie)));
        loaded.skipped.iter().for_each(|skipped| read += &format!("{skipped}\n"));
    }
    let expected = fs::read_to_string(fixture("read-only.txt")).unwrap();
    assert!(read == expected, "read-only.txt is not what was read:\n{read}");
}

#[test]
fn fixtures_cut_off_anywhere_are_survived() {
    let folder = Folder::new("read-only-cut");
    let file = folder.file("file");
    for (name, reader, _) in FIXTURES.iter().filter(|(_, _, alone)| *alone) {
        let whole = fs::read(fixture(name)).unwrap();
        let most = reader(&fixture(name)).unwrap().cookies.len();
        for end in 0..whole.len() {
            write(&file, &whole[..end]);
            if let Ok(loaded) = reader(&file) {
                assert!(loaded.cookies.len() <= most, "{name} cut off at {end}");
            }
        }
    }
}

#[test]
fn fixtures_with_bytes_changed_at_random_are_survived() {
    let mut random = Random(0x0c00_c1e5);
    let folder = Folder::new("read-only-random");
    for name in ["joe@example[1].txt", "joe@example[2].txt", "joe@www.other[1].txt"] {
        fs::copy(fixture("msie/ie5").join(name), folder.file(name)).unwrap();
    }
    let file = folder.file("file");
    for (name, reader, alone) in FIXTURES {
        let whole = fs::read(fixture(name)).unwrap();
        // What is only filled up tells nothing when it is changed.
        let places: Vec<usize> = (0..whole.len()).filter(|&at| *alone || whole[at] != 0 || at % 128 < 72).collect();
        let places: Vec<usize> = places.into_iter().filter(|at| *alone || *at < 64 || *at >= 0x5000).collect();
        for round in 0..300 {
            let mut changed = whole.clone();
            for _ in 0..=random.below(6) {
                let at = places[random.below(places.len())];
                changed[at] = match random.below(4) {
                    0 => 0,
                    1 => 0xff,
                    2 => changed[at] ^ (1 << random.below(8)),
                    _ => u8::try_from(random.below(256)).unwrap(),
                };
            }
            if random.below(10) == 0 {
                changed.truncate(random.below(changed.len()));
            }
            write(&file, &changed);
            if let Ok(loaded) = reader(&file) {
                let bytes: usize = loaded.cookies.iter().map(|cookie| cookie.value().len()).sum();
                assert!(bytes <= 100_000 && loaded.skipped.len() <= 1000, "{name}, round {round}");
                // What was read can be stored, and asked for.
                let jar = everything(lwp());
                loaded.cookies.into_iter().for_each(|cookie| jar.set_cookie(cookie));
                let _ = (header(&jar, "http://www.example.com/shop/"), jar.to_string());
            }
        }
    }
}

/// Bytes of the larger file.
const SIZE: usize = 64 * 1024;

#[test]
fn twice_the_file_is_no_more_than_three_times_the_work() {
    if !can_measure_work() {
        return;
    }
    let le = |number: usize| u32::try_from(number).unwrap().to_le_bytes();
    let be = |number: usize| u32::try_from(number).unwrap().to_be_bytes();
    let page = |cookies: usize, size: usize, offset: &dyn Fn(usize) -> usize, fill: &[u8]| {
        let mut page = [&b"\0\0\x01\0"[..], &le(cookies)].concat();
        (0..cookies).for_each(|i| page.extend(le(offset(i))));
        page.extend(fill.iter().cycle().take(size.saturating_sub(page.len())));
        [&b"cook"[..], &be(1), &be(page.len()), &page].concat()
    };
    let opera = |pieces: &[u8], size: usize| {
        let mut file = b"\0\0\x10\0\0\0\x20\0\0\x01\0\x02".to_vec();
        file.extend(pieces.iter().cycle().take(size / pieces.len() * pieces.len()));
        file
    };
    let down_then_cookies = |size: usize| {
        let cookie = b"\x03\0\x04\x10\0\x01n";
        let mut file = opera(b"\x01\0\x04\x1e\0\x01a", size / 2);
        file.extend(cookie.iter().cycle().take(size / 2 / cookie.len() * cookie.len()));
        file
    };
    let index = |records: &dyn Fn(usize) -> Vec<u8>, size: usize| {
        let mut file = b"Client UrlCache MMF Ver 5.2\0".to_vec();
        file.resize(0x4000, 0);
        (0..size / 256).for_each(|i| file.extend(records(i)));
        file
    };
    let cookie_record = |i: usize| {
        let mut record = [&b"URL \x02\0\0\0"[..], &[0; 44], &le(104), &[0; 4], &le(140), &[0; 40]].concat();
        record.extend(format!("Cookie:joe@h{i}.test/").bytes());
        record.resize(140, 0);
        record.extend(format!("joe@h{i}.txt").bytes());
        record.resize(256, 0);
        record
    };
    let text = |pieces: &str, size: usize| pieces.repeat(size / pieces.len()).into_bytes();
    let kde = |line: &str, size: usize| [b"# KDE Cookie File v2\n".to_vec(), text(line, size)].concat();
    type Make<'a> = Box<dyn Fn(usize) -> Vec<u8> + 'a>;
    let files: Vec<(&str, Box<dyn CookieFormat>, Make)> = vec![
        (
            "Safari, cookies that all lie in one place",
            Box::new(SafariFormat::new()),
            Box::new(move |size| page(size / 16, size, &|_| size / 4 + 8, &le(size / 8))),
        ),
        (
            "Safari, cookies that overlap by all but four bytes",
            Box::new(SafariFormat::new()),
            Box::new(move |size| page(size / 16, size, &|i| size / 4 + 8 + i * 4, &le(size / 2))),
        ),
        (
            "Safari, a page for each cookie and none",
            Box::new(SafariFormat::new()),
            Box::new(move |size| {
                let pages = size / 16;
                let mut file = [&b"cook"[..], &be(pages)].concat();
                (0..pages).for_each(|_| file.extend(be(12)));
                (0..pages).for_each(|_| file.extend(b"\0\0\x01\0\0\0\0\0\0\0\0\0"));
                file
            }),
        ),
        (
            "Opera, domains below domains",
            Box::new(OperaFormat::new()),
            Box::new(|s| opera(b"\x01\0\x04\x1e\0\x01a", s)),
        ),
        ("Opera, domains without end, then cookies", Box::new(OperaFormat::new()), Box::new(down_then_cookies)),
        ("Opera, paths below paths", Box::new(OperaFormat::new()), Box::new(|s| opera(b"\x02\0\x04\x1d\0\x01a", s))),
        (
            "Opera, paths below paths, each with a cookie",
            Box::new(OperaFormat::new()),
            Box::new(|s| opera(b"\x02\0\x04\x1d\0\x01a\x03\0\x04\x10\0\x01n", s)),
        ),
        ("Opera, ends", Box::new(OperaFormat::new()), Box::new(|s| opera(b"\x84\x85", s))),
        ("MSIE, lines", Box::new(MsieFormat::new()), Box::new(|s| text("a\n", s))),
        ("MSIE, ends", Box::new(MsieFormat::new()), Box::new(|s| text("*\n", s))),
        ("MSIE, cookies", Box::new(MsieFormat::new()), Box::new(|s| text("n\nv\na.test/\n0\n0\n0\n0\n0\n*\n", s))),
        ("KDE, quotes", Box::new(KdeFormat::new().line_limit(SIZE * 2)), Box::new(|s| kde("\"\" ", s))),
        ("KDE, blanks", Box::new(KdeFormat::new().line_limit(SIZE * 2)), Box::new(|s| kde("a  ", s))),
        ("KDE, cookies", Box::new(KdeFormat::new()), Box::new(|s| kde("a.test \"\" \"/\" 1 0 n 0 v\n", s))),
    ];
    for (what, format, make) in files {
        let (half, whole) = (make(SIZE / 2), make(SIZE));
        assert_linear(what, SIZE, &|size| drop(format.read(if size < SIZE { &half } else { &whole })));
    }
    // An index is read from a file, and each record looks for another one.
    let folder = Folder::new("read-only-linear");
    type Records<'a> = &'a dyn Fn(usize) -> Vec<u8>;
    let records: [(&str, Records); 3] = [
        ("an index of cookies", &cookie_record),
        ("an index of strings without an end", &|_| {
            [&b"URL \x02\0\0\0"[..], &[1; 44], &le(8), &[1; 4], &le(8), &[1; 192]].concat()
        }),
        ("an index of records with false lengths", &|_| [&b"URL \xff\xff\xff\0"[..], &[0; 120]].concat().repeat(2)),
    ];
    for (what, record) in records {
        fs::write(folder.file("half"), index(record, SIZE / 2)).unwrap();
        fs::write(folder.file("whole"), index(record, SIZE)).unwrap();
        let run = |size: usize| drop(msie(&folder.file(if size < SIZE { "half" } else { "whole" })));
        assert_linear(what, SIZE, &run);
    }
}
