//! A cookie folder of Internet Explorer: an index with bytes changed, and a text file of any bytes.
//! One that is not whole is left as it is; one that is stays so whatever is done to it, and gives
//! back what was put in.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::{env, fs, process};

use clientcookie::cookie::{Cookie, CookieStore, MsieStore, Scope, StoreError};

/// Bytes of one change of the index: where, from the header's beginning or from that of a record or
/// of the table's, and what stands there then.
const CHANGE: usize = 4;

/// In the year 2038.
const LATER: i64 = 2_145_916_800;

pub fn run(bytes: &[u8]) {
    let Some((&[changes, kind], rest)) = bytes.split_first_chunk() else {
        return;
    };
    let folder = folder("msie");
    let (changes, text) = rest.split_at((usize::from(changes) * CHANGE).min(rest.len()));
    let index = index(kind, changes);
    fs::write(folder.join("index.dat"), &index).unwrap();
    fs::write(folder.join("joe@a[1].txt"), text).unwrap();
    fs::write(folder.join("joe@b[1].txt"), "n\nv\nb.test/\n1024\n3138338816\n32108254\n1\n0\n*\n").unwrap();
    match MsieStore::create(&folder) {
        Ok(store) => change(&store.username("joe"), &folder),
        Err(_) => assert!(fs::read(folder.join("index.dat")).unwrap() == index, "it is as it was"),
    }
    fs::remove_dir_all(&folder).unwrap();
}

fn change(store: &MsieStore, folder: &Path) {
    let all = store.snapshot().expect("it could be opened");
    for stored in &all {
        let cookie = &stored.cookie;
        let found = store.get(cookie.domain(), cookie.path_bytes(), cookie.name_bytes()).unwrap();
        assert!(found.is_some_and(|found| *found == **cookie), "what is told can be asked for");
    }
    // A file that is full or without a place says so, and stays as it is.
    for (name, domain, path) in [("x", "a.test", "/"), ("y", "b.test", "/y"), ("z", ".new.test", "/")] {
        let cookie = Cookie::new(name, "v".repeat(300), domain).with_path(path).with_expires(LATER);
        let put = store.put(Arc::new(cookie), None);
        let there = opened(folder).map(|again| names(&again).contains(&name.to_owned()));
        assert_eq!(there.expect("it is whole still"), put.is_ok(), "{name}");
    }
    assert_eq!(names(&opened(folder).unwrap()), names(store));
    let _ = store.remove("b.test", b"/y", b"y");
    assert_eq!(names(&opened(folder).unwrap()), names(store));
    if store.remove_all(Scope::All).is_ok() {
        assert!(opened(folder).unwrap().is_empty().unwrap());
    }
}

fn opened(folder: &Path) -> Result<MsieStore, StoreError> {
    MsieStore::create(folder).map(|store| store.username("joe")).map_err(StoreError::new)
}

/// The names of what the folder holds, in an order of their own: creations may be the same.
fn names(store: &MsieStore) -> Vec<String> {
    let all = store.snapshot().expect("it could be opened");
    let mut names: Vec<String> = all.iter().map(|stored| stored.cookie.name().into_owned()).collect();
    names.sort();
    names
}

/// An index with two records, changed.
fn index(kind: u8, changes: &[u8]) -> Vec<u8> {
    static WHOLE: OnceLock<Vec<u8>> = OnceLock::new();
    let whole = WHOLE.get_or_init(|| {
        let folder = folder("msie-whole");
        let store = MsieStore::create(&folder).unwrap().username("joe");
        for domain in ["a.test", "b.test"] {
            store.put(Arc::new(Cookie::new("n", "v", domain).with_expires(LATER)), None).unwrap();
        }
        let index = fs::read(folder.join("index.dat")).unwrap();
        fs::remove_dir_all(&folder).unwrap();
        index
    });
    let mut index = whole.clone();
    if kind & 1 == 1 {
        index[..28].copy_from_slice(b"WINE URLCache Ver 0.2012001\0");
    }
    for change in changes.chunks_exact(CHANGE) {
        let begin = [0, 0x240, 0x4000, 0x5000, 0x5100, 0x4e00][usize::from(change[0] >> 2) % 6];
        let place = begin + 256 * usize::from(change[0] & 3) + usize::from(change[1]);
        index[place..place + 2].copy_from_slice(&change[2..]);
    }
    if kind & 2 == 2 {
        index.truncate(index.len() - usize::from(kind >> 2) * 256);
    }
    index
}

/// An empty folder, in memory where there is such a place.
fn folder(name: &str) -> PathBuf {
    let memory = Path::new("/dev/shm");
    let base = if memory.is_dir() { memory.to_owned() } else { env::temp_dir() };
    let folder = base.join(format!("clientcookie-fuzz-{name}-{}", process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}
