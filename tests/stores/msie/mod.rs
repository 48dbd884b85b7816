//! The store in a cookie folder of Internet Explorer.

mod damaged;

use std::cell::Cell;
use std::fs;
use std::sync::Arc;
use std::time::Duration;

use clientcookie::clock::FixedClock;
use clientcookie::cookie::*;

use super::{Folder, conformance};

/// In the year 2038.
const LATER: i64 = 2_145_916_800;
const FIRST_RECORD: usize = 0x4000;

fn store(folder: &Folder) -> MsieStore {
    MsieStore::create(folder.path()).unwrap().username("joe")
}

fn put(store: &MsieStore, cookie: Cookie) {
    store.put(Arc::new(cookie), None).unwrap();
}

fn lasting(name: &str, value: &str, domain: &str) -> Cookie {
    Cookie::new(name, value, domain).with_expires(LATER)
}

fn names(store: &MsieStore) -> Vec<String> {
    store.snapshot().unwrap().iter().map(|stored| stored.cookie.name().into_owned()).collect()
}

fn number(file: &[u8], offset: usize) -> usize {
    u32::from_le_bytes(*file[offset..].first_chunk().unwrap()) as usize
}

fn set(index: &mut [u8], offset: usize, number: usize) {
    index[offset..offset + 4].copy_from_slice(&u32::try_from(number).unwrap().to_le_bytes());
}

#[test]
fn the_store_in_a_folder_of_internet_explorer_conforms() {
    let (folder, number) = (Folder::new("msie-conforms"), Cell::new(0));
    conformance::conforms(&|| {
        number.set(number.get() + 1);
        let folder = folder.file(&number.get().to_string());
        fs::create_dir(&folder).unwrap();
        Box::new(MsieStore::create(folder).unwrap())
    });
}

#[test]
fn a_text_file_says_what_it_can() {
    let folder = Folder::new("msie-text");
    let clock = Arc::new(FixedClock::new(1_767_225_600));
    let jar = CookieJar::with_parts(store(&folder), DefaultCookiePolicy::new(), clock);
    let url = url::Url::parse("https://www.example.com/Shop/cart").unwrap();
    for line in ["a=1; Max-Age=60; Secure; HttpOnly", "b=; Max-Age=60", "c=2; Max-Age=60; SameSite=Lax", "d=session"] {
        jar.set_from_str(line, &url).unwrap();
    }
    jar.set_from_str("e=3; Domain=example.com; Path=/; Max-Age=60", &url).unwrap();
    let read = |name: &str| fs::read_to_string(folder.file(name)).unwrap();
    let times = "3057927680\n31226545";
    let lines = read("joe@www.example[1].txt");
    let begins = format!("a\n1\nwww.example.com/Shop\n25601\n{times}\n");
    assert!(lines.starts_with(&begins), "{lines}");
    assert_eq!(lines.lines().count(), 27, "three cookies, and the session's is not there");
    assert!(read("joe@example[1].txt").starts_with("e\n3\n.example.com/\n1024\n"));
    assert_eq!(
        folder.names(),
        ["index.dat", "index.dat.lock", "joe@example[1].txt", "joe@www.example[1].txt"],
        "the old ones are gone"
    );
}

/// Bytes that the format has no room for, and whoever has the folder open.
#[test]
fn what_the_format_has_no_room_for_is_in_memory_as_long_as_the_store_is() {
    let folder = Folder::new("msie-memory");
    let first = store(&folder);
    put(&first, lasting("a", "1", "a.test").with_comment("c").with_attribute("SameSite", "Lax").with_port("80"));
    put(&first, Cookie::new("session", "s", "a.test"));
    put(&first, lasting("control", "\u{1}", "a.test"));
    put(&first, lasting("long", "v", "a.test").with_path(format!("/{}", "x".repeat(2100))));
    assert_eq!(names(&first), ["a", "session", "control", "long"]);

    let second = store(&folder);
    assert_eq!(names(&second), ["a"]);
    let (mine, theirs) = (first.snapshot().unwrap(), second.snapshot().unwrap());
    assert_eq!((mine[0].cookie.port(), theirs[0].cookie.port()), (Some("80"), None));
    assert_eq!((mine[0].by_user, theirs[0].by_user, mine[0].created), (true, false, theirs[0].created));

    put(&second, lasting("b", "2", "a.test"));
    assert_eq!(first.len().unwrap(), 5, "what another has put in is seen");
    let kept = first.get("a.test", b"/", b"a").unwrap().unwrap();
    assert_eq!(kept.port(), Some("80"), "and the rest is as it was");
    put(&second, lasting("a", "3", "a.test"));
    let found = first.get("a.test", b"/", b"a").unwrap().unwrap();
    assert_eq!((found.value(), found.port()), (&b"3"[..], None), "until another has changed it");
    put(&first, Cookie::new("a", "4", "a.test"));
    assert_eq!(names(&second), ["b"], "one that lasts for the session only is not in the folder any more");
}

