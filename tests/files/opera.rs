//! `cookies4.dat`.

use super::*;

const HEADER: &[u8] = b"\0\0\x10\0\0\0\x20\0\0\x01\0\x02";

fn record(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap().to_be_bytes();
    [&[tag][..], &length, content].concat()
}

fn domain(name: &str) -> Vec<u8> {
    record(0x01, &record(0x1e, name.as_bytes()))
}

fn path(name: &str) -> Vec<u8> {
    record(0x02, &record(0x1d, name.as_bytes()))
}

fn cookie(fields: &[Vec<u8>]) -> Vec<u8> {
    record(0x03, &[record(0x10, b"n"), record(0x11, b"v"), fields.concat()].concat())
}

fn read(records: &[Vec<u8>]) -> Result<Loaded, FormatError> {
    OperaFormat::new().read(&[HEADER, &records.concat()].concat())
}

/// What is read of one cookie of `a.test`.
fn field(fields: &[Vec<u8>]) -> Loaded {
    read(&[domain("test"), domain("a"), cookie(fields)]).unwrap()
}

#[test]
fn the_file_is_read_as_perl_reads_it() {
    let loaded = OperaFormat::new().read_file("fixtures/files/opera/perl.dat".as_ref(), FILE_LIMIT).unwrap();
    let mut read: Vec<String> = loaded.cookies.iter().map(line).collect();
    read.sort();
    let expected = fs::read_to_string("fixtures/files/opera/perl.txt").unwrap();
    assert_eq!(read, expected.lines().collect::<Vec<_>>());

    /// perl's module knows no domains, so that each host is alone.
    fn line(cookie: &Cookie) -> String {
        let (expires, secure) = (cookie.expires().unwrap().to_string(), u8::from(cookie.secure()).to_string());
        let host = cookie.domain().trim_start_matches('.');
        [host, &cookie.path(), &cookie.name(), &cookie.value_str(), &expires, &secure].join("\t")
    }
}

#[test]
fn fields_are_read() {
    for (sentence, fields, expected) in [
        ("none", vec![], "<Cookie n=v for .a.test/> session domain_specified path_specified"),
        ("only for the server that sent it", vec![vec![0x9b]], "<Cookie n=v for a.test/> session path_specified"),
        ("secure", vec![vec![0x99], vec![0x9b]], "<Cookie n=v for a.test/> session secure path_specified"),
        (
            "a time of four bytes",
            vec![record(0x12, b"\x7f\xe8\x17\x80"), vec![0x9b]],
            "<Cookie n=v for a.test/> 2038-01-01 00:00:00Z path_specified",
        ),
        (
            "and of eight",
            vec![record(0x12, b"\0\0\0\0\x7f\xe8\x17\x80"), vec![0x9b]],
            "<Cookie n=v for a.test/> 2038-01-01 00:00:00Z path_specified",
        ),
        (
            "and of two, as its leading zeros may be missing",
            vec![record(0x12, b"\x0e\x10"), vec![0x9b]],
            "<Cookie n=v for a.test/> 1970-01-01 01:00:00Z path_specified",
        ),
        ("and of none", vec![record(0x12, b""), vec![0x9b]], "<Cookie n=v for a.test/> session path_specified"),
        (
            "what RFC 2965 adds",
            vec![record(0x1a, b"\x01"), record(0x18, b"80"), record(0x14, b"why"), vec![0x9b]],
            "<Cookie n=v for a.test:80/> session path_specified rfc2109 why",
        ),
        (
            "what nobody knows",
            vec![record(0x77, b"x"), vec![0xf7], vec![0x9b]],
            "<Cookie n=v for a.test/> session path_specified",
        ),
    ] {
        let loaded = field(&fields);
        assert_eq!(
            loaded.cookies.iter().map(shown).collect::<Vec<_>>(),
            [expected],
            "{sentence}: {:?}",
            loaded.skipped
        );
    }
}

#[test]
fn cookies_stand_where_the_tree_says() {
    let (end, path_end) = (vec![0x84], vec![0x85]);
    let c = || cookie(&[]);
    for (sentence, records, expected) in [
        ("one part only: no hosts below it", vec![domain("com"), c()], vec!["com/"]),
        ("an address", vec![domain("127.0.0.1"), c()], vec!["127.0.0.1/"]),
        ("two parts", vec![domain("com"), domain("a"), c()], vec![".a.com/"]),
        (
            "a domain after another",
            vec![domain("com"), domain("a"), c(), path_end.clone(), end.clone(), domain("b"), c()],
            vec![".a.com/", ".b.com/"],
        ),
        (
            "paths below paths, and after them",
            vec![
                domain("com"),
                domain("a"),
                path("x"),
                path("y"),
                c(),
                path_end.clone(),
                c(),
                path_end.clone(),
                path("z"),
                c(),
                path_end.clone(),
                c(),
            ],
            vec![".a.com/x/y", ".a.com/x", ".a.com/z", ".a.com/"],
        ),
        (
            "a domain has paths of its own, also if those before it have no end",
            vec![domain("com"), path("x"), domain("a"), c()],
            vec![".a.com/"],
        ),
        (
            "more ends than beginnings",
            vec![end.clone(), path_end.clone(), path_end, end, domain("com"), domain("a"), c()],
            vec![".a.com/"],
        ),
    ] {
        let loaded = read(&records).unwrap();
        let places: Vec<String> = loaded.cookies.iter().map(|c| format!("{}{}", c.domain(), c.path())).collect();
        assert_eq!(places, expected, "{sentence}");
    }
}

