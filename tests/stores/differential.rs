//! Two stores, and calls at random, from a seed: after each the same is in both, and they answered
//! the same.

use std::sync::Arc;

use clientcookie::cookie::*;

use super::{Folder, Random};

const OWNERS: &[&str] = &["a.test", "x.a.test", "y.x.a.test", "b.test", "test", "", "a.test.b", "xa.test"];

/// What is in a store, without the numbers of creation, of which only the order counts.
fn content(store: &dyn CookieStore) -> Vec<(Cookie, bool)> {
    let all = store.snapshot().unwrap();
    assert_eq!(store.len().unwrap(), all.len());
    assert!(all.is_sorted_by(|one, next| one.created < next.created));
    all.into_iter().map(|stored| ((*stored.cookie).clone(), stored.by_user)).collect()
}

fn candidates(store: &dyn CookieStore, owners: &[&str]) -> Vec<(Cookie, bool)> {
    let mut found = store.candidates(owners).unwrap();
    found.sort_by_key(|stored| stored.created);
    found.into_iter().map(|stored| ((*stored.cookie).clone(), stored.by_user)).collect()
}

fn plain(cookies: &[Arc<Cookie>]) -> Vec<Cookie> {
    let mut cookies: Vec<Cookie> = cookies.iter().map(|cookie| (**cookie).clone()).collect();
    cookies.sort_by_key(|cookie| (cookie.domain().to_owned(), cookie.path_bytes().to_vec()));
    cookies
}

impl Random {
    /// No two are equal: each has a number.
    fn cookie(&mut self, number: usize) -> Cookie {
        let dot = if self.one_in(2) { "." } else { "" };
        let domain = format!("{dot}{}", self.pick(OWNERS));
        let mut cookie = Cookie::new(self.pick(&["s", "t", ""]), number.to_string(), domain);
        cookie = cookie.with_path(self.pick(&["/", "/x", "\u{e4}"])).with_secure(self.one_in(3));
        if self.one_in(2) {
            cookie = cookie.with_expires(i64::try_from(self.below(100)).unwrap()).with_discard(self.one_in(5));
        }
        if self.one_in(5) {
            cookie = cookie.with_comment("c").with_attribute("SameSite", "Lax").with_port("80").with_http_only(true);
        }
        cookie
    }

    fn limit(&mut self) -> Option<usize> {
        let limit = self.below(10);
        self.one_in(2).then_some(limit)
    }
}

#[cfg(feature = "sqlite")]
#[test]
fn a_database_does_what_memory_does() {
    let folder = Folder::new("differential");
    does_what_memory_does(&SqliteStore::create(folder.file("cookies.db")).unwrap());
}

#[test]
fn a_folder_of_internet_explorer_does_what_memory_does() {
    let folder = Folder::new("msie-differential");
    does_what_memory_does(&MsieStore::create(folder.path()).unwrap());
}

pub fn does_what_memory_does(other: &dyn CookieStore) {
    let memory: &dyn CookieStore = &MemoryStore::new();
    let mut random = Random(0x5eed);
    let mut answers = [0; 3];
    // What a thread has been told, and may act on only later.
    let mut judged: Option<[Vec<Arc<Cookie>>; 2]> = None;
    for number in 0..6_000 {
        let cookie = Arc::new(random.cookie(number));
        let now = i64::try_from(random.below(100)).unwrap();
        let key = (cookie.domain(), cookie.path_bytes(), cookie.name_bytes());
        match random.below(20) {
            0 => {
                let removed = [memory, other].map(|store| store.remove(key.0, key.1, key.2).unwrap());
                assert_eq!(removed[0], removed[1], "{number}");
            }
            1 => {
                let scopes = [
                    Scope::Domain(key.0),
                    Scope::Path(key.0, key.1),
                    Scope::Expired(now / 4),
                    Scope::Session,
                    Scope::All,
                ];
                // What leaves little is rare, or there would never be much.
                let kinds = if random.one_in(8) { 5 } else { 3 };
                let scope = scopes[random.below(kinds)];
                let removed = [memory, other].map(|store| store.remove_all(scope).unwrap());
                assert_eq!(removed[0], removed[1], "{number}: {scope:?}");
            }
            2 if random.one_in(5) => {
                let instead = random.one_in(2);
                let cookies: Vec<_> = (0..random.below(6)).map(|_| Arc::new(random.cookie(number))).collect();
                [memory, other].iter().for_each(|store| store.put_all(cookies.clone(), instead).unwrap());
            }
            3 => {
                let stored = [memory, other].map(|store| store.put(cookie.clone(), None).unwrap());
                assert_eq!(stored, [PutOutcome::Stored; 2]);
            }
            _ => {
                if random.one_in(3) {
                    let rivals = [memory, other].map(|store| store.secure_rivals(&cookie).unwrap());
                    assert_eq!(plain(&rivals[0]), plain(&rivals[1]), "{number}: {cookie:?}");
                    judged = Some(rivals);
                } else if random.one_in(2) {
                    judged = None;
                }
                let (per_domain, total, evict_secure) = (random.limit(), random.limit(), random.one_in(2));
                let total = total.map(|total| total * 3);
                let [mine, theirs] = [(memory, 0), (other, 1)].map(|(store, index)| {
                    let judged = judged.as_ref().map(|both| both[index].as_slice());
                    let room = Capacity { per_domain, total, now: now / 2, evict_secure, judged };
                    store.put(cookie.clone(), Some(&room)).unwrap()
                });
                assert_eq!(mine, theirs, "{number}: {cookie:?} {per_domain:?} {total:?} {evict_secure} {judged:?}");
                answers[mine as usize] += 1;
            }
        }
        assert_eq!(content(memory), content(other), "{number}");
        let owners: Vec<&str> = (0..random.below(7)).map(|_| random.pick(OWNERS)).collect();
        let owners: std::collections::BTreeSet<&str> = owners.into_iter().collect();
        let owners: Vec<&str> = owners.into_iter().collect();
        assert_eq!(candidates(memory, &owners), candidates(other, &owners), "{number}: {owners:?}");
        let found = [memory, other].map(|store| store.get(key.0, key.1, key.2).unwrap());
        assert_eq!(found[0], found[1], "{number}");
    }
    assert!(answers.iter().all(|count| *count > 300), "Stored, Full and Changed all happened: {answers:?}");
}
