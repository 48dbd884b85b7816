//! `Cookies.binarycookies`.

use super::*;

/// What the fields of a record are: places are offsets in it.
struct Record {
    size: u32,
    flags: u32,
    has_port: u32,
    places: [u32; 6],
    expires: f64,
    /// What lies behind the fields.
    rest: Vec<u8>,
}

impl Record {
    /// A cookie that can be read.
    fn good() -> Self {
        let rest = b"a.test\0n\0/\0v\0".to_vec();
        let size = 56 + u32::try_from(rest.len()).unwrap();
        Self { size, flags: 0, has_port: 0, places: [56, 63, 65, 67, 0, 0], expires: 1e9, rest }
    }

    fn with_rest(rest: &[u8], places: [u32; 6]) -> Self {
        let size = 56 + u32::try_from(rest.len()).unwrap();
        Self { rest: rest.to_vec(), places, size, ..Self::good() }
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let numbers = [self.size, 0, self.flags, self.has_port];
        numbers.iter().chain(&self.places).for_each(|number| bytes.extend(number.to_le_bytes()));
        bytes.extend(self.expires.to_le_bytes());
        bytes.extend(0_f64.to_le_bytes());
        bytes.extend(&self.rest);
        bytes
    }
}

fn page(records: &[Record]) -> Vec<u8> {
    let mut page = b"\0\0\x01\0".to_vec();
    page.extend(u32::try_from(records.len()).unwrap().to_le_bytes());
    let mut offset = 12 + 4 * records.len();
    for record in records {
        page.extend(u32::try_from(offset).unwrap().to_le_bytes());
        offset += record.bytes().len();
    }
    page.extend([0; 4]);
    records.iter().for_each(|record| page.extend(record.bytes()));
    page
}

fn file(pages: &[Vec<u8>]) -> Vec<u8> {
    let mut file = b"cook".to_vec();
    file.extend(u32::try_from(pages.len()).unwrap().to_be_bytes());
    pages.iter().for_each(|page| file.extend(u32::try_from(page.len()).unwrap().to_be_bytes()));
    pages.iter().for_each(|page| file.extend(page));
    file
}

fn read(records: &[Record]) -> Loaded {
    SafariFormat::new().read(&file(&[page(records)])).unwrap()
}

#[test]
fn the_file_is_read_as_another_reader_reads_it() {
    let loaded = SafariFormat::new().read_file("fixtures/files/safari/Cookies.binarycookies".as_ref(), FILE_LIMIT);
    let expected = fs::read_to_string("fixtures/files/safari/binarycookies.txt").unwrap();
    let read: Vec<String> = loaded.unwrap().cookies.iter().map(line).collect();
    assert_eq!(read, expected.lines().collect::<Vec<_>>());

    fn line(cookie: &Cookie) -> String {
        let flags = match (cookie.secure(), cookie.http_only()) {
            (true, true) => "Secure; HttpOnly",
            (true, false) => "Secure",
            (false, true) => "HttpOnly",
            (false, false) => "Unknown",
        };
        let comment = cookie.comment().unwrap_or("-".into());
        let expires = cookie.expires().unwrap().to_string();
        [cookie.domain(), &cookie.path(), &cookie.name(), &cookie.value_str(), &expires, flags, &comment].join("\t")
    }
}

#[test]
fn records_are_read() {
    let named = |rest: &[u8]| Record::with_rest(rest, [56, 63, 65, 67, 0, 0]);
    for (sentence, record, expected) in [
        ("the simplest", Record::good(), "<Cookie n=v for a.test/> 2032-09-09 01:46:40Z path_specified"),
        (
            "no time is a session",
            Record { expires: 0.0, ..Record::good() },
            "<Cookie n=v for a.test/> session path_specified",
        ),
        (
            "and so is what is no number",
            Record { expires: f64::NAN, ..Record::good() },
            "<Cookie n=v for a.test/> session path_specified",
        ),
        (
            "a time before 2001",
            Record { expires: -978_307_200.0, ..Record::good() },
            "<Cookie n=v for a.test/> 1970-01-01 00:00:00Z path_specified",
        ),
        (
            "flags that nobody knows",
            Record { flags: !5, ..Record::good() },
            "<Cookie n=v for a.test/> 2032-09-09 01:46:40Z path_specified",
        ),
        (
            "a port, in the two bytes behind the times",
            Record { has_port: 1, ..Record::with_rest(b"\x90\x1fa.test\0n\0/\0v\0", [58, 65, 67, 69, 0, 0]) },
            "<Cookie n=v for a.test:8080/> 2032-09-09 01:46:40Z path_specified",
        ),
        (
            "strings in any order, and one for two",
            Record::with_rest(b"v\0n\0a.test\0/\0", [60, 58, 67, 56, 58, 0]),
            "<Cookie n=v for a.test/> 2032-09-09 01:46:40Z path_specified n",
        ),
        (
            "no name: the cookie is its value",
            Record::with_rest(b"a.test\0\0/\0v\0", [56, 63, 64, 66, 0, 0]),
            "<Cookie v for a.test/> 2032-09-09 01:46:40Z path_specified",
        ),
        (
            "a domain in capitals",
            named(b"A.TEST\0n\0/\0v\0"),
            "<Cookie n=v for a.test/> 2032-09-09 01:46:40Z path_specified",
        ),
    ] {
        let loaded = read(&[record]);
        assert_eq!(
            loaded.cookies.iter().map(shown).collect::<Vec<_>>(),
            [expected],
            "{sentence}: {:?}",
            loaded.skipped
        );
    }
    let far = read(&[Record { expires: f64::INFINITY, ..Record::good() }]);
    assert_eq!(far.cookies[0].expires(), Some(i64::MAX), "the end of time");
}