#[test]
fn times_beyond_those_of_windows_are_the_last_and_the_first() {
    let folder = Folder::new("msie-times");
    put(&store(&folder), lasting("late", "v", "a.test").with_expires(i64::MAX));
    put(&store(&folder), lasting("early", "v", "a.test").with_expires(i64::MIN));
    let expires: Vec<_> = store(&folder).snapshot().unwrap().iter().map(|stored| stored.cookie.expires()).collect();
    assert_eq!(expires, [Some(910_692_730_085), Some(-11_644_473_600)]);
}

#[test]
fn the_file_grows_by_steps_and_its_free_blocks_are_used_again() {
    let folder = Folder::new("msie-grows");
    let store = store(&folder);
    let index = || fs::read(folder.file("index.dat")).unwrap();
    let hosts = 600;
    for host in 0..hosts {
        put(&store, lasting("n", "v", &format!("h{host}.test")));
        if host % 50 == 0 {
            whole(&index());
        }
    }
    let full = index();
    whole(&full);
    assert!(number(&full, number(&full, 32) + 8) > 0, "there is a second hash table");
    let removed = store.remove_all(Scope::All).unwrap();
    assert_eq!((removed, number(&index(), 40)), (hosts, number(&full, 40) - 2 * hosts), "two blocks each are free");
    whole(&index());
    for host in 0..hosts {
        put(&store, lasting("n", "v", &format!("x{host}.test")));
    }
    assert_eq!(index().len(), full.len(), "and used again");
    // One whose record does not fit into its place any more moves, and comes back.
    for path in ["/a", "/b"] {
        put(&store, lasting("n", "v", "moves.test").with_path(path.repeat(400)));
    }
    whole(&index());
    assert_eq!(super::msie::store(&folder).len().unwrap(), hosts + 2);
}

/// What Wine asks of an index before it reads it, and this crate's own reader finds in it.
fn whole(index: &[u8]) {
    let (size, blocks, in_use) = (number(index, 28), number(index, 36), number(index, 40));
    assert_eq!((size, FIRST_RECORD + blocks * 128), (index.len(), index.len()));
    assert!(size.is_multiple_of(0x4000), "{size}");
    let bits: u32 = index[0x250..FIRST_RECORD].iter().map(|byte| byte.count_ones()).sum();
    assert_eq!(bits as usize, in_use);
    // Blocks that are free hold no record.
    for block in 0..blocks {
        let is_free = index[0x250 + block / 8] & 1 << (block % 8) == 0;
        assert!(!is_free || !index[FIRST_RECORD + block * 128..].starts_with(b"URL "), "block {block}");
    }
}

#[test]
fn what_is_passed_over_in_a_text_file_is_kept_in_a_copy() {
    let folder = Folder::new("msie-odd");
    let first = store(&folder);
    put(&first, lasting("a", "1", "a.test"));
    let name = "joe@a[1].txt";
    let odd = fs::read_to_string(folder.file(name)).unwrap() + "b\n2\nb.test/\n1024\n1\n1\n1\n1\n*\nhalf\n";
    fs::write(folder.file(name), &odd).unwrap();
    let second = store(&folder);
    assert_eq!(names(&second), ["a"], "a cookie of another host is not believed");
    put(&second, lasting("c", "3", "a.test"));
    assert_eq!(folder.names(), ["index.dat", "index.dat.lock", "joe@a[1].txt.bak", "joe@a[2].txt"]);
    assert_eq!(fs::read_to_string(folder.file("joe@a[1].txt.bak")).unwrap(), odd);
}

#[test]
fn the_cookies_of_others_stay() {
    let folder = Folder::new("msie-users");
    put(&store(&folder).username("jane"), lasting("hers", "1", "a.test"));
    let jane = MsieStore::create(folder.path()).unwrap();
    assert_eq!(names(&jane), ["hers"], "the only user is meant, unless another is named");
    put(&store(&folder).username("Joe"), lasting("his", "2", "a.test"));
    assert_eq!(names(&store(&folder)), ["his"], "case does not matter");
    store(&folder).remove_all(Scope::All).unwrap();
    assert_eq!((names(&jane), names(&store(&folder)).len()), (vec!["hers".to_owned()], 0));
    assert_eq!(folder.names(), ["index.dat", "index.dat.lock", "jane@a[1].txt"]);
}

