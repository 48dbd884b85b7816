//! An index that is not whole.

use super::*;
use crate::stores::Random;

/// An index with a damage.
type Damage = fn(&mut Vec<u8>);

/// Where the first record of a URL is, and its item.
fn first_url(index: &[u8]) -> (usize, usize) {
    let mut items = (FIRST_RECORD + 16..FIRST_RECORD + 16 + 448 * 8).step_by(8);
    let item = items.find(|item| number(index, *item) & 1 == 0).unwrap();
    (number(index, item + 4), item)
}

#[test]
fn an_index_that_is_not_whole_is_refused_and_left_as_it_is() {
    let folder = Folder::new("msie-damaged");
    put(&store(&folder), lasting("n", "v", "a.test"));
    put(&store(&folder), lasting("n", "v", "b.test"));
    let good = fs::read(folder.file("index.dat")).unwrap();
    let table: &[(&str, Damage, &str)] = &[
        ("nothing", |index| index.clear(), "this is not an index.dat"),
        ("another version", |index| index[25] = b'6', "this is not an index.dat"),
        ("a byte less", |index| _ = index.pop(), "the file is shorter or longer"),
        ("a header that promises more", |index| set(index, 36, 0x100), "the file is shorter or longer"),
        ("a header that counts more", |index| set(index, 40, 99), "more or fewer blocks"),
        ("a bit beyond the end", |index| index[0x3fff] = 1, "blocks are in use beyond the end"),
        ("a table in the header", |index| set(index, 32, 128), "a record is said to be where none can be"),
        ("a table between blocks", |index| set(index, 32, 0x4001), "a record is said to be where none can be"),
        ("a table that is none", |index| index[0x4000] = b'h', "a hash table is none"),
        ("a table that is its own next", |index| set(index, 0x4008, 0x4000), "two records have one block"),
        ("a table of another number", |index| set(index, 0x400c, 1), "a hash table is none, or is out of order"),
        ("a table of one block", |index| set(index, 0x4004, 1), "a hash table is none, or is out of order"),
        ("a table without an end", |index| set(index, 0x4004, usize::MAX >> 32), "a record is cut off"),
        ("a table never written", |index| set(index, 0x4010, 0x0bad_f00d), "a hash table was never written"),
        (
            "a record that is none",
            |index| {
                let (record, _) = first_url(index);
                index[record] = b'L';
            },
            "a hash leads to what is no record of a URL",
        ),
        (
            "a record with another location",
            |index| {
                let (record, _) = first_url(index);
                index[record + 104 + 12] ^= 1;
            },
            "a record has another hash than its location",
        ),
        (
            "a record whose location has no end",
            |index| {
                let (record, _) = first_url(index);
                index[record + 104..record + 256].fill(b'x');
            },
            "a record is cut off",
        ),
        (
            "a record whose location is elsewhere",
            |index| {
                let (record, _) = first_url(index);
                set(index, record + 52, 0x7fff_ffff);
            },
            "a record is cut off",
        ),
        (
            "a record of no blocks",
            |index| {
                let (record, _) = first_url(index);
                set(index, record + 4, 0);
            },
            "a record is cut off",
        ),
        (
            "a record of more blocks than it has",
            |index| {
                let (record, _) = first_url(index);
                set(index, record + 4, 5);
            },
            "",
        ),
        (
            "two items of one record",
            |index| {
                let (record, item) = first_url(index);
                let key = number(index, item);
                set(index, item + 8, key);
                set(index, item + 12, record);
            },
            "two records have one block",
        ),
        (
            "two records with one text file",
            |index| {
                let other = b"joe@b[1].txt";
                let found = index.windows(other.len()).position(|bytes| bytes == other).unwrap();
                index[found + 4] = b'a';
            },
            "two records have one text file",
        ),
        (
            "a history",
            |index| {
                *index = vec![0; 0];
                index.extend(fs::read("fixtures/files/msie/ie4/index.dat").unwrap());
            },
            "this is not an index.dat of Internet Explorer 5 to 9 or of Wine",
        ),
    ];
    for (sentence, damage, reason) in table {
        let mut bad = good.clone();
        damage(&mut bad);
        let open = store(&folder);
        assert_eq!(names(&open), ["n", "n"]);
        fs::write(folder.file("index.dat"), &bad).unwrap();
        let before = folder.names();
        let error = MsieStore::create(folder.path()).unwrap_err().to_string();
        assert!(error.contains(reason) && error.contains("index.dat: "), "{sentence}: {error}");
        let error = open.put(Arc::new(lasting("m", "v", "a.test")), None).unwrap_err().to_string();
        assert!(error.contains(reason), "{sentence}: {error}");
        assert!(open.snapshot().is_err() && open.remove_all(Scope::All).is_err(), "{sentence}");
        assert_eq!(fs::read(folder.file("index.dat")).unwrap(), bad, "{sentence}: it is as it was");
        assert_eq!(folder.names(), before, "{sentence}");
        fs::write(folder.file("index.dat"), &good).unwrap();
        assert_eq!(names(&open), ["n", "n"], "{sentence}: and goes on when it is whole again");
    }
}

/// At no length and with no byte changed does it panic or go on for ever.
#[test]
fn a_damaged_index_never_panics() {
    let folder = Folder::new("msie-cut");
    for host in 0..40 {
        put(&store(&folder), lasting("n", "v", &format!("h{host}.test")));
    }
    let good = fs::read(folder.file("index.dat")).unwrap();
    let mut random = Random(0x0dd);
    for round in 0..400 {
        let mut bad = good.clone();
        if round % 4 == 0 {
            bad.truncate(random.below(bad.len()));
        }
        // Where something is, most of the time.
        for _ in 0..=random.below(3) {
            let end = if random.one_in(2) { 80 } else { 0x8000 };
            let begin = if end == 80 { 28 } else { FIRST_RECORD };
            if let Some(byte) = bad.get_mut(begin + random.below(end - begin)) {
                *byte = u8::try_from(random.below(256)).unwrap();
            }
        }
        fs::write(folder.file("index.dat"), &bad).unwrap();
        if let Ok(store) = MsieStore::create(folder.path()) {
            let _ = store.put(Arc::new(lasting("m", "v", "new.test")), None);
            if let Ok(index) = fs::read(folder.file("index.dat")) {
                whole_header(&index);
            }
        }
        fs::write(folder.file("index.dat"), &good).unwrap();
    }
}

fn whole_header(index: &[u8]) {
    assert_eq!(number(index, 28), index.len());
}