#[test]
fn records_that_cannot_be_read_are_skipped_and_the_others_are_not() {
    let named = |rest: &[u8]| Record::with_rest(rest, [56, 63, 65, 67, 0, 0]);
    let placed = |places| Record { places, ..Record::good() };
    for (sentence, record, reason) in [
        ("a size beyond the page", Record { size: 10_000, ..Record::good() }, Reason::CutOff),
        ("a size of all there is", Record { size: u32::MAX, ..Record::good() }, Reason::CutOff),
        ("a size of nothing", Record { size: 0, ..Record::good() }, Reason::CutOff),
        ("a size that ends within the fields", Record { size: 55, ..Record::good() }, Reason::CutOff),
        ("a name beyond the record", placed([56, 200, 65, 67, 0, 0]), Reason::CutOff),
        ("a name beyond all numbers", placed([56, u32::MAX, 65, 67, 0, 0]), Reason::CutOff),
        ("a comment beyond the record", placed([56, 63, 65, 67, 69, 0]), Reason::CutOff),
        ("a value without its end", named(b"a.test\0n\0/\0v"), Reason::CutOff),
        ("a control character", named(b"a.test\0\x01\0/\0v\0"), Reason::ControlCharacter),
        ("no domain", placed([62, 63, 65, 67, 0, 0]), Reason::NoDomain),
        ("a domain that is no host", named(b"a test\0n\0/\0v\0"), Reason::BadDomain),
        ("neither name nor value", placed([56, 62, 65, 62, 0, 0]), Reason::NoName),
    ] {
        let loaded = read(&[Record::good(), record, Record::good()]);
        let skipped: Vec<_> =
            loaded.skipped.iter().map(|skipped| (skipped.unit, skipped.line, skipped.reason)).collect();
        assert_eq!(skipped, [(Unit::Record, 2, reason)], "{sentence}");
        assert_eq!(loaded.cookies.len(), 2, "{sentence}");
    }
}

#[test]
fn records_that_claim_more_than_their_page_are_skipped() {
    let mut page = page(&[Record::good()]);
    let offset = page[8..12].to_vec();
    // The same cookie a hundred times, of which the table alone makes room for a few.
    page[4..8].copy_from_slice(&100_u32.to_le_bytes());
    let record = page.split_off(16);
    let start = 8 + 400;
    page.truncate(8);
    (0..100).for_each(|_| page.extend(u32::try_from(start).unwrap().to_le_bytes()));
    page.extend(record);
    assert_eq!(offset, 16_u32.to_le_bytes());
    let loaded = SafariFormat::new().read(&file(&[page.clone()])).unwrap();
    assert_eq!((loaded.cookies.len(), loaded.skipped_lines), (page.len() / 69, 100 - page.len() / 69));
    assert!(loaded.skipped.iter().all(|skipped| skipped.reason == Reason::Overlap), "{:?}", loaded.skipped);
}

#[test]
fn files_that_are_damaged_or_none_are_errors() {
    let whole = file(&[page(&[Record::good()]), page(&[Record::good()])]);
    let changed = |at: usize, bytes: &[u8]| {
        let mut file = whole.clone();
        file[at..at + bytes.len()].copy_from_slice(bytes);
        file
    };
    for (sentence, file, error) in [
        ("nothing", vec![], "not a binarycookies file: it does not begin with \"cook\""),
        ("another file", b"SQLite format 3\0".to_vec(), "not a binarycookies file: it does not begin with \"cook\""),
        ("no number of pages", b"cook\0".to_vec(), "the file ends before its last page"),
        ("more pages than bytes", changed(4, &[0xff; 4]), "the file ends before its last page"),
        ("a page beyond the end", changed(12, &[0, 0, 1, 0]), "the file ends before its last page"),
        ("a page of no bytes", changed(12, &[0; 4]), "page 2 of the file is none"),
        ("a page with another beginning", changed(16, &[1]), "page 1 of the file is none"),
        ("more cookies than the page has bytes", changed(20, &[0xff; 4]), "page 1 of the file is none"),
    ] {
        assert_eq!(SafariFormat::new().read(&file).unwrap_err().to_string(), error, "{sentence}");
    }
    let jar = FileCookieJar::<SafariFormat>::without_filename();
    jar.set_cookie(Cookie::new("n", "v", "a.test"));
    assert!(jar.load_from(&whole[..whole.len() - 1]).is_err());
    assert_eq!(jar.len(), 1, "the jar is as it was");
}