#[test]
fn what_wine_has_written_is_read_and_written() {
    let folder = Folder::new("msie-wine");
    for file in fs::read_dir("fixtures/files/msie/wine-8.0").unwrap().map(Result::unwrap) {
        fs::copy(file.path(), folder.file(file.file_name().to_str().unwrap())).unwrap();
    }
    let store = store(&folder);
    let shown = |store: &MsieStore| -> Vec<String> {
        store.snapshot().unwrap().iter().map(|stored| stored.cookie.to_string()).collect()
    };
    let (a, b) = ("<Cookie a=1 for www.example.com/dir/>", "<Cookie b=1 for example.com/>");
    assert_eq!(shown(&store), [a, b]);
    assert!(store.get("example.com", b"/", b"b").unwrap().unwrap().http_only());
    put(&store, lasting("b", "2", "example.com"));
    put(&store, lasting("c", "3", "other.test"));
    store.remove("www.example.com", b"/dir/", b"a").unwrap();
    let index = fs::read(folder.file("index.dat")).unwrap();
    whole(&index);
    assert!(index.starts_with(b"WINE URLCache Ver 0.2012001\0"), "it is Wine's still");
    assert_eq!(shown(&super::msie::store(&folder)), ["<Cookie b=2 for example.com/>", "<Cookie c=3 for other.test/>"]);
    assert_eq!(folder.names(), ["index.dat", "index.dat.lock", "joe@example[1].txt", "joe@other[1].txt"]);
}

/// Wine drops the dot, and writes the path as the record has it; the mark in the record is gone.
#[test]
fn a_cookie_that_another_program_has_written_again_gives_way_to_its_next_value() {
    let folder = Folder::new("msie-vague");
    let first = store(&folder);
    let of_domain = |value: &str| lasting("n", value, ".a.test").with_path("/Dir").with_path_specified(false);
    put(&first, of_domain("1"));
    put(&first, lasting("other", "1", "a.test").with_path("/Dir").with_path_specified(false));
    let text = folder.file("joe@a[2].txt");
    let lines = fs::read_to_string(&text).unwrap();
    assert!(lines.contains("\n.a.test/Dir\n1024\n") && lines.contains("\na.test/Dir\n17408\n"), "{lines}");
    fs::write(&text, lines.replace(".a.test/Dir", "a.test/dir/").replace("\na.test/Dir", "\na.test/dir/")).unwrap();
    let mut index = fs::read(folder.file("index.dat")).unwrap();
    let mark = index.windows(4).position(|bytes| bytes == b"crab").unwrap();
    index[mark..mark + 4].fill(0);
    fs::write(folder.file("index.dat"), index).unwrap();

    let second = store(&folder);
    let shown = |store: &MsieStore| -> Vec<String> {
        store.snapshot().unwrap().iter().map(|stored| stored.cookie.to_string()).collect()
    };
    assert_eq!(shown(&second), ["<Cookie n=1 for a.test/dir/>", "<Cookie other=1 for a.test/dir/>"]);
    put(&second, lasting("third", "1", "a.test"));
    let third = store(&folder);
    put(&third, of_domain("2"));
    let found = ["<Cookie n=2 for .a.test/Dir>", "<Cookie other=1 for a.test/dir/>", "<Cookie third=1 for a.test/>"];
    assert_eq!(shown(&third), found);
    assert_eq!(shown(&store(&folder)), found);
    put(&third, lasting("n", "3", "a.test").with_path("/Dir").with_path_specified(false));
    assert_eq!(third.len().unwrap(), 4, "what was written here is told apart again");
}

#[test]
fn who_holds_the_lock_too_long_is_told_of() {
    let folder = Folder::new("msie-busy");
    let store = store(&folder).busy_timeout(Duration::from_millis(20));
    put(&store, lasting("n", "v", "a.test"));
    let other = fs::File::options().write(true).open(folder.file("index.dat.lock")).unwrap();
    other.lock().unwrap();
    let error = store.put(Arc::new(lasting("m", "v", "a.test")), None).unwrap_err().to_string();
    assert!(error.contains("another program has locked it, and did not let go in 20ms"), "{error}");
    assert_eq!(names(&store), ["n"], "what is known is told still");
    other.unlock().unwrap();
    put(&store, lasting("m", "v", "a.test"));
    assert_eq!(names(&store), ["n", "m"]);
}