#[test]
fn cookies_that_cannot_be_read_are_skipped_and_the_others_are_not() {
    let a_test = || [domain("test"), domain("a")].concat();
    for (sentence, bad, reason) in [
        ("a field beyond the record", record(0x03, b"\x10\0\x09n"), Reason::CutOff),
        ("a field without its length", record(0x03, b"\x10\0\x01n\x11\0"), Reason::CutOff),
        ("neither name nor value", record(0x03, b"\x99"), Reason::NoName),
        ("a control character", record(0x03, &record(0x10, b"a\nb")), Reason::ControlCharacter),
        ("a time of nine bytes", cookie(&[record(0x12, &[1; 9])]), Reason::BadExpiry),
        ("a time beyond all times", cookie(&[record(0x12, &[0xff; 8])]), Reason::BadExpiry),
        ("a version beyond all numbers", cookie(&[record(0x1a, &[0xff; 5])]), Reason::BadVersion),
        ("a port that is no text", cookie(&[record(0x18, b"\xff")]), Reason::BadPort),
        ("a domain that is no host", [domain("a b"), cookie(&[]), vec![0x84]].concat(), Reason::BadDomain),
        ("a domain without a name", [vec![0x84, 0x84], cookie(&[]), a_test()].concat(), Reason::NoDomain),
    ] {
        let loaded = read(&[a_test(), cookie(&[]), bad, cookie(&[])]).unwrap();
        let skipped: Vec<_> =
            loaded.skipped.iter().map(|skipped| (skipped.unit, skipped.line, skipped.reason)).collect();
        assert_eq!(skipped, [(Unit::Record, 2, reason)], "{sentence}");
        assert_eq!(loaded.cookies.len(), 2, "{sentence}");
    }
}

#[test]
fn tags_and_lengths_are_as_long_as_the_header_says() {
    let header = b"\0\0\x10\0\0\0\x20\x07\0\x02\0\x04";
    let wide = |tag: u16, content: &[u8]| {
        let length = u32::try_from(content.len()).unwrap().to_be_bytes();
        [&tag.to_be_bytes()[..], &length, content].concat()
    };
    let cookie = [wide(0x10, b"n"), wide(0x11, b"v"), b"\x80\x19".to_vec()].concat();
    let file = [&header[..], &wide(0x01, &wide(0x1e, b"127.0.0.1")), &wide(0x03, &cookie), b"\x80\x04"].concat();
    let loaded = OperaFormat::new().read(&file).unwrap();
    assert_eq!(shown(&loaded.cookies[0]), "<Cookie n=v for 127.0.0.1/> session secure path_specified");
}

#[test]
fn files_that_are_damaged_or_none_are_errors() {
    const NOT: &str = "not a cookies4.dat file of Opera";
    const LENGTHS: &str = "its tags and lengths are to have other than one to four bytes";
    for (sentence, file, error) in [
        ("nothing", &b""[..], NOT),
        ("half a header", &HEADER[..11], NOT),
        ("another file", b"SQLite format 3\0", NOT),
        ("a later version", b"\0\0\x20\0\0\0\x20\0\0\x01\0\x02", NOT),
        ("the cache's file", b"\0\0\x10\0\0\x02\0\0\0\x01\0\x02", NOT),
        ("tags without bytes", b"\0\0\x10\0\0\0\x20\0\0\0\0\x02", LENGTHS),
        ("lengths of five bytes", b"\0\0\x10\0\0\0\x20\0\0\x01\0\x05", LENGTHS),
        ("lengths of 258 bytes", b"\0\0\x10\0\0\0\x20\0\0\x01\x01\x02", LENGTHS),
        ("a record without its length", b"\0\0\x10\0\0\0\x20\0\0\x01\0\x02\x01\0", "the file ends within a record"),
        ("a record beyond the end", b"\0\0\x10\0\0\0\x20\0\0\x01\0\x02\x01\0\x05abcd", "the file ends within a record"),
        (
            "a name beyond its domain",
            b"\0\0\x10\0\0\0\x20\0\0\x01\0\x02\x01\0\x03\x1e\0\x09",
            "the file ends within a record",
        ),
    ] {
        assert_eq!(OperaFormat::new().read(file).unwrap_err().to_string(), error, "{sentence}");
    }
    assert!(OperaFormat::new().read(HEADER).unwrap().cookies.is_empty(), "a header alone is a file without cookies");
}

#[test]
fn a_small_file_does_not_become_many_cookies_with_long_paths() {
    let long = path(&"x".repeat(60_000));
    let file = [vec![domain("test"), domain("a"), long], vec![cookie(&[]); 100]].concat();
    let error = read(&file).unwrap_err();
    assert_eq!(error.to_string(), "its cookies would take more than 16 times the file and 1 MiB");
    let few = [vec![domain("test"), domain("a"), path(&"x".repeat(1000))], vec![cookie(&[]); 100]].concat();
    assert_eq!(read(&few).unwrap().cookies.len(), 100);
}