#[test]
fn a_failure_leaves_all_as_it_was() {
    let folder = Folder::new("msie-failure");
    let store = store(&folder);
    put(&store, lasting("n", "v", "a.test"));
    put(&store, Cookie::new("session", "v", "a.test"));
    // An index as long as it can be, all of whose blocks are in use.
    let mut index = fs::read(folder.file("index.dat")).unwrap();
    let blocks = (FIRST_RECORD - 0x250) * 8;
    index.resize(FIRST_RECORD + blocks * 128, 0);
    index[0x250..FIRST_RECORD].fill(0xff);
    let size = index.len();
    for (offset, number) in [(28, size), (36, blocks), (40, blocks)] {
        set(&mut index, offset, number);
    }
    fs::write(folder.file("index.dat"), &index).unwrap();
    let (all, before) = (names(&store), folder.names());
    let error = store.put(Arc::new(lasting("m", "v", "b.test")), None).unwrap_err().to_string();
    assert!(error.ends_with("the index.dat is full: it has room for no more blocks (limit 125952)"), "{error}");
    assert!(store.put_all(vec![Arc::new(lasting("m", "v", "b.test"))], false).is_err());
    assert_eq!((names(&store), folder.names()), (all, before));
    assert!(fs::read(folder.file("index.dat")).unwrap() == index);
    put(&store, lasting("n", "w", "a.test"));
    assert_eq!(store.get("a.test", b"/", b"n").unwrap().unwrap().value(), b"w", "what has a place keeps it");
}

#[test]
fn a_text_file_that_would_be_too_large_is_an_error() {
    let folder = Folder::new("msie-large");
    let store = store(&folder);
    let cookies = (0..200).map(|number| lasting(&format!("n{number}"), &"v".repeat(10_000), "a.test"));
    let put: Vec<bool> = cookies.map(|cookie| store.put(Arc::new(cookie), None).is_ok()).collect();
    assert_eq!(put.iter().filter(|put| **put).count(), 104, "1 MiB of 10,069 bytes each");
    assert_eq!(super::msie::store(&folder).len().unwrap(), 104, "and all of them are read");
}

/// Of Wine, whose user and whose path have letters beyond ASCII.
#[test]
fn names_in_utf_8_are_found() {
    let folder = Folder::new("msie-utf8");
    let user = "j\u{f6}rg";
    put(&store(&folder).username(user), lasting("n", "v", "a.test"));
    assert_eq!(names(&MsieStore::create(folder.path()).unwrap().username("J\u{d6}RG")), ["n"]);
    assert_eq!(folder.names()[2], "j_rg@a[1].txt");
    // Names of the same length in bytes, as Wine makes one of the path.
    fs::rename(folder.file("j_rg@a[1].txt"), folder.file("\u{e4}\u{f6}rg[1].txt")).unwrap();
    let index = fs::read(folder.file("index.dat")).unwrap();
    let found = index.windows(13).position(|bytes| bytes == b"j_rg@a[1].txt").unwrap();
    let mut index = index;
    index[found..found + 13].copy_from_slice("\u{e4}\u{f6}rg[1].txt".as_bytes());
    fs::write(folder.file("index.dat"), index).unwrap();
    assert_eq!(names(&store(&folder).username(user)), ["n"]);
}

#[test]
fn an_index_that_is_a_folder_is_an_error() {
    let folder = Folder::new("msie-folder");
    let store = store(&folder);
    put(&store, lasting("n", "v", "a.test"));
    let index = fs::read(folder.file("index.dat")).unwrap();
    fs::remove_file(folder.file("index.dat")).unwrap();
    fs::create_dir(folder.file("index.dat")).unwrap();
    assert!(store.put(Arc::new(Cookie::new("session", "v", "a.test")), None).is_err());
    assert!(matches!(MsieStore::create(folder.path()), Err(FileError::NotAFile { .. })));
    fs::remove_dir(folder.file("index.dat")).unwrap();
    fs::write(folder.file("index.dat"), index).unwrap();
    assert_eq!(names(&store), ["n"]);
}

#[test]
fn a_folder_that_was_cleared_is_begun_anew() {
    let folder = Folder::new("msie-cleared");
    let store = store(&folder);
    put(&store, lasting("n", "v", "a.test"));
    put(&store, Cookie::new("session", "v", "a.test"));
    folder.names().iter().for_each(|name| fs::remove_file(folder.file(name)).unwrap());
    assert_eq!(names(&store), ["session"]);
    put(&store, lasting("m", "v", "a.test"));
    assert_eq!(names(&super::msie::store(&folder)), ["m"]);
}

#[cfg(unix)]
#[test]
fn new_files_are_their_owners_alone_and_links_are_refused() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = Folder::new("msie-private");
    put(&store(&folder), lasting("n", "v", "a.test"));
    for name in folder.names() {
        let mode = fs::metadata(folder.file(&name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    let other = Folder::new("msie-linked");
    symlink(folder.file("index.dat"), other.file("index.dat")).unwrap();
    assert!(matches!(MsieStore::create(other.path()), Err(FileError::Symlink { .. })));
    assert!(MsieStore::create(other.file("nowhere")).unwrap_err().is_not_found());
}
